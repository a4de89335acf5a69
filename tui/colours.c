/* Colours of pictures, on terminals of any kind. With 2^24 or 256 colours the nearest one is taken, with less a pattern
 * of some is what the eye mixes: ordered dithering by Bayer's 4x4 matrix, which stands still when the picture does. */
#include "tui/colours.h"

#include "tui/cells.h"

enum { DIRECT = 1 << 24, CUBE = 16, CUBE_SIDE = 6, GREYS = 232, GREY_COUNT = 24, RESERVED = 8 };

static const uint8_t cga[16][3] = {
    { 0, 0, 0 }, { 0, 0, 170 }, { 0, 170, 0 }, { 0, 170, 170 }, { 170, 0, 0 }, { 170, 0, 170 }, { 170, 85, 0 },
    { 170, 170, 170 }, { 85, 85, 85 }, { 85, 85, 255 }, { 85, 255, 85 }, { 85, 255, 255 }, { 255, 85, 85 },
    { 255, 85, 255 }, { 255, 255, 85 }, { 255, 255, 255 },
};

/* Red, green or blue (0-2) in eight bits. */
static int channel(uint16_t rgb, int which)
{
    int bits = rgb >> (10 - 5 * which) & 31;
    return bits << 3 | bits >> 2;
}

/* 8 .. 248, a different one for each of 16 neighbours. */
static int threshold(int x, int y)
{
    static const uint8_t bayer[4][4] = { { 0, 8, 2, 10 }, { 12, 4, 14, 6 }, { 3, 11, 1, 9 }, { 15, 7, 13, 5 } };
    return bayer[y & 3][x & 3] * 16 + 8;
}

static long distance(const int a[3], const int b[3])
{
    long sum = 0;
    for (int i = 0; i < 3; i++)
        sum += (long)(a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

uint8_t colours_dither(uint16_t rgb, int colours, int x, int y)
{
    int limit = threshold(x, y), wanted[3];
    long least = -1;
    uint8_t best = 0;
    if (colours < 16)
        return (uint8_t)((channel(rgb, 0) > limit ? RED : 0) | (channel(rgb, 1) > limit ? GREEN : 0) |
                         (channel(rgb, 2) > limit ? BLUE : 0));
    for (int i = 0; i < 3; i++)
        wanted[i] = channel(rgb, i) + (128 - limit) / 3;
    for (uint8_t n = 0; n < 16; n++) {
        long d = distance(wanted, (const int[]){ cga[n][0], cga[n][1], cga[n][2] });
        if (least < 0 || d < least) {
            least = d;
            best = n;
        }
    }
    return best;
}

/* Steps of the cube's sides: 0, 95, 135 ... 255. */
static int level(int step)
{
    return step ? 55 + 40 * step : 0;
}

static int step_of(int value)
{
    return value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
}

static int in_256(const int wanted[3])
{
    int step[3], cube[3];
    for (int i = 0; i < 3; i++) {
        step[i] = step_of(wanted[i]);
        cube[i] = level(step[i]);
    }
    int grey = ((wanted[0] + wanted[1] + wanted[2]) / 3 - 3) / 10;
    grey = grey < 0 ? 0 : grey >= GREY_COUNT ? GREY_COUNT - 1 : grey;
    int shade = 8 + 10 * grey;
    if (distance(wanted, (const int[]){ shade, shade, shade }) < distance(wanted, cube))
        return GREYS + grey;
    return CUBE + (step[0] * CUBE_SIDE + step[1]) * CUBE_SIDE + step[2];
}

/* With direct colours only the first eight numbers are those of the palette; what follows them is nearly black. */
int colours_cga(unsigned colour, int colours)
{
    int swapped = (int)((colour & 2) | (colour & 1) << 2 | (colour & 4) >> 2);
    if (colours < 16 || !(colour & 8))
        return swapped;
    const uint8_t *rgb = cga[colour & 15];
    return colours < DIRECT ? swapped + 8 : rgb[0] << 16 | rgb[1] << 8 | rgb[2];
}

/* The lowest numbers of a terminal with direct colours are those of the palette; all but black are out of reach. */
int colours_nearest(uint16_t rgb, int colours)
{
    int wanted[3] = { channel(rgb, 0), channel(rgb, 1), channel(rgb, 2) };
    if (colours < DIRECT)
        return in_256(wanted);
    int direct = wanted[0] << 16 | wanted[1] << 8 | wanted[2];
    return direct < RESERVED ? 0 : direct;
}

int colours_dark(uint16_t rgb, int x, int y)
{
    return (channel(rgb, 0) * 30 + channel(rgb, 1) * 59 + channel(rgb, 2) * 11) / 100 <= threshold(x, y);
}
