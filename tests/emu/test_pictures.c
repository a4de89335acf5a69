/* Pictures: each guest tests/guests/picture_NAME.asm draws one and says so by port F4h; what the monitor shows then is
 * compared with tests/guests/pictures/NAME.png. Where something blinks there are NAME-2.png, NAME-3.png ... as well:
 * each of them must be seen within the 32 frames after which blinking begins again, and nothing else.
 *
 * Arguments: nothing compares all; "write" draws the kept pictures anew (look at them!); "peers" asks QEMU, which runs
 * our video BIOS, for its screen dumps: one that differs from the kept picture must be in differences.txt with the
 * reason by the manual. More words are the names, if not all are meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>
#include <png.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emu/emu.h"
#include "emu/inspect.h"
#include "emu/state.h"

enum { NAMES = 128, NAME_LENGTH = 40, PHASES = 4, LOOKS = 10, LOOK_FRAMES = 4, FLOPPY_SECTORS = 2880,
       EXIT_PORT = 0xF4, BOOT_SECTOR = 0x7C00 };

static const char guests[] = "tests/guests", kept[] = "tests/guests/pictures";

struct image { unsigned width, height; uint8_t *rgb; };
struct names { char name[NAMES][NAME_LENGTH]; size_t count; };

/* --- Guests and files --- */

static bool is_wanted(const char *const *wanted, const char *name)
{
    for (size_t i = 0; wanted[i]; i++)
        if (strcmp(wanted[i], name) == 0)
            return true;
    return !wanted[0];
}

static struct names find_names(const char *const *wanted)
{
    static struct names found;
    char pattern[128];
    glob_t paths;
    found.count = 0;
    snprintf(pattern, sizeof pattern, "%s/picture_*.asm", guests);
    assert_int_equal(glob(pattern, 0, NULL, &paths), 0);
    for (size_t i = 0; i < paths.gl_pathc && found.count < NAMES; i++) {
        const char *name = strstr(paths.gl_pathv[i], "picture_") + strlen("picture_");
        snprintf(found.name[found.count], NAME_LENGTH, "%.*s", (int)strcspn(name, "."), name);
        found.count += is_wanted(wanted, found.name[found.count]);
    }
    globfree(&paths);
    assert_true(found.count > 0);
    return found;
}

/* The path of the N-th kept picture of NAME, from 1. */
static const char *kept_path(const char *name, unsigned n)
{
    static char path[256];
    if (n > 1)
        snprintf(path, sizeof path, "%s/%s-%u.png", kept, name, n);
    else
        snprintf(path, sizeof path, "%s/%s.png", kept, name);
    return path;
}

static const char *guest_path(const char *name)
{
    static char path[256];
    const char *folder = getenv("TEST_GUESTS");
    snprintf(path, sizeof path, "%s/picture_%s.bin", folder ? folder : "build/tests/guests", name);
    return path;
}

static bool read_png(const char *path, struct image *out)
{
    png_image image = { .version = PNG_IMAGE_VERSION };
    *out = (struct image){ 0 };
    if (!png_image_begin_read_from_file(&image, path))
        return false;
    image.format = PNG_FORMAT_RGB;
    out->width = image.width;
    out->height = image.height;
    out->rgb = malloc(PNG_IMAGE_SIZE(image));
    assert_non_null(out->rgb);
    assert_true(png_image_finish_read(&image, NULL, out->rgb, 0, NULL));
    return true;
}

/* A palette keeps the files small; there are no more than 256 colours unless a guest uses direct ones. */
static void write_png(const char *path, const struct image *picture)
{
    png_image image = { .version = PNG_IMAGE_VERSION, .width = picture->width, .height = picture->height,
                        .format = PNG_FORMAT_RGB };
    uint8_t *index = malloc((size_t)picture->width * picture->height), colors[256][3];
    size_t pixels = (size_t)picture->width * picture->height;
    unsigned used = 0;
    assert_non_null(index);
    for (size_t i = 0; i < pixels && used <= 256; i++) {
        unsigned n = 0;
        while (n < used && memcmp(colors[n], picture->rgb + 3 * i, 3) != 0)
            n++;
        if (n == used && used++ < 256)
            memcpy(colors[n], picture->rgb + 3 * i, 3);
        index[i] = (uint8_t)n;
    }
    if (used <= 256) {
        image.format = PNG_FORMAT_RGB_COLORMAP;
        image.colormap_entries = used;
    }
    assert_true(png_image_write_to_file(&image, path, 0, used <= 256 ? index : picture->rgb, 0, colors));
    free(index);
}

