/* Boards, as data: one row each. Parameters that the cycle mode will follow are added here, a column each. */
#ifndef EMU_TIMING_PROFILE_H
#define EMU_TIMING_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

struct profile {
    const char *name;               /* "486dx2-66" */
    uint32_t ticks_per_clock;       /* of the CPU core */
    uint8_t multiplier;             /* core clocks per bus clock */
    bool has_fpu, has_cpuid;
    bool has_umov;                  /* executes UMOV (0F 10-13) */
    uint32_t cache_size;            /* on the chip, bytes */
    uint32_t signature;             /* EDX at reset: 04xx */
};

/* NULL if there is no such profile. */
const struct profile *profile_find(const char *name);

/* The N-th profile, NULL past the end. */
const struct profile *profile_at(unsigned n);

#endif
