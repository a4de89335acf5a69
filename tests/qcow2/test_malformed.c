/* Files that are not what they say: refused with a line that tells why, or an I/O error where it is read; never a
 * crash, a hang, or a write that spreads the damage. */
#include "tests/qcow2/tools.h"

enum { DISK_BYTES = 256 * 1024 };

/* An image with some data, to be freed by the caller. */
static uint8_t *make_shape(struct image_create_options shape, size_t *bytes)
{
    struct image_error error;
    uint8_t *disk = make_disk(DISK_BYTES, 31);
    remove("image");
    assert_int_equal(image_create("image", DISK_BYTES, &shape, &error), 0);
    struct image *image = open_image("image", true);
    assert_int_equal(image_write(image, 0, disk, 100000), 0);
    assert_int_equal(image_write(image, 200000, disk + 200000, 3000), 0);
    must_close(image);
    free(disk);
    return get_file("image", bytes);
}

static uint8_t *make_image(size_t *bytes)
{
    return make_shape((struct image_create_options){ .cluster_size = 512 }, bytes);
}

static int open_code(bool writable, struct image_error *error)
{
    struct image *image;
    struct image_options options = { .writable = writable, .format = IMAGE_FORMAT_QCOW2 };
    int code = image_open(&image, "image", &options, error);
    if (code == 0)
        image_close(image);
    return code;
}

/* One field of the header set to a value that must not be believed. */
static const struct {
    const char *what;
    unsigned at, width;
    uint64_t value;
    int reading, writing;       /* what opening gives */
} header_fields[] = {
    { "magic", 0, 4, 0x514649FA, -EINVAL, -EINVAL },
    { "version 1", 4, 4, 1, -ENOTSUP, -ENOTSUP },
    { "version 4", 4, 4, 4, -ENOTSUP, -ENOTSUP },
    { "backing name past the cluster", 8, 8, 4096, -EINVAL, -EINVAL },
    { "backing name over the header", 8, 8, 8, -EINVAL, -EINVAL },
    { "backing name near 2^64", 8, 8, UINT64_MAX - 3, -EINVAL, -EINVAL },
    { "cluster bits 0", 20, 4, 0, -EINVAL, -EINVAL },
    { "cluster bits 8", 20, 4, 8, -EINVAL, -EINVAL },
    { "cluster bits 22", 20, 4, 22, -EINVAL, -EINVAL },
    { "cluster bits 64", 20, 4, 64, -EINVAL, -EINVAL },
    { "cluster bits 2^31", 20, 4, 0x80000000, -EINVAL, -EINVAL },
    { "size near 2^64", 24, 8, UINT64_MAX, -EINVAL, -EINVAL },
    { "size beyond the L1 table", 24, 8, UINT64_C(1) << 40, -EINVAL, -EINVAL },
    { "AES", 32, 4, 1, -ENOTSUP, -ENOTSUP },
    { "LUKS without its header", 32, 4, 2, -ENOTSUP, -ENOTSUP },
    { "L1 of no entries", 36, 4, 0, -EINVAL, -EINVAL },
    { "L1 of 2^32 entries", 36, 4, UINT32_MAX, -EINVAL, -EINVAL },
    { "L1 of 32 MiB", 36, 4, 4 << 20, -EINVAL, -EINVAL },
    { "L1 unaligned", 40, 8, 100, -EINVAL, -EINVAL },
    { "L1 past the end", 40, 8, UINT64_C(1) << 40, -EINVAL, -EINVAL },
    { "L1 near 2^64", 40, 8, UINT64_C(0xFFFFFFFFFFFFFE00), -EINVAL, -EINVAL },
    { "L1 over the header", 40, 8, 0, 0, -EINVAL },
    { "refcount table unaligned", 48, 8, 513, -EINVAL, -EINVAL },
    { "refcount table past the end", 48, 8, UINT64_C(1) << 50, -EINVAL, -EINVAL },
    { "refcount table over the header", 48, 8, 0, 0, -EINVAL },
    { "refcount table empty", 56, 4, 0, -EINVAL, -EINVAL },
    { "refcount table huge", 56, 4, UINT32_MAX, -EINVAL, -EINVAL },
    { "snapshots without a table", 60, 4, 1, 0, -EINVAL },
    { "65537 snapshots", 60, 4, 65537, -EINVAL, -EINVAL },
    { "2^32 snapshots", 60, 4, UINT32_MAX, -EINVAL, -EINVAL },
    { "dirty", 72, 8, 1, 0, -EROFS },
    { "corrupt", 72, 8, 2, 0, -EROFS },
    { "external data file", 72, 8, 4, -EPERM, -EPERM },
    { "compression bit without a type", 72, 8, 8, -EINVAL, -EINVAL },
    { "extended L2 with small clusters", 72, 8, 16, -EINVAL, -EINVAL },
    { "unknown incompatible bit 5", 72, 8, 32, -ENOTSUP, -ENOTSUP },
    { "unknown incompatible bit 63", 72, 8, UINT64_C(1) << 63, -ENOTSUP, -ENOTSUP },
    { "unknown compatible bit", 80, 8, UINT64_C(1) << 63, 0, 0 },
    { "unknown autoclear bit", 88, 8, UINT64_C(1) << 63, 0, 0 },
    { "refcount order 7", 96, 4, 7, -EINVAL, -EINVAL },
    { "refcount order 2^32", 96, 4, UINT32_MAX, -EINVAL, -EINVAL },
    { "header of 96 bytes", 100, 4, 96, -EINVAL, -EINVAL },
    { "header longer than a cluster", 100, 4, 520, -EINVAL, -EINVAL },
    { "extension that runs out", 108, 4, 100000, -EINVAL, -EINVAL },
    { "extension of 2^32 bytes", 108, 4, UINT32_MAX, -EINVAL, -EINVAL }
};

