/* The i486: state, and the few inline accessors that every handler uses.
 *
 * How an instruction lives
 *   cpu.c finds the run (runs.h) of decoded instructions at CS:EIP, and calls the handlers one after the other.
 *   There are three loops over the same handlers: one that only counts, one that asks timing/ what each instruction
 *   costs, one that also asks the debugger (breakpoints, PROBE_INSN). For the first, frequent instructions have a
 *   second, quick form made of the same function: it calls the next one itself (insn.h, operand.h).
 *
 * Faults: one mechanism
 *   A handler that cannot complete calls cpu_raise() or one of its short forms (fault.h). It does not return:
 *   control goes by longjmp to the loop, which puts EIP back to the instruction's start and delivers the exception
 *   (interrupt.c). Hence the rule for handlers: no architectural state is committed before the last access that can
 *   fault. "Architectural" includes flags, ESP and memory; the A and D bits and TLB entries are not undone (nor are
 *   they on the chip). Exceptions of the trap class (INT n, single step, BOUND is a fault) are delivered by
 *   cpu_interrupt().
 *
 * Flags
 *   The six arithmetic flags are kept as the last result and a carry vector (flags.h); everything else in cpu->eflags.
 *
 * Memory
 *   mem.h: rd8/16/32, wr8/16/32 by segment and offset, with a software TLB as the fast path.
 *
 *   The paging unit's own TLB (tlb.h, or struct translation) is architecture: only what the guest does empties it. The
 *   software TLB is a cache of host pointers on top; cpu_flush_tlb() may empty it at any time without
 *   the guest noticing. It has two sides, user and supervisor.
 *
 * Counting
 *   An instruction that faults counts in icount and costs its clocks like one that completed, and so does a failed
 *   fetch: hence time goes on whatever the guest does. A REP instruction that lets an event in counts once a slice.
 *
 * Time
 *   In the middle of a run clock->now is stale; cpu_sync() brings it up to date. Everything that may reach a device
 *   (port I/O, device memory) does so first. */
#ifndef EMU_CPU_CPU_H
#define EMU_CPU_CPU_H

#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "emu/bus.h"
#include "emu/clock.h"
#include "emu/cpu/cache_test.h"
#include "emu/cpu/flags.h"
#include "emu/cpu/insn.h"
#include "emu/cpu/tlb.h"
#include "emu/probe.h"

struct state;
struct timing;
struct cycle;
struct run;
struct runs;
struct fpu;

enum { ES, CS, SS, DS, FS, GS };
enum { EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI };
enum { AL = EAX, CL, DL, BL, AH, CH, DH, BH };

/* EFLAGS bits (PRM fig. 2-8). The arithmetic ones live in cpu->flags. */
enum {
    FLAG_CF = 1 << 0, FLAG_PF = 1 << 2, FLAG_AF = 1 << 4, FLAG_ZF = 1 << 6, FLAG_SF = 1 << 7, FLAG_TF = 1 << 8,
    FLAG_IF = 1 << 9, FLAG_DF = 1 << 10, FLAG_OF = 1 << 11, FLAG_IOPL = 3 << 12, FLAG_NT = 1 << 14, FLAG_RF = 1 << 16,
    FLAG_VM = 1 << 17, FLAG_AC = 1 << 18, FLAG_VIF = 1 << 19, FLAG_VIP = 1 << 20, FLAG_ID = 1 << 21,
    FLAG_ARITHMETIC = FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF
};
enum { CR0_PE = 1, CR0_MP = 2, CR0_EM = 4, CR0_TS = 8, CR0_ET = 16, CR0_NE = 32, CR0_WP = 1 << 16, CR0_AM = 1 << 18,
       CR0_NW = 1 << 29, CR0_CD = 1 << 30 };
#define CR0_PG 0x80000000u

