/* The fuzzer: random and mutated programs in every mode of the processor and on the whole machine. For each seed two
 * machines run, one of them with every kind of interruption, and must agree in all state (compare.h); and a program
 * that cannot tell the time runs in every timing mode, and must compute the same (modes.c). A crash, an error found by
 * a sanitizer, or a case that takes minutes is reported with its seed.
 *
 *     test_fuzz                        a sample as a unit test: always the same seeds
 *     test_fuzz --seconds N [FIRST]    seeds from FIRST (1) on until N seconds are over: `make fuzz`
 *     test_fuzz --seed N               one seed in this process, for a debugger
 *
 * Cases run in a child, so that the next seed can go on behind one that crashed. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/fuzz/compare.h"

enum { SAMPLE_FIRST = 1, SAMPLE_COUNT = 80, SECONDS_FOR_A_CASE = 120, FAILURES_SHOWN = 20 };

/* Shared by the two processes. */
struct progress { uint64_t seed, failures; };

struct campaign {
    struct stock *stock;
    struct progress *progress;
    uint64_t last;              /* seed to stop behind */
    time_t end;                 /* or when to stop; 0: never */
};

static bool open_stock(struct stock *stock)
{
    const char *folder = getenv("TEST_GUESTS");
    if (stock_open(stock, folder ? folder : "build/tests/guests"))
        return true;
    fprintf(stderr, "no guest programs in %s\n", folder ? folder : "build/tests/guests");
    return false;
}

static bool is_over(const struct campaign *c)
{
    return c->progress->seed > c->last || (c->end && time(NULL) >= c->end);
}

static _Noreturn void run_child(const struct campaign *c)
{
    for (; !is_over(c); c->progress->seed++) {
        alarm(SECONDS_FOR_A_CASE);
        if (compare_runs(c->stock, c->progress->seed) && compare_modes(c->stock, c->progress->seed))
            continue;
        compare_describe(c->stock, c->progress->seed);
        c->progress->failures++;
    }
    _exit(0);
}

/* Failures from seed FIRST on. */
static uint64_t run_campaign(struct campaign *c, uint64_t first)
{
    c->progress = mmap(NULL, sizeof *c->progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (c->progress == MAP_FAILED)
        return 1;
    *c->progress = (struct progress){ .seed = first };
    while (!is_over(c) && c->progress->failures < FAILURES_SHOWN) {
        int status = 0;
        fflush(NULL);
        pid_t child = fork();
        if (child == 0)
            run_child(c);
        if (child < 0 || waitpid(child, &status, 0) < 0)
            return 1;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            continue;
        fprintf(stderr, "    %s\n", WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? "hangs" : "crashed");
        compare_describe(c->stock, c->progress->seed++);
        c->progress->failures++;
    }
    printf("seeds %llu to %llu: %llu failed\n", (unsigned long long)first, (unsigned long long)c->progress->seed - 1,
           (unsigned long long)c->progress->failures);
    return c->progress->failures;
}

static void no_sample_crashes_hangs_or_differs(void **state)
{
    (void)state;
    struct stock stock;
    assert_true(open_stock(&stock));
    struct campaign campaign = { .stock = &stock, .last = SAMPLE_FIRST + SAMPLE_COUNT - 1 };
    assert_int_equal(run_campaign(&campaign, SAMPLE_FIRST), 0);
    stock_close(&stock);
}

static int run_alone(uint64_t seed)
{
    struct stock stock;
    if (!open_stock(&stock))
        return 2;
    compare_describe(&stock, seed);
    bool same = compare_runs(&stock, seed) && compare_modes(&stock, seed);
    stock_close(&stock);
    printf("%s\n", same ? "all well" : "failed");
    return !same;
}

static int run_for(unsigned seconds, uint64_t first)
{
    struct stock stock;
    if (!open_stock(&stock))
        return 2;
    struct campaign campaign = { .stock = &stock, .last = UINT64_MAX - 1, .end = time(NULL) + (time_t)seconds };
    printf("from seed %llu, %u seconds\n", (unsigned long long)first, seconds);
    uint64_t failures = run_campaign(&campaign, first);
    stock_close(&stock);
    return failures != 0;
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_sample_crashes_hangs_or_differs) };
    if (count == 3 && strcmp(words[1], "--seed") == 0)
        return run_alone(strtoull(words[2], NULL, 0));
    if (count >= 3 && strcmp(words[1], "--seconds") == 0)
        return run_for((unsigned)atoi(words[2]), count > 3 ? strtoull(words[3], NULL, 0) : 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
