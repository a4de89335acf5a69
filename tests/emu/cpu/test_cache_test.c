/* The on-chip cache through TR3, TR4 and TR5. */
#include "guest_cpu.h"

#include "emu/cpu/cache_test.h"
#include "emu/timing/pseudo_lru.h"
#include "emu/state.h"

enum { BUFFER, WRITE, READ, FLUSH };                            /* TR5 */
enum { VALID = 1 << 10, LRU_SHIFT = 7, SET_VALID_SHIFT = 3 };   /* TR4 */

static void set_tr(struct guest *g, unsigned number, uint32_t value)
{
    g->cpu.eip = CODE_AT;
    g->cpu.r[EAX] = value;
    GUEST_STEP(g, 0x0F, 0x26, (uint8_t)(0xC0 | number << 3));
    assert_int_equal(g->cpu.eip, CODE_AT + 3);
}

static uint32_t get_tr(struct guest *g, unsigned number)
{
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x0F, 0x24, (uint8_t)(0xC0 | number << 3));
    return g->cpu.r[EAX];
}

static uint32_t tr5(unsigned set, unsigned entry, unsigned control)
{
    return set << 4 | entry << 2 | control;
}

static void write_line(struct guest *g, unsigned set, unsigned way, uint32_t tr4, uint32_t data)
{
    for (unsigned i = 0; i < 4; i++) {
        set_tr(g, 5, tr5(0, i, BUFFER));
        set_tr(g, 3, data + i);
    }
    set_tr(g, 4, tr4);
    set_tr(g, 5, tr5(set, way, WRITE));
}

static uint32_t read_line(struct guest *g, unsigned set, unsigned way, uint32_t data[4])
{
    set_tr(g, 5, tr5(set, way, READ));
    uint32_t tr4 = get_tr(g, 4);
    for (unsigned i = 0; i < 4; i++) {
        set_tr(g, 5, tr5(0, i, BUFFER));
        data[i] = get_tr(g, 3);
    }
    return tr4;
}

static void every_line_can_be_written_and_read(void **state)
{
    struct guest *g = *state;
    uint32_t data[4];
    guest_protected(g, 0);
    for (unsigned set = 0; set < 128; set++)
        for (unsigned way = 0; way < 4; way++)
            write_line(g, set, way, (set << 4 | way) << 11 | VALID, set << 16 | way << 8);
    for (unsigned set = 0; set < 128; set++)
        for (unsigned way = 0; way < 4; way++) {
            uint32_t tr4 = read_line(g, set, way, data);
            assert_int_equal(tr4 & ~(7u << LRU_SHIFT), (set << 4 | way) << 11 | VALID | 0xF << SET_VALID_SHIFT);
            for (unsigned i = 0; i < 4; i++)
                assert_int_equal(data[i], (set << 16 | way << 8) + i);
        }
}

/* 8 KB: set in TR5 10-4, tag from bit 11; 16 KB: one more. */
static void the_size_decides_set_and_tag(void **state)
{
    static const struct { uint32_t size, tag, sets; } rows[] = {
        { 8192, 0xFFFFF800, 128 }, { 16384, 0xFFFFF000, 256 }
    };
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        static struct cache_test cache;
        cache_test_reset(&cache, rows[i].size / 64);
        cache_test_write(&cache, 4, 0xFFFFFFFF);
        cache_test_write(&cache, 5, tr5(0xFF, 1, WRITE));
        cache_test_write(&cache, 5, tr5(rows[i].sets - 1, 1, READ));
        assert_int_equal(cache_test_read(&cache, 4) & ~(7u << LRU_SHIFT), rows[i].tag | VALID | 2 << SET_VALID_SHIFT);
        cache_test_write(&cache, 5, tr5(0x7F, 1, READ));
        assert_int_equal(!(cache_test_read(&cache, 4) & VALID), rows[i].sets == 256);
    }
}

static void buffers_for_filling_and_reading_are_two(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    set_tr(g, 5, tr5(0, 2, BUFFER));
    set_tr(g, 3, 0x12345678);
    assert_int_equal(get_tr(g, 3), 0);
    set_tr(g, 5, tr5(7, 1, WRITE));
    set_tr(g, 5, tr5(7, 1, READ));
    set_tr(g, 5, tr5(0, 2, BUFFER));
    assert_int_equal(get_tr(g, 3), 0x12345678);
}

static void status_bits_of_the_set_are_read_only(void **state)
{
    struct guest *g = *state;
    uint32_t data[4];
    guest_protected(g, 0);
    write_line(g, 9, 2, 0xABC00800 | VALID | 7 << LRU_SHIFT | 0xF << SET_VALID_SHIFT | 7, 0);
    assert_int_equal(read_line(g, 9, 2, data),
                     0xABC00800 | VALID | LRU_B2 << LRU_SHIFT | 4 << SET_VALID_SHIFT);
    assert_int_equal(read_line(g, 9, 0, data) & VALID, 0);
    write_line(g, 9, 2, 0xABC00800, 0);
    assert_int_equal(read_line(g, 9, 2, data) & (VALID | 0xF << SET_VALID_SHIFT), 0);
}

