/* Tests of a CD-ROM drive on a disk channel: the packet protocol, and the commands. */
#include "tests/emu/dev/cd_board.h"

/* --- The channel --- */

static void reset_leaves_the_signature_of_each_drive(void **state)
{
    struct board *b = board_create();
    (void)state;

    rig_out(&b->rig, 0x3F6, 4);
    rig_out(&b->rig, 0x3F6, 0);
    rig_run(&b->rig, 10 * MS);
    assert_int_equal(in(b, 7), 0x50);
    assert_int_equal(in(b, 4), 0);
    assert_int_equal(in(b, 5), 0);
    out(b, 6, 0xB0);
    assert_int_equal(in(b, 7), 0);
    assert_int_equal(in(b, 1), 1);
    assert_int_equal(in(b, 2), 1);
    assert_int_equal(in(b, 3), 1);
    assert_int_equal(in(b, 4), 0x14);
    assert_int_equal(in(b, 5), 0xEB);
    board_destroy(b);
}

static void disk_commands_are_aborted_with_the_signature(void **state)
{
    static const struct { uint8_t code; bool signature; } rows[] = {
        { 0x20, true }, { 0xEC, true }, { 0x30, false }, { 0xC4, false }, { 0x10, false }, { 0x00, false },
    };
    struct board *b = board_create();
    (void)state;

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        out(b, 4, 0x77);
        out(b, 7, rows[i].code);
        assert_int_equal(wait(b), 0x51);
        assert_true(b->irq.level);
        assert_int_equal(in(b, 1), 4);
        assert_int_equal(in(b, 4), rows[i].signature ? 0x14 : 0x77);
        in(b, 7);
    }
    board_destroy(b);
}

static void device_reset_ends_a_transfer_of_this_drive_alone(void **state)
{
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    send(b, (uint8_t[12]){ 0x28, 0, 0, 0, 0, 7, 0, 0, 2 }, 2048);
    bus_in(&b->rig.bus, 0x1F0, 2);
    out(b, 7, 0x08);
    assert_int_equal(in(b, 7), 0);
    assert_int_equal(in(b, 5), 0xEB);
    assert_false(b->irq.level);
    out(b, 7, 0xA1);                        /* and while it is busy */
    assert_int_equal(alternate(b) & 0x80, 0x80);
    out(b, 7, 0x08);
    assert_int_equal(in(b, 7), 0);
    rig_run(&b->rig, 100 * MS);
    assert_false(b->irq.level);
    out(b, 6, 0xA0);
    assert_int_equal(in(b, 7), 0x50);
    out(b, 6, 0xB0);
    assert_int_equal(read_blocks(b, 3, 1, 2048), 0x50);
    board_destroy(b);
}

static void identify_packet_device_tells_of_a_cd_rom(void **state)
{
    struct board *b = board_create();
    uint8_t data[512];
    (void)state;

    out(b, 7, 0xA1);
    assert_int_equal(wait(b), 0x58);
    assert_true(b->irq.level);
    for (unsigned i = 0; i < 512; i += 2) {
        uint32_t word = bus_in(&b->rig.bus, 0x1F0, 2);
        data[i] = (uint8_t)word;
        data[i + 1] = (uint8_t)(word >> 8);
    }
    assert_int_equal(in(b, 7), 0x50);
    assert_int_equal(data[0] | data[1] << 8, 0x85C0);
    assert_memory_equal(data + 54, "RTWOLEC -DOR M  ", 16);
    board_destroy(b);
}

static void each_drive_keeps_its_own_result(void **state)
{
    struct board *b = board_create();
    (void)state;

    assert_int_equal(command(b, (uint8_t[12]){ 0xFF }), 0x51);
    out(b, 6, 0xA0);
    assert_int_equal(in(b, 7), 0x50);
    out(b, 7, 0x10);
    wait(b);
    assert_true(b->irq.level);
    out(b, 6, 0xB0);                        /* the other drive has no interrupt pending */
    assert_false(b->irq.level);
    assert_int_equal(in(b, 7), 0x51);
    out(b, 6, 0xA0);
    assert_true(b->irq.level);
    board_destroy(b);
}

