/* The decoder against Zydis limited to the 486's set: every one- and two-byte opcode with every ModRM byte, with every
 * SIB byte where there is one, after every prefix and every pair of prefixes, in 16- and 32-bit code: is it an
 * instruction of the 486, how long is it, what does it address, with which immediate. Where Zydis, which knows
 * later processors, sees something else, is listed in exceptions[]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <Zydis/Zydis.h>

#include "emu/cpu/cpu.h"
#include "emu/cpu/decode.h"
#include "emu/cpu/opcode.h"

struct sample {
    uint8_t bytes[16];
    bool two_byte, code32;
    uint8_t opcode, modrm;
};

static char text[200];
static ZydisDecoder decoders[2];        /* for 16- and 32-bit code */

/* Without what made repeat prefixes part of the opcode: the 486 takes no notice of them. */
static int open_decoders(void **state)
{
    static const ZydisDecoderMode later[] = { ZYDIS_DECODER_MODE_MPX, ZYDIS_DECODER_MODE_CET,
                                              ZYDIS_DECODER_MODE_LZCNT, ZYDIS_DECODER_MODE_TZCNT,
                                              ZYDIS_DECODER_MODE_WBNOINVD, ZYDIS_DECODER_MODE_CLDEMOTE };
    (void)state;
    ZydisDecoderInit(&decoders[0], ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16);
    ZydisDecoderInit(&decoders[1], ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
    for (unsigned i = 0; i < 2 * (sizeof later / sizeof *later); i++)
        ZydisDecoderEnableMode(&decoders[i % 2], later[i / 2], ZYAN_FALSE);
    return 0;
}

static const char *describe(const struct sample *s)
{
    int at = snprintf(text, sizeof text, "%d bits:", s->code32 ? 32 : 16);
    for (unsigned i = 0; i < 12; i++)
        at += snprintf(text + at, sizeof text - (size_t)at, " %02X", s->bytes[i]);
    return text;
}

/* Opcodes FIRST to LAST (256 and up: behind 0F) are not compared where Zydis finds no instruction of the 486, or, if
 * LEFT_OUT, are none of ours. */
static const struct {
    uint16_t first, last;
    bool left_out;
    const char *reason;
} exceptions[] = {
    { 0x0D8, 0x0DF, false, "FPU opcodes: the handlers know which exist" },
    { 0x110, 0x113, false, "UMOV, which became SSE's moves" },
    { 0x120, 0x120, false, "control registers: the handlers know which exist" },
    { 0x122, 0x122, false, "control registers: the handlers know which exist" },
    { 0x124, 0x124, false, "test registers, gone since the Pentium" },
    { 0x126, 0x126, false, "test registers, gone since the Pentium" },
    { 0x1AA, 0x1AA, true, "RSM came with system management mode in the SL parts, which this is not" }
};

static bool is_exception(const struct sample *s, bool left_out)
{
    unsigned opcode = s->opcode + (s->two_byte ? 256 : 0);
    for (unsigned i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (opcode >= exceptions[i].first && opcode <= exceptions[i].last && exceptions[i].left_out == left_out)
            return true;
    return false;
}

static bool is_486(const ZydisDecodedInstruction *z)
{
    switch (z->meta.isa_set) {
    case ZYDIS_ISA_SET_I86: case ZYDIS_ISA_SET_I186: case ZYDIS_ISA_SET_I286REAL: case ZYDIS_ISA_SET_I286PROTECTED:
    case ZYDIS_ISA_SET_I386: case ZYDIS_ISA_SET_I486: case ZYDIS_ISA_SET_I486REAL: case ZYDIS_ISA_SET_X87:
    case ZYDIS_ISA_SET_PAUSE: case ZYDIS_ISA_SET_LAHF:
        return true;
    default:
        return false;
    }
}

static unsigned base_number(ZydisRegister reg)
{
    return reg == ZYDIS_REGISTER_NONE ? NO_REGISTER : (unsigned)ZydisRegisterGetId(reg);
}

static unsigned segment_number(ZydisRegister reg)
{
    return (unsigned)ZydisRegisterGetId(reg);
}

static const ZydisDecodedOperand *memory_operand(const ZydisDecodedInstruction *z, const ZydisDecodedOperand *operand)
{
    for (unsigned i = 0; i < z->operand_count; i++)
        if (operand[i].type == ZYDIS_OPERAND_TYPE_MEMORY && operand[i].encoding == ZYDIS_OPERAND_ENCODING_MODRM_RM)
            return &operand[i];
    return NULL;
}

static void compare_address(const struct sample *s, const struct insn *insn, const ZydisDecodedOperand *memory)
{
    bool agrees = insn->base == base_number(memory->mem.base) && insn->index == base_number(memory->mem.index) &&
                  (insn->index == NO_REGISTER || 1u << insn->scale == memory->mem.scale) &&
                  ((insn->disp ^ (uint32_t)memory->mem.disp.value) & insn->addr_mask) == 0 &&
                  (memory->mem.type == ZYDIS_MEMOP_TYPE_AGEN || insn->seg == segment_number(memory->mem.segment));
    if (!agrees)
        fail_msg("address differs: %s", describe(s));
}

static void compare_immediate(const struct sample *s, const struct insn *insn, const ZydisDecodedInstruction *z)
{
    uint32_t flags = opcode_table[insn->row].flags;
    uint32_t value = (uint32_t)z->raw.imm[0].value.u;
    if (!(flags & (OPC_IMM8 | OPC_IMM8S | OPC_IMMV | OPC_IMM16)) || z->raw.imm[0].size == 0)
        return;
    if (flags & OPC_IMM8 && !(flags & OPC_IMM16))
        value &= 0xFF;
    else if (!(insn->flags & INSN_OPERAND32) && !(flags & OPC_RELATIVE))
        value &= 0xFFFF;
    if (insn->imm != value)
        fail_msg("immediate %X is not %X: %s", insn->imm, value, describe(s));
    if (flags & OPC_IMM16 && flags & OPC_IMM8)
        assert_int_equal(insn->imm2, z->raw.imm[1].value.u);
}

static void compare(const struct sample *s)
{
    ZydisDecodedInstruction z;
    ZydisDecodedOperand operand[ZYDIS_MAX_OPERAND_COUNT];
    struct insn insn;
    int length = decode(s->bytes, 15, s->code32, &insn);
    if (length <= 0 || length != insn.len)
        fail_msg("length %d: %s", length, describe(s));
    bool valid = ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoders[s->code32], s->bytes, 15, &z, operand)) && is_486(&z) &&
                 !is_exception(s, true);
    if (!valid && is_exception(s, false))
        return;
    if (valid != (insn.fn != op_ud))
        fail_msg("%s: %s", valid ? "is an instruction" : "is no instruction of the 486", describe(s));
    if (!valid)
        return;
    if (length != z.length)
        fail_msg("length %d is not %d: %s", length, z.length, describe(s));
    const ZydisDecodedOperand *memory = memory_operand(&z, operand);
    if (memory)
        compare_address(s, &insn, memory);
    compare_immediate(s, &insn, &z);
}

