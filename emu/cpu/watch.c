/* Breakpoints and watchpoints of the debugger (watch.h). They live beside the guest, not in it: a breakpoint is a
 * number that the loop compares with the next instruction's address, and a watched page has no fast path, so that
 * every access passes watch_access(). Instruction fetches and the processor's own reads of tables are not accesses
 * in this sense. */
#include "emu/cpu/watch.h"

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

bool watch_page(const struct watch *w, uint32_t linear)
{
    for (unsigned i = 0; w->points && i < WATCH_POINTS; i++)
        if (w->point[i].access && overlap(linear & PAGE_MASK, PAGE_SIZE, w->point[i].linear, w->point[i].size))
            return true;
    return false;
}

void watch_access(struct cpu *cpu, uint32_t linear, unsigned size, bool write)
{
    struct watch *w = cpu->watch;
    for (unsigned i = 0; i < WATCH_POINTS; i++) {
        if (!(w->point[i].access & (write ? 2 : 1)) || !overlap(linear, size, w->point[i].linear, w->point[i].size))
            continue;
        if (!w->last.hit) {
            w->last.hit = true;
            w->last.linear = linear;
            w->last.size = (uint8_t)size;
            w->last.write = write;
        }
        cpu->watch_hit = true;
        cpu_leave_run(cpu);
    }
}
