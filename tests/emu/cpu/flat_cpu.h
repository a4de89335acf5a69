/* A CPU alone with 64 KB of memory, for tests of instructions one at a time: all segments flat with 4 GB limits, no
 * paging, no devices. Memory is a buffer mapped at FLAT_BASE. */
#ifndef TESTS_EMU_CPU_FLAT_CPU_H
#define TESTS_EMU_CPU_FLAT_CPU_H

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "emu/bus.h"
#include "emu/clock.h"
#include "emu/cpu/cpu.h"
#include "emu/cpu/decode.h"
#include "emu/cpu/mem.h"
#include "emu/probe.h"
#include "emu/timing/cycle.h"
#include "emu/timing/timing.h"

enum { FLAT_BASE = 0x20000000, FLAT_SIZE = 0x10000, FLAT_CODE = FLAT_BASE + 0xF000 };

enum { NO_FAULT = -1 };

struct flat {
    struct cpu cpu;
    struct bus bus;
    struct clock clock;
    struct probes probes;
    struct timing timing;
    struct cycle cycle;
    uint8_t *memory;            /* FLAT_SIZE bytes, page aligned */
    bool code32;
    bool quick;                 /* the next instruction is executed by its quick form, if it has one: each second one */
};

/* What a test may have changed, back to a known state: registers and flags zero, 32-bit code and stack. */
static inline void flat_reset(struct flat *f)
{
    struct cpu *cpu = &f->cpu;
    memset(cpu->r, 0, sizeof cpu->r);
    cpu->r[ESP] = FLAT_BASE + 0x8000;
    cpu->eip = FLAT_CODE;
    cpu->eflags = 2;
    cpu->flags = flags_unpack(0);
    cpu->sp_mask = 0xFFFFFFFF;
    f->code32 = true;
    for (int i = ES; i <= GS; i++) {
        struct segment *s = &cpu->seg[i];
        s->base = 0;
        s->limit = 0xFFFFFFFF;
        s->rd_end = s->wr_end = 1ull << 32;
        s->valid = true;
        s->access = ACC_P | ACC_S | ACC_WRITABLE | ACC_ACCESSED | ACC_D | ACC_G;
    }
    memset(f->memory, 0, FLAT_SIZE);
}

/* Gives SEG a base and a limit. */
static inline void flat_segment(struct flat *f, unsigned seg, uint32_t base, uint32_t limit)
{
    struct segment *s = &f->cpu.seg[seg];
    s->base = base;
    s->limit = limit;
    s->rd_end = s->wr_end = (uint64_t)limit + 1;
}

/* 16-bit code and stack, all segments 64 KB at the buffer's start. */
static inline void flat_real(struct flat *f)
{
    for (unsigned i = ES; i <= GS; i++)
        flat_segment(f, i, FLAT_BASE, 0xFFFF);
    f->cpu.eip = FLAT_CODE - FLAT_BASE;
    f->cpu.r[ESP] = 0x8000;
    f->cpu.sp_mask = 0xFFFF;
    f->code32 = false;
}

static inline struct flat *flat_create(void)
{
    struct flat *f = calloc(1, sizeof *f);
    if (!f || !bus_init(&f->bus, &f->probes) || !(f->memory = aligned_alloc(PAGE_SIZE, FLAT_SIZE)))
        abort();
    clock_init(&f->clock);
    if (!cycle_init(&f->cycle, profile_find("486dx2-66"), &(struct board_map){ .ram_size = 640 << 10 }))
        abort();
    struct cpu_config config = { .bus = &f->bus, .clock = &f->clock, .probes = &f->probes, .timing = &f->timing,
                                 .cycle = &f->cycle, .ticks_per_clock = 63, .signature = 0x0433 };
    if (!cpu_init(&f->cpu, &config))
        abort();
    bus_map_memory(&f->bus, FLAT_BASE, FLAT_SIZE, f->memory, true);
    bus_set_a20(&f->bus, true);
    cpu_reset(&f->cpu);
    flat_reset(f);
    return f;
}

static inline void flat_destroy(struct flat *f)
{
    cpu_destroy(&f->cpu);
    cycle_destroy(&f->cycle);
    bus_destroy(&f->bus);
    free(f->memory);
    free(f);
}

/* Host address of a guest address in the buffer. */
static inline uint8_t *flat_at(struct flat *f, uint32_t address)
{
    return f->memory + (address - FLAT_BASE);
}

/* Stands behind an instruction that is executed by its quick form. */
static inline const struct insn *flat_stop(struct cpu *cpu, const struct insn *insn)
{
    cpu->eip = cpu->run_eip + insn[-1].end;
    return insn;
}

/* Executes the instruction CODE as if it lay at EIP, once: a repeated one may need more. Returns NO_FAULT or the
 * exception's vector; EIP is back at the instruction then. */
static inline int flat_step(struct flat *f, const uint8_t *code, size_t size)
{
    struct cpu *cpu = &f->cpu;
    struct insn insn[2] = { { .len = 0 }, { .quick = flat_stop } };
    int length = decode(code, size, f->code32, &insn[0]);
    if (length <= 0)
        abort();
    insn[0].end = (uint8_t)length;
    cpu->insn = cpu->run_start = &insn[0];
    cpu->run_end = &insn[1];
    const uint32_t start = cpu->run_eip = cpu->eip;
    f->quick = !f->quick;
    int vector = NO_FAULT;
    if (setjmp(cpu->fault_jump) == 0) {
        if (f->quick && insn[0].quick)
            insn[0].quick(cpu, &insn[0]);
        else
            op_one(cpu, &insn[0]);
    } else {
        cpu->eip = start;
        vector = cpu->fault_vector;
    }
    return vector;
}

/* The same until it is past, for repeated instructions. */
static inline int flat_execute(struct flat *f, const uint8_t *code, size_t size)
{
    const uint32_t start = f->cpu.eip;
    int vector;
    do
        vector = flat_step(f, code, size);
    while (vector == NO_FAULT && f->cpu.eip == start);
    return vector;
}

/* CODE given as a string literal. */
#define FLAT_STEP(f, code) flat_step(f, (const uint8_t *)(code), sizeof(code) - 1)
#define FLAT_EXECUTE(f, code) flat_execute(f, (const uint8_t *)(code), sizeof(code) - 1)

#endif
