/* The host's own processor as a reference: executes code in 16- and 32-bit segments, from a state that is given to the
 * last register, and tells how it ended and in what state (oracle.c). Needs x86-64 Linux with modify_ldt().
 *
 *   const char *why;
 *   if (!oracle_open(&why)) { print_message("%s: not compared\n", why); skip(); }
 *   oracle_begin();                         in each test: cmocka puts its own signal handlers back between tests
 *   memcpy(oracle_code() + offset, code, size);
 *   oracle_run(&before, &after, &event);
 *   oracle_end();
 *
 * Execution begins at CS:EIP and goes on until the first exception, which is what the caller finds out about: with
 * ORACLE_TF in EFLAGS the trap after one instruction, without it an INT3 (CCh) put behind the code, or any fault. All
 * code runs at level 3 with IOPL 0 in the segments of oracle_segments[], which are an LDT, or in the kernel's flat
 * 32-bit segments. It cannot write to where code lies. It must not do system calls (INT 80h, SYSENTER, SYSCALL), nor
 * leave for 64-bit code (selector 33h). Nothing of the caller's registers gets in or out. */
#ifndef TESTS_EMU_CPU_SILICON_ORACLE_H
#define TESTS_EMU_CPU_SILICON_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

/* Linear layout: data, a page that cannot be written, one that is not there, code. */
enum {
    ORACLE_PAGE = 0x1000, ORACLE_BASE = 0x20000000, ORACLE_SIZE = 0x10000,
    ORACLE_READ_ONLY = ORACLE_BASE + ORACLE_SIZE, ORACLE_ABSENT = ORACLE_READ_ONLY + ORACLE_PAGE,
    ORACLE_CODE = ORACLE_BASE + 0x14000, ORACLE_CODE_SIZE = 0x10000
};

/* The kernel's flat segments for 32-bit programs: 4 GB from 0. */
enum { ORACLE_CODE32 = 0x23, ORACLE_DATA32 = 0x2B };

/* EFLAGS that may be given: arithmetic, TF, DF, AC, NT, ID. IF is always set. */
enum { ORACLE_TF = 0x100 };

/* Entry i of the LDT has selector oracle_selector(i). access: descriptor bits 40-47 (P DPL S type) in bits 0-7 and
 * G D 0 0 in bits 12-15. limit: in bytes, as it works out after granularity. */
struct oracle_segment {
    uint32_t base, limit;
    uint16_t access;
};

/* The entries by name. Data is writable unless its name says otherwise, expand-down where it says DOWN. Code begins at
 * ORACLE_CODE, data at ORACLE_BASE, with a limit of FFFFh unless said otherwise. */
enum {
    ORACLE_NO_SEGMENT,          /* not present in the LDT's first entry: an empty descriptor */
    ORACLE_CS16, ORACLE_CS32,   /* readable code, not conforming */
    ORACLE_CS16_SHORT, ORACLE_CS32_SHORT,       /* limit 8FFFh */
    ORACLE_CS32_EXECUTE_ONLY, ORACLE_CS32_ABSENT,
    ORACLE_CONFORMING_ABSENT,   /* the kernel allows no others */
    ORACLE_DS16, ORACLE_DS32,   /* by the B bit: as stacks they use SP and ESP */
    ORACLE_DS16_SMALL, ORACLE_DS32_SMALL,       /* base + 4000h, limit 3FFh */
    ORACLE_DOWN16, ORACLE_DOWN32,               /* limit BFFFh: offsets C000h to FFFFh; to FFFFFFFFh */
    ORACLE_TOP32,               /* expand-down, FFFFC000h to FFFFFFFFh are ORACLE_BASE + C000h and up */
    ORACLE_READ32, ORACLE_ABSENT32,             /* not writable; not present */
    ORACLE_PAGES16, ORACLE_PAGES32,             /* base + 8000h: offset 8000h is the read-only page, 9000h absent */
    ORACLE_SEGMENTS
};
extern const struct oracle_segment oracle_segments[ORACLE_SEGMENTS];

static inline uint16_t oracle_selector(unsigned entry) { return (uint16_t)(entry << 3 | 7); }

/* x87, in the order of FXSAVE: st[i] is ST(i); valid: bit i tells that physical register i is not empty. */
struct oracle_x87 {
    uint16_t control, status;
    uint8_t valid;
    uint16_t opcode;
    uint32_t ip, dp;
    uint8_t st[8][10];
};

struct oracle_state {
    uint32_t r[8];              /* EAX ECX EDX EBX ESP EBP ESI EDI */
    uint32_t eip, eflags;
    uint16_t seg[6];            /* ES CS SS DS FS GS */
    bool use_x87;               /* in: load x87, and give it back afterwards; out: as before */
    struct oracle_x87 x87;
};

/* What ended it. code: the error code (0 if there is none); address: CR2 of a page fault. */
struct oracle_event {
    uint8_t vector;
    uint32_t code, address;
};

/* Where ESP has a part that does not count (a 16-bit stack), its upper half can only be one of these, with four zeros
 * below: what a return to a 16-bit stack does not load, it leaves as it was. */
enum { ORACLE_HIGH_HALVES = 4 };
extern const uint32_t oracle_high_half[ORACLE_HIGH_HALVES];

/* False if this host cannot do it; *why is then a few words about the reason. May be called again while open. */
bool oracle_open(const char **why);
void oracle_close(void);

/* Takes SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGTRAP; gives them back. */
void oracle_begin(void);
void oracle_end(void);

/* What lies at ORACLE_BASE (up to ORACLE_ABSENT) and at ORACLE_CODE, as the caller can write it. */
uint8_t *oracle_memory(void);
uint8_t *oracle_code(void);

/* Runs from *BEFORE until an exception. In *AFTER EFLAGS and EIP are those of the exception's frame. False: the state
 * could not be entered (a selector that cannot be loaded, EIP outside CS). */
bool oracle_run(const struct oracle_state *before, struct oracle_state *after, struct oracle_event *event);

/* VENDOR: CPUID's twelve letters. */
bool oracle_is_vendor(const char *vendor);

#endif
