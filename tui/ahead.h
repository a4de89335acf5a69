/* Keys typed ahead: what was typed while the program could not take it waits here, in order, as in a terminal's own
 * input queue. When full, further keys are dropped. */
#ifndef TUI_AHEAD_H
#define TUI_AHEAD_H

#include "tui/terminal.h"

enum { AHEAD_KEYS = 256 };

struct ahead { struct key key[AHEAD_KEYS]; unsigned first, count; };

void ahead_push(struct ahead *ahead, struct key key);

/* Takes the oldest key. False: none waits. */
bool ahead_take(struct ahead *ahead, struct key *key);

/* Forgets all that waits, as an interrupt key does. */
void ahead_flush(struct ahead *ahead);

#endif
