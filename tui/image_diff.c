/* diff: which sectors of two images differ, and what they are part of, by the FAT file systems on them. */
#include "tui/image_command.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/fat.h"

enum { SECTOR = 512, CHUNK = 1 << 20 };

struct side { struct image *image; struct fat *fat; };

/* A run of sectors that differ and are part of the same on either side. */
struct run { uint64_t first, sectors; const char *was, *is; };

struct diff {
    const struct image_arguments *a;
    struct side left, right;
    json_t *list;
    struct run run;
    uint64_t differing;
};

static bool read_image(void *ctx, uint64_t offset, void *buffer, size_t bytes)
{
    return image_read(ctx, offset, buffer, bytes) == 0;
}

static bool open_side(const struct image_arguments *a, const char *path, enum image_format format, struct side *side)
{
    side->image = image_must_open(a, path, &(struct image_options){ .format = format });
    if (!side->image)
        return false;
    side->fat = fat_open(&(struct fat_disk){ read_image, side->image, image_size(side->image) });
    if (!side->fat)
        image_complain("out of memory");
    return side->fat != NULL;
}

static void close_side(struct side *side)
{
    fat_close(side->fat);
    image_close(side->image);
}

static void emit(struct diff *d)
{
    const struct run *r = &d->run;
    if (!r->sectors)
        return;
    bool same = strcmp(r->was, r->is) == 0;
    if (d->a->json)
        json_array_append_new(d->list, json_pack("{sI sI ss ss}", "sector", (json_int_t)r->first, "count",
                                                 (json_int_t)r->sectors, "was", r->was, "is", r->is));
    else
        printf("%10" PRIu64 " %8" PRIu64 "  %s%s%s\n", r->first, r->sectors, r->was, same ? "" : " -> ",
               same ? "" : r->is);
    d->run.sectors = 0;
}

/* SECTOR differs. */
static void note(struct diff *d, uint64_t sector)
{
    uint64_t bytes;
    const char *was = fat_owner(d->left.fat, sector * SECTOR, &bytes),
               *is = fat_owner(d->right.fat, sector * SECTOR, &bytes);
    struct run *r = &d->run;
    d->differing++;
    if (r->sectors && r->first + r->sectors == sector && r->was == was && r->is == is) {
        r->sectors++;
        return;
    }
    emit(d);
    *r = (struct run){ sector, 1, was, is };
}

/* Reads CHUNK bytes at OFFSET as the disk of SIDE has them; past its end are zeros. */
static bool read_side(const struct side *side, uint64_t offset, uint8_t *buffer)
{
    uint64_t size = image_size(side->image), left = offset < size ? size - offset : 0;
    size_t held = left < CHUNK ? (size_t)left : CHUNK;
    memset(buffer + held, 0, CHUNK - held);
    return !held || image_read(side->image, offset, buffer, held) == 0 ||
           image_complain("%s", image_last_error(side->image)) == 0;
}

/* Notes the sectors that differ in the chunk at OFFSET. */
static bool compare_chunk(struct diff *d, uint64_t offset)
{
    static uint8_t was[CHUNK], is[CHUNK];
    if (!read_side(&d->left, offset, was) || !read_side(&d->right, offset, is))
        return false;
    for (size_t at = 0; at < CHUNK; at += SECTOR)
        if (memcmp(was + at, is + at, SECTOR) != 0)
            note(d, (offset + at) / SECTOR);
    return true;
}

/* From one difference to the next by the tables where that is possible, then sector by sector. */
static int find_all(struct diff *d)
{
    struct image_progress progress = image_progress_of(d->a);
    struct image_difference found;
    for (uint64_t at = 0;; at = found.offset / SECTOR * SECTOR + CHUNK) {
        int code = image_compare(d->left.image, d->right.image, at, &progress, &found);
        if (code < 0)
            return image_complain("%s", image_last_error(found.failed));
        if (!found.differs)
            break;
        if (!compare_chunk(d, found.offset / SECTOR * SECTOR))
            return 1;
    }
    emit(d);
    return 0;
}

static int report(struct diff *d)
{
    if (!d->a->json && !d->a->quiet)
        printf("%10s %8s  %s\n", "Sector", "Count", "Part of");
    int failed = find_all(d);
    if (failed)
        return 2;
    if (d->a->json) {
        json_dumpf(d->list, stdout, JSON_INDENT(4));
        putchar('\n');
    } else if (!d->a->quiet)
        printf("%" PRIu64 " sector%s.\n", d->differing, d->differing == 1 ? " differs" : "s differ");
    return d->differing != 0;
}

int image_diff(const struct image_arguments *a)
{
    struct diff d = { .a = a, .list = json_array() };
    int result = 2;
    if (open_side(a, a->words[0], a->format, &d.left) && open_side(a, a->words[1], a->backing_format, &d.right))
        result = report(&d);
    json_decref(d.list);
    close_side(&d.left);
    close_side(&d.right);
    return result;
}
