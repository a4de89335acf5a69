/* Builds the exhibit disk: puts the assembled pieces in their places (layout.inc), encrypts the body of exhibit b,
 * and writes the whole as a qcow2 image with our own library. Run by the build: pack IMAGE FOLDER, FOLDER holding
 * NAME.bin. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "qcow2/qcow2.h"

enum { SECTOR = 512, DISK_SECTORS = 8 * 16 * 63, LARGEST = 16 * SECTOR, FIRST_KEY = 0x5A };

static const struct piece { const char *name; unsigned lba, sectors; } pieces[] = {
    { "boot", 0, 1 }, { "menu", 1, 15 }, { "specimen", 16, 1 }, { "decrypt", 24, 8 }, { "calibrate", 32, 8 }, { "race", 40, 8 },
};

static long read_piece(const char *folder, const struct piece *piece, uint8_t *bytes)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.bin", folder, piece->name);
    FILE *file = fopen(path, "rb");
    long size = file ? (long)fread(bytes, 1, LARGEST, file) : -1;
    if (file)
        fclose(file);
    if (size == (long)piece->sectors * SECTOR)
        return size;
    fprintf(stderr, "pack: %s: expected %u sectors\n", path, piece->sectors);
    return -1;
}

/* The reverse of the loop in decrypt.asm. */
static void encrypt(uint8_t *program)
{
    unsigned first = program[4] | program[5] << 8, end = program[6] | program[7] << 8;
    uint8_t key = FIRST_KEY;
    for (unsigned i = first; i < end && i < LARGEST; i++) {
        uint8_t plain = program[i];
        program[i] = plain ^ key;
        key = (uint8_t)((uint8_t)(key << 1 | key >> 7) + plain);
    }
}

static int pack(struct image *image, const char *folder)
{
    uint8_t bytes[LARGEST];
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        long size = read_piece(folder, &pieces[i], bytes);
        if (size < 0)
            return -1;
        if (strcmp(pieces[i].name, "decrypt") == 0)
            encrypt(bytes);
        if (image_write(image, (uint64_t)pieces[i].lba * SECTOR, bytes, (size_t)size) < 0) {
            fprintf(stderr, "pack: %s\n", image_last_error(image));
            return -1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct image_error error = { "usage: pack IMAGE FOLDER" };
    struct image *image = NULL;
    const struct image_create_options create = { .cluster_size = 4096 };
    const struct image_options open = { .writable = true, .format = IMAGE_FORMAT_QCOW2 };
    if (argc == 3)
        unlink(argv[1]);
    if (argc != 3 || image_create(argv[1], (uint64_t)DISK_SECTORS * SECTOR, &create, &error) < 0 ||
        image_open(&image, argv[1], &open, &error) < 0) {
        fprintf(stderr, "pack: %s\n", error.text);
        return 1;
    }
    int result = pack(image, argv[2]);
    if (image_close(image) < 0 && result == 0) {
        fprintf(stderr, "pack: %s: cannot be written\n", argv[1]);
        result = -1;
    }
    return result < 0;
}
