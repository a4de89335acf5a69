/* Speed of the image layer beside QEMU's: the same work on the same files, by our library and by qemu-img's bench,
 * convert and compare, in processes of their own, the files in the page cache. Printed are seconds of the CPU (user and
 * system) and of the clock, the best of a few runs, and how much of QEMU's time we need. What a process needs to start,
 * and to open the image, is measured first and taken off. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "qcow2/qcow2.h"

enum { DISK_BYTES = 96 << 20, CHUNK = 65536, SMALL = 4096, SCATTER = SMALL * 7919, CHAIN = 8 };

struct spent { double cpu, wall; };

/* Work of ours on the image PATH. COUNT requests of BYTES, each STEP behind the last, round and round. */
struct work {
    const char *name;
    const char *path;
    int (*run)(const struct work *work, unsigned count);
    unsigned count;
    uint32_t bytes;
    uint64_t step;
    const char *prepare;        /* a command before each run, or NULL */
    const char *qemu;           /* instead of qemu-img bench, or NULL */
    unsigned runs;
};

static int complain(const char *text)
{
    fprintf(stderr, "%s\n", text);
    return -1;
}

/* --- Our side --- */

static struct image *open_for(const struct work *work, bool writable)
{
    struct image *image;
    struct image_error error;
    if (image_open(&image, work->path, &(struct image_options){ .writable = writable }, &error) == 0)
        return image;
    complain(error.text);
    return NULL;
}

static int request(const struct work *work, unsigned count, bool write)
{
    static uint8_t buffer[CHUNK];
    struct image *image = open_for(work, write);
    int code = image ? 0 : -1;
    uint64_t at = 0;
    memset(buffer, 0x5A, sizeof buffer);
    for (unsigned i = 0; !code && i < count; i++, at = (at + work->step) % image_size(image))
        code = write ? image_write(image, at, buffer, work->bytes) : image_read(image, at, buffer, work->bytes);
    if (code < 0 && image)
        complain(image_last_error(image));
    int closed = image_close(image);
    return code < 0 ? code : closed;
}

static int run_reads(const struct work *work, unsigned count)
{
    return request(work, count, false);
}

static int run_writes(const struct work *work, unsigned count)
{
    return request(work, count, true);
}

static int convert(const struct work *work, bool compress)
{
    struct image_error error;
    struct image *target = NULL, *source = open_for(work, false);
    if (!source || image_create("out", DISK_BYTES, NULL, &error) < 0 ||
        image_open(&target, "out", &(struct image_options){ .writable = true }, &error) < 0)
        return complain("convert: no files");
    int code = image_copy(target, source, &(struct image_copy_options){ .compress = compress });
    image_close(source);
    return image_close(target) < 0 ? -1 : code;
}

static int run_convert(const struct work *work, unsigned count)
{
    return count > 1 ? convert(work, false) : 0;
}

static int run_compress(const struct work *work, unsigned count)
{
    return count > 1 ? convert(work, true) : 0;
}

static int run_compare(const struct work *work, unsigned count)
{
    struct image_difference difference = { .differs = true };
    struct image *image = open_for(work, false), *raw = NULL;
    struct image_error error;
    if (count == 1)
        return image_close(image);
    int code = image_open(&raw, "disk.raw", &(struct image_options){ .format = IMAGE_FORMAT_RAW }, &error);
    if (!code && image)
        code = image_compare(image, raw, 0, NULL, &difference);
    image_close(image);
    image_close(raw);
    return code < 0 || difference.differs ? complain("compare: not alike") : 0;
}

/* --- Measuring --- */

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Does COUNT requests of WORK in a process: ours, or COMMAND. */
static int measure(const struct work *work, unsigned count, const char *command, struct spent *spent)
{
    struct rusage usage;
    int status;
    if (work->prepare && system(work->prepare) != 0)
        return complain("cannot prepare");
    double start = now();
    pid_t child = fork();
    if (child == 0 && !command)
        _exit(work->run(work, count) < 0);
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return complain("a run failed");
    *spent = (struct spent){ seconds(usage.ru_utime) + seconds(usage.ru_stime), now() - start };
    return 0;
}

static void qemu_command(const struct work *work, unsigned count, char *text, size_t room)
{
    if (work->qemu)
        snprintf(text, room, "exec qemu-img %s >/dev/null", count > 1 ? work->qemu : "info full");
    else
        snprintf(text, room, "exec qemu-img bench -q -f qcow2 -t writeback %s -c %u -s %u -S %llu %s >/dev/null",
                 work->run == run_writes ? "-w" : "", count, work->bytes, (unsigned long long)work->step, work->path);
}

/* The least of several runs; each time is the least on its own. */
static int best(const struct work *work, unsigned count, bool qemu, struct spent *least)
{
    char command[300];
    qemu_command(work, count, command, sizeof command);
    *least = (struct spent){ 1e9, 1e9 };
    for (unsigned i = 0; i < work->runs; i++) {
        struct spent spent;
        if (measure(work, count, qemu ? command : NULL, &spent) < 0)
            return -1;
        least->cpu = spent.cpu < least->cpu ? spent.cpu : least->cpu;
        least->wall = spent.wall < least->wall ? spent.wall : least->wall;
    }
    return 0;
}