static void diagnostic_leaves_both_signatures(void **state)
{
    struct board *b = board_create();
    (void)state;

    out(b, 7, 0x90);
    rig_run(&b->rig, 10 * MS);
    assert_true(b->irq.level);
    assert_int_equal(in(b, 6), 0xA0);
    assert_int_equal(in(b, 7), 0x50);
    assert_int_equal(in(b, 5), 0);
    out(b, 6, 0xB0);
    assert_int_equal(in(b, 7), 0);
    assert_int_equal(in(b, 5), 0xEB);
    board_destroy(b);
}

static void dma_is_refused(void **state)
{
    struct board *b = board_create();
    (void)state;

    out(b, 1, 1);
    out(b, 7, 0xA0);
    assert_int_equal(wait(b), 0x51);
    assert_int_equal(in(b, 1), 4);
    board_destroy(b);
}

/* --- Blocks --- */

static void blocks_are_no_longer_than_the_host_allows(void **state)
{
    static const struct { unsigned limit, blocks; } rows[] = {
        { 2048, 2 }, { 0xFFFF, 2 }, { 0, 2 }, { 512, 8 }, { 513, 8 }, { 2047, 4 }, { 1000, 6 }, { 3, 2048 },
    };
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(read_blocks(b, 100, 2, rows[i].limit), 0x50);
        assert_int_equal(b->blocks, rows[i].blocks);
        assert_int_equal(b->bytes, 4096);
        assert_memory_equal(b->data, b->disc.data + 100 * 2048, 4096);
    }
    board_destroy(b);
}

static void odd_answers_end_with_half_a_word(void **state)
{
    struct board *b = board_create();
    (void)state;

    assert_int_equal(command(b, (uint8_t[12]){ 0x12, 0, 0, 0, 11 }), 0x50);
    assert_int_equal(b->bytes, 11);
    assert_memory_equal(b->data + 8, "TRO", 3);
    assert_int_equal(command(b, (uint8_t[12]){ 0x12, 0, 0, 0, 0 }), 0x50);
    assert_int_equal(b->bytes, 0);
    board_destroy(b);
}

/* --- Sense, attention, readiness --- */

static void reset_and_change_are_each_told_once(void **state)
{
    struct board *b = board_create();
    (void)state;

    assert_int_equal(command(b, (uint8_t[12]){ 0x12, 0, 0, 0, 36 }), 0x50);     /* INQUIRY is answered first */
    assert_int_equal(command(b, (uint8_t[12]){ 0 }), 0x51);
    assert_int_equal(in(b, 1), 0x60);
    assert_int_equal(sense(b), 0x62900);
    assert_int_equal(sense(b), 0);
    assert_int_equal(command(b, (uint8_t[12]){ 0 }), 0x50);
    assert_true(ata_change_cd(&b->ata, 1, &b->disc_config, false));
    assert_int_equal(read_blocks(b, 0, 1, 2048), 0x51);
    assert_int_equal(sense(b), 0x62800);
    assert_int_equal(read_blocks(b, 0, 1, 2048), 0x50);
    rig_out(&b->rig, 0x3F6, 4);             /* a soft reset is none of the drive's */
    rig_out(&b->rig, 0x3F6, 0);
    rig_run(&b->rig, 10 * MS);
    out(b, 6, 0xB0);
    assert_int_equal(command(b, (uint8_t[12]){ 0 }), 0x50);
    board_destroy(b);
}

static void empty_drive_is_not_ready(void **state)
{
    static const uint8_t needing[] = { 0x00, 0x25, 0x28, 0x2B, 0x42, 0x43, 0x44, 0xA8, 0xBE };
    struct board *b = board_create_with(&(struct cd_mechanics){ 0 }, false);
    (void)state;

    assert_int_equal(sense(b), 0x62900);
    for (unsigned i = 0; i < sizeof needing; i++) {
        assert_int_equal(command(b, (uint8_t[12]){ needing[i], 0, 0, 0, 0, 0, 0, 0, 1 }), 0x51);
        assert_int_equal(in(b, 1), 0x20);
        assert_int_equal(sense(b), 0x23A01);
    }
    assert_int_equal(command(b, (uint8_t[12]){ 0x1B, 0, 0, 0, 2 }), 0x50);
    assert_int_equal(command(b, (uint8_t[12]){ 0 }), 0x51);
    assert_int_equal(sense(b), 0x23A02);
    assert_true(ata_change_cd(&b->ata, 1, &b->disc_config, false));             /* closes the tray */
    assert_int_equal(sense(b), 0x62800);
    assert_int_equal(command(b, (uint8_t[12]){ 0 }), 0x50);
    board_destroy(b);
}

