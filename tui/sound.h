/* `wavcapture FILE.wav`: what the guest's speaker does, as a file.
 *
 * The file is mono, 48,000 samples of 16 bits a second of guest time, from which it is computed, so that the same run
 * makes the same file at any speed of the host. A sample is the part of its time for which the speaker was driven, 0 to
 * SOUND_LOUDEST: exact edges through a box filter, which also makes music of what programs play by pulse widths. */
#ifndef TUI_SOUND_H
#define TUI_SOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct machine;

enum { SOUND_RATE = 48000, SOUND_LOUDEST = 16384, SOUND_WAVES = 16 };

/* What the speaker does from a tick on, as PROBE_SPEAKER tells it. */
struct sound_wave {
    uint64_t from;
    uint32_t first, other, same;
    bool level;
};

/* Zeroed: nothing is captured. */
struct sound {
    FILE *file;
    char path[1024];
    struct machine *machine;
    int listener;
    struct sound_wave wave[SOUND_WAVES];    /* the one in force, then those to come */
    unsigned waves;
    bool level;                 /* at `position` */
    uint64_t position;          /* tick up to which all is sampled */
    uint64_t change;            /* tick at which the wave in force changes its level next, or UINT64_MAX */
    uint32_t filled, driven;    /* ticks of the present sample, and those for which the speaker was driven */
    uint64_t samples;
    bool failed;                /* a write went wrong */
};

/* Captures from now on into PATH, which is made anew. False: one line in ERROR. */
bool sound_start(struct sound *s, struct machine *m, const char *path, char *error, size_t error_size);

/* Ends the capture and completes the file. True if there was none. False: ERROR tells what could not be written. */
bool sound_stop(struct sound *s, char *error, size_t error_size);

/* To be called when another state was loaded into the machine: the sound goes on from there. */
void sound_resync(struct sound *s);

#endif