/* Exceptions (PRM ch. 9). */
enum { EXC_DE = 0, EXC_DB = 1, EXC_NMI = 2, EXC_BP = 3, EXC_OF = 4, EXC_BR = 5, EXC_UD = 6, EXC_NM = 7, EXC_DF = 8,
       EXC_TS = 10, EXC_NP = 11, EXC_SS = 12, EXC_GP = 13, EXC_PF = 14, EXC_MF = 16, EXC_AC = 17 };

/* Segment register with its hidden part. access: descriptor bits 8-15 (P DPL S type) in bits 0-7 and G D 0 AVL in
 * bits 12-15. rd_end / wr_end: one past the last offset that the fast path may read or write; 0 when every access
 * has to take the slow path (expand-down, not readable, not writable, null). */
struct segment {
    uint16_t selector;
    uint16_t access;
    uint32_t base, limit;       /* limit in bytes, granularity applied */
    uint64_t rd_end, wr_end;
    bool valid;                 /* false: null selector in protected mode */
};

enum { ACC_TYPE = 0x0F, ACC_ACCESSED = 1, ACC_WRITABLE = 2, ACC_READABLE = 2, ACC_EXPAND_DOWN = 4, ACC_CONFORMING = 4,
       ACC_CODE = 8, ACC_S = 0x10, ACC_DPL = 0x60, ACC_P = 0x80, ACC_D = 0x4000, ACC_G = 0x8000 };

/* Software TLB: direct mapped by linear page, one table for reads and one for writes, and both twice, for the user
 * and the supervisor side.
 *   tag   linear page address (bits 31-12, low bits 0), or TLB_EMPTY
 *   host  host address of the page minus nothing: &page[0]
 *   code  writes only: bit n set: the 64 bytes from n*64 may hold decoded code; such writes take the slow path
 * A page with a device, a watchpoint or a breakpoint of the guest's is never entered, nor is any page while alignment
 * is checked (#AC). */
enum { TLB_ENTRIES = 1024 };
#define TLB_EMPTY 1u
#define TLB_TIMED 2u            /* in every tag in timing mode `cycle`: no fast path matches (timed.h) */
enum { TLB_SUPERVISOR, TLB_USER };
struct tlb_entry {
    uint32_t tag;
    uint32_t physical;          /* page */
    uint8_t *host;
    uint64_t code;
    uint64_t uncached;          /* PCD of the page; fills up to 32 bytes */
};

/* The paging unit's TLB in the modes that do without the chip's: direct mapped by linear page. tag as above; entry: as
 * in tlb.h, without P. */
struct translation { uint32_t tag, entry; };

/* What timed.c keeps from instruction to instruction. */
struct timed {
    uint32_t queue_linear;      /* linear address of the prefetch queue's line */
    uint32_t queue_line;        /* the line that queue_linear belongs to */
    bool jumped;                /* the next instruction is not on the straight line */
    bool repeating;             /* the last instruction was a repeated one that will go on */
    uint32_t iteration_clocks;  /* of a repeated instruction */
    uint32_t spent;             /* clocks of iterations already told to the model */
    uint32_t stale_base;        /* line of the first stale byte */
    uint32_t stale;             /* bit n: byte stale_base + n is kept in stale_byte[n] */
    uint8_t stale_byte[32];
};

/* Why the loop must look round before the next instruction; bits of cpu->attention. */
enum {
    ATTEND_INTR = 1,            /* the INTR pin is high */
    ATTEND_NMI = 2,             /* an NMI is latched */
    ATTEND_TRAP = 4,            /* a debug trap is due: debug_pending or debug_hits */
    ATTEND_SHADOW = 8,          /* the instruction just executed was STI, MOV SS or POP SS: hold off for one */
    ATTEND_STOP = 16,           /* exit asked for: stop after this instruction */
    ATTEND_HALTED = 32,
    ATTEND_RESET = 64,
    ATTEND_SHUTDOWN = 128,
    ATTEND_SINGLE = 256         /* TF or RF is set: one instruction at a time */
};

