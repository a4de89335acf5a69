/* The i486's translation lookaside buffer as the chip has it (i486 PRM 5.3.5 and 10.5): 32 entries in 8 sets of 4 ways,
 * the set chosen by bits 12-14 of the linear address, and 3 bits a set that tell which way to replace.
 *
 * In timing mode `cycle` translations come from here, so that what a guest sees of a table it changed without a flush
 * is what the chip would show, and each access ages the ways. In the other modes the larger buffer in struct cpu
 * serves instead; page walks are entered here too, so that the set keeps the pages walked last, but nothing is looked
 * up. TR6 and TR7 work on this buffer in every mode. An entry written through them also goes into the larger buffer
 * (paging.c): the next access to its page uses it in every mode.
 *
 * An entry's bits are those of a page table entry: frame, D, PCD, PWT, U/S, R/W (the last two of directory and table
 * combined), and P for the valid bit. */
#ifndef EMU_CPU_TLB_H
#define EMU_CPU_TLB_H

#include <stdbool.h>
#include <stdint.h>

struct state;

enum { PTE_P = 1, PTE_W = 2, PTE_U = 4, PTE_PWT = 8, PTE_PCD = 16, PTE_A = 32, PTE_D = 64 };

enum { CHIP_TLB_SETS = 8, CHIP_TLB_WAYS = 4 };

struct chip_tlb {
    struct chip_tlb_entry { uint32_t page, entry; } way[CHIP_TLB_SETS][CHIP_TLB_WAYS];
    uint8_t lru[CHIP_TLB_SETS];         /* bits 0-2: B0-B2 (pseudo_lru.h) */
    uint32_t recent[CHIP_TLB_SETS];     /* page + 1 that was found last in the set, if it still is: else 0 */
};

/* Was PAGE the one found last in its set? Then finding it again would change nothing. */
static inline bool chip_tlb_current(const struct chip_tlb *tlb, uint32_t page)
{
    return tlb->recent[page >> 12 & (CHIP_TLB_SETS - 1)] == page + 1;
}

/* True if PAGE (bits 31-12 of a linear address) is there: its bits in *ENTRY, and it becomes the way used last. */
bool chip_tlb_find(struct chip_tlb *tlb, uint32_t page, uint32_t *entry);

/* Enters a valid translation: where the page is already, else in an invalid way, else in the one to be replaced. */
void chip_tlb_fill(struct chip_tlb *tlb, uint32_t page, uint32_t entry);

/* Flushes make entries invalid; the whole flush also clears the replacement bits. */
void chip_tlb_flush(struct chip_tlb *tlb);
void chip_tlb_flush_page(struct chip_tlb *tlb, uint32_t page);

/* --- Test registers ---
 * TR6: linear page 31-12, V 11, D D# 10-9, U U# 8-7, W W# 6-5, C 0.
 * TR7: frame 31-12, PCD 11, PWT 10, replacement bits 9-7 (B0 in 7), PL 4, REP 3-2. */

enum { TR6_LOOKUP = 1, TR7_PL = 16 };

/* C = 0: writes an entry with the tag and bits of TR6, and frame, PCD and PWT of TR7, into way REP (PL set) or the way
 * that a fill would take; returns its bits. An attribute and its complement both 0 or both 1 are undefined in a write:
 * the attribute itself is taken. */
uint32_t chip_tlb_test_write(struct chip_tlb *tlb, uint32_t tr6, uint32_t tr7);

/* C = 1: TR7 after a lookup. An attribute and its complement tell what matches: 10 a set bit, 01 a clear one, 11 both,
 * 00 nothing. A hit sets PL, delivers the entry, its way in REP, the replacement bits as they were before, and makes
 * the way the one used last. After a miss, all is zero but the replacement bits. */
uint32_t chip_tlb_test_lookup(struct chip_tlb *tlb, uint32_t tr6);

void chip_tlb_visit(struct chip_tlb *tlb, struct state *state);

#endif
