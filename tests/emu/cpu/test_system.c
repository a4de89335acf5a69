/* System instructions, and what the part decides: CPUID, the ID flag, the signature, the FPU, UMOV, which registers
 * exist. Privileges are in test_protected.c, TR3-TR7 in test_cache_test.c and test_tlb.c. */
#include "guest_cpu.h"
#include "emu/cpu/vme.h"

/* Level 0, 32 bits, as part of the N-th profile. False: there is no such. */
static bool as_profile(struct guest *g, unsigned n)
{
    const struct profile *p = profile_at(n);
    if (!p)
        return false;
    g->cpu.signature = p->signature;
    g->cpu.has_fpu = p->has_fpu;
    g->cpu.has_cpuid = p->has_cpuid;
    g->cpu.has_umov = p->has_umov;
    cpu_reset(&g->cpu);
    return true;
}

static void run(struct guest *g, const void *code, size_t size)
{
    guest_protected(g, 0);
    guest_code(g, code, size);
    guest_run(g, 1);
}

#define RUN(g, code) run(g, code, sizeof(code) - 1)

static void assert_ud(const struct guest *g)
{
    guest_expect_fault(g, EXC_UD, -1, CODE_AT);
}

/* --- Parts --- */

static void profiles_have_the_parts_signatures(void **state)
{
    static const struct {
        const char *name;
        uint32_t signature;
        bool has_fpu, has_cpuid;
        uint32_t cache_size;
    } rows[] = {
        { "486sx-25", 0x0422, false, false, 8192 },  { "486dx-33", 0x0404, true, false, 8192 },
        { "486dx-50", 0x0411, true, false, 8192 },   { "486dx2-66", 0x0435, true, true, 8192 },
        { "486dx4-100", 0x0480, true, true, 16384 },
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct profile *p = profile_find(rows[i].name);
        assert_non_null(p);
        assert_int_equal(p->signature, rows[i].signature);
        assert_int_equal(p->has_fpu, rows[i].has_fpu);
        assert_int_equal(p->has_cpuid, rows[i].has_cpuid);
        assert_int_equal(p->cache_size, rows[i].cache_size);
    }
}

static void reset_leaves_the_signature_in_edx(void **state)
{
    struct guest *g = *state;
    for (unsigned n = 0; as_profile(g, n); n++) {
        assert_int_equal(g->cpu.r[EDX], profile_at(n)->signature);
        assert_int_equal(g->cpu.r[EAX], 0);
        assert_int_equal(g->cpu.cr0, 0x60000010);
    }
}

static void cpuid_tells_the_part(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    for (unsigned n = 0; as_profile(g, n); n++) {
        cpu->r[EAX] = 1;
        RUN(g, "\x0F\xA2");
        if (!profile_at(n)->has_cpuid) {
            assert_ud(g);
            continue;
        }
        assert_int_equal(cpu->r[EAX], profile_at(n)->signature);
        assert_int_equal(cpu->r[EBX], 0);
        assert_int_equal(cpu->r[ECX], 0);
        assert_int_equal(cpu->r[EDX], profile_at(n)->has_fpu | 2);
        cpu->r[EAX] = 2;
        RUN(g, "\x0F\xA2");
        assert_int_equal(cpu->r[EAX] | cpu->r[EBX] | cpu->r[ECX] | cpu->r[EDX], 0);
        cpu->r[EAX] = 0;
        RUN(g, "\x0F\xA2");
        assert_int_equal(cpu->r[EAX], 1);
        assert_memory_equal(&cpu->r[EBX], "Genu", 4);
    }
}

static void the_id_flag_toggles_where_cpuid_is(void **state)
{
    struct guest *g = *state;
    for (unsigned n = 0; as_profile(g, n); n++) {
        guest_protected(g, 0);
        guest_put(g, STACK0 + 0x800, FLAG_ID | FLAG_AC | 2, 4);
        RUN(g, "\x9D");                                         /* POPFD */
        assert_int_equal(!(g->cpu.eflags & FLAG_ID), !profile_at(n)->has_cpuid);
        assert_true(g->cpu.eflags & FLAG_AC);
    }
}

/* --- Registers that are not there --- */

