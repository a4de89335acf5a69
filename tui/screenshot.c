/* Pictures of the monitor as PNG files, by libpng. They are written to PATH.new first: a failure leaves no half of a
 * picture behind, and an older one as it was. */
#include "tui/screenshot.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/emu.h"

static int fail(char *error, size_t error_size, const char *path, const char *why)
{
    snprintf(error, error_size, "%s: %s", path, why);
    return -1;
}

static int write_png(const char *path, const struct picture *size, const uint8_t *rgb, char *error, size_t error_size)
{
    png_image image = { .version = PNG_IMAGE_VERSION, .width = size->width, .height = size->height,
                        .format = PNG_FORMAT_RGB };
    if (png_image_write_to_file(&image, path, 0, rgb, 0, NULL))
        return 0;
    fail(error, error_size, path, image.message);
    png_image_free(&image);
    return -1;
}

static int replace(const char *from, const char *path, char *error, size_t error_size)
{
    if (rename(from, path) == 0)
        return 0;
    fail(error, error_size, path, strerror(errno));
    remove(from);
    return -1;
}

int screenshot_write(const struct machine *m, const char *path, char *error, size_t error_size)
{
    struct picture size;
    size_t length = strlen(path) + sizeof ".new";
    uint8_t *rgb = malloc(MACHINE_PICTURE);
    char *unfinished = malloc(length);
    int result = -1;
    if (!rgb || !unfinished) {
        fail(error, error_size, path, "out of memory");
    } else if (!machine_picture(m, &size, rgb, MACHINE_PICTURE) || !size.width || !size.height) {
        fail(error, error_size, path, "there is no picture on the screen");
    } else {
        snprintf(unfinished, length, "%s.new", path);
        result = write_png(unfinished, &size, rgb, error, error_size);
        if (result == 0)
            result = replace(unfinished, path, error, error_size);
        else
            remove(unfinished);
    }
    free(rgb);
    free(unfinished);
    return result;
}
