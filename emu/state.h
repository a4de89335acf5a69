/* The two-way visitor: each part has one function that names its fields, and it serves for saving, restoring and
 * hashing. No struct dumps: the saved form is the same on every host.
 *
 *     void pit_visit(struct pit *pit, struct state *s)
 *     {
 *         state_section(s, "pit");
 *         for (int i = 0; i < 3; i++)
 *             state_u16(s, "count", &pit->channel[i].count);
 *     }
 *
 * The stream is a sequence of records: name, kind, value (integers little-endian). On loading, a record whose name or
 * kind is not the expected one sets the error and leaves this and all later fields as they are; a part must therefore
 * check ranges of what it loaded (a state file is hostile input) with state_check(). */
#ifndef EMU_STATE_H
#define EMU_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum state_mode { STATE_SAVE, STATE_LOAD, STATE_HASH };

struct state {
    enum state_mode mode;
    uint8_t *data;              /* SAVE: grown as needed, the caller frees it. LOAD: the caller's, read only */
    size_t size;                /* SAVE: bytes used. LOAD: bytes there */
    size_t capacity;
    size_t position;            /* LOAD */
    uint64_t hash;              /* HASH */
    const char *section;
    char error[120];            /* empty while all is well */
};

void state_begin_save(struct state *s);
void state_begin_load(struct state *s, const uint8_t *data, size_t size);
void state_begin_hash(struct state *s);

static inline bool state_loading(const struct state *s) { return s->mode == STATE_LOAD; }
static inline bool state_failed(const struct state *s) { return s->error[0] != 0; }

void state_section(struct state *s, const char *name);
void state_u8(struct state *s, const char *name, uint8_t *value);
void state_u16(struct state *s, const char *name, uint16_t *value);
void state_u32(struct state *s, const char *name, uint32_t *value);
void state_u64(struct state *s, const char *name, uint64_t *value);
void state_bool(struct state *s, const char *name, bool *value);
void state_bytes(struct state *s, const char *name, void *bytes, size_t size);

/* While loading: if OK is false, sets the error "SECTION: WHAT". */
void state_check(struct state *s, bool ok, const char *what);

#endif
