/* Random values into all ports of all devices, in random order at random times, with a guest that takes every
 * interrupt, and with a person who types, moves mouse and joystick, changes disks and looks at the screen meanwhile.
 *
 * For each seed two machines get the same; one of them is now and then saved, thrown away and loaded into a new one.
 * What they answer, their state at the end and their disks must be the same. A crash, an error found by a sanitizer or
 * a case that takes minutes is reported with its seed.
 *
 *     test_ports                       a sample as a unit test: always the same seeds
 *     test_ports --seconds N [FIRST]   seeds from FIRST (1) on until N seconds are over: `make fuzz`
 *     test_ports --seed N              one seed in this process, for a debugger
 *
 * Bytes alone would seldom make a command that does something, so half of the values come from the commands of the
 * chip at that port, and most accesses come in bursts near one port. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "emu/inspect.h"
#include "emu/machine.h"
#include "emu/state.h"
#include "tests/fuzz/random.h"

enum { SAMPLE_FIRST = 1, SAMPLE_COUNT = 12, SECONDS_FOR_A_CASE = 120, ACTIONS = 1500, BURST = 40, DISKS = 5,
       LOOP = 0x1000, HANDLER = 0x1100 };

/* --- Disks: what a case has written is compared --- */

struct image { uint8_t *bytes; uint64_t sectors; };

static int image_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    const struct image *image = ctx;
    memcpy(buffer, image->bytes + lba * 512, (size_t)count * 512);
    return lba % 97 == 96 ? -1 : 0;
}

static int image_write(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    struct image *image = ctx;
    memcpy(image->bytes + lba * 512, data, (size_t)count * 512);
    return lba % 89 == 88 ? -1 : 0;
}

static int image_flush(void *ctx)
{
    (void)ctx;
    return 0;
}

static const struct disk_ops image_ops = { image_read, image_write, image_flush };
static const uint64_t image_sectors[DISKS] = { 2880, 1440, 4096, 1000, 1201 };
static const unsigned image_place[DISKS] = { DRIVE_FLOPPY_A, DRIVE_FLOPPY_B, DRIVE_HD0, DRIVE_HD3, DRIVE_HD2 };

/* --- A machine with its disks --- */

struct subject {
    struct machine_config config;
    struct machine *m;
    struct image image[DISKS];
    uint64_t sent;              /* a sum of what ports have sent out */
};

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "ports: %s\n", what);
    exit(2);
}

static void take_byte(void *ctx, uint8_t byte)
{
    struct subject *s = ctx;
    s->sent = s->sent * 31 + byte + 1;
}

static void subject_build(struct subject *s)
{
    char error[200];
    s->m = machine_create(&s->config, error, sizeof error);
    if (!s->m)
        give_up(error);
}

static void subject_open(struct subject *s, struct random r)
{
    static const char *const boards[] = { "486sx-25", "486dx-33", "486dx2-66", "486dx4-100" };
    static const uint32_t video_kb[] = { 256, 512, 4096 };
    *s = (struct subject){ .sent = 0 };
    machine_config_defaults(&s->config);
    s->config.profile = RANDOM_OF(&r, boards);
    s->config.timing = (enum timing_mode)random_below(&r, TIMING_CYCLE + 1);
    s->config.ram_kb = 2048;
    s->config.video_kb = RANDOM_OF(&r, video_kb);
    s->config.mouse = (enum mouse_kind)random_below(&r, MOUSE_SERIAL + 1);
    s->config.mouse_port = random_below(&r, SERIAL_PORTS);
    s->config.joysticks = random_below(&r, 3);
    s->config.floppy_type[0] = 4, s->config.floppy_type[1] = 3;     /* 1.44 MB and 720 KB, with disks and without */
    for (unsigned i = 0; i < DISKS; i++) {
        s->image[i] = (struct image){ calloc(image_sectors[i], 512), image_sectors[i] };
        if (!s->image[i].bytes)
            give_up("out of memory");
        s->config.drive[image_place[i]] = (struct drive_config){ .ops = &image_ops, .ctx = &s->image[i],
                                                                 .sectors = image_sectors[i],
                                                                 .read_only = random_chance(&r, 20) };
    }
    s->config.drive[DRIVE_HD2].kind = DRIVE_CDROM;
    for (unsigned i = 0; i < SERIAL_PORTS; i++)
        s->config.serial[i] = (struct byte_sink){ take_byte, s };
    for (unsigned i = 0; i < PARALLEL_PORTS; i++)
        s->config.parallel[i] = (struct byte_sink){ take_byte, s };
    s->config.debugcon = (struct byte_sink){ take_byte, s };
    subject_build(s);
}

