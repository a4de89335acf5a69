/* A Microsoft serial mouse at the end of a serial port's cable, from which it takes its power.
 *
 * Motion is in units of an eighth of a millimetre (200 an inch), which are its counts; x to the right, y towards the
 * user. Bytes leave it by send; the port's outputs come in by serial_mouse_set_line(). */
#ifndef EMU_DEV_SERIAL_MOUSE_H
#define EMU_DEV_SERIAL_MOUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/clock.h"

struct state;

enum { SERIAL_MOUSE_LEFT = 1, SERIAL_MOUSE_RIGHT = 2 };
enum { SERIAL_MOUSE_DTR, SERIAL_MOUSE_RTS, SERIAL_MOUSE_LINES, SERIAL_MOUSE_PACKET = 3 };

struct serial_mouse_config {
    struct clock *clock;
    bool (*send)(void *ctx, uint8_t byte);      /* a byte's start bit; false: the port does not hear it */
    void *send_ctx;
};

struct serial_mouse {
    int32_t x, y;                               /* moved, not yet reported */
    uint8_t buttons;                            /* held now, SERIAL_MOUSE_* */
    uint8_t pressed;                            /* newly pressed since the last packet */
    uint8_t reported;                           /* as in the last packet */
    uint8_t packet[SERIAL_MOUSE_PACKET];
    uint8_t length, sent;                       /* of the packet */
    bool line[SERIAL_MOUSE_LINES];              /* the port's outputs; both high: there is power */
    bool ready;                                 /* it has introduced itself */
    struct event next;                          /* the line is free for the next byte */
    struct serial_mouse_config config;
};

/* Registers the event. Without power at first. */
void serial_mouse_init(struct serial_mouse *mouse, const struct serial_mouse_config *config);

/* The machine is reset: what has not been sent is forgotten, the lines follow by themselves. */
void serial_mouse_reset(struct serial_mouse *mouse);

/* The hand moves by DX and DY and holds BUTTONS. */
void serial_mouse_move(struct serial_mouse *mouse, int dx, int dy, uint8_t buttons);

/* True if it has power and reports. */
bool serial_mouse_listens(const struct serial_mouse *mouse);

/* An output of the port, SERIAL_MOUSE_DTR or _RTS. Signature of struct line. */
void serial_mouse_set_line(void *mouse, unsigned number, bool level);

void serial_mouse_visit(struct serial_mouse *mouse, struct state *state);

#endif
