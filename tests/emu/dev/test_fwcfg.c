/* Tests of the firmware configuration device. */
#include "tests/emu/dev/rig.h"

#include "emu/dev/fwcfg.h"

static const uint8_t rom[] = { 0x55, 0xAA, 0x01, 0xEB };

struct board {
    struct rig rig;
    struct fwcfg fwcfg;
};

static int setup(void **state)
{
    struct board *b = calloc(1, sizeof *b);

    rig_init(&b->rig);
    fwcfg_init(&b->fwcfg, &(struct fwcfg_config){ &b->rig.bus, rom, sizeof rom });
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct board *b = *state;

    rig_destroy(&b->rig);
    free(b);
    return 0;
}

static void read_item(struct board *b, uint16_t key, uint8_t *bytes, unsigned count)
{
    bus_out(&b->rig.bus, 0x510, key, 2);
    for (unsigned i = 0; i < count; i++)
        bytes[i] = rig_in(&b->rig, 0x511);
}

static void signature_tells_that_it_is_there(void **state)
{
    uint8_t bytes[5];

    read_item(*state, 0, bytes, 5);
    assert_memory_equal(bytes, "QEMU", 5);
    read_item(*state, 1, bytes, 5);
    assert_memory_equal(bytes, "\1\0\0\0", 5);
}

static void video_rom_is_found_through_the_directory(void **state)
{
    uint8_t directory[70], file[6];

    read_item(*state, 0x19, directory, sizeof directory);
    assert_memory_equal(directory, "\0\0\0\1" "\0\0\0\4" "\0\x20" "\0\0", 12);
    assert_memory_equal(directory + 12, "vgaroms/", 8);
    assert_int_equal(directory[68], 0);
    read_item(*state, 0x20, file, sizeof file);
    assert_memory_equal(file, rom, sizeof rom);
    assert_int_equal(file[4], 0);
}

static void items_that_are_not_there_read_zeros(void **state)
{
    uint8_t bytes[2] = { 1, 1 };

    read_item(*state, 0x21, bytes, 2);
    assert_memory_equal(bytes, "\0\0", 2);
}

static void selection_survives_save_and_load(void **state)
{
    struct board *b = *state;
    struct state save, load;
    uint8_t bytes[2];

    read_item(b, 0, bytes, 2);
    state_begin_save(&save);
    fwcfg_visit(&b->fwcfg, &save);
    fwcfg_reset(&b->fwcfg);
    assert_int_equal(rig_in(&b->rig, 0x511), 'Q');
    state_begin_load(&load, save.data, save.size);
    fwcfg_visit(&b->fwcfg, &load);
    assert_false(state_failed(&load));
    assert_int_equal(rig_in(&b->rig, 0x511), 'M');
    free(save.data);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(signature_tells_that_it_is_there),
        TEST(video_rom_is_found_through_the_directory),
        TEST(items_that_are_not_there_read_zeros),
        TEST(selection_survives_save_and_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
