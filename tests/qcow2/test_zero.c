/* Zeroing and discarding: what is asked to read as zeros does, in every shape of image, nothing else changes, and
 * qemu-img finds the image clean. */
#define _GNU_SOURCE
#include "tests/qcow2/tools.h"

#include <fcntl.h>
#include <sys/stat.h>

enum { DISK_BYTES = 2 * 1024 * 1024 + 512 * 5 };

/* Images, as arguments of qemu-img, and whether guest data of a base shows through forgotten clusters. */
static const struct { const char *base, *image; bool refuses_discard; } targets[] = {
    { "", "create -f qcow2 -o extended_l2=on,cluster_size=16k image 2099712", false },
    { "", "convert -f raw -O qcow2 -c -o extended_l2=on,cluster_size=16k disk.raw image", false },
    { "", "create -f qcow2 -o extended_l2=on -b disk.raw -F raw image", false },
    { "", "create -f qcow2 image 2099712", false },
    { "", "create -f qcow2 -o compat=0.10 image 2099712", false },
    { "", "create -f qcow2 -o cluster_size=512 image 2099712", false },
    { "", "create -f qcow2 -o preallocation=metadata,cluster_size=4k image 2099712", false },
    { "", "convert -f raw -O qcow2 -c -o cluster_size=4k disk.raw image", false },
    { "", "convert -f raw -O qcow2 -o compat=0.10,cluster_size=1k disk.raw image", false },
    { "", "create -f qcow2 -o cluster_size=8k -b disk.raw -F raw image", false },
    { "", "create -f qcow2 -o cluster_size=4k,compat=0.10 -b disk.raw -F raw image", true },
    { "convert -f raw -O qcow2 -o cluster_size=512 disk.raw base", "create -f qcow2 -b base -F qcow2 image 3M", false },
    { "convert -f raw -O qcow2 disk.raw base", "create -f qcow2 -o compat=0.10 -b base -F qcow2 image 3M", true },
};

/* What a discard makes zero: the whole clusters of the range; the disk's end completes the last one. */
static void discard_model(struct image *image, uint8_t *model, uint64_t offset, uint64_t bytes)
{
    struct image_layer_info info;
    image_layer_info(image, 0, &info);
    uint64_t mask = info.cluster_size - 1, from = (offset + mask) & ~mask, end = offset + bytes;
    uint64_t to = end == image_size(image) ? end : end & ~mask;
    if (from < to)
        memset(model + from, 0, (size_t)(to - from));
}

static void change_randomly(struct image *image, uint8_t *model, uint64_t seed, bool discards)
{
    uint64_t size = image_size(image);
    uint8_t *data = malloc(200000);
    seed = seed * 2 + 1;
    for (unsigned i = 0; i < 80; i++) {
        uint64_t kind = next_random(&seed) % 6, offset = next_random(&seed) % size;
        uint64_t bytes = 1 + next_random(&seed) % (kind % 2 ? 200000 : 9000);
        if (next_random(&seed) % 2)
            offset &= ~UINT64_C(4095);
        if (bytes > size - offset || next_random(&seed) % 16 == 0)
            bytes = size - offset < 200000 ? size - offset : bytes > size - offset ? size - offset : bytes;
        int code = 0;
        if (kind < 3) {
            fill_random(data, (size_t)bytes, next_random(&seed) >> 8);
            code = image_write(image, offset, data, (size_t)bytes);
            memcpy(model + offset, data, (size_t)bytes);
        } else if (kind < 5 || !discards) {
            code = image_write_zeroes(image, offset, bytes, kind == 4);
            memset(model + offset, 0, (size_t)bytes);
        } else {
            code = image_discard(image, offset, bytes);
            discard_model(image, model, offset, bytes);
        }
        if (code < 0)
            fail_msg("change %u: %s", i, image_last_error(image));
        if (next_random(&seed) % 16 == 0)
            assert_int_equal(image_flush(image), 0);
    }
    free(data);
}

static void exercise(uint8_t *model, size_t bytes, uint64_t seed, bool discards)
{
    for (int session = 0; session < 2; session++) {
        struct image *image = open_image("image", true);
        change_randomly(image, model, seed + (uint64_t)session * 1000, discards);
        assert_contents(image, model, bytes, seed);
        must_close(image);
        assert_clean("image");
    }
    assert_qemu_reads("image", "qcow2", model, bytes);
}

static void zeroed_and_discarded_ranges_agree_with_qemu(void **state)
{
    (void)state;
    need_qemu();
    uint8_t *disk = make_disk(DISK_BYTES, 3);
    put_file("disk.raw", disk, DISK_BYTES);
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        size_t bytes;
        must("rm -f base image");
        if (targets[i].base[0])
            must("qemu-img %s", targets[i].base);
        must("qemu-img %s", targets[i].image);
        must("qemu-img convert -f qcow2 -O raw image before");
        uint8_t *model = get_file("before", &bytes);
        exercise(model, bytes, i, !targets[i].refuses_discard);
        free(model);
    }
    free(disk);
}

static void discard_that_would_show_the_base_is_refused(void **state)
{
    (void)state;
    need_qemu();
    must("truncate -s 1M disk.raw && qemu-img create -f qcow2 -o compat=0.10 -b disk.raw -F raw image");
    struct image *image = open_image("image", true);
    assert_int_equal(image_discard(image, 0, 1 << 20), -ENOTSUP);
    must_close(image);
}

