/* The 32-entry TLB and its test registers (tlb.h). What the manual leaves open, with the choice made here: the order of
 * filling invalid ways is ascending; a page is never entered twice except through the test registers, where the lowest
 * way answers; an invalid entry keeps its tag and bits, which a lookup with V = 0 can see. */
#include "emu/cpu/tlb.h"

#include "emu/bus.h"
#include "emu/timing/pseudo_lru.h"
#include "emu/state.h"

static unsigned set_of(uint32_t page)
{
    return page >> PAGE_SHIFT & (CHIP_TLB_SETS - 1);
}

/* The valid way that holds PAGE, or CHIP_TLB_WAYS. */
static unsigned way_of(const struct chip_tlb *tlb, uint32_t page)
{
    const struct chip_tlb_entry *set = tlb->way[set_of(page)];
    unsigned way = 0;
    while (way < CHIP_TLB_WAYS && !(set[way].entry & PTE_P && set[way].page == page))
        way++;
    return way;
}

/* The way that a new page takes. */
static unsigned way_for(const struct chip_tlb *tlb, uint32_t page)
{
    unsigned set = set_of(page), way = way_of(tlb, page);
    if (way < CHIP_TLB_WAYS)
        return way;
    for (way = 0; way < CHIP_TLB_WAYS; way++)
        if (!(tlb->way[set][way].entry & PTE_P))
            return way;
    return pseudo_lru_victim(tlb->lru[set]);
}

static void use(struct chip_tlb *tlb, unsigned set, unsigned way)
{
    const struct chip_tlb_entry *e = &tlb->way[set][way];
    tlb->lru[set] = pseudo_lru_used(tlb->lru[set], way);
    tlb->recent[set] = e->entry & PTE_P ? e->page + 1 : 0;
}

static void put(struct chip_tlb *tlb, unsigned way, uint32_t page, uint32_t entry)
{
    unsigned set = set_of(page);
    tlb->way[set][way] = (struct chip_tlb_entry){ .page = page, .entry = entry };
    use(tlb, set, way);
}

bool chip_tlb_find(struct chip_tlb *tlb, uint32_t page, uint32_t *entry)
{
    unsigned set = set_of(page), way = way_of(tlb, page);
    if (way == CHIP_TLB_WAYS)
        return false;
    use(tlb, set, way);
    *entry = tlb->way[set][way].entry;
    return true;
}

void chip_tlb_fill(struct chip_tlb *tlb, uint32_t page, uint32_t entry)
{
    put(tlb, way_for(tlb, page), page, entry | PTE_P);
}

void chip_tlb_flush(struct chip_tlb *tlb)
{
    for (unsigned set = 0; set < CHIP_TLB_SETS; set++) {
        for (unsigned way = 0; way < CHIP_TLB_WAYS; way++)
            tlb->way[set][way].entry &= ~(uint32_t)PTE_P;
        tlb->lru[set] = 0;
        tlb->recent[set] = 0;
    }
}

void chip_tlb_flush_page(struct chip_tlb *tlb, uint32_t page)
{
    struct chip_tlb_entry *set = tlb->way[set_of(page)];
    tlb->recent[set_of(page)] = 0;
    for (unsigned way = 0; way < CHIP_TLB_WAYS; way++)
        if (set[way].page == page)
            set[way].entry &= ~(uint32_t)PTE_P;
}

/* --- Test registers ---
 * They may enter a page twice: the way that they use need not be the one that answers. */

enum { TR6_V = 1 << 11, TR7_PCD = 1 << 11, TR7_PWT = 1 << 10, TR7_LRU_SHIFT = 7, TR7_REP_SHIFT = 2 };

/* Where TR6 holds an attribute; its complement is in the bit below. */
static const struct { uint32_t attribute, tr6; } attributes[] = {
    { PTE_D, 1 << 10 }, { PTE_U, 1 << 8 }, { PTE_W, 1 << 6 }
};

enum { ATTRIBUTES = sizeof attributes / sizeof *attributes };

uint32_t chip_tlb_test_write(struct chip_tlb *tlb, uint32_t tr6, uint32_t tr7)
{
    uint32_t page = tr6 & PAGE_MASK, entry = tr7 & PAGE_MASK;
    entry |= (tr6 & TR6_V ? PTE_P : 0) | (tr7 & TR7_PCD ? PTE_PCD : 0) | (tr7 & TR7_PWT ? PTE_PWT : 0);
    for (unsigned i = 0; i < ATTRIBUTES; i++)
        if (tr6 & attributes[i].tr6)
            entry |= attributes[i].attribute;
    put(tlb, tr7 & TR7_PL ? tr7 >> TR7_REP_SHIFT & (CHIP_TLB_WAYS - 1) : way_for(tlb, page), page, entry);
    tlb->recent[set_of(page)] = 0;
    return entry;
}

static bool test_matches(const struct chip_tlb_entry *e, uint32_t tr6)
{
    if (e->page != (tr6 & PAGE_MASK) || !(e->entry & PTE_P) != !(tr6 & TR6_V))
        return false;
    for (unsigned i = 0; i < ATTRIBUTES; i++) {
        uint32_t wanted = e->entry & attributes[i].attribute ? attributes[i].tr6 : attributes[i].tr6 >> 1;
        if (!(tr6 & wanted))
            return false;
    }
    return true;
}

uint32_t chip_tlb_test_lookup(struct chip_tlb *tlb, uint32_t tr6)
{
    unsigned set = set_of(tr6);
    uint32_t tr7 = (uint32_t)tlb->lru[set] << TR7_LRU_SHIFT;
    for (unsigned way = 0; way < CHIP_TLB_WAYS; way++) {
        uint32_t entry = tlb->way[set][way].entry;
        if (!test_matches(&tlb->way[set][way], tr6))
            continue;
        use(tlb, set, way);
        tlb->recent[set] = 0;
        return tr7 | (entry & PAGE_MASK) | (entry & PTE_PCD ? TR7_PCD : 0) | (entry & PTE_PWT ? TR7_PWT : 0) |
               TR7_PL | way << TR7_REP_SHIFT;
    }
    return tr7;
}

/* --- State --- */

void chip_tlb_visit(struct chip_tlb *tlb, struct state *state)
{
    for (unsigned set = 0; set < CHIP_TLB_SETS; set++) {
        for (unsigned way = 0; way < CHIP_TLB_WAYS; way++) {
            state_u32(state, "tlb_page", &tlb->way[set][way].page);
            state_u32(state, "tlb_entry", &tlb->way[set][way].entry);
        }
        state_u8(state, "tlb_lru", &tlb->lru[set]);
        tlb->lru[set] &= LRU_B0 | LRU_B1 | LRU_B2;
        tlb->recent[set] = 0;
    }
}
