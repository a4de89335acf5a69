/* The notation of i486-clocks.csv in terms of opcodes.c: which forms a row of the CSV means. Most rows follow from the
 * opcode table, whose operands are rendered as the CSV writes them (regular_form()); the others are listed here, with
 * the way they take (timing_work()) where the clocks depend on it. */
#ifndef TESTS_EMU_TIMING_CLOCK_NOTATION_H
#define TESTS_EMU_TIMING_CLOCK_NOTATION_H

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "emu/cpu/opcode.h"
#include "emu/timing/timing.h"

/* Of a listed form. Without a mode it is asked in all three. */
enum { IN_REAL = 1, IN_PROTECTED = 2, IN_V86 = 4, IN_REAL_OR_V86 = IN_REAL | IN_V86, IN_ALL = 7, MEMORY = 8,
       REPEATED = 16, INDEXED = 32 };

struct listed_form {
    const char *name, *operands;        /* of the CSV */
    const char *mnemonic, *form;        /* of opcodes.c */
    unsigned flags;
    uint32_t work;
    uint8_t modrm;
};

#define PATH(path) TIMED_##path
#define TASK(path) (TIMED_##path | TIMED_TSS486 << 16)

static const struct listed_form listed_forms[] = {
    { "MOV", "CR0,r32", "MOV", "Cd,Rd", 0, 0, 0xC0 },
    { "MOV", "CR2/CR3,r32", "MOV", "Cd,Rd", 0, 0, 0xD0 },
    { "MOV", "CR2/CR3,r32", "MOV", "Cd,Rd", 0, 0, 0xD8 },
    { "MOV", "r32,CR0/2/3", "MOV", "Rd,Cd", 0, 0, 0xC0 },
    { "MOV", "r32,CR0/2/3", "MOV", "Rd,Cd", 0, 0, 0xD8 },
    { "MOV", "DR0-3,r32", "MOV", "Dd,Rd", 0, 0, 0xC0 },
    { "MOV", "DR6/7,r32", "MOV", "Dd,Rd", 0, 0, 0xF8 },
    { "MOV", "r32,DR0-3", "MOV", "Rd,Dd", 0, 0, 0xC0 },
    { "MOV", "r32,DR6/7", "MOV", "Rd,Dd", 0, 0, 0xF8 },
    { "MOV", "TR3,r32", "MOV", "Td,Rd", 0, 0, 0xD8 },
    { "MOV", "TR4-7,r32", "MOV", "Td,Rd", 0, 0, 0xE0 },
    { "MOV", "r32,TR3", "MOV", "Rd,Td", 0, 0, 0xD8 },
    { "MOV", "r32,TR4-7", "MOV", "Rd,Td", 0, 0, 0xF8 },
    { "PUSH", "r16/r32 (50+r)", "PUSH", "Zv", 0, 0, 0 },
    { "PUSH", "r16/r32 (FF /6 mod3)", "PUSH", "Ev", 0, 0, 0 },
    { "POP", "r16/r32 (58+r)", "POP", "Zv", 0, 0, 0 },
    { "POP", "r16/r32 (8F /0 mod3)", "POP", "Ev", 0, 0, 0 },
    { "XCHG", "AX/EAX,r (90+r)", "XCHG", "Zv,eAX", 0, 0, 0 },
    { "POPAD", "", "POPA", "", 0, 0, 0 },
    { "NOP", "90", "NOP", "", 0, 0, 0 },
    { "LEA", "r,m no index", "LEA", "Gv,M", MEMORY, 0, 0 },
    { "LEA", "r,m with index", "LEA", "Gv,M", MEMORY | INDEXED, 0, 0 },
    { "XLAT", "m8", "XLAT", "", 0, 0, 0 },
    { "CMPXCHG", "m,r equal", "CMPXCHG", "Ev,Gv", MEMORY, 0, 0 },
    { "CMPXCHG", "m,r equal", "CMPXCHG", "Eb,Gb", MEMORY, 0, 0 },
    { "CMPXCHG", "m,r not equal", "CMPXCHG", "Ev,Gv", MEMORY, 1, 0 },
    { "CMPXCHG", "m,r not equal", "CMPXCHG", "Eb,Gb", MEMORY, 1, 0 },
    { "AAD", "", "AAD", "Ib", 0, 0, 0 },
    { "AAM", "", "AAM", "Ib", 0, 0, 0 },

    /* Near and far transfers; interrupts by instruction in every mode and by every way */
    { "RET", "near", "RET", "", 0, 0, 0 },
    { "RET", "near imm16", "RET", "Iw", 0, 0, 0 },
    { "JMP", "ptr prot, same level", "JMP", "Ap", IN_PROTECTED, 0, 0 },
    { "JMP", "ptr prot, call gate same level", "JMP", "Ap", IN_PROTECTED, PATH(SAME_LEVEL), 0 },
    { "JMP", "ptr to TSS", "JMP", "Ap", IN_PROTECTED, TASK(TSS), 0 },
    { "JMP", "ptr to task gate", "JMP", "Ap", IN_PROTECTED, TASK(TASK_GATE), 0 },
    { "JMP", "m far prot, same level", "JMP", "Mp", IN_PROTECTED | MEMORY, 0, 0 },
    { "JMP", "m far call gate same level", "JMP", "Mp", IN_PROTECTED | MEMORY, PATH(SAME_LEVEL), 0 },
    { "JMP", "m far TSS", "JMP", "Mp", IN_PROTECTED | MEMORY, TASK(TSS), 0 },
    { "JMP", "m far task gate", "JMP", "Mp", IN_PROTECTED | MEMORY, TASK(TASK_GATE), 0 },
    { "CALL", "ptr prot same level", "CALL", "Ap", IN_PROTECTED, 0, 0 },
    { "CALL", "ptr gate same level", "CALL", "Ap", IN_PROTECTED, PATH(SAME_LEVEL), 0 },
    { "CALL", "ptr gate inner, no parms", "CALL", "Ap", IN_PROTECTED, PATH(INNER), 0 },
    { "CALL", "ptr gate inner, x parms", "CALL", "Ap", IN_PROTECTED, PATH(INNER), 0 },
    { "CALL", "ptr TSS", "CALL", "Ap", IN_PROTECTED, TASK(TSS), 0 },
    { "CALL", "ptr task gate", "CALL", "Ap", IN_PROTECTED, TASK(TASK_GATE), 0 },
    { "CALL", "m far prot same level", "CALL", "Mp", IN_PROTECTED | MEMORY, 0, 0 },
    { "CALL", "m far gate same level", "CALL", "Mp", IN_PROTECTED | MEMORY, PATH(SAME_LEVEL), 0 },
    { "CALL", "m far gate inner, no parms", "CALL", "Mp", IN_PROTECTED | MEMORY, PATH(INNER), 0 },
    { "CALL", "m far gate inner, x parms", "CALL", "Mp", IN_PROTECTED | MEMORY, PATH(INNER), 0 },
    { "CALL", "m far TSS", "CALL", "Mp", IN_PROTECTED | MEMORY, TASK(TSS), 0 },
    { "CALL", "m far task gate", "CALL", "Mp", IN_PROTECTED | MEMORY, TASK(TASK_GATE), 0 },
    { "RETF", "prot same level", "RETF", "", IN_PROTECTED, 0, 0 },
    { "RETF", "imm16 prot same level", "RETF", "Iw", IN_PROTECTED, 0, 0 },
    { "RETF", "prot outer level", "RETF", "", IN_PROTECTED, PATH(OUTER), 0 },
    { "RETF", "imm16 prot outer level", "RETF", "Iw", IN_PROTECTED, PATH(OUTER), 0 },
    { "IRET/IRETD", "prot same level", "IRET", "", IN_PROTECTED, 0, 0 },
    { "IRET/IRETD", "prot outer level", "IRET", "", IN_PROTECTED, PATH(OUTER), 0 },
    { "IRET/IRETD", "nested task", "IRET", "", IN_PROTECTED, TASK(TSS), 0 },
    { "ENTER", "imm16,0", "ENTER", "Iw,Ib", 0, 0, 0 },
    { "ENTER", "imm16,1", "ENTER", "Iw,Ib", 0, 1, 0 },
    { "ENTER", "imm16,L (L>1)", "ENTER", "Iw,Ib", 0, 0, 0 },
    { "INT", "imm8 real/V86", "INT", "Ib", IN_REAL_OR_V86, 0, 0 },
    { "INT", "imm8 protected", "INT", "Ib", IN_PROTECTED, 0, 0 },
    { "INT3", "CC", "INT3", "", 0, 0, 0 },
    { "INTO", "taken", "INTO", "", 0, 0, 0 },
    { "INTO", "not taken", "INTO", "", 0, 0, 0 },
    { "BOUND", "r,m in range", "BOUND", "Gv,Ma", MEMORY, 0, 0 },
    { "TS", "VM/486/286 TSS -> 486 TSS", "JMP", "Ap", IN_PROTECTED, TIMED_TSS | TIMED_TSS486 << 16, 0 },
    { "TS", "VM/486/286 TSS -> 286 TSS", "JMP", "Ap", IN_PROTECTED, TIMED_TSS | TIMED_TSS286 << 16, 0 },
    { "TS", "VM/486/286 TSS -> VM TSS", "JMP", "Ap", IN_PROTECTED, TIMED_TSS | TIMED_TSS_VM << 16, 0 },

    /* Strings */
    { "LODS", "m8/16/32", "LODS", "AL,Xb", 0, 0, 0 },
    { "LODS", "m8/16/32", "LODS", "eAX,Xv", 0, 0, 0 },
    { "STOS", "m8/16/32", "STOS", "Yb,AL", 0, 0, 0 },
    { "STOS", "m8/16/32", "STOS", "Yv,eAX", 0, 0, 0 },
    { "MOVS", "m,m", "MOVS", "Yb,Xb", 0, 0, 0 },
    { "MOVS", "m,m", "MOVS", "Yv,Xv", 0, 0, 0 },
    { "CMPS", "m,m", "CMPS", "Xb,Yb", 0, 0, 0 },
    { "CMPS", "m,m", "CMPS", "Xv,Yv", 0, 0, 0 },
    { "SCAS", "m8/16/32", "SCAS", "AL,Yb", 0, 0, 0 },
    { "SCAS", "m8/16/32", "SCAS", "eAX,Yv", 0, 0, 0 },
    { "REP LODS", "c=0", "LODS", "AL,Xb", REPEATED, 0, 0 },
    { "REP LODS", "c>0", "LODS", "eAX,Xv", REPEATED, 0, 0 },
    { "REP STOS", "c=0", "STOS", "Yb,AL", REPEATED, 0, 0 },
    { "REP STOS", "c>0", "STOS", "Yv,eAX", REPEATED, 0, 0 },
    { "REP MOVS", "c=0", "MOVS", "Yv,Xv", REPEATED, 0, 0 },
    { "REP MOVS", "c=1", "MOVS", "Yb,Xb", REPEATED, 1, 0 },
    { "REP MOVS", "c>1", "MOVS", "Yv,Xv", REPEATED, 0, 0 },
    { "REPE CMPS", "c=0", "CMPS", "Xv,Yv", REPEATED, 0, 0 },
    { "REPE CMPS", "c>0", "CMPS", "Xv,Yv", REPEATED, 0, 0 },
    { "REPE SCAS", "c=0", "SCAS", "AL,Yb", REPEATED, 0, 0 },
    { "REPE SCAS", "c>0", "SCAS", "AL,Yb", REPEATED, 0, 0 },
    { "REPNE CMPS", "c=0", "CMPS", "Xb,Yb", REPEATED, 0, 0 },
    { "REPNE CMPS", "c>0", "CMPS", "Xb,Yb", REPEATED, 0, 0 },
    { "REPNE SCAS", "c=0", "SCAS", "eAX,Yv", REPEATED, 0, 0 },
    { "REPNE SCAS", "c>0", "SCAS", "eAX,Yv", REPEATED, 0, 0 },

    /* Ports */
    { "IN acc,imm8", "real", "IN", "AL,Ib", IN_REAL, 0, 0 },
    { "IN acc,imm8", "PM CPL<=IOPL", "IN", "eAX,Ib", IN_PROTECTED, 0, 0 },
    { "IN acc,imm8", "PM CPL>IOPL", "IN", "AL,Ib", IN_PROTECTED, PATH(BY_BITMAP), 0 },
    { "IN acc,imm8", "V86", "IN", "eAX,Ib", IN_V86, 0, 0 },
    { "IN acc,DX", "real", "IN", "eAX,DX", IN_REAL, 0, 0 },
    { "IN acc,DX", "PM CPL<=IOPL", "IN", "AL,DX", IN_PROTECTED, 0, 0 },
    { "IN acc,DX", "PM CPL>IOPL", "IN", "eAX,DX", IN_PROTECTED, PATH(BY_BITMAP), 0 },
    { "IN acc,DX", "V86", "IN", "AL,DX", IN_V86, 0, 0 },
    { "OUT imm8,acc", "real", "OUT", "Ib,AL", IN_REAL, 0, 0 },
    { "OUT imm8,acc", "PM CPL<=IOPL", "OUT", "Ib,eAX", IN_PROTECTED, 0, 0 },
    { "OUT imm8,acc", "PM CPL>IOPL", "OUT", "Ib,AL", IN_PROTECTED, PATH(BY_BITMAP), 0 },
    { "OUT imm8,acc", "V86", "OUT", "Ib,eAX", IN_V86, 0, 0 },
    { "OUT DX,acc", "real", "OUT", "DX,eAX", IN_REAL, 0, 0 },
    { "OUT DX,acc", "PM CPL<=IOPL", "OUT", "DX,AL", IN_PROTECTED, 0, 0 },
    { "OUT DX,acc", "PM CPL>IOPL", "OUT", "DX,eAX", IN_PROTECTED, PATH(BY_BITMAP), 0 },
    { "OUT DX,acc", "V86", "OUT", "DX,AL", IN_V86, 0, 0 },
    { "INS", "real", "INS", "Yb,DX", IN_REAL, 0, 0 },
    { "INS", "PM CPL<=IOPL", "INS", "Yv,DX", IN_PROTECTED, 0, 0 },
    { "INS", "PM CPL>IOPL", "INS", "Yb,DX", IN_PROTECTED, PATH(BY_BITMAP), 0 },
    { "INS", "V86", "INS", "Yv,DX", IN_V86, 0, 0 },
    { "OUTS", "real", "OUTS", "DX,Xb", IN_REAL, 0, 0 },
    { "OUTS", "PM CPL<=IOPL", "OUTS", "DX,Xv", IN_PROTECTED, 0, 0 },
    { "OUTS", "PM CPL>IOPL", "OUTS", "DX,Xb", IN_PROTECTED, PATH(BY_BITMAP), 0 },
    { "OUTS", "V86", "OUTS", "DX,Xv", IN_V86, 0, 0 },
    { "REP INS", "real", "INS", "Yb,DX", IN_REAL | REPEATED, 0, 0 },
    { "REP INS", "PM CPL<=IOPL", "INS", "Yv,DX", IN_PROTECTED | REPEATED, 0, 0 },
    { "REP INS", "PM CPL>IOPL", "INS", "Yb,DX", IN_PROTECTED | REPEATED, TIMING_REPEATED_BY_BITMAP, 0 },
    { "REP INS", "V86", "INS", "Yv,DX", IN_V86 | REPEATED, 0, 0 },
    { "REP OUTS", "real", "OUTS", "DX,Xb", IN_REAL | REPEATED, 0, 0 },
    { "REP OUTS", "PM CPL<=IOPL", "OUTS", "DX,Xv", IN_PROTECTED | REPEATED, 0, 0 },
    { "REP OUTS", "PM CPL>IOPL", "OUTS", "DX,Xb", IN_PROTECTED | REPEATED, TIMING_REPEATED_BY_BITMAP, 0 },
    { "REP OUTS", "V86", "OUTS", "DX,Xv", IN_V86 | REPEATED, 0, 0 },

    /* System */
    { "INVLPG", "m, TLB hit", "INVLPG", "M", MEMORY, 1, 0 },
    { "INVLPG", "m, TLB miss", "INVLPG", "M", MEMORY, 0, 0 },
    { "CPUID", "EAX=1", "CPUID", "", 0, 1, 0 },
    { "CPUID", "EAX=0 or >1", "CPUID", "", 0, 0, 0 },
    { "WAIT/FWAIT", "", "WAIT", "", 0, 0, 0 },
};
enum { LISTED_FORMS = sizeof listed_forms / sizeof *listed_forms };

