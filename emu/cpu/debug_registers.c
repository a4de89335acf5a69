/* The debug registers (i486 PRM ch. 11).
 *
 * Breakpoints are put into the table of watched ranges (watch.c) whenever DR0-DR3 or DR7 change; nothing else looks at
 * DR7 while instructions are executed. A page with a data breakpoint has no fast path. A page with an instruction
 * breakpoint is never entered into the software TLB for reads, hence every run in it is asked for by runs_find(), which
 * calls debug_check_fetch() first and ends runs before the next breakpoint.
 *
 * Instruction breakpoints are faults, raised before the fetch (it may fault too); a trap of the instruction before, NMI
 * and INTR come first (data sheet, "Sequence of Exception Checking"; PRM 9.4). Data breakpoints, single steps and the
 * TSS's T bit are traps: their bits gather in cpu->debug_pending and go into DR6 as one exception, together with an
 * instruction breakpoint on the instruction that comes next (data sheet, table 2-5: one debug exception may report
 * traps on the previous and faults on the next instruction). DR6 is never cleared here; only the guest does it.
 *
 * What is seen as data: every access by linear address, the processor's own included (descriptor tables, TSS, stack
 * frames of interrupts), since addresses are compared before paging; not instruction fetches, nor page table walks,
 * which are physical.
 *
 * Where the manual says "undefined": R/W = 10 never matches (later parts mean I/O by it, when CR4.DE says so). LEN = 10
 * covers eight bytes, and a LEN other than 00 for an instruction breakpoint covers that many addresses, as if the
 * low bits were not compared. Left out on purpose: DR7 bit 12 and the in-circuit emulator behind it. */
#include "emu/cpu/debug_registers.h"

#include "emu/cpu/fault.h"
#include "emu/cpu/watch.h"

enum { BREAKPOINTS = 4, DR6 = 6, DR7 = 7 };
enum { TYPE_FETCH = 0, TYPE_WRITE = 1, TYPE_ACCESS = 3 };
enum { DR7_LOCAL = 0x155, DR7_GD = 1 << 13 };

/* What MOV can change, and what always reads as 1. Bit 12 of either can be set on the 486, unlike on later parts (SDM
 * vol. 3, "Differences in Debug Register DR6" and "DR7"). */
#define DR6_WRITABLE 0x0000F00Fu
#define DR6_ONES 0xFFFF0FF0u
#define DR7_WRITABLE 0xFFFF33FFu
#define DR7_ONES 0x00000400u

/* --- The fields of DR7 --- */

static bool enabled(const struct cpu *cpu, unsigned n)
{
    return cpu->dr[DR7] >> 2 * n & 3;
}

static unsigned type(const struct cpu *cpu, unsigned n)
{
    return cpu->dr[DR7] >> (16 + 4 * n) & 3;
}

static uint32_t size(const struct cpu *cpu, unsigned n)
{
    static const uint8_t bytes[] = { 1, 2, 8, 4 };
    return bytes[cpu->dr[DR7] >> (18 + 4 * n) & 3];
}

/* Address bits below the length are not compared. */
static uint32_t first(const struct cpu *cpu, unsigned n)
{
    return cpu->dr[n] & -size(cpu, n);
}

/* --- Arming --- */

/* A debug exception, whatever its cause, also sets Bn for data breakpoints that are met but not enabled (PRM 11.2.3):
 * hence all are watched. */
static unsigned watched_accesses(const struct cpu *cpu, unsigned n)
{
    switch (type(cpu, n)) {
    case TYPE_FETCH: return enabled(cpu, n) ? WATCHED_FETCH : 0;
    case TYPE_WRITE: return WATCHED_WRITE;
    case TYPE_ACCESS: return WATCHED_READ | WATCHED_WRITE | WATCHED_TABLE;
    default: return 0;
    }
}

static void arm(struct cpu *cpu)
{
    bool changed = false;
    cpu->debug_fetch = false;
    for (unsigned n = 0; n < BREAKPOINTS; n++) {
        unsigned accesses = watched_accesses(cpu, n);
        changed |= watch_set_guest(cpu->watch, n, first(cpu, n), size(cpu, n), accesses);
        cpu->debug_fetch |= accesses == WATCHED_FETCH;
    }
    if (!changed)
        return;
    cpu_flush_tlb(cpu);
    cpu_leave_run(cpu);
}

void debug_registers_reset(struct cpu *cpu)
{
    for (unsigned n = 0; n < BREAKPOINTS; n++)
        cpu->dr[n] = 0;
    cpu->dr[DR6] = DR6_ONES;
    cpu->dr[DR7] = DR7_ONES;
    cpu->debug_pending = cpu->debug_hits = 0;
    arm(cpu);
}

void debug_registers_loaded(struct cpu *cpu)
{
    cpu->debug_pending &= DR6_BREAKPOINTS | DR6_BS | DR6_BT | HIT_BETWEEN;
    cpu->debug_hits &= DR6_BREAKPOINTS | HIT_ENABLED | HIT_BETWEEN;
    arm(cpu);
}

/* --- MOV --- */

/* #DB as a fault. */
static _Noreturn void raise_debug(struct cpu *cpu, uint32_t dr6)
{
    cpu->dr[DR6] |= dr6;
    cpu_raise(cpu, EXC_DB);
}

