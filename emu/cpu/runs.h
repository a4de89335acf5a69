/* Runs: straight lines of decoded instructions, cached by physical address and mode, dropped when their bytes are
 * written (runs.c).
 *
 * A run lies in one page and ends at an unconditional branch, at an instruction that needs the loop (OPC_ENDS), or at
 * RUN_MAX instructions or 255 bytes; a conditional branch that is taken leaves it early. A repeated string
 * instruction is a run of its own. An instruction that crosses into the next page is a run of its own too, known to
 * both pages; each time it is found, the second page's address is verified. What cannot be cached (code in device
 * memory, at the segment's limit) is decoded into a scratch run each time. Code is marked per byte in each page that
 * holds any, and per 64 bytes in the TLB's write entries; see mem_fast_write(). A run is also the unit that a
 * translator could take over later behind the same interface. */
#ifndef EMU_CPU_RUNS_H
#define EMU_CPU_RUNS_H

#include "emu/cpu/cpu.h"

enum { RUN_MAX = 32, RUN_BYTES_MAX = 255 };
enum { RUN_CODE32 = 1, RUN_PROTECTED = 2, RUN_V86 = 4 };    /* cpu->mode: what decoding and clocks depend on */
/* In run->room only: more than the loop ever grants (cpu->room). */
enum { RUN_NO_ROOM = 0x7FFF };
/* In run->mode only: never equal to cpu->mode, so that runs_at() leaves it to runs_find(). */
enum { RUN_CROSSES = 0x80 };

struct run {
    uint32_t physical;          /* of the first byte */
    uint32_t second;            /* RUN_CROSSES: physical address of the second page */
    uint16_t bytes;
    uint8_t mode;               /* RUN_* */
    uint8_t count;
    bool repeats;               /* its only instruction is a repeated string instruction */
    const struct insn *end;     /* &insn[count] */
    struct timing_shape *shape; /* [count], behind the instructions; in timing mode `cycle` only */
    uint16_t room;              /* what it takes of cpu->room: count, or RUN_NO_ROOM if it repeats */
    struct run *next;           /* same 64 bytes of the same page; in the free list */
    struct run *next_crossing;  /* also ends in this run's second page */
    struct insn insn[];
};

/* Runs found lately, by a hash of the physical address. Entries are never NULL. */
enum { RUNS_FRONT = 8192 };

/* Runs executed lately, by EIP alone. That is right as long as nothing changes that EIP's meaning hangs on: CS, the
 * mode, the software TLB and the runs themselves. Such a state of things is a context; it has a number, in the upper
 * half of cpu->context, and entries carry the number of the context they were made in: KEY is cpu->context | EIP. The
 * contexts of a few CS are remembered, so that far calls and interrupts return to theirs; any other change begins a
 * new one. */
enum { RUNS_SEEN = 4096, RUNS_CONTEXTS = 16 };
struct run_seen { uint64_t key; struct run *run; };
struct run_context {
    uint64_t context;           /* 0: void */
    const struct tlb_entry *tlb;
    uint32_t base, limit;
    uint8_t mode;
};

struct runs {
    bool shaped;                /* runs carry shapes */
    struct run *front[RUNS_FRONT];
    struct run_seen seen[RUNS_SEEN];
    struct run_context *current, known[RUNS_CONTEXTS];
    uint64_t last_context;
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

/* The run at CS:EIP, decoded if need be. Raises #DB (instruction breakpoint), #GP (limit) or #PF on fetch. */
struct run *runs_find(struct cpu *cpu);

static inline unsigned runs_front(uint32_t physical)
{
    return (physical ^ physical >> 13) & (RUNS_FRONT - 1);
}

/* The same for what was found lately, else NULL. */
static inline struct run *runs_found(const struct cpu *cpu)
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
    return NULL;
}

/* Takes the context of CS as it is now. */
void runs_take_context(struct cpu *cpu);
/* Code was dropped, or the software TLB has lost an entry: what was seen is forgotten. */
void runs_forget_seen(struct cpu *cpu);

/* To be called when CS or the mode may have changed, before runs_seen(). */
static inline void runs_follow(struct cpu *cpu)
{
    const struct run_context *c = cpu->runs->current;
    const struct segment *cs = &cpu->seg[CS];
    if (!c->context || c->base != cs->base || c->limit != cs->limit || c->mode != cpu->mode || c->tlb != cpu->tlb_read)
        runs_take_context(cpu);
}

/* The run at CS:EIP if the software TLB knows the page and it was found lately, else NULL. */
static inline struct run *runs_seen(struct cpu *cpu)
{
    struct run_seen *seen = &cpu->runs->seen[cpu->eip & (RUNS_SEEN - 1)];
    if (__builtin_expect(seen->key == (cpu->context | cpu->eip), 1))
        return seen->run;
    struct run *run = runs_found(cpu);
    if (run)
        *seen = (struct run_seen){ cpu->context | cpu->eip, run };
    return run;
}

/* The run at CS:EIP, the quick way if possible. */
static inline struct run *runs_at(struct cpu *cpu)
{
    struct run *run = runs_found(cpu);
    return __builtin_expect(run != NULL, 1) ? run : runs_find(cpu);
}

/* Bytes were or are about to be written: drops what overlaps. The run being executed is left in place until the loop is
 * out of it (the loop leaves it after the current instruction). True if anything was dropped. */
bool runs_written(struct cpu *cpu, uint32_t physical, uint32_t size);

/* Exactly: is one of these bytes (in one page) decoded code? If not, and their 64 bytes hold no code any more, the
 * code map forgets them. */
bool runs_code_at(struct runs *runs, uint32_t physical, unsigned size);

/* Map for a TLB write entry of this page: bit per 64 bytes. */
uint64_t runs_code_map(const struct runs *runs, uint32_t physical);

/* Drops everything (memory was loaded, ROM changed, the timing mode or the board changed). */
void runs_drop_all(struct cpu *cpu);

#endif
