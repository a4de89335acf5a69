/* Alignment check (PRM 9.9.15): which accesses are checked, for what alignment, and what comes before #AC. The table is
 * the manual's; what m64, m80, FSTENV, FSAVE and the order of #AC and #PF do was also seen on later Intel parts. */
#include "guest_cpu.h"

#include "emu/cpu/fpu.h"

/* Addresses modulo 8 that do not fault, a bit each. */
enum { OK_BYTE = 0xFF, OK_WORD = 0x55, OK_DWORD = 0x11, OK_QWORD = 0x01, OK_ODD_WORD = 0x44 };

/* Level 3 with AC and AM set, IOPL 3. */
static void checked(struct guest *g)
{
    guest_protected(g, 3);
    g->cpu.cr0 |= CR0_AM;
    g->cpu.cr0 &= ~(uint32_t)(CR0_EM | CR0_TS);
    cpu_set_eflags(&g->cpu, FLAG_AC | FLAG_IOPL | 2);
}

static bool faulted(const struct guest *g)
{
    if (g->cpu.cpl != 0)
        return false;
    guest_expect_fault(g, EXC_AC, 0, CODE_AT);
    return true;
}

/* Code up to ModRM 05 or the like; the address follows, then END. */
struct operand_row { const char *name; uint8_t code[4], size; uint8_t ok; };

static const struct operand_row operands[] = {
    { "MOV r8,m8", { 0x8A, 0x05 }, 2, OK_BYTE },
    { "MOV r16,m16", { 0x66, 0x8B, 0x05 }, 3, OK_WORD },
    { "MOV r32,m32", { 0x8B, 0x05 }, 2, OK_DWORD },
    { "MOV m16,r16", { 0x66, 0x89, 0x05 }, 3, OK_WORD },
    { "MOV m32,r32", { 0x89, 0x05 }, 2, OK_DWORD },
    { "ADD m32,r32", { 0x01, 0x05 }, 2, OK_DWORD },
    { "CMPXCHG m32,r32", { 0x0F, 0xB1, 0x0D }, 3, OK_DWORD },
    { "XADD m16,r16", { 0x66, 0x0F, 0xC1, 0x0D }, 4, OK_WORD },
    { "MOVZX r32,m8", { 0x0F, 0xB6, 0x05 }, 3, OK_BYTE },
    { "MOVZX r32,m16", { 0x0F, 0xB7, 0x05 }, 3, OK_WORD },
    { "MOV ES,m16", { 0x8E, 0x05 }, 2, OK_WORD },
    { "MOV m16,ES", { 0x8C, 0x05 }, 2, OK_WORD },
    { "LAR r32,m16", { 0x0F, 0x02, 0x05 }, 3, OK_WORD },
    { "VERR m16", { 0x0F, 0x00, 0x25 }, 3, OK_WORD },
    { "ARPL m16,r16", { 0x63, 0x05 }, 2, OK_WORD },
    { "SLDT m16", { 0x0F, 0x00, 0x05 }, 3, OK_WORD },
    { "STR m16", { 0x0F, 0x00, 0x0D }, 3, OK_WORD },
    { "SMSW m16", { 0x0F, 0x01, 0x25 }, 3, OK_WORD },
    { "LES r16,m16:16", { 0x66, 0xC4, 0x05 }, 3, OK_WORD },
    { "LES r32,m16:32", { 0xC4, 0x05 }, 2, OK_DWORD },
    { "LGS r32,m16:32", { 0x0F, 0xB5, 0x05 }, 3, OK_DWORD },
    { "SGDT m48", { 0x0F, 0x01, 0x05 }, 3, OK_ODD_WORD },
    { "SIDT m48", { 0x0F, 0x01, 0x0D }, 3, OK_ODD_WORD },
    { "BOUND r16,m", { 0x66, 0x62, 0x1D }, 3, OK_WORD },
    { "BOUND r32,m", { 0x62, 0x1D }, 2, OK_DWORD },
    { "BT m16,r16", { 0x66, 0x0F, 0xA3, 0x1D }, 4, OK_WORD },
    { "BT m32,r32", { 0x0F, 0xA3, 0x1D }, 3, OK_DWORD },
    { "BTS m32,r32", { 0x0F, 0xAB, 0x1D }, 3, OK_DWORD },
    { "PUSH m32", { 0xFF, 0x35 }, 2, OK_DWORD },
    { "POP m32", { 0x8F, 0x05 }, 2, OK_DWORD },
    { "FLD m32", { 0xD9, 0x05 }, 2, OK_DWORD },
    { "FST m32", { 0xD9, 0x15 }, 2, OK_DWORD },
    { "FADD m32", { 0xD8, 0x05 }, 2, OK_DWORD },
    { "FLD m64", { 0xDD, 0x05 }, 2, OK_QWORD },
    { "FST m64", { 0xDD, 0x15 }, 2, OK_QWORD },
    { "FADD m64", { 0xDC, 0x05 }, 2, OK_QWORD },
    { "FLD m80", { 0xDB, 0x2D }, 2, OK_QWORD },
    { "FSTP m80", { 0xDB, 0x3D }, 2, OK_QWORD },
    { "FILD m16", { 0xDF, 0x05 }, 2, OK_WORD },
    { "FILD m32", { 0xDB, 0x05 }, 2, OK_DWORD },
    { "FILD m64", { 0xDF, 0x2D }, 2, OK_QWORD },
    { "FISTP m64", { 0xDF, 0x3D }, 2, OK_QWORD },
    { "FBLD m80", { 0xDF, 0x25 }, 2, OK_QWORD },
    { "FBSTP m80", { 0xDF, 0x35 }, 2, OK_QWORD },
    { "FLDCW m16", { 0xD9, 0x2D }, 2, OK_WORD },
    { "FNSTCW m16", { 0xD9, 0x3D }, 2, OK_WORD },
    { "FNSTSW m16", { 0xDD, 0x3D }, 2, OK_WORD },
    { "FNSTENV, 16 bits", { 0x66, 0xD9, 0x35 }, 3, OK_WORD },
    { "FNSTENV, 32 bits", { 0xD9, 0x35 }, 2, OK_DWORD },
    { "FLDENV, 16 bits", { 0x66, 0xD9, 0x25 }, 3, OK_WORD },
    { "FLDENV, 32 bits", { 0xD9, 0x25 }, 2, OK_DWORD },
    { "FNSAVE, 16 bits", { 0x66, 0xDD, 0x35 }, 3, OK_WORD },
    { "FNSAVE, 32 bits", { 0xDD, 0x35 }, 2, OK_DWORD },
    { "FRSTOR, 16 bits", { 0x66, 0xDD, 0x25 }, 3, OK_WORD },
    { "FRSTOR, 32 bits", { 0xDD, 0x25 }, 2, OK_DWORD },
};

