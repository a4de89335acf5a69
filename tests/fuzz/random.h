/* Random numbers for the fuzzer: splitmix64, so that a seed gives the same case on every host. */
#ifndef TESTS_FUZZ_RANDOM_H
#define TESTS_FUZZ_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random { uint64_t state; };

static inline uint64_t random_u64(struct random *r)
{
    uint64_t z = r->state += 0x9E3779B97F4A7C15ull;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return z ^ z >> 31;
}

static inline uint32_t random_u32(struct random *r) { return (uint32_t)random_u64(r); }

/* 0 .. COUNT-1. */
static inline uint32_t random_below(struct random *r, uint32_t count)
{
    return (uint32_t)((random_u64(r) >> 32) * count >> 32);
}

/* True in PERCENT of all cases. */
static inline bool random_chance(struct random *r, unsigned percent) { return random_below(r, 100) < percent; }

/* A number whose size is as likely small as large, at most LARGEST. */
static inline uint32_t random_scaled(struct random *r, uint32_t largest)
{
    uint32_t value = random_u32(r) >> random_below(r, 32);
    return value <= largest ? value : value % (largest + 1);
}

static inline void random_fill(struct random *r, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)random_u32(r);
}

#define RANDOM_OF(r, table) ((table)[random_below(r, (uint32_t)(sizeof(table) / sizeof *(table)))])

#endif
