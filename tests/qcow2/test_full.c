/* Hosts as they are: a file system that is full, and a process that is killed while it writes.
 *
 * The full one is a small tmpfs, mounted in a name space of this process's own; where that is not allowed, a limit on
 * the size of files stands for it. A killed process loses nothing of what the host has taken from it, so this holds
 * the order of the real calls; test_crash holds what a host that dies may lose. KILL_RUNS in the environment: how
 * often (30). */
#define _GNU_SOURCE
#include "tests/qcow2/tools.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum { SECTOR = 512, FULL_BYTES = 1 << 20, DISK_BYTES = 3 << 20, SECTORS = DISK_BYTES / SECTOR, MOST = 24 };

/* Every sector that is written holds the number of the write, 64 times over. */
static void fill_number(uint8_t *data, unsigned sectors, uint64_t number)
{
    for (unsigned i = 0; i < sectors * (SECTOR / 8); i++)
        put_be64(data + i * 8, number);
}

/* The number in a sector, which must be the same throughout. */
static uint64_t number_at(const uint8_t *disk, unsigned sector)
{
    const uint8_t *data = disk + (size_t)sector * SECTOR;
    for (unsigned i = 1; i < SECTOR / 8; i++)
        if (memcmp(data, data + i * 8, 8) != 0)
            fail_msg("sector %u is torn", sector);
    return get_be64(data);
}

/* Write NUMBER: where. */
struct place { unsigned first, count; };
static struct place place_of(uint64_t number)
{
    uint64_t seed = number * 977 + 5;
    next_random(&seed);
    struct place place = { .count = 1 + (unsigned)(next_random(&seed) % (next_random(&seed) % 4 ? 6 : MOST)) };
    place.first = (unsigned)(next_random(&seed) % (SECTORS - place.count));
    return place;
}

static int write_number(struct image *image, uint64_t number)
{
    static uint8_t data[MOST * SECTOR];
    struct place place = place_of(number);
    fill_number(data, place.count, number);
    return image_write(image, (uint64_t)place.first * SECTOR, data, place.count * SECTOR);
}

static void assert_no_errors(const char *path, const char *when)
{
    int verdict = run("qemu-img check -f qcow2 '%s'", path);
    if (verdict != 0 && verdict != 3) {
        show_log();
        fail_msg("%s: qemu-img check says %d", when, verdict);
    }
}

/* --- A full file system --- */

static struct { bool mounted; struct rlimit limit; } room;

static void put_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        print_message("%s: %s\n", path, strerror(errno));
    if (fd >= 0)
        close(fd);
}

/* A mount name space of our own, as root or in a user name space in which we are. */
static bool own_mounts(void)
{
    char map[60];
    unsigned user = getuid(), group = getgid();
    if (unshare(CLONE_NEWNS) < 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
            return false;
        snprintf(map, sizeof map, "0 %u 1", user);
        put_text("/proc/self/uid_map", map);
        put_text("/proc/self/setgroups", "deny");
        snprintf(map, sizeof map, "0 %u 1", group);
        put_text("/proc/self/gid_map", map);
    }
    return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void make_small(void)
{
    char size[40];
    snprintf(size, sizeof size, "size=%d", FULL_BYTES);
    assert_int_equal(mkdir("full", 0777), 0);
    room.mounted = own_mounts() && mount("none", "full", "tmpfs", 0, size) == 0;
    if (room.mounted)
        return;
    print_message("no tmpfs can be mounted here: a limit on the size of files stands for it\n");
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &room.limit), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ FULL_BYTES, room.limit.rlim_max }), 0);
}

static void make_large(void)
{
    if (room.mounted)
        assert_int_equal(mount("none", "full", "tmpfs", MS_REMOUNT, "size=16777216"), 0);
    else
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &room.limit), 0);
}

static void leave_small(void)
{
    make_large();
    if (room.mounted)
        umount2("full", MNT_DETACH);
}

static bool tells_full(const char *text)
{
    return strncmp(text, "full/", 5) == 0 && strstr(text, strerror(room.mounted ? ENOSPC : EFBIG));
}

static const struct image_create_options small_shapes[] = {
    { .cluster_size = 512, .refcount_bits = 64 }, { .cluster_size = 4096 }, { .cluster_size = 65536 },
    { .cluster_size = 16384, .extended_l2 = true }
};

