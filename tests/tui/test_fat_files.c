/* Files written to and read from FAT volumes in memory, the journal that guards them, and volumes damaged at random.
 * What mtools makes of the result is in tests/end/test_exchange.c. */
#include "tests/tui/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tui/fat_files.h"

enum { SECTORS = 2880, BYTES = SECTORS * 512, ROOT_ENTRIES = 224, FAT_SECTORS = 9, ROOT = 19, DATA = 33 };

/* A 1.44 MB floppy. When WRITES_LEFT writes were done it refuses further ones, or notes what a machine without power
 * would find: its own sectors, and the journal's file. Negative: no limit. */
struct disk { uint8_t data[BYTES], *found; long writes_left; bool refuses; };

static void journal_path(char *path, size_t size, const char *suffix)
{
    snprintf(path, size, "%s/trowel-test-journal-%d%s", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp",
             (int)getpid(), suffix);
}

/* The journal's file as it is now. */
static void copy_journal(void)
{
    char from[300], to[300];
    static uint8_t bytes[1 << 20];
    journal_path(from, sizeof from, "");
    journal_path(to, sizeof to, "-found");
    unlink(to);
    FILE *in = fopen(from, "rb"), *out = in ? fopen(to, "wb") : NULL;
    size_t size = in ? fread(bytes, 1, sizeof bytes, in) : 0;
    if (out)
        assert_int_equal(fwrite(bytes, 1, size, out), size);
    if (in)
        fclose(in);
    if (out)
        fclose(out);
}

static bool read_disk(void *ctx, uint64_t offset, void *buffer, size_t bytes)
{
    const struct disk *disk = ctx;
    assert_true(offset % 512 == 0 && bytes % 512 == 0 && offset + bytes <= BYTES);
    memcpy(buffer, disk->data + offset, bytes);
    return true;
}

static bool write_disk(void *ctx, uint64_t offset, const void *data, size_t bytes)
{
    struct disk *disk = ctx;
    assert_true(offset % 512 == 0 && bytes % 512 == 0 && offset + bytes <= BYTES);
    if (disk->writes_left == 0 && disk->refuses)
        return false;
    if (disk->writes_left-- == 0) {
        memcpy(disk->found, disk->data, BYTES);
        copy_journal();
    }
    memcpy(disk->data + offset, data, bytes);
    return true;
}

static bool flush_disk(void *ctx)
{
    (void)ctx;
    return true;
}

static struct disk *make_disk(void)
{
    struct disk *disk = calloc(1, sizeof *disk);
    assert_non_null(disk);
    uint8_t *boot = disk->data;
    fat_put16(boot + 11, 512);
    boot[13] = 1;
    fat_put16(boot + 14, 1);
    boot[16] = 2;
    fat_put16(boot + 17, ROOT_ENTRIES);
    fat_put16(boot + 19, SECTORS);
    fat_put16(boot + 22, FAT_SECTORS);
    fat_put16(boot + 510, 0xAA55);
    for (unsigned copy = 0; copy < 2; copy++)
        memcpy(disk->data + 512 * (1 + copy * FAT_SECTORS), "\xF0\xFF\xFF", 3);
    disk->writes_left = -1;
    return disk;
}

static struct journal *open_journal(struct disk *disk)
{
    return journal_open(&(struct journal_disk){ read_disk, write_disk, flush_disk, disk, BYTES });
}

/* --- Files --- */

struct opened { struct journal *journal; struct fat_files *files; char error[200]; };

static struct opened open_volume(struct disk *disk)
{
    struct opened o = { .journal = open_journal(disk) };
    o.files = fat_files_open(o.journal, &(struct fat_place){ 0, BYTES, 0 }, o.error, sizeof o.error);
    return o;
}

static void close_volume(struct opened *o)
{
    fat_files_close(o->files);
    journal_close(o->journal);
}

/* SIZE bytes that tell where they are. */
static FILE *make_stream(uint32_t size, unsigned seed)
{
    FILE *stream = tmpfile();
    assert_non_null(stream);
    for (uint32_t i = 0; i < size; i++)
        fputc((int)((i * 7 + seed + i / 251) & 0xFF), stream);
    rewind(stream);
    return stream;
}

/* Creates DIRECTORY's file NAME. */
static bool create(struct opened *o, const char *directory, const char *name, uint32_t size, bool replace)
{
    struct fat_file where;
    struct fat_new new = { .size = size, .date = 0x1234, .time = 0x4321,
                           .stream = make_stream(size, size), .replace = replace };
    bool ok = fat_files_find(o->files, directory, &where, o->error, sizeof o->error) &&
              fat_make_name(name, strlen(name), new.name) &&
              fat_files_create(o->files, &where, &new, o->error, sizeof o->error);
    fclose(new.stream);
    return ok;
}

