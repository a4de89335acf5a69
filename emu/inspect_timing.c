/* What mode `cycle` has reckoned, for the debugger (inspect.h): counters, the bus's last cycles, cache and TLB. */
#include <string.h>

#include "emu/inspect.h"
#include "emu/machine.h"

_Static_assert(INSPECT_STALLS == (int)STALLS, "inspect.h counts the causes of timing/cycle.h");

void inspect_timing(const struct machine *m, struct timing_view *out)
{
    const struct cycle *c = &m->cycle;
    *out = (struct timing_view){ .clocks = cpu_clocks(&m->cpu), .cache_hits = c->l1_hits,
                                 .cache_misses = c->l1_misses, .walks = c->walks };
    memcpy(out->stall, c->stall, sizeof out->stall);
}

const char *inspect_stall_name(unsigned stall)
{
    static const char *const names[STALLS] = {
        [STALL_PREFIX] = "prefix", [STALL_REGISTER] = "register", [STALL_ADDRESS] = "address", [STALL_FPU] = "fpu",
        [STALL_FETCH] = "fetch",   [STALL_ALIGN] = "align",       [STALL_CACHE] = "cache",     [STALL_TLB] = "tlb",
        [STALL_WRITE] = "write",   [STALL_BUS] = "bus",
    };
    return stall < STALLS ? names[stall] : NULL;
}

static struct bus_view bus_cycle_view(const struct bus_cycle *cycle)
{
    static const char *const kinds[BUS_KINDS] = {
        [BUS_FETCH] = "fetch",           [BUS_FILL] = "fill",
        [BUS_READ] = "read",             [BUS_WRITE] = "write",
        [BUS_WRITE_BACK] = "write back", [BUS_LOCKED_READ] = "locked read",
        [BUS_LOCKED_WRITE] = "locked write", [BUS_IN] = "in",
        [BUS_OUT] = "out",               [BUS_WALK] = "page walk",
        [BUS_DMA] = "hold",
    };
    static const char *const targets[] = {
        [TARGET_L2] = "L2",       [TARGET_DRAM_HIT] = "DRAM open row", [TARGET_DRAM_MISS] = "DRAM new row",
        [TARGET_ROM] = "ROM",     [TARGET_VIDEO] = "video",            [TARGET_ISA] = "ISA",
        [TARGET_NOBODY] = "nobody",
    };
    return (struct bus_view){ .start = cycle->start, .end = cycle->end, .address = cycle->address, .size = cycle->size,
                              .kind = cycle->kind < BUS_KINDS ? kinds[cycle->kind] : "",
                              .target = cycle->target < sizeof targets / sizeof *targets ? targets[cycle->target]
                                                                                         : "" };
}

size_t inspect_bus(const struct machine *m, struct bus_view *out, size_t capacity)
{
    const struct bus_timing *bus = &m->cycle.bus;
    size_t count = bus->logged < BUS_LOG ? (size_t)bus->logged : BUS_LOG;
    if (count > capacity)
        count = capacity;
    for (size_t i = 0; i < count; i++)
        out[i] = bus_cycle_view(&bus->log[(bus->logged - count + i) % BUS_LOG]);
    return count;
}

bool inspect_cache(const struct machine *m, unsigned set, unsigned way, struct cache_view *out)
{
    const struct l1 *l1 = &m->cycle.l1;
    if (set >= l1->sets || way >= L1_WAYS)
        return false;
    uint32_t line = l1->set[set].line[way];
    *out = (struct cache_view){ .address = line & ~(uint32_t)(L1_LINE - 1), .valid = line & 1, .modified = line & 2,
                                .lru = l1->set[set].lru };
    return true;
}

bool inspect_cache_writes_back(const struct machine *m)
{
    return m->board.cache_write_back;
}

bool inspect_tlb(const struct machine *m, unsigned set, unsigned way, struct tlb_view *out)
{
    const struct chip_tlb *tlb = &m->cpu.chip_tlb;
    if (set >= CHIP_TLB_SETS || way >= CHIP_TLB_WAYS)
        return false;
    const struct chip_tlb_entry *e = &tlb->way[set][way];
    *out = (struct tlb_view){ .linear = e->page, .physical = e->entry & PAGE_MASK,
                              .bits = (uint16_t)(e->entry & ~PAGE_MASK), .lru = tlb->lru[set] };
    return true;
}
