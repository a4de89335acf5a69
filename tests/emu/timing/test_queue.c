/* The prefetch queue: what code waits for. Clocks are worked out from the i486-timing reference for the board of
 * memory_model.h. */
#include "memory_model.h"

enum { CODE = 0x10000, DATA = 0x20800 };

static const struct timing_shape one_clock = { .clocks = 1 };

/* An instruction of one clock; those in two pages are fetched in parts. Returns the clocks it waited. */
static uint64_t execute(struct cycle *c, uint32_t at, unsigned length)
{
    uint64_t began = c->now;
    unsigned here = PAGE - at % PAGE;
    if (length > here) {
        cycle_fetch(c, at, here);
        cycle_fetch(c, at + here, length - here);
    }
    cycle_begin(c, &one_clock, at, length > here ? 0 : length);
    cycle_end(c, 0);
    return c->now - began - 1;
}

/* Jumps to AT and executes an instruction of LENGTH there: the clocks that it waited for. */
static uint64_t jump_waits(struct cycle *c, uint32_t at, unsigned length)
{
    idle_for(c, 50);
    cycle_jump(c, at);
    return execute(c, at, length);
}

/* --- Straight-line code --- */

/* COUNT times NOP / MOV DL,CL / MOV AX,[BX] (Abrash, listing 12.2): 5 bytes each. */
static uint64_t run_groups(struct cycle *c, unsigned count)
{
    uint64_t began = c->now;
    cycle_jump(c, CODE);
    for (uint32_t at = CODE; count; count--, at += 5) {
        execute(c, at, 1);
        execute(c, at + 1, 2);
        execute(c, at + 3, 2);
        cycle_read(c, DATA, 2);
    }
    return c->now - began;
}

/* i486-timing reference, 8.1 row 16. 4 KB of code end after the first byte of group 819's MOV DL,CL; a page is not
 * entered before its first byte is wanted. */
static void cached_code_waits_for_nothing_but_a_clock_a_page(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm_range(&c, CODE, 5024);
    warm(&c, DATA);
    assert_int_equal(run_groups(&c, 1000), 3000 + 1);
    assert_int_equal(c.stall[STALL_FETCH], 1);
    assert_int_equal(c.bus.logged, 0);
    cycle_destroy(&c);
}

/* Row 17: 3.7 clocks measured on a 33 MHz part, where 3 are useful. */
static void code_that_is_not_cached_is_read_ahead_while_execution_goes_on(void **state)
{
    struct cycle c;
    (void)state;
    start_on(&c, profile_find("486dx-33"));
    warm(&c, DATA);
    double clocks = run_groups(&c, 2000) / 2000.0;
    assert_true(clocks > 3.2 && clocks < 4.2);
    assert_int_equal(c.l1_hits, 2000);
    cycle_destroy(&c);
}

/* A line of 16 clocks' work is read in 5: only the first is waited for, and each page's. */
static void slow_code_hides_its_line_fills(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    cycle_jump(&c, CODE);
    uint64_t waited = 0;
    for (uint32_t at = CODE; at < CODE + PAGE; at++)
        waited += execute(&c, at, 1);
    assert_int_equal(waited, 2);
    assert_int_equal(execute(&c, CODE + PAGE, 1), 2);
    cycle_destroy(&c);
}

static void nothing_beyond_the_page_is_read_ahead(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm(&c, CODE + PAGE - 16);
    cycle_jump(&c, CODE + PAGE - 16);
    execute(&c, CODE + PAGE - 16, 15);
    idle_for(&c, 100);
    execute(&c, CODE + PAGE - 1, 1);
    assert_int_equal(c.bus.logged, 0);
    assert_false(cached(&c, CODE + PAGE));
    cycle_destroy(&c);
}

/* --- Jumps --- */

static void a_jump_to_a_cached_line_waits_for_nothing(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm_range(&c, CODE, 64);
    for (unsigned at = 0; at < 16; at++)
        assert_int_equal(jump_waits(&c, CODE + at, 16 - at), 0);
    cycle_destroy(&c);
}