static void headers_are_not_believed(void **state)
{
    size_t bytes;
    struct image_error error;
    (void)state;
    uint8_t *good = make_image(&bytes), *bad = malloc(bytes);
    for (size_t i = 0; i < sizeof header_fields / sizeof header_fields[0]; i++) {
        memcpy(bad, good, bytes);
        put_be32(bad + 104, 0x11223344);        /* some unknown extension, for those that change its length */
        put_be32(bad + 108, 8);
        if (header_fields[i].width == 4)
            put_be32(bad + header_fields[i].at, (uint32_t)header_fields[i].value);
        else
            put_be64(bad + header_fields[i].at, header_fields[i].value);
        if (header_fields[i].at == 8)
            put_be32(bad + 16, 4);
        put_file("image", bad, bytes);
        error.text[0] = '\0';
        int reading = open_code(false, &error), writing = open_code(true, &error);
        if (reading != header_fields[i].reading || writing != header_fields[i].writing)
            fail_msg("%s: %d and %d: %s", header_fields[i].what, reading, writing, error.text);
        if (writing < 0)
            assert_int_equal(strncmp(error.text, "image: ", 7), 0);
    }
    free(good);
    free(bad);
}

/* Bitmaps of subclusters that say two things at once. */
static void contradicting_subclusters_are_damage(void **state)
{
    static const struct { uint64_t entry, bitmap; } entries[] = {
        { UINT64_C(1) << 63 | 0x50000, UINT64_C(0x0000000100000001) },      /* allocated and zero */
        { 0, 1 },                                                           /* allocated nowhere */
        { UINT64_C(1) << 62 | 0x50000, 1 },                                 /* part of a compressed cluster */
    };
    (void)state;
    struct image_error error;
    struct image_check result;
    size_t bytes;
    uint8_t block[512] = { 1 };
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        remove("image");
        assert_int_equal(image_create("image", 1 << 20, &(struct image_create_options){ .extended_l2 = true },
                                      &error), 0);
        struct image *image = open_image("image", true);
        assert_int_equal(image_write(image, 0, block, sizeof block), 0);
        must_close(image);
        uint8_t *file = get_file("image", &bytes);
        uint64_t l2 = get_be64(file + get_be64(file + 40)) & UINT64_C(0x00FFFFFFFFFFFE00);
        put_be64(file + l2, entries[i].entry);
        put_be64(file + l2 + 8, entries[i].bitmap);
        put_file("image", file, bytes);
        free(file);
        image = open_image("image", true);
        assert_int_equal(image_read(image, 0, block, sizeof block), -EIO);
        assert_int_equal(image_write(image, 0, block, sizeof block), -EIO);
        image_close(image);
        assert_int_equal(image_check("image", NULL, &result, &error), 0);
        assert_true(result.errors > 0);
    }
}

