/* The processor's life apart from executing: creation, the RESET pin (i486 PRM 10.1), modes and flags, flushing, and
 * its state as the visitor sees it (state.h), the FPU's included. */
#include <stdlib.h>

#include "emu/cpu/cpu.h"
#include "emu/cpu/debug_registers.h"
#include "emu/cpu/fpu.h"
#include "emu/cpu/mem.h"
#include "emu/cpu/runs.h"
#include "emu/cpu/segment.h"
#include "emu/cpu/timed.h"
#include "emu/cpu/vme.h"
#include "emu/cpu/watch.h"
#include "emu/state.h"

static const struct insn no_insn = { .len = 0 };

/* --- Modes --- */

static void empty_tlb(struct cpu *cpu)
{
    for (unsigned i = 0; i < TLB_ENTRIES; i++)
        cpu->tlb[0][0][i].tag = cpu->tlb[0][1][i].tag = cpu->tlb[1][0][i].tag = cpu->tlb[1][1][i].tag = TLB_EMPTY;
    runs_forget_seen(cpu);
}

static void update_alignment(struct cpu *cpu)
{
    bool checked = cpu->cr0 & CR0_AM && cpu->eflags & FLAG_AC && cpu->cpl == 3;
    if (checked == cpu->alignment_checked)
        return;
    cpu->alignment_checked = checked;
    empty_tlb(cpu);
}

void cpu_cpl_changed(struct cpu *cpu)
{
    unsigned side = cpu->cpl == 3 ? TLB_USER : TLB_SUPERVISOR;
    cpu->tlb_read = cpu->tlb[side][0];
    cpu->tlb_write = cpu->tlb[side][1];
    update_alignment(cpu);
}

void cpu_mode_changed(struct cpu *cpu)
{
    cpu->mode = (cpu->seg[CS].access & ACC_D ? RUN_CODE32 : 0) | (cpu_protected(cpu) ? RUN_PROTECTED : 0) |
                (cpu_v86(cpu) ? RUN_V86 : 0);
    cpu->sp_mask = cpu->seg[SS].access & ACC_D ? 0xFFFFFFFFu : 0xFFFF;
    cpu_cpl_changed(cpu);
    cpu_leave_run(cpu);
}

void cpu_flush_tlb(struct cpu *cpu)
{
    empty_tlb(cpu);
    cpu_cpl_changed(cpu);
}

void cpu_timing_changed(struct cpu *cpu)
{
    runs_drop_all(cpu);
    cpu_flush_tlb(cpu);
    if (cpu->cycle)
        timed_begin(cpu);
}

/* --- Flags --- */

uint32_t cpu_eflags(const struct cpu *cpu)
{
    return cpu->eflags | flags_pack(cpu->flags);
}

void cpu_emit_if(struct cpu *cpu, bool on, unsigned cause)
{
    if (on == !!(cpu->eflags & FLAG_IF))
        return;
    cpu_sync(cpu);
    probe_emit(cpu->probes, PROBE_INTERRUPT_FLAG, on, cause, 0, 0);
}

void cpu_set_eflags(struct cpu *cpu, uint32_t value)
{
    cpu_report_if(cpu, value & FLAG_IF, 0);
    cpu->flags = flags_unpack(value);
    cpu->eflags = (value & ~(uint32_t)FLAG_ARITHMETIC) | 2;
    if (value & (FLAG_TF | FLAG_RF))
        cpu_attend(cpu, ATTEND_SINGLE);
    update_alignment(cpu);
}

/* --- Creation and reset --- */

static void on_written(void *ctx, uint32_t addr, uint32_t size)
{
    cpu_memory_written(ctx, addr, size);
}

static void on_remapped(void *ctx)
{
    struct cpu *cpu = ctx;
    cpu_flush_tlb(cpu);
    timed_moved(cpu);
    cpu_leave_run(cpu);
}

