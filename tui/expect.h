/* Commands that wait for the guest: wait, expect; and screen, which shows what expect looks at. */
#ifndef TUI_EXPECT_H
#define TUI_EXPECT_H

#include "debugger/debugger.h"

enum debugger_result expect_wait(struct debugger *d, void *ctx, const char *arguments);
enum debugger_result expect_text(struct debugger *d, void *ctx, const char *arguments);
enum debugger_result expect_show_screen(struct debugger *d, void *ctx, const char *arguments);

#endif
