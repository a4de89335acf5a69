/* info kbc, mouse, rtc, serial, parallel, vga, fdc, ata: what the guest has written is shown, and looking changes
 * nothing. */
#include "tests/debugger/guest.h"

/* COM1 at 9600 7E1 with its divisor latch shut again, DTR RTS OUT2; LPT1 data; CRTC 0Eh; keyboard LEDs. */
static const uint8_t writes[] = {
    0xBA, 0xFB, 0x03, 0xB0, 0x80, 0xEE,     /* mov dx,3FBh; mov al,80h; out dx,al   DLAB */
    0xBA, 0xF8, 0x03, 0xB0, 0x0C, 0xEE,     /* divisor 12 */
    0xBA, 0xFB, 0x03, 0xB0, 0x1A, 0xEE,     /* LCR: 7 bits, even */
    0xBA, 0xFC, 0x03, 0xB0, 0x0B, 0xEE,     /* MCR */
    0xBA, 0x78, 0x03, 0xB0, 0x5A, 0xEE,     /* LPT1 data */
    0xBA, 0xB4, 0x03, 0xB0, 0x0E, 0xEE, 0x42, 0xB0, 0x77, 0xEE,     /* CRTC 0Eh: 77h */
    0xB0, 0x0B, 0xE6, 0x70, 0xB0, 0x12, 0xE6, 0x71,                 /* RTC B: 24/12 and UIE */
    0xBA, 0xF2, 0x03, 0xB0, 0x1C, 0xEE,     /* DOR: motor 0, no reset */
    0xBA, 0xF7, 0x01, 0xEC, 0xA8, 0x80, 0x75, 0xFB,     /* ATA: not busy, */
    0xBA, 0xF6, 0x01, 0xB0, 0xB0, 0xEE,     /* slave */
    0xEB, 0xFE,                             /* 7C44  jmp here */
};

static void put_nothing(void *ctx, uint8_t byte)
{
    (void)ctx;
    (void)byte;
}

static int read_nothing(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    (void)ctx;
    (void)lba;
    memset(buffer, 0, (size_t)count * 512);
    return 0;
}

static const struct disk_ops empty = { .read = read_nothing };

static struct session *open_session(bool has_all)
{
    struct session *s = calloc(1, sizeof *s);
    struct machine_config config;
    char error[200];
    assert_non_null(s);
    machine_config_defaults(&config);
    config.ram_kb = 1024;
    if (has_all) {
        config.serial[0].put = config.parallel[0].put = put_nothing;
        config.drive[DRIVE_HD0] = (struct drive_config){ .ops = &empty, .sectors = 20000, .read_only = true };
        config.drive[DRIVE_HD1] = config.drive[DRIVE_HD0];
    } else {
        config.mouse = MOUSE_NONE;
    }
    s->m = machine_create(&config, error, sizeof error);
    assert_non_null(s->m);
    inspect_poke(s->m, 0x7C00, writes, sizeof writes);
    inspect_set_register(s->m, NAME_SEG + SEG_CS, 0);
    inspect_set_register(s->m, NAME_EIP, 0x7C00);
    s->d = debugger_create(s->m, &(struct debugger_config){ .put = session_put, .ctx = s });
    assert_non_null(s->d);
    return s;
}

static void registers_are_shown_as_they_were_written(void **state)
{
    (void)state;
    struct session *s = open_session(true);
    run(s, "advance 0:7c44");
    contains(run(s, "info serial"), "COM1 3f8: 9600 baud, 7E1\n");
    contains(s->out, "LCR 1a, MCR 0b DTR RTS OUT2\n");
    contains(s->out, "LSR 60 THRE TEMT");
    contains(s->out, "divisor 12,");
    contains(run(s, "info parallel"), "LPT1 378: data 5a, status df");
    contains(run(s, "info rtc"), "     B 12 24/12 UIE\n");
    contains(run(s, "info fdc"), "DOR 1c drive 0 -RESET -DMAGATE MOTEN0");
    contains(s->out, "fd0: PCN 0, head at cylinder 0, motor on");
    contains(run(s, "info ata"), "ATA0 1f0: drive/head b0");
    contains(s->out, "hd1 selected: status 50 DSC DRDY");
    contains(run(s, "info vga"), "CRTC 0e,");
    contains(run(s, "info kbc"), "command byte ");
    contains(run(s, "info mouse"), "Mouse: PS/2, not reporting, stream mode, 100 samples a second, 4 counts/mm");
    session_end(s);
}

static void looking_changes_nothing(void **state)
{
    (void)state;
    struct session *s = open_session(true);
    run(s, "advance 0:7c44");
    machine_serial_hear(s->m, 0, 'x', LINE_FRAMING_ERROR);
    struct stop stop;
    machine_run(s->m, machine_tick(s->m) + TICKS_PER_SECOND / 100, &stop);
    uint64_t before = machine_hash(s->m);
    contains(run(s, "info serial"), "FE");
    contains(run(s, "info serial"), "FE");
    run(s, "info devices");
    assert_true(machine_hash(s->m) == before);
    session_end(s);
}

static void what_is_not_there_is_said(void **state)
{
    (void)state;
    struct session *s = open_session(false);
    assert_string_equal(run(s, "info serial"), "Serial ports: none.\n");
    assert_string_equal(run(s, "info parallel"), "Parallel ports: none.\n");
    assert_string_equal(run(s, "info mouse"), "Mouse: none.\n");
    assert_string_equal(run(s, "info ata"), "ATA: no drives.\n");
    session_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_are_shown_as_they_were_written),
        cmocka_unit_test(looking_changes_nothing),
        cmocka_unit_test(what_is_not_there_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
