/* seeds FOLDER: makes the first inputs of the qcow2 fuzzer, one file each: small images by qemu-img in every shape of
 * shapes.h, with snapshots, bitmaps and data files; and from one of them images with loops, overlaps, cut ends, huge
 * tables and names that lead back. */
#define _GNU_SOURCE
#include "tests/qcow2/fuzz/packed.h"
#include "tests/qcow2/shapes.h"

static char folder[4000];

/* Packs FILE as seed NAME. */
static void save(const char *name, const uint8_t *file, size_t bytes)
{
    char path[4300];
    uint8_t *packed = malloc(PACKED_MAX_INPUT), *to = packed + PACKED_HEAD;
    static const uint8_t zeros[PACKED_SECTOR];
    put_be32(packed, (uint32_t)bytes);
    for (size_t at = 0; at < bytes; at += PACKED_SECTOR) {
        size_t part = bytes - at < PACKED_SECTOR ? bytes - at : PACKED_SECTOR;
        if (memcmp(file + at, zeros, part) == 0 || to + PACKED_RECORD > packed + PACKED_MAX_INPUT)
            continue;
        put_be32(to, (uint32_t)(at / PACKED_SECTOR));
        memset(to + 4, 0, PACKED_SECTOR);
        memcpy(to + 4, file + at, part);
        to += PACKED_RECORD;
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    put_file(path, packed, (size_t)(to - packed));
    free(packed);
}

static void save_image(const char *name)
{
    size_t bytes;
    uint8_t *file = get_file("image", &bytes);
    if (bytes <= PACKED_MAX_FILE)
        save(name, file, bytes);
    free(file);
}

static void make_of_shape(size_t row)
{
    const struct shape *s = &shapes[row];
    char name[40];
    bool backed = s->base != BASE_NONE;
    must("rm -f image base data && truncate -s 300000 base");
    must("qemu-img create -f qcow2 -o compat=%s,cluster_size=%u,refcount_bits=%u%s%s%s %s image %s",
         s->version == 2 ? "0.10" : "1.1", s->cluster, s->refcount_bits, s->extended ? ",extended_l2=on" : "",
         s->packing == ZSTD ? ",compression_type=zstd" : "", s->lazy ? ",lazy_refcounts=on" : "",
         backed ? "-b base -F raw" : "", s->size == SIZE_HUGE ? "20M" : s->size == SIZE_SECTOR ? "5000" : "300k");
    must("qemu-io -f qcow2 -c 'write -P 3 0 2k' image");
    if (s->size != SIZE_SECTOR) {
        run("qemu-io -f qcow2 -c 'write %s -P 5 64k %u' image", s->packing == PLAIN ? "" : "-c",
            s->cluster > 65536 ? 65536 : s->cluster);
        run("qemu-io -f qcow2 -c 'write -z 10k 5k' -c 'discard 20k 30k' -c 'write -P 9 290k 1k' image");
    }
    if (s->refcount_bits > 1 && row % 2)
        must("qemu-img snapshot -c one image && qemu-io -f qcow2 -c 'write -P 4 0 1k' image");
    if (s->version == 3 && row % 5 == 0)
        run("qemu-img bitmap --add image dirt");
    snprintf(name, sizeof name, "shape-%zu", row);
    save_image(name);
}

static void make_with_data(unsigned n)
{
    char name[40];
    must("rm -f image data && "
         "qemu-img create -f qcow2 -o cluster_size=%s,extended_l2=%s,data_file=data,data_file_raw=%s image 200k && "
         "qemu-io -f qcow2 -c 'write -P 3 0 2k' -c 'write -z 64k 64k' image",
         n & 1 ? "16k" : "64k", n & 1 ? "on" : "off", n & 2 ? "on" : "off");
    snprintf(name, sizeof name, "data-%u", n);
    save_image(name);
}

/* A refcount table that the next allocations fill. */
static void make_almost_full(void)
{
    must("rm -f image && qemu-img create -f qcow2 -o cluster_size=512,refcount_bits=64 image 2M && "
         "qemu-io -f qcow2 -c 'write -P 0 0 1930k' image");
    save_image("almost-full");
}

/* Where things lie in the image that is damaged. */
static struct { uint8_t *file; size_t bytes; uint64_t l1, l2, table, block, snapshot; } sound;

static void learn(void)
{
    must("rm -f image && qemu-img create -f qcow2 -o cluster_size=512,refcount_bits=16 image 200k && "
         "qemu-io -f qcow2 -c 'write -P 3 0 40k' image && qemu-img snapshot -c one image && qemu-io -f qcow2 "
         "-c 'write -P 4 0 9k' image");
    sound.file = get_file("image", &sound.bytes);
    sound.l1 = get_be64(sound.file + 40);
    sound.l2 = get_be64(sound.file + sound.l1) & UINT64_C(0xFFFFFFFFFFFE00);
    sound.table = get_be64(sound.file + 48);
    sound.block = get_be64(sound.file + sound.table);
    sound.snapshot = get_be64(sound.file + 64);
}

/* One number of the file, of WIDTH bytes, changed. LONGER: then the file is that much longer. */
static void damage(const char *name, uint64_t at, unsigned width, uint64_t value, size_t longer)
{
    uint8_t *file = calloc(1, sound.bytes + longer);
    memcpy(file, sound.file, sound.bytes);
    if (width == 4)
        put_be32(file + at, (uint32_t)value);
    else if (width == 8)
        put_be64(file + at, value);
    save(name, file, sound.bytes + longer);
    free(file);
}

static void damage_all(void)
{
    const uint64_t copied = UINT64_C(1) << 63, packed = UINT64_C(1) << 62;
    const struct { const char *name; uint64_t at; unsigned width; uint64_t value; size_t longer; } list[] = {
        { "bad-l1-in-itself", sound.l1, 8, sound.l1 | copied, 0 },
        { "bad-l1-to-header", sound.l1, 8, copied, 0 },
        { "bad-l2-in-itself", sound.l2, 8, sound.l2 | copied, 0 },
        { "bad-l2-to-l1", sound.l2, 8, sound.l1 | copied, 0 },
        { "bad-l2-to-refcounts", sound.l2 + 8, 8, sound.block | copied, 0 },
        { "bad-two-tables", sound.l1 + 8, 8, sound.l2 | copied, 0 },
        { "bad-data-past-end", sound.l2, 8, copied | 1 << 30, 0 },
        { "bad-data-far", sound.l2, 8, copied | UINT64_C(1) << 55, 0 },
        { "bad-data-twice", sound.l2 + 8, 8, get_be64(sound.file + sound.l2), 0 },
        { "bad-packed-past-end", sound.l2, 8, packed | 0x0FFFFFFFFFFFFF, 0 },
        { "bad-packed-header", sound.l2, 8, packed, 0 },
        { "bad-table-to-itself", sound.table, 8, sound.table, 0 },
        { "bad-table-to-header", sound.table, 8, 512, 0 },
        { "bad-block-gone", sound.table, 8, 0, 0 },
        { "bad-count-zero", sound.block, 8, 0, 0 },
        { "bad-count-most", sound.block, 8, UINT64_MAX, 0 },
        { "bad-l1-huge", 36, 4, 4 << 20, 40 << 20 },
        { "bad-l1-over-all", 40, 8, 0, 0 },
        { "bad-table-huge", 56, 4, 16384, 20 << 20 },
        { "bad-size-huge", 24, 8, UINT64_C(1) << 37, 40 << 20 },
        { "bad-snapshots-many", 60, 4, 65536, 8 << 20 },
        { "bad-snapshots-at-l1", 64, 8, sound.l1, 0 },
        { "bad-snapshot-l1-live", sound.snapshot, 8, sound.l1, 0 },
        { "bad-snapshot-l1-huge", sound.snapshot + 8, 4, 4 << 20, 40 << 20 },
        { "bad-snapshot-extra", sound.snapshot + 36, 4, 1024, 0 },
        { "bad-extension", 108, 4, UINT32_MAX, 0 },
        { "bad-dirty", 72, 8, 1, 0 },
        { "bad-corrupt", 72, 8, 2, 0 },
        { "bad-data-file", 72, 8, 4, 0 },
        { "bad-autoclear", 88, 8, 3, 0 },
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        damage(list[i].name, list[i].at, list[i].width, list[i].value, list[i].longer);
    save("bad-half", sound.file, sound.bytes / 2);
    save("bad-end", sound.file, sound.bytes - 1);
    save("bad-header-alone", sound.file, 512);
}

/* Images that are backed by themselves, by each other's shape of name, and by what is not there. */
static void make_names(void)
{
    static const char *const names[] = { "image", "./image", "base", "../base", "/dev/zero", "json:{}", "nbd:x",
                                         "data" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char seed[40];
        must("rm -f image && qemu-img create -f qcow2 image 200k && qemu-img rebase -u -F %s -b '%s' image",
             i % 2 ? "qcow2" : "raw", names[i]);
        snprintf(seed, sizeof seed, "name-%zu", i);
        save_image(seed);
    }
}

int main(int argc, char **argv)
{
    void *here;
    if (argc != 2 || !realpath(argv[1], folder) || enter_folder(&here) < 0)
        return 1;
    /* The tables of the largest clusters take long under sanitizers: a few of those will do. */
    for (size_t row = 0, large = 0; row < SHAPES; row++)
        if (shapes[row].cluster < 2 << 20 || large++ < 3)
            make_of_shape(row);
    for (unsigned n = 0; n < 4; n++)
        make_with_data(n);
    make_almost_full();
    learn();
    damage_all();
    free(sound.file);
    make_names();
    return leave_folder(&here);
}
