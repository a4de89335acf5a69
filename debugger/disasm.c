/* Disassembly by Zydis.
 *
 * Code size follows the D bit of the present CS. Branch targets are printed as offsets, as an assembler wants them, and
 * as <symbol> where the linear address has one. Left out: FPU operand comments and anything a 486 does not execute:
 * Zydis knows later instructions and shows them by name. */
#include <stdio.h>
#include <string.h>

#include <Zydis/Zydis.h>

#include "debugger/core.h"
#include "debugger/disasm.h"

static void decoder_init(struct debugger *d, ZydisDecoder *decoder)
{
    struct registers regs;
    inspect_registers(d->machine, &regs);
    if (regs.mode == MODE_PROTECTED32)
        ZydisDecoderInit(decoder, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
    else if (regs.mode == MODE_PROTECTED16)
        ZydisDecoderInit(decoder, ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16);
    else
        ZydisDecoderInit(decoder, ZYDIS_MACHINE_MODE_REAL_16, ZYDIS_STACK_WIDTH_16);
}

static enum flow flow_of(const ZydisDecodedInstruction *insn, const ZydisDecodedOperand *operands)
{
    switch (insn->mnemonic) {
    case ZYDIS_MNEMONIC_CALL:
    case ZYDIS_MNEMONIC_INT:
    case ZYDIS_MNEMONIC_INT3:
    case ZYDIS_MNEMONIC_INT1:
    case ZYDIS_MNEMONIC_INTO: return FLOW_CALL;
    case ZYDIS_MNEMONIC_LOOP:
    case ZYDIS_MNEMONIC_LOOPE:
    case ZYDIS_MNEMONIC_LOOPNE: return FLOW_REPEAT;
    case ZYDIS_MNEMONIC_RET:
    case ZYDIS_MNEMONIC_IRET:
    case ZYDIS_MNEMONIC_IRETD: return FLOW_RETURN;
    case ZYDIS_MNEMONIC_HLT: return FLOW_HALT;
    default: break;
    }
    if (insn->attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE))
        return FLOW_REPEAT;
    if (insn->meta.category == ZYDIS_CATEGORY_COND_BR && operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE
        && operands[0].imm.value.s < 0)
        return FLOW_BRANCH_BACK;
    return FLOW_PLAIN;
}

/* Reads and decodes; OUT->length 0 if no byte can be read, 1 for an undefined opcode (returns false). */
static bool decode(struct debugger *d, struct address a, ZydisDecodedInstruction *insn, ZydisDecodedOperand *operands,
                   struct disasm *out)
{
    ZydisDecoder decoder;
    decoder_init(d, &decoder);
    *out = (struct disasm){ .flow = FLOW_PLAIN };
    size_t size = address_peek(d, a, out->bytes, sizeof out->bytes);
    if (!size)
        return false;
    out->length = 1;
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, out->bytes, size, insn, operands)))
        return false;
    out->length = insn->length;
    out->flow = flow_of(insn, operands);
    return true;
}

static ZydisFormatter formatter_of(const struct debugger *d)
{
    ZydisFormatter formatter;
    bool att = d->settings.value[SET_FLAVOR] == FLAVOR_ATT;
    ZydisFormatterInit(&formatter, att ? ZYDIS_FORMATTER_STYLE_ATT : ZYDIS_FORMATTER_STYLE_INTEL);
    ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, ZYAN_FALSE);
    ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE, ZYDIS_PADDING_DISABLED);
    ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_ADDR_PADDING_RELATIVE, ZYDIS_PADDING_DISABLED);
    ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_DISP_PADDING, ZYDIS_PADDING_DISABLED);
    ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_IMM_PADDING, ZYDIS_PADDING_DISABLED);
    ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_FORCE_SIZE, ZYAN_TRUE);
    return formatter;
}

/* " <symbol>" of a relative or far branch's target. */
static void append_target(struct debugger *d, struct address a, const ZydisDecodedInstruction *insn,
                          const ZydisDecodedOperand *operands, char *text, size_t size)
{
    uint64_t target;
    struct address to;
    char symbol[80];
    if (!insn->operand_count_visible)
        return;
    if (operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operands[0].imm.is_relative
        && ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(insn, &operands[0], a.offset, &target)))
        to = address_linear(a.at - a.offset + (uint32_t)target);
    else if (operands[0].type != ZYDIS_OPERAND_TYPE_POINTER
             || !address_segmented(d, operands[0].ptr.segment, operands[0].ptr.offset, RULE_MODE, &to))
        return;
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s", symbol_suffix(d, to.at, symbol, sizeof symbol));
}

void disasm_at(struct debugger *d, struct address a, struct disasm *out)
{
    ZydisDecodedInstruction insn;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    struct registers regs;
    inspect_registers(d->machine, &regs);
    if (!a.has_segment && !a.physical)
        a = address_as_code(&regs, a.at);       /* for the targets of branches */
    else if (!a.has_segment)
        a.offset = a.at;
    if (!decode(d, a, &insn, operands, out)) {
        snprintf(out->text, sizeof out->text, "(bad)");
        return;
    }
    /* Addresses of 16 bits have no scale: Zydis says 1 and would print it. */
    for (unsigned i = 0; i < insn.operand_count_visible && insn.address_width == 16; i++)
        operands[i].mem.scale = 0;
    ZydisFormatter formatter = formatter_of(d);
    if (!ZYAN_SUCCESS(ZydisFormatterFormatInstruction(&formatter, &insn, operands, insn.operand_count_visible,
                                                      out->text,
                                                      sizeof out->text, a.offset, NULL)))
        snprintf(out->text, sizeof out->text, "(bad)");
    append_target(d, a, &insn, operands, out->text, sizeof out->text);
}

void disasm_flow(struct debugger *d, struct address a, struct disasm *out)
{
    ZydisDecodedInstruction insn;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    decode(d, a, &insn, operands, out);
}

/* Instructions from A that end exactly at END; 0 if they run past it or do not decode. The addresses go into STARTS, a
 * ring of CAPACITY. */
static size_t instructions_to(struct debugger *d, struct address a, uint32_t end, uint32_t *starts, size_t capacity)
{
    size_t count = 0;
    while (a.at != end) {
        struct disasm insn;
        disasm_flow(d, a, &insn);
        if (!insn.length || insn.length > end - a.at)
            return 0;
        starts[count++ % capacity] = a.at;
        a = address_add(a, insn.length);
    }
    return count;
}

struct address disasm_before(struct debugger *d, struct address a, size_t count)
{
    enum { MOST = 128 };
    uint32_t starts[MOST];
    if (count > MOST)
        count = MOST;
    /* The farther back decoding begins, the likelier it has fallen into step with the real instructions. */
    for (uint32_t back = (uint32_t)count * 4 + 32; back >= count && back > 0; back--) {
        if (back > a.at || (a.has_segment && back > a.offset))
            continue;
        size_t found = instructions_to(d, address_add(a, -(int64_t)back), a.at, starts, MOST);
        if (found >= count && count)
            return address_add(a, (int64_t)starts[(found - count) % MOST] - a.at);
    }
    uint32_t most = a.has_segment && a.offset < a.at ? a.offset : a.at;
    return address_add(a, -(int64_t)(count < most ? count : most));
}
