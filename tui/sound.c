/* The stream of PROBE_SPEAKER is turned into samples when something new is said, and at the end. All in integers: a
 * sample is a whole number of ticks. The format is Microsoft's RIFF/WAVE, PCM (Multimedia Programming Interface and
 * Data Specifications 1.0), whose sizes are of 32 bits: what goes beyond is not written. */
#include "tui/sound.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "emu/emu.h"
#include "emu/inspect.h"
#include "emu/probe.h"
#include "tui/output_file.h"

#define NEVER UINT64_MAX

enum { HEADER_BYTES = 44, SAMPLE_BYTES = 2, SAMPLE_TICKS = TICKS_PER_SECOND / SOUND_RATE };
_Static_assert(TICKS_PER_SECOND % SOUND_RATE == 0, "a sample is a whole number of ticks");

static const uint64_t most_samples = (UINT32_MAX - HEADER_BYTES) / SAMPLE_BYTES;

/* --- The file --- */

static void put_little(uint8_t *to, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

static void put_header(struct sound *s)
{
    uint8_t header[HEADER_BYTES] = "RIFF....WAVEfmt ....";
    uint32_t size = (uint32_t)(s->samples * SAMPLE_BYTES);

    put_little(header + 4, size + HEADER_BYTES - 8, 4);
    put_little(header + 16, 16, 4);
    put_little(header + 20, 1, 2);              /* PCM */
    put_little(header + 22, 1, 2);              /* channels */
    put_little(header + 24, SOUND_RATE, 4);
    put_little(header + 28, SOUND_RATE * SAMPLE_BYTES, 4);
    put_little(header + 32, SAMPLE_BYTES, 2);
    put_little(header + 34, SAMPLE_BYTES * 8, 2);
    memcpy(header + 36, "data", 4);
    put_little(header + 40, size, 4);
    s->failed |= fwrite(header, sizeof header, 1, s->file) != 1;
}

static void put_sample(struct sound *s)
{
    uint8_t sample[SAMPLE_BYTES];

    put_little(sample, (uint32_t)((uint64_t)s->driven * SOUND_LOUDEST / SAMPLE_TICKS), SAMPLE_BYTES);
    s->filled = s->driven = 0;
    if (s->samples == most_samples || s->failed)
        return;
    s->failed = fwrite(sample, sizeof sample, 1, s->file) != 1;
    s->samples += !s->failed;
}

/* --- From waves to samples --- */

static void add(struct sound *s, bool level, uint64_t ticks)
{
    while (ticks) {
        uint32_t room = (uint32_t)SAMPLE_TICKS - s->filled, part = ticks < room ? (uint32_t)ticks : room;
        s->filled += part;
        s->driven += level ? part : 0;
        ticks -= part;
        if (s->filled == SAMPLE_TICKS)
            put_sample(s);
    }
}

static void begin_wave(struct sound *s)
{
    const struct sound_wave *w = &s->wave[0];

    s->level = w->level;
    s->change = w->first ? w->from + w->first : NEVER;
}

static void drop_first_wave(struct sound *s)
{
    memmove(s->wave, s->wave + 1, --s->waves * sizeof *s->wave);
    begin_wave(s);
}

static void turn(struct sound *s)
{
    s->level = !s->level;
    uint32_t lasts = s->level == s->wave[0].level ? s->wave[0].same : s->wave[0].other;
    s->change = lasts ? s->change + lasts : NEVER;
}

static void advance(struct sound *s, uint64_t to)
{
    while (s->position < to) {
        uint64_t end = s->change < to ? s->change : to;
        if (s->waves > 1 && s->wave[1].from < end)
            end = s->wave[1].from;
        add(s, s->level, end - s->position);
        s->position = end;
        if (s->waves > 1 && s->wave[1].from == end)
            drop_first_wave(s);
        else if (s->change == end)
            turn(s);
    }
}

/* The wave may lie in the future; then others may still come before it. */
static void hear(void *ctx, const struct probe_event *e)
{
    struct sound *s = ctx;
    struct sound_wave wave = { e->d, e->b, e->c, e->a >> 1, e->a & 1 };

    advance(s, e->tick < e->d ? e->tick : e->d);
    if (wave.from < s->position)
        wave.from = s->position;
    while (s->waves && (s->wave[s->waves - 1].from >= wave.from || s->waves == SOUND_WAVES))
        s->waves--;
    s->wave[s->waves++] = wave;
    if (s->waves == 1)
        begin_wave(s);
}

/* --- Starting and stopping --- */

static bool fail(char *error, size_t error_size, const char *path, const char *why)
{
    snprintf(error, error_size, "%s: %s", path, why);
    return false;
}

/* Its header is written last, so a pipe will not do. */
static bool open_file(struct sound *s, const char *path, char *error, size_t error_size)
{
    int fd = output_stream(path, error, error_size);
    bool seeks = fd >= 0 && lseek(fd, 0, SEEK_CUR) >= 0;
    s->file = seeks ? fdopen(fd, "wb") : NULL;
    if (fd >= 0 && !s->file) {
        fail(error, error_size, path, seeks ? strerror(errno) : "is a pipe; name a file");
        close(fd);
    }
    return s->file != NULL;
}

bool sound_start(struct sound *s, struct machine *m, const char *path, char *error, size_t error_size)
{
    if (s->file)
        return fail(error, error_size, s->path, "is being captured into already; stopcapture ends that");
    if (strlen(path) >= sizeof s->path)
        return fail(error, error_size, path, strerror(ENAMETOOLONG));
    *s = (struct sound){ .machine = m };
    if (!open_file(s, path, error, error_size))
        return false;
    strcpy(s->path, path);
    put_header(s);
    s->listener = probe_listen(machine_probes(m), PROBE_BIT(PROBE_SPEAKER), hear, s);
    if (s->listener < 0) {
        fclose(s->file);
        s->file = NULL;
        return fail(error, error_size, path, "too many listeners to the machine's events");
    }
    sound_resync(s);
    return true;
}

void sound_resync(struct sound *s)
{
    if (!s->file)
        return;
    s->waves = 0;
    s->level = false;
    s->position = machine_tick(s->machine);
    s->change = NEVER;
    inspect_tell_speaker(s->machine);
}

bool sound_stop(struct sound *s, char *error, size_t error_size)
{
    if (!s->file)
        return true;
    advance(s, machine_tick(s->machine));
    probe_unlisten(machine_probes(s->machine), s->listener);
    bool full = s->samples == most_samples;
    errno = 0;
    s->failed |= fseek(s->file, 0, SEEK_SET) != 0;
    put_header(s);
    s->failed |= fclose(s->file) != 0;
    s->file = NULL;
    if (s->failed)
        return fail(error, error_size, s->path, errno ? strerror(errno) : "the file could not be written");
    return !full || fail(error, error_size, s->path, "a WAV file takes no more than 12 hours; the rest was left out");
}
