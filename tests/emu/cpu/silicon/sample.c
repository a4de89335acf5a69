/* Samples: see sample.h. An instruction is put together byte by byte, decoded by our own decoder to learn what it
 * addresses, and then registers are chosen so that it addresses something. */
#include "tests/emu/cpu/silicon/sample.h"

#include <string.h>

#include "emu/cpu/decode.h"

static uint64_t seed;

void sample_seed(uint64_t value)
{
    seed = value;
}

/* xorshift64* */
uint32_t sample_any(void)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (uint32_t)(seed * 0x2545F4914F6CDD1D >> 32);
}

uint32_t sample_value(void)
{
    static const uint32_t edges[] = { 0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000,
                                      0xFFFFFFFF, 0x80008080, 0x10, 0x0F, 0x99, 0x9A, 0xFFFFFF80, 0xFFFF8000, 31, 33 };
    uint32_t choice = sample_any() % 8;
    if (choice < 3)
        return edges[sample_any() % (sizeof edges / sizeof *edges)];
    return choice < 5 ? sample_any() >> sample_any() % 32 : sample_any();
}

/* --- Segments --- */

static const struct oracle_segment *segment_of(uint16_t selector)
{
    unsigned entry = selector >> 3;
    return selector & 4 && entry < ORACLE_SEGMENTS ? &oracle_segments[entry] : NULL;
}

uint32_t sample_base(uint16_t selector)
{
    const struct oracle_segment *s = segment_of(selector);
    return s ? s->base : 0;
}

bool sample_is_big(uint16_t selector)
{
    const struct oracle_segment *s = segment_of(selector);
    return !s || s->access & ACC_D;
}

/* Near either END, SIZE bytes below it or less. */
static uint32_t near_end(uint32_t end, unsigned size)
{
    return end - size - 2 + sample_any() % (2 * size + 4);
}

static uint32_t offset_in_pages(unsigned size)
{
    static const uint32_t ends[] = { 0x8000, 0x9000, 0xC000 };
    return sample_chance(50) ? sample_any() % 0x8000 : near_end(ends[sample_any() % 3], size);
}

static uint32_t offset_expanding_down(const struct oracle_segment *s, unsigned size)
{
    uint32_t end = s->limit > 0xFFFF ? 0 : 0x10000, room = end - s->limit - 1;
    if (sample_chance(20))
        return near_end(sample_chance(50) ? s->limit + 1 : end, size);
    return s->limit + 1 + sample_any() % (room - size);
}

uint32_t sample_offset(uint16_t selector, unsigned size)
{
    const struct oracle_segment *s = segment_of(selector);
    if (!s)
        return ORACLE_BASE + sample_any() % (ORACLE_SIZE - size);
    if (s->base == ORACLE_BASE + 0x8000)
        return offset_in_pages(size);
    if ((s->access & (ACC_CODE | ACC_EXPAND_DOWN)) == ACC_EXPAND_DOWN)
        return offset_expanding_down(s, size);
    uint32_t choice = sample_any() % 64;
    if (choice == 0 || s->limit < size)
        return sample_any();
    return choice < 6 ? near_end(s->limit + 1, size) : sample_any() % (s->limit + 1 - size);
}

static const uint8_t data_entries[] = {
    ORACLE_DS16, ORACLE_DS32, ORACLE_DS16_SMALL, ORACLE_DS32_SMALL, ORACLE_DOWN16, ORACLE_DOWN32, ORACLE_TOP32,
    ORACLE_READ32, ORACLE_PAGES16, ORACLE_PAGES32, ORACLE_CS16, ORACLE_CS32
};
static const uint8_t stack_entries[] = {
    ORACLE_DS16, ORACLE_DS32, ORACLE_DS16_SMALL, ORACLE_DS32_SMALL, ORACLE_DOWN16, ORACLE_DOWN32, ORACLE_TOP32,
    ORACLE_PAGES16, ORACLE_PAGES32
};
static const uint8_t code_entries[] = { ORACLE_CS16, ORACLE_CS32, ORACLE_CS16_SHORT, ORACLE_CS32_SHORT,
                                        ORACLE_CS32_EXECUTE_ONLY };

