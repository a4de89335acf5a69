/* What is found at 0:7C00 and after: the conventions that boot-sector programs of the time rely on, the order of boot
 * devices, the menu at power-on, option ROMs, and what POST says and does when something is amiss. To run this alone:
 * TEST_GUESTS=build/tests/guests build/tests/emu/bios/test_boot */
#include "tests/emu/bios/bios_board.h"

#include "emu/probe.h"

enum { SECTOR = 512, SEEN = 0x500, KEY_ESC = 0x01, KEY_1 = 0x02, KEY_3 = 0x04, RELEASED = 0x80 };

/* A boot sector that stores DL and MARK at 0:0500 and stops for good. */
static void put_boot_sector(struct guest_disk *disk, uint8_t mark)
{
    const uint8_t code[] = { 0x88, 0x16, 0x00, 0x05, 0xC6, 0x06, 0x01, 0x05, mark, 0xFA, 0xF4 };
    memcpy(disk->bytes, code, sizeof code);
    disk->bytes[SECTOR - 2] = 0x55;
    disk->bytes[SECTOR - 1] = 0xAA;
}

/* Runs until a boot sector has stopped, and tells what it stored: DL, mark. */
static uint16_t booted(struct board *b)
{
    struct stop stop;
    uint8_t bytes[2];
    if (!b->m)
        board_build(b);
    assert_int_equal(machine_run(b->m, 20 * TICKS_PER_SECOND, &stop), STOP_HALTED);
    assert_int_equal(inspect_peek_physical(b->m, SEEN, bytes, 2), 2);
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static struct board *two_disks(void)
{
    struct board *b = board_begin();
    put_boot_sector(&b->floppy, 'F');
    put_boot_sector(&b->disk, 'H');
    board_insert_floppy(b);
    board_insert_disk(b);
    return b;
}

/* --- Boot sectors --- */

static void a_resident_boot_sector_finds_all_it_relies_on(void **state)
{
    (void)state;
    for (int timing = 0; timing < BOARD_MODES; timing++) {
        struct board *b = board_begin();
        b->config.timing = (enum timing_mode)timing;
        board_insert_guest(b, "bios_resident");
        board_holds(b, "bios_resident", 34);
        board_end(b);
    }
}

/* The guest's list of what it traced, and what the CPU executed in the ROM after it wrote "T" and before "E". */
struct trail { struct board *board; uint16_t ip[1000]; unsigned count; };

static void note_rom_instruction(void *ctx, const struct probe_event *event)
{
    struct trail *t = ctx;
    if (event->cs == 0xF000 && t->board->length == 2 && t->count < 1000)
        t->ip[t->count++] = (uint16_t)event->eip;
}

static void single_steps_go_through_the_rom(void **state)
{
    struct board *b = board_begin();
    struct trail trail = { b, { 0 }, 0 };
    uint8_t list[2002];
    (void)state;
    board_insert_guest(b, "bios_trace");
    board_insert_disk(b);
    board_build(b);
    assert_true(probe_listen(machine_probes(b->m), PROBE_BIT(PROBE_INSN), note_rom_instruction, &trail) >= 0);
    board_holds(b, "bios_trace", 6);
    assert_int_equal(inspect_peek_physical(b->m, 0x20000, list, sizeof list), sizeof list);
    assert_int_equal(list[0] | list[1] << 8, trail.count);
    for (unsigned i = 0; i < trail.count; i++)
        assert_int_equal(list[2 * i + 2] | list[2 * i + 3] << 8, trail.ip[i]);
    board_end(b);
}

static void dl_is_the_drive_that_was_booted(void **state)
{
    struct board *b = two_disks();
    (void)state;
    strcpy(b->config.boot, "ac");
    assert_int_equal(booted(b), 'F');
    board_end(b);
    b = two_disks();
    strcpy(b->config.boot, "ca");
    assert_int_equal(booted(b), 0x8000 | 'H');
    board_end(b);
}

static void the_next_device_is_tried_if_one_cannot_be_booted(void **state)
{
    struct board *b = two_disks();
    (void)state;
    memset(b->floppy.bytes, 0, SECTOR);
    strcpy(b->config.boot, "ac");
    assert_int_equal(booted(b), 0x8000 | 'H');
    board_end(b);
    b = two_disks();
    b->disk.bytes[SECTOR - 1] = 0;
    strcpy(b->config.boot, "dca");
    assert_int_equal(booted(b), 'F');
    board_end(b);
}

/* --- The menu --- */

static void press(struct board *b, uint8_t code)
{
    assert_true(machine_key(b->m, code));
    assert_true(machine_key(b->m, code | RELEASED));
    board_run(b, TICKS_PER_SECOND / 20);
}

static bool shows(struct board *b, const char *text)
{
    char screen[8192];
    board_screen(b, screen, sizeof screen);
    return strstr(screen, text) != NULL;
}

static void esc_at_power_on_opens_the_boot_menu(void **state)
{
    struct board *b = two_disks();
    (void)state;
    strcpy(b->config.boot, "ca");
    board_build(b);
    for (int i = 0; i < 40 && !shows(b, "Esc: boot menu"); i++)
        board_run(b, TICKS_PER_SECOND / 100);
    board_run(b, TICKS_PER_SECOND / 10);
    press(b, KEY_ESC);
    assert_true(shows(b, "Boot from:"));
    assert_true(shows(b, "1  Floppy disk"));
    press(b, KEY_1);
    assert_int_equal(booted(b), 'F');
    machine_reset(b->m);                /* the choice held once */
    assert_int_equal(booted(b), 0x8000 | 'H');
    board_end(b);
}

static void the_menu_can_be_asked_for_by_the_configuration(void **state)
{
    struct board *b = two_disks();
    (void)state;
    strcpy(b->config.boot, "mca");
    board_build(b);
    board_run(b, TICKS_PER_SECOND);
    assert_true(shows(b, "Boot from:"));
    assert_true(shows(b, "Esc: boot as set up"));
    press(b, KEY_ESC);
    assert_int_equal(booted(b), 0x8000 | 'H');
    board_end(b);
}

static void the_menu_offers_only_drives_that_are_there(void **state)
{
    struct board *b = two_disks();
    (void)state;
    strcpy(b->config.boot, "mca");
    board_build(b);
    board_run(b, TICKS_PER_SECOND);
    assert_true(shows(b, "1  Floppy disk") && shows(b, "2  Hard disk"));
    assert_false(shows(b, "CD-ROM"));
    press(b, KEY_3);                    /* it waits for another key */
    assert_false(shows(b, "No bootable disk"));
    press(b, KEY_1);
    assert_int_equal(booted(b), 'F');
    board_end(b);
}

/* --- The set-up --- */

static void press_all(struct board *b, const char *codes)
{
    while (*codes)
        press(b, (uint8_t)*codes++);
}

/* Del; 3: drive A becomes 2.88 MB; 4: B 360 KB; 5: hard disk first; 1: the sixth of March 1992; 2: noon; Enter. Codes
 * of digits are one more than the digit, that of 0 is 0Bh. */
static void the_set_up_stores_what_is_chosen(void **state)
{
    struct board *b = two_disks();
    (void)state;
    strcpy(b->config.boot, "acd");
    board_build(b);
    board_run(b, TICKS_PER_SECOND / 5);
    press(b, 0x53);
    assert_true(shows(b, "Set-up"));
    assert_true(shows(b, "Boot from: Floppy disk  Hard disk"));
    press_all(b, "\x04\x05\x06");
    assert_true(shows(b, "Floppy A: 2.88 MB"));
    assert_true(shows(b, "Floppy B: 360 KB"));
    assert_true(shows(b, "Boot from: Hard disk  Floppy disk"));
    press_all(b, "\x02\x02\x0A\x0A\x03\x0B\x04\x0B\x07");
    press_all(b, "\x03\x02\x03\x0B\x0B\x0B\x0B");
    assert_true(shows(b, "1992-03-06 12:00:0"));
    press(b, 0x1C);
    assert_int_equal(booted(b), 0x8000 | 'H');
    assert_true(shows(b, "Floppy A: 2.88 MB"));
    assert_true(shows(b, "Floppy B: 360 KB"));
    assert_false(shows(b, "wrong"));
    board_end(b);
}

static void esc_leaves_the_set_up_without_a_trace(void **state)
{
    struct board *b = two_disks();
    (void)state;
    board_build(b);
    board_run(b, TICKS_PER_SECOND / 5);
    press(b, 0x53);
    press_all(b, "\x04\x05\x06\x01");
    assert_int_equal(booted(b), 'F');
    machine_reset(b->m);
    booted(b);
    assert_true(shows(b, "Floppy A: 1.44 MB"));
    assert_false(shows(b, "Floppy B"));
    board_end(b);
}

/* --- POST --- */

static void post_tells_what_it_found(void **state)
{
    static const char *const lines[] = {
        "486DX2 CPU, FPU", "639 KB base memory, 7168 KB extended memory", "Floppy A: 1.44 MB, CHS 80/2/18",
        "Hard disk 0: 20 MB, CHS 40/16/63", "Serial ports: 3F8 2E8", "Parallel ports: 378 278", "Mouse",
        "1992-03-01 00:00:00",
    };
    struct board *b = two_disks();
    (void)state;
    b->config.ram_kb = 8192;
    b->config.serial[0] = b->config.serial[3] = b->config.parallel[0] = b->config.parallel[1] = b->config.debugcon;
    booted(b);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!shows(b, lines[i]))
            fail_msg("POST does not say \"%s\"", lines[i]);
    assert_false(shows(b, "error"));
    assert_false(shows(b, "wrong"));
    board_end(b);
    b = two_disks();
    b->config.profile = "486sx-25";
    booted(b);
    assert_true(shows(b, "486SX CPU, no FPU"));
    board_end(b);
}

