/* The clock table of the i486 Programmer's Reference Manual, appendix E, cache hits assumed, in the notation of
 * opcodes.c; where manual and measurements differ, the value that the project's timing reference believes (POP r 1,
 * not 4).
 *
 * Not counted here: waiting for devices on the bus, privilege changes and gates beyond the plain case of the mode,
 * and the overlap of FPU and integer unit (FPU rows are the sums of the manual). The pipeline's penalties belong to
 * mode `cycle`. */
#include "emu/timing/timing.h"

#include <stddef.h>
#include <string.h>

enum rule {
    FIXED = TIMING_FIXED,
    BRANCH_2, BRANCH_1, BRANCH_3,       /* clocks more if taken */
    MULTIPLY,                           /* 10 + max(bits, 3) */
    SCAN_FORWARD, SCAN_REVERSE,
    CARRY_ROTATE_8, CARRY_ROTATE_16,    /* counts over the width cost more */
    LEVELS,                             /* ENTER */
    REP_MOVS, REP_4, REP_5, REP_7, REP_8_MORE, REP_5_MORE   /* per iteration; _MORE: without the 2 of start-up */
};

/* One line of the table. names and operands: alternatives separated by blanks, operands "-": none, "*": any. reg,
 * mem: clocks in real mode; pm: in protected mode, 0 if the same; rule for all forms, unless it says memory. */
struct row {
    const char *names, *operands;
    uint8_t reg, mem, pm;
    uint8_t rule;
};

#define ALU_TO_E "Eb,Gb Ev,Gv Eb,Ib Ev,Iv Ev,sIb"
#define ALU_FROM_E "Gb,Eb Gv,Ev AL,Ib eAX,Iv"
#define JCC "JO JNO JB JNB JZ JNZ JBE JNBE JS JNS JP JNP JL JNL JLE JNLE"
#define SETCC "SETO SETNO SETB SETNB SETZ SETNZ SETBE SETNBE SETS SETNS SETP SETNP SETL SETNL SETLE SETNLE"

