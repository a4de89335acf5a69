/* Addresses: how selector and offset become linear, and how memory is reached without side effects.
 *
 * Follows the 486 Programmer's Reference, chapters 5 and 22. In protected mode a selector that is loaded in a segment
 * register counts with that register's hidden base (right in unreal mode and after reset as well); any other one is
 * looked up in the GDT or LDT. Limits and access rights are not checked: a debugger looks anyway. */
#include <stdio.h>

#include "debugger/core.h"
#include "debugger/address.h"

struct address address_linear(uint32_t linear)
{
    return (struct address){ .at = linear };
}

struct address address_physical(uint32_t physical)
{
    return (struct address){ .at = physical, .physical = true };
}

static struct address with_base(uint32_t base, uint16_t selector, uint32_t offset)
{
    return (struct address){ .at = base + offset, .has_segment = true, .selector = selector, .offset = offset };
}

static bool descriptor_base(struct debugger *d, const struct registers *regs, uint16_t selector, uint32_t *base)
{
    bool local = selector & 4;
    uint32_t table = local ? regs->ldtr.base : regs->gdtr.base;
    uint32_t limit = local ? regs->ldtr.limit : regs->gdtr.limit;
    uint32_t at = selector & ~7u;
    uint8_t bytes[8];
    bool no_table = local ? !regs->ldtr.valid || !(regs->ldtr.selector & ~3u) : at == 0;
    if (no_table || at + 7 > limit)
        return debugger_fault(d, "Selector 0x%x is not in the %s.", selector, local ? "LDT" : "GDT");
    if (!address_read(d, address_linear(table + at), bytes, sizeof bytes))
        return false;
    *base = bytes[2] | bytes[3] << 8 | bytes[4] << 16 | (uint32_t)bytes[7] << 24;
    return true;
}

bool address_segmented(struct debugger *d, uint16_t selector, uint32_t offset, enum segment_rule rule,
                       struct address *out)
{
    struct registers regs;
    inspect_registers(d->machine, &regs);
    bool real = regs.mode == MODE_REAL || regs.mode == MODE_V86;
    if (rule == RULE_REAL || (rule == RULE_MODE && real)) {
        *out = with_base((uint32_t)selector << 4, selector, offset);
        return true;
    }
    for (unsigned seg = 0; seg < SEGS && !real; seg++)
        if (regs.seg[seg].selector == selector && regs.seg[seg].valid) {
            *out = with_base(regs.seg[seg].base, selector, offset);
            return true;
        }
    uint32_t base = 0;
    if (!descriptor_base(d, &regs, selector, &base))
        return false;
    *out = with_base(base, selector, offset);
    return true;
}

struct address address_in_segment(const struct registers *regs, unsigned seg, uint32_t offset)
{
    return with_base(regs->seg[seg].base, regs->seg[seg].selector, offset);
}

struct address address_pc(const struct registers *regs)
{
    return address_in_segment(regs, SEG_CS, regs->eip);
}

static uint32_t stack_mask(const struct registers *regs)
{
    bool real = regs->mode == MODE_REAL || regs->mode == MODE_V86;
    return !real && (regs->seg[SEG_SS].attributes & 0x4000) ? 0xFFFFFFFF : 0xFFFF;
}

struct address address_sp(const struct registers *regs)
{
    return address_in_segment(regs, SEG_SS, regs->r[REG_ESP] & stack_mask(regs));
}

struct address address_fp(const struct registers *regs)
{
    return address_in_segment(regs, SEG_SS, regs->r[REG_EBP] & stack_mask(regs));
}

uint32_t address_stack(const struct registers *regs)
{
    return address_sp(regs).at;
}

struct address address_add(struct address a, int64_t bytes)
{
    a.at += (uint32_t)bytes;
    a.offset += (uint32_t)bytes;
    return a;
}

struct address address_as_code(const struct registers *regs, uint32_t linear)
{
    uint32_t offset = linear - regs->seg[SEG_CS].base;
    bool wide = regs->mode == MODE_PROTECTED32;
    if (wide || offset <= 0xFFFF)
        return with_base(regs->seg[SEG_CS].base, regs->seg[SEG_CS].selector, offset);
    if (linear < 0x110000 && (regs->mode == MODE_REAL || regs->mode == MODE_V86)) {
        uint32_t selector = linear >= 0x100000 ? 0xFFFF : linear >> 16 << 12;
        return with_base(selector << 4, (uint16_t)selector, linear - (selector << 4));
    }
    struct address plain = address_linear(linear);
    plain.offset = linear;
    return plain;
}

const char *address_suffix(struct address a, char *text)
{
    text[0] = '\0';
    if (a.has_segment)
        snprintf(text, ADDRESS_TEXT, " (%04x:%04x)", (unsigned)a.selector, (unsigned)a.offset);
    return text;
}

size_t address_peek(struct debugger *d, struct address a, void *buffer, size_t size)
{
    return a.physical ? inspect_peek_physical(d->machine, a.at, buffer, size)
                      : inspect_peek(d->machine, a.at, buffer, size);
}

size_t address_poke(struct debugger *d, struct address a, const void *data, size_t size)
{
    return a.physical ? inspect_poke_physical(d->machine, a.at, data, size)
                      : inspect_poke(d->machine, a.at, data, size);
}

bool address_read(struct debugger *d, struct address a, void *buffer, size_t size)
{
    size_t done = address_peek(d, a, buffer, size);
    return done == size || debugger_fault(d, "Cannot access memory at address 0x%x", (unsigned)(a.at + done));
}

bool address_write(struct debugger *d, struct address a, const void *data, size_t size)
{
    size_t done = address_poke(d, a, data, size);
    return done == size || debugger_fault(d, "Cannot access memory at address 0x%x", (unsigned)(a.at + done));
}