static void subject_close(struct subject *s)
{
    machine_destroy(s->m);
    for (unsigned i = 0; i < DISKS; i++)
        free(s->image[i].bytes);
}

/* The same machine, built anew from its saved state. */
static void subject_move(struct subject *s)
{
    struct state saved, loaded;
    state_begin_save(&saved);
    machine_visit(s->m, &saved);
    machine_destroy(s->m);
    subject_build(s);
    state_begin_load(&loaded, saved.data, saved.size);
    machine_visit(s->m, &loaded);
    if (state_failed(&saved) || state_failed(&loaded))
        give_up(state_failed(&saved) ? saved.error : loaded.error);
    free(saved.data);
}

/* --- The guest: waits for interrupts, and every handler is an IRET --- */

static void seat_guest(struct machine *m)
{
    static const uint8_t loop[] = { 0xFB, 0x90, 0xEB, 0xFC }, handler[] = { 0xCF };    /* STI, NOP, JMP; IRET */
    struct registers now;
    inspect_registers(m, &now);
    if (now.mode != MODE_REAL) {
        machine_reset(m);
        return;
    }
    for (uint32_t i = 0; i < 256; i++)
        bus_store(&m->bus, 4 * i, (const uint8_t[]){ HANDLER & 0xFF, HANDLER >> 8, 0, 0 }, 4);
    bus_store(&m->bus, LOOP, loop, sizeof loop);
    bus_store(&m->bus, HANDLER, handler, sizeof handler);
    inspect_set_register(m, NAME_SEG + SEG_CS, 0);
    inspect_set_register(m, NAME_SEG + SEG_SS, 0);
    inspect_set_register(m, NAME_R + REG_ESP, 0xFFF0);
    inspect_set_register(m, NAME_EIP, LOOP);
}

/* --- What is done --- */

/* Bytes that mean something at a port. */
struct commands { uint16_t port; const char *bytes; unsigned count; };
#define BYTES(text) text, sizeof text - 1
static const struct commands commands[] = {
    { 0x20, BYTES("\x11\x13\x19\x20\x60\x61\xA0\xC0\xE7\x0A\x0B\x0C\x68\x48") },
    { 0xA0, BYTES("\x11\x13\x19\x20\x60\x61\xA0\xC0\xE7\x0A\x0B\x0C\x68\x48") },
    { 0x43, BYTES("\x00\x10\x30\x32\x34\x36\x38\x3A\x40\x70\x74\x80\xB0\xB2\xB4\xB6\xB8\xBA\xC2\xCE\xE8\xEE\xFF") },
    { 0x60, BYTES("\xED\xEE\xF0\xF2\xF3\xF4\xF5\xF6\xFA\xFE\xFF\xE6\xE7\xE8\xE9\xEA\xEB\xEC\x47\x45") },
    { 0x64, BYTES("\x20\x60\xA7\xA8\xA9\xAA\xAB\xAD\xAE\xC0\xD0\xD1\xD2\xD3\xD4\xE0\xF0\xDF\xDD") },
    { 0x70, BYTES("\x00\x02\x04\x05\x0A\x0B\x0C\x0D\x8A\x8B\x8C") },
    { 0x3F2, BYTES("\x00\x04\x0C\x1C\x2D\x3C\x1D") },
    { 0x3F5, BYTES("\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0C\x0D\x0E\x0F\x10\x12\x13\x14\x16\x42\x45\x46\x4A\x4D\x66"
                   "\x8F\xC5\xC6\xCF\xE6\x11\x94\x01\x09\x00\x02\x1B\xFF") },
    { 0x3F7, BYTES("\x00\x01\x02\x03") },
    { 0x1F7, BYTES("\x08\x10\x20\x21\x30\x31\x40\x70\x90\x91\xA0\xA1\xC4\xC5\xC6\xE0\xE1\xE2\xE3\xE5\xE6\xE7\xEC\xEF") },
    { 0x177, BYTES("\x08\x10\x20\x30\x40\x70\x90\x91\xA0\xA1\xC4\xC5\xC6\xE0\xE1\xE2\xE3\xE5\xE6\xE7\xEC\xEF") },
    { 0x1F6, BYTES("\xA0\xB0\xE0\xF0") },
    { 0x176, BYTES("\xA0\xB0\xE0\xF0") },
    { 0x0B, BYTES("\x46\x4A\x56\x5A\x02\x42\xC2") },
    { 0x3C4, BYTES("\x00\x01\x02\x03\x04") },
    { 0x3CE, BYTES("\x00\x01\x03\x04\x05\x06\x08") },
    { 0x1CE, BYTES("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A") },
};