/* Assumption 6: r, and up to 3b if the instruction is not wholly in the first doubleword. 4 8: the order is 4 0 C 8. */
static void a_jump_to_an_uncached_line_waits_for_the_doublewords_it_needs(void **state)
{
    static const struct { uint8_t at, length, clocks; } rows[] = {
        { 0, 4, 2 }, { 3, 1, 2 }, { 2, 4, 3 }, { 0, 16, 5 }, { 4, 4, 2 }, { 6, 4, 5 }, { 8, 8, 3 }, { 12, 4, 2 },
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cycle c;
        start_ideal(&c);
        assert_int_equal(jump_waits(&c, CODE + rows[i].at, rows[i].length), rows[i].clocks);
        assert_int_equal(c.stall[STALL_FETCH], rows[i].clocks);
        cycle_destroy(&c);
    }
}

/* The second line's fill follows the first's: 5 + 2. Three of these clocks are those of a split target. */
static void a_target_across_uncached_lines_waits_for_both(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    assert_int_equal(jump_waits(&c, CODE + 14, 4), 7);
    assert_int_equal(c.stall[STALL_ALIGN], 3);
    assert_int_equal(c.stall[STALL_FETCH], 4);
    cycle_destroy(&c);
}

static void a_target_across_lines_costs_three_clocks_once(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm_range(&c, CODE, 128);
    assert_int_equal(jump_waits(&c, CODE + 14, 4), 3);
    assert_int_equal(c.stall[STALL_ALIGN], 3);
    assert_int_equal(execute(&c, CODE + 18, 8), 0);
    assert_int_equal(execute(&c, CODE + 26, 8), 0);         /* across lines, but no target */
    assert_int_equal(c.stall[STALL_ALIGN], 3);
    cycle_destroy(&c);
}

static void a_fetch_on_the_bus_is_not_called_back_by_a_jump(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm(&c, CODE);
    cycle_jump(&c, CODE);                                   /* the next line's fill: clocks 0-5 */
    idle_for(&c, 3);
    cycle_jump(&c, CODE + 0x100);
    assert_int_equal(execute(&c, CODE + 0x100, 1), 2 + 2);
    assert_true(cached(&c, CODE + 16));
    cycle_destroy(&c);
}

static void a_fetch_that_waits_is_given_up_at_a_jump(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm(&c, CODE);
    warm_range(&c, CODE + 0x100, 32);
    cycle_read(&c, DATA, 4);                                /* the bus is taken until 5 */
    cycle_jump(&c, CODE);
    cycle_jump(&c, CODE + 0x100);
    idle_for(&c, 100);
    execute(&c, CODE + 0x100, 1);
    assert_false(cached(&c, CODE + 16));
    cycle_destroy(&c);
}

/* --- Who goes first --- */

static void reads_and_writes_of_the_moment_go_before_a_prefetch(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm(&c, CODE);
    cycle_jump(&c, CODE);
    cycle_write(&c, 0x1000, 4);
    cycle_read(&c, DATA, 4);
    idle_for(&c, 100);
    execute(&c, CODE, 1);
    assert_int_equal(logged(&c, 2)->kind, BUS_WRITE);
    assert_int_equal(logged(&c, 2)->start, 0);
    assert_int_equal(logged(&c, 1)->kind, BUS_FILL);
    assert_int_equal(logged(&c, 1)->start, 2);
    assert_int_equal(logged(&c, 0)->kind, BUS_FETCH);
    assert_int_equal(logged(&c, 0)->start, 7);
    cycle_destroy(&c);
}

static void posted_writes_go_before_the_fetch_that_is_waited_for(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    for (unsigned i = 0; i < 3; i++)
        cycle_write(&c, 0x1000 + 4 * i, 4);
    cycle_jump(&c, CODE);
    assert_int_equal(execute(&c, CODE, 1), 6 + 2);
    cycle_destroy(&c);
}

static void a_line_that_data_brought_meanwhile_is_not_read_again(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm(&c, CODE);
    cycle_jump(&c, CODE);
    cycle_read(&c, CODE + 16, 4);
    idle_for(&c, 100);
    execute(&c, CODE, 16);
    assert_int_equal(c.bus.logged, 1);
    assert_int_equal(execute(&c, CODE + 16, 16), 0);
    cycle_destroy(&c);
}

/* --- ROM --- */

