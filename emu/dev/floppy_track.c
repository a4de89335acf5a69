/* Media: their sizes and densities, and what lies where on a track.
 *
 * An image says nothing about gaps, so a disk is taken to be as FORMAT leaves it: IBM's System 34 layout (82077AA data
 * sheet, figure 5-4) with the gap 3 that DOS uses for the format, interleave 1, no skew. From the index hole on:
 *
 *     MFM  gap 4a 80, sync 12, index mark 4, gap 1 50; then for each sector
 *          sync 12, ID mark 4, ID 4, CRC 2, gap 2 22, sync 12, data mark 4, data, CRC 2, gap 3
 *     FM   gap 4a 40, sync 6, index mark 1, gap 1 26; sync 6, mark 1, ID 4, CRC 2, gap 2 11, sync 6, mark 1, ...
 *
 * and gap 4b up to the index. Gap 2 of perpendicular recording at 1 Mbit/s is 41 bytes, for the pre-erase head.
 *
 * A disk at full speed is at the angle "tick modulo the ticks of a revolution", with the index hole at 0, so the angle
 * is never stored. Left out: speed tolerance, and FM disks (FORMAT writes them, but nothing of it is kept). */
#include "emu/dev/floppy_parts.h"

#include <string.h>

enum { TYPE_360K = 1, TYPE_1200K, TYPE_720K, TYPE_1440K, TYPE_2880K };
enum { RATE_500, RATE_300, RATE_250, RATE_1000, RATE_NONE };
enum { LAST_CYLINDER_40 = 42, LAST_CYLINDER_80 = 85, MOST_DOUBLE_DENSITY = 11, MOST_HIGH_DENSITY = 24 };
enum { MFM = 0x40, ID_SIZE = 4, CRC_SIZE = 2, LARGEST_SIZE_CODE = 7 };
enum { GAP2_PERPENDICULAR = 41, PERPENDICULAR_MODE = 3 };

/* What was on sale, and what a size alone would be mistaken for: 640 sectors are also 80 tracks of 8. */
static const struct geometry standard_media[] = {
    { 40, 1, 8 }, { 40, 1, 9 }, { 40, 2, 8 }, { 40, 2, 9 }, { 80, 2, 9 }, { 80, 2, 15 }, { 80, 2, 18 }, { 80, 2, 21 },
    { 82, 2, 21 }, { 80, 2, 36 },
};

static const struct geometry native_media[] = {
    [0] = { 80, 2, 18 }, [TYPE_360K] = { 40, 2, 9 }, [TYPE_1200K] = { 80, 2, 15 }, [TYPE_720K] = { 80, 2, 9 },
    [TYPE_1440K] = { 80, 2, 18 }, [TYPE_2880K] = { 80, 2, 36 },
};

static uint64_t geometry_sectors(const struct geometry *g)
{
    return (uint64_t)g->cylinders * g->heads * g->sectors;
}

/* Formats with a few cylinders or sectors more than usual. One side or 40 tracks were only made at double density. */
static bool unusual_geometry(uint64_t sectors, struct geometry *geometry)
{
    static const uint8_t cylinders[] = { 80, 81, 82, 83, 84, 40, 41, 42 };
    for (unsigned heads = 2; heads; heads--) {
        for (unsigned i = 0; i < sizeof cylinders; i++) {
            uint64_t tracks = (uint64_t)cylinders[i] * heads, most = heads == 2 && cylinders[i] >= 80 ? 48 : 11;
            if (sectors % tracks == 0 && sectors / tracks >= 8 && sectors / tracks <= most) {
                *geometry = (struct geometry){ cylinders[i], heads, (uint32_t)(sectors / tracks) };
                return true;
            }
        }
    }
    return false;
}