#define ANY_OF(entries) oracle_selector((entries)[sample_any() % sizeof(entries)])

uint16_t sample_selector(void)
{
    uint32_t choice = sample_any() % 16;
    uint16_t selector;
    if (choice < 9)
        return ANY_OF(data_entries);
    if (choice < 13)
        selector = oracle_selector(sample_any() % ORACLE_SEGMENTS);
    else if (choice < 14)
        selector = oracle_selector(sample_any() % 0x2000);
    else if (choice < 15)
        selector = sample_chance(50) ? ORACLE_CODE32 : ORACLE_DATA32;
    else
        selector = 0;
    return (uint16_t)(sample_chance(70) ? selector : (selector & ~3u) | sample_any() % 4);
}

uint16_t sample_code_selector(void)
{
    return sample_chance(85) ? ANY_OF(code_entries) : sample_selector();
}

static void choose_segments(struct sample *s)
{
    uint16_t *seg = s->before.seg;
    for (unsigned i = ES; i <= GS; i++)
        seg[i] = sample_chance(75)  ? oracle_selector(sample_chance(50) ? ORACLE_DS16 : ORACLE_DS32)
                 : sample_chance(5) ? (uint16_t)0
                 : sample_chance(8) ? (uint16_t)ORACLE_DATA32
                                    : ANY_OF(data_entries);
    seg[SS] = sample_chance(70) ? oracle_selector(sample_chance(50) ? ORACLE_DS16 : ORACLE_DS32)
                                : ANY_OF(stack_entries);
    uint32_t choice = sample_any() % 16;
    seg[CS] = choice < 4 ? (uint16_t)ORACLE_CODE32 : choice < 9 ? oracle_selector(ORACLE_CS16)
              : choice < 14 ? oracle_selector(ORACLE_CS32) : ANY_OF(code_entries);
    s->code32 = sample_is_big(seg[CS]);
}

/* --- The instruction --- */

const struct opcode *form_row(struct form form)
{
    const struct opcode *row = &opcode_table[form.opcode];
    return row->group ? &opcode_table[row->group + (form.reg & 7)] : row;
}

static void put(struct sample *s, uint32_t value, unsigned count)
{
    for (unsigned i = 0; i < count && s->size < SAMPLE_BYTES; i++)
        s->code[s->size++] = (uint8_t)(value >> 8 * i);
}

/* Can a repeat prefix turn it into an instruction of later processors, or into a hint to begin a transaction? */
static bool bears_repeat(const struct sample *s)
{
    unsigned opcode = s->form.opcode;
    return opcode < 256 && !(s->row->flags & OPC_LOCKABLE) && opcode != 0x88 && opcode != 0x89 && opcode != 0xC6 &&
           opcode != 0xC7;
}

static void put_prefixes(struct sample *s, bool *operand_size, bool *address_size)
{
    static const uint8_t segments[] = { 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65 };
    static const uint8_t any_prefix[] = { 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67 };
    unsigned more = s->row->mnemonic && sample_chance(2) ? sample_any() % 14 : 0;
    *operand_size = sample_chance(40);
    *address_size = sample_chance(40);
    if (sample_chance(3) || (s->row->flags & OPC_LOCKABLE && sample_chance(20)))
        put(s, 0xF0, 1);
    else if (bears_repeat(s) && sample_chance(s->row->flags & OPC_STRING ? 75 : 3))
        put(s, sample_chance(50) ? 0xF2 : 0xF3, 1);
    while (more--) {
        uint8_t prefix = any_prefix[sample_any() % sizeof any_prefix];
        *operand_size |= prefix == 0x66;
        *address_size |= prefix == 0x67;
        put(s, prefix, 1);
    }
    if (*operand_size)
        put(s, 0x66, 1);
    if (sample_chance(25))
        put(s, segments[sample_any() % 6], 1);
    if (*address_size)
        put(s, 0x67, 1);
}

