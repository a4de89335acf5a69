/* The two 8259A interrupt controllers of an AT, wired as master and slave.
 *
 * Inputs are numbered 0-15 as the AT numbers its interrupt requests; 2 is the cascade and cannot be driven from
 * outside. pic_set_irq() is what devices' lines point to, pic_acknowledge() is the CPU's INTA cycle, and the intr
 * line goes to the CPU. Ports 20h-21h, A0h-A1h, and the edge/level registers 4D0h-4D1h. */
#ifndef EMU_DEV_PIC_H
#define EMU_DEV_PIC_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/bus.h"

struct probes;
struct state;

/* One 8259A. Bit n of each mask is input n of this chip. */
struct pic {
    uint8_t irr;                /* requests latched */
    uint8_t isr;                /* in service */
    uint8_t imr;                /* masked */
    uint8_t lines;              /* present level of the inputs */
    uint8_t base;               /* vector of input 0 (ICW2) */
    uint8_t level;              /* ELCR: inputs that are level-triggered */
    uint8_t lowest;             /* input with the lowest priority, 7 unless rotated */
    uint8_t icw_next;           /* ICW expected at the odd port: 2, 3 or 4; 0 when operating */
    uint8_t slave_inputs;       /* master: inputs with a slave behind them (ICW3), none if single */
    uint8_t number;             /* slave: the input of the master that it answers to (ICW3), 7 until it is told */
    bool initialised;           /* the ICW sequence was completed at least once */
    bool single;                /* ICW1: no ICW3 follows */
    bool needs_icw4;            /* ICW1 */
    bool all_level;             /* ICW1 LTIM: all inputs are level-triggered */
    bool auto_eoi;              /* ICW4 */
    bool fully_nested;          /* ICW4 SFNM: a slave may interrupt itself through its master */
    bool special_mask;          /* OCW3 */
    bool rotate_auto_eoi;       /* OCW2 */
    bool read_isr;              /* OCW3: the even port reads ISR, else IRR */
    bool poll;                  /* OCW3: the next read is a poll */
};

struct pic_config {
    struct bus *bus;
    struct probes *probes;
    struct line intr;           /* to the CPU */
};

struct pic_pair {
    struct pic chip[2];         /* master, slave */
    bool intr_level;            /* what the intr line was last set to */
    struct pic_config config;
};

/* Claims the ports and resets. */
void pic_init(struct pic_pair *pair, const struct pic_config *config);

/* Back to power-on: everything cleared, not initialised, nothing masked (the BIOS writes the ICWs). The levels of the
 * inputs belong to the devices and stay. */
void pic_reset(struct pic_pair *pair);

/* Sets input IRQ (0-15) of a struct pic_pair to LEVEL; others are ignored. Has the signature of struct line. */
void pic_set_irq(void *pair, unsigned irq, bool level);

/* The CPU's interrupt acknowledge: returns the vector. If the request went away in between, that of input 7. */
uint8_t pic_acknowledge(void *pair);

void pic_visit(struct pic_pair *pair, struct state *state);

#endif
