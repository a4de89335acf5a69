/* Stack instructions where they differ from plain moves: ESP as an operand, stacks of 16 bits, wrap-around, and faults
 * that must leave everything as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/emu/cpu/flat_cpu.h"

static struct flat *flat;
static struct cpu *cpu;

enum { TOP = FLAT_BASE + 0x8000 };

static int set_up(void **state)
{
    (void)state;
    flat_reset(flat);
    return 0;
}

static uint32_t at(uint32_t address)
{
    return load32(flat_at(flat, address));
}

static void push_esp_stores_the_old_value(void **state)
{
    (void)state;
    assert_int_equal(FLAT_STEP(flat, "\x54"), NO_FAULT);
    assert_int_equal(at(TOP - 4), TOP);
    assert_int_equal(cpu->r[ESP], TOP - 4);
}

static void pop_esp_keeps_what_was_read(void **state)
{
    (void)state;
    store32(flat_at(flat, TOP), 0x12345678);
    assert_int_equal(FLAT_STEP(flat, "\x5C"), NO_FAULT);
    assert_int_equal(cpu->r[ESP], 0x12345678);
}

static void pop_to_memory_by_esp_uses_the_new_esp(void **state)
{
    (void)state;
    store32(flat_at(flat, TOP), 0xCAFE);
    assert_int_equal(FLAT_STEP(flat, "\x8F\x44\x24\x10"), NO_FAULT);     /* pop [esp + 16] */
    assert_int_equal(at(TOP + 4 + 16), 0xCAFE);
    assert_int_equal(cpu->r[ESP], TOP + 4);
}

static void pop_to_memory_that_faults_leaves_esp(void **state)
{
    (void)state;
    flat_segment(flat, DS, FLAT_BASE, 0xFFF);
    cpu->r[EBX] = 0x1000;
    assert_int_equal(FLAT_STEP(flat, "\x8F\x03"), EXC_GP);
    assert_int_equal(cpu->r[ESP], TOP);
}

static void push_word_moves_sp_by_two(void **state)
{
    (void)state;
    cpu->r[EAX] = 0xAAAABBBB;
    assert_int_equal(FLAT_STEP(flat, "\x66\x50"), NO_FAULT);
    assert_int_equal(cpu->r[ESP], TOP - 2);
    assert_int_equal(load16(flat_at(flat, TOP - 2)), 0xBBBB);
}

static void push_of_a_byte_is_sign_extended(void **state)
{
    (void)state;
    assert_int_equal(FLAT_STEP(flat, "\x6A\xFE"), NO_FAULT);
    assert_int_equal(at(TOP - 4), 0xFFFFFFFE);
}

static void small_stack_wraps_and_keeps_the_upper_half_of_esp(void **state)
{
    (void)state;
    flat_real(flat);
    cpu->r[ESP] = 0xABCD0000;
    cpu->r[ECX] = 0x1234;
    assert_int_equal(FLAT_STEP(flat, "\x51"), NO_FAULT);
    assert_int_equal(cpu->r[ESP], 0xABCDFFFE);
    assert_int_equal(load16(flat->memory + 0xFFFE), 0x1234);
    assert_int_equal(FLAT_STEP(flat, "\x5A"), NO_FAULT);
    assert_int_equal(cpu->r[ESP], 0xABCD0000);
    assert_int_equal(cpu->r[EDX], 0x1234);
}

static void push_across_the_small_stacks_end_faults(void **state)
{
    (void)state;
    flat_real(flat);
    cpu->r[ESP] = 1;
    assert_int_equal(FLAT_STEP(flat, "\x50"), EXC_SS);
    assert_int_equal(cpu->r[ESP], 1);
}

static void pusha_and_popa_are_inverse(void **state)
{
    (void)state;
    uint32_t before[8];
    for (unsigned i = 0; i < 8; i++)
        if (i != ESP)
            cpu->r[i] = 0x1010101 * (i + 1);
    memcpy(before, cpu->r, sizeof before);
    assert_int_equal(FLAT_STEP(flat, "\x60"), NO_FAULT);
    assert_int_equal(at(TOP - 20), TOP);                /* ESP's place holds its old value */
    assert_int_equal(cpu->r[ESP], TOP - 32);
    for (unsigned i = 0; i < 8; i++)
        if (i != ESP)
            cpu->r[i] = 0;
    assert_int_equal(FLAT_STEP(flat, "\x61"), NO_FAULT);
    assert_memory_equal(cpu->r, before, sizeof before);
}

static void pusha_wraps_within_a_small_stack(void **state)
{
    (void)state;
    flat_real(flat);
    cpu->r[ESP] = 8;
    cpu->r[EAX] = 0x1111;
    cpu->r[EDI] = 0x2222;
    assert_int_equal(FLAT_STEP(flat, "\x60"), NO_FAULT);
    assert_int_equal(cpu->r[ESP], 0xFFF8);
    assert_int_equal(load16(flat->memory + 6), 0x1111);
    assert_int_equal(load16(flat->memory + 0xFFF8), 0x2222);
}

