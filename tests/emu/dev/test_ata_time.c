/* Tests of a hard disk in real time. What is expected is computed here from the figures of the drive, in floating
 * point and sector by sector, never by the code under test. */
#include "tests/emu/dev/ata_board.h"

/* --- Arithmetic of numbers that are not negative --- */

static double whole(double x) { return (double)(uint64_t)x; }
static double whole_up(double x) { return whole(x) < x ? whole(x) + 1 : whole(x); }
static double rest(double x, double of) { return x - whole(x / of) * of; }
static double larger(double a, double b) { return a > b ? a : b; }

static double root(double x)
{
    double guess = x + 1;

    for (unsigned i = 0; i < 60; i++)
        guess = (guess + x / guess) / 2;
    return guess;
}

/* --- What the figures say. All times in ticks --- */

static double slot_time(const struct drive *d) { return MINUTE / d->mechanics.rpm / d->geometry.sectors; }
static double revolution(const struct drive *d) { return MINUTE / d->mechanics.rpm; }
static double overhead(const struct drive *d) { return d->mechanics.overhead_us * US; }
static double through_buffer(const struct drive *d) { return d->mechanics.sector_us * US; }

static uint32_t cylinder_of(const struct drive *d, uint32_t lba)
{
    return lba / d->geometry.heads / d->geometry.sectors;
}

/* Slots between the end of a sector and the beginning of the next one. */
static double gap_before(const struct drive *d, uint32_t lba)
{
    if (lba % d->geometry.sectors)
        return 0;
    double us = lba / d->geometry.sectors % d->geometry.heads ? d->mechanics.head_us : d->mechanics.track_us;
    return whole_up(us * US / slot_time(d));
}

/* The angle of a sector, in slots: that of its track's first plus its number. */
static double angle_of(const struct drive *d, uint32_t lba)
{
    double angle = lba % d->geometry.sectors;

    for (uint32_t track = 1; track <= lba / d->geometry.sectors; track++)
        angle += gap_before(d, track * d->geometry.sectors);
    return rest(angle, d->geometry.sectors);
}

/* When the sector at ANGLE begins to pass, from TICK on; a microsecond's rounding does not make it miss. */
static double comes_round(const struct drive *d, double angle, double tick)
{
    double wait = angle * slot_time(d) - rest(tick, revolution(d));
    wait = wait < -0.01 * US ? wait + revolution(d) : wait;
    return tick + wait;
}

static double curve(const struct drive *d, double knee_us, double distance)
{
    double longest = d->geometry.cylinders - 1, knee = whole(longest / 3);

    if (distance <= knee)
        return d->mechanics.track_us + (knee_us - d->mechanics.track_us) * root((distance - 1) / (knee - 1));
    return knee_us + (d->mechanics.stroke_us - knee_us) * (distance - knee) / (longest - knee);
}

static double mean_of_pairs(const struct drive *d, double knee_us)
{
    double sum = 0, pairs = 0;

    for (uint32_t distance = 1; distance < d->geometry.cylinders; distance++) {
        sum += (d->geometry.cylinders - distance) * curve(d, knee_us, distance);
        pairs += d->geometry.cylinders - distance;
    }
    return sum / pairs;
}