/* --- Our pictures --- */

static uint8_t floppy[FLOPPY_SECTORS * 512];

static int floppy_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    (void)ctx;
    memcpy(buffer, floppy + lba * 512, (size_t)count * 512);
    return 0;
}

static void load_floppy(const char *name)
{
    FILE *file = fopen(guest_path(name), "rb");
    if (!file)
        fail_msg("%s: cannot be read; is TEST_GUESTS set?", guest_path(name));
    memset(floppy, 0, sizeof floppy);
    assert_true(fread(floppy, 1, sizeof floppy, file) > 512);
    fclose(file);
}

static struct machine *new_machine(enum timing_mode timing)
{
    static const struct disk_ops ops = { .read = floppy_read };
    struct machine_config config;
    char error[128];
    machine_config_defaults(&config);
    config.ram_kb = 4096;
    config.timing = timing;
    config.debug_exit_port = EXIT_PORT;
    config.drive[DRIVE_FLOPPY_A] = (struct drive_config){ .ops = &ops, .sectors = FLOPPY_SECTORS, .read_only = true };
    struct machine *m = machine_create(&config, error, sizeof error);
    if (!m)
        fail_msg("%s", error);
    return m;
}

/* The BIOS runs once for each mode, up to a boot sector; from there each guest goes on with its own. */
static struct state booted[TIMING_CYCLE + 1];

static void boot(enum timing_mode timing)
{
    struct machine *m = new_machine(timing);
    struct stop stop;
    assert_true(inspect_add_breakpoint(m, BOOT_SECTOR));
    assert_int_equal(machine_run(m, 120 * TICKS_PER_SECOND, &stop), STOP_BREAKPOINT);
    state_begin_save(&booted[timing]);
    machine_visit(m, &booted[timing]);
    assert_string_equal(booted[timing].error, "");
    machine_destroy(m);
}

static int forget_boots(void **state)
{
    (void)state;
    for (unsigned i = 0; i <= TIMING_CYCLE; i++)
        free(booted[i].data);
    return 0;
}

static struct machine *run_guest(const char *name, enum timing_mode timing)
{
    struct stop stop;
    struct state s;
    load_floppy(name);
    if (!booted[timing].data)
        boot(timing);
    struct machine *m = new_machine(timing);
    state_begin_load(&s, booted[timing].data, booted[timing].size);
    machine_visit(m, &s);
    assert_string_equal(s.error, "");
    inspect_poke_physical(m, BOOT_SECTOR, floppy, 512);
    machine_run(m, machine_tick(m) + 120 * TICKS_PER_SECOND, &stop);
    if (stop.reason != STOP_EXIT)
        fail_msg("%s: does not come to its end", name);
    return m;
}

static struct image picture_of(const struct machine *m)
{
    struct image picture = { .rgb = malloc(MACHINE_PICTURE) };
    struct picture size;
    assert_non_null(picture.rgb);
    assert_true(machine_picture(m, &size, picture.rgb, MACHINE_PICTURE));
    picture.width = size.width;
    picture.height = size.height;
    return picture;
}

static bool same(const struct image *a, const struct image *b)
{
    return a->width == b->width && a->height == b->height &&
           memcmp(a->rgb, b->rgb, (size_t)a->width * a->height * 3) == 0;
}

/* Pictures that are seen at some LOOKS, in the order in which they appear first. */
struct phases { struct image image[PHASES + 1]; unsigned count; };

static struct phases phases_of(const char *name, enum timing_mode timing, unsigned looks)
{
    struct phases phases = { .count = 0 };
    struct machine *m = run_guest(name, timing);
    struct stop stop;
    for (unsigned look = 0; look < looks; look++) {
        struct image picture = picture_of(m);
        unsigned n = 0;
        while (n < phases.count && !same(&phases.image[n], &picture))
            n++;
        if (n < phases.count || n == PHASES)
            free(picture.rgb);
        else
            phases.image[phases.count++] = picture;
        machine_run(m, machine_tick(m) + LOOK_FRAMES * TICKS_PER_SECOND / 70, &stop);
    }
    machine_destroy(m);
    return phases;
}

