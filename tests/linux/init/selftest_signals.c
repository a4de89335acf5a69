/* Signals from processes and the timer, and those that the CPU's exceptions become. */
#include "tests/linux/init/selftest.h"
#include "tests/linux/init/system.h"

#define BIT(signal) (1u << ((signal) - 1))

static volatile int counts[SIGNALS], depth, deepest;
static volatile uint32_t last_address;
static volatile uintptr_t handler_stack;

static void count_signal(int signal, struct signal_info *info, struct signal_context *context)
{
    (void)context;
    counts[signal]++;
    last_address = (uint32_t)(uintptr_t)info->address;
    handler_stack = (uintptr_t)&signal;
}

/* Sends itself the other signal while it runs: that comes at once, or after the end if it is blocked. */
static void nest(int signal, struct signal_info *info, struct signal_context *context)
{
    (void)info, (void)context;
    counts[signal]++;
    deepest = ++depth > deepest ? depth : deepest;
    if (signal == SIGUSR1)
        sys_kill(sys_getpid(), SIGUSR2);
    depth--;
}

static void forget(void)
{
    for (int i = 0; i < SIGNALS; i++)
        counts[i] = 0;
    depth = deepest = 0;
}

static void check_nesting(void)
{
    forget();
    sys_signal(SIGUSR1, nest, 0, 0);
    sys_signal(SIGUSR2, nest, 0, 0);
    sys_kill(sys_getpid(), SIGUSR1);
    CHECK(counts[SIGUSR1] == 1 && counts[SIGUSR2] == 1 && deepest == 2);
    forget();
    sys_signal(SIGUSR1, nest, BIT(SIGUSR2), 0);
    sys_kill(sys_getpid(), SIGUSR1);
    CHECK(counts[SIGUSR1] == 1 && counts[SIGUSR2] == 1 && deepest == 1);
}

static void check_mask(void)
{
    forget();
    sys_signal(SIGUSR1, count_signal, 0, 0);
    sys_signal_mask(BIT(SIGUSR1));
    sys_kill(sys_getpid(), SIGUSR1);
    sys_kill(sys_getpid(), SIGUSR1);
    CHECK(counts[SIGUSR1] == 0);
    sys_signal_mask(0);
    CHECK(counts[SIGUSR1] == 1);
}

/* SIGALRM interrupts a loop that only reads memory; registers must survive it. */
static void check_timer(void)
{
    uint32_t begun = milliseconds_now(), a = 0x11111111, b = 0x22222222, c = 0x33333333, d = 0x44444444;

    forget();
    sys_signal(SIGALRM, count_signal, 0, 0);
    CHECK(sys_timer(20000, 20000) == 0);
    while (counts[SIGALRM] < 10 && milliseconds_now() - begun < 5000)
        __asm__ volatile("xchgl %0, %1\n\txchgl %2, %3\n\txchgl %0, %1\n\txchgl %2, %3\n"
                         : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
    sys_timer(0, 0);
    CHECK(counts[SIGALRM] >= 10 && milliseconds_now() - begun >= 190);
    CHECK(a == 0x11111111 && b == 0x22222222 && c == 0x33333333 && d == 0x44444444);
}

static void check_children(void)
{
    int child, status = 0;

    forget();
    sys_signal(SIGCHLD, count_signal, 0, 0);
    child = sys_fork();
    if (!child)
        for (;;)
            sys_sleep(1000);
    CHECK(sys_kill(child, SIGINT) == 0);
    while (sys_wait(child, &status, 0) == -4)   /* EINTR */
        continue;
    CHECK(status == SIGINT && counts[SIGCHLD] == 1);
    sys_signal(SIGCHLD, NULL, 0, 0);
}

static void check_alternate_stack(void)
{
    static uint8_t stack[4 * PAGE];

    forget();
    CHECK(sys_alternate_stack(stack, sizeof stack) == 0);
    sys_signal(SIGUSR1, count_signal, 0, SA_ONSTACK);
    sys_kill(sys_getpid(), SIGUSR1);
    CHECK(counts[SIGUSR1] == 1);
    CHECK(handler_stack > (uintptr_t)stack && handler_stack < (uintptr_t)stack + sizeof stack);
    CHECK(sys_alternate_stack(NULL, 0) == 0);
}

void test_signals(void)
{
    check_nesting();
    check_mask();
    check_timer();
    check_children();
    check_alternate_stack();
}

/* --- Traps --- */

/* Steps over the instruction that faulted: all of those below are two bytes long. */
static void skip(int signal, struct signal_info *info, struct signal_context *context)
{
    count_signal(signal, info, context);
    context->registers.eip += 2;
}

static void check_faults(void)
{
    uint32_t zero = 0, result = 12345;

    forget();
    sys_signal(SIGILL, skip, 0, 0);
    sys_signal(SIGFPE, skip, 0, 0);
    sys_signal(SIGSEGV, skip, 0, 0);
    __asm__ volatile("ud2");
    CHECK(counts[SIGILL] == 1);
    __asm__ volatile("divl %1" : "+a"(result) : "r"(zero), "d"(0u));
    CHECK(counts[SIGFPE] == 1 && result == 12345);
    __asm__ volatile("movl %%eax, (%%ecx)" : : "a"(1), "c"(0x10u) : "memory");
    CHECK(counts[SIGSEGV] == 1 && last_address == 0x10);
    __asm__ volatile("movl (%%ecx), %%eax" : : "c"(0xC0000000u) : "eax");
    CHECK(counts[SIGSEGV] == 2 && last_address == 0xC0000000u);
    __asm__ volatile("cli\n\tnop");                     /* #GP in ring 3 */
    CHECK(counts[SIGSEGV] == 3);
    __asm__ volatile("inb %%dx, %%al\n\tnop" : : "d"(0x80) : "eax");
    CHECK(counts[SIGSEGV] == 4);
}

/* TF traps after each instruction of the three, and after the POPF that clears it no more. */
static void check_single_step(void)
{
    forget();
    sys_signal(SIGTRAP, count_signal, 0, 0);
    __asm__ volatile("pushfl\n\torl $0x100, (%%esp)\n\tpopfl\n\tnop\n\tnop\n\t"
                     "pushfl\n\tandl $~0x100, (%%esp)\n\tpopfl\n\tnop"
                     : : : "memory", "cc");
    CHECK(counts[SIGTRAP] == 5);
    forget();
    __asm__ volatile("int3");
    CHECK(counts[SIGTRAP] == 1);
    __asm__ volatile("movl $0x7FFFFFFF, %%eax\n\tincl %%eax\n\tinto" : : : "eax", "cc");
    CHECK(counts[SIGSEGV] == 1);                        /* Linux's name for #OF */
}

void test_traps(void)
{
    check_faults();
    sys_signal(SIGSEGV, count_signal, 0, 0);
    check_single_step();
    sys_signal(SIGSEGV, NULL, 0, 0);
    sys_signal(SIGILL, NULL, 0, 0);
    sys_signal(SIGFPE, NULL, 0, 0);
    sys_signal(SIGTRAP, NULL, 0, 0);
}
