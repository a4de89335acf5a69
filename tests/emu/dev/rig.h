/* A board with nothing on it, for the tests of single chips: bus, clock, probes, a megabyte of RAM, and wires that
 * remember what happened to them. */
#ifndef TESTS_EMU_DEV_RIG_H
#define TESTS_EMU_DEV_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/bus.h"
#include "emu/clock.h"
#include "emu/probe.h"
#include "emu/state.h"

enum { RIG_RAM = 0x100000, RIG_EVENTS = 64 };

struct rig {
    struct bus bus;
    struct clock clock;
    struct probes probes;
    uint8_t *ram;
    struct probe_event event[RIG_EVENTS];
    unsigned events;
};

static inline void rig_init(struct rig *rig)
{
    *rig = (struct rig){ .ram = calloc(1, RIG_RAM) };
    assert_non_null(rig->ram);
    clock_init(&rig->clock);
    assert_true(bus_init(&rig->bus, &rig->probes));
    bus_map_memory(&rig->bus, 0, RIG_RAM, rig->ram, true);
}

static inline void rig_destroy(struct rig *rig)
{
    bus_destroy(&rig->bus);
    free(rig->ram);
}

static inline uint8_t rig_in(struct rig *rig, uint16_t port)
{
    return (uint8_t)bus_in(&rig->bus, port, 1);
}

static inline void rig_out(struct rig *rig, uint16_t port, uint8_t value)
{
    bus_out(&rig->bus, port, value, 1);
}

/* Lets TICKS pass; each event fires at its due time. */
static inline void rig_run(struct rig *rig, uint64_t ticks)
{
    uint64_t until = rig->clock.now + ticks;

    while (rig->clock.next_due <= until) {
        if (rig->clock.next_due > rig->clock.now)
            rig->clock.now = rig->clock.next_due;
        clock_fire_due(&rig->clock);
    }
    rig->clock.now = until;
}

static inline void rig_record(void *ctx, const struct probe_event *event)
{
    struct rig *rig = ctx;

    if (rig->events < RIG_EVENTS)
        rig->event[rig->events++] = *event;
}

static inline void rig_listen(struct rig *rig, uint64_t mask)
{
    assert_true(probe_listen(&rig->probes, mask, rig_record, rig) >= 0);
}

/* What is on the other end of a line. */
struct wire {
    const struct clock *clock;
    bool level;
    unsigned rises, falls;
    uint64_t rose, fell;        /* tick of the last of each */
};

static inline void wire_set(void *ctx, unsigned number, bool level)
{
    struct wire *wire = ctx;

    (void)number;
    if (level && !wire->level) {
        wire->rises++;
        wire->rose = wire->clock->now;
    } else if (!level && wire->level) {
        wire->falls++;
        wire->fell = wire->clock->now;
    }
    wire->level = level;
}

static inline struct line wire_line(struct wire *wire, const struct rig *rig)
{
    *wire = (struct wire){ .clock = &rig->clock };
    return (struct line){ wire_set, wire, 0 };
}

/* A byte sink. */
struct paper { uint8_t byte[256]; unsigned count; };

static inline void paper_put(void *ctx, uint8_t byte)
{
    struct paper *paper = ctx;

    if (paper->count < sizeof paper->byte)
        paper->byte[paper->count++] = byte;
}

/* State of the clock and one chip; VISIT is the chip's visitor. */
typedef void rig_visit_fn(void *chip, struct state *state);

static inline void rig_visit(struct rig *rig, rig_visit_fn *visit, void *chip, struct state *state)
{
    clock_visit(&rig->clock, state);
    visit(chip, state);
}

static inline uint64_t rig_hash(struct rig *rig, rig_visit_fn *visit, void *chip)
{
    struct state state;

    state_begin_hash(&state);
    rig_visit(rig, visit, chip, &state);
    return state.hash;
}

/* Copies the state of one rig and chip to another through its saved form. */
static inline void rig_copy(struct rig *from, void *from_chip, struct rig *to, void *to_chip, rig_visit_fn *visit)
{
    struct state saved, loading;

    state_begin_save(&saved);
    rig_visit(from, visit, from_chip, &saved);
    assert_false(state_failed(&saved));
    state_begin_load(&loading, saved.data, saved.size);
    rig_visit(to, visit, to_chip, &loading);
    assert_string_equal(loading.error, "");
    assert_int_equal(loading.position, loading.size);
    free(saved.data);
    assert_true(rig_hash(from, visit, from_chip) == rig_hash(to, visit, to_chip));
}

/* True if loading a state with one byte of CHIP changed is refused. */
static inline bool rig_refuses(struct rig *rig, void *chip, uint8_t *field, uint8_t value, rig_visit_fn *visit)
{
    struct state saved, loading;
    uint8_t old = *field;

    state_begin_save(&saved);
    *field = value;
    rig_visit(rig, visit, chip, &saved);
    *field = old;
    state_begin_load(&loading, saved.data, saved.size);
    rig_visit(rig, visit, chip, &loading);
    *field = old;
    free(saved.data);
    return state_failed(&loading);
}

#endif
