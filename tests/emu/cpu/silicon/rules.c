/* See rules.h. Everything that keeps a case from being compared in full is a row of one of the two tables here. */
#include "tests/emu/cpu/silicon/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* --- Not executed --- */

const struct exclusion exclusions[] = {
    { 0x062, 0x062, 0, true, "with a register it is the EVEX prefix of later parts, not #UD" },
    { 0x08F, 0x08F, 0xFE, false, "AMD's XOP prefix, not #UD" },
    { 0x0C4, 0x0C5, 0, true, "with a register they are the VEX prefixes of later parts, not #UD" },
    { 0x0C6, 0x0C7, 0x80, false, "XABORT and XBEGIN of later parts, not #UD" },
    { 0x0D8, 0x0DF, 0, false, "x87: compared by the FPU's tests" },
    { 0x100, 0x100, 0x03, false, "SLDT and STR tell of the kernel's tables, or fault by UMIP" },
    { 0x101, 0x101, 0x13, false, "SGDT, SIDT and SMSW tell of the kernel's tables, or are emulated by it" },
    { 0x101, 0x101, 0x20, false, "shadow stack instructions of later parts, not #UD" },
    { 0x101, 0x101, 0x8C, true, "virtualisation and other instructions of later parts, not #UD" },
    { 0x110, 0x113, 0, false, "UMOV, which later parts use for SSE" },
    { 0x124, 0x124, 0, false, "test registers: gone since the Pentium" },
    { 0x126, 0x126, 0, false, "test registers: gone since the Pentium" },
    { 0x1A2, 0x1A2, 0, false, "CPUID tells of the host" }
};
const unsigned exclusion_count = sizeof exclusions / sizeof *exclusions;

/* The same by operands: sample.c and prepare.c do not make these. */
static const char *const not_made[] = {
    "CD 80: the system call of 32-bit programs",
    "0F ..: what is an instruction of later parts, not #UD",
    "F2 and F3 behind which later parts have other instructions, or begin a transaction (with LOCK, XCHG, MOV)",
    "selectors of the GDT other than the flat 32-bit segments: the kernel's own, and 64-bit code",
    "IRET with NT set: this host's kernel runs in a mode that has no task switch",
    "MOV from and to CR1 and CR4-CR7: which exist differs",
    "LOCK and XCHG across cache lines: the kernel may punish it",
    "invalid opcodes at a segment's end or with 15 bytes: whether their operands are fetched differs"
};

/* Behind 0F, what is invalid on the 486 and has remained so. */
static const uint8_t still_invalid[] = { 0x04, 0x0A, 0x0B, 0x0C, 0x25, 0x27, 0xB9, 0xFF };

static bool excluded_by(const struct exclusion *x, struct form form)
{
    return form.opcode >= x->first && form.opcode <= x->last && (!x->regs || x->regs >> (form.reg & 7) & 1);
}

bool form_is_excluded(struct form form)
{
    const struct opcode *row = form_row(form);
    if (!row->mnemonic && form.reg < 0)
        return form.opcode < 256 || !memchr(still_invalid, form.opcode - 256, sizeof still_invalid);
    for (unsigned i = 0; i < exclusion_count; i++)
        if (excluded_by(&exclusions[i], form) && !exclusions[i].registers)
            return true;
    return false;
}

/* INT 80h is the system call of 32-bit programs. */
bool sample_is_excluded(const struct sample *s)
{
    if (!s->decoded)
        return false;
    if (s->form.opcode == 0xCD && (s->insn.imm & 0xFF) == 0x80)
        return true;
    for (unsigned i = 0; i < exclusion_count; i++)
        if (exclusions[i].registers && excluded_by(&exclusions[i], s->form) && !(s->insn.flags & INSN_MEMORY))
            return true;
    return false;
}

/* --- Compared in part --- */

enum { C = FLAG_CF, P = FLAG_PF, A = FLAG_AF, Z = FLAG_ZF, S = FLAG_SF, O = FLAG_OF, ALL = FLAG_ARITHMETIC };

