/* What a machine consists of, compared before a state is loaded into it: memory, pointing devices, ports, ROMs, drives
 * and the disks in them. Disks are compared by their size; that a disk of the same size is another one is only told.
 * Ports differ by their being there, not by where they lead.
 *
 * Left out: contents of hard disks, for which the snapshots of their images stand. */
#include "tui/equipment.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tui/image_command.h"

static const char *const floppy_types[] = { "none", "360", "1200", "720", "1440", "2880" };
static const char *const disk_options[DRIVES] = { "fda", "fdb", "hda", "hdb", "hdc", "hdd" };

/* --- What there is --- */

static void name_of(const char *path, char name[EQUIPMENT_NAME_BYTES])
{
    const char *slash = strrchr(path, '/');
    snprintf(name, EQUIPMENT_NAME_BYTES, "%s", slash ? slash + 1 : path);
}

static void drive_of(const struct session *s, unsigned number, struct equipment_drive *drive)
{
    const struct session_disk *disk = &s->disk[number];
    bool is_floppy = number <= DRIVE_FLOPPY_B;
    drive->type = is_floppy ? machine_floppy_type(s->machine, number) : 0;
    if (disk->is_cd)
        drive->kind = EQUIPMENT_CDROM;
    else if (is_floppy)
        drive->kind = drive->type ? EQUIPMENT_FLOPPY : EQUIPMENT_NOTHING;
    else
        drive->kind = disk->image ? EQUIPMENT_HARD_DISK : EQUIPMENT_NOTHING;
    if (!disk->image)
        return;
    drive->sectors = image_size(disk->image) / 512;
    name_of(disk->path, drive->name);
}

void equipment_of(const struct session *s, struct equipment *e)
{
    const struct machine_config *config = &s->options->machine;
    *e = (struct equipment){ .ram_kb = config->ram_kb, .video_kb = config->video_kb, .mouse = (uint8_t)config->mouse,
                             .mouse_port = (uint8_t)config->mouse_port, .joysticks = (uint8_t)config->joysticks,
                             .bios = s->bios_sum, .vgabios = s->vgabios_sum, .option_roms = s->option_roms_sum,
                             .geometry = s->options->geometry };
    for (unsigned i = 0; i < SERIAL_PORTS; i++)
        if (s->options->serial[i] || (e->mouse == MOUSE_SERIAL && i <= e->mouse_port))
            e->serial |= (uint8_t)(1 << i);
    for (unsigned i = 0; i < PARALLEL_PORTS; i++)
        if (s->options->parallel[i])
            e->parallel |= (uint8_t)(1 << i);
    for (unsigned i = 0; i < DRIVES; i++)
        drive_of(s, i, &e->drive[i]);
}

void equipment_visit(struct equipment *e, struct state *s)
{
    state_section(s, "equipment");
    state_u32(s, "ram_kb", &e->ram_kb);
    state_u32(s, "video_kb", &e->video_kb);
    state_u8(s, "mouse", &e->mouse);
    state_u8(s, "mouse_port", &e->mouse_port);
    state_u8(s, "joysticks", &e->joysticks);
    state_u8(s, "serial", &e->serial);
    state_u8(s, "parallel", &e->parallel);
    state_u64(s, "bios", &e->bios);
    state_u64(s, "vgabios", &e->vgabios);
    state_u64(s, "option_roms", &e->option_roms);
    state_u32(s, "cylinders", &e->geometry.cylinders);
    state_u32(s, "heads", &e->geometry.heads);
    state_u32(s, "track_sectors", &e->geometry.sectors);
    for (unsigned i = 0; i < DRIVES; i++) {
        state_u8(s, "kind", &e->drive[i].kind);
        state_u8(s, "type", &e->drive[i].type);
        state_u64(s, "sectors", &e->drive[i].sectors);
        state_bytes(s, "name", e->drive[i].name, sizeof e->drive[i].name);
        e->drive[i].name[EQUIPMENT_NAME_BYTES - 1] = 0;
        state_check(s, e->drive[i].kind <= EQUIPMENT_CDROM && e->drive[i].type < 6, "a drive is impossible");
    }
}

/* --- What differs --- */

struct line { char *text; size_t size; };

static bool differs(const struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool differs(const struct line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line->text, line->size, format, arguments);
    va_end(arguments);
    return true;
}

static bool option_differs(const struct line *line, bool then, bool now, const char *option)
{
    return then != now && differs(line, "with%s %s: start with%s it", then ? "" : "out", option, then ? "" : "out");
}

static const char *mouse_text(const struct equipment *e, char text[24])
{
    static const char *const kinds[] = { [MOUSE_NONE] = "none", [MOUSE_PS2] = "ps2", [MOUSE_SERIAL] = "serial" };
    if (e->mouse == MOUSE_SERIAL)
        snprintf(text, 24, "serial=%u", e->mouse_port + 1u);
    else
        snprintf(text, 24, "%s", e->mouse <= MOUSE_SERIAL ? kinds[e->mouse] : "unknown");
    return text;
}

static bool memory_differs(const struct equipment *then, const struct equipment *now, const struct line *line)
{
    if (then->ram_kb != now->ram_kb)
        return differs(line, "with %u MB of memory, this machine has %u MB: start with --ram %u", then->ram_kb / 1024,
                       now->ram_kb / 1024, then->ram_kb / 1024);
    return then->video_kb != now->video_kb &&
           differs(line, "with %u KB of video memory, this machine has %u KB: start with --video-ram %u",
                   then->video_kb, now->video_kb, then->video_kb);
}

