/* Where an interrupt leads: the table of real mode, or the gates of the IDT (PRM 9.5). Task gates are left out. */
#include "debugger/core.h"
#include "debugger/vector.h"

static uint32_t get16(const uint8_t *bytes)
{
    return (uint32_t)(bytes[0] | bytes[1] << 8);
}

bool vector_read(struct debugger *d, const struct registers *regs, unsigned vector, struct vector *out)
{
    bool real = regs->mode == MODE_REAL;
    unsigned size = real ? 4 : 8;
    uint8_t bytes[8] = { 0 };
    struct address a;
    *out = (struct vector){ 0 };
    if (vector * size + size - 1 > regs->idtr.limit
        || inspect_peek(d->machine, regs->idtr.base + vector * size, bytes, size) != size)
        return false;
    if (real) {
        out->entry = get16(bytes + 2) * 16 + get16(bytes);
        return out->entry != 0;
    }
    bool gate = (bytes[5] & 0x96) == 0x86;
    out->wide = bytes[5] & 8;
    if (!gate || !address_segmented(d, (uint16_t)get16(bytes + 2),
                                    get16(bytes) | (out->wide ? get16(bytes + 6) << 16 : 0), RULE_SELECTOR, &a))
        return false;
    out->entry = a.at;
    return true;
}