static const struct row table[] = {
    { "MOV", "Eb,Gb Ev,Gv Gb,Eb Gv,Ev Eb,Ib Ev,Iv Zb,Ib Zv,Iv AL,Ob eAX,Ov Ob,AL Ov,eAX", 1, 1, 0, FIXED },
    { "UMOV", "*", 1, 1, 0, FIXED },
    { "MOV", "Ew,Sw", 3, 3, 0, FIXED },
    { "MOV", "Sw,Ew", 3, 3, 9, FIXED },
    { "MOV", "Cd,Rd", 17, 17, 0, FIXED },
    { "MOV", "Rd,Cd Rd,Td Td,Rd", 4, 4, 0, FIXED },
    { "MOV", "Dd,Rd", 10, 10, 0, FIXED },
    { "MOV", "Rd,Dd", 9, 9, 0, FIXED },
    { "MOVSX MOVZX", "*", 3, 3, 0, FIXED },
    { "ADD ADC SUB SBB AND OR XOR", ALU_TO_E, 1, 3, 0, FIXED },
    { "ADD ADC SUB SBB AND OR XOR", ALU_FROM_E, 1, 2, 0, FIXED },
    { "CMP TEST", "*", 1, 2, 0, FIXED },
    { "INC DEC NEG NOT", "*", 1, 3, 0, FIXED },
    { "PUSH", "Zv Iv sIb", 1, 1, 0, FIXED },
    { "PUSH", "Ev", 4, 4, 0, FIXED },
    { "PUSH", "*", 3, 3, 0, FIXED },
    { "POP", "Zv", 1, 1, 0, FIXED },
    { "POP", "Ev", 4, 5, 0, FIXED },
    { "POP", "*", 3, 3, 9, FIXED },
    { "PUSHA", "-", 11, 11, 0, FIXED },
    { "POPA", "-", 9, 9, 0, FIXED },
    { "PUSHF", "-", 4, 4, 3, FIXED },
    { "POPF", "-", 9, 9, 6, FIXED },
    { "XCHG", "*", 3, 5, 0, FIXED },
    { "NOP", "-", 1, 1, 0, FIXED },
    { "LDS LES LFS LGS LSS", "*", 6, 6, 12, FIXED },
    { "LAHF", "-", 3, 3, 0, FIXED },
    { "SAHF", "-", 2, 2, 0, FIXED },
    { "XLAT", "-", 4, 4, 0, FIXED },
    { "BSWAP", "*", 1, 1, 0, FIXED },
    { "XADD", "*", 3, 4, 0, FIXED },
    { "CMPXCHG", "*", 6, 7, 0, FIXED },
    { "MUL IMUL", "*", 13, 13, 0, MULTIPLY },
    { "DIV", "Eb", 16, 16, 0, FIXED },
    { "IDIV", "Eb", 19, 20, 0, FIXED },
    { "CBW CWD AAA AAS SALC", "-", 3, 3, 0, FIXED },
    { "AAD", "*", 14, 14, 0, FIXED },
    { "AAM", "*", 15, 15, 0, FIXED },
    { "DAA DAS CLC STC CMC CLD STD", "-", 2, 2, 0, FIXED },
    { "CLI STI", "-", 5, 5, 0, FIXED },
    { "CLTS", "-", 7, 7, 0, FIXED },
    { "ROL ROR SHL SHR SAR", "Eb,1 Ev,1 Eb,CL Ev,CL", 3, 4, 0, FIXED },
    { "ROL ROR SHL SHR SAR", "Eb,Ib Ev,Ib", 2, 4, 0, FIXED },
    { "RCL RCR", "Eb,1 Ev,1", 3, 4, 0, FIXED },
    { "RCL RCR", "Eb,CL Eb,Ib", 8, 9, 0, CARRY_ROTATE_8 },
    { "RCL RCR", "Ev,CL Ev,Ib", 8, 9, 0, CARRY_ROTATE_16 },
    { "SHLD SHRD", "Ev,Gv,Ib", 2, 3, 0, FIXED },
    { "SHLD SHRD", "Ev,Gv,CL", 3, 4, 0, FIXED },
    { "BT", "Ev,Ib", 3, 3, 0, FIXED },
    { "BT", "Ev,Gv", 3, 8, 0, FIXED },
    { "BTS BTR BTC", "Ev,Ib", 6, 8, 0, FIXED },
    { "BTS BTR BTC", "Ev,Gv", 6, 13, 0, FIXED },
    { "BSF", "*", 6, 7, 0, SCAN_FORWARD },
    { "BSR", "*", 6, 7, 0, SCAN_REVERSE },
    { SETCC, "*", 3, 4, 0, FIXED },
    { JCC, "*", 1, 1, 0, BRANCH_2 },
    { "LOOP", "*", 6, 6, 0, BRANCH_1 },
    { "LOOPE LOOPNE", "*", 6, 6, 0, BRANCH_3 },
    { "JCXZ", "*", 5, 5, 0, BRANCH_3 },
    { "JMP", "Jb Jv", 3, 3, 0, FIXED },
    { "JMP", "Ev", 5, 5, 0, FIXED },
    { "JMP", "Ap", 17, 17, 19, FIXED },
    { "JMP", "Mp", 13, 13, 18, FIXED },
    { "CALL", "Jv", 3, 3, 0, FIXED },
    { "CALL", "Ev", 5, 5, 0, FIXED },
    { "CALL", "Ap", 18, 18, 20, FIXED },
    { "CALL", "Mp", 17, 17, 20, FIXED },
    { "RET", "*", 5, 5, 0, FIXED },
    { "RETF", "-", 13, 13, 17, FIXED },
    { "RETF", "Iw", 14, 14, 18, FIXED },
    { "IRET", "-", 15, 15, 20, FIXED },
    { "ENTER", "*", 14, 14, 0, LEVELS },
    { "LEAVE", "-", 5, 5, 0, FIXED },
    { "INT", "*", 30, 30, 44, FIXED },
    { "INT3 ICEBP", "-", 26, 26, 44, FIXED },
    { "INTO", "-", 3, 3, 0, FIXED },
    { "BOUND", "*", 7, 7, 0, FIXED },
    { "LODS STOS", "*", 5, 5, 0, FIXED },
    { "MOVS", "*", 7, 7, 0, FIXED },
    { "CMPS", "*", 8, 8, 0, FIXED },
    { "SCAS", "*", 6, 6, 0, FIXED },
    { "IN", "AL,Ib eAX,Ib", 14, 14, 9, FIXED },
    { "IN", "AL,DX eAX,DX", 14, 14, 8, FIXED },
    { "OUT", "Ib,AL Ib,eAX", 16, 16, 11, FIXED },
    { "OUT", "DX,AL DX,eAX", 16, 16, 10, FIXED },
    { "INS OUTS", "*", 17, 17, 10, FIXED },
    { "LGDT LIDT", "*", 12, 12, 0, FIXED },
    { "SGDT SIDT", "*", 10, 10, 0, FIXED },
    { "LLDT", "*", 11, 11, 0, FIXED },
    { "LTR", "*", 20, 20, 0, FIXED },
    { "LMSW", "*", 13, 13, 0, FIXED },
    { "SMSW SLDT STR", "*", 2, 3, 0, FIXED },
    { "ARPL", "*", 9, 9, 0, FIXED },
    { "LAR VERR VERW", "*", 11, 11, 0, FIXED },
    { "LSL", "*", 10, 10, 0, FIXED },
    { "INVD HLT", "-", 4, 4, 0, FIXED },
    { "WBINVD", "-", 5, 5, 0, FIXED },
    { "INVLPG", "*", 12, 12, 0, FIXED },
    { "CPUID", "-", 14, 14, 0, FIXED },
    { "WAIT", "-", 1, 1, 0, FIXED },
};

