/* The cache of decoded instructions (runs.h).
 *
 * Each physical page that code was found in has a struct code_page with its runs, in 64 lists by the 64-byte line they
 * start in, and a mark for every byte that some run was decoded from. A write is held against the marks; hence data and
 * stack may share a line with code and only cost the slow path of mem.c.
 *
 * Memory for runs comes from one arena; dropped runs are used again by their length. When the arena is full
 * everything is dropped, which the guest cannot notice. In `fast` and `table` mode a write to code is seen at once,
 * also by the following instruction; in `cycle` mode the bytes that the prefetch queue holds stay as they were
 * (timed.h). */
#include "emu/cpu/runs.h"

#include <stdlib.h>

#include "emu/cpu/debug_registers.h"
#include "emu/cpu/decode.h"
#include "emu/cpu/fault.h"
#include "emu/cpu/mem.h"
#include "emu/cpu/opcode.h"
#include "emu/cpu/timed.h"
#include "emu/timing/timing.h"

#define ARENA_SIZE ((size_t)16 << 20)

enum { LINE_SHIFT = 6, LINES = 64, LENGTH_MAX = 15, NO_SUCH_MODE = 0xFF };

struct code_page {
    uint32_t physical;
    uint64_t lines;             /* lines that TLB entries may be told of: a superset of those with code */
    uint64_t marks[LINES];      /* bit per byte */
    struct run *line[LINES];    /* runs by the line they start in */
    struct run *crossing;       /* runs that start in another page and end here */
};

static size_t run_size(unsigned count)
{
    return sizeof(struct run) + count * sizeof(struct insn);
}

/* With shapes, where runs carry them. */
static size_t kept_size(const struct runs *runs, unsigned count)
{
    return run_size(count) + (runs->shaped ? count * sizeof(struct timing_shape) : 0);
}

/* --- Contexts --- */

static void forget_seen(struct runs *runs)
{
    for (unsigned i = 0; i < RUNS_CONTEXTS; i++)
        runs->known[i].context = 0;
}

/* A number that no entry carries. */
static uint64_t new_context(struct runs *runs)
{
    runs->last_context += 1ull << 32;
    if (runs->last_context == 0) {
        memset(runs->seen, 0, sizeof runs->seen);
        forget_seen(runs);
        runs->last_context = 1ull << 32;
    }
    return runs->last_context;
}

void runs_take_context(struct cpu *cpu)
{
    const struct segment *cs = &cpu->seg[CS];
    struct run_context now = { .tlb = cpu->tlb_read, .base = cs->base, .limit = cs->limit, .mode = cpu->mode };
    struct run_context *c = &cpu->runs->known[(cs->base >> 4 ^ cs->base >> 12) & (RUNS_CONTEXTS - 1)];
    if (!c->context || c->base != now.base || c->limit != now.limit || c->mode != now.mode || c->tlb != now.tlb) {
        now.context = new_context(cpu->runs);
        *c = now;
    }
    cpu->runs->current = c;
    cpu->context = c->context;
}

void runs_forget_seen(struct cpu *cpu)
{
    forget_seen(cpu->runs);
    runs_take_context(cpu);
}

/* --- Memory --- */

static void forget_runs(struct runs *runs)
{
    forget_seen(runs);
    for (unsigned i = 0; i < RUNS_FRONT; i++)
        runs->front[i] = runs->none;
    for (unsigned i = 0; i <= RUN_MAX; i++)
        runs->free_run[i] = NULL;
    runs->arena_used = 0;
}

struct runs *runs_create(void)
{
    struct runs *runs = calloc(1, sizeof *runs);
    if (!runs)
        return NULL;
    runs->none = calloc(1, run_size(0));
    runs->scratch = calloc(1, run_size(RUN_MAX) + RUN_MAX * sizeof(struct timing_shape));
    runs->arena = malloc(ARENA_SIZE);
    if (!runs->none || !runs->scratch || !runs->arena) {
        runs_destroy(runs);
        return NULL;
    }
    runs->scratch->shape = (struct timing_shape *)(void *)&runs->scratch->insn[RUN_MAX];
    runs->none->mode = NO_SUCH_MODE;
    runs->current = &runs->known[0];
    forget_runs(runs);
    return runs;
}

