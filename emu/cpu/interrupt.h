/* Delivering interrupts and exceptions in every mode (interrupt.c). */
#ifndef EMU_CPU_INTERRUPT_H
#define EMU_CPU_INTERRUPT_H

#include "emu/cpu/cpu.h"

enum interrupt_source {
    SOURCE_HARDWARE,            /* INTR and NMI */
    SOURCE_EXCEPTION,           /* a fault or abort */
    SOURCE_TRAP,                /* debug traps and ICEBP */
    SOURCE_SOFTWARE             /* INT n, INT3, INTO: the gate's DPL is checked */
};

/* Pushes flags, CS, EIP (and CODE if HAS_CODE), loads CS:EIP from the IVT or a gate, with stack or task switch as
 * needed. Faults of its own leave by cpu_raise, with nothing committed unless a task switch was. cpu->eip must be the
 * return address. That INT n in V86 mode wants IOPL 3 is the caller's business. Its way is left in cpu->work. */
void cpu_interrupt(struct cpu *cpu, unsigned vector, enum interrupt_source source, bool has_code, uint32_t code);

/* The loop calls this after a longjmp: puts EIP back to the start of the instruction that cpu->insn points to, then
 * delivers cpu->fault_vector, folding in double faults (PRM table 9-3). Returns false on shutdown. cpu->fault_jump
 * must be set anew afterwards, and cpu->insn and run_start too. */
bool cpu_deliver_fault(struct cpu *cpu);

#endif
