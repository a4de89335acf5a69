/* Segment registers: loading with all checks, and the rights the fast path uses (segment.c). */
#ifndef EMU_CPU_SEGMENT_H
#define EMU_CPU_SEGMENT_H

#include "emu/cpu/cpu.h"

struct descriptor {
    uint16_t selector;
    uint16_t access;            /* as in struct segment */
    uint32_t base, limit;       /* for gates: base = offset, limit = selector << 16 | parameter count */
    uint32_t linear;            /* where the descriptor lies, to set its accessed or busy bit */
};

/* Are selectors paragraph numbers (real and V86 mode), not descriptors? */
static inline bool segment_real(const struct cpu *cpu)
{
    return !cpu_protected(cpu) || cpu_v86(cpu);
}

/* Loads ES, SS, DS, FS or GS by a MOV, POP or LxS: real and V86 mode: base = selector * 16, and in real mode the limit
 * stays; protected mode: all checks of PRM 6.3 (#GP, #SS, #NP). Reported as PROBE_SEGLOAD. */
void segment_load(struct cpu *cpu, unsigned seg, uint16_t selector);

/* Puts a checked descriptor into a register and recomputes rd_end and wr_end. */
void segment_set(struct cpu *cpu, unsigned seg, uint16_t selector, const struct descriptor *d);

/* Base = selector * 16 as in real mode; limit and rights 64 KB read-write if V86, else as they were. */
void segment_set_real(struct cpu *cpu, unsigned seg, uint16_t selector);

/* Computes rd_end and wr_end from access, limit and valid. For real and V86 mode data and code are both readable and
 * writable. */
void segment_update_bounds(struct cpu *cpu, struct segment *s);

/* Reads a descriptor from GDT or LDT. False: selector null or outside its table. #PF possible. */
bool descriptor_read(struct cpu *cpu, uint16_t selector, struct descriptor *d);

/* Reads the eight bytes at LINEAR (an IDT entry). #PF possible. */
void descriptor_read_at(struct cpu *cpu, uint32_t linear, struct descriptor *d);

/* May the present CPL load D (selector's RPL included) into a data segment register? Presence is not looked at. */
bool descriptor_may_load(const struct cpu *cpu, const struct descriptor *d);

/* Sets the descriptor's accessed bit in memory if it is not set, and in *D. #PF possible. */
void descriptor_touch(struct cpu *cpu, struct descriptor *d);

/* Makes segment SEG null: any access through it is #GP or #SS. */
void segment_set_null(struct cpu *cpu, unsigned seg, uint16_t selector);

/* cpu_mode_changed(), and PROBE_MODE if it did change. Whoever changes CS, SS, CPL or VM calls this. */
void segment_mode_changed(struct cpu *cpu);

/* PE was changed: segments get the rights of the new mode. */
void segment_protection_changed(struct cpu *cpu);

static inline unsigned descriptor_dpl(const struct descriptor *d) { return d->access >> 5 & 3; }
static inline bool descriptor_is_code(const struct descriptor *d)
{
    return (d->access & (ACC_S | ACC_CODE)) == (ACC_S | ACC_CODE);
}
static inline bool descriptor_is_conforming(const struct descriptor *d) { return d->access & ACC_CONFORMING; }
static inline bool descriptor_is_writable_data(const struct descriptor *d)
{
    return (d->access & (ACC_S | ACC_CODE | ACC_WRITABLE)) == (ACC_S | ACC_WRITABLE);
}
/* Type of a system descriptor (PRM table 6-1), or 0 (reserved) if it is code or data. */
enum { SYS_TSS286 = 1, SYS_LDT = 2, SYS_TSS286_BUSY = 3, SYS_CALL286 = 4, SYS_TASK_GATE = 5, SYS_INT286 = 6,
       SYS_TRAP286 = 7, SYS_TSS386 = 9, SYS_TSS386_BUSY = 11, SYS_CALL386 = 12, SYS_INT386 = 14, SYS_TRAP386 = 15 };
static inline unsigned descriptor_system_type(const struct descriptor *d)
{
    return d->access & ACC_S ? 0 : d->access & ACC_TYPE;
}
static inline bool descriptor_is_free_tss(const struct descriptor *d)
{
    return descriptor_system_type(d) == SYS_TSS286 || descriptor_system_type(d) == SYS_TSS386;
}

/* Error code that names a selector. */
static inline uint32_t selector_code(uint16_t selector) { return selector & 0xFFFCu; }
static inline bool selector_is_null(uint16_t selector) { return !(selector & 0xFFFC); }

/* Reset values, those of GDTR and IDTR included. */
void segment_reset(struct cpu *cpu);

/* For the debugger: the register as it would be after a load, without side effects or faults. False if the descriptor
 * is not a present code or data segment; privilege and the register's own demands are not checked. */
bool segment_peek(const struct cpu *cpu, uint16_t selector, struct segment *out);

#endif
