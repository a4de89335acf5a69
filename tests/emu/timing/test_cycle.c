/* The model as a whole: saved and loaded, damaged, moved to another board. */
#include "memory_model.h"

/* --- A long random life --- */

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* An address of RAM, ROM or video memory, near others that were asked for. */
static uint32_t random_address(uint64_t *seed)
{
    static const uint32_t bases[] = { 0x1000, 0x1800, 0x20000, 0x103000, VIDEO_AT, ROM_AT, 0xFFFFF000 };
    uint32_t base = bases[next_random(seed) % 7];
    return base + next_random(seed) % (next_random(seed) % 4 ? 0x40 : 0x900);
}

static const struct timing_shape random_shapes[] = {
    { .clocks = 1 }, { .clocks = 3, .flags = SHAPE_MODIFY }, { .clocks = 12, .flags = SHAPE_STRING }, { .clocks = 7 },
};

static void random_access(struct cycle *c, uint64_t *seed)
{
    static const uint8_t sizes[] = { 1, 2, 4, 4 };
    uint32_t address = random_address(seed), size = sizes[next_random(seed) % 4];
    switch (next_random(seed) % 16) {
    case 0: cycle_read_uncached(c, address, size); break;
    case 1: cycle_read_locked(c, address, size); cycle_write_locked(c, address, size); break;
    case 2: cycle_walk(c, 0x20000 + address % 64 * 4, 0x21000, next_random(seed) % 4); break;
    case 3: cycle_io(c, (uint16_t)address, size, 1 + next_random(seed) % 2, address & 1); break;
    case 4: cycle_snoop(c, address, next_random(seed) % 300); break;
    case 5: cycle_hold(c, next_random(seed) % 10000); break;
    case 6: idle_for(c, next_random(seed) % 1000); break;
    case 7: case 8: case 9: case 10: cycle_write(c, address, size); break;
    default: cycle_read(c, address, size); break;
    }
}

/* One instruction at *CODE, and perhaps a jump. */
static void random_instruction(struct cycle *c, uint64_t *seed, uint32_t *code)
{
    uint32_t length = 1 + next_random(seed) % 8;
    cycle_begin(c, &random_shapes[next_random(seed) % 4], *code, length);
    for (uint32_t n = next_random(seed) % 4; n; n--)
        random_access(c, seed);
    cycle_end(c, 0);
    *code += length;
    if (next_random(seed) % 6 == 0 || *code % PAGE > PAGE - 8) {
        *code = random_address(seed);
        *code -= *code % PAGE > PAGE - 8 ? 8 : 0;
        cycle_jump(c, *code);
    }
    if (next_random(seed) % 500 == 0)
        cycle_cache_mode(c, next_random(seed) % 4 == 0, next_random(seed) % 2);
    if (next_random(seed) % 500 == 0)
        cycle_cache_flush(c, next_random(seed) % 2);
}

static struct profile busy_board(uint32_t multiplier)
{
    struct profile board = ideal_board;
    board.multiplier = multiplier;
    board.ticks_per_clock = 126 / multiplier;
    board.l2_size = 65536;
    board.cache_write_back = multiplier == 3;
    board.refresh_ticks = 63360;
    board.rom_shadowed = multiplier != 2;
    board.dram_miss_first = 7;
    return board;
}

static void save(struct cycle *c, struct state *saved)
{
    state_begin_save(saved);
    cycle_visit(c, saved);
    assert_string_equal(saved->error, "");
}

static void load(struct cycle *c, const struct state *saved)
{
    struct state s;
    state_begin_load(&s, saved->data, saved->size);
    cycle_visit(c, &s);
    assert_string_equal(s.error, "");
    assert_int_equal(s.position, s.size);
}

static void assert_same(struct cycle *a, struct cycle *b)
{
    struct state x, y;
    save(a, &x);
    save(b, &y);
    assert_int_equal(x.size, y.size);
    assert_memory_equal(x.data, y.data, x.size);
    free(x.data);
    free(y.data);
}

static void saving_and_loading_amid_everything_changes_nothing(void **state)
{
    (void)state;
    for (uint32_t multiplier = 1; multiplier <= 3; multiplier++) {
        struct profile board = busy_board(multiplier);
        struct cycle a, b;
        uint64_t seed_a = multiplier, seed_b = multiplier;
        uint32_t code_a = 0, code_b = 0;
        start_on(&a, &board);
        start_on(&b, &board);
        for (unsigned i = 0; i < 2000; i++) {
            random_instruction(&a, &seed_a, &code_a);
            random_instruction(&b, &seed_b, &code_b);
            assert_int_equal(a.now, b.now);
            struct state saved;
            struct cycle fresh;
            save(&b, &saved);
            assert_true(cycle_init(&fresh, &ideal_board, &usual_map));
            load(&fresh, &saved);
            free(saved.data);
            cycle_destroy(&b);
            b = fresh;
        }
        assert_same(&a, &b);
        cycle_destroy(&a);
        cycle_destroy(&b);
    }
}