/* The knee by bisection. */
static double find_knee(const struct drive *d)
{
    double low = d->mechanics.track_us, high = d->mechanics.stroke_us;

    for (unsigned i = 0; i < 40; i++) {
        double middle = (low + high) / 2;
        if (mean_of_pairs(d, middle) < d->mechanics.average_us)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static double move(const struct drive *d, double knee_us, uint32_t from, uint32_t to)
{
    if (cylinder_of(d, from) != cylinder_of(d, to))
        return curve(d, knee_us, apart(cylinder_of(d, from), cylinder_of(d, to))) * US;
    return from / d->geometry.sectors == to / d->geometry.sectors ? 0 : d->mechanics.head_us * US;
}

/* --- Seeks --- */

static double seek(struct board *b, uint32_t cylinder)
{
    double begun = now(b);

    command(b, 0x70, cylinder * b->drive->geometry.heads * b->drive->geometry.sectors, 1);
    return await(b) - begun - overhead(b->drive);
}

static void seeks_have_the_three_figures_of_the_data_sheet(void **state)
{
    (void)state;

    for (unsigned i = 0; i < KINDS; i++) {
        const struct drive *d = &drives[i];
        struct board *b = board_create(d);
        double sum = 0, pairs = 0, before = 0, last = 0;
        for (uint32_t distance = 1; distance < d->geometry.cylinders; distance++) {
            last = seek(b, distance);
            assert_true(last >= before);
            assert_within(seek(b, 0), last, 0.001);
            if (distance == 1)
                assert_within(last, d->mechanics.track_us * US, 0.001);
            sum += (d->geometry.cylinders - distance) * last;
            pairs += d->geometry.cylinders - distance;
            before = last;
        }
        assert_within(last, d->mechanics.stroke_us * US, 0.001);
        assert_within(sum / pairs, d->mechanics.average_us * US, 2);
        board_destroy(b);
    }
}

static void random_seeks_average_as_the_data_sheet_says(void **state)
{
    (void)state;

    for (unsigned i = 0; i < KINDS; i++) {
        const struct drive *d = &drives[i];
        struct board *b = board_create(d);
        uint32_t seed = 1, at = 0;
        double sum = 0;
        for (unsigned count = 0; count < 5000; count++) {
            uint32_t to = random_below(&seed, d->geometry.cylinders - 1);
            at = to + (to >= at);
            sum += seek(b, at);
        }
        assert_within(sum / 5000, d->mechanics.average_us * US, 0.015 * d->mechanics.average_us);
        board_destroy(b);
    }
}

static void recalibrate_seeks_to_the_first_cylinder(void **state)
{
    struct board *b = board_create(&drives[0]);
    double begun;
    (void)state;

    seek(b, 775);
    begun = now(b);
    out(b, 7, 0x10);
    assert_within(await(b) - begun, 46000 * US, 0.001);
    begun = now(b);
    out(b, 7, 0x10);
    assert_within(await(b) - begun, 1000 * US, 0.001);
    board_destroy(b);
}

/* Figures that no curve can have, and disks with hardly a cylinder. */
static void impossible_figures_do_no_harm(void **state)
{
    static const struct drive odd[] = {
        { { 50, 2, 17 }, { 3600, 9000, 1000, 20000, 0, 0, 0, 0, 0 } },
        { { 50, 2, 17 }, { 3600, 3000, 90000, 20000, 100000, 0, 0, 0, 0 } },
        { { 50, 1, 1 }, { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, 0, 0, UINT16_MAX, 0 } },
        { { 1, 1, 1 }, { 1, 0, 0, 0, 0, 0, 0, 0, 0 } }, { { 2, 1, 1 }, { 3600, 3000, 4000, 5000, 0, 0, 0, 0, 0 } },
        { { 3, 1, 1 }, { 3600, 3000, 4000, 5000, 0, 0, 0, 0, 0 } }, { { 4, 1, 1 }, { 60, 1, 2, 3, 4, 5, 6, 7, 8 } },
    };
    (void)state;

    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        struct board *b = board_create(&odd[i]);
        double before = 0;
        for (uint32_t distance = 1; distance < odd[i].geometry.cylinders; distance++) {
            double there = seek(b, distance);
            assert_true(there >= before);
            before = there;
            seek(b, 0);
        }
        for (uint32_t lba = sectors_of(&odd[i]); lba-- > 0;) {
            command(b, 0x20, lba, 1);
            await(b);
            assert_int_equal(take(b, 1), lba);
        }
        board_destroy(b);
    }
}

/* --- Reading --- */

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* A third of the sectors lie in the cylinder in which the heads are. The pause lets the buffer fill. */
static uint32_t pick_sector(const struct drive *d, uint32_t at, uint32_t *seed)
{
    uint32_t cylinder = d->geometry.heads * d->geometry.sectors;

    if (random_below(seed, 3))
        return random_below(seed, sectors_of(d));
    return smaller(at, sectors_of(d) - 1) / cylinder * cylinder + random_below(seed, cylinder);
}

static void random_sectors_take_overhead_seek_and_rotation(void **state)
{
    (void)state;

    for (unsigned i = 0; i < KINDS; i++) {
        const struct drive *d = &drives[i];
        struct board *b = board_create(d);
        double knee = find_knee(d);
        uint32_t seed = 7 + i, heads = 0, from = UINT32_MAX;
        for (unsigned count = 0; count < 300; count++) {
            rig_run(&b->rig, 200 * TICKS_PER_MS + random_below(&seed, 100000000));
            uint32_t lba = pick_sector(d, heads, &seed);
            double begun = now(b);
            double there = begun + overhead(d) + move(d, knee, smaller(heads, sectors_of(d) - 1), lba);
            double expected = comes_round(d, angle_of(d, lba), there) + slot_time(d);
            if (lba >= from && lba < heads)
                expected = begun + overhead(d) + through_buffer(d);
            command(b, 0x20, lba, 1);
            assert_within(await(b), expected, 2);
            assert_int_equal(take(b, 1), lba);
            from = lba >= from && lba < heads ? from : lba;
            heads = smaller(lba + 1 + d->mechanics.buffer_sectors, sectors_of(d));
            from = heads - from > d->mechanics.buffer_sectors ? heads - d->mechanics.buffer_sectors : from;
        }
        board_destroy(b);
    }
}

/* From anywhere: whole cylinders pass without a lost revolution, also over the boundary of two commands. */
static void cylinders_are_read_at_the_rate_of_the_medium(void **state)
{
    (void)state;

    for (unsigned i = 0; i < KINDS; i++) {
        const struct drive *d = &drives[i];
        struct board *b = board_create(d);
        uint32_t cylinder = d->geometry.heads * d->geometry.sectors, first = 300 * cylinder - 5, lba = first;
        double medium = 0;
        while (lba < first + 3 * cylinder) {
            double begun = now(b), earliest = begun + overhead(d);
            command(b, 0x20, lba, 0);
            for (unsigned k = 0; k < 256; k++, lba++) {
                double at = await(b);
                medium = lba == first ? at : medium + (gap_before(d, lba) + 1) * slot_time(d);
                assert_within(at, larger(medium, earliest + through_buffer(d)), 0.001);
                assert_int_equal(take(b, 1), lba);
                earliest = at;
            }
        }
        board_destroy(b);
    }
}

/* A host that takes its time, simulated sector by sector. BLOCK sectors each interrupt. */
static void read_slowly(struct board *b, unsigned block, uint32_t lba, uint32_t most, uint32_t seed)
{
    enum { COUNT = 240 };
    const struct drive *d = b->drive;
    double ends = 0, taken[COUNT + 1] = { 0 };
    unsigned room = d->mechanics.buffer_sectors;

    command(b, 0xC6, 0, block);
    await(b);
    command(b, 0xC4, lba, COUNT);
    for (unsigned i = 0, k = 0; i < COUNT; k++) {
        double at = await(b);
        for (unsigned n = 0; n < block; n++, i++) {
            double from = ends + gap_before(d, lba + i) * slot_time(d);
            if (i >= room && taken[(i - room) / block] > from)
                from = comes_round(d, angle_of(d, lba + i), taken[(i - room) / block]);
            ends = i ? from + slot_time(d) : at - (block - 1) * slot_time(d);
        }
        assert_within(at, k ? larger(ends, taken[k - 1] + block * through_buffer(d)) : ends, 0.001);
        rig_run(&b->rig, random_below(&seed, most));
        assert_int_equal(take(b, block), lba + i - block);
        taken[k] = now(b);
    }
}

static void slow_host_loses_revolutions_only_when_the_buffer_is_full(void **state)
{
    (void)state;

    for (unsigned i = 0; i < 3 * KINDS; i++) {
        struct board *b = board_create(&drives[i % KINDS]);
        static const unsigned blocks[] = { 1, 4, 16 };
        uint32_t lba = 1000 * drives[i % KINDS].geometry.sectors;
        unsigned block = blocks[i / KINDS];
        read_slowly(b, block, lba, block * 2000 * (uint32_t)TICKS_PER_US, 40 + i);
        rig_run(&b->rig, TICKS_PER_SECOND);
        read_slowly(b, block, lba + 20000 * drives[i % KINDS].geometry.sectors / 33, 20000000, 50 + i);
        board_destroy(b);
    }
}

static double verify(struct board *b, uint32_t lba, unsigned count)
{
    command(b, 0x40, lba, count);
    return await(b);
}

static void missed_sector_waits_a_revolution(void **state)
{
    (void)state;

    for (unsigned i = 0; i < KINDS; i++) {
        const struct drive *d = &drives[i];
        struct board *b = board_create(d);
        uint32_t lba = 5 * d->geometry.sectors;
        double at = verify(b, lba, 1), slot = slot_time(d);
        unsigned reached = (unsigned)whole_up(overhead(d) / slot);
        for (unsigned k = 1; k <= 5; k++)
            assert_within(verify(b, lba, 1), at + k * revolution(d), 0.001);
        at += 5 * revolution(d);
        at += revolution(d) + slot;
        assert_within(verify(b, lba + 1, 1), at, 0.001);
        at += (reached + 1) * slot;
        assert_within(verify(b, lba + 2 + reached, 1), at, 0.001);
        at += reached * slot + revolution(d);
        assert_within(verify(b, lba + 2 + 2 * reached, 1), at, 0.001);
        board_destroy(b);
    }
}

static void verify_reads_the_disk_at_the_rate_of_the_medium(void **state)
{
    const struct drive *d = &drives[2];
    struct board *b = board_create(d);
    double at = verify(b, 0, 1), slots = 0;
    (void)state;

    for (uint32_t lba = 1; lba < 256; lba++)
        slots += gap_before(d, lba) + 1;
    at += revolution(d) + slots * slot_time(d);
    assert_within(verify(b, 0, 256), at, 0.001);
    board_destroy(b);
}

/* --- The buffer --- */

static void buffer_gives_what_it_holds_without_the_disk(void **state)
{
    (void)state;

    for (unsigned i = 0; i < KINDS; i++) {
        const struct drive *d = &drives[i];
        struct board *b = board_create(d);
        unsigned room = d->mechanics.buffer_sectors;
        double hit = overhead(d) + through_buffer(d);
        read_one(b, 5000);
        assert_within(read_one(b, 5000), hit, 0.001);
        rig_run(&b->rig, TICKS_PER_SECOND);
        assert_within(read_one(b, 5000 + room), hit, 0.001);
        rig_run(&b->rig, TICKS_PER_SECOND);
        for (unsigned k = 1; k < room; k++)
            assert_within(read_one(b, 5000 + room + k), hit, 0.001);
        rig_run(&b->rig, TICKS_PER_SECOND);
        assert_within(read_one(b, 5000 + 2 * room), hit, 0.001);
        assert_true(read_one(b, 5000 + room - 1) > 3 * hit);
        board_destroy(b);
    }
}

static void writes_seeks_and_resets_empty_the_buffer(void **state)
{
    (void)state;

    for (unsigned way = 0; way < 3; way++) {
        const struct drive *d = &drives[1];
        struct board *b = board_create(d);
        double hit = overhead(d) + through_buffer(d);
        read_one(b, 5000);
        assert_within(read_one(b, 5000), hit, 0.001);
        if (way == 0)
            seek(b, cylinder_of(d, 5000));
        else if (way == 1)
            soft_reset(b);
        else
            write_one(b, 5000);
        assert_true(read_one(b, 5000) > hit + 100 * US);
        board_destroy(b);
    }
}

/* With a sector on its way into the buffer the drive takes the sooner of waiting and going there. */
static void sector_far_ahead_is_gone_for(void **state)
{
    const struct drive *d = &drives[2];
    struct board *b = board_create(d);
    (void)state;

    read_one(b, 0);
    double knee = find_knee(d), there = now(b) + overhead(d) + move(d, knee, 0, 200);
    double at = comes_round(d, angle_of(d, 200), there) + slot_time(d), begun = now(b);
    assert_within(begun + read_one(b, 200), at, 1);
    assert_true(at - begun < 2 * revolution(d));
    board_destroy(b);
}

/* --- Writing --- */

static void write_as_host(struct board *b, unsigned block, uint32_t lba, uint32_t most, uint32_t seed)
{
    enum { COUNT = 160 };
    const struct drive *d = b->drive;
    double written[COUNT], asked = 0, at = 0, heads = 0;
    int room = d->mechanics.buffer_sectors;

    command(b, 0xC6, 0, block);
    await(b);
    seek(b, cylinder_of(d, lba));
    heads = now(b) + overhead(d) + (lba / d->geometry.sectors % d->geometry.heads ? d->mechanics.head_us * US : 0);
    command(b, 0xC5, lba, COUNT);
    for (int i = 0; i < COUNT;) {
        if (i)
            assert_within(at = await(b), asked, 0.001);
        rig_run(&b->rig, random_below(&seed, most));
        give(b, block);
        double filled = now(b);
        for (unsigned n = 0; n < block; n++, i++) {
            double from = i ? written[i - 1] + gap_before(d, lba + (uint32_t)i) * slot_time(d) : 0;
            if (n == 0 && filled > from)
                from = comes_round(d, angle_of(d, lba + (uint32_t)i), i ? filled : larger(filled, heads));
            written[i] = from + slot_time(d);
        }
        int needed = i == COUNT ? i - 1 : i + (int)block - 1 - room;
        asked = larger(filled + block * through_buffer(d), needed >= 0 ? written[needed] : 0);
    }
    assert_within(await(b), asked, 0.001);
    assert_int_equal(rig_in(&b->rig, 0x3F6), 0x50);
}

static void write_ends_when_the_last_sector_is_on_the_disk(void **state)
{
    static const uint32_t pauses[] = { 1, 500 * 4200, 8000 * 4200 };
    (void)state;

    for (unsigned i = 0; i < 3 * 3 * KINDS; i++) {
        struct board *b = board_create(&drives[i % KINDS]);
        unsigned block = i / KINDS % 3 == 0 ? 1 : i / KINDS % 3 == 1 ? 4 : 16;
        uint32_t lba = 321 * drives[i % KINDS].geometry.sectors * (1 + i % 2) + i;
        write_as_host(b, block, lba, pauses[i / KINDS / 3], i);
        write_as_host(b, block, lba + 160, pauses[i / KINDS / 3], i);
        board_destroy(b);
    }
}

static void single_sector_writes_miss_a_revolution_each(void **state)
{
    const struct drive *d = &drives[1];
    struct board *b = board_create(d);
    double at = 0;
    (void)state;

    for (uint32_t lba = 10; lba < 20; lba++) {
        double ended = write_one(b, lba);
        if (lba > 10)
            assert_within(ended, at + revolution(d) + slot_time(d), 0.001);
        at = ended;
    }
    board_destroy(b);
}

/* --- The spindle --- */

static void rotation_is_exact_over_a_hundred_hours(void **state)
{
    static const uint32_t rates[] = { 3500, 3605, 3652, 4500, 5400, 3811 };
    (void)state;

    for (unsigned i = 0; i < sizeof rates / sizeof *rates; i++) {
        struct drive d = drives[i % KINDS];
        d.mechanics.rpm = rates[i];
        struct board *b = board_create(&d);
        verify(b, 777, 1);
        uint64_t first = b->irq.rose;
        for (unsigned hour = 1; hour <= 100; hour++) {
            rig_run(&b->rig, 3600 * TICKS_PER_SECOND);
            verify(b, 777, 1);
            __int128 passed = (__int128)(b->irq.rose - first) * rates[i];
            __int128 period = (__int128)60 * TICKS_PER_SECOND;
            __int128 turns = (passed + period / 2) / period;
            assert_true(passed - turns * period <= rates[i] && turns * period - passed <= rates[i]);
            assert_true(turns >= hour * 60ull * rates[i] && turns <= hour * (60ull * rates[i] + 4));
        }
        board_destroy(b);
    }
}

static void assert_busy_for(struct board *b, uint64_t ticks)
{
    rig_run(&b->rig, ticks - 1);
    assert_int_equal(rig_in(&b->rig, 0x3F6), 0x80);
    rig_run(&b->rig, 1);
    assert_int_equal(rig_in(&b->rig, 0x3F6), 0x50);
}

static void resets_take_2_ms(void **state)
{
    struct board *b = board_create(&drives[0]);
    (void)state;

    ata_reset(&b->ata);
    assert_busy_for(b, 2 * TICKS_PER_MS);
    rig_out(&b->rig, 0x3F6, 4);
    rig_run(&b->rig, TICKS_PER_SECOND);
    assert_int_equal(rig_in(&b->rig, 0x3F6), 0x80);
    rig_out(&b->rig, 0x3F6, 0);
    assert_busy_for(b, 2 * TICKS_PER_MS);
    board_destroy(b);
}

static void after_power_on_reading_waits_for_the_spindle(void **state)
{
    const struct drive *d = &drives[0];
    struct board *b = board_power(d);
    (void)state;

    assert_busy_for(b, 2 * TICKS_PER_MS);
    double begun = now(b);
    command(b, 0xEC, 0, 1);
    assert_within(await(b) - begun, overhead(d), 0.001);
    command(b, 0x20, 0, 1);
    double at = comes_round(d, 0, d->mechanics.spin_up_ms * 1000 * US) + slot_time(d);
    assert_within(await(b), at, 0.001);
    board_destroy(b);
}

static void stopped_disk_spins_up_for_the_command_that_needs_it(void **state)
{
    static const struct { uint8_t stop, start; bool spins; } rows[] = {
        { 0xE0, 0xE1, true }, { 0xE2, 0xE3, true }, { 0x99, 0x97, true }, { 0xE6, 0x10, true }, { 0x94, 0x70, true },
        { 0xE0, 0x40, true }, { 0xE0, 0x20, true }, { 0xE0, 0xE5, false }, { 0xE0, 0x91, false }, { 0xE0, 0xEC, false },
    };
    const struct drive *d = &drives[0];
    (void)state;

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct board *b = board_create(d);
        command(b, rows[i].stop, 0, 1);
        await(b);
        double begun = now(b);
        command(b, rows[i].start, 0, 1);
        double least = rows[i].spins ? d->mechanics.spin_up_ms * 1000 * US : overhead(d);
        double taken = await(b) - begun;
        assert_true(taken >= least - 1 && taken <= least + revolution(d) + slot_time(d));
        board_destroy(b);
    }
}

