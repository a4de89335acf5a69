/* Files of the end-to-end tests. */
#include "tests/end/support/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/end/support/program.h"

enum { PATHS = 16, PATH_SIZE = 512, FLOPPY_BYTES = 1474560 };

static char folder[256];

int folder_setup(void **state)
{
    const char *base = getenv("TMPDIR");
    (void)state;
    snprintf(folder, sizeof folder, "%s/trowel-end-XXXXXX", base && *base ? base : "/tmp");
    return mkdtemp(folder) && setenv("TMPDIR", folder, 1) == 0 && setenv("HOME", folder, 1) == 0 ? 0 : -1;
}

int folder_teardown(void **state)
{
    (void)state;
    must("rm -rf '%s'", folder);
    return 0;
}

static char *next_path(void)
{
    static char paths[PATHS][PATH_SIZE];
    static unsigned next;
    return paths[next++ % PATHS];
}

const char *in_folder(const char *name)
{
    char *path = next_path();
    snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    return path;
}

const char *guest(const char *name)
{
    const char *guests = getenv("TEST_GUESTS");
    char *path = next_path();
    snprintf(path, PATH_SIZE, "%s/%s.bin", guests ? guests : "build/tests/guests", name);
    return path;
}

void make_empty(const char *path, uint64_t size)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(file >= 0);
    assert_int_equal(ftruncate(file, (off_t)size), 0);
    close(file);
}

const char *make_guest_floppy(const char *name)
{
    size_t size;
    char file[128], *code = read_file(guest(name), &size);
    snprintf(file, sizeof file, "%s.img", name);
    const char *path = in_folder(file);
    make_empty(path, FLOPPY_BYTES);
    put_at(path, 0, code, size);
    free(code);
    return path;
}

void put_at(const char *path, uint64_t offset, const void *data, size_t size)
{
    int file = open(path, O_WRONLY);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, data, size, (off_t)offset), (ssize_t)size);
    close(file);
}

void get_at(const char *path, uint64_t offset, void *data, size_t size)
{
    int file = open(path, O_RDONLY);
    assert_true(file >= 0);
    assert_int_equal(pread(file, data, size, (off_t)offset), (ssize_t)size);
    close(file);
}

char *read_file(const char *path, size_t *size)
{
    struct stat st;
    if (stat(path, &st) < 0)
        fail_msg("%s is missing", path);
    char *text = malloc((size_t)st.st_size + 1);
    assert_non_null(text);
    get_at(path, 0, text, (size_t)st.st_size);
    text[st.st_size] = 0;
    if (size)
        *size = (size_t)st.st_size;
    return text;
}

void write_file(const char *path, const char *text)
{
    make_empty(path, 0);
    put_at(path, 0, text, strlen(text));
}

uint64_t hash_file(const char *path)
{
    size_t size;
    char *bytes = read_file(path, &size);
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (uint8_t)bytes[i]) * 1099511628211u;
    free(bytes);
    return hash;
}

void check_image(const char *path)
{
    must("qemu-img check -f qcow2 '%s'", path);
}

void same_disk(const char *a, const char *a_format, const char *b, const char *b_format)
{
    must("qemu-img compare -f %s -F %s '%s' '%s'", a_format, b_format, a, b);
}
