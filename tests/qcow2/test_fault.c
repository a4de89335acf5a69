/* Calls of the host that fail: each operation is run again and again, and each time the next of its host calls fails,
 * is cut short or is interrupted, once or from then on. The operation tells so with the file's name and the host's
 * reason; the file has no errors then, at most leaked clusters; every sector is the old or the new one; and what is
 * done with the image after that works or is refused.
 *
 * This program's own calls stand before libc's. With FAULT_ALL in the environment really every call fails in turn;
 * FAULT_SHAPE and FAULT_OPERATION choose one of the shapes, by its letter, and operations. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "tests/qcow2/tools.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#if defined __SANITIZE_ADDRESS__
enum { STRIDE = 13 };           /* some of the calls, for time's sake: others for each fault */
#else
enum { STRIDE = 4 };
#endif

enum { DISK_BYTES = 96 * 1024, SECTOR = 512, LAST = DISK_BYTES - SECTOR, QEMU_EVERY = 97 };

/* --- The host's calls --- */

enum kind { READ = 1, CHANGE = 2, SYNC = 4, OPEN = 8 };

static const struct fault {
    const char *name;
    unsigned kinds;             /* of calls that it hits */
    int error;                  /* 0: only a part is done */
    bool lasting, harmless;     /* every call from then on; it must not be noticed */
} faults[] = {
    { "EIO", READ | CHANGE | SYNC | OPEN, EIO, false, false },
    { "lasting EIO", READ | CHANGE | SYNC | OPEN, EIO, true, false },
    { "ENOSPC", CHANGE | SYNC, ENOSPC, false, false },
    { "lasting ENOSPC", CHANGE | SYNC, ENOSPC, true, false },
    { "EINTR", READ | CHANGE | SYNC | OPEN, EINTR, false, true },
    { "a part", READ | CHANGE, 0, false, true },
};

static struct { const struct fault *fault; unsigned at, calls; bool hit, stops, on; } host;

/* Counts a call of KIND. True: it shall fail. */
static bool fails(enum kind kind)
{
    if (!host.on || !(host.fault->kinds & kind))
        return false;
    host.calls++;
    bool now = host.calls == host.at || (host.fault->lasting && host.calls > host.at);
    host.hit |= now;
    /* Nothing more reaches the file: it is left as after a crash. */
    host.stops |= now && host.fault->error != EINTR && (kind == SYNC || host.fault->lasting);
    errno = now ? host.fault->error : errno;
    return now;
}

/* Of a write that fails a part may have been done, in whole sectors. */
static size_t part_of(size_t bytes, uint64_t offset)
{
    uint64_t cut = (offset + bytes / 2) & ~(uint64_t)(SECTOR - 1);
    return cut > offset ? (size_t)(cut - offset) : 0;
}

ssize_t pwrite(int fd, const void *data, size_t bytes, off_t offset)
{
    if (fails(CHANGE)) {
        size_t some = part_of(bytes, (uint64_t)offset);
        long done = host.fault->error == EINTR || !some ? 0 : syscall(SYS_pwrite64, fd, data, some, offset);
        errno = host.fault->error;
        if (host.fault->error || done)
            return host.fault->error ? -1 : done;
    }
    return syscall(SYS_pwrite64, fd, data, bytes, offset);
}

ssize_t pread(int fd, void *data, size_t bytes, off_t offset)
{
    if (fails(READ)) {
        if (host.fault->error)
            return -1;
        bytes = bytes > 1 ? bytes / 2 : bytes;
    }
    return syscall(SYS_pread64, fd, data, bytes, offset);
}

int fdatasync(int fd)
{
    (void)fd;
    return fails(SYNC) ? -1 : 0;
}

int ftruncate(int fd, off_t bytes)
{
    struct stat status;
    /* To cut a file short needs no room. */
    if (host.on && host.fault->error == ENOSPC && fstat(fd, &status) == 0 && bytes <= status.st_size)
        return (int)syscall(SYS_ftruncate, fd, bytes);
    return fails(CHANGE) && host.fault->error ? -1 : (int)syscall(SYS_ftruncate, fd, bytes);
}

int fallocate(int fd, int mode, off_t offset, off_t bytes)
{
    return fails(CHANGE) && host.fault->error ? -1 : (int)syscall(SYS_fallocate, fd, mode, offset, bytes);
}