/* RF does not help here: it is for instruction breakpoints. */
static void general_detect(struct cpu *cpu)
{
    if (cpu->dr[DR7] & DR7_GD)
        raise_debug(cpu, DR6_BD);
}

/* DR4 and DR5 are other names of DR6 and DR7. */
static unsigned real_number(unsigned number)
{
    return number == 4 || number == 5 ? number + 2 : number & 7;
}

uint32_t debug_register_read(struct cpu *cpu, unsigned number)
{
    general_detect(cpu);
    return cpu->dr[real_number(number)];
}

void debug_register_write(struct cpu *cpu, unsigned number, uint32_t value)
{
    general_detect(cpu);
    number = real_number(number);
    if (number == DR6)
        value = (value & DR6_WRITABLE) | DR6_ONES;
    if (number == DR7)
        value = (value & DR7_WRITABLE) | DR7_ONES;
    cpu->dr[number] = value;
    arm(cpu);
}

/* --- Faults: instruction breakpoints --- */

static bool matches_fetch(const struct cpu *cpu, unsigned n, uint32_t linear)
{
    return type(cpu, n) == TYPE_FETCH && linear - first(cpu, n) < size(cpu, n);
}

bool debug_stops_at(const struct cpu *cpu, uint32_t linear)
{
    for (unsigned n = 0; n < BREAKPOINTS; n++)
        if (enabled(cpu, n) && matches_fetch(cpu, n, linear))
            return true;
    return false;
}

/* B0-B3 for the instruction at CS:EIP; 0 if no enabled breakpoint is among them, or RF is set. */
static uint32_t fetch_hits(const struct cpu *cpu)
{
    uint32_t linear = cpu->seg[CS].base + cpu->eip, hits = 0;
    if (!cpu->debug_fetch || cpu->eflags & FLAG_RF || !debug_stops_at(cpu, linear))
        return 0;
    for (unsigned n = 0; n < BREAKPOINTS; n++)
        hits |= (uint32_t)matches_fetch(cpu, n, linear) << n;
    return hits;
}

/* The instruction after MOV SS or POP SS is not looked at (PRM 9.2.4). */
void debug_check_fetch(struct cpu *cpu)
{
    if (cpu->attention & ATTEND_SHADOW && cpu->inhibit_trap)
        return;
    uint32_t hits = fetch_hits(cpu);
    if (hits)
        raise_debug(cpu, hits);
}

/* --- Traps --- */

/* Hits of breakpoints that are not enabled only count when the same instruction ends in a debug exception anyway. */
void debug_data_hit(struct cpu *cpu, unsigned number)
{
    uint64_t icount = cpu_icount(cpu);
    if (!debug_was_hit(cpu) && cpu->debug_icount != icount)
        cpu->debug_hits = 0;
    cpu->debug_icount = icount;
    cpu->debug_hits |= (uint16_t)(1u << number);
    if (!enabled(cpu, number))
        return;
    cpu->debug_hits |= HIT_ENABLED;
    if (cpu->insn->len == 0)
        cpu->debug_hits |= HIT_BETWEEN;
    cpu_attend(cpu, ATTEND_TRAP);
}

static void keep_hits(struct cpu *cpu)
{
    if (debug_was_hit(cpu))
        cpu->debug_pending |= cpu->debug_hits & (DR6_BREAKPOINTS | HIT_BETWEEN);
    cpu->debug_hits = 0;
}

/* What the instruction that just ends has met, as a debug exception follows for another reason. */
static uint32_t hits_so_far(const struct cpu *cpu)
{
    return cpu->debug_icount == cpu_icount(cpu) ? cpu->debug_hits & DR6_BREAKPOINTS : 0;
}

void debug_begin(struct cpu *cpu)
{
    keep_hits(cpu);
    cpu->single_step = cpu->eflags & FLAG_TF;
}

/* The instruction will be tried again, and meet its breakpoints again. */
void debug_faulted(struct cpu *cpu)
{
    cpu->debug_hits = 0;
    if (!cpu->debug_pending)
        cpu->attention &= (uint16_t)~ATTEND_TRAP;
}

void debug_step(struct cpu *cpu)
{
    cpu->debug_pending |= DR6_BS | (cpu->debug_hits & DR6_BREAKPOINTS);
    cpu->attention |= ATTEND_TRAP;
}

void debug_task_left(struct cpu *cpu)
{
    cpu->dr[DR7] &= ~(uint32_t)DR7_LOCAL;
    cpu->single_step = false;
    arm(cpu);
}

void debug_task_trap(struct cpu *cpu)
{
    cpu->debug_pending |= (uint16_t)(DR6_BT | hits_so_far(cpu) | (cpu->insn->len == 0 ? HIT_BETWEEN : 0));
    cpu_attend(cpu, ATTEND_TRAP);
}

bool debug_take_trap(struct cpu *cpu)
{
    keep_hits(cpu);
    bool between = cpu->debug_pending & HIT_BETWEEN;
    cpu->dr[DR6] |= (cpu->debug_pending & ~(uint32_t)HIT_BETWEEN) | fetch_hits(cpu);
    cpu->debug_pending = 0;
    cpu->attention &= (uint16_t)~ATTEND_TRAP;
    return between;
}

void debug_entered(struct cpu *cpu)
{
    cpu->dr[DR7] &= ~(uint32_t)DR7_GD;
}
