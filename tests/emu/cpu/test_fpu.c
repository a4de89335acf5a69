/* How x87 instructions meet memory and the processor's state: the pointers, the four layouts of the environment, faults
 * on operands, saving. What instructions compute is in test_fpu_silicon.c, how errors are reported in
 * test_fpu_errors.c. */
#include "tests/emu/cpu/guest_cpu.h"

#include "emu/cpu/fpu.h"
#include "emu/state.h"

enum { OPERAND = DATA_AT };

static uint16_t status(const struct guest *g)
{
    return fpu_status_word(g->cpu.fpu);
}

static void assert_registers(const struct fpu *a, const struct fpu *b)
{
    for (unsigned i = 0; i < 8; i++) {
        assert_true(a->reg[i].significand == b->reg[i].significand);
        assert_int_equal(a->reg[i].sign_exponent, b->reg[i].sign_exponent);
    }
}

/* --- Pointers --- */

static void pointers_tell_the_last_instruction_that_computes(void **state)
{
    const uint8_t code[] = { 0x26, 0xDC, 0x05, 0, 0, 6, 0, 0xD9, 0xE8, 0xDF, 0xE0, 0xD9, 0x3D, 8, 0, 6, 0 };
    struct guest *g = *state;
    const struct fpu *fpu = g->cpu.fpu;
    guest_protected(g, 0);
    guest_code(g, code, sizeof code);
    guest_run(g, 1);                                    /* fadd qword es:[OPERAND] */
    assert_int_equal(fpu->ip, CODE_AT);
    assert_int_equal(fpu->cs, CODE0);
    assert_int_equal(fpu->opcode, 0x405);
    assert_int_equal(fpu->dp, OPERAND);
    assert_int_equal(fpu->ds, DATA0);
    guest_run(g, 3);                                    /* fld1; fnstsw ax; fnstcw */
    assert_int_equal(fpu->ip, CODE_AT + 7);
    assert_int_equal(fpu->opcode, 0x1E8);
    assert_int_equal(fpu->dp, OPERAND);
}

/* --- Layouts --- */

/* A state that shows every field. */
static void set_pattern(struct guest *g)
{
    struct fpu *fpu = g->cpu.fpu;
    fpu_set_status_word(fpu, 3 << 11 | FPU_C3);
    fpu->control = 0x27F;
    for (unsigned i = 0; i < 8; i++)
        fpu->reg[i] = f80_from_int(100 + (int)i);
    fpu->reg[5] = f80_from_int(0);
    fpu->reg[6] = f80_indefinite();
    fpu->empty = 0x02;
    fpu->opcode = 0x5A1;
    fpu->cs = 0x1234;
    fpu->ip = 0x56789;
    fpu->ds = 0x4321;
    fpu->dp = 0x98765;
}

enum { STATUS_PATTERN = 0x5800, TAGS_PATTERN = 0x240C };

static void assert_words(const struct guest *g, unsigned size, const uint32_t *expected)
{
    for (unsigned i = 0; i < 7; i++)
        assert_int_equal(guest_get(g, OPERAND + i * size, size), expected[i]);
}

static void environment_in_protected_mode_has_selectors(void **state)
{
    static const uint32_t words[] = { 0x27F, STATUS_PATTERN, TAGS_PATTERN, 0x6789, 0x1234, 0x8765, 0x4321 };
    static const uint32_t dwords[] = { 0xFFFF027F, 0xFFFF0000 | STATUS_PATTERN, 0xFFFF0000 | TAGS_PATTERN, 0x56789,
                                       0x05A11234, 0x98765, 0xFFFF4321 };
    struct guest *g = *state;
    guest_protected(g, 0);
    set_pattern(g);
    GUEST_STEP(g, 0xD9, 0x35, 0, 0, 6, 0);
    assert_words(g, 4, dwords);
    assert_int_equal(g->cpu.fpu->control, 0x27F);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x66, 0xD9, 0x35, 0, 0, 6, 0);
    assert_words(g, 2, words);
}

static void environment_in_real_mode_has_linear_addresses(void **state)
{
    static const uint32_t words[] = { 0x27F, STATUS_PATTERN, TAGS_PATTERN, 0x8AC9, 0x65A1, 0xB975, 0xD000 };
    static const uint32_t dwords[] = { 0xFFFF027F, 0xFFFF0000 | STATUS_PATTERN, 0xFFFF0000 | TAGS_PATTERN, 0xFFFF8AC9,
                                       0x000065A1, 0xFFFFB975, 0x0000D000 };
    struct guest *g = *state;
    segment_load(&g->cpu, DS, OPERAND >> 4);
    set_pattern(g);
    GUEST_STEP(g, 0x66, 0xD9, 0x36, 0, 0);
    assert_words(g, 4, dwords);
    g->cpu.eip = 0;
    GUEST_STEP(g, 0xD9, 0x36, 0, 0);
    assert_words(g, 2, words);
}