enum when { ALWAYS, MORE_THAN_ONE, WHOLE_WIDTH, WORD_MORE_THAN_16, WORD_OPERAND, SEGMENT_DWORD, FAULT, ALIGNMENT,
            COUNT_ZERO, STACK_WRAP };

#define E0 "as the 386SX does (measured by test386.asm, POST E0); "

/* undefined: left open by the manual, and compared only if that is asked for; the parts of Intel's that were seen agree
 * with ours. differs: compared nowhere, since we do otherwise than such parts by intent. */
static const struct rule {
    const char *mnemonics;
    enum when when;
    uint32_t undefined;         /* flags */
    struct tolerance differs;
    bool undefined_result;
    const char *reason;
} rules[] = {
    { "AND OR XOR TEST", ALWAYS, A, { 0 }, false, "AF undefined (PRM ch. 26)" },
    { "SHL SHR", WHOLE_WIDTH, C, { 0 }, false, "CF undefined for counts of the operand's size and more" },
    { "MUL IMUL", ALWAYS, S | Z | A | P, { 0 }, false, "SF, ZF, AF and PF undefined (PRM ch. 26)" },
    { "AAM AAD", ALWAYS, O | A | C, { 0 }, false, "OF, AF and CF undefined (PRM ch. 26)" },
    { "BT BTS BTR BTC", ALWAYS, O | S | A | P | Z, { 0 }, false, "all but CF undefined (PRM ch. 26)" },
    { "BSF BSR", ALWAYS, O | S | A | P | C, { 0 }, true, "all but ZF undefined (PRM ch. 26)" },
    { "BSWAP", WORD_OPERAND, 0, { 0 }, true, "a word operand is undefined (PRM ch. 26)" },
    { "PUSH", SEGMENT_DWORD, 0, { 0 }, true, 
      "of a segment register the 386, the 486 and Intel's later parts write a word" },
    { "ICEBP", ALWAYS, 0, { 0 }, true, "in no manual of the time" },

    { "SHL SHR SAR SHLD SHRD", ALWAYS, 0, { .flags = A }, false, "AF is set, " E0 "later parts clear it" },
    { "ROL ROR RCL RCR SHL SHR SAR SHLD SHRD", MORE_THAN_ONE, 0, { .flags = O }, false,
      "OF is that of the last step, " E0 "later parts take the first step's, or clear it" },
    { "DAA DAS", ALWAYS, 0, { .flags = O }, false, "OF is that of the addition or subtraction, " E0 "cleared later" },
    { "AAA AAS", ALWAYS, 0, { .flags = O | S | Z | P }, false,
      "of the addition or subtraction, " E0 "otherwise later" },
    { "DIV IDIV", ALWAYS, 0, { .flags = ALL }, false,
      "flags change: software of the time tells Intel's parts from Cyrix's by 5 / 2 changing them; "
      "later ones keep them" },
    { "SHLD SHRD", WORD_MORE_THAN_16, 0, { .flags = ALL, .registers = true, .memory = true }, false,
      "a word shifted by more than 16 is undefined; the other operand follows once more, as on the 386 (alu.h)" },
    { "CALL PUSHA ENTER", FAULT, 0, { .memory = true }, false,
      "nothing is on the stack when it faults; here the first pushes may be" },
    { "POPA", FAULT, 0, { .registers = true }, false, "no register is loaded when it faults; here some are" },
    { "CMPS", FAULT, 0, { .order = true }, false, "which of the two operands is read first is not said" },
    { "CMPS SCAS", FAULT, 0, { .flags = ALL }, false,
      "flags are those of the last iteration completed; SDM vol. 2, SCAS: they may or may not be restored" },
    { "CALL RETF IRET", FAULT, 0, { .order = true }, false,
      "the order in which the parts of a far pointer are read or written is not said" },
    { "ENTER", ALIGNMENT, 0, { .nothing = true }, false,
      "this host checks the alignment of a stack pointer that nothing is written to; PRM ch. 26 does not say so" },
    { "ENTER", STACK_WRAP, 0, { .registers = true, .memory = true }, false,
      "with a 16-bit stack the frame pointer is ESP after a push, which keeps its upper half (PRM ch. 26); "
      "this host's borrows from it" },
    { "INS OUTS", COUNT_ZERO, 0, { 0 }, true, "with a count of 0 Intel's parts ask for the permission; others may not" }
};
enum { RULES = sizeof rules / sizeof *rules };

