/* Whether an x87 instruction may execute, and how errors are reported: presence of the unit, #NM, #MF, FERR#, IGNNE#,
 * waiting, what control instructions leave alone (i486 PRM part III; SDM volume 1, appendix D). */
#include "tests/emu/cpu/guest_cpu.h"

#include "emu/cpu/fpu.h"

enum { OPERAND = DATA_AT };

/* FERR# as the board sees it. */
struct board { bool ferr; unsigned rises, falls; };

static void set_ferr(void *ctx, unsigned number, bool level)
{
    struct board *board = ctx;
    (void)number;
    board->ferr = level;
    board->rises += level;
    board->falls += !level;
}

static void connect(struct guest *g, struct board *board)
{
    *board = (struct board){ .ferr = false };
    g->cpu.ferr = (struct line){ set_ferr, board, 0 };
}

/* 1 / 0 with the exception unmasked: FNINIT; FLDCW [OPERAND]; FLD1; FLDZ; FDIVP. 32-bit code. */
#define DIVIDE_BY_ZERO 0xDB, 0xE3, 0xD9, 0x2D, 0, 0, 6, 0, 0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9
enum { DIVIDE_COUNT = 5, DIVIDE_SIZE = 14, ZERO_DIVIDE_UNMASKED = 0x37B };

/* Runs that and COUNT instructions of MORE. */
#define RUN_AFTER_ERROR(g, count, ...)                                                                                 \
    do {                                                                                                               \
        const uint8_t code[] = { DIVIDE_BY_ZERO, __VA_ARGS__ };                                                        \
        guest_code(g, code, sizeof code);                                                                              \
        guest_put(g, OPERAND, ZERO_DIVIDE_UNMASKED, 2);                                                                \
        (g)->cpu.eip = CODE_AT;                                                                                        \
        guest_run(g, DIVIDE_COUNT + (count));                                                                          \
    } while (0)

static uint16_t status(const struct guest *g)
{
    return fpu_status_word(g->cpu.fpu);
}/* --- Presence and #NM --- */

static void without_unit_stored_words_are_all_ones(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.has_fpu = false;
    g->cpu.r[EAX] = 0x5A5A0000;
    guest_put(g, OPERAND, 0x12341234, 4);
    GUEST_STEP(g, 0xDB, 0xE3);                          /* fninit */
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xDF, 0xE0);                          /* fnstsw ax */
    assert_int_equal(g->cpu.r[EAX], 0x5A5AFFFF);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xD9, 0x3D, 0, 0, 6, 0);              /* fnstcw [OPERAND] */
    assert_int_equal(guest_get(g, OPERAND, 4), 0x1234FFFF);
    assert_int_equal(g->cpu.eip, CODE_AT + 6);
    guest_put(g, OPERAND, 0x12341234, 4);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xD9, 0x1D, 0, 0, 6, 0);              /* fstp dword [OPERAND] */
    assert_int_equal(guest_get(g, OPERAND, 4), 0x12341234);
}

static void with_unit_detection_finds_it(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.r[EAX] = 0x5A5A5A5A;
    GUEST_STEP(g, 0xDB, 0xE3);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xDF, 0xE0);
    assert_int_equal(g->cpu.r[EAX], 0x5A5A0000);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xD9, 0x3D, 0, 0, 6, 0);
    assert_int_equal(guest_get(g, OPERAND, 2), 0x37F);
}

static void expect_nm(struct guest *g, bool raised)
{
    if (raised)
        guest_expect_fault(g, EXC_NM, -1, CODE_AT);
    else
        assert_int_equal(g->cpu.seg[CS].selector, CODE0);
    assert_int_equal(g->cpu.eip, raised ? HANDLERS + EXC_NM * 16 : CODE_AT + (g->ram[CODE_AT] == 0x9B ? 1u : 2u));
}

/* PRM table 10-1: ESC by EM or TS, WAIT by MP and TS; with the unit or without it. */
static void monitor_emulation_and_task_switched_decide_what_raises_nm(void **state)
{
    const uint32_t bits = CR0_EM | CR0_MP | CR0_TS;
    struct guest *g = *state;
    guest_protected(g, 0);
    for (uint32_t i = 0; i < 16; i++) {
        const uint32_t set = (i & 1 ? CR0_EM : 0) | (i & 2 ? CR0_MP : 0) | (i & 4 ? CR0_TS : 0);
        g->cpu.has_fpu = i & 8;
        g->cpu.cr0 = (g->cpu.cr0 & ~bits) | set;
        g->cpu.eip = CODE_AT;
        GUEST_STEP(g, 0xD9, 0xD0);                      /* fnop */
        expect_nm(g, set & (CR0_EM | CR0_TS));
        g->cpu.eip = CODE_AT;
        GUEST_STEP(g, 0x9B);                            /* wait */
        expect_nm(g, (set & (CR0_MP | CR0_TS)) == (CR0_MP | CR0_TS));
    }
}

