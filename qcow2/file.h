/* A host file read and written at given offsets: the only place of this library that talks to the operating system. */
#ifndef QCOW2_FILE_H
#define QCOW2_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct host_file {
    int fd;                 /* -1: closed */
    char *path;             /* as opened, owned */
    bool writable;
    bool temporary;         /* has no name and need not survive anything */
    bool never_sync;        /* may be lost if the host stops */
    bool unsynced;          /* written to since the last host_file_sync */
    int lost;               /* 0, or why a sync failed: what was written then may be gone, so no later one succeeds */
    uint64_t device, inode; /* who it is, for telling that two names mean one file */
};

enum host_file_mode { HOST_FILE_READ, HOST_FILE_WRITE };

/* All return 0 or a negative errno value. A file that failed to open holds nothing to close. Opening gives -EISDIR,
 * -ENXIO or such for what is not a regular file, and never blocks on one. */
int host_file_open(struct host_file *file, const char *path, enum host_file_mode mode);

/* Opens FOLDER/NAME for reading. NAME must be relative, without "..", and no part of it a symbolic link (-ELOOP). */
int host_file_open_beneath(struct host_file *file, const char *folder, const char *name);

/* Creates PATH, which must not exist. */
int host_file_create(struct host_file *file, const char *path);

/* Removes a file made by host_file_create whose contents could not be completed, and closes it. */
void host_file_discard(struct host_file *file);

/* A file without a name in FOLDER. */
int host_file_temporary(struct host_file *file, const char *folder);

/* FILE, which is open for reading, shows the contents of CONTENTS, a temporary file, from now on, under its own name
 * and identity. What it was goes to BEFORE. */
void host_file_stand_in(struct host_file *file, const struct host_file *contents, struct host_file *before);

void host_file_close(struct host_file *file);

/* Takes the advisory locks by which QEMU's programs and ours keep out of each other's way: readers share a file, a
 * writer has it alone. -EBUSY: somebody else has it. Where the file system knows no locks, none are taken. */
int host_file_lock(struct host_file *file);

/* Do the two names, or the two open files, mean one file? */
bool host_path_same(const char *a, const char *b);
bool host_file_same(const struct host_file *a, const struct host_file *b);

int host_file_size(const struct host_file *file, uint64_t *size);

/* Reads all of BYTES; -ENODATA if the file ends before. */
int host_file_read(const struct host_file *file, uint64_t offset, void *buffer, size_t bytes);

/* As above, but past the end of the file are zeros. */
int host_file_read_padded(const struct host_file *file, uint64_t offset, void *buffer, size_t bytes);

int host_file_write(struct host_file *file, uint64_t offset, const void *data, size_t bytes);

/* Sets the length; what is added reads as zeros. */
int host_file_resize(struct host_file *file, uint64_t size);

/* Makes the range read as zeros and gives its room back to the host. -ENOTSUP: not on this file system. */
int host_file_punch(struct host_file *file, uint64_t offset, uint64_t bytes);

/* How far from OFFSET on, up to BYTES, the file has data, or (*HOLE) nothing but a hole. Where the file system does not
 * tell it is all data. */
uint64_t host_file_extent(const struct host_file *file, uint64_t offset, uint64_t bytes, bool *hole);

/* Returns when all that was written is on the medium. Nothing to do for a temporary file. Once this has failed it fails
 * for good: the host may have dropped what it could not write, and reports that only once. */
int host_file_sync(struct host_file *file);

/* What CODE, as returned by these functions, means. */
const char *host_error_text(int code);

/* The folder of PATH ("." where it has none), to be freed by the caller. NULL: out of memory. */
char *host_path_folder(const char *path);

/* FOLDER/NAME, or NAME alone where it is absolute or FOLDER is "."; to be freed by the caller. */
char *host_path_join(const char *folder, const char *name);

/* The absolute name of PATH without symbolic links; to be freed by the caller. NULL with *CODE negative. */
char *host_path_real(const char *path, int *code);

#endif
