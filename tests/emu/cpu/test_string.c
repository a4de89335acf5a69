/* Repeated string instructions: blocks and single elements give the same, faults and slices leave the counters where
 * the chip does, and work tells the iterations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/emu/cpu/flat_cpu.h"

static struct flat *flat;
static struct cpu *cpu;

static int set_up(void **state)
{
    (void)state;
    flat_reset(flat);
    for (uint32_t i = 0; i < 0x8000; i++)
        flat->memory[i] = (uint8_t)(i * 7 + i / 256);
    return 0;
}

static void set_indices(uint32_t source, uint32_t destination, uint32_t count)
{
    cpu->r[ESI] = FLAT_BASE + source;
    cpu->r[EDI] = FLAT_BASE + destination;
    cpu->r[ECX] = count;
}

static void assert_indices(uint32_t source, uint32_t destination, uint32_t count)
{
    assert_int_equal(cpu->r[ESI], FLAT_BASE + source);
    assert_int_equal(cpu->r[EDI], FLAT_BASE + destination);
    assert_int_equal(cpu->r[ECX], count);
}

static void movs_copies_across_pages(void **state)
{
    (void)state;
    uint8_t expected[0x2005];
    memcpy(expected, flat->memory + 0xFFB, sizeof expected);
    set_indices(0xFFB, 0x4003, sizeof expected);
    assert_int_equal(FLAT_EXECUTE(flat, "\xF3\xA4"), NO_FAULT);
    assert_memory_equal(flat->memory + 0x4003, expected, sizeof expected);
    assert_indices(0xFFB + sizeof expected, 0x4003 + sizeof expected, 0);
}

static void movs_backwards_copies_the_same(void **state)
{
    (void)state;
    uint8_t expected[0x1004];
    memcpy(expected, flat->memory + 0x0FF0, sizeof expected);
    set_indices(0x0FF0 + 0x1000, 0x3001 + 0x1000, 0x401);
    cpu->eflags |= FLAG_DF;
    assert_int_equal(FLAT_EXECUTE(flat, "\xF3\xA5"), NO_FAULT);
    assert_memory_equal(flat->memory + 0x3001, expected, sizeof expected);
    assert_indices(0x0FF0 - 4, 0x3001 - 4, 0);
}

/* Filling memory by a copy onto itself, with an element's width of distance and with less. */
static void overlapping_movs_propagates_element_by_element(void **state)
{
    (void)state;
    static const unsigned distances[] = { 1, 2, 3, 4, 5, 7 };
    for (size_t i = 0; i < sizeof distances / sizeof *distances; i++) {
        uint8_t expected[0x200];
        memcpy(expected, flat->memory + 0x100, sizeof expected);
        for (unsigned at = 0; at < 0x60 * 4; at += 4)
            memmove(expected + distances[i] + at, expected + at, 4);
        set_indices(0x100, 0x100 + distances[i], 0x60);
        assert_int_equal(FLAT_EXECUTE(flat, "\xF3\xA5"), NO_FAULT);
        assert_memory_equal(flat->memory + 0x100, expected, sizeof expected);
    }
}

static void movs_onto_lower_addresses_moves(void **state)
{
    (void)state;
    uint8_t expected[0x100];
    memcpy(expected, flat->memory + 0x203, sizeof expected);
    set_indices(0x203, 0x200, 0x40);
    assert_int_equal(FLAT_EXECUTE(flat, "\xF3\xA5"), NO_FAULT);
    assert_memory_equal(flat->memory + 0x200, expected, sizeof expected);
}

static void count_of_zero_does_nothing(void **state)
{
    (void)state;
    cpu->work = 77;
    set_indices(0x100, 0x200, 0);
    cpu->flags = flags_unpack(FLAG_CF | FLAG_ZF);
    assert_int_equal(FLAT_EXECUTE(flat, "\xF3\xA6"), NO_FAULT);
    assert_indices(0x100, 0x200, 0);
    assert_int_equal(flags_pack(cpu->flags), FLAG_CF | FLAG_ZF);
    assert_int_equal(cpu->work, 0);
}

