/* From text and key names to the bytes a keyboard sends (scan code set 1), and their pacing: a queue that gives the
 * guest one key at a time in guest time, so that nothing typed ahead is lost in the BIOS's buffer of fifteen keys. */
#ifndef TUI_TYPING_H
#define TUI_TYPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine;

enum { TYPING_QUEUE = 8192, TYPING_KEY_BYTES = 16 };

struct typing {
    uint8_t queue[TYPING_QUEUE];    /* scan codes; a zero ends each key */
    size_t head, tail;
    uint64_t next_tick;             /* when the next key may be sent */
    uint64_t interval;              /* ticks between keys */
    uint64_t reset_tick;            /* the machine was reset then (+ 1) and takes no keys yet; else 0 */
};

void typing_init(struct typing *typing);

/* Queues a key by name: a printable character, or "enter", "esc", "f1", "ctrl-alt-del", "alt-f4" (modifiers ctrl,
 * alt, altgr, shift, then -). False if the name is unknown or the queue is full. */
bool typing_key(struct typing *typing, const char *name);

/* Is there room for another key? */
bool typing_has_room(const struct typing *typing);

/* Queues each character of TEXT (ASCII; \n and \r are Enter, \t Tab, \b Backspace, ESC). Returns how many were
 * queued. */
size_t typing_text(struct typing *typing, const char *text);

/* Queues one key press and release with modifiers held: a set 1 code, 0xE0nn for extended keys. */
enum { TYPING_SHIFT = 1, TYPING_CTRL = 2, TYPING_ALT = 4, TYPING_ALTGR = 8 };
bool typing_scancode(struct typing *typing, uint16_t code, unsigned modifiers);

/* The key of an ASCII character: its code and TYPING_SHIFT if needed; 0 if no key makes it. */
uint16_t typing_lookup(unsigned char c, unsigned *modifiers);

static inline bool typing_pending(const struct typing *typing) { return typing->head != typing->tail; }

/* Gives the machine the next keys that are due; after a reset they wait until its BIOS has tested the keyboard. Call
 * between slices of at most some milliseconds of guest time, whether keys wait or not. */
void typing_pump(struct typing *typing, struct machine *machine);

/* Every key name, for help and completion: NULL past the end. */
const char *typing_key_name(size_t n);

#endif
