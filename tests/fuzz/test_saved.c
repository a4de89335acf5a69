/* Damaged machine states, as a hostile image may hold them for loadvm: fields with other values, bytes turned around,
 * streams that are cut or put together wrongly. The states are taken in the middle of things: the BIOS's power-on
 * test, the guest tests/guests/resume.asm (protected and V86 mode, tasks, x87, floppy DMA, a hard disk), commands of
 * all drives under way, mouse and serial ports at work, graphics.
 *
 * A state that is refused leaves the machine able to go back to what it was. One that is taken can be looked at with
 * all commands, saved and loaded once more, and runs on in all modes, with accesses to all ports, keys and other disks.
 * A crash, a hang, an error found by a sanitizer or a disk access beyond the end is reported with its seed.
 *
 *     test_saved                       a sample as a unit test: always the same seeds
 *     test_saved --seconds N [FIRST]   seeds from FIRST (1) on until N seconds are over: `make fuzz`
 *     test_saved --seed N              one seed in this process, for a debugger; says which fields were changed
 *     test_saved --sweep N [SECTION]   each field, from SECTION on, of the state that seed N begins with, with each
 *                                      extreme value
 *
 * The guest is read from the folder TEST_GUESTS (build/tests/guests). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "debugger/debugger.h"
#include "emu/inspect.h"
#include "emu/machine.h"
#include "emu/state.h"
#include "tests/fuzz/random.h"

enum { SAMPLE_FIRST = 1, SAMPLE_COUNT = 12, SECONDS_FOR_A_TRIAL = 20, TRIALS = 12, DISKS = 5, ENTRY = 0x7C00,
       FIELDS_MAX = 8192, TIMINGS = 3 };

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "saved: %s\n", what);
    exit(2);
}

/* --- Disks --- */

struct image { uint8_t *bytes; uint64_t sectors; };

static void check_place(const struct image *image, uint64_t lba, uint32_t count)
{
    if (lba >= image->sectors || count > image->sectors - lba) {
        fprintf(stderr, "sector %llu, %u of them, on a disk of %llu\n", (unsigned long long)lba, count,
                (unsigned long long)image->sectors);
        abort();
    }
}

static int image_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    const struct image *image = ctx;
    check_place(image, lba, count);
    memcpy(buffer, image->bytes + lba * 512, (size_t)count * 512);
    return lba % 97 == 96 ? -1 : 0;
}