static void pusha_that_faults_stores_nothing(void **state)
{
    (void)state;
    flat_segment(flat, SS, FLAT_BASE, 0xFFFF);
    cpu->r[ESP] = 0x10;
    memset(flat->memory, 0x5A, 0x20);
    assert_int_equal(FLAT_STEP(flat, "\x60"), EXC_SS);
    assert_int_equal(cpu->r[ESP], 0x10);
    for (unsigned i = 0; i < 0x20; i++)
        assert_int_equal(flat->memory[i], 0x5A);
}

static void enter_without_level_makes_a_frame(void **state)
{
    (void)state;
    cpu->r[EBP] = 0x1234;
    assert_int_equal(FLAT_STEP(flat, "\xC8\x10\x00\x00"), NO_FAULT);
    assert_int_equal(at(TOP - 4), 0x1234);
    assert_int_equal(cpu->r[EBP], TOP - 4);
    assert_int_equal(cpu->r[ESP], TOP - 4 - 16);
    assert_int_equal(cpu->work, 0);
}

static void enter_copies_the_display(void **state)
{
    (void)state;
    cpu->r[EBP] = TOP + 0x40;
    store32(flat_at(flat, TOP + 0x3C), 0xAAAA);
    store32(flat_at(flat, TOP + 0x38), 0xBBBB);
    assert_int_equal(FLAT_STEP(flat, "\xC8\x08\x00\x03"), NO_FAULT);
    assert_int_equal(at(TOP - 4), TOP + 0x40);
    assert_int_equal(at(TOP - 8), 0xAAAA);
    assert_int_equal(at(TOP - 12), 0xBBBB);
    assert_int_equal(at(TOP - 16), TOP - 4);
    assert_int_equal(cpu->r[ESP], TOP - 16 - 8);
    assert_int_equal(cpu->work, 3);
}

static void enter_in_a_small_stack_uses_bp(void **state)
{
    (void)state;
    flat_real(flat);
    cpu->r[EBP] = 0x77774000;
    cpu->r[ESP] = 0x00003000;
    store16(flat->memory + 0x3FFE, 0xD15);
    assert_int_equal(FLAT_STEP(flat, "\xC8\x02\x00\x02"), NO_FAULT);
    assert_int_equal(load16(flat->memory + 0x2FFE), 0x4000);
    assert_int_equal(load16(flat->memory + 0x2FFC), 0xD15);
    assert_int_equal(load16(flat->memory + 0x2FFA), 0x2FFE);
    assert_int_equal(cpu->r[EBP], 0x77772FFE);
    assert_int_equal(cpu->r[ESP], 0x2FF8);
}

static void enter_faults_where_its_locals_do_not_fit(void **state)
{
    (void)state;
    flat_segment(flat, SS, FLAT_BASE, 0xFFFF);
    cpu->r[ESP] = 0x20;
    cpu->r[EBP] = 0x1000;
    assert_int_equal(FLAT_STEP(flat, "\xC8\x40\x00\x00"), EXC_SS);
    assert_int_equal(cpu->r[ESP], 0x20);
    assert_int_equal(cpu->r[EBP], 0x1000);
    assert_int_equal(load32(flat->memory + 0x1C), 0);
}

static void leave_restores_the_callers_frame(void **state)
{
    (void)state;
    cpu->r[EBP] = TOP - 0x100;
    store32(flat_at(flat, TOP - 0x100), 0x4321);
    assert_int_equal(FLAT_STEP(flat, "\xC9"), NO_FAULT);
    assert_int_equal(cpu->r[EBP], 0x4321);
    assert_int_equal(cpu->r[ESP], TOP - 0x100 + 4);
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
        cmocka_unit_test_setup(push_esp_stores_the_old_value, set_up),
        cmocka_unit_test_setup(pop_esp_keeps_what_was_read, set_up),
        cmocka_unit_test_setup(pop_to_memory_by_esp_uses_the_new_esp, set_up),
        cmocka_unit_test_setup(pop_to_memory_that_faults_leaves_esp, set_up),
        cmocka_unit_test_setup(push_word_moves_sp_by_two, set_up),
        cmocka_unit_test_setup(push_of_a_byte_is_sign_extended, set_up),
        cmocka_unit_test_setup(small_stack_wraps_and_keeps_the_upper_half_of_esp, set_up),
        cmocka_unit_test_setup(push_across_the_small_stacks_end_faults, set_up),
        cmocka_unit_test_setup(pusha_and_popa_are_inverse, set_up),
        cmocka_unit_test_setup(pusha_wraps_within_a_small_stack, set_up),
        cmocka_unit_test_setup(pusha_that_faults_stores_nothing, set_up),
        cmocka_unit_test_setup(enter_without_level_makes_a_frame, set_up),
        cmocka_unit_test_setup(enter_copies_the_display, set_up),
        cmocka_unit_test_setup(enter_in_a_small_stack_uses_bp, set_up),
        cmocka_unit_test_setup(enter_faults_where_its_locals_do_not_fit, set_up),
        cmocka_unit_test_setup(leave_restores_the_callers_frame, set_up)
    };
    return cmocka_run_group_tests(tests, create, destroy);
}
