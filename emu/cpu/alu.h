/* The integer arithmetic of the 486 as pure functions: operands and flags in, result and flags out (PRM ch. 26).
 *
 * WIDTH is 8, 16 or 32 and a constant wherever speed matters, so that what is written as a choice here costs nothing.
 * Operands may carry anything above WIDTH bits unless said otherwise; results are sign-extended to 32 bits, as struct
 * flags wants them, and cut when they are stored.
 *
 * Flags that the manual calls undefined come out as Intel's parts leave them as far as that is known; each case is said
 * where it is done. tests/emu/cpu/test_silicon.c compares them with the host's where that is known to do the same. */
#ifndef EMU_CPU_ALU_H
#define EMU_CPU_ALU_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/cpu/flags.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

struct alu {
    uint32_t value;
    struct flags flags;
};

/* In the order of the opcodes' bits 5-3. */
enum alu_op { ALU_ADD, ALU_OR, ALU_ADC, ALU_SBB, ALU_AND, ALU_SUB, ALU_XOR, ALU_CMP };

/* In the order of ModRM.reg; 6 does as 4 on the chip. */
enum shift_op { SHIFT_ROL, SHIFT_ROR, SHIFT_RCL, SHIFT_RCR, SHIFT_SHL, SHIFT_SHR, SHIFT_SAR = 7 };

ALWAYS_INLINE uint32_t alu_mask(unsigned width)
{
    return width == 32 ? 0xFFFFFFFF : (1u << width) - 1;
}

ALWAYS_INLINE uint32_t alu_extend(unsigned width, uint32_t value)
{
    return width == 8 ? (uint32_t)(int8_t)value : width == 16 ? (uint32_t)(int16_t)value : value;
}

/* A vector of carries out of each bit as flags.aux. */
ALWAYS_INLINE uint32_t alu_carries(unsigned width, uint32_t carries)
{
    return (carries << (32 - width) & (AUX_OF | AUX_OF_TOO)) | (carries & AUX_AF);
}

/* Flags after an addition or subtraction. */
ALWAYS_INLINE struct flags alu_carried(unsigned width, uint32_t value, uint32_t carries)
{
    uint32_t aux = alu_carries(width, carries);
    return (struct flags){ value, aux, aux };
}

/* Flags after something else; AF is 0 or AUX_AF. */
ALWAYS_INLINE struct flags alu_flags(uint32_t value, uint32_t cf, uint32_t of, uint32_t af)
{
    return (struct flags){ value, of << 31 | af, cf << 31 };
}

/* FLAGS with CF replaced, the other five kept. */
ALWAYS_INLINE struct flags alu_with_cf(struct flags flags, uint32_t cf)
{
    flags.carry = cf << 31;
    return flags;
}

/* FLAGS with CF and OF replaced, the other four kept. */
ALWAYS_INLINE struct flags alu_with_cf_of(struct flags flags, uint32_t cf, uint32_t of)
{
    flags.aux = (flags.aux & ~(AUX_OF | AUX_OF_TOO)) | of << 31;
    return alu_with_cf(flags, cf);
}

ALWAYS_INLINE struct alu alu_logic(unsigned width, uint32_t value)
{
    value = alu_extend(width, value);
    return (struct alu){ value, { value, 0, 0 } };  /* AF: clear on every part known */
}

ALWAYS_INLINE struct alu alu_add(unsigned width, uint32_t a, uint32_t b, uint32_t carry)
{
    uint32_t sum = a + b + carry;
    uint32_t value = alu_extend(width, sum);
    return (struct alu){ value, alu_carried(width, value, (a & b) | ((a | b) & ~sum)) };
}

ALWAYS_INLINE struct alu alu_sub(unsigned width, uint32_t a, uint32_t b, uint32_t borrow)
{
    uint32_t difference = a - b - borrow;
    uint32_t value = alu_extend(width, difference);
    return (struct alu){ value, alu_carried(width, value, (~a & b) | (~(a ^ b) & difference)) };
}

/* A carry leaves bit n of A + 1 where A had a 1 and the sum has a 0; for A - 1 the other way round. CF stays. */
ALWAYS_INLINE struct alu alu_inc(unsigned width, uint32_t a, struct flags flags)
{
    uint32_t value = alu_extend(width, a + 1);
    return (struct alu){ value, { value, alu_carries(width, a & ~value), flags.carry } };
}

ALWAYS_INLINE struct alu alu_dec(unsigned width, uint32_t a, struct flags flags)
{
    uint32_t value = alu_extend(width, a - 1);
    return (struct alu){ value, { value, alu_carries(width, ~a & value), flags.carry } };
}

