/* Task switches (task.c). */
#ifndef EMU_CPU_TASK_H
#define EMU_CPU_TASK_H

#include "emu/cpu/cpu.h"
#include "emu/cpu/segment.h"

/* CALL, INTERRUPT and FAULT nest (back link, NT), FAULT saves RF set; JUMP and RETURN free the old task. */
enum task_cause { TASK_JUMP, TASK_CALL, TASK_INTERRUPT, TASK_FAULT, TASK_RETURN };

/* Switches to the task of TSS, a descriptor that was found present and of the right kind. cpu->eip is where the old
 * task will go on. EXT: the EXT bit for error codes. Faults before the switch leave everything as it was; those after
 * it (#TS, #NP, #SS, #GP for the new task's segments) belong to the new task's first instruction. */
void task_switch(struct cpu *cpu, const struct descriptor *tss, enum task_cause cause, unsigned ext);

/* Switches to the task that a task gate names. */
void task_gate(struct cpu *cpu, uint16_t selector, enum task_cause cause, unsigned ext);

/* IRET with NT set: back to the task that the TSS's link names. */
void task_return(struct cpu *cpu);

#endif
