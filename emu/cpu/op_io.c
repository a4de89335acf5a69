/* IN, OUT, INS, OUTS (PRM ch. 8 and 26): who may, and how often.
 *
 * In protected mode with CPL above IOPL, and always in V86 mode, the I/O permission bitmap of a 386 TSS decides. The
 * string forms commit each element when it is done; INS asks whether its destination can be written before it reads the
 * port, which may have side effects. Ports are the devices' world: clock->now is brought up to date first.
 *
 * Left in cpu->work for the clocks: that the bitmap was asked in protected mode, and iterations of repeated forms. */
#include "emu/cpu/fault.h"
#include "emu/cpu/operand.h"
#include "emu/cpu/ops_system.h"
#include "emu/cpu/timed.h"
#include "emu/timing/timing.h"

enum { TSS_IO_MAP = 102, TSS386_TYPE = 9 };

static void check_bitmap(struct cpu *cpu, uint16_t port, unsigned size)
{
    if (!cpu->tr.valid || (cpu->tr.access & 0xD) != TSS386_TYPE || cpu->tr.limit < TSS_IO_MAP + 1)
        cpu_raise_code(cpu, EXC_GP, 0);
    uint32_t map = mem_read_linear(cpu, cpu->tr.base + TSS_IO_MAP, 2);
    uint32_t at = map + port / 8;
    if (at + 1 > cpu->tr.limit)
        cpu_raise_code(cpu, EXC_GP, 0);
    uint32_t bits = mem_read_linear(cpu, cpu->tr.base + at, 2) >> (port & 7);
    if (bits & ((1u << size) - 1))
        cpu_raise_code(cpu, EXC_GP, 0);
    if (!cpu_v86(cpu))
        cpu->work = timing_work(TIMED_BY_BITMAP, 0, TIMED_NO_TSS);
}

ALWAYS_INLINE void check_port(struct cpu *cpu, uint16_t port, unsigned size)
{
    if (unlikely(cpu->cpl != 0) && (cpu->cpl > cpu_iopl(cpu) || cpu_v86(cpu)))
        check_bitmap(cpu, port, size);
}

/* Devices look at the clock: it is brought to where the port is accessed. */
ALWAYS_INLINE void reach_port(struct cpu *cpu, uint16_t port, unsigned size, bool write)
{
    if (timed(cpu))
        timed_io(cpu, port, size, write);
    cpu_sync(cpu);
}

/* --- IN, OUT --- */

ALWAYS_INLINE void in(struct cpu *cpu, uint16_t port, unsigned width)
{
    check_port(cpu, port, width / 8);
    reach_port(cpu, port, width / 8, false);
    register_set(cpu, width, register_offset(width, EAX), bus_in(cpu->bus, port, width / 8));
}

ALWAYS_INLINE void out(struct cpu *cpu, uint16_t port, unsigned width)
{
    check_port(cpu, port, width / 8);
    reach_port(cpu, port, width / 8, true);
    bus_out(cpu->bus, port, register_get(cpu, width, register_offset(width, EAX)), width / 8);
}

ALWAYS_INLINE void in_Ib(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    in(cpu, insn->imm & 0xFF, width);
}

ALWAYS_INLINE void in_DX(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    (void)insn;
    in(cpu, (uint16_t)cpu->r[EDX], width);
}

ALWAYS_INLINE void out_Ib(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    out(cpu, insn->imm & 0xFF, width);
}

ALWAYS_INLINE void out_DX(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    (void)insn;
    out(cpu, (uint16_t)cpu->r[EDX], width);
}

HANDLER(op_in_AL_Ib, in_Ib, 8)
HANDLER(op_in_eAX_Ib_16, in_Ib, 16)
HANDLER(op_in_eAX_Ib_32, in_Ib, 32)
HANDLER(op_in_AL_DX, in_DX, 8)
HANDLER(op_in_eAX_DX_16, in_DX, 16)
HANDLER(op_in_eAX_DX_32, in_DX, 32)
HANDLER(op_out_Ib_AL, out_Ib, 8)
HANDLER(op_out_Ib_eAX_16, out_Ib, 16)
HANDLER(op_out_Ib_eAX_32, out_Ib, 32)
HANDLER(op_out_DX_AL, out_DX, 8)
HANDLER(op_out_DX_eAX_16, out_DX, 16)
HANDLER(op_out_DX_eAX_32, out_DX, 32)

/* --- INS, OUTS --- */

/* Does one element, all or nothing. */
typedef void element_fn(struct cpu *cpu, const struct insn *insn);

