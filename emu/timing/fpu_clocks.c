/* Clocks of the FPU's instructions (i486 PRM, table 10.3 of the data sheet; ranges and concurrency as the project's
 * timing reference has them), and during how many of them the integer unit may go on.
 *
 * Most of them depend on the operands in ways that are nowhere printed: charged is the average of the manual's table
 * where it prints one, else the middle of the range; likewise for concurrency. Followed are the precision control of
 * divisions, and that FSIN, FCOS and FSINCOS take longer when the angle has to be reduced. The two ranges in
 * circulation for those (193-279 and 257-354) are taken to be without and with that.
 *
 * Left out: the 27 clocks of an FST that underflows, and the wait for an earlier error of instructions that wait. */
#include "emu/timing/clocks.h"
#include "emu/timing/profile.h"

enum kind {
    RESERVED,
    FLD_ST, FLD_M32, FLD_M64, FLD_M80, FILD_M16, FILD_M32, FILD_M64, FBLD,
    FST_ST, FST_M32, FST_M64, FSTP_M80, FIST_M16, FIST_M32, FISTP_M32, FISTP_M64, FBSTP, FXCH,
    FCOM, FCOMPP, FICOM_M16, FICOM_M32, FTST, FXAM, FLD_SIMPLE, FLD_CONSTANT,
    FADD, FIADD_M16, FIADD_M32, FMUL_ST, FMUL_M32, FMUL_M64, FIMUL_M16, FIMUL_M32,
    FDIV, FIDIV_M16, FIDIV_M32, FSQRT, FSCALE, FXTRACT, FPREM, FPREM1, FRNDINT, FABS, FCHS,
    FSIN, FSINCOS, FPTAN, FPATAN, F2XM1, FYL2X, FYL2XP1,
    FINIT, FCLEX, FSTSW, FLDCW, FSTCW, FSTENV, FLDENV, FSAVE, FRSTOR, FNOP,
    FWAIT
};

struct fpu_row {
    uint16_t clocks;            /* in real mode; of divisions with extended precision */
    uint8_t concurrent;
    uint16_t least, most;       /* the printed range, 0: no range */
    uint8_t pm;                 /* clocks in protected mode, 0: as in real mode */
};

