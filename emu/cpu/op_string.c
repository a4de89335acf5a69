/* MOVS CMPS STOS LODS SCAS, alone and repeated (PRM ch. 26). INS and OUTS are elsewhere (ops_system.h).
 *
 * Each has an element function, which does one iteration and commits it, and a block function, which does as many
 * iterations as lie in host memory at both ends, upwards, in one page. string_repeat() prefers blocks and goes by
 * elements where there is no block: downwards, across page ends, in device memory and beside decoded code. After a
 * fault SI, DI and CX stand at the iteration that failed, since those before it were committed.
 *
 * Iterations done are left in cpu->work. A watchpoint that is hit does not cut the repetition short: where the
 * debugger looks must not change how often the instruction starts anew, and with that what it costs. The guest's own
 * data breakpoints do: they trap after the iteration. */
#include "emu/cpu/debug_registers.h"
#include "emu/cpu/operand.h"
#include "emu/cpu/ops.h"
#include "emu/cpu/timed.h"

/* Does one iteration. False: a REPE or REPNE ends here. */
typedef bool element_fn(struct cpu *cpu, const struct insn *insn);

/* Does up to COUNT iterations, at least 1, upwards. Returns how many; 0 if they have to be done one by one. Sets
 * *ENDED when a REPE or REPNE ends with the last of them. */
typedef uint32_t block_fn(struct cpu *cpu, const struct insn *insn, uint32_t count, bool *ended);

/* Elements done one by one before a block is tried again. */
enum { STRETCH = 16 };

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

ALWAYS_INLINE uint32_t index_register(const struct cpu *cpu, const struct insn *insn, unsigned number)
{
    return cpu->r[number] & insn->addr_mask;
}

ALWAYS_INLINE void advance(struct cpu *cpu, const struct insn *insn, unsigned number, uint32_t step)
{
    uint32_t mask = insn->addr_mask;
    cpu->r[number] = (cpu->r[number] & ~mask) | ((cpu->r[number] + step) & mask);
}

ALWAYS_INLINE uint32_t element_step(const struct cpu *cpu, unsigned width)
{
    return cpu->eflags & FLAG_DF ? 0 - width / 8 : width / 8;
}

/* Up to STRETCH of COUNT iterations one by one; *CUT: something waits that must not wait for the rest (in mode `cycle`,
 * where nobody knows beforehand how long an iteration takes). */
static uint32_t repeat_elements(struct cpu *cpu, const struct insn *insn, element_fn *element, uint32_t count,
                                bool *ended, bool *cut)
{
    uint32_t done = 0;
    bool waits = false;
    while (done < smaller(count, STRETCH) && !*ended && !debug_was_hit(cpu) && !waits) {
        *ended = !element(cpu, insn);
        advance(cpu, insn, ECX, (uint32_t)-1);
        done++;
        waits = timed(cpu) && timed_iterated(cpu);
    }
    *cut = waits;
    return done;
}

static void string_repeat(struct cpu *cpu, const struct insn *insn, element_fn *element, block_fn *block)
{
    uint32_t left = index_register(cpu, insn, ECX), done = 0;
    bool ended = left == 0, cut = false, forward = !(cpu->eflags & FLAG_DF);
    uint32_t budget = ended ? 0 : cpu_rep_budget(cpu);

    while (left && done < budget && !ended && !cut && !debug_was_hit(cpu)) {
        uint32_t wanted = smaller(left, budget - done);
        uint32_t n = forward && !timed(cpu) ? block(cpu, insn, wanted, &ended) : 0;
        if (n)
            advance(cpu, insn, ECX, 0 - n);
        else
            n = repeat_elements(cpu, insn, element, wanted, &ended, &cut);
        left -= n;
        done += n;
    }
    cpu->work = done;
    if (left && !ended)
        cpu_repeat_later(cpu);
}

ALWAYS_INLINE void string_op(struct cpu *cpu, const struct insn *insn, element_fn *element, block_fn *block)
{
    if (insn->flags & (INSN_REP | INSN_REPNE))
        string_repeat(cpu, insn, element, block);
    else
        element(cpu, insn);
}

/* Bytes of up to COUNT elements (a page of them is enough at a time) from OFFSET that lie before the address wraps. */
ALWAYS_INLINE uint32_t block_bytes(const struct insn *insn, uint32_t offset, uint32_t count, unsigned width)
{
    uint32_t room = insn->addr_mask - offset;
    uint32_t bytes = smaller(count, PAGE_SIZE) * (width / 8);
    return room < bytes - 1 ? room + 1 : bytes;
}

