/* Who owns a sector of a FAT disk: made by mtools, partitioned or not, and damaged at random. */
#include "tests/tui/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/fat.h"

struct disk { uint8_t *data; size_t bytes; };

static unsigned reads;

static bool read_memory(void *ctx, uint64_t offset, void *buffer, size_t bytes)
{
    const struct disk *disk = ctx;
    reads++;
    memcpy(buffer, disk->data + offset, bytes);
    return true;
}

static struct fat *open_memory(struct disk *disk)
{
    struct fat *fat = fat_open(&(struct fat_disk){ read_memory, disk, disk->bytes });
    assert_non_null(fat);
    return fat;
}

static void put16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *p, uint32_t value)
{
    put16(p, value & 0xFFFF);
    put16(p + 2, value >> 16);
}

static void put_entry(uint8_t *p, const char *name, uint8_t attributes, unsigned cluster)
{
    memcpy(p, name, 11);
    p[11] = attributes;
    put16(p + 26, cluster);
}

/* A volume of SECTORS sectors in DISK at byte START: one sector a cluster, one FAT of FAT_SECTORS, 16 root entries; the
 * directory SUB in cluster 2, SUB\FILE.TXT in clusters 3 and 5. WIDE: 16-bit entries. */
static void make_volume(uint8_t *v, unsigned sectors, unsigned fat_sectors, bool wide)
{
    uint8_t *fat = v + 512, *root = fat + fat_sectors * 512, *data = root + 512;
    put16(v + 11, 512);
    v[13] = 1;
    put16(v + 14, 1);
    v[16] = 1;
    put16(v + 17, 16);
    put16(v + 19, sectors);
    put16(v + 22, fat_sectors);
    put16(v + 510, 0xAA55);
    if (wide) {
        put16(fat + 4, 0xFFFF);
        put16(fat + 6, 5);
        put16(fat + 10, 0xFFFF);
    } else {
        put16(fat + 3, 0xFFF | 5 << 12);        /* entries 2 and 3 */
        put16(fat + 7, 0xFFF << 4);             /* entry 5 */
        fat[4] = 0x5F;
        fat[5] = 0x00;
    }
    put_entry(root, "SUB        ", 16, 2);
    put_entry(data, ".          ", 16, 2);
    put_entry(data + 32, "FILE    TXT", 0, 3);
}

static void owner_is(const struct fat *fat, uint64_t sector, const char *expected)
{
    uint64_t bytes;
    assert_string_equal(fat_owner(fat, sector * 512, &bytes), expected);
    assert_true(bytes >= 512);
}

static void a_floppy_is_one_volume(void **state)
{
    (void)state;
    struct disk disk = { calloc(1, 1 << 20), 1 << 20 };
    make_volume(disk.data, 2048, 6, false);
    struct fat *fat = open_memory(&disk);
    owner_is(fat, 0, "boot sector");
    owner_is(fat, 1, "FAT 1");
    owner_is(fat, 6, "FAT 1");
    owner_is(fat, 7, "root directory");
    owner_is(fat, 8, "directory \\SUB");
    owner_is(fat, 9, "\\SUB\\FILE.TXT");
    owner_is(fat, 10, "free clusters");
    owner_is(fat, 11, "\\SUB\\FILE.TXT");
    owner_is(fat, 12, "free clusters");
    fat_close(fat);
    free(disk.data);
}

static void partitions_are_told_apart(void **state)
{
    (void)state;
    struct disk disk = { calloc(1, 8 << 20), 8 << 20 };
    put16(disk.data + 510, 0xAA55);
    disk.data[446 + 4] = 4;
    put32(disk.data + 446 + 8, 63);
    put32(disk.data + 446 + 12, 8000);
    disk.data[462 + 4] = 5;
    put32(disk.data + 462 + 8, 9000);
    put32(disk.data + 462 + 12, 5000);
    make_volume(disk.data + 63 * 512, 8000, 40, true);
    uint8_t *extended = disk.data + 9000 * 512;
    put16(extended + 510, 0xAA55);
    extended[446 + 4] = 1;
    put32(extended + 446 + 8, 10);
    put32(extended + 446 + 12, 2000);
    make_volume(extended + 10 * 512, 2000, 6, false);
    struct fat *fat = open_memory(&disk);
    owner_is(fat, 0, "partition table");
    owner_is(fat, 30, "outside of all partitions");
    owner_is(fat, 63, "partition 1: boot sector");
    owner_is(fat, 63 + 42, "partition 1: directory \\SUB");
    owner_is(fat, 63 + 43, "partition 1: \\SUB\\FILE.TXT");
    owner_is(fat, 9010, "partition 5: boot sector");
    owner_is(fat, 9010 + 9, "partition 5: \\SUB\\FILE.TXT");
    fat_close(fat);
    free(disk.data);
}

/* Directories that contain themselves, chains that bite their tail, numbers out of range. */
static void damage_ends_somewhere(void **state)
{
    (void)state;
    uint64_t seed = 77;
    struct disk disk = { malloc(1 << 20), 1 << 20 };
    for (int round = 0; round < 3000; round++) {
        memset(disk.data, 0, disk.bytes);
        make_volume(disk.data, 2048, 6, round & 1);
        for (int i = 0; i < 1 + round % 40; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            size_t at = (size_t)(seed >> 33) % (round % 3 ? 12 * 512 : 64);
            disk.data[at] = (uint8_t)(seed >> 24);
        }
        struct fat *fat = open_memory(&disk);
        for (uint64_t offset = 0, bytes; offset < disk.bytes; offset += bytes) {
            assert_non_null(fat_owner(fat, offset, &bytes));
            assert_true(bytes > 0);
        }
        fat_close(fat);
    }
    free(disk.data);
}

static void no_file_system_is_unknown(void **state)
{
    (void)state;
    struct disk disk = { malloc(100000), 100000 };
    memset(disk.data, 0xF6, disk.bytes);
    struct fat *fat = open_memory(&disk);
    owner_is(fat, 0, "unknown");
    owner_is(fat, 100, "unknown");
    fat_close(fat);
    disk.bytes = 0;
    fat = open_memory(&disk);
    owner_is(fat, 0, "outside of all partitions");
    fat_close(fat);
    free(disk.data);
}

/* Every directory leads into one long chain, which bites its tail: each cluster is read once. */
static void chains_that_run_together_cost_no_more(void **state)
{
    enum { SECTORS = 6000, FAT_SECTORS = 24, DIRECTORIES = 15 };
    (void)state;
    struct disk disk = { calloc(SECTORS, 512), SECTORS * 512 };
    uint8_t *table = disk.data + 512, *root = table + FAT_SECTORS * 512, *data = root + 512;
    make_volume(disk.data, SECTORS, FAT_SECTORS, true);
    for (unsigned i = 0; i < DIRECTORIES; i++) {
        put_entry(root + i * 32, "LOOP       ", 16, 100 + i);
        put16(table + (100 + i) * 2, 200);
    }
    for (unsigned i = 200; i < 4000; i++)
        put16(table + i * 2, i + 1 < 4000 ? i + 1 : 200);
    memset(data, 0xE5, (4000 - 2) * 512);
    reads = 0;
    struct fat *fat = open_memory(&disk);
    assert_in_range(reads, 3800, 4000);
    fat_close(fat);
    free(disk.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_floppy_is_one_volume),
        cmocka_unit_test(partitions_are_told_apart),
        cmocka_unit_test(damage_ends_somewhere),
        cmocka_unit_test(no_file_system_is_unknown),
        cmocka_unit_test(chains_that_run_together_cost_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
