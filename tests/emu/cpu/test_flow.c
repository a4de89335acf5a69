/* Near transfers where sizes and limits matter, instructions that fault, and what handlers leave in cpu->work for the
 * clocks. */
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

static void jump_with_word_operand_cuts_eip(void **state)
{
    (void)state;
    cpu->eip = 0x2000FFFE;
    assert_int_equal(FLAT_STEP(flat, "\x66\xEB\x10"), NO_FAULT);
    assert_int_equal(cpu->eip, 0x0011);
    cpu->r[EAX] = 0x12345678;
    assert_int_equal(FLAT_STEP(flat, "\x66\xFF\xE0"), NO_FAULT);
    assert_int_equal(cpu->eip, 0x5678);
}

static void jump_backwards_wraps_at_64k_in_word_code(void **state)
{
    (void)state;
    flat_real(flat);
    cpu->eip = 0x0002;
    assert_int_equal(FLAT_STEP(flat, "\xEB\xF0"), NO_FAULT);
    assert_int_equal(cpu->eip, 0xFFF4);
}

static void jump_beyond_the_limit_faults_first(void **state)
{
    (void)state;
    flat_segment(flat, CS, 0, FLAT_CODE + 0x20);
    assert_int_equal(FLAT_STEP(flat, "\xEB\x7F"), EXC_GP);
    assert_int_equal(cpu->eip, FLAT_CODE);
    assert_int_equal(cpu->fault_code, 0);
    assert_int_equal(FLAT_STEP(flat, "\xE8\x7F\x00\x00\x00"), EXC_GP);
    assert_int_equal(cpu->r[ESP], TOP);
    store32(flat_at(flat, TOP), FLAT_CODE + 0x100);
    assert_int_equal(FLAT_STEP(flat, "\xC2\x08\x00"), EXC_GP);
    assert_int_equal(cpu->r[ESP], TOP);
    cpu->r[ECX] = 5;
    assert_int_equal(FLAT_STEP(flat, "\xE2\x7F"), EXC_GP);
    assert_int_equal(cpu->r[ECX], 5);
    assert_int_equal(FLAT_STEP(flat, "\x75\x7F"), EXC_GP);
    cpu->flags = flags_unpack(FLAG_ZF);
    assert_int_equal(FLAT_STEP(flat, "\x75\x7F"), NO_FAULT);     /* not taken */
}

static void call_through_memory_by_esp_reads_before_it_pushes(void **state)
{
    (void)state;
    store32(flat_at(flat, TOP), 0x20001000);
    assert_int_equal(FLAT_STEP(flat, "\xFF\x14\x24"), NO_FAULT);         /* call [esp] */
    assert_int_equal(cpu->eip, 0x20001000);
    assert_int_equal(load32(flat_at(flat, TOP - 4)), FLAT_CODE + 3);
}

static void call_and_ret_of_words_keep_the_stack_even(void **state)
{
    (void)state;
    flat_real(flat);
    cpu->eip = 0x100;
    assert_int_equal(FLAT_STEP(flat, "\xE8\x00\x20"), NO_FAULT);
    assert_int_equal(cpu->eip, 0x2103);
    assert_int_equal(cpu->r[ESP], 0x7FFE);
    assert_int_equal(FLAT_STEP(flat, "\xC2\x04\x00"), NO_FAULT);
    assert_int_equal(cpu->eip, 0x103);
    assert_int_equal(cpu->r[ESP], 0x8004);
}

static void loop_counts_cx_or_ecx_by_the_address_size(void **state)
{
    (void)state;
    cpu->r[ECX] = 0x10001;
    assert_int_equal(FLAT_STEP(flat, "\xE2\x10"), NO_FAULT);
    assert_int_equal(cpu->r[ECX], 0x10000);
    assert_int_equal(cpu->eip, FLAT_CODE + 0x12);
    cpu->eip = FLAT_CODE;
    cpu->r[ECX] = 0x10001;
    assert_int_equal(FLAT_STEP(flat, "\x67\xE2\x10"), NO_FAULT);
    assert_int_equal(cpu->r[ECX], 0x10000);
    assert_int_equal(cpu->eip, FLAT_CODE + 3);
    cpu->eip = FLAT_CODE;
    assert_int_equal(FLAT_STEP(flat, "\x67\xE3\x10"), NO_FAULT);         /* jcxz */
    assert_int_equal(cpu->eip, FLAT_CODE + 0x13);
}

static void division_faults_leave_the_registers(void **state)
{
    (void)state;
    cpu->r[EAX] = 0x1234;
    assert_int_equal(FLAT_STEP(flat, "\xF6\xF1"), EXC_DE);               /* div cl, 0 */
    assert_int_equal(FLAT_STEP(flat, "\xD4\x00"), EXC_DE);               /* aam 0 */
    assert_int_equal(cpu->r[EAX], 0x1234);
}

