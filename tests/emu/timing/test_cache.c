/* The cache on the chip: look-up, replacement, filling, CR0's modes, write-back parts, snoops. */
#include "memory_model.h"

enum { WAY_SIZE = 2048 };               /* of an 8 KB part: addresses so far apart share a set */

/* Reads so that line N of set 0 is used, and the fill is over. */
static void use(struct cycle *c, unsigned n)
{
    cycle_read(c, n * WAY_SIZE, 4);
    idle_for(c, 20);
}

static void four_lines_of_a_set_fit(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    for (unsigned n = 0; n < 4; n++)
        use(&c, n);
    for (unsigned n = 0; n < 4; n++)
        assert_int_equal(read_takes(&c, n * WAY_SIZE, 4), 0);
    assert_int_equal(c.l1_hits, 4);
    assert_int_equal(c.l1_misses, 4);
    cycle_destroy(&c);
}

/* i486-timing reference, 8.1 row 36: true LRU would evict line 0. */
static void pseudo_lru_evicts_the_line_that_stallings_works_out(void **state)
{
    static const unsigned order[] = { 0, 2, 3, 1 };
    struct cycle c;
    (void)state;
    start_ideal(&c);
    for (unsigned n = 0; n < 4; n++)
        use(&c, n);
    for (unsigned i = 0; i < 4; i++)
        use(&c, order[i]);
    use(&c, 4);
    assert_true(cached(&c, 0));
    assert_true(cached(&c, WAY_SIZE));
    assert_false(cached(&c, 2 * WAY_SIZE));
    assert_true(cached(&c, 3 * WAY_SIZE));
    assert_true(cached(&c, 4 * WAY_SIZE));
    cycle_destroy(&c);
}

static void a_write_hit_counts_as_use(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    for (unsigned n = 0; n < 4; n++)
        use(&c, n);
    cycle_write(&c, 0, 4);
    idle_for(&c, 20);
    use(&c, 4);                         /* pair 0-1 was used last: of 2 and 3 the elder goes */
    assert_true(cached(&c, 0));
    assert_false(cached(&c, 2 * WAY_SIZE));
    cycle_destroy(&c);
}

static void an_invalid_way_is_filled_first(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    for (unsigned n = 0; n < 4; n++)
        use(&c, n);
    cycle_snoop(&c, 3 * WAY_SIZE + 7, 1);
    assert_false(cached(&c, 3 * WAY_SIZE));
    use(&c, 4);
    for (unsigned n = 0; n < 5; n++)
        assert_int_equal(cached(&c, n * WAY_SIZE), n != 3);
    cycle_destroy(&c);
}

static void a_16_kb_part_has_256_sets(void **state)
{
    struct profile board = ideal_board;
    struct cycle c;
    (void)state;
    board.cache_size = 16384;
    start_on(&c, &board);
    for (unsigned n = 0; n < 8; n++)
        use(&c, n);
    for (unsigned n = 0; n < 8; n++)
        assert_true(cached(&c, n * WAY_SIZE));
    cycle_destroy(&c);
}

static void a_write_miss_allocates_nothing(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    cycle_write(&c, 0x1000, 4);
    assert_false(cached(&c, 0x1000));
    cycle_destroy(&c);
}

static void what_cannot_be_cached_fills_no_line(void **state)
{
    static const uint32_t rows[] = { VIDEO_AT, NOBODY_AT, RAM_SIZE, 0xFFFFFFF0 };
    struct cycle c;
    (void)state;
    start_ideal(&c);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        cycle_read(&c, rows[i], 4);
        assert_false(cached(&c, rows[i]));
    }
    cycle_read_uncached(&c, 0x1000, 4);
    assert_false(cached(&c, 0x1000));
    cycle_read(&c, ROM_AT, 4);
    assert_true(cached(&c, ROM_AT));
    cycle_destroy(&c);
}

static void shadow_ram_is_cached_only_if_the_board_says_so(void **state)
{
    struct profile board = ideal_board;
    struct cycle c;
    (void)state;
    board.shadow_cacheable = 0;
    start_on(&c, &board);
    cycle_read(&c, ROM_AT, 4);
    assert_false(cached(&c, ROM_AT));
    cycle_destroy(&c);
}

/* --- CR0.CD and NW --- */

static void cd_stops_fills_but_not_hits(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm(&c, 0x1000);
    cycle_cache_mode(&c, true, false);
    assert_int_equal(read_takes(&c, 0x1000, 4), 0);
    assert_int_equal(read_takes(&c, 0x2000, 4), 2);
    assert_false(cached(&c, 0x2000));
    assert_int_equal(logged(&c, 0)->kind, BUS_READ);
    cycle_write(&c, 0x1000, 4);
    assert_int_equal(logged(&c, 0)->kind, BUS_WRITE);
    cycle_snoop(&c, 0x1000, 4);
    assert_false(cached(&c, 0x1000));
    cycle_destroy(&c);
}

static void with_nw_too_writes_to_lines_stay_inside_and_nothing_is_snooped(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm(&c, 0x1000);
    cycle_cache_mode(&c, true, true);
    cycle_write(&c, 0x1000, 4);
    assert_int_equal(c.bus.logged, 0);
    cycle_snoop(&c, 0x1000, 4);
    assert_true(cached(&c, 0x1000));
    cycle_write(&c, 0x2000, 4);
    assert_int_equal(c.bus.logged, 1);
    cycle_destroy(&c);
}

