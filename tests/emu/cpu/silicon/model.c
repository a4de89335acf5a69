/* See model.h. Each run begins with an IRETD from level 0 and ends in the HLT of the handler that the exception was
 * delivered to, as on the host the kernel's IRET and its handler are at both ends; the exception's frame on the stack
 * of level 0 tells the rest. */
#include "tests/emu/cpu/silicon/model.h"

#include <stdlib.h>
#include <string.h>

#include "emu/bus.h"
#include "emu/clock.h"
#include "emu/cpu/cpu.h"
#include "emu/cpu/fpu.h"
#include "emu/cpu/mem.h"
#include "emu/cpu/segment.h"
#include "emu/probe.h"
#include "emu/timing/profile.h"
#include "emu/timing/timing.h"

/* Physical and linear: supervisor pages. A handler is one HLT at HANDLERS + vector. */
enum { GDT_AT = 0x1000, IDT_AT = 0x2000, TSS_AT = 0x3000, LDT_AT = 0x4000, HANDLERS = 0x5000, IRETD_AT = 0x6000,
       STACK_TOP = 0x8000, DIRECTORY_AT = 0x9000, LOW_TABLE_AT = 0xA000, TABLE_AT = 0xB000, LOW_SIZE = 0xC000 };
enum { CODE0 = 0x08, DATA0 = 0x10, TSS = 0x18, LDT = 0x30, GDT_LIMIT = 0x37 };
enum { REGION_SIZE = ORACLE_CODE + ORACLE_CODE_SIZE - ORACLE_BASE };
enum { PAGE_P = 1, PAGE_W = 2, PAGE_U = 4 };
enum { CODE_FLAT = 0xC09B, DATA_FLAT = 0xC093, LEVEL3 = 0x60 };
enum { INSTRUCTIONS_MAX = 10000 };

struct model {
    struct clock clock;
    struct probes probes;
    struct bus bus;
    struct timing timing;
    struct cpu cpu;
    uint8_t *low, *region;
};

static void put32(struct model *m, uint32_t at, uint32_t value)
{
    store32(m->low + at, value);
}

/* --- Tables --- */

static void put_descriptor(struct model *m, uint32_t at, uint32_t base, uint32_t limit, unsigned access)
{
    if (access & ACC_G)
        limit >>= 12;
    put32(m, at, (limit & 0xFFFF) | base << 16);
    put32(m, at + 4, (base >> 16 & 0xFF) | access << 8 | (limit & 0xF0000) | (base & 0xFF000000));
}

static void put_segments(struct model *m)
{
    put_descriptor(m, GDT_AT + CODE0, 0, 0xFFFFFFFF, CODE_FLAT);
    put_descriptor(m, GDT_AT + DATA0, 0, 0xFFFFFFFF, DATA_FLAT);
    put_descriptor(m, GDT_AT + TSS, TSS_AT, 0x67, 0x8B);
    put_descriptor(m, GDT_AT + (ORACLE_CODE32 & ~7), 0, 0xFFFFFFFF, CODE_FLAT | LEVEL3);
    put_descriptor(m, GDT_AT + (ORACLE_DATA32 & ~7), 0, 0xFFFFFFFF, DATA_FLAT | LEVEL3);
    put_descriptor(m, GDT_AT + LDT, LDT_AT, ORACLE_SEGMENTS * 8 - 1, 0x82);
    for (unsigned i = 1; i < ORACLE_SEGMENTS; i++) {
        const struct oracle_segment *s = &oracle_segments[i];
        put_descriptor(m, LDT_AT + 8 * i, s->base, s->limit, s->access);
    }
    put32(m, TSS_AT + 4, STACK_TOP);
    put32(m, TSS_AT + 8, DATA0);
    put32(m, TSS_AT + 100, 0x68u << 16);        /* no I/O bitmap: no ports */
}

/* INT3 and INTO may be used at level 3, as under Linux. */
static void put_gates(struct model *m)
{
    for (unsigned vector = 0; vector < 256; vector++) {
        unsigned access = vector == EXC_BP || vector == EXC_OF ? 0x8E | LEVEL3 : 0x8E;
        put32(m, IDT_AT + 8 * vector, CODE0 << 16 | (HANDLERS + vector));
        put32(m, IDT_AT + 8 * vector + 4, access << 8);
        m->low[HANDLERS + vector] = 0xF4;
    }
    m->low[IRETD_AT] = 0xCF;
}

static void put_pages(struct model *m)
{
    put32(m, DIRECTORY_AT, LOW_TABLE_AT | PAGE_P | PAGE_W);
    put32(m, DIRECTORY_AT + 4 * (ORACLE_BASE >> 22), TABLE_AT | PAGE_P | PAGE_W | PAGE_U);
    for (uint32_t at = 0; at < LOW_SIZE; at += ORACLE_PAGE)
        put32(m, LOW_TABLE_AT + 4 * (at >> PAGE_SHIFT), at | PAGE_P | PAGE_W);
    for (uint32_t at = ORACLE_BASE; at < ORACLE_BASE + REGION_SIZE; at += ORACLE_PAGE) {
        bool present = at < ORACLE_ABSENT || at >= ORACLE_CODE, writable = at < ORACLE_READ_ONLY;
        put32(m, TABLE_AT + 4 * (at >> PAGE_SHIFT & 0x3FF),
              at | (present ? PAGE_P : 0) | (writable ? PAGE_W : 0) | PAGE_U);
    }
}

static void load_table_register(struct cpu *cpu, struct segment *s, uint16_t selector)
{
    struct descriptor d;
    if (!descriptor_read(cpu, selector, &d))
        abort();
    *s = (struct segment){ .selector = selector, .access = d.access, .base = d.base, .limit = d.limit, .valid = true };
}

