/* The boards and the table of their parameters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/state.h"
#include "emu/timing/profile.h"

static struct profile board(const char *name)
{
    const struct profile *found = profile_find(name);
    assert_non_null(found);
    return *found;
}

static bool set(struct profile *profile, const char *name, uint32_t value)
{
    const struct profile_parameter *parameter = profile_parameter_find(name);
    assert_non_null(parameter);
    return profile_set(profile, parameter, value);
}

static void boards_are_found_by_name(void **state)
{
    static const char *const names[] = { "486sx-25", "486dx-33", "486dx-50", "486dx2-66", "486dx4-100",
                                         "486dx4-100wb" };
    (void)state;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        assert_ptr_equal(profile_find(names[i]), profile_at(i));
        assert_string_equal(profile_at(i)->name, names[i]);
    }
    assert_null(profile_at(sizeof names / sizeof *names));
    assert_null(profile_find("386dx-33"));
}

/* Every figure that a row may have forgotten would be 0. */
static void parameters_of_every_board_are_in_their_ranges(void **state)
{
    const struct profile *p;
    (void)state;
    for (unsigned n = 0; (p = profile_at(n)) != NULL; n++) {
        const struct profile_parameter *parameter;
        struct profile copy = *p;
        for (unsigned i = 0; (parameter = profile_parameter_at(i)) != NULL; i++)
            if (!profile_set(&copy, parameter, profile_get(p, parameter)))
                fail_msg("%s: %s is %u", p->name, parameter->name, (unsigned)profile_get(p, parameter));
        assert_memory_equal(&copy, p, sizeof copy);
        assert_true(p->floppy.spin_up_ms && p->floppy.settle_ms && p->floppy.step_us);
        assert_true(p->disk.rpm && p->disk.track_us && p->disk.buffer_sectors && p->disk.sector_us);
        assert_true(p->disk.track_us < p->disk.average_us && p->disk.average_us < p->disk.stroke_us);
    }
}

static void clocks_of_the_boards_are_those_of_their_names(void **state)
{
    (void)state;
    assert_int_equal(board("486sx-25").ticks_per_clock * 25, 4200);
    assert_int_equal(board("486dx-33").ticks_per_clock * 100, 4200 * 3);
    assert_int_equal(board("486dx-50").ticks_per_clock * 50, 4200);
    assert_int_equal(board("486dx2-66").ticks_per_clock * 200, 4200 * 3);
    assert_int_equal(board("486dx4-100").ticks_per_clock * 100, 4200);
    assert_int_equal(board("486dx4-100wb").ticks_per_clock * 100, 4200);
}

