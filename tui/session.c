/* Putting a session together: images and their overlays, ROM files, ports, the machine, the debugger; and running it
 * slice by slice. */
#include "tui/session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tui/exchange.h"
#include "tui/exhibit_disk.h"
#include "tui/image_command.h"
#include "tui/pointing.h"
#include "tui/medium.h"
#include "tui/output.h"
#include "tui/roms.h"
#include "tui/screen_text.h"
#include "tui/verify.h"

enum { BLANK_FLOPPY = 1474560, FLUSH_SECONDS = 5,
       LONGEST_SLEEP_NS = 10000000 };

static const char *const drive_names[DRIVES] = { "a", "b", "hd0", "hd1", "hd2", "hd3" };

const char *session_drive_name(unsigned drive)
{
    return drive_names[drive];
}

void session_notice(struct session *s, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(s->notice, sizeof s->notice, format, arguments);
    va_end(arguments);
    s->notices++;
    if (s->options->batch) {
        fprintf(stderr, "trowel: %s\n", s->notice);
    } else if (s->face.put) {           /* the status line has seldom room for all of it */
        s->face.put(s->face.ctx, s->notice);
        s->face.put(s->face.ctx, "\n");
    }
}

/* --- Disks: the machine's callbacks on an image --- */

/* A guest that goes on trying must not bury everything else under one message a sector. */
enum { MOST_DISK_ERRORS = 8 };

static int failed(struct session_disk *disk, const char *what)
{
    if (disk->errors < MOST_DISK_ERRORS)
        session_notice(disk->session, "%s: %s: %s%s", drive_names[disk->drive], what, image_last_error(disk->image),
                       ++disk->errors == MOST_DISK_ERRORS ? " (its further errors are not reported)" : "");
    return -1;
}

/* Are the bytes as they were sealed? If not the guest stops, once for each leaf; if it goes on it sees an unreadable
 * sector. */
static bool verified(struct session_disk *disk, uint64_t offset, uint64_t bytes)
{
    bool again;
    if (!disk->session->machine)        /* looked at while the machine is built; the guest has still to read it */
        return true;
    const char *wrong = disk->verify ? verify_range(disk->verify, offset, bytes, &again) : NULL;
    if (!wrong || again)
        return !wrong;
    const char *drive = drive_names[disk->drive];
    if (disk->session->options->batch)
        session_notice(disk->session, "%s: %s", drive, wrong);
    else                                /* the status line has no room for all of it, and the debugger says it */
        session_notice(disk->session, "%s: not as it was sealed: F12 tells where", drive);
    disk->session->not_as_sealed = true;
    session_interrupt(disk->session);
    if (disk->session->debugger)
        debugger_stop_because(disk->session->debugger, wrong);
    return false;
}

/* Where a write does not cover a cluster of the overlay, the rest is copied from the sealed image. */
static bool verified_around(struct session_disk *disk, uint64_t offset, uint64_t bytes)
{
    struct image_layer_info info;
    if (!disk->verify)
        return true;
    image_layer_info(disk->image, 0, &info);
    uint64_t size = info.cluster_size, end = offset + bytes;
    return (offset % size == 0 || verified(disk, offset / size * size, size)) &&
           (end % size == 0 || verified(disk, end / size * size, size));
}

static int disk_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    struct session_disk *disk = ctx;
    size_t bytes = (size_t)count * 512;
    if (disk->is_cd && lba * 512 + bytes > image_size(disk->image)) {    /* a disc may end within a sector */
        memset(buffer, 0, bytes);
        bytes = (size_t)(image_size(disk->image) - lba * 512);
    }
    if (!verified(disk, lba * 512, bytes))
        return -1;
    return image_read(disk->image, lba * 512, buffer, bytes) < 0 ? failed(disk, "read") : 0;
}

static int disk_write(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    struct session_disk *disk = ctx;
    disk->changed = true;
    if (!verified_around(disk, lba * 512, count * UINT64_C(512)))
        return -1;
    return image_write(disk->image, lba * 512, data, (size_t)count * 512) < 0 ? failed(disk, "write") : 0;
}

