/* The six arithmetic flags, kept lazily as three words so that an ALU operation costs a few host instructions:
 *
 *   result   the last result, sign-extended to 32 bits: ZF is result == 0, SF its sign, PF the parity of its low byte
 *   aux      bits 31 and 30: OF is one xor the other; bit 3 AF; bits 8-15 are XORed into the low byte for PF, bit 0
 *            into SF, so that any combination can be represented
 *   carry    bit 31 CF; the others mean nothing
 *
 * For ADD and SUB the carry-out vector of the operation has AF, CF and the carry into the sign bit in the right places
 * of both aux and carry already. CF has a word to itself because INC and DEC leave it alone: in a loop full of them,
 * each would wait for the one before if it had to merge it. All functions here are pure. */
#ifndef EMU_CPU_FLAGS_H
#define EMU_CPU_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

struct flags { uint32_t result, aux, carry; };

enum { AUX_AF = 8, AUX_PF_SHIFT = 8, AUX_SF = 1 };
#define AUX_OF 0x80000000u           /* OF if one of these two is set */
#define AUX_OF_TOO 0x40000000u
#define CARRY_CF 0x80000000u

static inline bool flag_cf(struct flags f) { return f.carry >> 31; }
static inline bool flag_of(struct flags f) { return (f.aux >> 31) ^ (f.aux >> 30 & 1); }
static inline bool flag_af(struct flags f) { return f.aux >> 3 & 1; }
static inline bool flag_zf(struct flags f) { return f.result == 0; }
static inline bool flag_sf(struct flags f) { return (f.result >> 31) ^ (f.aux & 1); }
static inline bool flag_pf(struct flags f) { return !__builtin_parity((f.result ^ f.aux >> 8) & 0xFF); }

/* The flags as they lie in EFLAGS, and back (other bits are ignored). */
static inline uint32_t flags_pack(struct flags f)
{
    return (uint32_t)flag_cf(f) | (uint32_t)flag_pf(f) << 2 | (uint32_t)flag_af(f) << 4 | (uint32_t)flag_zf(f) << 6 |
           (uint32_t)flag_sf(f) << 7 | (uint32_t)flag_of(f) << 11;
}

static inline struct flags flags_unpack(uint32_t eflags)
{
    uint32_t cf = eflags & 1, pf = eflags >> 2 & 1, af = eflags >> 4 & 1, zf = eflags >> 6 & 1, sf = eflags >> 7 & 1,
             of = eflags >> 11 & 1;
    uint32_t result = !zf;              /* 0 or 1: SF of it is 0, its low byte has result bits set */
    return (struct flags){ .result = result,
                           .aux = of << 31 | af << 3 | ((result ^ !pf) << 8) | sf,
                           .carry = cf << 31 };
}

#endif
