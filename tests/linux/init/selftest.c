/* The table of the self-test's subjects, and fork, time and memory; the others have files of their own. */
#include "tests/linux/init/selftest.h"
#include "tests/linux/init/system.h"

static int failures;

void check(bool ok, const char *what, int line)
{
    if (ok)
        return;
    failures++;
    print("line %d: %s\n", line, what);
}

/* --- fork --- */

static uint32_t shared_value;

/* Children answer through a pipe and by their exit codes; what they write to memory is their own. */
void test_fork(void)
{
    enum { CHILDREN = 10 };
    int ends[2], child[CHILDREN], status;
    uint32_t answer, sum = 0;

    shared_value = 7;
    CHECK(sys_pipe(ends) == 0);
    for (int i = 0; i < CHILDREN; i++) {
        child[i] = sys_fork();
        if (!child[i]) {
            shared_value += (uint32_t)i;
            answer = shared_value * 1000;
            sys_write(ends[1], &answer, sizeof answer);
            sys_exit(i + 20);
        }
        CHECK(child[i] > 0);
    }
    for (int i = 0; i < CHILDREN; i++) {
        CHECK(sys_read(ends[0], &answer, sizeof answer) == sizeof answer);
        sum += answer;
    }
    CHECK(sum == (CHILDREN * 7 + 45) * 1000);
    for (int i = CHILDREN; i--;)
        CHECK(sys_wait(child[i], &status, 0) == child[i] && status == (i + 20) << 8);
    CHECK(shared_value == 7);
    sys_close(ends[0]);
    sys_close(ends[1]);
}

/* --- memory --- */

static uint32_t free_kilobytes(void)
{
    static char text[512];
    int file = sys_open("/proc/meminfo", O_RDONLY), got;

    CHECK(file >= 0);
    got = sys_read(file, text, sizeof text - 1);
    sys_close(file);
    for (int i = 0; i < got - 8; i++)
        if (memcmp(text + i, "MemFree:", 8) == 0) {
            for (i += 8; text[i] == ' '; i++)
                continue;
            return text_number(text + i);
        }
    return 0;
}

/* Three quarters of what is free, each word with its address in it, read again when all are written. */
void test_memory(void)
{
    size_t size = (free_kilobytes() / 4 * 3 / 4) * PAGE, words = size / sizeof(uint32_t);
    uint32_t *page = sys_mmap(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1), wrong = 0;

    CHECK(size >= 256 * 1024 && !failed(page));
    if (failed(page))
        return;
    for (size_t i = 0; i < words; i++)
        page[i] = (uint32_t)i * 2654435761u;
    for (size_t i = 0; i < words; i++)
        wrong += page[i] != (uint32_t)i * 2654435761u;
    CHECK(wrong == 0);
    CHECK(sys_munmap(page, size) == 0);
}

/* --- time --- */

/* A sleep takes at least as long as it should and not much longer; one that runs beside a busy loop does too. */
void test_time(void)
{
    uint32_t begun = milliseconds_now(), passed;
    int child;

    sys_sleep(200);
    passed = milliseconds_now() - begun;
    CHECK(passed >= 200 && passed < 300);
    child = sys_fork();
    if (!child)
        for (;;)
            continue;
    begun = milliseconds_now();
    sys_sleep(100);
    passed = milliseconds_now() - begun;
    CHECK(passed >= 100 && passed < 400);
    CHECK(sys_kill(child, SIGKILL) == 0);
    CHECK(sys_wait(child, NULL, 0) == child);
}

/* --- The table --- */

static const struct { const char *name; void (*run)(void); } subjects[] = {
    { "fork", test_fork }, { "signals", test_signals }, { "traps", test_traps },   { "mmap", test_mmap },
    { "float", test_float }, { "memory", test_memory }, { "time", test_time },     { "clock", test_clock },
    { "vm86", test_vm86 },   { "disk", test_disk },
};

static bool is_wanted(const char *name, int count, char **word)
{
    for (int i = 1; i < count; i++)
        if (text_equal(word[i], name))
            return true;
    return count < 2;
}

int selftest_run(int count, char **word)
{
    int all = 0;

    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
        if (!is_wanted(subjects[i].name, count, word))
            continue;
        failures = 0;
        subjects[i].run();
        print("selftest: %s %s\n", subjects[i].name, failures ? "FAILED" : "ok");
        all += failures;
    }
    print("selftest: %s\n", all ? "FAILED" : "all passed");
    return all != 0;
}
