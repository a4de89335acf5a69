/* Reading images that QEMU made, in every shape it makes them: what we read is what qemu-img convert gives. */
#include "tests/qcow2/tools.h"

enum { DISK_BYTES = 3 * 1024 * 1024 + 512 * 3 };

/* Ways to pack a disk: options of qemu-img convert. */
static const char *const packings[] = {
    "-o compat=0.10", "-o compat=1.1", "-o compat=1.1,lazy_refcounts=on",
    "-o cluster_size=512", "-o cluster_size=1k", "-o cluster_size=4k,compat=0.10", "-o cluster_size=2M",
    "-o refcount_bits=1", "-o refcount_bits=2,cluster_size=512", "-o refcount_bits=4", "-o refcount_bits=8",
    "-o refcount_bits=32", "-o refcount_bits=64,cluster_size=512",
    "-c", "-c -o compat=0.10", "-c -o cluster_size=512", "-c -o cluster_size=4k", "-c -o cluster_size=2M",
    "-c -o compression_type=zstd", "-c -o compression_type=zstd,cluster_size=512",
    "-c -o compression_type=zstd,cluster_size=2M",
    "-o preallocation=metadata", "-o preallocation=falloc", "-o preallocation=full,cluster_size=4k"
};

static void every_packing_reads_as_qemu_reads_it(void **state)
{
    (void)state;
    need_qemu();
    uint8_t *disk = make_disk(DISK_BYTES, 1);
    put_file("disk.raw", disk, DISK_BYTES);
    for (size_t i = 0; i < sizeof packings / sizeof packings[0]; i++) {
        must("qemu-img convert -f raw -O qcow2 %s disk.raw disk.qcow2", packings[i]);
        struct image *image = open_image("disk.qcow2", false);
        assert_string_equal(image_warning(image), "");
        assert_contents(image, disk, DISK_BYTES, i);
        assert_contents(image, disk, DISK_BYTES, i + 100);
        assert_int_equal(image_close(image), 0);
    }
    free(disk);
}

static void raw_images_read_as_they_are(void **state)
{
    (void)state;
    uint8_t *disk = make_disk(DISK_BYTES + 77, 2);
    put_file("disk.raw", disk, DISK_BYTES + 77);
    struct image *image = open_image("disk.raw", false);
    assert_contents(image, disk, DISK_BYTES + 77, 1);
    assert_int_equal(image_read(image, DISK_BYTES + 70, disk, 8), -EINVAL);
    assert_int_equal(image_read(image, UINT64_MAX, disk, 2), -EINVAL);
    assert_int_equal(image_write(image, 0, disk, 1), -EROFS);
    assert_int_equal(image_close(image), 0);
    free(disk);
}

/* A backing file and an overlay over it, as options of qemu-img, and a size for the overlay. */
static const struct {
    const char *base_format, *base_options, *overlay_options, *size;
} pairs[] = {
    { "raw", "", "", "" },
    { "qcow2", "", "", "" },
    { "qcow2", "-c", "-o cluster_size=512", "" },
    { "qcow2", "-o cluster_size=512", "-o cluster_size=2M", "" },
    { "qcow2", "-o compat=0.10,cluster_size=4k", "-o compat=0.10", "" },
    { "raw", "", "-o cluster_size=4k", "5M" },
    { "qcow2", "-o cluster_size=1k", "", "5M" },
    { "qcow2", "", "-o cluster_size=1k", "1000k" },
    { "raw", "", "", "1234432" }
};

static void overlays_show_their_backing_file(void **state)
{
    (void)state;
    need_qemu();
    uint8_t *disk = make_disk(DISK_BYTES, 3);
    put_file("disk.raw", disk, DISK_BYTES);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        size_t bytes;
        must("rm -f base over");
        must("qemu-img convert -f raw -O %s %s disk.raw base", pairs[i].base_format, pairs[i].base_options);
        must("qemu-img create -f qcow2 %s -b base -F %s over %s", pairs[i].overlay_options, pairs[i].base_format,
             pairs[i].size);
        must("qemu-io -f qcow2 -c 'write -P 17 70000 66000' -c 'write -P 18 512 512' -c 'write -P 19 900k 70k' over");
        if (!strstr(pairs[i].overlay_options, "0.10"))
            must("qemu-io -f qcow2 -c 'write -z 128k 192k' -c 'write -z -u 400k 64k' over");
        must("qemu-img convert -f qcow2 -O raw over expected");
        uint8_t *expected = get_file("expected", &bytes);
        struct image *image = open_image("over", false);
        assert_int_equal(image_layers(image), 2);
        assert_contents(image, expected, bytes, i);
        assert_int_equal(image_close(image), 0);
        free(expected);
    }
    free(disk);
}