static void reset_leaves_the_cache_off_and_empty(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm(&c, 0x1000);
    cycle_reset(&c, 1000);
    assert_false(cached(&c, 0x1000));
    cycle_read(&c, 0x1000, 4);
    assert_false(cached(&c, 0x1000));
    cycle_destroy(&c);
}

/* --- Write-back parts --- */

static void start_write_back(struct cycle *c)
{
    struct profile board = ideal_board;
    board.cache_write_back = 1;
    start_on(c, &board);
}

static void a_write_hit_stays_inside_a_write_back_part(void **state)
{
    struct cycle c;
    (void)state;
    start_write_back(&c);
    warm(&c, 0x1000);
    assert_int_equal(write_takes(&c, 0x1004, 4), 0);
    assert_int_equal(c.bus.logged, 0);
    cycle_write(&c, 0x2000, 4);
    assert_int_equal(c.bus.logged, 1);
    idle_for(&c, 20);
    warm(&c, ROM_AT);
    cycle_write(&c, ROM_AT, 4);
    assert_int_equal(c.bus.logged, 2);
    cycle_destroy(&c);
}

static void a_modified_line_goes_out_after_the_fill_that_replaces_it(void **state)
{
    struct cycle c;
    (void)state;
    start_write_back(&c);
    for (unsigned n = 0; n < 4; n++)
        use(&c, n);
    cycle_write(&c, 0, 4);
    use(&c, 1);
    use(&c, 3);                         /* of the pair 0-1, not used last, 0 is the elder */
    uint64_t began = c.now;
    cycle_read(&c, 4 * WAY_SIZE, 4);
    assert_int_equal(c.now - began, 2);
    assert_false(cached(&c, 0));
    assert_int_equal(logged(&c, 1)->kind, BUS_FILL);
    assert_int_equal(logged(&c, 1)->end, began + 5);
    assert_int_equal(logged(&c, 0)->kind, BUS_WRITE_BACK);
    assert_int_equal(logged(&c, 0)->address, 0);
    assert_int_equal(logged(&c, 0)->start, began + 5);
    assert_int_equal(logged(&c, 0)->end, began + 10);       /* 2-1-1-1 */
    cycle_destroy(&c);
}

static void a_snooped_modified_line_goes_out_first(void **state)
{
    struct cycle c;
    (void)state;
    start_write_back(&c);
    warm(&c, 0x1000);
    cycle_write(&c, 0x1000, 4);
    cycle_snoop(&c, 0x0FF8, 16);
    assert_int_equal(logged(&c, 0)->kind, BUS_WRITE_BACK);
    assert_false(cached(&c, 0x1000));
    cycle_destroy(&c);
}

static void wbinvd_waits_for_modified_lines_and_invd_drops_them(void **state)
{
    struct cycle c;
    (void)state;
    start_write_back(&c);
    for (unsigned pass = 0; pass < 2; pass++) {
        uint64_t began = c.now;
        for (unsigned n = 0; n < 3; n++) {
            warm(&c, 0x1000 + n * L1_LINE);
            cycle_write(&c, 0x1000 + n * L1_LINE, 4);
        }
        cycle_cache_flush(&c, pass == 0);
        assert_int_equal(c.now - began, pass == 0 ? 15 : 0);
        assert_false(cached(&c, 0x1000));
    }
    cycle_destroy(&c);
}

static void snooping_many_lines_clears_them_and_no_others(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm_range(&c, 0x10000, 0x2000);
    cycle_snoop(&c, 0x10FF8, 0x800);
    for (uint32_t at = 0x10000; at < 0x12000; at += L1_LINE)
        assert_int_equal(cached(&c, at), at < 0x10FF0 || at >= 0x11800);
    warm_range(&c, 0x20000, 32);
    cycle_snoop(&c, 0x10008, 0x10000);
    assert_false(cached(&c, 0x20000));
    assert_true(cached(&c, 0x20010));
    for (uint32_t at = 0x10000; at < 0x12000; at += L1_LINE)
        assert_false(cached(&c, at));
    cycle_destroy(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_lines_of_a_set_fit),
        cmocka_unit_test(pseudo_lru_evicts_the_line_that_stallings_works_out),
        cmocka_unit_test(a_write_hit_counts_as_use),
        cmocka_unit_test(an_invalid_way_is_filled_first),
        cmocka_unit_test(a_16_kb_part_has_256_sets),
        cmocka_unit_test(a_write_miss_allocates_nothing),
        cmocka_unit_test(what_cannot_be_cached_fills_no_line),
        cmocka_unit_test(shadow_ram_is_cached_only_if_the_board_says_so),
        cmocka_unit_test(cd_stops_fills_but_not_hits),
        cmocka_unit_test(with_nw_too_writes_to_lines_stay_inside_and_nothing_is_snooped),
        cmocka_unit_test(reset_leaves_the_cache_off_and_empty),
        cmocka_unit_test(a_write_hit_stays_inside_a_write_back_part),
        cmocka_unit_test(a_modified_line_goes_out_after_the_fill_that_replaces_it),
        cmocka_unit_test(a_snooped_modified_line_goes_out_first),
        cmocka_unit_test(wbinvd_waits_for_modified_lines_and_invd_drops_them),
        cmocka_unit_test(snooping_many_lines_clears_them_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