static bool put_file(struct disk *disk, const char *directory, const char *name, uint32_t size)
{
    struct opened o = open_volume(disk);
    bool ok = create(&o, directory, name, size, true) && journal_commit(o.journal, NULL, o.error, sizeof o.error);
    close_volume(&o);
    return ok;
}

/* The file is there, of SIZE bytes as make_stream() made them. */
static void file_is(struct disk *disk, const char *path, uint32_t size)
{
    struct opened o = open_volume(disk);
    struct fat_file file;
    FILE *copy = tmpfile(), *expected = make_stream(size, size);
    assert_true(fat_files_find(o.files, path, &file, o.error, sizeof o.error));
    assert_int_equal(file.size, size);
    assert_true(fat_files_read(o.files, &file, copy, o.error, sizeof o.error));
    rewind(copy);
    for (uint32_t i = 0; i <= size; i++)
        assert_int_equal(fgetc(copy), fgetc(expected));
    fclose(copy);
    fclose(expected);
    close_volume(&o);
}

static bool exists(struct disk *disk, const char *path)
{
    struct opened o = open_volume(disk);
    struct fat_file file;
    bool found = fat_files_find(o.files, path, &file, o.error, sizeof o.error);
    close_volume(&o);
    return found;
}

static unsigned used_clusters(const struct disk *disk)
{
    struct fat_volume v;
    unsigned used = 0;
    assert_true(fat_lay_out(&v, 0, disk->data));
    for (uint32_t i = 2; i < v.clusters + 2; i++)
        used += fat_table_get(&v, disk->data + v.fat, i) != 0;
    assert_memory_equal(disk->data + v.fat, disk->data + v.fat + v.fat_bytes, v.fat_bytes);
    return used;
}

static void files_are_written_and_read(void **state)
{
    static const uint32_t sizes[] = { 0, 1, 511, 512, 513, 100000 };
    struct disk *disk = make_disk();
    unsigned clusters = 0;
    (void)state;
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char name[16];
        snprintf(name, sizeof name, "file%u.bin", i);
        assert_true(put_file(disk, "", name, sizes[i]));
        clusters += (sizes[i] + 511) / 512;
    }
    file_is(disk, "FILE0.BIN", 0);
    file_is(disk, "\\file2.Bin", 511);
    file_is(disk, "file5.bin", 100000);
    assert_int_equal(used_clusters(disk), clusters);
    assert_int_equal(fat_get16(disk->data + ROOT * 512 + 24), 0x1234);
    assert_int_equal(fat_get16(disk->data + ROOT * 512 + 22), 0x4321);
    assert_int_equal(disk->data[ROOT * 512 + 11], FAT_ARCHIVE);
    free(disk);
}

static void a_file_is_replaced_only_if_asked(void **state)
{
    struct disk *disk = make_disk();
    (void)state;
    assert_true(put_file(disk, "", "a.txt", 5000));
    struct opened o = open_volume(disk);
    assert_false(create(&o, "", "A.TXT", 10, false));
    assert_non_null(strstr(o.error, "already"));
    close_volume(&o);
    assert_true(put_file(disk, "", "a.txt", 600));
    file_is(disk, "a.txt", 600);
    assert_int_equal(used_clusters(disk), 2);
    disk->data[ROOT * 512 + 11] = FAT_READ_ONLY;
    assert_false(put_file(disk, "", "a.txt", 7));
    disk->data[ROOT * 512 + 11] = FAT_DIRECTORY;
    assert_false(put_file(disk, "", "a.txt", 7));
    free(disk);
}

/* A directory SUB in one cluster. */
static void make_directory(struct disk *disk)
{
    assert_true(put_file(disk, "", "sub", 512));
    memset(disk->data + DATA * 512, 0, 512);
    memcpy(disk->data + DATA * 512, ".          \x10", 12);
    memcpy(disk->data + DATA * 512 + 32, "..         \x10", 12);
    disk->data[ROOT * 512 + 11] = FAT_DIRECTORY;
    fat_put32(disk->data + ROOT * 512 + 28, 0);
}

