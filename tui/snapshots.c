/* savevm, loadvm, delvm and info snapshots: the whole machine kept in its disk images, as QEMU's monitor does it.
 *
 * Every image gets an internal snapshot of the same name; the machine's state goes into one of them, as a line of text
 * that says for which board it is, padded to HEAD_BYTES, and the stream of emu/state.h, which the machine's equipment
 * begins. That one is an image that is kept (--overlay, --write) if there is one, and a hard disk's rather than a
 * floppy's; where all are temporary, snapshots live as long as the session. Either all images have the snapshot
 * afterwards or none; they go back to it all together or not at all. In another session, what was written to temporary
 * overlays is missing.
 *
 * Going back restores the board too, whatever --machine and --set say: its parameters are part of the state. What is
 * plugged in cannot be changed; a snapshot of a machine with other equipment is refused. */
#include "tui/snapshots.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "emu/state.h"
#include "tui/equipment.h"
#include "tui/image_command.h"

#define HEAD_FORMAT "trowel-state %u %s\n"
#define HEAD_SCAN   "trowel-state %u %31s%n"

enum { HEAD_VERSION = 3, HEAD_BYTES = 512, PROFILE_BYTES = 32, NAME_BYTES = 128, ID_BYTES = 24 };

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

/* How well the image of DRIVE holds the machine's state: one that is kept for the next session better than one that is
 * not, and a hard disk better than what can be taken out. */
static unsigned aptness(const struct session *s, int drive)
{
    const struct session_disk *disk = &s->disk[drive];
    return (disk->kept ? 2 : 0) + (drive >= DRIVE_HD0 && !disk->is_cd ? 1 : 0);
}