static int image_write(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    struct image *image = ctx;
    check_place(image, lba, count);
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

/* --- The machine, and a debugger that looks at it --- */

struct subject {
    struct machine_config config;
    struct machine *m;
    struct debugger *debugger;
    struct image image[DISKS];
    uint64_t text;              /* bytes that the debugger has said */
    bool told;                  /* the seed is run alone */
    unsigned haste;             /* runs are so many powers of two shorter, and seldom looked at */
};

static void take_byte(void *ctx, uint8_t byte)
{
    (void)ctx, (void)byte;
}

static void take_text(void *ctx, const char *text)
{
    struct subject *s = ctx;
    s->text += strlen(text);
}

static struct machine *build(const struct machine_config *config)
{
    char error[200];
    struct machine *m = machine_create(config, error, sizeof error);
    if (!m)
        give_up(error);
    return m;
}

/* VARIANT: which mouse and how much video memory, bits of it. */
static void subject_open(struct subject *s, enum timing_mode timing, unsigned variant)
{
    *s = (struct subject){ .text = 0 };
    machine_config_defaults(&s->config);
    s->config.timing = timing;
    s->config.profile = variant & 4 ? "486dx4-100wb" : "486dx2-66";
    s->config.ram_kb = 1024;
    s->config.video_kb = variant & 2 ? 256 : 512;
    s->config.mouse = variant & 1 ? MOUSE_SERIAL : MOUSE_PS2;
    s->config.joysticks = 2;
    s->config.floppy_type[0] = 4, s->config.floppy_type[1] = 3;
    for (unsigned i = 0; i < DISKS; i++) {
        s->image[i] = (struct image){ calloc(image_sectors[i], 512), image_sectors[i] };
        if (!s->image[i].bytes)
            give_up("out of memory");
        s->config.drive[image_place[i]] = (struct drive_config){ .ops = &image_ops, .ctx = &s->image[i],
                                                                 .sectors = image_sectors[i] };
    }
    s->config.drive[DRIVE_HD2].kind = DRIVE_CDROM;
    for (unsigned i = 0; i < SERIAL_PORTS; i++)
        s->config.serial[i] = (struct byte_sink){ take_byte, s };
    for (unsigned i = 0; i < PARALLEL_PORTS; i++)
        s->config.parallel[i] = (struct byte_sink){ take_byte, s };
    s->m = build(&s->config);
    s->debugger = debugger_create(s->m, &(struct debugger_config){ .put = take_text, .ctx = s });
    if (!s->debugger)
        give_up("no debugger");
}

static void subject_close(struct subject *s)
{
    debugger_destroy(s->debugger);
    machine_destroy(s->m);
    for (unsigned i = 0; i < DISKS; i++)
        free(s->image[i].bytes);
}

static struct state save(struct machine *m)
{
    struct state saved;
    state_begin_save(&saved);
    machine_visit(m, &saved);
    if (state_failed(&saved))
        give_up(saved.error);
    return saved;
}

/* False: it was refused, with a reason in ERROR. */
static bool load(struct machine *m, const struct state *saved, char *error, size_t error_size)
{
    struct state loaded;
    state_begin_load(&loaded, saved->data, saved->size);
    machine_visit(m, &loaded);
    snprintf(error, error_size, "%s", loaded.error);
    return !state_failed(&loaded);
}

/* --- Where the states come from --- */

static uint8_t guest[0x2000];
static size_t guest_size;

static bool read_guest(void)
{
    char path[512];
    const char *folder = getenv("TEST_GUESTS");
    snprintf(path, sizeof path, "%s/resume.bin", folder ? folder : "build/tests/guests");
    FILE *file = fopen(path, "rb");
    guest_size = file ? fread(guest, 1, sizeof guest, file) : 0;
    if (file)
        fclose(file);
    if (!guest_size)
        fprintf(stderr, "%s cannot be read\n", path);
    return guest_size != 0;
}

static void run(struct machine *m, uint64_t ticks)
{
    struct stop stop;
    machine_run(m, machine_tick(m) + ticks, &stop);
}

static void begin_at(struct machine *m, const uint8_t *code, size_t size)
{
    inspect_poke_physical(m, ENTRY, code, size);
    inspect_set_register(m, NAME_SEG + SEG_CS, 0);
    inspect_set_register(m, NAME_EIP, ENTRY);
}

static void during_power_on(struct subject *s, struct random *r)
{
    machine_reset(s->m);
    run(s->m, random_scaled(r, 1u << 31));
}

static void during_guest(struct subject *s, struct random *r)
{
    begin_at(s->m, guest, guest_size);
    run(s->m, random_scaled(r, 1u << 29));
}

/* Commands for the drives and chips: a port and a byte (or a word, if the port has bit 15 set), in hexadecimal. RR is
 * any byte. */
static const char *const activities[] = {
    "3F2=1C 3F5=0F 3F5=00 3F5=RR",                                                              /* seek */
    "0B=46 0C=00 05=FF 05=1F 04=00 04=20 81=01 0A=02 3F2=1C 3F5=E6 3F5=00 3F5=RR 3F5=00 3F5=01 3F5=02 3F5=12 3F5=1B "
    "3F5=FF",                                                                                   /* read, DMA */
    "0B=4A 0C=00 05=FF 05=1F 04=00 04=20 81=01 0A=02 3F2=1C 3F5=C5 3F5=00 3F5=00 3F5=00 3F5=RR 3F5=02 3F5=12 3F5=1B "
    "3F5=FF",                                                                                   /* write, DMA */
    "0B=4A 0C=00 05=FF 05=00 04=00 04=20 81=01 0A=02 3F2=1C 3F5=4D 3F5=00 3F5=02 3F5=12 3F5=54 3F5=F6",     /* format */
    "3F5=03 3F5=AF 3F5=03 3F2=1C 3F5=E6 3F5=00 3F5=00 3F5=00 3F5=01 3F5=02 3F5=12 3F5=1B 3F5=FF",   /* without DMA */
    "3F2=2D 3F5=07 3F5=01 3F5=08 3F5=13 3F5=00 3F5=57 3F5=00 3F5=4A 3F5=01",        /* recalibrate, drive B; READ ID */
    "1F6=E0 1F2=RR 1F3=RR 1F4=00 1F5=00 1F7=20",                                                /* read sectors */
    "1F6=E0 1F2=10 1F7=C6 1F2=RR 1F3=RR 1F4=RR 1F5=00 1F7=C4",                                  /* read multiple */
    "1F6=E0 1F2=08 1F3=RR 1F4=00 1F5=00 1F7=30 81F0=1234 81F0=5678 81F0=9ABC",                  /* write sectors */
    "176=B0 172=04 173=RR 174=00 175=00 177=40",                                                /* verify, other disk */
    "1F6=A0 1F7=EC 81F0=0000", "1F6=A0 1F7=90", "1F6=A0 1F2=RR 1F7=E3", "3F6=04 3F6=00",
    "176=A0 171=00 174=00 175=08 177=A0",                                               /* PACKET, no packet yet */
    "176=A0 171=00 174=00 175=08 177=A0 8170=0028 8170=0000 8170=RRRR 8170=0000 8170=0004 8170=0000",   /* CD: READ */
    "176=A0 171=00 174=FE 175=FF 177=A0 8170=00BE 8170=0000 8170=0000 8170=0000 8170=F804 8170=0000",   /* READ CD */
    "176=A0 171=00 174=40 175=00 177=A0 8170=1055 8170=0000 8170=0000 8170=0000 8170=0014 8170=0000",  /* MODE SELECT */
    "176=A0 171=00 174=40 175=00 177=A0 8170=001B 8170=0000 8170=0002 8170=0000 8170=0000 8170=0000",   /* eject */
    "64=60 60=47 64=D4 60=F4", "64=D4 60=FF", "60=F3", "60=ED 60=07", "64=A5 60=1E 60=1F 60=00", "64=AA", "64=FE",
    "3FB=83 3F8=01 3F9=00 3FB=03 3FC=1B 3FA=C7 3F9=0F 3F8=RR 3F8=RR 3F8=RR 3F8=RR",             /* UART, loop */
    "3FB=03 3FC=0B 3FA=07 3F9=0F 3F8=RR 3F8=RR 2FB=1B 2FC=0B 2F8=RR", "3BC=RR 378=RR 37A=1D 37A=1C",
    "43=36 40=RR 40=RR 43=B6 42=RR 42=RR 61=03 43=C2", "43=34 40=02 40=00 43=30 40=RR", "43=B0 42=RR 42=RR 61=01",
    "70=0A 71=2F 70=0B 71=72 70=05 71=C0 70=01 71=C0", "201=00", "20=11 21=08", "A0=0C 20=68 21=00 A1=00",
    "92=RR", "0D=00 09=04 0B=5A", "D4=00 D6=C0", "81CE=0001 81D0=0140 81CE=0002 81D0=00C8 81CE=0003 81D0=0008 "
    "81CE=0004 81D0=0041", "3C4=04 3C5=0E 3CE=05 3CF=40 3CE=06 3CF=05 3D4=13 3D5=RR 3D4=07 3D5=RR 3C0=30 3C0=41",
    "3C2=63 3D4=00 3D5=5F 3D4=01 3D5=4F 3D4=06 3D5=BF 3D4=09 3D5=RR 3D4=0C 3D5=RR 3C0=20",
};

static void one_access(struct subject *s, struct random *r, const char *word, size_t length)
{
    const char *value = memchr(word, '=', length);
    unsigned port = (unsigned)strtoul(word, NULL, 16);
    unsigned byte = value[1] == 'R' ? random_u32(r) & 0xFFFF : (unsigned)strtoul(value + 1, NULL, 16);
    if (port & 0x8000)
        bus_out(&s->m->bus, port & 0x7FFF, byte, 2);
    else
        bus_out(&s->m->bus, (uint16_t)port, byte & 0xFF, 1);
    run(s->m, random_chance(r, 80) ? 100 * TICKS_PER_US : random_scaled(r, 1u << 28));
}

static void during_commands(struct subject *s, struct random *r)
{
    static const uint8_t loop[] = { 0xFB, 0x90, 0xEB, 0xFC };       /* STI, NOP, JMP */
    begin_at(s->m, loop, sizeof loop);
    for (unsigned i = random_below(r, 4) + 1; i; i--) {
        const char *at = RANDOM_OF(r, activities);
        for (size_t length; *at; at += length + (at[length] == ' ')) {
            length = strcspn(at, " ");
            one_access(s, r, at, length);
        }
    }
    for (unsigned i = random_below(r, 6); i; i--) {
        machine_key(s->m, (uint8_t)random_below(r, 0x59));
        machine_mouse(s->m, (int)random_below(r, 400) - 200, (int)random_below(r, 400) - 200, random_below(r, 8));
        machine_serial_input(s->m, random_below(r, SERIAL_PORTS), (uint8_t)i);
        machine_joystick(s->m, i & 1, (uint8_t)random_u32(r), (uint8_t)random_u32(r), i & 3);
    }
    run(s->m, random_scaled(r, 1u << 27));
}

/* --- Damage --- */

struct field { size_t at; size_t size; char kind; const uint8_t *section, *name; };
struct fields { struct field field[FIELDS_MAX]; unsigned count; unsigned first[64], sections; };

/* The fields of a state (state.c has the format). */
static void find_fields(const struct state *saved, struct fields *f)
{
    const uint8_t *section = saved->data;
    f->count = f->sections = 0;
    for (size_t at = 0; at < saved->size && f->count < FIELDS_MAX;) {
        const uint8_t *name = saved->data + at;
        struct field field = { .at = at + name[0] + 2u, .kind = (char)name[1 + name[0]], .name = name };
        if (field.kind == 'S') {
            section = name;
            f->first[f->sections++ & 63] = f->count;
        } else if (field.kind == 'B') {
            uint64_t bytes;
            memcpy(&bytes, saved->data + field.at, sizeof bytes);
            field.at += sizeof bytes;
            field.size = (size_t)bytes;
        } else {
            field.size = (size_t)(field.kind - '0');
        }
        field.section = section;
        at = field.at + field.size;
        if (field.size)
            f->field[f->count++] = field;
    }
}

static const struct field *pick_field(struct random *r, const struct fields *f)
{
    unsigned section = random_below(r, f->sections), first = f->first[section];
    unsigned end = section + 1 < f->sections ? f->first[section + 1] : f->count;
    return &f->field[first < end ? first + random_below(r, end - first) : random_below(r, f->count)];
}

static uint64_t pick_value(struct random *r, uint64_t value, unsigned bits, uint64_t now)
{
    static const uint64_t some[] = { 0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 32, 63, 64, 255, 256, 512, 1000, 2048, 4096,
                                     65535 };
    uint64_t most = bits == 64 ? UINT64_MAX : (1ull << bits) - 1, top = most / 2 + 1;
    switch (random_below(r, 11)) {
    case 0: return RANDOM_OF(r, some) & most;
    case 1: return most - random_below(r, 5);
    case 2: return top - 2 + random_below(r, 4);
    case 3: return (value + 1) & most;
    case 4: return (value - 1) & most;
    case 5: return value ^ 1ull << random_below(r, bits);
    case 6: return (now - random_scaled(r, 1u << 31)) & most;
    case 7: return (now + random_scaled(r, 1u << 31)) & most;
    case 8: return (value + random_u64(r) % 513 - 256) & most;
    case 9: return random_u64(r) >> random_below(r, 64) & most;
    default: return random_u64(r) & most;
    }
}

static void damage_field(struct subject *s, struct random *r, struct state *state, const struct field *field)
{
    uint8_t *at = state->data + field->at;
    uint64_t value = 0, now = machine_tick(s->m);
    if (s->told)
        printf("  %.*s.%.*s", field->section[0], (const char *)field->section + 1, field->name[0],
               (const char *)field->name + 1);
    if (field->kind != 'B') {
        memcpy(&value, at, field->size);
        uint64_t changed = pick_value(r, value, 8 * (unsigned)field->size, now);
        memcpy(at, &changed, field->size);
        if (s->told)
            printf(" %llX -> %llX\n", (unsigned long long)value, (unsigned long long)changed);
        return;
    }
    for (unsigned i = 1 + random_scaled(r, 40); i; i--) {
        size_t place = random_below(r, (uint32_t)field->size);
        uint64_t changed = pick_value(r, at[place], 8, now);
        if (s->told)
            printf(" [%zu] %X -> %X", place, at[place], (unsigned)changed);
        at[place] = (uint8_t)changed;
    }
    if (s->told)
        printf("\n");
}

/* A stream that is no sequence of the fields that are expected. */
static void damage_stream(struct subject *s, struct random *r, struct state *state, const struct fields *f)
{
    const struct field *field = pick_field(r, f);
    size_t at = (size_t)(field->name - state->data), size = field->at + field->size - at;
    unsigned how = random_below(r, 4);
    if (s->told)
        printf("  stream: %u at %.*s\n", how, field->name[0], (const char *)field->name + 1);
    if (how == 0)
        state->size = at + random_below(r, (uint32_t)(size + 1));
    else if (how == 1)
        memmove(state->data + at, state->data + at + size, state->size - at - size), state->size -= size;
    else
        state->data[at + random_below(r, (uint32_t)(size < 40 ? size : 40))] ^= (uint8_t)(1 + random_below(r, 255));
}

static void damage(struct subject *s, struct random *r, struct state *state, const struct fields *f)
{
    unsigned fields = random_chance(r, 60) ? 1 : random_chance(r, 80) ? 2 + random_below(r, 3) : random_below(r, 30);
    for (; fields; fields--)
        damage_field(s, r, state, pick_field(r, f));
    if (random_chance(r, 4))
        damage_stream(s, r, state, f);
}

/* --- What a machine with a damaged state must stand --- */

static void look_at_screen(struct machine *m)
{
    static uint8_t rgb[MACHINE_PICTURE];
    static struct screen screen;
    struct picture size = { 0, 0 };
    machine_screen(m, &screen);
    machine_picture(m, &size, rgb, sizeof rgb);
}

static void look_with_debugger(struct subject *s, struct random *r)
{
    static const char *const lines[] = {
        "info registers", "info float", "info ivt", "info gdt", "info ldt", "info idt", "info tss", "info pages",
        "info pic", "info pit", "info speaker", "info dma", "info cmos", "info devices", "info timing", "info machine",
        "info cache", "info tlb", "info bus", "info frame", "info all-registers", "x/12i cs:eip", "x/40xb ss:esp",
        "x/4s ds:esi", "backtrace", "print $clock + $tick + $icount", "info line", "x/8i #08:0", "info symbol $eip",
        "x/20xw $cr3", "x/3i $eip", "info latency", "info stopwatch", "info profile", "info display", "info screen",
    };
    for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++)
        if (random_chance(r, s->haste ? 4 : 50))
            debugger_execute(s->debugger, lines[i]);
}

