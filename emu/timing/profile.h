/* Boards, as data: one row each (profile.c), and the table of their parameters, by which a user sets, shows, saves and
 * loads single ones. The facts and their sources are in profile.c beside each figure.
 *
 * "Bus clocks" are clocks of the processor's bus (core clock / multiplier), "BCLK" clocks of the ISA bus. */
#ifndef EMU_TIMING_PROFILE_H
#define EMU_TIMING_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/mechanics.h"

struct state;

/* Bus clocks, or BCLK on an ISA card, of an access of 1, 2 and 4 bytes. */
struct access_clocks { uint32_t byte, word, dword; };

struct profile {
    const char *name;               /* "486dx2-66" */

    /* The processor. */
    uint32_t ticks_per_clock;       /* of the core; 4.2 GHz / core clock */
    uint32_t multiplier;            /* core clocks per bus clock, 1-3 */
    uint32_t has_fpu, has_cpuid;
    uint32_t has_umov;              /* executes UMOV (0F 10-13) */
    uint32_t signature;             /* EDX at reset: 04xx */
    uint32_t cache_size;            /* on the chip, bytes: 8192 or 16384 */
    uint32_t cache_write_back;      /* the part's cache writes back (486DX4 WB), else through */
    uint32_t agi_16, agi_32;        /* address-generation interlock in 16- and 32-bit code, clocks at distance 1 */
    uint32_t misaligned;            /* clocks for an operand that crosses a doubleword */
    uint32_t split_target;          /* clocks if the first instruction after a branch crosses a 16-byte line */
    uint32_t walk_clocks;           /* page walk apart from its memory accesses */
    uint32_t walk_update_clocks;    /* setting A or D of an entry, apart from its memory accesses */

    /* Memory: clocks of the bus for a burst's first and further doublewords, and for single writes. */
    uint32_t l2_size;               /* bytes, 0: none */
    uint32_t l2_first, l2_next, l2_write;
    uint32_t dram_page;             /* bytes that share a row */
    uint32_t dram_hit_first, dram_hit_next, dram_hit_write;     /* the row is open */
    uint32_t dram_miss_first, dram_miss_next, dram_miss_write;
    uint32_t refresh_ticks;         /* between two refresh cycles; 0: hidden */
    uint32_t refresh_clocks;        /* bus clocks that each takes */

    /* ROM: on the ISA side, or copied to RAM by the chip set. */
    uint32_t rom_shadowed;          /* ROMs are read from DRAM */
    uint32_t shadow_cacheable;      /* ... and cached (write-protected) */
    uint32_t rom_bytes;             /* width of the ROM: 1 or 2 bytes an ISA cycle */

    /* The ISA bus. */
    uint32_t isa_ticks;             /* per BCLK; 504 = 8.33 MHz */
    uint32_t isa_8, isa_16;         /* BCLK of an 8- and a 16-bit cycle */

    /* Video memory: on the ISA bus (figures in BCLK) or the local bus (bus clocks). */
    uint32_t video_local;
    struct access_clocks video_read, video_write;

    struct floppy_mechanics floppy;
    struct disk_mechanics disk;
    struct cd_mechanics cd;
};

/* NULL if there is no such profile. */
const struct profile *profile_find(const char *name);

/* The N-th profile, NULL past the end. */
const struct profile *profile_at(unsigned n);

/* A parameter: an uint32_t of struct profile that may be set by itself. Mechanics and what software asks the processor
 * for (FPU, CPUID, signature) are not among them. */
struct profile_parameter {
    const char *name;               /* "dram-hit-first" */
    size_t offset;                  /* in struct profile */
    uint32_t min, max;
    bool or_zero;                   /* 0 is a value too: there is none */
    const char *unit;               /* "bus clocks" */
    const char *help;               /* one line */
};

/* The N-th parameter, NULL past the end; the one called NAME, NULL if there is none. */
const struct profile_parameter *profile_parameter_at(unsigned n);
const struct profile_parameter *profile_parameter_find(const char *name);

uint32_t profile_get(const struct profile *profile, const struct profile_parameter *parameter);

/* False, and nothing changed, if VALUE is out of range, not one of those that the part can have (sizes are powers of
 * two), or if refresh would take more than half of the bus. */
bool profile_set(struct profile *profile, const struct profile_parameter *parameter, uint32_t value);

/* Visits every parameter by name, and ticks per clock and the processor's features. Values out of range make the load
 * fail. */
void profile_visit(struct profile *profile, struct state *state);

#endif
