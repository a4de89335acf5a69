/* info kbc, mouse, rtc, serial, parallel, vga, fdc, ata: the controllers as emu/inspect.h shows them. A register is
 * printed by its name in the data sheet, in hexadecimal, with the bits that matter most in words behind it. */
#include <stdio.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/info.h"

/* Prints " NAME" for each bit of VALUE that is set; NAMES begin with bit 0, NULL: it has no name. */
static void print_bits(struct debugger *d, uint8_t value, const char *const names[8])
{
    for (unsigned bit = 0; bit < 8; bit++)
        if (names[bit] && value >> bit & 1)
            debugger_print(d, " %s", names[bit]);
}

static void print_row(struct debugger *d, const char *name, const uint8_t *bytes, unsigned count)
{
    debugger_print(d, "  %-11s", name);
    for (unsigned i = 0; i < count; i++)
        debugger_print(d, "%s%02x", i && i % 16 == 0 ? "\n             " : i ? " " : "", bytes[i]);
    debugger_print(d, "\n");
}

/* --- Keyboard, mouse, clock --- */

static enum debugger_result info_kbc(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    static const char *const status[8] = { "OBF", "IBF", "SYS", "A2", NULL, "AUX", "TO", "PERR" };
    static const char *const command[8] = { "INT", "INT2", "SYS", NULL, "keyboard-off", "aux-off", "translate", NULL };
    static const char *const port[8] = { NULL, "A20", NULL, NULL, "IRQ1", "IRQ12", NULL, NULL };
    struct kbc_view k;
    inspect_kbc(d->machine, &k);
    debugger_print(d, "KBC  status %02x", k.status);
    print_bits(d, k.status, status);
    debugger_print(d, "\n     command byte %02x", k.command_byte);
    print_bits(d, k.command_byte, command);
    debugger_print(d, "\n     output port %02x", k.output_port);
    print_bits(d, k.output_port, port);
    debugger_print(d, "\n     output buffer %02x (%s), input buffer %02x (%s)\n", k.output,
                   k.output_full ? "full" : "read", k.input, k.input_full ? "full" : "taken");
    debugger_print(d, "     keyboard: scan code set %u, %s, LEDs%s%s%s%s, typematic %02x, %u codes wait\n", k.scan_set,
                   k.scanning ? "scanning" : "not scanning", k.leds & 1 ? " Scroll" : "", k.leds & 2 ? " Num" : "",
                   k.leds & 4 ? " Caps" : "", k.leds & 7 ? "" : " off", k.typematic, k.waiting);
    return DEBUGGER_DONE;
}

static enum debugger_result info_mouse(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    struct mouse_view m;
    inspect_mouse(d->machine, &m);
    if (m.kind == MOUSE_NONE)
        debugger_print(d, "Mouse: none.\n");
    else if (m.kind == MOUSE_SERIAL)
        debugger_print(d, "Mouse: on serial port %u.\n", m.port + 1);
    else
        debugger_print(d, "Mouse: PS/2, %s, %s mode, %u samples a second, %u counts/mm, scaling %u:1, buttons%s%s%s%s, "
                       "%u bytes wait\n", m.reporting ? "reporting" : "not reporting",
                       m.wrap ? "wrap" : m.remote ? "remote" : "stream", m.rate, 1u << (m.resolution & 3),
                       m.doubling ? 2 : 1, m.buttons & BUTTON_LEFT ? " left" : "",
                       m.buttons & BUTTON_RIGHT ? " right" : "", m.buttons & BUTTON_MIDDLE ? " middle" : "",
                       m.buttons ? "" : " up", m.waiting);
    return DEBUGGER_DONE;
}

static enum debugger_result info_rtc(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    static const char *const a[8] = { [7] = "UIP" };
    static const char *const b[8] = { "DSE", "24/12", "DM", "SQWE", "UIE", "AIE", "PIE", "SET" };
    static const char *const c[8] = { [4] = "UF", "AF", "PF", "IRQF" };
    struct rtc_view r;
    inspect_rtc(d->machine, &r);
    debugger_print(d, "RTC  %02x%02x-%02x-%02x %02x:%02x:%02x, alarm %02x:%02x:%02x (%s)\n     A %02x", r.century,
                   r.time[9], r.time[8], r.time[7], r.time[4], r.time[2], r.time[0], r.time[5], r.time[3], r.time[1],
                   r.b & 4 ? "binary, in hexadecimal" : "BCD", r.a);
    print_bits(d, r.a, a);
    debugger_print(d, ", rate %u\n     B %02x", r.a & 15, r.b);
    print_bits(d, r.b, b);
    debugger_print(d, "\n     C %02x", r.c);
    print_bits(d, r.c, c);
    debugger_print(d, "\n     D %02x%s, index %02x%s\n", r.d, r.d & 0x80 ? " VRT" : "", r.index,
                   r.nmi_masked ? ", NMI masked" : "");
    return DEBUGGER_DONE;
}

