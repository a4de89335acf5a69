/* Control instructions of the x87 (i486 PRM part III): control, status and tag words, environment and state in
 * their four layouts, the stack pointer.
 *
 * An environment is stored after it was made certain that all of it can be, and loaded in full before any of it counts.
 * FENI, FDISI and FSETPM, which meant something to the 8087 and 80287, do nothing. */
#include "emu/cpu/op_fpu.h"

void fpu_fnstcw(struct cpu *cpu, const struct insn *insn)
{
    wr16(cpu, insn->seg, ea(cpu, insn), cpu->fpu->control);
}

void fpu_fldcw(struct cpu *cpu, const struct insn *insn)
{
    fpu_set_control_word(cpu, rd16(cpu, insn->seg, ea(cpu, insn)));
}

void fpu_fnstsw_m(struct cpu *cpu, const struct insn *insn)
{
    wr16(cpu, insn->seg, ea(cpu, insn), fpu_status_word(cpu->fpu));
}

void fpu_fnstsw_ax(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    cpu->r[EAX] = (cpu->r[EAX] & 0xFFFF0000) | fpu_status_word(cpu->fpu);
}

void fpu_fninit(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    fpu_initialize(cpu);
}

void fpu_fnclex(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    cpu->fpu->status &= (uint16_t)~(FPU_EXCEPTIONS | FPU_SF);
    fpu_update_summary(cpu);
}

void fpu_nop(struct cpu *cpu, const struct insn *insn)
{
    (void)cpu, (void)insn;
}

void fpu_ffree(struct cpu *cpu, const struct insn *insn)
{
    fpu_free(cpu->fpu, insn->modrm & 7);
    cpu->fpu->status &= (uint16_t)~FPU_C1;
}

void fpu_ffreep(struct cpu *cpu, const struct insn *insn)
{
    fpu_ffree(cpu, insn);
    fpu_pop(cpu->fpu);
}

static void move_top(struct fpu *fpu, int by)
{
    fpu->top = (fpu->top + by) & 7;
    fpu->status &= (uint16_t)~FPU_C1;
}

void fpu_fincstp(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    move_top(cpu->fpu, 1);
}

void fpu_fdecstp(struct cpu *cpu, const struct insn *insn)
{
    (void)insn;
    move_top(cpu->fpu, -1);
}

/* --- Environment: seven words or dwords --- */

enum { CONTROL, STATUS, TAGS, IP_OFFSET, IP_SELECTOR, DATA_OFFSET, DATA_SELECTOR, ENVIRONMENT_FIELDS };
enum { RESERVED_HIGH = 0xFFFF };

static bool has_real_layout(const struct cpu *cpu)
{
    return !cpu_protected(cpu) || cpu_v86(cpu);
}

static unsigned field_size(const struct insn *insn)
{
    return insn->flags & INSN_OPERAND32 ? 4 : 2;
}

/* Real and V86 mode: linear addresses, their upper bits beside the opcode. */
static void get_real_pointers(const struct fpu *fpu, uint32_t field[ENVIRONMENT_FIELDS])
{
    uint32_t ip = ((uint32_t)fpu->cs << 4) + fpu->ip, dp = ((uint32_t)fpu->ds << 4) + fpu->dp;
    field[IP_OFFSET] = ip & 0xFFFF;
    field[IP_SELECTOR] = (ip >> 16 << 12 & 0x0FFFF000) | fpu->opcode;
    field[DATA_OFFSET] = dp & 0xFFFF;
    field[DATA_SELECTOR] = dp >> 16 << 12 & 0x0FFFF000;
}

static void get_protected_pointers(const struct fpu *fpu, uint32_t field[ENVIRONMENT_FIELDS])
{
    field[IP_OFFSET] = fpu->ip;
    field[IP_SELECTOR] = fpu->cs | (uint32_t)fpu->opcode << 16;
    field[DATA_OFFSET] = fpu->dp;
    field[DATA_SELECTOR] = fpu->ds | (uint32_t)RESERVED_HIGH << 16;
}

static void get_environment(const struct cpu *cpu, uint32_t field[ENVIRONMENT_FIELDS])
{
    const struct fpu *fpu = cpu->fpu;
    const uint32_t high = (uint32_t)RESERVED_HIGH << 16;
    field[CONTROL] = fpu->control | high;
    field[STATUS] = fpu_status_word(fpu) | high;
    field[TAGS] = fpu_tag_word(fpu) | high;
    if (!has_real_layout(cpu)) {
        get_protected_pointers(fpu, field);
        return;
    }
    get_real_pointers(fpu, field);
    field[IP_OFFSET] |= high;
    field[DATA_OFFSET] |= high;
}

