/* Two ports that no PC has, for guests written to be tested: E9h prints a byte (the convention of Bochs and QEMU),
 * and a chosen port ends the run with the byte written. Neither keeps any state. */
#ifndef EMU_DEV_DEBUGPORT_H
#define EMU_DEV_DEBUGPORT_H

#include <stdint.h>

#include "emu/bus.h"

struct debugport {
    struct bus *bus;
    void (*put)(void *ctx, uint8_t byte);       /* port E9h; NULL: the port is not there */
    void *put_ctx;
    uint16_t exit_port;                         /* 0: none */
    void (*exit)(void *ctx, uint8_t code);
    void *exit_ctx;
};

/* Claims the ports that CONFIG asks for; CONFIG is copied. */
void debugport_init(struct debugport *port, const struct debugport *config);

#endif
