/* Port 92h, the PS/2's system control port A: a second A20 gate and a fast reset of the CPU. */
#ifndef EMU_DEV_SYSPORT_H
#define EMU_DEV_SYSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/bus.h"

struct state;

struct sysport_config {
    struct bus *bus;
    struct line a20;            /* bit 1; the board ORs it with the keyboard controller's */
    struct line reset;          /* pulsed high when bit 0 goes from 0 to 1 */
};

struct sysport {
    uint8_t value;              /* as written */
    struct sysport_config config;
};

/* Claims the port and resets. */
void sysport_init(struct sysport *port, const struct sysport_config *config);

/* Power-on and reset button: all bits zero, this gate closed. */
void sysport_reset(struct sysport *port);

void sysport_visit(struct sysport *port, struct state *state);

#endif
