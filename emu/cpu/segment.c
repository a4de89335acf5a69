/* Segment registers and descriptors, after the i486 Programmer's Reference Manual (PRM), chapters 5, 6 and 22.
 *
 * In real mode a load changes selector and base only: limit and rights stay what they were, so that "unreal mode"
 * works (protected mode was entered, a 4 GB limit loaded, and left again). rd_end and wr_end do not depend on the
 * base; hence a load in real or V86 mode is two stores.
 *
 * A null selector keeps base and limit in the hidden part and clears `valid`; leaving protected mode makes it valid
 * again, as software that goes back to real mode expects. */
#include "emu/cpu/segment.h"

#include "emu/cpu/fault.h"
#include "emu/cpu/mem.h"
#include "emu/cpu/runs.h"
#include "emu/timing/timing.h"

enum { ACC_REAL = ACC_P | ACC_S | ACC_WRITABLE | ACC_ACCESSED, ACC_V86 = ACC_REAL | ACC_DPL };

static void report_load(struct cpu *cpu, unsigned seg)
{
    const struct segment *s = &cpu->seg[seg];
    if (unlikely(probe_wants(cpu->probes, PROBE_SEGLOAD)))
        probe_emit(cpu->probes, PROBE_SEGLOAD, seg, s->selector, s->base, s->limit);
}

void segment_update_bounds(struct cpu *cpu, struct segment *s)
{
    uint64_t end = (uint64_t)s->limit + 1;
    if (segment_real(cpu)) {
        s->rd_end = s->wr_end = end;
    } else if (!s->valid) {
        s->rd_end = s->wr_end = 0;
    } else if (s->access & ACC_CODE) {
        s->rd_end = s->access & ACC_READABLE ? end : 0;
        s->wr_end = 0;
    } else if (s->access & ACC_EXPAND_DOWN) {
        s->rd_end = s->wr_end = 0;
    } else {
        s->rd_end = end;
        s->wr_end = s->access & ACC_WRITABLE ? end : 0;
    }
}

void segment_set_real(struct cpu *cpu, unsigned seg, uint16_t selector)
{
    struct segment *s = &cpu->seg[seg];
    s->selector = selector;
    s->base = (uint32_t)selector << 4;
    if (cpu_v86(cpu) && (s->access != ACC_V86 || s->limit != 0xFFFF || !s->valid || s->wr_end != 0x10000)) {
        s->access = ACC_V86;
        s->limit = 0xFFFF;
        s->valid = true;
        segment_update_bounds(cpu, s);
    }
    report_load(cpu, seg);
}

void segment_set(struct cpu *cpu, unsigned seg, uint16_t selector, const struct descriptor *d)
{
    struct segment *s = &cpu->seg[seg];
    s->selector = selector;
    s->access = d->access;
    s->base = d->base;
    s->limit = d->limit;
    s->valid = true;
    segment_update_bounds(cpu, s);
    report_load(cpu, seg);
}

void segment_set_null(struct cpu *cpu, unsigned seg, uint16_t selector)
{
    struct segment *s = &cpu->seg[seg];
    s->selector = selector;
    s->valid = false;
    s->rd_end = s->wr_end = 0;
    report_load(cpu, seg);
}

void segment_mode_changed(struct cpu *cpu)
{
    enum { REAL, V86, PROTECTED16, PROTECTED32 };   /* as the event's definition has them (probe.h) */
    uint8_t old = cpu->mode;
    cpu_mode_changed(cpu);
    if (cpu->mode == old || !probe_wants(cpu->probes, PROBE_MODE))
        return;
    unsigned mode = !(cpu->mode & RUN_PROTECTED)  ? REAL
                    : cpu->mode & RUN_V86         ? V86
                    : cpu->mode & RUN_CODE32      ? PROTECTED32
                                                  : PROTECTED16;
    probe_emit(cpu->probes, PROBE_MODE, mode, 0, 0, 0);
}

void segment_protection_changed(struct cpu *cpu)
{
    for (unsigned seg = ES; seg <= GS; seg++) {
        if (!cpu_protected(cpu))
            cpu->seg[seg].valid = true;
        segment_update_bounds(cpu, &cpu->seg[seg]);
    }
}

void segment_reset(struct cpu *cpu)
{
    const struct segment data = { .access = ACC_REAL, .limit = 0xFFFF, .rd_end = 0x10000, .wr_end = 0x10000,
                                  .valid = true };
    for (unsigned seg = ES; seg <= GS; seg++)
        cpu->seg[seg] = data;
    cpu->seg[CS].selector = 0xF000;
    cpu->seg[CS].base = 0xFFFF0000;
    cpu->ldtr = (struct segment){ .access = ACC_P | SYS_LDT, .limit = 0xFFFF, .valid = true };
    cpu->tr = (struct segment){ .access = ACC_P | SYS_TSS386_BUSY, .limit = 0xFFFF, .valid = true };
    cpu->gdtr = (struct table_register){ .limit = 0xFFFF };
    cpu->idtr = (struct table_register){ .limit = 0x3FF };
}

/* --- Descriptors --- */

/* Where the descriptor of SELECTOR lies. False: null or outside its table. */
static bool descriptor_find(const struct cpu *cpu, uint16_t selector, uint32_t *linear)
{
    uint32_t base = cpu->gdtr.base, limit = cpu->gdtr.limit;
    if (selector & 4) {
        if (!cpu->ldtr.valid)
            return false;
        base = cpu->ldtr.base;
        limit = cpu->ldtr.limit;
    }
    *linear = base + (selector & 0xFFF8u);
    return !selector_is_null(selector) && (selector | 7u) <= limit;
}

