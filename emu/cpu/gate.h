/* What far CALL, interrupts and far returns have in common: finding the target's code segment, changing to an inner
 * level's stack, pushing onto a stack that is not loaded yet (gate.c). Nothing here commits before all checks passed,
 * except gate_enter(). */
#ifndef EMU_CPU_GATE_H
#define EMU_CPU_GATE_H

#include "emu/cpu/cpu.h"
#include "emu/cpu/segment.h"

/* A stack that is about to be pushed onto: the current one, or that of an inner level. */
struct stack {
    struct segment segment;     /* as it is or will be in SS */
    struct descriptor d;        /* inner only */
    uint32_t pointer, mask;
    bool inner;                 /* SS will be loaded with segment.selector */
    uint32_t code;              /* error code of #SS when there is no room */
};

/* Values to push, in that order, each of 2 or 4 bytes. */
enum { FRAME_MAX = 36 };        /* SS, ESP, 31 parameters, CS, EIP */
struct frame {
    uint32_t value[FRAME_MAX];
    unsigned count, size;
};

static inline void frame_add(struct frame *frame, uint32_t value)
{
    frame->value[frame->count++] = value;
}

/* Where a transfer goes. */
struct target {
    struct descriptor code;
    uint32_t eip;
    unsigned cpl;               /* after the transfer */
};

/* The current stack. EXT: the EXT bit for error codes (0 or 1). */
void stack_current(const struct cpu *cpu, struct stack *stack, unsigned ext);

/* The stack of level CPL from the TSS, with all checks (#TS, #SS). */
void stack_inner(struct cpu *cpu, struct stack *stack, unsigned cpl, unsigned ext);

/* Faults now if FRAME would not fit or a page of it cannot be written. */
void stack_check(struct cpu *cpu, const struct stack *stack, const struct frame *frame);

/* Reads the code segment SELECTOR of a gate, with the checks that calls and interrupts share: null, outside its table,
 * no code segment, DPL > CPL (#GP), not present (#NP). */
void target_of_gate(struct cpu *cpu, struct target *target, const struct descriptor *gate, unsigned ext);

/* Commits a transfer: loads SS if inner, CS:EIP and CPL, pushes FRAME. Stack and target were checked. */
void gate_enter(struct cpu *cpu, struct target *target, struct stack *stack, const struct frame *frame);

/* Selector and parameter count out of a gate's descriptor. */
static inline uint16_t gate_selector(const struct descriptor *gate) { return (uint16_t)(gate->limit >> 16); }
static inline unsigned gate_parameters(const struct descriptor *gate) { return gate->limit & 0x1F; }
/* 386 gates push four bytes, 286 gates two. */
static inline unsigned gate_size(const struct descriptor *gate) { return gate->access & 8 ? 4 : 2; }

/* Far JMP, CALL and RET in every mode. SIZE is the operand size, 2 or 4 bytes; RELEASE the bytes that RET drops. */
void far_jump(struct cpu *cpu, uint16_t selector, uint32_t offset, unsigned size);
void far_call(struct cpu *cpu, uint16_t selector, uint32_t offset, unsigned size);
void far_return(struct cpu *cpu, unsigned size, uint32_t release);

/* IRET in every mode. */
void interrupt_return(struct cpu *cpu, unsigned size);

/* The EFLAGS bits that POPF and IRET may change at the present CPL, IOPL and mode. */
uint32_t flags_loadable(const struct cpu *cpu, unsigned size);

#endif