static void post_mends_cmos_and_says_so(void **state)
{
    (void)state;
    for (int timing = 0; timing < BOARD_MODES; timing++) {
        struct board *b = board_begin();
        b->config.timing = (enum timing_mode)timing;
        board_insert_guest(b, "bios_cmos");
        board_holds(b, "bios_cmos", 17);
        assert_true(shows(b, "Memory is not what the set-up said"));
        board_end(b);
    }
}

static void power_on_takes_no_longer_than_a_second(void **state)
{
    struct board *b = two_disks();
    (void)state;
    strcpy(b->config.boot, "c");
    b->config.timing = TIMING_TABLE;
    booted(b);
    assert_true(machine_tick(b->m) < TICKS_PER_SECOND);
    board_end(b);
}

/* --- Option ROMs --- */

enum { ROM_BYTES = 2048 };

static void load_rom(uint8_t rom[ROM_BYTES])
{
    uint8_t sum = 0;
    assert_int_equal(guest_load("bios_rom", rom, ROM_BYTES), ROM_BYTES);
    for (int i = 0; i < ROM_BYTES; i++)
        sum = (uint8_t)(sum + rom[i]);
    rom[ROM_BYTES - 1] = (uint8_t)(rom[ROM_BYTES - 1] - sum);
}

static void option_roms_are_called_and_keep_their_hooks(void **state)
{
    struct board *b = two_disks();
    uint8_t rom[ROM_BYTES];
    char expected[16];
    (void)state;
    load_rom(rom);
    b->config.option_rom[0] = (struct option_rom){ rom, sizeof rom, 0xD0800 };
    b->config.option_rom[2] = (struct option_rom){ rom, sizeof rom, 0xEF800 };
    booted(b);
    assert_string_equal(b->log, "R\xD0R\xEF" "BB");     /* in the order of addresses; the later hook first */
    board_end(b);
    b = two_disks();
    b->config.option_rom[0] = b->config.option_rom[1] = (struct option_rom){ rom, sizeof rom, 0 };
    booted(b);
    snprintf(expected, sizeof expected, "R%cR%cBB", b->log[1], b->log[1]);     /* 2 KB apart, from C8000 or D0000 on */
    assert_string_equal(b->log, expected);
    assert_true((uint8_t)b->log[1] == 0xC8 || (uint8_t)b->log[1] == 0xD0);
    board_end(b);
}