static void names_of_parameters_are_unique(void **state)
{
    const struct profile_parameter *p, *q;
    (void)state;
    for (unsigned i = 0; (p = profile_parameter_at(i)) != NULL; i++) {
        assert_ptr_equal(profile_parameter_find(p->name), p);
        assert_int_equal(strspn(p->name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(p->name));
        for (unsigned j = 0; j < i; j++) {
            q = profile_parameter_at(j);
            assert_true(p->offset >= q->offset + sizeof(uint32_t) || q->offset >= p->offset + sizeof(uint32_t));
        }
    }
    assert_null(profile_parameter_find("has-fpu"));
    assert_null(profile_parameter_find(""));
}

/* All uint32_t from clock-ticks to the video card's but the four of the features, and the CD-ROM drive's speed. */
static void every_figure_is_a_parameter(void **state)
{
    size_t figures = (offsetof(struct profile, floppy) - offsetof(struct profile, ticks_per_clock)) / sizeof(uint32_t);
    unsigned count = 0;
    (void)state;
    while (profile_parameter_at(count))
        count++;
    assert_int_equal(count, figures - 4 + 1);
}

static void parameters_are_set_and_got(void **state)
{
    const struct profile_parameter *p;
    (void)state;
    for (unsigned i = 0; (p = profile_parameter_at(i)) != NULL; i++) {
        struct profile b = board("486dx2-66");
        assert_true(set(&b, "refresh-ticks", 0));
        assert_true(profile_set(&b, p, p->max));
        assert_int_equal(profile_get(&b, p), p->max);
        if (strcmp(p->name, "refresh-ticks") == 0)
            assert_true(set(&b, "refresh-clocks", 1) && set(&b, "clock-ticks", 42));
        assert_true(profile_set(&b, p, p->min));
        assert_int_equal(profile_get(&b, p), p->min);
        assert_int_equal(profile_set(&b, p, 0), p->or_zero || p->min == 0);
    }
}

static void values_out_of_range_change_nothing(void **state)
{
    const struct profile_parameter *p;
    (void)state;
    for (unsigned i = 0; (p = profile_parameter_at(i)) != NULL; i++) {
        struct profile b = board("486dx2-66"), before = b;
        assert_false(profile_set(&b, p, p->max + 1));
        assert_false(profile_set(&b, p, UINT32_MAX));
        if (p->min > 1)
            assert_false(profile_set(&b, p, p->min - 1));
        assert_memory_equal(&b, &before, sizeof b);
    }
}

static void sizes_are_powers_of_two(void **state)
{
    struct profile b = board("486dx2-66");
    (void)state;
    assert_false(set(&b, "cache-size", 12288));
    assert_false(set(&b, "dram-page", 3000));
    assert_false(set(&b, "l2-size", 384 * 1024));
    assert_true(set(&b, "l2-size", 512 * 1024));
    assert_true(set(&b, "l2-size", 0));
    assert_false(set(&b, "dram-page", 0));
}

static void refresh_cannot_take_the_bus(void **state)
{
    struct profile b = board("486dx2-66");
    (void)state;
    assert_false(set(&b, "refresh-clocks", 1000));
    assert_false(set(&b, "clock-ticks", 4200));
    assert_true(set(&b, "refresh-ticks", 0));
    assert_true(set(&b, "refresh-clocks", 1000));
    assert_true(set(&b, "clock-ticks", 4200));
    assert_false(set(&b, "refresh-ticks", 63360));
}

/* --- State --- */

static struct state saved(struct profile *profile)
{
    struct state s;
    state_begin_save(&s);
    profile_visit(profile, &s);
    assert_false(state_failed(&s));
    return s;
}

static void a_saved_board_is_loaded(void **state)
{
    struct profile b = board("486dx4-100wb"), other = board("486sx-25");
    const struct profile_parameter *p;
    struct state load;
    (void)state;
    assert_true(set(&b, "dram-miss-write", 17));
    struct state s = saved(&b);
    state_begin_load(&load, s.data, s.size);
    profile_visit(&other, &load);
    assert_false(state_failed(&load));
    for (unsigned i = 0; (p = profile_parameter_at(i)) != NULL; i++)
        assert_int_equal(profile_get(&other, p), profile_get(&b, p));
    assert_int_equal(other.has_fpu, true);
    assert_int_equal(other.has_cpuid, true);
    assert_int_equal(other.has_umov, true);
    assert_int_equal(other.signature, b.signature);
    free(s.data);
}

static void assert_refused(struct profile *bad)
{
    struct profile target = board("486dx-33"), before = target;
    struct state load, s = saved(bad);
    state_begin_load(&load, s.data, s.size);
    profile_visit(&target, &load);
    assert_true(state_failed(&load));
    assert_memory_equal(&target, &before, sizeof target);
    free(s.data);
}

static void a_board_with_a_figure_out_of_range_is_refused(void **state)
{
    struct profile b = board("486dx-33");
    (void)state;
    b.multiplier = 0;
    assert_refused(&b);
    b = board("486dx-33");
    b.l2_size = 4096;
    assert_refused(&b);
    b = board("486dx-33");
    b.refresh_clocks = 1000;
    assert_refused(&b);
    b = board("486dx-33");
    b.has_fpu = 2;
    assert_refused(&b);
    b = board("486dx-33");
    b.signature = 0x10000;
    assert_refused(&b);
}

static void the_hash_tells_boards_apart(void **state)
{
    struct profile a = board("486dx-33"), b = a;
    struct state s, t;
    (void)state;
    assert_true(set(&b, "isa-16", 4));
    state_begin_hash(&s);
    profile_visit(&a, &s);
    state_begin_hash(&t);
    profile_visit(&b, &t);
    assert_true(s.hash != t.hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boards_are_found_by_name),
        cmocka_unit_test(parameters_of_every_board_are_in_their_ranges),
        cmocka_unit_test(clocks_of_the_boards_are_those_of_their_names),
        cmocka_unit_test(names_of_parameters_are_unique),
        cmocka_unit_test(every_figure_is_a_parameter),
        cmocka_unit_test(parameters_are_set_and_got),
        cmocka_unit_test(values_out_of_range_change_nothing),
        cmocka_unit_test(sizes_are_powers_of_two),
        cmocka_unit_test(refresh_cannot_take_the_bus),
        cmocka_unit_test(a_saved_board_is_loaded),
        cmocka_unit_test(a_board_with_a_figure_out_of_range_is_refused),
        cmocka_unit_test(the_hash_tells_boards_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
