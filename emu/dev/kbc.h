/* The 8042 keyboard controller as a PS/2 board has it (ports 60h and 64h): keyboard port, auxiliary port for a mouse,
 * translation of scan codes, the A20 gate and the CPU's reset on its output port, a keyboard password.
 *
 * The keyboard itself is another chip at the other end of a cable: it calls kbc_from_keyboard() with each byte that
 * it has shifted out, gets bytes by to_keyboard, and may only send while keyboard_clock is high. The same holds for
 * what is plugged into the auxiliary port. Both and the interrupt controller must be there before kbc_init(), which
 * drives their lines. */
#ifndef EMU_DEV_KBC_H
#define EMU_DEV_KBC_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/bus.h"
#include "emu/clock.h"

struct state;

enum { KBC_RAM = 32, KBC_PASSWORD = 8 };

struct kbc_config {
    struct bus *bus;
    struct clock *clock;
    struct line irq;                    /* IRQ 1 */
    struct line aux_irq;                /* IRQ 12 */
    struct line a20;                    /* output port bit 1: high opens the gate */
    struct line reset;                  /* pulsed high when the CPU is to be reset */
    struct line keyboard_clock;         /* high: the keyboard may send */
    void (*to_keyboard)(void *ctx, uint8_t byte);
    void *keyboard;                     /* ctx of to_keyboard */
    struct line aux_clock;              /* high: the auxiliary device may send */
    void (*to_aux)(void *ctx, uint8_t byte);    /* NULL: nothing is plugged in */
    void *aux;                          /* ctx of to_aux */
};

struct kbc {
    uint8_t ram[KBC_RAM];               /* [0] is the command byte */
    uint8_t output;                     /* last byte put into the output buffer */
    uint8_t input;                      /* last byte written by the CPU */
    uint8_t output_port;                /* bits 0-3 as written: reset, A20, auxiliary data and clock */
    uint8_t pulsed;                     /* of these, the ones that are held low for 6 us */
    uint8_t expecting;                  /* command whose data byte comes next, or 0 */
    uint8_t reply;                      /* waits for the output buffer to be read */
    uint8_t reply_status;               /* bits that come with it in the status register */
    uint8_t polled;                     /* C1h or C2h: status bits 4-7 show the input port; else 0 */
    uint8_t output_status;              /* likewise of the byte in the output buffer */
    uint8_t dump;                       /* ACh: codes still to be sent */
    uint8_t password[KBC_PASSWORD];     /* scan codes of set 1 */
    uint8_t password_length;            /* 0: none was loaded */
    uint8_t matched;                    /* codes of it typed so far */
    bool locked;                        /* the keyboard is shut until the password has been typed */
    bool output_full;
    bool input_full;
    bool input_is_command;
    bool reply_waiting;
    bool translated_break;              /* F0h came in: the next code is a release */
    bool clock_level;                   /* what the keyboard_clock line was last set to */
    bool aux_clock_level;               /* likewise of aux_clock */
    bool real;                          /* real latencies */
    struct event take;                  /* the firmware looks at the input buffer */
    struct event answer;                /* the waiting reply goes into the output buffer */
    struct event aux_timeout;           /* gives up on the auxiliary device */
    struct event pulse_end;
    struct kbc_config config;
};

/* Claims the ports, registers the events, resets. */
void kbc_init(struct kbc *kbc, const struct kbc_config *config);

/* Power-on and the board's reset button: command byte 61h, output port CFh (A20 open). A reset of the CPU alone does
 * not reach this chip. */
void kbc_reset(struct kbc *kbc);

/* A byte arrived from the keyboard. CTX is a struct kbc. */
void kbc_from_keyboard(void *kbc, uint8_t byte);

/* A byte arrived from the auxiliary device. CTX is a struct kbc. */
void kbc_from_aux(void *kbc, uint8_t byte);

/* Sets output port bit 1, for boards that open A20 when the CPU is reset. */
void kbc_set_a20(struct kbc *kbc, bool open);

/* True if the controller has been tested since its reset, and gives what the keyboard sends to the guest. */
bool kbc_listens(const struct kbc *kbc);

/* The status register (port 64h) and the output port (command D0h), as the guest would read them; no side effects. */
uint8_t kbc_status(const struct kbc *kbc);
uint8_t kbc_output_port(const struct kbc *kbc);

/* False: latencies are only as long as guests need (timing mode `fast`). */
void kbc_set_real(struct kbc *kbc, bool real);

void kbc_visit(struct kbc *kbc, struct state *state);

#endif
