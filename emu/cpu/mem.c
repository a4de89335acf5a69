/* The slow paths of memory access (mem.h): segment limits and rights (i486 PRM 6.3, 12.4), accesses that cross a page,
 * device memory, watched pages, writes into decoded code; and the filling of the software TLB.
 *
 * Order of checks as on the chip: segment, alignment, page. An access that crosses a page has both pages translated
 * before anything is read or written. Bus locking has no effect but on time: there is one master at a time. In timing
 * mode `cycle` all accesses come here, and the model is told of them (timed.h). */
#include "emu/cpu/mem.h"

#include "emu/cpu/fault.h"
#include "emu/cpu/runs.h"
#include "emu/cpu/timed.h"
#include "emu/cpu/watch.h"

/* --- Segments --- */

static _Noreturn void raise_segment(struct cpu *cpu, unsigned seg)
{
    cpu_raise_code(cpu, seg == SS ? EXC_SS : EXC_GP, 0);
}

/* May bytes OFFSET .. LAST be reached in an expand-down segment? */
static bool below_stack_limit(const struct segment *s, uint32_t offset, uint64_t last)
{
    return offset > s->limit && last <= (s->access & ACC_D ? 0xFFFFFFFFu : 0xFFFFu);
}

static bool may_access(const struct cpu *cpu, const struct segment *s, bool write)
{
    if (!cpu_protected(cpu) || cpu_v86(cpu))
        return true;
    if (!s->valid)
        return false;
    if (s->access & ACC_CODE)
        return !write && s->access & ACC_READABLE;
    return !write || s->access & ACC_WRITABLE;
}

/* Raises #GP or #SS if SIZE bytes at seg:offset may not be accessed; returns the linear address. */
static uint32_t check_segment(struct cpu *cpu, unsigned seg, uint32_t offset, uint32_t size, bool write)
{
    const struct segment *s = &cpu->seg[seg];
    uint64_t last = (uint64_t)offset + (size - 1);
    bool expand_down = cpu_protected(cpu) && !cpu_v86(cpu) &&
                       (s->access & (ACC_CODE | ACC_EXPAND_DOWN)) == ACC_EXPAND_DOWN;
    if (!may_access(cpu, s, write))
        raise_segment(cpu, seg);
    if (expand_down ? !below_stack_limit(s, offset, last) : last > s->limit)
        raise_segment(cpu, seg);
    return s->base + offset;
}

/* The same for one operand, alignment included. */
static uint32_t check_operand(struct cpu *cpu, unsigned seg, uint32_t offset, unsigned size, bool write)
{
    uint32_t linear = check_segment(cpu, seg, offset, size, write);
    if (unlikely(cpu->alignment_checked && linear & (size - 1)))
        cpu_raise_code(cpu, EXC_AC, 0);
    return linear;
}

void mem_check_alignment(struct cpu *cpu, unsigned seg, uint32_t offset, unsigned align)
{
    if (cpu->alignment_checked && check_segment(cpu, seg, offset, align, false) & (align - 1))
        cpu_raise_code(cpu, EXC_AC, 0);
}

/* --- The software TLB --- */

/* ACCESSES: what the entry would serve (WATCHED_*). */
static bool may_enter(const struct cpu *cpu, uint32_t linear, const struct region *region, unsigned accesses)
{
    return region->host && !cpu->alignment_checked && !watch_page(cpu->watch, linear, accesses);
}

static void enter(const struct cpu *cpu, struct tlb_entry *e, uint32_t linear, uint32_t physical,
                  const struct region *region)
{
    e->tag = (linear & PAGE_MASK) | (timed(cpu) ? TLB_TIMED : 0);
    e->uncached = cpu->page_uncached;
    e->physical = physical & PAGE_MASK;
    e->host = region->host + ((physical & PAGE_MASK) - region->base);
}

