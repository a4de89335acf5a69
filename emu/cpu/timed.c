/* The processor's side of timing mode `cycle` (timed.h).
 *
 * The model's clock runs ahead of cpu->clocks within an instruction; cpu_sync(), and the instruction's end, make up for
 * it. An interrupt, fault or jump leaves the straight line: the next run is found by translation, and the model fills
 * its queue anew. */
#include "emu/cpu/timed.h"

#include "emu/cpu/debug_registers.h"
#include "emu/cpu/loop.h"
#include "emu/cpu/opcode.h"
#include "emu/cpu/runs.h"
#include "emu/state.h"
#include "emu/timing/timing.h"

enum { STALE_BYTES = 32, LINE = L1_LINE };

/* Stands for the work between instructions when a fault comes up there. */
static const struct insn no_insn = { .len = 0 };

/* A delivery is no instruction: it waits for no registers and writes none. */
static const struct timing_shape delivery_shape = { .clocks = 0 };

/* --- Clocks --- */

/* Brings the processor's counters up to the model's clock. */
static inline void follow_clock(struct cpu *cpu, uint64_t instructions)
{
    loop_charge(cpu, instructions, cpu->cycle->now - cpu->clocks);
}

static void leave_line(struct cpu *cpu)
{
    cpu->timed.jumped = true;
    cpu->timed.repeating = false;
    cpu->timed.stale = 0;
}

void timed_begin(struct cpu *cpu)
{
    cpu->timed = (struct timed){ .jumped = true };
    cycle_reset(cpu->cycle, cpu->clocks);
    cycle_cache_mode(cpu->cycle, cpu->cr0 & CR0_CD, cpu->cr0 & CR0_NW);
}

void timed_interrupted(struct cpu *cpu)
{
    cycle_pass(cpu->cycle, cpu->clocks);
}

void timed_moved(struct cpu *cpu)
{
    if (timed(cpu))
        leave_line(cpu);
}

void timed_deliver_begin(struct cpu *cpu)
{
    struct cycle *c = cpu->cycle;
    cycle_pass(c, cpu->clocks);
    c->shape = &delivery_shape;
    c->began = c->now;
    c->base = c->writes = 0;
}

void timed_deliver_end(struct cpu *cpu, uint32_t clocks)
{
    cycle_end(cpu->cycle, clocks);
    follow_clock(cpu, 0);
    leave_line(cpu);
}

/* --- Translation as the chip's TLB sees it --- */

/* Would the paging unit answer for LINEAR's page without changing anything? */
static inline bool translation_is_current(const struct cpu *cpu, uint32_t linear)
{
    return !(cpu->cr0 & CR0_PG) || chip_tlb_current(&cpu->chip_tlb, linear & PAGE_MASK);
}

