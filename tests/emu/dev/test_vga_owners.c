/* The VGA card of two owners in turn, as Windows's virtual display driver and every full-screen task switcher have it:
 * all that one owner left in the card is read through ports and memory, another mode is set and drawn in, and the first
 * owner's state is written back. To run this alone: build/tests/emu/dev/test_vga_owners */
#include "tests/emu/dev/vga_board.h"

enum { PLANE_BYTES = 65536, SPARE = 0xFFFF };

/* What an owner has, by the ports that tell it. */
struct saved {
    uint8_t misc, feature, sequencer_index, crtc_index, graphics_index, dac_mask, dac_index, dac_state;
    uint8_t attribute;                  /* CRTC 24h: index, and bit 7: data comes next */
    uint8_t sequencer[5], crtc[25], graphics[9], palette[21], dac[256 * 3], latch[4];
    uint8_t plane[4][PLANE_BYTES];
};

static uint16_t crtc_port(struct board *b)
{
    return rig_in(&b->rig, 0x3CC) & 1 ? 0x3D4 : 0x3B4;
}

static void read_registers(struct board *b, uint16_t port, uint8_t *to, uint8_t count)
{
    for (uint8_t i = 0; i < count; i++) {
        rig_out(&b->rig, port, i);
        to[i] = rig_in(&b->rig, port + 1);
    }
}

static void write_registers(struct board *b, uint16_t port, const uint8_t *from, uint8_t count)
{
    for (uint8_t i = 0; i < count; i++)
        set(b, port, i, from[i]);
}

/* Planes one by one at A0000h, 64 KB, without odd/even or chain-4. */
static void open_planes(struct board *b)
{
    set_sequencer(b, 4, 0x06);
    set_graphics(b, 1, 0);
    set_graphics(b, 3, 0);
    set_graphics(b, 5, 0);
    set_graphics(b, 6, 0x05);
    set_graphics(b, 8, 0xFF);
}

static void save_dac(struct board *b, struct saved *s)
{
    s->dac_state = rig_in(&b->rig, 0x3C7);
    s->dac_index = rig_in(&b->rig, 0x3C8);
    s->dac_mask = rig_in(&b->rig, 0x3C6);
    rig_out(&b->rig, 0x3C7, 0);
    for (unsigned i = 0; i < sizeof s->dac; i++)
        s->dac[i] = rig_in(&b->rig, 0x3C9);
}

static void save_attribute(struct board *b, struct saved *s)
{
    uint16_t crtc = crtc_port(b);
    rig_out(&b->rig, crtc, 0x24);
    s->attribute = rig_in(&b->rig, crtc + 1);
    for (uint8_t i = 0; i < sizeof s->palette; i++) {
        rig_in(&b->rig, crtc + 6);
        rig_out(&b->rig, 0x3C0, i);
        s->palette[i] = rig_in(&b->rig, 0x3C1);
    }
}

static void save_latches(struct board *b, struct saved *s)
{
    for (uint8_t p = 0; p < 4; p++) {
        set_graphics(b, 4, p);
        rig_out(&b->rig, crtc_port(b), 0x22);
        s->latch[p] = rig_in(&b->rig, crtc_port(b) + 1);
    }
}

static void save(struct board *b, struct saved *s)
{
    s->misc = rig_in(&b->rig, 0x3CC);
    s->feature = rig_in(&b->rig, 0x3CA);
    s->sequencer_index = rig_in(&b->rig, 0x3C4);
    s->graphics_index = rig_in(&b->rig, 0x3CE);
    s->crtc_index = rig_in(&b->rig, crtc_port(b));
    read_registers(b, 0x3C4, s->sequencer, sizeof s->sequencer);
    read_registers(b, 0x3CE, s->graphics, sizeof s->graphics);
    read_registers(b, crtc_port(b), s->crtc, sizeof s->crtc);
    save_attribute(b, s);
    save_latches(b, s);
    save_dac(b, s);
    open_planes(b);
    for (uint8_t p = 0; p < 4; p++) {
        set_graphics(b, 4, p);
        for (uint32_t i = 0; i < PLANE_BYTES; i++)
            s->plane[p][i] = peek(b, 0xA0000 + i);
    }
}

/* The latches are put into a byte of the planes that is written anew afterwards, and read from there. */
static void restore_planes_and_latches(struct board *b, const struct saved *s)
{
    open_planes(b);
    for (uint8_t p = 0; p < 4; p++) {
        set_sequencer(b, 2, (uint8_t)(1 << p));
        for (uint32_t i = 0; i < PLANE_BYTES; i++)
            poke(b, 0xA0000 + i, s->plane[p][i]);
        poke(b, 0xA0000 + SPARE, s->latch[p]);
    }
    peek(b, 0xA0000 + SPARE);
    for (uint8_t p = 0; p < 4; p++) {
        set_sequencer(b, 2, (uint8_t)(1 << p));
        poke(b, 0xA0000 + SPARE, s->plane[p][SPARE]);
    }
}

