/* What the manual leaves out but the chip does, and the odd ways of writing instructions: undocumented opcodes,
 * prefixes repeated, in conflict or where they mean nothing, LOCK, fetching at the end of segments and of memory. */
#include "guest_cpu.h"

static uint32_t flags(const struct guest *g)
{
    return cpu_eflags(&g->cpu) & FLAG_ARITHMETIC;
}

/* Level 0 with known registers; ESI and EDI point to zeroed data. */
static void ready(struct guest *g)
{
    static const uint32_t r[8] = { 0x11223344, 3, 0x55667788, 0x01020304, STACK0 + 0x800, 0, DATA_AT, DATA_AT + 0x100 };
    guest_protected(g, 0);
    for (unsigned i = 0; i < 8; i++)
        g->cpu.r[i] = r[i];
    cpu_set_eflags(&g->cpu, 2);
    memset(g->ram + DATA_AT, 0, 0x200);
}

static void run(struct guest *g, const void *code, size_t size)
{
    guest_code(g, code, size);
    guest_run(g, 1);
}

#define RUN(g, code) run(g, code, sizeof(code) - 1)

/* --- Opcodes --- */

static void salc_fills_al_with_the_carry(void **state)
{
    struct guest *g = *state;
    ready(g);
    cpu_set_eflags(&g->cpu, 2 | FLAG_CF | FLAG_ZF);
    RUN(g, "\xD6");
    assert_int_equal(g->cpu.r[EAX], 0x112233FF);
    assert_int_equal(flags(g), FLAG_CF | FLAG_ZF);
    ready(g);
    RUN(g, "\xD6");
    assert_int_equal(g->cpu.r[EAX], 0x11223300);
}

/* /6 of the shift groups does what /4 does, flags included. */
static void shift_6_is_shl(void **state)
{
    static const struct { uint8_t code[3], size; } rows[] = {
        { { 0xC0, 0xE0, 3 }, 3 }, { { 0xC1, 0xE0, 9 }, 3 }, { { 0xD0, 0xE0 }, 2 },
        { { 0xD1, 0xE0 }, 2 },    { { 0xD2, 0xE0 }, 2 },    { { 0xD3, 0xE0 }, 2 },
    };
    struct guest *g = *state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t code[3];
        memcpy(code, rows[i].code, 3);
        ready(g);
        run(g, code, rows[i].size);
        uint32_t value = g->cpu.r[EAX], left = flags(g);
        assert_int_not_equal(value, 0x11223344);
        code[1] |= 0x10;                        /* /4 becomes /6 */
        ready(g);
        run(g, code, rows[i].size);
        assert_int_equal(g->cpu.r[EAX], value);
        assert_int_equal(flags(g), left);
        assert_int_equal(g->cpu.eip, CODE_AT + rows[i].size);
    }
}

static void test_1_is_test(void **state)
{
    struct guest *g = *state;
    ready(g);
    RUN(g, "\xF6\xC8\xBB");                     /* AL & BBh is 0 */
    assert_int_equal(flags(g), FLAG_ZF | FLAG_PF);
    assert_int_equal(g->cpu.eip, CODE_AT + 3);
    ready(g);
    RUN(g, "\xF7\xC8\x00\x00\x00\x80");
    assert_int_equal(flags(g), FLAG_ZF | FLAG_PF);
    assert_int_equal(g->cpu.eip, CODE_AT + 6);
    assert_int_equal(g->cpu.r[EAX], 0x11223344);
}

static void opcode_82_is_80(void **state)
{
    struct guest *g = *state;
    for (unsigned operation = 0; operation < 8; operation++) {
        uint8_t code[] = { 0x80, (uint8_t)(0xC0 | operation << 3), 0x95 };
        ready(g);
        cpu_set_eflags(&g->cpu, 2 | FLAG_CF);
        run(g, code, sizeof code);
        uint32_t value = g->cpu.r[EAX], left = flags(g);
        code[0] = 0x82;
        ready(g);
        cpu_set_eflags(&g->cpu, 2 | FLAG_CF);
        run(g, code, sizeof code);
        assert_int_equal(g->cpu.eip, CODE_AT + 3);
        assert_int_equal(g->cpu.r[EAX], value);
        assert_int_equal(flags(g), left);
    }
}