static void a_directory_grows_the_root_does_not(void **state)
{
    struct disk *disk = make_disk();
    char name[16];
    (void)state;
    make_directory(disk);
    for (unsigned i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "f%u", i);
        assert_true(put_file(disk, "sub", name, 3));
    }
    file_is(disk, "sub/f39", 3);
    assert_int_equal(used_clusters(disk), 40 + 3);
    for (unsigned i = 1; i < ROOT_ENTRIES; i++) {
        snprintf(name, sizeof name, "r%u", i);
        assert_true(put_file(disk, "", name, 0));
    }
    assert_false(put_file(disk, "", "more", 0));
    free(disk);
}

static void a_full_volume_is_left_as_it_was(void **state)
{
    struct disk *disk = make_disk();
    (void)state;
    assert_true(put_file(disk, "", "most.bin", 1400000));
    unsigned used = used_clusters(disk);
    struct opened o = open_volume(disk);
    assert_false(create(&o, "", "rest.bin", 100000, false));
    assert_non_null(strstr(o.error, "KB are free"));
    close_volume(&o);
    assert_int_equal(used_clusters(disk), used);
    assert_false(exists(disk, "rest.bin"));
    free(disk);
}

static void what_lies_behind_the_end_of_a_directory_stays_there(void **state)
{
    struct disk *disk = make_disk();
    (void)state;
    memcpy(disk->data + ROOT * 512 + 32, "GHOST      ", 12);
    memset(disk->data + (ROOT + 1) * 512, 0xF6, 512);
    for (char name[] = "a"; name[0] <= 'r'; name[0]++) {
        assert_true(put_file(disk, "", name, 1));
        assert_false(exists(disk, "ghost"));
        assert_int_equal(disk->data[ROOT * 512 + (unsigned)(name[0] - 'a' + 1) * 32], 0);
    }
    free(disk);
}

static void names_are_those_of_dos(void **state)
{
    static const struct { const char *text, *name; } rows[] = {
        { "a", "A          " }, { "readme.txt", "README  TXT" }, { "12345678.123", "12345678123" }, { "x.", "X          " },
        { "~$_-{}.(#)", "~$_-{}  (#)" }, { "", NULL }, { ".", NULL }, { "..", NULL }, { ".a", NULL }, { "123456789", NULL },
        { "a.1234", NULL }, { "a.b.c", NULL }, { "a b", NULL }, { "a*", NULL }, { "\xE4", NULL }, { "a:b", NULL } };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t name[FAT_NAME];
        assert_int_equal(fat_make_name(rows[i].text, strlen(rows[i].text), name), rows[i].name != NULL);
        if (rows[i].name)
            assert_memory_equal(name, rows[i].name, FAT_NAME);
    }
}

static void devices_of_dos_are_known_whatever_follows_the_dot(void **state)
{
    static const struct { const char *text; bool device; } rows[] = {
        { "con", true }, { "Con.txt", true }, { "prn", true }, { "aux.", true }, { "nul.x", true }, { "clock$", true },
        { "com1", true }, { "com9.bak", true }, { "lpt1", true }, { "lpt9", true }, { "com0", false }, { "com", false },
        { "com10", false }, { "lptx", false }, { "cons", false }, { "conx.con", false }, { "clock", false } };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t name[FAT_NAME];
        assert_true(fat_make_name(rows[i].text, strlen(rows[i].text), name));
        assert_int_equal(fat_is_device(name), rows[i].device);
    }
}

static void a_volume_whose_fats_differ_is_unsettled(void **state)
{
    struct disk *disk = make_disk();
    (void)state;
    struct opened o = open_volume(disk);
    assert_null(fat_files_unsettled(o.files));
    close_volume(&o);
    disk->data[(1 + FAT_SECTORS) * 512 + 100] ^= 1;
    o = open_volume(disk);
    assert_non_null(fat_files_unsettled(o.files));
    close_volume(&o);
    free(disk);
}

/* --- The journal --- */