void runs_destroy(struct runs *runs)
{
    if (!runs)
        return;
    for (unsigned i = 0; i < 1024; i++) {
        for (unsigned j = 0; runs->directory[i] && j < 1024; j++)
            free(runs->directory[i][j]);
        free(runs->directory[i]);
    }
    free(runs->none);
    free(runs->scratch);
    free(runs->arena);
    free(runs);
}

/* --- Pages and marks --- */

static struct code_page *page_find(const struct runs *runs, uint32_t physical)
{
    struct code_page **table = runs->directory[physical >> 22];
    return table ? table[physical >> PAGE_SHIFT & 1023] : NULL;
}

/* NULL when out of memory. */
static struct code_page *page_get(struct runs *runs, uint32_t physical)
{
    struct code_page ***table = &runs->directory[physical >> 22];
    if (!*table)
        *table = calloc(1024, sizeof **table);
    if (!*table)
        return NULL;
    struct code_page **page = &(*table)[physical >> PAGE_SHIFT & 1023];
    if (!*page) {
        *page = calloc(1, sizeof **page);
        if (*page)
            (*page)->physical = physical & PAGE_MASK;
    }
    return *page;
}

/* Bits FIRST .. END-1 of a line's word, for a range that may begin before the line and end behind it. */
static uint64_t line_bits(unsigned line, unsigned first, unsigned end)
{
    unsigned start = line << LINE_SHIFT;
    unsigned low = first > start ? first - start : 0, high = end - start < 64 ? end - start : 64;
    return (high == 64 ? ~0ull : (1ull << high) - 1) & ~0ull << low;
}

/* Marks bytes FIRST .. END-1 of the page. */
static void mark(struct code_page *page, unsigned first, unsigned end)
{
    for (unsigned line = first >> LINE_SHIFT; line <= (end - 1) >> LINE_SHIFT; line++)
        page->marks[line] |= line_bits(line, first, end);
}

static void unmark(struct code_page *page, unsigned first, unsigned end)
{
    for (unsigned line = first >> LINE_SHIFT; line <= (end - 1) >> LINE_SHIFT; line++)
        page->marks[line] &= ~line_bits(line, first, end);
}

static bool marked(const struct code_page *page, unsigned first, unsigned end)
{
    for (unsigned line = first >> LINE_SHIFT; line <= (end - 1) >> LINE_SHIFT; line++)
        if (page->marks[line] & line_bits(line, first, end))
            return true;
    return false;
}

/* A fast write looks at the line of its last byte only: code in the last three bytes of a line marks the next one. */
static bool line_has_code(const struct code_page *page, unsigned line)
{
    return page->marks[line] || (line > 0 && page->marks[line - 1] >> 61);
}

/* Marks bytes FIRST .. END-1 of the page, and makes all write entries of the TLB know the lines that now hold code. */
static void mark_code(struct cpu *cpu, struct code_page *page, unsigned first, unsigned end)
{
    uint64_t lines = page->lines;
    mark(page, first, end);
    for (unsigned line = first >> LINE_SHIFT; line < LINES && line <= (end >> LINE_SHIFT) + 1; line++)
        if (line_has_code(page, line))
            lines |= 1ull << line;
    if (lines == page->lines)
        return;
    page->lines = lines;
    for (unsigned side = 0; side < 2; side++) {
        struct tlb_entry *e = cpu->tlb[side][1];
        for (unsigned i = 0; i < TLB_ENTRIES; i++)
            if (e[i].tag != TLB_EMPTY && e[i].physical == page->physical)
                e[i].code = lines;
    }
}

uint64_t runs_code_map(const struct runs *runs, uint32_t physical)
{
    const struct code_page *page = page_find(runs, physical);
    return page ? page->lines : 0;
}

bool runs_code_at(struct runs *runs, uint32_t physical, unsigned size)
{
    struct code_page *page = page_find(runs, physical);
    if (!page)
        return false;
    unsigned first = physical & ~PAGE_MASK, last = first + size - 1;
    if (marked(page, first, last + 1))
        return true;
    if (!line_has_code(page, last >> LINE_SHIFT))
        page->lines &= ~(1ull << (last >> LINE_SHIFT));
    return false;
}

/* --- Dropping --- */

static unsigned run_first(const struct run *run)
{
    return run->physical & ~PAGE_MASK;
}