/* The time of COUNT requests less that of one. */
static int net(const struct work *work, bool qemu, struct spent *spent)
{
    struct spent start;
    if (best(work, 1, qemu, &start) < 0 || best(work, work->count, qemu, spent) < 0)
        return -1;
    spent->cpu = spent->cpu - start.cpu > 0.0005 ? spent->cpu - start.cpu : 0.0005;
    spent->wall = spent->wall - start.wall > 0.0005 ? spent->wall - start.wall : 0.0005;
    return 0;
}

static int bench(const struct work *work)
{
    struct spent ours, qemu;
    if (net(work, false, &ours) < 0 || net(work, true, &qemu) < 0) {
        fprintf(stderr, "%s: failed\n", work->name);
        return -1;
    }
    printf("%-30s CPU %7.3f s, QEMU %7.3f s: %5.2f   clock %7.3f s, QEMU %7.3f s: %5.2f\n", work->name, ours.cpu, qemu.cpu,
           ours.cpu / qemu.cpu, ours.wall, qemu.wall, ours.wall / qemu.wall);
    fflush(stdout);
    return 0;
}

/* --- Files --- */

/* A third each: text-like bytes, noise, and nothing. */
static int make_disk(void)
{
    static uint8_t block[CHUNK];
    uint64_t seed = 88172645463325252u;
    FILE *file = fopen("disk.raw", "wb");
    for (unsigned i = 0; file && i < DISK_BYTES / CHUNK; i++) {
        for (size_t k = 0; k < CHUNK; k++) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            block[k] = i % 3 == 0 ? (uint8_t)"etaoin shrdlu\r\n."[seed % 16] : i % 3 == 1 ? (uint8_t)(seed >> 32) : 0;
        }
        if (fwrite(block, 1, CHUNK, file) != CHUNK)
            break;
    }
    return file && fclose(file) == 0 ? 0 : complain("disk.raw: cannot write");
}

/* "full" holds every cluster, "packed" the same compressed, and "c8" is the top of a chain over "full". */
static int make_files(void)
{
    char command[400];
    if (make_disk() < 0 ||
        system("qemu-img convert -f raw -O qcow2 -S 0 disk.raw full && qemu-img convert -c -f raw -O qcow2 disk.raw packed && "
               "cp full c1") != 0)
        return complain("cannot make images");
    for (int i = 2; i <= CHAIN; i++) {
        snprintf(command, sizeof command, "qemu-img create -q -f qcow2 -b c%d -F qcow2 c%d && qemu-io -f qcow2 -c 'write -q "
                 "%dM 3M' -c 'write -q %dM 500k' c%d", i - 1, i, i * 9, i * 2, i);
        if (system(command) != 0)
            return complain("cannot make a chain");
    }
    return 0;
}

static const struct work works[] = {
    { "sequential read, 64 KB", "full", run_reads, DISK_BYTES / CHUNK * 4, CHUNK, CHUNK, NULL, NULL, 3 },
    { "random read, 4 KB", "full", run_reads, 40000, SMALL, SCATTER, NULL, NULL, 3 },
    { "allocating writes, 64 KB", "new", run_writes, DISK_BYTES / CHUNK, CHUNK, CHUNK,
      "rm -f new && qemu-img create -q -f qcow2 new 96M", NULL, 3 },
    { "copy on write of 4 KB", "over", run_writes, DISK_BYTES / CHUNK, SMALL, CHUNK,
      "rm -f over && qemu-img create -q -f qcow2 -b full -F qcow2 over", NULL, 3 },
    { "compressed read, 64 KB", "packed", run_reads, DISK_BYTES / CHUNK, CHUNK, CHUNK, NULL, NULL, 3 },
    { "chain of 8, sequential read", "c8", run_reads, DISK_BYTES / CHUNK * 4, CHUNK, CHUNK, NULL, NULL, 3 },
    { "chain of 8, random read", "c8", run_reads, 40000, SMALL, SCATTER, NULL, NULL, 3 },
    { "compare", "full", run_compare, 2, 0, 0, NULL, "compare -f qcow2 -F raw full disk.raw", 3 },
    { "convert", "full", run_convert, 2, 0, 0, "rm -f out", "convert -f qcow2 -O qcow2 full out", 3 },
    { "convert, compressed", "full", run_compress, 2, 0, 0, "rm -f out", "convert -c -f qcow2 -O qcow2 full out", 1 },
};

int main(void)
{
    const char *base = getenv("TMPDIR");
    char folder[256], command[300];
    int result = 0;
    if (system("command -v qemu-img >/dev/null 2>&1 && command -v qemu-io >/dev/null 2>&1") != 0) {
        printf("images: skipped, qemu-img and qemu-io are not installed\n");
        return 0;
    }
    snprintf(folder, sizeof folder, "%s/trowel-bench-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(folder) || chdir(folder) < 0)
        return perror(folder), 1;
    result = make_files() < 0;
    for (size_t i = 0; !result && i < sizeof works / sizeof works[0]; i++)
        result |= bench(&works[i]) < 0;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (chdir("/") < 0 || system(command) != 0)
        result = 1;
    return result;
}