/* Power fails before each of the writes: undone, the file and the FATs are as they were. */
static void power_that_fails_is_undone(void **state)
{
    char path[300], found[300], error[300];
    struct disk *disk = make_disk(), *before = malloc(sizeof *before);
    uint8_t *at_failure = malloc(BYTES);
    unsigned undone = 0;
    (void)state;
    journal_path(path, sizeof path, "");
    journal_path(found, sizeof found, "-found");
    assert_true(put_file(disk, "", "old.txt", 2000));
    memcpy(before, disk, sizeof *before);
    for (long writes = 0; writes < 10; writes++) {
        memcpy(disk, before, sizeof *before);
        disk->found = at_failure;
        disk->writes_left = writes;
        struct opened o = open_volume(disk);
        assert_true(create(&o, "", "old.txt", 3000, true));
        assert_true(journal_commit(o.journal, path, o.error, sizeof o.error));
        close_volume(&o);
        assert_int_not_equal(access(path, F_OK), 0);
        if (disk->writes_left >= 0)
            break;
        memcpy(disk->data, at_failure, BYTES);
        disk->writes_left = -1;
        undone += journal_undo(found, &(struct journal_disk){ read_disk, write_disk, flush_disk, disk, BYTES }, error,
                               sizeof error) == JOURNAL_UNDONE;
        assert_int_not_equal(access(found, F_OK), 0);
        file_is(disk, "old.txt", 2000);
        assert_memory_equal(disk->data, before->data, DATA * 512);
    }
    assert_int_equal(undone, 3);            /* two FATs and the root directory; before that there is no file */
    free(at_failure);
    free(before);
    free(disk);
}

static void a_disk_that_refuses_is_put_back(void **state)
{
    char path[300];
    struct disk *disk = make_disk(), *before = malloc(sizeof *before);
    (void)state;
    journal_path(path, sizeof path, "");
    assert_true(put_file(disk, "", "old.txt", 2000));
    memcpy(before, disk, sizeof *before);
    struct opened o = open_volume(disk);
    assert_true(create(&o, "", "old.txt", 3000, true));
    disk->refuses = true;
    disk->writes_left = 2;
    assert_false(journal_commit(o.journal, path, o.error, sizeof o.error));
    assert_int_equal(access(path, F_OK), 0);                    /* not even what was there could be written */
    close_volume(&o);
    disk->writes_left = -1;
    assert_int_equal(journal_undo(path, &(struct journal_disk){ read_disk, write_disk, flush_disk, disk, BYTES },
                                  o.error, sizeof o.error), JOURNAL_UNDONE);
    assert_memory_equal(disk->data, before->data, DATA * 512);
    free(before);
    free(disk);
}

/* A backup of the image was put in its place, or another program wrote to it: what the journal holds would damage it. */
static void a_journal_of_another_disk_is_left_alone(void **state)
{
    char path[300];
    struct disk *disk = make_disk(), *changed = malloc(sizeof *changed);
    (void)state;
    journal_path(path, sizeof path, "");
    assert_true(put_file(disk, "", "old.txt", 2000));
    struct opened o = open_volume(disk);
    assert_true(create(&o, "", "old.txt", 3000, true));
    disk->refuses = true;
    disk->writes_left = 2;
    assert_false(journal_commit(o.journal, path, o.error, sizeof o.error));
    close_volume(&o);
    disk->writes_left = -1;
    disk->data[(1 + FAT_SECTORS) * 512 + 40] ^= 1;
    memcpy(changed, disk, sizeof *changed);
    struct journal_disk target = { read_disk, write_disk, flush_disk, disk, BYTES };
    assert_int_equal(journal_undo(path, &target, o.error, sizeof o.error), JOURNAL_FAILED);
    assert_non_null(strstr(o.error, "something else has written to the disk"));
    assert_int_equal(access(path, F_OK), 0);
    assert_memory_equal(disk->data, changed->data, BYTES);
    unlink(path);
    free(changed);
    free(disk);
}

/* It could not be waited for, or belongs to somebody else. */
static void a_journal_that_is_no_file_is_refused(void **state)
{
    struct disk *disk = make_disk();
    struct journal_disk target = { read_disk, write_disk, flush_disk, disk, BYTES };
    char path[300], error[300];
    (void)state;
    journal_path(path, sizeof path, "");
    assert_int_equal(mkfifo(path, 0600), 0);
    alarm(10);
    assert_int_equal(journal_undo(path, &target, error, sizeof error), JOURNAL_FAILED);
    alarm(0);
    unlink(path);
    assert_int_equal(symlink("/nowhere/journal", path), 0);
    assert_int_equal(journal_undo(path, &target, error, sizeof error), JOURNAL_FAILED);
    unlink(path);
    free(disk);
}