/* The FPU's rows: escape and ModRM, the latter below C0 where memory is named (mod 0). */
struct listed_escape {
    const char *name, *operands;
    uint8_t bytes[6];                   /* escape, ModRM; 0 ends the list */
};

static const struct listed_escape listed_escapes[] = {
    { "FLD", "ST(i)", { 0xD9, 0xC1 } },
    { "FLD", "m32", { 0xD9, 0x00 } },
    { "FLD", "m64", { 0xDD, 0x00 } },
    { "FLD", "m80", { 0xDB, 0x28 } },
    { "FILD", "m16", { 0xDF, 0x00 } },
    { "FILD", "m32", { 0xDB, 0x00 } },
    { "FILD", "m64", { 0xDF, 0x28 } },
    { "FBLD", "m80", { 0xDF, 0x20 } },
    { "FST/FSTP", "ST(i)", { 0xDD, 0xD1, 0xDD, 0xD9 } },
    { "FST/FSTP", "m32", { 0xD9, 0x10, 0xD9, 0x18 } },
    { "FST/FSTP", "m64", { 0xDD, 0x10, 0xDD, 0x18 } },
    { "FSTP", "m80", { 0xDB, 0x38 } },
    { "FIST/FISTP", "m16", { 0xDF, 0x10, 0xDF, 0x18 } },
    { "FIST", "m32", { 0xDB, 0x10 } },
    { "FISTP", "m32", { 0xDB, 0x18 } },
    { "FISTP", "m64", { 0xDF, 0x38 } },
    { "FBSTP", "m80", { 0xDF, 0x30 } },
    { "FXCH", "ST(i)", { 0xD9, 0xC9 } },
    { "FCOM", "ST(i)", { 0xD8, 0xD1 } },
    { "FCOM", "m32", { 0xD8, 0x10 } },
    { "FCOM", "m64", { 0xDC, 0x10 } },
    { "FCOMP", "ST(i)", { 0xD8, 0xD9 } },
    { "FCOMP", "m32", { 0xD8, 0x18 } },
    { "FCOMP", "m64", { 0xDC, 0x18 } },
    { "FCOMPP", "", { 0xDE, 0xD9 } },
    { "FUCOM", "ST(i)", { 0xDD, 0xE1 } },
    { "FUCOMP", "ST(i)", { 0xDD, 0xE9 } },
    { "FUCOMPP", "", { 0xDA, 0xE9 } },
    { "FICOM/FICOMP", "m16", { 0xDE, 0x10, 0xDE, 0x18 } },
    { "FICOM/FICOMP", "m32", { 0xDA, 0x10, 0xDA, 0x18 } },
    { "FTST", "", { 0xD9, 0xE4 } },
    { "FXAM", "", { 0xD9, 0xE5 } },
    { "FLDZ", "", { 0xD9, 0xEE } },
    { "FLD1", "", { 0xD9, 0xE8 } },
    { "FLDPI", "", { 0xD9, 0xEB } },
    { "FLDL2T", "", { 0xD9, 0xE9 } },
    { "FLDL2E", "", { 0xD9, 0xEA } },
    { "FLDLG2", "", { 0xD9, 0xEC } },
    { "FLDLN2", "", { 0xD9, 0xED } },
    { "FADD", "ST,ST(i) / P forms", { 0xD8, 0xC1, 0xDC, 0xC1, 0xDE, 0xC1 } },
    { "FADD", "m32", { 0xD8, 0x00 } },
    { "FADD", "m64", { 0xDC, 0x00 } },
    { "FSUB", "ST,ST(i) / P forms", { 0xD8, 0xE1, 0xDC, 0xE9, 0xDE, 0xE9 } },
    { "FSUB", "m32", { 0xD8, 0x20 } },
    { "FSUB", "m64", { 0xDC, 0x20 } },
    { "FSUBR", "ST,ST(i) / P forms", { 0xD8, 0xE9, 0xDC, 0xE1, 0xDE, 0xE1 } },
    { "FSUBR", "m32", { 0xD8, 0x28 } },
    { "FSUBR", "m64", { 0xDC, 0x28 } },
    { "FIADD", "m16", { 0xDE, 0x00 } },
    { "FIADD", "m32", { 0xDA, 0x00 } },
    { "FISUB", "m16", { 0xDE, 0x20 } },
    { "FISUB", "m32", { 0xDA, 0x20 } },
    { "FISUBR", "m16", { 0xDE, 0x28 } },
    { "FISUBR", "m32", { 0xDA, 0x28 } },
    { "FMUL", "ST,ST(i) / FMULP", { 0xD8, 0xC9, 0xDC, 0xC9, 0xDE, 0xC9 } },
    { "FMUL", "m32", { 0xD8, 0x08 } },
    { "FMUL", "m64", { 0xDC, 0x08 } },
    { "FIMUL", "m16", { 0xDE, 0x08 } },
    { "FIMUL", "m32", { 0xDA, 0x08 } },
    { "FDIV", "ST,ST(i) / P forms", { 0xD8, 0xF1, 0xDC, 0xF9, 0xDE, 0xF9 } },
    { "FDIV", "m32", { 0xD8, 0x30 } },
    { "FDIV", "m64", { 0xDC, 0x30 } },
    { "FDIVR", "ST,ST(i) / P forms", { 0xD8, 0xF9, 0xDC, 0xF1, 0xDE, 0xF1 } },
    { "FDIVR", "m32", { 0xD8, 0x38 } },
    { "FDIVR", "m64", { 0xDC, 0x38 } },
    { "FIDIV", "m16", { 0xDE, 0x30 } },
    { "FIDIV", "m32", { 0xDA, 0x30 } },
    { "FIDIVR", "m16", { 0xDE, 0x38 } },
    { "FIDIVR", "m32", { 0xDA, 0x38 } },
    { "FSQRT", "", { 0xD9, 0xFA } },
    { "FSCALE", "", { 0xD9, 0xFD } },
    { "FXTRACT", "", { 0xD9, 0xF4 } },
    { "FPREM", "", { 0xD9, 0xF8 } },
    { "FPREM1", "", { 0xD9, 0xF5 } },
    { "FRNDINT", "", { 0xD9, 0xFC } },
    { "FABS", "", { 0xD9, 0xE1 } },
    { "FCHS", "", { 0xD9, 0xE0 } },
    { "FSIN", "", { 0xD9, 0xFE } },
    { "FCOS", "", { 0xD9, 0xFF } },
    { "FSINCOS", "", { 0xD9, 0xFB } },
    { "FPTAN", "", { 0xD9, 0xF2 } },
    { "FPATAN", "", { 0xD9, 0xF3 } },
    { "F2XM1", "", { 0xD9, 0xF0 } },
    { "FYL2X", "", { 0xD9, 0xF1 } },
    { "FYL2XP1", "", { 0xD9, 0xF9 } },
    { "FINIT/FNINIT", "", { 0xDB, 0xE3 } },
    { "FCLEX/FNCLEX", "", { 0xDB, 0xE2 } },
    { "FSTSW", "AX", { 0xDF, 0xE0 } },
    { "FSTSW", "m16", { 0xDD, 0x38 } },
    { "FLDCW", "m16", { 0xD9, 0x28 } },
    { "FSTCW", "m16", { 0xD9, 0x38 } },
    { "FSTENV", "real/V86 16 or 32 bit", { 0xD9, 0x30 } },
    { "FSTENV", "protected", { 0xD9, 0x30 } },
    { "FLDENV", "real/V86", { 0xD9, 0x20 } },
    { "FLDENV", "protected", { 0xD9, 0x20 } },
    { "FSAVE", "real/V86", { 0xDD, 0x30 } },
    { "FSAVE", "protected", { 0xDD, 0x30 } },
    { "FRSTOR", "real/V86", { 0xDD, 0x20 } },
    { "FRSTOR", "protected", { 0xDD, 0x20 } },
    { "FINCSTP", "", { 0xD9, 0xF7 } },
    { "FDECSTP", "", { 0xD9, 0xF6 } },
    { "FFREE", "", { 0xDD, 0xC1 } },
    { "FNOP", "", { 0xD9, 0xD0 } },
    { "FENI/FDISI", "", { 0xDB, 0xE0, 0xDB, 0xE1 } },
    { "FSETPM", "", { 0xDB, 0xE4 } },
};
enum { LISTED_ESCAPES = sizeof listed_escapes / sizeof *listed_escapes };

