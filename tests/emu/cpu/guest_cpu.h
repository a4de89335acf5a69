/* A CPU on a bus with 1 MB of memory, and descriptor tables to run it in every mode: for tests of segments, interrupts,
 * privilege and tasks. Tests put a few bytes of code into memory and let the real loop execute them.
 *
 * Linear layout (no paging):
 *   1000 GDT   2000 IDT   3000 TSS of the first task   4000 TSS of the second   5000 LDT
 *   8000 + 16 * v   handler of vector v (HLT)
 *   10000 code   30000 stack of level 0   40000 stack of level 3   50000 stack of level 1   60000 data */
#ifndef TESTS_EMU_CPU_GUEST_CPU_H
#define TESTS_EMU_CPU_GUEST_CPU_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/bus.h"
#include "emu/clock.h"
#include "emu/cpu/cpu.h"
#include "emu/cpu/mem.h"
#include "emu/cpu/segment.h"
#include "emu/probe.h"
#include "emu/timing/cycle.h"
#include "emu/timing/profile.h"
#include "emu/timing/timing.h"

enum { GUEST_RAM = 0x100000, GDT_AT = 0x1000, IDT_AT = 0x2000, TSS_AT = 0x3000, TSS2_AT = 0x4000, LDT_AT = 0x5000,
       HANDLERS = 0x8000, CODE_AT = 0x10000, STACK0 = 0x30000, STACK3 = 0x40000, STACK1 = 0x50000, DATA_AT = 0x60000 };

/* Selectors of the GDT that guest_protected() builds; the number in the name is the DPL. */
enum { CODE0 = 0x08, DATA0 = 0x10, CODE3 = 0x18 | 3, DATA3 = 0x20 | 3, TSS1 = 0x28, TSS2 = 0x30, LDT = 0x38,
       CODE16 = 0x40, DATA16 = 0x48, CONFORMING0 = 0x50, EXECUTE_ONLY = 0x58, READ_ONLY = 0x60, ABSENT_DATA = 0x68,
       CODE1 = 0x70 | 1, DATA1 = 0x78 | 1, DOWN = 0x80, SMALL = 0x88, ABSENT_CODE = 0x90, GATE = 0x98, FREE = 0xA0,
       ABSENT_STACK1 = 0xA8 | 1, TSS286 = 0xB0, GDT_LIMIT = 0xBF };

/* Access words as in struct segment. */
enum { CODE32_ACCESS = 0xC09B, DATA32_ACCESS = 0xC093, DPL3 = 0x60, DPL1 = 0x20 };

struct guest {
    struct clock clock;
    struct probes probes;
    struct bus bus;
    struct timing timing;
    struct cycle cycle;
    struct cpu cpu;
    uint8_t *ram;
    uint8_t vector;             /* of the next hardware interrupt */
    uint32_t port_value;        /* last written, or the next to read */
    unsigned port_reads, port_writes;
};

static inline uint8_t guest_acknowledge(void *ctx)
{
    struct guest *g = ctx;
    cpu_set_intr(&g->cpu, false);
    return g->vector;
}

static inline uint32_t guest_port_read(void *ctx, uint16_t port, unsigned size)
{
    struct guest *g = ctx;
    (void)port;
    g->port_reads++;
    return size == 4 ? g->port_value : g->port_value & ((1u << size * 8) - 1);
}

static inline void guest_port_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct guest *g = ctx;
    (void)port, (void)size;
    g->port_writes++;
    g->port_value = value;
}

/* In real mode, CS:EIP = 0:CODE_AT with a base that makes it so, interrupts off. */
static inline struct guest *guest_create(void)
{
    static const struct port_ops ports = { guest_port_read, guest_port_write };
    struct guest *g = calloc(1, sizeof *g);
    if (!g || !bus_init(&g->bus, &g->probes) || !(g->ram = aligned_alloc(PAGE_SIZE, GUEST_RAM)))
        abort();
    memset(g->ram, 0, GUEST_RAM);
    clock_init(&g->clock);
    g->timing.profile = profile_find("486dx-33");
    if (!cycle_init(&g->cycle, g->timing.profile, &(struct board_map){ .ram_size = GUEST_RAM }))
        abort();
    struct cpu_config config = { .bus = &g->bus, .clock = &g->clock, .probes = &g->probes, .timing = &g->timing,
                                 .cycle = &g->cycle, .ticks_per_clock = 126, .signature = 0x0404, .has_fpu = true,
                                 .acknowledge = guest_acknowledge, .board = g };
    if (!cpu_init(&g->cpu, &config))
        abort();
    bus_map_memory(&g->bus, 0, GUEST_RAM, g->ram, true);
    bus_map_ports(&g->bus, 0x100, 16, 4, &ports, g);
    bus_set_a20(&g->bus, true);
    cpu_reset(&g->cpu);
    segment_load(&g->cpu, SS, STACK0 >> 4);
    segment_set_real(&g->cpu, CS, CODE_AT >> 4);
    g->cpu.r[ESP] = 0x1000;
    g->cpu.eip = 0;
    return g;
}