static const struct fpu_row rows[] = {
    [FLD_ST] = { 4, 0, 0, 0, 0 },
    [FLD_M32] = { 3, 0, 0, 0, 0 },
    [FLD_M64] = { 3, 0, 0, 0, 0 },
    [FLD_M80] = { 6, 0, 0, 0, 0 },
    [FILD_M16] = { 15, 4, 13, 16, 0 },
    [FILD_M32] = { 12, 3, 9, 12, 0 },
    [FILD_M64] = { 17, 5, 10, 18, 0 },
    [FBLD] = { 75, 5, 70, 103, 0 },
    [FST_ST] = { 3, 0, 0, 0, 0 },
    [FST_M32] = { 7, 0, 0, 0, 0 },
    [FST_M64] = { 8, 0, 0, 0, 0 },
    [FSTP_M80] = { 6, 0, 0, 0, 0 },
    [FIST_M16] = { 33, 0, 29, 34, 0 },
    [FIST_M32] = { 32, 0, 28, 34, 0 },
    [FISTP_M32] = { 33, 0, 29, 34, 0 },
    [FISTP_M64] = { 33, 0, 29, 34, 0 },
    [FBSTP] = { 175, 0, 172, 176, 0 },
    [FXCH] = { 4, 0, 0, 0, 0 },
    [FCOM] = { 4, 1, 0, 0, 0 },
    [FCOMPP] = { 5, 1, 0, 0, 0 },
    [FICOM_M16] = { 18, 1, 16, 20, 0 },
    [FICOM_M32] = { 16, 1, 15, 17, 0 },
    [FTST] = { 4, 1, 0, 0, 0 },
    [FXAM] = { 8, 0, 0, 0, 0 },
    [FLD_SIMPLE] = { 4, 0, 0, 0, 0 },
    [FLD_CONSTANT] = { 8, 2, 0, 0, 0 },
    [FADD] = { 10, 7, 8, 20, 0 },
    [FIADD_M16] = { 24, 7, 20, 35, 0 },
    [FIADD_M32] = { 22, 7, 19, 32, 0 },
    [FMUL_ST] = { 16, 13, 0, 0, 0 },
    [FMUL_M32] = { 11, 8, 0, 0, 0 },
    [FMUL_M64] = { 14, 11, 0, 0, 0 },
    [FIMUL_M16] = { 25, 8, 23, 27, 0 },
    [FIMUL_M32] = { 23, 8, 22, 24, 0 },
    [FDIV] = { 73, 70, 0, 0, 0 },
    [FIDIV_M16] = { 87, 70, 85, 89, 0 },
    [FIDIV_M32] = { 85, 70, 84, 86, 0 },
    [FSQRT] = { 85, 70, 83, 87, 0 },
    [FSCALE] = { 31, 2, 30, 32, 0 },
    [FXTRACT] = { 19, 3, 16, 20, 0 },
    [FPREM] = { 84, 5, 70, 138, 0 },
    [FPREM1] = { 94, 5, 72, 167, 0 },
    [FRNDINT] = { 29, 0, 21, 30, 0 },
    [FABS] = { 3, 0, 0, 0, 0 },
    [FCHS] = { 6, 0, 0, 0, 0 },
    [FSIN] = { 241, 2, 193, 279, 0 },
    [FSINCOS] = { 291, 2, 243, 329, 0 },
    [FPTAN] = { 244, 70, 200, 273, 0 },
    [FPATAN] = { 289, 5, 218, 303, 0 },
    [F2XM1] = { 242, 2, 140, 279, 0 },
    [FYL2X] = { 311, 13, 196, 329, 0 },
    [FYL2XP1] = { 313, 13, 171, 326, 0 },
    [FINIT] = { 17, 0, 0, 0, 0 },
    [FCLEX] = { 7, 0, 0, 0, 0 },
    [FSTSW] = { 3, 0, 0, 0, 0 },
    [FLDCW] = { 4, 0, 0, 0, 0 },
    [FSTCW] = { 3, 0, 0, 0, 0 },
    [FSTENV] = { 67, 0, 0, 0, 56 },
    [FLDENV] = { 44, 0, 0, 0, 34 },
    [FSAVE] = { 154, 0, 0, 0, 143 },
    [FRSTOR] = { 131, 0, 0, 0, 120 },
    [FNOP] = { 3, 0, 0, 0, 0 },
    [FWAIT] = { 1, 0, 1, 3, 0 },
};

/* Memory operands, by the low bits of the escape and ModRM.reg. */
static const uint8_t memory_forms[8][8] = {
    /* D8 */ { FADD, FMUL_M32, FCOM, FCOM, FADD, FADD, FDIV, FDIV },
    /* D9 */ { FLD_M32, RESERVED, FST_M32, FST_M32, FLDENV, FLDCW, FSTENV, FSTCW },
    /* DA */ { FIADD_M32, FIMUL_M32, FICOM_M32, FICOM_M32, FIADD_M32, FIADD_M32, FIDIV_M32, FIDIV_M32 },
    /* DB */ { FILD_M32, RESERVED, FIST_M32, FISTP_M32, RESERVED, FLD_M80, RESERVED, FSTP_M80 },
    /* DC */ { FADD, FMUL_M64, FCOM, FCOM, FADD, FADD, FDIV, FDIV },
    /* DD */ { FLD_M64, RESERVED, FST_M64, FST_M64, FRSTOR, RESERVED, FSAVE, FSTSW },
    /* DE */ { FIADD_M16, FIMUL_M16, FICOM_M16, FICOM_M16, FIADD_M16, FIADD_M16, FIDIV_M16, FIDIV_M16 },
    /* DF */ { FILD_M16, RESERVED, FIST_M16, FIST_M16, FBLD, FILD_M64, FBSTP, FISTP_M64 },
};