static void fault_leaves_the_counters_at_the_failing_iteration(void **state)
{
    (void)state;
    flat_segment(flat, ES, FLAT_BASE, 0x1009);
    cpu->r[ESI] = FLAT_BASE + 0x100;
    cpu->r[EDI] = 0xFFC;
    cpu->r[ECX] = 10;
    assert_int_equal(FLAT_EXECUTE(flat, "\xF3\xA5"), EXC_GP);
    assert_int_equal(cpu->eip, FLAT_CODE);
    assert_int_equal(cpu->r[ESI], FLAT_BASE + 0x10C);
    assert_int_equal(cpu->r[EDI], 0x1008);
    assert_int_equal(cpu->r[ECX], 7);
    assert_memory_equal(flat->memory + 0xFFC, flat->memory + 0x100, 12);
}

static void word_indices_wrap_and_keep_their_upper_halves(void **state)
{
    (void)state;
    flat_real(flat);
    cpu->r[ESI] = 0xABCDFFFE;
    cpu->r[EDI] = 0x12340100;
    cpu->r[ECX] = 0x55550003;
    store16(flat->memory + 0xFFFE, 0x1111);
    store32(flat->memory, 0x33332222);
    assert_int_equal(FLAT_EXECUTE(flat, "\xF3\xA5"), NO_FAULT);
    assert_int_equal(load32(flat->memory + 0x100), 0x22221111);
    assert_int_equal(load16(flat->memory + 0x104), 0x3333);
    assert_int_equal(cpu->r[ESI], 0xABCD0004);
    assert_int_equal(cpu->r[EDI], 0x12340106);
    assert_int_equal(cpu->r[ECX], 0x55550000);
}

/* With a limit above 64 KB and the wrap in the middle of a page: the element behind it comes from offset 0. */
static void word_indices_wrap_below_a_larger_limit_too(void **state)
{
    (void)state;
    flat_real(flat);
    flat_segment(flat, DS, FLAT_BASE - 0xF800, 0xFFFFFFFF);
    cpu->r[ESI] = 0xFFFE;
    cpu->r[EDI] = 0x4000;
    cpu->r[ECX] = 2;
    store32(flat->memory + 0x7FE, 0x33332222);
    assert_int_equal(FLAT_EXECUTE(flat, "\xF3\xA5"), NO_FAULT);
    assert_int_equal(load32(flat->memory + 0x4000), 0xFFFF2222);      /* nothing lies at DS:0 */
    assert_int_equal(cpu->r[ESI], 2);
}

static void element_across_the_segment_end_faults(void **state)
{
    (void)state;
    flat_real(flat);
    cpu->r[EDI] = 0xFFFD;
    cpu->r[ECX] = 4;
    cpu->r[EAX] = 0xAAAA;
    assert_int_equal(FLAT_EXECUTE(flat, "\xF3\xAB"), EXC_GP);
    assert_int_equal(cpu->r[EDI], 0xFFFF);
    assert_int_equal(cpu->r[ECX], 3);
    assert_int_equal(flat->memory[0xFFFF], 0);
}

static void source_segment_can_be_overridden(void **state)
{
    (void)state;
    flat_segment(flat, FS, FLAT_BASE + 0x1000, 0xFFF);
    cpu->r[ESI] = 0x10;
    cpu->r[EDI] = FLAT_BASE + 0x5000;
    assert_int_equal(FLAT_EXECUTE(flat, "\x64\xA5"), NO_FAULT);
    assert_memory_equal(flat->memory + 0x5000, flat->memory + 0x1010, 4);
}

static void stos_fills_every_width(void **state)
{
    (void)state;
    cpu->r[EAX] = 0x44332211;
    set_indices(0, 0x0FFD, 5);
    assert_int_equal(FLAT_EXECUTE(flat, "\xF3\xAB"), NO_FAULT);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(load32(flat->memory + 0x0FFD + 4 * i), 0x44332211);
    set_indices(0, 0x2001, 3);
    assert_int_equal(FLAT_EXECUTE(flat, "\xF3\x66\xAB"), NO_FAULT);
    assert_memory_equal(flat->memory + 0x2001, "\x11\x22\x11\x22\x11\x22", 6);
    set_indices(0, 0x3001, 4);
    assert_int_equal(FLAT_EXECUTE(flat, "\xF2\xAA"), NO_FAULT);
    assert_memory_equal(flat->memory + 0x3001, "\x11\x11\x11\x11", 4);
}

static void lods_keeps_the_last_element(void **state)
{
    (void)state;
    store32(flat->memory + 0x10FC, 0xCAFEBABE);
    set_indices(0xFF8, 0, 0x42);
    assert_int_equal(FLAT_EXECUTE(flat, "\xF3\xAD"), NO_FAULT);
    assert_int_equal(cpu->r[EAX], 0xCAFEBABE);
    assert_indices(0x1100, 0, 0);
}