static void put_displacement(struct sample *s, unsigned size)
{
    s->displacement_at = s->size;
    s->displacement_size = size;
    put(s, sample_chance(50) ? sample_value() : sample_any() % 0x100, size);
}

static void put_modrm(struct sample *s, bool address32)
{
    static const uint8_t control[] = { 0, 2, 3 };       /* whether the others exist differs */
    uint8_t modrm = (uint8_t)sample_any();
    if (s->form.reg >= 0)
        modrm = (uint8_t)((modrm & 0xC7) | s->form.reg << 3);
    else if (s->form.opcode == 0x120 || s->form.opcode == 0x122)
        modrm = (uint8_t)((modrm & 0xC7) | control[sample_any() % 3] << 3);
    if (s->row->flags & OPC_MEMORY_ONLY && modrm >= 0xC0 && sample_chance(80))
        modrm &= 0x7F;
    unsigned mod = modrm >> 6, rm = modrm & 7;
    put(s, modrm, 1);
    if (mod == 3)
        return;
    if (!address32) {
        if (mod || rm == 6)
            put_displacement(s, mod == 1 ? 1 : 2);
        return;
    }
    if (rm == 4) {
        rm = sample_any() & 7;
        put(s, (sample_any() & 0xF8) | rm, 1);
    }
    if (mod || rm == 5)
        put_displacement(s, mod == 1 ? 1 : 4);
}

static void put_immediate(struct sample *s, bool operand32, bool address32)
{
    uint32_t flags = s->row->flags;
    uint32_t value = flags & OPC_RELATIVE && sample_chance(70) ? sample_any() % 0x400 - 0x200 : sample_value();
    if (flags & OPC_IMM16)
        put(s, sample_any() % (sample_chance(90) ? 64 : 0x10000), 2);
    if (flags & (OPC_IMM8 | OPC_IMM8S))
        put(s, value, 1);
    else if (flags & OPC_IMMV)
        put(s, value, operand32 ? 4 : 2);
    else if (flags & OPC_MOFFS) {
        s->displacement_at = s->size;
        s->displacement_size = address32 ? 4 : 2;
        put(s, value, s->displacement_size);
    } else if (flags & OPC_FAR) {
        uint16_t selector = sample_code_selector();
        put(s, sample_chance(90) ? sample_offset(selector, 1) : sample_value(), operand32 ? 4 : 2);
        put(s, selector, 2);
    }
}

static void put_instruction(struct sample *s)
{
    bool operand_size, address_size;
    put_prefixes(s, &operand_size, &address_size);
    if (s->form.opcode >= 256)
        put(s, 0x0F, 1);
    put(s, s->form.opcode, 1);
    if (opcode_table[s->form.opcode].flags & OPC_MODRM)
        put_modrm(s, s->code32 != address_size);
    put_immediate(s, s->code32 != operand_size, s->code32 != address_size);
}

static void decode_sample(struct sample *s)
{
    s->decoded = decode(s->code, s->size, s->code32, &s->insn) > 0;
}

/* --- Registers --- */

/* ESP where something can be pushed and popped; what does not count of it is one of the oracle's upper halves. */
static void choose_stack_pointer(struct sample *s)
{
    static const uint8_t room[] = { 64, 64, 64, 64, 8, 4, 2 };
    uint16_t ss = s->before.seg[SS];
    uint32_t esp = sample_offset(ss, room[sample_any() % sizeof room]);
    if (sample_chance(75))
        esp &= sample_chance(75) ? ~3u : ~1u;
    if (!sample_is_big(ss))
        esp = (esp & 0xFFFF) | oracle_high_half[sample_any() % ORACLE_HIGH_HALVES];
    s->before.r[ESP] = esp;
}

static unsigned access_size(const struct sample *s)
{
    return s->row->flags & OPC_BYTE ? 1 : s->insn.flags & INSN_OPERAND32 ? 4 : 2;
}