static uint32_t touch_ports(struct subject *s, struct random *r)
{
    uint32_t answer = 0;
    for (unsigned i = random_below(r, 60); i; i--) {
        uint16_t port = (uint16_t)random_below(r, 0x2000);
        while (!s->m->bus.port_range[port])
            port = (uint16_t)((port + 1) & 0x1FFF);
        unsigned size = 1u << random_below(r, 3);
        if (random_chance(r, 60))
            answer = answer * 31 + bus_in(&s->m->bus, port, size);
        else
            bus_out(&s->m->bus, port, random_u32(r), size);
    }
    for (unsigned i = random_below(r, 20); i; i--)
        answer += bus_read(&s->m->bus, 0xA0000 + (random_below(r, 0x20000) & ~3u), 4);
    return answer;
}

static void touch_from_outside(struct subject *s, struct random *r)
{
    machine_key(s->m, (uint8_t)random_u32(r));
    machine_mouse(s->m, (int)random_scaled(r, 1000), -(int)random_scaled(r, 1000), random_below(r, 8));
    machine_joystick(s->m, 0, (uint8_t)random_u32(r), 7, 1);
    for (unsigned i = 0; i < SERIAL_PORTS; i++)
        machine_serial_input(s->m, i, (uint8_t)random_u32(r));
    inspect_tell_speaker(s->m);
    unsigned drive = image_place[random_below(r, DISKS)];
    struct drive_config disk = s->config.drive[drive];
    if (random_chance(r, 50))
        disk.ops = NULL;
    if (drive == DRIVE_HD2)
        machine_change_cd(s->m, drive, &disk, random_chance(r, 50));
    else if (drive <= DRIVE_FLOPPY_B)
        machine_change_floppy(s->m, drive, &disk);
}

