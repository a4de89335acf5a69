/* The x87's instructions against the host's own unit: the same state loaded with FRSTOR, one instruction, FNSAVE; then
 * all registers, tags, status, control and memory have to be the same. All rounding and precision modes, masked and
 * unmasked exceptions, values random and special, stack faults included; from a fixed seed. Results of transcendental
 * functions may be one unit in the last place off, and their C1 anything.
 *
 * What the manual leaves undefined is compared where our choice is what the host's part does: that is known of one
 * vendor, and others are spared. Skipped where the host cannot run 32-bit code; a few known values hold everywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "emu/cpu/f80.h"
#include "emu/cpu/fpu.h"
#include "tests/emu/cpu/flat_cpu.h"
#include "tests/emu/cpu/native.h"

enum {
    TRIALS = 1000,                               /* of each ModRM byte */
    STATE_IN = FLAT_BASE + 0x1000, STATE_OUT = FLAT_BASE + 0x1100, OPERAND = FLAT_BASE + 0x1200, AREA = 0x300,
    OUT = STATE_OUT - STATE_IN, REGISTERS = 28
};

static struct flat *flat;
static bool host_runs, vendor_known;
static uint64_t seed;

static uint64_t any(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* --- Values --- */

static const struct f80 special[] = {
    { 0, 0 }, { 0, 0x8000 }, { 0x8000000000000000, 0x3FFF }, { 0x8000000000000000, 0xBFFF },
    { 1, 0 }, { 0x7FFFFFFFFFFFFFFF, 0 }, { 0x8000000000000000, 0 }, { 0xFFFFFFFFFFFFFFFF, 0x8000 },
    { 0x8000000000000000, 1 }, { 0xFFFFFFFFFFFFFFFF, 1 }, { 0xFFFFFFFFFFFFFFFF, 0x7FFE },
    { 0x8000000000000000, 0x7FFE }, { 0x8000000000000000, 0x7FFF }, { 0x8000000000000000, 0xFFFF },
    { 0xC000000000000000, 0xFFFF }, { 0xC000000000000001, 0x7FFF }, { 0xA000000000000000, 0x7FFF },
    { 0x8000000000000001, 0xFFFF }, { 0x4000000000000000, 0x7FFF }, { 0, 0x7FFF }, { 0x7FFFFFFFFFFFFFFF, 0x4000 },
    { 0, 0x3FFF }, { 0xFFFFFF8000000000, 0x3FFE }, { 0xFFFFFFFFFFFFFC00, 0x3FFE }, { 0xFFFFFFFFFFFFFFFF, 0x3FFE },
    { 0x8000000000000001, 0x3FFF }, { 0xC90FDAA22168C235, 0x4000 }, { 0xFFFFFF0000000000, 0x407E },
    { 0xFFFFFFFFFFFFF800, 0x43FE }, { 0x8000000000000000, 0x3F81 }, { 0x8000000000000000, 0x3C01 },
    { 0xDE0B6B3A763FFFF0, 0x403A }, { 0x8000000000000000, 0xC03E }, { 0xC000000000000000, 0x3FFE },
};

static struct f80 any_f80(void)
{
    struct f80 a = { any(), (uint16_t)any() };
    switch (any() % 12) {
    case 0: case 1: case 2:
        return special[any() % (sizeof special / sizeof *special)];
    case 3:
        return a;
    case 4:                                     /* few bits, so that ties happen */
        a.significand = 0x8000000000000000 | any() << any() % 64;
        break;
    case 5:
        a.significand = 0 - (any() >> any() % 64 & 0xFFFFFFFFFFFF);
        break;
    case 6:                                     /* tiny or denormal */
        a.sign_exponent &= 0x8000;
        a.sign_exponent |= any() % 70;
        a.significand = a.sign_exponent & 0x7FFF ? a.significand : a.significand >> any() % 64;
        a.significand |= a.sign_exponent & 0x7FFF ? 0x8000000000000000 : 0;
        return a;
    case 7:
        a.sign_exponent = (uint16_t)((a.sign_exponent & 0x8000) | (0x7FFE - any() % 70));
        a.significand |= 0x8000000000000000;
        return a;
    default:
        break;
    }
    a.significand |= 0x8000000000000000;
    a.sign_exponent = (uint16_t)((a.sign_exponent & 0x8000) | (0x3FFF - 70 + any() % 140));
    return a;
}

static void put(uint32_t at, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        *flat_at(flat, at + i) = (uint8_t)(value >> 8 * i);
}

/* Every kind of operand at once: what the special values are in the format is left to chance and to the host. */
static void put_operand(void)
{
    struct f80 a = any_f80();
    struct f80_env env = { .control = 0x37F };
    uint64_t bits = any();
    switch (any() % 6) {
    case 0:
        bits = f80_to_f32(a, &env);
        break;
    case 1:
        bits = f80_to_f64(a, &env);
        break;
    case 2:                                     /* near the ends of the narrow formats' exponents */
        bits = (any() & 0x800FFFFF800FFFFF) | (any() & 1 ? 0x7FF000007F800000 : any() & 0x0030000001000000);
        break;
    case 3:
        bits = (uint64_t)((int64_t)any() >> any() % 64);
        break;
    case 4:
        put(OPERAND, a.significand, 8);
        put(OPERAND + 8, a.sign_exponent, 2);
        return;
    default:
        break;
    }
    put(OPERAND, bits, 8);
    put(OPERAND + 8, any(), 2);
}

/* --- One trial --- */

struct trial {
    uint8_t code[8];
    size_t size;
    uint8_t host[AREA], ours[AREA];             /* memory from STATE_IN on, afterwards */
};

static uint16_t any_tags(unsigned top)
{
    uint16_t tags = 0;
    if (any() % 8)
        return (uint16_t)(3 << 2 * ((top + 7) & 7));    /* room for one more */
    for (unsigned i = 0; i < 8; i++)
        tags |= (uint16_t)(any() & 1 ? 3 << 2 * i : 0);
    return tags;
}

/* No exception is pending: flags are set only where they are masked. */
static void put_state(void)
{
    unsigned control = any() & 0xF00, status = any() & 0x7F00;
    control |= any() % 3 ? 0x3F : any() & 0x3F;
    status |= any() & control & 0x3F;
    put(STATE_IN, control, 4);
    put(STATE_IN + 4, status, 4);
    put(STATE_IN + 8, any_tags(status >> 11 & 7), 4);
    memset(flat_at(flat, STATE_IN + 12), 0, 16);
    for (unsigned i = 0; i < 8; i++) {
        struct f80 a = any_f80();
        put(STATE_IN + REGISTERS + 10 * i, a.significand, 8);
        put(STATE_IN + REGISTERS + 10 * i + 8, a.sign_exponent, 2);
    }
}

static size_t emit(uint8_t *p, uint8_t opcode, uint8_t modrm, uint32_t address)
{
    p[0] = opcode;
    p[1] = modrm;
    memcpy(p + 2, &address, 4);
    return 6;
}

static void run_host(struct trial *t)
{
    struct native_state state = { .flags = 0 };
    uint8_t code[32];
    size_t size = emit(code, 0xDD, 0x25, STATE_IN);             /* frstor */
    memcpy(code + size, t->code, t->size);
    size += t->size;
    size += emit(code + size, 0xDD, 0x35, STATE_OUT);           /* fnsave */
    memcpy(native_at(STATE_IN), flat_at(flat, STATE_IN), AREA);
    native_execute(&state, code, size, 0);
    memcpy(t->host, native_at(STATE_IN), AREA);
}

static void run_ours(struct trial *t)
{
    uint8_t code[8];
    flat->cpu.eip = FLAT_CODE;
    assert_int_equal(flat_step(flat, code, emit(code, 0xDD, 0x25, STATE_IN)), NO_FAULT);
    assert_int_equal(flat_step(flat, t->code, t->size), NO_FAULT);
    assert_int_equal(flat_step(flat, code, emit(code, 0xDD, 0x35, STATE_OUT)), NO_FAULT);
    memcpy(t->ours, flat_at(flat, STATE_IN), AREA);
}

/* --- Comparing --- */

enum form_flags {
    CLOSE = 1,          /* a result may be one unit off, and C1 differ */
    CONDITIONS = 2,     /* defines all of C0-C3 */
    UNDEFINED = 4       /* only for the vendor we know */
};

struct form {
    uint8_t opcode, first, last;        /* ModRM bytes; below C0: one form of memory operand */
    uint8_t flags;
};

static uint64_t significand_of(const uint8_t *area, unsigned i)
{
    uint64_t value;
    memcpy(&value, area + OUT + REGISTERS + 10 * i, 8);
    return value;
}

static unsigned exponent_of(const uint8_t *area, unsigned i)
{
    return area[OUT + REGISTERS + 10 * i + 8] | area[OUT + REGISTERS + 10 * i + 9] << 8;
}

/* Is the larger number, of exponent E, the next one after the smaller one? */
static bool follows(unsigned e, uint64_t significand, unsigned smaller_e, uint64_t smaller)
{
    uint64_t last = smaller_e & 0x7FFF ? UINT64_MAX : 0x7FFFFFFFFFFFFFFF;
    return e == smaller_e ? significand - smaller == 1
                          : e == smaller_e + 1 && significand == 0x8000000000000000 && smaller == last;
}

/* The host's register takes our value if they are neighbours. One may be denormal, hence the tags. */
static void forgive_unit(struct trial *t, unsigned i)
{
    uint64_t a = significand_of(t->host, i), b = significand_of(t->ours, i);
    unsigned ea = exponent_of(t->host, i), eb = exponent_of(t->ours, i);
    if (!follows(ea, a, eb, b) && !follows(eb, b, ea, a))
        return;
    memcpy(t->host + OUT + REGISTERS + 10 * i, t->ours + OUT + REGISTERS + 10 * i, 10);
    if (ea != eb)
        memcpy(t->host + OUT + 8, t->ours + OUT + 8, 2);
}

/* Takes out what is not to be compared: the pointers, which the host keeps by rules of its own, and what is
 * undefined. */
static void forgive(struct trial *t, const struct form *form)
{
    unsigned spared = form->flags & CLOSE ? FPU_C1 : 0;
    if (!vendor_known && !(form->flags & CONDITIONS))
        spared |= FPU_C0 | FPU_C1 | FPU_C2 | FPU_C3;
    t->host[OUT + 5] &= (uint8_t)~(spared >> 8);
    t->ours[OUT + 5] &= (uint8_t)~(spared >> 8);
    memset(t->host + OUT + 12, 0, 16);
    memset(t->ours + OUT + 12, 0, 16);
    for (unsigned i = 0; i < 2 && form->flags & CLOSE; i++)
        forgive_unit(t, i);
}

static void print_state(const char *who, const uint8_t *state)
{
    printf("  %s control %02X%02X status %02X%02X tags %02X%02X", who, state[1], state[0], state[5], state[4], state[9],
           state[8]);
    for (unsigned i = 0; i < 3; i++) {
        printf(" ");
        for (int j = 9; j >= 0; j--)
            printf("%02X", state[REGISTERS + 10 * i + (unsigned)j]);
    }
    printf("\n");
}

static void print_operand(const char *who, const uint8_t *area)
{
    printf("  %s operand ", who);
    for (int j = 9; j >= 0; j--)
        printf("%02X", area[OPERAND - STATE_IN + (unsigned)j]);
    printf("\n");
}

static void try_once(const struct form *form, uint8_t modrm)
{
    struct trial t = { .code = { form->opcode, modrm }, .size = 2 };
    if (modrm < 0xC0)
        t.size = emit(t.code, form->opcode, modrm | 5, OPERAND);
    put_state();
    put_operand();
    memset(flat_at(flat, STATE_OUT), 0, OPERAND - STATE_OUT);
    uint8_t before[AREA];
    memcpy(before, flat_at(flat, STATE_IN), AREA);
    run_host(&t);
    run_ours(&t);
    forgive(&t, form);
    if (memcmp(t.host, t.ours, AREA) == 0)
        return;
    printf("%02X %02X\n", form->opcode, modrm);
    print_operand("before", before);
    print_operand("host  ", t.host);
    print_operand("ours  ", t.ours);
    print_state("before", before);
    print_state("host  ", t.host + OUT);
    print_state("ours  ", t.ours + OUT);
    fail();
}

static void try_forms(const struct form *forms, size_t count)
{
    if (!host_runs)
        skip();
    native_catch_faults();
    for (const struct form *form = forms; form < forms + count; form++) {
        if (form->flags & UNDEFINED && !vendor_known)
            continue;
        for (unsigned modrm = form->first; modrm <= form->last; modrm += modrm < 0xC0 ? 8 : 1)
            for (int i = 0; i < TRIALS; i++)
                try_once(form, (uint8_t)modrm);
    }
}

#define TRY_FORMS(forms) try_forms(forms, sizeof(forms) / sizeof *(forms))

static void arithmetic_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD8, 0x00, 0x08, 0 }, { 0xD8, 0x20, 0x38, 0 }, { 0xDA, 0x00, 0x08, 0 }, { 0xDA, 0x20, 0x38, 0 },
        { 0xDC, 0x00, 0x08, 0 }, { 0xDC, 0x20, 0x38, 0 }, { 0xDE, 0x00, 0x08, 0 }, { 0xDE, 0x20, 0x38, 0 },
        { 0xD8, 0xC0, 0xCF, 0 }, { 0xD8, 0xE0, 0xFF, 0 }, { 0xDC, 0xC0, 0xCF, 0 }, { 0xDC, 0xE0, 0xFF, 0 },
        { 0xDE, 0xC0, 0xCF, 0 }, { 0xDE, 0xE0, 0xFF, 0 },
    };
    (void)state;
    TRY_FORMS(forms);
}

