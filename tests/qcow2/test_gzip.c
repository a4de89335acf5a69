/* Images compressed with gzip: their contents are the disk, they are only read, and what is hostile is refused. */
#include "tests/qcow2/tools.h"

#include <zlib.h>

#include "qcow2/gzip.h"

enum { DISK = 1474560 };

static uint8_t bytes[DISK];

/* A raw disk of random bytes and zeros as NAME, and NAME.gz. */
static void make_packed(const char *name)
{
    uint64_t seed = 42;
    for (unsigned i = 0; i < DISK; i++)
        bytes[i] = i / 100000 % 2 ? 0 : (uint8_t)next_random(&seed);
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, DISK, file), DISK);
    fclose(file);
    must("gzip -k %s", name);
}

static struct image *open_good(const char *name)
{
    struct image *image;
    struct image_error error;
    if (image_open(&image, name, NULL, &error) < 0)
        fail_msg("%s", error.text);
    return image;
}

static void refused(const char *name, const struct image_options *options, int code, const char *why)
{
    struct image *image;
    struct image_error error;
    assert_int_equal(image_open(&image, name, options, &error), code);
    if (!strstr(error.text, why) || !strstr(error.text, name))
        fail_msg("said: %s", error.text);
}

static void same_contents(struct image *image)
{
    static uint8_t seen[DISK];
    assert_int_equal(image_size(image), DISK);
    assert_int_equal(image_read(image, 0, seen, DISK), 0);
    assert_memory_equal(seen, bytes, DISK);
}

static void contents_are_those_of_the_packed_disk(void **state)
{
    struct image_layer_info info;
    (void)state;
    make_packed("a.img");
    struct image *image = open_good("a.img.gz");
    same_contents(image);
    image_layer_info(image, 0, &info);
    assert_true(info.gzip);
    assert_int_equal(info.format, IMAGE_FORMAT_RAW);
    assert_string_equal(info.path, "a.img.gz");
    assert_true(info.file_size < DISK);
    assert_false(image_writable(image));
    image_close(image);
}

static void writes_go_to_a_temporary_overlay(void **state)
{
    struct image *disk, *base;
    (void)state;
    make_packed("a.img");
    must("cp a.img.gz before.gz");
    base = open_good("a.img.gz");
    assert_int_equal(image_temporary_overlay(&disk, base, ".", NULL), 0);
    assert_int_equal(image_write(disk, 512, "trowel", 6), 0);
    memcpy(bytes + 512, "trowel", 6);
    same_contents(disk);
    assert_int_equal(image_close(disk), 0);
    must("cmp a.img.gz before.gz");
}

static void is_not_written_to_nor_backs_what_is_kept(void **state)
{
    struct image_error error;
    (void)state;
    make_packed("a.img");
    refused("a.img.gz", &(struct image_options){ .writable = true }, -EROFS, "compressed with gzip");
    assert_int_equal(image_create_overlay("over.qcow2", "a.img.gz", NULL, &error), -ENOTSUP);
    assert_non_null(strstr(error.text, "a.img.gz: compressed with gzip"));
    assert_int_not_equal(access("over.qcow2", F_OK), 0);
}

static void a_format_that_is_named_is_taken_at_its_word(void **state)
{
    struct image *image;
    struct image_error error;
    uint8_t start[2];
    (void)state;
    make_packed("a.img");
    assert_int_equal(image_open(&image, "a.img.gz", &(struct image_options){ .format = IMAGE_FORMAT_RAW }, &error), 0);
    assert_int_equal(image_read(image, 0, start, 2), 0);
    assert_int_equal(start[0], 0x1F);
    image_close(image);
}

static void members_in_a_row_are_one_disk_and_padding_is_ignored(void **state)
{
    (void)state;
    make_packed("a.img");
    must("{ head -c 700000 a.img | gzip -c; tail -c +700001 a.img | gzip -1c; head -c 1000 /dev/zero; } >b.gz");
    struct image *image = open_good("b.gz");
    same_contents(image);
    image_close(image);
}

static void a_packed_qcow2_image_is_one(void **state)
{
    struct image_layer_info info;
    (void)state;
    need_qemu();
    make_packed("a.img");
    must("qemu-img convert -O qcow2 a.img c.qcow2 && gzip c.qcow2");
    struct image *image = open_good("c.qcow2.gz");
    same_contents(image);
    image_layer_info(image, 0, &info);
    assert_int_equal(info.format, IMAGE_FORMAT_QCOW2);
    image_close(image);
}

static void damage_is_told(void **state)
{
    (void)state;
    make_packed("a.img");
    must("head -c 300000 a.img.gz >short.gz");
    refused("short.gz", NULL, -EINVAL, "ends too early");
    must("head -c 10 a.img.gz >header.gz");
    refused("header.gz", NULL, -EINVAL, "ends too early");
    must("cp a.img.gz bad.gz && printf XXXX | dd of=bad.gz bs=1 seek=400000 conv=notrunc");
    refused("bad.gz", NULL, -EINVAL, "damaged compressed data");
    must("cp a.img.gz sum.gz && printf XXXX | dd of=sum.gz bs=1 seek=$(($(stat -c %%s sum.gz) - 8)) conv=notrunc");
    refused("sum.gz", NULL, -EINVAL, "incorrect data check");
}

/* A stream of members that each stand for 64 MB of zeros. */
static void too_much_is_refused_and_takes_no_room(void **state)
{
    (void)state;
    must("head -c 67108864 /dev/zero | gzip -1c >member.gz");
    must("for i in $(seq %u); do cat member.gz; done >bomb.gz", (unsigned)(GZIP_MOST_BYTES >> 26));
    must("cat bomb.gz member.gz >more.gz");
    refused("more.gz", NULL, -EFBIG, "holds more than 2048 MiB");
}

/* Whatever bytes follow the magic: an answer, and nothing that the sanitizers object to. */
static void noise_does_no_harm(void **state)
{
    uint64_t seed = 7;
    static uint8_t noise[20000];
    (void)state;
    make_packed("a.img");
    FILE *file = fopen("a.img.gz", "rb");
    assert_non_null(file);
    size_t size = fread(noise, 1, sizeof noise, file);
    fclose(file);
    for (unsigned round = 0; round < 100; round++) {
        uint8_t copy[sizeof noise];
        struct image *image;
        memcpy(copy, noise, size);
        for (unsigned i = 0; i < 8; i++)
            copy[3 + next_random(&seed) % (round < 50 ? 40 : size - 3)] = (uint8_t)next_random(&seed);
        file = fopen("noise.gz", "wb");
        assert_non_null(file);
        fwrite(copy, 1, size, file);
        fclose(file);
        if (image_open(&image, "noise.gz", NULL, NULL) == 0)
            image_close(image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(contents_are_those_of_the_packed_disk),
        in_folder(writes_go_to_a_temporary_overlay),
        in_folder(is_not_written_to_nor_backs_what_is_kept),
        in_folder(a_format_that_is_named_is_taken_at_its_word),
        in_folder(members_in_a_row_are_one_disk_and_padding_is_ignored),
        in_folder(a_packed_qcow2_image_is_one),
        in_folder(damage_is_told),
        in_folder(too_much_is_refused_and_takes_no_room),
        in_folder(noise_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