/* End in the page it starts in. */
static unsigned run_end(const struct run *run)
{
    unsigned end = run_first(run) + run->bytes;
    return end < PAGE_SIZE ? end : PAGE_SIZE;
}

/* Bytes in the second page. */
static unsigned run_rest(const struct run *run)
{
    return run_first(run) + run->bytes - PAGE_SIZE;
}

/* Marks what runs that overlap FIRST .. END-1 still need there. */
static void mark_again(struct code_page *page, unsigned first, unsigned end)
{
    unsigned line = first > RUN_BYTES_MAX ? (first - RUN_BYTES_MAX) >> LINE_SHIFT : 0;
    for (; line <= (end - 1) >> LINE_SHIFT; line++)
        for (struct run *run = page->line[line]; run; run = run->next)
            if (run_first(run) < end && run_end(run) > first)
                mark(page, run_first(run), run_end(run));
    for (struct run *run = page->crossing; run; run = run->next_crossing)
        if (run_rest(run) > first)
            mark(page, 0, run_rest(run));
}

static void unlink_run(struct run **list, struct run *run)
{
    while (*list && *list != run)
        list = &(*list)->next;
    if (*list)
        *list = run->next;
}

static void unlink_crossing(struct run **list, struct run *run)
{
    while (*list && *list != run)
        list = &(*list)->next_crossing;
    if (*list)
        *list = run->next_crossing;
}

/* Takes RUN out of everything. Its memory is used again at the earliest when the next run is decoded, that is, after
 * the loop is out of it. */
static void drop(struct runs *runs, struct run *run)
{
    struct code_page *page = page_find(runs, run->physical);
    unsigned first = run_first(run), end = run_end(run);
    unlink_run(&page->line[first >> LINE_SHIFT], run);
    unmark(page, first, end);
    mark_again(page, first, end);
    if (run->mode & RUN_CROSSES) {
        struct code_page *second = page_find(runs, run->second);
        unlink_crossing(&second->crossing, run);
        unmark(second, 0, run_rest(run));
        mark_again(second, 0, run_rest(run));
    }
    struct run **front = &runs->front[runs_front(run->physical)];
    if (*front == run)
        *front = runs->none;
    run->next = runs->free_run[run->count];
    runs->free_run[run->count] = run;
}

/* Drops the runs of the page that overlap FIRST .. END-1. */
static bool drop_range(struct runs *runs, struct code_page *page, unsigned first, unsigned end)
{
    if (!marked(page, first, end))
        return false;
    unsigned line = first > RUN_BYTES_MAX ? (first - RUN_BYTES_MAX) >> LINE_SHIFT : 0;
    for (; line <= (end - 1) >> LINE_SHIFT; line++)
        for (struct run *run = page->line[line], *next; run; run = next) {
            next = run->next;
            if (run_first(run) < end && run_end(run) > first)
                drop(runs, run);
        }
    for (struct run *run = page->crossing, *next; run; run = next) {
        next = run->next_crossing;
        if (run_rest(run) > first)
            drop(runs, run);
    }
    return true;
}

bool runs_written(struct cpu *cpu, uint32_t physical, uint32_t size)
{
    bool dropped = false;
    while (size) {
        uint32_t first = physical & ~PAGE_MASK, part = PAGE_SIZE - first < size ? PAGE_SIZE - first : size;
        struct code_page *page = page_find(cpu->runs, physical);
        if (page)
            dropped |= drop_range(cpu->runs, page, first, first + part);
        physical += part;
        size -= part;
    }
    if (dropped) {
        runs_forget_seen(cpu);
        cpu_leave_run(cpu);
    }
    return dropped;
}

void runs_drop_all(struct cpu *cpu)
{
    struct runs *runs = cpu->runs;
    runs->shaped = timed(cpu);
    for (unsigned i = 0; i < 1024; i++)
        for (unsigned j = 0; runs->directory[i] && j < 1024; j++) {
            struct code_page *page = runs->directory[i][j];
            if (page)
                *page = (struct code_page){ .physical = page->physical, .lines = page->lines };
        }
    forget_runs(runs);
    runs_take_context(cpu);
    cpu_leave_run(cpu);
}

/* --- Building --- */

/* How an instruction leaves the straight line, for the prefetch queue: SHAPE_JUMP, SHAPE_BRANCH or 0. Far transfers
 * that leave their path in cpu->work always do. */
