/* DR0-DR7 as the guest has them (i486 PRM ch. 11): its breakpoints, and the debug exception's status. The debugger
 * outside has nothing to do with them: see watch.h, which finds the accesses for both. */
#ifndef EMU_CPU_DEBUG_REGISTERS_H
#define EMU_CPU_DEBUG_REGISTERS_H

#include "emu/cpu/cpu.h"

/* Bits of DR6, and of cpu->debug_pending. */
enum { DR6_BREAKPOINTS = 0xF, DR6_BD = 1 << 13, DR6_BS = 1 << 14, DR6_BT = 1 << 15 };

/* In cpu->debug_hits, beside B0-B3: one of them is enabled; no instruction was being executed. */
enum { HIT_ENABLED = 1 << 8, HIT_BETWEEN = 1 << 9 };

/* MOV to and from DR0-DR7: #DB while DR7.GD guards them. CPL was checked. */
uint32_t debug_register_read(struct cpu *cpu, unsigned number);
void debug_register_write(struct cpu *cpu, unsigned number, uint32_t value);

/* RESET, and after the registers were loaded with a saved state. */
void debug_registers_reset(struct cpu *cpu);
void debug_registers_loaded(struct cpu *cpu);

/* Task switch: the local breakpoints go with the old task, and what TF would have done after the instruction. The new
 * one, once it is complete, may ask by its T bit for a trap before its first instruction. */
void debug_task_left(struct cpu *cpu);
void debug_task_trap(struct cpu *cpu);

/* #DB if an instruction breakpoint is met at CS:EIP. Costs nothing where cpu->debug_fetch is false; to be asked
 * before every instruction otherwise, which the run finder does (runs.c). */
void debug_check_fetch(struct cpu *cpu);

/* Is there an enabled instruction breakpoint at a linear address? */
bool debug_stops_at(const struct cpu *cpu, uint32_t linear);

/* The watched range of DRn was accessed as its type says (watch.c). */
void debug_data_hit(struct cpu *cpu, unsigned number);

/* The loop's part. An instruction begins that has to be executed alone, the trap of the one before it possibly held off
 * (MOV SS); what it did is undone by a fault; its single step is due; the trap is taken: true if no instruction paid
 * for it. */
void debug_begin(struct cpu *cpu);
void debug_faulted(struct cpu *cpu);
void debug_step(struct cpu *cpu);
bool debug_take_trap(struct cpu *cpu);

/* A debug exception is entered: its handler may use the registers. */
void debug_entered(struct cpu *cpu);

/* Has the instruction being executed met an enabled data breakpoint? A repetition ends with the iteration that did. */
static inline bool debug_was_hit(const struct cpu *cpu) { return cpu->debug_hits & HIT_ENABLED; }

#endif
