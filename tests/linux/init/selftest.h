/* The self-test: what a program may expect of the kernel and the machine under it. One function a subject; each
 * reports what is wrong by CHECK and goes on as well as it can. */
#ifndef TESTS_LINUX_INIT_SELFTEST_H
#define TESTS_LINUX_INIT_SELFTEST_H

#include <stdbool.h>
#include <stdint.h>

/* The command `selftest`: all subjects, or those named. Prints a line for each and one at the end. Returns 0 if all
 * is well. */
int selftest_run(int count, char **word);

/* Counts and prints a failure unless OK. */
void check(bool ok, const char *what, int line);
#define CHECK(ok) check((ok), #ok, __LINE__)

void test_fork(void);
void test_signals(void);
void test_traps(void);
void test_mmap(void);
void test_float(void);
void test_disk(void);
void test_memory(void);
void test_time(void);
void test_clock(void);
void test_vm86(void);

#endif