bool cpu_init(struct cpu *cpu, const struct cpu_config *config)
{
    *cpu = (struct cpu){
        .bus = config->bus, .clock = config->clock, .probes = config->probes, .timing = config->timing,
        .ticks_per_clock = config->ticks_per_clock, .fast_clocks = 2, .signature = config->signature,
        .cycle = config->cycle, .has_fpu = config->has_fpu, .has_cpuid = config->has_cpuid,
        .has_umov = config->has_umov, .acknowledge = config->acknowledge,
        .board = config->board, .ferr = config->ferr, .shutdown_line = config->shutdown_line,
        .insn = &no_insn, .run_start = &no_insn
    };
    cpu->cache.sets = config->cache_size ? config->cache_size / (CACHE_WAYS * CACHE_LINE) : CACHE_SETS_8K;
    cpu->runs = runs_create();
    cpu->watch = calloc(1, sizeof *cpu->watch);
    cpu->fpu = fpu_create();
    if (!cpu->runs || !cpu->watch || !cpu->fpu) {
        cpu_destroy(cpu);
        return false;
    }
    cpu->watch->passed_icount = UINT64_MAX;
    cpu->bus->written = on_written;
    cpu->bus->remapped = on_remapped;
    cpu->bus->cpu = cpu;
    cpu_reset(cpu);
    return true;
}

void cpu_destroy(struct cpu *cpu)
{
    runs_destroy(cpu->runs);
    free(cpu->watch);
    fpu_destroy(cpu->fpu);
    cpu->runs = NULL;
    cpu->fpu = NULL;
    cpu->watch = NULL;
}

void cpu_reset(struct cpu *cpu)
{
    if (cpu->running) {
        cpu_attend(cpu, ATTEND_RESET);
        return;
    }
    for (unsigned i = 0; i <= NO_REGISTER; i++)
        cpu->r[i] = 0;
    cpu->r[EDX] = cpu->signature;
    cpu->eip = 0xFFF0;
    cpu->cr0 = CR0_ET | CR0_NW | CR0_CD;
    cpu->cr2 = cpu->cr3 = cpu->cr4 = 0;
    debug_registers_reset(cpu);
    cpu->cpl = 0;
    cpu->nmi_masked = cpu->inhibit_trap = false;
    cpu->attention &= ATTEND_INTR | ATTEND_STOP;        /* pins and the host's wishes */
    fpu_reset(cpu);
    segment_reset(cpu);
    cpu_set_eflags(cpu, 2);
    page_flush(cpu);
    cpu->chip_tlb = (struct chip_tlb){ .lru = { 0 } };
    cpu->tr6 = cpu->tr7 = 0;
    cache_test_reset(&cpu->cache, cpu->cache.sets);
    if (cpu->cycle)
        timed_begin(cpu);
    segment_mode_changed(cpu);
}

void cpu_memory_written(struct cpu *cpu, uint32_t physical, uint32_t size)
{
    runs_written(cpu, physical, size);
    if (timed(cpu))
        cycle_snoop(cpu->cycle, physical, size);
}

/* --- State --- */

static void visit_segment(struct state *state, struct segment *s)
{
    state_u16(state, "selector", &s->selector);
    state_u16(state, "access", &s->access);
    state_u32(state, "base", &s->base);
    state_u32(state, "limit", &s->limit);
    state_bool(state, "valid", &s->valid);
}

static void visit_table(struct state *state, struct table_register *table)
{
    state_u32(state, "base", &table->base);
    state_u16(state, "limit", &table->limit);
}

