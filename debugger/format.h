/* Values and numbers as text. */
#ifndef DEBUGGER_FORMAT_H
#define DEBUGGER_FORMAT_H

#include <stddef.h>

#include "debugger/value.h"

/* The /NFU of print, x, display: count, format letter (0: natural), size in bytes (0: none given). */
struct format { long count; char letter; unsigned char size; bool has_count; };

/* Parses "/4xb" at *TEXT if it begins with a slash, and moves *TEXT to the expression. Letters of DEFAULTS stay where
 * none is given. False: debugger_fault. */
bool format_parse(struct debugger *d, const char **text, struct format *format);

/* V in the manner of print/LETTER. False: debugger_fault (array memory that cannot be read). */
bool format_value(struct debugger *d, const struct value *v, char letter, char *text, size_t size);

/* NUMBER of SIZE bytes in the manner of x/LETTER: hexadecimal is padded. */
void format_cell(struct debugger *d, int64_t number, unsigned size, char letter, char *text, size_t text_size);

/* The character as C writes it: 'a', '\377'. */
void format_char(uint8_t c, char quote, char *text, size_t size);

#endif
