/* The 8254 timer (ports 40h-43h) and the board's port 61h, which gates its channel 2 and reads it back.
 *
 * Channel 0 drives IRQ 0, channel 1 paces DRAM refresh, channel 2 is the speaker. Counts are in periods of 1.193182
 * MHz, TICKS_PER_PIT ticks each; the falling edges of the timer's clock, at which counters are loaded and count, are at
 * the multiples of that from power-on, whatever software does. Counters are computed from clock.now, an event is armed
 * only for the next change of channel 0's output. */
#ifndef EMU_DEV_PIT_H
#define EMU_DEV_PIT_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/bus.h"
#include "emu/clock.h"

struct probes;
struct state;

enum { PIT_ACCESS_LOW = 1, PIT_ACCESS_HIGH = 2, PIT_ACCESS_BOTH = 3 };

/* Times are numbers of clock periods: period n lies between the falling edges at n and n + 1 TICKS_PER_PIT. */
struct pit_channel {
    uint8_t programmed;         /* bits 0-5 of the control word, as written: what the status shows */
    uint8_t mode;               /* 0-5 */
    uint8_t access;             /* PIT_ACCESS_* */
    bool bcd;
    bool gate;
    bool loaded;                /* a count was taken over since the control word: the channel is running or held */
    bool held;                  /* the gate stops it `position` periods after its start, until resume_at */
    bool trigger_again;         /* the gate rose a second time: another load follows the one at trigger_at */
    bool strobed;               /* mode 4: held at the count's end until OUT was high again */
    bool pending;               /* reload was written and not taken over yet: the null count of the status */
    bool write_high;            /* the next byte written is the high one */
    bool read_high;             /* the next byte read is the high one */
    bool count_latched;
    bool status_latched;
    uint8_t status;             /* as latched */
    uint8_t low;                /* low byte written, waiting for the high one */
    uint16_t reload;            /* as written (BCD if bcd) */
    uint16_t active;            /* the reload value that the present cycle counts from */
    uint16_t frozen;            /* what is read while not loaded */
    uint16_t latch;
    uint64_t start;             /* period at whose beginning the counter held `active` */
    uint64_t pending_edge;      /* modes 2 and 3: first edge that sees reload; it waits for the end of the cycle */
    uint64_t load_at;           /* edge that loads a count because it was written, or UINT64_MAX */
    uint64_t trigger_at;        /* edge that loads the counter because the gate rose, or UINT64_MAX */
    uint64_t resume_at;         /* edge after which a held counter counts again, or UINT64_MAX */
    uint64_t position;
};

struct pit_config {
    struct bus *bus;
    struct clock *clock;
    struct line irq;            /* OUT of channel 0 */
    struct probes *probes;      /* PROBE_SPEAKER; NULL: nobody listens */
};

struct pit {
    struct pit_channel channel[3];
    uint8_t control;            /* port 61h bits 0-3: gate 2, speaker data, parity and channel check disable */
    bool irq_level;
    struct event change;        /* next change of channel 0's OUT */
    struct pit_config config;
};

/* Claims the ports, registers the event, resets. */
void pit_init(struct pit *pit, const struct pit_config *config);

/* The 8254 has no reset pin; for repeatable runs it starts with channels 0 and 2 waiting for a count in mode 3,
 * channel 1 dividing by 18 as the refresh needs it, and port 61h zero. */
void pit_reset(struct pit *pit);

/* What reading channel CH (0-2) would give now, latches and byte order apart. */
uint16_t pit_count(const struct pit *pit, unsigned ch);

/* The OUT pin of channel CH (0-2) now. */
bool pit_out(const struct pit *pit, unsigned ch);

/* The speaker's tone: periods of 1.193182 MHz in a cycle of its level, or 0 if that does not change by itself. */
uint32_t pit_speaker_periods(const struct pit *pit);

/* Reports by PROBE_SPEAKER what the speaker does from now on. The chip does so itself at each change; a listener that
 * has just come asks. */
void pit_tell_speaker(const struct pit *pit);

void pit_visit(struct pit *pit, struct state *state);

#endif
