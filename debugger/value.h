/* Values of expressions: what they are, where they were read from, how they are stored back. */
#ifndef DEBUGGER_VALUE_H
#define DEBUGGER_VALUE_H

#include "debugger/address.h"

enum type_class {
    TYPE_VOID,
    TYPE_INTEGER,
    TYPE_FAR,           /* a 4-byte offset:selector pair in memory, read as an address */
    TYPE_CODE,          /* what $pc points to */
    TYPE_SYMBOL,        /* what a symbol stands for */
    TYPE_FLAGS          /* EFLAGS */
};

struct type {
    enum type_class class;
    uint8_t size;               /* bytes of the integer: 1 2 4 8 */
    bool is_signed;
    bool is_char;               /* printed with its character */
    uint8_t stars;              /* levels of pointer: the value is an address */
};

enum place_kind { PLACE_NONE, PLACE_MEMORY, PLACE_REGISTER, PLACE_VARIABLE };

struct value {
    struct type type;
    int64_t number;             /* integers, extended to 64 bits by their signedness */
    struct address address;     /* if type_is_address() */
    uint32_t count;             /* > 0: an array of so many elements at `where` */
    enum place_kind place;      /* where an assignment goes */
    struct address where;       /* PLACE_MEMORY */
    int index;                  /* PLACE_REGISTER: row of the register table. PLACE_VARIABLE: of the variables */
};

extern const struct type type_int, type_unsigned, type_long, type_unsigned_long, type_void_pointer;

static inline bool type_is_address(struct type type)
{
    return type.stars > 0 || type.class == TYPE_FAR || type.class == TYPE_SYMBOL;
}

/* Bytes that a value of the type takes in memory. */
unsigned type_size(struct type type);

/* Bytes of what a pointer of the type points to; 1 for void and code. */
unsigned type_target_size(struct type type);

/* "unsigned short", "far", "void": the type without its stars. */
const char *type_name(struct type type);

bool value_is_void(const struct value *v);
struct value value_integer(int64_t number, struct type type);
struct value value_address(struct address a, struct type type);

/* The number to calculate with: the integer, or the address. */
int64_t value_number(const struct value *v);

/* Cuts NUMBER to the size of an integer type. */
int64_t value_wrap(int64_t number, struct type type);

/* What a debugger user means by V where an address is needed: a pointer's address, an integer as a linear address. */
struct address value_as_address(const struct value *v);

/* The value of TYPE that BYTES are, type_size(TYPE) of them. False: debugger_fault. */
bool value_decode(struct debugger *d, const uint8_t *bytes, struct type type, struct value *out);

/* Reads a value of TYPE at A. False: debugger_fault. */
bool value_read(struct debugger *d, struct address a, struct type type, struct value *out);

/* Element N of an array value. */
bool value_element(struct debugger *d, const struct value *array, uint32_t n, struct value *out);

/* Stores SOURCE where TARGET was read from, and makes *TARGET the value as it now reads. False: debugger_fault. */
bool value_assign(struct debugger *d, struct value *target, const struct value *source);

/* Converts to TYPE, as a cast does. False: debugger_fault. */
bool value_cast(struct debugger *d, struct value *v, struct type type);

/* --- The history ($, $$, $3) and convenience variables ($name) --- */

struct variable { char *name; struct value value; };

struct values {
    struct value *history;
    size_t history_count;
    struct variable *variable;
    size_t variable_count;
};

void values_free(struct values *values);

/* Appends to the history; returns its number (from 1), or 0 if memory is short. */
size_t values_remember(struct debugger *d, const struct value *v);

/* Entry N, counted from 1; false: debugger_fault "History has not yet reached $N." */
bool values_recall(struct debugger *d, int64_t n, struct value *out);

/* Row of the variable; with CREATE a new one is void. -1: not there, or no memory. */
int values_variable(struct debugger *d, const char *name, bool create);

/* Sets a variable from inside: $_, $__, $_exitcode ... */
void values_set(struct debugger *d, const char *name, struct value v);

#endif
