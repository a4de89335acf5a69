/* Runs a case twice, once without a stop and once with all that must not make a difference: stops at any instruction
 * and tick, saving and loading, breakpoints, watchpoints, probes, looking at things. */
#ifndef TESTS_FUZZ_COMPARE_H
#define TESTS_FUZZ_COMPARE_H

#include "tests/fuzz/subject.h"

/* False, with words on stderr, if the two runs of SEED came to differ. */
bool compare_runs(struct stock *stock, uint64_t seed);

/* Runs a program that does not know the time in every timing mode, and once more with mode and board changed on the way
 * (modes.c). False, with words on stderr, if memory or registers of two of them came to differ. */
bool compare_modes(struct stock *stock, uint64_t seed);

/* Prints what SEED stands for. */
void compare_describe(const struct stock *stock, uint64_t seed);

#endif