static void drop(struct phases *phases)
{
    for (unsigned i = 0; i < phases->count; i++)
        free(phases->image[i].rgb);
}

/* The kept pictures of NAME. */
static struct phases kept_phases(const char *name)
{
    struct phases phases = { .count = 0 };
    while (phases.count < PHASES && read_png(kept_path(name, phases.count + 1), &phases.image[phases.count]))
        phases.count++;
    return phases;
}

static bool is_among(const struct image *picture, const struct phases *phases)
{
    for (unsigned i = 0; i < phases->count; i++)
        if (same(picture, &phases->image[i]))
            return true;
    return false;
}

/* Says where two pictures differ first. */
static void print_difference(const char *name, const struct image *a, const struct image *b)
{
    if (a->width != b->width || a->height != b->height) {
        print_error("%s: %ux%u instead of %ux%u\n", name, a->width, a->height, b->width, b->height);
        return;
    }
    for (size_t i = 0; i < (size_t)a->width * a->height; i++)
        if (memcmp(a->rgb + 3 * i, b->rgb + 3 * i, 3) != 0) {
            print_error("%s: at %zu,%zu %02X%02X%02X instead of %02X%02X%02X\n", name, i % a->width, i / a->width,
                        a->rgb[3 * i], a->rgb[3 * i + 1], a->rgb[3 * i + 2], b->rgb[3 * i], b->rgb[3 * i + 1],
                        b->rgb[3 * i + 2]);
            return;
        }
}

static bool is_as_kept(const char *name, enum timing_mode timing)
{
    struct phases expected = kept_phases(name);
    struct phases seen = phases_of(name, timing, expected.count > 1 ? LOOKS : 2);
    bool right = seen.count > 0 && seen.count == expected.count;
    if (expected.count == 0)
        print_error("%s: there is no kept picture %s\n", name, kept_path(name, 1));
    else if (seen.count != expected.count)
        print_error("%s: %u pictures instead of %u\n", name, seen.count, expected.count);
    for (unsigned i = 0; i < seen.count && expected.count; i++)
        if (!is_among(&seen.image[i], &expected)) {
            print_difference(name, &seen.image[i], &expected.image[0]);
            right = false;
        }
    drop(&seen);
    drop(&expected);
    return right;
}

/* In turn in each timing mode: all of them in all modes would take too long. */
static void pictures_are_as_kept(void **state)
{
    struct names names = find_names(*state);
    unsigned wrong = 0;
    for (size_t i = 0; i < names.count; i++)
        wrong += !is_as_kept(names.name[i], (enum timing_mode)(i % (TIMING_CYCLE + 1)));
    assert_int_equal(wrong, 0);
}

static void write_pictures(void **state)
{
    struct names names = find_names(*state);
    for (size_t i = 0; i < names.count; i++) {
        struct phases seen = phases_of(names.name[i], TIMING_FAST, LOOKS);
        for (unsigned n = 0; n < seen.count; n++)
            write_png(kept_path(names.name[i], n + 1), &seen.image[n]);
        for (unsigned n = seen.count; n < PHASES; n++)
            unlink(kept_path(names.name[i], n + 1));
        drop(&seen);
    }
}

/* --- QEMU's --- */

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/trowel-pictures-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* QEMU finds our video BIOS under the name of its own; the guest's byte at port E9h says when to dump the screen. */
static void dump_from_qemu(const char *name)
{
    char command[2048];
    snprintf(command, sizeof command,
             "cd '%s' && rm -f said screen.ppm && cp '%s' floppy.img && truncate -s 1440K floppy.img && "
             "(n=0; while ! [ -s said ] && [ $n -lt 200 ]; do sleep 0.1; n=$((n+1)); done; sleep 0.3; "
             "echo 'screendump screen.ppm'; echo quit) | "
             "timeout 60 qemu-system-i386 -L . -L /usr/share/qemu -L /usr/share/seabios -M isapc -cpu 486 -m 16 "
             "-vga std -display none -monitor stdio -serial none -parallel none "
             "-drive file=floppy.img,format=raw,if=floppy -boot a "
             "-debugcon file:said -global isa-debugcon.iobase=0xe9 >qemu.log 2>&1",
             folder, guest_path(name)[0] == '/' ? guest_path(name) : realpath(guest_path(name), NULL));
    if (system(command) != 0)
        print_error("%s: QEMU failed\n", name);
}

