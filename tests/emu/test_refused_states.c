/* States of machines that no machine can have, one field changed at a time: they are refused, and the machine goes back
 * to what it was. tests/fuzz/test_saved.c finds such fields; what did harm once is kept here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emu/state.h"
#include "tests/emu/guest_disk.h"

/* The NUMBER-th field NAME of SECTION holds VALUE, and the reason that is given for the refusal. */
struct damage { const char *section, *name; unsigned number; uint64_t value; const char *reason; };

static const struct damage damages[] = {
    { "clock", "now", 0, UINT64_MAX, "time out of range" },
    { "clock", "now", 0, 1ull << 62, "time out of range" },
    { "clock", "ata0.standby1", 0, 1000, "a timer of a drive that is not there" },
};

static struct machine *make_machine(struct guest_disk *disk)
{
    struct machine_config config;
    char error[200] = "";
    machine_config_defaults(&config);
    config.ram_kb = 1024;
    config.drive[DRIVE_HD0] = guest_disk_drive(disk);
    config.floppy_type[0] = 4;
    struct machine *m = machine_create(&config, error, sizeof error);
    assert_string_equal(error, "");
    return m;
}

/* The size of the record at DATA (state.c has the format). */
static size_t record_size(const uint8_t *data)
{
    size_t head = 2 + (size_t)data[0];
    uint64_t bytes = 0;
    if (data[head - 1] == 'S')
        return head;
    if (data[head - 1] != 'B')
        return head + (size_t)(data[head - 1] - '0');
    memcpy(&bytes, data + head, sizeof bytes);
    return head + sizeof bytes + bytes;
}

static bool is_called(const uint8_t *record, const char *name)
{
    return record[0] == strlen(name) && memcmp(record + 1, name, record[0]) == 0;
}

static void set_field(struct state *saved, const struct damage *d)
{
    bool inside = false;
    unsigned number = 0;
    for (size_t at = 0; at < saved->size; at += record_size(saved->data + at)) {
        uint8_t *record = saved->data + at, kind = record[1 + record[0]];
        if (kind == 'S')
            inside = is_called(record, d->section);
        else if (inside && is_called(record, d->name) && number++ == d->number) {
            memcpy(record + 2 + record[0], &d->value, (size_t)(kind - '0'));
            return;
        }
    }
    fail_msg("there is no %s.%s", d->section, d->name);
}

static void save(struct machine *m, struct state *saved)
{
    state_begin_save(saved);
    machine_visit(m, saved);
    assert_string_equal(saved->error, "");
}

static void impossible_states_are_refused(void **state)
{
    struct guest_disk disk = guest_disk_create(4096);
    struct machine *m = make_machine(&disk);
    struct stop stop;
    struct state good, s;
    (void)state;
    machine_run(m, TICKS_PER_SECOND / 10, &stop);
    save(m, &good);
    uint64_t hash = machine_hash(m);
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        struct state bad;
        save(m, &bad);
        set_field(&bad, &damages[i]);
        state_begin_load(&s, bad.data, bad.size);
        machine_visit(m, &s);
        if (!strstr(s.error, damages[i].reason))
            fail_msg("%s.%s: \"%s\" instead of \"%s\"", damages[i].section, damages[i].name, s.error,
                     damages[i].reason);
        state_begin_load(&s, good.data, good.size);
        machine_visit(m, &s);
        assert_string_equal(s.error, "");
        assert_true(machine_hash(m) == hash);
        free(bad.data);
    }
    free(good.data);
    machine_destroy(m);
    free(disk.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(impossible_states_are_refused) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
