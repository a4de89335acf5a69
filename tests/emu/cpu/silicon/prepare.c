/* What instructions need beyond a memory operand that can be reached: selectors to load, targets to go to, divisors
 * that mostly fit, counts that end, memory for strings. A table says who needs what. */
#include "tests/emu/cpu/silicon/sample.h"

typedef void prepare_fn(struct sample *s);

static bool operand32(const struct sample *s)
{
    return s->insn.flags & INSN_OPERAND32;
}

static unsigned operand_size(const struct sample *s)
{
    return s->row->flags & OPC_BYTE ? 1 : operand32(s) ? 4 : 2;
}

/* Element INDEX of the stack, of the operand's size. */
static void poke_stack(struct sample *s, unsigned index, uint32_t value)
{
    unsigned size = operand32(s) ? 4 : 2;
    uint16_t ss = s->before.seg[SS];
    uint32_t mask = sample_is_big(ss) ? 0xFFFFFFFF : 0xFFFF;
    sample_poke(s, sample_base(ss) + ((s->before.r[ESP] + index * size) & mask), value, size);
}

/* SIZE bytes at DISTANCE from the memory operand. */
static void poke_operand(struct sample *s, uint32_t distance, uint32_t value, unsigned size)
{
    bool in_memory;
    uint32_t linear = sample_linear(s, &in_memory);
    if (in_memory)
        sample_poke(s, linear + distance, value, size);
}

/* VALUE into the r/m operand, memory or register, of SIZE bytes. */
static void set_operand(struct sample *s, uint32_t value, unsigned size)
{
    unsigned rm = s->insn.modrm & 7;
    if (s->insn.flags & INSN_MEMORY)
        poke_operand(s, 0, value, size);
    else if (rm != ESP && size > 1)
        s->before.r[rm] = size == 4 ? value : (s->before.r[rm] & 0xFFFF0000) | (value & 0xFFFF);
}

/* An offset in code segment SELECTOR, mostly within its limit. */
static uint32_t code_offset(uint16_t selector)
{
    if (sample_chance(10))
        return sample_value();
    return selector == ORACLE_CODE32 ? ORACLE_CODE + sample_any() % 0x10000 : sample_any() % 0x9010;
}

static void selector_on_stack(struct sample *s)
{
    poke_stack(s, 0, (sample_any() << 16) | sample_selector());
}

/* In ESP, which is no selector, there could be one of the kernel's own. */
static void selector_operand(struct sample *s)
{
    s->rejected = !(s->insn.flags & INSN_MEMORY) && (s->insn.modrm & 7) == ESP;
    set_operand(s, (sample_any() << 16) | sample_selector(), 2);
}

static void data_pointer(struct sample *s)
{
    poke_operand(s, operand_size(s), sample_selector(), 2);
}

static void code_pointer(struct sample *s)
{
    uint16_t selector = sample_code_selector();
    poke_operand(s, 0, code_offset(selector), operand_size(s));
    poke_operand(s, operand_size(s), selector, 2);
}

static void near_target(struct sample *s)
{
    set_operand(s, code_offset(s->before.seg[CS]), operand_size(s));
}

static void near_return(struct sample *s)
{
    poke_stack(s, 0, code_offset(s->before.seg[CS]));
}

static void far_return(struct sample *s)
{
    uint16_t selector = sample_code_selector();
    poke_stack(s, 0, code_offset(selector));
    poke_stack(s, 1, selector);
}

/* All flags but those that leave protected mode behind or ask for a task switch. */
static uint32_t any_flags(void)
{
    return sample_any() & ~(uint32_t)FLAG_NT;
}

static void interrupt_return(struct sample *s)
{
    far_return(s);
    poke_stack(s, 2, any_flags());
}

static void flags_on_stack(struct sample *s)
{
    poke_stack(s, 0, sample_any());
}

static void bounds(struct sample *s)
{
    uint32_t index = s->before.r[s->insn.modrm >> 3 & 7];
    poke_operand(s, 0, index - sample_any() % 3, operand_size(s));
    poke_operand(s, operand_size(s), sample_chance(50) ? sample_value() : index + sample_any() % 3 - 1,
                 operand_size(s));
}

/* The upper half of the dividend mostly less than the divisor, or an extension of the lower half. */
static void dividend(struct sample *s)
{
    uint32_t *r = s->before.r, divisor = sample_value() | (sample_chance(95) ? 1u << sample_any() % 8 : 0);
    set_operand(s, divisor, operand_size(s));
    if (sample_chance(10))
        return;
    uint32_t high = sample_chance(50) ? sample_any() % (divisor | 1) : r[EAX] >> 31 && sample_chance(50) ? ~0u : 0;
    if (operand_size(s) == 1)
        r[EAX] = (r[EAX] & 0xFFFF00FF) | (high & 0xFF) << 8;
    else
        r[EDX] = high;
}

