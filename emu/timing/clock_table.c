/* The clock table of the i486 Programmer's Reference Manual, appendix E (tables 10.1 and 10.2 of the data sheet), cache
 * hits assumed, in the notation of opcodes.c: integer and I/O instructions, but for far transfers and interrupts
 * (transfer_clocks.c). Where manual and measurements differ the row has what the project's timing reference believes
 * (POP r 1, not 4); tests/emu/timing/i486-clocks.csv is the table that it is held to.
 *
 * Not counted here: waiting for memory and devices (the bus model's), and what the pipeline adds (index, displacement
 * and immediate, interlocks). Control and test registers that differ by number are written with it (C0, T3), and
 * doublewords that are divided Ed. UMOV and SALC, which no table prints, cost what their nearest kin do. */
#include "emu/timing/clocks.h"

#include <stddef.h>
#include <string.h>

/* One line of the table. names and operands: alternatives separated by blanks, operands "-": none, "*": any. */
struct row {
    const char *names, *operands;
    uint8_t reg, mem;           /* clocks in real mode; 0: that form is in another row */
    uint8_t pm, v86;            /* in protected and V86 mode, 0: as in real mode */
    uint8_t rule;               /* enum rule */
};

#define ALU_TO_E "Eb,Gb Ev,Gv Eb,Ib Ev,Iv Ev,sIb"
#define ALU_FROM_E "Gb,Eb Gv,Ev AL,Ib eAX,Iv"
#define MOVES "Eb,Gb Ev,Gv Gb,Eb Gv,Ev Eb,Ib Ev,Iv Zb,Ib Zv,Iv AL,Ob eAX,Ov Ob,AL Ov,eAX"
#define JCC "JO JNO JB JNB JZ JNZ JBE JNBE JS JNS JP JNP JL JNL JLE JNLE"
#define SETCC "SETO SETNO SETB SETNB SETZ SETNZ SETBE SETNBE SETS SETNS SETP SETNP SETL SETNL SETLE SETNLE"