static uint8_t leaves_line(const struct opcode *row)
{
    static const char *const always[] = { "JMP", "CALL", "RET", "RETF", "IRET", "INT", "INT3", "ICEBP" };
    if (!row->mnemonic || !(row->mnemonic[0] == 'J' || row->flags & OPC_ENDS || strncmp(row->mnemonic, "LOOP", 4) == 0))
        return 0;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (strcmp(row->mnemonic, always[i]) == 0)
            return SHAPE_JUMP;
    return row->mnemonic[0] == 'J' || row->mnemonic[0] == 'L' ? SHAPE_BRANCH : 0;
}

/* LOCK, or XCHG with memory. */
static bool locks_bus(const struct opcode *row, const struct insn *insn)
{
    bool exchanges = insn->flags & INSN_MEMORY && row->mnemonic && strcmp(row->mnemonic, "XCHG") == 0;
    return insn->flags & INSN_LOCK || exchanges;
}

/* The clocks of an instruction, for the timed loops, and what it is to the pipeline. */
static void price(const struct cpu *cpu, struct insn *insn, struct timing_shape *shape)
{
    const struct opcode *row = &opcode_table[insn->row];
    unsigned mod = insn->modrm >> 6;
    bool memory = insn->flags & INSN_MEMORY;
    bool displacement = memory && (mod == 1 || mod == 2 || insn->base == NO_REGISTER);
    const struct timing_form form = {
        .mnemonic = row->mnemonic ? row->mnemonic : "",
        .operands = row->operands ? row->operands : "",
        .size = row->flags & OPC_BYTE ? 8 : insn->flags & INSN_OPERAND32 ? 32 : 16,
        .memory = memory,
        .repeat = insn->flags & (INSN_REP | INSN_REPNE),
        .has_index = insn->index != NO_REGISTER,
        .disp_and_imm = displacement && row->flags & (OPC_IMM8 | OPC_IMM8S | OPC_IMMV),
        .prefixes = insn->prefixes,
        .lock = insn->flags & INSN_LOCK,
        .opcode = insn->opcode,
        .modrm = insn->modrm,
        .base = insn->base,
        .index = insn->index,
        .code32 = cpu->mode & RUN_CODE32,
        .mode = cpu->mode & RUN_V86 ? TIMED_V86 : cpu->mode & RUN_PROTECTED ? TIMED_PROTECTED : TIMED_REAL,
    };
    struct timing_cost cost = timing_cost(cpu->timing, &form);
    insn->clocks = (uint16_t)(cost.clocks + cost.prefixes + cost.index_clock);
    insn->rule = cost.rule;
    if (cost.rule == TIMING_FIXED)
        insn->flags &= (uint16_t)~INSN_VARIABLE;
    if (!timed(cpu))
        return;
    *shape = pipeline_shape(&cpu->cycle->board, &form, &cost);
    shape->flags |= leaves_line(row);
    if (locks_bus(row, insn))
        insn->flags |= INSN_LOCKED;
}

/* Adds an instruction; false if the run ends with it. */
static bool append(const struct cpu *cpu, struct run *run, struct insn *insn)
{
    if (cpu->timing_mode != CPU_TIMING_FAST)
        price(cpu, insn, &run->shape[run->count]);
    if (!insn->quick)
        insn->quick = op_one;
    run->repeats = opcode_repeats(insn);
    run->bytes = (uint16_t)(run->bytes + insn->len);
    insn->end = (uint8_t)run->bytes;
    run->count++;
    return !(insn->flags & INSN_ENDS_RUN) && !run->repeats && run->count < RUN_MAX;
}

/* The run ends here: only a branch may be left to its quick form, nothing that would call the next one's. */
static struct run *seal(struct run *run)
{
    struct insn *last = &run->insn[run->count - 1];
    if (!(last->flags & INSN_ENDS_RUN))
        last->quick = op_one;
    run->end = run->insn + run->count;
    run->room = run->repeats ? RUN_NO_ROOM : run->count;
    return run;
}

/* Decodes a line of instructions that lie wholly in the SIZE bytes into the scratch run. Its count is 0 if already the
 * first one does not end there, or is too long. */
