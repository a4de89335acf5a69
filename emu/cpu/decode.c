/* The instruction decoder: prefixes, opcode, ModRM and SIB, displacement, immediates (i486 PRM 26.2), driven by the
 * table in opcodes.c.
 *
 * Left to the handlers on purpose: which control, debug and test registers exist, and everything about FPU opcodes
 * beyond the operand's address. */
#include "emu/cpu/decode.h"

#include "emu/cpu/cpu.h"
#include "emu/cpu/opcode.h"
#include "emu/cpu/ops_fpu.h"

enum { LENGTH_MAX = 15, NO_OVERRIDE = 0xFF };

struct cursor {
    const uint8_t *bytes;
    size_t size, at;
    bool past_end;              /* a byte was asked for that is not there; zeros were delivered */
};

static uint32_t take(struct cursor *c, unsigned count)
{
    if (count > c->size - c->at) {
        c->past_end = true;
        return 0;
    }
    uint32_t value = 0;
    for (unsigned i = 0; i < count; i++)
        value |= (uint32_t)c->bytes[c->at++] << 8 * i;
    return value;
}

static uint32_t take_signed8(struct cursor *c)
{
    return (uint32_t)(int32_t)(int8_t)take(c, 1);
}

static uint32_t take_signed16(struct cursor *c)
{
    return (uint32_t)(int32_t)(int16_t)take(c, 2);
}

/* What the prefixes say. */
struct prefixes {
    uint8_t count, segment;
    bool operand_size, address_size;
    uint8_t flags;              /* INSN_REP, INSN_REPNE, INSN_LOCK */
};

/* One prefix; false if BYTE is none. */
static bool take_prefix(struct prefixes *p, uint8_t byte)
{
    switch (byte) {
    case 0x26: p->segment = ES; break;
    case 0x2E: p->segment = CS; break;
    case 0x36: p->segment = SS; break;
    case 0x3E: p->segment = DS; break;
    case 0x64: p->segment = FS; break;
    case 0x65: p->segment = GS; break;
    case 0x66: p->operand_size = true; break;
    case 0x67: p->address_size = true; break;
    case 0xF0: p->flags |= INSN_LOCK; break;
    case 0xF2: p->flags = (p->flags & ~INSN_REP) | INSN_REPNE; break;
    case 0xF3: p->flags = (p->flags & ~INSN_REPNE) | INSN_REP; break;
    default: return false;
    }
    p->count++;
    return true;
}

static const struct { uint8_t base, index, segment; } address16[8] = {
    { EBX, ESI, DS }, { EBX, EDI, DS }, { EBP, ESI, SS }, { EBP, EDI, SS },
    { ESI, NO_REGISTER, DS }, { EDI, NO_REGISTER, DS }, { EBP, NO_REGISTER, SS }, { EBX, NO_REGISTER, DS }
};

static void take_address16(struct cursor *c, struct insn *insn)
{
    unsigned mod = insn->modrm >> 6, rm = insn->modrm & 7;
    if (mod == 0 && rm == 6) {
        insn->disp = take(c, 2);
        return;
    }
    insn->base = address16[rm].base;
    insn->index = address16[rm].index;
    insn->seg = address16[rm].segment;
    if (mod == 1)
        insn->disp = take_signed8(c);
    else if (mod == 2)
        insn->disp = take_signed16(c);
}

static void take_address32(struct cursor *c, struct insn *insn)
{
    unsigned mod = insn->modrm >> 6, base = insn->modrm & 7;
    if (base == 4) {
        unsigned sib = take(c, 1);
        base = sib & 7;
        if ((sib >> 3 & 7) != 4) {
            insn->index = sib >> 3 & 7;
            insn->scale = (uint8_t)(sib >> 6);
        }
    }
    if (mod == 0 && base == 5) {
        insn->disp = take(c, 4);
        return;
    }
    insn->base = (uint8_t)base;
    insn->seg = base == ESP || base == EBP ? SS : DS;
    if (mod == 1)
        insn->disp = take_signed8(c);
    else if (mod == 2)
        insn->disp = take(c, 4);
}

static void take_immediate(struct cursor *c, struct insn *insn, uint32_t flags)
{
    bool operand32 = insn->flags & INSN_OPERAND32;
    if (flags & OPC_IMM16)
        insn->imm = take(c, 2);
    if (flags & OPC_IMM8) {
        uint32_t value = take(c, 1);
        if (flags & OPC_IMM16)
            insn->imm2 = (uint16_t)value;
        else
            insn->imm = value;
    } else if (flags & OPC_IMM8S) {
        insn->imm = take_signed8(c);
        if (!operand32 && !(flags & OPC_RELATIVE))
            insn->imm &= 0xFFFF;
    } else if (flags & OPC_IMMV) {
        insn->imm = operand32 ? take(c, 4) : flags & OPC_RELATIVE ? take_signed16(c) : take(c, 2);
    } else if (flags & OPC_FAR) {
        insn->imm = take(c, operand32 ? 4 : 2);
        insn->imm2 = (uint16_t)take(c, 2);
    } else if (flags & OPC_MOFFS) {
        insn->disp = take(c, insn->flags & INSN_ADDRESS32 ? 4 : 2);
    }
}