/* For CMP the value is that of SUB and not to be stored. */
ALWAYS_INLINE struct alu alu_binary(enum alu_op op, unsigned width, uint32_t a, uint32_t b, struct flags flags)
{
    switch (op) {
    case ALU_ADD:
        return alu_add(width, a, b, 0);
    case ALU_ADC:
        return alu_add(width, a, b, flags.carry >> 31);
    case ALU_SBB:
        return alu_sub(width, a, b, flags.carry >> 31);
    case ALU_OR:
        return alu_logic(width, a | b);
    case ALU_AND:
        return alu_logic(width, a & b);
    case ALU_XOR:
        return alu_logic(width, a ^ b);
    case ALU_SUB:
    case ALU_CMP:
        break;
    }
    return alu_sub(width, a, b, 0);
}

/* --- Shifts and rotates. COUNT is 1-31: masked, and 0 is the caller's business (nothing changes then) ---
 *
 * OF for counts over 1 is what the last single step would give. AF, undefined too, is set by all shifts: so does the
 * 386. */

ALWAYS_INLINE struct alu alu_shl(unsigned width, uint32_t a, unsigned count)
{
    uint64_t shifted = (uint64_t)(a & alu_mask(width)) << count;
    uint32_t value = alu_extend(width, (uint32_t)shifted), cf = shifted >> width & 1;
    return (struct alu){ value, alu_flags(value, cf, cf ^ value >> 31, AUX_AF) };
}

ALWAYS_INLINE struct alu alu_shr(unsigned width, uint32_t a, unsigned count)
{
    uint32_t before = (a & alu_mask(width)) >> (count - 1);
    uint32_t value = before >> 1;
    return (struct alu){ value, alu_flags(value, before & 1, before >> (width - 1), AUX_AF) };
}

ALWAYS_INLINE struct alu alu_sar(unsigned width, uint32_t a, unsigned count)
{
    int32_t before = (int32_t)alu_extend(width, a) >> (count - 1);
    uint32_t value = (uint32_t)(before >> 1);
    return (struct alu){ value, alu_flags(value, (uint32_t)before & 1, 0, AUX_AF) };
}

/* OF of a rotation to the left: the new sign against CF; to the right: the two top bits. */
ALWAYS_INLINE struct alu alu_rotated_left(unsigned width, uint32_t value, uint32_t cf, struct flags flags)
{
    return (struct alu){ value, alu_with_cf_of(flags, cf, cf ^ (value >> (width - 1) & 1)) };
}

ALWAYS_INLINE struct alu alu_rotated_right(unsigned width, uint32_t value, uint32_t cf, struct flags flags)
{
    return (struct alu){ value, alu_with_cf_of(flags, cf, (value >> (width - 1) ^ value >> (width - 2)) & 1) };
}

ALWAYS_INLINE struct alu alu_rol(unsigned width, uint32_t a, unsigned count, struct flags flags)
{
    unsigned n = count & (width - 1);
    uint32_t bits = a & alu_mask(width);
    uint32_t value = n ? bits << n | bits >> (width - n) : bits;
    return alu_rotated_left(width, value, value & 1, flags);
}

ALWAYS_INLINE struct alu alu_ror(unsigned width, uint32_t a, unsigned count, struct flags flags)
{
    unsigned n = count & (width - 1);
    uint32_t bits = a & alu_mask(width);
    uint32_t value = n ? bits >> n | bits << (width - n) : bits;
    return alu_rotated_right(width, value, value >> (width - 1) & 1, flags);
}

/* CF and the operand form WIDTH + 1 bits that turn; for bytes and words whole turns are possible. */
ALWAYS_INLINE struct alu alu_rcl(unsigned width, uint32_t a, unsigned count, struct flags flags)
{
    unsigned n = width == 32 ? count : count % (width + 1);
    uint64_t ring = (uint64_t)(flags.carry >> 31) << width | (a & alu_mask(width));
    uint64_t turned = ring << n | ring >> (width + 1 - n);
    return alu_rotated_left(width, (uint32_t)turned, turned >> width & 1, flags);
}

ALWAYS_INLINE struct alu alu_rcr(unsigned width, uint32_t a, unsigned count, struct flags flags)
{
    unsigned n = width == 32 ? count : count % (width + 1);
    uint64_t ring = (uint64_t)(flags.carry >> 31) << width | (a & alu_mask(width));
    uint64_t turned = ring >> n | ring << (width + 1 - n);
    return alu_rotated_right(width, (uint32_t)turned, turned >> width & 1, flags);
}

