/* The terminal: the only door to curses. */
#ifndef TUI_TERMINAL_H
#define TUI_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/cells.h"

/* A key as the terminal told it. code: a Unicode character (control characters as 1-31 and 127), or KEY_NAMED + one
 * below. */
enum { KEY_NAMED = 0x110000 };
enum named_key { NAMED_UP, NAMED_DOWN, NAMED_LEFT, NAMED_RIGHT, NAMED_HOME, NAMED_END, NAMED_PAGE_UP, NAMED_PAGE_DOWN,
                 NAMED_INSERT, NAMED_DELETE, NAMED_BACKSPACE, NAMED_BACK_TAB, NAMED_F1, NAMED_F12 = NAMED_F1 + 11,
                 NAMED_RESIZED, NAMED_MOUSE, NAMED_NONE };
enum { WITH_ALT = 1, WITH_SHIFT = 2, WITH_CTRL = 4 };

struct key { uint32_t code; unsigned modifiers; };

/* NAMED_MOUSE: what the mouse did, by cells of the terminal. buttons: POINTER_* of mouse.h. */
struct pointer;

/* Takes the terminal over. False with one line in *ERROR if it cannot be used (no terminal, unknown TERM). From here
 * on a crash or a fatal signal gives the terminal back in order. */
bool terminal_open(const char **error);
void terminal_close(void);

int terminal_width(void);
int terminal_height(void);

/* Shows the surface: only cells that differ from what was shown before are sent. */
void terminal_show(const struct surface *surface);

/* Forgets what is on the screen, so that all is sent again. */
void terminal_redraw(void);

/* Asks the terminal to tell of its mouse, or not to. The terminal's own selection rests meanwhile. */
void terminal_watch_mouse(bool watch);

/* Where the mouse was when terminal_key() told NAMED_MOUSE last. */
void terminal_pointer(struct pointer *pointer);

/* Waits up to TIMEOUT_MS (0: not at all, -1: some moments, so that the caller sees what signals have told) for a key.
 * False: none. A SIGTSTP stops the program here. */
bool terminal_key(struct key *key, int timeout_ms);

#endif
