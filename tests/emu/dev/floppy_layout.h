/* What 300 or 360 rpm and IBM's track layout dictate, worked out from the manuals and not by the emulator: when a
 * sector passes under the head. Ticks are those of emu/clock.h (4.2 GHz). */
#ifndef TESTS_EMU_DEV_FLOPPY_LAYOUT_H
#define TESTS_EMU_DEV_FLOPPY_LAYOUT_H

#include "tests/emu/dev/floppy_board.h"

/* A disk in a drive. A byte is 8 bits at 500, 300, 250 or 1000 kbit/s; a revolution is 1/5 s, in a 1.2M drive 1/6 s. */
struct medium {
    const char *name;
    uint8_t type;               /* of the drive */
    unsigned blocks, per_track, cylinders, steps;       /* steps of the head from one cylinder to the next */
    uint8_t rate;               /* as port 3F7h takes it */
    uint64_t byte, revolution;
    unsigned gap2, gap3;
};

static const struct medium media[] = {
    { "1.44M", 4, 2880, 18, 80, 1, 0, 67200, 840000000, 22, 0x6C },
    { "720K", 3, 1440, 9, 80, 1, 2, 134400, 840000000, 22, 0x50 },
    { "720K in 1.44M", 4, 1440, 9, 80, 1, 2, 134400, 840000000, 22, 0x50 },
    { "1.2M", 2, 2400, 15, 80, 1, 0, 67200, 700000000, 22, 0x54 },
    { "360K in 1.2M", 2, 720, 9, 40, 2, 1, 112000, 700000000, 22, 0x50 },
    { "360K", 1, 720, 9, 40, 1, 2, 134400, 840000000, 22, 0x50 },
    { "2.88M", 5, 5760, 36, 80, 1, 3, 33600, 840000000, 41, 0x53 },
};

enum { MEDIA = sizeof media / sizeof media[0] };

/* System 34: gap 4a 80, sync 12, index mark 4, gap 1 50. A sector: sync 12, mark 4, ID 4, CRC 2, gap 2, sync 12,
 * mark 4, data 512, CRC 2, gap 3. */
enum { PREAMBLE = 80 + 12 + 4 + 50, ID_FIELD = 12 + 4 + 4 + 2, MARK = 12 + 4, DATA = 512, CRC = 2 };

static inline unsigned data_offset(const struct medium *m) { return ID_FIELD + m->gap2 + MARK; }
static inline unsigned sector_bytes(const struct medium *m) { return data_offset(m) + DATA + CRC; }

/* When sector S (from 1) begins to pass, not before tick FROM. */
static inline uint64_t sector_begins(const struct medium *m, unsigned s, uint64_t from)
{
    uint64_t place = (PREAMBLE + (uint64_t)(sector_bytes(m) + m->gap3) * (s - 1)) * m->byte;
    uint64_t turns = from / m->revolution;

    while (turns * m->revolution + place < from)
        turns++;
    return turns * m->revolution + place;
}

/* When COUNT sectors from S on have passed, the last one's CRC included. */
static inline uint64_t sectors_end(const struct medium *m, unsigned s, unsigned count, uint64_t from)
{
    uint64_t pitch = sector_bytes(m) + m->gap3;

    return sector_begins(m, s, from) + (pitch * (count - 1) + sector_bytes(m)) * m->byte;
}

/* SPECIFY's units are milliseconds at 500 kbit/s, where a byte takes 67200 ticks. */
static inline uint64_t scaled_ms(const struct medium *m, unsigned ms) { return ms * MS * m->byte / 67200; }

/* Step rate as BIOSes choose it: 3 ms, at 1 Mbit/s 6 ms by SPECIFY's measure. */
static inline unsigned step_ms(const struct medium *m) { return m->rate == 3 ? 6 : 3; }

/* A board with M in drive A, motor running, heads at cylinder 0; head load 2 ms, head unload 240 ms. */
static inline struct board *board_with(const struct medium *m)
{
    struct board *b = board_create(m->type);

    insert(b, m->blocks, false);
    start_up(b, m->rate);
    SEND(b, 0x03, (uint8_t)((16 - step_ms(m)) << 4 | 0x0F), 0x02);
    floppy_set_real(&b->floppy, true);
    return b;
}

/* Runs until the interrupt, at most SECONDS; returns its tick. */
static inline uint64_t await_interrupt(struct board *b, unsigned seconds)
{
    uint64_t limit = b->rig.clock.now + seconds * SECOND;

    while (!b->irq.level && b->rig.clock.now < limit) {
        uint64_t next = b->rig.clock.next_due < limit ? b->rig.clock.next_due : limit;
        rig_run(&b->rig, next - b->rig.clock.now);
    }
    assert_true(b->irq.level);
    return b->irq.rose;
}

static inline void command_read(struct board *b, uint8_t command, unsigned c, unsigned h, unsigned s, unsigned last)
{
    SEND(b, command, (uint8_t)(h << 2), (uint8_t)c, (uint8_t)h, (uint8_t)s, 2, (uint8_t)last, 0x1B, 0xFF);
}

static inline void end_result(struct board *b, uint8_t st0)
{
    uint8_t result[7];

    receive(b, result, 7);
    assert_int_equal(result[0], st0);
    assert_int_equal(result[1], 0);
}

#define NEAR(a, b) assert_in_range((a) - (b) + 10, 0, 20)      /* ticks: five nanoseconds and less */

#endif
