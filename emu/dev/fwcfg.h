/* The firmware configuration device of QEMU's boards (ports 510h-511h), as far as SeaBIOS needs it to find a video ROM:
 * on a board without PCI it looks nowhere else, and clears C0000h-DFFFFh first. */
#ifndef EMU_DEV_FWCFG_H
#define EMU_DEV_FWCFG_H

#include <stddef.h>
#include <stdint.h>

#include "emu/bus.h"

struct state;

struct fwcfg_config {
    struct bus *bus;
    const uint8_t *video_rom;   /* must outlive the device */
    size_t video_rom_size;      /* at most 64 KB */
};

struct fwcfg {
    uint16_t key;               /* item that was selected */
    uint32_t offset;            /* of its next byte */
    struct fwcfg_config config;
};

/* Claims the ports. */
void fwcfg_init(struct fwcfg *fwcfg, const struct fwcfg_config *config);

/* RESET pin. */
void fwcfg_reset(struct fwcfg *fwcfg);

void fwcfg_visit(struct fwcfg *fwcfg, struct state *state);

#endif