static void fast_mode_knows_no_mechanics(void **state)
{
    struct board *b = board_power(&drives[0]);
    (void)state;

    ata_set_real(&b->ata, false);
    ata_reset(&b->ata);
    rig_run(&b->rig, TICKS_PER_MS);
    for (uint32_t lba = 0; lba < 200000; lba += 9999) {
        assert_true(read_one(b, lba) < 100 * US);
        double begun = now(b);
        assert_true(verify(b, lba, 1) - begun < 100 * US);
    }
    double begun = now(b);
    seek(b, 700);
    assert_true(now(b) - begun < 100 * US);
    ata_set_real(&b->ata, true);
    rig_run(&b->rig, 10 * TICKS_PER_SECOND);
    assert_within(seek(b, 699), 8000 * US, 0.001);
    board_destroy(b);
}

/* Also after years, when the slots of two speeds have numbers far apart, and in the middle of a transfer. */
static void figures_can_change_at_any_time(void **state)
{
    (void)state;

    for (unsigned i = 0; i < KINDS * KINDS; i++) {
        const struct drive *d = &drives[i % KINDS];
        struct board *b = board_create(d);
        struct disk_mechanics next = drives[i / KINDS].mechanics;
        bool same = i % KINDS == i / KINDS;
        rig_run(&b->rig, 100000000 * TICKS_PER_SECOND);
        read_one(b, 6000);
        command(b, 0x20, 7000, 2);
        ata_set_mechanics(&b->ata, &next);
        for (unsigned k = 0; k < 2; k++) {
            double begun = now(b), least = k ? next.sector_us * US : 0;
            double taken = await(b) - begun;
            assert_true(taken >= least && taken < 60000 * US);
            assert_int_equal(take(b, 1), 7000 + k);
        }
        assert_within(read_one(b, 7001), (next.overhead_us + next.sector_us) * US, 1);
        ata_set_mechanics(&b->ata, &d->mechanics);
        double hit = overhead(d) + through_buffer(d), taken = read_one(b, 7001);
        assert_true(same ? taken < hit + US : taken > hit + US);
        write_one(b, 7001);
        ata_set_mechanics(&b->ata, &next);
        command(b, 0x30, 7003, 2);
        give(b, 1);
        await(b);
        ata_set_mechanics(&b->ata, &d->mechanics);
        give(b, 1);
        double begun = now(b);
        assert_true(await(b) - begun < 2 * revolution(d));
        board_destroy(b);
    }
}