/* The same instructions with a repeat prefix: clocks with no iteration. */
static const struct row repeated[] = {
    { "MOVS", "*", 5, 5, 0, REP_MOVS },
    { "LODS STOS", "*", 5, 5, 0, REP_4 },
    { "CMPS", "*", 5, 5, 0, REP_7 },
    { "SCAS", "*", 5, 5, 0, REP_5 },
    { "INS", "*", 16, 16, 10, REP_8_MORE },
    { "OUTS", "*", 17, 17, 11, REP_5_MORE },
};

/* FPU instructions with memory operands by escape (D8-DF) and ModRM.reg, means of the manual's ranges (chapter 10;
 * ESC rows of the timing reference). */
static const uint8_t fpu_memory[8][8] = {
    { 10, 11, 4, 4, 10, 10, 73, 73 },       /* m32: FADD FMUL FCOM FCOMP FSUB FSUBR FDIV FDIVR */
    { 3, 4, 7, 7, 44, 4, 67, 3 },           /* FLD m32, -, FST, FSTP, FLDENV, FLDCW, FSTENV, FSTCW */
    { 22, 24, 18, 18, 22, 22, 85, 85 },     /* m32 integer */
    { 12, 4, 30, 30, 4, 6, 4, 6 },          /* FILD m32, -, FIST, FISTP, -, FLD m80, -, FSTP m80 */
    { 10, 14, 4, 4, 10, 10, 73, 73 },       /* m64 */
    { 3, 4, 8, 8, 131, 4, 154, 3 },         /* FLD m64, -, FST, FSTP, FRSTOR, -, FSAVE, FSTSW */
    { 24, 27, 20, 20, 24, 24, 87, 87 },     /* m16 integer */
    { 15, 4, 32, 32, 75, 17, 175, 30 },     /* FILD m16, -, FIST, FISTP, FBLD, FILD m64, FBSTP, FISTP m64 */
};

/* With registers, by escape and ModRM.reg; D9 and DB-DF rows of single instructions are in fpu_d9. */
static const uint8_t fpu_register[8][8] = {
    { 10, 16, 4, 4, 10, 10, 73, 73 },
    { 4, 4, 3, 3, 4, 4, 4, 4 },
    { 4, 4, 4, 4, 4, 5, 4, 4 },
    { 4, 4, 4, 4, 17, 4, 4, 4 },
    { 10, 16, 4, 4, 10, 10, 73, 73 },
    { 3, 4, 3, 3, 4, 4, 4, 4 },
    { 10, 16, 4, 5, 10, 10, 73, 73 },
    { 3, 4, 3, 3, 3, 4, 4, 4 },
};

/* D9 E0 - D9 FF: FCHS FABS - - FTST FXAM - -, FLD1 FLDL2T FLDL2E FLDPI FLDLG2 FLDLN2 FLDZ -, F2XM1 FYL2X FPTAN
 * FPATAN FXTRACT FPREM1 FDECSTP FINCSTP, FPREM FYL2XP1 FSQRT FSINCOS FRNDINT FSCALE FSIN FCOS. */
static const uint16_t fpu_d9[32] = {
    6, 3, 4, 4, 4, 8, 4, 4, 4, 8, 8, 8, 8, 8, 4, 4, 242, 311, 244, 289, 19, 94, 3, 3, 84, 313, 85, 329, 29, 31, 279, 279,
};

