/* The two-way visitor: what was saved is loaded, whatever else comes is an error that leaves the fields alone, and a
 * hash depends on every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/state.h"

struct part { uint8_t a; uint16_t b; uint32_t c; uint64_t d; bool e; uint8_t f[5]; };

static void part_visit(struct part *part, struct state *s)
{
    state_section(s, "part");
    state_u8(s, "a", &part->a);
    state_u16(s, "b", &part->b);
    state_u32(s, "c", &part->c);
    state_u64(s, "d", &part->d);
    state_bool(s, "e", &part->e);
    state_bytes(s, "f", part->f, sizeof part->f);
    state_check(s, part->a < 200, "a is too large");
}

static const struct part sample = { 7, 0x1234, 0x89ABCDEF, 0x0123456789ABCDEF, true, { 1, 2, 3, 4, 5 } };

static struct state saved_sample(void)
{
    struct part part = sample;
    struct state s;
    state_begin_save(&s);
    part_visit(&part, &s);
    assert_false(state_failed(&s));
    return s;
}

static uint64_t hash_of(struct part part)
{
    struct state s;
    state_begin_hash(&s);
    part_visit(&part, &s);
    return s.hash;
}

static void same_part(const struct part *a, const struct part *b)
{
    assert_int_equal(a->a, b->a);
    assert_int_equal(a->b, b->b);
    assert_int_equal(a->c, b->c);
    assert_true(a->d == b->d);
    assert_int_equal(a->e, b->e);
    assert_memory_equal(a->f, b->f, sizeof a->f);
}

static void what_was_saved_is_loaded(void **state)
{
    (void)state;
    struct state saved = saved_sample(), s;
    struct part part = { 0 };
    state_begin_load(&s, saved.data, saved.size);
    part_visit(&part, &s);
    assert_string_equal(s.error, "");
    assert_int_equal(s.position, saved.size);
    same_part(&part, &sample);
    free(saved.data);
}

static void a_stream_cut_anywhere_is_an_error(void **state)
{
    (void)state;
    struct state saved = saved_sample();
    for (size_t size = 0; size < saved.size; size++) {
        struct part part = { 0 };
        struct state s;
        uint8_t *copy = malloc(size ? size : 1);    /* its own block, so that a sanitizer sees reads behind it */
        assert_non_null(copy);
        memcpy(copy, saved.data, size);
        state_begin_load(&s, copy, size);
        part_visit(&part, &s);
        assert_true(state_failed(&s));
        free(copy);
    }
    free(saved.data);
}

static void another_field_than_expected_is_an_error_and_changes_nothing(void **state)
{
    (void)state;
    struct state saved = saved_sample(), s;
    uint16_t b = 77;
    uint32_t wide = 88;
    state_begin_load(&s, saved.data, saved.size);
    state_section(&s, "part");
    state_u16(&s, "b", &b);                         /* a comes first */
    assert_true(state_failed(&s));
    assert_int_equal(b, 77);
    state_begin_load(&s, saved.data, saved.size);
    state_section(&s, "part");
    state_u32(&s, "a", &wide);                      /* the right name, another kind */
    assert_true(state_failed(&s));
    assert_int_equal(wide, 88);
    state_begin_load(&s, saved.data, saved.size);
    state_section(&s, "other");
    assert_true(state_failed(&s));
    free(saved.data);
}

static void a_check_fails_only_while_loading(void **state)
{
    (void)state;
    struct part large = sample, part = { 0 };
    struct state s, loaded;
    large.a = 201;
    state_begin_save(&s);
    part_visit(&large, &s);
    assert_false(state_failed(&s));
    state_begin_load(&loaded, s.data, s.size);
    part_visit(&part, &loaded);
    assert_string_equal(loaded.error, "part: a is too large");
    free(s.data);
}

static void every_field_counts_in_the_hash(void **state)
{
    (void)state;
    uint64_t hash = hash_of(sample);
    struct part p;
    assert_true(hash == hash_of(sample));
    p = sample, p.a ^= 1, assert_true(hash_of(p) != hash);
    p = sample, p.b ^= 0x8000, assert_true(hash_of(p) != hash);
    p = sample, p.c ^= 0x80000000, assert_true(hash_of(p) != hash);
    p = sample, p.d ^= 0x8000000000000000, assert_true(hash_of(p) != hash);
    p = sample, p.e = false, assert_true(hash_of(p) != hash);
    p = sample, p.f[4] ^= 1, assert_true(hash_of(p) != hash);
}

static void integers_are_little_endian_on_every_host(void **state)
{
    (void)state;
    struct state s;
    uint32_t value = 0x01020304;
    state_begin_save(&s);
    state_u32(&s, "value", &value);
    static const uint8_t expected[] = { 4, 3, 2, 1 };
    assert_true(s.size > 4);
    assert_memory_equal(s.data + s.size - 4, expected, 4);
    free(s.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_saved_is_loaded),
        cmocka_unit_test(a_stream_cut_anywhere_is_an_error),
        cmocka_unit_test(another_field_than_expected_is_an_error_and_changes_nothing),
        cmocka_unit_test(a_check_fails_only_while_loading),
        cmocka_unit_test(every_field_counts_in_the_hash),
        cmocka_unit_test(integers_are_little_endian_on_every_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