static void short_files_are_refused(void **state)
{
    size_t bytes;
    struct image_error error;
    (void)state;
    uint8_t *good = make_image(&bytes);
    for (size_t length = 0; length < 104; length += 4) {
        put_file("image", good, length);
        assert_int_equal(open_code(false, &error), -EINVAL);
    }
    put_file("image", good, 1024);
    assert_int_equal(open_code(true, &error), -EINVAL);
    free(good);
}

/* Where the first L1 entry, L2 entry and refcount block of IMAGE are. */
static size_t l1_at(const uint8_t *image)
{
    return (size_t)get_be64(image + 40);
}

static size_t l2_at(const uint8_t *image)
{
    return (size_t)(get_be64(image + l1_at(image)) & UINT64_C(0xFFFFFFFFFFFE00));
}

static size_t block_at(const uint8_t *image)
{
    return (size_t)get_be64(image + get_be64(image + 48));
}

/* Opens the image as it stands, reads and writes its first cluster. Each result goes to its place. */
struct outcome { int opening, reading, writing, closing; };

static struct outcome use(bool writable)
{
    struct image *image;
    struct image_options options = { .writable = writable };
    uint8_t data[512] = { 1 };
    struct outcome result = { 0 };
    result.opening = image_open(&image, "image", &options, NULL);
    if (result.opening < 0)
        return result;
    result.reading = image_read(image, 0, data, sizeof data);
    result.writing = writable ? image_write(image, 0, data, sizeof data) : 0;
    result.closing = image_close(image);
    return result;
}

static bool marked_corrupt(void)
{
    size_t bytes;
    uint8_t *file = get_file("image", &bytes);
    bool marked = file[79] & 2;
    free(file);
    return marked;
}

static void tables_are_not_believed(void **state)
{
    size_t bytes;
    (void)state;
    uint8_t *good = make_image(&bytes), *bad = malloc(bytes);
    static const uint64_t past_the_end[] = { UINT64_C(0x8000000001000800), UINT64_C(0x80FFFFFFFFFFFE00) };
    for (size_t i = 0; i < 2; i++) {
        memcpy(bad, good, bytes);
        put_be64(bad + l1_at(bad), past_the_end[i]);
        put_file("image", bad, bytes);
        assert_int_equal(use(false).reading, -EIO);
        assert_int_equal(use(true).opening, -EINVAL);
    }
    memcpy(bad, good, bytes);                           /* two L1 entries, one table */
    put_be64(bad + l1_at(bad) + 8, get_be64(bad + l1_at(bad)));
    put_file("image", bad, bytes);
    assert_int_equal(use(true).opening, -EINVAL);

    memcpy(bad, good, bytes);                           /* data over the refcount table, said to be unshared */
    put_be64(bad + l2_at(bad), UINT64_C(1) << 63 | get_be64(bad + 48));
    put_file("image", bad, bytes);
    assert_int_equal(use(true).writing, -EIO);
    assert_true(marked_corrupt());
    assert_int_equal(use(true).opening, -EROFS);
    assert_int_equal(use(false).opening, 0);

    memcpy(bad, good, bytes);                           /* a place of no offset */
    put_be64(bad + l2_at(bad), UINT64_C(1) << 63);
    put_file("image", bad, bytes);
    assert_int_equal(use(false).reading, -EIO);
    assert_int_equal(use(true).writing, -EIO);

    memcpy(bad, good, bytes);                           /* compressed garbage, and past the end */
    put_be64(bad + l2_at(bad), UINT64_C(1) << 62 | 0x4000);
    put_file("image", bad, bytes);
    assert_int_equal(use(false).reading, -EIO);
    put_be64(bad + l2_at(bad), UINT64_C(3) << 61 | UINT64_C(0xFFFFFFFFFFFF00));
    put_file("image", bad, bytes);
    assert_int_equal(use(false).reading, -EIO);
    put_be64(bad + l2_at(bad), UINT64_C(3) << 61 | UINT64_C(0x1FFFFFFFFFFFFF00));
    put_file("image", bad, bytes);
    assert_int_equal(use(true).reading, -EIO);
    free(good);
    free(bad);
}