/* Is WORD one of the blank-separated words of LIST? An empty one (undefined opcodes have no mnemonic) is in none. */
static bool listed(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; length && (at = strstr(at, word)) != NULL; at += length)
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == 0))
            return true;
    return false;
}

static const struct row *find(const struct row *rows, size_t count, const struct timing_form *form)
{
    const char *operands = *form->operands ? form->operands : "-";
    for (size_t i = 0; i < count; i++)
        if ((rows[i].operands[0] == '*' || listed(rows[i].operands, operands)) && listed(rows[i].names, form->mnemonic))
            return &rows[i];
    return NULL;
}

static unsigned fpu_clocks(const struct timing_form *form)
{
    unsigned escape = form->opcode & 7, reg = form->modrm >> 3 & 7;
    if (form->memory)
        return fpu_memory[escape][reg];
    if (escape == 1 && form->modrm >= 0xE0)
        return fpu_d9[form->modrm - 0xE0];
    return fpu_register[escape][reg];
}

/* Divisions take 8 bits' clocks in the table; wider ones 8 and 24 more (16, 24, 40 and 19, 27, 43). */
static unsigned division_clocks(const struct timing_form *form)
{
    unsigned base = form->mnemonic[0] == 'I' ? 19 + form->memory : 16;
    return base + (form->size == 32 ? 24 : 8);
}

static struct timing_cost from_row(const struct row *row, const struct timing_form *form)
{
    struct timing_cost cost = { form->memory ? row->mem : row->reg, row->rule };
    if (row->pm && form->mode == TIMED_PROTECTED)
        cost.clocks = row->pm;
    return cost;
}

struct timing_cost timing_cost(const struct timing *timing, const struct timing_form *form)
{
    struct timing_cost cost = { 1, FIXED };
    const struct row *row = NULL;
    (void)timing;
    if (form->repeat)
        row = find(repeated, sizeof repeated / sizeof *repeated, form);
    if (!row)
        row = find(table, sizeof table / sizeof *table, form);
    if (strcmp(form->mnemonic, "ESC") == 0)
        cost.clocks = (uint16_t)fpu_clocks(form);
    else if (strcmp(form->mnemonic, "LEA") == 0)
        cost.clocks = form->has_index ? 2 : 1;
    else if (form->size > 8 && (strcmp(form->mnemonic, "DIV") == 0 || strcmp(form->mnemonic, "IDIV") == 0))
        cost.clocks = (uint16_t)division_clocks(form);
    else if (row)
        cost = from_row(row, form);
    bool priced_in = form->repeat && row >= repeated && row < repeated + sizeof repeated / sizeof *repeated;
    cost.clocks = (uint16_t)(cost.clocks + form->prefixes - (priced_in && form->prefixes));
    return cost;
}

static unsigned repetition(uint32_t count, unsigned first, unsigned each)
{
    return count ? first + each * count : 0;
}

unsigned timing_variable(const struct timing *timing, uint8_t rule, uint32_t work)
{
    (void)timing;
    switch (rule) {
    case BRANCH_1:
        return work;
    case BRANCH_2:
        return 2 * work;
    case BRANCH_3:
        return 3 * work;
    case MULTIPLY:
        return work > 3 ? work - 3 : 0;
    case SCAN_FORWARD:              /* 8 + 4 per byte, 3 per nibble, 3 per bit looked at; 6 with no bit set */
        return work > 31 ? 0 : 2 + 4 * (work / 8 + 1) + 3 * (work / 4 % 2 + 1) + 3 * (work % 4 + 1);
    case SCAN_REVERSE:              /* 7 + 3 * (32 - n) */
        return work > 31 ? 0 : 1 + 3 * (32 - work);
    case CARRY_ROTATE_8:
        return work > 8 ? 1 + 7 * (work / 8) : 0;
    case CARRY_ROTATE_16:
        return work > 16 ? 1 + 7 * (work / 16) : 0;
    case LEVELS:
        return work ? 3 * work + (work > 1 ? 3 : 0) : 0;
    case REP_MOVS:                  /* 5; 13; 12 + 3c */
        return work == 1 ? 8 : repetition(work, 7, 3);
    case REP_4:
        return repetition(work, 2, 4);
    case REP_5:
        return repetition(work, 2, 5);
    case REP_7:
        return repetition(work, 2, 7);
    case REP_8_MORE:
        return 8 * work;
    case REP_5_MORE:
        return 5 * work;
    default:
        return 0;
    }
}
