/* Speed of the image layer beside QEMU's: the same work on the same files, by our library and by qemu-img's bench,
 * convert and compare, in processes of their own, the files in the page cache. Printed are seconds of the CPU (user and
 * system, of all threads) and of the clock, each the least of some runs in turn, ours and QEMU's, and how much of
 * QEMU's time we need. What a process needs to start, and to open the image, is measured as well and taken off.
 *
 * Then what an overlay costs over bases of any size, and what a seal costs. */
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

struct spent { double cpu, wall; long kb; };

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

static int convert(const struct work *work, bool compress, bool never_sync)
{
    struct image_error error;
    struct image *target = NULL, *source = open_for(work, false);
    if (!source || image_create("out", DISK_BYTES, NULL, &error) < 0 ||
        image_open(&target, "out", &(struct image_options){ .writable = true, .never_sync = never_sync }, &error) < 0)
        return complain("convert: no files");
    int code = image_copy(target, source, &(struct image_copy_options){ .compress = compress });
    image_close(source);
    return image_close(target) < 0 ? -1 : code;
}

static int run_convert(const struct work *work, unsigned count)
{
    return count > 1 ? convert(work, false, true) : 0;
}

static int run_convert_flushed(const struct work *work, unsigned count)
{
    return count > 1 ? convert(work, false, false) : 0;
}

