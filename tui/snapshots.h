/* The debugger's commands that keep the whole machine in its disk images. Their context is the session. */
#ifndef TUI_SNAPSHOTS_H
#define TUI_SNAPSHOTS_H

#include "tui/session.h"

enum { MOST_STATE_BYTES = 1 << 30 };

/* savevm NAME, loadvm NAME, delvm NAME, info snapshots. A failed loadvm leaves machine and disks as they are, except
 * where an image itself cannot be read or written. */
enum debugger_result snapshots_save(struct debugger *d, void *ctx, const char *arguments);
enum debugger_result snapshots_load(struct debugger *d, void *ctx, const char *arguments);
enum debugger_result snapshots_delete(struct debugger *d, void *ctx, const char *arguments);
/* Calls OFFER for each snapshot's name that is one word; a name that several drives have, several times. */
void snapshots_offer(const struct session *s, void (*offer)(void *ctx, const char *name), void *ctx);

enum debugger_result snapshots_list(struct debugger *d, void *ctx, const char *arguments);

/* Before the disk in DRIVE is taken out: LINE tells what goes with it of the snapshots, and is empty if nothing does.
 * False: a machine state would be lost for this session, and DROP_STATE is not set; the disk should stay. */
bool snapshots_release(const struct session *s, unsigned drive, bool drop_state, char *line, size_t size);

#endif