/* Deliveries that no instruction pays for. A V86 trap is the #GP of MNEMONIC and OPERANDS. */
struct listed_event {
    const char *name, *row_operands;
    enum timing_cause cause;
    uint8_t vector;
    const char *mnemonic, *operands;
    bool repeat;
};

static const struct listed_event listed_events[] = {
    { "INTR", "external interrupt", TIMED_INTR, 8, NULL, NULL, false },
    { "NMI", "", TIMED_NMI, 2, NULL, NULL, false },
    { "#PF", "page fault", TIMED_EXCEPTION, 14, NULL, NULL, false },
    { "BOUND", "r,m out of range", TIMED_EXCEPTION, 5, NULL, NULL, false },
    { "V86-trap CLI", "IOPL<3", TIMED_EXCEPTION, 13, "CLI", "", false },
    { "V86-trap STI", "IOPL<3", TIMED_EXCEPTION, 13, "STI", "", false },
    { "V86-trap PUSHF", "IOPL<3", TIMED_EXCEPTION, 13, "PUSHF", "", false },
    { "V86-trap POPF", "IOPL<3", TIMED_EXCEPTION, 13, "POPF", "", false },
    { "V86-trap INT n", "IOPL<3", TIMED_EXCEPTION, 13, "INT", "Ib", false },
    { "V86-trap IRET", "IOPL<3", TIMED_EXCEPTION, 13, "IRET", "", false },
    { "V86-trap IN/OUT imm", "I/O map denies", TIMED_EXCEPTION, 13, "IN", "AL,Ib", false },
    { "V86-trap IN/OUT imm", "I/O map denies", TIMED_EXCEPTION, 13, "OUT", "Ib,eAX", false },
    { "V86-trap IN/OUT DX, INS/OUTS", "I/O map denies", TIMED_EXCEPTION, 13, "IN", "eAX,DX", false },
    { "V86-trap IN/OUT DX, INS/OUTS", "I/O map denies", TIMED_EXCEPTION, 13, "OUT", "DX,AL", false },
    { "V86-trap IN/OUT DX, INS/OUTS", "I/O map denies", TIMED_EXCEPTION, 13, "INS", "Yb,DX", false },
    { "V86-trap IN/OUT DX, INS/OUTS", "I/O map denies", TIMED_EXCEPTION, 13, "OUTS", "DX,Xv", true },
};
enum { LISTED_EVENTS = sizeof listed_events / sizeof *listed_events };

