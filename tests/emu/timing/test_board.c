/* What a bus cycle costs by address: L2, DRAM rows, ROM, ISA, video, nobody. */
#include "memory_model.h"

enum { L2_SIZE = 65536 };

/* L2 2-1-1-1 and 3 for writes; an open row 5-2-2-2 and 5, another 7-3-3-3 and 8. */
static struct profile layered_board(void)
{
    struct profile board = ideal_board;
    board.l2_size = L2_SIZE;
    board.l2_write = 3;
    board.dram_hit_first = 5;
    board.dram_hit_next = 2;
    board.dram_hit_write = 5;
    board.dram_miss_first = 7;
    board.dram_miss_next = 3;
    board.dram_miss_write = 8;
    return board;
}

/* Clocks of the last bus cycle. */
static uint64_t cycle_took(const struct cycle *c)
{
    return logged(c, 0)->end - logged(c, 0)->start;
}

/* A line fill of what the on-chip cache does not hold: its clocks on the bus. */
static uint64_t fill_takes(struct cycle *c, uint32_t line)
{
    idle_for(c, 100);
    cycle_cache_flush(c, false);
    cycle_read(c, line, 4);
    return cycle_took(c);
}

static uint64_t bus_write_takes(struct cycle *c, uint32_t physical, unsigned size)
{
    idle_for(c, 300);
    cycle_write(c, physical, size);
    return cycle_took(c);
}

static void l2_holds_what_bursts_brought(void **state)
{
    struct profile board = layered_board();
    struct cycle c;
    (void)state;
    start_on(&c, &board);
    assert_int_equal(fill_takes(&c, 0x1000), 7 + 3 * 3);
    assert_int_equal(logged(&c, 0)->target, TARGET_DRAM_MISS);
    assert_int_equal(fill_takes(&c, 0x1000), 2 + 3 * 1);
    assert_int_equal(logged(&c, 0)->target, TARGET_L2);
    assert_int_equal(fill_takes(&c, 0x1010), 5 + 3 * 2);
    assert_int_equal(logged(&c, 0)->target, TARGET_DRAM_HIT);
    cycle_destroy(&c);
}

static void l2_is_direct_mapped(void **state)
{
    struct profile board = layered_board();
    struct cycle c;
    (void)state;
    start_on(&c, &board);
    fill_takes(&c, 0x1000);
    fill_takes(&c, 0x1000 + L2_SIZE);
    assert_int_equal(fill_takes(&c, 0x1000 + L2_SIZE), 5);
    assert_int_equal(fill_takes(&c, 0x1000), 16);
    cycle_destroy(&c);
}

static void writes_do_not_fill_l2(void **state)
{
    struct profile board = layered_board();
    struct cycle c;
    (void)state;
    start_on(&c, &board);
    assert_int_equal(bus_write_takes(&c, 0x1000, 4), 8);
    assert_int_equal(bus_write_takes(&c, 0x1000, 4), 5);
    fill_takes(&c, 0x1000);
    assert_int_equal(bus_write_takes(&c, 0x100C, 4), 3);
    assert_int_equal(logged(&c, 0)->target, TARGET_L2);
    cycle_destroy(&c);
}

static void single_reads_do_not_fill_l2_but_find_it(void **state)
{
    struct profile board = layered_board();
    struct cycle c;
    (void)state;
    start_on(&c, &board);
    cycle_cache_mode(&c, true, false);
    assert_int_equal(read_takes(&c, 0x1000, 4), 7);
    assert_int_equal(read_takes(&c, 0x1000, 4), 5);
    cycle_cache_mode(&c, false, false);
    fill_takes(&c, 0x1000);
    idle_for(&c, 100);
    cycle_cache_flush(&c, false);
    assert_int_equal(c.stall[STALL_BUS], 12);
    cycle_read_uncached(&c, 0x1000, 4);
    assert_int_equal(c.stall[STALL_BUS], 14);
    cycle_destroy(&c);
}

static void a_row_stays_open_until_another_or_a_refresh(void **state)
{
    struct profile board = layered_board();
    struct cycle c;
    (void)state;
    board.l2_size = 0;
    board.refresh_ticks = 63000;                /* 500 clocks */
    start_on(&c, &board);
    assert_int_equal(bus_write_takes(&c, 0x1000, 4), 8);
    assert_int_equal(bus_write_takes(&c, 0x1FFC, 4), 8);    /* refreshed at 500, before 600 */
    cycle_write(&c, 0x1FFC, 4);
    idle_for(&c, 10);
    cycle_write(&c, 0x1000, 4);
    assert_int_equal(cycle_took(&c), 5);
    idle_for(&c, 10);
    cycle_write(&c, 0x2000, 4);
    assert_int_equal(cycle_took(&c), 8);
    cycle_destroy(&c);
}

