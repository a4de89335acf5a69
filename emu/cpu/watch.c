/* Breakpoints and watchpoints of the debugger, and watched ranges of the guest (watch.h). They live beside the guest,
 * not in it: a breakpoint is a number that the loop compares with the next instruction's address, and a watched page
 * has no fast path, so that every access passes watch_access(). Instruction fetches and the processor's own reads of
 * tables are not accesses to the debugger. */
#include "emu/cpu/watch.h"

#include "emu/cpu/debug_registers.h"

static unsigned filter_bit(uint32_t linear)
{
    return (linear ^ linear >> 12) & 4095;
}

static void rebuild_filter(struct watch *w)
{
    for (unsigned i = 0; i < 64; i++)
        w->filter[i] = 0;
    for (unsigned i = 0; i < w->breakpoints; i++) {
        unsigned bit = filter_bit(w->breakpoint[i].linear);
        w->filter[bit >> 6] |= 1ull << (bit & 63);
    }
}

static unsigned find_breakpoint(const struct watch *w, uint32_t linear)
{
    unsigned i = 0;
    while (i < w->breakpoints && w->breakpoint[i].linear != linear)
        i++;
    return i;
}

bool watch_add_breakpoint(struct watch *w, uint32_t linear)
{
    unsigned i = find_breakpoint(w, linear);
    if (i == WATCH_BREAKPOINTS)
        return false;
    if (i == w->breakpoints) {
        w->breakpoint[i].linear = linear;
        w->breakpoint[i].uses = 0;
        w->breakpoints++;
        rebuild_filter(w);
    }
    w->breakpoint[i].uses++;
    return true;
}

void watch_remove_breakpoint(struct watch *w, uint32_t linear)
{
    unsigned i = find_breakpoint(w, linear);
    if (i == w->breakpoints || --w->breakpoint[i].uses)
        return;
    w->breakpoint[i] = w->breakpoint[--w->breakpoints];
    rebuild_filter(w);
}

bool watch_is_breakpoint(const struct watch *w, uint32_t linear)
{
    unsigned bit = filter_bit(linear);
    return w->filter[bit >> 6] >> (bit & 63) & 1 && find_breakpoint(w, linear) < w->breakpoints;
}

int watch_add(struct watch *w, uint32_t linear, uint32_t size, unsigned access)
{
    for (int i = 0; i < WATCH_POINTS; i++)
        if (!w->point[i].access) {
            w->point[i].linear = linear;
            w->point[i].size = size;
            w->point[i].access = (uint8_t)access;
            w->points++;
            return i;
        }
    return -1;
}

void watch_remove(struct watch *w, int handle)
{
    if (handle < 0 || handle >= WATCH_POINTS || !w->point[handle].access)
        return;
    w->point[handle].access = 0;
    w->points--;
}

/* Do SIZE bytes from A and OTHER_SIZE bytes from B have one in common? Both may wrap at 4 GB. */
static bool overlap(uint32_t a, uint32_t size, uint32_t b, uint32_t other_size)
{
    return b - a < size || a - b < other_size;
}

bool watch_set_guest(struct watch *w, unsigned number, uint32_t linear, uint32_t size, unsigned accesses)
{
    unsigned i = WATCH_POINTS + number;
    unsigned old = w->point[i].access;
    if (old == accesses && (!accesses || (w->point[i].linear == linear && w->point[i].size == size)))
        return false;
    w->points += (accesses != 0) - (old != 0);
    w->point[i].linear = linear;
    w->point[i].size = size;
    w->point[i].access = (uint8_t)accesses;
    return true;
}

bool watch_page(const struct watch *w, uint32_t linear, unsigned accesses)
{
    for (unsigned i = 0; w->points && i < WATCH_POINTS + WATCH_GUEST_POINTS; i++)
        if (w->point[i].access & accesses &&
            overlap(linear & PAGE_MASK, PAGE_SIZE, w->point[i].linear, w->point[i].size))
            return true;
    return false;
}

static void note_stop(struct cpu *cpu, uint32_t linear, unsigned size, bool write)
{
    struct watch *w = cpu->watch;
    if (!w->last.hit) {
        w->last.hit = true;
        w->last.linear = linear;
        w->last.size = (uint8_t)size;
        w->last.write = write;
    }
    cpu->watch_hit = true;
    cpu_leave_run(cpu);
}

void watch_access(struct cpu *cpu, uint32_t linear, unsigned size, unsigned access)
{
    const struct watch *w = cpu->watch;
    for (unsigned i = 0; i < WATCH_POINTS + WATCH_GUEST_POINTS; i++) {
        if (!(w->point[i].access & access) || !overlap(linear, size, w->point[i].linear, w->point[i].size))
            continue;
        if (i < WATCH_POINTS)
            note_stop(cpu, linear, size, access == WATCHED_WRITE);
        else
            debug_data_hit(cpu, i - WATCH_POINTS);
    }
}

/* The address is compared too: an interrupt may come between the stop and the instruction, without counting, and there
 * may be another breakpoint on its handler's first instruction. */
void watch_pass(struct cpu *cpu)
{
    cpu->watch->passed_icount = cpu_icount(cpu);
    cpu->watch->passed_linear = cpu->seg[CS].base + cpu->eip;
}

bool watch_passed(const struct cpu *cpu)
{
    const struct watch *w = cpu->watch;
    return w->passed_icount == cpu_icount(cpu) && w->passed_linear == cpu->seg[CS].base + cpu->eip;
}