static void flush_invd_and_wbinvd_invalidate(void **state)
{
    struct guest *g = *state;
    uint32_t data[4];
    guest_protected(g, 0);
    for (unsigned how = 0; how < 3; how++) {
        write_line(g, 100, 3, 0x800 | VALID, 0x77);
        if (how == 0)
            set_tr(g, 5, FLUSH);
        g->cpu.eip = CODE_AT;
        if (how > 0)
            GUEST_STEP(g, 0x0F, how == 1 ? 0x08 : 0x09);
        uint32_t tr4 = read_line(g, 100, 3, data);
        assert_int_equal(tr4 & (VALID | 0xF << SET_VALID_SHIFT | 7 << LRU_SHIFT), 0);
        assert_int_equal(data[0], 0x77);
    }
}

static void invd_and_wbinvd_are_for_level_0(void **state)
{
    struct guest *g = *state;
    for (uint8_t opcode = 8; opcode <= 9; opcode++) {
        guest_protected(g, 3);
        GUEST_STEP(g, 0x0F, opcode);
        guest_expect_fault(g, EXC_GP, 0, CODE_AT);
    }
}

static void cpu_accesses_do_not_touch_the_array(void **state)
{
    struct guest *g = *state;
    uint32_t data[4];
    guest_protected(g, 0);
    g->cpu.cr0 &= ~(uint32_t)(CR0_CD | CR0_NW);
    write_line(g, 0, 0, DATA_AT | VALID, 0x1111);
    guest_put(g, DATA_AT, 0x2222, 4);
    assert_int_equal(rd32(&g->cpu, DS, DATA_AT), 0x2222);
    wr32(&g->cpu, DS, DATA_AT, 0x3333);
    read_line(g, 0, 0, data);
    assert_int_equal(data[0], 0x1111);
}

/* In timing mode `cycle` the test registers and ordinary accesses share one cache. */
static void in_cycle_mode_the_array_is_the_cache(void **state)
{
    struct guest *g = *state;
    uint32_t data[4];
    guest_protected(g, 0);
    g->cpu.timing_mode = CPU_TIMING_CYCLE;
    g->cpu.cr0 &= ~(uint32_t)(CR0_CD | CR0_NW);
    cpu_timing_changed(&g->cpu);
    guest_put(g, DATA_AT + 0x40, 0x2222, 4);
    const unsigned set = (DATA_AT + 0x40) >> 4 & 127;
    rd32(&g->cpu, DS, DATA_AT + 0x40);
    uint32_t tr4 = read_line(g, set, 0, data);
    assert_int_equal(tr4 & (0xFFFFF800 | VALID), ((DATA_AT + 0x40) & 0xFFFFF800) | VALID);
    assert_int_equal(data[0], 0x2222);
    wr32(&g->cpu, DS, DATA_AT + 0x40, 0x3333);                  /* a hit updates the line */
    read_line(g, set, 0, data);
    assert_int_equal(data[0], 0x3333);

    uint64_t misses = g->cycle.l1_misses;
    write_line(g, set, 2, ((DATA_AT + 0x1000) & 0xFFFFF800) | VALID, 0x4444);
    rd32(&g->cpu, DS, DATA_AT + 0x1000 + (set << 4));           /* hits what was written */
    assert_int_equal(g->cycle.l1_misses, misses);
    read_line(g, set, 2, data);
    assert_int_equal(data[0], 0x4444);

    set_tr(g, 5, FLUSH);
    rd32(&g->cpu, DS, DATA_AT + 0x40);
    assert_int_equal(g->cycle.l1_misses, misses + 1);
}

static void reset_and_saving(void **state)
{
    struct guest *g = *state, *other = guest_create();
    struct state saved, loaded;
    uint32_t data[4];
    guest_protected(g, 0);
    guest_protected(other, 0);
    write_line(g, 5, 1, 0x800 | VALID, 0x42);
    state_begin_save(&saved);
    cpu_visit(&g->cpu, &saved);
    state_begin_load(&loaded, saved.data, saved.size);
    cpu_visit(&other->cpu, &loaded);
    assert_false(state_failed(&loaded));
    assert_true(read_line(other, 5, 1, data) & VALID);
    assert_int_equal(data[3], 0x45);
    free(saved.data);
    cpu_reset(&other->cpu);
    guest_protected(other, 0);
    assert_int_equal(read_line(other, 5, 1, data), 0);
    assert_int_equal(data[3], 0);
    guest_destroy(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(every_line_can_be_written_and_read),
        cmocka_unit_test(the_size_decides_set_and_tag),
        GUEST_TEST(buffers_for_filling_and_reading_are_two),
        GUEST_TEST(status_bits_of_the_set_are_read_only),
        GUEST_TEST(flush_invd_and_wbinvd_invalidate),
        GUEST_TEST(invd_and_wbinvd_are_for_level_0),
        GUEST_TEST(cpu_accesses_do_not_touch_the_array),
        GUEST_TEST(in_cycle_mode_the_array_is_the_cache),
        GUEST_TEST(reset_and_saving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
