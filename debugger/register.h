/* Registers by name. */
#ifndef DEBUGGER_REGISTER_H
#define DEBUGGER_REGISTER_H

#include "debugger/value.h"

/* Row of NAME (without $; case does not matter), or -1. With PSEUDO also $pc, $sp, $fp, $clock, $tick, $icount. */
int register_find(const char *name, bool pseudo);

/* Name of a row; NULL past the end. */
const char *register_name(int row);

/* The segment register (SEG_ES ..) that the row stands for, or -1. */
int register_segment(int row);

/* The raw offset in a pointer register, for `ss:sp`. */
uint32_t register_offset(struct debugger *d, int row);

void register_read(struct debugger *d, int row, struct value *out);
bool register_write(struct debugger *d, int row, const struct value *v);   /* false: debugger_fault */

/* "[ ZF IF ]" into TEXT. */
void register_flags_text(uint32_t eflags, char *text, size_t size);

#endif