static void decode_line(struct cpu *cpu, const uint8_t *bytes, size_t size, struct run *run)
{
    run->count = 0;
    run->bytes = 0;
    for (;;) {
        struct insn *insn = &run->insn[run->count];
        int length = decode(bytes + run->bytes, size - run->bytes, cpu->mode & RUN_CODE32, insn);
        if (length <= 0 || run->bytes + length > RUN_BYTES_MAX)
            return;
        if (opcode_repeats(insn) && run->count)
            return;
        if (!append(cpu, run, insn))
            return;
    }
}

static uint32_t code_address(struct cpu *cpu, uint32_t linear)
{
    return timed(cpu) ? timed_code_address(cpu, linear) : page_translate(cpu, linear, false, cpu->cpl == 3);
}

/* One byte of code at LINEAR. *PAGE is the physical page last translated and *TAG its linear address. */
static uint8_t fetch_byte(struct cpu *cpu, uint32_t linear, uint32_t *tag, uint32_t *page)
{
    if ((linear & PAGE_MASK) != *tag) {
        *page = code_address(cpu, linear) & PAGE_MASK;
        *tag = linear & PAGE_MASK;
    }
    uint8_t byte;
    if (cpu->timed.stale && timed_stale_byte(cpu, *page | (linear & ~PAGE_MASK), &byte))
        return byte;
    return (uint8_t)bus_read(cpu->bus, *page | (linear & ~PAGE_MASK), 1);
}

/* The one instruction at CS:EIP, byte by byte as it asks for them, into the scratch run. */
static struct run *decode_alone(struct cpu *cpu, uint32_t *last_page)
{
    struct run *run = cpu->runs->scratch;
    uint8_t bytes[LENGTH_MAX];
    uint32_t tag = TLB_EMPTY, page = 0, eip = cpu->eip, limit = cpu->seg[CS].limit, first_page = 0;
    size_t size = 0;
    int length;
    do {
        if (eip > limit || limit - eip < size)
            cpu_raise_code(cpu, EXC_GP, 0);
        bytes[size] = fetch_byte(cpu, cpu->seg[CS].base + eip + (uint32_t)size, &tag, &page);
        if (size++ == 0)
            first_page = page;
        length = decode(bytes, size, cpu->mode & RUN_CODE32, &run->insn[0]);
    } while (length == DECODE_MORE);
    if (length == DECODE_TOO_LONG)
        cpu_raise_code(cpu, EXC_GP, 0);
    run->count = 0;
    run->bytes = 0;
    append(cpu, run, &run->insn[0]);
    run->physical = first_page | ((cpu->seg[CS].base + eip) & ~PAGE_MASK);
    run->second = page;
    run->mode = page != first_page ? RUN_CROSSES : 0;
    *last_page = page;
    return seal(run);
}

/* A run with COUNT instructions, or NULL; drops everything once when the arena is full. */
static struct run *allocate(struct cpu *cpu, unsigned count)
{
    struct runs *runs = cpu->runs;
    struct run *run = runs->free_run[count];
    if (run) {
        runs->free_run[count] = run->next;
        return run;
    }
    if (ARENA_SIZE - runs->arena_used < kept_size(runs, count))
        runs_drop_all(cpu);
    run = (struct run *)(void *)(runs->arena + runs->arena_used);
    runs->arena_used += (kept_size(runs, count) + 15) & ~(size_t)15;
    return run;
}

/* Copies the scratch run into the cache. Returns the scratch run itself if there is no memory for the page. */
static struct run *keep(struct cpu *cpu, uint32_t physical, uint8_t mode, uint32_t second)
{
    struct runs *runs = cpu->runs;
    struct run *scratch = runs->scratch;
    struct code_page *page = page_get(runs, physical);
    struct code_page *second_page = mode & RUN_CROSSES ? page_get(runs, second) : page;
    if (!page || !second_page)
        return scratch;
    struct run *run = allocate(cpu, scratch->count);
    memcpy(run, scratch, run_size(scratch->count));
    run->end = run->insn + run->count;
    run->shape = (struct timing_shape *)(void *)&run->insn[run->count];
    if (runs->shaped)
        memcpy(run->shape, scratch->shape, run->count * sizeof *run->shape);
    run->physical = physical;
    run->second = second;
    run->mode = mode;
    run->next = page->line[run_first(run) >> LINE_SHIFT];
    page->line[run_first(run) >> LINE_SHIFT] = run;
    mark_code(cpu, page, run_first(run), run_end(run));
    if (mode & RUN_CROSSES) {
        run->next_crossing = second_page->crossing;
        second_page->crossing = run;
        mark_code(cpu, second_page, 0, run_rest(run));
    }
    return run;
}

