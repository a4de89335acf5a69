/* The instruction set as a table, one opcode a line, operands in the manual's notation (PRM app. A): opcodes.c.
 *
 * Handlers are named op_MNEMONIC_OPERANDS_FORM, all lower case but the operand letters, as in op_add_Ev_Gv_m16. FORM is
 *   r16 m16 r32 m32   operand size 16 or 32, ModRM names a register or memory
 *   r m               ModRM, one size only (Eb, or Ew whatever the operand size)
 *   16 32             no ModRM or registers only, operand size matters
 *   (nothing)         one handler for all
 * Where the operand size does not matter to the memory form only, that one is m: op_mov_Ew_Sw_r16, _r32 and _m.
 * Group rows are named after the instruction: op_inc_Ev_r16 (FF /0). Opcodes with the register in their low bits use
 * Zv and Zb: op_push_Zv_32, op_mov_Zb_Ib. Register accumulator forms use AL and eAX: op_add_AL_Ib, op_add_eAX_Iv_16.
 * Rows whose only difference is a shorter, sign-extended immediate share handlers: 83 has those of 81
 * (op_add_Ev_Iv_r16), 6A of 68, 6B of 69, EB of E9, and the short conditional jumps those of the near (op_jz_Jv_16). */
#ifndef EMU_CPU_OPCODE_H
#define EMU_CPU_OPCODE_H

#include <stdbool.h>

#include "emu/cpu/insn.h"

enum opcode_flags {
    OPC_MODRM = 1,          /* has a ModRM byte */
    OPC_BYTE = 2,           /* register operands in ModRM.reg and .rm (or the opcode's low bits) are bytes */
    OPC_IMM8 = 4,           /* Ib, zero-extended */
    OPC_IMM8S = 8,          /* sIb: sign-extended to the operand size (bits above 16 are zero); also Jb */
    OPC_IMMV = 16,          /* Iv: 16 or 32 bits by operand size (bits above 16 are zero); also Jv, sign-extended */
    OPC_IMM16 = 32,         /* Iw */
    OPC_MOFFS = 64,         /* Ob, Ov: offset of address size into disp; base and index absent */
    OPC_FAR = 128,          /* Ap: offset of operand size into imm, selector into imm2 */
    OPC_ENDS = 256,         /* ends a run */
    OPC_LOCKABLE = 512,     /* LOCK allowed when the destination is memory */
    OPC_ZREG = 1024,        /* register in the opcode's low three bits */
    OPC_STRING = 2048,      /* source segment DS or override into seg */
    OPC_MEMORY_ONLY = 4096, /* ModRM with mod = 3 is #UD */
    OPC_VARIABLE = 8192,    /* INSN_VARIABLE */
    OPC_REG_ONLY = 16384,   /* ModRM.mod is ignored and taken as 3: MOV to and from CR, DR, TR */
    OPC_RELATIVE = 32768,   /* imm is a branch displacement, sign-extended to 32 bits */
    OPC_WORD = 1 << 16,     /* register operands in ModRM.reg and .rm are words whatever the operand size */
    OPC_RM_BYTE = 1 << 17,  /* only that in ModRM.rm is a byte */
    OPC_RM_WORD = 1 << 18,  /* only that in ModRM.rm is a word whatever the operand size */
    OPC_SEGMENT = 1 << 19,  /* ModRM.reg is a segment register: its number goes into reg; CS as destination: #UD */
    OPC_ESCAPE = 1 << 20    /* of the FPU: opcode and ModRM say which instruction it is (ops_fpu.h) */
};

struct opcode {
    const char *mnemonic;       /* upper case; NULL: the row is a group (or 0F escape or prefix), see group */
    const char *operands;       /* "Ev,Gv" */
    const struct handler *r16, *m16, *r32, *m32;
    uint32_t flags;             /* OPC_* */
    uint16_t group;             /* first of eight rows by ModRM.reg, 0: none */
};

enum { OPCODE_0F = 256, OPCODE_GROUPS = 512 };
extern const struct opcode opcode_table[];
extern const unsigned opcode_rows;

/* Is it a string instruction with a repeat prefix? */
static inline bool opcode_repeats(const struct insn *insn)
{
    return insn->flags & (INSN_REP | INSN_REPNE) && opcode_table[insn->row].flags & OPC_STRING;
}

/* Invalid opcode: raises #UD. */
void op_ud(struct cpu *cpu, const struct insn *insn);

#endif