/* A BCLK is 4 clocks. */
static void rom_answers_in_its_width(void **state)
{
    struct profile board = ideal_board;
    (void)state;
    board.rom_shadowed = 0;
    for (uint32_t width = 1; width <= 2; width++) {
        struct cycle c;
        board.rom_bytes = width;
        start_on(&c, &board);
        assert_int_equal(read_takes(&c, ROM_AT, 4), width == 1 ? 4 * 24 : 2 * 12);
        assert_int_equal(read_takes(&c, ROM_AT + 1, 1), width == 1 ? 24 : 12);
        assert_int_equal(read_takes(&c, 0xC0000, 2), width == 1 ? 2 * 24 : 12);
        assert_int_equal(read_takes(&c, 0xFFFFFFF0, 4), width == 1 ? 4 * 24 : 2 * 12);
        assert_int_equal(logged(&c, 0)->target, TARGET_ROM);
        cycle_destroy(&c);
    }
}

static void shadow_ram_is_dram_but_not_at_the_end_of_memory(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    assert_int_equal(read_takes(&c, ROM_AT, 4), 2);
    assert_int_equal(read_takes(&c, 0xFFFFFFF0, 4), 104 - 2);      /* the fill ends at 5, the next edge of BCLK is 8 */
    cycle_destroy(&c);
}

static void isa_cycles_begin_on_edges_of_bclk(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    for (uint64_t t = 1000; t < 1004; t++) {
        c.now = t;
        c.bus.free = t;
        uint64_t began = (t + 3) / 4 * 4;
        cycle_read_uncached(&c, NOBODY_AT, 1);
        assert_int_equal(c.now, began + 24);
        assert_int_equal(logged(&c, 0)->target, TARGET_NOBODY);
    }
    cycle_destroy(&c);
}

/* 504 ticks are no whole number of clocks of 80 ticks. */
static void bclk_and_the_bus_clock_stay_in_step_with_time(void **state)
{
    struct profile board = ideal_board;
    struct cycle c;
    (void)state;
    board.ticks_per_clock = 80;
    board.multiplier = 2;
    start_on(&c, &board);
    for (unsigned i = 0; i < 1000; i++) {
        idle_for(&c, i % 7);
        cycle_read_uncached(&c, NOBODY_AT, 1);
        const struct bus_cycle *b = logged(&c, 0);
        uint64_t edge = (b->start * 80 + 503) / 504, end = ((edge + 6) * 504 + 79) / 80;
        assert_int_equal(b->end, end + end % 2);
    }
    cycle_destroy(&c);
}

static void video_memory_is_on_the_local_bus_or_on_isa(void **state)
{
    struct profile board = ideal_board;
    struct cycle c;
    (void)state;
    board.multiplier = 2;
    start_on(&c, &board);
    assert_int_equal(read_takes(&c, VIDEO_AT, 1), 5 * 2);
    assert_int_equal(read_takes(&c, VIDEO_AT, 4), 10 * 2);
    assert_int_equal(bus_write_takes(&c, VIDEO_AT, 2), 3 * 2);
    assert_int_equal(bus_write_takes(&c, VIDEO_AT, 4), 6 * 2);
    board.video_local = 0;
    board.multiplier = 1;
    assert_true(cycle_set_board(&c, &board));
    idle_for(&c, 4 - c.now % 4);
    assert_int_equal(read_takes(&c, VIDEO_AT, 1), 5 * 4);
    assert_int_equal(logged(&c, 0)->target, TARGET_VIDEO);
    cycle_destroy(&c);
}

/* A fill from L2 is 2-1-1-1 bus clocks of two core clocks each; one is lost if the miss falls between two edges. */
static void the_dx2_waits_four_or_five_clocks_for_l2(void **state)
{
    struct cycle c;
    (void)state;
    start_on(&c, profile_find("486dx2-66"));
    fill_takes(&c, 0x1000);
    assert_int_equal(fill_takes(&c, 0x1000), 5 * 2);
    for (uint64_t odd = 0; odd < 2; odd++) {
        cycle_cache_flush(&c, false);
        idle_for(&c, 100 + (c.now % 2 != odd));
        assert_int_equal(read_takes(&c, 0x1000, 4), odd + 2 * 2);
    }
    cycle_destroy(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(l2_holds_what_bursts_brought),
        cmocka_unit_test(l2_is_direct_mapped),
        cmocka_unit_test(writes_do_not_fill_l2),
        cmocka_unit_test(single_reads_do_not_fill_l2_but_find_it),
        cmocka_unit_test(a_row_stays_open_until_another_or_a_refresh),
        cmocka_unit_test(rom_answers_in_its_width),
        cmocka_unit_test(shadow_ram_is_dram_but_not_at_the_end_of_memory),
        cmocka_unit_test(isa_cycles_begin_on_edges_of_bclk),
        cmocka_unit_test(bclk_and_the_bus_clock_stay_in_step_with_time),
        cmocka_unit_test(video_memory_is_on_the_local_bus_or_on_isa),
        cmocka_unit_test(the_dx2_waits_four_or_five_clocks_for_l2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
