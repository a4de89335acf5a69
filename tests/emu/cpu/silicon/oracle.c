/* Running code on the host's processor: see oracle.h.
 *
 * The way in is IRETQ from 64-bit code: it loads CS, EIP, EFLAGS, SS and ESP at once, and with TF set the trap comes
 * after the first instruction there. The way out is always an exception. The kernel makes a signal of it, whose frame
 * on the alternate stack holds the registers; the handler, in assembler since nothing that a compiler relies on holds
 * at that point (FS, AC), puts the host's state back and returns from oracle_enter() as if it had been called, with the
 * frame's address. */
#define _GNU_SOURCE         /* memfd_create(), the names of registers in ucontext */
#include "tests/emu/cpu/silicon/oracle.h"

#include <stddef.h>
#include <string.h>

/* Access bytes: present, level 3, accessed (the kernel sets that, so that it never has to be written). */
enum { DATA_RW = 0xF3, DATA_RO = 0xF1, DATA_DOWN = 0xF7, CODE_RX = 0xFB, CODE_X = 0xF9, CODE_CONFORMING = 0xFF,
       PRESENT = 0x80, BIG = 0x4000, PAGES = 0x8000 };

const struct oracle_segment oracle_segments[ORACLE_SEGMENTS] = {
    [ORACLE_CS16] = { ORACLE_CODE, 0xFFFF, CODE_RX },
    [ORACLE_CS32] = { ORACLE_CODE, 0xFFFF, CODE_RX | BIG },
    [ORACLE_CS16_SHORT] = { ORACLE_CODE, 0x8FFF, CODE_RX },
    [ORACLE_CS32_SHORT] = { ORACLE_CODE, 0x8FFF, CODE_RX | BIG },
    [ORACLE_CONFORMING_ABSENT] = { ORACLE_CODE, 0xFFFF, CODE_CONFORMING & ~PRESENT },
    [ORACLE_CS32_EXECUTE_ONLY] = { ORACLE_CODE, 0xFFFF, CODE_X | BIG },
    [ORACLE_CS32_ABSENT] = { ORACLE_CODE, 0xFFFF, (CODE_RX & ~PRESENT) | BIG },
    [ORACLE_DS16] = { ORACLE_BASE, 0xFFFF, DATA_RW },
    [ORACLE_DS32] = { ORACLE_BASE, 0xFFFF, DATA_RW | BIG },
    [ORACLE_DS16_SMALL] = { ORACLE_BASE + 0x4000, 0x3FF, DATA_RW },
    [ORACLE_DS32_SMALL] = { ORACLE_BASE + 0x4000, 0x3FF, DATA_RW | BIG },
    [ORACLE_DOWN16] = { ORACLE_BASE, 0xBFFF, DATA_DOWN },
    [ORACLE_DOWN32] = { ORACLE_BASE, 0xBFFF, DATA_DOWN | BIG },
    [ORACLE_TOP32] = { ORACLE_BASE + ORACLE_SIZE, 0xFFFFBFFF, DATA_DOWN | BIG | PAGES },
    [ORACLE_READ32] = { ORACLE_BASE, 0xFFFF, DATA_RO | BIG },
    [ORACLE_ABSENT32] = { ORACLE_BASE, 0xFFFF, (DATA_RW & ~PRESENT) | BIG },
    [ORACLE_PAGES16] = { ORACLE_BASE + 0x8000, 0xFFFF, DATA_RW },
    [ORACLE_PAGES32] = { ORACLE_BASE + 0x8000, 0xFFFF, DATA_RW | BIG }
};

const uint32_t oracle_high_half[ORACLE_HIGH_HALVES] = { 0x00010000, 0x12340000, 0x5A5A0000, 0x7FFE0000 };

#if defined(__x86_64__) && defined(__linux__)

#include <asm/ldt.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/ucontext.h>
#include <unistd.h>

enum { ALL_SIZE = ORACLE_CODE + ORACLE_CODE_SIZE - ORACLE_BASE };       /* with the absent pages */
enum { FXSAVE_SIZE = 512, SIGNAL_STACK_SIZE = 1 << 18, FRAME_AT = 0x800, CODE64 = 0x33, GET_FS = 0x1003 };

/* What goes in and out by memory; the assembler code knows the offsets of its first half. */
struct record {
    uint64_t stack;             /* 0: the caller's RSP */
    uint64_t fs_base;           /* 8 */
    uint64_t frame;             /* 16: of IRETQ */
    uint32_t r[8];              /* 24 */
    uint16_t in[4];             /* 56: ES DS FS GS */
    uint16_t out[4];            /* 64 */
    uint32_t inside;            /* 72 */
    uint32_t use_x87;           /* 76 */
    uint8_t padding[48];
    uint8_t x87[FXSAVE_SIZE];   /* 128 */
} __attribute__((aligned(64)));

