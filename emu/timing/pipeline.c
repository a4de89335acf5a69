/* The shapes of instructions (pipeline.h): which registers each form uses, and as what.
 *
 * Which operand is where is told by the manual's notation ("Gv,Ev"), which the clock table uses too. What an
 * instruction does with its operands, and the registers that it uses besides (AL and eAX forms write theirs as
 * operands), is in the table below. An instruction that is not there reads and writes its first operand and reads the
 * second, as arithmetic does.
 *
 * Left out on purpose: flags, segment registers, and the FPU's stack, none of which the integer pipeline waits for;
 * CL as a count and other byte sources, for only words and doublewords wait for a part of themselves. */
#include "emu/timing/pipeline.h"

#include <string.h>

#include "emu/state.h"
#include "emu/timing/clocks.h"
#include "emu/timing/profile.h"
#include "emu/timing/timing.h"

enum { AX = 1, CX = 2, DX = 4, BX = 8, SP = 16, BP = 32, SI = 64, DI = 128, ALL_BUT_SP = 0xEF };

/* What is done with an operand. */
enum use { NOT = 0, R = 1, W = 2, RW = 3 };

/* names and operands: lists for clocks_listed(). reads, writes, address: registers that are used without being named,
 * as words or doublewords unless `bytes` names them. */
struct usage {
    const char *names, *operands;
    uint8_t first, second;              /* enum use */
    uint8_t reads, writes, bytes, address;
    uint8_t flags;                      /* SHAPE_STRING */
};

static const struct usage usages[] = {
    { "MOV UMOV LEA MOVZX MOVSX LAR LSL BSF BSR LDS LES LFS LGS LSS", "*", W, R, 0, 0, 0, 0, 0 },
    { "SETO SETNO SETB SETNB SETZ SETNZ SETBE SETNBE", "*", W, NOT, 0, 0, 0, 0, 0 },
    { "SETS SETNS SETP SETNP SETL SETNL SETLE SETNLE", "*", W, NOT, 0, 0, 0, 0, 0 },
    { "SLDT STR SMSW", "*", W, NOT, 0, 0, 0, 0, 0 },
    { "CMP TEST BT BOUND", "*", R, R, 0, 0, 0, 0, 0 },
    { "LLDT LTR VERR VERW LMSW LGDT LIDT SGDT SIDT INVLPG JMP", "*", R, NOT, 0, 0, 0, 0, 0 },
    { "XCHG XADD", "*", RW, RW, 0, 0, 0, 0, 0 },
    { "CMPXCHG", "Eb,Gb", RW, R, 0, AX, AX, 0, 0 },
    { "CMPXCHG", "Ev,Gv", RW, R, AX, AX, 0, 0, 0 },

    /* The stack: ESP forms the address, and is written where it is an operand only. */
    { "PUSH CALL", "*", R, NOT, 0, 0, 0, SP, 0 },
    { "POP", "*", W, NOT, 0, 0, 0, SP, 0 },
    { "RET RETF IRET PUSHF POPF PUSHA", "*", NOT, NOT, 0, 0, 0, SP, 0 },
    { "POPA", "-", NOT, NOT, 0, ALL_BUT_SP, 0, SP, 0 },
    { "ENTER", "*", NOT, NOT, BP, BP, 0, SP, 0 },
    { "LEAVE", "-", NOT, NOT, 0, BP, 0, BP, 0 },

    { "MUL IMUL", "Eb", R, NOT, 0, AX, 0, 0, 0 },
    { "MUL IMUL", "Ev", R, NOT, AX, AX | DX, 0, 0, 0 },
    { "IMUL", "Gv,Ev,Iv Gv,Ev,sIb", W, R, 0, 0, 0, 0, 0 },
    { "DIV IDIV", "Eb", R, NOT, AX, AX, 0, 0, 0 },
    { "DIV IDIV", "Ev", R, NOT, AX | DX, AX | DX, 0, 0, 0 },
    { "CBW", "-", NOT, NOT, 0, AX, 0, 0, 0 },
    { "CWD", "-", NOT, NOT, AX, DX, 0, 0, 0 },
    { "AAA AAS AAD", "*", NOT, NOT, AX, AX, 0, 0, 0 },
    { "AAM", "*", NOT, NOT, 0, AX, 0, 0, 0 },
    { "DAA DAS SALC LAHF", "-", NOT, NOT, 0, AX, AX, 0, 0 },
    { "CPUID", "-", NOT, NOT, AX, AX | CX | DX | BX, 0, 0, 0 },
    { "LOOP LOOPE LOOPNE", "*", NOT, NOT, CX, CX, 0, 0, 0 },
    { "JCXZ", "*", NOT, NOT, CX, 0, 0, 0, 0 },

    { "IN", "*", W, R, 0, 0, 0, 0, 0 },
    { "OUT", "*", R, R, 0, 0, 0, 0, 0 },
    /* Of these pipeline.h says why they have none. */
    { "INS OUTS MOVS CMPS STOS LODS SCAS", "*", NOT, NOT, 0, 0, 0, 0, SHAPE_STRING },
    { "XLAT", "-", NOT, NOT, 0, 0, 0, 0, 0 },
};

static const struct usage arithmetic = { "", "*", RW, R, 0, 0, 0, 0, 0 };