ALWAYS_INLINE void advance(struct cpu *cpu, const struct insn *insn, unsigned number, uint32_t step)
{
    uint32_t mask = insn->addr_mask;
    cpu->r[number] = (cpu->r[number] & ~mask) | ((cpu->r[number] + step) & mask);
}

ALWAYS_INLINE uint32_t element_step(const struct cpu *cpu, unsigned width)
{
    return cpu->eflags & FLAG_DF ? 0 - width / 8 : width / 8;
}

ALWAYS_INLINE void ins_element(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    const unsigned size = width / 8;
    uint32_t offset = cpu->r[EDI] & insn->addr_mask;
    uint16_t port = (uint16_t)cpu->r[EDX];
    check_port(cpu, port, size);
    if (!mem_fast_write(cpu, ES, offset, size)) {
        mem_align(cpu, ES, offset, size);
        mem_probe_write(cpu, ES, offset, size);
    }
    reach_port(cpu, port, size, false);
    memory_set(cpu, width, ES, offset, bus_in(cpu->bus, port, size));
    advance(cpu, insn, EDI, element_step(cpu, width));
}

ALWAYS_INLINE void outs_element(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    uint16_t port = (uint16_t)cpu->r[EDX];
    check_port(cpu, port, width / 8);
    uint32_t value = memory_get(cpu, width, insn->seg, cpu->r[ESI] & insn->addr_mask);
    reach_port(cpu, port, width / 8, true);
    bus_out(cpu->bus, port, value, width / 8);
    advance(cpu, insn, ESI, element_step(cpu, width));
}

/* What may make a repeated instruction stop early: something that wants attention, or another next event. */
struct outlook { uint64_t next_due; unsigned attention; };

static struct outlook look_out(const struct cpu *cpu)
{
    unsigned masked = cpu->eflags & FLAG_IF ? 0 : ATTEND_INTR;
    return (struct outlook){ cpu->clock->next_due, cpu->attention & ~masked };
}

/* What the timed modes charge for the bitmap. */
static uint32_t repeated_by_bitmap(const struct cpu *cpu)
{
    bool asked = cpu->cpl > cpu_iopl(cpu) && !cpu_v86(cpu);
    return asked && cpu->timing_mode != CPU_TIMING_FAST ? TIMING_REPEATED_BY_BITMAP : 0;
}

/* Leave is asked for before the count is looked at, as Intel's processors do. */
ALWAYS_INLINE void string_io(struct cpu *cpu, const struct insn *insn, element_fn *element, unsigned width)
{
    check_port(cpu, (uint16_t)cpu->r[EDX], width / 8);
    if (!(insn->flags & (INSN_REP | INSN_REPNE))) {
        element(cpu, insn);
        return;
    }
    uint32_t left = cpu->r[ECX] & insn->addr_mask, done = 0;
    uint32_t budget = left ? cpu_rep_budget(cpu) : 0;
    const struct outlook before = look_out(cpu);
    struct outlook now = before;
    while (left && done < budget && now.next_due == before.next_due && now.attention == before.attention) {
        element(cpu, insn);
        advance(cpu, insn, ECX, (uint32_t)-1);
        left--;
        done++;
        now = look_out(cpu);
        if (timed(cpu) && timed_iterated(cpu))
            break;
    }
    cpu->work = done | repeated_by_bitmap(cpu);
    if (left)
        cpu_repeat_later(cpu);
}

static void insb(struct cpu *cpu, const struct insn *insn) { ins_element(cpu, insn, 8); }
static void insw(struct cpu *cpu, const struct insn *insn) { ins_element(cpu, insn, 16); }
static void insd(struct cpu *cpu, const struct insn *insn) { ins_element(cpu, insn, 32); }
static void outsb(struct cpu *cpu, const struct insn *insn) { outs_element(cpu, insn, 8); }
static void outsw(struct cpu *cpu, const struct insn *insn) { outs_element(cpu, insn, 16); }
static void outsd(struct cpu *cpu, const struct insn *insn) { outs_element(cpu, insn, 32); }

HANDLER(op_ins_Yb_DX, string_io, insb, 8)
HANDLER(op_ins_Yv_DX_16, string_io, insw, 16)
HANDLER(op_ins_Yv_DX_32, string_io, insd, 32)
HANDLER(op_outs_DX_Xb, string_io, outsb, 8)
HANDLER(op_outs_DX_Xv_16, string_io, outsw, 16)
HANDLER(op_outs_DX_Xv_32, string_io, outsd, 32)