static bool ports_differ(const struct equipment *then, const struct equipment *now, const struct line *line)
{
    char then_text[24], now_text[24], option[24];
    mouse_text(then, then_text);
    if (strcmp(then_text, mouse_text(now, now_text)) != 0)
        return differs(line, "with --mouse %s, this machine has --mouse %s: start with --mouse %s", then_text,
                       now_text, then_text);
    if (option_differs(line, then->joysticks, now->joysticks, "--joystick"))
        return true;
    for (unsigned i = 0; i < SERIAL_PORTS; i++) {
        snprintf(option, sizeof option, "--serial %u=TO", i + 1);
        if (option_differs(line, then->serial >> i & 1, now->serial >> i & 1, option))
            return true;
    }
    for (unsigned i = 0; i < PARALLEL_PORTS; i++)
        if (option_differs(line, then->parallel >> i & 1, now->parallel >> i & 1, "--parallel FILE"))
            return true;
    return false;
}

static bool rom_differs(const struct line *line, uint64_t then, uint64_t now, const char *option)
{
    if (then && now && then != now)
        return differs(line, "with another ROM file: start with the %s of that time", option);
    return option_differs(line, then, now, option);
}

static bool roms_differ(const struct equipment *then, const struct equipment *now, const struct line *line)
{
    return rom_differs(line, then->bios, now->bios, "--bios FILE") ||
           rom_differs(line, then->vgabios, now->vgabios, "--vgabios FILE") ||
           rom_differs(line, then->option_roms, now->option_roms, "--option-rom FILE");
}

static bool types_differ(const struct equipment *then, const struct equipment *now, const struct line *line)
{
    const struct equipment_drive *a = then->drive;
    for (unsigned i = 0; i < 2; i++)
        if (a[i].type != now->drive[i].type)
            return differs(line, "with floppy drives of other types: start with --floppy-types %s,%s",
                           floppy_types[a[0].type], floppy_types[a[1].type]);
    return false;
}

static bool geometry_differs(const struct equipment *then, const struct equipment *now, const struct line *line)
{
    const struct geometry *a = &then->geometry, *b = &now->geometry;
    if (a->cylinders == b->cylinders && a->heads == b->heads && a->sectors == b->sectors)
        return false;
    if (!a->cylinders)
        return differs(line, "without --geometry: start without it");
    return differs(line, "with --geometry %u/%u/%u: start with it", a->cylinders, a->heads, a->sectors);
}

/* Hard disks and CD-ROM drives, which stay where they are for the whole session. */
static bool fixed_differs(const struct equipment_drive *then, const struct equipment_drive *now, unsigned drive,
                          const struct line *line)
{
    char name[EQUIPMENT_NAME_BYTES];
    const char *place = session_drive_name(drive), *option = disk_options[drive];
    image_printable(then->name, name, sizeof name);
    if (then->kind == now->kind && (then->kind != EQUIPMENT_HARD_DISK || then->sectors == now->sectors))
        return false;
    if (then->kind == EQUIPMENT_CDROM)
        return differs(line, "with a CD-ROM drive as %s: start with --cdrom FILE, or --cdrom none", place);
    if (then->kind == EQUIPMENT_HARD_DISK)
        return differs(line, "with a hard disk of %" PRIu64 " KB as %s (%s): start with it as --%s", then->sectors / 2,
                       place, name, option);
    return differs(line, "without a drive %s: start without %s", place,
                   now->kind == EQUIPMENT_CDROM ? "--cdrom" : "a disk there");
}

static bool floppy_differs(const struct equipment_drive *then, const struct equipment_drive *now, unsigned drive,
                           const struct line *line)
{
    char name[EQUIPMENT_NAME_BYTES];
    const char *letter = session_drive_name(drive);
    image_printable(then->name, name, sizeof name);
    if (then->sectors == now->sectors)
        return false;
    if (!then->sectors)
        return differs(line, "without a floppy in drive %s: `eject %s` first", letter, letter);
    return differs(line, "with a floppy of %" PRIu64 " KB in drive %s (%s): `insert %s FILE` first", then->sectors / 2,
                   letter, name, letter);
}

static bool drives_differ(const struct equipment *then, const struct equipment *now, const struct line *line)
{
    for (unsigned i = DRIVE_HD0; i < DRIVES; i++)
        if (fixed_differs(&then->drive[i], &now->drive[i], i, line))
            return true;
    for (unsigned i = DRIVE_FLOPPY_A; i <= DRIVE_FLOPPY_B; i++)
        if (floppy_differs(&then->drive[i], &now->drive[i], i, line))
            return true;
    return false;
}

bool equipment_fits(const struct equipment *then, const struct equipment *now, char *text, size_t size)
{
    const struct line line = { text, size };
    return !memory_differs(then, now, &line) && !ports_differ(then, now, &line) && !roms_differ(then, now, &line) &&
           !types_differ(then, now, &line) && !geometry_differs(then, now, &line) && !drives_differ(then, now, &line);
}

bool equipment_other_disk(const struct equipment *then, const struct equipment *now, unsigned drive, char *line,
                          size_t size)
{
    const struct equipment_drive *a = &then->drive[drive], *b = &now->drive[drive];
    char was[EQUIPMENT_NAME_BYTES], is[EQUIPMENT_NAME_BYTES];
    if (a->kind == EQUIPMENT_NOTHING || (a->sectors == b->sectors && strcmp(a->name, b->name) == 0))
        return false;
    snprintf(line, size, "Drive %s: had %s then, has %s now.", session_drive_name(drive),
             a->sectors ? image_printable(a->name, was, sizeof was) : "no disk",
             b->sectors ? image_printable(b->name, is, sizeof is) : "none");
    return true;
}