/* Host clusters of zeros that keep their place are used again, and no table is made for what reads as zeros. */
static void zeroing_costs_no_room(void **state)
{
    (void)state;
    uint8_t data[65536];
    struct image_error error;
    struct image_layer_info before, after;
    fill_random(data, sizeof data, 1);
    assert_int_equal(image_create("image", UINT64_C(1) << 40, NULL, &error), 0);
    struct image *image = open_image("image", true);
    image_layer_info(image, 0, &before);
    assert_int_equal(image_write_zeroes(image, 12345, UINT64_C(1) << 39, false), 0);
    assert_int_equal(image_flush(image), 0);
    image_layer_info(image, 0, &after);
    assert_int_equal(after.file_size, before.file_size);
    assert_int_equal(image_write(image, 0, data, sizeof data), 0);
    assert_int_equal(image_flush(image), 0);
    image_layer_info(image, 0, &before);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(image_write_zeroes(image, 0, sizeof data, false), 0);
        assert_int_equal(image_write(image, 0, data, sizeof data), 0);
        assert_int_equal(image_flush(image), 0);
    }
    image_layer_info(image, 0, &after);
    assert_int_equal(after.file_size, before.file_size);
    must_close(image);
}

static long blocks_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return (long)status.st_blocks;
}

static bool can_punch(void)
{
    int fd = open("holes", O_RDWR | O_CREAT, 0666);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 65536), 0);
    bool can = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 65536) == 0;
    close(fd);
    if (!can)
        print_message("this file system punches no holes\n");
    return can;
}

static void room_of_discarded_clusters_goes_back_to_the_host(void **state)
{
    (void)state;
    struct image_error error;
    struct image *image;
    uint8_t *data = malloc(4 << 20);
    fill_random(data, 4 << 20, 1);
    assert_int_equal(image_create("image", 16 << 20, NULL, &error), 0);
    for (int punch = 0; punch < 2; punch++) {
        struct image_options options = { .writable = true, .punch_holes = punch };
        assert_int_equal(image_open(&image, "image", &options, &error), 0);
        assert_int_equal(image_write(image, 0, data, 4 << 20), 0);
        assert_int_equal(image_flush(image), 0);
        long full = blocks_of("image");
        assert_int_equal(image_discard(image, 0, 4 << 20), 0);
        assert_int_equal(image_close(image), 0);
        if (!punch)
            assert_true(blocks_of("image") >= full);
        else if (can_punch())
            assert_true(blocks_of("image") < full);
    }
    free(data);
}

/* What only the snapshot held: its tables and the contents that the disk has replaced. */
static void room_of_a_deleted_snapshot_goes_back_to_the_host(void **state)
{
    static uint8_t data[1 << 20], got[1 << 20];
    struct image_error error;
    struct image *image;
    (void)state;
    need_qemu();
    fill_random(data, sizeof data, 21);
    for (int punch = 0; punch < 2; punch++) {
        struct image_options options = { .writable = true, .punch_holes = punch };
        remove("image");
        struct image_create_options shape = { .cluster_size = 4096 };
        assert_int_equal(image_create("image", DISK_BYTES, &shape, &error), 0);
        assert_int_equal(image_open(&image, "image", &options, &error), 0);
        assert_int_equal(image_write(image, 0, data, sizeof data), 0);
        assert_int_equal(image_snapshot_create(image, &(struct image_snapshot){ .name = "one" }), 0);
        assert_int_equal(image_write(image, 0, data, sizeof data), 0);
        must_close(image);
        long before = blocks_of("image");
        assert_int_equal(image_open(&image, "image", &options, &error), 0);
        assert_int_equal(image_snapshot_delete(image, "one"), 0);
        assert_int_equal(image_read(image, 0, got, sizeof got), 0);
        assert_memory_equal(got, data, sizeof got);
        must_close(image);
        if (!punch)
            assert_true(blocks_of("image") >= before);
        else if (can_punch())
            assert_true(blocks_of("image") < before - 1900);
        assert_clean("image");
    }
}

static void raw_files_are_zeroed_in_place(void **state)
{
    (void)state;
    struct image_error error;
    struct image *image;
    uint8_t *data = make_disk(100000, 9);
    data[0] = 'x';
    put_file("disk.raw", data, 100000);
    struct image_options options = { .writable = true, .format = IMAGE_FORMAT_RAW };
    assert_int_equal(image_open(&image, "disk.raw", &options, &error), 0);
    assert_int_equal(image_write_zeroes(image, 3, 50001, false), 0);
    memset(data + 3, 0, 50001);
    assert_int_equal(image_discard(image, 60000, 40000), 0);
    assert_contents(image, data, 100000, 1);
    must_close(image);
    free(data);
}

static void ranges_outside_and_images_for_reading_are_refused(void **state)
{
    (void)state;
    struct image_error error;
    assert_int_equal(image_create("image", 1 << 20, NULL, &error), 0);
    struct image *image = open_image("image", true);
    assert_int_equal(image_write_zeroes(image, 1 << 20, 1, true), -EINVAL);
    assert_int_equal(image_discard(image, 512, UINT64_MAX), -EINVAL);
    assert_int_equal(image_discard(image, 1 << 20, 0), 0);
    must_close(image);
    image = open_image("image", false);
    assert_int_equal(image_write_zeroes(image, 0, 1, true), -EROFS);
    assert_int_equal(image_discard(image, 0, 1), -EROFS);
    assert_int_equal(image_close(image), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(zeroed_and_discarded_ranges_agree_with_qemu),
        in_folder(discard_that_would_show_the_base_is_refused),
        in_folder(zeroing_costs_no_room),
        in_folder(room_of_discarded_clusters_goes_back_to_the_host),
        in_folder(room_of_a_deleted_snapshot_goes_back_to_the_host),
        in_folder(raw_files_are_zeroed_in_place),
        in_folder(ranges_outside_and_images_for_reading_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
