/* The guest's graphics: two points a cell by the upper half block, in whatever colours the terminal has (terminal.c
 * chooses the nearest, or dithers). The picture fills the pane. A new one is fetched and scaled only when the machine
 * says that it may have changed, or the pane has another size. */
#include "tui/view_graphics.h"

#include <stdlib.h>

enum { UPPER_HALF = 0x2580 };

/* The pixels FIRST up to, not including, END that point N of COUNT stands for. */
static void span(unsigned pixels, int count, int n, unsigned *first, unsigned *end)
{
    *first = (unsigned)((uint64_t)n * pixels / (unsigned)count);
    *end = (unsigned)((uint64_t)(n + 1) * pixels / (unsigned)count);
    if (*end == *first)
        *end = *first + 1;
}

/* What a point stands for. */
struct sums { uint32_t red, green, blue, pixels; const uint8_t *darkest, *brightest; };

static unsigned brightness(const uint8_t *p)
{
    return p[0] + 2u * p[1] + p[2];
}

static struct sums sums_of(const uint8_t *rgb, unsigned pitch, const unsigned x[2], const unsigned y[2])
{
    const uint8_t *first = rgb + 3 * ((size_t)y[0] * pitch + x[0]);
    struct sums s = { 0, 0, 0, (x[1] - x[0]) * (y[1] - y[0]), first, first };
    for (unsigned row = y[0]; row < y[1]; row++) {
        const uint8_t *p = rgb + 3 * ((size_t)row * pitch + x[0]);
        for (unsigned column = x[0]; column < x[1]; column++, p += 3) {
            s.red += p[0];
            s.green += p[1];
            s.blue += p[2];
            if (brightness(p) < brightness(s.darkest))
                s.darkest = p;
            if (brightness(p) > brightness(s.brightest))
                s.brightest = p;
        }
    }
    return s;
}

/* Two parts of the mean and one of the pixel that stands out most: thin lines and letters would be lost in the mean
 * alone. */
static uint16_t point(const uint8_t *rgb, unsigned pitch, const unsigned x[2], const unsigned y[2])
{
    struct sums s = sums_of(rgb, pitch, x, y);
    uint32_t twice = 2 * (s.red + 2 * s.green + s.blue) / s.pixels;
    const uint8_t *p = brightness(s.brightest) + brightness(s.darkest) >= twice ? s.brightest : s.darkest;
    return colour_rgb((2 * s.red / s.pixels + p[0]) / 3, (2 * s.green / s.pixels + p[1]) / 3,
                      (2 * s.blue / s.pixels + p[2]) / 3);
}

void graphics_scale(const uint8_t *rgb, const struct picture *size, uint16_t *colour, int width, int height)
{
    unsigned x[2], y[2];
    for (int row = 0; row < height; row++) {
        span(size->height, height, row, &y[0], &y[1]);
        for (int column = 0; column < width; column++) {
            span(size->width, width, column, &x[0], &x[1]);
            *colour++ = point(rgb, size->width, x, y);
        }
    }
}

void graphics_free(struct graphics *g)
{
    free(g->colour);
    *g = (struct graphics){ .colour = NULL };
}

/* Fetches and scales the picture anew. On failure there is none. */
static void fetch(struct graphics *g, const struct machine *m)
{
    struct picture size;
    size_t points = 2 * (size_t)g->width * (size_t)g->height;
    machine_picture(m, &size, NULL, 0);
    size_t bytes = (size_t)size.width * size.height * 3;
    uint8_t *rgb = bytes ? malloc(bytes) : NULL;
    g->colour = rgb ? malloc(points * sizeof *g->colour) : NULL;
    if (g->colour && machine_picture(m, &size, rgb, bytes))
        graphics_scale(rgb, &size, g->colour, g->width, 2 * g->height);
    else
        graphics_free(g);
    free(rgb);
}

void graphics_draw(struct graphics *g, const struct machine *m, uint64_t generation, struct canvas *canvas)
{
    int width = canvas->area.width, height = canvas->area.height;
    if (width < 1 || height < 1)
        return;
    if (!g->colour || g->generation != generation || g->width != width || g->height != height) {
        graphics_free(g);
        *g = (struct graphics){ .generation = generation, .width = width, .height = height };
        fetch(g, m);
    }
    for (int y = 0; g->colour && y < height; y++) {
        const uint16_t *upper = g->colour + 2 * (size_t)y * (size_t)width;
        for (int x = 0; x < width; x++)
            canvas_put(canvas, x, y, UPPER_HALF, STYLE(upper[x], upper[width + x], 0));
    }
}
