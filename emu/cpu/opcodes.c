/* The 486's instruction set, one opcode a line, in the order and notation of the opcode map (Intel i486 Programmer's
 * Reference Manual, appendix A). decode.c walks it; handler names follow from the rows as opcode.h says.
 *
 * A sign-extended immediate byte has arrived as a full immediate when the handler runs, so that 6A, 6B, 83 and EB share
 * the handlers of 68, 69, 81 and E9, and the short conditional jumps those of 0F 80-8F.
 *
 * Rows that are not there are #UD; prefixes (26 2E 36 3E 64 65 66 67 F0 F2 F3) and 0F never reach the table. Left out
 * on purpose: CMPXCHG at 0F A6 and A7, where only the A steppings had it, which no profile is; RSM, which needs system
 * management mode; and all that came after the 486. D6 (SALC), F1 (ICEBP), 82, UMOV, and the second SHL and TEST are
 * not in the manual, but on the chip. The eight FPU escapes have one row each: their handlers look at the opcode and
 * the ModRM byte. */
#include "emu/cpu/opcode.h"

#include <stddef.h>

#include "emu/cpu/ops.h"
#include "emu/cpu/ops_fpu.h"
#include "emu/cpu/ops_system.h"

/* The handlers of a row in the order r16, m16, r32, m32. */
#define FOUR(r16, m16, r32, m32) &r16, &m16, &r32, &m32
#define SINGLE(name) (const struct handler){ name, NULL }
#define ONE(name) FOUR(SINGLE(name), SINGLE(name), SINGLE(name), SINGLE(name))
#define SIZES(name) FOUR(SINGLE(name##_16), SINGLE(name##_16), SINGLE(name##_32), SINGLE(name##_32))
#define RM(name) FOUR(SINGLE(name##_r), SINGLE(name##_m), SINGLE(name##_r), SINGLE(name##_m))
#define RM_SIZES(name) FOUR(SINGLE(name##_r16), SINGLE(name##_m16), SINGLE(name##_r32), SINGLE(name##_m32))
#define R_SIZES_M(name) FOUR(SINGLE(name##_r16), SINGLE(name##_m), SINGLE(name##_r32), SINGLE(name##_m))
#define MEM(name) FOUR(SINGLE(op_ud), SINGLE(name##_m), SINGLE(op_ud), SINGLE(name##_m))
#define MEM_SIZES(name) FOUR(SINGLE(op_ud), SINGLE(name##_m16), SINGLE(op_ud), SINGLE(name##_m32))
/* Those that have a quick form too (insn.h). */
#define QUICK_ONE(name) FOUR(name, name, name, name)
#define QUICK_SIZES(name) FOUR(name##_16, name##_16, name##_32, name##_32)
#define QUICK_RM(name) FOUR(name##_r, name##_m, name##_r, name##_m)
#define QUICK_RM_SIZES(name) FOUR(name##_r16, name##_m16, name##_r32, name##_m32)
#define QUICK_R_RM_SIZES(name) FOUR(name##_r16, SINGLE(name##_m16), name##_r32, SINGLE(name##_m32))
#define QUICK_MEM_SIZES(name) FOUR(SINGLE(op_ud), name##_m16, SINGLE(op_ud), name##_m32)

enum {
    EB_IB = OPC_MODRM | OPC_BYTE | OPC_IMM8,
    /* Conditional ones: a run goes on behind them, and is left early when they are taken. */
    SHORT_BRANCH = OPC_IMM8S | OPC_RELATIVE | OPC_VARIABLE,
    NEAR_BRANCH = OPC_IMMV | OPC_RELATIVE | OPC_VARIABLE,
    VARIABLE_M = OPC_MODRM | OPC_MEMORY_ONLY | OPC_VARIABLE,
    COMPARE = OPC_MODRM | OPC_LOCKABLE | OPC_VARIABLE
};

/* A row that leads to eight others by ModRM.reg. */
#define GROUP(first) NULL, NULL, NULL, NULL, NULL, NULL, OPC_MODRM, first

enum {
    GROUP_80 = OPCODE_GROUPS + 0,
    GROUP_81 = OPCODE_GROUPS + 8,
    GROUP_83 = OPCODE_GROUPS + 16,
    GROUP_8F = OPCODE_GROUPS + 24,
    GROUP_C0 = OPCODE_GROUPS + 32,
    GROUP_C1 = OPCODE_GROUPS + 40,
    GROUP_D0 = OPCODE_GROUPS + 48,
    GROUP_D1 = OPCODE_GROUPS + 56,
    GROUP_D2 = OPCODE_GROUPS + 64,
    GROUP_D3 = OPCODE_GROUPS + 72,
    GROUP_C6 = OPCODE_GROUPS + 80,
    GROUP_C7 = OPCODE_GROUPS + 88,
    GROUP_F6 = OPCODE_GROUPS + 96,
    GROUP_F7 = OPCODE_GROUPS + 104,
    GROUP_FE = OPCODE_GROUPS + 112,
    GROUP_FF = OPCODE_GROUPS + 120,
    GROUP_0F00 = OPCODE_GROUPS + 128,
    GROUP_0F01 = OPCODE_GROUPS + 136,
    GROUP_0FBA = OPCODE_GROUPS + 144,
    ROWS = OPCODE_GROUPS + 152
};