static uint32_t pick_value(struct random *r, uint16_t port)
{
    static const uint8_t usual[] = { 0, 0xFF, 1, 0x80, 2, 3, 0x10, 0x7F };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].port == port && random_chance(r, 60))
            return (uint8_t)commands[i].bytes[random_below(r, commands[i].count)];
    return random_chance(r, 40) ? RANDOM_OF(r, usual) : random_u32(r);
}

/* A port that a device answers to. */
static uint16_t pick_port(struct random *r, const struct machine *m)
{
    uint16_t port = (uint16_t)random_below(r, 0x2000);
    while (!m->bus.port_range[port])
        port = (uint16_t)((port + 1) & 0x1FFF);
    return port;
}

enum kind { READ, WRITE, READ_MANY, WRITE_MANY, LOAD, STORE, RUN, PACKET, KEY, SERIAL, POINT, CHANGE, LOOK, SEAT, RESET,
            KINDS };
static const uint8_t percents[KINDS] = { [READ] = 24, [WRITE] = 36, [READ_MANY] = 3, [WRITE_MANY] = 3, [LOAD] = 4,
                                         [STORE] = 6, [RUN] = 13, [PACKET] = 2, [KEY] = 2, [SERIAL] = 1,
                                         [POINT] = 2, [CHANGE] = 1, [LOOK] = 1, [SEAT] = 2, [RESET] = 0 };

struct action { enum kind kind; uint16_t port; uint8_t size; uint32_t value, address, count; uint8_t packet[12]; };

static enum kind pick_kind(struct random *r)
{
    unsigned at = random_below(r, 100), kind = 0;
    for (; kind < RESET && at >= percents[kind]; kind++)
        at -= percents[kind];
    return random_below(r, 2000) ? (enum kind)kind : RESET;
}

/* For the CD-ROM drive: a command and small numbers, as they would seldom come about by single writes. */
static void pick_packet(struct random *r, uint8_t *packet)
{
    static const uint8_t codes[] = { 0x00, 0x03, 0x12, 0x1B, 0x1E, 0x25, 0x28, 0x28, 0x2B, 0x42, 0x43, 0x44, 0x46, 0x4A,
                                     0x55, 0x55, 0x5A, 0xA8, 0xB9, 0xBB, 0xBD, 0xBE, 0xBE };
    packet[0] = random_chance(r, 90) ? RANDOM_OF(r, codes) : (uint8_t)random_u32(r);
    for (unsigned i = 1; i < 12; i++)
        packet[i] = random_chance(r, 70) ? 0 : (uint8_t)random_scaled(r, 255);
}

static struct action pick_action(struct random *r, uint16_t near)
{
    static const uint8_t sizes[] = { 1, 1, 1, 1, 2, 4 };
    static const uint32_t spans[] = { 100, 5000, 100000, 3000000, 100000000 };
    struct action a = { .kind = pick_kind(r), .port = near, .size = RANDOM_OF(r, sizes) };
    if (random_chance(r, 60))
        a.port = (uint16_t)((near & ~7u) + random_below(r, 8));
    a.value = pick_value(r, a.port);
    a.address = 0xA0000 + random_below(r, 0x20000 - 4);
    a.address &= ~(uint32_t)(a.size - 1);
    pick_packet(r, a.packet);
    a.count = a.kind == RUN ? random_below(r, RANDOM_OF(r, spans)) : 1 + random_below(r, 600);
    return a;
}

static uint32_t look(struct machine *m)
{
    static uint8_t rgb[MACHINE_PICTURE];
    static struct screen screen;
    struct picture size = { 0, 0 };
    machine_screen(m, &screen);
    if (!machine_picture(m, &size, rgb, sizeof rgb))
        return screen.columns;
    uint32_t sum = size.width * 65536u + size.height;
    for (size_t i = 0; i < (size_t)size.width * size.height * 3; i++)
        sum = sum * 31 + rgb[i];
    return sum;
}

static uint32_t run(struct subject *s, uint32_t ticks)
{
    struct stop stop;
    return (uint32_t)machine_run(s->m, machine_tick(s->m) + ticks, &stop);
}

