/* What tests of whole machines share: disks in memory, and the guests of tests/guests, which make builds into the folder
 * that the environment's TEST_GUESTS names (default build/tests/guests). */
#ifndef TESTS_EMU_GUEST_DISK_H
#define TESTS_EMU_GUEST_DISK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/emu.h"

/* BAD is a sector that cannot be read, or 0. */
struct guest_disk { uint8_t *bytes; uint64_t sectors, bad; };

static inline int guest_disk_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    const struct guest_disk *disk = ctx;
    memcpy(buffer, disk->bytes + lba * 512, (size_t)count * 512);
    return disk->bad && lba <= disk->bad && disk->bad < lba + count ? -1 : 0;
}

static inline int guest_disk_write(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    const struct guest_disk *disk = ctx;
    memcpy(disk->bytes + lba * 512, data, (size_t)count * 512);
    return 0;
}

static inline int guest_disk_flush(void *ctx)
{
    (void)ctx;
    return 0;
}

/* A blank disk; the caller frees its bytes. */
static inline struct guest_disk guest_disk_create(uint64_t sectors)
{
    struct guest_disk disk = { .bytes = calloc(sectors, 512), .sectors = sectors };
    assert_non_null(disk.bytes);
    return disk;
}

/* DISK in a drive; it must outlive the machine. */
static inline struct drive_config guest_disk_drive(struct guest_disk *disk)
{
    static const struct disk_ops ops = { guest_disk_read, guest_disk_write, guest_disk_flush };
    return (struct drive_config){ .ops = &ops, .ctx = disk, .sectors = disk->sectors };
}

/* Reads the guest NAME, at most MOST bytes of it, and returns how many there were. */
static inline size_t guest_load(const char *name, uint8_t *to, size_t most)
{
    const char *folder = getenv("TEST_GUESTS");
    char path[512];
    snprintf(path, sizeof path, "%s/%s.bin", folder ? folder : "build/tests/guests", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is not there; make builds it", path);
    size_t size = fread(to, 1, most, file);
    fclose(file);
    assert_true(size > 0);
    return size;
}

#endif