struct geometry floppy_geometry(uint64_t sectors, unsigned type)
{
    const unsigned count = sizeof standard_media / sizeof standard_media[0];
    struct geometry geometry = native_media[type <= TYPE_2880K ? type : 0];
    for (unsigned i = 0; i < count; i++)
        if (geometry_sectors(&standard_media[i]) == sectors)
            return standard_media[i];
    if (unusual_geometry(sectors, &geometry) || geometry_sectors(&geometry) >= sectors)
        return geometry;
    for (unsigned i = 0; i < count; i++)
        if (geometry_sectors(&standard_media[i]) > sectors)
            return standard_media[i];
    return standard_media[count - 1];
}

static bool geometry_possible(const struct geometry *g)
{
    return g->cylinders >= 1 && g->cylinders <= 255 && g->heads >= 1 && g->heads <= 2 && g->sectors >= 1 &&
           g->sectors <= 255;
}

void floppy_change(struct floppy *f, unsigned drive, const struct drive_config *disk)
{
    struct floppy_drive *d = &f->drive[drive % FLOPPY_DRIVES];
    d->ops = disk && d->type ? disk->ops : NULL;
    d->disk = d->ops ? disk->ctx : NULL;
    d->sectors = d->ops ? disk->sectors : 0;
    d->read_only = d->ops && disk->read_only;
    d->geometry = (struct geometry){ 0, 0, 0 };
    if (d->ops)
        d->geometry = geometry_possible(&disk->geometry) ? disk->geometry : floppy_geometry(d->sectors, d->type);
    d->changed = true;
    memset(d->deleted, 0, sizeof d->deleted);
    floppy_run_disturbed(f, d->number, true);
}

/* --- Density --- */

/* The data rate at which the disk in this drive was recorded. */
static unsigned medium_rate(const struct floppy_drive *d)
{
    bool high = d->type == TYPE_1200K || d->type == TYPE_1440K || d->type == TYPE_2880K;
    if (d->geometry.sectors <= MOST_DOUBLE_DENSITY)
        return d->type == TYPE_1200K ? RATE_300 : RATE_250;
    if (d->geometry.sectors <= MOST_HIGH_DENSITY)
        return high ? RATE_500 : RATE_NONE;
    return d->type == TYPE_2880K ? RATE_1000 : RATE_NONE;
}

bool floppy_unfit(const struct floppy *f, unsigned drive)
{
    const struct floppy_drive *d = &f->drive[drive % FLOPPY_DRIVES];
    return d->ops && medium_rate(d) == RATE_NONE;
}

void floppy_follow_rate(struct floppy *f, const struct floppy_drive *d)
{
    if (!f->rate_chosen && d->ops && medium_rate(d) != RATE_NONE)
        f->rate = (uint8_t)medium_rate(d);
}

unsigned floppy_last_cylinder(const struct floppy_drive *d)
{
    return d->type == TYPE_360K ? LAST_CYLINDER_40 : LAST_CYLINDER_80;
}

unsigned floppy_medium_cylinder(const struct floppy_drive *d)
{
    bool double_step = d->type == TYPE_1200K && d->geometry.cylinders <= LAST_CYLINDER_40 + 1 &&
                       medium_rate(d) == RATE_300;
    return double_step ? d->cylinder / 2u : d->cylinder;
}

bool floppy_readable(const struct floppy *f, const struct floppy_drive *d, unsigned head)
{
    return medium_rate(d) == f->rate && head < d->geometry.heads && floppy_medium_cylinder(d) < d->geometry.cylinders;
}

/* All four divide the tick, so that no sum of bytes is off. */
uint64_t floppy_byte_ticks(const struct floppy *f)
{
    static const uint32_t bits_per_second[] = {
        [RATE_500] = 500000, [RATE_300] = 300000, [RATE_250] = 250000, [RATE_1000] = 1000000,
    };
    return clock_span(8, bits_per_second[f->rate & 3]);
}

/* --- The track --- */

/* Bytes of the parts that do not depend on the format: up to sector 0's sync, sync and mark, gap 2. */
struct recording { uint8_t first, mark, gap2; };

static const struct recording recording_mfm = { 80 + 12 + 4 + 50, 12 + 4, 22 };
static const struct recording recording_fm = { 40 + 6 + 1 + 26, 6 + 1, 11 };

