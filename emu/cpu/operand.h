/* Operands of the integer instructions, by width: registers, memory, and memory that is read, changed and written back.
 *
 * WIDTH is 8, 16 or 32 and always a constant, so that each handler is compiled for its own. Values read are
 * zero-extended; of values written the bits above WIDTH are dropped. */
#ifndef EMU_CPU_OPERAND_H
#define EMU_CPU_OPERAND_H

#include "emu/cpu/alu.h"
#include "emu/cpu/cpu.h"
#include "emu/cpu/mem.h"

/* What the hot handlers do when an operand is not in the software TLB is a function of its own, called last, for any
 * operation and width: the usual way then needs no stack frame. */
#define OUT_OF_LINE static __attribute__((noinline, cold))

/* A handler that is FUNCTION with constants (operation, width, register ...) filled in. */
#define HANDLER(name, function, ...)                                                                                   \
    void name(struct cpu *cpu, const struct insn *insn) { function(cpu, insn, __VA_ARGS__); }

/* Both forms of a frequent instruction (insn.h) from a FUNCTION that always succeeds: registers only. */
#define QUICK_HANDLER(name, function, ...)                                                                             \
    static void name##_one(struct cpu *cpu, const struct insn *insn) { function(cpu, insn, __VA_ARGS__); }             \
    static const struct insn *name##_quick(struct cpu *cpu, const struct insn *insn)                                   \
    {                                                                                                                  \
        function(cpu, insn, __VA_ARGS__);                                                                              \
        return insn[1].quick(cpu, insn + 1);                                                                           \
    }                                                                                                                  \
    const struct handler name = { name##_one, name##_quick };

/* From a FUNCTION that returns false, having done nothing, where FUNCTION_slow is needed. */
#define QUICK_MEMORY_HANDLER(name, function, ...)                                                                      \
    static void name##_one(struct cpu *cpu, const struct insn *insn)                                                   \
    {                                                                                                                  \
        if (unlikely(!function(cpu, insn, __VA_ARGS__)))                                                               \
            function##_slow(cpu, insn, __VA_ARGS__);                                                                   \
    }                                                                                                                  \
    static const struct insn *name##_quick(struct cpu *cpu, const struct insn *insn)                                   \
    {                                                                                                                  \
        if (unlikely(!function(cpu, insn, __VA_ARGS__)))                                                               \
            return op_one(cpu, insn);                                                                                  \
        return insn[1].quick(cpu, insn + 1);                                                                           \
    }                                                                                                                  \
    const struct handler name = { name##_one, name##_quick };

/* The quick form of INSN, a branch, leaves the run. */
static inline const struct insn *leave_run_by(struct cpu *cpu, const struct insn *insn)
{
    cpu->room -= (int)(insn + 1 - cpu->run_start);
    return NULL;
}

/* Likewise for a branch: FUNCTION sets cpu->eip, and is told the next instruction's. */
#define QUICK_BRANCH_HANDLER(name, function, ...)                                                                      \
    static void name##_one(struct cpu *cpu, const struct insn *insn)                                                   \
    {                                                                                                                  \
        if (unlikely(!function(cpu, insn, cpu->eip, __VA_ARGS__)))                                                     \
            function##_slow(cpu, insn, __VA_ARGS__);                                                                   \
    }                                                                                                                  \
    static const struct insn *name##_quick(struct cpu *cpu, const struct insn *insn)                                   \
    {                                                                                                                  \
        if (unlikely(!function(cpu, insn, cpu->run_eip + insn->end, __VA_ARGS__)))                                     \
            return op_one(cpu, insn);                                                                                  \
        return leave_run_by(cpu, insn);                                                                                \
    }                                                                                                                  \
    const struct handler name = { name##_one, name##_quick };

/* Likewise for a conditional branch, which leaves in cpu->work whether it was taken, and only then leaves the run. */
#define QUICK_CONDITIONAL_HANDLER(name, function, ...)                                                                 \
    static void name##_one(struct cpu *cpu, const struct insn *insn)                                                   \
    {                                                                                                                  \
        if (unlikely(!function(cpu, insn, cpu->eip, __VA_ARGS__)))                                                     \
            function##_slow(cpu, insn, __VA_ARGS__);                                                                   \
        if (cpu->work)                                                                                                 \
            cpu_leave_run(cpu);                                                                                        \
    }                                                                                                                  \
    static const struct insn *name##_quick(struct cpu *cpu, const struct insn *insn)                                   \
    {                                                                                                                  \
        if (unlikely(!function(cpu, insn, cpu->run_eip + insn->end, __VA_ARGS__)))                                     \
            return op_one(cpu, insn);                                                                                  \
        if (cpu->work)                                                                                                 \
            return leave_run_by(cpu, insn);                                                                            \
        return insn[1].quick(cpu, insn + 1);                                                                           \
    }                                                                                                                  \
    const struct handler name = { name##_one, name##_quick };

/* Words of registers are copied, not pointed to: the compiler may take a uint16_t and a uint32_t for different
 * objects. */
ALWAYS_INLINE uint32_t register_get(const struct cpu *cpu, unsigned width, unsigned offset)
{
    const uint8_t *p = (const uint8_t *)cpu->r + offset;
    uint16_t word;
    uint32_t dword;
    if (width == 8)
        return *p;
    if (width == 16) {
        memcpy(&word, p, 2);
        return word;
    }
    memcpy(&dword, p, 4);
    return dword;
}

ALWAYS_INLINE void register_set(struct cpu *cpu, unsigned width, unsigned offset, uint32_t value)
{
    uint8_t *p = (uint8_t *)cpu->r + offset;
    uint16_t word = (uint16_t)value;
    if (width == 8)
        *p = (uint8_t)value;
    else if (width == 16)
        memcpy(p, &word, 2);
    else
        memcpy(p, &value, 4);
}

/* The accumulator and its companions by number: AL, AX or EAX. */
ALWAYS_INLINE unsigned register_offset(unsigned width, unsigned number)
{
    return width == 8 ? reg8_offset(number) : width == 16 ? reg16_offset(number) : reg32_offset(number);
}

ALWAYS_INLINE uint32_t host_load(const uint8_t *p, unsigned width)
{
    return width == 8 ? *p : width == 16 ? load16(p) : load32(p);
}

ALWAYS_INLINE void host_store(uint8_t *p, unsigned width, uint32_t value)
{
    if (width == 8)
        *p = (uint8_t)value;
    else if (width == 16)
        store16(p, (uint16_t)value);
    else
        store32(p, value);
}

ALWAYS_INLINE uint32_t memory_get(struct cpu *cpu, unsigned width, unsigned seg, uint32_t offset)
{
    return width == 8 ? rd8(cpu, seg, offset) : width == 16 ? rd16(cpu, seg, offset) : rd32(cpu, seg, offset);
}

ALWAYS_INLINE void memory_set(struct cpu *cpu, unsigned width, unsigned seg, uint32_t offset, uint32_t value)
{
    if (width == 8)
        wr8(cpu, seg, offset, (uint8_t)value);
    else if (width == 16)
        wr16(cpu, seg, offset, (uint16_t)value);
    else
        wr32(cpu, seg, offset, value);
}

/* The memory operand of INSN. */
ALWAYS_INLINE uint32_t operand_get(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return memory_get(cpu, width, insn->seg, ea(cpu, insn));
}

ALWAYS_INLINE void operand_set(struct cpu *cpu, const struct insn *insn, unsigned width, uint32_t value)
{
    memory_set(cpu, width, insn->seg, ea(cpu, insn), value);
}

/* A memory operand that is read and written back, looked up once. */
struct modify {
    uint8_t *host;              /* NULL: the slow path */
    uint32_t offset, old;
    uint8_t seg;
};

/* Every fault of the write is raised here. */
ALWAYS_INLINE struct modify modify_at(struct cpu *cpu, unsigned width, unsigned seg, uint32_t offset)
{
    struct modify m = { mem_fast_write(cpu, seg, offset, width / 8), offset, 0, (uint8_t)seg };
    m.old = likely(m.host) ? host_load(m.host, width) : mem_read_modify(cpu, seg, offset, width / 8);
    return m;
}

ALWAYS_INLINE struct modify modify_begin(struct cpu *cpu, const struct insn *insn, unsigned width)
{
    return modify_at(cpu, width, insn->seg, ea(cpu, insn));
}

ALWAYS_INLINE void modify_end(struct cpu *cpu, unsigned width, const struct modify *m, uint32_t value)
{
    if (likely(m->host))
        host_store(m->host, width, value);
    else
        mem_write(cpu, m->seg, m->offset, value & alu_mask(width), width / 8);
}

#endif