/* --- Regular rows --- */

/* One operand of opcodes.c as the CSV writes it. */
static inline void render_operand(const char *operand, size_t length, unsigned size, bool memory, char *out,
                                  size_t room)
{
    static const struct { const char *operand, *letters; bool byte; } sized[] = {
        { "Gb", "r", true }, { "Gv", "r", false }, { "Zb", "r", true }, { "Zv", "r", false }, { "Ib", "imm", true },
        { "Iv", "imm", false }, { "sIb", "simm", true }, { "AL", "acc", true }, { "eAX", "acc", false },
        { "Ob", "moffs", true }, { "Ov", "moffs", false }, { "Jb", "rel", true }, { "Jv", "rel", false },
        { "Ap", "ptr16:", false }, { "Mp", "m16:", false },
    };
    static const struct { const char *operand, *text; } others[] = {
        { "Gw", "r16" }, { "Iw", "imm16" }, { "Sw", "Sreg" }, { "M", "m" }, { "Ms", "m" }, { "Ma", "m" },
    };
    for (size_t i = 0; i < sizeof sized / sizeof *sized; i++)
        if (strlen(sized[i].operand) == length && memcmp(sized[i].operand, operand, length) == 0) {
            snprintf(out, room, "%s%u", sized[i].letters, sized[i].byte ? 8 : size);
            return;
        }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strlen(others[i].operand) == length && memcmp(others[i].operand, operand, length) == 0) {
            snprintf(out, room, "%s", others[i].text);
            return;
        }
    if (length == 2 && operand[0] == 'E' && strchr("bvw", operand[1]))
        snprintf(out, room, "%c%u", memory ? 'm' : 'r', operand[1] == 'b' ? 8 : operand[1] == 'w' ? 16 : size);
    else
        snprintf(out, room, "%.*s", (int)length, operand);
}

