/* print, x, display and their memory. */
#ifndef DEBUGGER_EXAMINE_H
#define DEBUGGER_EXAMINE_H

#include "debugger/debugger.h"
#include "debugger/format.h"

struct display { unsigned number; bool enabled; struct format format; char *expression; };

struct examine {
    struct format last;             /* what x without a format uses */
    struct address next;            /* where x without an address goes on, once `any` was examined */
    bool any;
    struct display *display;
    size_t display_count;
    unsigned last_display;
};

void examine_free(struct debugger *d);

/* Prints all displays that are enabled. One that cannot be evaluated is disabled with a message. */
void display_all(struct debugger *d);

/* undisplay and its relatives on the displays "1 3", or all. */
enum display_change { DISPLAY_DELETE, DISPLAY_ENABLE, DISPLAY_DISABLE };
enum debugger_result display_change(struct debugger *d, const char *numbers, enum display_change change);

/* Prints V as `print/FORMAT` does, without a number before and a newline behind. False: debugger_fault. */
bool examine_value(struct debugger *d, const struct value *v, char letter);

/* Prints COUNT units (negative: those before) at *A and moves it behind them. False: debugger_fault. */
bool examine_memory(struct debugger *d, struct address *a, const struct format *format);

/* One instruction: "=> 0x7c00 <symbol> (0000:7c00):\tcli". LENGTH: where to go on. False: debugger_fault. */
enum { STYLE_PADDED = 1, STYLE_BYTES = 2 };     /* address with all digits; the bytes before the text */
bool examine_instruction(struct debugger *d, struct address a, unsigned style, unsigned *length);

extern const struct debugger_command print_commands[], examine_commands[], display_commands[], memory_commands[];

#endif
