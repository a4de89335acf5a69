/* What every test of tui/ includes. */
#ifndef TESTS_TUI_FRAME_H
#define TESTS_TUI_FRAME_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#endif