/* cpu->timing_mode. The values are those of enum timing_mode in emu.h, which this layer does not see. */
enum { CPU_TIMING_FAST, CPU_TIMING_TABLE, CPU_TIMING_CYCLE };

struct table_register { uint32_t base; uint16_t limit; };

struct cpu {
    uint32_t r[9];                      /* general registers; r[8] is always zero */
    uint32_t eip;
    struct flags flags;                 /* CF PF AF ZF SF OF */
    uint32_t eflags;                    /* the other flags; arithmetic bits are zero here, bit 1 is set */
    uint32_t sp_mask;                   /* FFFFh or FFFFFFFFh by the B bit of SS */
    uint8_t cpl;
    uint8_t mode;                       /* RUN_* bits of runs.h: D bit of CS, PE, VM */
    uint16_t attention;                 /* ATTEND_* */
    uint32_t work;                      /* INSN_VARIABLE: iterations, bits or branch taken, for timing */
    const struct insn *insn;            /* being executed */
    const struct insn *run_end;         /* the loop leaves the run when it gets here; cpu_leave_run() moves it */
    const struct insn *run_start;       /* first instruction that clocks and icount do not include yet */
    uint32_t run_eip;                   /* of the run's first instruction */
    uint64_t context;                   /* what EIP means: see runs.h */
    uint64_t room_until;                /* clock->next_due as it was when room was granted */
    int kept;                           /* room when cpu_sync() took it away */
    int granted, room;                  /* `fast` mode: instructions that the loop may execute before it has to look
                                         * round, and what is left of them; the difference is not yet charged */
    struct segment seg[6];

    struct tlb_entry *tlb_read, *tlb_write;     /* of the side in use */
    struct tlb_entry tlb[2][2][TLB_ENTRIES];    /* supervisor and user; read and write */
    struct translation translation[TLB_ENTRIES];
    bool alignment_checked;             /* CR0.AM, EFLAGS.AC and CPL 3 */
    bool page_uncached;                 /* PCD of the page translated last */

    struct segment ldtr, tr;
    struct table_register gdtr, idtr;
    uint32_t cr0, cr2, cr3, cr4;        /* CR4: on parts that have CPUID (vme.h) */
    uint32_t dr[8];
    uint16_t debug_pending;             /* bits for DR6 of the trap that waits (debug_registers.h) */
    uint16_t debug_hits;                /* B0-B3 of the instruction being executed or just done, HIT_* */
    uint64_t debug_icount;              /* that instruction */
    bool debug_fetch;                   /* an instruction breakpoint is enabled */
    bool single_step; /* the instruction being executed began with TF and has not swallowed its trap */
    struct chip_tlb chip_tlb;
    uint32_t tr6, tr7;
    struct cache_test cache;            /* TR3-TR5 */
    bool nmi_masked;                    /* until IRET */
    bool inhibit_trap;                  /* MOV SS shadow also holds off single-step traps */
    bool running;                       /* inside cpu_run() */
    bool watch_hit;                     /* stop after this instruction; no ATTEND bit, so that REP goes on regardless */
    bool ignne;                         /* the IGNNE# pin is driven */

    jmp_buf fault_jump;
    uint8_t fault_vector;
    bool fault_has_code;
    uint32_t fault_code;

    uint64_t icount;                    /* completed before the current run; cpu_icount() is exact */
    uint64_t clocks;                    /* likewise CPU clocks since power-on */
    uint64_t idle_ticks;
    uint32_t ticks_per_clock;           /* of the profile */
    unsigned fast_clocks;
    uint8_t timing_mode;                /* CPU_TIMING_* */
    uint64_t deadline;                  /* of the cpu_run() in progress */

    struct bus *bus;
    struct clock *clock;
    struct probes *probes;
    struct timing *timing;
    struct cycle *cycle;                /* NULL: there is no timing mode `cycle` */
    struct timed timed;
    struct runs *runs;
    struct fpu *fpu;
    uint32_t signature;                 /* EDX after reset and CPUID's EAX */
    bool has_fpu, has_cpuid, has_umov;

