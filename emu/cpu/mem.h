/* Memory as instructions see it: by segment register and offset, or by linear address for tables.
 *
 * The fast path is one comparison of the offset with the segment's bounds and one of the TLB tag: an access that
 * crosses a page misses because its last byte has another tag. Everything else is in mem.c: limits and rights (#GP,
 * #SS), paging (#PF), page-crossing accesses, devices, watchpoints, writes into decoded code. Values are
 * little-endian as on the bus. */
#ifndef EMU_CPU_MEM_H
#define EMU_CPU_MEM_H

#include <string.h>

#include "emu/cpu/cpu.h"

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* --- Slow paths (mem.c). size: 1, 2 or 4 --- */
uint32_t mem_read(struct cpu *cpu, unsigned seg, uint32_t offset, unsigned size);
void mem_write(struct cpu *cpu, unsigned seg, uint32_t offset, uint32_t value, unsigned size);
/* The read of a read-modify-write: faults as the write will. */
uint32_t mem_read_modify(struct cpu *cpu, unsigned seg, uint32_t offset, unsigned size);

/* Faults now if a write (or read) of SIZE bytes (1 .. 4096) at seg:offset would; touches nothing else. For
 * instructions that write several times (PUSHA, ENTER, far CALL, FSAVE). */
void mem_probe_write(struct cpu *cpu, unsigned seg, uint32_t offset, uint32_t size);
void mem_probe_read(struct cpu *cpu, unsigned seg, uint32_t offset, uint32_t size);

/* Supervisor accesses at linear addresses for descriptor tables, TSS and the IVT; segment limits are the caller's
 * business. #PF as supervisor. size: 1, 2 or 4. */
uint32_t mem_read_linear(struct cpu *cpu, uint32_t linear, unsigned size);
void mem_write_linear(struct cpu *cpu, uint32_t linear, uint32_t value, unsigned size);

/* Accesses of the paging unit, A20 applied, inside a page. size: 1, 2 or 4. */
uint32_t mem_read_physical(struct cpu *cpu, uint32_t physical, unsigned size);
void mem_write_physical(struct cpu *cpu, uint32_t physical, uint32_t value, unsigned size);

/* #AC now if alignment is checked and seg:offset is not a multiple of ALIGN in linear memory; before that, what reading
 * ALIGN bytes there would raise. For operands that need more than their parts do (PRM 9.9.15: 8 bytes for m64 and m80),
 * and before a probe or a side effect. */
void mem_check_alignment(struct cpu *cpu, unsigned seg, uint32_t offset, unsigned align);

/* Host addresses for string instructions: a pointer to COUNT bytes at seg:offset (forward), COUNT lowered to what
 * may be touched by the fast path in this page; NULL if the first element has to go the slow way. Nothing faults
 * here. */
const uint8_t *mem_span_read(struct cpu *cpu, unsigned seg, uint32_t offset, uint32_t *count);
uint8_t *mem_span_write(struct cpu *cpu, unsigned seg, uint32_t offset, uint32_t *count);

/* Paging (paging.c): physical address of LINEAR for an access; raises #PF. Sets A and D bits. Without paging, the
 * same address. A20 is applied. */
uint32_t page_translate(struct cpu *cpu, uint32_t linear, bool write, bool user);
/* Does the paging unit's buffer hold a translation of LINEAR that does for an access (PTE_* of tlb.h in *ENTRY)? False:
 * the tables would be walked. In timing mode `cycle` it becomes the most recently used. */
bool page_lookup(struct cpu *cpu, uint32_t linear, bool write, bool user, uint32_t *entry);
/* MOV TR6: a lookup leaves its answer in TR7; an entry that is written serves the next access to its page. */
void page_test_command(struct cpu *cpu, uint32_t tr6);
/* The translation without side effects and without privilege (debugger). False: not present. */
bool page_peek(const struct cpu *cpu, uint32_t linear, uint32_t *physical);

/* Forgets translations: all (CR3 or CR0.PG was written, task switch), or that of one page (INVLPG). */
void page_flush(struct cpu *cpu);
void page_flush_one(struct cpu *cpu, uint32_t linear);

/* Enters LINEAR's page, which lies at PHYSICAL, into the software TLB for reads if it may be there (mem.c). */
void mem_enter_read(struct cpu *cpu, uint32_t linear, uint32_t physical);

static inline void mem_align(struct cpu *cpu, unsigned seg, uint32_t offset, unsigned align)
{
    if (unlikely(cpu->alignment_checked))
        mem_check_alignment(cpu, seg, offset, align);
}

static inline uint16_t load16(const uint8_t *p)
{
    uint16_t v;
    memcpy(&v, p, 2);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    v = __builtin_bswap16(v);
#endif
    return v;
}
static inline uint32_t load32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return v;
}
static inline void store16(uint8_t *p, uint16_t v)
{
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    v = __builtin_bswap16(v);
#endif
    memcpy(p, &v, 2);
}
static inline void store32(uint8_t *p, uint32_t v)
{
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    memcpy(p, &v, 4);
}

/* Where LINEAR lies in the host's memory; never NULL, which the compiler can't know by itself. */
static inline uint8_t *tlb_host(const struct tlb_entry *e, uint32_t linear)
{
    uint8_t *p = e->host + (linear & ~PAGE_MASK);
    if (!p)
        __builtin_unreachable();
    return p;
}