static void set_pointers(const struct cpu *cpu, const uint32_t field[ENVIRONMENT_FIELDS])
{
    struct fpu *fpu = cpu->fpu;
    if (has_real_layout(cpu)) {
        fpu->ip = (field[IP_OFFSET] & 0xFFFF) | (field[IP_SELECTOR] >> 12 & 0xFFFF) << 16;
        fpu->dp = (field[DATA_OFFSET] & 0xFFFF) | (field[DATA_SELECTOR] >> 12 & 0xFFFF) << 16;
        fpu->cs = fpu->ds = 0;
        fpu->opcode = field[IP_SELECTOR] & FPU_OPCODE;
        return;
    }
    fpu->ip = field[IP_OFFSET];
    fpu->dp = field[DATA_OFFSET];
    fpu->cs = (uint16_t)field[IP_SELECTOR];
    fpu->ds = (uint16_t)field[DATA_SELECTOR];
    fpu->opcode = field[IP_SELECTOR] >> 16 & FPU_OPCODE;
}

static void set_environment(struct cpu *cpu, const uint32_t field[ENVIRONMENT_FIELDS])
{
    fpu_set_status_word(cpu->fpu, (uint16_t)field[STATUS]);
    fpu_set_tag_word(cpu->fpu, (uint16_t)field[TAGS]);
    set_pointers(cpu, field);
    fpu_set_control_word(cpu, (uint16_t)field[CONTROL]);
}

static void read_environment(struct cpu *cpu, const struct insn *insn, uint32_t field[ENVIRONMENT_FIELDS])
{
    const uint32_t at = ea(cpu, insn);
    const unsigned size = field_size(insn);
    mem_align(cpu, insn->seg, at, size);
    mem_probe_read(cpu, insn->seg, at, ENVIRONMENT_FIELDS * size);
    for (unsigned i = 0; i < ENVIRONMENT_FIELDS; i++)
        field[i] = size == 4 ? rd32(cpu, insn->seg, at + 4 * i) : rd16(cpu, insn->seg, at + 2 * i);
}

static void write_environment(struct cpu *cpu, const struct insn *insn)
{
    const uint32_t at = ea(cpu, insn);
    const unsigned size = field_size(insn);
    uint32_t field[ENVIRONMENT_FIELDS];
    get_environment(cpu, field);
    for (unsigned i = 0; i < ENVIRONMENT_FIELDS; i++) {
        if (size == 4)
            wr32(cpu, insn->seg, at + 4 * i, field[i]);
        else
            wr16(cpu, insn->seg, at + 2 * i, (uint16_t)field[i]);
    }
}

void fpu_fldenv(struct cpu *cpu, const struct insn *insn)
{
    uint32_t field[ENVIRONMENT_FIELDS];
    read_environment(cpu, insn, field);
    set_environment(cpu, field);
}

/* All exceptions are masked afterwards. */
void fpu_fnstenv(struct cpu *cpu, const struct insn *insn)
{
    mem_align(cpu, insn->seg, ea(cpu, insn), field_size(insn));
    mem_probe_write(cpu, insn->seg, ea(cpu, insn), ENVIRONMENT_FIELDS * field_size(insn));
    write_environment(cpu, insn);
    cpu->fpu->control |= FPU_EXCEPTIONS;
    fpu_update_summary(cpu);
}

/* --- State: the environment and the registers from ST(0) on, ten bytes each ---
 * Where alignment is checked, that of the environment does for all (PRM 9.9.15): the registers go by words. */

enum { REGISTER_SIZE = 10 };

void fpu_frstor(struct cpu *cpu, const struct insn *insn)
{
    uint32_t field[ENVIRONMENT_FIELDS];
    struct f80 value[8];
    uint32_t at = ea(cpu, insn) + ENVIRONMENT_FIELDS * field_size(insn);
    mem_align(cpu, insn->seg, ea(cpu, insn), field_size(insn));
    mem_probe_read(cpu, insn->seg, ea(cpu, insn), ENVIRONMENT_FIELDS * field_size(insn) + 8 * REGISTER_SIZE);
    read_environment(cpu, insn, field);
    for (unsigned i = 0; i < 8; i++, at += REGISTER_SIZE) {
        value[i].significand = 0;
        for (unsigned word = 0; word < 4; word++)
            value[i].significand |= (uint64_t)rd16(cpu, insn->seg, at + 2 * word) << 16 * word;
        value[i].sign_exponent = rd16(cpu, insn->seg, at + 8);
    }
    set_environment(cpu, field);
    for (unsigned i = 0; i < 8; i++)
        *fpu_st(cpu->fpu, i) = value[i];
}

void fpu_fnsave(struct cpu *cpu, const struct insn *insn)
{
    uint32_t at = ea(cpu, insn) + ENVIRONMENT_FIELDS * field_size(insn);
    mem_align(cpu, insn->seg, ea(cpu, insn), field_size(insn));
    mem_probe_write(cpu, insn->seg, ea(cpu, insn), ENVIRONMENT_FIELDS * field_size(insn) + 8 * REGISTER_SIZE);
    write_environment(cpu, insn);
    for (unsigned i = 0; i < 8; i++, at += REGISTER_SIZE) {
        struct f80 value = *fpu_st(cpu->fpu, i);
        for (unsigned word = 0; word < 4; word++)
            wr16(cpu, insn->seg, at + 2 * word, (uint16_t)(value.significand >> 16 * word));
        wr16(cpu, insn->seg, at + 8, value.sign_exponent);
    }
    fpu_initialize(cpu);
}
