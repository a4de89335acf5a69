/* A 16550A UART with the PC's 1.8432 MHz clock and its interrupt gated by OUT2; eight ports from a base address.
 *
 * Bytes sent come out of `put` when their last bit has left; bytes for the guest are offered to serial_receive() or
 * serial_hear(), one at a time at the line's rate. */
#ifndef EMU_DEV_SERIAL_H
#define EMU_DEV_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/bus.h"
#include "emu/clock.h"

struct state;

enum { SERIAL_FIFO = 16, SERIAL_INSTANCES = 4 };

/* The modem's lines, as in the upper half of the modem status register. */
enum { SERIAL_CTS = 0x10, SERIAL_DSR = 0x20, SERIAL_RI = 0x40, SERIAL_DCD = 0x80 };

/* What may be wrong with a character, as in the line status register. */
enum { SERIAL_PARITY = 0x04, SERIAL_FRAMING = 0x08, SERIAL_BREAK = 0x10 };

struct serial_config {
    struct bus *bus;
    struct clock *clock;
    unsigned index;                             /* 0-3: names its events and state; unique in the machine */
    uint16_t base;                              /* first port */
    struct line irq;
    struct line dtr, rts;                       /* high: asserted; low in loopback */
    void (*put)(void *ctx, uint8_t byte);       /* may be NULL: bytes are dropped */
    void *put_ctx;
};

struct serial_fifo { uint8_t data[SERIAL_FIFO]; uint8_t head, count; };

struct serial {
    uint8_t ier, lcr, mcr, scratch;
    uint8_t lsr_errors;                         /* overrun and SERIAL_*, until LSR is read */
    uint8_t modem;                              /* lines from outside, SERIAL_* */
    uint8_t msr;                                /* with the change bits */
    uint8_t trigger;                            /* receive FIFO level that interrupts: 1, 4, 8, 14 */
    uint16_t divisor;
    bool fifo_enabled;
    bool thre_pending;                          /* transmitter-empty interrupt not yet seen by the guest */
    bool timeout_pending;                       /* bytes lie in the FIFO for four character times */
    bool sending;                               /* a character is on the line or about to be */
    bool receiving;                             /* `arriving` is on the line */
    bool tx_pair;                               /* two bytes were in the transmit FIFO since it was last empty */
    bool irq_level;
    bool real;                                  /* real character times */
    uint8_t shift, arriving, arriving_errors;
    struct serial_fifo tx, rx;                  /* one byte deep unless fifo_enabled */
    uint8_t rx_errors[SERIAL_FIFO];             /* of each byte in rx; zero once LSR has shown them */
    uint64_t tx_base, rx_base;                  /* tick at which an unbroken run of characters began */
    uint64_t tx_units, rx_units;                /* periods of the UART's clock until the end of the present one */
    struct event taken;                         /* the next byte has gone into the shift register */
    struct event transmitted;                   /* the last stop bit has left */
    struct event emptied;                       /* the FIFO's transmitter-empty interrupt comes, with its delay */
    struct event received, timeout;
    struct serial_config config;
};

/* Claims the ports, registers the events, resets. The modem lines are CTS, DSR and DCD. */
void serial_init(struct serial *serial, const struct serial_config *config);

/* Master reset. The divisor (9600 baud at first), scratch register and modem lines stay. */
void serial_reset(struct serial *serial);

/* A byte begins to arrive, behind the stop bits of the one before. False if one is still arriving, the guest has not
 * fetched the earlier ones, or the UART is in loopback: try later. */
bool serial_receive(struct serial *serial, uint8_t byte);

/* The same from a sender that waits for nobody, with what went wrong on the way (SERIAL_*; with SERIAL_BREAK the byte
 * does not matter): when it has arrived, one that finds no room is an overrun; in loopback it is lost. False while one
 * is still arriving. */
bool serial_hear(struct serial *serial, uint8_t byte, uint8_t errors);

/* Sets the lines from outside, SERIAL_* bits. */
void serial_set_modem(struct serial *serial, uint8_t lines);

/* IIR and LSR, as the guest would read them, without the side effects. */
uint8_t serial_iir(const struct serial *serial);
uint8_t serial_lsr(const struct serial *serial);

/* False: characters take no longer than guests need (timing mode `fast`). */
void serial_set_real(struct serial *serial, bool real);

void serial_visit(struct serial *serial, struct state *state);

#endif