static int disk_flush(void *ctx)
{
    struct session_disk *disk = ctx;
    return image_flush(disk->image) < 0 ? failed(disk, "flush") : 0;
}

/* By the guest: has it looked at the disk, and when was it last at work on it? */
static int guest_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    struct session_disk *disk = ctx;
    if (disk->session->machine) {       /* what is read while the machine is built is not the guest's */
        disk->touched = true;
        disk->last_use = machine_tick(disk->session->machine);
    }
    return disk_read(ctx, lba, buffer, count);
}

static int guest_write(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    struct session_disk *disk = ctx;
    disk->touched = disk->written = true;
    disk->last_use = disk->last_write = machine_tick(disk->session->machine);
    return disk_write(ctx, lba, data, count);
}

static const struct disk_ops image_ops = { guest_read, guest_write, disk_flush };

bool session_disk_read(struct session_disk *disk, uint64_t lba, void *buffer, uint32_t count)
{
    return disk_read(disk, lba, buffer, count) == 0;
}

bool session_disk_write(struct session_disk *disk, uint64_t lba, const void *data, uint32_t count)
{
    return disk_write(disk, lba, data, count) == 0;
}

bool session_disk_flush(struct session_disk *disk)
{
    return disk_flush(disk) == 0;
}

static void on_cluster(void *ctx, const struct image_event *event)
{
    static const enum probe_kind kinds[] = {
        [IMAGE_EVENT_READ] = PROBE_CLUSTER_READ,           [IMAGE_EVENT_ZERO] = PROBE_CLUSTER_READ,
        [IMAGE_EVENT_WRITTEN] = PROBE_CLUSTER_ALLOCATED,   [IMAGE_EVENT_ALLOCATED] = PROBE_CLUSTER_ALLOCATED,
        [IMAGE_EVENT_ZEROED] = PROBE_CLUSTER_ALLOCATED,
        [IMAGE_EVENT_COPIED] = PROBE_CLUSTER_COPIED,       [IMAGE_EVENT_FREED] = PROBE_CLUSTER_FREED,
    };
    struct session_disk *disk = ctx;
    struct probes *probes = disk->session->machine ? machine_probes(disk->session->machine) : NULL;
    if (probes && probe_wants(probes, kinds[event->kind]))
        probe_emit(probes, kinds[event->kind], disk->drive, event->layer, event->kind, event->cluster);
}

/* A sealed file is not written to. */
static bool sealed(const char *path, struct image_error *error)
{
    bool has = image_has_manifest(path);
    if (has)
        snprintf(error->text, sizeof error->text, "%.400s: sealed: it is not written to until its seal is taken away",
                 path);
    return has;
}

/* An overlay that was there before must lie over the disk that was named. */
static int check_overlay(struct session_disk *disk, const char *path, struct image_error *error)
{
    struct image_layer_info below = { .path = NULL };
    struct stat wanted, found;
    const char *overlay = disk->session->options->overlay;
    if (image_layers(disk->image) > 1)
        image_layer_info(disk->image, 1, &below);
    if (below.path && stat(path, &wanted) == 0 && stat(below.path, &found) == 0 && wanted.st_dev == found.st_dev &&
        wanted.st_ino == found.st_ino)
        return 0;
    if (below.path)
        snprintf(error->text, sizeof error->text, "%.200s: lies over %.100s, not over %.100s", overlay, below.path,
                 path);
    else
        snprintf(error->text, sizeof error->text, "%.200s: is an image of its own, no overlay over %.200s", overlay,
                 path);
    image_close(disk->image);
    disk->image = NULL;
    return -EINVAL;
}

/* Opens PATH under what the options say about writing: in place, through the named overlay, or a temporary one, in
 * which a protected disk has a place for snapshots too. */