static void control_registers_1_and_5_to_7_do_not_exist_and_4_comes_with_cpuid(void **state)
{
    struct guest *g = *state;
    for (unsigned n = 0; as_profile(g, n); n++)
        for (unsigned number = 0; number < 8; number++) {
            bool there = number == 0 || number == 2 || number == 3 || (number == 4 && profile_at(n)->has_cpuid);
            const uint8_t load[] = { 0x0F, 0x22, (uint8_t)(0xC0 | number << 3) };
            const uint8_t store[] = { 0x0F, 0x20, (uint8_t)(0xC0 | number << 3) };
            g->cpu.r[EAX] = number == 4 ? CR4_VME | CR4_PVI : CR0_ET | CR0_PE;
            run(g, load, sizeof load);
            if (there)
                assert_int_equal(g->cpu.eip, CODE_AT + 3);
            else
                assert_ud(g);
            run(g, store, sizeof store);
            if (there)
                assert_int_equal(g->cpu.eip, CODE_AT + 3);
            else
                assert_ud(g);
        }
}

/* The register form only: ModRM.mod does not matter, no address follows, and the operand size is 32 bits. */
static void mod_is_ignored_in_moves_of_special_registers(void **state)
{
    static const uint8_t opcodes[] = { 0x20, 0x21, 0x24 };
    struct guest *g = *state;
    for (unsigned i = 0; i < sizeof opcodes; i++)
        for (unsigned mod = 0; mod < 4; mod++) {
            const uint8_t code[] = { 0x66, 0x0F, opcodes[i], (uint8_t)(mod << 6 | (i == 1 ? 7 : 3) << 3 | EBX) };
            g->cpu.r[EBX] = 0x12345678;
            run(g, code + (mod & 1), sizeof code - (mod & 1));
            assert_int_equal(g->cpu.eip, CODE_AT + 4 - (mod & 1));
            assert_int_equal(g->cpu.r[EBX] >> 16, 0);
        }
}

/* CMPXCHG had this encoding in the A steppings only. */
/* 0F 04, 05 and 07 among them: LOADALL of the 286 and 386, SYSCALL and SYSRET of others. */
static void early_and_late_opcodes_are_undefined(void **state)
{
    static const uint8_t opcodes[] = { 0xA6, 0xA7, 0xAA, 0xC7, 0x30, 0x31, 0x32, 0x40, 0x04, 0x05, 0x07, 0x0B, 0xFF };
    struct guest *g = *state;
    for (unsigned i = 0; i < sizeof opcodes; i++) {
        const uint8_t code[] = { 0x0F, opcodes[i], 0x05, 0, 0, 6, 0 };
        run(g, code, sizeof code);
        assert_ud(g);
    }
}

/* --- CR0 --- */

static void invalid_combinations_in_cr0_are_gp(void **state)
{
    static const struct { uint32_t value; bool valid; } rows[] = {
        { CR0_PE, true },                         { CR0_PE | CR0_CD, true },
        { CR0_PE | CR0_CD | CR0_NW, true },       { CR0_PE | CR0_NW, false },
        { CR0_PG | CR0_CD | CR0_NW, false },      { CR0_PG, false },
        { CR0_PE | CR0_PG | CR0_NW, false },
    };
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        guest_protected(g, 0);
        uint32_t before = cpu->cr0;
        cpu->r[EAX] = rows[i].value;
        RUN(g, "\x0F\x22\xC0");
        if (rows[i].valid) {
            assert_int_equal(cpu->cr0, rows[i].value | CR0_ET);
        } else {
            guest_expect_fault(g, EXC_GP, 0, CODE_AT);
            assert_int_equal(cpu->cr0, before);
        }
    }
}

/* ET is always 1, reserved bits are 0, whatever is written. */
static void cr0_has_the_bits_of_the_486(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    for (unsigned n = 0; as_profile(g, n); n++) {
        cpu->r[EAX] = 0x7FFFFFFF;
        RUN(g, "\x0F\x22\xC0");
        assert_int_equal(cpu->cr0, 0x6005003F);
        cpu->r[EAX] = CR0_PE;
        RUN(g, "\x0F\x22\xC0");
        RUN(g, "\x0F\x20\xC3");
        assert_int_equal(cpu->r[EBX], CR0_PE | CR0_ET);
    }
}