int openat(int folder, const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    int mode = flags & O_CREAT ? va_arg(list, int) : 0;
    va_end(list);
    return fails(OPEN) ? -1 : (int)syscall(SYS_openat, folder, path, flags, mode);
}

/* --- Operations --- */

static uint8_t noise[DISK_BYTES];

static int write_in_place(struct image *image) { return image_write(image, 1000, noise, 9000); }
static int write_new(struct image *image) { return image_write(image, 60000, noise, 30000); }
static int write_everywhere(struct image *image) { return image_write(image, 0, noise, LAST); }
static int write_zeroes(struct image *image) { return image_write_zeroes(image, 700, 40000, false); }
static int unmap(struct image *image) { return image_write_zeroes(image, 0, 50000, true); }
static int discard(struct image *image) { return image_discard(image, 0, 50000); }
static int grow(struct image *image) { return image_resize(image, DISK_BYTES * 40); }
static int shrink(struct image *image) { return image_resize(image, DISK_BYTES / 3); }
static int snapshot(struct image *image)
{
    return image_snapshot_create(image, &(struct image_snapshot){ .name = "new" });
}

static int apply(struct image *image) { return image_snapshot_apply(image, "kept"); }
static int delete(struct image *image) { return image_snapshot_delete(image, "kept"); }
static int forget(struct image *image) { return image_make_empty(image); }
static int rename_backing(struct image *image) { return image_set_backing(image, "", ""); }

static int compress(struct image *image)
{
    struct image_layer_info info;
    image_layer_info(image, 0, &info);
    int code = 0;
    for (uint64_t at = 0; !code && at < 8; at++)
        code = image_write_compressed(image, at * info.cluster_size, noise, info.cluster_size);
    return code;
}

static int read_all(struct image *image)
{
    static uint8_t data[DISK_BYTES];
    int code = image_read(image, 0, data, DISK_BYTES);
    for (size_t at = 0; !code && at < DISK_BYTES; at += SECTOR)
        if (memcmp(data + at, noise, 1) != 0)
            data[0] = 0;
    return code;
}

/* What the work leaves in "image" is judged. */
static const struct operation {
    const char *name;
    int (*run)(struct image *image);
    const char *shapes;         /* letters of those it is for; NULL: all but g, whose file is large */
    bool flags_differ;          /* when stopped, COPIED flags and refcounts may disagree, as with QEMU */
    bool kept_goes;             /* the snapshot may be gone afterwards */
} operations[] = {
    { "reading", read_all, NULL, false, false },
    { "writing in place", write_in_place, NULL, false, false },
    { "writing new clusters", write_new, NULL, false, false },
    { "writing everywhere", write_everywhere, "sgcbxd", false, false },
    { "zeroing", write_zeroes, NULL, false, false },
    { "unmapping", unmap, NULL, false, false },
    { "discarding", discard, NULL, false, false },
    { "compressing", compress, "scb", false, false },
    { "growing", grow, NULL, false, false },
    { "shrinking", shrink, NULL, false, false },
    { "a new snapshot", snapshot, "sgx", true, false },
    { "going back", apply, "s", true, false },
    { "deleting a snapshot", delete, "s", true, true },
    { "emptying", forget, "bx", false, false },
    { "forgetting the backing file", rename_backing, "bx", false, false },
};

/* --- Shapes of the image --- */

static const struct { char letter; const char *making; } shapes[] = {
    /* s: small clusters and a snapshot that shares some; g: its refcount table has to grow */
    { 's', "qemu-img create -f qcow2 -o cluster_size=512 image 96k && qemu-io -f qcow2 -c 'write -P 1 0 50k' image && "
           "qemu-img snapshot -c kept image && qemu-io -f qcow2 -c 'write -P 2 10k 5k' image" },
    { 'g', "qemu-img create -f qcow2 -o cluster_size=512,refcount_bits=64 image 4M && qemu-io -f qcow2 "
           "-c 'write -P 1 0 50k' -c 'write -P 1 96k 1860k' image && qemu-img snapshot -c kept image && "
           "qemu-img resize --shrink image 96k" },
    { 'c', "qemu-img create -f raw plain 96k && qemu-io -f raw -c 'write -P 1 0 60k' plain && "
           "qemu-img convert -c -f raw -O qcow2 -o cluster_size=4k plain image" },
    { 'b', "qemu-img create -f raw base 90k && qemu-io -f raw -c 'write -P 1 0 90k' base && "
           "qemu-img create -f qcow2 -o cluster_size=1k -b base -F raw image 96k && "
           "qemu-io -f qcow2 -c 'write -P 2 9k 20k' image" },
    { 'x', "qemu-img create -f raw base 90k && qemu-io -f raw -c 'write -P 1 0 90k' base && qemu-img create -f qcow2 "
           "-o cluster_size=16k,extended_l2=on -b base -F raw image 96k && "
           "qemu-io -f qcow2 -c 'write -P 2 9k 20k' image" },
    { 'd', "qemu-img create -f qcow2 -o cluster_size=512,data_file=data,data_file_raw=on image 96k && "
           "qemu-io -f qcow2 -c 'write -P 1 0 60k' image" },
};