static int run_compress(const struct work *work, unsigned count)
{
    return count > 1 ? convert(work, true, true) : 0;
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
    *spent = (struct spent){ seconds(usage.ru_utime) + seconds(usage.ru_stime), now() - start, usage.ru_maxrss };
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

/* One run of COUNT requests, if it needs less than those before. */
static int improve(const struct work *work, unsigned count, bool qemu, struct spent *least)
{
    char command[300];
    struct spent spent;
    qemu_command(work, count, command, sizeof command);
    if (measure(work, count, qemu ? command : NULL, &spent) < 0)
        return -1;
    least->cpu = spent.cpu < least->cpu ? spent.cpu : least->cpu;
    least->wall = spent.wall < least->wall ? spent.wall : least->wall;
    return 0;
}

/* What COUNT requests needed less what one did. */
static struct spent net(const struct spent *all, const struct spent *start)
{
    return (struct spent){ .cpu = all->cpu - start->cpu > 0.0005 ? all->cpu - start->cpu : 0.0005,
                           .wall = all->wall - start->wall > 0.0005 ? all->wall - start->wall : 0.0005 };
}

static int bench(const struct work *work)
{
    enum { OURS, QEMU };
    struct spent start[2] = { { 1e9, 1e9, 0 }, { 1e9, 1e9, 0 } }, all[2] = { { 1e9, 1e9, 0 }, { 1e9, 1e9, 0 } };
    for (unsigned i = 0; i < work->runs; i++)
        for (int who = OURS; who <= QEMU; who++)
            if (improve(work, 1, who == QEMU, &start[who]) < 0 ||
                improve(work, work->count, who == QEMU, &all[who]) < 0) {
                fprintf(stderr, "%s: failed\n", work->name);
                return -1;
            }
    struct spent ours = net(&all[OURS], &start[OURS]), qemu = net(&all[QEMU], &start[QEMU]);
    printf("%-32s CPU %7.3f s, QEMU %7.3f s: %5.2f   clock %7.3f s, QEMU %7.3f s: %5.2f\n", work->name, ours.cpu,
           qemu.cpu, ours.cpu / qemu.cpu, ours.wall, qemu.wall, ours.wall / qemu.wall);
    fflush(stdout);
    return 0;
}

/* --- Overlays and seals --- */

/* Opens an overlay over a base and reads a little of it here and there. */
static int run_overlay(const struct work *work, unsigned count)
{
    static uint8_t buffer[SMALL];
    struct image *image = open_for(work, true);
    int code = image ? 0 : -1;
    for (unsigned i = 1; !code && i < count; i++)
        code = image_read(image, image_size(image) / count * i / SMALL * SMALL, buffer, SMALL);
    int closed = image_close(image);
    return code < 0 ? code : closed;
}

static int run_seal(const struct work *work, unsigned count)
{
    struct image *image = open_for(work, false);
    struct image_seal seal;
    int code = image ? 0 : -1;
    if (!code && count > 1 && (code = image_seal_compute(image, &seal, NULL)) == 0)
        image_seal_free(&seal);
    image_close(image);
    return code;
}

static int bench_overlay(const char *size)
{
    char command[300], name[60];
    struct work work = { .name = name, .path = "over", .run = run_overlay };
    struct spent open, read;
    snprintf(command, sizeof command,
             "rm -f big over && qemu-img create -q -f qcow2 -o preallocation=metadata big %s && "
             "qemu-img create -q -f qcow2 -b big -F qcow2 over", size);
    if (system(command) != 0 || measure(&work, 1, NULL, &open) < 0 || measure(&work, 1000, NULL, &read) < 0)
        return complain("overlay: failed");
    printf("overlay over %4s, all allocated: opened and closed in %6.1f ms with %ld KB; after 1000 reads all over it "
           "%ld KB\n", size, open.wall * 1000, open.kb, read.kb);
    fflush(stdout);
    return 0;
}

static int bench_seal(void)
{
    struct work work = { .name = "seal", .path = "full", .run = run_seal, .count = 2, .runs = 3 };
    struct spent start = { 1e9, 1e9, 0 }, all = { 1e9, 1e9, 0 };
    for (unsigned i = 0; i < work.runs; i++)
        if (improve(&work, 1, false, &start) < 0 || improve(&work, 2, false, &all) < 0)
            return -1;
    printf("seal, or --verify of all: %.2f ms of CPU for each leaf of 1 MB\n",
           net(&all, &start).cpu * 1000 / (DISK_BYTES / IMAGE_LEAF_BYTES));
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

/* "full" holds every cluster, "packed" the same compressed, and "c8" is the top of a chain over "c1", which is made as
 * "full" is: a copy made otherwise may lie in smaller pieces in the host's cache. */
static int make_files(void)
{
    char command[400];
    if (make_disk() < 0 ||
        system("qemu-img convert -f raw -O qcow2 -S 0 disk.raw full && qemu-img convert -c -f raw -O qcow2 disk.raw "
               "packed && qemu-img convert -f raw -O qcow2 -S 0 disk.raw c1") != 0)
        return complain("cannot make images");
    for (int i = 2; i <= CHAIN; i++) {
        snprintf(command, sizeof command,
                 "qemu-img create -q -f qcow2 -b c%d -F qcow2 c%d && "
                 "qemu-io -f qcow2 -c 'write -q %dM 3M' -c 'write -q %dM 500k' c%d",
                 i - 1, i, i * 9, i * 2, i);
        if (system(command) != 0)
            return complain("cannot make a chain");
    }
    return 0;
}

static const struct work works[] = {
    { "sequential read, 64 KB", "full", run_reads, DISK_BYTES / CHUNK * 8, CHUNK, CHUNK, NULL, NULL, 7 },
    { "sequential read, one at a time", "full", run_reads, DISK_BYTES / CHUNK * 8, CHUNK, CHUNK, NULL,
      "bench -q -d 1 -f qcow2 -t writeback -c 12288 -s 65536 -S 65536 full", 5 },
    { "random read, 4 KB", "full", run_reads, 40000, SMALL, SCATTER, NULL, NULL, 5 },
    { "allocating writes, 64 KB", "new", run_writes, DISK_BYTES / CHUNK, CHUNK, CHUNK,
      "rm -f new && qemu-img create -q -f qcow2 new 96M", NULL, 7 },
    { "copy on write of 4 KB", "over", run_writes, DISK_BYTES / CHUNK, SMALL, CHUNK,
      "rm -f over && qemu-img create -q -f qcow2 -b full -F qcow2 over", NULL, 7 },
    { "compressed read, 64 KB", "packed", run_reads, DISK_BYTES / CHUNK, CHUNK, CHUNK, NULL, NULL, 7 },
    { "compressed read, one at a time", "packed", run_reads, DISK_BYTES / CHUNK, CHUNK, CHUNK, NULL,
      "bench -q -d 1 -f qcow2 -t writeback -c 1536 -s 65536 -S 65536 packed", 5 },
    { "chain of 8, sequential read", "c8", run_reads, DISK_BYTES / CHUNK * 8, CHUNK, CHUNK, NULL, NULL, 7 },
    { "chain of 8, random read", "c8", run_reads, 40000, SMALL, SCATTER, NULL, NULL, 5 },
    { "compare", "full", run_compare, 2, 0, 0, NULL, "compare -f qcow2 -F raw full disk.raw", 7 },
    { "convert, left in the cache", "full", run_convert, 2, 0, 0, "rm -f out",
      "convert -f qcow2 -O qcow2 full out", 7 },
    { "convert, flushed at the end", "full", run_convert_flushed, 2, 0, 0, "rm -f out",
      "convert -t writeback -f qcow2 -O qcow2 full out", 7 },
    { "convert, compressed, in the cache", "full", run_compress, 2, 0, 0, "rm -f out",
      "convert -c -f qcow2 -O qcow2 full out", 3 },
    { "convert of compressed clusters", "packed", run_convert, 2, 0, 0, "rm -f out",
      "convert -f qcow2 -O qcow2 packed out", 5 },
};

static const char terms[] =
    "Images: a disk of 96 MB, a third text, a third noise, a third zeros, clusters of 64 KB; all in the page cache.\n"
    "Reads and writes: ours one at a time, as a guest's drive makes them; qemu-img bench's up to 64 at once, "
    "on several\nthreads, but for the lines that say otherwise. Writes are flushed at the end by both. Convert: QEMU "
    "leaves the\nnew image in the host's cache unless -t writeback is given; ours flushes unless -t unsafe is. Clock "
    "below 1 is\n"
    "faster than QEMU; the host should do nothing else.\n";

int main(void)
{
    static const char *const bases[] = { "64M", "4G", "64G" };
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
    fputs(terms, stdout);
    result = make_files() < 0;
    for (size_t i = 0; !result && i < sizeof works / sizeof works[0]; i++)
        result |= bench(&works[i]) < 0;
    for (size_t i = 0; !result && i < sizeof bases / sizeof *bases; i++)
        result |= bench_overlay(bases[i]) < 0;
    result = result || bench_seal() < 0;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (chdir("/") < 0 || system(command) != 0)
        result = 1;
    return result;
}