static void restore_dac(struct board *b, const struct saved *s)
{
    rig_out(&b->rig, 0x3C6, s->dac_mask);
    rig_out(&b->rig, 0x3C8, 0);
    for (unsigned i = 0; i < sizeof s->dac; i++)
        rig_out(&b->rig, 0x3C9, s->dac[i]);
    if (s->dac_state == 3)
        rig_out(&b->rig, 0x3C7, (uint8_t)(s->dac_index - 1));
    else
        rig_out(&b->rig, 0x3C8, s->dac_index);
}

static void restore_attribute(struct board *b, const struct saved *s)
{
    rig_in(&b->rig, crtc_port(b) + 6);
    for (uint8_t i = 0; i < sizeof s->palette; i++) {
        rig_out(&b->rig, 0x3C0, i);
        rig_out(&b->rig, 0x3C0, s->palette[i]);
    }
    rig_out(&b->rig, 0x3C0, s->attribute & 0x3F);
    if (!(s->attribute & 0x80))
        rig_in(&b->rig, crtc_port(b) + 6);
}

static void restore(struct board *b, const struct saved *s)
{
    rig_out(&b->rig, 0x3C2, s->misc);
    restore_planes_and_latches(b, s);
    write_registers(b, 0x3C4, s->sequencer, sizeof s->sequencer);
    set_crtc(b, 0x11, 0);
    write_registers(b, crtc_port(b), s->crtc, sizeof s->crtc);
    write_registers(b, 0x3CE, s->graphics, sizeof s->graphics);
    rig_out(&b->rig, crtc_port(b) + 6, s->feature);
    restore_dac(b, s);
    restore_attribute(b, s);
    rig_out(&b->rig, 0x3C4, s->sequencer_index);
    rig_out(&b->rig, 0x3CE, s->graphics_index);
    rig_out(&b->rig, crtc_port(b), s->crtc_index);
}

/* Brings the card into a state in the middle of something, each time another. */
static void begin_something(struct board *b, unsigned seed)
{
    for (uint32_t i = 0; i < PLANE_BYTES * 4; i++)
        b->vga.memory[i] = (uint8_t)((i * 2654435761u + seed) >> 13);
    for (unsigned i = 0; i < 256; i++)
        set_color(b, (uint8_t)i, (uint8_t)(i * seed & 63), (uint8_t)(i / 4), (uint8_t)(63 - i / 4));
    set_graphics(b, 0, (uint8_t)(seed & 15));
    set_graphics(b, 8, (uint8_t)(0x3C + seed));
    peek(b, 0xA0000 + 0x1234 + seed);
    set_graphics(b, 4, (uint8_t)(seed & 3));
    set_sequencer(b, 2, (uint8_t)(1 + seed % 15));
    rig_out(&b->rig, seed & 1 ? 0x3C7 : 0x3C8, (uint8_t)(17 * seed));
    rig_out(&b->rig, 0x3C4, 3);
    rig_out(&b->rig, crtc_port(b), 0x0F);
    rig_in(&b->rig, crtc_port(b) + 6);
    if (seed & 2)
        rig_out(&b->rig, 0x3C0, 0x25);
}

static void same_owner(const struct vga *now, const struct vga *then)
{
    assert_memory_equal(now->sequencer, then->sequencer, sizeof now->sequencer);
    assert_memory_equal(now->graphics, then->graphics, sizeof now->graphics);
    assert_memory_equal(now->crtc, then->crtc, sizeof now->crtc);
    assert_memory_equal(now->attribute, then->attribute, sizeof now->attribute);
    assert_memory_equal(now->dac, then->dac, sizeof now->dac);
    assert_int_equal(now->misc, then->misc);
    assert_int_equal(now->sequencer_index, then->sequencer_index);
    assert_int_equal(now->graphics_index, then->graphics_index);
    assert_int_equal(now->crtc_index, then->crtc_index);
    assert_int_equal(now->attribute_index, then->attribute_index);
    assert_int_equal(now->attribute_data, then->attribute_data);
    assert_int_equal(now->dac_index, then->dac_index);
    assert_int_equal(now->dac_reading, then->dac_reading);
    assert_int_equal(now->dac_mask, then->dac_mask);
    assert_int_equal(now->latches, then->latches);
}

static void the_first_owner_finds_what_it_left(uint8_t mode, uint8_t other, unsigned seed)
{
    struct board *b = board_create(mode);
    struct saved *s = calloc(1, sizeof *s);
    uint8_t *memory = malloc(PLANE_BYTES * 4);
    assert_non_null(s);
    assert_non_null(memory);
    begin_something(b, seed);
    struct vga then = b->vga;
    memcpy(memory, b->vga.memory, PLANE_BYTES * 4);
    save(b, s);
    set_mode(b, other);
    begin_something(b, seed + 1);
    restore(b, s);
    same_owner(&b->vga, &then);
    assert_memory_equal(b->vga.memory, memory, PLANE_BYTES * 4);
    free(memory);
    free(s);
    board_destroy(b);
}

static void a_card_goes_from_owner_to_owner(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof modes / sizeof *modes; i++)
        for (unsigned seed = 0; seed < 4; seed++)
            the_first_owner_finds_what_it_left(modes[i].number, modes[(i + 3) % 6].number, seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_goes_from_owner_to_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