static void reserved_encodings_are_undefined_and_change_nothing(void **state)
{
    static const uint8_t codes[][6] = {
        { 0xD9, 0x0D, 0, 0, 6, 0 }, { 0xDB, 0x35, 0, 0, 6, 0 }, { 0xD9, 0xD1 }, { 0xDA, 0xC1 }, { 0xDB, 0xF0 },
        { 0xDF, 0xE8 }, { 0xD9, 0xEF }, { 0xDE, 0xD8 }
    };
    struct guest *g = *state;
    guest_protected(g, 0);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        g->cpu.eip = CODE_AT;
        guest_code(g, codes[i], sizeof codes[i]);
        guest_run(g, 1);
        guest_expect_fault(g, EXC_UD, -1, CODE_AT);
        assert_int_equal(g->cpu.fpu->ip, 0);
    }
}

/* --- Errors --- */

static void error_raises_mf_at_next_waiting_instruction(void **state)
{
    struct guest *g = *state;
    struct board board;
    connect(g, &board);
    guest_protected(g, 0);
    g->cpu.cr0 |= CR0_NE;
    RUN_AFTER_ERROR(g, 2, 0xDF, 0xE0, 0xD9, 0xE8);      /* fnstsw ax; fld1 */
    guest_expect_fault(g, EXC_MF, -1, CODE_AT + DIVIDE_SIZE + 2);
    assert_int_equal(status(g) & 0xFF, FPU_ES | F80_ZERO_DIVIDE);
    assert_int_equal(g->cpu.r[EAX] & 0xFF, FPU_ES | F80_ZERO_DIVIDE);
    assert_int_equal(board.rises, 1);                   /* FERR# does not ask for NE */
}

static void wait_raises_mf_too(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.cr0 |= CR0_NE;
    RUN_AFTER_ERROR(g, 1, 0x9B);
    guest_expect_fault(g, EXC_MF, -1, CODE_AT + DIVIDE_SIZE);
}

static void error_leaves_operands_and_stack(void **state)
{
    struct guest *g = *state;
    struct f80_env env = { .control = 0x37F };
    guest_protected(g, 0);
    RUN_AFTER_ERROR(g, 0, 0x90);
    assert_int_equal(g->cpu.fpu->top, 6);
    assert_int_equal(f80_classify(g->cpu.fpu->reg[6]), F80_CLASS_ZERO);
    assert_int_equal(f80_to_int(g->cpu.fpu->reg[7], 32, &env), 1);
}

static void without_ne_error_raises_ferr_and_next_instruction_freezes(void **state)
{
    struct guest *g = *state;
    struct board board;
    connect(g, &board);
    guest_protected(g, 0);
    RUN_AFTER_ERROR(g, 1, 0xD9, 0xE8);
    assert_true(board.ferr);
    assert_int_equal(board.rises, 1);
    assert_true(g->cpu.attention & ATTEND_HALTED);
    assert_int_equal(g->cpu.eip, CODE_AT + DIVIDE_SIZE);
    assert_int_equal(g->cpu.fpu->top, 6);
}

static void interrupt_wakes_frozen_processor_which_freezes_again(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    RUN_AFTER_ERROR(g, 1, 0xD9, 0xE8);
    g->vector = 0x75;
    cpu_set_eflags(&g->cpu, cpu_eflags(&g->cpu) | FLAG_IF);
    guest_put(g, HANDLERS + 0x750, 0xCF, 1);            /* iret */
    cpu_set_intr(&g->cpu, true);
    guest_run(g, 1);
    assert_int_equal(g->cpu.eip, CODE_AT + DIVIDE_SIZE);
    assert_int_equal(g->cpu.attention & ATTEND_HALTED, 0);
    guest_run(g, 1);
    assert_true(g->cpu.attention & ATTEND_HALTED);
    assert_int_equal(g->cpu.eip, CODE_AT + DIVIDE_SIZE);
}