static void run_some(struct subject *s, struct random *r, unsigned ms)
{
    run(s->m, random_scaled(r, (uint32_t)(ms * TICKS_PER_MS)) >> s->haste);
}

/* Runs on as the present mode does, and then in another. */
static void run_on(struct subject *s, struct random *r)
{
    char error[200];
    run(s->m, random_below(r, 4000));
    look_at_screen(s->m);
    run_some(s, r, 100);
    touch_ports(s, r);
    run_some(s, r, 20);
    machine_set_timing(s->m, (enum timing_mode)random_below(r, TIMINGS), error, sizeof error);
    touch_from_outside(s, r);
    run_some(s, r, 50);
    if (random_chance(r, 10))
        machine_set_profile(s->m, machine_profile_name(random_below(r, 5)), error, sizeof error);
    if (random_chance(r, 30))
        machine_reset(s->m);
    run_some(s, r, 200);
    look_at_screen(s->m);
}

/* What a machine has saved, it takes again. */
static bool is_loaded_again(struct subject *s, const char *when)
{
    char error[200];
    struct state again = save(s->m);
    uint64_t before = machine_hash(s->m);
    bool ok = load(s->m, &again, error, sizeof error);
    if (!ok)
        fprintf(stderr, "    %s, its own state is refused: %s\n", when, error);
    else if (machine_hash(s->m) != before)
        fprintf(stderr, "    %s, its own state makes it another machine\n", when);
    free(again.data);
    return ok && machine_hash(s->m) == before;
}