static void descriptor_unpack(struct descriptor *d, uint32_t low, uint32_t high)
{
    d->access = (uint16_t)(high >> 8 & 0xF0FF);
    switch (descriptor_system_type(d)) {
    case SYS_CALL286: case SYS_TASK_GATE: case SYS_INT286: case SYS_TRAP286:
        d->base = low & 0xFFFF;
        d->limit = (low & 0xFFFF0000) | (high & 0x1F);
        break;
    case SYS_CALL386: case SYS_INT386: case SYS_TRAP386:
        d->base = (low & 0xFFFF) | (high & 0xFFFF0000);
        d->limit = (low & 0xFFFF0000) | (high & 0x1F);
        break;
    default:
        d->base = low >> 16 | (high & 0xFF) << 16 | (high & 0xFF000000);
        d->limit = (low & 0xFFFF) | (high & 0xF0000);
        if (d->access & ACC_G)
            d->limit = d->limit << 12 | 0xFFF;
    }
}

void descriptor_read_at(struct cpu *cpu, uint32_t linear, struct descriptor *d)
{
    d->selector = 0;
    d->linear = linear;
    uint32_t low = mem_read_linear(cpu, linear, 4);
    descriptor_unpack(d, low, mem_read_linear(cpu, linear + 4, 4));
}

bool descriptor_read(struct cpu *cpu, uint16_t selector, struct descriptor *d)
{
    uint32_t linear;
    if (!descriptor_find(cpu, selector, &linear))
        return false;
    descriptor_read_at(cpu, linear, d);
    d->selector = selector;
    return true;
}

void descriptor_touch(struct cpu *cpu, struct descriptor *d)
{
    if (d->access & ACC_ACCESSED)
        return;
    cpu->work += TIMING_TOUCHED;
    d->access |= ACC_ACCESSED;
    mem_write_linear(cpu, d->linear + 5, d->access & 0xFFu, 1);
}

/* --- Loading --- */

static void load_stack(struct cpu *cpu, uint16_t selector)
{
    struct descriptor d;
    if (selector_is_null(selector))
        cpu_raise_code(cpu, EXC_GP, 0);
    if (!descriptor_read(cpu, selector, &d) || (selector & 3) != cpu->cpl || !descriptor_is_writable_data(&d) ||
        descriptor_dpl(&d) != cpu->cpl)
        cpu_raise_code(cpu, EXC_GP, selector_code(selector));
    if (!(d.access & ACC_P))
        cpu_raise_code(cpu, EXC_SS, selector_code(selector));
    descriptor_touch(cpu, &d);
    segment_set(cpu, SS, selector, &d);
    segment_mode_changed(cpu);
}

bool descriptor_may_load(const struct cpu *cpu, const struct descriptor *d)
{
    if (!(d->access & ACC_S) || (d->access & (ACC_CODE | ACC_READABLE)) == ACC_CODE)
        return false;
    if (descriptor_is_code(d) && descriptor_is_conforming(d))
        return true;
    return descriptor_dpl(d) >= cpu->cpl && descriptor_dpl(d) >= (d->selector & 3u);
}

static void load_data(struct cpu *cpu, unsigned seg, uint16_t selector)
{
    struct descriptor d;
    if (selector_is_null(selector)) {
        segment_set_null(cpu, seg, selector);
        return;
    }
    if (!descriptor_read(cpu, selector, &d) || !descriptor_may_load(cpu, &d))
        cpu_raise_code(cpu, EXC_GP, selector_code(selector));
    if (!(d.access & ACC_P))
        cpu_raise_code(cpu, EXC_NP, selector_code(selector));
    descriptor_touch(cpu, &d);
    segment_set(cpu, seg, selector, &d);
}

void segment_load(struct cpu *cpu, unsigned seg, uint16_t selector)
{
    if (segment_real(cpu))
        segment_set_real(cpu, seg, selector);
    else if (seg == SS)
        load_stack(cpu, selector);
    else
        load_data(cpu, seg, selector);
}

/* --- For the debugger --- */

static bool peek_linear(const struct cpu *cpu, uint32_t linear, uint8_t *bytes, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        uint32_t physical;
        if (!page_peek(cpu, linear + i, &physical))
            return false;
        bus_peek(cpu->bus, physical & cpu->bus->a20_mask, bytes + i, 1);
    }
    return true;
}

bool segment_peek(const struct cpu *cpu, uint16_t selector, struct segment *out)
{
    *out = (struct segment){ .selector = selector, .access = ACC_REAL, .base = (uint32_t)selector << 4,
                             .limit = 0xFFFF, .rd_end = 0x10000, .wr_end = 0x10000, .valid = true };
    if (segment_real(cpu))
        return true;
    struct descriptor d = { .selector = selector };
    uint8_t bytes[8];
    if (!descriptor_find(cpu, selector, &d.linear) || !peek_linear(cpu, d.linear, bytes, sizeof bytes))
        return false;
    descriptor_unpack(&d, load32(bytes), load32(bytes + 4));
    out->access = d.access;
    out->base = d.base;
    out->limit = d.limit;
    out->rd_end = out->wr_end = 0;
    return (d.access & (ACC_S | ACC_P)) == (ACC_S | ACC_P);
}
