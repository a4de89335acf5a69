/* What a machine consists of, as far as a state saved by savevm needs it again: it lies before the chips in the state,
 * so that what is missing or too much can be named by the option or command that mends it. */
#ifndef TUI_EQUIPMENT_H
#define TUI_EQUIPMENT_H

#include "emu/state.h"
#include "tui/session.h"

enum { EQUIPMENT_NAME_BYTES = 48 };

enum equipment_kind { EQUIPMENT_NOTHING, EQUIPMENT_FLOPPY, EQUIPMENT_HARD_DISK, EQUIPMENT_CDROM };

/* Of a floppy or hard disk: SECTORS 0 is a drive without a disk. TYPE is a floppy drive's CMOS type (0: no drive). */
struct equipment_drive { uint8_t kind, type; uint64_t sectors; char name[EQUIPMENT_NAME_BYTES]; };

struct equipment {
    uint32_t ram_kb, video_kb;
    uint8_t mouse, mouse_port;      /* enum mouse_kind; 0-3 */
    uint8_t joysticks;
    uint8_t serial, parallel;       /* bit N: port N + 1 is there */
    uint64_t bios, vgabios, option_roms;    /* sums of the files' bytes; 0: our own, none */
    struct geometry geometry;       /* --geometry; 0: inferred */
    struct equipment_drive drive[DRIVES];
};

/* What the session's machine has now. */
void equipment_of(const struct session *s, struct equipment *e);

void equipment_visit(struct equipment *e, struct state *s);

/* Can a machine that has NOW become one that had THEN? False: LINE continues "was saved", and says what to do. */
bool equipment_fits(const struct equipment *then, const struct equipment *now, char *line, size_t size);

/* Is another disk in DRIVE than there was THEN, or none? Such a difference bars nothing; LINE says it. */
bool equipment_other_disk(const struct equipment *then, const struct equipment *now, unsigned drive, char *line,
                          size_t size);

#endif