/* --- Ports --- */

static void print_serial(struct debugger *d, unsigned port, const struct serial_view *s)
{
    static const char *const ier[8] = { "ERBFI", "ETBEI", "ELSI", "EDSSI" };
    static const char *const mcr[8] = { "DTR", "RTS", "OUT1", "OUT2", "LOOP" };
    static const char *const lsr[8] = { "DR", "OE", "PE", "FE", "BI", "THRE", "TEMT", "ERFIFO" };
    static const char *const msr[8] = { "DCTS", "DDSR", "TERI", "DDCD", "CTS", "DSR", "RI", "DCD" };
    unsigned baud = s->divisor ? 115200u / s->divisor : 0;
    char parity = s->lcr & 8 ? "OEMS"[s->lcr >> 4 & 3] : 'N';
    debugger_print(d, "COM%u %03x: %u baud, %u%c%s\n     IER %02x", port + 1, s->base, baud, (s->lcr & 3) + 5u, parity,
                   s->lcr & 4 ? (s->lcr & 3 ? "2" : "1.5") : "1", s->ier);
    print_bits(d, s->ier, ier);
    debugger_print(d, ", IIR %02x, LCR %02x%s, MCR %02x", s->iir, s->lcr, s->lcr & 0x80 ? " DLAB" : "", s->mcr);
    print_bits(d, s->mcr, mcr);
    debugger_print(d, "\n     LSR %02x", s->lsr);
    print_bits(d, s->lsr, lsr);
    debugger_print(d, ", MSR %02x", s->msr);
    print_bits(d, s->msr, msr);
    debugger_print(d, "\n     divisor %u, scratch %02x, %u bytes received, %u to send\n", s->divisor, s->scratch,
                   s->received, s->to_send);
}

static enum debugger_result info_serial(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    unsigned count = 0;
    for (unsigned port = 0; port < SERIAL_PORTS; port++) {
        struct serial_view s;
        inspect_serial(d->machine, port, &s);
        if (s.present)
            print_serial(d, port, &s);
        count += s.present;
    }
    if (!count)
        debugger_print(d, "Serial ports: none.\n");
    return DEBUGGER_DONE;
}

static enum debugger_result info_parallel(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    static const char *const status[8] = { [3] = "-ERROR", "SLCT", "PE", "-ACK", "-BUSY" };
    static const char *const control[8] = { "STROBE", "AUTOFD", "-INIT", "SLCTIN", "IRQ" };
    unsigned count = 0;
    for (unsigned port = 0; port < PARALLEL_PORTS; port++) {
        struct parallel_view p;
        inspect_parallel(d->machine, port, &p);
        if (!p.present)
            continue;
        debugger_print(d, "LPT%u %03x: data %02x, status %02x", port + 1, p.base, p.data, p.status);
        print_bits(d, p.status, status);
        debugger_print(d, ", control %02x", p.control);
        print_bits(d, p.control, control);
        debugger_print(d, "\n");
        count++;
    }
    if (!count)
        debugger_print(d, "Parallel ports: none.\n");
    return DEBUGGER_DONE;
}

/* --- Screen, disks --- */

static enum debugger_result info_vga(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    struct vga_view v;
    inspect_vga(d->machine, &v);
    debugger_print(d, "VGA  %u KB, misc %02x, feature %02x, beam at line %u dot %u of %u x %u, %u.%03u MHz\n",
                   (unsigned)v.memory_kb, v.misc, v.feature, (unsigned)v.line, (unsigned)v.dot, (unsigned)v.lines,
                   (unsigned)v.line_dots, (unsigned)(v.dot_hz / 1000000), (unsigned)(v.dot_hz / 1000 % 1000));
    debugger_print(d, "  index      sequencer %02x, graphics %02x, CRTC %02x, attribute %02x (next: %s), DAC %02x "
                   "mask %02x\n", v.sequencer_index, v.graphics_index, v.crtc_index, v.attribute_index,
                   v.attribute_data ? "data" : "index", v.dac_index, v.dac_mask);
    print_row(d, "sequencer", v.sequencer, sizeof v.sequencer);
    print_row(d, "CRTC", v.crtc, sizeof v.crtc);
    print_row(d, "graphics", v.graphics, sizeof v.graphics);
    print_row(d, "attribute", v.attribute, sizeof v.attribute);
    return DEBUGGER_DONE;
}

static void print_bytes(struct debugger *d, const char *name, const uint8_t *bytes, unsigned count)
{
    debugger_print(d, "%s", name);
    for (unsigned i = 0; i < count; i++)
        debugger_print(d, " %02x", bytes[i]);
}

