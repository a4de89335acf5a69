/* The boards. Signatures are the reset EDX of the parts (i486 data sheet; Intel AP-485): SX stepping B0, DX-33 D0,
 * DX-50 cB0, DX2-66 aB0 and DX4 A0. CPUID came with the SL-enhanced steppings of 1993 (AP-485), here the DX2's and the
 * DX4. UMOV is in all 486s as far as is known (R. Collins, rcollins.org/secrets/opcodes/UMOV.html). */
#include "emu/timing/profile.h"

#include <stddef.h>
#include <string.h>

enum { KB = 1024 };

static const struct profile profiles[] = {
    { .name = "486sx-25", .ticks_per_clock = 168, .multiplier = 1, .has_umov = true, .cache_size = 8 * KB,
      .signature = 0x0422 },
    { .name = "486dx-33", .ticks_per_clock = 126, .multiplier = 1, .has_fpu = true, .has_umov = true,
      .cache_size = 8 * KB, .signature = 0x0404 },
    { .name = "486dx-50", .ticks_per_clock = 84, .multiplier = 1, .has_fpu = true, .has_umov = true,
      .cache_size = 8 * KB, .signature = 0x0411 },
    { .name = "486dx2-66", .ticks_per_clock = 63, .multiplier = 2, .has_fpu = true, .has_cpuid = true,
      .has_umov = true, .cache_size = 8 * KB, .signature = 0x0435 },
    { .name = "486dx4-100", .ticks_per_clock = 42, .multiplier = 3, .has_fpu = true, .has_cpuid = true,
      .has_umov = true, .cache_size = 16 * KB, .signature = 0x0480 },
};

const struct profile *profile_find(const char *name)
{
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return NULL;
}

const struct profile *profile_at(unsigned n)
{
    return n < sizeof profiles / sizeof *profiles ? &profiles[n] : NULL;
}
