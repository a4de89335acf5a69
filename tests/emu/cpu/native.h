/* Runs a few instructions on the host's own processor as 32-bit code, for comparing the x87's with ours: quickly, for
 * there are millions of cases (silicon/oracle.h can do more, but takes an exception for each). Needs x86-64 and Linux
 * with 32-bit code segments; native_open() says no elsewhere.
 *
 * A 64 KB region is mapped at the address where the emulated CPU has its memory, and behind it a control page: 64-bit
 * code that loads flags and registers from a record and jumps far into the 32-bit code segment, where the instruction
 * stands, followed by a far jump back to 64-bit code that stores registers and flags. RSP loses its upper half on the
 * way and is kept in the record. Faults end in a signal handler on a stack of its own. */
#ifndef TESTS_EMU_CPU_NATIVE_H
#define TESTS_EMU_CPU_NATIVE_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct native_state {
    uint32_t r[8];
    uint32_t flags;
    bool faulted;               /* out: #MF or #UD; nothing else is valid */
};

#if defined(__x86_64__) && defined(__linux__)

#include <signal.h>
#include <sys/mman.h>

enum {
    NATIVE_BASE = 0x20000000, NATIVE_SIZE = 0x10000, NATIVE_CODE = NATIVE_BASE + 0xF000,
    NATIVE_CONTROL = NATIVE_BASE + NATIVE_SIZE,         /* entry code */
    NATIVE_BACK = NATIVE_CONTROL + 0x200,               /* where the instruction's far jump leads */
    NATIVE_RECORD = NATIVE_CONTROL + 0x400,
    NATIVE_SIGNAL_STACK = NATIVE_CONTROL + 0x1000, NATIVE_SIGNAL_STACK_SIZE = 0x10000,
    NATIVE_CS32 = 0x23, NATIVE_CS64 = 0x33, NATIVE_DATA = 0x2B
};

/* At NATIVE_RECORD. */
struct native_record {
    uint32_t in[8], out[8];
    uint64_t flags_in, flags_out;
    uint64_t rsp;
    uint32_t far_offset, far_selector;
};

static sigjmp_buf native_fault;

static inline uint8_t *native_at(uint32_t address)
{
    return (uint8_t *)(uintptr_t)address;
}

static inline uint8_t *native_emit(uint8_t *p, const char *bytes, size_t count)
{
    memcpy(p, bytes, count);
    return p + count;
}

/* An instruction that ends in the 32-bit address of a field of the record. */
static inline uint8_t *native_emit_field(uint8_t *p, const char *bytes, size_t count, size_t field)
{
    uint32_t address = (uint32_t)(NATIVE_RECORD + field);
    p = native_emit(p, bytes, count);
    memcpy(p, &address, 4);
    return p + 4;
}

static inline void native_emit_entry(uint8_t *p)
{
    p = native_emit(p, "\x53\x55\x41\x54\x41\x55\x41\x56\x41\x57", 10);         /* push rbx rbp r12-r15 */
    p = native_emit_field(p, "\x48\x89\x24\x25", 4, offsetof(struct native_record, rsp));
    p = native_emit(p, "\xB8\x2B\0\0\0\x8E\xD8\x8E\xC0", 9);                    /* mov eax, 2Bh; mov ds/es, eax */
    p = native_emit_field(p, "\xBC", 1, offsetof(struct native_record, flags_in));
    p = native_emit(p, "\x9D", 1);                                              /* popfq */
    for (unsigned i = 0; i < 8; i++) {
        char load[3] = { '\x8B', (char)(0x04 | i << 3), '\x25' };               /* mov r32, [in + 4 * i] */
        p = native_emit_field(p, load, 3, 4 * i);
    }
    native_emit_field(p, "\xFF\x2C\x25", 3, offsetof(struct native_record, far_offset));
}