static const struct usage *usage_of(const struct timing_form *form)
{
    for (size_t i = 0; i < sizeof usages / sizeof *usages; i++)
        if (clocks_listed(usages[i].names, form->mnemonic) && clocks_listed(usages[i].operands, form->operands))
            return &usages[i];
    return &arithmetic;
}

/* A general register as an operand. */
struct operand { uint8_t mask; bool byte; };

static struct operand general(unsigned number, bool byte)
{
    return (struct operand){ (uint8_t)(1u << (byte ? number & 3 : number)), byte };
}

/* The register that an operand in the manual's notation names; TEXT may go on with further operands. Mask 0: none, as
 * with segment registers, whose names begin like register operands. */
static struct operand operand_register(const struct timing_form *form, const char *text)
{
    const struct operand none = { 0, false };
    bool byte = text[0] && text[1] == 'b', word = text[0] && (text[1] == 'v' || text[1] == 'w' || text[1] == 'd');
    if (strncmp(text, "eAX", 3) == 0 || strncmp(text, "AL", 2) == 0)
        return (struct operand){ AX, text[0] == 'A' };
    if (strncmp(text, "DX", 2) == 0)
        return (struct operand){ DX, false };
    if (!byte && !word)
        return none;
    switch (text[0]) {
    case 'E': return form->memory ? none : general(form->modrm & 7, byte);
    case 'R': return general(form->modrm & 7, byte);
    case 'G': return general(form->modrm >> 3 & 7, byte);
    case 'Z': return general(form->opcode & 7, byte);
    default: return none;
    }
}

static void use(struct timing_shape *shape, struct operand operand, uint8_t how)
{
    if (how & R && !operand.byte)
        shape->source |= operand.mask;
    if (how & W) {
        shape->written |= operand.mask;
        if (operand.byte)
            shape->bytes |= operand.mask;
    }
}

static uint8_t register_mask(uint8_t number)
{
    return number < TIMED_NO_REGISTER ? (uint8_t)(1u << number) : 0;
}

static void add_registers(struct timing_shape *shape, const struct timing_form *form, const struct usage *usage)
{
    const char *second = strchr(form->operands, ',');
    use(shape, operand_register(form, form->operands), usage->first);
    if (second)
        use(shape, operand_register(form, second + 1), usage->second);
    shape->source |= usage->reads & (uint8_t)~usage->bytes;
    shape->written |= usage->writes;
    shape->bytes |= usage->bytes;
    shape->address = usage->address | register_mask(form->base) | register_mask(form->index);
}

/* Registers that depend on more than the operands' notation: CWDE reads AX where CBW reads AL, FSTSW AX. */
static void add_exceptions(struct timing_shape *shape, const struct timing_form *form)
{
    if (strcmp(form->mnemonic, "CBW") == 0 && form->size == 32)
        shape->source |= AX;
    if (form->opcode == 0xDF && form->modrm == 0xE0)
        shape->written |= AX;
}

/* POP to memory takes a clock more than the manual says: measured by Abrash, ch. 12. */
static uint8_t address_clocks(const struct timing_form *form)
{
    bool pop_memory = form->memory && strcmp(form->mnemonic, "POP") == 0;
    return (uint8_t)(form->has_index + form->disp_and_imm + pop_memory);
}

static uint8_t flags_of(const struct timing_form *form, const struct usage *usage, uint8_t rule)
{
    bool fpu = strcmp(form->mnemonic, "ESC") == 0 || strcmp(form->mnemonic, "WAIT") == 0;
    bool modify = form->memory && form->operands[0] == 'E' && usage->first == RW;
    return (uint8_t)(usage->flags | (fpu ? SHAPE_FPU : 0) | (modify ? SHAPE_MODIFY : 0) |
                     (timing_overlaps(rule) ? SHAPE_OVERLAP : 0));
}

struct timing_shape pipeline_shape(const struct profile *profile, const struct timing_form *form,
                                   const struct timing_cost *cost)
{
    const struct usage *usage = usage_of(form);
    struct timing_shape shape = {
        .clocks = (uint16_t)(cost->clocks + form->lock),
        .concurrent = cost->concurrent,
        .rule = cost->rule,
        .prefixes = (uint8_t)(cost->prefixes - form->lock),
        .address_clocks = address_clocks(form),
        .agi = (uint8_t)(form->code32 ? profile->agi_32 : profile->agi_16),
        .flags = flags_of(form, usage, cost->rule),
    };
    add_registers(&shape, form, usage);
    add_exceptions(&shape, form);
    return shape;
}

void pipeline_reset(struct pipeline *p)
{
    *p = (struct pipeline){ .fpu_free = 0 };
}

void pipeline_visit(struct pipeline *p, uint64_t now, struct state *state)
{
    enum { LONGEST = 1 << 16 };         /* that an FPU instruction may take */
    state_section(state, "pipeline");
    for (unsigned i = 0; i < 2; i++) {
        state_u64(state, "end", &p->last[i].end);
        state_u8(state, "registers", &p->last[i].registers);
        state_u8(state, "bytes", &p->last[i].bytes);
    }
    state_u32(state, "hidden", &p->hidden);
    state_u32(state, "prefix", &p->prefix);
    state_u64(state, "fpu_free", &p->fpu_free);
    state_check(state, p->last[0].end <= now && p->last[1].end <= now, "an instruction that has not ended yet");
    state_check(state, p->fpu_free <= now + LONGEST, "the FPU is busy for too long");
}