static void comparand(struct sample *s)
{
    if (sample_chance(50))
        set_operand(s, s->before.r[EAX], operand_size(s));
}

static void set_masked(uint32_t *r, uint32_t value, uint32_t mask)
{
    *r = (*r & ~mask) | (value & mask);
}

static void loop_count(struct sample *s)
{
    if (sample_chance(60))
        set_masked(&s->before.r[ECX], sample_any() % 3, s->insn.addr_mask);
}

/* SI and DI somewhere, or close to each other; a count of a few elements. */
static void strings(struct sample *s)
{
    uint32_t *r = s->before.r, mask = s->insn.addr_mask;
    uint16_t source = s->before.seg[s->insn.seg], destination = s->before.seg[ES];
    set_masked(&r[ESI], sample_offset(source, 8), mask);
    set_masked(&r[EDI], sample_chance(70) ? sample_offset(destination, 8) : r[ESI] + sample_any() % 17 - 8, mask);
    set_masked(&r[ECX], sample_any() % (sample_chance(90) ? 12 : 60), mask);
}

/* Memory in which a comparison finds something, for CMPS and SCAS. */
static void comparisons(struct sample *s)
{
    strings(s);
    const uint32_t *r = s->before.r;
    uint32_t mask = s->insn.addr_mask, value = sample_any() % 2 * 0x01010101;
    uint32_t source = sample_base(s->before.seg[s->insn.seg]) + (r[ESI] & mask);
    uint32_t destination = sample_base(s->before.seg[ES]) + (r[EDI] & mask);
    unsigned equal = sample_any() % 5;
    s->before.r[EAX] = sample_chance(50) ? value : ~value;
    for (unsigned i = 0; i < equal; i++) {
        uint32_t distance = s->before.eflags & FLAG_DF ? 0 - 4 * i : 4 * i;
        sample_poke(s, destination + distance, value, 4);
        if (s->form.opcode < 0xAE)
            sample_poke(s, source + distance, value, 4);
    }
}

static void frame_pointer(struct sample *s)
{
    uint32_t at = sample_offset(s->before.seg[SS], 128);
    uint32_t mask = sample_is_big(s->before.seg[SS]) ? 0xFFFFFFFF : 0xFFFF;
    set_masked(&s->before.r[EBP], sample_chance(80) ? at & ~3u : at, mask);
}

static void table(struct sample *s)
{
    set_masked(&s->before.r[EBX], sample_offset(s->before.seg[s->insn.seg], 0x100), s->insn.addr_mask);
}

static const struct {
    uint16_t first, last;       /* opcodes */
    uint8_t regs;               /* a bit for each ModRM.reg that is meant, 0: all */
    prepare_fn *prepare;
} preparations[] = {
    { 0x007, 0x007, 0, selector_on_stack }, { 0x017, 0x017, 0, selector_on_stack },
    { 0x01F, 0x01F, 0, selector_on_stack }, { 0x1A1, 0x1A1, 0, selector_on_stack },
    { 0x1A9, 0x1A9, 0, selector_on_stack },
    { 0x062, 0x062, 0, bounds },
    { 0x063, 0x063, 0, selector_operand }, { 0x08E, 0x08E, 0, selector_operand },
    { 0x100, 0x100, 0x30, selector_operand }, { 0x102, 0x103, 0, selector_operand },
    { 0x0C4, 0x0C5, 0, data_pointer }, { 0x1B2, 0x1B2, 0, data_pointer }, { 0x1B4, 0x1B5, 0, data_pointer },
    { 0x0FF, 0x0FF, 0x14, near_target }, { 0x0FF, 0x0FF, 0x28, code_pointer },
    { 0x0C2, 0x0C3, 0, near_return }, { 0x0CA, 0x0CB, 0, far_return }, { 0x0CF, 0x0CF, 0, interrupt_return },
    { 0x09D, 0x09D, 0, flags_on_stack },
    { 0x0F6, 0x0F7, 0xC0, dividend },
    { 0x1B0, 0x1B1, 0, comparand },
    { 0x0E0, 0x0E3, 0, loop_count },
    { 0x06C, 0x06F, 0, strings }, { 0x0A4, 0x0A5, 0, strings }, { 0x0AA, 0x0AD, 0, strings },
    { 0x0A6, 0x0A7, 0, comparisons }, { 0x0AE, 0x0AF, 0, comparisons },
    { 0x0C8, 0x0C9, 0, frame_pointer },
    { 0x0D7, 0x0D7, 0, table }
};

void sample_prepare(struct sample *s)
{
    for (unsigned i = 0; i < sizeof preparations / sizeof *preparations; i++)
        if (s->form.opcode >= preparations[i].first && s->form.opcode <= preparations[i].last &&
            (!preparations[i].regs || preparations[i].regs >> s->form.reg & 1))
            preparations[i].prepare(s);
}