static void visit_registers(struct cpu *cpu, struct state *state)
{
    uint32_t eflags = cpu_eflags(cpu);
    for (unsigned i = 0; i < 8; i++)
        state_u32(state, "r", &cpu->r[i]);
    state_u32(state, "eip", &cpu->eip);
    state_u32(state, "eflags", &eflags);
    state_u8(state, "cpl", &cpu->cpl);
    state_check(state, cpu->cpl <= 3, "CPL over 3");
    for (unsigned i = ES; i <= GS; i++)
        visit_segment(state, &cpu->seg[i]);
    visit_segment(state, &cpu->ldtr);
    visit_segment(state, &cpu->tr);
    visit_table(state, &cpu->gdtr);
    visit_table(state, &cpu->idtr);
    state_u32(state, "cr0", &cpu->cr0);
    state_u32(state, "cr2", &cpu->cr2);
    state_u32(state, "cr3", &cpu->cr3);
    state_u32(state, "cr4", &cpu->cr4);
    state_check(state, !(cpu->cr4 & ~(uint32_t)(CR4_VME | CR4_PVI)), "a bit of CR4 that no 486 has");
    for (unsigned i = 0; i < 8; i++)
        state_u32(state, "dr", &cpu->dr[i]);
    state_u32(state, "tr6", &cpu->tr6);
    state_u32(state, "tr7", &cpu->tr7);
    if (state_loading(state) && !state_failed(state)) {
        cpu->flags = flags_unpack(eflags);
        cpu->eflags = (eflags & ~(uint32_t)FLAG_ARITHMETIC) | 2;
    }
}

/* Bits that stand for the host's wishes are not state. */
static void visit_attention(struct cpu *cpu, struct state *state)
{
    enum { SAVED = ATTEND_INTR | ATTEND_NMI | ATTEND_TRAP | ATTEND_SHADOW | ATTEND_HALTED | ATTEND_RESET |
                   ATTEND_SHUTDOWN | ATTEND_SINGLE };
    uint16_t attention = cpu->attention & SAVED;
    state_u16(state, "attention", &attention);
    if (state_loading(state))
        cpu->attention = attention & SAVED;
    state_bool(state, "nmi_masked", &cpu->nmi_masked);
    state_bool(state, "inhibit_trap", &cpu->inhibit_trap);
    state_u16(state, "debug_pending", &cpu->debug_pending);
    uint16_t hits = debug_was_hit(cpu) ? cpu->debug_hits : 0;       /* others are forgotten at the instruction's end */
    state_u16(state, "debug_hits", &hits);
    cpu->debug_hits = hits;
    state_bool(state, "ignne", &cpu->ignne);
    state_u64(state, "icount", &cpu->icount);
    state_u64(state, "clocks", &cpu->clocks);
    state_u64(state, "idle_ticks", &cpu->idle_ticks);
}

static void visit_translations(struct cpu *cpu, struct state *state)
{
    uint8_t bytes[TLB_ENTRIES][8];
    for (unsigned i = 0; i < TLB_ENTRIES; i++) {
        bool empty = cpu->translation[i].tag == TLB_EMPTY;
        store32(bytes[i], cpu->translation[i].tag);
        store32(bytes[i] + 4, empty ? 0 : cpu->translation[i].entry);
    }
    state_bytes(state, "translations", bytes, sizeof bytes);
    if (!state_loading(state))
        return;
    for (unsigned i = 0; i < TLB_ENTRIES; i++)
        cpu->translation[i] = (struct translation){ .tag = load32(bytes[i]), .entry = load32(bytes[i] + 4) };
}

void cpu_visit(struct cpu *cpu, struct state *state)
{
    state_section(state, "cpu");
    visit_registers(cpu, state);
    visit_attention(cpu, state);
    visit_translations(cpu, state);
    chip_tlb_visit(&cpu->chip_tlb, state);
    cache_test_visit(&cpu->cache, state);
    fpu_visit(cpu->fpu, state);
    timed_visit(cpu, state);
    if (!state_loading(state))
        return;
    cpu->cpl &= 3;
    cpu->watch->passed_icount = UINT64_MAX;
    for (unsigned i = ES; i <= GS; i++)
        segment_update_bounds(cpu, &cpu->seg[i]);
    cpu->insn = cpu->run_start = &no_insn;
    runs_drop_all(cpu);
    cpu_mode_changed(cpu);
    debug_registers_loaded(cpu);
    cpu_flush_tlb(cpu);
}
