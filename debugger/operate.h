/* Arithmetic on values. */
#ifndef DEBUGGER_OPERATE_H
#define DEBUGGER_OPERATE_H

#include "debugger/value.h"

enum operation {
    OR, AND,                    /* the parser's own, for their right side may not be looked at */
    BIT_OR, BIT_XOR, BIT_AND, EQUAL, UNEQUAL, LESS, GREATER, AT_MOST, AT_LEAST, LEFT, RIGHT,
    REPEAT,                     /* @ */
    PLUS, MINUS, TIMES, DIVIDE, MODULO
};

/* CHECKING: values are not real; what depends on them (void, division by zero) is no error. */

/* *A becomes A OPERATION B. False: debugger_fault. */
bool operate_binary(struct debugger *d, enum operation operation, struct value *a, const struct value *b,
                    bool checking);

/* - + ! ~ */
bool operate_unary(struct debugger *d, char operator, struct value *v, bool checking);

/* False (debugger_fault) for void and arrays. */
bool operate_needs_number(struct debugger *d, const struct value *v, bool checking);

#endif