/* Data that every row can use: null selectors, bounds that hold 0, clean environments. */
static void run_operand(struct guest *g, const struct operand_row *row, uint32_t at)
{
    uint8_t code[8];
    memset(g->ram + DATA_AT, 0, 0x200);
    checked(g);
    fpu_reset(&g->cpu);
    g->cpu.r[EAX] = g->cpu.r[EBX] = 0;
    memcpy(code, row->code, row->size);
    store32(code + row->size, at);
    guest_code(g, code, row->size + 4u);
    cpu_memory_written(&g->cpu, CODE_AT, sizeof code);
    guest_run(g, 1);
}

static void operands_have_the_manuals_alignment(void **state)
{
    struct guest *g = *state;
    for (unsigned i = 0; i < sizeof operands / sizeof *operands; i++)
        for (unsigned offset = 0; offset < 8; offset++) {
            run_operand(g, &operands[i], DATA_AT + offset);
            bool fault = faulted(g);
            if (fault == (operands[i].ok >> offset & 1))
                fail_msg("%s at +%u: %s", operands[i].name, offset, fault ? "#AC" : "no #AC");
            if (!fault && g->cpu.eip != CODE_AT + operands[i].size + 4u)
                fail_msg("%s at +%u: EIP %X", operands[i].name, offset, g->cpu.eip);
        }
}

static void a_fault_writes_nothing(void **state)
{
    struct guest *g = *state;
    for (unsigned i = 0; i < sizeof operands / sizeof *operands; i++)
        for (unsigned offset = 0; offset < 8; offset++) {
            const struct operand_row *row = &operands[i];
            if (row->ok >> offset & 1)
                continue;
            run_operand(g, row, DATA_AT + offset);
            for (unsigned at = 0; at < 0x100; at++)
                if (g->ram[DATA_AT + at])
                    fail_msg("%s at +%u wrote at +%u", row->name, offset, at);
        }
}