const struct opcode opcode_table[] = {
    /* 00-3F: arithmetic, stack operations on segment registers, decimal adjustment */
    [0x00] = { "ADD",   "Eb,Gb",  QUICK_RM(op_add_Eb_Gb),     OPC_MODRM | OPC_BYTE | OPC_LOCKABLE, 0 },
    [0x01] = { "ADD",   "Ev,Gv",  QUICK_RM_SIZES(op_add_Ev_Gv), OPC_MODRM | OPC_LOCKABLE, 0 },
    [0x02] = { "ADD",   "Gb,Eb",  QUICK_RM(op_add_Gb_Eb),     OPC_MODRM | OPC_BYTE, 0 },
    [0x03] = { "ADD",   "Gv,Ev",  QUICK_RM_SIZES(op_add_Gv_Ev), OPC_MODRM, 0 },
    [0x04] = { "ADD",   "AL,Ib",  QUICK_ONE(op_add_AL_Ib),    OPC_IMM8, 0 },
    [0x05] = { "ADD",   "eAX,Iv", QUICK_SIZES(op_add_eAX_Iv), OPC_IMMV, 0 },
    [0x06] = { "PUSH",  "ES",     SIZES(op_push_ES),          0, 0 },
    [0x07] = { "POP",   "ES",     SIZES(op_pop_ES),           OPC_VARIABLE, 0 },
    [0x08] = { "OR",    "Eb,Gb",  QUICK_RM(op_or_Eb_Gb),      OPC_MODRM | OPC_BYTE | OPC_LOCKABLE, 0 },
    [0x09] = { "OR",    "Ev,Gv",  QUICK_RM_SIZES(op_or_Ev_Gv), OPC_MODRM | OPC_LOCKABLE, 0 },
    [0x0A] = { "OR",    "Gb,Eb",  QUICK_RM(op_or_Gb_Eb),      OPC_MODRM | OPC_BYTE, 0 },
    [0x0B] = { "OR",    "Gv,Ev",  QUICK_RM_SIZES(op_or_Gv_Ev), OPC_MODRM, 0 },
    [0x0C] = { "OR",    "AL,Ib",  QUICK_ONE(op_or_AL_Ib),     OPC_IMM8, 0 },
    [0x0D] = { "OR",    "eAX,Iv", QUICK_SIZES(op_or_eAX_Iv),  OPC_IMMV, 0 },
    [0x0E] = { "PUSH",  "CS",     SIZES(op_push_CS),          0, 0 },
    [0x10] = { "ADC",   "Eb,Gb",  QUICK_RM(op_adc_Eb_Gb),     OPC_MODRM | OPC_BYTE | OPC_LOCKABLE, 0 },
    [0x11] = { "ADC",   "Ev,Gv",  QUICK_RM_SIZES(op_adc_Ev_Gv), OPC_MODRM | OPC_LOCKABLE, 0 },
    [0x12] = { "ADC",   "Gb,Eb",  QUICK_RM(op_adc_Gb_Eb),     OPC_MODRM | OPC_BYTE, 0 },
    [0x13] = { "ADC",   "Gv,Ev",  QUICK_RM_SIZES(op_adc_Gv_Ev), OPC_MODRM, 0 },
    [0x14] = { "ADC",   "AL,Ib",  QUICK_ONE(op_adc_AL_Ib),    OPC_IMM8, 0 },
    [0x15] = { "ADC",   "eAX,Iv", QUICK_SIZES(op_adc_eAX_Iv), OPC_IMMV, 0 },
    [0x16] = { "PUSH",  "SS",     SIZES(op_push_SS),          0, 0 },
    [0x17] = { "POP",   "SS",     SIZES(op_pop_SS),           OPC_VARIABLE, 0 },
    [0x18] = { "SBB",   "Eb,Gb",  QUICK_RM(op_sbb_Eb_Gb),     OPC_MODRM | OPC_BYTE | OPC_LOCKABLE, 0 },
    [0x19] = { "SBB",   "Ev,Gv",  QUICK_RM_SIZES(op_sbb_Ev_Gv), OPC_MODRM | OPC_LOCKABLE, 0 },
    [0x1A] = { "SBB",   "Gb,Eb",  QUICK_RM(op_sbb_Gb_Eb),     OPC_MODRM | OPC_BYTE, 0 },
    [0x1B] = { "SBB",   "Gv,Ev",  QUICK_RM_SIZES(op_sbb_Gv_Ev), OPC_MODRM, 0 },
    [0x1C] = { "SBB",   "AL,Ib",  QUICK_ONE(op_sbb_AL_Ib),    OPC_IMM8, 0 },
    [0x1D] = { "SBB",   "eAX,Iv", QUICK_SIZES(op_sbb_eAX_Iv), OPC_IMMV, 0 },
    [0x1E] = { "PUSH",  "DS",     SIZES(op_push_DS),          0, 0 },
    [0x1F] = { "POP",   "DS",     SIZES(op_pop_DS),           OPC_VARIABLE, 0 },
    [0x20] = { "AND",   "Eb,Gb",  QUICK_RM(op_and_Eb_Gb),     OPC_MODRM | OPC_BYTE | OPC_LOCKABLE, 0 },
    [0x21] = { "AND",   "Ev,Gv",  QUICK_RM_SIZES(op_and_Ev_Gv), OPC_MODRM | OPC_LOCKABLE, 0 },
    [0x22] = { "AND",   "Gb,Eb",  QUICK_RM(op_and_Gb_Eb),     OPC_MODRM | OPC_BYTE, 0 },
    [0x23] = { "AND",   "Gv,Ev",  QUICK_RM_SIZES(op_and_Gv_Ev), OPC_MODRM, 0 },
    [0x24] = { "AND",   "AL,Ib",  QUICK_ONE(op_and_AL_Ib),    OPC_IMM8, 0 },
    [0x25] = { "AND",   "eAX,Iv", QUICK_SIZES(op_and_eAX_Iv), OPC_IMMV, 0 },
    [0x27] = { "DAA",   "",       ONE(op_daa),                0, 0 },
    [0x28] = { "SUB",   "Eb,Gb",  QUICK_RM(op_sub_Eb_Gb),     OPC_MODRM | OPC_BYTE | OPC_LOCKABLE, 0 },
    [0x29] = { "SUB",   "Ev,Gv",  QUICK_RM_SIZES(op_sub_Ev_Gv), OPC_MODRM | OPC_LOCKABLE, 0 },
    [0x2A] = { "SUB",   "Gb,Eb",  QUICK_RM(op_sub_Gb_Eb),     OPC_MODRM | OPC_BYTE, 0 },
    [0x2B] = { "SUB",   "Gv,Ev",  QUICK_RM_SIZES(op_sub_Gv_Ev), OPC_MODRM, 0 },
    [0x2C] = { "SUB",   "AL,Ib",  QUICK_ONE(op_sub_AL_Ib),    OPC_IMM8, 0 },
    [0x2D] = { "SUB",   "eAX,Iv", QUICK_SIZES(op_sub_eAX_Iv), OPC_IMMV, 0 },
    [0x2F] = { "DAS",   "",       ONE(op_das),                0, 0 },
    [0x30] = { "XOR",   "Eb,Gb",  QUICK_RM(op_xor_Eb_Gb),     OPC_MODRM | OPC_BYTE | OPC_LOCKABLE, 0 },
    [0x31] = { "XOR",   "Ev,Gv",  QUICK_RM_SIZES(op_xor_Ev_Gv), OPC_MODRM | OPC_LOCKABLE, 0 },
    [0x32] = { "XOR",   "Gb,Eb",  QUICK_RM(op_xor_Gb_Eb),     OPC_MODRM | OPC_BYTE, 0 },
    [0x33] = { "XOR",   "Gv,Ev",  QUICK_RM_SIZES(op_xor_Gv_Ev), OPC_MODRM, 0 },
    [0x34] = { "XOR",   "AL,Ib",  QUICK_ONE(op_xor_AL_Ib),    OPC_IMM8, 0 },
    [0x35] = { "XOR",   "eAX,Iv", QUICK_SIZES(op_xor_eAX_Iv), OPC_IMMV, 0 },
    [0x37] = { "AAA",   "",       ONE(op_aaa),                0, 0 },
    [0x38] = { "CMP",   "Eb,Gb",  QUICK_RM(op_cmp_Eb_Gb),     OPC_MODRM | OPC_BYTE, 0 },
    [0x39] = { "CMP",   "Ev,Gv",  QUICK_RM_SIZES(op_cmp_Ev_Gv), OPC_MODRM, 0 },
    [0x3A] = { "CMP",   "Gb,Eb",  QUICK_RM(op_cmp_Gb_Eb),     OPC_MODRM | OPC_BYTE, 0 },
    [0x3B] = { "CMP",   "Gv,Ev",  QUICK_RM_SIZES(op_cmp_Gv_Ev), OPC_MODRM, 0 },
    [0x3C] = { "CMP",   "AL,Ib",  QUICK_ONE(op_cmp_AL_Ib),    OPC_IMM8, 0 },
    [0x3D] = { "CMP",   "eAX,Iv", QUICK_SIZES(op_cmp_eAX_Iv), OPC_IMMV, 0 },
    [0x3F] = { "AAS",   "",       ONE(op_aas),                0, 0 },

    /* 40-5F: INC, DEC, PUSH and POP of a register */
    [0x40] = { "INC",   "Zv",     QUICK_SIZES(op_inc_Zv),     OPC_ZREG, 0 },
    [0x41] = { "INC",   "Zv",     QUICK_SIZES(op_inc_Zv),     OPC_ZREG, 0 },
    [0x42] = { "INC",   "Zv",     QUICK_SIZES(op_inc_Zv),     OPC_ZREG, 0 },
    [0x43] = { "INC",   "Zv",     QUICK_SIZES(op_inc_Zv),     OPC_ZREG, 0 },
    [0x44] = { "INC",   "Zv",     QUICK_SIZES(op_inc_Zv),     OPC_ZREG, 0 },
    [0x45] = { "INC",   "Zv",     QUICK_SIZES(op_inc_Zv),     OPC_ZREG, 0 },
    [0x46] = { "INC",   "Zv",     QUICK_SIZES(op_inc_Zv),     OPC_ZREG, 0 },
    [0x47] = { "INC",   "Zv",     QUICK_SIZES(op_inc_Zv),     OPC_ZREG, 0 },
    [0x48] = { "DEC",   "Zv",     QUICK_SIZES(op_dec_Zv),     OPC_ZREG, 0 },
    [0x49] = { "DEC",   "Zv",     QUICK_SIZES(op_dec_Zv),     OPC_ZREG, 0 },
    [0x4A] = { "DEC",   "Zv",     QUICK_SIZES(op_dec_Zv),     OPC_ZREG, 0 },
    [0x4B] = { "DEC",   "Zv",     QUICK_SIZES(op_dec_Zv),     OPC_ZREG, 0 },
    [0x4C] = { "DEC",   "Zv",     QUICK_SIZES(op_dec_Zv),     OPC_ZREG, 0 },
    [0x4D] = { "DEC",   "Zv",     QUICK_SIZES(op_dec_Zv),     OPC_ZREG, 0 },
    [0x4E] = { "DEC",   "Zv",     QUICK_SIZES(op_dec_Zv),     OPC_ZREG, 0 },
    [0x4F] = { "DEC",   "Zv",     QUICK_SIZES(op_dec_Zv),     OPC_ZREG, 0 },
    [0x50] = { "PUSH",  "Zv",     QUICK_SIZES(op_push_Zv),    OPC_ZREG, 0 },
    [0x51] = { "PUSH",  "Zv",     QUICK_SIZES(op_push_Zv),    OPC_ZREG, 0 },
    [0x52] = { "PUSH",  "Zv",     QUICK_SIZES(op_push_Zv),    OPC_ZREG, 0 },
    [0x53] = { "PUSH",  "Zv",     QUICK_SIZES(op_push_Zv),    OPC_ZREG, 0 },
    [0x54] = { "PUSH",  "Zv",     QUICK_SIZES(op_push_Zv),    OPC_ZREG, 0 },
    [0x55] = { "PUSH",  "Zv",     QUICK_SIZES(op_push_Zv),    OPC_ZREG, 0 },
    [0x56] = { "PUSH",  "Zv",     QUICK_SIZES(op_push_Zv),    OPC_ZREG, 0 },
    [0x57] = { "PUSH",  "Zv",     QUICK_SIZES(op_push_Zv),    OPC_ZREG, 0 },
    [0x58] = { "POP",   "Zv",     QUICK_SIZES(op_pop_Zv),     OPC_ZREG, 0 },
    [0x59] = { "POP",   "Zv",     QUICK_SIZES(op_pop_Zv),     OPC_ZREG, 0 },
    [0x5A] = { "POP",   "Zv",     QUICK_SIZES(op_pop_Zv),     OPC_ZREG, 0 },
    [0x5B] = { "POP",   "Zv",     QUICK_SIZES(op_pop_Zv),     OPC_ZREG, 0 },
    [0x5C] = { "POP",   "Zv",     QUICK_SIZES(op_pop_Zv),     OPC_ZREG, 0 },
    [0x5D] = { "POP",   "Zv",     QUICK_SIZES(op_pop_Zv),     OPC_ZREG, 0 },
    [0x5E] = { "POP",   "Zv",     QUICK_SIZES(op_pop_Zv),     OPC_ZREG, 0 },
    [0x5F] = { "POP",   "Zv",     QUICK_SIZES(op_pop_Zv),     OPC_ZREG, 0 },

    /* 60-6F */
    [0x60] = { "PUSHA", "",       SIZES(op_pusha),            0, 0 },
    [0x61] = { "POPA",  "",       SIZES(op_popa),             0, 0 },
    [0x62] = { "BOUND", "Gv,Ma",  MEM_SIZES(op_bound_Gv_Ma),  OPC_MODRM | OPC_MEMORY_ONLY, 0 },
    [0x63] = { "ARPL",  "Ew,Gw",  RM(op_arpl_Ew_Gw),          OPC_MODRM | OPC_WORD, 0 },
    [0x68] = { "PUSH",  "Iv",     QUICK_SIZES(op_push_Iv),    OPC_IMMV, 0 },
    [0x69] = { "IMUL",  "Gv,Ev,Iv", QUICK_R_RM_SIZES(op_imul_Gv_Ev_Iv), OPC_MODRM | OPC_IMMV | OPC_VARIABLE, 0 },
    [0x6A] = { "PUSH",  "sIb",    QUICK_SIZES(op_push_Iv),    OPC_IMM8S, 0 },
    [0x6B] = { "IMUL",  "Gv,Ev,sIb", QUICK_R_RM_SIZES(op_imul_Gv_Ev_Iv), OPC_MODRM | OPC_IMM8S | OPC_VARIABLE, 0 },
    [0x6C] = { "INS",   "Yb,DX",  ONE(op_ins_Yb_DX),          OPC_STRING | OPC_ENDS | OPC_VARIABLE, 0 },
    [0x6D] = { "INS",   "Yv,DX",  SIZES(op_ins_Yv_DX),        OPC_STRING | OPC_ENDS | OPC_VARIABLE, 0 },
    [0x6E] = { "OUTS",  "DX,Xb",  ONE(op_outs_DX_Xb),         OPC_STRING | OPC_ENDS | OPC_VARIABLE, 0 },
    [0x6F] = { "OUTS",  "DX,Xv",  SIZES(op_outs_DX_Xv),       OPC_STRING | OPC_ENDS | OPC_VARIABLE, 0 },

    /* 70-7F: short conditional jumps */
    [0x70] = { "JO",    "Jb",     QUICK_SIZES(op_jo_Jv),      SHORT_BRANCH, 0 },
    [0x71] = { "JNO",   "Jb",     QUICK_SIZES(op_jno_Jv),     SHORT_BRANCH, 0 },
    [0x72] = { "JB",    "Jb",     QUICK_SIZES(op_jb_Jv),      SHORT_BRANCH, 0 },
    [0x73] = { "JNB",   "Jb",     QUICK_SIZES(op_jnb_Jv),     SHORT_BRANCH, 0 },
    [0x74] = { "JZ",    "Jb",     QUICK_SIZES(op_jz_Jv),      SHORT_BRANCH, 0 },
    [0x75] = { "JNZ",   "Jb",     QUICK_SIZES(op_jnz_Jv),     SHORT_BRANCH, 0 },
    [0x76] = { "JBE",   "Jb",     QUICK_SIZES(op_jbe_Jv),     SHORT_BRANCH, 0 },
    [0x77] = { "JNBE",  "Jb",     QUICK_SIZES(op_jnbe_Jv),    SHORT_BRANCH, 0 },
    [0x78] = { "JS",    "Jb",     QUICK_SIZES(op_js_Jv),      SHORT_BRANCH, 0 },
    [0x79] = { "JNS",   "Jb",     QUICK_SIZES(op_jns_Jv),     SHORT_BRANCH, 0 },
    [0x7A] = { "JP",    "Jb",     QUICK_SIZES(op_jp_Jv),      SHORT_BRANCH, 0 },
    [0x7B] = { "JNP",   "Jb",     QUICK_SIZES(op_jnp_Jv),     SHORT_BRANCH, 0 },
    [0x7C] = { "JL",    "Jb",     QUICK_SIZES(op_jl_Jv),      SHORT_BRANCH, 0 },
    [0x7D] = { "JNL",   "Jb",     QUICK_SIZES(op_jnl_Jv),     SHORT_BRANCH, 0 },
    [0x7E] = { "JLE",   "Jb",     QUICK_SIZES(op_jle_Jv),     SHORT_BRANCH, 0 },
    [0x7F] = { "JNLE",  "Jb",     QUICK_SIZES(op_jnle_Jv),    SHORT_BRANCH, 0 },

    /* 80-8F */
    [0x80] = { GROUP(GROUP_80) },
    [0x81] = { GROUP(GROUP_81) },
    [0x82] = { GROUP(GROUP_80) },
    [0x83] = { GROUP(GROUP_83) },
    [0x84] = { "TEST",  "Eb,Gb",  QUICK_RM(op_test_Eb_Gb),    OPC_MODRM | OPC_BYTE, 0 },
    [0x85] = { "TEST",  "Ev,Gv",  QUICK_RM_SIZES(op_test_Ev_Gv), OPC_MODRM, 0 },
    [0x86] = { "XCHG",  "Eb,Gb",  QUICK_RM(op_xchg_Eb_Gb),    OPC_MODRM | OPC_BYTE | OPC_LOCKABLE, 0 },
    [0x87] = { "XCHG",  "Ev,Gv",  QUICK_RM_SIZES(op_xchg_Ev_Gv), OPC_MODRM | OPC_LOCKABLE, 0 },
    [0x88] = { "MOV",   "Eb,Gb",  QUICK_RM(op_mov_Eb_Gb),     OPC_MODRM | OPC_BYTE, 0 },
    [0x89] = { "MOV",   "Ev,Gv",  QUICK_RM_SIZES(op_mov_Ev_Gv), OPC_MODRM, 0 },
    [0x8A] = { "MOV",   "Gb,Eb",  QUICK_RM(op_mov_Gb_Eb),     OPC_MODRM | OPC_BYTE, 0 },
    [0x8B] = { "MOV",   "Gv,Ev",  QUICK_RM_SIZES(op_mov_Gv_Ev), OPC_MODRM, 0 },
    [0x8C] = { "MOV",   "Ew,Sw",  R_SIZES_M(op_mov_Ew_Sw),    OPC_MODRM | OPC_SEGMENT, 0 },
    [0x8D] = { "LEA",   "Gv,M",   QUICK_MEM_SIZES(op_lea_Gv_M), OPC_MODRM | OPC_MEMORY_ONLY, 0 },
    [0x8E] = { "MOV",   "Sw,Ew",  RM(op_mov_Sw_Ew),           OPC_MODRM | OPC_RM_WORD | OPC_SEGMENT | OPC_VARIABLE, 0 },
    [0x8F] = { GROUP(GROUP_8F) },

    /* 90-9F */
    [0x90] = { "NOP",   "",       ONE(op_nop),                0, 0 },
    [0x91] = { "XCHG",  "Zv,eAX", QUICK_SIZES(op_xchg_Zv_eAX), OPC_ZREG, 0 },
    [0x92] = { "XCHG",  "Zv,eAX", QUICK_SIZES(op_xchg_Zv_eAX), OPC_ZREG, 0 },
    [0x93] = { "XCHG",  "Zv,eAX", QUICK_SIZES(op_xchg_Zv_eAX), OPC_ZREG, 0 },
    [0x94] = { "XCHG",  "Zv,eAX", QUICK_SIZES(op_xchg_Zv_eAX), OPC_ZREG, 0 },
    [0x95] = { "XCHG",  "Zv,eAX", QUICK_SIZES(op_xchg_Zv_eAX), OPC_ZREG, 0 },
    [0x96] = { "XCHG",  "Zv,eAX", QUICK_SIZES(op_xchg_Zv_eAX), OPC_ZREG, 0 },
    [0x97] = { "XCHG",  "Zv,eAX", QUICK_SIZES(op_xchg_Zv_eAX), OPC_ZREG, 0 },
    [0x98] = { "CBW",   "",       QUICK_SIZES(op_cbw),        0, 0 },
    [0x99] = { "CWD",   "",       QUICK_SIZES(op_cwd),        0, 0 },
    [0x9A] = { "CALL",  "Ap",     SIZES(op_call_Ap),          OPC_FAR | OPC_ENDS | OPC_VARIABLE, 0 },
    [0x9B] = { "WAIT",  "",       QUICK_ONE(op_wait),         0, 0 },
    [0x9C] = { "PUSHF", "",       SIZES(op_pushf),            0, 0 },
    [0x9D] = { "POPF",  "",       SIZES(op_popf),             OPC_ENDS, 0 },
    [0x9E] = { "SAHF",  "",       ONE(op_sahf),               0, 0 },
    [0x9F] = { "LAHF",  "",       ONE(op_lahf),               0, 0 },

    /* A0-AF: memory offsets and strings */
    [0xA0] = { "MOV",   "AL,Ob",  QUICK_ONE(op_mov_AL_Ob),    OPC_MOFFS, 0 },
    [0xA1] = { "MOV",   "eAX,Ov", QUICK_SIZES(op_mov_eAX_Ov), OPC_MOFFS, 0 },
    [0xA2] = { "MOV",   "Ob,AL",  QUICK_ONE(op_mov_Ob_AL),    OPC_MOFFS, 0 },
    [0xA3] = { "MOV",   "Ov,eAX", QUICK_SIZES(op_mov_Ov_eAX), OPC_MOFFS, 0 },
    [0xA4] = { "MOVS",  "Yb,Xb",  ONE(op_movs_Yb_Xb),         OPC_STRING | OPC_VARIABLE, 0 },
    [0xA5] = { "MOVS",  "Yv,Xv",  SIZES(op_movs_Yv_Xv),       OPC_STRING | OPC_VARIABLE, 0 },
    [0xA6] = { "CMPS",  "Xb,Yb",  ONE(op_cmps_Xb_Yb),         OPC_STRING | OPC_VARIABLE, 0 },
    [0xA7] = { "CMPS",  "Xv,Yv",  SIZES(op_cmps_Xv_Yv),       OPC_STRING | OPC_VARIABLE, 0 },
    [0xA8] = { "TEST",  "AL,Ib",  QUICK_ONE(op_test_AL_Ib),   OPC_IMM8, 0 },
    [0xA9] = { "TEST",  "eAX,Iv", QUICK_SIZES(op_test_eAX_Iv), OPC_IMMV, 0 },
    [0xAA] = { "STOS",  "Yb,AL",  ONE(op_stos_Yb_AL),         OPC_STRING | OPC_VARIABLE, 0 },
    [0xAB] = { "STOS",  "Yv,eAX", SIZES(op_stos_Yv_eAX),      OPC_STRING | OPC_VARIABLE, 0 },
    [0xAC] = { "LODS",  "AL,Xb",  ONE(op_lods_AL_Xb),         OPC_STRING | OPC_VARIABLE, 0 },
    [0xAD] = { "LODS",  "eAX,Xv", SIZES(op_lods_eAX_Xv),      OPC_STRING | OPC_VARIABLE, 0 },
    [0xAE] = { "SCAS",  "AL,Yb",  ONE(op_scas_AL_Yb),         OPC_STRING | OPC_VARIABLE, 0 },
    [0xAF] = { "SCAS",  "eAX,Yv", SIZES(op_scas_eAX_Yv),      OPC_STRING | OPC_VARIABLE, 0 },

    /* B0-BF: immediate to register */
    [0xB0] = { "MOV",   "Zb,Ib",  QUICK_ONE(op_mov_Zb_Ib),    OPC_ZREG | OPC_BYTE | OPC_IMM8, 0 },
    [0xB1] = { "MOV",   "Zb,Ib",  QUICK_ONE(op_mov_Zb_Ib),    OPC_ZREG | OPC_BYTE | OPC_IMM8, 0 },
    [0xB2] = { "MOV",   "Zb,Ib",  QUICK_ONE(op_mov_Zb_Ib),    OPC_ZREG | OPC_BYTE | OPC_IMM8, 0 },
    [0xB3] = { "MOV",   "Zb,Ib",  QUICK_ONE(op_mov_Zb_Ib),    OPC_ZREG | OPC_BYTE | OPC_IMM8, 0 },
    [0xB4] = { "MOV",   "Zb,Ib",  QUICK_ONE(op_mov_Zb_Ib),    OPC_ZREG | OPC_BYTE | OPC_IMM8, 0 },
    [0xB5] = { "MOV",   "Zb,Ib",  QUICK_ONE(op_mov_Zb_Ib),    OPC_ZREG | OPC_BYTE | OPC_IMM8, 0 },
    [0xB6] = { "MOV",   "Zb,Ib",  QUICK_ONE(op_mov_Zb_Ib),    OPC_ZREG | OPC_BYTE | OPC_IMM8, 0 },
    [0xB7] = { "MOV",   "Zb,Ib",  QUICK_ONE(op_mov_Zb_Ib),    OPC_ZREG | OPC_BYTE | OPC_IMM8, 0 },
    [0xB8] = { "MOV",   "Zv,Iv",  QUICK_SIZES(op_mov_Zv_Iv),  OPC_ZREG | OPC_IMMV, 0 },
    [0xB9] = { "MOV",   "Zv,Iv",  QUICK_SIZES(op_mov_Zv_Iv),  OPC_ZREG | OPC_IMMV, 0 },
    [0xBA] = { "MOV",   "Zv,Iv",  QUICK_SIZES(op_mov_Zv_Iv),  OPC_ZREG | OPC_IMMV, 0 },
    [0xBB] = { "MOV",   "Zv,Iv",  QUICK_SIZES(op_mov_Zv_Iv),  OPC_ZREG | OPC_IMMV, 0 },
    [0xBC] = { "MOV",   "Zv,Iv",  QUICK_SIZES(op_mov_Zv_Iv),  OPC_ZREG | OPC_IMMV, 0 },
    [0xBD] = { "MOV",   "Zv,Iv",  QUICK_SIZES(op_mov_Zv_Iv),  OPC_ZREG | OPC_IMMV, 0 },
    [0xBE] = { "MOV",   "Zv,Iv",  QUICK_SIZES(op_mov_Zv_Iv),  OPC_ZREG | OPC_IMMV, 0 },
    [0xBF] = { "MOV",   "Zv,Iv",  QUICK_SIZES(op_mov_Zv_Iv),  OPC_ZREG | OPC_IMMV, 0 },

    /* C0-CF */
    [0xC0] = { GROUP(GROUP_C0) },
    [0xC1] = { GROUP(GROUP_C1) },
    [0xC2] = { "RET",   "Iw",     QUICK_SIZES(op_ret_Iw),     OPC_IMM16 | OPC_ENDS, 0 },
    [0xC3] = { "RET",   "",       QUICK_SIZES(op_ret),        OPC_ENDS, 0 },
    [0xC4] = { "LES",   "Gv,Mp",  MEM_SIZES(op_les_Gv_Mp),    VARIABLE_M, 0 },
    [0xC5] = { "LDS",   "Gv,Mp",  MEM_SIZES(op_lds_Gv_Mp),    VARIABLE_M, 0 },
    [0xC6] = { GROUP(GROUP_C6) },
    [0xC7] = { GROUP(GROUP_C7) },
    [0xC8] = { "ENTER", "Iw,Ib",  SIZES(op_enter_Iw_Ib),      OPC_IMM16 | OPC_IMM8 | OPC_VARIABLE, 0 },
    [0xC9] = { "LEAVE", "",       QUICK_SIZES(op_leave),      0, 0 },
    [0xCA] = { "RETF",  "Iw",     SIZES(op_retf_Iw),          OPC_IMM16 | OPC_ENDS | OPC_VARIABLE, 0 },
    [0xCB] = { "RETF",  "",       SIZES(op_retf),             OPC_ENDS | OPC_VARIABLE, 0 },
    [0xCC] = { "INT3",  "",       ONE(op_int3),               OPC_ENDS | OPC_VARIABLE, 0 },
    [0xCD] = { "INT",   "Ib",     ONE(op_int_Ib),             OPC_IMM8 | OPC_ENDS | OPC_VARIABLE, 0 },
    [0xCE] = { "INTO",  "",       ONE(op_into),               OPC_ENDS | OPC_VARIABLE, 0 },
    [0xCF] = { "IRET",  "",       SIZES(op_iret),             OPC_ENDS | OPC_VARIABLE, 0 },

    /* D0-DF: shifts, ASCII adjustment, SALC (D6), XLAT, the FPU's eight escapes */
    [0xD0] = { GROUP(GROUP_D0) },
    [0xD1] = { GROUP(GROUP_D1) },
    [0xD2] = { GROUP(GROUP_D2) },
    [0xD3] = { GROUP(GROUP_D3) },
    [0xD4] = { "AAM",   "Ib",     ONE(op_aam_Ib),             OPC_IMM8, 0 },
    [0xD5] = { "AAD",   "Ib",     ONE(op_aad_Ib),             OPC_IMM8, 0 },
    [0xD6] = { "SALC",  "",       ONE(op_salc),               0, 0 },
    [0xD7] = { "XLAT",  "",       ONE(op_xlat),               OPC_STRING, 0 },
    [0xD8] = { "ESC",   "",       RM(op_fpu),                 OPC_MODRM | OPC_ESCAPE | OPC_VARIABLE, 0 },
    [0xD9] = { "ESC",   "",       RM(op_fpu),                 OPC_MODRM | OPC_ESCAPE | OPC_VARIABLE, 0 },
    [0xDA] = { "ESC",   "",       RM(op_fpu),                 OPC_MODRM | OPC_ESCAPE | OPC_VARIABLE, 0 },
    [0xDB] = { "ESC",   "",       RM(op_fpu),                 OPC_MODRM | OPC_ESCAPE | OPC_VARIABLE, 0 },
    [0xDC] = { "ESC",   "",       RM(op_fpu),                 OPC_MODRM | OPC_ESCAPE | OPC_VARIABLE, 0 },
    [0xDD] = { "ESC",   "",       RM(op_fpu),                 OPC_MODRM | OPC_ESCAPE | OPC_VARIABLE, 0 },
    [0xDE] = { "ESC",   "",       RM(op_fpu),                 OPC_MODRM | OPC_ESCAPE | OPC_VARIABLE, 0 },
    [0xDF] = { "ESC",   "",       RM(op_fpu),                 OPC_MODRM | OPC_ESCAPE | OPC_VARIABLE, 0 },

    /* E0-EF: loops, ports, near and far jumps */
    [0xE0] = { "LOOPNE", "Jb",     QUICK_SIZES(op_loopne_Jb),  SHORT_BRANCH, 0 },
    [0xE1] = { "LOOPE", "Jb",     QUICK_SIZES(op_loope_Jb),   SHORT_BRANCH, 0 },
    [0xE2] = { "LOOP",  "Jb",     QUICK_SIZES(op_loop_Jb),    SHORT_BRANCH, 0 },
    [0xE3] = { "JCXZ",  "Jb",     QUICK_SIZES(op_jcxz_Jb),    SHORT_BRANCH, 0 },
    [0xE4] = { "IN",    "AL,Ib",  ONE(op_in_AL_Ib),           OPC_IMM8 | OPC_ENDS | OPC_VARIABLE, 0 },
    [0xE5] = { "IN",    "eAX,Ib", SIZES(op_in_eAX_Ib),        OPC_IMM8 | OPC_ENDS | OPC_VARIABLE, 0 },
    [0xE6] = { "OUT",   "Ib,AL",  ONE(op_out_Ib_AL),          OPC_IMM8 | OPC_ENDS | OPC_VARIABLE, 0 },
    [0xE7] = { "OUT",   "Ib,eAX", SIZES(op_out_Ib_eAX),       OPC_IMM8 | OPC_ENDS | OPC_VARIABLE, 0 },
    [0xE8] = { "CALL",  "Jv",     QUICK_SIZES(op_call_Jv),    OPC_IMMV | OPC_RELATIVE | OPC_ENDS, 0 },
    [0xE9] = { "JMP",   "Jv",     QUICK_SIZES(op_jmp_Jv),     OPC_IMMV | OPC_RELATIVE | OPC_ENDS, 0 },
    [0xEA] = { "JMP",   "Ap",     SIZES(op_jmp_Ap),           OPC_FAR | OPC_ENDS | OPC_VARIABLE, 0 },
    [0xEB] = { "JMP",   "Jb",     QUICK_SIZES(op_jmp_Jv),     OPC_IMM8S | OPC_RELATIVE | OPC_ENDS, 0 },
    [0xEC] = { "IN",    "AL,DX",  ONE(op_in_AL_DX),           OPC_ENDS | OPC_VARIABLE, 0 },
    [0xED] = { "IN",    "eAX,DX", SIZES(op_in_eAX_DX),        OPC_ENDS | OPC_VARIABLE, 0 },
    [0xEE] = { "OUT",   "DX,AL",  ONE(op_out_DX_AL),          OPC_ENDS | OPC_VARIABLE, 0 },
    [0xEF] = { "OUT",   "DX,eAX", SIZES(op_out_DX_eAX),       OPC_ENDS | OPC_VARIABLE, 0 },

    /* F0-FF */
    [0xF1] = { "ICEBP", "",       ONE(op_icebp),              OPC_ENDS | OPC_VARIABLE, 0 },
    [0xF4] = { "HLT",   "",       ONE(op_hlt),                OPC_ENDS, 0 },
    [0xF5] = { "CMC",   "",       ONE(op_cmc),                0, 0 },
    [0xF6] = { GROUP(GROUP_F6) },
    [0xF7] = { GROUP(GROUP_F7) },
    [0xF8] = { "CLC",   "",       ONE(op_clc),                0, 0 },
    [0xF9] = { "STC",   "",       ONE(op_stc),                0, 0 },
    [0xFA] = { "CLI",   "",       ONE(op_cli),                0, 0 },
    [0xFB] = { "STI",   "",       ONE(op_sti),                OPC_ENDS, 0 },
    [0xFC] = { "CLD",   "",       ONE(op_cld),                0, 0 },
    [0xFD] = { "STD",   "",       ONE(op_std),                0, 0 },
    [0xFE] = { GROUP(GROUP_FE) },
    [0xFF] = { GROUP(GROUP_FF) },

    /* 0F 00-0F 26: system */
    [OPCODE_0F + 0x00] = { GROUP(GROUP_0F00) },
    [OPCODE_0F + 0x01] = { GROUP(GROUP_0F01) },
    [OPCODE_0F + 0x02] = { "LAR",    "Gv,Ew",  RM_SIZES(op_lar_Gv_Ew),       OPC_MODRM | OPC_RM_WORD, 0 },
    [OPCODE_0F + 0x03] = { "LSL",    "Gv,Ew",  RM_SIZES(op_lsl_Gv_Ew),       OPC_MODRM | OPC_RM_WORD, 0 },
    [OPCODE_0F + 0x06] = { "CLTS",   "",       ONE(op_clts),                 OPC_ENDS, 0 },
    [OPCODE_0F + 0x08] = { "INVD",   "",       ONE(op_invd),                 0, 0 },
    [OPCODE_0F + 0x09] = { "WBINVD", "",       ONE(op_wbinvd),               0, 0 },
    [OPCODE_0F + 0x10] = { "UMOV",   "Eb,Gb",  RM(op_umov_Eb_Gb),            OPC_MODRM | OPC_BYTE, 0 },
    [OPCODE_0F + 0x11] = { "UMOV",   "Ev,Gv",  RM_SIZES(op_umov_Ev_Gv),      OPC_MODRM, 0 },
    [OPCODE_0F + 0x12] = { "UMOV",   "Gb,Eb",  RM(op_umov_Gb_Eb),            OPC_MODRM | OPC_BYTE, 0 },
    [OPCODE_0F + 0x13] = { "UMOV",   "Gv,Ev",  RM_SIZES(op_umov_Gv_Ev),      OPC_MODRM, 0 },
    [OPCODE_0F + 0x20] = { "MOV",    "Rd,Cd",  ONE(op_mov_Rd_Cd),            OPC_MODRM | OPC_REG_ONLY | OPC_ENDS, 0 },
    [OPCODE_0F + 0x21] = { "MOV",    "Rd,Dd",  ONE(op_mov_Rd_Dd),            OPC_MODRM | OPC_REG_ONLY | OPC_ENDS, 0 },
    [OPCODE_0F + 0x22] = { "MOV",    "Cd,Rd",  ONE(op_mov_Cd_Rd),            OPC_MODRM | OPC_REG_ONLY | OPC_ENDS, 0 },
    [OPCODE_0F + 0x23] = { "MOV",    "Dd,Rd",  ONE(op_mov_Dd_Rd),            OPC_MODRM | OPC_REG_ONLY | OPC_ENDS, 0 },
    [OPCODE_0F + 0x24] = { "MOV",    "Rd,Td",  ONE(op_mov_Rd_Td),            OPC_MODRM | OPC_REG_ONLY | OPC_ENDS, 0 },
    [OPCODE_0F + 0x26] = { "MOV",    "Td,Rd",  ONE(op_mov_Td_Rd),            OPC_MODRM | OPC_REG_ONLY | OPC_ENDS, 0 },

    /* 0F 80-0F 9F: conditional jumps and bytes */
    [OPCODE_0F + 0x80] = { "JO",     "Jv",     QUICK_SIZES(op_jo_Jv),        NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x81] = { "JNO",    "Jv",     QUICK_SIZES(op_jno_Jv),       NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x82] = { "JB",     "Jv",     QUICK_SIZES(op_jb_Jv),        NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x83] = { "JNB",    "Jv",     QUICK_SIZES(op_jnb_Jv),       NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x84] = { "JZ",     "Jv",     QUICK_SIZES(op_jz_Jv),        NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x85] = { "JNZ",    "Jv",     QUICK_SIZES(op_jnz_Jv),       NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x86] = { "JBE",    "Jv",     QUICK_SIZES(op_jbe_Jv),       NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x87] = { "JNBE",   "Jv",     QUICK_SIZES(op_jnbe_Jv),      NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x88] = { "JS",     "Jv",     QUICK_SIZES(op_js_Jv),        NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x89] = { "JNS",    "Jv",     QUICK_SIZES(op_jns_Jv),       NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x8A] = { "JP",     "Jv",     QUICK_SIZES(op_jp_Jv),        NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x8B] = { "JNP",    "Jv",     QUICK_SIZES(op_jnp_Jv),       NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x8C] = { "JL",     "Jv",     QUICK_SIZES(op_jl_Jv),        NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x8D] = { "JNL",    "Jv",     QUICK_SIZES(op_jnl_Jv),       NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x8E] = { "JLE",    "Jv",     QUICK_SIZES(op_jle_Jv),       NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x8F] = { "JNLE",   "Jv",     QUICK_SIZES(op_jnle_Jv),      NEAR_BRANCH, 0 },
    [OPCODE_0F + 0x90] = { "SETO",   "Eb",     QUICK_RM(op_seto_Eb),         OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x91] = { "SETNO",  "Eb",     QUICK_RM(op_setno_Eb),        OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x92] = { "SETB",   "Eb",     QUICK_RM(op_setb_Eb),         OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x93] = { "SETNB",  "Eb",     QUICK_RM(op_setnb_Eb),        OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x94] = { "SETZ",   "Eb",     QUICK_RM(op_setz_Eb),         OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x95] = { "SETNZ",  "Eb",     QUICK_RM(op_setnz_Eb),        OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x96] = { "SETBE",  "Eb",     QUICK_RM(op_setbe_Eb),        OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x97] = { "SETNBE", "Eb",     QUICK_RM(op_setnbe_Eb),       OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x98] = { "SETS",   "Eb",     QUICK_RM(op_sets_Eb),         OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x99] = { "SETNS",  "Eb",     QUICK_RM(op_setns_Eb),        OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x9A] = { "SETP",   "Eb",     QUICK_RM(op_setp_Eb),         OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x9B] = { "SETNP",  "Eb",     QUICK_RM(op_setnp_Eb),        OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x9C] = { "SETL",   "Eb",     QUICK_RM(op_setl_Eb),         OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x9D] = { "SETNL",  "Eb",     QUICK_RM(op_setnl_Eb),        OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x9E] = { "SETLE",  "Eb",     QUICK_RM(op_setle_Eb),        OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0x9F] = { "SETNLE", "Eb",     QUICK_RM(op_setnle_Eb),       OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },

    /* 0F A0-0F CF */
    [OPCODE_0F + 0xA0] = { "PUSH",   "FS",     SIZES(op_push_FS),            0, 0 },
    [OPCODE_0F + 0xA1] = { "POP",    "FS",     SIZES(op_pop_FS),             OPC_VARIABLE, 0 },
    [OPCODE_0F + 0xA2] = { "CPUID",  "",       ONE(op_cpuid),                OPC_VARIABLE, 0 },
    [OPCODE_0F + 0xA3] = { "BT",     "Ev,Gv",  RM_SIZES(op_bt_Ev_Gv),        OPC_MODRM, 0 },
    [OPCODE_0F + 0xA4] = { "SHLD",   "Ev,Gv,Ib", QUICK_R_RM_SIZES(op_shld_Ev_Gv_Ib), OPC_MODRM | OPC_IMM8, 0 },
    [OPCODE_0F + 0xA5] = { "SHLD",   "Ev,Gv,CL", QUICK_R_RM_SIZES(op_shld_Ev_Gv_CL), OPC_MODRM, 0 },
    [OPCODE_0F + 0xA8] = { "PUSH",   "GS",     SIZES(op_push_GS),            0, 0 },
    [OPCODE_0F + 0xA9] = { "POP",    "GS",     SIZES(op_pop_GS),             OPC_VARIABLE, 0 },
    [OPCODE_0F + 0xAB] = { "BTS",    "Ev,Gv",  RM_SIZES(op_bts_Ev_Gv),       OPC_MODRM | OPC_LOCKABLE, 0 },
    [OPCODE_0F + 0xAC] = { "SHRD",   "Ev,Gv,Ib", QUICK_R_RM_SIZES(op_shrd_Ev_Gv_Ib), OPC_MODRM | OPC_IMM8, 0 },
    [OPCODE_0F + 0xAD] = { "SHRD",   "Ev,Gv,CL", QUICK_R_RM_SIZES(op_shrd_Ev_Gv_CL), OPC_MODRM, 0 },
    [OPCODE_0F + 0xAF] = { "IMUL",   "Gv,Ev",  QUICK_R_RM_SIZES(op_imul_Gv_Ev), OPC_MODRM | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0xB0] = { "CMPXCHG", "Eb,Gb",  RM(op_cmpxchg_Eb_Gb),         COMPARE | OPC_BYTE, 0 },
    [OPCODE_0F + 0xB1] = { "CMPXCHG", "Ev,Gv",  RM_SIZES(op_cmpxchg_Ev_Gv),   COMPARE, 0 },
    [OPCODE_0F + 0xB2] = { "LSS",    "Gv,Mp",  MEM_SIZES(op_lss_Gv_Mp),      VARIABLE_M, 0 },
    [OPCODE_0F + 0xB3] = { "BTR",    "Ev,Gv",  RM_SIZES(op_btr_Ev_Gv),       OPC_MODRM | OPC_LOCKABLE, 0 },
    [OPCODE_0F + 0xB4] = { "LFS",    "Gv,Mp",  MEM_SIZES(op_lfs_Gv_Mp),      VARIABLE_M, 0 },
    [OPCODE_0F + 0xB5] = { "LGS",    "Gv,Mp",  MEM_SIZES(op_lgs_Gv_Mp),      VARIABLE_M, 0 },
    [OPCODE_0F + 0xB6] = { "MOVZX",  "Gv,Eb",  QUICK_RM_SIZES(op_movzx_Gv_Eb), OPC_MODRM | OPC_RM_BYTE, 0 },
    [OPCODE_0F + 0xB7] = { "MOVZX",  "Gv,Ew",  QUICK_RM_SIZES(op_movzx_Gv_Ew), OPC_MODRM | OPC_RM_WORD, 0 },
    [OPCODE_0F + 0xBA] = { GROUP(GROUP_0FBA) },
    [OPCODE_0F + 0xBB] = { "BTC",    "Ev,Gv",  RM_SIZES(op_btc_Ev_Gv),       OPC_MODRM | OPC_LOCKABLE, 0 },
    [OPCODE_0F + 0xBC] = { "BSF",    "Gv,Ev",  RM_SIZES(op_bsf_Gv_Ev),       OPC_MODRM | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0xBD] = { "BSR",    "Gv,Ev",  RM_SIZES(op_bsr_Gv_Ev),       OPC_MODRM | OPC_VARIABLE, 0 },
    [OPCODE_0F + 0xBE] = { "MOVSX",  "Gv,Eb",  QUICK_RM_SIZES(op_movsx_Gv_Eb), OPC_MODRM | OPC_RM_BYTE, 0 },
    [OPCODE_0F + 0xBF] = { "MOVSX",  "Gv,Ew",  QUICK_RM_SIZES(op_movsx_Gv_Ew), OPC_MODRM | OPC_RM_WORD, 0 },
    [OPCODE_0F + 0xC0] = { "XADD",   "Eb,Gb",  RM(op_xadd_Eb_Gb),            OPC_MODRM | OPC_BYTE | OPC_LOCKABLE, 0 },
    [OPCODE_0F + 0xC1] = { "XADD",   "Ev,Gv",  RM_SIZES(op_xadd_Ev_Gv),      OPC_MODRM | OPC_LOCKABLE, 0 },
    [OPCODE_0F + 0xC8] = { "BSWAP",  "Zv",     SIZES(op_bswap_Zv),           OPC_ZREG, 0 },
    [OPCODE_0F + 0xC9] = { "BSWAP",  "Zv",     SIZES(op_bswap_Zv),           OPC_ZREG, 0 },
    [OPCODE_0F + 0xCA] = { "BSWAP",  "Zv",     SIZES(op_bswap_Zv),           OPC_ZREG, 0 },
    [OPCODE_0F + 0xCB] = { "BSWAP",  "Zv",     SIZES(op_bswap_Zv),           OPC_ZREG, 0 },
    [OPCODE_0F + 0xCC] = { "BSWAP",  "Zv",     SIZES(op_bswap_Zv),           OPC_ZREG, 0 },
    [OPCODE_0F + 0xCD] = { "BSWAP",  "Zv",     SIZES(op_bswap_Zv),           OPC_ZREG, 0 },
    [OPCODE_0F + 0xCE] = { "BSWAP",  "Zv",     SIZES(op_bswap_Zv),           OPC_ZREG, 0 },
    [OPCODE_0F + 0xCF] = { "BSWAP",  "Zv",     SIZES(op_bswap_Zv),           OPC_ZREG, 0 },

    /* 80, 82: Eb,Ib */
    [GROUP_80 + 0] = { "ADD",   "Eb,Ib",  QUICK_RM(op_add_Eb_Ib),     EB_IB | OPC_LOCKABLE, 0 },
    [GROUP_80 + 1] = { "OR",    "Eb,Ib",  QUICK_RM(op_or_Eb_Ib),      EB_IB | OPC_LOCKABLE, 0 },
    [GROUP_80 + 2] = { "ADC",   "Eb,Ib",  QUICK_RM(op_adc_Eb_Ib),     EB_IB | OPC_LOCKABLE, 0 },
    [GROUP_80 + 3] = { "SBB",   "Eb,Ib",  QUICK_RM(op_sbb_Eb_Ib),     EB_IB | OPC_LOCKABLE, 0 },
    [GROUP_80 + 4] = { "AND",   "Eb,Ib",  QUICK_RM(op_and_Eb_Ib),     EB_IB | OPC_LOCKABLE, 0 },
    [GROUP_80 + 5] = { "SUB",   "Eb,Ib",  QUICK_RM(op_sub_Eb_Ib),     EB_IB | OPC_LOCKABLE, 0 },
    [GROUP_80 + 6] = { "XOR",   "Eb,Ib",  QUICK_RM(op_xor_Eb_Ib),     EB_IB | OPC_LOCKABLE, 0 },
    [GROUP_80 + 7] = { "CMP",   "Eb,Ib",  QUICK_RM(op_cmp_Eb_Ib),     EB_IB, 0 },

    /* 81: Ev,Iv */
    [GROUP_81 + 0] = { "ADD",   "Ev,Iv",  QUICK_RM_SIZES(op_add_Ev_Iv), OPC_MODRM | OPC_IMMV | OPC_LOCKABLE, 0 },
    [GROUP_81 + 1] = { "OR",    "Ev,Iv",  QUICK_RM_SIZES(op_or_Ev_Iv), OPC_MODRM | OPC_IMMV | OPC_LOCKABLE, 0 },
    [GROUP_81 + 2] = { "ADC",   "Ev,Iv",  QUICK_RM_SIZES(op_adc_Ev_Iv), OPC_MODRM | OPC_IMMV | OPC_LOCKABLE, 0 },
    [GROUP_81 + 3] = { "SBB",   "Ev,Iv",  QUICK_RM_SIZES(op_sbb_Ev_Iv), OPC_MODRM | OPC_IMMV | OPC_LOCKABLE, 0 },
    [GROUP_81 + 4] = { "AND",   "Ev,Iv",  QUICK_RM_SIZES(op_and_Ev_Iv), OPC_MODRM | OPC_IMMV | OPC_LOCKABLE, 0 },
    [GROUP_81 + 5] = { "SUB",   "Ev,Iv",  QUICK_RM_SIZES(op_sub_Ev_Iv), OPC_MODRM | OPC_IMMV | OPC_LOCKABLE, 0 },
    [GROUP_81 + 6] = { "XOR",   "Ev,Iv",  QUICK_RM_SIZES(op_xor_Ev_Iv), OPC_MODRM | OPC_IMMV | OPC_LOCKABLE, 0 },
    [GROUP_81 + 7] = { "CMP",   "Ev,Iv",  QUICK_RM_SIZES(op_cmp_Ev_Iv), OPC_MODRM | OPC_IMMV, 0 },

    /* 83: Ev,sIb */
    [GROUP_83 + 0] = { "ADD",   "Ev,sIb", QUICK_RM_SIZES(op_add_Ev_Iv), OPC_MODRM | OPC_IMM8S | OPC_LOCKABLE, 0 },
    [GROUP_83 + 1] = { "OR",    "Ev,sIb", QUICK_RM_SIZES(op_or_Ev_Iv), OPC_MODRM | OPC_IMM8S | OPC_LOCKABLE, 0 },
    [GROUP_83 + 2] = { "ADC",   "Ev,sIb", QUICK_RM_SIZES(op_adc_Ev_Iv), OPC_MODRM | OPC_IMM8S | OPC_LOCKABLE, 0 },
    [GROUP_83 + 3] = { "SBB",   "Ev,sIb", QUICK_RM_SIZES(op_sbb_Ev_Iv), OPC_MODRM | OPC_IMM8S | OPC_LOCKABLE, 0 },
    [GROUP_83 + 4] = { "AND",   "Ev,sIb", QUICK_RM_SIZES(op_and_Ev_Iv), OPC_MODRM | OPC_IMM8S | OPC_LOCKABLE, 0 },
    [GROUP_83 + 5] = { "SUB",   "Ev,sIb", QUICK_RM_SIZES(op_sub_Ev_Iv), OPC_MODRM | OPC_IMM8S | OPC_LOCKABLE, 0 },
    [GROUP_83 + 6] = { "XOR",   "Ev,sIb", QUICK_RM_SIZES(op_xor_Ev_Iv), OPC_MODRM | OPC_IMM8S | OPC_LOCKABLE, 0 },
    [GROUP_83 + 7] = { "CMP",   "Ev,sIb", QUICK_RM_SIZES(op_cmp_Ev_Iv), OPC_MODRM | OPC_IMM8S, 0 },

    /* 8F */
    [GROUP_8F + 0] = { "POP",   "Ev",     QUICK_R_RM_SIZES(op_pop_Ev), OPC_MODRM, 0 },

    /* C0: /6 is an undocumented second SHL */
    [GROUP_C0 + 0] = { "ROL",   "Eb,Ib",  QUICK_RM(op_rol_Eb_Ib),     EB_IB, 0 },
    [GROUP_C0 + 1] = { "ROR",   "Eb,Ib",  QUICK_RM(op_ror_Eb_Ib),     EB_IB, 0 },
    [GROUP_C0 + 2] = { "RCL",   "Eb,Ib",  QUICK_RM(op_rcl_Eb_Ib),     EB_IB | OPC_VARIABLE, 0 },
    [GROUP_C0 + 3] = { "RCR",   "Eb,Ib",  QUICK_RM(op_rcr_Eb_Ib),     EB_IB | OPC_VARIABLE, 0 },
    [GROUP_C0 + 4] = { "SHL",   "Eb,Ib",  QUICK_RM(op_shl_Eb_Ib),     EB_IB, 0 },
    [GROUP_C0 + 5] = { "SHR",   "Eb,Ib",  QUICK_RM(op_shr_Eb_Ib),     EB_IB, 0 },
    [GROUP_C0 + 6] = { "SHL",   "Eb,Ib",  QUICK_RM(op_shl_Eb_Ib),     EB_IB, 0 },
    [GROUP_C0 + 7] = { "SAR",   "Eb,Ib",  QUICK_RM(op_sar_Eb_Ib),     EB_IB, 0 },

    /* C1 */
    [GROUP_C1 + 0] = { "ROL",   "Ev,Ib",  QUICK_RM_SIZES(op_rol_Ev_Ib), OPC_MODRM | OPC_IMM8, 0 },
    [GROUP_C1 + 1] = { "ROR",   "Ev,Ib",  QUICK_RM_SIZES(op_ror_Ev_Ib), OPC_MODRM | OPC_IMM8, 0 },
    [GROUP_C1 + 2] = { "RCL",   "Ev,Ib",  QUICK_RM_SIZES(op_rcl_Ev_Ib), OPC_MODRM | OPC_IMM8 | OPC_VARIABLE, 0 },
    [GROUP_C1 + 3] = { "RCR",   "Ev,Ib",  QUICK_RM_SIZES(op_rcr_Ev_Ib), OPC_MODRM | OPC_IMM8 | OPC_VARIABLE, 0 },
    [GROUP_C1 + 4] = { "SHL",   "Ev,Ib",  QUICK_RM_SIZES(op_shl_Ev_Ib), OPC_MODRM | OPC_IMM8, 0 },
    [GROUP_C1 + 5] = { "SHR",   "Ev,Ib",  QUICK_RM_SIZES(op_shr_Ev_Ib), OPC_MODRM | OPC_IMM8, 0 },
    [GROUP_C1 + 6] = { "SHL",   "Ev,Ib",  QUICK_RM_SIZES(op_shl_Ev_Ib), OPC_MODRM | OPC_IMM8, 0 },
    [GROUP_C1 + 7] = { "SAR",   "Ev,Ib",  QUICK_RM_SIZES(op_sar_Ev_Ib), OPC_MODRM | OPC_IMM8, 0 },

    /* D0 */
    [GROUP_D0 + 0] = { "ROL",   "Eb,1",   QUICK_RM(op_rol_Eb_1),      OPC_MODRM | OPC_BYTE, 0 },
    [GROUP_D0 + 1] = { "ROR",   "Eb,1",   QUICK_RM(op_ror_Eb_1),      OPC_MODRM | OPC_BYTE, 0 },
    [GROUP_D0 + 2] = { "RCL",   "Eb,1",   QUICK_RM(op_rcl_Eb_1),      OPC_MODRM | OPC_BYTE, 0 },
    [GROUP_D0 + 3] = { "RCR",   "Eb,1",   QUICK_RM(op_rcr_Eb_1),      OPC_MODRM | OPC_BYTE, 0 },
    [GROUP_D0 + 4] = { "SHL",   "Eb,1",   QUICK_RM(op_shl_Eb_1),      OPC_MODRM | OPC_BYTE, 0 },
    [GROUP_D0 + 5] = { "SHR",   "Eb,1",   QUICK_RM(op_shr_Eb_1),      OPC_MODRM | OPC_BYTE, 0 },
    [GROUP_D0 + 6] = { "SHL",   "Eb,1",   QUICK_RM(op_shl_Eb_1),      OPC_MODRM | OPC_BYTE, 0 },
    [GROUP_D0 + 7] = { "SAR",   "Eb,1",   QUICK_RM(op_sar_Eb_1),      OPC_MODRM | OPC_BYTE, 0 },

    /* D1 */
    [GROUP_D1 + 0] = { "ROL",   "Ev,1",   QUICK_RM_SIZES(op_rol_Ev_1), OPC_MODRM, 0 },
    [GROUP_D1 + 1] = { "ROR",   "Ev,1",   QUICK_RM_SIZES(op_ror_Ev_1), OPC_MODRM, 0 },
    [GROUP_D1 + 2] = { "RCL",   "Ev,1",   QUICK_RM_SIZES(op_rcl_Ev_1), OPC_MODRM, 0 },
    [GROUP_D1 + 3] = { "RCR",   "Ev,1",   QUICK_RM_SIZES(op_rcr_Ev_1), OPC_MODRM, 0 },
    [GROUP_D1 + 4] = { "SHL",   "Ev,1",   QUICK_RM_SIZES(op_shl_Ev_1), OPC_MODRM, 0 },
    [GROUP_D1 + 5] = { "SHR",   "Ev,1",   QUICK_RM_SIZES(op_shr_Ev_1), OPC_MODRM, 0 },
    [GROUP_D1 + 6] = { "SHL",   "Ev,1",   QUICK_RM_SIZES(op_shl_Ev_1), OPC_MODRM, 0 },
    [GROUP_D1 + 7] = { "SAR",   "Ev,1",   QUICK_RM_SIZES(op_sar_Ev_1), OPC_MODRM, 0 },

    /* D2 */
    [GROUP_D2 + 0] = { "ROL",   "Eb,CL",  QUICK_RM(op_rol_Eb_CL),     OPC_MODRM | OPC_BYTE, 0 },
    [GROUP_D2 + 1] = { "ROR",   "Eb,CL",  QUICK_RM(op_ror_Eb_CL),     OPC_MODRM | OPC_BYTE, 0 },
    [GROUP_D2 + 2] = { "RCL",   "Eb,CL",  QUICK_RM(op_rcl_Eb_CL),     OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [GROUP_D2 + 3] = { "RCR",   "Eb,CL",  QUICK_RM(op_rcr_Eb_CL),     OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [GROUP_D2 + 4] = { "SHL",   "Eb,CL",  QUICK_RM(op_shl_Eb_CL),     OPC_MODRM | OPC_BYTE, 0 },
    [GROUP_D2 + 5] = { "SHR",   "Eb,CL",  QUICK_RM(op_shr_Eb_CL),     OPC_MODRM | OPC_BYTE, 0 },
    [GROUP_D2 + 6] = { "SHL",   "Eb,CL",  QUICK_RM(op_shl_Eb_CL),     OPC_MODRM | OPC_BYTE, 0 },
    [GROUP_D2 + 7] = { "SAR",   "Eb,CL",  QUICK_RM(op_sar_Eb_CL),     OPC_MODRM | OPC_BYTE, 0 },

    /* D3 */
    [GROUP_D3 + 0] = { "ROL",   "Ev,CL",  QUICK_RM_SIZES(op_rol_Ev_CL), OPC_MODRM, 0 },
    [GROUP_D3 + 1] = { "ROR",   "Ev,CL",  QUICK_RM_SIZES(op_ror_Ev_CL), OPC_MODRM, 0 },
    [GROUP_D3 + 2] = { "RCL",   "Ev,CL",  QUICK_RM_SIZES(op_rcl_Ev_CL), OPC_MODRM | OPC_VARIABLE, 0 },
    [GROUP_D3 + 3] = { "RCR",   "Ev,CL",  QUICK_RM_SIZES(op_rcr_Ev_CL), OPC_MODRM | OPC_VARIABLE, 0 },
    [GROUP_D3 + 4] = { "SHL",   "Ev,CL",  QUICK_RM_SIZES(op_shl_Ev_CL), OPC_MODRM, 0 },
    [GROUP_D3 + 5] = { "SHR",   "Ev,CL",  QUICK_RM_SIZES(op_shr_Ev_CL), OPC_MODRM, 0 },
    [GROUP_D3 + 6] = { "SHL",   "Ev,CL",  QUICK_RM_SIZES(op_shl_Ev_CL), OPC_MODRM, 0 },
    [GROUP_D3 + 7] = { "SAR",   "Ev,CL",  QUICK_RM_SIZES(op_sar_Ev_CL), OPC_MODRM, 0 },

    /* C6 */
    [GROUP_C6 + 0] = { "MOV",   "Eb,Ib",  QUICK_RM(op_mov_Eb_Ib),     EB_IB, 0 },

    /* C7 */
    [GROUP_C7 + 0] = { "MOV",   "Ev,Iv",  QUICK_RM_SIZES(op_mov_Ev_Iv), OPC_MODRM | OPC_IMMV, 0 },

    /* F6: /1 is an undocumented second TEST */
    [GROUP_F6 + 0] = { "TEST",  "Eb,Ib",  QUICK_RM(op_test_Eb_Ib),    EB_IB, 0 },
    [GROUP_F6 + 1] = { "TEST",  "Eb,Ib",  QUICK_RM(op_test_Eb_Ib),    EB_IB, 0 },
    [GROUP_F6 + 2] = { "NOT",   "Eb",     QUICK_RM(op_not_Eb),        OPC_MODRM | OPC_BYTE | OPC_LOCKABLE, 0 },
    [GROUP_F6 + 3] = { "NEG",   "Eb",     QUICK_RM(op_neg_Eb),        OPC_MODRM | OPC_BYTE | OPC_LOCKABLE, 0 },
    [GROUP_F6 + 4] = { "MUL",   "Eb",     RM(op_mul_Eb),              OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [GROUP_F6 + 5] = { "IMUL",  "Eb",     RM(op_imul_Eb),             OPC_MODRM | OPC_BYTE | OPC_VARIABLE, 0 },
    [GROUP_F6 + 6] = { "DIV",   "Eb",     RM(op_div_Eb),              OPC_MODRM | OPC_BYTE, 0 },
    [GROUP_F6 + 7] = { "IDIV",  "Eb",     RM(op_idiv_Eb),             OPC_MODRM | OPC_BYTE, 0 },

    /* F7 */
    [GROUP_F7 + 0] = { "TEST",  "Ev,Iv",  QUICK_RM_SIZES(op_test_Ev_Iv), OPC_MODRM | OPC_IMMV, 0 },
    [GROUP_F7 + 1] = { "TEST",  "Ev,Iv",  QUICK_RM_SIZES(op_test_Ev_Iv), OPC_MODRM | OPC_IMMV, 0 },
    [GROUP_F7 + 2] = { "NOT",   "Ev",     QUICK_RM_SIZES(op_not_Ev),  OPC_MODRM | OPC_LOCKABLE, 0 },
    [GROUP_F7 + 3] = { "NEG",   "Ev",     QUICK_RM_SIZES(op_neg_Ev),  OPC_MODRM | OPC_LOCKABLE, 0 },
    [GROUP_F7 + 4] = { "MUL",   "Ev",     RM_SIZES(op_mul_Ev),        OPC_MODRM | OPC_VARIABLE, 0 },
    [GROUP_F7 + 5] = { "IMUL",  "Ev",     RM_SIZES(op_imul_Ev),       OPC_MODRM | OPC_VARIABLE, 0 },
    [GROUP_F7 + 6] = { "DIV",   "Ev",     RM_SIZES(op_div_Ev),        OPC_MODRM, 0 },
    [GROUP_F7 + 7] = { "IDIV",  "Ev",     RM_SIZES(op_idiv_Ev),       OPC_MODRM, 0 },

    /* FE */
    [GROUP_FE + 0] = { "INC",   "Eb",     QUICK_RM(op_inc_Eb),        OPC_MODRM | OPC_BYTE | OPC_LOCKABLE, 0 },
    [GROUP_FE + 1] = { "DEC",   "Eb",     QUICK_RM(op_dec_Eb),        OPC_MODRM | OPC_BYTE | OPC_LOCKABLE, 0 },

    /* FF */
    [GROUP_FF + 0] = { "INC",   "Ev",     QUICK_RM_SIZES(op_inc_Ev),  OPC_MODRM | OPC_LOCKABLE, 0 },
    [GROUP_FF + 1] = { "DEC",   "Ev",     QUICK_RM_SIZES(op_dec_Ev),  OPC_MODRM | OPC_LOCKABLE, 0 },
    [GROUP_FF + 2] = { "CALL",  "Ev",     QUICK_RM_SIZES(op_call_Ev), OPC_MODRM | OPC_ENDS, 0 },
    [GROUP_FF + 3] = { "CALL",  "Mp",     MEM_SIZES(op_call_Mp),      VARIABLE_M | OPC_ENDS, 0 },
    [GROUP_FF + 4] = { "JMP",   "Ev",     QUICK_RM_SIZES(op_jmp_Ev),  OPC_MODRM | OPC_ENDS, 0 },
    [GROUP_FF + 5] = { "JMP",   "Mp",     MEM_SIZES(op_jmp_Mp),       VARIABLE_M | OPC_ENDS, 0 },
    [GROUP_FF + 6] = { "PUSH",  "Ev",     QUICK_RM_SIZES(op_push_Ev), OPC_MODRM, 0 },

    /* 0F 00 */
    [GROUP_0F00 + 0] = { "SLDT",  "Ew",     R_SIZES_M(op_sldt_Ew),      OPC_MODRM, 0 },
    [GROUP_0F00 + 1] = { "STR",   "Ew",     R_SIZES_M(op_str_Ew),       OPC_MODRM, 0 },
    [GROUP_0F00 + 2] = { "LLDT",  "Ew",     RM(op_lldt_Ew),             OPC_MODRM | OPC_WORD | OPC_ENDS, 0 },
    [GROUP_0F00 + 3] = { "LTR",   "Ew",     RM(op_ltr_Ew),              OPC_MODRM | OPC_WORD | OPC_ENDS, 0 },
    [GROUP_0F00 + 4] = { "VERR",  "Ew",     RM(op_verr_Ew),             OPC_MODRM | OPC_WORD, 0 },
    [GROUP_0F00 + 5] = { "VERW",  "Ew",     RM(op_verw_Ew),             OPC_MODRM | OPC_WORD, 0 },

    /* 0F 01 */
    [GROUP_0F01 + 0] = { "SGDT",  "Ms",     MEM_SIZES(op_sgdt_Ms),      OPC_MODRM | OPC_MEMORY_ONLY, 0 },
    [GROUP_0F01 + 1] = { "SIDT",  "Ms",     MEM_SIZES(op_sidt_Ms),      OPC_MODRM | OPC_MEMORY_ONLY, 0 },
    [GROUP_0F01 + 2] = { "LGDT",  "Ms",     MEM_SIZES(op_lgdt_Ms),      OPC_MODRM | OPC_MEMORY_ONLY | OPC_ENDS, 0 },
    [GROUP_0F01 + 3] = { "LIDT",  "Ms",     MEM_SIZES(op_lidt_Ms),      OPC_MODRM | OPC_MEMORY_ONLY | OPC_ENDS, 0 },
    [GROUP_0F01 + 4] = { "SMSW",  "Ew",     R_SIZES_M(op_smsw_Ew),      OPC_MODRM, 0 },
    [GROUP_0F01 + 6] = { "LMSW",  "Ew",     RM(op_lmsw_Ew),             OPC_MODRM | OPC_WORD | OPC_ENDS, 0 },
    [GROUP_0F01 + 7] = { "INVLPG", "M",      MEM(op_invlpg_M),           VARIABLE_M | OPC_ENDS, 0 },

    /* 0F BA */
    [GROUP_0FBA + 4] = { "BT",    "Ev,Ib",  RM_SIZES(op_bt_Ev_Ib),      OPC_MODRM | OPC_IMM8, 0 },
    [GROUP_0FBA + 5] = { "BTS",   "Ev,Ib",  RM_SIZES(op_bts_Ev_Ib),     OPC_MODRM | OPC_IMM8 | OPC_LOCKABLE, 0 },
    [GROUP_0FBA + 6] = { "BTR",   "Ev,Ib",  RM_SIZES(op_btr_Ev_Ib),     OPC_MODRM | OPC_IMM8 | OPC_LOCKABLE, 0 },
    [GROUP_0FBA + 7] = { "BTC",   "Ev,Ib",  RM_SIZES(op_btc_Ev_Ib),     OPC_MODRM | OPC_IMM8 | OPC_LOCKABLE, 0 },
};

const unsigned opcode_rows = ROWS;
