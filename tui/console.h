/* The debugger's command line: a scroll-back of output, and a line being edited by libedit (history, completion,
 * emacs keys). */
#ifndef TUI_CONSOLE_H
#define TUI_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/cells.h"

struct console;

/* What Tab asks: offer every completion of the word that ends at CURSOR; returns where it begins (as
 * debugger_complete). */
typedef size_t console_complete_fn(void *ctx, const char *line, size_t cursor,
                                   void (*offer)(void *ctx, const char *word), void *offer_ctx);

/* HISTORY_FILE: loaded now and written by console_destroy; NULL: none. NULL when libedit or a pty cannot be had. */
struct console *console_create(const char *history_file, console_complete_fn *complete, void *ctx);
void console_destroy(struct console *console);

/* Appends output to the scroll-back (UTF-8, pieces of lines). */
void console_put(struct console *console, const char *text);

/* Gives a key's bytes to the editor. Returns a finished line (without newline, valid until the next call), or NULL.
 * The line was echoed to the scroll-back after PROMPT and, unless blank, added to the history. */
const char *console_feed(struct console *console, const char *bytes, const char *prompt);

/* Forgets the line being edited (Ctrl-C). */
void console_cancel(struct console *console);

/* Asks QUESTION, which must stay alive, in the place of the prompt and the line, until it is NULL. */
void console_ask(struct console *console, const char *question);

/* Is the line being edited empty, and no search under way? */
bool console_empty(const struct console *console);

/* Scrolls back by LINES (negative: forward). */
void console_scroll(struct console *console, int lines);

/* Draws the end of the scroll-back and the prompt with the line being edited. FOCUS: show the cursor. PROMPT ""
 * draws no input line (the guest runs, and nothing is typed). */
void console_draw(struct console *console, struct canvas *canvas, const char *prompt, bool focus);

#endif
