/* The board of a machine: its profile and single parameters, the timing mode, and what follows from them. A change
 * while the machine is stopped takes effect at once: the clock goes on from where it is, decoded code and the model of
 * mode `cycle` begin anew with empty caches, and drives finish what they are at with the delays they began it with. */
#include <stdio.h>

#include "emu/cpu/mem.h"
#include "emu/machine.h"
#include "emu/state.h"

static bool wrong(char *error, size_t error_size, const char *what, const char *name)
{
    snprintf(error, error_size, what, name);
    return false;
}

/* --- Parameters --- */

static bool set_parameter(struct profile *board, const char *name, uint32_t value, char *error, size_t error_size)
{
    const struct profile_parameter *p = profile_parameter_find(name);
    if (!p)
        return wrong(error, error_size, "no parameter \"%s\"; `info machine` and --set help list them", name);
    if (profile_set(board, p, value))
        return true;
    snprintf(error, error_size, "%s cannot be %u: %s%u to %u %s%s", p->name, (unsigned)value,
             p->or_zero ? "0, or " : "", (unsigned)p->min, (unsigned)p->max, p->unit,
             value >= p->min && value <= p->max ? ", and not each of them goes" : "");
    return false;
}

bool board_configure(struct profile *board, const struct machine_config *config, char *error, size_t error_size)
{
    const struct profile *profile = profile_find(config->profile);
    if (!profile)
        return wrong(error, error_size, "no machine profile \"%s\"", config->profile);
    *board = *profile;
    for (size_t i = 0; i < config->setting_count; i++)
        if (!set_parameter(board, config->settings[i].name, config->settings[i].value, error, error_size))
            return false;
    return true;
}

/* --- The model of mode `cycle` --- */

static struct board_map memory_map(const struct machine *m)
{
    bool has_linear = m->video_kb * 1024 > VGA_MEMORY;
    return (struct board_map){ .ram_size = m->ram_size, .video_rom_size = m->video_rom.size,
                               .system_rom = m->system_rom.base, .frame_buffer = VGA_LINEAR_BASE,
                               .frame_buffer_size = has_linear ? m->video_kb * 1024 : 0 };
}

bool board_init_cycle(struct machine *m)
{
    const struct board_map map = memory_map(m);
    return cycle_init(&m->cycle, &m->board, &map);
}

/* --- Taking effect --- */

void board_set_latencies(struct machine *m)
{
    bool real = m->cpu.timing_mode != TIMING_FAST;
    kbc_set_real(&m->kbc, real);
    keyboard_set_real(&m->keyboard, real);
    mouse_set_real(&m->mouse, real);
    floppy_set_real(&m->floppy, real);
    for (unsigned i = 0; i < CHANNELS; i++)
        ata_set_real(&m->ata[i], real);
    for (unsigned i = 0; i < SERIAL_PORTS; i++)
        if (m->has_serial[i])
            serial_set_real(&m->serial[i], real);
    for (unsigned i = 0; i < PARALLEL_PORTS; i++)
        if (m->has_parallel[i])
            parallel_set_real(&m->parallel[i], real);
}

static void apply(struct machine *m)
{
    struct cpu *cpu = &m->cpu;
    cpu->ticks_per_clock = m->board.ticks_per_clock;
    cpu->signature = m->board.signature;
    cpu->has_fpu = m->board.has_fpu;
    cpu->has_cpuid = m->board.has_cpuid;
    cpu->cr4 = cpu->has_cpuid ? cpu->cr4 : 0;
    cpu->has_umov = m->board.has_umov;
    if (cpu->cache.sets != m->board.cache_size / (CACHE_WAYS * CACHE_LINE))
        cache_test_reset(&cpu->cache, m->board.cache_size / (CACHE_WAYS * CACHE_LINE));
    cpu_timing_changed(cpu);
    for (unsigned i = 0; i < CHANNELS; i++) {
        ata_set_mechanics(&m->ata[i], &m->board.disk);
        ata_set_cd_mechanics(&m->ata[i], &m->board.cd);
    }
}

/* False when out of memory: nothing changed. */
static bool take_board(struct machine *m, const struct profile *board)
{
    if (!cycle_set_board(&m->cycle, board))
        return false;
    m->board = *board;
    apply(m);
    return true;
}

/* --- Public --- */

uint32_t machine_clock_hz(const struct machine *m)
{
    return (uint32_t)(TICKS_PER_SECOND / m->board.ticks_per_clock);
}

const char *machine_profile(const struct machine *m)
{
    return m->board.name;
}

const char *machine_profile_name(unsigned n)
{
    const struct profile *profile = profile_at(n);
    return profile ? profile->name : NULL;
}

enum timing_mode machine_timing(const struct machine *m)
{
    return (enum timing_mode)m->cpu.timing_mode;
}

bool machine_set_timing(struct machine *m, enum timing_mode mode, char *error, size_t error_size)
{
    if (mode > TIMING_CYCLE)
        return wrong(error, error_size, "%s", "there are the timing modes fast, table and cycle");
    m->cpu.timing_mode = (uint8_t)mode;
    cpu_timing_changed(&m->cpu);
    board_set_latencies(m);
    return true;
}

bool machine_set_profile(struct machine *m, const char *name, char *error, size_t error_size)
{
    const struct profile *profile = profile_find(name);
    if (!profile)
        return wrong(error, error_size, "no machine profile \"%s\"", name);
    return take_board(m, profile) || wrong(error, error_size, "%s", "out of memory");
}

bool machine_parameter(const struct machine *m, unsigned n, struct machine_parameter *out)
{
    const struct profile_parameter *p = profile_parameter_at(n);
    if (!p)
        return false;
    *out = (struct machine_parameter){ .name = p->name, .unit = p->unit, .help = p->help,
                                       .value = profile_get(&m->board, p), .min = p->min, .max = p->max,
                                       .or_zero = p->or_zero };
    return true;
}

bool machine_set_parameter(struct machine *m, const char *name, uint32_t value, char *error, size_t error_size)
{
    struct profile board = m->board;
    if (!set_parameter(&board, name, value, error, error_size))
        return false;
    return take_board(m, &board) || wrong(error, error_size, "%s", "out of memory");
}

/* --- State --- */

void board_visit(struct machine *m, struct state *state)
{
    struct profile board = m->board;
    state_section(state, "timing");
    state_u8(state, "mode", &m->cpu.timing_mode);
    state_check(state, m->cpu.timing_mode <= TIMING_CYCLE, "unknown timing mode");
    profile_visit(&board, state);
    if (!state_loading(state))
        return;
    if (m->cpu.timing_mode > TIMING_CYCLE)
        m->cpu.timing_mode = TIMING_FAST;
    if (!state_failed(state))
        state_check(state, take_board(m, &board), "out of memory");
}
