/* A temporary folder for each test program, and the disks and files in it. */
#ifndef TESTS_END_FOLDER_H
#define TESTS_END_FOLDER_H

#include <stdint.h>
#include <stddef.h>

/* For cmocka_run_group_tests: make the folder (and set TMPDIR to it), remove it. */
int folder_setup(void **state);
int folder_teardown(void **state);

/* The path of NAME in the folder. Valid until 16 more were asked for. */
const char *in_folder(const char *name);

/* The path of an assembled guest, by the name of its source without ".asm". Valid as in_folder's. */
const char *guest(const char *name);

/* A raw disk of SIZE bytes, all zero (sparse). */
void make_empty(const char *path, uint64_t size);

/* A 1.44 MB floppy that begins with guest NAME. Returns its path, as in_folder. */
const char *make_guest_floppy(const char *name);

/* Writes into, reads from and compares parts of files. */
void put_at(const char *path, uint64_t offset, const void *data, size_t size);
void get_at(const char *path, uint64_t offset, void *data, size_t size);

/* The whole of a file with a zero behind it, to be freed. *SIZE may be NULL. */
char *read_file(const char *path, size_t *size);
void write_file(const char *path, const char *text);

/* FNV-1a of all bytes. */
uint64_t hash_file(const char *path);

/* qemu-img check finds nothing; the two images show the same disk. */
void check_image(const char *path);
void same_disk(const char *a, const char *a_format, const char *b, const char *b_format);

#endif