static struct contents { uint8_t *bytes; size_t size; } image_before, data_before;

/* What the disk holds; sizes as they were then. */
static struct disk { uint8_t sectors[DISK_BYTES]; uint64_t size; } before, after, kept;

static bool external;

static void restore(void)
{
    put_file("image", image_before.bytes, image_before.size);
    if (external)
        put_file("data", data_before.bytes, data_before.size);
}

static struct image_options how(bool writable)
{
    return (struct image_options){ .writable = writable, .punch_holes = true, .data_file = external ? "data" : NULL };
}

static int show(struct image *image, struct disk *disk)
{
    memset(disk, 0, sizeof *disk);
    disk->size = image_size(image);
    return image_read(image, 0, disk->sectors, disk->size < DISK_BYTES ? (size_t)disk->size : DISK_BYTES);
}

/* What the file shows to who opens it now, and its snapshot if HELD is not NULL. True: the snapshot is there. */
static bool look(struct disk *disk, struct disk *held, const char *when)
{
    struct image *image;
    struct image_error error;
    struct image_snapshot s;
    uint32_t count = 0;
    bool found = false;
    if (image_open(&image, "image", &(struct image_options){ .data_file = external ? "data" : NULL }, &error) < 0)
        fail_msg("%s: %s", when, error.text);
    if (show(image, disk) < 0 || image_snapshot_count(image, &count) < 0)
        fail_msg("%s: %s", when, image_last_error(image));
    for (uint32_t i = 0; held && i < count && !found; i++) {
        assert_int_equal(image_snapshot_get(image, i, &s), 0);
        found = strcmp(s.name, "kept") == 0;
        if (found && (image_snapshot_show(image, i) < 0 || show(image, held) < 0))
            fail_msg("%s: %s", when, image_last_error(image));
    }
    image_close(image);
    return found;
}

/* What is known of a mark in the last sector. */
enum mark { NO_MARK, PERHAPS, MARK };

/* Each sector of DISK is as it was before or will be after. */
static void assert_old_or_new(const struct disk *disk, enum mark mark, const char *when)
{
    if (disk->size != before.size && disk->size != after.size)
        fail_msg("%s: %llu bytes", when, (unsigned long long)disk->size);
    for (size_t at = 0; at < DISK_BYTES && at < disk->size; at += SECTOR) {
        const uint8_t *sector = disk->sectors + at;
        bool alike = memcmp(sector, before.sectors + at, SECTOR) == 0 ||
                     memcmp(sector, after.sectors + at, SECTOR) == 0;
        if (mark && at == LAST)
            alike = memcmp(sector, noise, SECTOR) == 0 || (alike && mark == PERHAPS);
        if (!alike)
            fail_msg("%s: sector at %zu is %02x..., not %02x... or %02x...", when, at, sector[0], before.sectors[at],
                     after.sectors[at]);
    }
}

static void assert_told(const struct image_error *error, const struct fault *fault, const char *when)
{
    char text[IMAGE_ERROR_SIZE];
    strcpy(text, error->text);
    bool named = strchr(error->text, ':') && strstr("image data base", strtok(text, ":"));
    if (!named || !strstr(error->text, strerror(fault->error)))
        fail_msg("%s: \"%s\"", when, error->text);
}

/* After a failure that does not last: what is there can be read, and writing works or is refused. Returns what is known
 * of a mark in the last sector. */
static enum mark go_on(struct image *image, const char *when)
{
    static struct disk disk;
    if (show(image, &disk) < 0)
        fail_msg("%s: reading after it: %s", when, image_last_error(image));
    assert_old_or_new(&disk, NO_MARK, when);
    bool written = disk.size > LAST && image_write(image, LAST, noise, SECTOR) == 0;
    return !written ? NO_MARK : image_flush(image) < 0 ? PERHAPS : MARK;
}

