/* QEMU's firmware configuration device (docs/specs/fw_cfg): software writes the key of an item to port 510h and reads
 * its bytes one after the other from port 511h; past its end, and from items that are not there, it reads zeros.
 *
 * There are the signature, the interface's version, and a directory of one file, the video ROM. Left out: the DMA
 * interface (the version says so) and writing. */
#include "emu/dev/fwcfg.h"


#include "emu/state.h"

enum { PORT_KEY = 0x510, PORT_DATA };
enum { KEY_SIGNATURE = 0x00, KEY_VERSION = 0x01, KEY_DIRECTORY = 0x19, KEY_VIDEO_ROM = 0x20 };
enum { NAME_SIZE = 56, DIRECTORY_SIZE = 4 + 8 + NAME_SIZE };

static const char video_rom_name[NAME_SIZE] = "vgaroms/video.bin";

/* Numbers in the directory are big-endian: count of files; size, key and two unused bytes of each, and its name. */
static uint8_t directory_byte(const struct fwcfg *fwcfg, uint32_t offset)
{
    const size_t size = fwcfg->config.video_rom_size;
    const uint8_t head[] = { 0, 0, 0, 1, 0, (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size,
                             0, KEY_VIDEO_ROM, 0, 0 };
    return offset < sizeof head ? head[offset] : (uint8_t)video_rom_name[offset - sizeof head];
}

static uint8_t item_byte(const struct fwcfg *fwcfg, uint32_t offset)
{
    switch (fwcfg->key) {
    case KEY_SIGNATURE: return offset < 4 ? (uint8_t)"QEMU"[offset] : 0;
    case KEY_VERSION: return offset == 0;
    case KEY_DIRECTORY: return offset < DIRECTORY_SIZE ? directory_byte(fwcfg, offset) : 0;
    case KEY_VIDEO_ROM: return offset < fwcfg->config.video_rom_size ? fwcfg->config.video_rom[offset] : 0;
    default: return 0;
    }
}

static uint32_t port_read(void *ctx, uint16_t port, unsigned size)
{
    struct fwcfg *fwcfg = ctx;
    if (port != PORT_DATA || size != 1)
        return 0;
    uint8_t value = item_byte(fwcfg, fwcfg->offset);
    if (fwcfg->offset < UINT32_MAX)
        fwcfg->offset++;
    return value;
}

static void port_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct fwcfg *fwcfg = ctx;
    if (port != PORT_KEY || size != 2)
        return;
    fwcfg->key = (uint16_t)value;
    fwcfg->offset = 0;
}

void fwcfg_init(struct fwcfg *fwcfg, const struct fwcfg_config *config)
{
    static const struct port_ops ports = { port_read, port_write };
    *fwcfg = (struct fwcfg){ .config = *config };
    bus_map_ports(config->bus, PORT_KEY, 2, 2, &ports, fwcfg);
}

void fwcfg_reset(struct fwcfg *fwcfg)
{
    fwcfg->key = 0;
    fwcfg->offset = 0;
}

void fwcfg_visit(struct fwcfg *fwcfg, struct state *s)
{
    state_section(s, "fwcfg");
    state_u16(s, "key", &fwcfg->key);
    state_u32(s, "offset", &fwcfg->offset);
}
