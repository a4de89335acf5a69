/* Floating point, by the FPU or by the kernel's emulation of it: results, rounding, exceptions, and registers that
 * survive signals, system calls and other processes. Expected bits were computed with 80-bit and 64-bit arithmetic on
 * paper where they are exact, and are those of correctly rounded results elsewhere. */
#include "tests/linux/init/selftest.h"
#include "tests/linux/init/system.h"

static volatile int float_faults;

static uint64_t bits(double value)
{
    union { double value; uint64_t bits; } both = { value };

    return both.bits;
}

static double square_root(double value)
{
    __asm__("fsqrt" : "+t"(value));
    return value;
}

static double sine(double value)
{
    __asm__("fsin" : "+t"(value));
    return value;
}

static double arctangent(double y, double x)
{
    double result;

    __asm__("fpatan" : "=t"(result) : "0"(x), "u"(y) : "st(1)");
    return result;
}

static void set_control(uint16_t word)
{
    __asm__ volatile("fldcw %0" : : "m"(word));
}

static void check_results(void)
{
    volatile double one = 1, three = 3, two = 2, sum = 0;
    volatile long double wide;

    CHECK(bits(one / three) == 0x3FD5555555555555u);
    CHECK(bits(square_root(two)) == 0x3FF6A09E667F3BCDu);
    CHECK(bits(4 * arctangent(one, one)) == 0x400921FB54442D18u);
    CHECK(bits(sine(one)) == 0x3FEAED548F090CEEu);
    for (int i = 1; i <= 1000; i++)
        sum = sum + 1.0 / i;
    CHECK(sum > 7.48547086055034 && sum < 7.48547086055035);
    wide = 1e18L;
    CHECK((int64_t)wide == 1000000000000000000);
    wide = wide * 1e30L;
    CHECK(wide > 9.99e47L && wide < 1.01e48L);
}

/* 0.5 and 1.5 as integers, rounded in the four ways of the control word. */
static void check_rounding(void)
{
    static const struct { uint16_t control; int half, minus; } rows[] = {
        { 0x037F, 2, -2 }, { 0x077F, 1, -2 }, { 0x0B7F, 2, -1 }, { 0x0F7F, 1, -1 },
    };
    volatile double value = 1.5;

    for (int i = 0; i < 4; i++) {
        int half, minus;
        set_control(rows[i].control);
        __asm__ volatile("fldl %1\n\tfistpl %0" : "=m"(half) : "m"(value));
        __asm__ volatile("fldl %1\n\tfchs\n\tfistpl %0" : "=m"(minus) : "m"(value));
        CHECK(half == rows[i].half && minus == rows[i].minus);
    }
    __asm__ volatile("fninit");
}

static void mask_again(int signal, struct signal_info *info, struct signal_context *context)
{
    (void)signal, (void)info;
    float_faults++;
    uint32_t *fpu = context->registers.fpu;     /* control word, status word, ... */
    if (fpu) {
        fpu[0] |= 0x3F;
        fpu[1] &= ~0x80FFu;
    }
}

/* The FPU reports an unmasked exception when the next instruction of its kind begins. */
static void check_exceptions(void)
{
    volatile double one = 1, zero = 0;

    float_faults = 0;
    sys_signal(SIGFPE, mask_again, 0, 0);
    __asm__ volatile("fninit");
    set_control(0x037B);                        /* zero divide unmasked */
    __asm__ volatile("fldl %0\n\tfdivl %1\n\tfwait\n\tfstp %%st(0)" : : "m"(one), "m"(zero));
    CHECK(float_faults == 1);
    __asm__ volatile("fninit");
    set_control(0x037E);                        /* invalid operation unmasked */
    __asm__ volatile("fldl %0\n\tfdivl %0\n\tfwait\n\tfstp %%st(0)" : : "m"(zero));
    CHECK(float_faults == 2);
    __asm__ volatile("fninit");
    sys_signal(SIGFPE, NULL, 0, 0);
}

static volatile int alarms;

/* Uses all of the FPU's registers. */
static void disturb(int signal, struct signal_info *info, struct signal_context *context)
{
    (void)signal, (void)info, (void)context;
    alarms++;
    __asm__ volatile("fninit\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\tfldpi");
}

/* Keeps SEED + 0 .. SEED + 7 in the eight registers, across a long wait, and looks whether they are still there. */
static bool registers_hold(int32_t seed, uint32_t turns)
{
    int32_t in[8], out[8];
    bool same = true;

    for (int i = 0; i < 8; i++)
        in[i] = seed + i;
    __asm__ volatile("fninit\n\t"
                     "fildl (%2)\n\tfildl 4(%2)\n\tfildl 8(%2)\n\tfildl 12(%2)\n\t"
                     "fildl 16(%2)\n\tfildl 20(%2)\n\tfildl 24(%2)\n\tfildl 28(%2)\n"
                     "1:\tfxch %%st(3)\n\tfxch %%st(3)\n\tdecl %0\n\tjnz 1b\n\t"
                     "fistpl 28(%1)\n\tfistpl 24(%1)\n\tfistpl 20(%1)\n\tfistpl 16(%1)\n\t"
                     "fistpl 12(%1)\n\tfistpl 8(%1)\n\tfistpl 4(%1)\n\tfistpl (%1)"
                     : "+r"(turns) : "r"(out), "r"(in) : "memory", "cc");
    for (int i = 0; i < 8; i++)
        same = same && in[i] == out[i];
    return same;
}

/* CR0.EM: the kernel emulates. Its fpregs_soft_set() (Linux 6.1) copies to the wrong place what a signal frame keeps,
 * so that no machine's registers survive a signal then. */
static bool is_emulated(void)
{
    uint32_t word;

    __asm__("smsw %0" : "=r"(word));
    return word & 4;
}

static void check_signals_between(void)
{
    alarms = 0;
    sys_signal(SIGALRM, disturb, 0, 0);
    sys_timer(10000, 10000);
    for (int i = 0; i < 50 && alarms < 3; i++)
        CHECK(registers_hold(77777, 100000));
    sys_timer(0, 0);
    CHECK(alarms >= 3);
}

static void check_registers(void)
{
    enum { CHILDREN = 3 };
    int child[CHILDREN], status;

    for (int i = 0; i < CHILDREN; i++) {
        child[i] = sys_fork();
        if (!child[i])
            sys_exit(registers_hold(1000 * i + 1, 100000) && registers_hold(-1000 * i, 100000) ? 0 : 1);
    }
    if (is_emulated())
        CHECK(registers_hold(77777, 100000));
    else
        check_signals_between();
    for (int i = 0; i < CHILDREN; i++)
        CHECK(sys_wait(child[i], &status, 0) == child[i] && status == 0);
}

void test_float(void)
{
    __asm__ volatile("fninit");
    check_results();
    check_rounding();
    check_exceptions();
    check_registers();
}