static void chains_of_four_read_through(void **state)
{
    (void)state;
    need_qemu();
    size_t bytes;
    uint8_t *disk = make_disk(DISK_BYTES, 4);
    put_file("disk.raw", disk, DISK_BYTES);
    must("qemu-img create -f qcow2 -o cluster_size=4k -b disk.raw -F raw a");
    must("qemu-io -f qcow2 -c 'write -P 1 1M 90k' a");
    must("qemu-img create -f qcow2 -o cluster_size=512,compat=0.10 -b a -F qcow2 b 2M");
    must("qemu-io -f qcow2 -c 'write -P 2 1100k 5k' b");
    must("qemu-img create -f qcow2 -b b -F qcow2 c 4M");
    must("qemu-io -f qcow2 -c 'write -z 1088k 64k' -c 'write -P 3 2040k 20k' c");
    must("qemu-img convert -f qcow2 -O raw c expected");
    uint8_t *expected = get_file("expected", &bytes);
    struct image *image = open_image("c", false);
    assert_int_equal(image_layers(image), 4);
    assert_contents(image, expected, bytes, 1);
    assert_int_equal(image_close(image), 0);
    free(expected);
    free(disk);
}

static void preallocated_zero_clusters_read_as_zeros(void **state)
{
    (void)state;
    need_qemu();
    uint8_t *expected = calloc(1, 1 << 20);
    must("qemu-img create -f qcow2 disk 1M");
    must("qemu-io -f qcow2 -c 'write -P 5 0 1M' -c 'write -z 64k 256k' disk");
    memset(expected, 5, 1 << 20);
    memset(expected + 65536, 0, 256 * 1024);
    struct image *image = open_image("disk", false);
    assert_contents(image, expected, 1 << 20, 1);
    assert_int_equal(image_cluster_status(image, 0, 0), IMAGE_CLUSTER_STANDARD);
    assert_int_equal(image_cluster_status(image, 0, 1), IMAGE_CLUSTER_ZERO);
    assert_int_equal(image_cluster_status(image, 0, 16), IMAGE_CLUSTER_UNALLOCATED);
    assert_int_equal(image_close(image), 0);
    free(expected);
}

static void layer_info_tells_what_the_file_is(void **state)
{
    (void)state;
    need_qemu();
    struct image_layer_info info;
    uint8_t *disk = make_disk(DISK_BYTES, 5);
    put_file("disk.raw", disk, DISK_BYTES);
    must("qemu-img convert -c -f raw -O qcow2 -o cluster_size=4k,refcount_bits=8 disk.raw base");
    must("qemu-img create -f qcow2 -b base -F qcow2 over");
    must("qemu-io -f qcow2 -c 'write 0 200k' over");
    must("qemu-img snapshot -c one over");
    struct image *image = open_image("over", false);
    image_layer_info(image, 0, &info);
    assert_int_equal(info.format, IMAGE_FORMAT_QCOW2);
    assert_int_equal(info.version, 3);
    assert_int_equal(info.cluster_size, 65536);
    assert_int_equal(info.clusters, 49);
    assert_int_equal(info.snapshots, 1);
    assert_string_equal(info.backing_name, "base");
    assert_string_equal(info.path, "over");
    assert_int_equal(image_allocated_clusters(image, 0), 4);
    image_layer_info(image, 1, &info);
    assert_int_equal(info.cluster_size, 4096);
    assert_int_equal(info.refcount_bits, 8);
    assert_int_equal(info.size, DISK_BYTES);
    assert_string_equal(info.backing_name, "");
    uint64_t held = 0, compressed = 0;
    for (uint64_t i = 0; i < info.clusters; i++) {
        enum image_cluster_status status = image_cluster_status(image, 1, i);
        held += status != IMAGE_CLUSTER_UNALLOCATED;
        compressed += status == IMAGE_CLUSTER_COMPRESSED;
    }
    assert_int_equal(image_allocated_clusters(image, 1), held);
    assert_true(compressed > 0);
    assert_int_equal(image_close(image), 0);
    free(disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(every_packing_reads_as_qemu_reads_it),
        in_folder(raw_images_read_as_they_are),
        in_folder(overlays_show_their_backing_file),
        in_folder(chains_of_four_read_through),
        in_folder(preallocated_zero_clusters_read_as_zeros),
        in_folder(layer_info_tells_what_the_file_is)
    };
    return cmocka_run_group_tests_name("qcow2 reading", tests, NULL, NULL);
}