    uint8_t (*acknowledge)(void *ctx);  /* INTA: returns the vector */
    struct line ferr;                   /* FERR#: to IRQ 13 */
    struct line shutdown_line;          /* the shutdown bus cycle: boards answer with a reset */
    void *board;

    struct watch *watch;                /* breakpoints and watchpoints (watch.h) */
    volatile sig_atomic_t interrupt;    /* set by machine_interrupt() */
};

/* --- For the machine (cpu.c) --- */

struct cpu_config {
    struct bus *bus;
    struct clock *clock;
    struct probes *probes;
    struct timing *timing;
    struct cycle *cycle;                /* or NULL */
    uint32_t ticks_per_clock;
    uint32_t signature;
    bool has_fpu, has_cpuid, has_umov;
    uint32_t cache_size;                /* bytes: 8192 or 16384; 0 stands for 8192 */
    uint8_t (*acknowledge)(void *board);
    void *board;
    struct line ferr, shutdown_line;
};

/* False when out of memory. */
bool cpu_init(struct cpu *cpu, const struct cpu_config *config);
void cpu_destroy(struct cpu *cpu);

/* The RESET pin; in the middle of an instruction it takes effect after it. */
void cpu_reset(struct cpu *cpu);

/* Pins. INTR is a level, NMI an edge. IGNNE# as the board drives it after a write to port F0h. */
void cpu_set_intr(struct cpu *cpu, bool level);
void cpu_nmi(struct cpu *cpu);
void cpu_set_ignne(struct cpu *cpu, bool level);

/* Runs until clock->now >= deadline, LIMIT instructions were completed (UINT64_MAX: no limit), a breakpoint (if
 * BREAKPOINTS), a watchpoint hit, or cpu->interrupt. Fires due events itself. Returns why. */
enum cpu_stop { CPU_DEADLINE, CPU_LIMIT, CPU_BREAKPOINT, CPU_WATCHPOINT, CPU_INTERRUPTED, CPU_STOP_ASKED, CPU_SHUTDOWN,
                CPU_DEAD };
enum cpu_stop cpu_run(struct cpu *cpu, uint64_t deadline, uint64_t limit, bool breakpoints);

/* Asks the loop to return CPU_STOP_ASKED after the current instruction (debug-exit port). */
void cpu_ask_stop(struct cpu *cpu);

/* Bytes at a physical address were changed by DMA or the debugger: drops decoded code. */
void cpu_memory_written(struct cpu *cpu, uint32_t physical, uint32_t size);

/* Empties the software TLB (A20, rights, memory map, watchpoints or checkpoint changed). Where the page tables or CR3
 * changed, page_flush() in mem.h is needed instead. */
void cpu_flush_tlb(struct cpu *cpu);

/* Follows cpu->timing_mode or the board after a change: decoded instructions carry their clocks; the model of mode
 * `cycle` begins with empty caches. Not inside cpu_run(). */
void cpu_timing_changed(struct cpu *cpu);

/* Visits the FPU too. After loading, decoded code and the software TLB are empty. */
void cpu_visit(struct cpu *cpu, struct state *state);

/* --- For handlers --- */

/* Brings clock->now, icount and clocks up to the start of the current instruction. */
void cpu_sync(struct cpu *cpu);
uint64_t cpu_icount(const struct cpu *cpu);
uint64_t cpu_clocks(const struct cpu *cpu);

/* EIP of the instruction being executed, whatever its handler has done to cpu->eip; between instructions that of the
 * next one. */
uint32_t cpu_instruction_eip(const struct cpu *cpu);

/* Executes INSN of the run at cpu->run_eip as the loops do, for quick forms that cannot go on. Returns the next. */
const struct insn *op_one(struct cpu *cpu, const struct insn *insn);