/* Is RENDERED the operand that the CSV's TOKEN means? Alternatives are separated by slashes and may leave out what
 * they have in common ("m8/16/32"); "r" and "m" alone mean any size, imm8 also one that is sign-extended. */
static inline bool token_means(const char *token, size_t length, const char *rendered)
{
    char prefix[16] = "", piece[32];
    size_t start = 0;
    if (length == 1 && (token[0] == 'r' || token[0] == 'm'))
        return rendered[0] == token[0] && (rendered[1] == 0 || isdigit((unsigned char)rendered[1]));
    for (size_t at = 0; at <= length; at++) {
        if (at < length && token[at] != '/')
            continue;
        snprintf(piece, sizeof piece, "%s%.*s", isdigit((unsigned char)token[start]) ? prefix : "", (int)(at - start),
                 token + start);
        if (strcmp(piece, rendered) == 0 || (strcmp(piece, "imm8") == 0 && strcmp(rendered, "simm8") == 0))
            return true;
        if (start == 0) {
            size_t kept = strlen(piece);
            while (kept > 0 && isdigit((unsigned char)piece[kept - 1]))
                kept--;
            snprintf(prefix, sizeof prefix, "%.*s", (int)kept, piece);
        }
        start = at + 1;
    }
    return false;
}

static inline size_t operand_length(const char *list)
{
    return strcspn(list, ",");
}

