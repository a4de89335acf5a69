/* A matrix of images: every version, size of clusters, width of refcounts, kind of table, packing, backing file,
 * preallocation and size of disk that qemu-img makes. What we read is what qemu-img reads; where we write, and where we
 * make an image of that shape ourselves, qemu-img finds it clean and equal to the model. */
#define _GNU_SOURCE
#include "tests/qcow2/shapes.h"

#if defined __SANITIZE_ADDRESS__
enum { STRIDE = 4 };            /* some of the rows, for time's sake */
#else
enum { STRIDE = 1 };
#endif

/* One line of qemu-img's map. */
struct mapped { uint64_t start, bytes, offset; unsigned depth; bool zero, has_offset; };

static bool parse_mapped(const char *line, struct mapped *m)
{
    const char *start = strstr(line, "\"start\": "), *depth = strstr(line, "\"depth\": ");
    const char *offset = strstr(line, "\"offset\": ");
    *m = (struct mapped){ .zero = strstr(line, "\"zero\": true"), .has_offset = offset };
    if (!start || !depth || sscanf(start, "\"start\": %" SCNu64 ", \"length\": %" SCNu64, &m->start, &m->bytes) != 2)
        return false;
    m->depth = (unsigned)strtoul(depth + 9, NULL, 10);
    m->offset = offset ? strtoull(offset + 10, NULL, 10) : 0;
    return true;
}

/* Our map of the stretch M. Where QEMU sees zeros we may see a hole in a raw file or in preallocated clusters. */
static void compare_stretch(struct image *image, const struct mapped *m, const char *when)
{
    struct image_extent e;
    for (uint64_t at = m->start; at < m->start + m->bytes; at += e.bytes) {
        assert_int_equal(image_map(image, at, &e), 0);
        bool held = e.layer < image_layers(image) && e.status != IMAGE_CLUSTER_ZERO;
        if (!m->zero && (!held || e.layer != m->depth))
            fail_msg("%s: map: layer %u status %d at %" PRIu64 ", QEMU has data in %u", when, e.layer, e.status, at,
                     m->depth);
        if (!m->zero && m->has_offset && e.host_offset != m->offset + (at - m->start))
            fail_msg("%s: map: %" PRIu64 " is at %" PRIu64, when, at, e.host_offset);
        if (!m->zero && !m->has_offset && e.status != IMAGE_CLUSTER_COMPRESSED)
            fail_msg("%s: map: %" PRIu64 " is not compressed", when, at);
    }
}

static void compare_map(struct image *image, const char *when)
{
    char line[500];
    struct mapped m;
    uint64_t end = 0;
    must("qemu-img map -f qcow2 --output=json image >map");
    FILE *map = fopen("map", "r");
    assert_non_null(map);
    while (fgets(line, sizeof line, map))
        if (parse_mapped(line, &m)) {
            assert_int_equal(m.start, end);
            compare_stretch(image, &m, when);
            end = m.start + m.bytes;
        }
    assert_int_equal(end, image_size(image));
    fclose(map);
}

static void let_qemu_judge(const char *when, const char *path)
{
    if (run("qemu-img check -f qcow2 %s && qemu-img compare -f qcow2 -F raw %s model", path, path) != 0) {
        show_log();
        fail_msg("%s: QEMU does not agree with %s", when, path);
    }
}

static void change_at_random(const struct shape *s, int model, uint64_t seed)
{
    struct image *image = open_image("image", true);
    for (int i = 0; i < 24; i++) {
        struct change c = pick_change(s, image_size(image), &seed);
        change_ours(image, &c, s);
        change_model(model, &c);
        if (i == 12)
            assert_shows(image, model, "amid changes");
    }
    must_close(image);
}

/* An image of ours in the same shape, without a backing file, that shows the same. */
static void make_our_own(const struct shape *s)
{
    struct image_create_options options = { .version = s->version, .cluster_size = s->cluster,
                                            .refcount_bits = s->refcount_bits, .extended_l2 = s->extended,
                                            .zstd = s->packing == ZSTD };
    struct image_error error;
    remove("ours");
    if (image_create("ours", shape_bytes(s), &options, &error) < 0)
        fail_msg("%s", error.text);
    struct image *source = open_image("image", false), *target = open_image("ours", true);
    if (image_copy(target, source, &(struct image_copy_options){ .compress = s->packing != PLAIN }) < 0)
        fail_msg("copy: %s %s", image_last_error(target), image_last_error(source));
    image_close(source);
    must_close(target);
}

static void try_shape(size_t row)
{
    const struct shape *s = &shapes[row];
    char when[40];
    snprintf(when, sizeof when, "row %zu", row);
    make_shape(s);
    must("rm -f model && qemu-img convert -f qcow2 -O raw image model");
    int model = open("model", O_RDWR);
    assert_true(model >= 0);
    struct image *image = open_image("image", false);
    assert_shows(image, model, when);
    compare_map(image, when);
    assert_int_equal(image_close(image), 0);
    change_at_random(s, model, row * 2 + 1);
    let_qemu_judge(when, "image");
    make_our_own(s);
    let_qemu_judge(when, "ours");
    close(model);
}

static void every_shape_is_read_and_written_as_qemu_does(void **state)
{
    (void)state;
    need_qemu();
    const char *only = getenv("MATRIX_ROW");
    for (size_t row = 0; row < SHAPES; row += STRIDE)
        if (!only || strtoul(only, NULL, 10) == row)
            try_shape(row);
}

/* The table is what it claims to be: no value of an option is missing. */
static void the_matrix_is_large_enough(void **state)
{
    (void)state;
    unsigned versions = 0, clusters = 0, widths = 0, packings = 0, bases = 0, sizes = 0;
    for (size_t i = 0; i < SHAPES; i++) {
        versions |= 1u << shapes[i].version;
        clusters |= shapes[i].cluster;
        widths |= shapes[i].refcount_bits;
        packings |= 1u << shapes[i].packing;
        bases |= 1u << shapes[i].base;
        sizes |= 1u << shapes[i].size;
    }
    assert_true(SHAPES >= 60);
    assert_int_equal(versions, 1 << 2 | 1 << 3);
    assert_int_equal(clusters, 512 | 1024 | 4096 | 16384 | 65536 | 2 << 20);
    assert_int_equal(widths, 127);
    assert_int_equal(packings, 7);
    assert_int_equal(bases, 63);
    assert_int_equal(sizes, 31);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(the_matrix_is_large_enough),
        in_folder(every_shape_is_read_and_written_as_qemu_does)
    };
    return cmocka_run_group_tests_name("qcow2 matrix", tests, NULL, NULL);
}
