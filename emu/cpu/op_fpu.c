/* The x87 instructions (i486 PRM part III, opcode map D8-DF): which ModRM byte is which instruction, and
 * whether it may execute: #NM, waiting for an earlier error, an SX without the unit. WAIT is here too.
 *
 * Encodings that only repeat another instruction (DC D0, DD C8, DF C0 ...) do what they do on the chip. Left out, and
 * #UD: what came after the 486 (FCMOV, FCOMI, FISTTP, FXSAVE). */
#include "emu/cpu/op_fpu.h"

#include <stddef.h>

#include "emu/cpu/fault.h"
#include "emu/cpu/opcode.h"
#include "emu/cpu/ops_fpu.h"
#include "emu/cpu/ops_system.h"

/* By the low three bits of the opcode and ModRM.reg. NULL: reserved. */
static op_fn *const memory_forms[8][8] = {
    /* D8 */ { fpu_add_m32, fpu_mul_m32, fpu_com_m32, fpu_comp_m32,
               fpu_sub_m32, fpu_subr_m32, fpu_div_m32, fpu_divr_m32 },
    /* D9 */ { fpu_fld_m32, NULL, fpu_fst_m32, fpu_fstp_m32, fpu_fldenv, fpu_fldcw, fpu_fnstenv, fpu_fnstcw },
    /* DA */ { fpu_add_i32, fpu_mul_i32, fpu_com_i32, fpu_comp_i32,
               fpu_sub_i32, fpu_subr_i32, fpu_div_i32, fpu_divr_i32 },
    /* DB */ { fpu_fild_m32, NULL, fpu_fist_m32, fpu_fistp_m32, NULL, fpu_fld_m80, NULL, fpu_fstp_m80 },
    /* DC */ { fpu_add_m64, fpu_mul_m64, fpu_com_m64, fpu_comp_m64,
               fpu_sub_m64, fpu_subr_m64, fpu_div_m64, fpu_divr_m64 },
    /* DD */ { fpu_fld_m64, NULL, fpu_fst_m64, fpu_fstp_m64, fpu_frstor, NULL, fpu_fnsave, fpu_fnstsw_m },
    /* DE */ { fpu_add_i16, fpu_mul_i16, fpu_com_i16, fpu_comp_i16,
               fpu_sub_i16, fpu_subr_i16, fpu_div_i16, fpu_divr_i16 },
    /* DF */ { fpu_fild_m16, NULL, fpu_fist_m16, fpu_fistp_m16, fpu_fbld, fpu_fild_m64, fpu_fbstp, fpu_fistp_m64 },
};

/* Those that leave the pointers alone (a bit per ModRM.reg), and those that do not wait for earlier errors. */
static const uint8_t memory_controls[8] = { [1] = 0xF0, [5] = 0xD0 };
static const uint8_t memory_not_waiting[8] = { [1] = 0xC0, [5] = 0xC0 };

/* The same where ModRM.rm is ST(i). NULL: single_form(). */
static op_fn *const register_forms[8][8] = {
    /* D8 */ { fpu_add_st0, fpu_mul_st0, fpu_com, fpu_comp,
               fpu_sub_st0, fpu_subr_st0, fpu_div_st0, fpu_divr_st0 },
    /* D9 */ { fpu_fld_sti, fpu_fxch, NULL, fpu_fstp_unchecked, NULL, NULL, NULL, NULL },
    /* DA */ { NULL },
    /* DB */ { NULL },
    /* DC */ { fpu_add_sti, fpu_mul_sti, fpu_com, fpu_comp,
               fpu_sub_sti, fpu_subr_sti, fpu_div_sti, fpu_divr_sti },
    /* DD */ { fpu_ffree, fpu_fxch, fpu_fst_sti, fpu_fstp_sti, fpu_ucom, fpu_ucomp, NULL, NULL },
    /* DE */ { fpu_add_pop, fpu_mul_pop, fpu_comp, NULL,
               fpu_sub_pop, fpu_subr_pop, fpu_div_pop, fpu_divr_pop },
    /* DF */ { fpu_ffreep, fpu_fxch, fpu_fstp_sti, fpu_fstp_sti, NULL, NULL, NULL, NULL },
};

/* D9 E0-FF. */
static op_fn *const st0_forms[32] = {
    fpu_fchs, fpu_fabs, NULL, NULL, fpu_ftst, fpu_fxam, NULL, NULL,
    fpu_constant, fpu_constant, fpu_constant, fpu_constant, fpu_constant, fpu_constant, fpu_constant, NULL,
    fpu_f2xm1, fpu_fyl2x, fpu_fptan, fpu_fpatan, fpu_fxtract, fpu_fprem1, fpu_fdecstp, fpu_fincstp,
    fpu_fprem, fpu_fyl2xp1, fpu_fsqrt, fpu_fsincos, fpu_frndint, fpu_fscale, fpu_fsin, fpu_fcos,
};

