/* Keys of the program itself: one table, from which dispatch, the status line and the help follow. */
#ifndef TUI_KEYS_H
#define TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/terminal.h"

enum action { ACTION_NONE, ACTION_FOCUS, ACTION_HELP, ACTION_NEXT_PANE, ACTION_PREVIOUS_PANE, ACTION_ZOOM, ACTION_RUN,
              ACTION_STEP, ACTION_NEXT, ACTION_SCROLL_UP, ACTION_SCROLL_DOWN, ACTION_NEXT_DISK, ACTION_REDRAW,
              ACTION_QUIT, ACTION_STOP };

struct key_binding {
    enum action action;
    const char *key;            /* as shown: "F5" */
    const char *twin;           /* one that no terminal takes away: "^X c" */
    struct key code;            /* of key */
    char after_prefix;          /* of twin, typed after Ctrl-X; 0: the twin is twin_code */
    struct key twin_code;
    bool in_guest;              /* works also while the keyboard belongs to the guest */
    const char *label;          /* for the status line; NULL: not there */
    const char *help;
};

/* The N-th row; NULL past the end. */
const struct key_binding *keys_at(size_t n);

/* The key that means ACTION. */
struct key keys_of(enum action action);

/* The action of KEY; PREFIXED: Ctrl-X was pressed before it. */
enum action keys_action(struct key key, bool prefixed, bool guest_focus);

enum { KEY_PREFIX = 0x18 };     /* Ctrl-X */

struct typing;

/* Sends a terminal key to the guest as scan codes. False if no key of a PC matches. */
bool keys_to_guest(struct typing *typing, struct key key);

/* The bytes that libedit expects for KEY, into BYTES (8). False: none. */
bool keys_to_editor(struct key key, char *bytes);

#endif