static enum debugger_result info_fdc(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    static const char *const msr[8] = { "DRV0BUSY", "DRV1BUSY", NULL, NULL, "CB", "NDM", "DIO", "RQM" };
    static const char *const dor[8] = { NULL, NULL, "-RESET", "-DMAGATE", "MOTEN0", "MOTEN1" };
    static const unsigned rates[4] = { 500, 300, 250, 1000 };
    struct fdc_view f;
    inspect_fdc(d->machine, &f);
    debugger_print(d, "FDC  MSR %02x", f.msr);
    print_bits(d, f.msr, msr);
    debugger_print(d, ", DOR %02x drive %u", f.dor, f.dor & 3u);
    print_bits(d, f.dor, dor);
    debugger_print(d, ", %u kbit/s%s\n", rates[f.rate & 3], f.irq ? ", interrupt" : "");
    print_bytes(d, "     command", f.command, f.command_size < sizeof f.command ? f.command_size : sizeof f.command);
    if (f.result_at < f.result_size && f.result_size <= sizeof f.result)
        print_bytes(d, ", result", f.result + f.result_at, f.result_size - (unsigned)f.result_at);
    debugger_print(d, ", SPECIFY %02x %02x, CONFIGURE %02x %02x%s\n", f.specify[0], f.specify[1], f.configure[0],
                   f.configure[1], f.locked ? " locked" : "");
    for (unsigned i = 0; i < 2; i++)
        if (f.drive[i].present)
            debugger_print(d, "     fd%u: PCN %u, head at cylinder %u, motor %s%s%s\n", i, f.drive[i].pcn,
                           f.drive[i].cylinder, f.drive[i].motor ? "on" : "off",
                           f.drive[i].seeking ? ", seeking" : "", f.drive[i].changed ? ", disk changed" : "");
    return DEBUGGER_DONE;
}

static void print_ata(struct debugger *d, unsigned channel, const struct ata_view *a)
{
    static const char *const status[8] = { "ERR", "IDX", "CORR", "DRQ", "DSC", "DF", "DRDY", "BSY" };
    static const char *const control[8] = { NULL, "nIEN", "SRST" };
    debugger_print(d, "ATA%u %03x: drive/head %02x, command %02x, control %02x", channel, a->base, a->select,
                   a->command, a->control);
    print_bits(d, a->control, control);
    debugger_print(d, "\n");
    for (unsigned i = 0; i < 2; i++) {
        if (!a->drive[i].present)
            continue;
        debugger_print(d, "     hd%u%s%s: status %02x", channel * 2 + i, a->drive[i].is_cd ? " (CD-ROM)" : "",
                       (a->select >> 4 & 1) == i ? " selected" : "", a->drive[i].status);
        print_bits(d, a->drive[i].status, status);
        debugger_print(d, ", error %02x, features %02x, count %02x, sector %02x, cylinder %02x%02x, multiple %u%s\n",
                       a->drive[i].error, a->drive[i].features, a->drive[i].count, a->drive[i].sector,
                       a->drive[i].cylinder_high, a->drive[i].cylinder_low, a->drive[i].multiple,
                       a->drive[i].irq ? ", interrupt" : "");
    }
}

static enum debugger_result info_ata(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    bool any = false;
    for (unsigned channel = 0; channel < 2; channel++) {
        struct ata_view a;
        inspect_ata(d->machine, channel, &a);
        if (a.present)
            print_ata(d, channel, &a);
        any |= a.present;
    }
    if (!any)
        debugger_print(d, "ATA: no drives.\n");
    return DEBUGGER_DONE;
}

void info_controllers(struct debugger *d)
{
    info_kbc(d, NULL, "");
    info_mouse(d, NULL, "");
    info_rtc(d, NULL, "");
    info_serial(d, NULL, "");
    info_parallel(d, NULL, "");
    info_vga(d, NULL, "");
    info_fdc(d, NULL, "");
    info_ata(d, NULL, "");
}

const struct debugger_command controller_commands[] = {
    { "kbc", "info", 0, info_kbc, "The keyboard controller, and the keyboard.", NULL, COMPLETE_NOTHING, NULL, false },
    { "mouse", "info", 0, info_mouse, "The mouse.", NULL, COMPLETE_NOTHING, NULL, false },
    { "rtc", "info", 0, info_rtc, "The clock's registers; info cmos shows its memory.", NULL, COMPLETE_NOTHING, NULL,
      false },
    { "serial", "info", 0, info_serial, "The serial ports.", NULL, COMPLETE_NOTHING, NULL, false },
    { "parallel", "info", 0, info_parallel, "The printer ports.", NULL, COMPLETE_NOTHING, NULL, false },
    { "vga", "info", 0, info_vga, "The registers of the VGA.", "All values are hexadecimal, in the order of the index.",
      COMPLETE_NOTHING, NULL, false },
    { "fdc", "info", 0, info_fdc, "The floppy controller.", NULL, COMPLETE_NOTHING, NULL, false },
    { "ata", "info", 0, info_ata, "The hard disks' and CD-ROM drive's registers.", NULL, COMPLETE_NOTHING, NULL,
      false },
    { 0 }
};
