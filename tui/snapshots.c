/* savevm, loadvm, delvm and info snapshots: the whole machine kept in its disk images, as QEMU's monitor does it.
 *
 * Every image gets an internal snapshot of the same name; the machine's state goes into one of them, as a line of text
 * that says for which machine it is, padded to HEAD_BYTES, and the stream of emu/state.h. That one is the first image
 * that is kept (--overlay, --write); where all are temporary, snapshots live as long as the session. Either all images
 * have the snapshot afterwards or none; they go back to it all together or not at all. In another session, what was
 * written to temporary overlays is missing.
 *
 * Going back restores the board too, whatever --machine and --set say: its parameters are part of the state. The size
 * of memory cannot be changed; a snapshot of a machine with more or less is refused. */
#include "tui/snapshots.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "emu/state.h"
#include "tui/image_command.h"

#define HEAD_FORMAT "trowel-state %u %s ram %u\n"
#define HEAD_SCAN   "trowel-state %u %31s ram %u%n"

enum { HEAD_VERSION = 2, HEAD_BYTES = 512, PROFILE_BYTES = 32, NAME_BYTES = 128, ID_BYTES = 24 };

/* --- Which images take part --- */

static bool is_writable_disk(const struct session_disk *disk)
{
    return disk->image && !disk->is_cd && image_writable(disk->image);
}

/* A CD cannot change, and comes and goes: its overlay is used only where there is no other disk. */
static bool holds_snapshots(const struct session *s, unsigned drive)
{
    if (!s->disk[drive].is_cd)
        return is_writable_disk(&s->disk[drive]);
    for (unsigned i = 0; i < DRIVES; i++)
        if (is_writable_disk(&s->disk[i]))
            return false;
    return s->disk[drive].image && image_writable(s->disk[drive].image);
}

/* The next drive from FIRST on whose image holds snapshots; -1: none. */
static int next_drive(const struct session *s, unsigned first)
{
    for (unsigned i = first; i < DRIVES; i++)
        if (holds_snapshots(s, i))
            return (int)i;
    return -1;
}

/* The drive whose image holds the machine's state; -1: none can. */
static int state_drive(const struct session *s)
{
    int first = next_drive(s, 0), i = first;
    while (i >= 0 && !s->disk[i].kept)
        i = next_drive(s, (unsigned)i + 1);
    return i >= 0 ? i : first;
}

/* Has IMAGE a snapshot whose name, not id, is NAME? Its id goes to ID; one that does not fit is nobody's. */
static bool find_named(struct image *image, const char *name, char *id, size_t id_size)
{
    struct image_snapshot snapshot;
    uint32_t count = 0;
    image_snapshot_count(image, &count);
    for (uint32_t i = 0; i < count; i++)
        if (image_snapshot_get(image, i, &snapshot) == 0 && strcmp(snapshot.name, name) == 0 &&
            strlen(snapshot.id) < id_size) {
            snprintf(id, id_size, "%s", snapshot.id);
            return true;
        }
    return false;
}

static enum debugger_result disk_error(struct debugger *d, const struct session_disk *disk)
{
    return debugger_error(d, "Drive %s: %s", session_drive_name(disk->drive), image_last_error(disk->image));
}

/* NAME as an argument: one word or several, without control characters. */
static bool good_name(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 127)
            return false;
    return length > 0 && length < NAME_BYTES;
}

/* --- Saving --- */

/* The head and the machine's state, to be freed by the caller. NULL: out of memory. */
static uint8_t *encode(struct session *s, size_t *bytes)
{
    struct state state;
    *bytes = 0;
    state_begin_save(&state);
    machine_visit(s->machine, &state);
    uint8_t *data = state_failed(&state) ? NULL : calloc(1, HEAD_BYTES + state.size);
    if (data) {
        snprintf((char *)data, HEAD_BYTES, HEAD_FORMAT, HEAD_VERSION, machine_profile(s->machine),
                 (unsigned)s->options->machine.ram_kb);
        memcpy(data + HEAD_BYTES, state.data, state.size);
        *bytes = HEAD_BYTES + state.size;
    }
    free(state.data);
    return data;
}

/* Takes back the snapshot that was made last. By its id: others may have the same name. */
static void delete_newest(struct image *image)
{
    struct image_snapshot newest;
    uint32_t count = 0;
    char id[ID_BYTES];
    if (image_snapshot_count(image, &count) < 0 || !count || image_snapshot_get(image, count - 1, &newest) < 0)
        return;
    snprintf(id, sizeof id, "%s", newest.id);
    image_snapshot_delete(image, id);
}

