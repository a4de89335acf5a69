/* Copying, compressing, comparing, committing and changing the base: what comes out shows what it should, to us and to
 * QEMU, and qemu-img finds it clean. */
#include "tests/qcow2/tools.h"

enum { DISK_BYTES = 3 * 1024 * 1024 + 512 * 7 };

static void ok(struct image *image, int code, const char *what)
{
    if (code < 0)
        fail_msg("%s: %s", what, image_last_error(image));
}

static void create(const char *path, uint64_t bytes, const struct image_create_options *options)
{
    struct image_error error;
    remove(path);
    if (image_create(path, bytes, options, &error) < 0)
        fail_msg("%s", error.text);
}

static uint8_t *make_source(void)
{
    uint8_t *disk = make_disk(DISK_BYTES, 31);
    memset(disk + 1000000, 0, 700000);
    memset(disk + DISK_BYTES - 3000, 7, 3000);
    put_file("disk.raw", disk, DISK_BYTES);
    return disk;
}

static const struct image_create_options shapes[] = {
    { 0 }, { .cluster_size = 512 }, { .cluster_size = 4096, .version = 2 }, { .cluster_size = 2 << 20 },
    { .cluster_size = 4096, .refcount_bits = 1 }, { .cluster_size = 8192, .refcount_bits = 2 },
    { .cluster_size = 16384, .refcount_bits = 64 }, { .zstd = true }, { .zstd = true, .cluster_size = 1024 },
    { .extended_l2 = true }, { .extended_l2 = true, .cluster_size = 16384 },
};

static void copies_agree_with_qemu(void **state)
{
    (void)state;
    need_qemu();
    uint8_t *disk = make_source();
    must("qemu-img convert -f raw -O qcow2 -c -o cluster_size=4k disk.raw source");
    struct image *source = open_image("source", false);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        for (int compress = 0; compress < 2; compress++) {
            create("image", DISK_BYTES, &shapes[i]);
            struct image *target = open_image("image", true);
            ok(target, image_copy(target, source, &(struct image_copy_options){ .compress = compress }), "copy");
            assert_contents(target, disk, DISK_BYTES, i);
            must_close(target);
            assert_clean("image");
            assert_qemu_reads("image", "qcow2", disk, DISK_BYTES);
        }
    image_close(source);
    free(disk);
}

static void compressed_copies_are_as_small_as_those_of_qemu(void **state)
{
    (void)state;
    need_qemu();
    size_t bytes, qemu_bytes;
    free(make_source());
    must("qemu-img convert -f raw -O qcow2 -c disk.raw theirs");
    create("image", DISK_BYTES, NULL);
    struct image *source = open_image("disk.raw", false), *target = open_image("image", true);
    ok(target, image_copy(target, source, &(struct image_copy_options){ .compress = true }), "copy");
    must_close(target);
    image_close(source);
    free(get_file("image", &bytes));
    free(get_file("theirs", &qemu_bytes));
    assert_true(bytes <= qemu_bytes + qemu_bytes / 20 + 65536);
}

/* Compressed clusters that are overwritten, compressed anew and freed. */
static void compressed_clusters_can_be_changed(void **state)
{
    (void)state;
    need_qemu();
    uint8_t *disk = make_source();
    static uint8_t cluster[4096];
    uint64_t seed = 5;
    create("image", DISK_BYTES, &(struct image_create_options){ .cluster_size = sizeof cluster });
    memset(disk, 0, DISK_BYTES);
    for (int session = 0; session < 4; session++) {
        struct image *image = open_image("image", true);
        for (int i = 0; i < 300; i++) {
            uint64_t at = next_random(&seed) % 60 * sizeof cluster;
            memset(cluster, (int)(i & 0xFF), sizeof cluster);
            fill_random(cluster, next_random(&seed) % 2000, next_random(&seed));
            if (next_random(&seed) % 3)
                ok(image, image_write_compressed(image, at, cluster, sizeof cluster), "compressed");
            else
                ok(image, image_write(image, at, cluster, sizeof cluster), "write");
            memcpy(disk + at, cluster, sizeof cluster);
            if (next_random(&seed) % 8 == 0)
                ok(image, image_flush(image), "flush");
        }
        assert_contents(image, disk, DISK_BYTES, seed);
        must_close(image);
        assert_clean("image");
    }
    assert_qemu_reads("image", "qcow2", disk, DISK_BYTES);
    free(disk);
}

static void comparing_finds_the_first_difference(void **state)
{
    (void)state;
    uint8_t *disk = make_source();
    struct image_difference d;
    create("image", DISK_BYTES + 100000, NULL);
    struct image *a = open_image("disk.raw", false), *b = open_image("image", true);
    ok(b, image_write(b, 0, disk, DISK_BYTES), "write");
    ok(a, image_compare(a, b, 0, NULL, &d), "compare");
    assert_false(d.differs);
    ok(b, image_write(b, DISK_BYTES + 5000, "x", 1), "write");
    ok(b, image_write(b, 1200001, "x", 1), "write");
    ok(a, image_compare(a, b, 0, NULL, &d), "compare");
    assert_true(d.differs);
    assert_int_equal(d.offset, 1200001);
    ok(b, image_compare(b, a, 1200002, NULL, &d), "compare");
    assert_true(d.differs);
    assert_int_equal(d.offset, DISK_BYTES + 5000);
    image_close(a);
    image_close(b);
    free(disk);
}