static void comparison_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD8, 0x10, 0x18, CONDITIONS }, { 0xDA, 0x10, 0x18, CONDITIONS }, { 0xDC, 0x10, 0x18, CONDITIONS },
        { 0xDE, 0x10, 0x18, CONDITIONS }, { 0xD8, 0xD0, 0xDF, CONDITIONS }, { 0xDC, 0xD0, 0xDF, CONDITIONS },
        { 0xDE, 0xD0, 0xD7, CONDITIONS }, { 0xDE, 0xD9, 0xD9, CONDITIONS }, { 0xDD, 0xE0, 0xEF, CONDITIONS },
        { 0xDA, 0xE9, 0xE9, CONDITIONS }, { 0xD9, 0xE4, 0xE5, CONDITIONS },
    };
    (void)state;
    TRY_FORMS(forms);
}

static void functions_of_top_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD9, 0xE0, 0xE1, 0 }, { 0xD9, 0xF4, 0xF5, 0 }, { 0xD9, 0xF8, 0xF8, 0 }, { 0xD9, 0xFA, 0xFA, 0 },
        { 0xD9, 0xFC, 0xFD, 0 },
    };
    (void)state;
    TRY_FORMS(forms);
}

static void loads_and_constants_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD9, 0x00, 0x00, 0 }, { 0xDB, 0x00, 0x00, 0 }, { 0xDD, 0x00, 0x00, 0 }, { 0xDF, 0x00, 0x00, 0 },
        { 0xDB, 0x28, 0x28, 0 }, { 0xDF, 0x20, 0x28, 0 }, { 0xD9, 0xC0, 0xC7, 0 }, { 0xD9, 0xE8, 0xEE, 0 },
    };
    (void)state;
    TRY_FORMS(forms);
}

