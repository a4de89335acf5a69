/* info float: the x87 unit, in gdb's shape; and ST(n) for info registers.
 *
 * The eight registers are listed as the chip numbers them, with an arrow at the top of the stack. Values are printed by
 * the host's long double, exactly where that has 64 bits or more of significand. */
#include "debugger/float.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "debugger/core.h"

enum { EXPONENT = 0x7FFF, SIGN = 0x8000, BIAS = 16383, SIGNIFICAND_BITS = 63, VALUE_TEXT = 64 };
static const uint64_t integer_bit = 1ull << 63, quiet_bit = 1ull << 62;

static unsigned exponent_of(struct fpu_register r) { return r.sign_exponent & EXPONENT; }
static bool is_negative(struct fpu_register r) { return r.sign_exponent & SIGN; }

/* Neither infinity nor NaN, and known to the 387 and its successors. */
static bool is_number(struct fpu_register r)
{
    return exponent_of(r) == 0 || (exponent_of(r) < EXPONENT && r.significand & integer_bit);
}

static long double number_of(struct fpu_register r)
{
    int exponent = exponent_of(r) ? (int)exponent_of(r) : 1;
    long double magnitude = ldexpl((long double)r.significand, exponent - BIAS - SIGNIFICAND_BITS);
    return is_negative(r) ? -magnitude : magnitude;
}

/* What is there instead of a number. */
static const char *special_name(struct fpu_register r)
{
    if (exponent_of(r) < EXPONENT || !(r.significand & integer_bit))
        return "Unsupported";
    if (r.significand == integer_bit)
        return is_negative(r) ? "-Inf" : "+Inf";
    if (is_negative(r) && r.significand == (integer_bit | quiet_bit))
        return "Real Indefinite (QNaN)";
    return r.significand & quiet_bit ? "QNaN" : "SNaN";
}

static void print_value(struct debugger *d, struct fpu_register r)
{
    const char *remark = exponent_of(r) || !r.significand ? "" : r.significand & integer_bit ? " Pseudo-denormal"
                                                                                          : " Denormal";
    if (is_number(r))
        debugger_print(d, " %-+27.19Lg%s", number_of(r), remark);
    else
        debugger_print(d, " %s", special_name(r));
}

static void print_physical(struct debugger *d, const struct fpu_view *fpu, unsigned i)
{
    static const char *const tags[] = { "Valid", "Zero", "Special", "Empty" };
    const struct fpu_register r = fpu->reg[i];
    const unsigned tag = fpu->tags >> 2 * i & 3, top = fpu->status >> 11 & 7;
    debugger_print(d, "%sR%u: %-8s0x%04x%016llx", i == top ? "=>" : "  ", i, tags[tag], r.sign_exponent,
                   (unsigned long long)r.significand);
    if (tag != 3)
        print_value(d, r);
    debugger_print(d, "\n");
}

/* --- The words --- */

struct flag { uint16_t bit; const char *text; };

/* Names of the bits that are set, blanks for the others. */
static void print_flags(struct debugger *d, uint16_t word, const struct flag *flags)
{
    for (; flags->text; flags++)
        debugger_print(d, "%s%s", flags->bit ? " " : "", !flags->bit || word & flags->bit ? flags->text : "  ");
    debugger_print(d, "\n");
}

static void print_status(struct debugger *d, uint16_t status)
{
    static const struct flag flags[] = {
        { 1, "IE" }, { 2, "DE" }, { 4, "ZE" }, { 8, "OE" }, { 16, "UE" }, { 32, "PE" }, { 0, "  " }, { 0x80, "ES" },
        { 0, "  " }, { 0x40, "SF" }, { 0, "  " }, { 0x100, "C0" }, { 0x200, "C1" }, { 0x400, "C2" }, { 0x4000, "C3" },
        { 0, NULL }
    };
    debugger_print(d, "Status Word:         0x%04x  ", status);
    print_flags(d, status, flags);
    debugger_print(d, "                       TOP: %u\n", status >> 11 & 7u);
}

static void print_control(struct debugger *d, uint16_t control)
{
    static const struct flag flags[] = { { 1, "IM" }, { 2, "DM" }, { 4, "ZM" }, { 8, "OM" }, { 16, "UM" },
                                         { 32, "PM" }, { 0, NULL } };
    static const char *const precisions[] = { "Single Precision (24-bits)", "Reserved", "Double Precision (53-bits)",
                                              "Extended Precision (64-bits)" };
    static const char *const roundings[] = { "Round to nearest", "Round down", "Round up", "Round toward zero" };
    debugger_print(d, "Control Word:        0x%04x  ", control);
    print_flags(d, control, flags);
    debugger_print(d, "                       PC: %s\n", precisions[control >> 8 & 3]);
    debugger_print(d, "                       RC: %s\n", roundings[control >> 10 & 3]);
}

static enum debugger_result info_float(struct debugger *d, void *ctx, const char *arguments)
{
    struct fpu_view fpu;
    (void)ctx, (void)arguments;
    inspect_fpu(d->machine, &fpu);
    if (!fpu.present) {
        debugger_print(d, "This processor has no floating-point unit.\n");
        return DEBUGGER_DONE;
    }
    for (unsigned i = 8; i--;)
        print_physical(d, &fpu, i);
    debugger_print(d, "\n");
    print_status(d, fpu.status);
    print_control(d, fpu.control);
    debugger_print(d, "Tag Word:            0x%04x\n", fpu.tags);
    debugger_print(d, "Instruction Pointer: 0x%02x:0x%08x\n", fpu.cs, (unsigned)fpu.ip);
    debugger_print(d, "Operand Pointer:     0x%02x:0x%08x\n", fpu.ds, (unsigned)fpu.dp);
    debugger_print(d, "Opcode:              0x%04x\n", fpu.opcode ? fpu.opcode | 0xD800u : 0);
    return DEBUGGER_DONE;
}

/* --- ST(n) --- */

int float_register(const char *name)
{
    bool fits = tolower((unsigned char)name[0]) == 's' && tolower((unsigned char)name[1]) == 't' && name[2] >= '0' &&
                name[2] <= '7' && !name[3];
    return fits ? name[2] - '0' : -1;
}

/* As gdb's print has it. */
static void natural(struct fpu_register r, char text[VALUE_TEXT])
{
    const char *sign = is_negative(r) ? "-" : "";
    if (is_number(r))
        snprintf(text, VALUE_TEXT, "%.21Lg", number_of(r));
    else if (exponent_of(r) < EXPONENT || !(r.significand & integer_bit))
        snprintf(text, VALUE_TEXT, "<invalid float value>");
    else if (r.significand == integer_bit)
        snprintf(text, VALUE_TEXT, "%sinf", sign);
    else
        snprintf(text, VALUE_TEXT, "%snan(0x%016llx)", sign, (unsigned long long)r.significand);
}

void float_print_register(struct debugger *d, unsigned n)
{
    struct fpu_view fpu;
    char text[VALUE_TEXT];
    inspect_fpu(d->machine, &fpu);
    const struct fpu_register r = fpu.reg[((fpu.status >> 11) + n) & 7];
    natural(r, text);
    debugger_print(d, "st%-13u%-18s (raw 0x%04x%016llx)\n", n, text, r.sign_exponent,
                   (unsigned long long)r.significand);
}

const struct debugger_command float_commands[] = {
    { "float", "info", 2, info_float, "The floating-point unit.", NULL, COMPLETE_NOTHING, NULL, false },
    { 0 }
};