/* An overlay "top" over "base", both changed at random; *DISK is what the top shows. */
static void make_chain(const char *base, const char *top, uint8_t **disk)
{
    size_t bytes;
    *disk = make_source();
    must("rm -f base top && qemu-img %s && qemu-img %s", base, top);
    must("qemu-io -f qcow2 -c 'write -P 1 0 200k' -c 'write -z 300k 100k' -c 'write -P 2 1M 3k' top");
    must("qemu-img convert -f qcow2 -O raw top shown");
    free(*disk);
    *disk = get_file("shown", &bytes);
    assert_true(bytes >= DISK_BYTES);
}

static struct image *open_over(const char *path)
{
    struct image *image;
    struct image_error error;
    struct image_options options = { .writable = true, .ignore_backing_locks = true };
    if (image_open(&image, path, &options, &error) < 0)
        fail_msg("%s", error.text);
    return image;
}

static void commit_makes_the_base_show_the_overlay(void **state)
{
    static const struct { const char *base, *top; } chains[] = {
        { "convert -f raw -O qcow2 disk.raw base", "create -f qcow2 -b base -F qcow2 top" },
        { "convert -f raw -O qcow2 -c -o cluster_size=512 disk.raw base", "create -f qcow2 -b base -F qcow2 top 5M" },
        { "convert -f raw -O raw disk.raw base", "create -f qcow2 -o cluster_size=1k -b base -F raw top" },
        { "convert -f raw -O qcow2 -o compat=0.10 disk.raw base", "create -f qcow2 -b base -F qcow2 top" },
    };
    (void)state;
    need_qemu();
    for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++) {
        uint8_t *disk;
        make_chain(chains[i].base, chains[i].top, &disk);
        struct image *top = open_over("top"), *base = open_image("base", true);
        size_t bytes = (size_t)image_size(top);
        ok(top, image_commit(top, base, NULL), "commit");
        must_close(base);
        ok(top, image_make_empty(top), "empty");
        must_close(top);
        assert_qemu_reads("base", i == 2 ? "raw" : "qcow2", disk, bytes);
        assert_qemu_reads("top", "qcow2", disk, bytes);
        if (i != 2)
            assert_clean("base");
        assert_clean("top");
        free(disk);
    }
}

static void another_base_changes_nothing_that_is_seen(void **state)
{
    (void)state;
    need_qemu();
    for (int version = 2; version <= 3; version++)
        for (int flat = 0; flat < 2; flat++) {
            uint8_t *disk;
            char top_options[100];
            snprintf(top_options, sizeof top_options,
                     "create -f qcow2 -o compat=%s,cluster_size=4k -b base -F qcow2 top 4M",
                     version == 2 ? "0.10" : "1.1");
            make_chain("convert -f raw -O qcow2 disk.raw base", top_options, &disk);
            must("qemu-img create -f qcow2 other 5M && qemu-io -f qcow2 -c 'write -P 77 0 4500k' other");
            struct image *top = open_image("top", true), *other = flat ? NULL : open_image("other", false);
            size_t bytes = (size_t)image_size(top);
            ok(top, image_fill(top, other, NULL), "fill");
            ok(top, image_set_backing(top, flat ? "" : "other", flat ? "" : "qcow2"), "set");
            must_close(top);
            image_close(other);
            must("rm base");
            assert_clean("top");
            assert_qemu_reads("top", "qcow2", disk, bytes);
            free(disk);
        }
}

/* What is not understood in a header is still there after its backing file's name was changed. */
static void unknown_extensions_survive(void **state)
{
    (void)state;
    need_qemu();
    size_t bytes;
    static const uint8_t unknown[24] = {
        0x12, 0x34, 0x56, 0x78, 0, 0, 0, 9, 'k', 'e', 'e', 'p', ' ', 't', 'h', 'i', 's'
    };
    must("qemu-img create -f qcow2 base 1M && qemu-img create -f qcow2 top 1M");
    uint8_t *file = get_file("top", &bytes);
    uint32_t at = get_be32(file + 100);
    memmove(file + at + sizeof unknown, file + at, 400);
    memcpy(file + at, unknown, sizeof unknown);
    put_file("top", file, bytes);
    free(file);
    struct image *top = open_image("top", true);
    ok(top, image_set_backing(top, "base", "qcow2"), "set");
    must_close(top);
    must("qemu-img info top | grep -q 'backing file: base' && grep -aq 'keep this' top");
    top = open_image("top", true);
    ok(top, image_set_backing(top, "", ""), "set");
    must_close(top);
    must("! qemu-img info top | grep -q backing && grep -aq 'keep this' top");
    assert_clean("top");
}

static bool stop_at_half(void *ctx, uint64_t done, uint64_t total)
{
    (void)ctx;
    return done > total / 2;
}

static void long_work_can_be_stopped(void **state)
{
    (void)state;
    free(make_source());
    create("image", DISK_BYTES, NULL);
    struct image *source = open_image("disk.raw", false), *target = open_image("image", true);
    struct image_copy_options options = { .progress = { stop_at_half, NULL } };
    assert_int_equal(image_copy(target, source, &options), -ECANCELED);
    must_close(target);
    image_close(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(copies_agree_with_qemu),
        in_folder(compressed_copies_are_as_small_as_those_of_qemu),
        in_folder(compressed_clusters_can_be_changed),
        in_folder(comparing_finds_the_first_difference),
        in_folder(commit_makes_the_base_show_the_overlay),
        in_folder(another_base_changes_nothing_that_is_seen),
        in_folder(unknown_extensions_survive),
        in_folder(long_work_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
