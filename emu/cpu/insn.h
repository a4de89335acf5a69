/* A decoded instruction. Decoding is a pure function of the bytes and the mode (decode.h); what an instruction does
 * is a handler (ops.h); which handler belongs to which opcode is the table in opcodes.c. */
#ifndef EMU_CPU_INSN_H
#define EMU_CPU_INSN_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;
struct insn;

/* Executes one instruction. On entry cpu->eip is already the address of the next instruction. A handler either
 * completes, or leaves through cpu_raise() (fault.h), having changed no architectural state. */
typedef void op_fn(struct cpu *cpu, const struct insn *insn);

/* The quick form of frequent instructions: executes INSN without cpu->insn and cpu->eip being set, then calls the quick
 * form of the one after it in the run, as its last act, so that a compiler that optimises makes it a jump; without
 * that the calls nest RUN_MAX deep at most. What needs more than registers and the software TLB's fast path is left to
 * the other form (op_one() in cpu.h). Returns the instruction where the loop goes on, or NULL when a branch has ended
 * the run and nothing happened that the loop would have to look at. */
typedef const struct insn *quick_fn(struct cpu *cpu, const struct insn *insn);

struct handler {
    op_fn *one;
    quick_fn *quick;        /* NULL: there is none */
};

enum insn_flags {
    INSN_REP = 1,           /* F3 was the last repeat prefix */
    INSN_REPNE = 2,         /* F2 */
    INSN_LOCK = 4,
    INSN_OPERAND32 = 8,     /* operand size after prefixes; byte forms may ignore it */
    INSN_ADDRESS32 = 16,    /* address size after prefixes */
    INSN_MEMORY = 32,       /* ModRM names memory */
    INSN_ENDS_RUN = 64,     /* unconditional branch, I/O, mode change, STI, HLT ...: the loop looks round after it */
    INSN_VARIABLE = 128,    /* clocks depend on cpu->work as well (table mode) */
    INSN_LOCKED = 256       /* its read-modify-write locks the bus: LOCK, XCHG with memory (filled in `cycle` mode) */
};

/* Register operands are byte offsets into cpu->r, made by the decoder for the host's byte order: see reg8/16/32 in
 * cpu.h. base and index are register numbers, NO_REGISTER (cpu->r[8], always zero) when absent. */
enum { NO_REGISTER = 8 };

struct insn {
    op_fn *fn;
    quick_fn *quick;        /* NULL as decoded if there is none; in a run never (filled by the run builder) */
    uint32_t imm;           /* immediate, sign-extended where the instruction does; branch displacement; far offset */
    uint32_t disp;          /* displacement of a memory operand, sign-extended */
    uint32_t addr_mask;     /* FFFFh or FFFFFFFFh: the effective address is cut to it */
    uint16_t imm2;          /* far selector; ENTER's level */
    uint16_t row;           /* index into opcode_table */
    uint16_t clocks;        /* CPU clocks by the table, cache hits assumed (filled by the run builder) */
    uint16_t flags;         /* enum insn_flags */
    uint8_t len;            /* 1-15 bytes */
    uint8_t modrm;          /* the raw ModRM byte, 0 if none */
    uint8_t reg;            /* operand of ModRM.reg, or of the opcode's low three bits: offset into cpu->r; for segment,
                             * control, debug and test registers: the number */
    uint8_t rm;             /* ModRM.rm when it is a register: offset into cpu->r */
    uint8_t base, index, scale;     /* EA = r[base] + (r[index] << scale) + disp */
    uint8_t seg;            /* segment of the memory operand after default and override; for string instructions and
                             * XLAT that of the source; DS when there is no memory operand */
    uint8_t prefixes;       /* number of prefix bytes (clocks) */
    uint8_t rule;           /* timing rule of cpu->work, when INSN_VARIABLE */
    uint8_t opcode;         /* last opcode byte (ESC: D8-DF) */
    uint8_t end;            /* bytes from the start of the run to the end of this one (filled by the run builder) */
};

#endif