static void ignne_lets_instructions_pass_until_error_is_cleared(void **state)
{
    struct guest *g = *state;
    struct board board;
    connect(g, &board);
    guest_protected(g, 0);
    RUN_AFTER_ERROR(g, 0, 0xD9, 0xE8, 0xDB, 0xE2);      /* fld1; fnclex */
    cpu_set_ignne(&g->cpu, true);
    guest_run(g, 1);
    assert_int_equal(g->cpu.fpu->top, 5);
    assert_true(board.ferr);
    guest_run(g, 1);
    assert_false(board.ferr);
    assert_false(g->cpu.ignne);
    assert_int_equal(status(g) & 0xFF, 0);
}

static void ignne_without_an_error_does_not_last(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    cpu_set_ignne(&g->cpu, true);
    RUN_AFTER_ERROR(g, 1, 0xD9, 0xE8);
    assert_true(g->cpu.attention & ATTEND_HALTED);
}

static void with_ne_ignne_has_no_effect(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.cr0 |= CR0_NE;
    RUN_AFTER_ERROR(g, 0, 0xD9, 0xE8);
    cpu_set_ignne(&g->cpu, true);
    guest_run(g, 1);
    guest_expect_fault(g, EXC_MF, -1, CODE_AT + DIVIDE_SIZE);
}

static void unmasking_a_raised_flag_is_an_error(void **state)
{
    struct guest *g = *state;
    struct board board;
    connect(g, &board);
    guest_protected(g, 0);
    g->cpu.fpu->status = F80_PRECISION;
    guest_put(g, OPERAND, 0x35F, 2);
    GUEST_STEP(g, 0xD9, 0x2D, 0, 0, 6, 0);              /* fldcw */
    assert_true(board.ferr);
    assert_int_equal(status(g), FPU_B | FPU_ES | F80_PRECISION);
}

/* FLDENV of an environment that was stored with the error pending; ES as stored does not count. */
static void loaded_error_raises_ferr_and_its_absence_lowers_it(void **state)
{
    struct guest *g = *state;
    struct board board;
    connect(g, &board);
    guest_protected(g, 0);
    guest_put(g, OPERAND, 0x35F, 4);
    guest_put(g, OPERAND + 4, FPU_B | FPU_ES | F80_PRECISION, 4);
    GUEST_STEP(g, 0xD9, 0x25, 0, 0, 6, 0);              /* fldenv */
    assert_true(board.ferr);
    assert_int_equal(status(g), FPU_B | FPU_ES | F80_PRECISION);
    cpu_set_ignne(&g->cpu, true);
    guest_put(g, OPERAND + 4, FPU_B | FPU_ES, 4);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xD9, 0x25, 0, 0, 6, 0);
    assert_false(board.ferr);
    assert_int_equal(status(g), 0);
}

static void reset_lowers_ferr(void **state)
{
    struct guest *g = *state;
    struct board board;
    connect(g, &board);
    guest_protected(g, 0);
    RUN_AFTER_ERROR(g, 0, 0x90);
    cpu_reset(&g->cpu);
    assert_false(board.ferr);
    assert_int_equal(status(g), 0);
    assert_int_equal(g->cpu.fpu->control, 0x37F);
}

static void fnstenv_masks_exceptions(void **state)
{
    struct guest *g = *state;
    struct board board;
    connect(g, &board);
    guest_protected(g, 0);
    RUN_AFTER_ERROR(g, 1, 0xD9, 0x35, 0, 0, 6, 0);
    assert_int_equal(guest_get(g, OPERAND, 2), ZERO_DIVIDE_UNMASKED);
    assert_int_equal(guest_get(g, OPERAND + 4, 2) & 0xFF, FPU_ES | F80_ZERO_DIVIDE);
    assert_int_equal(g->cpu.fpu->control, 0x37F);
    assert_int_equal(status(g) & FPU_ES, 0);
    assert_false(board.ferr);
}

/* Saves, which initializes, and restores; in 16- and 32-bit layout. */
/* --- Control instructions --- */

struct control_row { uint8_t code[6]; bool waits; };