/* Writes 1 on until the room is used up, and returns the number of the write that failed. */
static uint64_t write_until_full(struct image *image, uint64_t *last)
{
    uint64_t number = 1;
    int code = 0;
    for (; !code && number < 100000; number++) {
        struct place place = place_of(number);
        code = write_number(image, number);
        if (!code && number % 50 == 0)
            code = image_flush(image);
        for (unsigned i = 0; i < place.count; i++)
            last[place.first + i] = number;
    }
    assert_true(code < 0);
    if (!tells_full(image_last_error(image)))
        fail_msg("%s", image_last_error(image));
    return number - 1;
}

/* Every sector is what was written last; those of the FAILED write may be older. */
static void assert_numbers(struct image *image, const uint64_t *last, uint64_t failed)
{
    uint8_t *disk = malloc(DISK_BYTES);
    if (image_read(image, 0, disk, DISK_BYTES) < 0)
        fail_msg("%s", image_last_error(image));
    for (unsigned i = 0; i < SECTORS; i++) {
        uint64_t number = number_at(disk, i);
        if (number != last[i] && (last[i] != failed || number > failed))
            fail_msg("sector %u: %llu, not %llu", i, (unsigned long long)number, (unsigned long long)last[i]);
    }
    free(disk);
}

static void fill_up(const struct image_create_options *shape)
{
    struct image_error error;
    struct image *image;
    static uint64_t last[SECTORS];
    memset(last, 0, sizeof last);
    assert_int_equal(image_create("full/image", DISK_BYTES, shape, &error), 0);
    image = open_image("full/image", true);
    uint64_t failed = write_until_full(image, last);
    assert_numbers(image, last, failed);
    int code = image_snapshot_create(image, &(struct image_snapshot){ .name = "one" });
    assert_true(code < 0 || shape->cluster_size < 65536);
    assert_numbers(image, last, failed);
    make_large();
    /* A process that ends now leaves this behind. */
    must("cp full/image copy");
    assert_no_errors("copy", "full");
    /* There is room again: nothing has to be opened anew. */
    assert_int_equal(write_number(image, failed), 0);
    must_close(image);
    assert_no_errors("full/image", "larger");
    image = open_image("full/image", false);
    assert_numbers(image, last, 0);
    image_close(image);
    must("rm full/image");
}

static void a_full_file_system_harms_nothing(void **state)
{
    (void)state;
    need_qemu();
    for (size_t i = 0; i < sizeof small_shapes / sizeof small_shapes[0]; i++) {
        make_small();
        fill_up(&small_shapes[i]);
        leave_small();
        must("rmdir full");
    }
}

/* A repair needs room for new refcounts before it changes anything; without it it says so, and the file stays. */
static void a_repair_without_room_changes_nothing(void **state)
{
    struct image_error error;
    struct image_check result;
    struct image_check_options repair = { .repair = IMAGE_REPAIR_ALL };
    size_t bytes, now_bytes;
    static uint8_t data[400000];
    (void)state;
    fill_random(data, sizeof data, 1);
    make_small();
    assert_int_equal(image_create("full/image", DISK_BYTES, NULL, &error), 0);
    struct image *image = open_image("full/image", true);
    assert_int_equal(image_write(image, 0, data, sizeof data), 0);
    must_close(image);
    uint8_t *file = get_file("full/image", &bytes);
    put_be16(file + get_be64(file + get_be64(file + 48)) + 2, 5);      /* a leak */
    put_file("full/image", file, bytes);
    if (room.mounted)
        run("dd if=/dev/zero of=full/rest bs=64k");
    else
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ bytes, room.limit.rlim_max }), 0);
    assert_true(image_check("full/image", &repair, &result, &error) < 0);
    if (!tells_full(error.text) || !strstr(error.text, "nothing was changed"))
        fail_msg("%s", error.text);
    uint8_t *now = get_file("full/image", &now_bytes);
    assert_int_equal(now_bytes, bytes);
    assert_memory_equal(now, file, bytes);
    free(file);
    free(now);
    make_large();
    assert_int_equal(image_check("full/image", &repair, &result, &error), 0);
    assert_int_equal(result.errors_left + result.leaks_left, 0);
    leave_small();
}