/* A packet for the CD-ROM drive, with any limit, and what it answers at once. */
static uint32_t send_packet(struct subject *s, const struct action *a)
{
    enum { CHANNEL = 0x170, WAIT = 50 * TICKS_PER_US };
    struct bus *bus = &s->m->bus;
    uint32_t answer = 0;
    bus_out(bus, CHANNEL + 6, 0xA0, 1);
    bus_out(bus, CHANNEL + 4, a->value >> 8 & 0xFF, 1);
    bus_out(bus, CHANNEL + 5, a->value & 1 ? 0 : a->value >> 16 & 0xFF, 1);
    bus_out(bus, CHANNEL + 7, 0xA0, 1);
    run(s, WAIT);
    for (unsigned i = 0; i < 12; i += 2)
        bus_out(bus, CHANNEL, a->packet[i] | (uint32_t)a->packet[i + 1] << 8, 2);
    run(s, a->value & 2 ? WAIT : 1000 * WAIT);
    for (uint32_t i = 0; i < a->count; i++)
        answer = answer * 31 + bus_in(bus, CHANNEL, 2);
    return answer;
}

static bool change_cd(struct subject *s, const struct action *a)
{
    struct drive_config disc = s->config.drive[DRIVE_HD2];
    disc.ops = a->value & 2 ? NULL : &image_ops;
    if (!machine_change_cd(s->m, DRIVE_HD2, &disc, a->value & 8))
        return false;
    s->config.drive[DRIVE_HD2] = disc;
    return true;
}

static void point(struct subject *s, const struct action *a)
{
    int dx = (int8_t)a->value, dy = (int8_t)(a->value >> 8);
    if (a->value >> 16 & 1)
        machine_joystick(s->m, a->value >> 17 & 3, (uint8_t)dx, (uint8_t)dy, a->value >> 24);
    else
        machine_mouse(s->m, dx, a->value >> 17 & 15 ? dy : INT32_MIN, a->value >> 24);
}

/* The config follows, for subject_move(). */
static void change_floppy(struct subject *s, const struct action *a)
{
    unsigned drive = DRIVE_FLOPPY_A + (a->value & 1);
    s->config.drive[drive].ops = a->value & 2 ? NULL : &image_ops;
    machine_change_floppy(s->m, drive, &s->config.drive[drive]);
}

/* Does it; what the machine answered. */
static uint32_t act(struct subject *s, const struct action *a)
{
    struct bus *bus = &s->m->bus;
    uint32_t answer = 0;
    switch (a->kind) {
    case READ: return bus_in(bus, a->port, a->size);
    case WRITE: bus_out(bus, a->port, a->value, a->size); return 0;
    case READ_MANY:
        for (uint32_t i = 0; i < a->count; i++)
            answer = answer * 31 + bus_in(bus, a->port, a->size);
        return answer;
    case WRITE_MANY:
        for (uint32_t i = 0; i < a->count; i++)
            bus_out(bus, a->port, a->value + i * 0x01030507u, a->size);
        return 0;
    case LOAD: return bus_read(bus, a->address, a->size);
    case STORE: bus_write(bus, a->address, a->value, a->size); return 0;
    case RUN: return run(s, a->count);
    case PACKET: return send_packet(s, a);
    case KEY: return machine_key(s->m, (uint8_t)a->value);
    case SERIAL: return machine_serial_input(s->m, a->value >> 8 & 3, (uint8_t)a->value);
    case POINT: point(s, a); return machine_mouse_listens(s->m);
    case CHANGE:
        if (a->value & 4)
            return change_cd(s, a);
        change_floppy(s, a);
        return 0;
    case LOOK: return look(s->m);
    case SEAT: seat_guest(s->m); return 0;
    case RESET: machine_reset(s->m); return 0;
    case KINDS: break;
    }
    return 0;
}

/* --- One case --- */

static bool same_disks(const struct subject *a, const struct subject *b)
{
    for (unsigned i = 0; i < DISKS; i++)
        if (memcmp(a->image[i].bytes, b->image[i].bytes, image_sectors[i] * 512) != 0)
            return false;
    return true;
}

static bool differs(uint64_t seed, unsigned step, const struct action *a, const char *what)
{
    fprintf(stderr, "    seed %llu, step %u: %s (action %d, port %X, value %X, size %u)\n",
            (unsigned long long)seed, step, what, (int)a->kind, a->port, a->value, a->size);
    return false;
}