static void stores_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD9, 0x10, 0x18, 0 }, { 0xDB, 0x10, 0x18, 0 }, { 0xDD, 0x10, 0x18, 0 }, { 0xDF, 0x10, 0x18, 0 },
        { 0xDB, 0x38, 0x38, 0 }, { 0xDF, 0x30, 0x38, 0 }, { 0xDD, 0xD0, 0xDF, 0 }, { 0xD9, 0xD8, 0xDF, UNDEFINED },
        { 0xDF, 0xD0, 0xDF, 0 },
    };
    (void)state;
    TRY_FORMS(forms);
}

static void stack_and_control_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD9, 0xC8, 0xCF, 0 }, { 0xDD, 0xC8, 0xCF, 0 }, { 0xDF, 0xC8, 0xCF, 0 }, { 0xDD, 0xC0, 0xC7, 0 },
        { 0xDF, 0xC0, 0xC7, UNDEFINED }, { 0xD9, 0xF6, 0xF7, 0 }, { 0xD9, 0xD0, 0xD0, 0 }, { 0xDB, 0xE0, 0xE4, 0 },
        { 0xDF, 0xE0, 0xE0, 0 }, { 0xD9, 0x28, 0x28, 0 }, { 0xD9, 0x38, 0x38, 0 }, { 0xDD, 0x38, 0x38, 0 },
    };
    (void)state;
    TRY_FORMS(forms);
}