static void a_rom_with_a_wrong_sum_is_not_called(void **state)
{
    struct board *b = two_disks();
    uint8_t rom[ROM_BYTES];
    (void)state;
    load_rom(rom);
    rom[100]++;
    b->config.option_rom[0] = (struct option_rom){ rom, sizeof rom, 0xD8000 };
    booted(b);
    assert_string_equal(b->log, "");
    assert_true(shows(b, "ROM at D800: its checksum is wrong"));
    board_end(b);
}

static void option_roms_that_do_not_fit_are_refused(void **state)
{
    static const struct { uint32_t address, second; size_t size; uint8_t first_byte; const char *why; } cases[] = {
        { 0xD0001, 0, ROM_BYTES, 0x55, "does not fit at D0001h" },
        { 0xC0000, 0, ROM_BYTES, 0x55, "does not fit at C0000h" },
        { 0xF0000, 0, ROM_BYTES, 0x55, "does not fit at F0000h" },
        { 0xFFFFF800, 0, ROM_BYTES, 0x55, "does not fit at FFFFF800h" },
        { 0xEF800, 0, ROM_BYTES + 1, 0x55, "does not fit at EF800h" },
        { 0xD8000, 0xD8000, ROM_BYTES, 0x55, "option ROM 2 lies where another one is" },
        { 0xD8000, 0, ROM_BYTES - 1, 0x55, "is shorter than" },
        { 0xD8000, 0, 2, 0x55, "does not begin with" },
        { 0xD8000, 0, ROM_BYTES, 0x54, "does not begin with" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct board *b = board_begin();
        uint8_t rom[ROM_BYTES + 1] = { cases[i].first_byte, 0xAA, 4 };
        char error[200] = "";
        b->config.option_rom[0] = (struct option_rom){ rom, cases[i].size, cases[i].address };
        if (cases[i].second)
            b->config.option_rom[1] = (struct option_rom){ rom, cases[i].size, cases[i].second };
        assert_null(machine_create(&b->config, error, sizeof error));
        if (!strstr(error, cases[i].why))
            fail_msg("\"%s\" instead of \"%s\"", error, cases[i].why);
        board_end(b);
    }
}

/* --- The timer --- */

/* IRQ0, INT 08h, INT 1Ch and 40:6C, all at 1193182 / 65536 Hz: a tick of ours is 1/3520 of the timer's clock. */
struct beat { uint64_t last; unsigned irqs, int_1c; bool exact; };

static void note_beat(void *ctx, const struct probe_event *event)
{
    struct beat *beat = ctx;
    if (event->kind == PROBE_INT) {
        beat->int_1c += event->a == 0x1C;
    } else if (event->a == 0) {
        uint64_t at = event->tick - event->late;
        beat->exact = beat->exact && (!beat->last || at - beat->last == 65536 * 3520);
        beat->last = at;
        beat->irqs++;
    }
}

static uint32_t ticks_of(struct board *b)
{
    uint8_t bytes[4];
    assert_int_equal(inspect_peek_physical(b->m, 0x46C, bytes, 4), 4);
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;
}

static void the_timer_interrupt_has_its_exact_rate(void **state)
{
    static const uint8_t idle[] = { 0xFB, 0xF4, 0xEB, 0xFD };      /* sti; hlt; jmp */
    struct beat beat = { 0, 0, 0, true };
    struct board *b = two_disks();
    (void)state;
    memcpy(b->floppy.bytes, idle, sizeof idle);
    board_build(b);
    board_run(b, 3 * TICKS_PER_SECOND);
    uint32_t before = ticks_of(b);
    uint64_t events = PROBE_BIT(PROBE_IRQ_RAISED) | PROBE_BIT(PROBE_INT);
    assert_true(probe_listen(machine_probes(b->m), events, note_beat, &beat) >= 0);
    board_run(b, 100 * TICKS_PER_SECOND);
    assert_true(beat.exact);
    assert_in_range(beat.irqs, 1820, 1821);
    assert_int_equal(beat.int_1c, beat.irqs);
    assert_int_equal(ticks_of(b) - before, beat.irqs);
    board_end(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_resident_boot_sector_finds_all_it_relies_on),
        cmocka_unit_test(single_steps_go_through_the_rom),
        cmocka_unit_test(dl_is_the_drive_that_was_booted),
        cmocka_unit_test(the_next_device_is_tried_if_one_cannot_be_booted),
        cmocka_unit_test(esc_at_power_on_opens_the_boot_menu),
        cmocka_unit_test(the_menu_offers_only_drives_that_are_there),
        cmocka_unit_test(the_menu_can_be_asked_for_by_the_configuration),
        cmocka_unit_test(the_set_up_stores_what_is_chosen),
        cmocka_unit_test(esc_leaves_the_set_up_without_a_trace),
        cmocka_unit_test(post_tells_what_it_found),
        cmocka_unit_test(post_mends_cmos_and_says_so),
        cmocka_unit_test(power_on_takes_no_longer_than_a_second),
        cmocka_unit_test(option_roms_are_called_and_keep_their_hooks),
        cmocka_unit_test(a_rom_with_a_wrong_sum_is_not_called),
        cmocka_unit_test(option_roms_that_do_not_fit_are_refused),
        cmocka_unit_test(the_timer_interrupt_has_its_exact_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