static const struct row table[] = {
    /* Moves */
    { "MOV", MOVES, 1, 1, 0, 0, RULE_FIXED },
    { "UMOV", "*", 1, 1, 0, 0, RULE_FIXED },
    { "MOV", "Ew,Sw", 3, 3, 0, 0, RULE_FIXED },
    { "MOV", "Sw,Ew", 3, 3, 9, 0, RULE_SEGMENT },
    { "MOVSX MOVZX", "*", 3, 3, 0, 0, RULE_FIXED },
    { "PUSH", "Zv Iv sIb", 1, 1, 0, 0, RULE_FIXED },
    { "PUSH", "Ev", 4, 4, 0, 0, RULE_FIXED },
    { "PUSH", "ES CS SS DS FS GS", 3, 3, 0, 0, RULE_FIXED },
    { "POP", "Zv", 1, 1, 0, 0, RULE_FIXED },
    { "POP", "Ev", 4, 5, 0, 0, RULE_FIXED },
    { "POP", "ES SS DS FS GS", 3, 3, 9, 0, RULE_SEGMENT },
    { "PUSHA", "-", 11, 11, 0, 0, RULE_FIXED },
    { "POPA", "-", 9, 9, 0, 0, RULE_FIXED },
    { "PUSHF", "-", 4, 4, 3, 0, RULE_FIXED },
    { "POPF", "-", 9, 9, 6, 0, RULE_FIXED },
    { "XCHG", "*", 3, 5, 0, 0, RULE_FIXED },
    { "NOP", "-", 1, 1, 0, 0, RULE_FIXED },
    { "LEA", "*", 1, 1, 0, 0, RULE_FIXED },
    { "LDS LES LFS LGS LSS", "*", 6, 6, 12, 0, RULE_SEGMENT },
    { "LAHF", "-", 3, 3, 0, 0, RULE_FIXED },
    { "SAHF", "-", 2, 2, 0, 0, RULE_FIXED },
    { "XLAT", "-", 4, 4, 0, 0, RULE_FIXED },
    { "BSWAP", "*", 1, 1, 0, 0, RULE_FIXED },
    { "XADD", "*", 3, 4, 0, 0, RULE_FIXED },
    { "CMPXCHG", "*", 6, 0, 0, 0, RULE_FIXED },
    { "CMPXCHG", "*", 0, 7, 0, 0, RULE_TIMES_3 },

    /* Arithmetic */
    { "ADD ADC SUB SBB AND OR XOR", ALU_TO_E, 1, 3, 0, 0, RULE_FIXED },
    { "ADD ADC SUB SBB AND OR XOR", ALU_FROM_E, 1, 2, 0, 0, RULE_FIXED },
    { "CMP TEST", "*", 1, 2, 0, 0, RULE_FIXED },
    { "INC DEC NEG NOT", "*", 1, 3, 0, 0, RULE_FIXED },
    { "MUL IMUL", "*", 13, 13, 0, 0, RULE_MULTIPLY },
    { "DIV", "Eb", 16, 16, 0, 0, RULE_FIXED },
    { "DIV", "Ev", 24, 24, 0, 0, RULE_FIXED },
    { "DIV", "Ed", 40, 40, 0, 0, RULE_FIXED },
    { "IDIV", "Eb", 19, 20, 0, 0, RULE_FIXED },
    { "IDIV", "Ev", 27, 28, 0, 0, RULE_FIXED },
    { "IDIV", "Ed", 43, 44, 0, 0, RULE_FIXED },
    { "CBW CWD AAA AAS SALC", "-", 3, 3, 0, 0, RULE_FIXED },
    { "AAD", "*", 14, 14, 0, 0, RULE_FIXED },
    { "AAM", "*", 15, 15, 0, 0, RULE_FIXED },
    { "DAA DAS CLC STC CMC CLD STD", "-", 2, 2, 0, 0, RULE_FIXED },
    { "CLI STI", "-", 5, 5, 0, 0, RULE_FIXED },
    { "CLTS", "-", 7, 7, 0, 0, RULE_FIXED },

    /* Near transfers and conditions */
    { JCC, "*", 1, 1, 0, 0, RULE_TIMES_2 },
    { "LOOP", "*", 6, 6, 0, 0, RULE_TIMES_1 },
    { "LOOPE LOOPNE", "*", 6, 6, 0, 0, RULE_TIMES_3 },
    { "JCXZ", "*", 5, 5, 0, 0, RULE_TIMES_3 },
    { "JMP", "Jb Jv", 3, 3, 0, 0, RULE_FIXED },
    { "JMP", "Ev", 5, 5, 0, 0, RULE_FIXED },
    { "CALL", "Jv", 3, 3, 0, 0, RULE_FIXED },
    { "CALL", "Ev", 5, 5, 0, 0, RULE_FIXED },
    { "RET", "*", 5, 5, 0, 0, RULE_FIXED },
    { "ENTER", "*", 14, 14, 0, 0, RULE_LEVELS },
    { "LEAVE", "-", 5, 5, 0, 0, RULE_FIXED },
    { "BOUND", "*", 7, 7, 0, 0, RULE_FIXED },
    { SETCC, "*", 3, 0, 0, 0, RULE_TIMES_1 },
    { SETCC, "*", 0, 3, 0, 0, RULE_UNLESS },

    /* Shifts and bits */
    { "ROL ROR SHL SHR SAR", "Eb,1 Ev,1 Eb,CL Ev,CL", 3, 4, 0, 0, RULE_FIXED },
    { "ROL ROR SHL SHR SAR", "Eb,Ib Ev,Ib", 2, 4, 0, 0, RULE_FIXED },
    { "RCL RCR", "Eb,1 Ev,1", 3, 4, 0, 0, RULE_FIXED },
    { "RCL RCR", "Eb,CL Eb,Ib", 8, 9, 0, 0, RULE_ROTATE_8 },
    { "RCL RCR", "Ev,CL Ev,Ib", 8, 9, 0, 0, RULE_ROTATE_16 },
    { "SHLD SHRD", "Ev,Gv,Ib", 2, 3, 0, 0, RULE_FIXED },
    { "SHLD SHRD", "Ev,Gv,CL", 3, 4, 0, 0, RULE_FIXED },
    { "BT", "Ev,Ib", 3, 3, 0, 0, RULE_FIXED },
    { "BT", "Ev,Gv", 3, 8, 0, 0, RULE_FIXED },
    { "BTS BTR BTC", "Ev,Ib", 6, 8, 0, 0, RULE_FIXED },
    { "BTS BTR BTC", "Ev,Gv", 6, 13, 0, 0, RULE_FIXED },
    { "BSF", "*", 6, 7, 0, 0, RULE_SCAN_FORWARD },
    { "BSR", "*", 6, 7, 0, 0, RULE_SCAN_REVERSE },

    /* Strings and ports */
    { "LODS STOS", "*", 5, 5, 0, 0, RULE_FIXED },
    { "MOVS", "*", 7, 7, 0, 0, RULE_FIXED },
    { "CMPS", "*", 8, 8, 0, 0, RULE_FIXED },
    { "SCAS", "*", 6, 6, 0, 0, RULE_FIXED },
    { "IN", "AL,Ib eAX,Ib", 14, 14, 9, 27, RULE_PORT },
    { "IN", "AL,DX eAX,DX", 14, 14, 8, 27, RULE_PORT },
    { "OUT", "Ib,AL Ib,eAX", 16, 16, 11, 29, RULE_PORT },
    { "OUT", "DX,AL DX,eAX", 16, 16, 10, 29, RULE_PORT },
    { "INS OUTS", "*", 17, 17, 10, 30, RULE_PORT_STRING },

    /* System */
    { "LGDT LIDT", "*", 12, 12, 0, 0, RULE_FIXED },
    { "SGDT SIDT", "*", 10, 10, 0, 0, RULE_FIXED },
    { "LLDT", "*", 11, 11, 0, 0, RULE_FIXED },
    { "LTR", "*", 20, 20, 0, 0, RULE_FIXED },
    { "LMSW", "*", 13, 13, 0, 0, RULE_FIXED },
    { "SMSW SLDT STR", "*", 2, 3, 0, 0, RULE_FIXED },
    { "ARPL", "*", 9, 9, 0, 0, RULE_FIXED },
    { "LAR VERR VERW", "*", 11, 11, 0, 0, RULE_FIXED },
    { "LSL", "*", 10, 10, 0, 0, RULE_FIXED },
    { "MOV", "C0,Rd", 17, 17, 0, 0, RULE_FIXED },
    { "MOV", "Cd,Rd Rd,Cd Rd,Td Td,Rd", 4, 4, 0, 0, RULE_FIXED },
    { "MOV", "Rd,T3", 3, 3, 0, 0, RULE_FIXED },
    { "MOV", "Dd,Rd", 10, 10, 0, 0, RULE_FIXED },
    { "MOV", "Rd,Dd", 9, 9, 0, 0, RULE_FIXED },
    { "INVD HLT", "-", 4, 4, 0, 0, RULE_FIXED },
    { "WBINVD", "-", 5, 5, 0, 0, RULE_FIXED },
    { "INVLPG", "*", 11, 11, 0, 0, RULE_TIMES_1 },
    { "CPUID", "-", 9, 9, 0, 0, RULE_TIMES_5 },
};