static void unknown_commands_and_fields_are_illegal(void **state)
{
    static const struct { uint8_t packet[12]; uint32_t sense; } rows[] = {
        { { 0xFF }, 0x52000 }, { { 0x2A }, 0x52000 }, { { 0x12, 1 }, 0x52400 },
        { { 0x28, 0, 0, 0, 3, 0xE8, 0, 0, 1 }, 0x52100 }, { { 0x28, 0, 0, 0, 3, 0xE7, 0, 0, 2 }, 0x52100 },
        { { 0x28, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0xFF, 0xFF }, 0x52100 },
        { { 0x2B, 0, 0, 0, 3, 0xE8 }, 0x52100 }, { { 0x44, 0, 0, 0, 3, 0xE8, 0, 0, 8 }, 0x52100 },
        { { 0x43, 0, 0, 0, 0, 0, 2, 0, 8 }, 0x52400 }, { { 0x43, 0, 5, 0, 0, 0, 0, 0, 8 }, 0x52400 },
        { { 0x5A, 0, 0x05, 0, 0, 0, 0, 0, 8 }, 0x52400 }, { { 0x5A, 0, 0xC1, 0, 0, 0, 0, 0, 8 }, 0x53900 },
        { { 0x55, 0, 0, 0, 0, 0, 0, 0, 4 }, 0x51A00 }, { { 0x45, 0, 0, 0, 0, 0, 0, 0, 1 }, 0x56400 },
        { { 0x45, 0, 0, 0, 3, 0xE7, 0, 0, 2 }, 0x52100 }, { { 0xA5, 0, 0, 0, 0, 0, 1, 0, 0, 0 }, 0x52100 },
        { { 0xA5, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1 }, 0x56400 }, { { 0x47, 0, 0, 0, 2, 0, 0, 2, 1 }, 0x56400 },
        { { 0x47, 0, 0, 0, 2, 1, 0, 2, 0 }, 0x52400 }, { { 0x47, 0, 0, 0, 1, 0, 0, 2, 0 }, 0x52400 },
        { { 0x4B }, 0x52C00 }, { { 0x4B, 0, 0, 0, 0, 0, 0, 0, 1 }, 0x52C00 },
        { { 0xBE, 4, 0, 0, 0, 0, 0, 0, 1, 0x10 }, 0x56400 },
        { { 0xBE, 0, 0, 0, 0, 0, 0, 0, 1, 0x90 }, 0x52400 }, { { 0xBE, 0, 0, 0, 0, 0, 0, 0, 1, 0x28 }, 0x52400 },
        { { 0xBE, 0, 0, 0, 0, 0, 0, 0, 1, 0xC0 }, 0x52400 }, { { 0xBE, 0, 0, 0, 0, 0, 0, 0, 1, 0x16 }, 0x52400 },
        { { 0xBE, 0, 0, 0, 0, 0, 0, 0, 1, 0x11 }, 0x52400 }, { { 0xBE, 0, 0, 0, 0, 0, 0, 0, 1, 0x10, 1 }, 0x52400 },
        { { 0x4A, 0, 0, 0, 0x10, 0, 0, 0, 8 }, 0x52400 },
    };
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(command(b, rows[i].packet), 0x51);
        assert_int_equal(in(b, 1), 0x54);
        assert_int_equal(sense(b), rows[i].sense);
    }
    board_destroy(b);
}

/* --- Reading --- */

static void every_read_gives_the_blocks(void **state)
{
    static const uint8_t packets[][12] = {
        { 0x28, 0, 0, 0, 1, 0, 0, 0, 3 }, { 0xA8, 0, 0, 0, 1, 0, 0, 0, 0, 3 }, { 0xBE, 0, 0, 0, 1, 0, 0, 0, 3, 0x10 },
        { 0xBE, 8, 0, 0, 1, 0, 0, 0, 3, 0x10 }, { 0xB9, 0, 0, 0, 5, 31, 0, 5, 34, 0x10 },
    };
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    for (unsigned i = 0; i < sizeof packets / sizeof *packets; i++) {
        assert_int_equal(command(b, packets[i]), 0x50);
        assert_int_equal(b->bytes, 3 * 2048);
        assert_memory_equal(b->data, b->disc.data + 256 * 2048, 3 * 2048);
    }
    assert_int_equal(read_blocks(b, 5, 0, 2048), 0x50);
    assert_int_equal(b->bytes, 0);
    assert_int_equal(b->ata.drive[1].cd.reads, 15);
    board_destroy(b);
}

