/* Accesses: line fills, write buffers, misaligned and locked operands, walks, ports, refresh and hold. Clocks are
 * worked out from the i486-timing reference for the board of memory_model.h. */
#include "memory_model.h"

/* --- Reads --- */

static void a_read_miss_costs_r_and_resumes_on_the_word_it_wants(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    assert_int_equal(read_takes(&c, 0x1008, 4), 2);
    assert_int_equal(c.stall[STALL_CACHE], 2);
    assert_int_equal(logged(&c, 0)->kind, BUS_FILL);
    assert_int_equal(logged(&c, 0)->address, 0x1008);
    assert_int_equal(logged(&c, 0)->size, 16);
    assert_int_equal(logged(&c, 0)->end, 5);        /* 2-1-1-1 */
    cycle_destroy(&c);
}

static void the_line_being_filled_is_waited_for(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    cycle_read(&c, 0x1000, 4);
    assert_int_equal(read_takes(&c, 0x1004, 4), 3);
    assert_int_equal(read_takes(&c, 0x1008, 4), 0);
    cycle_destroy(&c);
}

static void a_write_to_the_line_being_filled_waits_too(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    cycle_read(&c, 0x1000, 4);
    assert_int_equal(write_takes(&c, 0x1004, 4), 3);
    cycle_destroy(&c);
}

static void other_hits_do_not_wait_for_a_fill_and_other_misses_do(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm(&c, 0x2000);
    cycle_read(&c, 0x1000, 4);
    assert_int_equal(read_takes(&c, 0x2000, 4), 0);
    assert_int_equal(read_takes(&c, 0x3000, 4), 3 + 2);
    cycle_destroy(&c);
}

static void a_misaligned_read_costs_three_clocks(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm_range(&c, 0x1000, 32);
    assert_int_equal(read_takes(&c, 0x1003, 2), 3);
    assert_int_equal(read_takes(&c, 0x100E, 4), 3);
    assert_int_equal(c.stall[STALL_ALIGN], 6);
    assert_int_equal(read_takes(&c, 0x1001, 2), 0);
    cycle_destroy(&c);
}

static void the_higher_part_of_a_misaligned_read_comes_first(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    assert_int_equal(read_takes(&c, 0x100E, 4), 3 + 2 + 3 + 2);     /* the second miss waits for the first fill */
    assert_int_equal(logged(&c, 1)->address, 0x1010);
    assert_int_equal(logged(&c, 0)->address, 0x100C);
    cycle_destroy(&c);
}

/* i486-timing reference, 8.1 row 35: time rises only every MULTIPLIER clocks. */
static void misses_keep_multiplied_parts_in_step_with_the_bus(void **state)
{
    (void)state;
    for (uint32_t multiplier = 2; multiplier <= 3; multiplier++) {
        struct profile board = ideal_board;
        board.multiplier = multiplier;
        for (uint32_t nops = 0; nops < 12; nops++) {
            struct cycle c;
            start_on(&c, &board);
            cycle_cache_mode(&c, true, false);
            cycle_read(&c, 0x1000, 4);
            uint64_t began = c.now;
            for (unsigned pass = 0; pass < 100; pass++) {
                cycle_spend(&c, nops);
                cycle_read(&c, 0x1000, 4);
            }
            uint64_t in_bus_clocks = (nops + multiplier - 1) / multiplier + 2;
            assert_int_equal(c.now - began, 100 * in_bus_clocks * multiplier);
            cycle_destroy(&c);
        }
    }
}

/* --- Writes --- */

static void four_writes_are_buffered_behind_the_one_on_the_bus(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(write_takes(&c, 0x1000 + 4 * i, 4), 0);
    assert_int_equal(write_takes(&c, 0x1014, 4), 2);
    assert_int_equal(write_takes(&c, 0x1018, 4), 2);
    assert_int_equal(c.stall[STALL_WRITE], 4);
    idle_for(&c, 100);
    cycle_read(&c, 0x2000, 4);
    for (unsigned i = 0; i < 7; i++) {
        assert_int_equal(logged(&c, 7 - i)->address, 0x1000 + 4 * i);
        assert_int_equal(logged(&c, 7 - i)->start, 2 * i);
    }
    cycle_destroy(&c);
}