ALWAYS_INLINE struct alu alu_shift(enum shift_op op, unsigned width, uint32_t a, unsigned count, struct flags flags)
{
    switch (op) {
    case SHIFT_ROL:
        return alu_rol(width, a, count, flags);
    case SHIFT_ROR:
        return alu_ror(width, a, count, flags);
    case SHIFT_RCL:
        return alu_rcl(width, a, count, flags);
    case SHIFT_RCR:
        return alu_rcr(width, a, count, flags);
    case SHIFT_SHL:
        return alu_shl(width, a, count);
    case SHIFT_SHR:
        return alu_shr(width, a, count);
    case SHIFT_SAR:
        break;
    }
    return alu_sar(width, a, count);
}

/* Double shifts, WIDTH 16 or 32. Where a word is shifted by more than 16, the other operand follows a second time: the
 * 386 and the Pentium do that, so the 486 should; CF is the last bit out of it all. */
ALWAYS_INLINE struct alu alu_shld(unsigned width, uint32_t a, uint32_t b, unsigned count)
{
    uint64_t row = width == 32 ? (uint64_t)a << 32 | b : (uint64_t)a << 48 | (b & 0xFFFF) * 0x100010000ull;
    uint32_t value = alu_extend(width, (uint32_t)(row << count >> (64 - width))), cf = row << (count - 1) >> 63;
    return (struct alu){ value, alu_flags(value, cf, cf ^ value >> 31, AUX_AF) };
}

ALWAYS_INLINE struct alu alu_shrd(unsigned width, uint32_t a, uint32_t b, unsigned count)
{
    uint64_t row = width == 32 ? (uint64_t)b << 32 | a : (b & 0xFFFF) * 0x100010000ull | (a & 0xFFFF);
    uint32_t value = alu_extend(width, (uint32_t)(row >> count)), cf = row >> (count - 1) & 1;
    return (struct alu){ value, alu_flags(value, cf, (value >> (width - 1) ^ value >> (width - 2)) & 1, AUX_AF) };
}

/* --- Multiplication and division --- */

struct alu_product {
    uint32_t low, high;         /* WIDTH bits each, cut */
    struct flags flags;
};

/* CF and OF tell that HIGH is more than an extension of LOW. The other flags are undefined: SF and PF follow LOW, ZF
 * and AF are clear, as on Intel's later parts. */
ALWAYS_INLINE struct alu_product alu_product(unsigned width, uint64_t product, bool overflow)
{
    enum { NOT_ZERO = 0x100 };      /* clears ZF and leaves SF and PF alone */
    uint32_t low = alu_extend(width, (uint32_t)product);
    struct alu_product x = { (uint32_t)product & alu_mask(width), (uint32_t)(product >> width) & alu_mask(width),
                             alu_flags(low | NOT_ZERO, overflow, overflow, 0) };
    return x;
}

ALWAYS_INLINE struct alu_product alu_mul(unsigned width, uint32_t a, uint32_t b)
{
    uint64_t product = (uint64_t)(a & alu_mask(width)) * (b & alu_mask(width));
    return alu_product(width, product, product >> width != 0);
}

ALWAYS_INLINE struct alu_product alu_imul(unsigned width, uint32_t a, uint32_t b)
{
    int64_t product = (int64_t)(int32_t)alu_extend(width, a) * (int32_t)alu_extend(width, b);
    return alu_product(width, (uint64_t)product, product != (int32_t)alu_extend(width, (uint32_t)product));
}

struct alu_quotient {
    uint32_t quotient, remainder;       /* WIDTH bits each, cut */
    bool overflow;                      /* #DE: division by zero, or the quotient does not fit */
    struct flags flags;
};

/* DIV and IDIV leave all flags undefined. Intel's parts change them, and programs rely on that much: 5 / 2 with all
 * flags clear before and after is how software of the time recognises a Cyrix. Here they are those of comparing the
 * remainder with the divisor, the last step of a division by trial subtraction. */
ALWAYS_INLINE struct alu_quotient alu_div(unsigned width, uint64_t dividend, uint32_t divisor)
{
    divisor &= alu_mask(width);
    if (divisor == 0 || dividend >> width >= divisor)
        return (struct alu_quotient){ .overflow = true };
    uint32_t quotient = (uint32_t)(dividend / divisor), remainder = (uint32_t)(dividend % divisor);
    return (struct alu_quotient){ quotient, remainder, false, alu_sub(width, remainder, divisor, 0).flags };
}

