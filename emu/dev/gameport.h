/* The game control adapter at port 201h with up to two joysticks of two axes and two buttons each. */
#ifndef EMU_DEV_GAMEPORT_H
#define EMU_DEV_GAMEPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/bus.h"
#include "emu/clock.h"

struct state;

enum { GAMEPORT_STICKS = 2, GAMEPORT_AXES = 4, GAMEPORT_OHMS = 100000 };

struct gameport_config {
    struct bus *bus;
    struct clock *clock;
    unsigned sticks;            /* 1 or 2 are plugged in */
};

struct gameport {
    uint32_t ohms[GAMEPORT_AXES];       /* resistance now: stick A's x and y, stick B's x and y */
    uint64_t until[GAMEPORT_AXES];      /* tick at which each one-shot ends; CLOCK_NEVER: never */
    uint8_t buttons;                    /* bits 0-3: A1 A2 B1 B2 pressed */
    struct gameport_config config;
};

/* Claims the port. The sticks stand in the middle. */
void gameport_init(struct gameport *port, const struct gameport_config *config);

/* Stick 0 or 1 stands at X and Y, 0 (left, up) to 255, with BUTTONS (bits 0 and 1) pressed. */
void gameport_move(struct gameport *port, unsigned stick, uint8_t x, uint8_t y, uint8_t buttons);

void gameport_visit(struct gameport *port, struct state *state);

#endif
