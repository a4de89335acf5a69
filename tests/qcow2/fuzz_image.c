/* Hostile images: copies of images of every shape with random damage are opened, read, written, checked, repaired,
 * snapshotted and resized. Nothing may crash, hang or take much memory; run it built with sanitizers (make fuzz).
 *
 *     fuzz_image [SEED]       the one case SEED; without it, or with FUZZ_SECONDS (60) in the environment, as long from
 *                             a seed that is printed on */
#include "tests/qcow2/tools.h"

#include <signal.h>
#include <sys/resource.h>
#include <time.h>

enum { DISK_BYTES = 300000, CHANGES = 12, SHAPES = 12, METADATA_BYTES = 40000 };

static struct { uint8_t *data; size_t bytes; } shape[SHAPES];

static void quietly(int code) { (void)code; }

static void make_shape(unsigned n)
{
    struct image_create_options o = { .cluster_size = n % 3 == 0   ? 512
                                                      : n % 3 == 1 ? 4096
                                                                   : 65536,
                                      .version = n % 4 == 1 ? 2 : 3,
                                      .refcount_bits = n % 4 == 2 ? 4 : 16,
                                      .zstd = n % 4 == 3,
                                      .extended_l2 = n % 6 == 2 };
    struct image_error error;
    uint8_t *data = make_disk(DISK_BYTES, n);
    remove("image");
    if (image_create("image", DISK_BYTES, &o, &error) < 0)
        fail_msg("%s", error.text);
    put_file("base", data, DISK_BYTES);
    struct image *image = open_image("image", true), *source = open_image("base", false);
    quietly(image_copy(image, source, &(struct image_copy_options){ .compress = n & 1 }));
    quietly(image_snapshot_create(image, &(struct image_snapshot){ .name = "one" }));
    quietly(image_write(image, 5000, data, 70000));
    quietly(image_write_zeroes(image, 100000, 50000, n & 1));
    if (n % 5 == 0)
        quietly(image_set_backing(image, "base", "raw"));
    must_close(image);
    image_close(source);
    shape[n].data = get_file("image", &shape[n].bytes);
    free(data);
}

/* Values that numbers in a file like to go wrong with. */
static uint64_t odd_value(uint64_t *seed)
{
    static const uint64_t values[] = { 0,
                                       1,
                                       2,
                                       511,
                                       512,
                                       0x10000,
                                       0x7FFFFFFF,
                                       0x80000000,
                                       0xFFFFFFFF,
                                       UINT64_C(1) << 56,
                                       UINT64_C(1) << 62,
                                       UINT64_C(1) << 63,
                                       INT64_MAX,
                                       UINT64_MAX };
    return next_random(seed) & 3 ? values[next_random(seed) % (sizeof values / sizeof *values)] : next_random(seed);
}

static void damage(uint8_t *data, size_t bytes, uint64_t *seed)
{
    unsigned count = 1 + (unsigned)(next_random(seed) % CHANGES);
    for (unsigned i = 0; i < count; i++) {
        size_t limit = next_random(seed) % 3 ? (bytes < METADATA_BYTES ? bytes : METADATA_BYTES) : bytes;
        size_t at = next_random(seed) % (next_random(seed) % 4 ? limit : 120);
        switch (next_random(seed) % 4) {
        case 0: data[at] ^= (uint8_t)(1u << next_random(seed) % 8); break;
        case 1: data[at] = (uint8_t)next_random(seed); break;
        case 2:
            if ((at &= ~(size_t)3) + 4 <= bytes)
                put_be32(data + at, (uint32_t)odd_value(seed));
            break;
        default:
            /* One entry of a table in the place of another. */
            if ((at &= ~(size_t)7) + 8 <= bytes)
                put_be64(data + at, next_random(seed) & 1 ? odd_value(seed)
                                                          : get_be64(data + (next_random(seed) % (bytes / 8)) * 8));
        }
    }
}

static void use(struct image *image, bool writable, uint64_t *seed)
{
    static uint8_t data[70000];
    struct image_extent extent;
    struct image_snapshot snapshot;
    uint64_t size = image_size(image);
    uint32_t count;
    for (uint64_t at = 0, steps = 0; at < size && steps < 2000 && image_map(image, at, &extent) == 0;
         at += extent.bytes)
        steps++;
    for (int i = 0; i < 12; i++) {
        uint64_t at = size ? next_random(seed) % size : 0, bytes = next_random(seed) % sizeof data;
        switch (next_random(seed) % (writable ? 10 : 3)) {
        case 3: case 4: quietly(image_write(image, at, data, bytes)); break;
        case 5: quietly(image_write_zeroes(image, at, bytes, next_random(seed) & 1)); break;
        case 6: quietly(image_snapshot_create(image, &(struct image_snapshot){ .name = "new" })); break;
        case 7: quietly(image_snapshot_apply(image, "one")); break;
        case 8: quietly(image_snapshot_delete(image, "one")); break;
        case 9: quietly(image_resize(image, size < 1 << 22 ? size + bytes : size)); break;
        default: quietly(image_read(image, at, data, bytes)); break;
        }
        size = image_size(image);
    }
    if (image_snapshot_count(image, &count) == 0)
        for (uint32_t i = 0; i < count && i < 5; i++)
            quietly(image_snapshot_get(image, i, &snapshot));
    quietly(image_snapshot_read_vmstate(image, 0, 0, data, 1000));
}

static void one_case(uint64_t number)
{
    uint64_t seed = number * 2 + 1;
    unsigned n = (unsigned)(next_random(&seed) % SHAPES);
    size_t bytes = shape[n].bytes;
    uint8_t *data = malloc(bytes);
    struct image_error error;
    struct image_check result;
    memcpy(data, shape[n].data, bytes);
    damage(data, bytes, &seed);
    if (next_random(&seed) % 8 == 0)
        bytes = next_random(&seed) % bytes;
    for (int writable = 0; writable < 2; writable++) {
        struct image *image;
        put_file("image", data, bytes);
        if (image_open(&image, "image", &(struct image_options){ .writable = writable }, &error) < 0)
            continue;
        use(image, writable, &seed);
        image_close(image);
        quietly(image_check("image", &(struct image_check_options){ .repair = IMAGE_REPAIR_ALL }, &result, &error));
    }
    free(data);
}

int main(int argc, char **argv)
{
    const char *limit = getenv("FUZZ_SECONDS");
    void *folder;
    time_t start = time(NULL), seconds = limit ? atol(limit) : 60;
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 0) : 1, n = first;
    struct rlimit files = { 256 << 20, 256 << 20 };
    if (enter_folder(&folder) < 0)
        return 1;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &files);
    for (unsigned i = 0; i < SHAPES; i++)
        make_shape(i);
    printf("fuzz_image: seed %llu, %ld seconds\n", (unsigned long long)first, (long)seconds);
    for (; argc > 1 && !limit ? n == first : time(NULL) - start < seconds; n++) {
        put_file("case", &n, sizeof n);         /* so that a crash can be found again */
        alarm(20);                              /* a case that hangs ends the program */
        one_case(n);
    }
    printf("fuzz_image: %llu cases\n", (unsigned long long)(n - first));
    for (unsigned i = 0; i < SHAPES; i++)
        free(shape[i].data);
    return leave_folder(&folder);
}