/* Runs the operation with what HOST says. Returns its outcome; *MARK as go_on says. */
static int attempt(const struct operation *o, struct image_error *error, enum mark *mark, const char *when)
{
    struct image *image;
    struct image_options options = how(true);
    *mark = NO_MARK;
    host.on = true;
    int code = image_open(&image, "image", &options, error);
    if (!code) {
        code = o->run(image);
        if (!code)
            code = image_flush(image);
        snprintf(error->text, sizeof error->text, "%s", image_last_error(image));
        if (code < 0 && !host.fault->lasting) {
            host.on = false;
            *mark = go_on(image, when);
        }
        host.on = host.fault->lasting;
        image_close(image);
    }
    host.on = false;
    return code;
}

static void show_finding(void *ctx, enum image_check_kind kind, const char *text)
{
    (void)ctx;
    if (kind == IMAGE_CHECK_ERROR)
        print_message("%s\n", text);
}

static void judge(const struct operation *o, enum mark mark, const char *when)
{
    static struct disk now, held;
    static unsigned judged;
    struct image_check result;
    struct image_error error;
    if (image_check("image", NULL, &result, &error) < 0)
        fail_msg("%s: check: %s", when, error.text);
    if (result.errors && host.stops && o->flags_differ) {
        if (image_check("image", &(struct image_check_options){ .repair = IMAGE_REPAIR_ALL }, &result, &error) < 0)
            fail_msg("%s: repair: %s", when, error.text);
        result.errors = result.errors_left;
    }
    if (result.errors) {
        image_check("image", &(struct image_check_options){ .report = show_finding }, &result, &error);
        fail_msg("%s: %llu errors", when, (unsigned long long)result.errors);
    }
    if (++judged % QEMU_EVERY == 0) {
        int verdict = run("qemu-img check -f qcow2 image");
        if (verdict != 0 && verdict != 3)
            fail_msg("%s: qemu-img check says %d", when, verdict);
    }
    bool found = look(&now, kept.size ? &held : NULL, when);
    assert_old_or_new(&now, mark, when);
    if (kept.size && !found && !o->kept_goes)
        fail_msg("%s: the snapshot is gone", when);
    if (found && (held.size != kept.size || memcmp(held.sectors, kept.sectors, sizeof kept.sectors) != 0))
        fail_msg("%s: the snapshot has changed", when);
    if (external) {
        size_t bytes;
        uint8_t *data = get_file("data", &bytes);
        if (bytes < now.size || memcmp(data, now.sectors, now.size < DISK_BYTES ? (size_t)now.size : DISK_BYTES) != 0)
            fail_msg("%s: the data file is not the disk", when);
        free(data);
    }
}

/* Lets call number N fail. False: there are not so many. */
static bool fail_call(const struct operation *o, char shape, const struct fault *fault, unsigned n)
{
    char when[200];
    struct image_error error = { "" };
    enum mark mark;
    snprintf(when, sizeof when, "%c, %s, call %u: %s", shape, o->name, n, fault->name);
    restore();
    memset(&host, 0, sizeof host);
    host.fault = fault;
    host.at = n;
    int code = attempt(o, &error, &mark, when);
    if (!host.hit)
        return false;
    if (code < 0 && fault->harmless)
        fail_msg("%s: %s", when, error.text);
    if (code < 0)
        assert_told(&error, fault, when);
    judge(o, mark, when);
    return true;
}

static void try_operation(const struct operation *o, char shape)
{
    static const struct fault none = { "nothing", 0, 0, false, false };
    struct image_error error;
    enum mark mark;
    restore();
    host.fault = &none;
    if (attempt(o, &error, &mark, "without a fault") < 0)
        fail_msg("%c, %s: %s", shape, o->name, error.text);
    look(&after, NULL, o->name);
    unsigned step = getenv("FAULT_ALL") ? 1 : STRIDE;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        for (unsigned n = 1 + (unsigned)i % step; fail_call(o, shape, &faults[i], n); n += step)
            ;
}

