/* A disk in memory for the tests of drives. Sector n begins with its number, so that a read shows where it came from.
 * One sector can be made bad. */
#ifndef TESTS_EMU_DEV_MEMORY_DISK_H
#define TESTS_EMU_DEV_MEMORY_DISK_H

#include "tests/emu/dev/rig.h"

#include "emu/disk.h"

struct memory_disk {
    uint8_t *data;
    uint64_t sectors;
    uint64_t bad;               /* sector that gives an I/O error; beyond the end: none */
    unsigned flushes;
};

static inline int memory_disk_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    struct memory_disk *disk = ctx;

    assert_true(lba < disk->sectors && count <= disk->sectors - lba);
    memcpy(buffer, disk->data + lba * 512, (size_t)count * 512);
    return disk->bad >= lba && disk->bad < lba + count ? -1 : 0;
}

static inline int memory_disk_write(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    struct memory_disk *disk = ctx;

    assert_true(lba < disk->sectors && count <= disk->sectors - lba);
    memcpy(disk->data + lba * 512, data, (size_t)count * 512);
    return disk->bad >= lba && disk->bad < lba + count ? -1 : 0;
}

static inline int memory_disk_flush(void *ctx)
{
    struct memory_disk *disk = ctx;

    disk->flushes++;
    return 0;
}

static const struct disk_ops memory_disk_ops = { memory_disk_read, memory_disk_write, memory_disk_flush };

static inline struct drive_config memory_disk_init(struct memory_disk *disk, uint64_t sectors)
{
    *disk = (struct memory_disk){ .data = calloc(sectors, 512), .sectors = sectors, .bad = UINT64_MAX };
    assert_non_null(disk->data);
    for (uint64_t i = 0; i < sectors; i++)
        for (unsigned at = 0; at < 512; at += 4) {
            disk->data[i * 512 + at] = (uint8_t)i;
            disk->data[i * 512 + at + 1] = (uint8_t)(i >> 8);
            disk->data[i * 512 + at + 2] = (uint8_t)at;
        }
    return (struct drive_config){ .ops = &memory_disk_ops, .ctx = disk, .sectors = sectors };
}

static inline unsigned sector_number(const uint8_t *data)
{
    return data[0] | (unsigned)data[1] << 8;
}

#endif
