/* Geometry of hard disks: what a partition table says, and what QEMU would choose (hw/block/hd-geometry.c describes
 * the rules: 16 heads and 63 sectors; over 1024 cylinders the BIOS translates, assisted by LBA, or by doubling the
 * heads).
 *
 * A table holds up to eight pairs of a CHS and an LBA address. A geometry fits if LBA = (c * heads + h) * sectors +
 * s - 1 for each pair; pairs at cylinder 1023 are often clamped and count only if nothing else is there. Among those
 * that fit, the one in which most partitions end at a cylinder's end is taken. */
#include "emu/geometry.h"

#include <stddef.h>

enum { TABLE_OFFSET = 446, ENTRY_SIZE = 16, ENTRIES = 4, MAX_PAIRS = 8, LAST_CYLINDER = 1023 };

struct pair { uint32_t c, h, s, lba; bool is_end; };

static uint32_t le32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool add_pair(struct pair *pair, const uint8_t *chs, uint64_t lba, uint64_t sectors)
{
    *pair = (struct pair){ .c = chs[2] | (uint32_t)(chs[1] & 0xC0) << 2, .h = chs[0], .s = chs[1] & 63 };
    pair->lba = (uint32_t)lba;
    return pair->s != 0 && pair->c < LAST_CYLINDER && lba < sectors && lba <= UINT32_MAX;
}

static unsigned collect_pairs(const uint8_t *mbr, uint64_t sectors, struct pair *pairs)
{
    unsigned count = 0;
    for (unsigned i = 0; i < ENTRIES; i++) {
        const uint8_t *entry = mbr + TABLE_OFFSET + i * ENTRY_SIZE;
        uint64_t first = le32(entry + 8), length = le32(entry + 12);
        if (entry[4] == 0 || length == 0 || first + length > sectors)
            continue;
        if (add_pair(&pairs[count], entry + 1, first, sectors))
            count++;
        if (add_pair(&pairs[count], entry + 5, first + length - 1, sectors))
            pairs[count++].is_end = true;
    }
    return count;
}

static bool fits(const struct pair *pair, uint32_t heads, uint32_t sectors)
{
    return pair->h < heads && pair->s <= sectors &&
           ((uint64_t)pair->c * heads + pair->h) * sectors + pair->s - 1 == pair->lba;
}

/* -1 if the geometry does not fit, else how many partitions end at a cylinder's end. */
static int score(const struct pair *pairs, unsigned count, uint32_t heads, uint32_t sectors)
{
    int ends = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!fits(&pairs[i], heads, sectors))
            return -1;
        ends += pairs[i].is_end && pairs[i].h == heads - 1 && pairs[i].s == sectors;
    }
    return ends;
}

static bool any_beyond_first_cylinder(const struct pair *pairs, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (pairs[i].c > 0)
            return true;
    return false;
}

static uint32_t cylinders_of(uint64_t total, uint32_t heads, uint32_t sectors)
{
    uint64_t cylinders = total / ((uint64_t)heads * sectors);
    if (cylinders > UINT32_MAX)
        cylinders = UINT32_MAX;
    return cylinders ? (uint32_t)cylinders : 1;
}

/* All partitions end beyond what CHS can say (clamped): the end's head and sector are still those of a cylinder's
 * end, as QEMU assumes. */
static bool from_clamped_end(const uint8_t *mbr, uint64_t total, struct geometry *logical)
{
    for (unsigned i = 0; i < ENTRIES; i++) {
        const uint8_t *entry = mbr + TABLE_OFFSET + i * ENTRY_SIZE;
        uint64_t length = le32(entry + 12);
        uint32_t sectors = entry[6] & 63;
        if (entry[4] == 0 || length == 0 || le32(entry + 8) + length > total || entry[5] == 0 || sectors == 0)
            continue;
        logical->heads = entry[5] + 1u;
        logical->sectors = sectors;
        return logical->heads <= 255;
    }
    return false;
}

