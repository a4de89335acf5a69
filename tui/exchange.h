/* Files between the host and the guest's FAT disks, while the guest stands still: the commands copy-in and copy-out. */
#ifndef TUI_EXCHANGE_H
#define TUI_EXCHANGE_H

#include "debugger/debugger.h"
#include "tui/session.h"

/* Rows of the debugger's command table; CTX is the session. */
enum debugger_result exchange_copy_in(struct debugger *d, void *ctx, const char *arguments);
enum debugger_result exchange_copy_out(struct debugger *d, void *ctx, const char *arguments);

/* Tells the user if a copy-in that was cut short left PATH, which is not opened for writing, half changed. */
void exchange_warn(struct session *s, const char *path);

/* Undoes what a copy-in that was cut short left behind in DISK, whose file PATH was just opened for writing. False: one
 * line in ERROR. */
bool exchange_recover(struct session_disk *disk, const char *path, char *error, size_t error_size);

#endif