static inline void guest_destroy(struct guest *g)
{
    cpu_destroy(&g->cpu);
    cycle_destroy(&g->cycle);
    bus_destroy(&g->bus);
    free(g->ram);
    free(g);
}

static inline uint32_t guest_get(const struct guest *g, uint32_t at, unsigned size)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint32_t)g->ram[at + i] << 8 * i;
    return value;
}

static inline void guest_put(struct guest *g, uint32_t at, uint32_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        g->ram[at + i] = (uint8_t)(value >> 8 * i);
    cpu_memory_written(&g->cpu, at, size);
}

static inline void guest_descriptor_at(struct guest *g, uint32_t at, uint32_t base, uint32_t limit, unsigned access)
{
    if (access & ACC_G)
        limit >>= 12;
    guest_put(g, at, (limit & 0xFFFF) | base << 16, 4);
    guest_put(g, at + 4, (base >> 16 & 0xFF) | access << 8 | (limit & 0xF0000) | (base & 0xFF000000), 4);
}

static inline void guest_descriptor(struct guest *g, unsigned selector, uint32_t base, uint32_t limit, unsigned access)
{
    guest_descriptor_at(g, GDT_AT + (selector & ~7u), base, limit, access);
}

static inline void guest_gate_at(struct guest *g, uint32_t at, unsigned selector, uint32_t offset, unsigned access)
{
    guest_put(g, at, (offset & 0xFFFF) | selector << 16, 4);
    guest_put(g, at + 4, (offset & 0xFFFF0000) | access << 8, 4);
}

/* A gate in the IDT; access: type and DPL, present included. */
static inline void guest_gate(struct guest *g, unsigned vector, unsigned selector, uint32_t offset, unsigned access)
{
    guest_gate_at(g, IDT_AT + vector * 8, selector, offset, access);
}

static inline void guest_tables(struct guest *g)
{
    guest_descriptor(g, CODE0, 0, 0xFFFFFFFF, CODE32_ACCESS);
    guest_descriptor(g, DATA0, 0, 0xFFFFFFFF, DATA32_ACCESS);
    guest_descriptor(g, CODE3, 0, 0xFFFFFFFF, CODE32_ACCESS | DPL3);
    guest_descriptor(g, DATA3, 0, 0xFFFFFFFF, DATA32_ACCESS | DPL3);
    guest_descriptor(g, TSS1, TSS_AT, 0x103, 0x8B);
    guest_descriptor(g, TSS2, TSS2_AT, 0x67, 0x89);
    guest_descriptor(g, LDT, LDT_AT, 0x1F, 0x82);
    guest_descriptor(g, CODE16, 0, 0xFFFFF, 0x9A);
    guest_descriptor(g, DATA16, STACK0, 0xFFFF, 0x92);
    guest_descriptor(g, CONFORMING0, 0, 0xFFFFFFFF, CODE32_ACCESS | ACC_CONFORMING);
    guest_descriptor(g, EXECUTE_ONLY, 0, 0xFFFFFFFF, 0xC099);
    guest_descriptor(g, READ_ONLY, 0, 0xFFFFFFFF, 0xC091);
    guest_descriptor(g, ABSENT_DATA, 0, 0xFFFFFFFF, 0xC013);
    guest_descriptor(g, CODE1, 0, 0xFFFFFFFF, CODE32_ACCESS | DPL1);
    guest_descriptor(g, DATA1, 0, 0xFFFFFFFF, DATA32_ACCESS | DPL1);
    guest_descriptor(g, DOWN, DATA_AT, 0xFFF, 0x4097);
    guest_descriptor(g, SMALL, DATA_AT, 0xF, 0x4093);
    guest_descriptor(g, ABSENT_CODE, 0, 0xFFFFFFFF, 0xC01B);
    guest_descriptor(g, ABSENT_STACK1, 0, 0xFFFFFFFF, 0xC013 | DPL1);
    guest_descriptor(g, TSS286, TSS2_AT, 0x2B, 0x81);
    for (unsigned vector = 0; vector < 256; vector++) {
        guest_gate(g, vector, CODE0, HANDLERS + vector * 16, 0x8E);
        guest_put(g, HANDLERS + vector * 16, 0xF4, 1);
    }
    guest_put(g, TSS_AT + 4, STACK0 + 0x1000, 4);
    guest_put(g, TSS_AT + 8, DATA0, 4);
    guest_put(g, TSS_AT + 12, STACK1 + 0x1000, 4);
    guest_put(g, TSS_AT + 16, DATA1, 4);
    guest_put(g, TSS_AT + 102, 0x68, 2);
}

