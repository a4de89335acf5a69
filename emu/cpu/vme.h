/* Virtual interrupts: the virtual-8086 mode extensions (CR4.VME) and protected-mode virtual interrupts (CR4.PVI) of the
 * parts that have CPUID, and CR4 itself.
 *
 * A V86 task with IOPL below 3, or with PVI a task of CPL 3, then has an interrupt flag of its own, VIF, which CLI,
 * STI, PUSHF, POPF, IRET and INT n change instead of IF, without a fault. VIP is the monitor's mark that an interrupt
 * waits: whatever would set VIF then faults with #GP(0) (Intel SDM volume 3, "Virtual-8086 mode extensions", which
 * describes what the 486 had undocumented: 241618, AP-485). */
#ifndef EMU_CPU_VME_H
#define EMU_CPU_VME_H

#include "emu/cpu/cpu.h"

enum { CR4_VME = 1, CR4_PVI = 2 };

/* In V86 mode with IOPL below 3: does the task have virtual interrupts? */
static inline bool vme_in_v86(const struct cpu *cpu)
{
    return cpu->cr4 & CR4_VME && cpu_v86(cpu) && cpu_iopl(cpu) < 3;
}

/* Do CLI and STI of this task change VIF? */
static inline bool vme_virtual_if(const struct cpu *cpu)
{
    return vme_in_v86(cpu) || (cpu->cr4 & CR4_PVI && !cpu_v86(cpu) && cpu->cpl == 3 && cpu_iopl(cpu) < 3);
}

/* VIF to ON. #GP(0) if an interrupt waits for that. */
void vme_set_if(struct cpu *cpu, bool on);

/* FLAGS as PUSHF and INT n of such a task store them: VIF in the place of IF, IOPL 3. */
uint16_t vme_flags(const struct cpu *cpu);

/* What POPF and IRET of such a task load from IMAGE, 16 bits; #GP(0) if that sets TF, or IF while an interrupt waits.
 * vme_check_flags() faults only, for who has more to check before anything is committed. */
void vme_check_flags(struct cpu *cpu, uint16_t image);
void vme_load_flags(struct cpu *cpu, uint16_t image);

/* INT VECTOR in V86 mode: goes through the task's own table at address 0 if the monitor left that to the task, by the
 * bitmap in the TSS. False: it did not; nothing has happened. */
bool vme_redirect(struct cpu *cpu, unsigned vector);

/* CR4. Bits that the part does not have are #GP(0). */
void vme_write_cr4(struct cpu *cpu, uint32_t value);

#endif