/* --- One case --- */

/* Does the machine stand the state BAD? */
static bool stands(struct subject *s, struct random *r, const struct state *bad)
{
    char error[200];
    bool taken = load(s->m, bad, error, sizeof error), ok = true;
    if (s->told)
        printf("  %s%s\n", taken ? "taken" : "refused: ", error);
    fflush(stdout);
    if (!taken)
        return true;
    look_at_screen(s->m);
    look_with_debugger(s, r);
    ok = is_loaded_again(s, "loaded");
    run_on(s, r);
    look_with_debugger(s, r);
    return is_loaded_again(s, "after a run") && ok;
}

static struct state copy_of(const struct state *saved)
{
    struct state copy = { .data = malloc(saved->size), .size = saved->size };
    if (!copy.data)
        give_up("out of memory");
    memcpy(copy.data, saved->data, saved->size);
    return copy;
}

static bool one_trial(struct subject *s, struct random *r, const struct state *good, struct fields *f, unsigned trial)
{
    struct state bad = copy_of(good);
    find_fields(&bad, f);
    if (s->told)
        printf("trial %u\n", trial);
    damage(s, r, &bad, f);
    bool ok = stands(s, r, &bad);
    free(bad.data);
    return ok;
}

/* Back to the state that all trials begin with, as loadvm does it when it fails. */
static bool go_back(struct subject *s, const struct state *good, uint64_t hash)
{
    char error[200] = "";
    bool ok = machine_set_profile(s->m, s->config.profile, error, sizeof error);
    for (unsigned i = 0; i < DISKS; i++)
        if (image_place[i] == DRIVE_HD2)
            machine_change_cd(s->m, DRIVE_HD2, &s->config.drive[DRIVE_HD2], true);
        else if (image_place[i] <= DRIVE_FLOPPY_B)
            machine_change_floppy(s->m, image_place[i], &s->config.drive[image_place[i]]);
    ok = ok && load(s->m, good, error, sizeof error) && machine_hash(s->m) == hash;
    if (!ok)
        fprintf(stderr, "    the machine does not go back: %s\n", error[0] ? error : "its state is another one");
    return ok;
}

