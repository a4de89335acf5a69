/* The PS/2 mouse at the end of its cable: motion and buttons in, packets of three bytes out.
 *
 * Bytes leave it by send while its clock line is high. Motion is in units of an eighth of a millimetre (200 an inch), x
 * to the right and y towards the user, as on a screen. A hand that is given a long way at once takes it in steps that a
 * packet can hold. */
#ifndef EMU_DEV_MOUSE_H
#define EMU_DEV_MOUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/clock.h"

struct state;

enum { MOUSE_LEFT = 1, MOUSE_RIGHT = 2, MOUSE_MIDDLE = 4 };
enum { MOUSE_QUEUE = 4 };

struct mouse_config {
    struct clock *clock;
    void (*send)(void *ctx, uint8_t byte);      /* a byte has been shifted out */
    void *send_ctx;
};

/* One axis. */
struct mouse_axis {
    int32_t hand;               /* way that the hand has still to go */
    int32_t rest;               /* moved, but less than a count: in 1/8 counts */
    int16_t count;              /* the counter, -256 to 255 */
    bool overflow;              /* it could not hold all */
};

struct mouse {
    struct mouse_axis x, y;                     /* y: up is positive, as in packets */
    uint8_t buttons;                            /* held now, MOUSE_* */
    uint8_t pressed;                            /* newly pressed since the last packet */
    uint8_t reported;                           /* as in the last packet */
    uint8_t queue[MOUSE_QUEUE];                 /* bytes to be sent */
    uint8_t queued, sent;
    uint8_t last[MOUSE_QUEUE];                  /* the last answer or packet, for FEh */
    uint8_t last_count;
    uint8_t expecting;                          /* command whose data byte comes next, or 0 */
    uint8_t rate;                               /* packets a second */
    uint8_t resolution;                         /* 0-3: 1, 2, 4, 8 counts a millimetre */
    bool doubling;                              /* scaling 2:1 */
    bool remote, wrap;                          /* modes; neither: stream */
    bool reporting;                             /* F4h, F5h */
    bool puzzled;                               /* the last byte was no command: a second one is an error */
    bool testing;                               /* self-test after FFh: AAh 00h follow */
    bool clock_high;                            /* the controller lets us send */
    bool real;                                  /* real latencies */
    struct event shifted;                       /* the next byte has been shifted out */
    struct event tested;                        /* the self-test is done */
    struct event sample;                        /* the next packet may be made */
    struct mouse_config config;
};

/* Registers the events and powers up. */
void mouse_init(struct mouse *mouse, const struct mouse_config *config);

/* Power-on: defaults, not reporting. AAh 00h of the power-on self-test are not sent: it ends while the controller still
 * holds the clock. */
void mouse_reset(struct mouse *mouse);

/* The hand moves by DX and DY and holds BUTTONS. Without effect on what the guest sees while the mouse does not track:
 * in stream mode with reporting off, in wrap mode and during the self-test only BUTTONS are remembered. */
void mouse_move(struct mouse *mouse, int dx, int dy, uint8_t buttons);

/* True if packets are reported as the mouse moves. */
bool mouse_listens(const struct mouse *mouse);

/* The controller sends a byte. CTX is a struct mouse. */
void mouse_receive(void *mouse, uint8_t byte);

/* The controller's clock line: high lets the mouse send, low stops it in mid-byte. Signature of struct line. */
void mouse_set_clock(void *mouse, unsigned number, bool level);

/* False: latencies are only as long as guests need (timing mode `fast`). */
void mouse_set_real(struct mouse *mouse, bool real);

void mouse_visit(struct mouse *mouse, struct state *state);

#endif