static int open_image(struct session_disk *disk, const char *path, bool is_main, struct image_error *error)
{
    const struct options *o = disk->session->options;
    struct image_options how = { .format = o->format, .allow_outside_backing = o->allow_outside_backing,
                                 .data_file = o->data_file };
    if (o->write_in_place && !disk->protect) {
        how.writable = true;
        return sealed(path, error) ? -EPERM : image_open(&disk->image, path, &how, error);
    }
    if (is_main && o->overlay) {
        struct image_create_options create = { .backing_format = o->format,
                                               .allow_outside_backing = o->allow_outside_backing,
                                               .backing_data_file = o->data_file };
        int result = 0;
        if (access(o->overlay, F_OK) != 0)
            result = image_create_overlay(o->overlay, path, &create, error);
        how.writable = true;
        how.backing_format = o->format;
        how.format = IMAGE_FORMAT_QCOW2;
        how.trusted_backing = path;
        if (result < 0 || sealed(o->overlay, error))
            return result < 0 ? result : -EPERM;
        result = image_open(&disk->image, o->overlay, &how, error);
        return result < 0 ? result : check_overlay(disk, path, error);
    }
    struct image *base;
    const char *folder = getenv("TMPDIR");
    int result = image_open(&base, path, &how, error);
    if (result < 0)
        return result;
    result = image_temporary_overlay(&disk->image, base, folder && *folder ? folder : "/tmp", error);
    if (result < 0)
        image_close(base);
    return result;
}

/* Opens the seal of the image at PATH if reads are to be compared with it. Before the image itself, so that nothing is
 * made for one that is not sealed. */
static bool open_seal(struct session_disk *disk, const char *path, char *error, size_t error_size)
{
    const struct options *o = disk->session->options;
    if (!o->verify)
        return true;
    disk->verify = verify_open(path, &(struct image_options){ .format = o->format, .data_file = o->data_file,
                                                              .allow_outside_backing = o->allow_outside_backing },
                               error, error_size);
    if (disk->verify && verify_stale(disk->verify))
        session_notice(disk->session, "%s: was opened for writing by another program since it was sealed", path);
    return disk->verify != NULL;
}

static void forget_image(struct session_disk *disk)
{
    verify_close(disk->verify);
    disk->verify = NULL;
    disk->image = NULL;
}

