/* Leaving an instruction that cannot complete (see "Faults" in cpu.h). None of these return. */
#ifndef EMU_CPU_FAULT_H
#define EMU_CPU_FAULT_H

#include "emu/cpu/cpu.h"

/* Fault with VECTOR (EXC_*), without an error code. */
_Noreturn void cpu_raise(struct cpu *cpu, unsigned vector);

/* Fault with an error code (EXC_TS, NP, SS, GP, PF, AC, DF). */
_Noreturn void cpu_raise_code(struct cpu *cpu, unsigned vector, uint32_t code);

/* #PF: sets CR2. */
_Noreturn void cpu_raise_page(struct cpu *cpu, uint32_t linear, uint32_t code);

#endif
