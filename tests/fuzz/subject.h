/* One case of the fuzzer: a plan made from a seed, and machines that were set up by it. Everything that happens to a
 * machine of a plan follows from the seed. */
#ifndef TESTS_FUZZ_SUBJECT_H
#define TESTS_FUZZ_SUBJECT_H

#include "emu/emu.h"
#include "emu/machine.h"
#include "tests/fuzz/random.h"

/* What the machine is filled with. */
enum plan_kind {
    PLAN_WORLD,                 /* tables and code of world.h; the BIOS is not used */
    PLAN_NOISE,                 /* random bytes everywhere */
    PLAN_GUEST,                 /* a mutated program of tests/guests, after the BIOS has set the machine up */
    PLAN_ROM,                   /* a mutated system ROM from reset */
    PLAN_KINDS
};

/* What is done to the parameters of the board. */
enum plan_settings { SETTINGS_NONE, SETTINGS_LEAST, SETTINGS_MOST, SETTINGS_SOME, SETTINGS_KINDS };

enum { STATIONS_MAX = 4 };

/* The machine stops at each station, is compared, and has something done to it. */
struct plan {
    uint64_t seed;
    enum plan_kind kind;
    unsigned mode;              /* enum world_mode */
    unsigned profile;           /* number of the board */
    enum timing_mode timing;
    enum plan_settings settings;
    unsigned fast_clocks;
    bool stop_on_shutdown;
    bool quiet;                 /* PLAN_WORLD: no timer is started */
    unsigned stations;
    struct { uint32_t instructions; uint64_t ticks; } station[STATIONS_MAX];     /* whichever is over first */
};

struct memory_image { uint8_t *bytes; size_t size; };

/* Guest programs and states of machines whose BIOS is ready, kept from case to case. */
struct stock {
    struct memory_image *guest;
    unsigned guests;
    unsigned timings;                       /* how many of enum timing_mode this machine has */
    struct memory_image ready[16][3];       /* by profile and timing */
};

struct floppy_and_disk { struct memory_image image[2]; };

struct subject {
    struct machine *machine;
    struct floppy_and_disk disks;
    struct drive_config floppy; /* what is in drive A */
    uint64_t output;            /* hash of the bytes that the machine sent out */
};

/* Reads the guest programs of FOLDER, in the order of their names. False if there are none. */
bool stock_open(struct stock *stock, const char *folder);
void stock_close(struct stock *stock);

void plan_make(struct plan *plan, const struct stock *stock, uint64_t seed);

/* In place: the machine keeps the subject's address. Ends the program when memory is short. */
void subject_create(struct subject *s, const struct plan *plan, struct stock *stock);
void subject_destroy(struct subject *s);

/* Replaces the machine by a new one of the same plan that went on from its saved state. False, and a word on stderr, if
 * saving or loading fails. */
bool subject_resume(struct subject *s, const struct plan *plan);

/* What happens to the machine from outside at a station: keys, bytes, floppies, timing and boards, pokes. */
void subject_poke(struct subject *s, const struct plan *plan, unsigned station);

/* Of everything: the machine, its disks, what it sent. */
uint64_t subject_hash(struct subject *s);

/* Prints the first fields in which the saved states differ. */
void subject_print_difference(struct subject *a, struct subject *b);

#endif
