/* Pictures of the monitor as PNG files, by libpng. */
#include "tui/screenshot.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/emu.h"
#include "tui/output_file.h"

/* A CRT controller that nobody has programmed yet ends its picture after the first line. */
enum { UNSET_LINES = 1 };

static int fail(char *error, size_t error_size, const char *path, const char *why)
{
    snprintf(error, error_size, "%s: %s", path, why);
    return -1;
}

static int write_png(const char *path, const struct picture *size, const uint8_t *rgb, char *error, size_t error_size)
{
    png_image image = { .version = PNG_IMAGE_VERSION, .width = size->width, .height = size->height,
                        .format = PNG_FORMAT_RGB };
    struct output_file out;
    if (!output_file_begin(&out, path, OUTPUT_REPLACE, error, error_size))
        return -1;
    errno = 0;
    bool ok = png_image_write_to_stdio(&image, out.stream, 0, rgb, 0, NULL);
    if (!ok)
        fail(error, error_size, path, errno ? strerror(errno) : image.message);
    png_image_free(&image);
    return output_file_end(&out, ok, error, error_size) && ok ? 0 : -1;
}

int screenshot_write(const struct machine *m, const char *path, char *error, size_t error_size)
{
    struct picture size;
    uint8_t *rgb = malloc(MACHINE_PICTURE);
    int result = -1;
    if (!rgb)
        fail(error, error_size, path, "out of memory");
    else if (!machine_picture(m, &size, rgb, MACHINE_PICTURE) || !size.width || size.height <= UNSET_LINES)
        fail(error, error_size, path,
             "there is no picture on the screen: no video mode is set yet, so run the guest first");
    else
        result = write_png(path, &size, rgb, error, error_size);
    free(rgb);
    return result;
}
