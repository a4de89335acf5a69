/* The integer instructions against the host's own processor: the same instruction, registers, flags and memory for
 * both, random but from a fixed seed; afterwards all registers, flags and memory have to be the same (native.h).
 *
 * Flags that the manual leaves undefined are compared where our choice is what the host's part does: that is known of
 * one vendor, and others are spared. What differs from it by intent is in alu.h: SF, ZF, PF and AF of MUL, the flags
 * of DIV, SF, ZF and OF of AAA and AAS. Skipped where the host cannot run 32-bit code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/emu/cpu/flat_cpu.h"
#include "tests/emu/cpu/native.h"

enum {
    TRIALS = 150,                               /* of each form */
    DATA = FLAT_BASE + 0x0F00, DATA_SIZE = 0x200,       /* lies across a page's end */
    STACK = FLAT_BASE + 0x8000, STACK_SIZE = 0x100,
    C = FLAG_CF, P = FLAG_PF, A = FLAG_AF, Z = FLAG_ZF, S = FLAG_SF, O = FLAG_OF
};

enum pattern_flags {
    MODRM = 1,              /* all registers, and memory at an address in the code */
    REGISTER = 2,           /* ModRM with registers only */
    MEMORY = 4,             /* ModRM with memory only */
    BYTES = 8,              /* no form by operand size */
    IMM8 = 16, IMM16 = 32, IMMV = 64,
    ANY_ADDRESS = 128,      /* LEA: base, index and displacement are random */
    BIT_OFFSET = 256,       /* the register operand reaches no further than DATA */
    STACKED = 512,          /* ESP points into STACK */
    STRING = 1024,          /* ESI and EDI point into DATA, ECX is small */
    BRANCH8 = 2048,         /* a displacement to the target */
    BRANCHV = 4096,
    DOUBLE_SHIFT = 8192,
    MOFFS = 16384           /* the address of memory behind the opcode */
};

struct pattern {
    const char *name;
    uint8_t opcode, last;           /* first to last */
    uint16_t flags;
    bool two_bytes;                 /* behind 0F */
    int8_t group;                   /* ModRM.reg if it is not an operand, else -1 */
    uint16_t undefined, agreed;     /* flags the manual leaves undefined; those of them that are compared anyway */
};

static struct flat *flat;
static bool vendor_known;
static uint32_t seed;

