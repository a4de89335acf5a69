#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "emu/geometry.h"

struct chs { uint32_t c, h, s; };

static struct chs chs_of(uint32_t lba, uint32_t heads, uint32_t sectors)
{
    struct chs at = { lba / (heads * sectors), lba / sectors % heads, lba % sectors + 1 };
    if (at.c > 1023)
        at = (struct chs){ 1023, heads - 1, sectors };
    return at;
}

static void put_chs(uint8_t *to, struct chs at)
{
    to[0] = (uint8_t)at.h;
    to[1] = (uint8_t)(at.s | (at.c >> 2 & 0xC0));
    to[2] = (uint8_t)at.c;
}

static void put_partition(uint8_t *mbr, int n, uint32_t first, uint32_t length, uint32_t heads, uint32_t sectors)
{
    uint8_t *entry = mbr + 446 + 16 * n;
    put_chs(entry + 1, chs_of(first, heads, sectors));
    entry[4] = 6;
    put_chs(entry + 5, chs_of(first + length - 1, heads, sectors));
    for (int i = 0; i < 4; i++) {
        entry[8 + i] = (uint8_t)(first >> 8 * i);
        entry[12 + i] = (uint8_t)(length >> 8 * i);
    }
    mbr[510] = 0x55;
    mbr[511] = 0xAA;
}

static void the_partition_table_tells_heads_and_sectors(void **state)
{
    (void)state;
    static const struct { uint32_t heads, sectors, cylinders; } disks[] = {
        { 4, 17, 615 }, { 16, 63, 500 }, { 15, 63, 1000 }, { 32, 63, 900 }, { 64, 63, 1000 }, { 128, 63, 800 }, { 255, 63, 700 },
        { 64, 32, 300 }, { 240, 63, 600 },
    };
    for (size_t i = 0; i < sizeof disks / sizeof *disks; i++) {
        uint8_t mbr[512] = { 0 };
        uint32_t cylinder = disks[i].heads * disks[i].sectors, total = cylinder * disks[i].cylinders;
        put_partition(mbr, 0, disks[i].sectors, cylinder * (disks[i].cylinders - 1) - disks[i].sectors, disks[i].heads,
                      disks[i].sectors);
        struct disk_geometry plan = geometry_plan(total, mbr, NULL);
        assert_int_equal(plan.logical.heads, disks[i].heads);
        assert_int_equal(plan.logical.sectors, disks[i].sectors);
        assert_int_equal(plan.logical.cylinders, disks[i].cylinders);
        assert_true(plan.physical.heads <= 16);
    }
}

static void a_table_aligned_to_megabytes_is_read_by_its_pairs(void **state)
{
    (void)state;
    uint8_t mbr[512] = { 0 };
    put_partition(mbr, 0, 2048, 260096, 64, 63);
    put_partition(mbr, 1, 262144, 500000, 64, 63);
    struct disk_geometry plan = geometry_plan(1048576, mbr, NULL);
    assert_int_equal(plan.logical.heads, 64);
    assert_int_equal(plan.logical.sectors, 63);
}

static void a_clamped_end_tells_like_in_qemu(void **state)
{
    (void)state;
    uint8_t mbr[512] = { 0 };
    put_partition(mbr, 0, 63, 16000000, 255, 63);
    struct disk_geometry plan = geometry_plan(16777216, mbr, NULL);
    assert_int_equal(plan.logical.heads, 255);
    assert_int_equal(plan.translation, TRANSLATION_LBA);
}

static void an_empty_disk_gets_what_qemu_chooses(void **state)
{
    (void)state;
    struct disk_geometry small = geometry_plan(204800, NULL, NULL), large = geometry_plan(4194304, NULL, NULL);
    assert_int_equal(small.logical.cylinders, 203);
    assert_int_equal(small.logical.heads, 16);
    assert_int_equal(small.logical.sectors, 63);
    assert_int_equal(small.translation, TRANSLATION_NONE);
    assert_int_equal(large.logical.heads, 128);
    assert_int_equal(large.physical.heads, 16);
    assert_int_equal(large.physical.cylinders, 4161);
    assert_int_equal(large.translation, TRANSLATION_LBA);
}

static void doubled_heads_are_told_as_large_translation(void **state)
{
    (void)state;
    struct geometry wanted = { 0, 30, 63 };
    struct disk_geometry plan = geometry_plan(1500000, NULL, &wanted);
    assert_int_equal(plan.translation, TRANSLATION_LARGE);
    assert_int_equal(plan.physical.heads, 15);
    assert_int_equal(plan.logical.heads, 30);
}

static void what_the_user_wants_overrides_the_table(void **state)
{
    (void)state;
    uint8_t mbr[512] = { 0 };
    put_partition(mbr, 0, 63, 16 * 63 * 99 - 63, 16, 63);
    struct geometry wanted = { 100, 8, 32 };
    struct disk_geometry plan = geometry_plan(204800, mbr, &wanted);
    assert_int_equal(plan.logical.cylinders, 100);
    assert_int_equal(plan.logical.heads, 8);
    assert_int_equal(plan.physical.sectors, 32);
}

static void nonsense_in_the_table_is_not_believed(void **state)
{
    (void)state;
    uint8_t mbr[512];
    for (unsigned i = 0; i < sizeof mbr; i++)
        mbr[i] = (uint8_t)(i * 37 + 11);
    mbr[510] = 0x55;
    mbr[511] = 0xAA;
    struct disk_geometry plan = geometry_plan(204800, mbr, NULL);
    assert_int_equal(plan.logical.heads, 16);
    assert_int_equal(plan.logical.sectors, 63);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_partition_table_tells_heads_and_sectors),
        cmocka_unit_test(a_table_aligned_to_megabytes_is_read_by_its_pairs),
        cmocka_unit_test(a_clamped_end_tells_like_in_qemu),
        cmocka_unit_test(an_empty_disk_gets_what_qemu_chooses),
        cmocka_unit_test(doubled_heads_are_told_as_large_translation),
        cmocka_unit_test(what_the_user_wants_overrides_the_table),
        cmocka_unit_test(nonsense_in_the_table_is_not_believed),
    };
    return cmocka_run_group_tests_name("geometry", tests, NULL, NULL);
}