static void set_masked(uint32_t *r, uint32_t value, uint32_t mask)
{
    *r = (*r & ~mask) | (value & mask);
}

/* Makes the memory operand's offset TARGET: by a register if one can be chosen freely, else by the displacement. */
static void aim(struct sample *s, uint32_t target)
{
    uint32_t *r = s->before.r, mask = s->insn.addr_mask, indexed = 0;
    unsigned base = s->insn.base, index = s->insn.index;
    if (index != NO_REGISTER)
        indexed = r[index] << s->insn.scale;
    if (base != NO_REGISTER && base != ESP && base != index) {
        set_masked(&r[base], target - s->insn.disp - indexed, mask);
    } else if (base == NO_REGISTER && index != NO_REGISTER) {
        set_masked(&r[index], (target - s->insn.disp) >> s->insn.scale, mask);
    } else if (s->displacement_size >= 2) {
        uint32_t value = target - indexed - (base == NO_REGISTER ? 0 : r[base]);
        for (unsigned i = 0; i < s->displacement_size; i++)
            s->code[s->displacement_at + i] = (uint8_t)(value >> 8 * i);
        decode_sample(s);
    }
}

static bool is_bit_offset(const struct sample *s)
{
    return s->form.opcode == 0x1A3 || s->form.opcode == 0x1AB || s->form.opcode == 0x1B3 || s->form.opcode == 0x1BB;
}

static uint32_t register_operand(const struct sample *s)
{
    return s->before.r[s->insn.modrm >> 3 & 7];
}

uint32_t sample_linear(const struct sample *s, bool *in_memory)
{
    const struct insn *insn = &s->insn;
    const uint32_t *r = s->before.r;
    *in_memory = s->decoded && (insn->flags & INSN_MEMORY || s->row->flags & OPC_MOFFS);
    if (!*in_memory)
        return 0;
    uint32_t offset = insn->disp;
    if (insn->base != NO_REGISTER)
        offset += r[insn->base];
    if (insn->index != NO_REGISTER)
        offset += r[insn->index] << insn->scale;
    if (is_bit_offset(s))
        offset += insn->flags & INSN_OPERAND32 ? (uint32_t)((int32_t)register_operand(s) >> 5) * 4
                                               : (uint32_t)((int16_t)register_operand(s) >> 4) * 2;
    return sample_base(s->before.seg[insn->seg]) + (offset & insn->addr_mask);
}

static void choose_registers(struct sample *s)
{
    for (unsigned i = 0; i < 8; i++)
        s->before.r[i] = sample_value();
    choose_stack_pointer(s);
    if (is_bit_offset(s) && (s->insn.modrm >> 3 & 7) != ESP && sample_chance(90))
        s->before.r[s->insn.modrm >> 3 & 7] = sample_any() % 0x800 - 0x400;
    if (s->insn.flags & INSN_MEMORY || s->row->flags & OPC_MOFFS) {
        uint32_t target = sample_offset(s->before.seg[s->insn.seg], access_size(s));
        aim(s, sample_chance(60) ? target & ~3u : target);
    }
}

static void choose_flags(struct sample *s)
{
    uint32_t flags = sample_any() & FLAG_ARITHMETIC;
    if (sample_chance(s->row->flags & OPC_STRING ? 40 : 10))
        flags |= FLAG_DF;
    if (sample_chance(6))
        flags |= FLAG_AC;
    if (sample_chance(5) && s->form.opcode != 0xCF)
        flags |= FLAG_NT;
    if (sample_chance(30))
        flags |= FLAG_ID;
    s->before.eflags = flags | 2;
}

/* Mostly somewhere in the middle, sometimes at the end of its segment. */
static void choose_place(struct sample *s)
{
    uint16_t cs = s->before.seg[CS];
    uint32_t limit = cs == ORACLE_CODE32 ? 0xF000 : oracle_segments[cs >> 3].limit;
    s->at = 0x1000 + sample_any() % 0x6000;
    if (cs != ORACLE_CODE32 && s->row->mnemonic && sample_chance(3))
        s->at = limit + 1 - sample_any() % (s->size + 2) - 1;
    s->before.eip = s->at + (cs == ORACLE_CODE32 ? ORACLE_CODE : 0);
}