static void zero_figures_are_a_usual_drive(void **state)
{
    static const struct drive unknown = { .geometry = { 600, 8, 40 } };
    struct board *b = board_create(&unknown);
    (void)state;

    command(b, 0x70, 320, 1);
    double begun = now(b), at = await(b) - begun;
    assert_true(at > 1000 * US && at < 10000 * US);
    command(b, 0x70, 0, 1);
    await(b);
    command(b, 0x70, 599 * 320, 1);
    begun = now(b);
    at = await(b) - begun;
    assert_true(at > 20000 * US && at < 60000 * US);
    board_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeks_have_the_three_figures_of_the_data_sheet),
        cmocka_unit_test(random_seeks_average_as_the_data_sheet_says),
        cmocka_unit_test(recalibrate_seeks_to_the_first_cylinder),
        cmocka_unit_test(impossible_figures_do_no_harm),
        cmocka_unit_test(random_sectors_take_overhead_seek_and_rotation),
        cmocka_unit_test(cylinders_are_read_at_the_rate_of_the_medium),
        cmocka_unit_test(slow_host_loses_revolutions_only_when_the_buffer_is_full),
        cmocka_unit_test(missed_sector_waits_a_revolution),
        cmocka_unit_test(verify_reads_the_disk_at_the_rate_of_the_medium),
        cmocka_unit_test(buffer_gives_what_it_holds_without_the_disk),
        cmocka_unit_test(writes_seeks_and_resets_empty_the_buffer),
        cmocka_unit_test(sector_far_ahead_is_gone_for),
        cmocka_unit_test(write_ends_when_the_last_sector_is_on_the_disk),
        cmocka_unit_test(single_sector_writes_miss_a_revolution_each),
        cmocka_unit_test(rotation_is_exact_over_a_hundred_hours),
        cmocka_unit_test(resets_take_2_ms),
        cmocka_unit_test(after_power_on_reading_waits_for_the_spindle),
        cmocka_unit_test(stopped_disk_spins_up_for_the_command_that_needs_it),
        cmocka_unit_test(fast_mode_knows_no_mechanics),
        cmocka_unit_test(figures_can_change_at_any_time),
        cmocka_unit_test(zero_figures_are_a_usual_drive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