/* F2XM1 and FYL2XP1 get operands here that the manual does not allow. */
static void transcendental_functions_as_host(void **state)
{
    static const struct form forms[] = {
        { 0xD9, 0xF1, 0xF3, CLOSE }, { 0xD9, 0xFB, 0xFB, CLOSE }, { 0xD9, 0xFE, 0xFF, CLOSE },
        { 0xD9, 0xF0, 0xF0, CLOSE | UNDEFINED }, { 0xD9, 0xF9, 0xF9, CLOSE | UNDEFINED },
    };
    (void)state;
    TRY_FORMS(forms);
}

/* --- Known values, on any host --- */

static void assert_f80(struct f80 a, unsigned sign_exponent, uint64_t significand)
{
    assert_int_equal(a.sign_exponent, sign_exponent);
    assert_true(a.significand == significand);
}

static const struct f80 one = { 0x8000000000000000, 0x3FFF }, three = { 0xC000000000000000, 0x4000 };

static void third_is_rounded_by_every_mode_and_precision(void **state)
{
    static const struct { uint16_t control, raised; uint64_t significand; } cases[] = {
        { 0x33F, 0x220, 0xAAAAAAAAAAAAAAAB }, { 0x73F, 0x020, 0xAAAAAAAAAAAAAAAA },
        { 0xB3F, 0x220, 0xAAAAAAAAAAAAAAAB }, { 0xF3F, 0x020, 0xAAAAAAAAAAAAAAAA },
        { 0x23F, 0x020, 0xAAAAAAAAAAAAA800 }, { 0xA3F, 0x220, 0xAAAAAAAAAAAAB000 },
        { 0x03F, 0x220, 0xAAAAAB0000000000 }, { 0x43F, 0x020, 0xAAAAAA0000000000 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct f80_env env = { .control = cases[i].control };
        assert_f80(f80_divide(one, three, &env), 0x3FFD, cases[i].significand);
        assert_int_equal(env.raised, cases[i].raised);
    }
}

static void overflow_wraps_exponent_when_unmasked(void **state)
{
    const struct f80 huge = { 0x8000000000000000, 0x7FFE };
    struct f80_env masked = { .control = 0x37F }, unmasked = { .control = 0x377 };
    (void)state;
    assert_f80(f80_add(huge, huge, &masked), 0x7FFF, 0x8000000000000000);
    assert_int_equal(masked.raised, F80_OVERFLOW | F80_PRECISION | F80_ROUNDED_UP);
    assert_f80(f80_add(huge, huge, &unmasked), 0x7FFF - 24576, 0x8000000000000000);
    assert_int_equal(unmasked.raised, F80_OVERFLOW);
}

static void integers_and_bcd_go_there_and_back(void **state)
{
    static const int64_t values[] = { 0, 1, -1, 32767, -32768, 999999999999999999, -999999999999999999, INT32_MIN };
    struct f80_env env = { .control = 0x37F };
    uint8_t bcd[10];
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct f80 a = f80_from_int(values[i]);
        f80_to_bcd(a, bcd, &env);
        assert_true(f80_to_int(a, 64, &env) == values[i]);
        assert_true(f80_to_int(f80_from_bcd(bcd), 64, &env) == values[i]);
    }
    assert_int_equal(env.raised, 0);
    assert_true(f80_to_int(f80_from_int(32768), 16, &env) == -32768);
    assert_int_equal(env.raised, F80_INVALID);
}