struct ready { struct state state; unsigned variant; };
static struct ready ready[TIMINGS * 2];

/* Machines that have passed the BIOS's test, which takes too long to be done for each case. */
static void make_ready(void)
{
    for (unsigned i = 0; i < TIMINGS * 2; i++) {
        struct subject s;
        ready[i].variant = i * 3 % 8;
        subject_open(&s, (enum timing_mode)(i % TIMINGS), ready[i].variant);
        run(s.m, TICKS_PER_SECOND * 3 / 2);
        ready[i].state = save(s.m);
        subject_close(&s);
    }
}

static void forget_ready(void)
{
    for (unsigned i = 0; i < TIMINGS * 2; i++)
        free(ready[i].state.data);
}

/* Of the processor: a busy host is no hang. */
static void limit_time(void)
{
    setitimer(ITIMER_PROF, &(struct itimerval){ .it_value = { .tv_sec = SECONDS_FOR_A_TRIAL } }, NULL);
}

/* The machine of a seed, busy with something, and its state. */
static struct state open_case(struct subject *s, struct random *r, uint64_t seed, bool told)
{
    static void (*const busy[])(struct subject *, struct random *) = { during_power_on, during_guest, during_commands,
                                                                       during_commands };
    char error[200];
    *r = (struct random){ seed };
    random_u64(r);
    unsigned which = random_below(r, TIMINGS * 2);
    subject_open(s, (enum timing_mode)(which % TIMINGS), ready[which].variant);
    s->told = told;
    if (!load(s->m, &ready[which].state, error, sizeof error))
        give_up(error);
    RANDOM_OF(r, busy)(s, r);
    return save(s->m);
}