static void try_shape(size_t row)
{
    const char *only = getenv("FAULT_OPERATION");
    char letter = shapes[row].letter;
    must("rm -f image data base && %s", shapes[row].making);
    external = letter == 'd';
    image_before.bytes = get_file("image", &image_before.size);
    data_before.bytes = external ? get_file("data", &data_before.size) : NULL;
    memset(&kept, 0, sizeof kept);
    look(&before, &kept, "at first");
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        if (strchr(operations[i].shapes ? operations[i].shapes : "scbxd", letter) &&
            (!only || strstr(operations[i].name, only)))
            try_operation(&operations[i], letter);
    free(image_before.bytes);
    free(data_before.bytes);
}

/* --- Work on whole files: after a failure it can be done again --- */

static int create(struct image_error *error)
{
    remove("new");
    remove("new.data");
    int code = image_create("new", DISK_BYTES, &(struct image_create_options){ .cluster_size = 512 }, error);
    if (code < 0)
        assert_int_equal(access("new", F_OK), -1);
    return code;
}

static int create_raw_data(struct image_error *error)
{
    remove("new");
    remove("new.data");
    struct image_create_options o = { .cluster_size = 4096, .data_file = "new.data", .data_file_raw = true };
    int code = image_create("new", DISK_BYTES, &o, error);
    if (code < 0)
        assert_int_equal(access("new.data", F_OK), -1);
    return code;
}

static int create_overlay(struct image_error *error)
{
    remove("new");
    return image_create_overlay("new", "image", NULL, error);
}

static int put_temporary_over(struct image_error *error)
{
    struct image *base, *disk;
    int code = image_open(&base, "image", NULL, error);
    if (code < 0)
        return code;
    if ((code = image_temporary_overlay(&disk, base, ".", error)) < 0)
        image_close(base);
    else if ((code = image_write(disk, 0, noise, 50000)) < 0)
        snprintf(error->text, sizeof error->text, "%s", image_last_error(disk));
    if (disk)
        image_close(disk);
    return code;
}

static int commit_over(struct image *over, struct image_error *error)
{
    struct image *base;
    int code = image_open(&base, "image", &(struct image_options){ .writable = true }, error);
    if (code < 0)
        return code;
    if ((code = image_commit(over, base, NULL)) < 0)
        snprintf(error->text, sizeof error->text, "%s", image_last_error(over));
    image_close(base);
    return code;
}

static int commit(struct image_error *error)
{
    struct image *over;
    int code = image_open(&over, "over", &(struct image_options){ .ignore_backing_locks = true }, error);
    if (!code)
        code = commit_over(over, error);
    image_close(over);
    return code;
}

static int convert_into(struct image *source, struct image_error *error)
{
    struct image *target;
    int code = image_open(&target, "new", &(struct image_options){ .writable = true }, error);
    if (code < 0)
        return code;
    struct image *failed = target;
    if ((code = image_copy(target, source, &(struct image_copy_options){ .compress = true })) < 0)
        failed = *image_last_error(target) ? target : source;
    else
        code = image_flush(target);
    snprintf(error->text, sizeof error->text, "%s", image_last_error(failed));
    image_close(target);
    return code;
}

static int convert(struct image_error *error)
{
    struct image *source;
    int code = create(error);
    if (!code)
        code = image_open(&source, "image", NULL, error);
    if (code < 0)
        return code;
    code = convert_into(source, error);
    image_close(source);
    return code;
}

static int seal(struct image_error *error)
{
    struct image_seal seal = { .size = DISK_BYTES };
    int code = image_seal_write("image", &seal, error);
    return code < 0 ? code : image_seal_write("image", NULL, error);
}

static int repair(struct image_error *error)
{
    struct image_check result;
    return image_check("image", &(struct image_check_options){ .repair = IMAGE_REPAIR_ALL }, &result, error);
}

static const struct work {
    const char *name;
    int (*run)(struct image_error *error);
    const char *damage;         /* done to the file before, or NULL */
} works[] = {
    { "creating", create, NULL },
    { "creating with a data file", create_raw_data, NULL },
    { "creating an overlay", create_overlay, NULL },
    { "a temporary overlay", put_temporary_over, NULL },
    { "committing", commit, NULL },
    { "converting", convert, NULL },
    { "sealing", seal, NULL },
    /* The header's refcount becomes 0, the next one 3. */
    { "repairing", repair, "printf '\\0\\0\\0\\3' | dd of=image bs=1 seek=8192 conv=notrunc" },
};

