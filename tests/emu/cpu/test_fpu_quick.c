/* The quick forms of x87 instructions do what their handlers do: each from the same random state, and then registers,
 * status, pointers and memory have to be the same. That the handlers are right is shown in test_fpu_silicon.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emu/cpu/fpu.h"
#include "tests/emu/cpu/flat_cpu.h"

enum { OPERAND = FLAT_BASE + 0x1000, OPERAND_SIZE = 16, WAIT = 0x9B, TRIALS = 3000 };

struct outcome {
    struct fpu fpu;
    uint32_t r[8];
    uint8_t memory[OPERAND_SIZE];
    uint16_t attention;
    int vector;
};

/* --- Random states --- */

/* xorshift64 (G. Marsaglia, Xorshift RNGs, 2003). */
static uint64_t random_bits(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static bool one_in(uint64_t *seed, unsigned n) { return random_bits(seed) % n == 0; }

/* Mostly normal numbers near each other, with few bits set or many. */
static struct f80 random_f80(uint64_t *seed)
{
    static const struct f80 specials[] = {
        { 0, 0 }, { 0, 0x8000 }, { 0x8000000000000000, 0x7FFF }, { 0xC000000000000000, 0xFFFF }, { 1, 0 },
        { 0xA000000000000000, 0x7FFF }, { 0x8000000000000000, 0 }, { 1, 0x3FFF }, { 0x8000000000000000, 1 },
        { 0xFFFFFFFFFFFFFFFF, 0x7FFE }, { 0xFFFFFFFFFFFFFFFF, 0x3FFE }, { 0x8000000000000000, 0x3FFF },
        { 0xFFFFFFFFFFFFFFFF, 0x407E }, { 0xFFFFFFFFFFFFFFFF, 0x43FE }, { 0xFFFFFFFFFFFFFFFF, 0x400D },
    };
    if (one_in(seed, 4))
        return specials[random_bits(seed) % (sizeof specials / sizeof *specials)];
    uint64_t significand = random_bits(seed), spread = one_in(seed, 2) ? 4 : one_in(seed, 2) ? 160 : 2200;
    if (one_in(seed, 3))
        significand &= random_bits(seed) << random_bits(seed) % 64;
    if (one_in(seed, 6))
        significand |= UINT64_MAX >> random_bits(seed) % 64;
    unsigned exponent = (unsigned)(0x3FFF - spread / 2 + random_bits(seed) % spread);
    return (struct f80){ significand | 0x8000000000000000, (uint16_t)(exponent | (one_in(seed, 2) ? 0x8000 : 0)) };
}

static void put_operand(uint8_t *at, uint64_t *seed)
{
    struct f80_env env = { .control = 0x37F };
    const struct f80 value = random_f80(seed);
    uint64_t bits = value.significand;
    if (one_in(seed, 3))
        bits = f80_to_f64(value, &env);
    else if (one_in(seed, 2))
        bits = f80_to_f32(value, &env);
    else if (one_in(seed, 2))
        bits = random_bits(seed) % 5 - 2;
    store32(at, (uint32_t)bits);
    store32(at + 4, (uint32_t)(bits >> 32));
    store16(at + 8, value.sign_exponent);
}

static void random_fpu(struct fpu *fpu, uint64_t *seed)
{
    for (int i = 0; i < 8; i++)
        fpu->reg[i] = random_f80(seed);
    fpu->top = random_bits(seed) & 7;
    fpu->empty = (uint8_t)(one_in(seed, 4) ? random_bits(seed) : one_in(seed, 2) ? 0 : 1u << ((fpu->top - 1) & 7));
    fpu->control = (uint16_t)(one_in(seed, 2) ? 0x37F : (random_bits(seed) & 0xF3F) | 0x40);
    if (one_in(seed, 2))
        fpu->control |= FPU_EXCEPTIONS;
    fpu->status = (uint16_t)(random_bits(seed) & (FPU_C0 | FPU_C1 | FPU_C2 | FPU_C3));
    if (one_in(seed, 4))
        fpu->status |= (uint16_t)(random_bits(seed) & (FPU_EXCEPTIONS | FPU_SF));
    if (fpu->status & ~fpu->control & FPU_EXCEPTIONS)
        fpu->status |= FPU_ES | FPU_B;
    fpu->opcode = fpu->cs = fpu->ds = 0x5A;
    fpu->ip = fpu->dp = 0x5A5A;
}

static void random_state(struct flat *f, uint64_t *seed)
{
    f->cpu.cr0 = one_in(seed, 20) ? CR0_EM : one_in(seed, 20) ? CR0_TS | CR0_MP : CR0_NE;
    f->cpu.has_fpu = !one_in(seed, 20);
    f->cpu.attention = 0;
    f->cpu.r[EAX] = (uint32_t)random_bits(seed);
    random_fpu(f->cpu.fpu, seed);
    put_operand(flat_at(f, OPERAND), seed);
}

/* --- One instruction in either form --- */

/* Stands after the instruction: the quick form got through. */
static const struct insn *got_through(struct cpu *cpu, const struct insn *insn)
{
    (void)cpu;
    (void)insn;
    return NULL;
}

/* True if the quick form did not have to call the handler. */
static bool execute(struct flat *f, bool quick, const struct insn *insn, struct outcome *outcome)
{
    struct cpu *cpu = &f->cpu;
    volatile bool through = false;
    cpu->insn = cpu->run_start = insn;
    cpu->run_end = insn + 1;
    cpu->run_eip = FLAT_CODE;
    cpu->eip = FLAT_CODE + insn->len;
    outcome->vector = NO_FAULT;
    if (setjmp(cpu->fault_jump))
        outcome->vector = cpu->fault_vector;
    else if (quick)
        through = !insn->quick(cpu, insn);
    else
        insn->fn(cpu, insn);
    outcome->fpu = *cpu->fpu;
    memcpy(outcome->r, cpu->r, sizeof outcome->r);
    memcpy(outcome->memory, flat_at(f, OPERAND), OPERAND_SIZE);
    outcome->attention = cpu->attention;
    return through;
}

static void assert_same(const struct outcome *a, const struct outcome *b)
{
    for (int i = 0; i < 8; i++) {
        assert_true(a->fpu.reg[i].significand == b->fpu.reg[i].significand);
        assert_int_equal(a->fpu.reg[i].sign_exponent, b->fpu.reg[i].sign_exponent);
    }
    assert_int_equal(a->vector, b->vector);
    assert_int_equal(fpu_status_word(&a->fpu), fpu_status_word(&b->fpu));
    assert_int_equal(a->fpu.control, b->fpu.control);
    assert_int_equal(a->fpu.empty, b->fpu.empty);
    assert_int_equal(a->fpu.opcode, b->fpu.opcode);
    assert_int_equal(a->fpu.cs, b->fpu.cs);
    assert_int_equal(a->fpu.ds, b->fpu.ds);
    assert_int_equal(a->fpu.ip, b->fpu.ip);
    assert_int_equal(a->fpu.dp, b->fpu.dp);
    assert_int_equal(a->attention, b->attention);
    assert_memory_equal(a->r, b->r, sizeof a->r);
    assert_memory_equal(a->memory, b->memory, OPERAND_SIZE);
}

/* The same random state for both forms. */
static bool try_both(struct flat *f, const struct insn *insn, uint64_t *seed)
{
    struct outcome handler, quick;
    uint64_t again = *seed;
    random_state(f, seed);
    execute(f, false, insn, &handler);
    random_state(f, &again);
    bool through = execute(f, true, insn, &quick);
    assert_same(&handler, &quick);
    return through;
}

/* ST - ST is zero, and while ST(7) is full nothing can be pushed. */
static bool is_never_usual(uint8_t opcode, uint8_t modrm)
{
    bool difference = opcode == 0xD8 || opcode == 0xDC || opcode == 0xDE;
    return (difference && (modrm == 0xE0 || modrm == 0xE8)) || (opcode == 0xD9 && modrm == 0xC7);
}

/* False if the instruction has no quick form. */
static bool try_often(struct flat *f, uint8_t opcode, uint8_t modrm, uint64_t *seed)
{
    uint8_t code[6] = { opcode, modrm };
    struct insn insn[2] = { { .len = 0 }, { .quick = got_through } };
    unsigned through = 0;
    store32(code + 2, OPERAND);
    assert_true(decode(code, sizeof code, true, insn) > 0);
    if (!insn->quick)
        return false;
    insn->end = insn->len;
    flat_reset(f);
    for (int i = 0; i < TRIALS; i++)
        through += try_both(f, insn, seed);
    if (!is_never_usual(opcode, modrm))
        assert_true(through > TRIALS / 50);
    return true;
}

static void quick_forms_do_what_the_handlers_do(void **state)
{
    struct flat *f = flat_create();
    uint64_t seed = 0x9E3779B97F4A7C15;
    unsigned forms = 0;
    (void)state;
    for (unsigned opcode = 0xD8; opcode <= 0xDF; opcode++) {
        for (unsigned reg = 0; reg < 8; reg++)
            forms += try_often(f, (uint8_t)opcode, (uint8_t)(reg << 3 | 5), &seed);
        for (unsigned modrm = 0xC0; modrm <= 0xFF; modrm++)
            forms += try_often(f, (uint8_t)opcode, (uint8_t)modrm, &seed);
    }
    assert_true(try_often(f, WAIT, 0, &seed));
    assert_true(forms > 200);
    flat_destroy(f);
}

/* Also where its last bytes lie in a line without code, and its first in one with. */
static void quick_store_sees_decoded_code_in_either_half(void **state)
{
    static const uint8_t fst_m64[6] = { 0xDD, 0x15 };
    struct flat *f = flat_create();
    uint8_t code[6];
    (void)state;
    for (uint32_t at = OPERAND + 56; at <= OPERAND + 64; at++) {
        struct insn insn[2] = { { .len = 0 }, { .quick = got_through } };
        struct outcome outcome;
        memcpy(code, fst_m64, sizeof code);
        store32(code + 2, at);
        assert_true(decode(code, sizeof code, true, insn) > 0);
        insn->end = insn->len;
        flat_reset(f);
        f->cpu.has_fpu = true;
        f->cpu.cr0 = 0;
        f->cpu.fpu->empty = 0;
        f->cpu.fpu->reg[0] = f80_from_int(1);
        execute(f, false, insn, &outcome);              /* the page gets into the software TLB */
        const uint32_t linear = OPERAND & PAGE_MASK;
        struct tlb_entry *entry = &f->cpu.tlb_write[linear >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
        assert_int_equal(entry->tag, linear);
        entry->code = 1;                                /* the first 64 bytes hold code */
        assert_int_equal(execute(f, true, insn, &outcome), at == OPERAND + 64);
        cpu_flush_tlb(&f->cpu);
    }
    flat_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quick_forms_do_what_the_handlers_do),
        cmocka_unit_test(quick_store_sees_decoded_code_in_either_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
