/* What the files of the clock table share: clock_table.c (integer instructions), transfer_clocks.c (far transfers,
 * interrupts, task switches), fpu_clocks.c, timing.c (look-up and formulae). Private to emu/timing. */
#ifndef EMU_TIMING_CLOCKS_H
#define EMU_TIMING_CLOCKS_H

#include "emu/timing/timing.h"

/* How cpu->work makes clocks. */
enum rule {
    RULE_FIXED = TIMING_FIXED,
    RULE_TIMES_1, RULE_TIMES_2, RULE_TIMES_3, RULE_TIMES_5,
    RULE_UNLESS,                            /* 1 if work is 0 */
    RULE_MULTIPLY,                          /* 10 + max(bits, 3 or 5) */
    RULE_SCAN_FORWARD, RULE_SCAN_REVERSE,
    RULE_ROTATE_8, RULE_ROTATE_16,          /* through carry: counts over the width cost more */
    RULE_LEVELS,                            /* ENTER */
    RULE_REP_MOVS, RULE_REP_4, RULE_REP_5, RULE_REP_7,  /* clocks per iteration, and 2 if there is one */
    RULE_REP_INS, RULE_REP_OUTS,            /* 8 and 5 per iteration, and 20 by the permission bitmap */
    RULE_PORT, RULE_PORT_STRING,            /* by the permission bitmap */
    RULE_SEGMENT,                           /* descriptors that were touched */
    RULE_PRECISION,                         /* FDIV */
    RULE_ANGLE,                             /* FSIN FCOS FSINCOS */
    RULE_INTERRUPT,                         /* + enum timing_cpu_mode: INT n, INT3 */
    RULE_OVERFLOW = RULE_INTERRUPT + 3,     /* + enum timing_cpu_mode: INTO */
    RULE_TRANSFER = RULE_OVERFLOW + 3       /* + row of the table of transfers */
};

/* The blank-separated words of LIST: is WORD one of them, or LIST "*"? An empty word stands in lists as "-". */
bool clocks_listed(const char *list, const char *word);

/* Each puts clocks, rule and range of FORM into *COST, or returns false if it knows no such form. *PRICED_IN: the row
 * is that of the repeated instruction. */
bool clock_table_cost(const struct timing_form *form, struct timing_cost *cost, bool *priced_in);
bool transfer_cost(const struct timing_form *form, struct timing_cost *cost);
/* ESC and WAIT. */
bool fpu_cost(const struct timing *timing, const struct timing_form *form, struct timing_cost *cost);

/* timing_variable() for the rules from RULE_INTERRUPT on. */
unsigned transfer_variable(uint8_t rule, uint32_t work);

/* For the descriptors of WORK that had to be marked as accessed. */
unsigned touch_clocks(uint32_t work);

/* What RULE_PRECISION adds for a precision control of CONTROL (2 bits), and for the extended one. */
unsigned precision_clocks(uint32_t control);
enum { PRECISION_EXTENDED = 3 };

#endif