/* The same instructions with a repeat prefix: clocks with no iteration. */
static const struct row repeated[] = {
    { "MOVS", "*", 5, 5, 0, 0, RULE_REP_MOVS },
    { "LODS STOS", "*", 5, 5, 0, 0, RULE_REP_4 },
    { "CMPS", "*", 5, 5, 0, 0, RULE_REP_7 },
    { "SCAS", "*", 5, 5, 0, 0, RULE_REP_5 },
    { "INS", "*", 16, 16, 10, 29, RULE_REP_INS },
    { "OUTS", "*", 17, 17, 11, 30, RULE_REP_OUTS },
};

/* By hand: asked of many rows whenever an instruction is decoded. */
bool clocks_listed(const char *list, const char *word)
{
    if (*list == '*')
        return true;
    if (!*word)
        return *list == '-';
    for (;;) {
        size_t same = 0;
        while (word[same] && list[same] == word[same])
            same++;
        if (!word[same] && (list[same] == ' ' || !list[same]))
            return true;
        for (list += same; *list && *list != ' '; list++)
            ;
        if (!*list++)
            return false;
    }
}

static const struct row *find(const struct row *rows, size_t count, const struct timing_form *form,
                              const char *operands)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        if ((form->memory ? row->mem : row->reg) && clocks_listed(row->operands, operands) &&
            clocks_listed(row->names, form->mnemonic))
            return row;
    }
    return NULL;
}

/* FORM's operands, with the number of the register or the size where that makes a difference. */
static const char *exact_operands(const struct timing_form *form)
{
    unsigned reg = form->modrm >> 3 & 7;
    if (form->size == 32 && clocks_listed("DIV IDIV", form->mnemonic))
        return "Ed";
    if (reg == 0 && strcmp(form->operands, "Cd,Rd") == 0)
        return "C0,Rd";
    if (reg == 3 && strcmp(form->operands, "Rd,Td") == 0)
        return "Rd,T3";
    return form->operands;
}

static unsigned row_clocks(const struct row *row, const struct timing_form *form)
{
    unsigned clocks = form->memory ? row->mem : row->reg;
    if (form->mode == TIMED_PROTECTED && row->pm)
        clocks = row->pm;
    if (form->mode == TIMED_V86 && row->v86)
        clocks = row->v86;
    return clocks;
}

bool clock_table_cost(const struct timing_form *form, struct timing_cost *cost, bool *priced_in)
{
    const char *operands = exact_operands(form);
    const struct row *row = NULL;
    if (!*form->mnemonic)
        return false;
    if (form->repeat)
        row = find(repeated, sizeof repeated / sizeof *repeated, form, operands);
    *priced_in = row != NULL;
    if (!row)
        row = find(table, sizeof table / sizeof *table, form, operands);
    if (!row)
        return false;
    cost->clocks = cost->least = cost->most = (uint16_t)row_clocks(row, form);
    cost->rule = row->rule;
    return true;
}