/* Puts the snapshot WHAT into every image. On failure those that have it lose it again. */
static int create_all(struct session *s, const struct image_snapshot *what, int *failed)
{
    int holder = state_drive(s);
    for (int i = next_drive(s, 0); i >= 0; i = next_drive(s, (unsigned)i + 1)) {
        struct image_snapshot one = *what;
        if (i != holder)
            one.vmstate_bytes = 0;
        int code = image_snapshot_create(s->disk[i].image, &one);
        if (code < 0) {
            *failed = i;
            for (int k = next_drive(s, 0); k < i; k = next_drive(s, (unsigned)k + 1))
                delete_newest(s->disk[k].image);
            return code;
        }
    }
    return 0;
}

/* A snapshot of this name that was there before gives way to the new one. */
struct former { char id[DRIVES][ID_BYTES]; bool is[DRIVES]; };

static void find_former(struct session *s, const char *name, struct former *former)
{
    for (int i = next_drive(s, 0); i >= 0; i = next_drive(s, (unsigned)i + 1))
        former->is[i] = find_named(s->disk[i].image, name, former->id[i], sizeof former->id[i]);
}

static enum debugger_result delete_former(struct session *s, struct debugger *d, const struct former *former)
{
    for (int i = next_drive(s, 0); i >= 0; i = next_drive(s, (unsigned)i + 1))
        if (former->is[i] && image_snapshot_delete(s->disk[i].image, former->id[i]) < 0)
            return disk_error(d, &s->disk[i]);
    return DEBUGGER_DONE;
}

/* Guest time in nanoseconds: a tick is 5/21 of one. */
static uint64_t guest_ns(const struct session *s)
{
    uint64_t tick = machine_tick(s->machine);
    return tick / TICKS_PER_SECOND * 1000000000u + tick % TICKS_PER_SECOND * 5 / 21;
}

enum debugger_result snapshots_save(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    struct former former = { 0 };
    struct image_snapshot what = { .name = arguments, .seconds = (uint32_t)time(NULL),
                                   .clock_ns = guest_ns(s),
                                   .icount = machine_icount(s->machine) };
    int drive = state_drive(s);
    size_t bytes;
    if (!good_name(arguments))
        return debugger_error(d, "Usage: savevm NAME");
    if (drive < 0)
        return debugger_error(d, "There is no disk that can hold a snapshot.");
    find_former(s, arguments, &former);
    uint8_t *data = encode(s, &bytes);
    if (!data)
        return debugger_error(d, "Out of memory.");
    what.vmstate_bytes = bytes;
    int failed = drive, code = image_vmstate_write(s->disk[drive].image, 0, data, bytes);
    free(data);
    if (!code)
        code = create_all(s, &what, &failed);
    if (!code)
        return delete_former(s, d, &former);
    disk_error(d, &s->disk[failed]);
    image_vmstate_forget(s->disk[drive].image);
    return DEBUGGER_DONE;
}

/* --- Loading --- */

static bool load_state(struct session *s, const uint8_t *data, size_t bytes, char *error, size_t error_size)
{
    struct state state;
    state_begin_load(&state, data, bytes);
    machine_visit(s->machine, &state);
    if (state_failed(&state))
        snprintf(error, error_size, "%s", state.error);
    sound_resync(&s->sound);
    return !state_failed(&state);
}

/* Is DATA, which ends with a NUL byte, the state of a machine that this one can become? Then PROFILE is its board. */
static bool is_state(struct session *s, const uint8_t *data, size_t bytes, char profile[PROFILE_BYTES], char *error,
                     size_t error_size)
{
    unsigned version, ram_kb, here_kb = s->options->machine.ram_kb;
    char printable[PROFILE_BYTES];
    int end = 0;
    if (bytes < HEAD_BYTES || sscanf((const char *)data, HEAD_SCAN, &version, profile, &ram_kb, &end) != 3 ||
        data[end] != '\n')
        snprintf(error, error_size, "the state is not one that this program has saved");
    else if (version != HEAD_VERSION)
        snprintf(error, error_size, "the state has format %u; this version of the program reads format %u", version,
                 HEAD_VERSION);
    else if (ram_kb != here_kb)
        snprintf(error, error_size, "the state is of a %s with %u MB of memory, this machine has %u MB",
                 image_printable(profile, printable, sizeof printable), ram_kb / 1024, here_kb / 1024);
    else
        return true;
    return false;
}

/* The machine becomes a PROFILE, if it is not one already. */
static bool become(struct session *s, struct debugger *d, const char *profile)
{
    char error[SESSION_ERROR_SIZE];
    if (strcmp(profile, machine_profile(s->machine)) == 0)
        return true;
    bool ok = machine_set_profile(s->machine, profile, error, sizeof error);
    if (ok)
        debugger_print(d, "The machine is a %s now.\n", profile);
    else
        debugger_error(d, "%s.", error);
    return ok;
}