/* What could not be made is not left lying about. */
static void images_without_room_are_not_made(void **state)
{
    struct image_error error;
    (void)state;
    make_small();
    if (room.mounted)
        run("dd if=/dev/zero of=full/rest bs=4k");
    else
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 4096, room.limit.rlim_max }), 0);
    assert_true(image_create("full/image", DISK_BYTES, NULL, &error) < 0);
    assert_true(tells_full(error.text));
    assert_int_equal(access("full/image", F_OK), -1);
    leave_small();
}

/* --- Killed --- */

static const char *const victims[] = {
    "qemu-img create -f qcow2 -o cluster_size=512,refcount_bits=64 image 3M",
    "qemu-img create -f qcow2 image 3M && qemu-img snapshot -c one image",
    "qemu-img create -f raw base 3M && qemu-img create -f qcow2 -o cluster_size=4k -b base -F raw image",
    "qemu-img create -f raw base 3M && qemu-img convert -c -f raw -O qcow2 -S 0 -o cluster_size=4k base image",
    "qemu-img create -f qcow2 -o cluster_size=16k,extended_l2=on image 3M",
    "rm -f data; qemu-img create -f qcow2 -o cluster_size=4k,data_file=data image 3M",
};
enum { VICTIMS = sizeof victims / sizeof victims[0] };

static struct image_options victim_options(bool writable)
{
    return (struct image_options){ .writable = writable, .data_file = "data" };
}

/* The child: writes until it is killed, and tells the number of the last write of each flush. */
static void write_for_ever(int out)
{
    struct image *image;
    struct image_options options = victim_options(true);
    if (image_open(&image, "image", &options, NULL) < 0)
        _exit(1);
    for (uint64_t number = 1; ; number++) {
        if (write_number(image, number) < 0)
            _exit(2);
        if (number % 7 == 0 && (image_flush(image) < 0 || write(out, &number, sizeof number) != sizeof number))
            _exit(3);
    }
}

/* Starts the child and kills it after a while. Returns the number of the last write that was flushed for sure. */
static uint64_t kill_one(uint64_t microseconds)
{
    int ends[2], status;
    uint64_t number, flushed = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        write_for_ever(ends[1]);
    close(ends[1]);
    /* The first flush done, it is in full swing. */
    if (read(ends[0], &number, sizeof number) == sizeof number)
        flushed = number;
    nanosleep(&(struct timespec){ .tv_nsec = (long)microseconds * 1000 }, NULL);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    while (read(ends[0], &number, sizeof number) == sizeof number)
        flushed = number;
    close(ends[0]);
    return flushed;
}

/* Each sector holds the last flushed write to it, or a later one. */
static void assert_flushed(const uint8_t *disk, uint64_t flushed)
{
    static uint64_t last[SECTORS];
    memset(last, 0, sizeof last);
    for (uint64_t n = 1; n <= flushed; n++)
        for (unsigned i = 0; i < place_of(n).count; i++)
            last[place_of(n).first + i] = n;
    for (unsigned i = 0; i < SECTORS; i++) {
        uint64_t number = number_at(disk, i);
        struct place place = place_of(number);
        if (number < last[i] || (number && (i < place.first || i >= place.first + place.count)))
            fail_msg("sector %u: %llu, but %llu was flushed", i, (unsigned long long)number,
                     (unsigned long long)last[i]);
    }
}

static void what_was_flushed_survives_kill(void **state)
{
    const char *more = getenv("KILL_RUNS");
    uint64_t seed = 31;
    uint8_t *disk = malloc(DISK_BYTES);
    (void)state;
    need_qemu();
    for (unsigned n = 0, runs = more ? (unsigned)atol(more) : 30; n < runs; n++) {
        char when[60];
        struct image *image;
        struct image_error error;
        struct image_options options = victim_options(false);
        must("rm -f image base data; %s", victims[n % VICTIMS]);
        uint64_t flushed = kill_one(next_random(&seed) % 20000);
        snprintf(when, sizeof when, "run %u, %llu flushed", n, (unsigned long long)flushed);
        assert_no_errors("image", when);
        if (image_open(&image, "image", &options, &error) < 0 || image_read(image, 0, disk, DISK_BYTES) < 0)
            fail_msg("%s", when);
        assert_flushed(disk, flushed);
        image_close(image);
    }
    free(disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(a_full_file_system_harms_nothing),
        in_folder(a_repair_without_room_changes_nothing),
        in_folder(images_without_room_are_not_made),
        in_folder(what_was_flushed_survives_kill)
    };
    return cmocka_run_group_tests_name("qcow2 full hosts and kills", tests, NULL, NULL);
}
