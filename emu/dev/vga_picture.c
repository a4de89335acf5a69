/* The picture in true colour, whatever the mode: palette indices, from the planes or from text, become red, green and
 * blue by way of the DAC; direct-colour modes of the display interface (vga_svga.c) come as they are. */
#include "emu/dev/vga_parts.h"

/* Palette indices stand in the last third of RGB and become colours in place: the colour of a pixel ends no later than
 * its index stands, but for the last one, which is read before. */
static void expand(uint8_t *rgb, size_t count, uint8_t dac[256][3])
{
    const uint8_t *index = rgb + 2 * count;
    for (size_t i = 0; i < count; i++, rgb += 3) {
        const uint8_t *color = dac[index[i]];
        rgb[0] = color[0];
        rgb[1] = color[1];
        rgb[2] = color[2];
    }
}

bool vga_picture(const struct vga *v, struct picture *size, uint8_t *rgb, size_t capacity)
{
    struct screen screen;
    uint8_t dac[256][3];
    vga_screen(v, &screen);
    *size = (struct picture){ screen.columns, screen.rows };
    if (!screen.graphics)
        vga_text_pixels(v, size, rgb, 0, dac);
    size_t count = (size_t)size->width * size->height;
    if (capacity < 3 * count)
        return false;
    if (vga_svga_enabled(v)) {
        vga_svga_draw(v, rgb);
        return true;
    }
    if (screen.graphics ? vga_pixels(v, rgb + 2 * count, count, dac)
                        : vga_text_pixels(v, size, rgb + 2 * count, count, dac))
        expand(rgb, count, dac);
    return true;
}