static uint32_t any(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

/* Values near which arithmetic has its edges. */
static uint32_t any_value(void)
{
    static const uint32_t edges[] = { 0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000,
                                      0xFFFFFFFF, 0x80008080, 0x10, 0x0F, 0x99, 0x9A };
    uint32_t choice = any() % 8;
    if (choice < 3)
        return edges[any() % (sizeof edges / sizeof *edges)];
    return choice < 5 ? any() >> any() % 32 : any();
}

/* --- One trial --- */

struct trial {
    uint8_t code[16];
    size_t size;
    uint32_t target;            /* of a branch, or 0 */
    struct native_state before, host;
};

static void put(struct trial *t, uint32_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        t->code[t->size++] = (uint8_t)(value >> 8 * i);
}

static uint32_t data_address(void)
{
    return DATA + 0x80 + any() % 0x100;
}

static void put_modrm(struct trial *t, const struct pattern *p)
{
    unsigned reg = p->group >= 0 ? (unsigned)p->group : any() % 8;
    bool memory = p->flags & (MEMORY | ANY_ADDRESS) || (p->flags & MODRM && any() % 2);
    if (!memory) {
        put(t, 0xC0 | reg << 3 | any() % 8, 1);
    } else if (p->flags & ANY_ADDRESS) {
        put(t, (any() % 2 ? 0x84 : 0x44) | reg << 3, 1);
        put(t, any() % 256, 1);
        put(t, any(), t->code[t->size - 2] & 0x80 ? 4 : 1);
    } else if (p->flags & STACKED && any() % 2) {
        put(t, 0x44 | reg << 3, 1);                     /* [ESP + displacement] */
        put(t, 0x24, 1);
        put(t, any() % 64, 1);
    } else {
        put(t, 0x05 | reg << 3, 1);                     /* [displacement] */
        put(t, data_address(), 4);
    }
    if (p->flags & BIT_OFFSET)
        t->before.r[reg] = any() % 800 - 400;
}

/* Where the displacement just to be put leads, and the displacement. */
static void put_branch(struct trial *t, unsigned size)
{
    uint32_t distance = 0x10 + any() % 0x60;
    t->target = FLAT_CODE + (uint32_t)t->size + size + distance;
    put(t, distance, size);
}

static void make_trial(struct trial *t, const struct pattern *p, unsigned opcode, bool word, uint8_t prefix)
{
    memset(t, 0, sizeof *t);
    for (int i = 0; i < 8; i++)
        t->before.r[i] = any_value();
    t->before.flags = any() & (FLAG_ARITHMETIC | (p->flags & STRING ? FLAG_DF : 0));
    if (p->flags & STACKED)
        t->before.r[ESP] = STACK + 0x80;
    if (p->flags & STRING) {
        t->before.r[ESI] = data_address();
        t->before.r[EDI] = any() % 2 ? data_address() : t->before.r[ESI] + any() % 9 - 4;
        t->before.r[ECX] = any() % 24;
    }
    if (prefix)
        put(t, prefix, 1);
    if (word)
        put(t, 0x66, 1);
    if (p->two_bytes)
        put(t, 0x0F, 1);
    put(t, opcode, 1);
    if (p->flags & (MODRM | REGISTER | MEMORY | ANY_ADDRESS))
        put_modrm(t, p);
    if (p->flags & MOFFS)
        put(t, data_address(), 4);
    if (p->flags & IMM16)
        put(t, any() % 48, 2);
    if (p->flags & IMMV)
        put(t, any_value(), word ? 2 : 4);
    if (p->flags & IMM8)
        put(t, any_value(), 1);
    if (p->flags & (BRANCH8 | BRANCHV))
        put_branch(t, p->flags & BRANCH8 ? 1 : 4);
}

/* Random bytes that look alike often enough for CMPS and SCAS, the same for both. */
static void fill_memory(void)
{
    bool flatter = any() % 2;
    for (uint32_t i = 0; i < DATA_SIZE; i++)
        *flat_at(flat, DATA + i) = flatter ? (uint8_t)(any() % 2) : (uint8_t)any_value();
    for (uint32_t i = 0; i < STACK_SIZE; i++)
        *flat_at(flat, STACK + i) = (uint8_t)any();
    memcpy(native_at(DATA), flat_at(flat, DATA), DATA_SIZE);
    memcpy(native_at(STACK), flat_at(flat, STACK), STACK_SIZE);
}

static void print_state(const char *who, const uint32_t *r, uint32_t flags)
{
    print_error("%-8s", who);
    for (int i = 0; i < 8; i++)
        print_error(" %08X", r[i]);
    print_error("  flags %04X\n", flags & (FLAG_ARITHMETIC | FLAG_DF));
}

static void report(const struct trial *t, const struct pattern *p, const char *what)
{
    print_error("%s: %s differs:", p->name, what);
    for (size_t i = 0; i < t->size; i++)
        print_error(" %02X", t->code[i]);
    print_error("\n");
    print_state("before", t->before.r, t->before.flags);
    print_state("host", t->host.r, t->host.flags);
    print_state("ours", flat->cpu.r, cpu_eflags(&flat->cpu));
    fail();
}

/* The count of SHLD or SHRD of words, else 0: by more than 16 the result and CF are undefined too, by 16 OF is
 * peculiar. */
static unsigned word_double_shift(const struct trial *t, const struct pattern *p)
{
    uint32_t count = p->flags & IMM8 ? t->code[t->size - 1] : t->before.r[ECX];
    return p->flags & DOUBLE_SHIFT && t->code[0] == 0x66 ? count & 31 : 0;
}

/* Both sides from the same state; then compares. */
static void run_trial(struct trial *t, const struct pattern *p)
{
    struct cpu *cpu = &flat->cpu;
    t->host = t->before;
    native_execute(&t->host, t->code, t->size, t->target);

    memcpy(cpu->r, t->before.r, sizeof t->before.r);
    cpu->flags = flags_unpack(t->before.flags);
    cpu->eflags = 2 | (t->before.flags & FLAG_DF);
    cpu->eip = FLAT_CODE;
    int vector = flat_execute(flat, t->code, t->size);

    if (t->host.faulted != (vector == EXC_DE) || (vector != NO_FAULT && vector != EXC_DE))
        report(t, p, "fault");
    if (t->host.faulted) {
        if (memcmp(cpu->r, t->before.r, sizeof t->before.r) != 0)
            report(t, p, "state after a fault");
        return;
    }
    uint32_t compared = (FLAG_ARITHMETIC | FLAG_DF) & ~(p->undefined & ~(vendor_known ? p->agreed : 0u));
    if (word_double_shift(t, p) > 16 && !vendor_known)
        return;
    if (word_double_shift(t, p) >= 16)
        compared &= ~(uint32_t)(word_double_shift(t, p) > 16 ? C | O : O);
    if (cpu->eip != (t->host.branched ? t->target : FLAT_CODE + (uint32_t)t->size))
        report(t, p, "the way taken");
    if (memcmp(cpu->r, t->host.r, sizeof t->host.r) != 0)
        report(t, p, "a register");
    if ((cpu_eflags(cpu) ^ t->host.flags) & compared)
        report(t, p, "a flag");
    if (memcmp(flat_at(flat, DATA), native_at(DATA), DATA_SIZE) != 0 ||
        memcmp(flat_at(flat, STACK), native_at(STACK), STACK_SIZE) != 0)
        report(t, p, "memory");
}

static void run_pattern(const struct pattern *p)
{
    static const uint8_t repeats[] = { 0, 0xF2, 0xF3 };
    unsigned last = p->last ? p->last : p->opcode;
    for (unsigned opcode = p->opcode; opcode <= last; opcode++)
        for (int word = 0; word <= (p->flags & BYTES ? 0 : 1); word++)
            for (int i = 0; i < TRIALS; i++) {
                struct trial t;
                fill_memory();
                make_trial(&t, p, opcode, word, p->flags & STRING ? repeats[any() % 3] : 0);
                run_trial(&t, p);
            }
}

static void run_patterns(const struct pattern *patterns, size_t count)
{
    if (!flat) {
        print_message("this host cannot run 32-bit code: not compared\n");
        skip();
    }
    native_catch_faults();
    for (size_t i = 0; i < count; i++)
        run_pattern(&patterns[i]);
}

#define RUN(patterns) run_patterns(patterns, sizeof(patterns) / sizeof *(patterns))

/* --- What is compared --- */

static void arithmetic_with_two_operands(void **state)
{
    (void)state;
    static const char *const names[] = { "ADD", "OR", "ADC", "SBB", "AND", "SUB", "XOR", "CMP" };
    for (unsigned op = 0; op < 8; op++) {
        const uint8_t first = (uint8_t)(op << 3);
        const uint16_t undefined = op == 1 || op == 4 || op == 6 ? A : 0;
        const struct pattern patterns[] = {
            { names[op], first, 0, MODRM | BYTES, false, -1, undefined, A },
            { names[op], first + 1, 0, MODRM, false, -1, undefined, A },
            { names[op], first + 2, 0, MODRM | BYTES, false, -1, undefined, A },
            { names[op], first + 3, 0, MODRM, false, -1, undefined, A },
            { names[op], first + 4, 0, BYTES | IMM8, false, -1, undefined, A },
            { names[op], first + 5, 0, IMMV, false, -1, undefined, A },
            { names[op], 0x80, 0, MODRM | BYTES | IMM8, false, (int8_t)op, undefined, A },
            { names[op], 0x81, 0, MODRM | IMMV, false, (int8_t)op, undefined, A },
            { names[op], 0x82, 0, MODRM | BYTES | IMM8, false, (int8_t)op, undefined, A },
            { names[op], 0x83, 0, MODRM | IMM8, false, (int8_t)op, undefined, A }
        };
        RUN(patterns);
    }
}

static void arithmetic_with_one_operand_and_test(void **state)
{
    (void)state;
    static const struct pattern patterns[] = {
        { "INC r", 0x40, 0x47, 0, false, -1, 0, 0 },
        { "DEC r", 0x48, 0x4F, 0, false, -1, 0, 0 },
        { "INC", 0xFE, 0, MODRM | BYTES, false, 0, 0, 0 },
        { "INC", 0xFF, 0, MODRM, false, 0, 0, 0 },
        { "DEC", 0xFE, 0, MODRM | BYTES, false, 1, 0, 0 },
        { "DEC", 0xFF, 0, MODRM, false, 1, 0, 0 },
        { "NOT", 0xF6, 0, MODRM | BYTES, false, 2, 0, 0 },
        { "NOT", 0xF7, 0, MODRM, false, 2, 0, 0 },
        { "NEG", 0xF6, 0, MODRM | BYTES, false, 3, 0, 0 },
        { "NEG", 0xF7, 0, MODRM, false, 3, 0, 0 },
        { "TEST", 0x84, 0, MODRM | BYTES, false, -1, A, A },
        { "TEST", 0x85, 0, MODRM, false, -1, A, A },
        { "TEST", 0xA8, 0, BYTES | IMM8, false, -1, A, A },
        { "TEST", 0xA9, 0, IMMV, false, -1, A, A },
        { "TEST", 0xF6, 0, MODRM | BYTES | IMM8, false, 0, A, A },
        { "TEST", 0xF7, 0, MODRM | IMMV, false, 1, A, A }
    };
    RUN(patterns);
}

static void shifts_and_rotations(void **state)
{
    (void)state;
    static const char *const names[] = { "ROL", "ROR", "RCL", "RCR", "SHL", "SHR", "SHL", "SAR" };
    for (int op = 0; op < 8; op++) {
        const uint16_t once = op < 4 ? 0 : A, more = op < 4 ? O : A | O | C;
        const struct pattern patterns[] = {
            { names[op], 0xD0, 0, MODRM | BYTES, false, (int8_t)op, once, once },
            { names[op], 0xD1, 0, MODRM, false, (int8_t)op, once, once },
            { names[op], 0xC0, 0, MODRM | BYTES | IMM8, false, (int8_t)op, more, more },
            { names[op], 0xC1, 0, MODRM | IMM8, false, (int8_t)op, more, more },
            { names[op], 0xD2, 0, MODRM | BYTES, false, (int8_t)op, more, more },
            { names[op], 0xD3, 0, MODRM, false, (int8_t)op, more, more }
        };
        RUN(patterns);
    }
}

static void double_shifts(void **state)
{
    (void)state;
    static const struct pattern patterns[] = {
        { "SHLD Ib", 0xA4, 0, MODRM | IMM8 | DOUBLE_SHIFT, true, -1, A | O, A | O },
        { "SHLD CL", 0xA5, 0, MODRM | DOUBLE_SHIFT, true, -1, A | O, A | O },
        { "SHRD Ib", 0xAC, 0, MODRM | IMM8 | DOUBLE_SHIFT, true, -1, A | O, A | O },
        { "SHRD CL", 0xAD, 0, MODRM | DOUBLE_SHIFT, true, -1, A | O, A | O }
    };
    RUN(patterns);
}

static void multiplication(void **state)
{
    (void)state;
    static const struct pattern patterns[] = {
        { "MUL", 0xF6, 0, MODRM | BYTES, false, 4, S | Z | A | P, 0 },
        { "MUL", 0xF7, 0, MODRM, false, 4, S | Z | A | P, 0 },
        { "IMUL", 0xF6, 0, MODRM | BYTES, false, 5, S | Z | A | P, 0 },
        { "IMUL", 0xF7, 0, MODRM, false, 5, S | Z | A | P, 0 },
        { "IMUL Gv,Ev", 0xAF, 0, MODRM, true, -1, S | Z | A | P, 0 },
        { "IMUL Gv,Ev,Iv", 0x69, 0, MODRM | IMMV, false, -1, S | Z | A | P, 0 },
        { "IMUL Gv,Ev,sIb", 0x6B, 0, MODRM | IMM8, false, -1, S | Z | A | P, 0 }
    };
    RUN(patterns);
}

static void division(void **state)
{
    (void)state;
    static const struct pattern patterns[] = {
        { "DIV", 0xF6, 0, MODRM | BYTES, false, 6, FLAG_ARITHMETIC, 0 },
        { "DIV", 0xF7, 0, MODRM, false, 6, FLAG_ARITHMETIC, 0 },
        { "IDIV", 0xF6, 0, MODRM | BYTES, false, 7, FLAG_ARITHMETIC, 0 },
        { "IDIV", 0xF7, 0, MODRM, false, 7, FLAG_ARITHMETIC, 0 }
    };
    RUN(patterns);
}

static void decimal_adjustments(void **state)
{
    (void)state;
    static const struct pattern patterns[] = {
        { "DAA", 0x27, 0, BYTES, false, -1, O, O },
        { "DAS", 0x2F, 0, BYTES, false, -1, O, O },
        { "AAA", 0x37, 0, BYTES, false, -1, O | S | Z | P, P },
        { "AAS", 0x3F, 0, BYTES, false, -1, O | S | Z | P, P },
        { "AAM", 0xD4, 0, BYTES | IMM8, false, -1, O | A | C, O | A | C },
        { "AAD", 0xD5, 0, BYTES | IMM8, false, -1, O | A | C, O | A | C }
    };
    RUN(patterns);
}

static void moves(void **state)
{
    (void)state;
    static const struct pattern patterns[] = {
        { "MOV", 0x88, 0, MODRM | BYTES, false, -1, 0, 0 },
        { "MOV", 0x89, 0, MODRM, false, -1, 0, 0 },
        { "MOV", 0x8A, 0, MODRM | BYTES, false, -1, 0, 0 },
        { "MOV", 0x8B, 0, MODRM, false, -1, 0, 0 },
        { "MOV", 0xC6, 0, MODRM | BYTES | IMM8, false, 0, 0, 0 },
        { "MOV", 0xC7, 0, MODRM | IMMV, false, 0, 0, 0 },
        { "MOV Zb,Ib", 0xB0, 0xB7, BYTES | IMM8, false, -1, 0, 0 },
        { "MOV Zv,Iv", 0xB8, 0xBF, IMMV, false, -1, 0, 0 },
        { "MOV AL,Ob", 0xA0, 0, BYTES | MOFFS, false, -1, 0, 0 },
        { "MOV eAX,Ov", 0xA1, 0, MOFFS, false, -1, 0, 0 },
        { "MOV Ob,AL", 0xA2, 0, BYTES | MOFFS, false, -1, 0, 0 },
        { "MOV Ov,eAX", 0xA3, 0, MOFFS, false, -1, 0, 0 },
        { "XCHG", 0x86, 0, MODRM | BYTES, false, -1, 0, 0 },
        { "XCHG", 0x87, 0, MODRM, false, -1, 0, 0 },
        { "XCHG Zv,eAX", 0x90, 0x97, 0, false, -1, 0, 0 },
        { "LEA", 0x8D, 0, ANY_ADDRESS, false, -1, 0, 0 },
        { "CBW", 0x98, 0, 0, false, -1, 0, 0 },
        { "CWD", 0x99, 0, 0, false, -1, 0, 0 },
        { "MOVZX Eb", 0xB6, 0, MODRM, true, -1, 0, 0 },
        { "MOVZX Ew", 0xB7, 0, MODRM, true, -1, 0, 0 },
        { "MOVSX Eb", 0xBE, 0, MODRM, true, -1, 0, 0 },
        { "MOVSX Ew", 0xBF, 0, MODRM, true, -1, 0, 0 }
    };
    RUN(patterns);
}

static void bits_and_exchanges(void **state)
{
    (void)state;
    static const uint16_t all_but_cf = O | S | A | P, all_but_zf = C | O | S | A | P;
    static const char *const names[] = { "BT", "BTS", "BTR", "BTC" };
    for (int op = 0; op < 4; op++) {
        const struct pattern patterns[] = {
            { names[op], (uint8_t)(0xA3 + 8 * op), 0, MODRM | BIT_OFFSET, true, -1, all_but_cf, all_but_cf },
            { names[op], (uint8_t)(0xA3 + 8 * op), 0, REGISTER, true, -1, all_but_cf, all_but_cf },
            { names[op], 0xBA, 0, MODRM | IMM8, true, (int8_t)(4 + op), all_but_cf, all_but_cf }
        };
        RUN(patterns);
    }
    const struct pattern patterns[] = {
        { "BSF", 0xBC, 0, MODRM, true, -1, all_but_zf, all_but_zf },
        { "BSR", 0xBD, 0, MODRM, true, -1, all_but_zf, all_but_zf },
        { "BSWAP", 0xC8, 0xCF, BYTES, true, -1, 0, 0 },
        { "XADD", 0xC0, 0, MODRM | BYTES, true, -1, 0, 0 },
        { "XADD", 0xC1, 0, MODRM, true, -1, 0, 0 },
        { "CMPXCHG", 0xB0, 0, MODRM | BYTES, true, -1, 0, 0 },
        { "CMPXCHG", 0xB1, 0, MODRM, true, -1, 0, 0 }
    };
    RUN(patterns);
}

static void stack_instructions(void **state)
{
    (void)state;
    static const struct pattern patterns[] = {
        { "PUSH Zv", 0x50, 0x57, STACKED, false, -1, 0, 0 },
        { "POP Zv", 0x58, 0x5F, STACKED, false, -1, 0, 0 },
        { "PUSHA", 0x60, 0, STACKED, false, -1, 0, 0 },
        { "POPA", 0x61, 0, STACKED, false, -1, 0, 0 },
        { "PUSH Iv", 0x68, 0, STACKED | IMMV, false, -1, 0, 0 },
        { "PUSH sIb", 0x6A, 0, STACKED | IMM8, false, -1, 0, 0 },
        { "PUSH Ev", 0xFF, 0, STACKED | MODRM, false, 6, 0, 0 },
        { "POP Ev", 0x8F, 0, STACKED | MODRM, false, 0, 0, 0 }
    };
    RUN(patterns);
}

static void flag_instructions_and_conditions(void **state)
{
    (void)state;
    static const struct pattern patterns[] = {
        { "CMC", 0xF5, 0, BYTES, false, -1, 0, 0 },
        { "CLC", 0xF8, 0, BYTES, false, -1, 0, 0 },
        { "STC", 0xF9, 0, BYTES, false, -1, 0, 0 },
        { "CLD", 0xFC, 0, BYTES, false, -1, 0, 0 },
        { "STD", 0xFD, 0, BYTES, false, -1, 0, 0 },
        { "SAHF", 0x9E, 0, BYTES, false, -1, 0, 0 },
        { "LAHF", 0x9F, 0, BYTES, false, -1, 0, 0 },
        { "SALC", 0xD6, 0, BYTES, false, -1, 0, 0 },
        { "SETcc", 0x90, 0x9F, MODRM | BYTES, true, 0, 0, 0 },
        { "Jcc", 0x70, 0x7F, BYTES | BRANCH8, false, -1, 0, 0 },
        { "Jcc", 0x80, 0x8F, BYTES | BRANCHV, true, -1, 0, 0 },
        { "JMP", 0xEB, 0, BYTES | BRANCH8, false, -1, 0, 0 },
        { "JMP", 0xE9, 0, BYTES | BRANCHV, false, -1, 0, 0 },
        { "CALL", 0xE8, 0, BYTES | BRANCHV | STACKED, false, -1, 0, 0 },
        { "LOOP", 0xE0, 0xE3, BYTES | BRANCH8, false, -1, 0, 0 }
    };
    RUN(patterns);
}

static void strings(void **state)
{
    (void)state;
    static const struct pattern patterns[] = {
        { "MOVS", 0xA4, 0, STRING | BYTES, false, -1, 0, 0 },
        { "MOVS", 0xA5, 0, STRING, false, -1, 0, 0 },
        { "CMPS", 0xA6, 0, STRING | BYTES, false, -1, 0, 0 },
        { "CMPS", 0xA7, 0, STRING, false, -1, 0, 0 },
        { "STOS", 0xAA, 0, STRING | BYTES, false, -1, 0, 0 },
        { "STOS", 0xAB, 0, STRING, false, -1, 0, 0 },
        { "LODS", 0xAC, 0, STRING | BYTES, false, -1, 0, 0 },
        { "LODS", 0xAD, 0, STRING, false, -1, 0, 0 },
        { "SCAS", 0xAE, 0, STRING | BYTES, false, -1, 0, 0 },
        { "SCAS", 0xAF, 0, STRING, false, -1, 0, 0 }
    };
    RUN(patterns);
}

/* What needs registers or a stack of a certain kind. */
static void run_special(struct trial *t, const char *name, const char *code, size_t size)
{
    const struct pattern p = { .name = name };
    memcpy(t->code, code, size);
    t->size = size;
    run_trial(t, &p);
}

static void enter_leave_ret_and_xlat(void **state)
{
    (void)state;
    if (!flat)
        skip();
    for (int i = 0; i < TRIALS * 4; i++) {
        const struct pattern nothing = { .name = "" };
        struct trial t;
        char code[4] = { (char)0xC8, (char)(any() % 32), 0, (char)(any() % 6) };
        fill_memory();
        make_trial(&t, &nothing, 0, false, 0);
        t.before.r[ESP] = STACK + 0x80;
        t.before.r[EBP] = any() % 2 ? t.before.r[ESP] : STACK + 0x40 + any() % 0x80;
        run_special(&t, "ENTER", code, 4);
        t.before = t.host;
        run_special(&t, "LEAVE", i % 2 ? "\xC9" : "\x66\xC9", i % 2 ? 1 : 2);

        t.before.r[ESP] = STACK + 0x80;
        t.target = FLAT_CODE + 0x80;
        memcpy(native_at(STACK + 0x80), &t.target, 4);
        store32(flat_at(flat, STACK + 0x80), t.target);
        run_special(&t, "RET", i % 2 ? "\xC3" : "\xC2\x08\x00", i % 2 ? 1 : 3);
        t.before.r[EAX] = t.target;
        t.before.r[ESP] = STACK + 0x80;
        run_special(&t, i % 2 ? "JMP EAX" : "CALL EAX", i % 2 ? "\xFF\xE0" : "\xFF\xD0", 2);

        t.target = 0;
        t.before.r[EBX] = DATA;
        run_special(&t, "XLAT", "\xD7", 1);
    }
}

static int open_both(void **state)
{
    (void)state;
    seed = 0x19890410;
    if (native_open())
        flat = flat_create();
    vendor_known = native_is_vendor("AuthenticAMD");
    return 0;
}

static int close_both(void **state)
{
    (void)state;
    if (flat)
        flat_destroy(flat);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_with_two_operands),
        cmocka_unit_test(arithmetic_with_one_operand_and_test),
        cmocka_unit_test(shifts_and_rotations),
        cmocka_unit_test(double_shifts),
        cmocka_unit_test(multiplication),
        cmocka_unit_test(division),
        cmocka_unit_test(decimal_adjustments),
        cmocka_unit_test(moves),
        cmocka_unit_test(bits_and_exchanges),
        cmocka_unit_test(stack_instructions),
        cmocka_unit_test(flag_instructions_and_conditions),
        cmocka_unit_test(strings),
        cmocka_unit_test(enter_leave_ret_and_xlat)
    };
    return cmocka_run_group_tests(tests, open_both, close_both);
}