bool sample_is_near_transfer(const struct sample *s)
{
    unsigned opcode = s->form.opcode;
    return (s->row->flags & OPC_RELATIVE) || opcode == 0xC2 || opcode == 0xC3 ||
           (opcode == 0xFF && (s->form.reg == 2 || s->form.reg == 4));
}

/* A far transfer, and what changes TF, has to be let go alone; a near one in a segment of nothing but INT3s need not. A
 * repeated instruction would be stopped by TF in its midst. */
static void choose_end(struct sample *s)
{
    bool near = sample_is_near_transfer(s) && s->before.seg[CS] != ORACLE_CODE32;
    bool transfers = s->row->flags & (OPC_ENDS | OPC_RELATIVE) && !near;
    bool repeats = s->row->flags & OPC_STRING && s->insn.flags & (INSN_REP | INSN_REPNE);
    s->steps = transfers || (!repeats && sample_chance(50));
    if (s->steps)
        s->before.eflags |= FLAG_TF;
}

/* --- What must not be executed --- */

/* Through flat segments only where data is: what else is mapped in the process must not be seen or changed. */
static bool strays(const struct sample *s, unsigned seg, uint32_t linear)
{
    uint16_t selector = s->before.seg[seg];
    bool wide = selector == ORACLE_DATA32 || selector == ORACLE_CODE32 || selector == oracle_selector(ORACLE_DOWN32);
    return wide && (linear < ORACLE_BASE || linear > ORACLE_BASE + ORACLE_SIZE - 16) && s->form.opcode != 0x8D;
}

/* An atomic access across cache lines may be punished by the host's kernel. */
static bool splits_lock(const struct sample *s, uint32_t linear)
{
    bool atomic = s->insn.flags & INSN_LOCK || s->form.opcode == 0x86 || s->form.opcode == 0x87;
    return atomic && (linear & 63) > 60;
}

/* String instructions and XLAT address memory by registers of their own. */
static bool strings_stray(const struct sample *s)
{
    const uint32_t *r = s->before.r;
    const uint16_t *seg = s->before.seg;
    uint32_t mask = s->insn.addr_mask;
    if (!(s->row->flags & OPC_STRING))
        return false;
    if (s->form.opcode == 0xD7)
        return strays(s, s->insn.seg, sample_base(seg[s->insn.seg]) + ((r[EBX] + (r[EAX] & 0xFF)) & mask));
    for (int reach = -0x100; reach <= 0x100; reach += 0x200)
        if (strays(s, s->insn.seg, sample_base(seg[s->insn.seg]) + ((r[ESI] + (uint32_t)reach) & mask)) ||
            strays(s, ES, sample_base(seg[ES]) + ((r[EDI] + (uint32_t)reach) & mask)))
            return true;
    return false;
}

static bool may_run(const struct sample *s)
{
    bool in_memory;
    uint32_t linear = sample_linear(s, &in_memory);
    if (!s->decoded)
        return true;
    if (in_memory && (strays(s, s->insn.seg, linear) || splits_lock(s, linear)))
        return false;
    return !strings_stray(s);
}

void sample_poke(struct sample *s, uint32_t linear, uint32_t value, unsigned size)
{
    if (linear >= ORACLE_BASE && linear <= ORACLE_ABSENT - size && s->pokes < 8)
        s->poke[s->pokes++] = (struct poke){ linear, value, size };
}

bool sample_make(struct sample *s, struct form form)
{
    memset(s, 0, sizeof *s);
    s->form = form;
    s->row = form_row(form);
    choose_segments(s);
    put_instruction(s);
    if (s->size > 16)
        s->size = 16;
    decode_sample(s);
    choose_place(s);
    choose_flags(s);
    choose_registers(s);
    if (s->decoded)
        sample_prepare(s);
    choose_end(s);
    return !s->rejected && may_run(s);
}