static void repne_scas_stops_behind_the_match(void **state)
{
    (void)state;
    memset(flat->memory + 0x0F00, 'x', 0x300);
    flat->memory[0x1005] = 0;
    set_indices(0, 0x0F80, 0xFFFF);
    assert_int_equal(FLAT_STEP(flat, "\xF2\xAE"), NO_FAULT);
    assert_indices(0, 0x1006, 0xFFFF - 0x86);
    assert_true(flag_zf(cpu->flags));
    assert_int_equal(cpu->work, 0x86);
}

static void repe_scas_that_runs_out_has_the_flags_of_the_last(void **state)
{
    (void)state;
    memset(flat->memory + 0x200, 5, 0x20);
    cpu->r[EAX] = 5;
    set_indices(0, 0x200, 0x20);
    assert_int_equal(FLAT_EXECUTE(flat, "\xF3\xAE"), NO_FAULT);
    assert_indices(0, 0x220, 0);
    assert_true(flag_zf(cpu->flags));
}

static void repe_cmps_stops_behind_the_difference(void **state)
{
    (void)state;
    memcpy(flat->memory + 0x5000, flat->memory + 0x0F00, 0x400);
    store16(flat->memory + 0x5204, 0);
    store16(flat->memory + 0x1104, 1);
    set_indices(0x0F00, 0x5000, 0x200);
    assert_int_equal(FLAT_EXECUTE(flat, "\xF3\x66\xA7"), NO_FAULT);
    assert_indices(0x1106, 0x5206, 0x200 - 0x103);
    assert_false(flag_zf(cpu->flags));
    assert_false(flag_cf(cpu->flags));      /* source - destination: 1 - 0 */
}

/* A slice ends with EIP back at the instruction and all that was done committed. */
static void slices_add_up(void **state)
{
    (void)state;
    set_indices(0x1000, 0x5000, 0x2000);
    uint32_t iterations = 0;
    cpu->eflags |= FLAG_TF;
    cpu->attention = ATTEND_SINGLE;
    while (cpu->eip == FLAT_CODE && iterations < 0x40) {
        assert_int_equal(FLAT_STEP(flat, "\xF3\xA4"), NO_FAULT);
        assert_int_equal(cpu->work, 1);
        iterations += cpu->work;
        assert_indices(0x1000 + iterations, 0x5000 + iterations, 0x2000 - iterations);
    }
    cpu->eflags &= ~(uint32_t)FLAG_TF;
    cpu->attention = 0;
    while (cpu->eip == FLAT_CODE) {
        assert_int_equal(FLAT_STEP(flat, "\xF3\xA4"), NO_FAULT);
        iterations += cpu->work;
    }
    assert_int_equal(iterations, 0x2000);
    assert_memory_equal(flat->memory + 0x5000, flat->memory + 0x1000, 0x2000);
}

static int create(void **state)
{
    (void)state;
    flat = flat_create();
    cpu = &flat->cpu;
    return 0;
}

static int destroy(void **state)
{
    (void)state;
    flat_destroy(flat);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(movs_copies_across_pages, set_up),
        cmocka_unit_test_setup(movs_backwards_copies_the_same, set_up),
        cmocka_unit_test_setup(overlapping_movs_propagates_element_by_element, set_up),
        cmocka_unit_test_setup(movs_onto_lower_addresses_moves, set_up),
        cmocka_unit_test_setup(count_of_zero_does_nothing, set_up),
        cmocka_unit_test_setup(fault_leaves_the_counters_at_the_failing_iteration, set_up),
        cmocka_unit_test_setup(word_indices_wrap_and_keep_their_upper_halves, set_up),
        cmocka_unit_test_setup(word_indices_wrap_below_a_larger_limit_too, set_up),
        cmocka_unit_test_setup(element_across_the_segment_end_faults, set_up),
        cmocka_unit_test_setup(source_segment_can_be_overridden, set_up),
        cmocka_unit_test_setup(stos_fills_every_width, set_up),
        cmocka_unit_test_setup(lods_keeps_the_last_element, set_up),
        cmocka_unit_test_setup(repne_scas_stops_behind_the_match, set_up),
        cmocka_unit_test_setup(repe_scas_that_runs_out_has_the_flags_of_the_last, set_up),
        cmocka_unit_test_setup(repe_cmps_stops_behind_the_difference, set_up),
        cmocka_unit_test_setup(slices_add_up, set_up)
    };
    return cmocka_run_group_tests(tests, create, destroy);
}