/* POP has 8F /0 to itself; the 8086 took the others for it too, and packers of its time may have them. */
static void the_other_forms_of_8f_are_undefined(void **state)
{
    struct guest *g = *state;
    for (unsigned operation = 1; operation < 8; operation++)
        for (unsigned mod = 0; mod < 4; mod += 3) {
            const uint8_t code[] = { 0x8F, (uint8_t)(mod << 6 | operation << 3 | ESI) };
            ready(g);
            run(g, code, sizeof code);
            guest_expect_fault(g, EXC_UD, -1, CODE_AT);
        }
}

static void aam_and_aad_take_any_base(void **state)
{
    struct guest *g = *state;
    ready(g);
    RUN(g, "\xD4\x10");
    assert_int_equal(g->cpu.r[EAX], 0x11220404);
    ready(g);
    RUN(g, "\xD5\x10");                         /* 33h * 16 + 44h */
    assert_int_equal(g->cpu.r[EAX], 0x11220074);
    ready(g);
    RUN(g, "\xD5\x00");
    assert_int_equal(g->cpu.r[EAX], 0x11220044);
    assert_int_equal(flags(g), FLAG_PF);
    ready(g);
    RUN(g, "\xD4\x00");
    guest_expect_fault(g, EXC_DE, -1, CODE_AT);
    assert_int_equal(g->cpu.r[EAX], 0x11223344);
}

/* Undefined in the manual; cleared as later parts do. */
static void bswap_of_a_word_clears_it(void **state)
{
    struct guest *g = *state;
    ready(g);
    RUN(g, "\x66\x0F\xC8");
    assert_int_equal(g->cpu.r[EAX], 0x11220000);
    assert_int_equal(g->cpu.eip, CODE_AT + 3);
}

/* --- Prefixes --- */

/* A repeat prefix on anything but a string instruction is ignored. */
static void rep_means_nothing_elsewhere(void **state)
{
    static const struct { uint8_t code[6], size; uint32_t eax; } rows[] = {
        { { 0xF3, 0x40 }, 2, 0x11223345 },                      /* INC EAX */
        { { 0xF2, 0x40 }, 2, 0x11223345 },
        { { 0xF3, 0x04, 1 }, 3, 0x11223345 },                   /* ADD AL,1 */
        { { 0xF3, 0x90 }, 2, 0x11223344 },                      /* NOP */
        { { 0xF2, 0x8B, 0xC3 }, 3, 0x01020304 },                /* MOV EAX,EBX */
        { { 0xF3, 0x0F, 0xAF, 0xC1 }, 4, 0x336699CC },          /* IMUL EAX,ECX: the sign stays */
        { { 0xF3, 0xF6, 0xE1 }, 3, 0x112200CC },                /* MUL CL */
        { { 0xF2, 0xEC }, 2, 0x11223399 },                      /* IN AL,DX */
        { { 0xF3, 0xC3 }, 2, 0x11223344 },                      /* RET */
    };
    struct guest *g = *state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        ready(g);
        g->cpu.r[EDX] = 0x100;
        g->port_value = 0x99;
        guest_put(g, STACK0 + 0x800, CODE_AT + 2, 4);
        run(g, rows[i].code, rows[i].size);
        if (g->cpu.r[EAX] != rows[i].eax || g->cpu.r[ECX] != 3 || g->cpu.eip != CODE_AT + (uint32_t)rows[i].size)
            fail_msg("row %u: EAX %08X, EIP %08X", i, g->cpu.r[EAX], g->cpu.eip);
    }
}

static void a_prefix_said_twice_counts_once(void **state)
{
    struct guest *g = *state;
    ready(g);
    RUN(g, "\x66\x66\x66\x40");
    assert_int_equal(g->cpu.eip, CODE_AT + 4);
    g->cpu.r[EAX] = 0x1234FFFF;
    g->cpu.eip = CODE_AT;
    RUN(g, "\x66\x66\x40");                     /* INC AX */
    assert_int_equal(g->cpu.r[EAX], 0x12340000);
    ready(g);
    g->cpu.r[ESI] |= 0x80000000;
    guest_put(g, 0, 0x77, 1);
    RUN(g, "\x67\x67\x8A\x04");                 /* MOV AL,[SI]: DATA_AT is 60000h */
    assert_int_equal(g->cpu.r[EAX], 0x11223377);
}