static void lmsw_writes_four_bits_and_keeps_pe(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    cpu->r[EAX] = 0x0000FFFE;
    RUN(g, "\x0F\x01\xF0");
    assert_int_equal(cpu->cr0, 0x6000001F);
    cpu->r[EAX] = 0;
    RUN(g, "\x0F\x01\xF0");
    assert_int_equal(cpu->cr0, 0x60000011);
}

static void clts_clears_ts_alone(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    g->cpu.cr0 |= CR0_TS | CR0_MP;
    RUN(g, "\x0F\x06");
    assert_int_equal(g->cpu.cr0, 0x60000013);
}

/* --- Stores --- */

/* SMSW stores the whole of CR0 in a 32-bit register; SLDT and STR clear the upper half, which the manual leaves
 * undefined. Into memory all store a word. */
static void words_are_stored(void **state)
{
    static const struct { uint8_t code[3]; uint32_t wide, word; } rows[] = {
        { { 0x0F, 0x01, 0xE0 }, 0x60000011, 0x11 }, { { 0x0F, 0x00, 0xC0 }, 0x38, 0x38 },
        { { 0x0F, 0x00, 0xC8 }, TSS1, TSS1 },
    };
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t code[4] = { 0x66 };
        memcpy(code + 1, rows[i].code, 3);
        for (unsigned word = 0; word < 2; word++) {
            guest_protected(g, 0);
            cpu->ldtr.selector = 0x38;
            cpu->r[EAX] = 0xAAAABBBB;
            guest_code(g, code + 1 - word, 3 + word);
            guest_run(g, 1);
            assert_int_equal(cpu->r[EAX], word ? 0xAAAA0000 | rows[i].word : rows[i].wide);
        }
        guest_protected(g, 0);
        cpu->ldtr.selector = 0x38;
        cpu->r[EAX] = DATA_AT;
        guest_put(g, DATA_AT, 0xCCCCDDDD, 4);
        code[3] &= 0x3F;                                        /* [EAX] */
        guest_code(g, code + 1, 3);
        guest_run(g, 1);
        assert_int_equal(guest_get(g, DATA_AT, 4), 0xCCCC0000 | rows[i].word);
    }
}

static void sgdt_stores_six_bytes_or_none(void **state)
{
    struct guest *g = *state;
    guest_protected(g, 0);
    segment_load(&g->cpu, DS, SMALL);                           /* limit Fh */
    memset(g->ram + DATA_AT, 0, 16);
    GUEST_STEP(g, 0x0F, 0x01, 0x05, 0x0B, 0, 0, 0);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
    assert_int_equal(guest_get(g, DATA_AT + 0xB, 4), 0);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0x0F, 0x01, 0x05, 0x0A, 0, 0, 0);
    assert_int_equal(guest_get(g, DATA_AT + 0xA, 2), GDT_LIMIT);
    assert_int_equal(guest_get(g, DATA_AT + 0xC, 4), GDT_AT);
}

/* --- Memory forms only --- */

static void register_forms_of_table_instructions_are_undefined(void **state)
{
    static const uint8_t modrm[] = { 0xC0, 0xC8, 0xD0, 0xD8, 0xF8, 0xE8 };  /* SGDT SIDT LGDT LIDT INVLPG, /5 */
    struct guest *g = *state;
    for (unsigned i = 0; i < sizeof modrm; i++) {
        const uint8_t code[] = { 0x0F, 0x01, modrm[i] };
        run(g, code, sizeof code);
        assert_ud(g);
        guest_protected(g, 3);                                  /* at any level */
        guest_code(g, code, sizeof code);
        guest_run(g, 1);
        assert_ud(g);
    }
}

/* --- UMOV --- */