static void make_sample(struct sample *s, const char *prefixes, unsigned opcode, unsigned modrm, unsigned sib)
{
    static const uint8_t tail[] = { 0x81, 0xF2, 0x93, 0x84, 0x75, 0xA6, 0x97, 0x58 };
    unsigned at = (unsigned)strlen(prefixes);
    memcpy(s->bytes, prefixes, at);
    s->two_byte = opcode >= 256;
    s->opcode = (uint8_t)opcode;
    s->modrm = (uint8_t)modrm;
    if (s->two_byte)
        s->bytes[at++] = 0x0F;
    s->bytes[at++] = s->opcode;
    s->bytes[at++] = s->modrm;
    s->bytes[at++] = (uint8_t)sib;
    memcpy(s->bytes + at, tail, 16 - at < sizeof tail ? 16 - at : sizeof tail);
}

static bool is_prefix(unsigned opcode)
{
    return opcode < 256 && (opcode == 0x0F || memchr("\x26\x2E\x36\x3E\x64\x65\x66\x67\xF0\xF2\xF3", (int)opcode, 11));
}

static void compare_all(const char *prefixes, bool code32, unsigned sib)
{
    struct sample s = { .code32 = code32 };
    for (unsigned opcode = 0; opcode < 512; opcode++)
        for (unsigned modrm = 0; modrm < 256 && !is_prefix(opcode); modrm++) {
            make_sample(&s, prefixes, opcode, modrm, sib);
            compare(&s);
        }
}

static const char all_prefixes[] = "\x26\x2E\x36\x3E\x64\x65\x66\x67\xF0\xF2\xF3";
enum { PREFIXES = sizeof all_prefixes - 1 };

static void every_opcode_and_modrm_agrees_with_zydis(void **state)
{
    static const char *const sizes[] = { "", "\x66", "\x67", "\x66\x67" };
    (void)state;
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (unsigned code32 = 0; code32 < 2; code32++)
            compare_all(sizes[i], code32, 0x8D);
}

static void every_prefix_agrees_with_zydis(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PREFIXES; i++)
        for (unsigned code32 = 0; code32 < 2; code32++) {
            const char prefixes[] = { all_prefixes[i], 0 };
            compare_all(prefixes, code32, 0x24);
        }
}

/* With some ModRM bytes of each kind. */
static void every_pair_of_prefixes_agrees_with_zydis(void **state)
{
    static const uint8_t modrm[] = { 0x00, 0x0E, 0x15, 0x1C, 0x23, 0x6C, 0x74, 0xBD, 0xC0, 0xD9, 0xEF, 0xF4 };
    struct sample s = { 0 };
    (void)state;
    for (unsigned pair = 0; pair < PREFIXES * PREFIXES * 2; pair++)
        for (unsigned opcode = 0; opcode < 512; opcode++)
            for (unsigned i = 0; i < sizeof modrm && !is_prefix(opcode); i++) {
                const char prefixes[] = { all_prefixes[pair / 2 % PREFIXES], all_prefixes[pair / 2 / PREFIXES], 0 };
                s.code32 = pair & 1;
                make_sample(&s, prefixes, opcode, modrm[i], 0x5D);
                compare(&s);
            }
}

