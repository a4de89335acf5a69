/* The clock table's look-up, and the formulae of what depends on data (i486 PRM appendix E, notes; the closed form of
 * the rotates and the reading of "log2" in the multiplier's as a bit length are the project's timing reference's). The
 * rows are in clock_table.c, transfer_clocks.c and fpu_clocks.c. */
#include "emu/timing/timing.h"

#include <string.h>

#include "emu/timing/clocks.h"

/* What asking the permission bitmap costs: IN, OUT and repeated INS and OUTS; INS and OUTS alone. */
enum { BITMAP = 20, BITMAP_STRING = 22 };

/* Half of what reducing an angle can take (76 clocks at most). */
enum { ANGLE = 38 };

struct timing_cost timing_cost(const struct timing *timing, const struct timing_form *form)
{
    struct timing_cost cost = { .clocks = 1 };
    bool priced_in = false;
    if (clocks_listed("ESC WAIT", form->mnemonic))
        fpu_cost(timing, form, &cost);
    else if (!clock_table_cost(form, &cost, &priced_in))
        transfer_cost(form, &cost);
    cost.index_clock = form->has_index && strcmp(form->mnemonic, "LEA") == 0;
    cost.prefixes = (uint8_t)(form->prefixes - (priced_in && form->prefixes));
    return cost;
}

/* 10 + max(bits, n), n = 3, or 5 if the multiplier is negative; 13 are charged already. */
static unsigned multiply(uint32_t work)
{
    unsigned bits = work & ~(uint32_t)TIMING_NEGATIVE, least = work & TIMING_NEGATIVE ? 5 : 3;
    return (bits > least ? bits : least) - 3;
}

/* 8 + 4 per byte, 3 per nibble, 3 per bit looked at; 6 with no bit set. */
static unsigned scan_forward(uint32_t bit)
{
    return bit > 31 ? 0 : 2 + 4 * (bit / 8 + 1) + 3 * (bit / 4 % 2 + 1) + 3 * (bit % 4 + 1);
}

/* 7 + 3 * (32 - n); 6 with no bit set. */
static unsigned scan_reverse(uint32_t bit)
{
    return bit > 31 ? 0 : 1 + 3 * (32 - bit);
}

/* 8, or 9 + 7 * (count / width) if the count is greater than the width. */
static unsigned rotate(uint32_t count, unsigned width)
{
    return count > width ? 1 + 7 * (count / width) : 0;
}

/* 14, 17, 17 + 3 per level. */
static unsigned levels(uint32_t count)
{
    return count ? 3 * count + (count > 1 ? 3 : 0) : 0;
}

/* 5, or 7 + EACH per iteration. */
static unsigned repetition(uint32_t count, unsigned each)
{
    return count ? 2 + each * count : 0;
}

/* 5; 13; 12 + 3 per iteration. */
static unsigned repeated_moves(uint32_t count)
{
    return count == 0 ? 0 : count == 1 ? 8 : 7 + 3 * count;
}

static unsigned repeated_ports(uint32_t work, unsigned each)
{
    unsigned count = work & ~TIMING_REPEATED_BY_BITMAP;
    return each * count + (work & TIMING_REPEATED_BY_BITMAP ? BITMAP : 0);
}

unsigned timing_variable(const struct timing *timing, uint8_t rule, uint32_t work)
{
    (void)timing;
    switch (rule) {
    case RULE_FIXED:
        return 0;
    case RULE_TIMES_1:
        return work;
    case RULE_TIMES_2:
        return 2 * work;
    case RULE_TIMES_3:
        return 3 * work;
    case RULE_TIMES_5:
        return 5 * work;
    case RULE_UNLESS:
        return !work;
    case RULE_MULTIPLY:
        return multiply(work);
    case RULE_SCAN_FORWARD:
        return scan_forward(work);
    case RULE_SCAN_REVERSE:
        return scan_reverse(work);
    case RULE_ROTATE_8:
        return rotate(work, 8);
    case RULE_ROTATE_16:
        return rotate(work, 16);
    case RULE_LEVELS:
        return levels(work);
    case RULE_REP_MOVS:
        return repeated_moves(work);
    case RULE_REP_4:
        return repetition(work, 4);
    case RULE_REP_5:
        return repetition(work, 5);
    case RULE_REP_7:
        return repetition(work, 7);
    case RULE_REP_INS:
        return repeated_ports(work, 8);
    case RULE_REP_OUTS:
        return repeated_ports(work, 5);
    case RULE_PORT:
        return work == TIMED_BY_BITMAP ? BITMAP : 0;
    case RULE_PORT_STRING:
        return work == TIMED_BY_BITMAP ? BITMAP_STRING : 0;
    case RULE_SEGMENT:
        return touch_clocks(work);
    case RULE_PRECISION:
        return precision_clocks(work);
    case RULE_ANGLE:
        return work ? ANGLE : 0;
    default:
        return transfer_variable(rule, work);
    }
}

bool timing_overlaps(uint8_t rule)
{
    return rule == RULE_PRECISION;
}
