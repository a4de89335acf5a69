/* Expressions: C's operators, gdb's $names and {type}address, and segmented addresses. */
#ifndef DEBUGGER_EXPR_H
#define DEBUGGER_EXPR_H

#include "debugger/value.h"

/* What an expression depends on, for watchpoints. */
struct expr_use { bool registers, memory, variables; };

/* Evaluates all of TEXT. False: debugger_fault. */
bool expr_evaluate(struct debugger *d, const char *text, struct value *out);

/* Evaluates the expression that *TEXT begins with and moves *TEXT behind it, to the end or to a comma. */
bool expr_next(struct debugger *d, const char **text, struct value *out);

/* As expr_evaluate, but only looks whether it could be: names exist, syntax is right. USE may be NULL. */
bool expr_check(struct debugger *d, const char *text, struct expr_use *use);

/* True or false. The expression must not be void. */
bool expr_condition(struct debugger *d, const char *text, bool *truth);

/* An expression to an address. */
bool expr_address(struct debugger *d, const char *text, struct address *out);

#endif