/* --- MOVS --- */

ALWAYS_INLINE bool movs_element(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint32_t value = memory_get(cpu, width, insn->seg, index_register(cpu, insn, ESI));
    memory_set(cpu, width, ES, index_register(cpu, insn, EDI), value);
    uint32_t step = element_step(cpu, width);
    advance(cpu, insn, ESI, step);
    advance(cpu, insn, EDI, step);
    return true;
}

/* Where the destination lies ahead of the source and overlaps it, what was written is read again later: programs fill
 * memory that way. */
ALWAYS_INLINE void copy_upwards(uint8_t *to, const uint8_t *from, uint32_t count, unsigned width)
{
    const unsigned size = width / 8;
    if ((uintptr_t)to - (uintptr_t)from >= count * size) {
        memmove(to, from, count * size);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        host_store(to + i * size, width, host_load(from + i * size, width));
}

ALWAYS_INLINE uint32_t movs_block(struct cpu *cpu, const struct insn *insn, uint32_t count, bool *ended, unsigned width)
{
    (void)ended;
    uint32_t source = index_register(cpu, insn, ESI), destination = index_register(cpu, insn, EDI);
    uint32_t bytes = smaller(block_bytes(insn, source, count, width), block_bytes(insn, destination, count, width));
    const uint8_t *from = mem_span_read(cpu, insn->seg, source, &bytes);
    uint8_t *to = from ? mem_span_write(cpu, ES, destination, &bytes) : NULL;
    uint32_t n = to ? bytes / (width / 8) : 0;
    if (n == 0)
        return 0;
    copy_upwards(to, from, n, width);
    advance(cpu, insn, ESI, n * (width / 8));
    advance(cpu, insn, EDI, n * (width / 8));
    return n;
}

/* --- STOS --- */

ALWAYS_INLINE bool stos_element(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    memory_set(cpu, width, ES, index_register(cpu, insn, EDI), cpu->r[EAX]);
    advance(cpu, insn, EDI, element_step(cpu, width));
    return true;
}

/* Writes one element, then doubles what is there. */
ALWAYS_INLINE void fill_upwards(uint8_t *to, uint32_t value, uint32_t bytes, unsigned width)
{
    host_store(to, width, value);
    for (uint32_t done = width / 8, n; done < bytes; done += n) {
        n = smaller(done, bytes - done);
        memcpy(to + done, to, n);
    }
}

ALWAYS_INLINE uint32_t stos_block(struct cpu *cpu, const struct insn *insn, uint32_t count, bool *ended, unsigned width)
{
    (void)ended;
    uint32_t destination = index_register(cpu, insn, EDI), bytes = block_bytes(insn, destination, count, width);
    uint8_t *to = mem_span_write(cpu, ES, destination, &bytes);
    uint32_t n = to ? bytes / (width / 8) : 0;
    if (n == 0)
        return 0;
    fill_upwards(to, cpu->r[EAX], n * (width / 8), width);
    advance(cpu, insn, EDI, n * (width / 8));
    return n;
}

/* --- LODS --- */

ALWAYS_INLINE bool lods_element(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint32_t value = memory_get(cpu, width, insn->seg, index_register(cpu, insn, ESI));
    register_set(cpu, width, register_offset(width, EAX), value);
    advance(cpu, insn, ESI, element_step(cpu, width));
    return true;
}

/* Only the last element leaves a trace. */
ALWAYS_INLINE uint32_t lods_block(struct cpu *cpu, const struct insn *insn, uint32_t count, bool *ended, unsigned width)
{
    (void)ended;
    uint32_t source = index_register(cpu, insn, ESI), bytes = block_bytes(insn, source, count, width);
    const uint8_t *from = mem_span_read(cpu, insn->seg, source, &bytes);
    uint32_t n = from ? bytes / (width / 8) : 0;
    if (n == 0)
        return 0;
    register_set(cpu, width, register_offset(width, EAX), host_load(from + (n - 1) * (width / 8), width));
    advance(cpu, insn, ESI, n * (width / 8));
    return n;
}

/* --- SCAS, CMPS --- */

ALWAYS_INLINE bool goes_on(const struct insn *insn, bool equal)
{
    return insn->flags & INSN_REPNE ? !equal : equal;
}

ALWAYS_INLINE bool scas_element(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint32_t value = memory_get(cpu, width, ES, index_register(cpu, insn, EDI));
    advance(cpu, insn, EDI, element_step(cpu, width));
    cpu->flags = alu_sub(width, cpu->r[EAX], value, 0).flags;
    return goes_on(insn, flag_zf(cpu->flags));
}

ALWAYS_INLINE uint32_t scas_block(struct cpu *cpu, const struct insn *insn, uint32_t count, bool *ended, unsigned width)
{
    uint32_t destination = index_register(cpu, insn, EDI), bytes = block_bytes(insn, destination, count, width);
    const uint8_t *at = mem_span_read(cpu, ES, destination, &bytes);
    uint32_t elements = at ? bytes / (width / 8) : 0, n = 0, value = 0;
    uint32_t wanted = register_get(cpu, width, register_offset(width, EAX));
    if (elements == 0)
        return 0;
    while (n < elements && !*ended) {
        value = host_load(at + n * (width / 8), width);
        *ended = !goes_on(insn, value == wanted);
        n++;
    }
    advance(cpu, insn, EDI, n * (width / 8));
    cpu->flags = alu_sub(width, wanted, value, 0).flags;
    return n;
}

ALWAYS_INLINE bool cmps_element(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint32_t a = memory_get(cpu, width, insn->seg, index_register(cpu, insn, ESI));
    uint32_t b = memory_get(cpu, width, ES, index_register(cpu, insn, EDI));
    uint32_t step = element_step(cpu, width);
    advance(cpu, insn, ESI, step);
    advance(cpu, insn, EDI, step);
    cpu->flags = alu_sub(width, a, b, 0).flags;
    return goes_on(insn, flag_zf(cpu->flags));
}

ALWAYS_INLINE uint32_t cmps_block(struct cpu *cpu, const struct insn *insn, uint32_t count, bool *ended, unsigned width)
{
    uint32_t source = index_register(cpu, insn, ESI), destination = index_register(cpu, insn, EDI);
    uint32_t bytes = smaller(block_bytes(insn, source, count, width), block_bytes(insn, destination, count, width));
    const uint8_t *from = mem_span_read(cpu, insn->seg, source, &bytes);
    const uint8_t *with = from ? mem_span_read(cpu, ES, destination, &bytes) : NULL;
    uint32_t elements = with ? bytes / (width / 8) : 0, n = 0, a = 0, b = 0;
    if (elements == 0)
        return 0;
    while (n < elements && !*ended) {
        a = host_load(from + n * (width / 8), width);
        b = host_load(with + n * (width / 8), width);
        *ended = !goes_on(insn, a == b);
        n++;
    }
    advance(cpu, insn, ESI, n * (width / 8));
    advance(cpu, insn, EDI, n * (width / 8));
    cpu->flags = alu_sub(width, a, b, 0).flags;
    return n;
}

/* --- The handlers --- */

#define STRING_HANDLER(name, kind, width)                                                                              \
    static bool kind##_element_##width(struct cpu *cpu, const struct insn *insn)                                       \
    {                                                                                                                  \
        return kind##_element(cpu, insn, width);                                                                       \
    }                                                                                                                  \
    static uint32_t kind##_block_##width(struct cpu *cpu, const struct insn *insn, uint32_t count, bool *ended)        \
    {                                                                                                                  \
        return kind##_block(cpu, insn, count, ended, width);                                                           \
    }                                                                                                                  \
    HANDLER(name, string_op, kind##_element_##width, kind##_block_##width)

STRING_HANDLER(op_movs_Yb_Xb, movs, 8)
STRING_HANDLER(op_movs_Yv_Xv_16, movs, 16)
STRING_HANDLER(op_movs_Yv_Xv_32, movs, 32)
STRING_HANDLER(op_stos_Yb_AL, stos, 8)
STRING_HANDLER(op_stos_Yv_eAX_16, stos, 16)
STRING_HANDLER(op_stos_Yv_eAX_32, stos, 32)
STRING_HANDLER(op_lods_AL_Xb, lods, 8)
STRING_HANDLER(op_lods_eAX_Xv_16, lods, 16)
STRING_HANDLER(op_lods_eAX_Xv_32, lods, 32)
STRING_HANDLER(op_scas_AL_Yb, scas, 8)
STRING_HANDLER(op_scas_eAX_Yv_16, scas, 16)
STRING_HANDLER(op_scas_eAX_Yv_32, scas, 32)
STRING_HANDLER(op_cmps_Xb_Yb, cmps, 8)
STRING_HANDLER(op_cmps_Xv_Yv_16, cmps, 16)
STRING_HANDLER(op_cmps_Xv_Yv_32, cmps, 32)
