/* The boards. Signatures are the reset EDX of the parts (i486 data sheet; Intel AP-485). Later steppings of the 486
 * have CPUID; of these rows only the DX4. */
#include "emu/timing/profile.h"

#include <stddef.h>
#include <string.h>

static const struct profile profiles[] = {
    { .name = "486sx-25", .ticks_per_clock = 168, .multiplier = 1, .signature = 0x0422 },
    { .name = "486dx-33", .ticks_per_clock = 126, .multiplier = 1, .has_fpu = true, .signature = 0x0404 },
    { .name = "486dx-50", .ticks_per_clock = 84, .multiplier = 1, .has_fpu = true, .signature = 0x0411 },
    { .name = "486dx2-66", .ticks_per_clock = 63, .multiplier = 2, .has_fpu = true, .signature = 0x0433 },
    { .name = "486dx4-100", .ticks_per_clock = 42, .multiplier = 3, .has_fpu = true, .has_cpuid = true, .signature = 0x0480 },
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