/* 32-bit protected mode at level CPL (0 or 3), flat segments, task TSS1; interrupts off, IOPL 0. */
static inline void guest_protected(struct guest *g, unsigned cpl)
{
    struct cpu *cpu = &g->cpu;
    struct descriptor d;
    guest_tables(g);
    cpu->gdtr = (struct table_register){ GDT_AT, GDT_LIMIT };
    cpu->idtr = (struct table_register){ IDT_AT, 0x7FF };
    cpu->cr0 |= CR0_PE;
    segment_protection_changed(cpu);
    cpu->cpl = (uint8_t)cpl;
    if (!descriptor_read(cpu, cpl ? CODE3 : CODE0, &d))
        abort();
    segment_set(cpu, CS, cpl ? CODE3 : CODE0, &d);
    for (unsigned seg = ES; seg <= GS; seg++)
        if (seg != CS)
            segment_load(cpu, seg, cpl ? DATA3 : DATA0);
    if (!descriptor_read(cpu, TSS1, &d))
        abort();
    cpu->tr = (struct segment){ .selector = TSS1, .access = d.access, .base = d.base, .limit = d.limit, .valid = true };
    cpu->ldtr = (struct segment){ .valid = false };
    cpu->r[ESP] = (cpl ? STACK3 : STACK0) + 0x800;
    cpu->eip = CODE_AT;
    cpu_mode_changed(cpu);
}

/* V86 mode, CS:IP at CODE_AT, SS:SP = 4000:800 (STACK3), DS ES FS GS = 1111 2222 3333 4444. */
static inline void guest_v86(struct guest *g, unsigned iopl)
{
    struct cpu *cpu = &g->cpu;
    guest_protected(g, 0);
    cpu_set_eflags(cpu, FLAG_VM | iopl << 12 | 2);
    cpu->cpl = 3;
    segment_set_real(cpu, CS, CODE_AT >> 4);
    segment_set_real(cpu, SS, STACK3 >> 4);
    segment_set_real(cpu, DS, 0x1111);
    segment_set_real(cpu, ES, 0x2222);
    segment_set_real(cpu, FS, 0x3333);
    segment_set_real(cpu, GS, 0x4444);
    cpu->r[ESP] = 0x800;
    cpu->eip = 0;
    cpu_mode_changed(cpu);
}

/* Executes COUNT instructions (one that faults counts) and returns why the loop stopped. */
static inline enum cpu_stop guest_run(struct guest *g, unsigned count)
{
    return cpu_run(&g->cpu, UINT64_MAX, count, false);
}

/* Puts SIZE bytes of code at CODE_AT. */
static inline void guest_code(struct guest *g, const void *bytes, size_t size)
{
    memcpy(g->ram + CODE_AT, bytes, size);
    cpu_memory_written(&g->cpu, CODE_AT, (uint32_t)size);
}

/* Executes one instruction. */
#define GUEST_STEP(g, ...)                                                                                             \
    do {                                                                                                               \
        const uint8_t guest_bytes[] = { __VA_ARGS__ };                                                                 \
        guest_code(g, guest_bytes, sizeof guest_bytes);                                                                \
        guest_run(g, 1);                                                                                               \
    } while (0)

/* Element INDEX (of 4 bytes) of the present stack. */
static inline uint32_t guest_stack(const struct guest *g, unsigned index)
{
    const struct cpu *cpu = &g->cpu;
    return guest_get(g, cpu->seg[SS].base + ((cpu->r[ESP] + index * 4) & cpu->sp_mask), 4);
}

/* The last instruction faulted: the handler of VECTOR at level 0 is about to run; CODE is its error code (-1: none),
 * and the frame returns to EIP. */
static inline void guest_expect_fault(const struct guest *g, unsigned vector, int code, uint32_t eip)
{
    assert_int_equal(g->cpu.seg[CS].selector, CODE0);
    assert_int_equal(g->cpu.eip, HANDLERS + vector * 16);
    assert_int_equal(g->cpu.cpl, 0);
    if (code >= 0)
        assert_int_equal(guest_stack(g, 0), (uint32_t)code);
    assert_int_equal(guest_stack(g, code >= 0 ? 1 : 0), eip);
}

#define GUEST_TEST(name) cmocka_unit_test_setup_teardown(name, guest_setup, guest_teardown)

static inline int guest_setup(void **state)
{
    *state = guest_create();
    return 0;
}

static inline int guest_teardown(void **state)
{
    guest_destroy(*state);
    return 0;
}

#endif