static void read_modify_write_that_faults_leaves_flags_and_registers(void **state)
{
    (void)state;
    flat_segment(flat, DS, FLAT_BASE, 0xFFF);
    cpu->r[EBX] = 0xFFE;
    cpu->r[EAX] = 0xFFFFFFFF;
    cpu->flags = flags_unpack(FLAG_PF);
    assert_int_equal(FLAT_STEP(flat, "\x01\x03"), EXC_GP);               /* add [ebx], eax */
    assert_int_equal(FLAT_STEP(flat, "\x87\x03"), EXC_GP);               /* xchg */
    assert_int_equal(FLAT_STEP(flat, "\x0F\xC1\x03"), EXC_GP);           /* xadd */
    assert_int_equal(FLAT_STEP(flat, "\xC1\x23\x00"), EXC_GP);           /* shl by 0 */
    assert_int_equal(FLAT_STEP(flat, "\x0F\xB1\x03"), EXC_GP);           /* cmpxchg */
    assert_int_equal(flags_pack(cpu->flags), FLAG_PF);
    assert_int_equal(cpu->r[EAX], 0xFFFFFFFF);
    assert_int_equal(load16(flat->memory + 0xFFE), 0);
}

static void addresses_of_16_bits_wrap(void **state)
{
    (void)state;
    flat_real(flat);
    cpu->r[EBX] = 0xFFFF;
    cpu->r[ESI] = 0x0011;
    flat->memory[0x10] = 0x99;
    assert_int_equal(FLAT_STEP(flat, "\x8A\x00"), NO_FAULT);             /* mov al, [bx + si] */
    assert_int_equal(cpu->r[EAX], 0x99);
    assert_int_equal(FLAT_STEP(flat, "\x8B\x07"), EXC_GP);               /* mov ax, [bx]: beyond the limit */
}

static void bit_offsets_reach_beyond_the_operand(void **state)
{
    (void)state;
    cpu->r[EBX] = FLAT_BASE + 0x100;
    cpu->r[EAX] = (uint32_t)-33;
    assert_int_equal(FLAT_STEP(flat, "\x0F\xAB\x03"), NO_FAULT);         /* bts [ebx], eax */
    assert_int_equal(load32(flat->memory + 0xF8), 0x80000000);
    cpu->r[EAX] = 0xFFFF0011;                                               /* as a word 17: the next word */
    assert_int_equal(FLAT_STEP(flat, "\x66\x0F\xAB\x03"), NO_FAULT);
    assert_int_equal(load16(flat->memory + 0x102), 2);
}

static void work_tells_what_the_clocks_depend_on(void **state)
{
    (void)state;
    cpu->r[ECX] = 0x100;
    assert_int_equal(FLAT_STEP(flat, "\xF7\xE1"), NO_FAULT);             /* mul ecx */
    assert_int_equal(cpu->work, 9);
    cpu->r[ECX] = (uint32_t)-5;
    assert_int_equal(FLAT_STEP(flat, "\x0F\xAF\xC1"), NO_FAULT);         /* imul eax, ecx */
    assert_int_equal(cpu->work, 3 | TIMING_NEGATIVE);
    assert_int_equal(FLAT_STEP(flat, "\x6B\xC1\x40"), NO_FAULT);         /* imul eax, ecx, 64 */
    assert_int_equal(cpu->work, 7);
    cpu->r[ECX] = 0x21 + 4;
    assert_int_equal(FLAT_STEP(flat, "\xD3\xD0"), NO_FAULT);             /* rcl eax, cl */
    assert_int_equal(cpu->work, 5);
    cpu->r[EAX] = 0x1000;
    assert_int_equal(FLAT_STEP(flat, "\x0F\xBC\xD8"), NO_FAULT);         /* bsf ebx, eax */
    assert_int_equal(cpu->work, 12);
    cpu->r[EAX] = 0;
    assert_int_equal(FLAT_STEP(flat, "\x0F\xBD\xD8"), NO_FAULT);         /* bsr ebx, eax: nothing */
    assert_int_equal(cpu->work, 32);
    assert_int_equal(cpu->r[EBX], 12);
    assert_int_equal(FLAT_STEP(flat, "\x74\x00"), NO_FAULT);             /* jz, taken */
    assert_int_equal(cpu->work, 1);
    assert_int_equal(FLAT_STEP(flat, "\x75\x00"), NO_FAULT);
    assert_int_equal(cpu->work, 0);
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
        cmocka_unit_test_setup(jump_with_word_operand_cuts_eip, set_up),
        cmocka_unit_test_setup(jump_backwards_wraps_at_64k_in_word_code, set_up),
        cmocka_unit_test_setup(jump_beyond_the_limit_faults_first, set_up),
        cmocka_unit_test_setup(call_through_memory_by_esp_reads_before_it_pushes, set_up),
        cmocka_unit_test_setup(call_and_ret_of_words_keep_the_stack_even, set_up),
        cmocka_unit_test_setup(loop_counts_cx_or_ecx_by_the_address_size, set_up),
        cmocka_unit_test_setup(division_faults_leave_the_registers, set_up),
        cmocka_unit_test_setup(read_modify_write_that_faults_leaves_flags_and_registers, set_up),
        cmocka_unit_test_setup(addresses_of_16_bits_wrap, set_up),
        cmocka_unit_test_setup(bit_offsets_reach_beyond_the_operand, set_up),
        cmocka_unit_test_setup(work_tells_what_the_clocks_depend_on, set_up)
    };
    return cmocka_run_group_tests(tests, create, destroy);
}