/* Stack instructions by ESP; strings by ESI and EDI. EBP and EAX are valid pointers. */
struct pointer_row { const char *name; uint8_t code[5], size; uint8_t ok; };

static void run_pointers(struct guest *g, const struct pointer_row *row, unsigned offset)
{
    struct cpu *cpu = &g->cpu;
    checked(g);
    memset(g->ram + STACK3 + 0x700, 0, 0x200);
    memset(g->ram + DATA_AT, 0, 0x200);
    guest_put(g, STACK3 + 0x800 + offset, CODE_AT + 0x40, 4);   /* for RET */
    cpu->r[ESP] = STACK3 + 0x800 + offset;
    cpu->r[EBP] = STACK3 + 0x840 + offset;
    cpu->r[ESI] = DATA_AT + offset;
    cpu->r[EDI] = DATA_AT + 0x100 + offset;
    cpu->r[EDX] = 0x100;
    cpu->r[ECX] = 2;
    guest_code(g, row->code, row->size);
    guest_run(g, 1);
}

static void compare_pointers(struct guest *g, const struct pointer_row *rows, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned offset = 0; offset < 8; offset++) {
            run_pointers(g, &rows[i], offset);
            bool fault = faulted(g);
            if (fault == (rows[i].ok >> offset & 1))
                fail_msg("%s at +%u: %s", rows[i].name, offset, fault ? "#AC" : "no #AC");
        }
}

/* PUSH of a segment register moves ESP by four but stores a word. */
static void stacks_are_checked(void **state)
{
    static const struct pointer_row rows[] = {
        { "PUSH r32", { 0x50 }, 1, OK_DWORD },        { "PUSH r16", { 0x66, 0x50 }, 2, OK_WORD },
        { "PUSH imm8", { 0x6A, 1 }, 2, OK_DWORD },    { "PUSH DS", { 0x1E }, 1, OK_WORD },
        { "POP r32", { 0x58 }, 1, OK_DWORD },         { "POP r16", { 0x66, 0x58 }, 2, OK_WORD },
        { "PUSHA", { 0x60 }, 1, OK_DWORD },           { "POPA", { 0x61 }, 1, OK_DWORD },
        { "PUSHF", { 0x9C }, 1, OK_DWORD },           { "CALL", { 0xE8, 0, 0, 0, 0 }, 5, OK_DWORD },
        { "RET", { 0xC3 }, 1, OK_DWORD },             { "LEAVE", { 0xC9 }, 1, OK_DWORD },
        { "ENTER 16,0", { 0xC8, 16, 0, 0 }, 4, OK_DWORD }, { "ENTER 3,0", { 0xC8, 3, 0, 0 }, 4, OK_DWORD },
        { "ENTER 0,3", { 0xC8, 0, 0, 3 }, 4, OK_DWORD },
    };
    compare_pointers(*state, rows, sizeof rows / sizeof *rows);
}

static void strings_are_checked(void **state)
{
    static const struct pointer_row rows[] = {
        { "MOVSB", { 0xA4 }, 1, OK_BYTE },          { "MOVSW", { 0x66, 0xA5 }, 2, OK_WORD },
        { "MOVSD", { 0xA5 }, 1, OK_DWORD },         { "REP MOVSD", { 0xF3, 0xA5 }, 2, OK_DWORD },
        { "LODSW", { 0x66, 0xAD }, 2, OK_WORD },    { "STOSD", { 0xAB }, 1, OK_DWORD },
        { "REP STOSD", { 0xF3, 0xAB }, 2, OK_DWORD }, { "CMPSD", { 0xA7 }, 1, OK_DWORD },
        { "REPE SCASD", { 0xF3, 0xAF }, 2, OK_DWORD }, { "INSB", { 0x6C }, 1, OK_BYTE },
        { "INSD", { 0x6D }, 1, OK_DWORD },          { "OUTSW", { 0x66, 0x6F }, 2, OK_WORD },
        { "OUTSD", { 0x6F }, 1, OK_DWORD },
    };
    compare_pointers(*state, rows, sizeof rows / sizeof *rows);
}