/* Ends the run after the current instruction. */
static inline void cpu_leave_run(struct cpu *cpu) { cpu->run_end = cpu->insn + 1; }

static inline void cpu_attend(struct cpu *cpu, unsigned why)
{
    cpu->attention |= why;
    cpu_leave_run(cpu);
}

/* How many iterations a REP instruction may do before it has to let events and interrupts in (at least 1). If it has
 * to stop with (E)CX not zero, the handler puts cpu->eip back to the instruction's start: cpu_repeat_later(). The
 * budget does not depend on where cpu_run() was told to stop, so that stops do not change the guest's time. */
uint32_t cpu_rep_budget(struct cpu *cpu);
void cpu_repeat_later(struct cpu *cpu);

/* Recomputes cpu->mode, sp_mask and the side of the TLB after CS, SS, CR0 or EFLAGS.VM changed, and ends the run. */
void cpu_mode_changed(struct cpu *cpu);

/* After cpu->cpl changed: takes the other side of the TLB if need be. No flush is needed for it. */
void cpu_cpl_changed(struct cpu *cpu);

/* EFLAGS as a whole, arithmetic flags included; set: all bits of VALUE are taken (the caller applied the rules). */
uint32_t cpu_eflags(const struct cpu *cpu);
void cpu_set_eflags(struct cpu *cpu, uint32_t value);

/* PROBE_INTERRUPT_FLAG, for whoever is about to set EFLAGS.IF to ON otherwise than by cpu_set_eflags(), which does it
 * itself. CAUSE: 0 an instruction, 1 + vector a delivery. */
void cpu_emit_if(struct cpu *cpu, bool on, unsigned cause);
static inline void cpu_report_if(struct cpu *cpu, bool on, unsigned cause)
{
    if (__builtin_expect(probe_wants(cpu->probes, PROBE_INTERRUPT_FLAG), 0))
        cpu_emit_if(cpu, on, cause);
}

static inline bool cpu_protected(const struct cpu *cpu) { return cpu->cr0 & CR0_PE; }
static inline bool cpu_v86(const struct cpu *cpu) { return cpu->eflags & FLAG_VM; }
static inline unsigned cpu_iopl(const struct cpu *cpu) { return cpu->eflags >> 12 & 3; }

static inline uint8_t *reg8(struct cpu *cpu, unsigned offset) { return (uint8_t *)cpu->r + offset; }
static inline uint16_t *reg16(struct cpu *cpu, unsigned offset)
{
    return (uint16_t *)(void *)((uint8_t *)cpu->r + offset);
}
static inline uint32_t *reg32(struct cpu *cpu, unsigned offset)
{
    return (uint32_t *)(void *)((uint8_t *)cpu->r + offset);
}

/* Offset of register NUMBER (0-7 as encoded) for the three above. */
static inline uint8_t reg8_offset(unsigned number)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (uint8_t)((number & 3) * 4 + (number >> 2));
#else
    return (uint8_t)((number & 3) * 4 + 3 - (number >> 2));
#endif
}
static inline uint8_t reg16_offset(unsigned number)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (uint8_t)(number * 4);
#else
    return (uint8_t)(number * 4 + 2);
#endif
}
static inline uint8_t reg32_offset(unsigned number) { return (uint8_t)(number * 4); }

/* Effective address of the memory operand, cut to the address size. */
static inline uint32_t ea(const struct cpu *cpu, const struct insn *insn)
{
    return (cpu->r[insn->base] + (cpu->r[insn->index] << insn->scale) + insn->disp) & insn->addr_mask;
}

/* (E)SP by the stack's size. */
static inline uint32_t stack_pointer(const struct cpu *cpu) { return cpu->r[ESP] & cpu->sp_mask; }
static inline void set_stack_pointer(struct cpu *cpu, uint32_t value)
{
    cpu->r[ESP] = (cpu->r[ESP] & ~cpu->sp_mask) | (value & cpu->sp_mask);
}

#endif
