/* An AT keyboard with 101 keys at the end of a cable: keys in, scan codes out, one byte at a time.
 *
 * Keys are offered as bytes of scan code set 1, as PC software knows them: pressed, later released. The keyboard turns
 * them into the set that the guest selected (2 after power-on) and keeps them in its 16-byte buffer; the key that was
 * pressed last repeats until it is released. Whoever presses keys for a terminal, which repeats by itself and tells no
 * releases, releases each at once. Bytes leave by send while the clock line is high. */
#ifndef EMU_DEV_KEYBOARD_H
#define EMU_DEV_KEYBOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/clock.h"
#include "emu/dev/keyboard_codes.h"

struct probes;
struct state;

enum { KEYBOARD_BUFFER = 16 + 1 /* the overrun code */, KEYBOARD_REPLIES = 4 };

struct keyboard_config {
    struct clock *clock;
    struct probes *probes;
    void (*send)(void *ctx, uint8_t byte);      /* a byte has been shifted out */
    void *send_ctx;
};

struct keyboard {
    uint8_t buffer[KEYBOARD_BUFFER];            /* ring of scan codes in the selected set */
    uint8_t head, count;
    uint8_t reply[KEYBOARD_REPLIES];            /* answers to commands go before the scan codes */
    uint8_t replies;
    uint8_t expecting;                          /* command whose data byte comes next, or 0 */
    uint8_t leds;                               /* bit 0 Scroll Lock, 1 Num Lock, 2 Caps Lock */
    uint8_t typematic;                          /* delay and rate as set by F3h */
    uint8_t scan_set;                           /* 1 to 3 */
    uint8_t last_sent;                          /* for FEh */
    uint8_t prefix;                             /* E0h or E1h was offered, or 1Dh or 9Dh after E1h; else 0 */
    uint8_t held;                               /* shift keys, HELD_* */
    uint8_t repeating;                          /* the key that repeats, or 0 */
    uint8_t type[KEYBOARD_SET_3_CODES];         /* what the keys of set 3 do: KEY_REPEATS, KEY_RELEASES */
    bool scanning;                              /* keys are looked at (F4h, F5h) */
    bool mid_release;                           /* F0h was sent: its key's code follows before anything else */
    bool testing;                               /* self-test after FFh: AAh follows */
    bool clock_high;                            /* the controller lets us send */
    bool real;                                  /* real latencies */
    struct event shifted;                       /* the next byte has been shifted out */
    struct event tested;                        /* the self-test is done */
    struct event repeat;
    struct keyboard_config config;
};

/* Registers the events and powers up. */
void keyboard_init(struct keyboard *keyboard, const struct keyboard_config *config);

/* Power-on: buffers empty, defaults, scanning. The AAh of the power-on self-test is not sent: it ends while the
 * controller still holds the clock. */
void keyboard_reset(struct keyboard *keyboard);

/* A key moves: one byte of scan code set 1 (E0h and E1h are bytes of their own; bit 7: released). False if the buffer
 * had no room: the key is lost, and the guest gets the overrun code. True without effect while scanning is off or if
 * the byte is no key. */
bool keyboard_key(struct keyboard *keyboard, uint8_t scancode);

/* True if there is room for any key. */
bool keyboard_ready(const struct keyboard *keyboard);

/* The controller sends a byte. CTX is a struct keyboard. */
void keyboard_receive(void *keyboard, uint8_t byte);

/* The controller's clock line: high lets the keyboard send, low stops it in mid-byte. Signature of struct line. */
void keyboard_set_clock(void *keyboard, unsigned number, bool level);

/* False: latencies are only as long as guests need (timing mode `fast`). */
void keyboard_set_real(struct keyboard *keyboard, bool real);

void keyboard_visit(struct keyboard *keyboard, struct state *state);

#endif