static void read_cd_gives_sync_and_header_too(void **state)
{
    static const uint8_t head[16] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0x00, 0x05, 0x31, 1 };
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    assert_int_equal(command_with(b, (uint8_t[12]){ 0xBE, 0, 0, 0, 1, 0, 0, 0, 1, 0xB0 }, 0xFFFE, NULL), 0x50);
    assert_int_equal(b->bytes, 16 + 2048);
    assert_memory_equal(b->data, head, 16);
    assert_memory_equal(b->data + 16, b->disc.data + 256 * 2048, 2048);
    board_destroy(b);
}

/* Which bytes of the sector byte 9 asks for; two more parts of zeros are for errors. */
static void read_cd_gives_the_parts_that_are_asked_for(void **state)
{
    static const struct { uint8_t flags; unsigned from, bytes, zeros; } rows[] = {
        { 0x10, 16, 2048, 0 }, { 0x18, 16, 2336, 0 }, { 0x20, 12, 4, 0 }, { 0x30, 12, 2052, 0 }, { 0x38, 12, 2340, 0 },
        { 0x50, 16, 2048, 0 }, { 0x58, 16, 2336, 0 }, { 0x70, 12, 2052, 0 }, { 0x80, 0, 12, 0 }, { 0xA0, 0, 16, 0 },
        { 0xB8, 0, 2352, 0 }, { 0xF0, 0, 2064, 0 }, { 0xFA, 0, 2352, 294 }, { 0xFC, 0, 2352, 296 },
        { 0x12, 16, 2048, 294 },
    };
    static const uint8_t zeros[296];
    struct board *b = board_create();
    uint8_t sector[2352];
    (void)state;

    get_ready(b);
    assert_int_equal(command_with(b, (uint8_t[12]){ 0xBE, 0, 0, 0, 1, 7, 0, 0, 1, 0xF8 }, 0xFFFE, NULL), 0x50);
    assert_int_equal(b->bytes, sizeof sector);
    memcpy(sector, b->data, sizeof sector);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t packet[12] = { 0xBE, 0, 0, 0, 1, 7, 0, 0, 1, rows[i].flags };
        assert_int_equal(command_with(b, packet, 0xFFFE, NULL), 0x50);
        assert_int_equal(b->bytes, rows[i].bytes + rows[i].zeros);
        assert_memory_equal(b->data, sector + rows[i].from, rows[i].bytes);
        assert_memory_equal(b->data + rows[i].bytes, zeros, rows[i].zeros);
    }
    for (unsigned flags = 0; flags <= 0x40; flags += 0x40) {       /* nothing; the subheader that there is not */
        uint8_t packet[12] = { 0xBE, 0, 0, 0, 1, 7, 0, 0, 1, (uint8_t)flags };
        assert_int_equal(command(b, packet), 0x50);
        assert_int_equal(b->bytes, 0);
    }
    board_destroy(b);
}

/* The sum of the 24 or 43 bytes and their two parity bytes, and that with falling powers of a (ECMA-130, annex A). */
static void assert_code_word(const uint8_t *word, unsigned bytes)
{
    unsigned sum = 0, weighted = 0;
    for (unsigned i = 0; i < bytes; i++) {
        weighted = weighted << 1 ^ word[i];
        if (weighted & 0x100)
            weighted ^= 0x11D;
        sum ^= word[i];
    }
    assert_int_equal(sum, 0);
    assert_int_equal(weighted, 0);
}

