/* Plans and machines of the fuzzer (subject.h). */
#include "tests/fuzz/subject.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emu/bios/rom.h"
#include "emu/cpu/cpu.h"
#include "emu/state.h"
#include "tests/fuzz/code.h"
#include "tests/fuzz/world.h"

enum { RAM_KB = 1024, FLOPPY_SECTORS = 720, DISK_SECTORS = 2048, EXIT_PORT = 0xF4, GUEST_AT = 0x7C00,
       GUEST_LARGEST = 0x8000 };

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "fuzz: %s\n", what);
    exit(2);
}

static void *allocate(size_t size)
{
    void *memory = calloc(size ? size : 1, 1);
    if (!memory)
        give_up("out of memory");
    return memory;
}

/* --- Plans --- */

void plan_make(struct plan *plan, const struct stock *stock, uint64_t seed)
{
    static const uint8_t kinds[] = { PLAN_WORLD, PLAN_WORLD, PLAN_WORLD, PLAN_WORLD, PLAN_WORLD, PLAN_WORLD, PLAN_NOISE,
                                     PLAN_GUEST, PLAN_GUEST, PLAN_ROM };
    static const unsigned clocks[] = { 1, 2, 2, 2, 3, 10, 1000 };
    struct random r = { seed };
    unsigned profiles = 0;
    while (profile_at(profiles))
        profiles++;
    *plan = (struct plan){ .seed = seed, .kind = RANDOM_OF(&r, kinds), .mode = random_below(&r, WORLD_MODES),
                           .profile = random_below(&r, profiles),
                           .timing = (enum timing_mode)(random_chance(&r, 40) ? stock->timings - 1
                                                                              : random_below(&r, stock->timings)),
                           .settings = random_chance(&r, 50) ? SETTINGS_NONE : random_below(&r, SETTINGS_KINDS),
                           .fast_clocks = RANDOM_OF(&r, clocks), .stop_on_shutdown = random_chance(&r, 80),
                           .stations = 1 + random_below(&r, STATIONS_MAX) };
    for (unsigned i = 0; i < plan->stations; i++) {
        plan->station[i].instructions = 1 + random_scaled(&r, 8000);
        plan->station[i].ticks = 1000 + random_scaled(&r, 20 * TICKS_PER_MS);
    }
}

/* --- Disks --- */

static int disk_read(void *ctx, uint64_t lba, void *buffer, uint32_t count)
{
    const struct memory_image *disk = ctx;
    memcpy(buffer, disk->bytes + lba * 512, (size_t)count * 512);
    return 0;
}

static int disk_write(void *ctx, uint64_t lba, const void *data, uint32_t count)
{
    struct memory_image *disk = ctx;
    memcpy(disk->bytes + lba * 512, data, (size_t)count * 512);
    return 0;
}

static int disk_flush(void *ctx)
{
    (void)ctx;
    return 0;
}

static struct drive_config drive_of(struct memory_image *image)
{
    static const struct disk_ops ops = { disk_read, disk_write, disk_flush };
    return (struct drive_config){ .ops = &ops, .ctx = image, .sectors = image->size / 512 };
}

static void disks_create(struct floppy_and_disk *disks)
{
    static const size_t sectors[] = { FLOPPY_SECTORS, DISK_SECTORS };
    for (unsigned i = 0; i < 2; i++)
        disks->image[i] = (struct memory_image){ allocate(sectors[i] * 512), sectors[i] * 512 };
}

/* --- Guest programs --- */

static int is_binary(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".bin") == 0;
}

static struct memory_image read_file(const char *folder, const char *name)
{
    char path[1024];
    struct memory_image image = { allocate(GUEST_LARGEST), 0 };
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        give_up("a guest program cannot be read");
    image.size = fread(image.bytes, 1, GUEST_LARGEST, file);
    fclose(file);
    return image;
}

/* Modes are made available in the order of their values. */
static unsigned count_timings(void)
{
    struct machine_config config;
    char error[200];
    unsigned count = TIMING_TABLE;
    struct machine *m;
    do {
        machine_config_defaults(&config);
        config.timing = (enum timing_mode)++count;
        m = machine_create(&config, error, sizeof error);
        machine_destroy(m);
    } while (m && count < TIMING_CYCLE);
    return m ? count + 1 : count;
}

