/* Runs: straight lines of decoded instructions, cached by physical address and mode, dropped when their bytes are
 * written (runs.c).
 *
 * A run lies in one page and ends at a branch, at an instruction that needs the loop (OPC_ENDS), or at RUN_MAX
 * instructions or 255 bytes. A repeated string instruction is a run of its own. An instruction that crosses into the
 * next page is a run of its own too, known to both pages; each time it is found, the second page's address is
 * verified. What cannot be cached (code in device memory, at the segment's limit) is decoded into a scratch run each
 * time. Code is marked per byte in each page that holds any, and per 64 bytes in the TLB's write entries; see
 * mem_fast_write(). A run is also the unit that a translator could take over later behind the same interface. */
#ifndef EMU_CPU_RUNS_H
#define EMU_CPU_RUNS_H

#include "emu/cpu/cpu.h"

enum { RUN_MAX = 32, RUN_BYTES_MAX = 255 };
enum { RUN_CODE32 = 1, RUN_PROTECTED = 2, RUN_V86 = 4 };    /* cpu->mode: what decoding and clocks depend on */
/* In run->mode only: never equal to cpu->mode, so that runs_at() leaves it to runs_find(). */
enum { RUN_CROSSES = 0x80 };

struct run {
    uint32_t physical;          /* of the first byte */
    uint32_t second;            /* RUN_CROSSES: physical address of the second page */
    uint16_t bytes;
    uint8_t mode;               /* RUN_* */
    uint8_t count;
    bool repeats;               /* its only instruction is a repeated string instruction */
    struct run *next;           /* same 64 bytes of the same page; in the free list */
    struct run *next_crossing;  /* also ends in this run's second page */
    struct insn insn[];
};

/* Runs found lately, by a hash of the physical address. Entries are never NULL. */
enum { RUNS_FRONT = 8192 };

struct runs {
    struct run *front[RUNS_FRONT];
    struct run *none;           /* an entry that nothing matches */
    struct run *scratch;        /* RUN_MAX instructions */
    struct code_page **directory[1024];
    uint8_t *arena;
    size_t arena_used;
    struct run *free_run[RUN_MAX + 1];      /* dropped runs by count */
};

/* NULL when out of memory. */
struct runs *runs_create(void);
void runs_destroy(struct runs *runs);

/* The run at CS:EIP, decoded if need be. Raises #GP (limit) or #PF on fetch. */
struct run *runs_find(struct cpu *cpu);

static inline unsigned runs_front(uint32_t physical)
{
    return (physical ^ physical >> 13) & (RUNS_FRONT - 1);
}

/* The same, quick for what was found lately. */
static inline struct run *runs_at(struct cpu *cpu)
{
    const struct segment *cs = &cpu->seg[CS];
    uint32_t linear = cs->base + cpu->eip;
    const struct tlb_entry *e = &cpu->tlb_read[linear >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
    if (__builtin_expect(e->tag == (linear & PAGE_MASK), 1)) {
        uint32_t physical = e->physical | (linear & ~PAGE_MASK);
        struct run *run = cpu->runs->front[runs_front(physical)];
        if (__builtin_expect(run->physical == physical && run->mode == cpu->mode &&
                                 (uint64_t)cpu->eip + run->bytes <= (uint64_t)cs->limit + 1, 1))
            return run;
    }
    return runs_find(cpu);
}

/* Bytes were or are about to be written: drops what overlaps. The run being executed is left in place until the loop is
 * out of it (the loop leaves it after the current instruction). True if anything was dropped. */
bool runs_written(struct cpu *cpu, uint32_t physical, uint32_t size);

/* Exactly: is one of these bytes (in one page) decoded code? If not, and their 64 bytes hold no code any more, the
 * code map forgets them. */
bool runs_code_at(struct runs *runs, uint32_t physical, unsigned size);

/* Map for a TLB write entry of this page: bit per 64 bytes. */
uint64_t runs_code_map(const struct runs *runs, uint32_t physical);

/* Drops everything (memory was loaded, ROM changed, the timing mode changed). */
void runs_drop_all(struct cpu *cpu);

#endif