/* Annex A and B from the decoder's side. */
static void raw_sectors_have_the_parity_of_ecma_130(void **state)
{
    struct board *b = board_create();
    const uint8_t *protected = b->data + 12;
    uint8_t word[45];
    uint32_t rest = 0;
    (void)state;

    get_ready(b);
    assert_int_equal(command_with(b, (uint8_t[12]){ 0xBE, 8, 0, 0, 2, 1, 0, 0, 1, 0xF8 }, 0xFFFE, NULL), 0x50);
    for (unsigned i = 0; i < 2068 * 8; i++) {       /* division with remainder, the lowest bit of each byte first */
        uint32_t top = rest >> 31;
        rest = rest << 1 | (b->data[i / 8] >> i % 8 & 1);
        rest ^= top ? 0x8001801Bu : 0;
    }
    assert_int_equal(rest, 0);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(b->data[2068 + i], 0);
    for (unsigned plane = 0; plane < 2; plane++) {
        for (unsigned n = 0; n < 43; n++) {
            for (unsigned m = 0; m < 26; m++)
                word[m] = protected[2 * (43 * m + n) + plane];
            assert_code_word(word, 26);
        }
        for (unsigned n = 0; n < 26; n++) {
            for (unsigned m = 0; m < 43; m++)
                word[m] = protected[2 * ((44 * m + 43 * n) % 1118) + plane];
            for (unsigned m = 43; m < 45; m++)
                word[m] = protected[2 * (43 * 26 + (m - 43) * 26 + n) + plane];
            assert_code_word(word, 45);
        }
    }
    board_destroy(b);
}

static void nothing_to_play_is_no_error(void **state)
{
    static const uint8_t packets[][12] = {
        { 0x45, 0, 0, 0, 1 }, { 0xA5, 0, 0, 0, 1 }, { 0x47, 0, 0, 0, 2, 5, 0, 2, 5 }, { 0x4E },
        { 0x47, 0, 0, 0xFF, 0xFF, 0xFF, 0, 2, 0 },
    };
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    for (unsigned i = 0; i < sizeof packets / sizeof *packets; i++)
        assert_int_equal(command(b, packets[i]), 0x50);
    board_destroy(b);
}

static void bad_block_is_a_medium_error(void **state)
{
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    b->disc.bad = 4 * 11 + 2;
    assert_int_equal(read_blocks(b, 10, 3, 2048), 0x51);
    assert_int_equal(b->bytes, 2048);
    assert_int_equal(in(b, 1), 0x30);
    assert_int_equal(sense(b), 0x31100);
    board_destroy(b);
}

/* 4001 sectors of 512 bytes: the last block holds one, and zeros. */
static void last_block_is_filled_up(void **state)
{
    static const uint8_t zeros[1536];
    struct board *b = board_create();
    (void)state;

    free(b->disc.data);
    b->disc_config = memory_disk_init(&b->disc, DISC_SECTORS + 1);
    b->disc_config.kind = DRIVE_CDROM;
    assert_true(ata_change_cd(&b->ata, 1, &b->disc_config, false));
    get_ready(b);
    assert_int_equal(command(b, (uint8_t[12]){ 0x25 }), 0x50);
    assert_int_equal(be32(b->data), DISC_BLOCKS);
    assert_int_equal(be32(b->data + 4), 2048);
    assert_int_equal(read_blocks(b, DISC_BLOCKS, 1, 2048), 0x50);
    assert_int_equal(b->bytes, 2048);
    assert_memory_equal(b->data, b->disc.data + 2048 * DISC_BLOCKS, 512);
    assert_memory_equal(b->data + 512, zeros, 1536);
    board_destroy(b);
}

/* --- The disc's contents --- */

static void toc_has_one_data_track_and_the_lead_out(void **state)
{
    static const struct { uint8_t packet[12]; unsigned bytes; uint8_t data[48]; } rows[] = {
        { { 0x43, 0, 0, 0, 0, 0, 0, 0, 100 }, 20,
          { 0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xAA, 0, 0, 0, 3, 0xE8 } },
        { { 0x43, 2, 0, 0, 0, 0, 1, 0, 100 }, 20,
          { 0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 2, 0, 0, 0x14, 0xAA, 0, 0, 0, 15, 25 } },
        { { 0x43, 2, 0, 0, 0, 0, 0xAA, 0, 100 }, 12, { 0, 10, 1, 1, 0, 0x14, 0xAA, 0, 0, 0, 15, 25 } },
        { { 0x43, 0, 0, 0, 0, 0, 0, 0, 6 }, 6, { 0, 18, 1, 1, 0, 0x14 } },
        { { 0x43, 0, 1, 0, 0, 0, 0, 0, 100 }, 12, { 0, 10, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0 } },
        { { 0x43, 2, 0, 0, 0, 0, 0, 0, 100, 0x40 }, 12, { 0, 10, 1, 1, 0, 0x14, 1, 0, 0, 0, 2, 0 } },
        { { 0x43, 2, 2, 0, 0, 0, 0, 0, 100 }, 48,
          { 0, 46, 1, 1, 1, 0x14, 0, 0xA0, 0, 0, 0, 0, 1, 0, 0, 1, 0x14, 0, 0xA1, 0, 0, 0, 0, 1, 0, 0,
            1, 0x14, 0, 0xA2, 0, 0, 0, 0, 0, 15, 25, 1, 0x14, 0, 1, 0, 0, 0, 0, 0, 2, 0 } },
    };
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(command(b, rows[i].packet), 0x50);
        assert_int_equal(b->bytes, rows[i].bytes);
        assert_memory_equal(b->data, rows[i].data, rows[i].bytes);
    }
    board_destroy(b);
}