static void enter_read(struct tlb_entry *table, struct cpu *cpu, const struct region *region, uint32_t linear,
                       uint32_t physical)
{
    struct tlb_entry *e = &table[linear >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
    if (!may_enter(cpu, linear, region, WATCHED_READ | WATCHED_TABLE | WATCHED_FETCH))
        return;
    if (e->tag != TLB_EMPTY && (e->tag & PAGE_MASK) != (linear & PAGE_MASK) && !timed(cpu))
        runs_forget_seen(cpu);
    enter(cpu, e, linear, physical, region);
}

void mem_enter_read(struct cpu *cpu, uint32_t linear, uint32_t physical)
{
    enter_read(cpu->tlb_read, cpu, bus_region(cpu->bus, physical), linear, physical);
}

static void enter_write(struct cpu *cpu, const struct region *region, uint32_t linear, uint32_t physical)
{
    if (!region->writable || !may_enter(cpu, linear, region, WATCHED_READ | WATCHED_WRITE))
        return;
    struct tlb_entry *e = &cpu->tlb_write[linear >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
    enter(cpu, e, linear, physical, region);
    e->code = runs_code_map(cpu->runs, physical);
    cpu->bus->dirty[physical >> PAGE_SHIFT] = 1;
}

/* --- Physical accesses inside a page --- */

/* A device may have armed an event that is due before the run was going to end. */
static void after_device(struct cpu *cpu, uint64_t next_due)
{
    if (cpu->clock->next_due != next_due)
        cpu_leave_run(cpu);
}

static uint32_t read_device(struct cpu *cpu, const struct region *region, uint32_t physical, unsigned size)
{
    cpu_sync(cpu);
    uint64_t next_due = cpu->clock->next_due;
    uint32_t value = region_read_device(region, physical, size);
    after_device(cpu, next_due);
    return value;
}

static void write_device(struct cpu *cpu, const struct region *region, uint32_t physical, uint32_t value,
                         unsigned size)
{
    cpu_sync(cpu);
    uint64_t next_due = cpu->clock->next_due;
    region_write_device(region, physical, value, size);
    after_device(cpu, next_due);
}

static uint32_t load(const uint8_t *p, unsigned size)
{
    return size == 1 ? *p : size == 2 ? load16(p) : load32(p);
}

static void store(uint8_t *p, uint32_t value, unsigned size)
{
    if (size == 1)
        *p = (uint8_t)value;
    else if (size == 2)
        store16(p, (uint16_t)value);
    else
        store32(p, value);
}

static uint32_t read_region(struct cpu *cpu, const struct region *region, uint32_t physical, unsigned size)
{
    return region->host ? load(region->host + (physical - region->base), size)
                        : read_device(cpu, region, physical, size);
}

static void write_region(struct cpu *cpu, const struct region *region, uint32_t physical, uint32_t value,
                         unsigned size)
{
    if (!region->host) {
        write_device(cpu, region, physical, value, size);
    } else if (region->writable) {
        if (timed(cpu))
            timed_keep_stale(cpu, physical, size);
        if (runs_code_at(cpu->runs, physical, size))
            runs_written(cpu, physical, size);
        cpu->bus->dirty[physical >> PAGE_SHIFT] = 1;
        store(region->host + (physical - region->base), value, size);
    }
}

uint32_t mem_read_physical(struct cpu *cpu, uint32_t physical, unsigned size)
{
    return read_region(cpu, bus_region(cpu->bus, physical), physical, size);
}

void mem_write_physical(struct cpu *cpu, uint32_t physical, uint32_t value, unsigned size)
{
    write_region(cpu, bus_region(cpu->bus, physical), physical, value, size);
}

/* --- Accesses that cross a page --- */

static bool crosses(uint32_t linear, unsigned size)
{
    return (linear & ~PAGE_MASK) + size > PAGE_SIZE;
}

/* Where the bytes of a crossing access lie: the first FIRST_SIZE at physical[0], the rest at physical[1]. */
struct parts { uint32_t physical[2]; unsigned first_size; };

static struct parts translate_parts(struct cpu *cpu, uint32_t linear, bool write, bool user)
{
    struct parts parts = { .first_size = PAGE_SIZE - (linear & ~PAGE_MASK) };
    parts.physical[0] = page_translate(cpu, linear, write, user);
    parts.physical[1] = page_translate(cpu, linear + parts.first_size, write, user);
    return parts;
}

static uint32_t part_address(const struct parts *parts, unsigned byte)
{
    return byte < parts->first_size ? parts->physical[0] + byte : parts->physical[1] + (byte - parts->first_size);
}

static uint32_t read_parts(struct cpu *cpu, const struct parts *parts, unsigned size)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= mem_read_physical(cpu, part_address(parts, i), 1) << 8 * i;
    return value;
}

static void write_parts(struct cpu *cpu, const struct parts *parts, uint32_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        mem_write_physical(cpu, part_address(parts, i), value >> 8 * i & 0xFF, 1);
}

/* The model is told of an access before it is made: devices look at the clock. */
static void tell_read(struct cpu *cpu, uint32_t physical, unsigned size)
{
    if (timed(cpu))
        timed_tell_read(cpu, physical, size);
}

static void tell_write(struct cpu *cpu, uint32_t physical, unsigned size)
{
    if (timed(cpu))
        timed_tell_write(cpu, physical, size);
}

/* The upper part goes first (Embedded Intel486 Processor Hardware Reference Manual, "unaligned"). */
static void tell_parts(struct cpu *cpu, const struct parts *parts, unsigned size, bool write)
{
    void (*tell)(struct cpu *, uint32_t, unsigned) = write ? tell_write : tell_read;
    if (timed(cpu))
        cycle_misaligned(cpu->cycle);
    tell(cpu, parts->physical[1], size - parts->first_size);
    tell(cpu, parts->physical[0], parts->first_size);
}

/* --- Segmented accesses --- */

static void tell_watch(struct cpu *cpu, uint32_t linear, unsigned size, bool write)
{
    if (unlikely(cpu->watch->points))
        watch_access(cpu, linear, size, write ? WATCHED_WRITE : WATCHED_READ);
}

static void tell_table(struct cpu *cpu, uint32_t linear, unsigned size)
{
    if (unlikely(cpu->watch->points))
        watch_access(cpu, linear, size, WATCHED_TABLE);
}

uint32_t mem_read(struct cpu *cpu, unsigned seg, uint32_t offset, unsigned size)
{
    const uint8_t *p = timed(cpu) ? timed_read(cpu, seg, offset, size) : NULL;
    if (p)
        return load(p, size);
    uint32_t linear = check_operand(cpu, seg, offset, size, false), value;
    if (crosses(linear, size)) {
        struct parts parts = translate_parts(cpu, linear, false, cpu->cpl == 3);
        tell_parts(cpu, &parts, size, false);
        value = read_parts(cpu, &parts, size);
    } else {
        uint32_t physical = page_translate(cpu, linear, false, cpu->cpl == 3);
        const struct region *region = bus_region(cpu->bus, physical);
        enter_read(cpu->tlb_read, cpu, region, linear, physical);
        tell_read(cpu, physical, size);
        value = read_region(cpu, region, physical, size);
    }
    tell_watch(cpu, linear, size, false);
    return value;
}

/* The TLB's write entry for an access that only code in the same 64 bytes kept from the fast path, or NULL. */
static struct tlb_entry *code_entry(const struct cpu *cpu, unsigned seg, uint32_t offset, unsigned size)
{
    const struct segment *s = &cpu->seg[seg];
    uint32_t linear = s->base + offset;
    struct tlb_entry *e = &cpu->tlb_write[linear >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
    return (uint64_t)offset + (size - 1) < s->wr_end && e->tag == ((linear + (size - 1)) & PAGE_MASK) ? e : NULL;
}

static void write_beside_code(struct cpu *cpu, struct tlb_entry *e, uint32_t offset, uint32_t value, unsigned size)
{
    if (runs_code_at(cpu->runs, e->physical | offset, size))
        runs_written(cpu, e->physical | offset, size);
    else
        e->code = runs_code_map(cpu->runs, e->physical);
    store(e->host + offset, value, size);
}

void mem_write(struct cpu *cpu, unsigned seg, uint32_t offset, uint32_t value, unsigned size)
{
    uint8_t *p = timed(cpu) ? timed_write(cpu, seg, offset, size, false) : NULL;
    if (p) {
        store(p, value, size);
        return;
    }
    struct tlb_entry *e = code_entry(cpu, seg, offset, size);
    if (e) {
        write_beside_code(cpu, e, (cpu->seg[seg].base + offset) & ~PAGE_MASK, value, size);
        return;
    }
    uint32_t linear = check_operand(cpu, seg, offset, size, true);
    if (crosses(linear, size)) {
        struct parts parts = translate_parts(cpu, linear, true, cpu->cpl == 3);
        tell_parts(cpu, &parts, size, true);
        write_parts(cpu, &parts, value, size);
    } else {
        uint32_t physical = page_translate(cpu, linear, true, cpu->cpl == 3);
        const struct region *region = bus_region(cpu->bus, physical);
        tell_write(cpu, physical, size);
        write_region(cpu, region, physical, value, size);
        enter_write(cpu, region, linear, physical);
    }
    tell_watch(cpu, linear, size, true);
}

/* What may be written may be read: no segment is writable only. */
uint32_t mem_read_modify(struct cpu *cpu, unsigned seg, uint32_t offset, unsigned size)
{
    const uint8_t *p = timed(cpu) ? timed_write(cpu, seg, offset, size, true) : NULL;
    if (p)
        return load(p, size);
    const struct tlb_entry *e = code_entry(cpu, seg, offset, size);
    if (e)
        return load(e->host + ((cpu->seg[seg].base + offset) & ~PAGE_MASK), size);
    uint32_t linear = check_operand(cpu, seg, offset, size, true), value;
    if (crosses(linear, size)) {
        struct parts parts = translate_parts(cpu, linear, true, cpu->cpl == 3);
        tell_parts(cpu, &parts, size, false);
        value = read_parts(cpu, &parts, size);
    } else {
        uint32_t physical = page_translate(cpu, linear, true, cpu->cpl == 3);
        tell_read(cpu, physical, size);
        value = mem_read_physical(cpu, physical, size);
    }
    tell_watch(cpu, linear, size, false);
    return value;
}

static void probe(struct cpu *cpu, unsigned seg, uint32_t offset, uint32_t size, bool write)
{
    uint32_t linear = check_segment(cpu, seg, offset, size, write);
    page_translate(cpu, linear, write, cpu->cpl == 3);
    if (crosses(linear, size))
        page_translate(cpu, (linear | ~PAGE_MASK) + 1, write, cpu->cpl == 3);
}

void mem_probe_write(struct cpu *cpu, unsigned seg, uint32_t offset, uint32_t size)
{
    probe(cpu, seg, offset, size, true);
}

void mem_probe_read(struct cpu *cpu, unsigned seg, uint32_t offset, uint32_t size)
{
    probe(cpu, seg, offset, size, false);
}

/* --- Linear accesses of the processor itself --- */

uint32_t mem_read_linear(struct cpu *cpu, uint32_t linear, unsigned size)
{
    struct tlb_entry *table = cpu->tlb[TLB_SUPERVISOR][0], *e = &table[linear >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
    if (likely(e->tag == ((linear + (size - 1)) & PAGE_MASK)))
        return load(e->host + (linear & ~PAGE_MASK), size);
    tell_table(cpu, linear, size);
    if (crosses(linear, size)) {
        struct parts parts = translate_parts(cpu, linear, false, false);
        tell_parts(cpu, &parts, size, false);
        return read_parts(cpu, &parts, size);
    }
    uint32_t physical = page_translate(cpu, linear, false, false);
    const struct region *region = bus_region(cpu->bus, physical);
    enter_read(table, cpu, region, linear, physical);
    tell_read(cpu, physical, size);
    return read_region(cpu, region, physical, size);
}

void mem_write_linear(struct cpu *cpu, uint32_t linear, uint32_t value, unsigned size)
{
    if (crosses(linear, size)) {
        struct parts parts = translate_parts(cpu, linear, true, false);
        tell_parts(cpu, &parts, size, true);
        write_parts(cpu, &parts, value, size);
    } else {
        uint32_t physical = page_translate(cpu, linear, true, false);
        tell_write(cpu, physical, size);
        mem_write_physical(cpu, physical, value, size);
    }
    tell_watch(cpu, linear, size, true);
}

/* --- Spans for string instructions --- */

/* Lowers COUNT to what lies before END in the segment and before the end of OFFSET's page. */
static void cut_span(uint32_t *count, uint32_t linear, uint32_t offset, uint64_t end)
{
    uint32_t in_page = PAGE_SIZE - (linear & ~PAGE_MASK);
    if (*count > in_page)
        *count = in_page;
    if (*count > end - offset)
        *count = (uint32_t)(end - offset);
}

const uint8_t *mem_span_read(struct cpu *cpu, unsigned seg, uint32_t offset, uint32_t *count)
{
    const struct segment *s = &cpu->seg[seg];
    uint32_t linear = s->base + offset;
    const struct tlb_entry *e = &cpu->tlb_read[linear >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
    if (offset >= s->rd_end || e->tag != (linear & PAGE_MASK))
        return NULL;
    cut_span(count, linear, offset, s->rd_end);
    return e->host + (linear & ~PAGE_MASK);
}

uint8_t *mem_span_write(struct cpu *cpu, unsigned seg, uint32_t offset, uint32_t *count)
{
    const struct segment *s = &cpu->seg[seg];
    uint32_t linear = s->base + offset, in_page = linear & ~PAGE_MASK;
    const struct tlb_entry *e = &cpu->tlb_write[linear >> PAGE_SHIFT & (TLB_ENTRIES - 1)];
    if (offset >= s->wr_end || e->tag != (linear & PAGE_MASK))
        return NULL;
    cut_span(count, linear, offset, s->wr_end);
    uint64_t code = e->code >> (in_page >> 6);
    if (code & 1)
        return NULL;
    if (code) {
        uint32_t free_bytes = (uint32_t)__builtin_ctzll(code) * 64 - (in_page & 63);
        if (*count > free_bytes)
            *count = free_bytes;
    }
    return e->host + in_page;
}
