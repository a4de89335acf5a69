/* What the tests of qcow2/ share: a folder for each test, qemu-img to make and judge images, and reproducible bytes. */
#ifndef TESTS_QCOW2_TOOLS_H
#define TESTS_QCOW2_TOOLS_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "qcow2/bytes.h"
#include "qcow2/qcow2.h"

/* Runs a shell command in the current folder, silently. Returns its exit status. */
__attribute__((format(printf, 1, 2))) static inline int run(const char *format, ...)
{
    char text[2048], command[2100];
    va_list list;
    va_start(list, format);
    int bytes = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    assert_true(bytes > 0 && (size_t)bytes < sizeof text);
    snprintf(command, sizeof command, "{ %s; } >>log 2>&1 </dev/null", text);
    int status = system(command);
    return status < 0 ? -1 : status >> 8;
}

static inline void show_log(void)
{
    if (system("tail -12 log >&2") != 0)
        print_message("(no log)\n");
}

/* Runs a command that must succeed. */
#define must(...) do { \
        if (run(__VA_ARGS__) != 0) { \
            show_log(); \
            fail_msg("a command failed"); \
        } \
    } while (0)

/* For tests that are nothing without QEMU's tools. */
static inline void need_qemu(void)
{
    if (system("command -v qemu-img >/dev/null 2>&1 && command -v qemu-io >/dev/null 2>&1") != 0) {
        print_message("skipped: qemu-img and qemu-io are not installed\n");
        skip();
    }
}

/* Each test runs in a folder of its own, which is removed afterwards. */
static inline int enter_folder(void **state)
{
    const char *base = getenv("TMPDIR");
    char name[256];
    snprintf(name, sizeof name, "%s/trowel-test-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(name) || chdir(name) < 0)
        return -1;
    *state = strdup(name);
    return *state ? 0 : -1;
}

static inline int leave_folder(void **state)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", (const char *)*state);
    free(*state);
    return chdir("/") < 0 || system(command) != 0 ? -1 : 0;
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

/* A generator that gives the same numbers everywhere (xorshift64*). */
static inline uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C(2685821657736338717);
}

static inline void fill_random(uint8_t *data, size_t bytes, uint64_t seed)
{
    seed = seed * 2 + 1;
    for (size_t i = 0; i < bytes; i++)
        data[i] = (uint8_t)(next_random(&seed) >> 56);
}

static inline void put_file(const char *path, const void *data, size_t bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, bytes, file), bytes);
    assert_int_equal(fclose(file), 0);
}

/* The whole of a file, to be freed by the caller. */
static inline uint8_t *get_file(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *bytes = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(*bytes + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *bytes, file), *bytes);
    fclose(file);
    return data;
}

/* A disk as disks are: random stretches, one repeated byte, and nothing. */
static inline uint8_t *make_disk(size_t bytes, uint64_t seed)
{
    uint8_t *data = calloc(1, bytes);
    assert_non_null(data);
    seed = seed * 2 + 1;
    for (size_t at = 0; at < bytes; ) {
        size_t length = 512 * (1 + next_random(&seed) % 160), kind = next_random(&seed) % 3;
        if (length > bytes - at)
            length = bytes - at;
        if (kind == 0)
            fill_random(data + at, length, next_random(&seed) >> 8);
        else if (kind == 1)
            memset(data + at, (int)(next_random(&seed) & 0xFF), length);
        at += length;
    }
    return data;
}

static inline struct image *open_image(const char *path, bool writable)
{
    struct image *image;
    struct image_error error;
    struct image_options options = { .writable = writable };
    if (image_open(&image, path, &options, &error) < 0)
        fail_msg("%s", error.text);
    return image;
}

static inline void must_close(struct image *image)
{
    int code = image_flush(image);
    if (code < 0)
        fail_msg("flush: %d %s", code, image_last_error(image));
    assert_int_equal(image_close(image), 0);
}

/* Reads the image in pieces of any size and compares it with DATA. */
static inline void assert_contents(struct image *image, const uint8_t *data, size_t bytes, uint64_t seed)
{
    uint8_t *read = malloc(bytes + 1);
    assert_non_null(read);
    assert_int_equal(image_size(image), bytes);
    seed = seed * 2 + 1;
    for (size_t at = 0; at < bytes; ) {
        size_t length = 1 + next_random(&seed) % (next_random(&seed) % 4 ? 3000 : 400000);
        if (length > bytes - at)
            length = bytes - at;
        memset(read + at, 0xEE, length);
        if (image_read(image, at, read + at, length) < 0)
            fail_msg("read at %zu: %s", at, image_last_error(image));
        at += length;
    }
    for (size_t i = 0; i < bytes; i++)
        if (read[i] != data[i])
            fail_msg("byte %zu of %zu is %02x, not %02x", i, bytes, read[i], data[i]);
    free(read);
}

/* What QEMU's tools have to say about an image of ours. */
static inline void assert_clean(const char *path)
{
    if (run("qemu-img check -f qcow2 '%s'", path) != 0) {
        show_log();
        fail_msg("qemu-img check finds fault with %s", path);
    }
}

static inline void assert_qemu_reads(const char *path, const char *format, const uint8_t *data, size_t bytes)
{
    size_t got_bytes;
    must("qemu-img convert -f %s -O raw '%s' qemu.raw", format, path);
    uint8_t *got = get_file("qemu.raw", &got_bytes);
    assert_int_equal(got_bytes, bytes);
    assert_memory_equal(got, data, bytes);
    free(got);
}

#endif