static void subchannel_and_header_tell_the_place(void **state)
{
    static const uint8_t place[16] = { 0, 0x15, 0, 12, 1, 0x14, 1, 1, 0, 0, 0, 200, 0, 0, 0, 200 };
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    read_blocks(b, 200, 1, 2048);
    assert_int_equal(command(b, (uint8_t[12]){ 0x42, 0, 0x40, 1, 0, 0, 0, 0, 100 }), 0x50);
    assert_int_equal(b->bytes, 16);
    assert_memory_equal(b->data, place, 16);
    assert_int_equal(command(b, (uint8_t[12]){ 0x42, 0, 0, 1, 0, 0, 0, 0, 100 }), 0x50);
    assert_int_equal(b->bytes, 4);
    assert_int_equal(command(b, (uint8_t[12]){ 0x44, 2, 0, 0, 0, 200, 0, 0, 8 }), 0x50);
    assert_memory_equal(b->data, ((uint8_t[8]){ 1, 0, 0, 0, 0, 0, 4, 50 }), 8);
    board_destroy(b);
}

/* --- Tray and door --- */

static void locked_door_holds_the_disc(void **state)
{
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    assert_int_equal(command(b, (uint8_t[12]){ 0x1E, 0, 0, 0, 1 }), 0x50);
    assert_int_equal(command(b, (uint8_t[12]){ 0x1B, 0, 0, 0, 2 }), 0x51);
    assert_int_equal(sense(b), 0x55302);
    assert_false(ata_change_cd(&b->ata, 1, &(struct drive_config){ 0 }, false));
    assert_int_equal(command(b, (uint8_t[12]){ 0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8 }), 0x50);
    assert_int_equal(b->data[4], 1);                                            /* somebody wants it */
    assert_int_equal(read_blocks(b, 1, 1, 2048), 0x50);
    assert_int_equal(command(b, (uint8_t[12]){ 0x1E, 0, 0, 0, 0 }), 0x50);
    assert_int_equal(command(b, (uint8_t[12]){ 0x1B, 0, 0, 0, 2 }), 0x50);
    assert_int_equal(command(b, (uint8_t[12]){ 0 }), 0x51);
    assert_int_equal(sense(b), 0x23A02);
    assert_int_equal(command(b, (uint8_t[12]){ 0x1B, 0, 0, 0, 3 }), 0x50);      /* and in again */
    assert_int_equal(read_blocks(b, 1, 1, 2048), 0x51);
    assert_int_equal(sense(b), 0x62800);
    assert_int_equal(read_blocks(b, 1, 1, 2048), 0x50);
    board_destroy(b);
}

static void force_opens_a_locked_door(void **state)
{
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    command(b, (uint8_t[12]){ 0x1E, 0, 0, 0, 1 });
    assert_true(ata_change_cd(&b->ata, 1, &(struct drive_config){ 0 }, true));
    assert_int_equal(read_blocks(b, 1, 1, 2048), 0x51);
    assert_int_equal(sense(b), 0x23A01);
    assert_int_equal(command(b, (uint8_t[12]){ 0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8 }), 0x50);
    assert_int_equal(b->data[4], 3);
    assert_int_equal(b->data[5], 0);
    assert_false(ata_change_cd(&b->ata, 0, &(struct drive_config){ 0 }, true)); /* a hard disk is no CD */
    board_destroy(b);
}