/* An image that is open for writing cannot be opened again. */
static bool same_file(const struct session_disk *disk, const char *path)
{
    struct stat one, other;
    return disk->image && stat(disk->path, &one) == 0 && stat(path, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

/* The drive that has PATH already, and writes to it; -1: none. */
static int writing_drive(const struct session *s, unsigned drive, const char *path)
{
    for (int i = 0; s->options->write_in_place && i < DRIVES; i++)
        if (i != (int)drive && !s->disk[i].protect && same_file(&s->disk[i], path))
            return i;
    return -1;
}

static bool attach(struct session *s, unsigned drive, const char *path, bool is_main, char *error, size_t error_size)
{
    struct session_disk *disk = &s->disk[drive];
    struct image_error reason;
    int other = writing_drive(s, drive, path);
    if (other >= 0) {
        snprintf(error, error_size, "%s: is in drive %s already; with --write a disk can be in one drive only", path,
                 drive_names[other]);
        return false;
    }
    if (!open_seal(disk, path, error, error_size))
        return false;
    if (open_image(disk, path, is_main, &reason) < 0) {
        forget_image(disk);
        snprintf(error, error_size, "%s", reason.text);
        return false;
    }
    if (image_size(disk->image) < 512) {
        snprintf(error, error_size, "%s: smaller than one sector", path);
        image_close(disk->image);
        forget_image(disk);
        return false;
    }
    if (drive <= DRIVE_FLOPPY_B && !medium_is_floppy(disk->image)) {
        snprintf(error, error_size, "%s: too large for a floppy (2880 KB at most)", path);
        image_close(disk->image);
        forget_image(disk);
        return false;
    }
    disk->errors = 0;
    disk->touched = disk->written = disk->changed = false;
    disk->kept = !disk->protect && (s->options->write_in_place || (is_main && s->options->overlay));
    snprintf(disk->path, sizeof disk->path, "%s", path);
    if (*image_warning(disk->image))
        session_notice(s, "%s", image_warning(disk->image));
    if (!s->options->write_in_place || disk->protect)
        exchange_warn(s, path);
    if (disk->kept &&
        !exchange_recover(disk, s->options->write_in_place ? path : s->options->overlay, error, error_size)) {
        image_close(disk->image);
        forget_image(disk);
        return false;
    }
    image_set_observer(disk->image, on_cluster, disk);
    return true;
}

static struct drive_config drive_config(struct session *s, unsigned drive)
{
    struct session_disk *disk = &s->disk[drive];
    enum drive_kind kind = disk->is_cd ? DRIVE_CDROM : DRIVE_HARD_DISK;
    if (!disk->image)
        return (struct drive_config){ .kind = kind };
    return (struct drive_config){ .kind = kind, .ops = &image_ops, .ctx = disk,
                                  .sectors = medium_sectors(disk->image, drive, disk->is_cd),
                                  .geometry = medium_geometry(disk->image, drive),
                                  .read_only = disk->protect || !image_writable(disk->image) };
}

void session_disk_changed(struct session_disk *disk)
{
    struct session *s = disk->session;
    struct drive_config config = drive_config(s, disk->drive);
    if (disk->drive <= DRIVE_FLOPPY_B)
        machine_change_floppy(s->machine, disk->drive, &config);
    else if (disk->is_cd && disk->image)
        machine_change_cd(s->machine, disk->drive, &config, true);
}

/* The place of a CD-ROM drive that no option has asked for; -1: none is free. */
static int free_cd_place(const struct options *o)
{
    static const int places[] = { DRIVE_HD2, DRIVE_HD3, DRIVE_HD1, DRIVE_HD0 };
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++)
        if (!o->disk[places[i]] && !o->cdrom[places[i]])
            return places[i];
    return -1;
}

/* The drive of the image that was named without an option. */
static int main_drive(struct session *s, const struct options *o, char *error, size_t error_size)
{
    struct stat st;
    if (stat(o->image, &st) < 0) {
        snprintf(error, error_size, "%s: %s", o->image, strerror(errno));
        return -1;
    }
    struct image *image;
    struct image_error reason;
    struct image_options how = { .format = o->format, .allow_outside_backing = o->allow_outside_backing,
                                 .data_file = o->data_file };
    if (image_open(&image, o->image, &how, &reason) < 0) {
        snprintf(error, error_size, "%s", reason.text);
        return -1;
    }
    bool floppy = medium_is_floppy(image), cd = medium_is_iso(image);
    int cd_place = free_cd_place(o);
    image_close(image);
    if (cd && cd_place < 0)
        snprintf(error, error_size, "%s: a CD, but all places for a CD-ROM drive are taken", o->image);
    if (cd && cd_place >= 0)
        s->disk[cd_place].is_cd = s->disk[cd_place].protect = s->boots_cd = true;
    if (cd)
        return cd_place;
    if (floppy)
        return o->disk[DRIVE_FLOPPY_A] ? DRIVE_FLOPPY_B : DRIVE_FLOPPY_A;
    return o->disk[DRIVE_HD0] ? DRIVE_HD1 : DRIVE_HD0;
}

/* The built-in hard disk, and in drive A a blank floppy for the exhibit that races with the drive. Both are unlinked
 * at once. */
static bool open_exhibits(struct session *s, char *error, size_t error_size)
{
    char disk[1024], floppy[1100];
    struct image_error reason;
    if (!exhibit_disk_write(disk, sizeof disk, error, error_size))
        return false;
    snprintf(floppy, sizeof floppy, "%s-floppy", disk);
    s->exhibits = true;
    bool ok = attach(s, DRIVE_HD0, disk, false, error, error_size);
    bool has_drive = s->options->machine.floppy_type[0] != 0;
    if (ok && has_drive && image_create(floppy, BLANK_FLOPPY, NULL, &reason) < 0) {
        snprintf(error, error_size, "%s", reason.text);
        ok = false;
    }
    ok = ok && (!has_drive || attach(s, DRIVE_FLOPPY_A, floppy, false, error, error_size));
    unlink(disk);
    unlink(floppy);
    return ok;
}

/* The drive whose disk --overlay is for: that of the disk named without an option, else of the only one; a CD is not
 * written to. -1: there is none; -2: one line in ERROR. */
static int overlay_drive(const struct session *s, int image_drive, char *error, size_t error_size)
{
    const struct options *o = s->options;
    int found = -1;
    if (!o->overlay || (image_drive >= 0 && !s->disk[image_drive].is_cd))
        return o->overlay ? image_drive : -1;
    for (int i = 0; i < DRIVES; i++) {
        if (!o->disk[i] || s->disk[i].is_cd)
            continue;
        if (found >= 0) {
            snprintf(error, error_size, "--overlay %s: for drive %s (%s) or %s (%s)? Name that disk without an option",
                     o->overlay, drive_names[found], o->disk[found], drive_names[i], o->disk[i]);
            return -2;
        }
        found = i;
    }
    if (found >= 0)
        return found;
    snprintf(error, error_size, "--overlay %s: there is only a CD, which is not written to", o->overlay);
    return -2;
}

static bool open_disks(struct session *s, char *error, size_t error_size)
{
    const struct options *o = s->options;
    int image_drive = -1;
    for (unsigned i = 0; i < DRIVES; i++)
        s->disk[i].is_cd = s->disk[i].protect = o->cdrom[i];
    if (o->image && (image_drive = main_drive(s, o, error, error_size)) < 0)
        return false;
    int overlaid = overlay_drive(s, image_drive, error, error_size);
    bool any = o->image != NULL;
    for (unsigned i = 0; overlaid > -2 && i < DRIVES; i++) {
        const char *path = (int)i == image_drive ? o->image : o->disk[i];
        any = any || path || o->cdrom[i];
        if (path && !attach(s, i, path, (int)i == overlaid, error, error_size))
            return false;
        if (path && o->overlay && (int)i != overlaid && !s->disk[i].is_cd)
            session_notice(s, "drive %s: --overlay is not for it; what is written to it is thrown away",
                           drive_names[i]);
    }
    return overlaid > -2 && (any || open_exhibits(s, error, error_size));
}

/* --- Opening and closing --- */

static void put_output(void *ctx, const char *text)
{
    struct session *s = ctx;
    s->face.put(s->face.ctx, text);
}

static bool ask(void *ctx, const char *question)
{
    struct session *s = ctx;
    return s->face.confirm ? s->face.confirm(s->face.ctx, question) : true;
}

static FILE *open_output(void *ctx, const char *path, bool append, char *error, size_t error_size)
{
    struct session *s = ctx;
    unsigned how = OUTPUT_SPECIAL | (append ? OUTPUT_APPEND : OUTPUT_REPLACE);
    bool ok = output_may_write(s, path, error, error_size) &&
              output_file_begin(&s->output, path, how, error, error_size);
    return ok ? s->output.stream : NULL;
}

static bool close_output(void *ctx, bool complete, char *error, size_t error_size)
{
    struct session *s = ctx;
    return output_file_end(&s->output, complete, error, error_size);
}

/* For `info disks`. */
static bool describe_disk(void *ctx, unsigned drive, char *text, size_t size)
{
    struct session *s = ctx;
    const struct session_disk *disk = &s->disk[drive];
    if (!disk->image)
        return false;
    snprintf(text, size, "%s%s%s%s", disk->path, disk->verify ? ", sealed" : "",
             disk->is_cd ? "" : disk->protect ? ", write-protected" : "",
             disk->is_cd || disk->protect ? ""
             : !disk->kept ? ", what is written is thrown away"
             : s->options->write_in_place ? ", what is written goes into it" : ", what is written goes into ");
    if (disk->kept && !s->options->write_in_place)
        snprintf(text + strlen(text), size - strlen(text), "%s", s->options->overlay);
    return true;
}

static bool build_debugger(struct session *s, char *error, size_t error_size)
{
    size_t count = session_commands(s->command, SESSION_COMMANDS);
    for (size_t i = 0; i < s->face.command_count && count < SESSION_COMMANDS; i++)
        s->command[count++] = s->face.commands[i];
    const char *name = s->options->image ? s->options->image : "guest";
    struct debugger_config config = { .name = name, .put = put_output, .confirm = s->face.confirm ? ask : NULL,
                                      .open_output = open_output, .close_output = close_output,
                                      .complete = session_complete,
                                      .describe_disk = describe_disk, .commands = s->command,
                                      .command_count = count, .ctx = s };
    s->debugger = debugger_create(s->machine, &config);
    if (!s->debugger)
        snprintf(error, error_size, "out of memory");
    return s->debugger != NULL;
}

static void tell_odd(struct session *s, unsigned drive)
{
    char text[SESSION_ERROR_SIZE];
    if (medium_is_odd(s, drive, text, sizeof text))
        session_notice(s, "%s", text);
}

/* A disk needs a drive: --floppy-types may have taken it away. */
static bool floppy_types_fit(const struct session *s, char *error, size_t error_size)
{
    const uint8_t *types = s->options->machine.floppy_type;
    for (unsigned i = DRIVE_FLOPPY_A; i <= DRIVE_FLOPPY_B; i++)
        if (s->disk[i].image && (types[i] == 0 || types[DRIVE_FLOPPY_A] == 0)) {
            snprintf(error, error_size, "%s: --floppy-types says that there is no drive %s for it", s->disk[i].path,
                     drive_names[i]);
            return false;
        }
    return true;
}

static void tell_unfit(struct session *s, unsigned drive)
{
    static const unsigned kilobytes[] = { 0, 360, 1200, 720, 1440, 2880 };
    struct session_disk *disk = &s->disk[drive];
    if (!disk->image || !machine_floppy_unfit(s->machine, drive))
        return;
    uint64_t kb = medium_sectors(disk->image, drive, false) / 2;
    session_notice(s, "%s: drive %s, for %u KB, cannot read disks of %llu KB: start with --floppy-types %s%u",
                   disk->path, drive_names[drive], kilobytes[machine_floppy_type(s->machine, drive)],
                   (unsigned long long)kb, drive == DRIVE_FLOPPY_B ? "TYPE," : "",
                   kb > 1760 ? 2880 : kb == 1200 ? 1200 : kb > 720 ? 1440 : kb > 360 ? 720 : 360);
}

static bool build(struct session *s, char *error, size_t error_size)
{
    struct machine_config config = s->options->machine;
    s->ports.put = put_output;
    s->ports.ctx = s;
    if (!roms_read(s, &config, error, error_size) || !open_disks(s, error, error_size) ||
        !output_may_write_options(s, error, error_size) ||
        !ports_open(&s->ports, s->options, &config, error, error_size))
        return false;
    for (int i = 0; i < SERIAL_PORTS; i++)
        if (s->options->serial[i] && strcmp(s->options->serial[i], "pty") == 0)
            session_notice(s, "serial port %d is %s", i + 1, s->ports.serial[i].name);
    for (unsigned i = 0; i < DRIVES; i++)
        config.drive[i] = drive_config(s, i);
    if (!floppy_types_fit(s, error, error_size))
        return false;
    if (s->options->geometry.cylinders && (!s->disk[DRIVE_HD0].image || s->disk[DRIVE_HD0].is_cd)) {
        snprintf(error, error_size, "--geometry: there is no first hard disk (hd0) that it could be for");
        return false;
    }
    config.drive[DRIVE_HD0].geometry = s->options->geometry;
    if (!config.boot[0])
        strcpy(config.boot, s->exhibits ? "c" : s->boots_cd ? "dac" : session_cd_drive(s) >= 0 ? "acd" : "ac");
    s->machine = machine_create(&config, error, error_size);
    if (!s->machine || !build_debugger(s, error, error_size))
        return false;
    tell_unfit(s, DRIVE_FLOPPY_A);
    tell_unfit(s, DRIVE_FLOPPY_B);
    for (unsigned i = 0; i < DRIVES; i++)
        tell_odd(s, i);
    return !s->options->wavcapture || sound_start(&s->sound, s->machine, s->options->wavcapture, error, error_size);
}

bool session_open(struct session *s, const struct options *options, const struct session_face *face, char *error,
                  size_t error_size)
{
    memset(s, 0, sizeof *s);
    s->options = options;
    s->face = *face;
    pace_set(&s->pace, options->speed_percent);
    typing_init(&s->typing);
    for (unsigned i = 0; i < DRIVES; i++)
        s->disk[i] = (struct session_disk){ .session = s, .drive = i };
    if (build(s, error, error_size))
        return true;
    char ignored[SESSION_ERROR_SIZE];
    session_close(s, ignored, sizeof ignored);
    return false;
}

static bool close_image(struct session_disk *disk, char *error, size_t error_size)
{
    if (!disk->image)
        return true;
    bool ok = image_flush(disk->image) >= 0;
    if (!ok)
        snprintf(error, error_size, "%s", image_last_error(disk->image));
    int result = image_close(disk->image);
    if (ok && result < 0)
        snprintf(error, error_size, "%s: %s", disk->path, strerror(-result));
    forget_image(disk);
    return ok && result >= 0;
}

bool session_close(struct session *s, char *error, size_t error_size)
{
    bool ok = sound_stop(&s->sound, error, error_size);
    debugger_destroy(s->debugger);
    machine_destroy(s->machine);
    s->debugger = NULL;
    s->machine = NULL;
    for (unsigned i = 0; i < DRIVES; i++)
        ok = close_image(&s->disk[i], error, error_size) && ok;
    ports_close(&s->ports);
    free(s->bios);
    free(s->vgabios);
    for (unsigned i = 0; i < OPTION_ROMS; i++)
        free(s->option_rom[i]);
    memset(s->option_rom, 0, sizeof s->option_rom);
    s->bios = s->vgabios = NULL;
    return ok;
}

/* --- Running --- */

/* Sleeps until the guest is due. False: it is not yet, as the wait is long or was interrupted; keys come first. */
static bool wait_until_due(struct session *s, uint64_t tick)
{
    uint64_t ns = pace_wait(&s->pace, tick, pace_host_ns());
    if (ns == 0)
        return true;
    struct timespec wait = { .tv_nsec = (long)(ns < LONGEST_SLEEP_NS ? ns : LONGEST_SLEEP_NS) };
    nanosleep(&wait, NULL);
    return pace_wait(&s->pace, tick, pace_host_ns()) == 0;
}

/* A guest that never flushes its disk shall not lose more than some seconds in a crash. */
static void flush_now_and_then(struct session *s, uint64_t tick)
{
    if (tick < s->next_flush)
        return;
    s->next_flush = tick + FLUSH_SECONDS * TICKS_PER_SECOND;
    for (unsigned i = 0; i < DRIVES; i++)
        if (s->disk[i].image)
            disk_flush(&s->disk[i]);
}

enum debugger_result session_slice(struct session *s)
{
    uint64_t tick = machine_tick(s->machine);
    flush_now_and_then(s, tick);
    if (!wait_until_due(s, tick))
        return DEBUGGER_RUN;
    typing_pump(&s->typing, s->machine);
    pointing_pump(s);
    ports_pump(&s->ports, s->machine);
    enum debugger_result result = debugger_run(s->debugger, tick + pace_slice(&s->pace));
    pace_measure(&s->pace, machine_tick(s->machine), machine_clocks(s->machine), pace_host_ns());
    if (result != DEBUGGER_RUN)
        pace_restart(&s->pace);
    return result;
}

static enum debugger_result source_file(struct session *s, const char *path)
{
    char command[1100];
    snprintf(command, sizeof command, "source %s", path);
    return debugger_execute(s->debugger, command);
}

enum debugger_result session_next_script(struct session *s, size_t *next)
{
    if (*next >= s->options->scripts)
        return DEBUGGER_DONE;
    const char *text = s->options->script[*next].text;
    bool is_file = s->options->script[(*next)++].is_file;
    return is_file ? source_file(s, text) : debugger_execute(s->debugger, text);
}

void session_interrupt(struct session *s)
{
    if (s->debugger)
        debugger_interrupt(s->debugger);
}

bool session_floppy_rests(const struct session *s, unsigned drive, char *error, size_t error_size)
{
    const struct session_disk *disk = &s->disk[drive];
    struct drive_view view;
    uint64_t since = machine_tick(s->machine) - disk->last_use;
    inspect_drive(s->machine, drive, &view);
    if (!disk->image || !disk->touched || !view.motor || since >= (uint64_t)SESSION_REST_MS * TICKS_PER_MS)
        return true;
    snprintf(error, error_size, "Drive %s is at work: the guest used its disk %lu ms ago, and would mix it with "
             "another. Let it finish (wait %d), or use -f.", drive_names[drive], (unsigned long)(since / TICKS_PER_MS),
             SESSION_REST_MS / 1000);
    return false;
}

bool session_insert_floppy(struct session *s, unsigned drive, const char *path, bool protect, char *error,
                           size_t error_size)
{
    struct session_disk *disk = &s->disk[drive];
    if (!machine_floppy_type(s->machine, drive)) {
        snprintf(error, error_size, drive == DRIVE_FLOPPY_B
                     ? "There is no drive b: the machine was started without --fdb and --floppy-types."
                     : "There is no drive a: the machine was started with --floppy-types none.");
        return false;
    }
    if (same_file(disk, path) && !session_eject_floppy(s, drive, error, error_size))
        return false;
    struct session_disk before = *disk;
    disk->verify = NULL;
    disk->image = NULL;
    disk->protect = protect;
    if (!attach(s, drive, path, false, error, error_size)) {
        *disk = before;
        return false;
    }
    struct drive_config config = drive_config(s, drive);
    machine_change_floppy(s->machine, drive, &config);
    tell_unfit(s, drive);
    tell_odd(s, drive);
    if (close_image(&before, error, error_size))
        return true;
    session_notice(s, "%s", error);
    return true;
}

bool session_eject_floppy(struct session *s, unsigned drive, char *error, size_t error_size)
{
    machine_change_floppy(s->machine, drive, &(struct drive_config){ 0 });
    return close_image(&s->disk[drive], error, error_size);
}

int session_cd_drive(const struct session *s)
{
    for (int i = 0; i < DRIVES; i++)
        if (s->disk[i].is_cd)
            return i;
    return -1;
}

/* Takes the disc out of the drive; its image stays open. */
static bool take_cd_out(struct session *s, unsigned drive, bool force, char *error, size_t error_size)
{
    if (machine_change_cd(s->machine, drive, &(struct drive_config){ .kind = DRIVE_CDROM }, force))
        return true;
    snprintf(error, error_size,
             "The guest has locked the CD-ROM drive and was told; `eject -f cd` takes the disc out now.");
    return false;
}

bool session_eject_cd(struct session *s, bool force, char *error, size_t error_size)
{
    unsigned drive = (unsigned)session_cd_drive(s);
    return take_cd_out(s, drive, force, error, error_size) && close_image(&s->disk[drive], error, error_size);
}

bool session_insert_cd(struct session *s, const char *path, bool force, char *error, size_t error_size)
{
    int drive = session_cd_drive(s);
    if (drive < 0) {
        snprintf(error, error_size, "There is no CD-ROM drive: the machine was started without --cdrom.");
        return false;
    }
    struct session_disk *disk = &s->disk[drive], before = *disk;
    disk->verify = NULL;
    disk->image = NULL;
    bool opened = attach(s, (unsigned)drive, path, false, error, error_size);
    struct session_disk after = *disk;
    *disk = before;
    if (!opened)
        return false;
    if (!take_cd_out(s, (unsigned)drive, force, error, error_size)) {
        close_image(&after, (char[SESSION_ERROR_SIZE]){ 0 }, SESSION_ERROR_SIZE);
        return false;
    }
    *disk = after;
    struct drive_config config = drive_config(s, (unsigned)drive);
    machine_change_cd(s->machine, (unsigned)drive, &config, true);
    tell_odd(s, (unsigned)drive);
    return close_image(&before, error, error_size);
}

size_t session_screen_text(struct session *s, char *text, size_t size)
{
    struct screen screen;
    machine_screen(s->machine, &screen);
    return screen_text(&screen, text, size);
}