static void state_saved_comes_back(void **state)
{
    static const uint8_t code[] = { 0xDD, 0x35, 0, 0, 6, 0, 0xDD, 0x25, 0, 0, 6, 0,
                                    0x66, 0xDD, 0x35, 0, 0, 6, 0, 0x66, 0xDD, 0x25, 0, 0, 6, 0 };
    struct guest *g = *state;
    struct fpu *fpu = g->cpu.fpu;
    guest_protected(g, 0);
    set_pattern(g);
    fpu->ip = 0x5678;                                   /* fits 16 bits */
    fpu->dp = 0x9876;
    guest_code(g, code, sizeof code);
    for (int i = 0; i < 2; i++) {
        const struct fpu before = *fpu;
        guest_run(g, 1);
        assert_int_equal(fpu->control, 0x37F);
        assert_int_equal(fpu_tag_word(fpu), 0xFFFF);
        assert_int_equal(guest_get(g, OPERAND + (i ? 14 : 28) + 7, 1), 0xCE);          /* ST(0) = 103 */
        guest_run(g, 1);
        fpu->opcode = before.opcode;                    /* not in the 16-bit layout */
        assert_registers(fpu, &before);
        assert_int_equal(status(g), STATUS_PATTERN);
        assert_int_equal(fpu_tag_word(fpu), TAGS_PATTERN);
        assert_int_equal(fpu->control, 0x27F);
        assert_int_equal(fpu->ip, before.ip);
        assert_int_equal(fpu->ds, before.ds);
    }
}

/* FNSAVE, FRSTOR and FNSAVE again give the same image: SIZE bytes, of which PREFIX decides. */
static void expect_same_image(struct guest *g, bool prefix, unsigned size)
{
    enum { AGAIN = 0x100 };
    static const uint8_t code[] = { 0x66, 0xDD, 0x36, 0, 0, 0x66, 0xDD, 0x26, 0, 0, 0x66, 0xDD, 0x36, 0, AGAIN >> 8 };
    uint8_t bytes[sizeof code];
    unsigned count = 0;
    for (unsigned i = 0; i < sizeof code; i++)
        if (prefix || code[i] != 0x66)
            bytes[count++] = code[i];
    set_pattern(g);
    memset(g->ram + OPERAND, 0, 2 * AGAIN);
    g->cpu.eip = 0;
    guest_code(g, bytes, count);
    guest_run(g, 3);
    assert_int_equal(g->cpu.eip, count);
    assert_memory_equal(g->ram + OPERAND, g->ram + OPERAND + AGAIN, size);
    assert_int_equal(guest_get(g, OPERAND + size, 4), 0);
    assert_int_equal(guest_get(g, OPERAND + (size == 94 ? 6 : 12), 2), 0x8AC9);          /* CS * 16 + IP */
}

static void state_saved_comes_back_in_real_and_v86_mode(void **state)
{
    struct guest *g = *state;
    segment_load(&g->cpu, DS, OPERAND >> 4);
    expect_same_image(g, false, 94);
    expect_same_image(g, true, 108);
    guest_v86(g, 3);
    segment_set_real(&g->cpu, DS, OPERAND >> 4);
    expect_same_image(g, false, 94);
    expect_same_image(g, true, 108);
}

/* --- Faults on operands --- */

static void expect_nothing_changed(struct guest *g, const uint8_t *code, size_t size, unsigned vector)
{
    struct fpu *fpu = g->cpu.fpu;
    set_pattern(g);
    const struct fpu before = *fpu;
    g->cpu.eip = CODE_AT;
    guest_code(g, code, size);
    guest_run(g, 1);
    guest_expect_fault(g, vector, 0, CODE_AT);
    assert_registers(fpu, &before);
    assert_int_equal(fpu->top, before.top);
    assert_int_equal(fpu->empty, before.empty);
    assert_int_equal(fpu->status, before.status);
    assert_int_equal(fpu->ip, before.ip);
    assert_int_equal(fpu->dp, before.dp);
}