static bool from_pairs(const struct pair *pairs, unsigned count, struct geometry *logical)
{
    int best = -1;
    for (uint32_t sectors = 63; sectors > 0; sectors--)
        for (uint32_t heads = 255; heads > 0; heads--) {
            int found = score(pairs, count, heads, sectors);
            if (found > best) {
                best = found;
                logical->heads = heads;
                logical->sectors = sectors;
            }
        }
    return best >= 0;
}

bool geometry_from_table(const uint8_t *mbr, uint64_t sectors, struct geometry *logical)
{
    struct pair pairs[MAX_PAIRS + 1];
    if (mbr[510] != 0x55 || mbr[511] != 0xAA)
        return false;
    unsigned count = collect_pairs(mbr, sectors, pairs);
    bool found = any_beyond_first_cylinder(pairs, count) ? from_pairs(pairs, count, logical)
                                                         : from_clamped_end(mbr, sectors, logical);
    if (found)
        logical->cylinders = cylinders_of(sectors, logical->heads, logical->sectors);
    return found;
}

static struct geometry standard_physical(uint64_t total)
{
    uint32_t cylinders = cylinders_of(total, 16, 63);
    cylinders = cylinders > 16383 ? 16383 : cylinders < 2 ? 2 : cylinders;
    return (struct geometry){ cylinders, 16, 63 };
}

static struct geometry lba_assisted(uint64_t total)
{
    static const uint32_t steps[] = { 16, 32, 64, 128 };
    uint32_t heads = 255;
    for (unsigned i = 0; i < sizeof steps / sizeof *steps; i++)
        if (total / 63 / 1024 <= steps[i]) {
            heads = steps[i];
            break;
        }
    return (struct geometry){ cylinders_of(total, heads, 63), heads, 63 };
}

static struct geometry doubled_heads(struct geometry g)
{
    while (g.cylinders > 1024 && g.heads < 128) {
        g.cylinders >>= 1;
        g.heads <<= 1;
    }
    return g;
}

static bool same_shape(struct geometry a, struct geometry b)
{
    return a.heads == b.heads && a.sectors == b.sectors;
}

/* The drive under a logical geometry that somebody chose, and the translation between the two. */
static struct disk_geometry beneath(struct geometry logical, uint64_t total)
{
    struct disk_geometry plan = { .logical = logical, .physical = logical };
    if (logical.heads <= 16) {
        if (plan.physical.cylinders > 16383)
            plan.physical.cylinders = 16383;
        return plan;
    }
    plan.physical = standard_physical(total);
    plan.translation = TRANSLATION_LBA;
    if (same_shape(lba_assisted(total), logical))
        return plan;
    plan.translation = TRANSLATION_LARGE;
    if (same_shape(doubled_heads(plan.physical), logical))
        return plan;
    struct geometry halved = logical;
    while (halved.heads > 16 && halved.heads % 2 == 0 && halved.cylinders <= 16383 / 2) {
        halved.heads /= 2;
        halved.cylinders *= 2;
    }
    if (halved.heads <= 16)
        plan.physical = halved;
    else
        plan.translation = TRANSLATION_LBA;
    return plan;
}

static bool usable(const struct geometry *g)
{
    return g && g->heads >= 1 && g->heads <= 255 && g->sectors >= 1 && g->sectors <= 63;
}

struct disk_geometry geometry_plan(uint64_t sectors, const uint8_t *mbr, const struct geometry *wanted)
{
    struct geometry logical;
    if (usable(wanted)) {
        logical = *wanted;
        if (logical.cylinders == 0)
            logical.cylinders = cylinders_of(sectors, logical.heads, logical.sectors);
    } else if (!mbr || !geometry_from_table(mbr, sectors, &logical)) {
        logical = standard_physical(sectors);
        if (logical.cylinders > 1024)
            logical = lba_assisted(sectors);
    }
    return beneath(logical, sectors);
}