static bool run_case(uint64_t seed, bool told)
{
    static struct fields fields;
    struct random r;
    struct subject s;
    bool ok = true;
    struct state good = open_case(&s, &r, seed, told);
    uint64_t hash = machine_hash(s.m);
    for (unsigned i = 0; i < TRIALS && ok; i++) {
        limit_time();
        ok = one_trial(&s, &r, &good, &fields, i) && go_back(&s, &good, hash);
    }
    free(good.data);
    subject_close(&s);
    return ok;
}

/* --- Campaigns: each case in a child, so that the next can go on behind one that crashed --- */

/* Waits for CHILD, which is about WHAT. */
static bool ended_well(pid_t child, const char *what)
{
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0)
        give_up("cannot start a child");
    bool ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!ok)
        fprintf(stderr, "    %s %s\n", what,
                !WIFSIGNALED(status) ? "failed" : WTERMSIG(status) == SIGPROF ? "hangs" : "crashed");
    return ok;
}

static bool run_in_child(uint64_t seed)
{
    char what[40];
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        exit(!run_case(seed, false));
    snprintf(what, sizeof what, "seed %llu", (unsigned long long)seed);
    return ended_well(child, what);
}

static void no_sample_of_damaged_states_crashes_or_hangs(void **state)
{
    (void)state;
    unsigned failures = 0;
    assert_true(read_guest());
    make_ready();
    for (uint64_t seed = SAMPLE_FIRST; seed < SAMPLE_FIRST + SAMPLE_COUNT; seed++)
        failures += !run_in_child(seed);
    forget_ready();
    assert_int_equal(failures, 0);
}

