/* Tests of a hard disk in real time that is treated in any way at any moment: it goes on alike after saving, and never
 * hangs. */
#include "tests/emu/dev/ata_board.h"

struct diary {
    uint64_t sum;
    uint32_t seed;
};

static void note(struct diary *diary, uint64_t value)
{
    diary->sum = (diary->sum ^ value) * 0x100000001B3ull;
}

/* Lets up to LIMIT ticks pass. Work that asks for more work at the same tick must come to an end. */
static void pass(struct board *b, struct diary *diary, uint32_t limit)
{
    uint64_t until = b->rig.clock.now + random_below(&diary->seed, limit);

    for (unsigned still = 0; b->rig.clock.next_due <= until; still++) {
        uint64_t due = b->rig.clock.next_due;
        still = due > b->rig.clock.now ? 0 : still;
        assert_true(still < 4);
        rig_run(&b->rig, due > b->rig.clock.now ? due - b->rig.clock.now : 0);
        note(diary, b->irq.rose);
    }
    rig_run(&b->rig, until - b->rig.clock.now);
}

static const uint8_t busy_commands[] = {
    0x20, 0x20, 0x20, 0x30, 0x30, 0xC4, 0xC5, 0xC6, 0x40, 0x70, 0x10, 0xE0, 0xE1, 0x91, 0xEC, 0xE7, 0xE8, 0x90, 0xFF,
};

static void random_command(struct board *b, struct diary *diary)
{
    uint32_t lba = random_below(&diary->seed, sectors_of(b->drive) + 100);
    uint8_t code = busy_commands[random_below(&diary->seed, sizeof busy_commands)];

    if (random_below(&diary->seed, 2))
        lba = 3000 + random_below(&diary->seed, 300);
    command(b, code, lba, code == 0xC6 ? 1u << random_below(&diary->seed, 6) : random_below(&diary->seed, 40));
}

static void random_step(struct board *b, struct diary *diary)
{
    uint32_t what = random_below(&diary->seed, 100);

    if (what < 25)
        pass(b, diary, 4200 * 50);
    else if (what < 45)
        pass(b, diary, 4200 * 20000);
    else if (what < 70)
        note(diary, in(b, 7) & 8 ? take(b, 1) : 0);
    else if (what < 85)
        in(b, 7) & 8 ? give(b, 1) : (void)0;
    else if (what < 96)
        random_command(b, diary);
    else if (what < 97)
        rig_out(&b->rig, 0x3F6, (uint8_t)random_below(&diary->seed, 8));
    else
        rig_out(&b->rig, 0x3F6, 0);
    note(diary, rig_in(&b->rig, 0x3F6));
}

static void saved_at_any_moment_it_goes_on_alike(void **state)
{
    (void)state;

    for (unsigned i = 0; i < 200; i++) {
        struct board *a = board_create(&drives[i % KINDS]), *b = board_create(&drives[i % KINDS]);
        struct diary diary = { .seed = i }, other;
        for (unsigned step = 0; step < 60 + i; step++)
            random_step(a, &diary);
        rig_copy(&a->rig, &a->ata, &b->rig, &b->ata, visit);
        b->irq.level = a->irq.level;
        b->irq.rose = a->irq.rose;
        other = diary;
        for (unsigned step = 0; step < 200; step++) {
            random_step(a, &diary);
            random_step(b, &other);
        }
        assert_true(diary.sum == other.sum && diary.seed == other.seed);
        assert_true(rig_hash(&a->rig, visit, &a->ata) == rig_hash(&b->rig, visit, &b->ata));
        board_destroy(a);
        board_destroy(b);
    }
}

/* The head that is chosen, and where the segment begins: what random commands seldom hit upon. */
static void saved_heads_and_buffer_are_where_they_were(void **state)
{
    (void)state;

    for (unsigned way = 0; way < 2; way++) {
        struct board *a = board_create(&drives[0]), *b = board_create(&drives[0]);
        uint32_t lba = 33 * 13 + 20;
        if (way)
            write_one(a, lba);
        else
            read_one(a, lba);
        rig_copy(&a->rig, &a->ata, &b->rig, &b->ata, visit);
        uint32_t next = way ? lba + 3 : lba - 5;
        assert_within(read_one(a, next), read_one(b, next), 0);
        board_destroy(a);
        board_destroy(b);
    }
}

static void saved_with_the_heads_at_the_end_of_the_disk(void **state)
{
    (void)state;

    for (unsigned i = 0; i < KINDS; i++) {
        struct board *a = board_create(&drives[i]), *b = board_create(&drives[i]);
        read_one(a, sectors_of(&drives[i]) - 1);
        rig_run(&a->rig, TICKS_PER_SECOND);
        rig_copy(&a->rig, &a->ata, &b->rig, &b->ata, visit);
        soft_reset(a);
        soft_reset(b);
        rig_copy(&a->rig, &a->ata, &b->rig, &b->ata, visit);
        assert_within(read_one(a, 0), read_one(b, 0), 0);
        board_destroy(a);
        board_destroy(b);
    }
}

/* Whatever was done, a drive that is left alone comes to rest, and a reset makes it work. */
static void hammering_the_registers_does_no_harm(void **state)
{
    (void)state;

    for (unsigned i = 0; i < 2 * KINDS; i++) {
        struct board *b = board_create(&drives[i % KINDS]);
        struct diary diary = { .seed = 1000 + i };
        for (unsigned step = 0; step < 20000; step++) {
            random_step(b, &diary);
            if (random_below(&diary.seed, 10) == 0)
                bus_out(&b->rig.bus, (uint16_t)(0x1F0 + random_below(&diary.seed, 8)), diary.seed >> 8, 1);
            if (random_below(&diary.seed, 200) == 0)
                ata_set_real(&b->ata, random_below(&diary.seed, 3) > 0);
        }
        rig_out(&b->rig, 0x3F6, 0);
        rig_run(&b->rig, 13 * 3600 * TICKS_PER_SECOND);     /* the longest standby timer included */
        assert_int_equal(rig_in(&b->rig, 0x3F6) & 0x80, 0);
        assert_true(b->rig.clock.next_due == CLOCK_NEVER);
        soft_reset(b);
        read_one(b, 4321);
        board_destroy(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saved_at_any_moment_it_goes_on_alike),
        cmocka_unit_test(saved_heads_and_buffer_are_where_they_were),
        cmocka_unit_test(saved_with_the_heads_at_the_end_of_the_disk),
        cmocka_unit_test(hammering_the_registers_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