/* The clock after its begin at which an instruction of SHAPE makes its N-th write. */
static uint64_t write_made(struct timing_shape shape, unsigned n)
{
    struct cycle c;
    start_ideal(&c);
    warm_range(&c, 0x1000, 32);
    cycle_jump(&c, 0x1000);
    idle_for(&c, 100);
    cycle_begin(&c, &shape, 0x1000, 1);
    uint64_t began = c.now;
    for (unsigned i = 0; i <= n; i++)
        cycle_write(&c, 0x2000 + 4 * i, 4);
    cycle_end(&c, 0);
    idle_for(&c, 100);
    cycle_read(&c, 0x3000, 4);
    uint64_t start = logged(&c, 1 + n)->start - began;
    cycle_destroy(&c);
    return start;
}

static void writes_are_made_at_their_clock_of_the_instruction(void **state)
{
    (void)state;
    assert_int_equal(write_made((struct timing_shape){ .clocks = 1 }, 0), 1);
    assert_int_equal(write_made((struct timing_shape){ .clocks = 11 }, 0), 1);
    assert_int_equal(write_made((struct timing_shape){ .clocks = 3, .flags = SHAPE_MODIFY }, 0), 3);
    assert_int_equal(write_made((struct timing_shape){ .clocks = 7, .flags = SHAPE_STRING }, 0), 0);
}

/* i486-timing reference, 8.1 row 33: 12 + 3c while a write takes no more than three clocks. */
static uint64_t rep_movsd(uint32_t write_clocks, unsigned count)
{
    static const struct timing_shape shape = { .clocks = 12, .flags = SHAPE_STRING };
    struct profile board = ideal_board;
    struct cycle c;
    board.dram_hit_write = board.dram_miss_write = write_clocks;
    start_on(&c, &board);
    warm_range(&c, 0x1000, 4096);
    warm(&c, 0x8000);
    cycle_jump(&c, 0x8000);
    idle_for(&c, 10);
    uint64_t began = c.now;
    cycle_begin(&c, &shape, 0x8000, 2);
    for (unsigned i = 0; i < count; i++) {
        cycle_read(&c, 0x1000 + 4 * i, 4);
        cycle_write(&c, 0x4000 + 4 * i, 4);
        cycle_spend(&c, 3);
    }
    cycle_end(&c, 0);
    uint64_t clocks = c.now - began;
    assert_int_equal(c.stall[STALL_WRITE], clocks - 12 - 3 * count);
    cycle_destroy(&c);
    return clocks;
}

static void rep_movsd_is_bound_by_writes_only_if_they_are_slower(void **state)
{
    (void)state;
    assert_int_equal(rep_movsd(2, 1000), 12 + 3000);
    assert_int_equal(rep_movsd(3, 1000), 12 + 3000);
    /* Write N begins at 5N and is posted by 5(N - 4) at the earliest: the last, 999, at 4975; then 3 + 12 clocks. */
    assert_int_equal(rep_movsd(5, 1000), 5 * 995 + 3 + 12);
}

/* --- Reads past writes --- */

/* Three writes, the first of them on the bus at once, then a read miss; returns the clocks of the read. WARM tells
 * which of the lines written are in the cache. */
static uint64_t read_after_writes(struct cycle *c, unsigned warm_lines)
{
    start_ideal(c);
    for (unsigned i = 0; i < 3; i++)
        if (warm_lines >> i & 1)
            warm(c, 0x1000 + 0x10 * i);
    for (unsigned i = 0; i < 3; i++)
        cycle_write(c, 0x1000 + 0x10 * i, 4);
    return read_takes(c, 0x2000, 4);
}

static void a_read_miss_passes_buffered_writes_that_all_hit(void **state)
{
    struct cycle c;
    (void)state;
    assert_int_equal(read_after_writes(&c, 6), 2 + 2);      /* the write on the bus is not in a buffer */
    assert_int_equal(c.bus.count, 2);
    cycle_destroy(&c);
}

static void a_read_miss_waits_for_all_if_one_buffered_write_missed(void **state)
{
    struct cycle c;
    (void)state;
    assert_int_equal(read_after_writes(&c, 3), 6 + 2);
    assert_int_equal(c.stall[STALL_WRITE], 6);
    assert_int_equal(c.stall[STALL_CACHE], 2);
    cycle_destroy(&c);
}

static void buffers_are_passed_once_until_they_are_empty(void **state)
{
    struct cycle c;
    (void)state;
    read_after_writes(&c, 6);                               /* at 4; the fill ends at 7 */
    cycle_write(&c, 0x1010, 4);
    assert_int_equal(c.bus.count, 3);
    assert_int_equal(read_takes(&c, 0x3000, 4), 3 + 6 + 2);
    assert_int_equal(c.bus.count, 0);
    assert_false(c.bus.passed);
    cycle_destroy(&c);
}