bool stock_open(struct stock *stock, const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_binary, alphasort);
    *stock = (struct stock){ .timings = count_timings() };
    if (count <= 0)
        return false;
    stock->guest = allocate((size_t)count * sizeof *stock->guest);
    for (int i = 0; i < count; i++) {
        stock->guest[i] = read_file(folder, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    stock->guests = (unsigned)count;
    return true;
}

void stock_close(struct stock *stock)
{
    for (unsigned i = 0; i < stock->guests; i++)
        free(stock->guest[i].bytes);
    free(stock->guest);
    for (unsigned i = 0; i < 16; i++)
        for (unsigned j = 0; j < 3; j++)
            free(stock->ready[i][j].bytes);
}

/* --- Machines --- */

static void note_output(void *ctx, uint8_t byte)
{
    struct subject *s = ctx;
    s->output = (s->output ^ byte) * 0x100000001B3ull;
}

/* The system ROM with some bytes changed, its size kept. */
static struct memory_image mutated_rom(uint64_t seed)
{
    struct random r = { seed ^ 0x524F4D };
    struct memory_image rom = { .size = (size_t)(rom_system_end - rom_system) };
    rom.bytes = allocate(rom.size);
    memcpy(rom.bytes, rom_system, rom.size);
    code_mutate(&r, rom.bytes, rom.size);
    return rom;
}

static void machine_make(struct subject *s, const struct plan *plan)
{
    struct machine_config config;
    char error[200];
    struct memory_image rom = { 0 };
    machine_config_defaults(&config);
    config.profile = profile_at(plan->profile)->name;
    config.timing = plan->timing;
    config.fast_clocks = plan->fast_clocks;
    config.ram_kb = RAM_KB;
    config.stop_on_shutdown = plan->stop_on_shutdown;
    config.debug_exit_port = EXIT_PORT;
    config.drive[DRIVE_FLOPPY_A] = s->floppy;
    config.floppy_type[0] = 4;
    config.drive[DRIVE_HD0] = drive_of(&s->disks.image[1]);
    config.serial[0] = config.parallel[0] = config.debugcon = (struct byte_sink){ note_output, s };
    if (plan->kind == PLAN_ROM) {
        rom = mutated_rom(plan->seed);
        config.bios = rom.bytes;
        config.bios_size = rom.size;
    }
    s->machine = machine_create(&config, error, sizeof error);
    free(rom.bytes);
    if (!s->machine)
        give_up(error);
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

static bool load(struct machine *m, const uint8_t *bytes, size_t size)
{
    struct state s;
    state_begin_load(&s, bytes, size);
    machine_visit(m, &s);
    if (state_failed(&s))
        fprintf(stderr, "fuzz: a saved state is refused: %s\n", s.error);
    return !state_failed(&s);
}

/* The state of a machine that found nothing to boot. */
static const struct memory_image *ready_machine(struct stock *stock, const struct plan *plan)
{
    struct memory_image *ready = &stock->ready[plan->profile][plan->timing];
    if (!ready->bytes) {
        struct plan usual = *plan;
        struct subject s = { 0 };
        struct stop stop;
        usual.fast_clocks = 2;
        disks_create(&s.disks);
        s.floppy = drive_of(&s.disks.image[0]);
        machine_make(&s, &usual);
        machine_run(s.machine, 2 * TICKS_PER_SECOND, &stop);
        struct state saved = save(s.machine);
        *ready = (struct memory_image){ saved.data, saved.size };
        subject_destroy(&s);
    }
    return ready;
}

/* --- Boards --- */

/* A value that the parameter may have by itself; sizes are powers of two. */
static uint32_t random_value(struct random *r, const struct machine_parameter *p)
{
    uint32_t value = p->min + random_scaled(r, p->max - p->min);
    if (random_chance(r, 60))
        return random_chance(r, 50) ? p->min : p->max;
    while (strcmp(p->unit, "bytes") == 0 && value & (value - 1))
        value &= value - 1;
    return value;
}

/* Those that the others do not allow are left as they are. */
static void change_settings(struct machine *m, uint64_t seed, enum plan_settings settings)
{
    struct random r = { seed ^ 0x626F617264 };
    struct machine_parameter p;
    char error[200];
    for (unsigned i = 0; settings && machine_parameter(m, i, &p); i++) {
        uint32_t value = settings == SETTINGS_LEAST ? p.min : settings == SETTINGS_MOST ? p.max : random_value(&r, &p);
        if (settings != SETTINGS_SOME || random_chance(&r, 50))
            machine_set_parameter(m, p.name, value, error, sizeof error);
    }
}

static void change_board(struct machine *m, struct random *r)
{
    char error[200];
    if (random_chance(r, 50))
        machine_set_profile(m, machine_profile_name(random_below(r, 6)), error, sizeof error);
    else
        change_settings(m, random_u64(r), random_below(r, SETTINGS_KINDS));
}

static void begin_at(struct machine *m, uint16_t cs, uint32_t eip)
{
    if (!inspect_set_register(m, NAME_SEG + SEG_CS, cs) || !inspect_set_register(m, NAME_EIP, eip))
        give_up("the first instruction cannot be set");
}

static void fill_with_world(struct machine *m, struct random *r, const struct plan *plan)
{
    static const uint8_t open_a20 = 2;
    uint8_t *memory = allocate(WORLD_END);
    world_build(r, memory, plan->mode, !plan->quiet);
    inspect_poke_physical(m, 0, memory, WORLD_END);
    free(memory);
    bus_out(&m->bus, 0x92, random_chance(r, 80) ? open_a20 : 0, 1);
    begin_at(m, 0, WORLD_ENTRY);
}

static void fill_with_noise(struct machine *m, struct random *r)
{
    uint8_t *memory = allocate(WORLD_END);
    random_fill(r, memory, WORLD_END);
    inspect_poke_physical(m, 0, memory, WORLD_END);
    free(memory);
    begin_at(m, (uint16_t)random_below(r, 0x2000), random_below(r, 0x8000));
    for (unsigned i = 0; i < REGS; i++)
        inspect_set_register(m, NAME_R + i, world_address(r));
    inspect_set_register(m, NAME_EFLAGS, random_u32(r) & 0x247FD5);
}

static void fill_with_guest(struct subject *s, struct random *r, const struct plan *plan, struct stock *stock)
{
    const struct memory_image *ready = ready_machine(stock, plan);
    const struct memory_image *guest = &stock->guest[random_below(r, stock->guests)];
    uint8_t *bytes = allocate(guest->size);
    memcpy(bytes, guest->bytes, guest->size);
    if (random_chance(r, 80))
        code_mutate(r, bytes, guest->size);
    if (!load(s->machine, ready->bytes, ready->size))
        give_up("a machine that is ready cannot be loaded");
    memcpy(s->disks.image[0].bytes, bytes, guest->size);
    memcpy(s->disks.image[1].bytes, bytes, guest->size);
    inspect_poke_physical(s->machine, GUEST_AT, bytes, guest->size);
    free(bytes);
    begin_at(s->machine, 0, GUEST_AT);
    inspect_set_register(s->machine, NAME_R + REG_EDX, random_chance(r, 50) ? 0x80 : 0);
}

void subject_create(struct subject *s, const struct plan *plan, struct stock *stock)
{
    struct random r = { plan->seed ^ 0x66757A7A };
    *s = (struct subject){ 0 };
    disks_create(&s->disks);
    s->floppy = drive_of(&s->disks.image[0]);
    machine_make(s, plan);
    switch (plan->kind) {
    case PLAN_WORLD: fill_with_world(s->machine, &r, plan); break;
    case PLAN_NOISE: fill_with_noise(s->machine, &r); break;
    case PLAN_GUEST: fill_with_guest(s, &r, plan, stock); break;
    default: break;
    }
    change_settings(s->machine, plan->seed, plan->settings);
}

void subject_destroy(struct subject *s)
{
    machine_destroy(s->machine);
    free(s->disks.image[0].bytes);
    free(s->disks.image[1].bytes);
}

bool subject_resume(struct subject *s, const struct plan *plan)
{
    struct state saved = save(s->machine);
    uint64_t hash = machine_hash(s->machine);
    machine_destroy(s->machine);
    machine_make(s, plan);
    bool same = load(s->machine, saved.data, saved.size);
    if (same && machine_hash(s->machine) != hash) {
        fprintf(stderr, "fuzz: a loaded state has another hash\n");
        same = false;
    }
    free(saved.data);
    return same;
}

/* --- From outside --- */

/* Not into ROM, which is no part of the state. */
static void poke_memory(struct machine *m, struct random *r)
{
    enum { ROMS_FROM = 0xC0000 };
    uint8_t bytes[64];
    size_t size = 1 + random_below(r, sizeof bytes);
    code_fill(r, bytes, size, random_chance(r, 50) ? 16 : 32);
    struct registers regs;
    inspect_registers(m, &regs);
    uint32_t at = random_chance(r, 50) ? regs.seg[SEG_CS].base + regs.eip + random_below(r, 32) : world_address(r);
    uint32_t physical;
    if (inspect_translate(m, at, &physical) && (physical & m->bus.a20_mask) < ROMS_FROM - sizeof bytes)
        inspect_poke_physical(m, physical & m->bus.a20_mask, bytes, size);
}

static void poke_register(struct machine *m, struct random *r)
{
    static const uint8_t names[] = { NAME_EFLAGS, NAME_CR0, NAME_CR2, NAME_CR3, NAME_EIP };
    switch (random_below(r, 3)) {
    case 0: inspect_set_register(m, NAME_R + random_below(r, REGS), world_address(r)); break;
    case 1: inspect_set_register(m, NAME_SEG + random_below(r, SEGS), world_selector(r)); break;
    default: inspect_set_register(m, RANDOM_OF(r, names), random_scaled(r, 0xFFFFFFFF)); break;
    }
}

static void poke_drive(struct subject *s, struct random *r)
{
    s->floppy = drive_of(&s->disks.image[0]);
    if (random_chance(r, 50))
        s->floppy = (struct drive_config){ 0 };
    s->floppy.read_only = random_chance(r, 50);
    machine_change_floppy(s->machine, DRIVE_FLOPPY_A, &s->floppy);
}

void subject_poke(struct subject *s, const struct plan *plan, unsigned station)
{
    struct random r = { plan->seed ^ 0x706F6B65 ^ (uint64_t)station << 32 };
    struct machine *m = s->machine;
    char error[100];
    switch (random_below(&r, 14)) {
    case 0:
    case 1:
    case 2: machine_key(m, (uint8_t)random_u32(&r)); break;
    case 3:
    case 4: machine_serial_input(m, 0, (uint8_t)random_u32(&r)); break;
    case 5:
    case 6:
    case 7: poke_memory(m, &r); break;
    case 8: poke_register(m, &r); break;
    case 9: poke_drive(s, &r); break;
    case 10:
        machine_set_timing(m, (enum timing_mode)random_below(&r, TIMING_CYCLE + 1), error, sizeof error);
        break;
    case 11:
    case 12: change_board(m, &r); break;
    default:
        if (random_chance(&r, 20))
            machine_reset(m);
    }
}

/* --- Comparing --- */

uint64_t subject_hash(struct subject *s)
{
    struct state state;
    state_begin_hash(&state);
    machine_visit(s->machine, &state);
    for (unsigned i = 0; i < 2; i++)
        state_bytes(&state, "disk", s->disks.image[i].bytes, s->disks.image[i].size);
    state_u64(&state, "output", &s->output);
    return state.hash;
}

/* One record of a saved state (state.c). */
struct record { const char *name; unsigned length; char kind; const uint8_t *value; size_t size; };

static struct record next_record(const uint8_t **at)
{
    struct record record = { .length = **at, .name = (const char *)*at + 1 };
    const uint8_t *value = *at + 1 + record.length;
    record.kind = (char)*value++;
    if (record.kind == 'B') {
        for (unsigned i = 0; i < 8; i++)
            record.size |= (size_t)value[i] << 8 * i;
        value += 8;
    } else if (record.kind != 'S') {
        record.size = (size_t)(record.kind - '0');
    }
    record.value = value;
    *at = value + record.size;
    return record;
}

static void print_value(const struct record *record, size_t from)
{
    for (size_t i = from; i < record->size && i < from + 8; i++)
        fprintf(stderr, " %02X", record->value[i]);
}

void subject_print_difference(struct subject *a, struct subject *b)
{
    enum { SHOWN = 20 };
    struct state saved[2] = { save(a->machine), save(b->machine) };
    const uint8_t *at[2] = { saved[0].data, saved[1].data };
    struct record section = { .name = "" };
    unsigned shown = 0;
    while (at[0] < saved[0].data + saved[0].size && at[1] < saved[1].data + saved[1].size && shown < SHOWN) {
        struct record x = next_record(&at[0]), y = next_record(&at[1]);
        size_t i = 0;
        if (x.kind == 'S')
            section = x;
        while (i < x.size && i < y.size && x.value[i] == y.value[i])
            i++;
        if (i == x.size && x.size == y.size)
            continue;
        fprintf(stderr, "    %.*s.%.*s +%zX:", (int)section.length, section.name, (int)x.length, x.name, i);
        print_value(&x, i);
        fprintf(stderr, " /");
        print_value(&y, i);
        fprintf(stderr, "\n");
        shown++;
    }
    if (a->output != b->output)
        fprintf(stderr, "    what was sent out differs\n");
    free(saved[0].data);
    free(saved[1].data);
}