static struct floppy_track lay_out(const struct recording *recording, uint64_t byte, unsigned size, unsigned gap3)
{
    struct floppy_track track = { .byte = byte, .first = recording->first, .id = recording->mark };
    track.found = track.id + ID_SIZE + CRC_SIZE;
    track.data = track.found + recording->gap2 + recording->mark;
    track.end = track.data + size + CRC_SIZE;
    track.pitch = track.end + gap3;
    return track;
}

/* Gap 3 as DOS formats: 1.44M 6Ch, 1.2M 54h, double density 50h, 2.88M 53h. */
static unsigned usual_gap3(const struct floppy_drive *d)
{
    if (d->geometry.sectors <= MOST_DOUBLE_DENSITY)
        return 0x50;
    if (d->geometry.sectors > MOST_HIGH_DENSITY)
        return 0x53;
    return d->geometry.sectors <= 15 ? 0x54 : 0x6C;
}

/* Formats with more sectors have shorter gaps; more than fit (images of disks with other sector sizes) are squeezed in
 * by a quicker pace. */
struct floppy_track floppy_track(const struct floppy *f, const struct floppy_drive *d)
{
    struct recording recording = recording_mfm;
    if (d->geometry.sectors > MOST_HIGH_DENSITY)
        recording.gap2 = GAP2_PERPENDICULAR;
    struct floppy_track track = lay_out(&recording, floppy_byte_ticks(f), FLOPPY_SECTOR, 1);
    uint64_t room = floppy_revolution(d) / track.byte - track.first, pitch = room / d->geometry.sectors;
    uint64_t usual = track.end + usual_gap3(d);
    if (pitch >= track.pitch)
        track.pitch = (uint32_t)(pitch < usual ? pitch : usual);
    else
        track.byte = floppy_revolution(d) / (track.first + (uint64_t)track.pitch * d->geometry.sectors);
    return track;
}

struct floppy_track floppy_new_track(const struct floppy *f, const struct floppy_drive *d)
{
    bool mfm = f->command[0] & MFM;
    bool perpendicular = f->rate == RATE_1000 && ((f->perpendicular & 3) == PERPENDICULAR_MODE ||
                                                  (f->perpendicular >> (2 + d->number) & 1));
    struct recording recording = mfm ? recording_mfm : recording_fm;
    if (mfm && perpendicular)
        recording.gap2 = GAP2_PERPENDICULAR;
    unsigned code = f->command[2] < LARGEST_SIZE_CODE ? f->command[2] : LARGEST_SIZE_CODE;
    return lay_out(&recording, floppy_byte_ticks(f) * (mfm ? 1 : 2), 128u << code, f->command[4]);
}

/* --- Rotation --- */

uint64_t floppy_revolution(const struct floppy_drive *d)
{
    return TICKS_PER_SECOND / (d->type == TYPE_1200K ? 6 : 5);
}

uint64_t floppy_index(const struct floppy_drive *d, uint64_t from)
{
    uint64_t revolution = floppy_revolution(d), rest = from % revolution;
    return rest ? from - rest + revolution : from;
}

uint64_t floppy_second_index(const struct floppy_drive *d, uint64_t from)
{
    return (from / floppy_revolution(d) + 2) * floppy_revolution(d);
}

uint64_t floppy_passes(const struct floppy_drive *d, const struct floppy_track *track, unsigned index, uint64_t from)
{
    uint64_t revolution = floppy_revolution(d);
    uint64_t tick = from - from % revolution + (track->first + (uint64_t)track->pitch * index) * track->byte;
    return tick < from ? tick + revolution : tick;
}

uint64_t floppy_any_passes(const struct floppy_drive *d, const struct floppy_track *track, uint64_t from,
                           unsigned *index)
{
    uint64_t first = track->first * track->byte, pitch = track->pitch * track->byte;
    uint64_t angle = from % floppy_revolution(d);
    uint64_t next = angle > first ? (angle - first + pitch - 1) / pitch : 0;
    *index = next < d->geometry.sectors ? (unsigned)next : 0;
    return floppy_passes(d, track, *index, from);
}