static void disc_that_goes_in_the_middle_of_a_read_ends_it(void **state)
{
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    send(b, (uint8_t[12]){ 0x28, 0, 0, 0, 0, 7, 0, 0, 2 }, 2048);
    assert_true(ata_change_cd(&b->ata, 1, &(struct drive_config){ 0 }, false));
    b->bytes = 0;
    take_block(b);
    wait(b);
    assert_int_equal(in(b, 2), 3);
    assert_int_equal(read_blocks(b, 8, 1, 2048), 0x51);
    board_destroy(b);
}

/* --- Mode pages --- */

static void mode_pages_are_sensed_and_selected(void **state)
{
    static const uint8_t list[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 6, 0x20, 9 };
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    assert_int_equal(command(b, (uint8_t[12]){ 0x5A, 0, 0x3F, 0, 0, 0, 0, 1, 0 }), 0x50);
    assert_int_equal(b->bytes, 8 + 8 + 8 + 16 + 20);
    assert_int_equal(b->data[1], b->bytes - 2);
    assert_int_equal(b->data[2], 1);                                            /* data disc */
    assert_int_equal(b->data[8], 0x01);
    assert_int_equal(b->data[16], 0x0D);
    assert_int_equal(b->data[24], 0x0E);
    assert_int_equal(b->data[40], 0x2A);
    assert_int_equal(command_with(b, (uint8_t[12]){ 0x55, 0x10, 0, 0, 0, 0, 0, 0, 16 }, 2048, list), 0x50);
    assert_int_equal(command(b, (uint8_t[12]){ 0x5A, 0, 0x01, 0, 0, 0, 0, 1, 0 }), 0x50);
    assert_memory_equal(b->data + 8, list + 8, 8);
    assert_int_equal(command(b, (uint8_t[12]){ 0x5A, 0, 0x81, 0, 0, 0, 0, 1, 0 }), 0x50);
    assert_int_equal(b->data[11], 5);                                           /* the default */
    assert_int_equal(command(b, (uint8_t[12]){ 0x5A, 0, 0x41, 0, 0, 0, 0, 1, 0 }), 0x50);
    assert_int_equal(b->data[10], 0xFF);                                        /* what may be changed */
    board_destroy(b);
}

static void bad_parameter_lists_change_nothing(void **state)
{
    static const struct { uint8_t length; uint8_t list[32]; } rows[] = {
        { 10, { [8] = 0x01, 6 } }, { 16, { [8] = 0x01, 5 } }, { 16, { [8] = 0x05, 6 } },
        { 16, { [6] = 0xFF, [8] = 0x01, 6 } },
        { 24, { [8] = 0x01, 6, 0x20, 9, [16] = 0x0D, 6, 1 } }, { 9, { [8] = 0x01 } },
    };
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        const uint8_t packet[12] = { 0x55, 0x10, 0, 0, 0, 0, 0, 0, rows[i].length };
        assert_int_equal(command_with(b, packet, 4, rows[i].list), 0x51);
        assert_int_equal(sense(b), 0x52600);
        command(b, (uint8_t[12]){ 0x5A, 0, 0x01, 0, 0, 0, 0, 1, 0 });
        assert_int_equal(b->data[11], 5);
    }
    board_destroy(b);
}

/* Longer than the drive's buffer, or with a bit that is refused: nothing of it stays in the state. */
static void refused_mode_select_leaves_a_state_that_can_be_loaded(void **state)
{
    struct board *b = board_create(), *other = board_create();
    (void)state;

    get_ready(b);
    for (uint8_t save_pages = 0; save_pages <= 1; save_pages++) {
        assert_int_equal(command(b, (uint8_t[12]){ 0x55, 0x10 | save_pages, 0, 0, 0, 0, 0, 0xFF, 0xFF }), 0x51);
        rig_copy(&b->rig, &b->ata, &other->rig, &other->ata, visit);
    }
    board_destroy(other);
    board_destroy(b);
}

static void capabilities_tell_the_door_and_the_speed(void **state)
{
    struct board *b = board_create_with(&(struct cd_mechanics){ .speed = 4, .buffer_blocks = 64 }, true);
    (void)state;

    get_ready(b);
    command(b, (uint8_t[12]){ 0x1E, 0, 0, 0, 1 });
    assert_int_equal(command(b, (uint8_t[12]){ 0xBB, 0, 352 >> 8, 352 & 255 }), 0x50);
    assert_int_equal(command(b, (uint8_t[12]){ 0x5A, 0, 0x2A, 0, 0, 0, 0, 1, 0 }), 0x50);
    assert_int_equal(b->data[8 + 6], 0x2B);
    assert_int_equal(b->data[16] << 8 | b->data[17], 704);
    assert_int_equal(b->data[20] << 8 | b->data[21], 128);
    assert_int_equal(b->data[22] << 8 | b->data[23], 352);
    board_destroy(b);
}

