/* info pic, pit, speaker, dma, disks, cmos, devices: the chips as emu/inspect.h shows them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/info.h"

static enum debugger_result info_pic(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    struct pic_view pics[2];
    inspect_pic(d->machine, pics);
    debugger_print(d, "PIC  lines    base  IRR  ISR  IMR\n");
    for (int i = 0; i < 2; i++) {
        const struct pic_view *p = &pics[i];
        debugger_print(d, "%d    %2d to %2d  %02x    %02x   %02x   %02x%s%s%s\n", i, i * 8, i * 8 + 7, p->vector_base,
                       p->irr,
                       p->isr, p->imr, p->auto_eoi ? "  auto-EOI" : "", p->special_mask ? "  special mask" : "",
                       p->initialised ? "" : "  not initialised");
    }
    return DEBUGGER_DONE;
}

/* The tone in tenths of a hertz. */
static enum debugger_result info_speaker(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    struct pit_view pit;
    inspect_pit(d->machine, &pit);
    if (!pit.speaker_gate) {
        debugger_print(d, "Speaker off.\n");
    } else if (!pit.speaker_periods) {
        debugger_print(d, "Speaker on, no tone.\n");
    } else {
        unsigned long long cycle = pit.speaker_periods * TICKS_PER_PIT;
        unsigned long long tenths = (TICKS_PER_SECOND * 10 + cycle / 2) / cycle;
        debugger_print(d, "Speaker on, %llu.%llu Hz (1193182 / %u).\n", tenths / 10, tenths % 10,
                       (unsigned)pit.speaker_periods);
    }
    return DEBUGGER_DONE;
}

static enum debugger_result info_pit(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    struct pit_view pit;
    inspect_pit(d->machine, &pit);
    debugger_print(d, "Channel  mode  access  reload  count  gate  out\n");
    for (int i = 0; i < 3; i++)
        debugger_print(d, "%d        %u     %u       %04x    %04x   %d     %d%s%s\n", i, pit.channel[i].mode,
                       pit.channel[i].access, pit.channel[i].reload, pit.channel[i].count, pit.channel[i].gate,
                       pit.channel[i].out, pit.channel[i].bcd ? "  BCD" : "",
                       pit.channel[i].loaded ? "" : "  not loaded");
    return info_speaker(d, ctx, arguments);
}

static enum debugger_result info_dma(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    struct dma_view dma;
    inspect_dma(d->machine, &dma);
    debugger_print(d, "Channel  address   count  base  mode  page\n");
    for (int i = 0; i < 8; i++)
        debugger_print(d, "%d        %08x  %04x   %04x  %02x    %02x%s%s\n", i, (unsigned)dma.channel[i].address,
                       dma.channel[i].count, dma.channel[i].base_count, dma.channel[i].mode, dma.channel[i].page,
                       dma.channel[i].masked ? "  masked" : "", dma.channel[i].requested ? "  requested" : "");
    return DEBUGGER_DONE;
}

static const char *const drive_names[DRIVES] = { "fd0", "fd1", "hd0", "hd1", "hd2", "hd3" };

static void print_cd(struct debugger *d, const struct drive_view *view)
{
    debugger_print(d, "CD-ROM, ");
    if (view->loaded)
        debugger_print(d, "%llu blocks, %llu read", (unsigned long long)(view->sectors + 3) / 4,
                       (unsigned long long)view->reads);
    else
        debugger_print(d, "no disc");
    debugger_print(d, "%s%s\n", view->locked ? ", locked by the guest" : "", view->open ? ", tray open" : "");
}

/* The file in it; behind the drive's own line. */
static void print_file(struct debugger *d, unsigned drive)
{
    char text[1200];
    if (d->config.describe_disk && d->config.describe_disk(d->config.ctx, drive, text, sizeof text))
        debugger_print(d, "     %s\n", text);
}

static void print_drive(struct debugger *d, unsigned drive, const struct drive_view *view)
{
    debugger_print(d, "%s  ", drive_names[drive]);
    if (view->is_cd) {
        print_cd(d, view);
        return;
    }
    if (!view->loaded) {
        debugger_print(d, "no disk%s\n", view->motor ? ", motor on" : "");
        return;
    }
    debugger_print(d, "%llu sectors, C/H/S %u/%u/%u, %llu read, %llu written%s", (unsigned long long)view->sectors,
                   (unsigned)view->geometry.cylinders, (unsigned)view->geometry.heads, (unsigned)view->geometry.sectors,
                   (unsigned long long)view->reads, (unsigned long long)view->writes,
                   view->read_only ? ", read-only" : "");
    if (drive <= DRIVE_FLOPPY_B)
        debugger_print(d, ", cylinder %u, motor %s", (unsigned)view->cylinder, view->motor ? "on" : "off");
    debugger_print(d, "\n");
}

static enum debugger_result info_disks(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    struct drive_view view;
    for (unsigned drive = 0; drive < DRIVES; drive++) {
        inspect_drive(d->machine, drive, &view);
        if (!view.present)
            continue;
        print_drive(d, drive, &view);
        print_file(d, drive);
    }
    return DEBUGGER_DONE;
}

static enum debugger_result info_cmos(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    for (unsigned i = 0; i < 128; i++) {
        if (i % 16 == 0)
            debugger_print(d, "%02x: ", i);
        debugger_print(d, " %02x%s", inspect_cmos(d->machine, (uint8_t)i), i % 16 == 15 ? "\n" : "");
    }
    return DEBUGGER_DONE;
}

static enum debugger_result info_screen(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    struct screen *screen = malloc(sizeof *screen);
    if (!screen)
        return debugger_error(d, "Out of memory.");
    machine_screen(d->machine, screen);
    debugger_print(d, "%s, %u x %u%s", screen->graphics ? "graphics" : "text", screen->columns, screen->rows,
                   screen->blanked ? ", blanked" : "");
    if (screen->cursor)
        debugger_print(d, ", cursor at column %u, row %u", screen->cursor_column, screen->cursor_row);
    debugger_print(d, "\n");
    free(screen);
    return DEBUGGER_DONE;
}

static enum debugger_result info_devices(struct debugger *d, void *ctx, const char *arguments)
{
    info_pic(d, ctx, arguments);
    info_pit(d, ctx, arguments);
    info_dma(d, ctx, arguments);
    info_controllers(d);
    debugger_print(d, "Screen: ");
    info_screen(d, ctx, arguments);
    return info_disks(d, ctx, arguments);
}

const struct debugger_command chip_commands[] = {
    { "pic", "info", 0, info_pic, "The interrupt controllers.", NULL, COMPLETE_NOTHING, NULL, false },
    { "pit", "info", 0, info_pit, "The timer.", NULL, COMPLETE_NOTHING, NULL, false },
    { "speaker", "info", 0, info_speaker, "The speaker: whether it is on, and its tone.", NULL,
      COMPLETE_NOTHING, NULL, false },
    { "dma", "info", 0, info_dma, "The DMA controllers.", NULL, COMPLETE_NOTHING, NULL, false },
    { "disks", "info", 0, info_disks, "The drives and their disks.", NULL, COMPLETE_NOTHING, NULL, false },
    { "cmos", "info", 0, info_cmos, "The bytes of the CMOS memory.", NULL, COMPLETE_NOTHING, NULL, false },
    { "screen", "info", 2, info_screen, "The screen's mode and cursor.", NULL, COMPLETE_NOTHING, NULL, false },
    { "devices", "info", 0, info_devices, "All chips and drives.", NULL, COMPLETE_NOTHING, NULL, false },
    { 0 }
};
