/* Guest speed of fixed programs in each timing mode, without the terminal: instructions and CPU clocks per second of
 * the host's CPU time between the program's two marks, and how many times faster than the board named that is (in mode
 * `fast` clocks are an option and mean nothing). The floppies are in $TEST_GUESTS, or named as arguments: images that
 * mark begin and end by a 1 and a 2 at port E9h and leave by port F4h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "emu/emu.h"

enum { FLOPPY_SECTORS = 2880, EXIT_PORT = 0xF4 };

struct run {
    uint8_t floppy[FLOPPY_SECTORS * 512];
    struct machine *machine;
    clock_t begin, end;
    uint32_t hz;
    uint64_t icount_begin, icount_end, clocks_begin, clocks_end;
};

static int floppy_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    struct run *run = ctx;
    memcpy(buffer, run->floppy + lba * 512, (size_t)count * 512);
    return 0;
}

static const struct disk_ops floppy_ops = { .read = floppy_read };

static void on_mark(void *ctx, uint8_t byte)
{
    struct run *run = ctx;
    if (byte == 1) {
        run->begin = clock();
        run->icount_begin = machine_icount(run->machine);
        run->clocks_begin = machine_clocks(run->machine);
    } else if (byte == 2) {
        run->end = clock();
        run->icount_end = machine_icount(run->machine);
        run->clocks_end = machine_clocks(run->machine);
    }
}

static int load(struct run *run, const char *name)
{
    char path[1024];
    const char *folder = getenv("TEST_GUESTS");
    if (strchr(name, '/'))
        snprintf(path, sizeof path, "%s", name);
    else
        snprintf(path, sizeof path, "%s/%s.bin", folder ? folder : "build/tests/guests", name);
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return -1;
    }
    memset(run, 0, sizeof *run);
    size_t size = fread(run->floppy, 1, sizeof run->floppy, file);
    fclose(file);
    return size ? 0 : -1;
}

static const struct { const char *name; enum timing_mode timing; const char *board; } modes[] = {
    { "fast", TIMING_FAST, "486dx4-100" },
    { "table", TIMING_TABLE, "486dx4-100" },
    { "cycle", TIMING_CYCLE, "486dx4-100" },
};
enum { MODES = sizeof modes / sizeof *modes };

static void print_figures(const struct run *run, const char *name, unsigned mode)
{
    double seconds = (double)(run->end - run->begin) / CLOCKS_PER_SEC;
    double instructions = (double)(run->icount_end - run->icount_begin) / 1e6;
    double clocks = (double)(run->clocks_end - run->clocks_begin) / 1e6;
    name = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
    printf("%-16s %-5s %-11s %8.1f M instructions %6.2f s %8.1f MIPS", name, modes[mode].name, modes[mode].board,
           instructions, seconds, instructions / seconds);
    if (modes[mode].timing != TIMING_FAST)
        printf(" %8.1f M clocks/s %6.2f x real time", clocks / seconds, clocks / seconds / (run->hz / 1e6));
    printf("\n");
    fflush(stdout);
}

static int bench(struct run *run, const char *name, unsigned mode)
{
    struct machine_config config;
    struct stop stop;
    char error[128];
    if (load(run, name) < 0)
        return -1;
    machine_config_defaults(&config);
    config.timing = modes[mode].timing;
    config.profile = modes[mode].board;
    config.debug_exit_port = EXIT_PORT;
    config.debugcon = (struct byte_sink){ on_mark, run };
    config.drive[DRIVE_FLOPPY_A] = (struct drive_config){ .ops = &floppy_ops, .ctx = run, .sectors = FLOPPY_SECTORS,
                                                          .read_only = true };
    run->machine = machine_create(&config, error, sizeof error);
    if (!run->machine) {
        fprintf(stderr, "%s\n", error);
        return -1;
    }
    run->hz = machine_clock_hz(run->machine);
    machine_run(run->machine, 600 * TICKS_PER_SECOND, &stop);
    machine_destroy(run->machine);
    if (stop.reason != STOP_EXIT || run->end <= run->begin) {
        fprintf(stderr, "%s: did not reach its end\n", name);
        return -1;
    }
    print_figures(run, name, mode);
    return 0;
}

int main(int count, char **words)
{
    static const char *const ours[] = { "bench_mix", "bench_string", "bench_protected", "bench_x87", "bench_ports",
                                        "bench_planar" };
    struct run *run = malloc(sizeof *run);
    int result = run ? 0 : 1, names = count > 1 ? count - 1 : (int)(sizeof ours / sizeof *ours);
    for (unsigned mode = 0; run && mode < MODES; mode++)
        for (int i = 0; i < names; i++)
            result |= bench(run, count > 1 ? words[i + 1] : ours[i], mode) < 0;
    free(run);
    return result;
}