static void umov_is_mov_where_it_is(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    guest_protected(g, 0);
    cpu->has_umov = true;
    cpu->r[EAX] = 0x11223344;
    cpu->r[EBX] = 0x55667788;
    RUN(g, "\x0F\x10\xC3");                                     /* UMOV BL,AL */
    assert_int_equal(cpu->r[EBX], 0x55667744);
    RUN(g, "\x0F\x13\xC3");                                     /* UMOV EAX,EBX */
    assert_int_equal(cpu->r[EAX], 0x55667744);
    cpu->r[ECX] = DATA_AT;
    RUN(g, "\x0F\x11\x01");                                     /* UMOV [ECX],EAX */
    assert_int_equal(guest_get(g, DATA_AT, 4), 0x55667744);
    guest_put(g, DATA_AT + 1, 0x99, 1);
    RUN(g, "\x66\x0F\x13\x19");                                 /* UMOV BX,[ECX] */
    assert_int_equal(cpu->r[EBX], 0x55669944);
    RUN(g, "\x0F\x12\x41\x01");                                 /* UMOV AL,[ECX+1] */
    assert_int_equal(cpu->r[EAX], 0x55667799);
    assert_int_equal(cpu->eip, CODE_AT + 4);
    RUN(g, "\x66\x0F\x11\x41\x02");
    assert_int_equal(guest_get(g, DATA_AT, 4), 0x77999944);
}

static void umov_is_undefined_where_it_is_not(void **state)
{
    struct guest *g = *state;
    g->cpu.has_umov = false;
    for (uint8_t opcode = 0x10; opcode <= 0x13; opcode++) {
        const uint8_t code[] = { 0x0F, opcode, 0xC0 }, memory[] = { 0x0F, opcode, 0x05, 0, 0, 6, 0 };
        run(g, code, sizeof code);
        assert_ud(g);
        run(g, memory, sizeof memory);
        assert_ud(g);
    }
}

/* --- Without FPU (486SX) --- */

/* With EM clear instructions pass (what they answer is in test_fpu.c), with EM or TS set they are #NM. MP and TS make
 * WAIT #NM, with the unit or without. */
static void emulation_bits_of_an_sx(void **state)
{
    static const struct { uint32_t cr0; bool escape_nm, wait_nm; } rows[] = {
        { 0, false, false },              { CR0_EM, true, false },         { CR0_MP, false, false },
        { CR0_TS, true, false },          { CR0_MP | CR0_TS, true, true }, { CR0_EM | CR0_MP, true, false },
        { CR0_EM | CR0_TS, true, false }, { CR0_EM | CR0_MP | CR0_TS, true, true }, { CR0_NE, false, false },
    };
    static const uint8_t escapes[][2] = { { 0xD9, 0xE8 }, { 0xDB, 0xE3 }, { 0xDF, 0xE0 }, { 0xD8, 0xC1 } };
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    assert_true(as_profile(g, 0));
    assert_false(cpu->has_fpu);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (unsigned escape = 0; escape < 4; escape++) {
            guest_protected(g, 0);
            cpu->cr0 = CR0_PE | CR0_ET | rows[i].cr0;
            run(g, escapes[escape], 2);
            if (rows[i].escape_nm)
                guest_expect_fault(g, EXC_NM, -1, CODE_AT);
            else
                assert_int_equal(cpu->eip, CODE_AT + 2);
        }
        RUN(g, "\x9B");
        if (rows[i].wait_nm)
            guest_expect_fault(g, EXC_NM, -1, CODE_AT);
        else
            assert_int_equal(cpu->eip, CODE_AT + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profiles_have_the_parts_signatures),
        GUEST_TEST(reset_leaves_the_signature_in_edx),
        GUEST_TEST(cpuid_tells_the_part),
        GUEST_TEST(the_id_flag_toggles_where_cpuid_is),
        GUEST_TEST(control_registers_1_and_5_to_7_do_not_exist_and_4_comes_with_cpuid),
        GUEST_TEST(mod_is_ignored_in_moves_of_special_registers),
        GUEST_TEST(early_and_late_opcodes_are_undefined),
        GUEST_TEST(invalid_combinations_in_cr0_are_gp),
        GUEST_TEST(cr0_has_the_bits_of_the_486),
        GUEST_TEST(lmsw_writes_four_bits_and_keeps_pe),
        GUEST_TEST(clts_clears_ts_alone),
        GUEST_TEST(words_are_stored),
        GUEST_TEST(sgdt_stores_six_bytes_or_none),
        GUEST_TEST(register_forms_of_table_instructions_are_undefined),
        GUEST_TEST(umov_is_mov_where_it_is),
        GUEST_TEST(umov_is_undefined_where_it_is_not),
        GUEST_TEST(emulation_bits_of_an_sx),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