bool list_has(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += length)
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == 0))
            return true;
    return false;
}

static unsigned width_of(const struct sample *s)
{
    return s->row->flags & OPC_BYTE ? 8 : s->insn.flags & INSN_OPERAND32 ? 32 : 16;
}

/* Of shifts and rotations. */
static unsigned count_of(const struct sample *s)
{
    if (s->row->flags & OPC_IMM8)
        return s->insn.imm & 31;
    return strstr(s->row->operands, ",1") ? 1 : s->before.r[ECX] & 31;
}

bool vector_is_fault(unsigned vector)
{
    return vector >= EXC_TS && vector <= EXC_AC;
}

static bool applies(const struct rule *rule, const struct sample *s, unsigned host)
{
    if (!s->row->mnemonic || !list_has(rule->mnemonics, s->row->mnemonic))
        return false;
    switch (rule->when) {
    case MORE_THAN_ONE:
        return count_of(s) > 1;
    case WHOLE_WIDTH:
        return count_of(s) >= width_of(s);
    case WORD_MORE_THAN_16:
        return width_of(s) == 16 && count_of(s) > 16;
    case WORD_OPERAND:
        return width_of(s) == 16;
    case SEGMENT_DWORD:
        return width_of(s) == 32 && strchr(s->row->operands, 'S');
    case FAULT:
        return vector_is_fault(host);
    case ALIGNMENT:
        return s->before.eflags & FLAG_AC;
    case COUNT_ZERO:
        return s->insn.flags & (INSN_REP | INSN_REPNE) && !(s->before.r[ECX] & s->insn.addr_mask);
    case STACK_WRAP:
        return (s->before.r[ESP] & 0xFFFF) < 4;
    case ALWAYS:
        break;
    }
    return true;
}

struct tolerance sample_tolerance(const struct sample *s, unsigned host, bool strict)
{
    struct tolerance t = { 0 };
    for (unsigned i = 0; s->decoded && i < RULES; i++) {
        const struct tolerance *d = &rules[i].differs;
        if (!applies(&rules[i], s, host))
            continue;
        t.flags |= d->flags | (strict ? 0 : rules[i].undefined);
        t.registers |= d->registers;
        t.memory |= d->memory;
        t.order |= d->order;
        t.nothing |= d->nothing || (rules[i].undefined_result && !strict);
    }
    return t;
}

static void print_flags(uint32_t flags)
{
    static const struct { uint16_t flag; const char *name; } names[] = { { C, "CF" }, { P, "PF" }, { A, "AF" },
                                                                         { Z, "ZF" }, { S, "SF" }, { O, "OF" } };
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (flags & names[i].flag)
            print_message(" %s", names[i].name);
}

void rules_print(void)
{
    print_message("not executed:\n");
    for (unsigned i = 0; i < exclusion_count; i++)
        print_message("  %s%02X-%02X%s: %s\n", exclusions[i].first >= 256 ? "0F " : "", exclusions[i].first & 0xFF,
                      exclusions[i].last & 0xFF, exclusions[i].regs ? " (some of ModRM.reg)" : "",
                      exclusions[i].reason);
    for (unsigned i = 0; i < sizeof not_made / sizeof *not_made; i++)
        print_message("  %s\n", not_made[i]);
    print_message("differing from this host by intent:\n");
    for (unsigned i = 0; i < RULES; i++) {
        const struct tolerance *d = &rules[i].differs;
        if (!d->flags && !d->registers && !d->memory && !d->order && !d->nothing)
            continue;
        print_message("  %s:", rules[i].mnemonics);
        print_flags(d->flags);
        print_message(" %s\n", rules[i].reason);
    }
}