/* In 32-bit code, and with the other address size in 16-bit code. */
static void every_sib_byte_agrees_with_zydis(void **state)
{
    struct sample s = { 0 };
    (void)state;
    for (unsigned opcode = 0; opcode < 512; opcode++)
        for (unsigned i = 0; i < 2 * 3 * 8 * 256 && !is_prefix(opcode); i++) {
            unsigned sib = i / 2 % 256, reg = i / 512 % 8, mod = i / 4096;
            s.code32 = i & 1;
            make_sample(&s, s.code32 ? "" : "\x67", opcode, mod << 6 | reg << 3 | 4, sib);
            compare(&s);
        }
}

static void a_missing_byte_asks_for_more(void **state)
{
    static const uint8_t bytes[] = { 0x66, 0x67, 0x81, 0x84, 0x88, 1, 2, 3, 4, 5, 6, 7, 8 };
    struct insn insn;
    (void)state;
    for (size_t size = 0; size < 11; size++)
        assert_int_equal(decode(bytes, size, false, &insn), DECODE_MORE);
    assert_int_equal(decode(bytes, 13, false, &insn), 13);
    for (size_t size = 0; size < 13; size++)
        assert_int_equal(decode(bytes, size, false, &insn), DECODE_MORE);
}

static void fifteen_bytes_are_the_limit(void **state)
{
    uint8_t bytes[20];
    struct insn insn;
    (void)state;
    memset(bytes, 0x26, sizeof bytes);
    bytes[14] = 0x90;
    assert_int_equal(decode(bytes, 20, false, &insn), 15);
    assert_int_equal(decode(bytes, 14, false, &insn), DECODE_MORE);
    bytes[14] = 0x26;
    bytes[15] = 0x90;
    assert_int_equal(decode(bytes, 20, false, &insn), DECODE_TOO_LONG);
    assert_int_equal(decode(bytes, 15, false, &insn), DECODE_TOO_LONG);
}

static void the_last_of_several_prefixes_counts(void **state)
{
    static const uint8_t bytes[] = { 0x26, 0xF2, 0x36, 0xF3, 0xA4 };
    struct insn insn;
    (void)state;
    assert_int_equal(decode(bytes, sizeof bytes, false, &insn), 5);
    assert_int_equal(insn.seg, SS);
    assert_int_equal(insn.flags & (INSN_REP | INSN_REPNE), INSN_REP);
    assert_int_equal(insn.prefixes, 4);
}

static void segment_registers_that_do_not_exist_are_invalid(void **state)
{
    static const uint8_t to_cs[] = { 0x8E, 0xC8 }, to_6[] = { 0x8E, 0xF0 }, from_7[] = { 0x8C, 0xF8 },
                         to_gs[] = { 0x8E, 0xE8 };
    struct insn insn;
    (void)state;
    decode(to_cs, 2, false, &insn);
    assert_ptr_equal(insn.fn, op_ud);
    decode(to_6, 2, false, &insn);
    assert_ptr_equal(insn.fn, op_ud);
    decode(from_7, 2, false, &insn);
    assert_ptr_equal(insn.fn, op_ud);
    decode(to_gs, 2, false, &insn);
    assert_ptr_not_equal(insn.fn, op_ud);
    assert_int_equal(insn.reg, GS);
}

static void registers_are_offsets_by_size(void **state)
{
    static const uint8_t byte_form[] = { 0x88, 0xE7 }, movzx[] = { 0x0F, 0xB6, 0xF7 };     /* MOV BH,AH; MOVZX r,BH */
    struct cpu cpu = { .r = { [EAX] = 0x11223344, [EBX] = 0x55667788 } };
    struct insn insn;
    (void)state;
    decode(byte_form, 2, true, &insn);
    assert_int_equal(*reg8(&cpu, insn.reg), 0x33);
    assert_int_equal(*reg8(&cpu, insn.rm), 0x77);
    decode(movzx, 3, true, &insn);
    assert_ptr_equal(reg32(&cpu, insn.reg), &cpu.r[ESI]);
    assert_int_equal(*reg8(&cpu, insn.rm), 0x77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_opcode_and_modrm_agrees_with_zydis),
        cmocka_unit_test(every_prefix_agrees_with_zydis),
        cmocka_unit_test(every_pair_of_prefixes_agrees_with_zydis),
        cmocka_unit_test(every_sib_byte_agrees_with_zydis),
        cmocka_unit_test(a_missing_byte_asks_for_more),
        cmocka_unit_test(fifteen_bytes_are_the_limit),
        cmocka_unit_test(the_last_of_several_prefixes_counts),
        cmocka_unit_test(segment_registers_that_do_not_exist_are_invalid),
        cmocka_unit_test(registers_are_offsets_by_size),
    };
    return cmocka_run_group_tests(tests, open_decoders, NULL);
}
