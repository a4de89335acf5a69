/* State of the x87 unit and its error reporting: i486 PRM part III, and exception 16, FERR# and IGNNE#.
 *
 * Left out on purpose: the clocks between an error and FERR#. The line follows the end of the instruction that failed;
 * the chip raises it somewhere between there and the next FPU instruction. */
#include "emu/cpu/fpu.h"

#include <stdlib.h>

#include "emu/cpu/cpu.h"
#include "emu/cpu/fault.h"
#include "emu/state.h"

enum { CONTROL_AT_START = 0x37F, CONTROL_WRITABLE = 0x1F3F, CONTROL_FIXED = 0x40 };
enum { TAG_VALID, TAG_ZERO, TAG_SPECIAL, TAG_EMPTY };

static void set_start_values(struct fpu *fpu)
{
    fpu->control = CONTROL_AT_START;
    fpu->status = 0;
    fpu->top = 0;
    fpu->empty = 0xFF;
    fpu->opcode = fpu->cs = fpu->ds = 0;
    fpu->ip = fpu->dp = 0;
}

struct fpu *fpu_create(void)
{
    struct fpu *fpu = calloc(1, sizeof *fpu);
    if (fpu)
        set_start_values(fpu);
    return fpu;
}

void fpu_destroy(struct fpu *fpu)
{
    free(fpu);
}

void fpu_initialize(struct cpu *cpu)
{
    cpu->fpu->control = CONTROL_AT_START;
    fpu_update_summary(cpu);
    set_start_values(cpu->fpu);
}

void fpu_reset(struct cpu *cpu)
{
    fpu_initialize(cpu);
    for (unsigned i = 0; i < 8; i++)
        cpu->fpu->reg[i] = (struct f80){ .significand = 0 };
}

void fpu_visit(struct fpu *fpu, struct state *state)
{
    state_section(state, "fpu");
    for (unsigned i = 0; i < 8; i++) {
        state_u64(state, "significand", &fpu->reg[i].significand);
        state_u16(state, "sign_exponent", &fpu->reg[i].sign_exponent);
    }
    state_u8(state, "top", &fpu->top);
    state_check(state, fpu->top < 8, "TOP over 7");
    state_u8(state, "empty", &fpu->empty);
    state_u16(state, "control", &fpu->control);
    state_u16(state, "status", &fpu->status);
    state_u16(state, "opcode", &fpu->opcode);
    state_u16(state, "cs", &fpu->cs);
    state_u16(state, "ds", &fpu->ds);
    state_u32(state, "ip", &fpu->ip);
    state_u32(state, "dp", &fpu->dp);
    if (!state_loading(state))
        return;
    fpu->top &= 7;
    fpu->status &= (uint16_t)~FPU_TOP;
}

uint16_t fpu_status_word(const struct fpu *fpu)
{
    return (uint16_t)(fpu->status | fpu->top << 11);
}

void fpu_set_status_word(struct fpu *fpu, uint16_t value)
{
    const unsigned summary = FPU_ES | FPU_B;
    fpu->status = (uint16_t)((value & ~(FPU_TOP | summary)) | (fpu->status & summary));
    fpu->top = value >> 11 & 7;
}

static unsigned tag_of(struct f80 a)
{
    enum f80_class class = f80_classify(a);
    return class == F80_CLASS_NORMAL ? TAG_VALID : class == F80_CLASS_ZERO ? TAG_ZERO : TAG_SPECIAL;
}

uint16_t fpu_tag_word(const struct fpu *fpu)
{
    unsigned word = 0;
    for (unsigned i = 0; i < 8; i++)
        word |= (fpu->empty >> i & 1 ? (unsigned)TAG_EMPTY : tag_of(fpu->reg[i])) << 2 * i;
    return (uint16_t)word;
}

void fpu_set_tag_word(struct fpu *fpu, uint16_t value)
{
    fpu->empty = 0;
    for (unsigned i = 0; i < 8; i++)
        if ((value >> 2 * i & 3) == TAG_EMPTY)
            fpu->empty |= (uint8_t)(1 << i);
}

void fpu_update_summary(struct cpu *cpu)
{
    struct fpu *fpu = cpu->fpu;
    bool was_set = fpu->status & FPU_ES;
    bool set = fpu->status & ~fpu->control & FPU_EXCEPTIONS;
    fpu->status &= (uint16_t)~(FPU_ES | FPU_B);
    if (set)
        fpu->status |= FPU_ES | FPU_B;
    if (set == was_set)
        return;
    cpu_sync(cpu);
    cpu->ignne = false;         /* the board's latch is held clear while there is no error (SDM volume 1, D.2.1) */
    line_set(&cpu->ferr, set);
}

void fpu_set_control_word(struct cpu *cpu, uint16_t value)
{
    cpu->fpu->control = (value & CONTROL_WRITABLE) | CONTROL_FIXED;
    fpu_update_summary(cpu);
}

/* A frozen processor is one that halts at the instruction it cannot begin. */
bool fpu_wait(struct cpu *cpu)
{
    if (cpu->cr0 & CR0_NE)
        cpu_raise(cpu, EXC_MF);
    if (cpu->ignne)
        return false;
    cpu->eip = cpu_instruction_eip(cpu);
    cpu_attend(cpu, ATTEND_HALTED);
    return true;
}