/* May the 64 bytes that LINEAR lies in hold decoded code? Most pages have none at all. */
static inline bool tlb_code_at(const struct tlb_entry *e, uint32_t linear)
{
    return unlikely(e->code) && e->code >> (linear >> 6 & 63) & 1;
}

/* Host address of SIZE readable bytes at seg:offset, or NULL for the slow path. */
static inline const uint8_t *mem_fast_read(const struct cpu *cpu, unsigned seg, uint32_t offset, unsigned size)
{
    const struct segment *s = &cpu->seg[seg];
    uint32_t linear = s->base + offset;
    const struct tlb_entry *e = &cpu->tlb_read[linear >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
    if (likely((uint64_t)offset + (size - 1) < s->rd_end && e->tag == ((linear + (size - 1)) & PAGE_MASK)))
        return tlb_host(e, linear);
    return NULL;
}

/* Host address of SIZE writable bytes that hold no decoded code, or NULL for the slow path. The code map is asked
 * for the line of the last byte; runs.c marks the following line too when code reaches into the last three bytes of
 * a line. */
static inline uint8_t *mem_fast_write(const struct cpu *cpu, unsigned seg, uint32_t offset, unsigned size)
{
    const struct segment *s = &cpu->seg[seg];
    uint32_t linear = s->base + offset, last = linear + (size - 1);
    const struct tlb_entry *e = &cpu->tlb_write[linear >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
    if (likely((uint64_t)offset + (size - 1) < s->wr_end && e->tag == (last & PAGE_MASK) && !tlb_code_at(e, last)))
        return tlb_host(e, linear);
    return NULL;
}

static inline uint8_t rd8(struct cpu *cpu, unsigned seg, uint32_t offset)
{
    const uint8_t *p = mem_fast_read(cpu, seg, offset, 1);
    return likely(p) ? *p : (uint8_t)mem_read(cpu, seg, offset, 1);
}
static inline uint16_t rd16(struct cpu *cpu, unsigned seg, uint32_t offset)
{
    const uint8_t *p = mem_fast_read(cpu, seg, offset, 2);
    return likely(p) ? load16(p) : (uint16_t)mem_read(cpu, seg, offset, 2);
}
static inline uint32_t rd32(struct cpu *cpu, unsigned seg, uint32_t offset)
{
    const uint8_t *p = mem_fast_read(cpu, seg, offset, 4);
    return likely(p) ? load32(p) : mem_read(cpu, seg, offset, 4);
}
static inline void wr8(struct cpu *cpu, unsigned seg, uint32_t offset, uint8_t value)
{
    uint8_t *p = mem_fast_write(cpu, seg, offset, 1);
    if (likely(p))
        *p = value;
    else
        mem_write(cpu, seg, offset, value, 1);
}
static inline void wr16(struct cpu *cpu, unsigned seg, uint32_t offset, uint16_t value)
{
    uint8_t *p = mem_fast_write(cpu, seg, offset, 2);
    if (likely(p))
        store16(p, value);
    else
        mem_write(cpu, seg, offset, value, 2);
}
static inline void wr32(struct cpu *cpu, unsigned seg, uint32_t offset, uint32_t value)
{
    uint8_t *p = mem_fast_write(cpu, seg, offset, 4);
    if (likely(p))
        store32(p, value);
    else
        mem_write(cpu, seg, offset, value, 4);
}

/* Read for a read-modify-write at the same address; follow with wr8/16/32. */
static inline uint8_t rdm8(struct cpu *cpu, unsigned seg, uint32_t offset)
{
    const uint8_t *p = mem_fast_write(cpu, seg, offset, 1);
    return likely(p) ? *p : (uint8_t)mem_read_modify(cpu, seg, offset, 1);
}
static inline uint16_t rdm16(struct cpu *cpu, unsigned seg, uint32_t offset)
{
    const uint8_t *p = mem_fast_write(cpu, seg, offset, 2);
    return likely(p) ? load16(p) : (uint16_t)mem_read_modify(cpu, seg, offset, 2);
}
static inline uint32_t rdm32(struct cpu *cpu, unsigned seg, uint32_t offset)
{
    const uint8_t *p = mem_fast_write(cpu, seg, offset, 4);
    return likely(p) ? load32(p) : mem_read_modify(cpu, seg, offset, 4);
}

/* The stack. push does not move ESP before the write has succeeded; pop moves it after the read. */
static inline void push16(struct cpu *cpu, uint16_t value)
{
    uint32_t sp = (cpu->r[ESP] - 2) & cpu->sp_mask;
    wr16(cpu, SS, sp, value);
    set_stack_pointer(cpu, sp);
}
static inline void push32(struct cpu *cpu, uint32_t value)
{
    uint32_t sp = (cpu->r[ESP] - 4) & cpu->sp_mask;
    wr32(cpu, SS, sp, value);
    set_stack_pointer(cpu, sp);
}
static inline uint16_t pop16(struct cpu *cpu)
{
    uint16_t value = rd16(cpu, SS, stack_pointer(cpu));
    set_stack_pointer(cpu, cpu->r[ESP] + 2);
    return value;
}
static inline uint32_t pop32(struct cpu *cpu)
{
    uint32_t value = rd32(cpu, SS, stack_pointer(cpu));
    set_stack_pointer(cpu, cpu->r[ESP] + 4);
    return value;
}

#endif
