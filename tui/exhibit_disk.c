/* The built-in disk and the exhibits' scripts, brought into the binary by the assembler's .incbin. */
#include "tui/exhibit_disk.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__asm__(".section .rodata\n"
        "exhibit_image: .incbin \"exhibits.qcow2\"\n"
        "exhibit_image_end: .byte 0\n"
        "exhibit_specimen: .incbin \"tui/exhibits/specimen.gdb\"\n.byte 0\n"
        "exhibit_decrypt: .incbin \"tui/exhibits/decrypt.gdb\"\n.byte 0\n"
        "exhibit_calibrate: .incbin \"tui/exhibits/calibrate.gdb\"\n.byte 0\n"
        "exhibit_race: .incbin \"tui/exhibits/race.gdb\"\n.byte 0\n"
        ".previous\n");

extern const uint8_t exhibit_image[], exhibit_image_end[];
extern const char exhibit_specimen[], exhibit_decrypt[], exhibit_calibrate[], exhibit_race[];

static const struct { const char *name, *script; } scripts[] = {
    { "specimen", exhibit_specimen }, { "decrypt", exhibit_decrypt }, { "calibrate", exhibit_calibrate },
    { "race", exhibit_race },
};

bool exhibit_disk_write(char *path, size_t path_size, char *error, size_t error_size)
{
    const char *folder = getenv("TMPDIR");
    size_t size = (size_t)(exhibit_image_end - exhibit_image);
    snprintf(path, path_size, "%s/trowel-exhibits-XXXXXX", folder && *folder ? folder : "/tmp");
    int file = mkstemp(path);
    errno = file >= 0 ? ENOSPC : errno;         /* of a write that ends too early */
    if (file >= 0 && write(file, exhibit_image, size) == (ssize_t)size && close(file) == 0)
        return true;
    snprintf(error, error_size, "%s: %s", path, strerror(errno));
    if (file >= 0)
        unlink(path);
    return false;
}

const char *exhibit_script(const char *name)
{
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        if (strcmp(scripts[i].name, name) == 0)
            return scripts[i].script;
    return NULL;
}

const char *exhibit_script_name(size_t n)
{
    return n < sizeof scripts / sizeof *scripts ? scripts[n].name : NULL;
}