/* Of segment overrides the last counts, of REP and REPNE too; others do not depend on their order. */
static void the_last_of_a_kind_counts_in_any_order(void **state)
{
    struct guest *g = *state;
    ready(g);
    segment_load(&g->cpu, ES, SMALL);
    segment_load(&g->cpu, FS, DATA0);
    guest_put(g, DATA_AT + 4, 0x77, 1);
    guest_put(g, 4, 0x88, 1);
    RUN(g, "\x64\x26\xA0\x04\x00\x00\x00");     /* FS: ES: MOV AL,[4] */
    assert_int_equal(g->cpu.r[EAX], 0x11223377);
    g->cpu.eip = CODE_AT;
    RUN(g, "\x26\x64\xA0\x04\x00\x00\x00");
    assert_int_equal(g->cpu.r[EAX], 0x11223388);

    ready(g);                                   /* F2 F3: REPE; strings equal, so it runs to the end */
    RUN(g, "\xF2\xF3\xA6");
    assert_int_equal(g->cpu.r[ECX], 0);
    ready(g);                                   /* F3 F2: REPNE stops at once */
    RUN(g, "\xF3\xF2\xA6");
    assert_int_equal(g->cpu.r[ECX], 2);

    static const uint8_t orders[][4] = {
        { 0xF3, 0x66, 0x64, 0xAD }, { 0x66, 0xF3, 0x64, 0xAD }, { 0x64, 0x66, 0xF3, 0xAD }, { 0x64, 0xF3, 0x66, 0xAD }
    };
    for (unsigned i = 0; i < 4; i++) {          /* REP FS: LODSW */
        ready(g);
        guest_put(g, DATA_AT + 4, 0xBEEF, 2);
        run(g, orders[i], 4);
        assert_int_equal(g->cpu.r[EAX], 0x1122BEEF);
        assert_int_equal(g->cpu.r[ESI], DATA_AT + 6);
    }
}

static void fifteen_bytes_execute_and_sixteen_fault(void **state)
{
    uint8_t code[17];
    struct guest *g = *state;
    memset(code, 0x26, sizeof code);
    for (unsigned prefixes = 13; prefixes <= 16; prefixes++) {
        ready(g);
        code[prefixes] = 0x40;
        run(g, code, sizeof code);
        if (prefixes < 15) {
            assert_int_equal(g->cpu.r[EAX], 0x11223345);
            assert_int_equal(g->cpu.eip, CODE_AT + prefixes + 1);
        } else {
            guest_expect_fault(g, EXC_GP, 0, CODE_AT);
        }
        code[prefixes] = 0x26;
    }
}

/* --- LOCK --- */

/* 0F escapes are written as 100h + opcode; /REG below FFh chooses the row of a group. */
static void lock_goes_with_exactly_the_manuals_list(void **state)
{
    static const struct { uint16_t opcode; uint8_t reg_mask; } lockable[] = {
        { 0x00, 0xFF }, { 0x01, 0xFF }, { 0x08, 0xFF }, { 0x09, 0xFF }, { 0x10, 0xFF }, { 0x11, 0xFF }, { 0x18, 0xFF },
        { 0x19, 0xFF }, { 0x20, 0xFF }, { 0x21, 0xFF }, { 0x28, 0xFF }, { 0x29, 0xFF }, { 0x30, 0xFF }, { 0x31, 0xFF },
        { 0x80, 0x7F }, { 0x81, 0x7F }, { 0x82, 0x7F }, { 0x83, 0x7F }, { 0x86, 0xFF }, { 0x87, 0xFF }, { 0xF6, 0x0C },
        { 0xF7, 0x0C }, { 0xFE, 0x03 }, { 0xFF, 0x03 }, { 0x1AB, 0xFF }, { 0x1B3, 0xFF }, { 0x1BB, 0xFF },
        { 0x1BA, 0xE0 }, { 0x1B0, 0xFF }, { 0x1B1, 0xFF }, { 0x1C0, 0xFF }, { 0x1C1, 0xFF },
    };
    static const uint8_t prefix[] = { 0x0F, 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3 };
    struct guest *g = *state;
    for (unsigned opcode = 0; opcode < 512; opcode++)
        for (unsigned modrm = 0x06; modrm < 0x100; modrm += 8) {
            bool expected = false;
            for (unsigned i = 0; i < sizeof lockable / sizeof *lockable; i++)
                if (lockable[i].opcode == opcode)
                    expected = modrm < 0xC0 && lockable[i].reg_mask >> (modrm >> 3 & 7) & 1;
            if (opcode < 256 && memchr(prefix, (int)opcode, sizeof prefix))
                continue;
            uint8_t code[] = { 0xF0, 0x0F, (uint8_t)opcode, (uint8_t)modrm, 0, 0, 0, 0, 0, 0, 0, 0 };
            ready(g);
            if (opcode < 256)
                memmove(code + 1, code + 2, sizeof code - 2);
            run(g, code, sizeof code);
            bool undefined = g->cpu.eip == HANDLERS + EXC_UD * 16;
            if (undefined == expected)
                fail_msg("LOCK %03X /%02X: %s", opcode, modrm, undefined ? "#UD" : "executed");
        }
}

