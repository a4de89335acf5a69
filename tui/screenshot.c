/* Pictures of the monitor as PNG files, by libpng. They are written to PATH.new first: a failure leaves no half of a
 * picture behind, and an older one as it was. */
#include "tui/screenshot.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "emu/emu.h"

/* A CRT controller that nobody has programmed yet ends its picture after the first line. */
enum { UNSET_LINES = 1 };

static int fail(char *error, size_t error_size, const char *path, const char *why)
{
    snprintf(error, error_size, "%s: %s", path, why);
    return -1;
}

/* Into UNFINISHED, for PATH, whose name a message has. */
static int write_png(const char *unfinished, const char *path, const struct picture *size, const uint8_t *rgb,
                     char *error, size_t error_size)
{
    png_image image = { .version = PNG_IMAGE_VERSION, .width = size->width, .height = size->height,
                        .format = PNG_FORMAT_RGB };
    errno = 0;
    if (png_image_write_to_file(&image, unfinished, 0, rgb, 0, NULL))
        return 0;
    fail(error, error_size, path, errno ? strerror(errno) : image.message);
    png_image_free(&image);
    return -1;
}

/* A device or a pipe would be lost. */
static int replace(const char *from, const char *path, char *error, size_t error_size)
{
    struct stat st;
    bool is_other = stat(path, &st) == 0 && !S_ISREG(st.st_mode);
    if (is_other && !S_ISDIR(st.st_mode)) {
        remove(from);
        return fail(error, error_size, path, "not a file");
    }
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
    } else if (!machine_picture(m, &size, rgb, MACHINE_PICTURE) || !size.width || size.height <= UNSET_LINES) {
        fail(error, error_size, path,
             "there is no picture on the screen: no video mode is set yet, so run the guest first");
    } else {
        snprintf(unfinished, length, "%s.new", path);
        result = write_png(unfinished, path, &size, rgb, error, error_size);
        if (result == 0)
            result = replace(unfinished, path, error, error_size);
        else
            remove(unfinished);
    }
    free(rgb);
    free(unfinished);
    return result;
}
