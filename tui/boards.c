/* What boards have and take is asked of a machine that nobody will run: small, without drives and ports. */
#include "tui/boards.h"

#include <stdio.h>
#include <string.h>

enum { SMALLEST_RAM_KB = 1024, NAME_BYTES = 32, ERROR_BYTES = 200, MOST_WRONG = 3 };   /* letters of a slip */

static struct machine *bare_machine(const char *profile)
{
    struct machine_config config;
    char ignored[ERROR_BYTES];
    machine_config_defaults(&config);
    config.profile = profile;
    config.ram_kb = SMALLEST_RAM_KB;
    return machine_create(&config, ignored, sizeof ignored);
}

/* --- Showing --- */

/* The value of the parameter NAME; 0 if the board has none. */
static uint32_t value_of(const struct machine *m, const char *name)
{
    struct machine_parameter parameter;
    for (unsigned n = 0; machine_parameter(m, n, &parameter); n++)
        if (strcmp(parameter.name, name) == 0)
            return parameter.value;
    return 0;
}

static double mhz(uint32_t hz)
{
    return (double)hz / 1e6;
}

static void print_board(const char *name)
{
    struct machine *m = bare_machine(name);
    if (!m)
        return;
    uint32_t hz = machine_clock_hz(m), l2 = value_of(m, "l2-size") / 1024;
    char board_cache[24] = "no L2 cache";
    if (l2)
        snprintf(board_cache, sizeof board_cache, "%u KB L2", (unsigned)l2);
    printf("  %-14s %5.1f MHz on a %.1f MHz bus, %u KB cache%s, %s, %s video\n", name, mhz(hz),
           mhz(hz / value_of(m, "multiplier")), (unsigned)(value_of(m, "cache-size") / 1024),
           value_of(m, "cache-write-back") ? " (write-back)" : "", board_cache,
           value_of(m, "video-local") ? "local bus" : "ISA");
    machine_destroy(m);
}

void boards_print(void)
{
    puts("Boards, for --machine NAME; --machine NAME --set help shows the parameters of one:\n");
    for (unsigned n = 0; machine_profile_name(n); n++)
        print_board(machine_profile_name(n));
}

void boards_print_parameters(const struct machine_config *config)
{
    struct machine *m = bare_machine(config->profile);
    struct machine_parameter p;
    char ignored[ERROR_BYTES], range[32];
    if (!m)
        return;
    for (size_t i = 0; i < config->setting_count; i++)
        machine_set_parameter(m, config->settings[i].name, config->settings[i].value, ignored, sizeof ignored);
    printf("Parameters of the board %s, for --set NAME=VALUE[,NAME=VALUE]...; 256k is 262144:\n\n", config->profile);
    for (unsigned n = 0; machine_parameter(m, n, &p); n++) {
        snprintf(range, sizeof range, "(%s%u-%u)", p.or_zero ? "0, " : "", (unsigned)p.min, (unsigned)p.max);
        printf("  %-18s %7u %-15s %s: %s\n", p.name, (unsigned)p.value, range, p.unit, p.help);
    }
    machine_destroy(m);
}

/* --- Checking --- */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t d = a < b ? a : b;
    return c < d ? c : d;
}

/* Letters to add, drop or change until A is B (Levenshtein's distance). */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_BYTES + 1], length = strnlen(b, NAME_BYTES);
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0]++;
        for (size_t j = 1; j <= length; j++) {
            size_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (a[i] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[length];
}

/* The parameter that is most like NAME. */
static void find_nearest(const struct machine *m, const char *name, struct machine_parameter *nearest)
{
    struct machine_parameter p;
    size_t best = SIZE_MAX;
    for (unsigned n = 0; machine_parameter(m, n, &p); n++)
        if (distance(name, p.name) < best) {
            best = distance(name, p.name);
            *nearest = p;
        }
}

static bool check_setting(struct machine *m, const struct machine_setting *setting, char *error, size_t error_size)
{
    struct machine_parameter nearest = { .name = "" };
    char reason[ERROR_BYTES];
    if (machine_set_parameter(m, setting->name, setting->value, reason, sizeof reason))
        return true;
    find_nearest(m, setting->name, &nearest);
    if (strcmp(nearest.name, setting->name) == 0)
        snprintf(error, error_size, "--set %s=%u: %s", setting->name, (unsigned)setting->value, reason);
    else if (distance(setting->name, nearest.name) > MOST_WRONG)
        snprintf(error, error_size, "--set %s=%u: no such parameter; --set help lists them", setting->name,
                 (unsigned)setting->value);
    else
        snprintf(error, error_size, "--set %s=%u: no such parameter, the nearest is %s; --set help lists them",
                 setting->name, (unsigned)setting->value, nearest.name);
    return false;
}

static bool check_profile(const char *profile, char *error, size_t error_size)
{
    size_t used = (size_t)snprintf(error, error_size, "--machine %.40s: no such board; there are", profile);
    for (unsigned n = 0; machine_profile_name(n); n++) {
        if (strcmp(machine_profile_name(n), profile) == 0)
            return true;
        if (used < error_size)
            used += (size_t)snprintf(error + used, error_size - used, "%s %s", n ? "," : "", machine_profile_name(n));
    }
    return false;
}

bool boards_check(const struct machine_config *config, char *error, size_t error_size)
{
    if (!check_profile(config->profile, error, error_size))
        return false;
    if (!config->setting_count)
        return true;
    struct machine *m = bare_machine(config->profile);
    bool ok = m;
    if (!m)
        snprintf(error, error_size, "out of memory");
    for (size_t i = 0; ok && i < config->setting_count; i++)
        ok = check_setting(m, &config->settings[i], error, error_size);
    machine_destroy(m);
    return ok;
}
