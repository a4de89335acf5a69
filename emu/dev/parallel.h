/* A parallel printer port as on the AT's adapter, with a printer that accepts everything; three ports from a base. */
#ifndef EMU_DEV_PARALLEL_H
#define EMU_DEV_PARALLEL_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/bus.h"
#include "emu/clock.h"

struct state;

enum { PARALLEL_INSTANCES = 3 };

struct parallel_config {
    struct bus *bus;
    struct clock *clock;
    unsigned index;                             /* 0-2: names its event and state; unique in the machine */
    uint16_t base;                              /* first port */
    struct line irq;
    void (*put)(void *ctx, uint8_t byte);       /* may be NULL: bytes are dropped */
    void *put_ctx;
};

enum parallel_phase { PARALLEL_IDLE, PARALLEL_BUSY, PARALLEL_ACK, PARALLEL_INIT };

struct parallel {
    uint8_t data;
    uint8_t control;                            /* bits 0-4 as written */
    uint8_t phase;                              /* enum parallel_phase */
    bool acknowledged;                          /* -ACK has gone back: the interrupt is asserted if enabled */
    bool irq_level;                             /* what the irq line was last set to */
    bool real;                                  /* real latencies */
    struct event next;                          /* end of the present phase */
    struct parallel_config config;
};

/* Claims the ports, registers the event, resets. */
void parallel_init(struct parallel *port, const struct parallel_config *config);
void parallel_reset(struct parallel *port);

/* The status register, as the guest would read it. */
uint8_t parallel_status(const struct parallel *port);

/* False: latencies are only as long as guests need (timing mode `fast`). */
void parallel_set_real(struct parallel *port, bool real);

void parallel_visit(struct parallel *port, struct state *state);

#endif
