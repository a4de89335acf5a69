/* The far ends of the guest's ports: files, a pseudo-terminal, or the program's own stdin and stdout. */
#ifndef TUI_PORTS_H
#define TUI_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emu/emu.h"

struct options;

struct port_end {
    int in, out;                /* file descriptors, -1: none */
    uint8_t waiting[256];       /* read from the host, not yet taken by the guest */
    size_t first, count;
    char name[128];             /* for the user: the pty's name, the file's */
};

struct ports {
    struct port_end serial[SERIAL_PORTS], parallel[PARALLEL_PORTS], debugcon;
    void (*put)(void *ctx, const char *text);   /* --debugcon -: where the program's output goes */
    void *ctx;
};

/* Opens what the options name and enters the sinks into CONFIG. PUT receives bytes for --debugcon -. False: one line
 * in ERROR. */
bool ports_open(struct ports *ports, const struct options *options, struct machine_config *config, char *error,
                size_t error_size);
void ports_close(struct ports *ports);

/* Moves waiting bytes from the host to the guest's serial ports; never blocks. */
void ports_pump(struct ports *ports, struct machine *machine);

#endif