/* The machine becomes what it was. */
static void stay(struct session *s, struct debugger *d, const uint8_t *present, size_t bytes)
{
    char ignored[SESSION_ERROR_SIZE], profile[PROFILE_BYTES];
    if (is_state(s, present, bytes, profile, ignored, sizeof ignored))
        become(s, d, profile);
    load_state(s, present + HEAD_BYTES, bytes - HEAD_BYTES, ignored, sizeof ignored);
}

/* Reads the machine state of the snapshot NAME without applying it. */
static uint8_t *read_state(struct session_disk *disk, const char *name, size_t *bytes, char *error, size_t error_size)
{
    struct image_snapshot snapshot;
    uint32_t count = 0, i = 0;
    image_snapshot_count(disk->image, &count);
    while (i < count && (image_snapshot_get(disk->image, i, &snapshot) < 0 ||
                         strcmp(snapshot.name, name) != 0))
        i++;
    *bytes = i < count ? (size_t)snapshot.vmstate_bytes : 0;
    if (i == count || !*bytes || *bytes > MOST_STATE_BYTES) {
        snprintf(error, error_size, i == count ? "there is no snapshot \"%s\"" : "snapshot \"%s\" has no machine state",
                 name);
        return NULL;
    }
    uint8_t *data = malloc(*bytes + 1);
    if (data && image_snapshot_read_vmstate(disk->image, i, 0, data, *bytes) == 0) {
        data[*bytes] = 0;
        return data;
    }
    snprintf(error, error_size, "%s", data ? image_last_error(disk->image) : "out of memory");
    free(data);
    return NULL;
}

/* The name of a drive whose image is kept and lacks the snapshot, or NULL. */
static const char *missing_somewhere(struct session *s, const char *name)
{
    char id[ID_BYTES];
    for (int i = next_drive(s, 0); i >= 0; i = next_drive(s, (unsigned)i + 1))
        if (s->disk[i].kept && !find_named(s->disk[i].image, name, id, sizeof id))
            return session_drive_name((unsigned)i);
    return NULL;
}

/* The second step of going back, for all images that made the first: KEEP, or be as before. What goes wrong now cannot
 * be undone, so it is only told. */
static void settle_all(struct session *s, struct image_switch *const *switches, bool keep)
{
    for (unsigned i = 0; i < DRIVES; i++)
        if (switches[i] && image_snapshot_settle(s->disk[i].image, switches[i], keep) < 0)
            session_notice(s, "drive %s: %s", session_drive_name(i), image_last_error(s->disk[i].image));
}

/* Takes all images back to the snapshot, or none. False: the debugger has told why not. */
static bool apply_all(struct session *s, struct debugger *d, const char *name)
{
    struct image_switch *switches[DRIVES] = { NULL };
    char id[ID_BYTES];
    int failed = -1;
    for (int i = next_drive(s, 0); i >= 0 && failed < 0; i = next_drive(s, (unsigned)i + 1)) {
        if (!find_named(s->disk[i].image, name, id, sizeof id))
            debugger_print(d, "Drive %s: its temporary overlay of that time is gone; it shows %s.\n",
                           session_drive_name((unsigned)i), s->disk[i].path);
        else if (image_snapshot_switch(s->disk[i].image, id, &switches[i]) < 0)
            failed = i;
    }
    if (failed >= 0)
        disk_error(d, &s->disk[failed]);
    settle_all(s, switches, failed < 0);
    return failed < 0;
}

/* The machine, a PROFILE then, and its disks become what DATA and the snapshot NAME say; or all of them stay. */
static bool go_back(struct session *s, struct debugger *d, const char *name, const char *profile, const uint8_t *data,
                    size_t bytes)
{
    char error[SESSION_ERROR_SIZE];
    size_t present_bytes;
    uint8_t *present = encode(s, &present_bytes);
    if (!present) {
        debugger_error(d, "Out of memory.");
        return false;
    }
    bool is_one = become(s, d, profile);
    bool loaded = is_one && load_state(s, data + HEAD_BYTES, bytes - HEAD_BYTES, error, sizeof error);
    if (is_one && !loaded)
        debugger_error(d, "%s.", error);
    bool ok = loaded && apply_all(s, d, name);
    if (!ok)
        stay(s, d, present, present_bytes);
    free(present);
    return ok;
}