struct record oracle_record __attribute__((visibility("hidden")));

_Static_assert(offsetof(struct record, r) == 24 && offsetof(struct record, in) == 56 &&
                   offsetof(struct record, use_x87) == 76 && offsetof(struct record, x87) == 128,
               "the assembler code below counts on these");

/* Returns what the signal handler was given: struct ucontext. */
ucontext_t *oracle_enter(void) __attribute__((visibility("hidden")));
void oracle_on_signal(int number, siginfo_t *info, void *context) __attribute__((visibility("hidden")));
void oracle_stray(int number) __attribute__((visibility("hidden")));

/* IRETQ's frame lies where the upper half of ESP is to come from. The handler begins with plain flags, since the
 * kernel leaves it AC, which would trap, and NT, which IRETQ does not bear. FS comes back by
 * arch_prctl(ARCH_SET_FS). */
__asm__(".text\n"
        "oracle_enter:\n"
        "   push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
        "   lea oracle_record(%rip), %r8\n"
        "   mov %rsp, (%r8)\n"
        "   cmpl $0, 76(%r8)\n"
        "   je 1f\n"
        "   fxrstor64 128(%r8)\n"
        "1: movl $1, 72(%r8)\n"
        "   mov 16(%r8), %rsp\n"
        "   movw 56(%r8), %es\n"
        "   movw 58(%r8), %ds\n"
        "   movw 60(%r8), %fs\n"
        "   movw 62(%r8), %gs\n"
        "   movl 24(%r8), %eax\n"
        "   movl 28(%r8), %ecx\n"
        "   movl 32(%r8), %edx\n"
        "   movl 36(%r8), %ebx\n"
        "   movl 44(%r8), %ebp\n"
        "   movl 48(%r8), %esi\n"
        "   movl 52(%r8), %edi\n"
        "   iretq\n"
        "oracle_on_signal:\n"
        "   pushq $0x202\n"
        "   popfq\n"
        "   lea oracle_record(%rip), %r8\n"
        "   cmpl $0, 72(%r8)\n"
        "   je oracle_stray\n"
        "   movl $0, 72(%r8)\n"
        "   movw %es, 64(%r8)\n"
        "   movw %ds, 66(%r8)\n"
        "   movw %fs, 68(%r8)\n"
        "   movw %gs, 70(%r8)\n"
        "   mov %rdx, %r12\n"
        "   xor %eax, %eax\n"
        "   mov %eax, %es\n"
        "   mov %eax, %ds\n"
        "   mov %eax, %gs\n"
        "   mov %eax, %fs\n"
        "   mov 8(%r8), %rsi\n"
        "   mov $0x1002, %edi\n"
        "   mov $158, %eax\n"
        "   mov %r8, %r13\n"
        "   syscall\n"
        "   mov %r12, %rax\n"
        "   mov (%r13), %rsp\n"
        "   pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
        "   ret\n");

static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
enum { SIGNALS = sizeof signals / sizeof *signals };

static struct {
    bool open;
    uint8_t *memory;            /* the second view of it all, writable */
    uint8_t *frames;            /* the page that lies at all of oracle_high_half[] */
    void *signal_stack;
    struct sigaction old_action[SIGNALS];
    stack_t old_stack;
} host;

/* A mistake of the test program itself: dies of it. */
void oracle_stray(int number)
{
    signal(number, SIG_DFL);
    raise(number);
}

/* --- Memory and segments --- */

/* SIZE bytes that can be mapped in several places, seen through *VIEW; the file descriptor or -1. */
static int shared_memory(size_t size, uint8_t **view)
{
    int file = memfd_create("oracle", 0);
    if (file < 0)
        return -1;
    *view = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (*view != MAP_FAILED && ftruncate(file, (off_t)size) == 0)
        return file;
    close(file);
    return -1;
}

static bool map_at(uint32_t address, size_t size, int protection, int file, off_t offset)
{
    void *want = (void *)(uintptr_t)address;
    void *got = mmap(want, size, protection, MAP_SHARED | MAP_FIXED_NOREPLACE | MAP_POPULATE, file, offset);
    if (got != MAP_FAILED && got != want)
        munmap(got, size);
    return got == want;
}