/* The drive whose image gets the machine's state; -1: none can. */
static int state_drive(const struct session *s)
{
    int best = next_drive(s, 0);
    for (int i = best; i >= 0; i = next_drive(s, (unsigned)i + 1))
        if (aptness(s, i) > aptness(s, best))
            best = i;
    return best;
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
    struct equipment equipment;
    equipment_of(s, &equipment);
    state_begin_save(&state);
    equipment_visit(&equipment, &state);
    machine_visit(s->machine, &state);
    uint8_t *data = state_failed(&state) ? NULL : calloc(1, HEAD_BYTES + state.size);
    if (data) {
        snprintf((char *)data, HEAD_BYTES, HEAD_FORMAT, HEAD_VERSION, machine_profile(s->machine));
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

/* Can every image that takes part hold a snapshot? False: ERROR names the first that cannot, and what to do. */
static bool can_all_hold(const struct session *s, char *error, size_t error_size)
{
    struct image_layer_info info = { .format = IMAGE_FORMAT_QCOW2 };
    int i = next_drive(s, 0);
    for (; i >= 0; i = next_drive(s, (unsigned)i + 1)) {
        image_layer_info(s->disk[i].image, 0, &info);
        if (info.format == IMAGE_FORMAT_RAW)
            break;
    }
    if (i < 0)
        return true;
    const char *drive = session_drive_name((unsigned)i), *path = s->disk[i].path;
    if (i <= DRIVE_FLOPPY_B)
        snprintf(error, error_size, "Drive %s: %.400s is raw and written to, so it holds no snapshot: `eject %s` or "
                 "`insert -r %s FILE` first, or convert it to qcow2", drive, path, drive, drive);
    else
        snprintf(error, error_size, "Drive %s: %.400s is raw and written to, so it holds no snapshot: start with "
                 "--overlay FILE instead of --write, or convert it to qcow2", drive, path);
    return false;
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
    char error[SESSION_ERROR_SIZE];
    int drive = state_drive(s);
    size_t bytes;
    if (!good_name(arguments))
        return debugger_error(d, "Usage: savevm NAME");
    if (drive < 0)
        return debugger_error(d, "There is no disk that can hold a snapshot.");
    if (!can_all_hold(s, error, sizeof error))
        return debugger_error(d, "%s.", error);
    find_former(s, arguments, &former);
    uint8_t *data = encode(s, &bytes);
    if (!data)
        return debugger_error(d, "Out of memory.");
    what.vmstate_bytes = bytes;
    int failed = drive, code = image_vmstate_write(s->disk[drive].image, 0, data, bytes);
    free(data);
    if (!code)
        code = create_all(s, &what, &failed);
    if (!code) {
        debugger_print(d, "Snapshot %s: saved, its machine state in drive %s (%s).\n", arguments,
                       session_drive_name((unsigned)drive), s->disk[drive].path);
        return delete_former(s, d, &former);
    }
    disk_error(d, &s->disk[failed]);
    image_vmstate_forget(s->disk[drive].image);
    return DEBUGGER_DONE;
}

/* --- Loading --- */

static bool load_state(struct session *s, const uint8_t *data, size_t bytes, char *error, size_t error_size)
{
    struct state state;
    struct equipment then = { 0 };
    state_begin_load(&state, data, bytes);
    equipment_visit(&then, &state);
    machine_visit(s->machine, &state);
    if (state_failed(&state))
        snprintf(error, error_size, "The state cannot be loaded: %s", state.error);
    sound_resync(&s->sound);
    return !state_failed(&state);
}

/* Is DATA, which ends with a NUL byte, a state in the present format? Then PROFILE is its board. */
static bool is_state(const uint8_t *data, size_t bytes, char profile[PROFILE_BYTES], char *error,
                     size_t error_size)
{
    unsigned version;
    int end = 0;
    if (bytes < HEAD_BYTES || sscanf((const char *)data, HEAD_SCAN, &version, profile, &end) != 2 ||
        (version == HEAD_VERSION && data[end] != '\n'))
        snprintf(error, error_size, "the state is not one that this program has saved");
    else if (version != HEAD_VERSION)
        snprintf(error, error_size, "the state has format %u; this version of the program reads format %u", version,
                 HEAD_VERSION);
    else
        return true;
    return false;
}

/* The equipment that the state has, and the machine; do they agree? */
static bool fits(struct session *s, const char *name, const uint8_t *data, size_t bytes, struct equipment *then,
                 struct equipment *now, char *error, size_t error_size)
{
    char line[SESSION_ERROR_SIZE - 192];
    struct state state;
    memset(then, 0, sizeof *then);
    state_begin_load(&state, data + HEAD_BYTES, bytes - HEAD_BYTES);
    equipment_visit(then, &state);
    equipment_of(s, now);
    if (state_failed(&state))
        snprintf(error, error_size, "the state is damaged: %s", state.error);
    else if (!equipment_fits(then, now, line, sizeof line))
        snprintf(error, error_size, "Snapshot \"%s\" was saved %s", name, line);
    else
        return true;
    return false;
}

/* Disks of the same size as those of that time, but others: the user and the guest are told. */
static void tell_other_disks(struct session *s, struct debugger *d, const struct equipment *then,
                             const struct equipment *now)
{
    char line[SESSION_ERROR_SIZE];
    for (unsigned i = 0; i < DRIVES; i++)
        if (equipment_other_disk(then, now, i, line, sizeof line)) {
            debugger_print(d, "%s\n", line);
            session_disk_changed(&s->disk[i]);
        }
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
    if (is_state(present, bytes, profile, ignored, sizeof ignored))
        become(s, d, profile);
    load_state(s, present + HEAD_BYTES, bytes - HEAD_BYTES, ignored, sizeof ignored);
}

/* Has the image below DRIVE's temporary overlay a snapshot NAME? */
static bool base_has(const struct session *s, unsigned drive, const char *name)
{
    struct image_layer_info info;
    struct image *image = s->disk[drive].image, *base = NULL;
    struct image_error ignored;
    struct image_options how = { .format = s->options->format, .data_file = s->options->data_file,
                                 .allow_outside_backing = s->options->allow_outside_backing };
    char id[ID_BYTES];
    if (!image || s->disk[drive].kept || image_layers(image) < 2)
        return false;
    image_layer_info(image, 1, &info);
    if (!info.snapshots || image_open(&base, s->disk[drive].path, &how, &ignored) < 0)
        return false;
    bool has = find_named(base, name, id, sizeof id);
    image_close(base);
    return has;
}

/* No image holds the machine state of NAME: why, in one line. */
static void explain_absence(const struct session *s, const char *name, char *error, size_t error_size)
{
    char id[ID_BYTES];
    for (unsigned i = 0; i < DRIVES; i++)
        if (holds_snapshots(s, i) && find_named(s->disk[i].image, name, id, sizeof id)) {
            snprintf(error, error_size, "Drive %s: snapshot \"%s\" has no machine state: that was in another disk",
                     session_drive_name(i), name);
            return;
        }
    for (unsigned i = 0; i < DRIVES; i++)
        if (base_has(s, i, name)) {
            snprintf(error, error_size, "there is no snapshot \"%s\" in the temporary overlays; %.400s itself has it: "
                     "--write makes it available", name, s->disk[i].path);
            return;
        }
    snprintf(error, error_size, "there is no snapshot \"%s\"", name);
}

/* The drive whose image holds the machine state of the snapshot NAME, the INDEX-th of it; -1: none. */
static int find_state(const struct session *s, const char *name, uint32_t *index)
{
    int found = -1;
    for (int i = next_drive(s, 0); i >= 0; i = next_drive(s, (unsigned)i + 1)) {
        struct image_snapshot snapshot;
        uint32_t count = 0, k = 0;
        image_snapshot_count(s->disk[i].image, &count);
        while (k < count && (image_snapshot_get(s->disk[i].image, k, &snapshot) < 0 || !snapshot.vmstate_bytes ||
                             strcmp(snapshot.name, name) != 0))
            k++;
        if (k < count && (found < 0 || aptness(s, i) > aptness(s, found))) {
            found = i;
            *index = k;
        }
    }
    return found;
}

/* Reads the machine state of the snapshot NAME without applying it. */
static uint8_t *read_state(struct session *s, const char *name, size_t *bytes, char *error, size_t error_size)
{
    struct image_snapshot snapshot;
    uint32_t i = 0;
    int drive = find_state(s, name, &i);
    if (drive < 0) {
        explain_absence(s, name, error, error_size);
        return NULL;
    }
    struct session_disk *disk = &s->disk[drive];
    *bytes = image_snapshot_get(disk->image, i, &snapshot) == 0 ? (size_t)snapshot.vmstate_bytes : 0;
    if (!*bytes || *bytes > MOST_STATE_BYTES) {
        snprintf(error, error_size, "Drive %s: snapshot \"%s\" has an impossible machine state",
                 session_drive_name((unsigned)drive), name);
        return NULL;
    }
    uint8_t *data = malloc(*bytes + 1);
    if (data && image_snapshot_read_vmstate(disk->image, i, 0, data, *bytes) == 0) {
        data[*bytes] = 0;
        return data;
    }
    snprintf(error, error_size, "Drive %s: %s", session_drive_name((unsigned)drive),
             data ? image_last_error(disk->image) : "out of memory");
    free(data);
    return NULL;
}

/* Have all images that are kept the snapshot? False: ERROR names the first that has not. */
static bool is_everywhere(struct session *s, const char *name, char *error, size_t error_size)
{
    char id[ID_BYTES];
    int i = next_drive(s, 0);
    while (i >= 0 && (!s->disk[i].kept || find_named(s->disk[i].image, name, id, sizeof id)))
        i = next_drive(s, (unsigned)i + 1);
    if (i < 0)
        return true;
    const char *drive = session_drive_name((unsigned)i);
    int length = snprintf(error, error_size, "Drive %s has no snapshot \"%s\"", drive, name);
    if (i <= DRIVE_FLOPPY_B)
        snprintf(error + length, error_size - (size_t)length, ": `insert -r %s FILE` leaves it as it is", drive);
    return false;
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
    struct equipment then, now;
    if (!good_name(arguments))
        return debugger_error(d, "Usage: loadvm NAME");
    uint8_t *data = read_state(s, arguments, &bytes, error, sizeof error);
    if (!data)
        return debugger_error(d, "%s.", error);
    bool possible = is_state(data, bytes, profile, error, sizeof error) &&
                    fits(s, arguments, data, bytes, &then, &now, error, sizeof error) &&
                    is_everywhere(s, arguments, error, sizeof error);
    bool ok = possible && go_back(s, d, arguments, profile, data, bytes);
    free(data);
    if (!possible)
        return debugger_error(d, "%s.", error);
    if (!ok)
        return DEBUGGER_DONE;
    tell_other_disks(s, d, &then, &now);
    typing_init(&s->typing);
    s->next_flush = 0;
    pace_restart(&s->pace);
    return debugger_execute(d, "x/i cs:eip");
}

/* --- A disk that is taken out --- */

/* The names of IMAGE's snapshots with machine state, or of those without it, with commas. Returns how many. */
static unsigned list_names(struct image *image, bool with_state, char *text, size_t size)
{
    struct image_snapshot snapshot;
    uint32_t count = 0;
    unsigned found = 0;
    size_t length = 0;
    char name[NAME_BYTES];
    *text = 0;
    image_snapshot_count(image, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (image_snapshot_get(image, i, &snapshot) < 0 || (snapshot.vmstate_bytes != 0) != with_state)
            continue;
        image_printable(snapshot.name, name, sizeof name);
        if (length < size)
            length += (size_t)snprintf(text + length, size - length, "%s\"%s\"", found ? ", " : "", name);
        found++;
    }
    return found;
}

bool snapshots_release(const struct session *s, unsigned drive, bool drop_state, char *line, size_t size)
{
    const struct session_disk *disk = &s->disk[drive];
    const char *name = disk->is_cd ? "cd" : session_drive_name(drive);
    char whole[256], disk_only[256];
    *line = 0;
    if (!disk->image || !image_writable(disk->image))
        return true;
    unsigned states = list_names(disk->image, true, whole, sizeof whole);
    unsigned others = list_names(disk->image, false, disk_only, sizeof disk_only);
    if (disk->kept && !s->options->overlay) {
        if (states + others)
            snprintf(line, size, "Snapshot %s stays in %.200s.", states ? whole : disk_only, disk->path);
        return true;
    }
    if (states && !drop_state)
        snprintf(line, size, "The machine state of snapshot %s lies in the overlay of this disk and would be lost%s; "
                 "-s takes the disk out of drive %s all the same.", whole, disk->kept ? " for this session" : "", name);
    else if (disk->kept && states + others)
        snprintf(line, size, "Snapshot %s stays in %.200s, for the next session.", states ? whole : disk_only,
                 s->options->overlay);
    else if (states)
        snprintf(line, size, "Snapshot %s is lost.", whole);
    else if (others)
        snprintf(line, size, "What snapshot %s kept of the disk in drive %s is lost.", disk_only, name);
    return drop_state || !states;
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

/* A name that comes from an image, and may have been made to harm a terminal. */
static bool is_plain_word(const char *name)
{
    for (const char *c = name; *c; c++)
        if (*c <= ' ' || *c > '~')
            return false;
    return *name;
}

void snapshots_offer(const struct session *s, void (*offer)(void *ctx, const char *name), void *ctx)
{
    struct image_snapshot snapshot;
    uint32_t count;
    for (int i = next_drive(s, 0); i >= 0; i = next_drive(s, (unsigned)i + 1)) {
        if (image_snapshot_count(s->disk[i].image, &count) < 0)
            continue;
        for (uint32_t k = 0; k < count && image_snapshot_get(s->disk[i].image, k, &snapshot) == 0; k++)
            if (is_plain_word(snapshot.name))
                offer(ctx, snapshot.name);
    }
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