static inline void native_emit_back(uint8_t *p)
{
    for (unsigned i = 0; i < 8; i++) {
        char store[3] = { '\x89', (char)(0x04 | i << 3), '\x25' };              /* mov [out + 4 * i], r32 */
        p = native_emit_field(p, store, 3, offsetof(struct native_record, out) + 4 * i);
    }
    p = native_emit_field(p, "\xBC", 1, offsetof(struct native_record, flags_out) + 8);
    p = native_emit(p, "\x9C\xFC", 2);                                          /* pushfq; cld */
    p = native_emit_field(p, "\x48\x8B\x24\x25", 4, offsetof(struct native_record, rsp));
    native_emit(p, "\x41\x5F\x41\x5E\x41\x5D\x41\x5C\x5D\x5B\xC3", 11);         /* pop r15-r12 rbp rbx; ret */
}

static inline void native_on_signal(int number)
{
    siglongjmp(native_fault, number);
}

/* Is there a 32-bit code segment for user programs at the usual place? */
static inline bool native_has_code32(void)
{
    uint32_t access = 0;
    uint8_t found = 0;
    __asm__("lar %2, %0\n\tsetz %1" : "=r"(access), "=r"(found) : "r"((uint32_t)NATIVE_CS32));
    return found && (access & 0x40F800) == 0x40F800;
}

/* VENDOR: CPUID's twelve letters. */
static inline bool native_is_vendor(const char *vendor)
{
    uint32_t eax = 0, name[3];
    __asm__("cpuid" : "+a"(eax), "=b"(name[0]), "=d"(name[1]), "=c"(name[2]));
    return memcmp(name, vendor, 12) == 0;
}

/* False if this host cannot do it. The memory stays mapped until the process ends. */
static inline bool native_open(void)
{
    if (!native_has_code32())
        return false;
    void *region = mmap(native_at(NATIVE_BASE), NATIVE_SIZE + 0x1000 + NATIVE_SIGNAL_STACK_SIZE,
                        PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region != native_at(NATIVE_BASE))
        return false;
    native_emit_entry(native_at(NATIVE_CONTROL));
    native_emit_back(native_at(NATIVE_BACK));

    stack_t stack = { .ss_sp = native_at(NATIVE_SIGNAL_STACK), .ss_size = NATIVE_SIGNAL_STACK_SIZE };
    return sigaltstack(&stack, NULL) == 0;
}

/* Takes #MF and #UD from now on; cmocka sets handlers of its own at the start of each test. */
static inline void native_catch_faults(void)
{
    struct sigaction action = { .sa_handler = native_on_signal, .sa_flags = SA_ONSTACK | SA_NODEFER };
    sigaction(SIGFPE, &action, NULL);
    sigaction(SIGILL, &action, NULL);
}

static inline void native_put_exit(uint32_t at, uint32_t to)
{
    uint8_t *p = native_at(at);
    *p = 0xEA;
    memcpy(p + 1, &to, 4);
    p[5] = NATIVE_CS64;
    p[6] = 0;
}

/* Executes CODE at NATIVE_CODE. */
static inline void native_execute(struct native_state *s, const uint8_t *code, size_t size)
{
    struct native_record *record = (void *)native_at(NATIVE_RECORD);
    memcpy(native_at(NATIVE_CODE), code, size);
    native_put_exit(NATIVE_CODE + (uint32_t)size, NATIVE_BACK);
    memcpy(record->in, s->r, sizeof record->in);
    record->flags_in = s->flags | 0x202;
    record->far_offset = NATIVE_CODE;
    record->far_selector = NATIVE_CS32;
    if (sigsetjmp(native_fault, 0)) {
        s->faulted = true;
        return;
    }
    ((void (*)(void))(uintptr_t)NATIVE_CONTROL)();
    memcpy(s->r, record->out, sizeof record->out);
    s->flags = (uint32_t)record->flags_out;
    s->faulted = false;
}

#else

enum { NATIVE_CS32 = 0x23, NATIVE_DATA = 0x2B };

static inline uint8_t *native_at(uint32_t address)
{
    (void)address;
    return NULL;
}
static inline bool native_is_vendor(const char *vendor)
{
    (void)vendor;
    return false;
}
static inline bool native_open(void) { return false; }
static inline void native_catch_faults(void) {}
static inline void native_execute(struct native_state *s, const uint8_t *code, size_t size)
{
    (void)code;
    (void)size;
    s->faulted = true;
}

#endif

#endif