static void enter_protected_mode(struct cpu *cpu)
{
    struct descriptor d;
    cpu->gdtr = (struct table_register){ GDT_AT, GDT_LIMIT };
    cpu->idtr = (struct table_register){ IDT_AT, 0x7FF };
    cpu->cr3 = DIRECTORY_AT;
    cpu->cr0 = CR0_PE | CR0_PG | CR0_WP | CR0_AM | CR0_NE | CR0_ET;
    page_flush(cpu);
    segment_protection_changed(cpu);
    if (!descriptor_read(cpu, CODE0, &d))
        abort();
    segment_set(cpu, CS, CODE0, &d);
    segment_load(cpu, SS, DATA0);
    load_table_register(cpu, &cpu->tr, TSS);
    load_table_register(cpu, &cpu->ldtr, LDT);
    cpu_mode_changed(cpu);
}

struct model *model_create(void)
{
    struct model *m = calloc(1, sizeof *m);
    if (!m || !bus_init(&m->bus, &m->probes) || !(m->low = aligned_alloc(PAGE_SIZE, LOW_SIZE)) ||
        !(m->region = aligned_alloc(PAGE_SIZE, REGION_SIZE)))
        abort();
    memset(m->low, 0, LOW_SIZE);
    memset(m->region, 0, REGION_SIZE);
    clock_init(&m->clock);
    m->timing.profile = profile_find("486dx-33");
    const struct cpu_config config = { .bus = &m->bus, .clock = &m->clock, .probes = &m->probes, .timing = &m->timing,
                                       .ticks_per_clock = 126, .signature = 0x0435, .has_fpu = true,
                                       .has_cpuid = true };
    if (!cpu_init(&m->cpu, &config))
        abort();
    bus_map_memory(&m->bus, 0, LOW_SIZE, m->low, true);
    bus_map_memory(&m->bus, ORACLE_BASE, REGION_SIZE, m->region, true);
    bus_set_a20(&m->bus, true);
    cpu_reset(&m->cpu);
    put_segments(m);
    put_gates(m);
    put_pages(m);
    enter_protected_mode(&m->cpu);
    return m;
}

void model_destroy(struct model *m)
{
    cpu_destroy(&m->cpu);
    bus_destroy(&m->bus);
    free(m->low);
    free(m->region);
    free(m);
}

uint8_t *model_memory(struct model *m)
{
    return m->region;
}

uint8_t *model_code(struct model *m)
{
    return m->region + (ORACLE_CODE - ORACLE_BASE);
}

void model_code_written(struct model *m, uint32_t offset, uint32_t size)
{
    cpu_memory_written(&m->cpu, ORACLE_CODE + offset, size);
}

/* --- Running --- */

/* To level 3 by IRETD. ESP is set afterwards, since with a 16-bit stack its upper half is not loaded. */
static bool enter(struct model *m, const struct oracle_state *s)
{
    static const uint8_t order[] = { ES, DS, FS, GS };
    struct cpu *cpu = &m->cpu;
    const uint32_t frame[] = { s->eip, s->seg[CS], (s->eflags & ~0x3000u) | 0x202, s->r[ESP], s->seg[SS] };
    for (unsigned i = 0; i < 5; i++)
        put32(m, STACK_TOP - 20 + 4 * i, frame[i]);
    cpu->attention &= (uint16_t)~ATTEND_HALTED;
    memcpy(cpu->r, s->r, sizeof s->r);
    cpu->r[ESP] = STACK_TOP - 20;
    cpu->eip = IRETD_AT;
    for (unsigned i = 0; i < sizeof order; i++)
        segment_load(cpu, order[i], s->seg[order[i]]);
    if (cpu_run(cpu, UINT64_MAX, 1, false) != CPU_LIMIT || cpu->seg[CS].selector != s->seg[CS])
        return false;
    cpu->r[ESP] = s->r[ESP];
    return true;
}

static bool has_error_code(unsigned vector)
{
    return vector == EXC_DF || (vector >= EXC_TS && vector <= EXC_PF) || vector == EXC_AC;
}

static void read_frame(const struct model *m, struct oracle_state *s, struct oracle_event *event)
{
    const struct cpu *cpu = &m->cpu;
    const uint8_t *frame = m->low + STACK_TOP - 20;
    event->vector = (uint8_t)(cpu->eip - 1 - HANDLERS);
    event->code = has_error_code(event->vector) ? load32(frame - 4) : 0;
    event->address = event->vector == EXC_PF ? cpu->cr2 : 0;
    memcpy(s->r, cpu->r, sizeof s->r);
    for (unsigned i = ES; i <= GS; i++)
        s->seg[i] = cpu->seg[i].selector;
    s->eip = load32(frame);
    s->seg[CS] = load16(frame + 4);
    s->eflags = load32(frame + 8);
    s->r[ESP] = load32(frame + 12);
    s->seg[SS] = load16(frame + 16);
}

/* From wherever it got lost. */
static void take_back(struct model *m)
{
    cpu_reset(&m->cpu);
    enter_protected_mode(&m->cpu);
}

bool model_run(struct model *m, const struct oracle_state *before, struct oracle_state *after,
               struct oracle_event *event)
{
    struct cpu *cpu = &m->cpu;
    after->use_x87 = false;
    if (!enter(m, before) || cpu_run(cpu, UINT64_MAX, INSTRUCTIONS_MAX, false) != CPU_DEAD) {
        take_back(m);
        return false;
    }
    uint32_t stack = STACK_TOP - (has_error_code((uint8_t)(cpu->eip - 1 - HANDLERS)) ? 24 : 20);
    read_frame(m, after, event);
    return cpu->cpl == 0 && cpu->r[ESP] == stack;
}