/* DB E0-E7: FNENI, FNDISI, FNCLEX, FNINIT, FNSETPM. */
static op_fn *const control_forms[8] = { fpu_nop, fpu_nop, fpu_fnclex, fpu_fninit, fpu_nop };

/* What the whole ModRM byte tells apart. NULL: reserved. *control: does not wait for earlier errors and leaves the
 * pointers alone; FNOP does wait, and shows in the pointers. */
static op_fn *single_form(const struct insn *insn, bool *control)
{
    const uint8_t modrm = insn->modrm;
    *control = insn->opcode == 0xDB || insn->opcode == 0xDF;
    switch (insn->opcode) {
    case 0xD9:
        return modrm >= 0xE0 ? st0_forms[modrm & 31] : modrm == 0xD0 ? fpu_nop : NULL;
    case 0xDA:
        return modrm == 0xE9 ? fpu_ucompp : NULL;
    case 0xDB:
        return modrm >> 3 == 0xE0 >> 3 ? control_forms[modrm & 7] : NULL;
    case 0xDE:
        return modrm == 0xD9 ? fpu_compp : NULL;
    case 0xDF:
        return modrm == 0xE0 ? fpu_fnstsw_ax : NULL;
    default:
        return NULL;
    }
}

/* Does anything stand in the way: #NM, no unit, an earlier error? */
static inline bool must_check(const struct cpu *cpu)
{
    return unlikely(cpu->cr0 & (CR0_EM | CR0_TS) || !cpu->has_fpu || cpu->fpu->status & FPU_ES);
}

/* An SX without a unit: nothing happens, but for the words that software asks for to find out, which are all ones (SDM
 * volume 3, "Intel486 SX Processor and Intel 487 SX Math Coprocessor Initialization"). */
static void answer_for_absent_unit(struct cpu *cpu, const struct insn *insn, op_fn *fn)
{
    if (fn == fpu_fnstcw || fn == fpu_fnstsw_m)
        wr16(cpu, insn->seg, ea(cpu, insn), 0xFFFF);
    else if (fn == fpu_fnstsw_ax)
        cpu->r[EAX] |= 0xFFFF;
}

/* False: the instruction is not to be executed, now or, without the unit, at all; FN is NULL if it is reserved. */
static bool may_execute(struct cpu *cpu, const struct insn *insn, op_fn *fn, bool not_waiting)
{
    if (cpu->cr0 & (CR0_EM | CR0_TS))
        cpu_raise(cpu, EXC_NM);
    if (!cpu->has_fpu) {
        answer_for_absent_unit(cpu, insn, fn);
        return false;
    }
    if (!fn)
        op_ud(cpu, insn);
    return !(cpu->fpu->status & FPU_ES) || not_waiting || !fpu_wait(cpu);
}

static inline void note_instruction(struct cpu *cpu, const struct insn *insn)
{
    struct fpu *fpu = cpu->fpu;
    fpu->ip = cpu->eip - insn->len;
    fpu->cs = cpu->seg[CS].selector;
    fpu->opcode = (uint16_t)((insn->opcode & 7) << 8 | insn->modrm);
}

/* The pointers change after the handler, which may fault. */
void op_fpu_m(struct cpu *cpu, const struct insn *insn)
{
    const unsigned escape = insn->opcode & 7, reg = insn->modrm >> 3 & 7;
    op_fn *fn = memory_forms[escape][reg];
    if (unlikely(must_check(cpu) || !fn) && !may_execute(cpu, insn, fn, memory_not_waiting[escape] >> reg & 1))
        return;
    fn(cpu, insn);
    if (memory_controls[escape] >> reg & 1)
        return;
    note_instruction(cpu, insn);
    cpu->fpu->dp = ea(cpu, insn);
    cpu->fpu->ds = cpu->seg[insn->seg].selector;
}

/* What is not simply in register_forms. */
static __attribute__((noinline)) void execute_other(struct cpu *cpu, const struct insn *insn)
{
    bool control = false;
    op_fn *fn = register_forms[insn->opcode & 7][insn->modrm >> 3 & 7];
    if (!fn)
        fn = single_form(insn, &control);
    if (!may_execute(cpu, insn, fn, control))
        return;
    if (!control)
        note_instruction(cpu, insn);
    fn(cpu, insn);
}

void op_fpu_r(struct cpu *cpu, const struct insn *insn)
{
    op_fn *fn = register_forms[insn->opcode & 7][insn->modrm >> 3 & 7];
    if (must_check(cpu) || !fn) {
        execute_other(cpu, insn);
        return;
    }
    note_instruction(cpu, insn);
    fn(cpu, insn);
}

/* WAIT. */
void fpu_fwait(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    if ((cpu->cr0 & (CR0_MP | CR0_TS)) == (CR0_MP | CR0_TS))
        cpu_raise(cpu, EXC_NM);
    if (cpu->has_fpu && cpu->fpu->status & FPU_ES)
        fpu_wait(cpu);
}