/* Do the operands FORM of opcodes.c, with this size and memory or not, read WANTED in the CSV (no remarks)? */
static inline bool operands_mean(const char *wanted, const char *form, unsigned size, bool memory)
{
    char rendered[32];
    while (*wanted && *form) {
        size_t want = operand_length(wanted), have = operand_length(form);
        render_operand(form, have, size, memory, rendered, sizeof rendered);
        if (!token_means(wanted, want, rendered))
            return false;
        wanted += want + (wanted[want] == ',');
        form += have + (form[have] == ',');
    }
    return !*wanted && !*form;
}

/* Is MNEMONIC of opcodes.c among the alternatives of the CSV's NAME ("SETAE/NB/NC")? */
static inline bool name_means(const char *name, const char *mnemonic)
{
    const char *common = strncmp(name, "SET", 3) == 0 ? "SET" : name[0] == 'J' ? "J" : "";
    for (bool first = true; *name; first = false) {
        size_t length = strcspn(name, "/");
        char whole[32];
        snprintf(whole, sizeof whole, "%s%.*s", first ? "" : common, (int)length, name);
        if (strcmp(whole, mnemonic) == 0)
            return true;
        name += length + (name[length] == '/');
    }
    return false;
}

/* The modes that a remark at the end of TEXT names, which is cut off; remarks in parentheses that name none are cut off
 * too. */