static void a_journal_that_is_none_is_left_alone(void **state)
{
    static const struct { const char *text; enum journal_undone result; bool stays; } rows[] = {
        { "", JOURNAL_NONE, false }, { "Trow", JOURNAL_NONE, false }, { "TrowelJ2\1\0\0\0", JOURNAL_NONE, false },
        { "TrowelJ1\1\0\0\0", JOURNAL_FAILED, true },
        { "a letter to somebody", JOURNAL_FAILED, true } };
    struct disk *disk = make_disk();
    char path[300], error[300];
    (void)state;
    journal_path(path, sizeof path, "");
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        fputs(rows[i].text, file);
        fclose(file);
        assert_int_equal(journal_undo(path, &(struct journal_disk){ read_disk, write_disk, flush_disk, disk, BYTES },
                                      error, sizeof error), rows[i].result);
        assert_int_equal(access(path, F_OK) == 0, rows[i].stays);
        unlink(path);
    }
    assert_int_equal(journal_undo(path, &(struct journal_disk){ read_disk, write_disk, flush_disk, disk, BYTES }, error,
                                  sizeof error), JOURNAL_NONE);
    free(disk);
}

/* --- Hostile volumes --- */

static void volumes_damaged_at_random_are_refused_or_used(void **state)
{
    struct disk *disk = make_disk(), *whole = malloc(sizeof *whole);
    uint32_t seed = 1;
    (void)state;
    make_directory(disk);
    assert_true(put_file(disk, "sub", "a.txt", 5000));
    assert_true(put_file(disk, "", "b.txt", 50000));
    memcpy(whole, disk, sizeof *whole);
    for (unsigned round = 0; round < 3000; round++) {
        memcpy(disk, whole, sizeof *whole);
        for (unsigned i = 0; i < 1 + round % 6; i++) {
            seed = seed * 1664525 + 1013904223;
            unsigned area = seed >> 30, at = area == 0 ? 11 + (seed >> 8) % 26 : (seed >> 8) % ((DATA + 1) * 512);
            disk->data[at] = (uint8_t)(seed >> 3);
        }
        struct opened o = open_volume(disk);
        struct fat_file file;
        FILE *copy = tmpfile();
        if (o.files && fat_files_find(o.files, "sub\\a.txt", &file, o.error, sizeof o.error))
            fat_files_read(o.files, &file, copy, o.error, sizeof o.error);
        if (o.files && create(&o, "sub", "c.txt", 3000, true))
            journal_commit(o.journal, NULL, o.error, sizeof o.error);
        fclose(copy);
        close_volume(&o);
    }
    free(whole);
    free(disk);
}

/* Four gigabytes would come out of a floppy. */
static void a_chain_that_bites_its_tail_is_no_large_file(void **state)
{
    struct disk *disk = make_disk();
    struct fat_volume v;
    struct fat_file file;
    (void)state;
    assert_true(put_file(disk, "", "loop.dat", 1500));
    assert_true(fat_lay_out(&v, 0, disk->data));
    struct opened o = open_volume(disk);
    assert_true(fat_files_find(o.files, "loop.dat", &file, o.error, sizeof o.error));
    for (unsigned copy = 0; copy < v.fats; copy++)
        fat_table_set(&v, disk->data + v.fat + copy * v.fat_bytes, file.cluster + 2, file.cluster);
    fat_put32(disk->data + file.entry + 28, UINT32_MAX);
    close_volume(&o);
    o = open_volume(disk);
    FILE *copy = tmpfile();
    assert_true(fat_files_find(o.files, "loop.dat", &file, o.error, sizeof o.error));
    assert_false(fat_files_read(o.files, &file, copy, o.error, sizeof o.error));
    assert_non_null(strstr(o.error, "its chain of clusters is damaged"));
    assert_true(ftell(copy) <= BYTES);
    fclose(copy);
    close_volume(&o);
    free(disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_written_and_read),
        cmocka_unit_test(a_file_is_replaced_only_if_asked),
        cmocka_unit_test(a_directory_grows_the_root_does_not),
        cmocka_unit_test(a_full_volume_is_left_as_it_was),
        cmocka_unit_test(what_lies_behind_the_end_of_a_directory_stays_there),
        cmocka_unit_test(names_are_those_of_dos),
        cmocka_unit_test(devices_of_dos_are_known_whatever_follows_the_dot),
        cmocka_unit_test(a_volume_whose_fats_differ_is_unsettled),
        cmocka_unit_test(power_that_fails_is_undone),
        cmocka_unit_test(a_disk_that_refuses_is_put_back),
        cmocka_unit_test(a_journal_that_is_none_is_left_alone),
        cmocka_unit_test(a_journal_of_another_disk_is_left_alone),
        cmocka_unit_test(a_journal_that_is_no_file_is_refused),
        cmocka_unit_test(a_chain_that_bites_its_tail_is_no_large_file),
        cmocka_unit_test(volumes_damaged_at_random_are_refused_or_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