static void try_with_error(struct guest *g, const struct control_row *row)
{
    uint8_t code[DIVIDE_SIZE + 6] = { DIVIDE_BY_ZERO };
    memcpy(code + DIVIDE_SIZE, row->code, sizeof row->code);
    guest_code(g, code, sizeof code);
    guest_put(g, OPERAND, ZERO_DIVIDE_UNMASKED, 2);
    g->cpu.r[ESP] = STACK0 + 0x800;
    g->cpu.eip = CODE_AT;
    guest_run(g, DIVIDE_COUNT);
    const uint32_t ip = g->cpu.fpu->ip;
    guest_run(g, 1);
    if (row->waits)
        guest_expect_fault(g, EXC_MF, -1, CODE_AT + DIVIDE_SIZE);
    else
        assert_int_equal(g->cpu.eip, CODE_AT + DIVIDE_SIZE + (row->code[0] == 0xD9 || row->code[0] == 0xDD ? 6 : 2));
    assert_true(g->cpu.fpu->ip == ip || g->cpu.fpu->ip == 0);       /* 0: initialized */
}

static void some_instructions_do_not_wait_for_errors(void **state)
{
    static const struct control_row rows[] = {
        { { 0xDB, 0xE0 }, false }, { { 0xDB, 0xE1 }, false }, { { 0xDB, 0xE2 }, false }, { { 0xDB, 0xE3 }, false },
        { { 0xDB, 0xE4 }, false },                              /* fneni fndisi fnclex fninit fnsetpm */
        { { 0xDF, 0xE0 }, false }, { { 0xD9, 0x3D, 0, 1, 6, 0 }, false }, { { 0xDD, 0x3D, 0, 1, 6, 0 }, false },
        { { 0xD9, 0x35, 0, 1, 6, 0 }, false }, { { 0xDD, 0x35, 0, 1, 6, 0 }, false },       /* fnstenv fnsave */
        { { 0xD9, 0x2D, 0, 1, 6, 0 }, true }, { { 0xD9, 0x25, 0, 1, 6, 0 }, true },         /* fldcw fldenv */
        { { 0xDD, 0x25, 0, 1, 6, 0 }, true }, { { 0xD9, 0xD0 }, true }, { { 0xDD, 0xC0 }, true },
        { { 0xD9, 0xF6 }, true }, { { 0xD9, 0xE5 }, true }, { { 0xDB, 0x3D, 0, 1, 6, 0 }, true },
    };
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.cr0 |= CR0_NE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        try_with_error(g, &rows[i]);
}

static void initializing_clears_everything_but_the_registers(void **state)
{
    struct guest *g = *state;
    struct fpu *fpu = g->cpu.fpu;
    guest_protected(g, 0);
    for (unsigned i = 0; i < 8; i++)
        fpu->reg[i] = f80_from_int(7);
    *fpu = (struct fpu){ .reg = { fpu->reg[0], fpu->reg[1] }, .top = 3, .control = 0x40, .opcode = 0x5A1,
                         .cs = 1, .ds = 2, .status = FPU_C3 | F80_PRECISION | FPU_SF, .ip = 3, .dp = 4 };
    GUEST_STEP(g, 0xDB, 0xE3);
    assert_int_equal(fpu->control, 0x37F);
    assert_int_equal(status(g), 0);
    assert_int_equal(fpu_tag_word(fpu), 0xFFFF);
    assert_int_equal(fpu->ip | fpu->dp | fpu->cs | fpu->ds | fpu->opcode, 0);
    assert_true(fpu->reg[1].significand == f80_from_int(7).significand);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        GUEST_TEST(without_unit_stored_words_are_all_ones), GUEST_TEST(with_unit_detection_finds_it),
        GUEST_TEST(monitor_emulation_and_task_switched_decide_what_raises_nm),
        GUEST_TEST(reserved_encodings_are_undefined_and_change_nothing),
        GUEST_TEST(error_raises_mf_at_next_waiting_instruction), GUEST_TEST(wait_raises_mf_too),
        GUEST_TEST(error_leaves_operands_and_stack),
        GUEST_TEST(without_ne_error_raises_ferr_and_next_instruction_freezes),
        GUEST_TEST(interrupt_wakes_frozen_processor_which_freezes_again),
        GUEST_TEST(ignne_lets_instructions_pass_until_error_is_cleared),
        GUEST_TEST(ignne_without_an_error_does_not_last), GUEST_TEST(with_ne_ignne_has_no_effect),
        GUEST_TEST(unmasking_a_raised_flag_is_an_error),
        GUEST_TEST(loaded_error_raises_ferr_and_its_absence_lowers_it), GUEST_TEST(reset_lowers_ferr),
        GUEST_TEST(fnstenv_masks_exceptions), GUEST_TEST(some_instructions_do_not_wait_for_errors),
        GUEST_TEST(initializing_clears_everything_but_the_registers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
