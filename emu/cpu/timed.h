/* Timing mode `cycle`, the processor's side: tells the model (emu/timing/cycle.h) what is executed and accessed, in
 * order, and follows its clock.
 *
 *   Data      The software TLB's tags carry TLB_TIMED in this mode, so that no handler's fast path matches; the slow
 *             path (mem.c) asks timed_read() and timed_write() first, which find the host address the quick way and
 *             tell the model. With paging on, an entry counts only while the chip's own TLB used the page last in its
 *             set; otherwise the paging unit is asked, and its replacement bits and walks are as on the chip.
 *   Code      A run is found by the physical address of the prefetch queue while execution goes straight on, and by
 *             translation after a jump. The paging unit sees code once a line of 16 bytes; if the page lies elsewhere
 *             by then (tables, CR3 or paging were changed), execution goes on there.
 *   Stale     A write to bytes that the queue already holds does not reach them: they are kept aside, and executed one
 *             instruction at a time until a jump or the queue's end (PRM 18.4, "self-modifying code").
 *   REP       A repeated instruction that stops to let an event in, and goes on without an interrupt in between, pays
 *             for its start once, and is not fetched again: the queue may be past its first bytes.
 *
 * What stops in the debugger change must not change the guest's time: all of this is decided by the instruction stream
 * alone, and all that outlives an instruction is state. */
#ifndef EMU_CPU_TIMED_H
#define EMU_CPU_TIMED_H

#include "emu/cpu/cpu.h"
#include "emu/cpu/mem.h"
#include "emu/timing/cycle.h"

struct run;
struct run_limits;

static inline bool timed(const struct cpu *cpu) { return unlikely(cpu->timing_mode == CPU_TIMING_CYCLE); }

/* The mode was entered, or the machine was reset: caches empty, at the present clock. */
void timed_begin(struct cpu *cpu);

/* --- Executing (timed.c) --- */

/* The run at CS:EIP. Raises what runs_find() raises. */
struct run *timed_run(struct cpu *cpu);

/* Executes until the loop has to look round. */
void timed_runs(struct cpu *cpu, const struct run_limits *limits);

/* Executes INSN of RUN, which begins at EIP START, and pays for it. */
void timed_execute(struct cpu *cpu, const struct run *run, const struct insn *insn, uint32_t start);

/* One iteration of a repeated instruction was done. True: something waits, it has to be left. */
bool timed_iterated(struct cpu *cpu);

/* An interrupt or exception is delivered: its accesses happen between the two, CLOCKS are those of the table. */
void timed_deliver_begin(struct cpu *cpu);
void timed_deliver_end(struct cpu *cpu, uint32_t clocks);

/* The clock went on without instructions. */
void timed_interrupted(struct cpu *cpu);

/* EIP, or what it means, was changed (from outside, by CR3, CR0.PG or A20): the queue is filled anew, so that the
 * change is seen at once, as in the other modes. Nothing in those. */
void timed_moved(struct cpu *cpu);

/* --- Memory --- */

/* Host address of SIZE bytes at seg:offset that may be read or written at once, and the model was told; NULL: the slow
 * way. */
const uint8_t *timed_read(struct cpu *cpu, unsigned seg, uint32_t offset, unsigned size);
uint8_t *timed_write(struct cpu *cpu, unsigned seg, uint32_t offset, unsigned size, bool modify);

/* The slow paths tell it of accesses to physical memory, before they are made. */
void timed_tell_read(struct cpu *cpu, uint32_t physical, unsigned size);
void timed_tell_write(struct cpu *cpu, uint32_t physical, unsigned size);

/* SIZE bytes at PHYSICAL are about to be written by an instruction: what the queue holds of them is kept. */
void timed_keep_stale(struct cpu *cpu, uint32_t physical, unsigned size);

/* The byte at PHYSICAL as the decoder sees it while stale bytes wait: true and *BYTE if the queue has an older one. */
bool timed_stale_byte(const struct cpu *cpu, uint32_t physical, uint8_t *byte);

/* The physical address of code at LINEAR: of the queue, or translated. */
uint32_t timed_code_address(struct cpu *cpu, uint32_t linear);

/* An I/O cycle is about to be made. */
void timed_io(struct cpu *cpu, uint16_t port, unsigned size, bool write);

void timed_visit(struct cpu *cpu, struct state *state);

#endif