/* The size of the record at DATA (state.c has the format). */
static size_t record_size(const uint8_t *data)
{
    size_t head = 1 + (size_t)data[0] + 1;
    uint8_t kind = data[head - 1];
    uint64_t bytes = 0;
    if (kind == 'S')
        return head;
    if (kind != 'B')
        return head + (size_t)(kind - '0');
    memcpy(&bytes, data + head, sizeof bytes);
    return head + sizeof bytes + bytes;
}

/* Names the first fields in which two saved states differ, with their section. */
static void show_fields(const struct state *a, const struct state *b)
{
    const uint8_t *section = a->data;
    unsigned shown = 0;
    for (size_t at = 0; at < a->size && at < b->size && shown < 4; at += record_size(a->data + at)) {
        const uint8_t *record = a->data + at;
        if (memcmp(record, b->data + at, record_size(record)) != 0) {
            fprintf(stderr, "        %.*s.%.*s\n", section[0], (const char *)section + 1, record[0],
                    (const char *)record + 1);
            shown++;
        }
        if (record[1 + record[0]] == 'S')
            section = record;
    }
}

static bool same_state(struct subject *s)
{
    if (machine_hash(s[0].m) == machine_hash(s[1].m))
        return true;
    struct state saved[2];
    for (unsigned i = 0; i < 2; i++) {
        state_begin_save(&saved[i]);
        machine_visit(s[i].m, &saved[i]);
    }
    show_fields(&saved[0], &saved[1]);
    free(saved[0].data);
    free(saved[1].data);
    return false;
}

static bool run_steps(uint64_t seed, struct subject *s, struct random *r)
{
    struct action a = { .kind = SEAT };
    uint16_t near = pick_port(r, s[0].m);
    act(&s[0], &a), act(&s[1], &a);
    for (unsigned step = 0; step < ACTIONS; step++) {
        if (random_below(r, BURST) == 0)
            near = pick_port(r, s[0].m);
        a = pick_action(r, near);
        if (random_below(r, 100) == 0)
            subject_move(&s[1]);
        if (act(&s[0], &a) != act(&s[1], &a))
            return differs(seed, step, &a, "other answers");
        if (step % 50 == 49 && !same_state(s))
            return differs(seed, step, &a, "another state");
    }
    if (s[0].sent != s[1].sent || !same_disks(&s[0], &s[1]))
        return differs(seed, ACTIONS, &a, "other output");
    return true;
}

static bool run_case(uint64_t seed)
{
    struct subject s[2];
    struct random r = { seed };
    random_u64(&r);
    subject_open(&s[0], r);
    subject_open(&s[1], r);
    bool same = run_steps(seed, s, &r);
    subject_close(&s[0]);
    subject_close(&s[1]);
    return same;
}

/* --- Campaigns: each case in a child, so that the next can go on behind one that crashed --- */

static bool run_in_child(uint64_t seed)
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(SECONDS_FOR_A_CASE);
        exit(!run_case(seed));
    }
    if (child < 0 || waitpid(child, &status, 0) < 0)
        give_up("cannot start a child");
    if (WIFSIGNALED(status))
        fprintf(stderr, "    seed %llu %s\n", (unsigned long long)seed,
                WTERMSIG(status) == SIGALRM ? "hangs" : "crashed");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void no_sample_of_port_accesses_crashes_hangs_or_differs(void **state)
{
    (void)state;
    unsigned failures = 0;
    for (uint64_t seed = SAMPLE_FIRST; seed < SAMPLE_FIRST + SAMPLE_COUNT; seed++)
        failures += !run_in_child(seed);
    assert_int_equal(failures, 0);
}

static int run_for(unsigned seconds, uint64_t first)
{
    uint64_t seed = first, failures = 0;
    for (time_t end = time(NULL) + (time_t)seconds; time(NULL) < end; seed++)
        failures += !run_in_child(seed);
    printf("port accesses, seeds %llu to %llu: %llu failed\n", (unsigned long long)first, (unsigned long long)seed - 1,
           (unsigned long long)failures);
    return failures != 0;
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_sample_of_port_accesses_crashes_hangs_or_differs) };
    if (count == 3 && strcmp(words[1], "--seed") == 0)
        return !run_case(strtoull(words[2], NULL, 0));
    if (count >= 3 && strcmp(words[1], "--seconds") == 0)
        return run_for((unsigned)atoi(words[2]), count > 3 ? strtoull(words[3], NULL, 0) : 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
