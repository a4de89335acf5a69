/* libFuzzer target: an image is opened for reading, mapped, read and checked; then opened for writing, changed in every
 * way, repaired and checked again. Nothing may crash, take more than 64 MiB or, under sanitizers, five seconds. See
 * packed.h for the inputs and seeds.c for the first of them; `make fuzz` runs it.
 *
 * Beside the image lie "base", "data" and nothing else, which must stay as they are where the library may not write. */
#define _GNU_SOURCE
#include "tests/qcow2/fuzz/packed.h"

#include "qcow2/bytes.h"
#include "qcow2/qcow2.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sanitizer/allocator_interface.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t bytes);
size_t LLVMFuzzerCustomMutator(uint8_t *input, size_t bytes, size_t most, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *input, size_t bytes, size_t most);

enum { MEMORY_MAX = 64 << 20, BASE_BYTES = 300000, READ_BYTES = 1 << 20, PIECE = 70000, STEPS = 500 };

/* --- Memory --- */

static struct { bool on; size_t used; } memory;

static void on_malloc(const volatile void *at, size_t bytes)
{
    (void)at;
    memory.used += bytes;
    if (memory.on && memory.used > MEMORY_MAX && memory.used < SIZE_MAX / 2) {
        fprintf(stderr, "%zu bytes are allocated\n", memory.used);
        abort();
    }
}

static void on_free(const volatile void *at)
{
    memory.used -= at ? __sanitizer_get_allocated_size(at) : 0;
}

/* --- The files --- */

static uint8_t base_bytes[BASE_BYTES];

static void put(const char *path, const void *data, size_t bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0 || write(fd, data, bytes) != (ssize_t)bytes)
        abort();
    close(fd);
}

