/* Settings. */
#ifndef DEBUGGER_SET_H
#define DEBUGGER_SET_H

#include "debugger/debugger.h"

enum setting {
    SET_CONFIRM, SET_PAGINATION, SET_HEIGHT, SET_WIDTH, SET_FLAVOR, SET_NEXT_LINE, SET_INPUT_RADIX, SET_OUTPUT_RADIX,
    SET_ELEMENTS, SET_REPEATS, SET_SYMBOLS, SET_HISTORY_SIZE, SET_COST, SETTINGS
};

enum { FLAVOR_INTEL, FLAVOR_ATT };

struct settings { long value[SETTINGS]; };

void settings_init(struct settings *settings);
void settings_complete(const char *prefix, void (*offer)(void *ctx, const char *word), void *ctx);

extern const struct debugger_command set_commands[];

#endif
