/* The boards and their parameters, as the command line shows and checks them. */
#ifndef TUI_BOARDS_H
#define TUI_BOARDS_H

#include <stdbool.h>
#include <stddef.h>

#include "emu/emu.h"

/* Prints all boards: --machine help. */
void boards_print(void);

/* Prints the parameters of CONFIG's board, with its settings made: --set help. Call boards_check first. */
void boards_print_parameters(const struct machine_config *config);

/* Is there CONFIG's board, and does it take all the settings? False: one line in ERROR that names the option, and what
 * it could have been. */
bool boards_check(const struct machine_config *config, char *error, size_t error_size);

#endif