enum debugger_result snapshots_load(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    char error[SESSION_ERROR_SIZE], profile[PROFILE_BYTES];
    size_t bytes;
    int drive = state_drive(s);
    if (!good_name(arguments))
        return debugger_error(d, "Usage: loadvm NAME");
    if (drive < 0)
        return debugger_error(d, "There is no disk that can hold a snapshot.");
    uint8_t *data = read_state(&s->disk[drive], arguments, &bytes, error, sizeof error);
    if (!data)
        return debugger_error(d, "Drive %s: %s.", session_drive_name((unsigned)drive), error);
    const char *missing = missing_somewhere(s, arguments);
    bool fits = !missing && is_state(s, data, bytes, profile, error, sizeof error);
    bool ok = fits && go_back(s, d, arguments, profile, data, bytes);
    free(data);
    if (missing)
        return debugger_error(d, "Drive %s has no snapshot \"%s\".", missing, arguments);
    if (!fits)
        return debugger_error(d, "%s.", error);
    if (!ok)
        return DEBUGGER_DONE;
    typing_init(&s->typing);
    s->next_flush = 0;
    pace_restart(&s->pace);
    return debugger_execute(d, "x/i cs:eip");
}

/* --- Deleting and listing --- */

enum debugger_result snapshots_delete(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    char id[ID_BYTES];
    bool any = false;
    if (!good_name(arguments))
        return debugger_error(d, "Usage: delvm NAME");
    for (int i = next_drive(s, 0); i >= 0; i = next_drive(s, (unsigned)i + 1))
        if (find_named(s->disk[i].image, arguments, id, sizeof id)) {
            if (image_snapshot_delete(s->disk[i].image, id) < 0)
                return disk_error(d, &s->disk[i]);
            any = true;
        }
    return any ? DEBUGGER_DONE : debugger_error(d, "There is no snapshot \"%s\".", arguments);
}

static void print_size(char *out, size_t size, uint64_t bytes)
{
    static const char units[] = "BKMGTPE";
    unsigned unit = 0;
    double value = (double)bytes;
    for (; value >= 1000 && units[unit + 1]; unit++)
        value /= 1024;
    snprintf(out, size, unit && value < 10 ? "%.1f %.*s%s" : "%.0f %.*s%s", value, unit ? 1 : 0, &units[unit],
             unit ? "iB" : "B");
}

static void print_snapshot(struct debugger *d, const struct image_snapshot *snapshot)
{
    char id[ID_BYTES], name[NAME_BYTES], date[32], size[24], icount[24] = "--";
    time_t seconds = (time_t)snapshot->seconds;
    struct tm tm;
    uint64_t ms = snapshot->clock_ns / 1000000;
    print_size(size, sizeof size, snapshot->vmstate_bytes);
    if (!gmtime_r(&seconds, &tm) || !strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &tm))
        strcpy(date, "?");
    if (snapshot->icount != UINT64_MAX)
        snprintf(icount, sizeof icount, "%" PRIu64, snapshot->icount);
    debugger_print(d, "%-8s%-20s%10s  %s   %02u:%02u:%02u.%03u  %s\n", image_printable(snapshot->id, id, sizeof id),
                   image_printable(snapshot->name, name, sizeof name), size, date, (unsigned)(ms / 3600000),
                   (unsigned)(ms / 60000 % 60), (unsigned)(ms / 1000 % 60), (unsigned)(ms % 1000), icount);
}

/* A temporary overlay has no snapshots; the image below it may have. */
static void hint_at_base(struct debugger *d, const struct session *s, unsigned drive)
{
    struct image_layer_info info;
    struct image *image = s->disk[drive].image;
    if (!image || s->disk[drive].kept || image_layers(image) < 2)
        return;
    image_layer_info(image, 1, &info);
    if (info.snapshots)
        debugger_print(d, "Drive %s: %s itself has %u: --write makes them available.\n", session_drive_name(drive),
                       s->disk[drive].path, info.snapshots);
}

enum debugger_result snapshots_list(struct debugger *d, void *ctx, const char *arguments)
{
    struct session *s = ctx;
    uint32_t count;
    bool any = false;
    (void)arguments;
    for (int i = next_drive(s, 0); i >= 0; i = next_drive(s, (unsigned)i + 1)) {
        struct image_snapshot snapshot;
        if (image_snapshot_count(s->disk[i].image, &count) < 0 || !count)
            continue;
        debugger_print(d, "Drive %s:\n%-8s%-20s%10s  %-19s   %-12s  %s\n", session_drive_name((unsigned)i), "ID", "TAG",
                       "VM SIZE", "DATE", "VM CLOCK", "ICOUNT");
        for (uint32_t k = 0; k < count && image_snapshot_get(s->disk[i].image, k, &snapshot) == 0; k++)
            print_snapshot(d, &snapshot);
        any = true;
    }
    if (!any)
        debugger_print(d, "There is no snapshot available.\n");
    for (unsigned i = 0; i < DRIVES; i++)
        hint_at_base(d, s, i);
    return DEBUGGER_DONE;
}