/* Far pointers in memory and far frames on the stack, to the same level. */
static void far_transfers_are_checked(void **state)
{
    static const struct { const char *name; uint8_t code[3], size; uint32_t stack[3]; uint8_t ok; } rows[] = {
        { "JMP FAR [ESI]", { 0xFF, 0x2E }, 2, { 0 }, OK_DWORD },
        { "JMP FAR [ESI], 16 bits", { 0x66, 0xFF, 0x2E }, 3, { 0 }, OK_WORD },
        { "RETF", { 0xCB }, 1, { CODE_AT + 0x40, CODE3 }, OK_DWORD },
        { "IRETD", { 0xCF }, 1, { CODE_AT + 0x40, CODE3, FLAG_AC | 2 }, OK_DWORD },
    };
    struct guest *g = *state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        for (unsigned offset = 0; offset < 8; offset++) {
            bool word = rows[i].code[0] == 0x66;
            checked(g);
            g->cpu.r[ESI] = DATA_AT + offset;
            g->cpu.r[ESP] = STACK3 + 0x800 + offset;
            guest_put(g, DATA_AT + offset, word ? 0x1234 : CODE_AT + 0x40, 4);
            guest_put(g, DATA_AT + offset + (word ? 2 : 4), CODE3, 2);
            for (unsigned n = 0; n < 3; n++)
                guest_put(g, STACK3 + 0x800 + offset + 4 * n, rows[i].stack[n], 4);
            guest_code(g, rows[i].code, rows[i].size);
            guest_run(g, 1);
            bool fault = faulted(g);
            if (fault == (rows[i].ok >> offset & 1))
                fail_msg("%s at +%u: %s", rows[i].name, offset, fault ? "#AC" : "no #AC");
            if (!fault)
                assert_int_equal(g->cpu.eip, word ? 0x1234 : CODE_AT + 0x40);
        }
}

static void a_port_is_not_read_for_a_misaligned_insd(void **state)
{
    static const struct pointer_row row = { "INSD", { 0x6D }, 1, OK_DWORD };
    struct guest *g = *state;
    run_pointers(g, &row, 2);
    assert_true(faulted(g));
    assert_int_equal(g->port_reads, 0);
}

/* --- When nothing is checked --- */

static void both_flags_and_level_3_are_needed(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    for (unsigned i = 0; i < 8; i++) {
        guest_protected(g, i & 1 ? 3 : 0);
        cpu->cr0 &= ~(uint32_t)CR0_AM;
        cpu->cr0 |= i & 2 ? CR0_AM : 0;
        cpu_set_eflags(cpu, 2 | (i & 4 ? FLAG_AC : 0));
        GUEST_STEP(g, 0xA1, 1, 0, 6, 0);
        if (i == 7)
            guest_expect_fault(g, EXC_AC, 0, CODE_AT);
        else
            assert_int_equal(cpu->eip, CODE_AT + 5);
    }
}

static void v86_mode_is_checked(void **state)
{
    struct guest *g = *state;
    guest_v86(g, 3);
    g->cpu.cr0 |= CR0_AM;
    cpu_set_eflags(&g->cpu, FLAG_VM | FLAG_IOPL | FLAG_AC | 2);
    GUEST_STEP(g, 0xA1, 1, 0);                                  /* MOV AX,[1] */
    assert_int_equal(g->cpu.eip, HANDLERS + EXC_AC * 16);
}

/* The address is the linear one: a segment's base counts. */
static void the_linear_address_counts(void **state)
{
    struct guest *g = *state;
    checked(g);
    guest_descriptor(g, FREE, DATA_AT + 2, 0xFFFF, DATA32_ACCESS | DPL3);
    g->cpu.gdtr.limit = FREE + 7;
    segment_load(&g->cpu, DS, FREE | 3);
    GUEST_STEP(g, 0xA1, 2, 0, 0, 0);
    assert_int_equal(g->cpu.eip, CODE_AT + 5);
    g->cpu.eip = CODE_AT;
    GUEST_STEP(g, 0xA1, 0, 0, 0, 0);
    assert_true(faulted(g));
    checked(g);
    guest_descriptor(g, FREE, DATA_AT + 2, 0xFFFF, DATA32_ACCESS | DPL3);
    segment_load(&g->cpu, DS, FREE | 3);
    GUEST_STEP(g, 0xDD, 0x05, 6, 0, 0, 0);                      /* FLD m64 */
    assert_int_equal(g->cpu.eip, CODE_AT + 6);
}