static void uncached_reads_pass_nothing(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm(&c, 0x1000);
    for (unsigned i = 0; i < 3; i++)
        cycle_write(&c, 0x1000, 4);
    assert_int_equal(c.now, 0);
    cycle_read_uncached(&c, 0x2000, 4);
    assert_int_equal(c.now, 6 + 2);
    assert_int_equal(c.stall[STALL_BUS], 2);
    cycle_destroy(&c);
}

/* --- Locked cycles and walks --- */

/* XCHG: 9 clocks measured (i486-timing reference, 8.1 row 30). */
static void a_locked_exchange_waits_for_its_read_and_its_write(void **state)
{
    static const struct timing_shape xchg = { .clocks = 5, .flags = SHAPE_MODIFY };
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm_range(&c, 0x1000, 32);
    warm(&c, 0x2000);
    cycle_jump(&c, 0x1000);
    uint64_t began = c.now;
    cycle_begin(&c, &xchg, 0x1000, 2);
    cycle_read_locked(&c, 0x2000, 4);
    cycle_write_locked(&c, 0x2000, 4);
    cycle_end(&c, 0);
    assert_int_equal(c.now - began, 9);
    assert_int_equal(logged(&c, 1)->kind, BUS_LOCKED_READ);
    assert_int_equal(logged(&c, 0)->kind, BUS_LOCKED_WRITE);
    cycle_destroy(&c);
}

static void locked_cycles_wait_until_the_buffers_are_empty(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    for (unsigned i = 0; i < 5; i++)
        cycle_write(&c, 0x1000 + 4 * i, 4);
    cycle_read_locked(&c, 0x2000, 4);
    assert_int_equal(c.now, 10 + 2);
    cycle_destroy(&c);
}

static uint64_t walk_takes(unsigned updated, bool tables_cached)
{
    struct cycle c;
    start_ideal(&c);
    if (tables_cached)
        warm_range(&c, 0x1000, 32);
    cycle_walk(&c, 0x1000, 0x1010, updated);
    uint64_t clocks = c.now;
    assert_int_equal(c.stall[STALL_TLB], clocks);
    assert_int_equal(c.stall[STALL_CACHE] + c.stall[STALL_WRITE] + c.stall[STALL_BUS], 0);
    assert_int_equal(c.walks, 1);
    cycle_destroy(&c);
    return clocks;
}

static void a_walk_costs_what_the_clock_table_assumes(void **state)
{
    (void)state;
    assert_int_equal(walk_takes(0, false), 13);
    assert_int_equal(walk_takes(1, false), 20);
    assert_int_equal(walk_takes(2, false), 21);
    assert_int_equal(walk_takes(3, false), 28);
    assert_int_equal(walk_takes(0, true), 9);
}

/* --- Ports --- */

static uint64_t out_takes(struct cycle *c, unsigned size, unsigned width, uint32_t clocks)
{
    const struct timing_shape out = { .clocks = (uint16_t)clocks };
    warm_range(c, 0x1000, 32);
    cycle_jump(c, 0x1000);
    idle_for(c, 4 - c->now % 4);
    uint64_t began = c->now;
    cycle_begin(c, &out, 0x1000, 1);
    cycle_io(c, 0x300, size, width, true);
    cycle_end(c, 0);
    return c->now - began;
}

/* BCLK is a quarter of the clock. 10 clocks, of which 8 come first; 8 is an edge of BCLK. */
static void port_cycles_take_whole_clocks_of_the_isa_bus(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    assert_int_equal(out_takes(&c, 1, 1, 10), 8 + 6 * 4);
    assert_int_equal(c.stall[STALL_BUS], 24 - 2);
    assert_int_equal(out_takes(&c, 2, 1, 10), 8 + 12 * 4);
    assert_int_equal(out_takes(&c, 2, 2, 10), 8 + 3 * 4);
    assert_int_equal(out_takes(&c, 4, 2, 10), 8 + 6 * 4);
    assert_int_equal(out_takes(&c, 1, 1, 11), 12 + 6 * 4);      /* 9: waits for the edge at 12 */
    cycle_destroy(&c);
}