static void a_forbidden_lock_comes_before_the_operand(void **state)
{
    struct guest *g = *state;
    ready(g);
    segment_load(&g->cpu, ES, 0);
    RUN(g, "\xF0\x26\x8B\x06");                 /* MOV EAX,[ES:ESI] through a null selector */
    guest_expect_fault(g, EXC_UD, -1, CODE_AT);
}

/* --- Fetching at the end --- */

/* IP does not wrap: what begins at or reaches beyond 10000h is outside the segment. */
static void real_mode_code_ends_at_64k(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    guest_put(g, EXC_GP * 4, 0x12345678, 4);
    segment_set_real(cpu, CS, CODE_AT >> 4);
    cpu->eip = 0xFFFF;
    cpu->r[EAX] = 1;
    guest_put(g, CODE_AT + 0xFFFF, 0x40, 1);    /* INC AX */
    guest_run(g, 1);
    assert_int_equal(cpu->r[EAX], 2);
    assert_int_equal(cpu->eip, 0x10000);
    guest_run(g, 1);
    assert_int_equal(cpu->seg[CS].selector, 0x1234);

    segment_set_real(cpu, CS, CODE_AT >> 4);
    cpu->eip = 0xFFFF;
    guest_put(g, CODE_AT + 0xFFFF, 0x04, 1);    /* ADD AL,imm8, of which one byte is outside */
    uint32_t sp = cpu->r[ESP];
    guest_run(g, 1);
    assert_int_equal(cpu->seg[CS].selector, 0x1234);
    assert_int_equal(guest_get(g, STACK0 + sp - 6, 2), 0xFFFF);
}

/* Jumps of word size do wrap. */
static void word_jumps_wrap_at_64k(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    cpu->eip = 0xFFFC;
    guest_put(g, CODE_AT + 0xFFFC, 0x10EB, 2);  /* JMP $+12h */
    guest_run(g, 1);
    assert_int_equal(cpu->eip, 0x000E);
}

/* A flat segment has no end: after FFFFFFFFh comes 0. */
static void flat_code_goes_on_at_zero(void **state)
{
    enum { DIRECTORY = 0x80000, TABLE = 0x81000, TOP_TABLE = 0x82000, TOP = 0x70000 };
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    ready(g);
    guest_put(g, DIRECTORY, TABLE | 7, 4);
    guest_put(g, DIRECTORY + 0xFFC, TOP_TABLE | 7, 4);
    guest_put(g, TOP_TABLE + 0xFFC, TOP | 7, 4);
    for (uint32_t page = 0; page < 0x100; page++)
        guest_put(g, TABLE + page * 4, page << 12 | 7, 4);
    cpu->cr3 = DIRECTORY;
    cpu->cr0 |= CR0_PG;
    page_flush(cpu);
    guest_put(g, TOP + 0xFFF, 0x40, 1);
    guest_put(g, 0, 0x41, 1);
    cpu->eip = 0xFFFFFFFF;
    guest_run(g, 2);
    assert_int_equal(cpu->r[EAX], 0x11223345);
    assert_int_equal(cpu->r[ECX], 4);
    assert_int_equal(cpu->eip, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(salc_fills_al_with_the_carry),
        GUEST_TEST(shift_6_is_shl),
        GUEST_TEST(test_1_is_test),
        GUEST_TEST(opcode_82_is_80),
        GUEST_TEST(the_other_forms_of_8f_are_undefined),
        GUEST_TEST(aam_and_aad_take_any_base),
        GUEST_TEST(bswap_of_a_word_clears_it),
        GUEST_TEST(rep_means_nothing_elsewhere),
        GUEST_TEST(a_prefix_said_twice_counts_once),
        GUEST_TEST(the_last_of_a_kind_counts_in_any_order),
        GUEST_TEST(fifteen_bytes_execute_and_sixteen_fault),
        GUEST_TEST(lock_goes_with_exactly_the_manuals_list),
        GUEST_TEST(a_forbidden_lock_comes_before_the_operand),
        GUEST_TEST(real_mode_code_ends_at_64k),
        GUEST_TEST(word_jumps_wrap_at_64k),
        GUEST_TEST(flat_code_goes_on_at_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