static bool map_memory(void)
{
    int file = shared_memory(ALL_SIZE, &host.memory);
    bool mapped = file >= 0 && map_at(ORACLE_BASE, ORACLE_SIZE, PROT_READ | PROT_WRITE, file, 0) &&
                  map_at(ORACLE_READ_ONLY, ORACLE_PAGE, PROT_READ, file, ORACLE_SIZE) &&
                  map_at(ORACLE_CODE, ORACLE_CODE_SIZE, PROT_READ | PROT_EXEC, file, ORACLE_CODE - ORACLE_BASE);
    if (file >= 0)
        close(file);
    file = shared_memory(ORACLE_PAGE, &host.frames);
    mapped = mapped && file >= 0;
    for (unsigned i = 0; mapped && i < ORACLE_HIGH_HALVES; i++)
        mapped = map_at(oracle_high_half[i], ORACLE_PAGE, PROT_READ | PROT_WRITE, file, 0);
    if (file >= 0)
        close(file);
    return mapped;
}

static bool set_segment(unsigned entry)
{
    const struct oracle_segment *s = &oracle_segments[entry];
    struct user_desc d = { .entry_number = entry, .base_addr = s->base, .limit = s->limit };
    if (s->access & PAGES)
        d.limit = s->limit >> 12;
    d.seg_32bit = s->access & BIG ? 1 : 0;
    d.contents = s->access >> 2 & 3;
    d.read_exec_only = s->access & 2 ? 0 : 1;
    d.limit_in_pages = s->access & PAGES ? 1 : 0;
    d.seg_not_present = s->access & PRESENT ? 0 : 1;
    return syscall(SYS_modify_ldt, 0x11, &d, sizeof d) == 0;
}

static bool set_segments(void)
{
    for (unsigned i = 1; i < ORACLE_SEGMENTS; i++)
        if (!set_segment(i))
            return false;
    return true;
}

/* Is there the kernel's 32-bit code segment? */
static bool has_code32(void)
{
    uint32_t access = 0;
    uint8_t found = 0;
    __asm__("lar %2, %0\n\tsetz %1" : "=r"(access), "=r"(found) : "r"((uint32_t)ORACLE_CODE32) : "cc");
    return found && (access & 0x40F800) == 0x40F800;
}

bool oracle_open(const char **why)
{
    if (host.open)
        return true;
    *why = NULL;
    if (!has_code32())
        *why = "this kernel has no 32-bit code segment";
    else if (!set_segments())
        *why = "modify_ldt() does not give 16-bit segments here";
    else if (!map_memory())
        *why = "the addresses that the code needs are taken";
    else if ((host.signal_stack = mmap(NULL, SIGNAL_STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                                       -1, 0)) == MAP_FAILED)
        *why = "no memory";
    host.open = !*why;
    return host.open;
}

void oracle_close(void)
{
    if (!host.open)
        return;
    for (unsigned i = 0; i < ORACLE_HIGH_HALVES; i++)
        munmap((void *)(uintptr_t)oracle_high_half[i], ORACLE_PAGE);
    munmap((void *)(uintptr_t)ORACLE_BASE, ALL_SIZE);
    munmap(host.memory, ALL_SIZE);
    munmap(host.frames, ORACLE_PAGE);
    munmap(host.signal_stack, SIGNAL_STACK_SIZE);
    host.open = false;
}

uint8_t *oracle_memory(void)
{
    return host.memory;
}

uint8_t *oracle_code(void)
{
    return host.memory + (ORACLE_CODE - ORACLE_BASE);
}

/* --- Signals --- */

