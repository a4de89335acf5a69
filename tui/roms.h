/* ROM files that the options name. */
#ifndef TUI_ROMS_H
#define TUI_ROMS_H

#include "tui/session.h"

/* Reads them into S, which keeps their bytes and sums, and enters them in CONFIG. A ROM that no BIOS would run is
 * told. False: one line in ERROR. */
bool roms_read(struct session *s, struct machine_config *config, char *error, size_t error_size);

#endif