static void offsets_within_clusters_are_errors(void **state)
{
    size_t bytes;
    (void)state;
    uint8_t *image = make_shape((struct image_create_options){ .cluster_size = 4096 }, &bytes);
    size_t l2 = l2_at(image);
    put_be64(image + l2, get_be64(image + l2) + 512);
    put_file("image", image, bytes);
    assert_int_equal(use(false).reading, -EIO);
    assert_int_equal(use(true).writing, -EIO);
    put_be64(image + l1_at(image), get_be64(image + l1_at(image)) + 512);
    put_file("image", image, bytes);
    assert_int_equal(use(false).reading, -EIO);
    assert_int_equal(use(true).opening, -EINVAL);
    free(image);
}

static void zero_flags_are_errors_in_version_2(void **state)
{
    size_t bytes;
    (void)state;
    uint8_t *image = make_shape((struct image_create_options){ .version = 2 }, &bytes);
    image[l2_at(image) + 7] |= 1;
    put_file("image", image, bytes);
    assert_int_equal(use(false).reading, -EIO);
    assert_int_equal(use(true).writing, -EIO);
    free(image);
}

static void refcounts_are_not_believed(void **state)
{
    size_t bytes;
    (void)state;
    uint8_t *good = make_image(&bytes), *bad = malloc(bytes);

    memcpy(bad, good, bytes);                           /* all clusters free, it says */
    memset(bad + block_at(bad), 0, 512);
    put_file("image", bad, bytes);
    assert_int_equal(use(true).writing, -EIO);
    assert_true(marked_corrupt());

    memcpy(bad, good, bytes);                           /* the same cluster is shared, it says */
    put_be16(bad + block_at(bad) + 2 * (get_be64(bad + l2_at(bad)) >> 9 & 0xFF), 2);
    put_file("image", bad, bytes);
    assert_int_equal(use(true).writing, -EIO);

    memcpy(bad, good, bytes);                           /* blocks outside, unaligned, in one place */
    put_be64(bad + get_be64(bad + 48), UINT64_C(1) << 45);
    put_file("image", bad, bytes);
    assert_int_equal(use(true).opening, -EINVAL);
    assert_int_equal(use(false).reading, 0);
    put_be64(bad + get_be64(bad + 48), 0);
    put_file("image", bad, bytes);
    assert_int_equal(use(true).writing, -EIO);
    memcpy(bad, good, bytes);
    put_be64(bad + get_be64(bad + 48) + 8, get_be64(bad + get_be64(bad + 48)));
    put_file("image", bad, bytes);
    assert_int_equal(use(true).opening, -EINVAL);
    free(good);
    free(bad);
}

static void metadata_counted_as_free_is_not_overwritten(void **state)
{
    size_t bytes, after_bytes;
    (void)state;
    uint8_t *good = make_image(&bytes);
    uint8_t data[512] = { 7 };
    size_t table = l2_at(good);
    put_be16(good + block_at(good) + 2 * (table >> 9), 0);
    put_file("image", good, bytes);
    struct image *image = open_image("image", true);
    assert_int_equal(image_write(image, 150000, data, sizeof data), -EIO);
    assert_int_equal(image_write(image, 160000, data, sizeof data), -EIO);
    image_close(image);
    uint8_t *after = get_file("image", &after_bytes);
    assert_memory_equal(after + table, good + table, 512);
    assert_true(after[79] & 2);
    free(after);
    free(good);
}

/* Values that break arithmetic, or lead where a table must not be. */
static uint64_t odd_value(uint64_t *seed, size_t bytes)
{
    static const uint64_t odd[] = { 0, 1, 511, 512, 0x7FFFFFFF, 0xFFFFFFFF, UINT64_MAX, UINT64_C(1) << 63,
                                    UINT64_C(1) << 62, UINT64_C(3) << 61, 0x00FFFFFFFFFFFE00 };
    uint64_t random = next_random(seed) >> 8, place = random % bytes & ~UINT64_C(511);
    switch (random % 4) {
    case 0: return odd[random / 4 % (sizeof odd / sizeof odd[0])];
    case 1: return place;
    case 2: return place | UINT64_C(1) << 63;
    default: return random >> random % 56;
    }
}