void oracle_begin(void)
{
    stack_t stack = { .ss_sp = host.signal_stack, .ss_size = SIGNAL_STACK_SIZE };
    struct sigaction action = { .sa_sigaction = oracle_on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
    sigaltstack(&stack, &host.old_stack);
    for (unsigned i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &action, &host.old_action[i]);
    syscall(SYS_arch_prctl, GET_FS, &oracle_record.fs_base);
}

void oracle_end(void)
{
    for (unsigned i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &host.old_action[i], NULL);
    sigaltstack(&host.old_stack, NULL);
}

/* --- x87 in the form of FXSAVE (SDM vol. 1, table 10-2) --- */

enum { FX_CONTROL = 0, FX_STATUS = 2, FX_TAGS = 4, FX_OPCODE = 6, FX_IP = 8, FX_DP = 16, FX_MXCSR = 24, FX_ST = 32 };

static void pack_x87(uint8_t *image, const struct oracle_x87 *x)
{
    static const uint32_t mxcsr = 0x1F80;
    memset(image, 0, FXSAVE_SIZE);
    memcpy(image + FX_CONTROL, &x->control, 2);
    memcpy(image + FX_STATUS, &x->status, 2);
    image[FX_TAGS] = x->valid;
    memcpy(image + FX_OPCODE, &x->opcode, 2);
    memcpy(image + FX_IP, &x->ip, 4);
    memcpy(image + FX_DP, &x->dp, 4);
    memcpy(image + FX_MXCSR, &mxcsr, 4);
    for (unsigned i = 0; i < 8; i++)
        memcpy(image + FX_ST + 16 * i, x->st[i], 10);
}

static void unpack_x87(struct oracle_x87 *x, const uint8_t *image)
{
    memcpy(&x->control, image + FX_CONTROL, 2);
    memcpy(&x->status, image + FX_STATUS, 2);
    x->valid = image[FX_TAGS];
    memcpy(&x->opcode, image + FX_OPCODE, 2);
    memcpy(&x->ip, image + FX_IP, 4);
    memcpy(&x->dp, image + FX_DP, 4);
    for (unsigned i = 0; i < 8; i++)
        memcpy(x->st[i], image + FX_ST + 16 * i, 10);
}

/* --- Running --- */

/* The frame of IRETQ, in the page that gives ESP its upper half. */
static void prepare(const struct oracle_state *s)
{
    unsigned half = 0;
    for (unsigned i = 0; i < ORACLE_HIGH_HALVES; i++)
        if ((s->r[4] & 0xFFFF0000) == oracle_high_half[i])
            half = i;
    const uint64_t frame[] = { s->eip, s->seg[1], (s->eflags & ~0x3000u) | 0x202, s->r[4], s->seg[2] };
    memcpy(host.frames + FRAME_AT, frame, sizeof frame);
    oracle_record.frame = oracle_high_half[half] + FRAME_AT;
    memcpy(oracle_record.r, s->r, sizeof s->r);
    oracle_record.in[0] = s->seg[0];
    memcpy(&oracle_record.in[1], &s->seg[3], 6);
    oracle_record.use_x87 = s->use_x87;
    if (s->use_x87)
        pack_x87(oracle_record.x87, &s->x87);
}

static void read_registers(struct oracle_state *s, const mcontext_t *c)
{
    static const uint8_t number[8] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI };
    uint64_t selectors = (uint64_t)c->gregs[REG_CSGSFS];
    for (unsigned i = 0; i < 8; i++)
        s->r[i] = (uint32_t)c->gregs[number[i]];
    s->eip = (uint32_t)c->gregs[REG_RIP];
    s->eflags = (uint32_t)c->gregs[REG_EFL];
    s->seg[0] = oracle_record.out[0];
    s->seg[1] = (uint16_t)selectors;
    s->seg[2] = (uint16_t)(selectors >> 48);
    memcpy(&s->seg[3], &oracle_record.out[1], 6);
}

bool oracle_run(const struct oracle_state *before, struct oracle_state *after, struct oracle_event *event)
{
    prepare(before);
    const mcontext_t *c = &oracle_enter()->uc_mcontext;
    read_registers(after, c);
    event->vector = (uint8_t)c->gregs[REG_TRAPNO];
    event->code = (uint32_t)c->gregs[REG_ERR];
    event->address = event->vector == 14 ? (uint32_t)c->gregs[REG_CR2] : 0;
    after->use_x87 = before->use_x87;
    if (before->use_x87)
        unpack_x87(&after->x87, (const uint8_t *)c->fpregs);
    return after->seg[1] != CODE64;
}

bool oracle_is_vendor(const char *vendor)
{
    uint32_t eax = 0, name[3], ecx = 0;
    __asm__("cpuid" : "+a"(eax), "=b"(name[0]), "=d"(name[1]), "+c"(ecx));
    name[2] = ecx;
    return memcmp(name, vendor, sizeof name) == 0;
}

#else

bool oracle_open(const char **why)
{
    *why = "this host is no x86-64 Linux";
    return false;
}
void oracle_close(void) {}
void oracle_begin(void) {}
void oracle_end(void) {}
uint8_t *oracle_memory(void) { return NULL; }
uint8_t *oracle_code(void) { return NULL; }
bool oracle_run(const struct oracle_state *before, struct oracle_state *after, struct oracle_event *event)
{
    *after = *before;
    *event = (struct oracle_event){ 0 };
    return false;
}
bool oracle_is_vendor(const char *vendor)
{
    (void)vendor;
    return false;
}

#endif