static inline unsigned take_modes(char *text)
{
    static const struct { const char *remark; unsigned modes; } remarks[] = {
        { "(real/V86)", IN_REAL_OR_V86 }, { "(protected)", IN_PROTECTED }, { "real/V86", IN_REAL_OR_V86 },
        { "real", IN_REAL_OR_V86 }, { "protected", IN_PROTECTED },
    };
    unsigned modes = IN_ALL;
    for (size_t i = 0; i < sizeof remarks / sizeof *remarks && modes == IN_ALL; i++) {
        size_t length = strlen(text), cut = strlen(remarks[i].remark);
        if (length >= cut && strcmp(text + length - cut, remarks[i].remark) == 0) {
            text[length - cut] = 0;
            modes = remarks[i].modes;
        }
    }
    char *parenthesis = strchr(text, '(');
    if (parenthesis)
        *parenthesis = 0;
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == ' ')
        text[--length] = 0;
    return modes;
}

/* Is row NUMBER of the opcode table, of this size and memory or not, what NAME and WANTED of the CSV mean? */
static inline bool regular_form(const char *name, const char *wanted, unsigned number, unsigned size, bool memory)
{
    const struct opcode *row = &opcode_table[number];
    if (!row->mnemonic || !name_means(name, row->mnemonic) || (memory && !(row->flags & OPC_MODRM)))
        return false;
    if (memory ? row->flags & OPC_REG_ONLY : row->flags & OPC_MEMORY_ONLY)
        return false;
    if (strncmp(wanted, "acc,", 4) == 0)        /* MUL, DIV: not written in opcodes.c */
        wanted += 4;
    return operands_mean(wanted, row->operands, size, memory);
}

#endif