static void ports_wait_until_the_buffers_are_empty(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    for (unsigned i = 0; i < 5; i++)
        cycle_write(&c, 0x1000 + 4 * i, 4);
    cycle_io(&c, 0x80, 1, 1, true);
    assert_int_equal(c.stall[STALL_WRITE], 10);
    assert_int_equal(logged(&c, 0)->kind, BUS_OUT);
    assert_int_equal(logged(&c, 0)->start, 10);
    assert_int_equal(c.now, 12 + 24);
    cycle_destroy(&c);
}

/* --- Refresh, hold --- */

static void refresh_goes_before_a_read(void **state)
{
    struct profile board = ideal_board;
    struct cycle c;
    (void)state;
    board.refresh_ticks = 63360;        /* 502.86 clocks */
    start_on(&c, &board);
    cycle_pass(&c, 502);
    assert_int_equal(read_takes(&c, 0x1000, 4), 2);
    cycle_pass(&c, 1006);               /* due at 1005.7 */
    assert_int_equal(read_takes(&c, 0x2000, 4), 4 + 2);
    cycle_pass(&c, 1510);               /* due at 1508.6, until 1513 */
    assert_int_equal(read_takes(&c, 0x3000, 4), 3 + 2);
    cycle_pass(&c, 2100);
    assert_int_equal(read_takes(&c, 0x4000, 4), 2);
    assert_int_equal(c.bus.refreshes, 4);
    cycle_destroy(&c);
}

static void refresh_does_not_drift_in_an_hour(void **state)
{
    enum { STEPS = 100000 };
    const uint64_t hour = 3600ull * 4200000000u / 126;
    struct profile board = ideal_board;
    struct cycle c;
    (void)state;
    board.refresh_ticks = 63361;
    start_on(&c, &board);
    for (uint64_t i = 1; i <= STEPS; i++) {
        cycle_pass(&c, hour / STEPS * i);
        cycle_read_uncached(&c, 0x1000, 4);
        assert_int_equal(c.bus.refreshes, (logged(&c, 0)->start * 126) / 63361);
    }
    assert_true(c.bus.refreshes > 238000000);
    assert_int_equal(c.bus.refresh_due, ((c.bus.refreshes + 1) * 63361 + 125) / 126);
    cycle_destroy(&c);
}

static void a_held_bus_is_waited_for(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm(&c, 0x1000);
    cycle_hold(&c, 4200);               /* 33.3 clocks */
    assert_int_equal(read_takes(&c, 0x1000, 4), 0);
    assert_int_equal(read_takes(&c, 0x2000, 4), 34 + 2);
    assert_int_equal(logged(&c, 1)->kind, BUS_DMA);
    cycle_destroy(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_read_miss_costs_r_and_resumes_on_the_word_it_wants),
        cmocka_unit_test(the_line_being_filled_is_waited_for),
        cmocka_unit_test(a_write_to_the_line_being_filled_waits_too),
        cmocka_unit_test(other_hits_do_not_wait_for_a_fill_and_other_misses_do),
        cmocka_unit_test(a_misaligned_read_costs_three_clocks),
        cmocka_unit_test(the_higher_part_of_a_misaligned_read_comes_first),
        cmocka_unit_test(misses_keep_multiplied_parts_in_step_with_the_bus),
        cmocka_unit_test(four_writes_are_buffered_behind_the_one_on_the_bus),
        cmocka_unit_test(writes_are_made_at_their_clock_of_the_instruction),
        cmocka_unit_test(rep_movsd_is_bound_by_writes_only_if_they_are_slower),
        cmocka_unit_test(a_read_miss_passes_buffered_writes_that_all_hit),
        cmocka_unit_test(a_read_miss_waits_for_all_if_one_buffered_write_missed),
        cmocka_unit_test(buffers_are_passed_once_until_they_are_empty),
        cmocka_unit_test(uncached_reads_pass_nothing),
        cmocka_unit_test(a_locked_exchange_waits_for_its_read_and_its_write),
        cmocka_unit_test(locked_cycles_wait_until_the_buffers_are_empty),
        cmocka_unit_test(a_walk_costs_what_the_clock_table_assumes),
        cmocka_unit_test(port_cycles_take_whole_clocks_of_the_isa_bus),
        cmocka_unit_test(ports_wait_until_the_buffers_are_empty),
        cmocka_unit_test(refresh_goes_before_a_read),
        cmocka_unit_test(refresh_does_not_drift_in_an_hour),
        cmocka_unit_test(a_held_bus_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