/* --- Finding --- */

static struct run *find_in_page(const struct runs *runs, uint32_t physical, uint8_t mode)
{
    const struct code_page *page = page_find(runs, physical);
    struct run *run = page ? page->line[(physical & ~PAGE_MASK) >> LINE_SHIFT] : NULL;
    while (run && (run->physical != physical || (run->mode & ~RUN_CROSSES) != mode))
        run = run->next;
    return run;
}

/* Is the page after LINEAR's the one that the crossing run was decoded from? */
static bool second_page_matches(struct cpu *cpu, const struct run *run, uint32_t linear)
{
    return (page_translate(cpu, (linear | ~PAGE_MASK) + 1, false, cpu->cpl == 3) & PAGE_MASK) == run->second;
}

/* May what is decoded be kept until somebody writes where it came from? */
static bool keeps_code(const struct region *region)
{
    return region->host && !region->shared;
}

static struct run *build(struct cpu *cpu, uint32_t physical, const struct region *region)
{
    struct run *scratch = cpu->runs->scratch;
    uint32_t last_page;
    decode_line(cpu, region->host + (physical - region->base), PAGE_SIZE - (physical & ~PAGE_MASK), scratch);
    scratch->physical = physical;
    scratch->mode = cpu->mode;
    if (scratch->count) {
        seal(scratch);
        return keep(cpu, physical, cpu->mode, 0);
    }
    decode_alone(cpu, &last_page);
    if (!keeps_code(bus_region(cpu->bus, last_page)))
        return scratch;
    return keep(cpu, physical, cpu->mode | RUN_CROSSES, last_page);
}

/* RUN, which begins at CS:EIP, or as much of it as lies before the guest's next instruction breakpoint. */
static struct run *cut_at_breakpoint(struct cpu *cpu, struct run *run)
{
    struct run *scratch = cpu->runs->scratch;
    uint32_t linear = cpu->seg[CS].base + cpu->eip;
    unsigned count = 1;
    while (count < run->count && !debug_stops_at(cpu, linear + run->insn[count - 1].end))
        count++;
    if (count == run->count)
        return run;
    if (run != scratch) {
        struct timing_shape *shape = scratch->shape;
        memcpy(scratch, run, run_size(count));
        scratch->shape = shape;
        if (cpu->runs->shaped)
            memcpy(shape, run->shape, count * sizeof *shape);
    }
    scratch->count = (uint8_t)count;
    scratch->bytes = run->insn[count - 1].end;
    return seal(scratch);
}

struct run *runs_find(struct cpu *cpu)
{
    const struct segment *cs = &cpu->seg[CS];
    uint32_t linear = cs->base + cpu->eip, last_page;
    if (cpu->debug_fetch)
        debug_check_fetch(cpu);
    if (cpu->eip > cs->limit)
        cpu_raise_code(cpu, EXC_GP, 0);
    uint32_t physical = code_address(cpu, linear);
    const struct region *region = bus_region(cpu->bus, physical);
    if (!keeps_code(region) || cpu->timed.stale)
        return decode_alone(cpu, &last_page);
    if (!timed(cpu))
        mem_enter_read(cpu, linear, physical);

    struct run *run = find_in_page(cpu->runs, physical, cpu->mode);
    if (run && run->mode & RUN_CROSSES && cs->limit - cpu->eip >= (uint32_t)run->bytes - 1 &&
        !second_page_matches(cpu, run, linear)) {
        drop(cpu->runs, run);
        runs_forget_seen(cpu);
        run = NULL;
    }
    if (!run)
        run = build(cpu, physical, region);
    if (cs->limit - cpu->eip < (uint32_t)run->bytes - 1)
        return decode_alone(cpu, &last_page);
    if (run != cpu->runs->scratch && !(run->mode & RUN_CROSSES))
        cpu->runs->front[runs_front(physical)] = run;
    return cpu->debug_fetch ? cut_at_breakpoint(cpu, run) : run;
}