/* DS ends after 16 bytes; the operand reaches beyond. */
static void fault_on_operand_changes_nothing(void **state)
{
    static const uint8_t codes[][6] = {
        { 0xD9, 0x1D, 13 }, { 0xDD, 0x1D, 9 }, { 0xDB, 0x3D, 7 }, { 0xDF, 0x3D, 9 }, { 0xDF, 0x35, 7 }, /* stores */
        { 0xD9, 0x05, 13 }, { 0xDD, 0x05, 9 }, { 0xDB, 0x2D, 7 }, { 0xDF, 0x2D, 9 }, { 0xDF, 0x25, 7 }, /* loads */
        { 0xD8, 0x05, 13 }, { 0xDC, 0x1D, 9 }, { 0xDA, 0x05, 13 }, { 0xDE, 0x05, 15 },
        { 0xD9, 0x35 }, { 0xDD, 0x35 }, { 0xD9, 0x25 }, { 0xDD, 0x25 }, { 0xD9, 0x2D, 15 },
    };
    struct guest *g = *state;
    guest_protected(g, 0);
    segment_load(&g->cpu, DS, SMALL);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        memset(g->ram + DATA_AT, 0xA5, 32);
        expect_nothing_changed(g, codes[i], sizeof codes[i], EXC_GP);
        for (unsigned at = 0; at < 32; at++)
            assert_int_equal(g->ram[DATA_AT + at], 0xA5);
    }
}

static void store_with_unmasked_overflow_writes_nothing(void **state)
{
    struct guest *g = *state;
    struct fpu *fpu = g->cpu.fpu;
    guest_protected(g, 0);
    fpu->control = 0x377;
    fpu->empty = 0;
    fpu->reg[0] = (struct f80){ 0x8000000000000000, 0x7000 };
    guest_put(g, OPERAND, 0x12345678, 4);
    GUEST_STEP(g, 0xD9, 0x1D, 0, 0, 6, 0);              /* fstp dword [OPERAND] */
    assert_int_equal(guest_get(g, OPERAND, 4), 0x12345678);
    assert_int_equal(status(g), FPU_B | FPU_ES | F80_OVERFLOW);
    assert_int_equal(fpu->empty, 0);
}

/* A store into decoded code has to be seen, whichever of its halves meets it: their last bytes lie in different lines
 * of the code map, and only one line of the page holds code. The page is in the TLB for writing before it holds any. */
static void store_of_eight_bytes_drops_code(void **state)
{
    static const uint8_t store[] = { 0xDD, 0x13 };      /* fst qword [ebx] */
    static const uint8_t loop[] = { 0x42, 0xEB, 0xFE }; /* inc edx; jmp $ */
    static const uint32_t offsets[] = { 0x3A, 0x40 };   /* of that code in its page; the store begins at 3A */
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.fpu->empty = 0;
    /* As a double, eight times 43: inc ebx. */
    g->cpu.fpu->reg[0] = (struct f80){ 0x9A1A1A1A1A1A1800, 0x4034 };
    guest_code(g, store, sizeof store);
    for (uint32_t i = 0; i < 2; i++) {
        const uint32_t page = DATA_AT + i * PAGE_SIZE, code = page + offsets[i];
        g->cpu.r[EBX] = page + 0x3A;
        g->cpu.r[EDX] = 0;
        g->cpu.eip = CODE_AT;
        guest_run(g, 1);
        memcpy(g->ram + code, loop, sizeof loop);
        cpu_memory_written(&g->cpu, code, sizeof loop);
        g->cpu.eip = code;
        guest_run(g, 2);
        assert_int_equal(g->cpu.r[EDX], 1);
        g->cpu.eip = CODE_AT;
        guest_run(g, 1);
        assert_int_equal(g->ram[code], 0x43);
        g->cpu.eip = code;
        guest_run(g, 1);
        assert_int_equal(g->cpu.r[EDX], 1);
        assert_int_equal(g->cpu.r[EBX], page + 0x3B);
    }
}

/* --- State --- */

static void state_is_saved_and_loaded(void **state)
{
    struct guest *g = *state;
    struct state saved, loaded;
    set_pattern(g);
    const struct fpu before = *g->cpu.fpu;
    state_begin_save(&saved);
    fpu_visit(g->cpu.fpu, &saved);
    fpu_reset(&g->cpu);
    state_begin_load(&loaded, saved.data, saved.size);
    fpu_visit(g->cpu.fpu, &loaded);
    assert_false(state_failed(&loaded));
    assert_registers(g->cpu.fpu, &before);
    assert_int_equal(status(g), STATUS_PATTERN);
    assert_int_equal(fpu_tag_word(g->cpu.fpu), TAGS_PATTERN);
    assert_int_equal(g->cpu.fpu->dp, before.dp);
    free(saved.data);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        GUEST_TEST(pointers_tell_the_last_instruction_that_computes),
        GUEST_TEST(environment_in_protected_mode_has_selectors),
        GUEST_TEST(environment_in_real_mode_has_linear_addresses), GUEST_TEST(state_saved_comes_back),
        GUEST_TEST(state_saved_comes_back_in_real_and_v86_mode),
        GUEST_TEST(fault_on_operand_changes_nothing), GUEST_TEST(store_with_unmasked_overflow_writes_nothing),
        GUEST_TEST(store_of_eight_bytes_drops_code), GUEST_TEST(state_is_saved_and_loaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