static uint8_t register_offset(unsigned number, bool byte, bool word)
{
    return byte ? reg8_offset(number) : word ? reg16_offset(number) : reg32_offset(number);
}

static void set_registers(struct insn *insn, uint32_t flags)
{
    bool word = !(insn->flags & INSN_OPERAND32) || flags & OPC_WORD;
    if (flags & OPC_ZREG) {
        insn->reg = register_offset(insn->opcode & 7, flags & OPC_BYTE, word);
    } else if (flags & OPC_REG_ONLY) {
        insn->reg = insn->modrm >> 3 & 7;
        insn->rm = reg32_offset(insn->modrm & 7);
    } else if (flags & OPC_MODRM) {
        unsigned reg = insn->modrm >> 3 & 7;
        insn->reg = flags & OPC_SEGMENT ? (uint8_t)reg : register_offset(reg, flags & OPC_BYTE, word);
        insn->rm = register_offset(insn->modrm & 7, flags & (OPC_BYTE | OPC_RM_BYTE), word || flags & OPC_RM_WORD);
    }
}

/* What the table's rows cannot say. */
static bool is_invalid(const struct insn *insn, const struct opcode *row)
{
    bool memory = insn->flags & INSN_MEMORY;
    if (insn->flags & INSN_LOCK && !(row->flags & OPC_LOCKABLE && memory))
        return true;
    if (row->flags & OPC_SEGMENT)
        return insn->reg > GS || (insn->opcode == 0x8E && insn->reg == CS);
    return false;
}

static struct handler handler(const struct insn *insn, const struct opcode *row)
{
    bool memory = insn->flags & INSN_MEMORY, is32 = insn->flags & INSN_OPERAND32;
    const struct handler *found = is32 ? (memory ? row->m32 : row->r32) : (memory ? row->m16 : row->r16);
    return found && !is_invalid(insn, row) ? *found : (struct handler){ op_ud, NULL };
}

/* Prefixes and opcode; returns the row's number. */
static unsigned take_opcode(struct cursor *c, struct prefixes *p, struct insn *insn)
{
    uint8_t byte;
    do
        byte = (uint8_t)take(c, 1);
    while (take_prefix(p, byte));
    unsigned number = byte;
    if (byte == 0x0F) {
        byte = (uint8_t)take(c, 1);
        number = OPCODE_0F + byte;
    }
    insn->opcode = byte;
    return number;
}

/* ModRM with what belongs to it; returns the row's number, which the reg field may change. */
static unsigned take_modrm(struct cursor *c, struct insn *insn, unsigned number)
{
    insn->modrm = (uint8_t)take(c, 1);
    if (opcode_table[number].group)
        number = opcode_table[number].group + (insn->modrm >> 3 & 7);
    if (insn->modrm < 0xC0 && !(opcode_table[number].flags & OPC_REG_ONLY)) {
        insn->flags |= INSN_MEMORY;
        if (insn->flags & INSN_ADDRESS32)
            take_address32(c, insn);
        else
            take_address16(c, insn);
    }
    return number;
}

int decode(const uint8_t *bytes, size_t size, bool code32, struct insn *insn)
{
    struct cursor c = { .bytes = bytes, .size = size < LENGTH_MAX ? size : LENGTH_MAX };
    struct prefixes p = { .segment = NO_OVERRIDE };
    *insn = (struct insn){ .base = NO_REGISTER, .index = NO_REGISTER, .seg = DS, .clocks = 1 };

    unsigned number = take_opcode(&c, &p, insn);
    insn->flags = p.flags;
    if (code32 != p.operand_size)
        insn->flags |= INSN_OPERAND32;
    if (code32 != p.address_size)
        insn->flags |= INSN_ADDRESS32;
    insn->addr_mask = insn->flags & INSN_ADDRESS32 ? 0xFFFFFFFFu : 0xFFFF;

    if (opcode_table[number].flags & OPC_MODRM)
        number = take_modrm(&c, insn, number);
    const struct opcode *row = &opcode_table[number];
    take_immediate(&c, insn, row->flags);
    if (c.past_end)
        return size < LENGTH_MAX ? DECODE_MORE : DECODE_TOO_LONG;

    set_registers(insn, row->flags);
    if (p.segment != NO_OVERRIDE)
        insn->seg = p.segment;
    insn->prefixes = p.count;
    insn->row = (uint16_t)number;
    const struct handler found = handler(insn, row);
    insn->fn = found.one;
    insn->quick = row->flags & OPC_ESCAPE && insn->fn != op_ud ? fpu_quick_form(insn) : found.quick;
    if (row->flags & OPC_ENDS || insn->fn == op_ud)
        insn->flags |= INSN_ENDS_RUN;
    if (row->flags & OPC_VARIABLE)
        insn->flags |= INSN_VARIABLE;
    insn->len = (uint8_t)c.at;
    return insn->len;
}