static bool read_ppm(const char *path, struct image *out)
{
    FILE *file = fopen(path, "rb");
    *out = (struct image){ 0 };
    if (!file)
        return false;
    bool right = fscanf(file, "P6 %u %u 255", &out->width, &out->height) == 2 && fgetc(file) == '\n' &&
                 out->width && out->height && out->width <= 4096 && out->height <= 4096;
    size_t size = (size_t)out->width * out->height * 3;
    if (right) {
        out->rgb = malloc(size);
        assert_non_null(out->rgb);
        right = fread(out->rgb, 1, size, file) == size;
    }
    fclose(file);
    return right;
}

/* QEMU draws doubled lines and dots as two, and fills the DAC's six bits up to eight in a way of its own. */
static bool alike(const struct image *qemu, const struct image *ours, unsigned *differing)
{
    unsigned across = qemu->width / ours->width, down = qemu->height / ours->height;
    *differing = 0;
    if (!across || !down || qemu->width != across * ours->width || qemu->height != down * ours->height)
        return false;
    for (size_t y = 0; y < qemu->height; y++)
        for (size_t x = 0; x < qemu->width; x++) {
            const uint8_t *a = qemu->rgb + 3 * (y * qemu->width + x);
            const uint8_t *b = ours->rgb + 3 * (y / down * ours->width + x / across);
            *differing += a[0] >> 2 != b[0] >> 2 || a[1] >> 2 != b[1] >> 2 || a[2] >> 2 != b[2] >> 2;
        }
    return *differing == 0;
}

/* Is NAME in differences.txt, whose lines are NAME|WHY? */
static bool is_listed(const char *name)
{
    char path[256], line[1024];
    bool listed = false;
    snprintf(path, sizeof path, "%s/differences.txt", kept);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        listed |= line[0] != '#' && strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == '|';
    fclose(file);
    return listed;
}

static bool qemu_agrees(const char *name)
{
    struct image qemu;
    char path[128];
    struct phases expected = kept_phases(name);
    unsigned differing = 0;
    bool agrees = false;
    dump_from_qemu(name);
    snprintf(path, sizeof path, "%s/screen.ppm", folder);
    if (!read_ppm(path, &qemu))
        print_error("%s: no screen dump\n", name);
    for (unsigned i = 0; qemu.rgb && i < expected.count && !agrees; i++)
        agrees = alike(&qemu, &expected.image[i], &differing);
    if (!agrees && qemu.rgb && !is_listed(name)) {
        print_error("%s: QEMU's picture has %ux%u, %u pixels differ\n", name, qemu.width, qemu.height, differing);
    }
    free(qemu.rgb);
    drop(&expected);
    return agrees;
}

static void qemu_differs_only_as_explained(void **state)
{
    struct names names = find_names(*state);
    char command[512];
    unsigned wrong = 0;
    const char *build = getenv("TEST_GUESTS");
    snprintf(command, sizeof command, "cp '%s/../../vgabios.bin' '%s/vgabios.bin'",
             build ? build : "build/tests/guests", folder);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < names.count; i++) {
        bool agrees = qemu_agrees(names.name[i]);
        if (agrees && is_listed(names.name[i]))
            print_error("%s: listed, but no longer a difference\n", names.name[i]);
        wrong += agrees == is_listed(names.name[i]);
    }
    assert_int_equal(wrong, 0);
}

#define PICTURE_TEST(test) cmocka_unit_test_prestate(test, (void *)wanted)

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    char **wanted = argv + (argc > 1 ? 2 : argc);
    const struct CMUnitTest check[] = { PICTURE_TEST(pictures_are_as_kept) };
    const struct CMUnitTest write[] = { PICTURE_TEST(write_pictures) };
    const struct CMUnitTest peers[] = { PICTURE_TEST(qemu_differs_only_as_explained) };
    if (strcmp(what, "peers") == 0)
        return cmocka_run_group_tests(peers, make_folder, drop_folder);
    if (strcmp(what, "write") == 0)
        return cmocka_run_group_tests(write, NULL, forget_boots);
    return cmocka_run_group_tests(check, NULL, forget_boots);
}