static void configuration_and_mechanism_are_told(void **state)
{
    struct board *b = board_create();
    (void)state;

    assert_int_equal(command(b, (uint8_t[12]){ 0x46, 0, 0, 0, 0, 0, 0, 1, 0 }), 0x50);
    assert_int_equal(be32(b->data), b->bytes - 4);
    assert_int_equal(b->data[7], 8);                                            /* CD-ROM profile is current */
    assert_int_equal(command(b, (uint8_t[12]){ 0x46, 2, 0, 3, 0, 0, 0, 1, 0 }), 0x50);
    assert_int_equal(b->bytes, 16);
    get_ready(b);
    read_blocks(b, 300, 1, 2048);
    assert_int_equal(command(b, (uint8_t[12]){ 0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8 }), 0x50);
    assert_memory_equal(b->data, ((uint8_t[8]){ 0, 0, 0, 1, 44, 0, 0, 0 }), 8);
    board_destroy(b);
}

static void probes_tell_packets_and_blocks(void **state)
{
    struct board *b = board_create();
    (void)state;

    get_ready(b);
    rig_listen(&b->rig, PROBE_BIT(PROBE_DISK_REQUEST) | PROBE_BIT(PROBE_SECTOR_READ));
    read_blocks(b, 300, 2, 2048);
    assert_int_equal(b->rig.events, 3);
    assert_int_equal(b->rig.event[0].kind, PROBE_DISK_REQUEST);
    assert_int_equal(b->rig.event[0].b, 0xA0);
    assert_int_equal(b->rig.event[2].kind, PROBE_SECTOR_READ);
    assert_int_equal(b->rig.event[2].a, DRIVE_HD1);
    assert_int_equal(b->rig.event[2].b, 301);
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reset_leaves_the_signature_of_each_drive),
        cmocka_unit_test(disk_commands_are_aborted_with_the_signature),
        cmocka_unit_test(device_reset_ends_a_transfer_of_this_drive_alone),
        cmocka_unit_test(identify_packet_device_tells_of_a_cd_rom),
        cmocka_unit_test(each_drive_keeps_its_own_result),
        cmocka_unit_test(diagnostic_leaves_both_signatures),
        cmocka_unit_test(dma_is_refused),
        cmocka_unit_test(blocks_are_no_longer_than_the_host_allows),
        cmocka_unit_test(odd_answers_end_with_half_a_word),
        cmocka_unit_test(reset_and_change_are_each_told_once),
        cmocka_unit_test(empty_drive_is_not_ready),
        cmocka_unit_test(unknown_commands_and_fields_are_illegal),
        cmocka_unit_test(every_read_gives_the_blocks),
        cmocka_unit_test(read_cd_gives_sync_and_header_too),
        cmocka_unit_test(read_cd_gives_the_parts_that_are_asked_for),
        cmocka_unit_test(raw_sectors_have_the_parity_of_ecma_130),
        cmocka_unit_test(nothing_to_play_is_no_error),
        cmocka_unit_test(bad_block_is_a_medium_error),
        cmocka_unit_test(last_block_is_filled_up),
        cmocka_unit_test(toc_has_one_data_track_and_the_lead_out),
        cmocka_unit_test(subchannel_and_header_tell_the_place),
        cmocka_unit_test(locked_door_holds_the_disc),
        cmocka_unit_test(force_opens_a_locked_door),
        cmocka_unit_test(disc_that_goes_in_the_middle_of_a_read_ends_it),
        cmocka_unit_test(mode_pages_are_sensed_and_selected),
        cmocka_unit_test(bad_parameter_lists_change_nothing),
        cmocka_unit_test(refused_mode_select_leaves_a_state_that_can_be_loaded),
        cmocka_unit_test(capabilities_tell_the_door_and_the_speed),
        cmocka_unit_test(configuration_and_mechanism_are_told),
        cmocka_unit_test(probes_tell_packets_and_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
