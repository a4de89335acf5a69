/* Guest speed of fixed programs in mode `fast`, without the terminal: instructions and bytes moved per second of the
 * host's CPU time between the program's two marks. Usage: bench_guest [fast|table]; the floppies are in
 * $TEST_GUESTS. */
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
    uint64_t icount_begin, icount_end;
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
    } else if (byte == 2) {
        run->end = clock();
        run->icount_end = machine_icount(run->machine);
    }
}

static int load(struct run *run, const char *name)
{
    char path[1024];
    const char *folder = getenv("TEST_GUESTS");
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

static int bench(struct run *run, const char *name, enum timing_mode timing)
{
    struct machine_config config;
    struct stop stop;
    char error[128];
    if (load(run, name) < 0)
        return -1;
    machine_config_defaults(&config);
    config.timing = timing;
    config.debug_exit_port = EXIT_PORT;
    config.debugcon = (struct byte_sink){ on_mark, run };
    config.drive[DRIVE_FLOPPY_A] = (struct drive_config){ .ops = &floppy_ops, .ctx = run, .sectors = FLOPPY_SECTORS,
                                                          .read_only = true };
    run->machine = machine_create(&config, error, sizeof error);
    if (!run->machine) {
        fprintf(stderr, "%s\n", error);
        return -1;
    }
    machine_run(run->machine, 600 * TICKS_PER_SECOND, &stop);
    machine_destroy(run->machine);
    if (stop.reason != STOP_EXIT || run->end <= run->begin) {
        fprintf(stderr, "%s: did not reach its end\n", name);
        return -1;
    }
    double seconds = (double)(run->end - run->begin) / CLOCKS_PER_SEC;
    double millions = (double)(run->icount_end - run->icount_begin) / 1e6;
    printf("%-18s %8.1f M instructions %7.2f s %8.1f MIPS\n", name, millions, seconds, millions / seconds);
    return 0;
}

int main(int argc, char **argv)
{
    static const char *const names[] = { "bench_mix", "bench_string", "bench_protected", "bench_x87", "bench_ports" };
    enum timing_mode timing = argc > 1 && strcmp(argv[1], "table") == 0 ? TIMING_TABLE : TIMING_FAST;
    struct run *run = malloc(sizeof *run);
    int result = run ? 0 : 1;
    for (size_t i = 0; run && i < sizeof names / sizeof *names; i++)
        result |= bench(run, names[i], timing) < 0;
    free(run);
    return result;
}