static int run_for(unsigned seconds, uint64_t first)
{
    uint64_t seed = first, failures = 0;
    for (time_t end = time(NULL) + (time_t)seconds; time(NULL) < end; seed++)
        failures += !run_in_child(seed);
    printf("damaged states, seeds %llu to %llu: %llu failed\n", (unsigned long long)first, (unsigned long long)seed - 1,
           (unsigned long long)failures);
    return failures != 0;
}

/* Each extreme value in turn for FIELD, which is no string of bytes. */
static bool sweep_field(struct subject *s, struct random *r, const struct state *good, const struct field *field)
{
    uint64_t now = machine_tick(s->m), hash = machine_hash(s->m), top = 1ull << (8 * field->size - 1);
    const uint64_t values[] = { 0, 1, 2, 63, 255, 1000, top - 1, top, top | (top - 1), (top | (top - 1)) - 1, now - 1,
                                now, now + 5000, now + (1ull << 40), now * 2, top >> 1, top >> 2, top >> 4, top >> 10 };
    bool ok = true;
    for (unsigned i = 0; i < sizeof values / sizeof *values && ok; i++) {
        struct state bad = copy_of(good);
        limit_time();
        memcpy(bad.data + field->at, &values[i], field->size);
        ok = stands(s, r, &bad) && go_back(s, good, hash);
        free(bad.data);
        if (!ok)
            fprintf(stderr, "    value %llX\n", (unsigned long long)values[i]);
    }
    return ok;
}

/* How many fields of this name lie before FIELD in its section. */
static unsigned same_before(const struct fields *f, const struct field *field)
{
    unsigned count = 0;
    for (const struct field *one = f->field; one < field; one++)
        count += one->section == field->section && memcmp(one->name, field->name, field->name[0] + 1u) == 0;
    return count;
}

static bool is_called(const uint8_t *name, const char *text)
{
    return name[0] == strlen(text) && memcmp(name + 1, text, name[0]) == 0;
}

/* FIRST: the section to begin with; NULL: the first one. */
static bool sweep(uint64_t seed, const char *first)
{
    enum { ALIKE = 3 };
    static struct fields fields;
    struct random r;
    struct subject s;
    bool ok = true;
    struct state good = open_case(&s, &r, seed, false);
    s.haste = 5;
    find_fields(&good, &fields);
    for (const struct field *field = fields.field; field < fields.field + fields.count; field++) {
        char what[80];
        if (first && !is_called(field->section, first))
            continue;
        first = NULL;
        if (field->kind == 'B' || same_before(&fields, field) >= ALIKE)
            continue;
        snprintf(what, sizeof what, "%.*s.%.*s", field->section[0], (const char *)field->section + 1, field->name[0],
                 (const char *)field->name + 1);
        fflush(NULL);
        pid_t child = fork();
        if (child == 0)
            exit(!sweep_field(&s, &r, &good, field));
        ok &= ended_well(child, what);
    }
    free(good.data);
    subject_close(&s);
    return ok;
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_sample_of_damaged_states_crashes_or_hangs) };
    if (count < 3)
        return cmocka_run_group_tests(tests, NULL, NULL);
    if (!read_guest())
        return 2;
    make_ready();
    uint64_t number = strtoull(words[2], NULL, 0);
    bool seconds = strcmp(words[1], "--seconds") == 0, sweeps = strcmp(words[1], "--sweep") == 0;
    int code = seconds ? run_for((unsigned)number, count > 3 ? strtoull(words[3], NULL, 0) : 1)
               : sweeps ? !sweep(number, count > 3 ? words[3] : NULL)
                        : !run_case(number, true);
    forget_ready();
    return code;
}