/* DIVIDEND is sign-extended from 2 * WIDTH bits. */
ALWAYS_INLINE struct alu_quotient alu_idiv(unsigned width, int64_t dividend, uint32_t divisor_bits)
{
    int64_t divisor = (int32_t)alu_extend(width, divisor_bits);
    if (divisor == 0 || (divisor == -1 && dividend == INT64_MIN))
        return (struct alu_quotient){ .overflow = true };
    int64_t quotient = dividend / divisor, remainder = dividend % divisor;
    if (quotient != (int32_t)alu_extend(width, (uint32_t)quotient))
        return (struct alu_quotient){ .overflow = true };
    return (struct alu_quotient){ (uint32_t)quotient & alu_mask(width), (uint32_t)remainder & alu_mask(width), false,
                                  alu_sub(width, (uint32_t)remainder, (uint32_t)divisor, 0).flags };
}

/* --- Decimal and ASCII adjustments. VALUE is AX, or AL where only that counts --- */

/* The flags of X, the addition or subtraction that adjusted AL, with CF and AF replaced. */
ALWAYS_INLINE struct flags alu_adjusted_flags(struct alu x, bool cf, bool af)
{
    return alu_flags(x.flags.result, cf, flag_of(x.flags), af ? AUX_AF : 0);
}

static inline struct alu alu_daa(uint32_t al, struct flags flags)
{
    bool af = (al & 15) > 9 || flag_af(flags);
    bool cf = al > 0x99 || flag_cf(flags);
    struct alu x = alu_add(8, al, (af ? 6 : 0) + (cf ? 0x60 : 0), 0);
    return (struct alu){ x.value, alu_adjusted_flags(x, cf, af) };
}

/* CF also by the borrow of the first step (AL 0-5 with AF set). */
static inline struct alu alu_das(uint32_t al, struct flags flags)
{
    bool af = (al & 15) > 9 || flag_af(flags);
    bool cf = al > 0x99 || flag_cf(flags);
    struct alu x = alu_sub(8, al, (af ? 6 : 0) + (cf ? 0x60 : 0), 0);
    return (struct alu){ x.value, alu_adjusted_flags(x, cf || (af && al < 6), af) };
}

/* SF, ZF, PF and OF, which are undefined, are those of adjusting AL by 6, before its upper half is cleared. */
static inline struct alu alu_aaa(uint32_t ax, struct flags flags)
{
    bool adjust = (ax & 15) > 9 || flag_af(flags);
    struct alu x = alu_add(8, ax, adjust ? 6 : 0, 0);
    return (struct alu){ (adjust ? ax + 0x106 : ax) & 0xFF0F, alu_adjusted_flags(x, adjust, adjust) };
}

static inline struct alu alu_aas(uint32_t ax, struct flags flags)
{
    bool adjust = (ax & 15) > 9 || flag_af(flags);
    struct alu x = alu_sub(8, ax, adjust ? 6 : 0, 0);
    return (struct alu){ (adjust ? ax - 0x106 : ax) & 0xFF0F, alu_adjusted_flags(x, adjust, adjust) };
}

/* BASE is 1-255. */
static inline struct alu alu_aam(uint32_t al, uint32_t base)
{
    uint32_t value = al / base << 8 | al % base;
    return (struct alu){ value, alu_logic(8, value).flags };
}

/* CF, AF and OF, which are undefined, are those of the addition. */
static inline struct alu alu_aad(uint32_t ax, uint32_t base)
{
    struct alu x = alu_add(8, ax, (ax >> 8 & 0xFF) * base, 0);
    return (struct alu){ x.value & 0xFF, x.flags };
}

/* Flags of BSF and BSR. The manual defines ZF only, set for a source of 0; the others follow the bit's number. */
ALWAYS_INLINE struct flags alu_scan_flags(bool found, uint32_t bit)
{
    return (struct flags){ found ? bit | 0x100 : 0, 0, 0 };
}

/* --- Conditions --- */

/* The sixteen conditions of Jcc and SETcc in the order of their opcodes; odd ones negate. */
ALWAYS_INLINE bool alu_condition(unsigned condition, struct flags f)
{
    bool met = false;
    switch (condition >> 1) {
    case 0:
        met = flag_of(f);
        break;
    case 1:
        met = flag_cf(f);
        break;
    case 2:
        met = flag_zf(f);
        break;
    case 3:
        met = flag_cf(f) || flag_zf(f);
        break;
    case 4:
        met = flag_sf(f);
        break;
    case 5:
        met = flag_pf(f);
        break;
    case 6:
        met = flag_sf(f) != flag_of(f);
        break;
    default:
        met = flag_zf(f) || flag_sf(f) != flag_of(f);
        break;
    }
    return met != (condition & 1);
}

#endif