static void judge_work(const struct work *w, const char *when)
{
    static struct disk now;
    static unsigned judged;
    struct image_check result;
    struct image_error error;
    look(&now, NULL, when);
    assert_old_or_new(&now, NO_MARK, when);
    host.on = false;
    if (w->run(&error) < 0)
        fail_msg("%s, and again: %s", when, error.text);
    if (image_check("image", NULL, &result, &error) < 0 || result.errors)
        fail_msg("%s: %llu errors", when, (unsigned long long)result.errors);
    if (++judged % QEMU_EVERY == 0)
        must("qemu-img check -f qcow2 image || test $? = 3");
    look(&now, NULL, when);
    if (memcmp(now.sectors, after.sectors, sizeof now.sectors) != 0)
        fail_msg("%s: done again, it shows something else", when);
}

static void assert_unchanged(const char *when)
{
    size_t bytes;
    uint8_t *file = get_file("image", &bytes);
    if (bytes != image_before.size || memcmp(file, image_before.bytes, bytes) != 0)
        fail_msg("%s: the file has changed", when);
    free(file);
}

static bool fail_work(const struct work *w, const struct fault *fault, unsigned n)
{
    char when[200];
    struct image_error error = { "" };
    snprintf(when, sizeof when, "%s, call %u: %s", w->name, n, fault->name);
    restore();
    memset(&host, 0, sizeof host);
    host.fault = fault;
    host.at = n;
    host.on = true;
    int code = w->run(&error);
    host.on = false;
    if (!host.hit)
        return false;
    if (code < 0 && fault->harmless)
        fail_msg("%s: %s", when, error.text);
    if (code < 0 && !strstr(error.text, strerror(fault->error)) && !(w->damage && fault->kinds & READ))
        fail_msg("%s: \"%s\"", when, error.text);
    if (strstr(error.text, "nothing was changed"))
        assert_unchanged(when);
    judge_work(w, when);
    return true;
}

static void try_work(const struct work *w)
{
    struct image_error error;
    must("rm -f image over new && qemu-img create -f qcow2 -o cluster_size=4k image 96k && "
         "qemu-io -f qcow2 -c 'write -P 1 0 80k' image && "
         "qemu-img create -f qcow2 -o cluster_size=512 -b image -F qcow2 over && "
         "qemu-io -f qcow2 -c 'write -P 7 3k 60k' over");
    if (w->damage)
        must("%s", w->damage);
    free(image_before.bytes);
    image_before.bytes = get_file("image", &image_before.size);
    look(&before, NULL, "at first");
    if (w->run(&error) < 0)
        fail_msg("%s: %s", w->name, error.text);
    look(&after, NULL, w->name);
    unsigned step = getenv("FAULT_ALL") ? 1 : STRIDE;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        for (unsigned n = 1 + (unsigned)i % step; fail_work(w, &faults[i], n); n += step)
            ;
}

static void work_on_files_may_fail_anywhere_and_be_done_again(void **state)
{
    const char *only = getenv("FAULT_OPERATION");
    (void)state;
    need_qemu();
    external = false;
    image_before.bytes = NULL;
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++)
        if (!only || strstr(works[i].name, only))
            try_work(&works[i]);
    free(image_before.bytes);
}

static void every_host_call_may_fail(void **state)
{
    const char *only = getenv("FAULT_SHAPE");
    (void)state;
    need_qemu();
    fill_random(noise, sizeof noise, 4);
    for (size_t row = 0; row < sizeof shapes / sizeof shapes[0]; row++)
        if (!only || *only == shapes[row].letter)
            try_shape(row);
}

/* The host tells once that it lost something. No later flush may say that all is well. */
static void after_a_failed_sync_no_flush_succeeds(void **state)
{
    static const struct fault once = { "EIO", SYNC, EIO, false, false };
    struct image_error error;
    (void)state;
    remove("image");
    assert_int_equal(image_create("image", DISK_BYTES, NULL, &error), 0);
    struct image *image = open_image("image", true);
    assert_int_equal(image_write(image, 0, noise, SECTOR), 0);
    memset(&host, 0, sizeof host);
    host.fault = &once;
    host.at = 1;
    host.on = true;
    assert_int_equal(image_flush(image), -EIO);
    assert_int_equal(image_flush(image), -EIO);
    host.on = false;
    assert_int_equal(image_close(image), -EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(every_host_call_may_fail),
        in_folder(after_a_failed_sync_no_flush_succeeds),
        in_folder(work_on_files_may_fail_anywhere_and_be_done_again)
    };
    return cmocka_run_group_tests_name("qcow2 faults", tests, NULL, NULL);
}