/* Reads all of the image, and writes here and there if it can be written. What comes back does not matter. */
static void use_all(bool writable, uint64_t seed)
{
    struct image *image;
    struct image_options options = { .writable = writable };
    static uint8_t data[65536];
    if (image_open(&image, "image", &options, NULL) < 0)
        return;
    uint64_t size = image_size(image);
    for (uint64_t at = 0; at < size && at < 4 * DISK_BYTES; at += 4096)
        image_read(image, at, data, size - at < 4096 ? (size_t)(size - at) : 4096);
    for (unsigned i = 0; writable && size > 8192 && i < 16; i++)
        image_write(image, next_random(&seed) % (size - 8192), data, 1 + next_random(&seed) % 8192);
    image_allocated_clusters(image, 0);
    image_close(image);
}

static void random_damage_is_survived(void **state)
{
    size_t bytes;
    uint64_t seed = 99;
    (void)state;
    uint8_t *good = make_image(&bytes), *bad = malloc(bytes);
    size_t tables[] = { 0, l1_at(good), l2_at(good), block_at(good), (size_t)get_be64(good + 48) };
    for (unsigned round = 0; round < 500; round++) {
        memcpy(bad, good, bytes);
        for (unsigned n = 1 + next_random(&seed) % 4; n > 0; n--) {
            size_t at = tables[next_random(&seed) % 5] + (next_random(&seed) >> 20) % 63 * 8;
            if (next_random(&seed) % 8 == 0)
                at = 4 + (next_random(&seed) >> 20) % 100;
            put_be64(bad + at, odd_value(&seed, bytes));
        }
        put_be32(bad, 0x514649FB);
        put_file("image", bad, bytes);
        use_all(false, seed);
        use_all(true, seed);
    }
    free(good);
    free(bad);
}

static void snapshot_tables_are_not_believed(void **state)
{
    size_t bytes;
    struct image_error error;
    (void)state;
    need_qemu();
    must("qemu-img create -f qcow2 image 1M && qemu-io -f qcow2 -c 'write 0 100k' image");
    must("qemu-img snapshot -c one image && qemu-img snapshot -c two image");
    uint8_t *good = get_file("image", &bytes), *bad = malloc(bytes);
    size_t table = (size_t)get_be64(good + 64);
    static const struct { unsigned at, width; uint64_t value; } fields[] = {
        { 0, 8, UINT64_C(1) << 40 }, { 0, 8, 513 }, { 0, 8, 0 }, { 8, 4, UINT32_MAX }, { 8, 4, 4 << 20 },
        { 36, 4, UINT32_MAX }, { 36, 4, 1025 }
    };
    assert_int_equal(open_code(true, &error), 0);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        memcpy(bad, good, bytes);
        if (fields[i].width == 4)
            put_be32(bad + table + fields[i].at, (uint32_t)fields[i].value);
        else
            put_be64(bad + table + fields[i].at, fields[i].value);
        put_file("image", bad, bytes);
        assert_int_equal(open_code(true, &error), -EINVAL);
        assert_int_equal(open_code(false, &error), 0);
    }
    put_be32(good + 60, 1000);
    put_file("image", good, bytes);
    assert_true(open_code(true, &error) < 0);
    free(good);
    free(bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(headers_are_not_believed),
        in_folder(contradicting_subclusters_are_damage),
        in_folder(short_files_are_refused),
        in_folder(tables_are_not_believed),
        in_folder(offsets_within_clusters_are_errors),
        in_folder(zero_flags_are_errors_in_version_2),
        in_folder(refcounts_are_not_believed),
        in_folder(metadata_counted_as_free_is_not_overwritten),
        in_folder(random_damage_is_survived),
        in_folder(snapshot_tables_are_not_believed)
    };
    return cmocka_run_group_tests_name("qcow2 malformed images", tests, NULL, NULL);
}
