/* Handlers of the eight FPU escapes D8-DF: they look at insn->opcode and insn->modrm. */
#ifndef EMU_CPU_OPS_FPU_H
#define EMU_CPU_OPS_FPU_H

#include "emu/cpu/insn.h"

/* ModRM names memory; a stack register or no operand. */
op_fn op_fpu_m, op_fpu_r;

/* The quick form of an escape that has one, else NULL. */
quick_fn *fpu_quick_form(const struct insn *insn);

/* 9B. */
extern const struct handler op_wait;

#endif
