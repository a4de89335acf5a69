/* Replacement in the i486's four-way TLB and cache: three bits a set (i486 PRM 5.3.5 and 12.2). B0 tells the pair that
 * was used last, B1 and B2 the way used last in either. The victim is the other way of the other pair. */
#ifndef EMU_TIMING_PSEUDO_LRU_H
#define EMU_TIMING_PSEUDO_LRU_H

#include <stdint.h>

/* Bits 0-2 of a set's LRU: B0 to B2. */
enum { LRU_B0 = 1, LRU_B1 = 2, LRU_B2 = 4 };

/* The bits after WAY (0-3) was used. */
static inline uint8_t pseudo_lru_used(uint8_t lru, unsigned way)
{
    switch (way) {
    case 0: return lru | LRU_B0 | LRU_B1;
    case 1: return (lru | LRU_B0) & ~LRU_B1;
    case 2: return (lru & ~LRU_B0) | LRU_B2;
    default: return lru & ~(LRU_B0 | LRU_B2);
    }
}

/* The way to replace when all are valid. */
static inline unsigned pseudo_lru_victim(uint8_t lru)
{
    if (lru & LRU_B0)
        return lru & LRU_B2 ? 3 : 2;
    return lru & LRU_B1 ? 1 : 0;
}

#endif