static uint32_t translate_code(struct cpu *cpu, uint32_t linear)
{
    const struct tlb_entry *e = &cpu->tlb_read[linear >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
    if (!(cpu->cr0 & CR0_PG))
        return linear & cpu->bus->a20_mask;
    if (e->tag == ((linear & PAGE_MASK) | TLB_TIMED) && translation_is_current(cpu, linear))
        return e->physical | (linear & ~PAGE_MASK);
    uint32_t physical = page_translate(cpu, linear, false, cpu->cpl == 3);
    mem_enter_read(cpu, linear, physical);
    return physical;
}

/* --- Code --- */

/* Moves what is kept to the present line of the queue. */
static void follow_line(struct cpu *cpu, uint32_t line)
{
    struct timed *t = &cpu->timed;
    uint32_t moved = line - t->stale_base;
    if (t->stale && moved && moved < STALE_BYTES) {
        memmove(t->stale_byte, t->stale_byte + moved, STALE_BYTES - moved);
        t->stale >>= moved;
    } else if (moved) {
        t->stale = 0;
    }
    t->stale_base = line;
}

/* LINEAR lies in the queue, or right behind it. */
static inline bool in_queue(const struct cpu *cpu, uint32_t linear)
{
    const struct cycle *c = cpu->cycle;
    return !cpu->timed.jumped && c->queue.valid && linear - cpu->timed.queue_linear < c->queue.end - c->queue.line;
}

uint32_t timed_code_address(struct cpu *cpu, uint32_t linear)
{
    return in_queue(cpu, linear) ? cpu->cycle->queue.line + (linear - cpu->timed.queue_linear)
                                 : translate_code(cpu, linear);
}

/* The queue has moved on while the instruction at LINEAR was fetched from PHYSICAL: the paging unit sees the page, and
 * code goes on elsewhere if the page lies elsewhere by now. An instruction in two pages leaves the queue in the second,
 * which was translated when the instruction was found. */
static __attribute__((noinline)) void follow_queue(struct cpu *cpu, uint32_t linear, uint32_t physical, bool crosses)
{
    uint32_t line = cpu->cycle->queue.line, next = (linear | ~PAGE_MASK) + 1;
    cpu->timed.queue_line = line;
    follow_line(cpu, line);
    if (crosses) {
        cpu->timed.queue_linear = next + (line & ~PAGE_MASK);
        return;
    }
    cpu->timed.queue_linear = linear + (line - physical);
    if (unlikely((translate_code(cpu, linear) ^ physical) & PAGE_MASK)) {
        leave_line(cpu);
        cpu_leave_run(cpu);
    }
}

static struct run *found_at(const struct cpu *cpu, uint32_t physical)
{
    struct run *run = cpu->runs->front[runs_front(physical)];
    bool whole = (uint64_t)cpu->eip + run->bytes <= (uint64_t)cpu->seg[CS].limit + 1;
    return run->physical == physical && run->mode == cpu->mode && whole ? run : NULL;
}

struct run *timed_run(struct cpu *cpu)
{
    struct cycle *c = cpu->cycle;
    uint32_t linear = cpu->seg[CS].base + cpu->eip;
    if (unlikely(cpu->debug_fetch))
        debug_check_fetch(cpu);
    if (unlikely(cpu->eip > cpu->seg[CS].limit))
        return runs_find(cpu);
    uint32_t physical = timed_code_address(cpu, linear);
    if (cpu->timed.jumped) {
        cycle_jump(c, physical);
        cpu->timed.jumped = false;
        cpu->timed.queue_line = c->queue.line;
        cpu->timed.queue_linear = linear + (c->queue.line - physical);
    }
    if (unlikely(cpu->debug_fetch || cpu->timed.stale))
        return runs_find(cpu);
    struct run *run = found_at(cpu, physical);
    return likely(run != NULL) ? run : runs_find(cpu);
}

/* --- Executing --- */

/* Waits for an instruction in two pages. */
static void fetch_parts(struct cpu *cpu, const struct run *run, const struct insn *insn)
{
    unsigned first = PAGE_SIZE - (run->physical & ~PAGE_MASK);
    cycle_fetch(cpu->cycle, run->physical, first);
    cycle_fetch(cpu->cycle, run->second, insn->len - first);
}

/* Clocks beyond the base ones; those of iterations were told as they were done. */
static uint32_t variable_clocks(struct cpu *cpu, const struct insn *insn)
{
    uint32_t clocks = timing_variable(cpu->timing, insn->rule, cpu->work);
    return clocks > cpu->timed.spent ? clocks - cpu->timed.spent : 0;
}

/* Did a branch leave the straight line? One to the next instruction does, too. */
static inline bool left_line(const struct cpu *cpu, const struct timing_shape *shape, uint32_t next)
{
    return cpu->eip != next || shape->flags & SHAPE_JUMP || (shape->flags & SHAPE_BRANCH && cpu->work);
}

/* A repeated instruction: goes on later at its own address, or is done. */
static bool goes_on_later(const struct cpu *cpu, const struct insn *insn, uint32_t next)
{
    return opcode_repeats(insn) && cpu->eip == next - insn->len;
}

static inline void execute(struct cpu *cpu, const struct run *run, const struct insn *insn, uint32_t start)
{
    struct cycle *c = cpu->cycle;
    const struct timing_shape *shape = &run->shape[insn - run->insn];
    uint32_t next = start + insn->end, at = insn->end - insn->len, physical = run->physical + at;
    bool continued = cpu->timed.repeating;
    cpu->insn = cpu->run_start = insn;
    cpu->eip = next;
    cpu->work = 0;
    cpu->timed.repeating = false;
    cpu->timed.spent = 0;
    if (unlikely(run->mode & RUN_CROSSES || continued)) {
        if (!continued)
            fetch_parts(cpu, run, insn);
        cycle_begin(c, shape, physical, 0);
    } else {
        cycle_begin(c, shape, physical, insn->len);
    }
    if (c->queue.line != cpu->timed.queue_line)
        follow_queue(cpu, cpu->seg[CS].base + start + at, physical, run->mode & RUN_CROSSES);
    if (unlikely(continued))
        c->base = 0;
    insn->fn(cpu, insn);
    uint32_t variable = insn->flags & INSN_VARIABLE ? variable_clocks(cpu, insn) : 0;
    cycle_end(c, continued ? 0 : variable);
    follow_clock(cpu, 1);
    cpu->insn = cpu->run_start = &no_insn;
    if (unlikely(left_line(cpu, shape, next)) && !goes_on_later(cpu, insn, next))
        leave_line(cpu);
}

void timed_execute(struct cpu *cpu, const struct run *run, const struct insn *insn, uint32_t start)
{
    execute(cpu, run, insn, start);
}

void timed_runs(struct cpu *cpu, const struct run_limits *limits)
{
    do {
        const struct run *run = timed_run(cpu);
        const struct insn *insn = run->insn;
        uint32_t start = cpu->run_eip = cpu->eip;
        cpu->run_end = run->end;
        do
            execute(cpu, run, insn, start);
        while (++insn != cpu->run_end && !loop_must_look_round(cpu, limits));
    } while (!loop_must_look_round(cpu, limits));
}

/* An iteration's clocks, found once per execution. */
static uint32_t iteration_clocks(const struct cpu *cpu)
{
    unsigned two = timing_variable(cpu->timing, cpu->insn->rule, 2);
    unsigned three = timing_variable(cpu->timing, cpu->insn->rule, 3);
    return three > two ? three - two : 1;
}

bool timed_iterated(struct cpu *cpu)
{
    struct cycle *c = cpu->cycle;
    if (cpu->timed.spent == 0)
        cpu->timed.iteration_clocks = iteration_clocks(cpu);
    cycle_spend(c, cpu->timed.iteration_clocks);
    cpu->timed.spent += cpu->timed.iteration_clocks;
    uint64_t now = cpu->clock->now + (c->now - cpu->clocks) * cpu->ticks_per_clock;
    return now >= cpu->clock->next_due || loop_stops_repetition(cpu);
}

/* --- Memory --- */

const uint8_t *timed_read(struct cpu *cpu, unsigned seg, uint32_t offset, unsigned size)
{
    const struct segment *s = &cpu->seg[seg];
    uint32_t linear = s->base + offset, last = linear + (size - 1);
    const struct tlb_entry *e = &cpu->tlb_read[linear >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
    if (unlikely((uint64_t)offset + (size - 1) >= s->rd_end || e->tag != ((last & PAGE_MASK) | TLB_TIMED) ||
                 e->uncached || !translation_is_current(cpu, linear)))
        return NULL;
    cycle_read(cpu->cycle, e->physical | (linear & ~PAGE_MASK), size);
    return tlb_host(e, linear);
}

/* Does the prefetch queue, or what it is about to hold, lie within SIZE bytes from PHYSICAL? */
static inline bool near_queue(const struct cpu *cpu, uint32_t physical, unsigned size)
{
    return physical + size - cpu->cycle->queue.line < STALE_BYTES + size;
}

uint8_t *timed_write(struct cpu *cpu, unsigned seg, uint32_t offset, unsigned size, bool modify)
{
    const struct segment *s = &cpu->seg[seg];
    uint32_t linear = s->base + offset, last = linear + (size - 1);
    const struct tlb_entry *e = &cpu->tlb_write[linear >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
    uint32_t physical = e->physical | (linear & ~PAGE_MASK);
    if (unlikely((uint64_t)offset + (size - 1) >= s->wr_end || e->tag != ((last & PAGE_MASK) | TLB_TIMED) ||
                 e->uncached || tlb_code_at(e, last) || cpu->insn->flags & INSN_LOCKED ||
                 near_queue(cpu, physical, size) || !translation_is_current(cpu, linear)))
        return NULL;
    if (modify)
        cycle_read(cpu->cycle, physical, size);
    else
        cycle_write(cpu->cycle, physical, size);
    return tlb_host(e, linear);
}

void timed_tell_read(struct cpu *cpu, uint32_t physical, unsigned size)
{
    if (cpu->insn->flags & INSN_LOCKED)
        cycle_read_locked(cpu->cycle, physical, size);
    else if (cpu->page_uncached)
        cycle_read_uncached(cpu->cycle, physical, size);
    else
        cycle_read(cpu->cycle, physical, size);
}

void timed_tell_write(struct cpu *cpu, uint32_t physical, unsigned size)
{
    if (cpu->insn->flags & INSN_LOCKED)
        cycle_write_locked(cpu->cycle, physical, size);
    else
        cycle_write(cpu->cycle, physical, size);
}

void timed_io(struct cpu *cpu, uint16_t port, unsigned size, bool write)
{
    cycle_io(cpu->cycle, port, size, bus_port_width(cpu->bus, port), write);
}

/* --- Stale bytes --- */

void timed_keep_stale(struct cpu *cpu, uint32_t physical, unsigned size)
{
    struct timed *t = &cpu->timed;
    if (t->jumped || !near_queue(cpu, physical, size))
        return;
    follow_line(cpu, cpu->cycle->queue.line);
    for (uint32_t i = 0; i < size; i++) {
        uint32_t at = physical + i - t->stale_base;
        if (at >= STALE_BYTES || t->stale >> at & 1 || !cycle_prefetched(cpu->cycle, physical + i))
            continue;
        bus_peek(cpu->bus, physical + i, &t->stale_byte[at], 1);
        t->stale |= 1u << at;
    }
    if (t->stale)
        cpu_leave_run(cpu);
}

bool timed_stale_byte(const struct cpu *cpu, uint32_t physical, uint8_t *byte)
{
    uint32_t at = physical - cpu->timed.stale_base;
    if (at >= STALE_BYTES || !(cpu->timed.stale >> at & 1))
        return false;
    *byte = cpu->timed.stale_byte[at];
    return true;
}

/* --- State --- */

void timed_visit(struct cpu *cpu, struct state *state)
{
    struct timed *t = &cpu->timed;
    state_section(state, "timed");
    state_u32(state, "queue_linear", &t->queue_linear);
    state_u32(state, "queue_line", &t->queue_line);
    state_bool(state, "jumped", &t->jumped);
    state_bool(state, "repeating", &t->repeating);
    state_u32(state, "stale_base", &t->stale_base);
    state_u32(state, "stale", &t->stale);
    state_bytes(state, "stale_byte", t->stale_byte, sizeof t->stale_byte);
}