static void bus_cycles_never_overlap(void **state)
{
    struct profile board = busy_board(2);
    struct cycle c;
    uint64_t seed = 7, seen = 0, end = 0;
    uint32_t code = 0;
    (void)state;
    start_on(&c, &board);
    for (unsigned i = 0; i < 20000; i++) {
        random_instruction(&c, &seed, &code);
        assert_true(c.bus.logged - seen <= BUS_LOG);
        for (; seen < c.bus.logged; seen++) {
            const struct bus_cycle *b = &c.bus.log[seen % BUS_LOG];
            assert_true(b->start >= end && b->start % 2 == 0 && b->end >= b->start);
            end = b->end;
        }
    }
    cycle_destroy(&c);
}

/* --- Hostile states --- */

static void assert_refused(struct cycle *c)
{
    struct state saved, s;
    struct cycle fresh;
    state_begin_save(&saved);
    cycle_visit(c, &saved);
    assert_true(cycle_init(&fresh, &ideal_board, &usual_map));
    state_begin_load(&s, saved.data, saved.size);
    cycle_visit(&fresh, &s);
    assert_true(state_failed(&s));
    cycle_destroy(&fresh);
    free(saved.data);
}

static void impossible_states_are_refused(void **state)
{
    struct cycle c;
    (void)state;
    start_ideal(&c);
    cycle_jump(&c, 0x1000);
    for (unsigned i = 0; i < 12; i++) {
        struct cycle bad = c;
        switch (i) {
        case 0: bad.bus.count = WRITE_BUFFERS + 1; break;
        case 1: bad.bus.first = WRITE_BUFFERS; break;
        case 2: bad.bus.posted[2].size = 5; break;
        case 3: bad.l1.set[3].last = L1_WAYS; break;
        case 4: bad.l1.set[3].line[1] = 0x1001; break;
        case 5: bad.queue.end += 1; break;
        case 6: bad.queue.fetch += 0x40; break;
        case 7: bad.queue.since = CYCLE_NEVER; break;
        case 8: bad.bus.free = UINT64_MAX - 5; break;
        case 9: bad.now = 1ull << 60; break;
        case 10: bad.bus.log[3].kind = BUS_KINDS; break;
        case 11: bad.l1.set[3].lru = 8; break;
        }
        assert_refused(&bad);
    }
    cycle_destroy(&c);
}

/* Whatever of a saved state is damaged, it is refused, or the model goes on and time with it. */
static void a_damaged_state_is_refused_or_goes_on(void **state)
{
    enum { DAMAGES = 2000, INSTRUCTIONS = 40 };
    struct profile board = busy_board(2);
    struct cycle c;
    struct state saved;
    uint64_t seed = 5;
    uint32_t code = 0, refused = 0;
    (void)state;
    board.l2_size = 0;
    start_on(&c, &board);
    for (unsigned i = 0; i < 200; i++)
        random_instruction(&c, &seed, &code);
    save(&c, &saved);
    for (unsigned i = 0; i < DAMAGES; i++) {
        struct state s;
        uint32_t at = next_random(&seed) % saved.size;
        uint8_t whole = saved.data[at];
        saved.data[at] ^= (uint8_t)(1 + next_random(&seed) % 255);
        state_begin_load(&s, saved.data, saved.size);
        cycle_visit(&c, &s);
        refused += state_failed(&s);
        uint64_t before = c.now;
        for (unsigned n = 0; !state_failed(&s) && n < INSTRUCTIONS; n++)
            random_instruction(&c, &seed, &code);
        assert_true(state_failed(&s) || c.now >= before);
        saved.data[at] = whole;
    }
    assert_in_range(refused, DAMAGES / 4, DAMAGES - 1);
    free(saved.data);
    cycle_destroy(&c);
}

/* --- Another board --- */

static void another_board_keeps_the_time(void **state)
{
    struct profile faster = ideal_board;
    struct cycle c;
    (void)state;
    start_ideal(&c);
    cycle_write(&c, 0x1000, 4);
    cycle_write(&c, 0x1000, 4);
    cycle_pass(&c, 1001);
    faster.ticks_per_clock = 42;
    faster.multiplier = 3;
    faster.l2_size = 65536;
    assert_true(cycle_set_board(&c, &faster));
    assert_int_equal(c.now, 3003);
    assert_int_equal(read_takes(&c, 0x3000, 4), 2 * 3);
    cycle_destroy(&c);
}

static void lines_stay_if_the_cache_keeps_its_size(void **state)
{
    struct profile board = ideal_board;
    struct cycle c;
    (void)state;
    start_ideal(&c);
    warm(&c, 0x1000);
    board.dram_hit_first = 3;
    assert_true(cycle_set_board(&c, &board));
    assert_true(cached(&c, 0x1000));
    board.cache_size = 16384;
    assert_true(cycle_set_board(&c, &board));
    assert_false(cached(&c, 0x1000));
    cycle_destroy(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saving_and_loading_amid_everything_changes_nothing),
        cmocka_unit_test(bus_cycles_never_overlap),
        cmocka_unit_test(impossible_states_are_refused),
        cmocka_unit_test(a_damaged_state_is_refused_or_goes_on),
        cmocka_unit_test(another_board_keeps_the_time),
        cmocka_unit_test(lines_stay_if_the_cache_keeps_its_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