static void unpack(const uint8_t *input, size_t bytes)
{
    uint32_t length = get_be32(input) % (PACKED_MAX_FILE + 1);
    int fd = open("image", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        abort();
    for (size_t at = PACKED_HEAD; at + PACKED_RECORD <= bytes; at += PACKED_RECORD) {
        off_t where = (off_t)get_be32(input + at) * PACKED_SECTOR;
        if (where < length && pwrite(fd, input + at + 4, PACKED_SECTOR, where) < 0)
            abort();
    }
    if (ftruncate(fd, length) < 0)
        abort();
    close(fd);
}

static void remove_folder(void)
{
    static const char *const files[] = { "image", "base", "data" };
    if (chdir(getenv("FUZZ_FOLDER")) == 0)
        for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
            unlink(files[i]);
    rmdir(getenv("FUZZ_FOLDER"));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *base = getenv("TMPDIR");
    static char name[256];
    (void)argc, (void)argv;
    snprintf(name, sizeof name, "%s/trowel-fuzz-XXXXXX", base && *base ? base : "/dev/shm");
    if (!mkdtemp(name))
        abort();
    /* libFuzzer keeps its corpus by relative names, so this must not become the working folder for good. */
    setenv("FUZZ_FOLDER", name, 1);
    atexit(remove_folder);
    memset(base_bytes, 0x5A, sizeof base_bytes);
    __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
    return 0;
}

/* --- What is done with an image --- */

static uint64_t random_state;

static uint64_t draw(uint64_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return below ? random_state % below : 0;
}

static void quietly(int code) { (void)code; }

static void look(struct image *image)
{
    static uint8_t data[PIECE];
    struct image_extent extent;
    struct image_layer_info info;
    uint64_t size = image_size(image), at = 0;
    for (unsigned i = 0; i < image_layers(image); i++)
        image_layer_info(image, i, &info);
    for (unsigned i = 0; i < STEPS && at < size && image_map(image, at, &extent) == 0; i++)
        at += extent.bytes;
    for (at = 0; at < size && at < READ_BYTES; at += PIECE)
        quietly(image_read(image, at, data, size - at < PIECE ? (size_t)(size - at) : PIECE));
    for (unsigned i = 0; i < 8 && size; i++) {
        at = draw(size);
        quietly(image_read(image, at, data, size - at < PIECE ? (size_t)(size - at) : PIECE));
    }
}

static void look_at_snapshots(struct image *image)
{
    static uint8_t data[1000];
    struct image_snapshot snapshot;
    uint32_t count = 0;
    quietly(image_snapshot_count(image, &count));
    for (uint32_t i = 0; i < count && i < 4; i++) {
        quietly(image_snapshot_get(image, i, &snapshot));
        quietly(image_snapshot_read_vmstate(image, i, 0, data, sizeof data));
    }
    if (count && image_snapshot_show(image, 0) == 0)
        look(image);
}

static void change(struct image *image)
{
    static uint8_t data[PIECE];
    uint64_t size = image_size(image), at = draw(size), bytes = draw(PIECE);
    struct image_layer_info info;
    bytes = bytes < size - at ? bytes : size - at;
    memset(data, (int)draw(256), sizeof data);
    image_layer_info(image, 0, &info);
    switch (draw(18)) {
    case 0: case 1: case 2: quietly(image_write(image, at, data, (size_t)bytes)); break;
    case 3: quietly(image_write_zeroes(image, at, bytes, draw(2))); break;
    case 4: quietly(image_discard(image, at, bytes)); break;
    case 5: quietly(image_flush(image)); break;
    case 6: quietly(image_snapshot_create(image, &(struct image_snapshot){ .name = "new" })); break;
    case 7: quietly(image_snapshot_apply(image, "one")); break;
    case 8: quietly(image_snapshot_delete(image, "one")); break;
    case 9: quietly(image_resize(image, size < 1 << 26 ? size + bytes : size)); break;
    case 10: quietly(image_resize(image, size < 1 << 26 ? size / 2 : size)); break;
    case 11: quietly(image_vmstate_write(image, draw(100000), data, (size_t)draw(3000))); break;
    case 12: quietly(image_set_backing(image, draw(2) ? "base" : "", draw(2) ? "raw" : "")); break;
    case 13: quietly(image_make_empty(image)); break;
    case 14: quietly(image_vmstate_read(image, draw(100000), data, (size_t)draw(3000))); break;
    case 15: image_allocated_clusters(image, 0); break;
    default:
        at -= at % info.cluster_size;
        if (info.cluster_size <= PIECE && at + info.cluster_size <= size)
            quietly(image_write_compressed(image, at, data, info.cluster_size));
    }
}

static void check(enum image_repair repair)
{
    struct image_check result;
    quietly(image_check("image", &(struct image_check_options){ .repair = repair }, &result, NULL));
}

static bool same_as(const char *path, const uint8_t *data, size_t bytes)
{
    static uint8_t now[BASE_BYTES + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, now, sizeof now);
    if (fd >= 0)
        close(fd);
    return got == (ssize_t)bytes && memcmp(now, data, bytes) == 0;
}

/* Marks the header as sealed, and not again. */
static void seal(void)
{
    struct image_seal seal = { .size = 1 };
    if (draw(2))
        quietly(image_seal_write("image", &seal, NULL));
    quietly(image_seal_write("image", NULL, NULL));
}

/* What is done with the image of INPUT is drawn at random, from a state that the input gives. */
static void use(const uint8_t *input, size_t bytes)
{
    struct image *image;
    struct image_options reading = { .data_file = "data" }, writing = { .writable = true, .data_file = "data" };
    unpack(input, bytes);
    if (image_open(&image, "image", &reading, NULL) == 0) {
        look(image);
        look_at_snapshots(image);
        image_close(image);
    }
    check(IMAGE_REPAIR_NONE);
    if (!same_as("data", base_bytes, BASE_BYTES))
        abort();
    writing.punch_holes = draw(2);
    for (int round = 0; round < 2; round++) {
        if (image_open(&image, "image", &writing, NULL) == 0) {
            for (int i = 0; i < 10; i++)
                change(image);
            image_close(image);
        }
        check(IMAGE_REPAIR_ALL);
        seal();
    }
    if (!same_as("base", base_bytes, BASE_BYTES))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t bytes)
{
    static bool ready;
    static int home = -1;
    if (bytes < PACKED_HEAD + PACKED_RECORD)
        return -1;
    if (home < 0)
        home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (chdir(getenv("FUZZ_FOLDER")) < 0)
        abort();
    if (!ready)
        put("base", base_bytes, BASE_BYTES);
    ready = true;
    put("data", base_bytes, BASE_BYTES);
    random_state = 88172645463325252;
    for (size_t i = 0; i < bytes; i += 97)
        random_state = (random_state ^ input[i]) * 1099511628211u | 1;
    memory.used = 0;
    memory.on = true;
    use(input, bytes);
    memory.on = false;
    if (fchdir(home) < 0)
        abort();
    return 0;
}

/* --- Mutations that know what the file is made of --- */

static uint64_t odd_value(uint64_t place, uint64_t length)
{
    const uint64_t values[] = { 0, 1, 2, 3, 511, 512, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, UINT64_C(1) << 55,
                                UINT64_C(1) << 62, UINT64_C(1) << 63, INT64_MAX, UINT64_MAX, place & ~UINT64_C(511),
                                length & ~UINT64_C(511), (length | 511) + 1 };
    const uint64_t flags[] = { 0, 0, UINT64_C(1) << 63, UINT64_C(1) << 62, 1 };
    uint64_t some = draw(2) ? values[draw(sizeof values / sizeof *values)] : draw(length + 1) & ~UINT64_C(511);
    return some | flags[draw(5)];
}

/* One number in a sector: an odd one, or one from elsewhere. */
static void change_number(uint8_t *input, size_t records)
{
    uint8_t *record = input + PACKED_HEAD + draw(draw(3) ? (records < 12 ? records : 12) : records) * PACKED_RECORD;
    const uint8_t *other = input + PACKED_HEAD + draw(records) * PACKED_RECORD + 4;
    bool header = get_be32(record) == 0 && draw(4);
    uint8_t *at = record + 4 + (header ? draw(28) * 4 : draw(PACKED_SECTOR / 8) * 8);
    uint64_t value = odd_value(get_be32(record) * UINT64_C(512), get_be32(input));
    switch (draw(5)) {
    case 0: put_be32(at, (uint32_t)value); break;
    case 1: at[draw(4)] ^= (uint8_t)(1u << draw(8)); break;
    case 2: memcpy(at, other + draw(PACKED_SECTOR / 8) * 8, 4); break;
    default:
        if (at + 8 <= record + PACKED_RECORD)
            put_be64(at, draw(3) ? value : get_be64(other + draw(PACKED_SECTOR / 8) * 8));
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *input, size_t bytes, size_t most, unsigned seed)
{
    size_t records = bytes > PACKED_HEAD ? (bytes - PACKED_HEAD) / PACKED_RECORD : 0;
    random_state = seed * UINT64_C(2654435761) + 1;
    if (!records || draw(12) == 0)
        return LLVMFuzzerMutate(input, bytes, most);
    for (uint64_t n = 1 + draw(4); n; n--)
        switch (draw(16)) {
        case 0: put_be32(input, (uint32_t)draw(get_be32(input) + 2)); break;     /* cut short */
        case 1:         /* moved */
            put_be32(input + PACKED_HEAD + draw(records) * PACKED_RECORD, (uint32_t)draw(1 + get_be32(input) / 512));
            break;
        default: change_number(input, records);
        }
    return PACKED_HEAD + records * PACKED_RECORD;
}
