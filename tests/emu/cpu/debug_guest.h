/* A guest for tests of the debug registers: breakpoints set as by MOV, and what a debug exception has to look like. */
#ifndef TESTS_EMU_CPU_DEBUG_GUEST_H
#define TESTS_EMU_CPU_DEBUG_GUEST_H

#include "guest_cpu.h"

#include "emu/cpu/debug_registers.h"

enum { DB_HANDLER = HANDLERS + EXC_DB * 16 };
enum { FETCH, WRITE, UNDEFINED, ACCESS };               /* R/W */
enum { LEN1, LEN2, LEN_UNDEFINED, LEN4 };
enum { GLOBAL = 2, LOCAL = 1, DISABLED = 0 };
enum { DR7_GD = 1 << 13 };
#define DR6_CLEAR 0xFFFF0FF0u

#define CODE(g, ...)                                                                                                   \
    do {                                                                                                               \
        const uint8_t code_bytes[] = { __VA_ARGS__ };                                                                  \
        guest_code(g, code_bytes, sizeof code_bytes);                                                                  \
    } while (0)

/* Gives breakpoint N an address, a type, a length and its enable bits; the others stay. */
static inline void set_breakpoint(struct guest *g, unsigned n, uint32_t linear, unsigned type, unsigned length,
                                  unsigned enable)
{
    uint32_t dr7 = g->cpu.dr[7] & ~(3u << 2 * n | 15u << (16 + 4 * n));
    debug_register_write(&g->cpu, n, linear);
    debug_register_write(&g->cpu, 7, dr7 | enable << 2 * n | (type | length << 2) << (16 + 4 * n));
}

/* Level 0, flat; the handler of #DB is NOP, IRETD. */
static inline void begin(struct guest *g)
{
    guest_protected(g, 0);
    guest_put(g, DB_HANDLER, 0xCF90, 2);
}

/* Real mode; the handler of #DB is NOP, IRET. */
static inline void begin_real(struct guest *g)
{
    guest_put(g, EXC_DB * 4, DB_HANDLER, 4);
    guest_put(g, DB_HANDLER, 0xCF90, 2);
}

static inline void expect_dr6(const struct guest *g, uint32_t bits)
{
    assert_int_equal(g->cpu.dr[6], DR6_CLEAR | bits);
}

/* The instruction just tried was answered by #DB as a fault with these bits; it begins at EIP. */
static inline void expect_fault(const struct guest *g, uint32_t eip, uint32_t bits)
{
    assert_int_equal(g->cpu.eip, DB_HANDLER);
    assert_int_equal(guest_stack(g, 0), eip);
    assert_int_equal(guest_stack(g, 2) & FLAG_RF, FLAG_RF);
    expect_dr6(g, bits);
}

/* A trap is due: takes it and the handler's first instruction. It returns to EIP. */
static inline void expect_trap(struct guest *g, uint32_t eip, uint32_t bits)
{
    assert_int_equal(guest_run(g, 1), CPU_LIMIT);
    assert_int_equal(g->cpu.eip, DB_HANDLER + 1);
    assert_int_equal(guest_stack(g, 0), eip);
    assert_int_equal(guest_stack(g, 2) & FLAG_RF, 0);
    expect_dr6(g, bits);
}

static inline void expect_no_trap(struct guest *g, uint32_t eip)
{
    assert_int_equal(g->cpu.eip, eip);
    assert_int_equal(g->cpu.attention & ATTEND_TRAP, 0);
    expect_dr6(g, 0);
}

#endif