/* pi rounded to 64 bits lies 2^-64 above the chip's pi of 66 bits. */
static void sine_of_pi_shows_the_chips_pi(void **state)
{
    const struct f80 pi = { 0xC90FDAA22168C235, 0x4000 };
    struct f80_env env = { .control = 0x37F };
    struct f80 sine;
    (void)state;
    assert_true(f80_sine(pi, &sine, &env));
    assert_f80(sine, 0xBFBF, 0x8000000000000000);
}

static void transcendental_functions_of_known_points(void **state)
{
    const struct f80 half = { 0x8000000000000000, 0x3FFE }, ten = { 0xA000000000000000, 0x4002 };
    struct f80_env env = { .control = 0x37F };
    struct f80 tangent;
    (void)state;
    assert_f80(f80_arctan(one, one, &env), 0x3FFE, 0xC90FDAA22168C235);                 /* pi/4 */
    assert_f80(f80_y_log2_x(one, ten, &env), 0x4000, 0xD49A784BCD1B8AFE);               /* FLDL2T */
    assert_f80(f80_y_log2_x_plus_1(one, one, &env), 0x3FFF, 0x8000000000000000);
    assert_f80(f80_two_to_x_minus_one(half, &env), 0x3FFD, 0xD413CCCFE7799211);         /* sqrt 2 - 1 */
    assert_true(f80_tangent(half, &tangent, &env));
    assert_f80(tangent, 0x3FFE, 0x8BDA7ADF9A3A5219);
    assert_false(f80_tangent((struct f80){ 0x8000000000000000, 0x403E }, &tangent, &env));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_as_host), cmocka_unit_test(comparison_as_host),
        cmocka_unit_test(functions_of_top_as_host), cmocka_unit_test(loads_and_constants_as_host),
        cmocka_unit_test(stores_as_host), cmocka_unit_test(stack_and_control_as_host),
        cmocka_unit_test(transcendental_functions_as_host),
        cmocka_unit_test(third_is_rounded_by_every_mode_and_precision),
        cmocka_unit_test(overflow_wraps_exponent_when_unmasked),
        cmocka_unit_test(integers_and_bcd_go_there_and_back),
        cmocka_unit_test(sine_of_pi_shows_the_chips_pi),
        cmocka_unit_test(transcendental_functions_of_known_points),
    };
    seed = 88172645463325252u;
    flat = flat_create();
    flat->cpu.has_fpu = true;
    host_runs = native_open();
    vendor_known = host_runs && native_is_vendor("AuthenticAMD");
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    flat_destroy(flat);
    return failures;
}
