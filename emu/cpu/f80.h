/* Arithmetic of the x87's 80-bit extended format (i486 PRM part III) in integers alone: pure functions of their
 * operands and of the control word, the same to the last bit on every host.
 *
 * Every function takes a struct f80_env, whose control word is as the guest wrote it, and adds to its raised bits.
 * The result is what the masked response would be, or for unmasked overflow and underflow the value with its exponent
 * wrapped by 24576. Whether an unmasked exception keeps the result from being stored is the caller's business. Raised
 * bits lie where the status word has them. F80_ROUNDED_UP (the place of C1) says that the magnitude was rounded up.
 *
 * An operand converted from m32 or m64 may have raised F80_DENORMAL already; functions that find a NaN or an invalid
 * encoding take that back, as the chip never gets to see the denormal then. */
#ifndef EMU_CPU_F80_H
#define EMU_CPU_F80_H

#include <stdbool.h>
#include <stdint.h>

struct f80 {
    uint64_t significand;       /* with its explicit integer bit */
    uint16_t sign_exponent;     /* sign in bit 15, exponent biased by 16383 */
};

enum { F80_SIGN = 0x8000, F80_EXPONENT = 0x7FFF, F80_BIAS = 0x3FFF };
#define F80_INTEGER_BIT 0x8000000000000000u

enum {
    F80_INVALID = 1, F80_DENORMAL = 2, F80_ZERO_DIVIDE = 4, F80_OVERFLOW = 8, F80_UNDERFLOW = 16, F80_PRECISION = 32,
    F80_ROUNDED_UP = 0x200
};

/* Fields of the control word; the exception masks lie at the exceptions' places. */
enum { F80_PC = 3 << 8, F80_PC_24 = 0, F80_PC_53 = 2 << 8, F80_PC_64 = 3 << 8 };
enum { F80_RC = 3 << 10, F80_RC_NEAREST = 0, F80_RC_DOWN = 1 << 10, F80_RC_UP = 2 << 10, F80_RC_ZERO = 3 << 10 };

struct f80_env { uint16_t control, raised; };

/* What FXAM tells apart. */
enum f80_class { F80_CLASS_UNSUPPORTED, F80_CLASS_NAN, F80_CLASS_NORMAL, F80_CLASS_INFINITY, F80_CLASS_ZERO,
                 F80_CLASS_DENORMAL };
enum f80_class f80_classify(struct f80 a);

/* The default NaN, answer to invalid operations. */
static inline struct f80 f80_indefinite(void)
{
    return (struct f80){ .significand = 0xC000000000000000u, .sign_exponent = F80_SIGN | F80_EXPONENT };
}

/* --- Arithmetic (f80.c, f80_divide.c) --- */
struct f80 f80_add(struct f80 a, struct f80 b, struct f80_env *env);
struct f80 f80_subtract(struct f80 a, struct f80 b, struct f80_env *env);
struct f80 f80_multiply(struct f80 a, struct f80 b, struct f80_env *env);
struct f80 f80_divide(struct f80 a, struct f80 b, struct f80_env *env);
struct f80 f80_square_root(struct f80 a, struct f80_env *env);

/* FRNDINT, FSCALE (a * 2^trunc(b)). */
struct f80 f80_round_to_integer(struct f80 a, struct f80_env *env);
struct f80 f80_scale(struct f80 a, struct f80 b, struct f80_env *env);

/* FXTRACT: the exponent as a number; *significand in [1, 2). */
struct f80 f80_extract(struct f80 a, struct f80 *significand, struct f80_env *env);

/* FPREM (truncating) and FPREM1 (to nearest): the partial or complete remainder. *quotient: its low three bits, or
 * one of these if the reduction is not complete or there is no remainder of the operands. */
enum { F80_REDUCTION_PARTIAL = -1, F80_NO_QUOTIENT = -2 };
struct f80 f80_remainder(struct f80 a, struct f80 b, bool to_nearest, int *quotient, struct f80_env *env);

/* --- Transcendental functions (f80_transcendental.c) --- */

/* False: |a| is 2^63 or more, and nothing is done (C2). */
bool f80_sine(struct f80 a, struct f80 *sine, struct f80_env *env);
bool f80_cosine(struct f80 a, struct f80 *cosine, struct f80_env *env);
bool f80_sine_cosine(struct f80 a, struct f80 *sine, struct f80 *cosine, struct f80_env *env);
bool f80_tangent(struct f80 a, struct f80 *tangent, struct f80_env *env);

/* Of y/x, in the quadrant that the signs of both tell. */
struct f80 f80_arctan(struct f80 y, struct f80 x, struct f80_env *env);

/* F2XM1; an operand beyond 1 in magnitude, which the manual forbids, comes back unchanged. */
struct f80 f80_two_to_x_minus_one(struct f80 a, struct f80_env *env);
struct f80 f80_y_log2_x(struct f80 y, struct f80 x, struct f80_env *env);
struct f80 f80_y_log2_x_plus_1(struct f80 y, struct f80 x, struct f80_env *env);

/* --- Comparison --- */
enum f80_order { F80_GREATER, F80_LESS, F80_EQUAL, F80_UNORDERED };

/* QUIET: quiet NaNs compare unordered without F80_INVALID (FUCOM). */
enum f80_order f80_compare(struct f80 a, struct f80 b, bool quiet, struct f80_env *env);

/* --- Conversion (f80_convert.c) --- */

/* Widening is exact. F80_DENORMAL is raised for denormals; signalling NaNs stay signalling, see f80_quiet(). */
struct f80 f80_from_f32(uint32_t bits, struct f80_env *env);
struct f80 f80_from_f64(uint64_t bits, struct f80_env *env);

/* A signalling NaN becomes quiet and raises F80_INVALID; anything else stays what it is. */
struct f80 f80_quiet(struct f80 a, struct f80_env *env);

uint32_t f80_to_f32(struct f80 a, struct f80_env *env);
uint64_t f80_to_f64(struct f80 a, struct f80_env *env);

struct f80 f80_from_int(int64_t value);

/* BITS: 16, 32 or 64. What does not fit gives the most negative integer and F80_INVALID. */
int64_t f80_to_int(struct f80 a, unsigned bits, struct f80_env *env);

/* Packed BCD: 18 digits in 9 bytes from the lowest on, then the sign in bit 7 of the tenth. */
struct f80 f80_from_bcd(const uint8_t bcd[10]);
void f80_to_bcd(struct f80 a, uint8_t bcd[10], struct f80_env *env);

#endif