/* ST(i); aliases like the instruction they repeat. DA and DB: see register_form(). */
static const uint8_t register_forms[8][8] = {
    /* D8 */ { FADD, FMUL_ST, FCOM, FCOM, FADD, FADD, FDIV, FDIV },
    /* D9 */ { FLD_ST, FXCH, FNOP, FST_ST },
    /* DA */ { RESERVED },
    /* DB */ { RESERVED },
    /* DC */ { FADD, FMUL_ST, FCOM, FCOM, FADD, FADD, FDIV, FDIV },
    /* DD */ { FNOP, FXCH, FST_ST, FST_ST, FCOM, FCOM },
    /* DE */ { FADD, FMUL_ST, FCOM, FCOMPP, FADD, FADD, FDIV, FDIV },
    /* DF */ { FNOP, FXCH, FST_ST, FST_ST, FSTSW },
};

/* D9 E0 - D9 FF. FNOP stands for FDECSTP and FINCSTP, and for FFREE above. */
static const uint8_t d9_forms[32] = {
    FCHS, FABS, RESERVED, RESERVED, FTST, FXAM, RESERVED, RESERVED,
    FLD_SIMPLE, FLD_CONSTANT, FLD_CONSTANT, FLD_CONSTANT, FLD_CONSTANT, FLD_CONSTANT, FLD_SIMPLE, RESERVED,
    F2XM1, FYL2X, FPTAN, FPATAN, FXTRACT, FPREM1, FNOP, FNOP,
    FPREM, FYL2XP1, FSQRT, FSINCOS, FRNDINT, FSCALE, FSIN, FSIN,
};

/* DB E0 - DB E7: FENI FDISI FCLEX FINIT FSETPM. */
static const uint8_t db_forms[8] = { FNOP, FNOP, FCLEX, FINIT, FNOP };

static unsigned register_form(unsigned escape, uint8_t modrm)
{
    if (escape == 1 && modrm >= 0xE0)
        return d9_forms[modrm & 31];
    if (escape == 2)
        return modrm == 0xE9 ? FCOMPP : RESERVED;       /* FUCOMPP */
    if (escape == 3)
        return modrm >> 3 == 0xE0 >> 3 ? db_forms[modrm & 7] : RESERVED;
    return register_forms[escape][modrm >> 3 & 7];
}

/* A division is 11 clocks shorter with 53 bits and 38 with 24 (1, a reserved setting, divides as with 64). */
unsigned precision_clocks(uint32_t control)
{
    static const uint8_t more[] = { 0, 38, 27, 38 };
    return more[control & 3];
}

static unsigned kind_of(const struct timing_form *form)
{
    unsigned escape = form->opcode & 7;
    if (form->mnemonic[0] == 'W')
        return FWAIT;
    return form->memory ? memory_forms[escape][form->modrm >> 3 & 7] : register_form(escape, form->modrm);
}

static enum rule rule_of(unsigned kind)
{
    if (kind == FDIV || kind == FIDIV_M16 || kind == FIDIV_M32)
        return RULE_PRECISION;
    return kind == FSIN || kind == FSINCOS ? RULE_ANGLE : RULE_FIXED;
}

/* Without the unit an escape that is no #NM does nothing, which is taken to cost what FNOP does. */
bool fpu_cost(const struct timing *timing, const struct timing_form *form, struct timing_cost *cost)
{
    unsigned kind = kind_of(form);
    if (kind == RESERVED)
        return false;
    if (timing->profile && !timing->profile->has_fpu && kind != FWAIT)
        kind = FNOP;
    const struct fpu_row *row = &rows[kind];
    cost->clocks = form->mode == TIMED_PROTECTED && row->pm ? row->pm : row->clocks;
    cost->least = row->least ? row->least : cost->clocks;
    cost->most = row->most ? row->most : cost->clocks;
    cost->concurrent = row->concurrent;
    cost->rule = rule_of(kind);
    if (cost->rule == RULE_PRECISION) {
        cost->clocks = (uint16_t)(cost->clocks - precision_clocks(PRECISION_EXTENDED));
        cost->concurrent = (uint8_t)(cost->concurrent - precision_clocks(PRECISION_EXTENDED));
    }
    return true;
}
