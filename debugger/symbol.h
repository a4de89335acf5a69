/* Symbols: those of the built-in ROMs and those the user names. */
#ifndef DEBUGGER_SYMBOL_H
#define DEBUGGER_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "debugger/debugger.h"

struct symbol { uint32_t address; char *name; };

struct symbols { struct symbol *own; size_t own_count; };   /* the user's, sorted by address */

void symbols_free(struct symbols *symbols);

/* Address of NAME; false if there is none. */
bool symbol_find(struct debugger *d, const char *name, uint32_t *address);

/* The symbol at or before LINEAR, at most 4 KB before it. NULL if there is none. OFFSET: distance from it. */
const char *symbol_before(struct debugger *d, uint32_t linear, uint32_t *offset);

/* Address of the first symbol behind LINEAR; false if there is none. */
bool symbol_after(struct debugger *d, uint32_t linear, uint32_t *address);

/* " <name+4>" or "" into TEXT. */
const char *symbol_suffix(struct debugger *d, uint32_t linear, char *text, size_t size);

/* Calls OFFER for each symbol name that begins with PREFIX. */
void symbol_complete(struct debugger *d, const char *prefix, void (*offer)(void *ctx, const char *word), void *ctx);

extern const struct debugger_command symbol_commands[];

#endif