/* Descriptors, the TSS, the inner stack and instruction fetches are not data of the program. */
static void the_processors_own_accesses_are_not_checked(void **state)
{
    struct guest *g = *state;
    struct cpu *cpu = &g->cpu;
    checked(g);
    memmove(g->ram + GDT_AT + 1, g->ram + GDT_AT, GDT_LIMIT + 1);
    cpu->gdtr.base = GDT_AT + 1;
    guest_put(g, TSS_AT + 4, STACK0 + 0x0FFD, 4);
    guest_gate(g, 0x40, CODE0, HANDLERS + 0x40 * 16, 0xEE);
    cpu->r[EAX] = DATA3;
    GUEST_STEP(g, 0x8E, 0xC0);                                  /* MOV ES,AX */
    assert_int_equal(cpu->eip, CODE_AT + 2);
    cpu->eip = CODE_AT + 1;
    guest_code(g, "\x90\xCD\x40", 3);
    guest_run(g, 1);
    assert_int_equal(cpu->eip, HANDLERS + 0x40 * 16);
    assert_int_equal(cpu->r[ESP], STACK0 + 0x0FFD - 20);
}

/* --- What comes first --- */

enum { DIRECTORY = 0x80000, TABLE = 0x81000 };

static void paged(struct guest *g)
{
    checked(g);
    guest_put(g, DIRECTORY, TABLE | 7, 4);
    for (uint32_t page = 0; page < 0x100; page++)
        guest_put(g, TABLE + page * 4, page << 12 | 7, 4);
    g->cpu.cr3 = DIRECTORY;
    g->cpu.cr0 |= CR0_PG;
    page_flush(&g->cpu);
}

static void a_limit_comes_before_alignment(void **state)
{
    struct guest *g = *state;
    checked(g);
    guest_descriptor(g, FREE, DATA_AT, 0xF, 0x4093 | DPL3);
    g->cpu.gdtr.limit = FREE + 7;
    segment_load(&g->cpu, DS, FREE | 3);
    GUEST_STEP(g, 0xA1, 0xD, 0, 0, 0);
    guest_expect_fault(g, EXC_GP, 0, CODE_AT);
}

static void alignment_comes_before_paging(void **state)
{
    static const struct pointer_row rows[] = {
        { "MOV EAX,[ESI]", { 0x8B, 0x06 }, 2, 0 },  { "MOV [ESI],EAX", { 0x89, 0x06 }, 2, 0 },
        { "FNSAVE [ESI]", { 0xDD, 0x36 }, 2, 0 },   { "FLD m80", { 0xDB, 0x2E }, 2, 0 },
        { "FST m64", { 0xDD, 0x16 }, 2, 0 },        { "PUSHA", { 0x60 }, 1, 0 },
        { "ENTER 8,2", { 0xC8, 8, 0, 2 }, 4, 0 },
    };
    struct guest *g = *state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        paged(g);
        guest_put(g, TABLE + (DATA_AT >> 12) * 4, 0, 4);
        guest_put(g, TABLE + (STACK3 >> 12) * 4, 0, 4);
        page_flush(&g->cpu);
        g->cpu.r[ESI] = DATA_AT + 2;
        g->cpu.r[ESP] = STACK3 + 0x802;
        g->cpu.r[EBP] = STACK3 + 0x842;
        guest_code(g, rows[i].code, rows[i].size);
        guest_run(g, 1);
        if (g->cpu.eip != HANDLERS + EXC_AC * 16)
            fail_msg("%s: EIP %X", rows[i].name, g->cpu.eip);
    }
}

static void an_aligned_access_to_an_absent_page_is_a_page_fault(void **state)
{
    struct guest *g = *state;
    paged(g);
    guest_put(g, TABLE + (DATA_AT >> 12) * 4, 0, 4);
    page_flush(&g->cpu);
    GUEST_STEP(g, 0xA1, 4, 0, 6, 0);
    guest_expect_fault(g, EXC_PF, 4, CODE_AT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(operands_have_the_manuals_alignment),
        GUEST_TEST(a_fault_writes_nothing),
        GUEST_TEST(stacks_are_checked),
        GUEST_TEST(strings_are_checked),
        GUEST_TEST(far_transfers_are_checked),
        GUEST_TEST(a_port_is_not_read_for_a_misaligned_insd),
        GUEST_TEST(both_flags_and_level_3_are_needed),
        GUEST_TEST(v86_mode_is_checked),
        GUEST_TEST(the_linear_address_counts),
        GUEST_TEST(the_processors_own_accesses_are_not_checked),
        GUEST_TEST(a_limit_comes_before_alignment),
        GUEST_TEST(alignment_comes_before_paging),
        GUEST_TEST(an_aligned_access_to_an_absent_page_is_a_page_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