/* Four cycles of 6 BCLK of 4 clocks for a doubleword; data wanted meanwhile waits for one doubleword only. */
static void rom_is_read_by_doublewords(void **state)
{
    struct profile board = ideal_board;
    struct cycle c;
    (void)state;
    board.rom_shadowed = 0;
    start_on(&c, &board);
    cycle_jump(&c, ROM_AT + 4);
    assert_int_equal(execute(&c, ROM_AT + 4, 4), 96);
    assert_int_equal(logged(&c, 0)->address, ROM_AT + 4);
    assert_int_equal(logged(&c, 0)->target, TARGET_ROM);
    idle_for(&c, 50);                                       /* 147: the second is read until 192 */
    assert_int_equal(read_takes(&c, DATA, 4), 192 - 147 + 2);
    assert_int_equal(execute(&c, ROM_AT + 8, 5), 296 - 194);    /* the third: wanted at 197, 200 to 296 */
    cycle_destroy(&c);
}

static void bytes_are_in_the_queue_once_they_have_arrived(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    assert_false(cycle_prefetched(&c, CODE));
    cycle_jump(&c, CODE);
    assert_false(cycle_prefetched(&c, CODE));
    execute(&c, CODE, 1);                                   /* the first doubleword at 2, the second at 3 */
    assert_true(cycle_prefetched(&c, CODE + 3));
    assert_true(cycle_prefetched(&c, CODE + 4));
    assert_false(cycle_prefetched(&c, CODE + 8));
    idle_for(&c, 100);
    execute(&c, CODE + 1, 1);
    for (unsigned i = 0; i < 48; i++)
        assert_int_equal(cycle_prefetched(&c, CODE + i), i < 32);
    assert_false(cycle_prefetched(&c, CODE - 1));
    warm(&c, CODE + 32);
    cycle_begin(&c, &one_clock, CODE + 2, 15);              /* reaches into the second line */
    assert_true(cycle_prefetched(&c, CODE + 31));
    assert_false(cycle_prefetched(&c, CODE + 32));
    cycle_end(&c, 0);
    assert_true(cycle_prefetched(&c, CODE + 32));
    cycle_destroy(&c);
}

/* Addresses that no jump led to must not hang the model. */
static void a_step_back_without_a_jump_begins_anew(void **state)
{
    struct profile board = ideal_board;
    struct cycle c;
    (void)state;
    board.rom_shadowed = 0;
    start_on(&c, &board);
    cycle_jump(&c, ROM_AT + 8);
    execute(&c, ROM_AT + 8, 1);
    assert_true(execute(&c, ROM_AT, 12) >= 3 * 96);
    assert_true(execute(&c, CODE, 4) >= 2);
    assert_true(execute(&c, 0xFFFFFFF0, 16) >= 4 * 96);
    cycle_destroy(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cached_code_waits_for_nothing_but_a_clock_a_page),
        cmocka_unit_test(code_that_is_not_cached_is_read_ahead_while_execution_goes_on),
        cmocka_unit_test(slow_code_hides_its_line_fills),
        cmocka_unit_test(nothing_beyond_the_page_is_read_ahead),
        cmocka_unit_test(a_jump_to_a_cached_line_waits_for_nothing),
        cmocka_unit_test(a_jump_to_an_uncached_line_waits_for_the_doublewords_it_needs),
        cmocka_unit_test(a_target_across_uncached_lines_waits_for_both),
        cmocka_unit_test(a_target_across_lines_costs_three_clocks_once),
        cmocka_unit_test(a_fetch_on_the_bus_is_not_called_back_by_a_jump),
        cmocka_unit_test(a_fetch_that_waits_is_given_up_at_a_jump),
        cmocka_unit_test(reads_and_writes_of_the_moment_go_before_a_prefetch),
        cmocka_unit_test(posted_writes_go_before_the_fetch_that_is_waited_for),
        cmocka_unit_test(a_line_that_data_brought_meanwhile_is_not_read_again),
        cmocka_unit_test(rom_is_read_by_doublewords),
        cmocka_unit_test(bytes_are_in_the_queue_once_they_have_arrived),
        cmocka_unit_test(a_step_back_without_a_jump_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
