/* The board: info machine, set and show timing, machine and parameter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/expr.h"

static void print_board(struct debugger *d)
{
    uint32_t hz = machine_clock_hz(d->machine);
    debugger_print(d, "Board %s, %u.%06u MHz, timing %s.\n", machine_profile(d->machine), hz / 1000000, hz % 1000000,
                   timing_modes[machine_timing(d->machine)]);
}

/* One line of the list: no wider than a terminal of 80 columns. */
static void print_line(struct debugger *d, const struct machine_parameter *p)
{
    debugger_print(d, "%-18s%8u  %s\n", p->name, (unsigned)p->value, p->help);
}

static void print_parameter(struct debugger *d, const struct machine_parameter *p)
{
    debugger_print(d, "%s is %u: %s.\n  %s%u to %u, %s\n", p->name, (unsigned)p->value, p->help,
                   p->or_zero ? "0, or " : "", (unsigned)p->min, (unsigned)p->max, p->unit);
}

/* The parameters whose names contain PART, each by PRINT; how many. */
static unsigned print_parameters(struct debugger *d, const char *part,
                                 void (*print)(struct debugger *d, const struct machine_parameter *p))
{
    struct machine_parameter p;
    unsigned count = 0;
    for (unsigned n = 0; machine_parameter(d->machine, n, &p); n++)
        if (strstr(p.name, part)) {
            print(d, &p);
            count++;
        }
    return count;
}

static void print_boards(struct debugger *d)
{
    debugger_print(d, "Boards:");
    for (unsigned n = 0; machine_profile_name(n); n++)
        debugger_print(d, " %s", machine_profile_name(n));
    debugger_print(d, "\n");
}

/* A board that need not be the one in use: built for the moment, to ask it. */
static enum debugger_result print_other(struct debugger *d, const char *name)
{
    struct machine_config config;
    struct machine_parameter p;
    machine_config_defaults(&config);
    config.profile = name;
    config.ram_kb = 1024;
    struct machine *m = machine_create(&config, d->error, sizeof d->error);
    if (!m)
        return debugger_report(d);
    uint32_t hz = machine_clock_hz(m);
    debugger_print(d, "Board %s, %u.%06u MHz%s.\n", name, hz / 1000000, hz % 1000000,
                   strcmp(name, machine_profile(d->machine)) ? "" : ", the one in use, as it is delivered");
    for (unsigned n = 0; machine_parameter(m, n, &p); n++)
        print_line(d, &p);
    machine_destroy(m);
    return DEBUGGER_DONE;
}

static enum debugger_result info_machine(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    for (unsigned n = 0; machine_profile_name(n); n++)
        if (!strcmp(machine_profile_name(n), arguments))
            return print_other(d, arguments);
    if (*arguments)
        return print_parameters(d, arguments, print_parameter)
                   ? DEBUGGER_DONE
                   : debugger_error(d, "No board and no parameter \"%.100s\": `info machine` lists them.", arguments);
    print_board(d);
    print_parameters(d, "", print_line);
    print_boards(d);
    return DEBUGGER_DONE;
}

/* --- set --- */

static enum debugger_result set_timing(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    for (int i = 0; i < 3; i++) {
        if (strcmp(arguments, timing_modes[i]))
            continue;
        if (!machine_set_timing(d->machine, (enum timing_mode)i, d->error, sizeof d->error))
            return debugger_report(d);
        timing_changed(d);
        return DEBUGGER_DONE;
    }
    return debugger_error(d, "Usage: set timing fast|table|cycle");
}

static enum debugger_result set_machine(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    unsigned n = 0;
    if (!*arguments)
        return debugger_error(d, "Argument required (a board: info machine).");
    while (machine_profile_name(n) && strcmp(machine_profile_name(n), arguments))
        n++;
    if (!machine_profile_name(n))
        return debugger_error(d, "No board \"%.100s\": `info machine` lists them.", arguments);
    if (!machine_set_profile(d->machine, arguments, d->error, sizeof d->error))
        return debugger_report(d);
    timing_changed(d);
    return DEBUGGER_DONE;
}

/* "NAME VALUE", "NAME=VALUE", "NAME = VALUE": copies NAME and returns VALUE, NULL if it is missing. */
static const char *split_setting(const char *text, char *name, size_t size)
{
    size_t length = strcspn(text, " \t=");
    const char *value = debugger_skip_blanks(text + length);
    if (*value == '=')
        value = debugger_skip_blanks(value + 1);
    if (!length || length >= size || !*value)
        return NULL;
    memcpy(name, text, length);
    name[length] = '\0';
    return value;
}

static bool has_parameter(const struct debugger *d, const char *name)
{
    struct machine_parameter p;
    for (unsigned n = 0; machine_parameter(d->machine, n, &p); n++)
        if (!strcmp(p.name, name))
            return true;
    return false;
}

static enum debugger_result set_parameter(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct value v;
    char name[64];
    const char *text = split_setting(arguments, name, sizeof name);
    if (!text)
        return debugger_error(d, "Usage: set parameter NAME VALUE");
    if (!expr_evaluate(d, text, &v))
        return debugger_report(d);
    if (!has_parameter(d, name))
        return debugger_error(d, "No parameter \"%s\": `info machine` lists them.", name);
    int64_t number = value_number(&v);
    if (number < 0 || number > UINT32_MAX)
        return debugger_error(d, "integer %lld out of range", (long long)number);
    if (!machine_set_parameter(d->machine, name, (uint32_t)number, d->error, sizeof d->error))
        return debugger_report(d);
    timing_changed(d);
    return DEBUGGER_DONE;
}

/* --- show --- */

static enum debugger_result show_timing(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    debugger_print(d, "The timing mode is \"%s\".\n", timing_modes[machine_timing(d->machine)]);
    return DEBUGGER_DONE;
}

static enum debugger_result show_machine(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    debugger_print(d, "The board is \"%s\".\n", machine_profile(d->machine));
    return DEBUGGER_DONE;
}

static enum debugger_result show_parameter(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct machine_parameter p;
    for (unsigned n = 0; *arguments && machine_parameter(d->machine, n, &p); n++)
        if (!strcmp(p.name, arguments)) {
            print_parameter(d, &p);
            return DEBUGGER_DONE;
        }
    if (!*arguments)
        return print_parameters(d, "", print_line), DEBUGGER_DONE;
    return debugger_error(d, "No parameter \"%.100s\".", arguments);
}

const struct debugger_command board_commands[] = {
    { "machine", "info", 0, info_machine, "The board and its parameters.",
      "Usage: info machine [BOARD | TEXT]\nWith BOARD: the parameters that it comes with. With TEXT: those of the "
      "present one whose names contain it, with\nunits and ranges.", COMPLETE_PARAMETER,
      NULL, false },
    { "timing", "set", 0, set_timing, "Set the timing mode: fast, table or cycle.",
      "Usage: set timing fast|table|cycle\nfast: a fixed number of clocks an instruction. table: the clocks of the "
      "manual. cycle: with pipeline, cache,\nbuffers and bus. It can be changed at any time.", COMPLETE_WORDS,
      "fast table cycle", false },
    { "machine", "set", 0, set_machine, "Take another board.",
      "Usage: set machine NAME\n`info machine` lists them. It comes with its own parameters.", COMPLETE_BOARD,
      NULL, false },
    { "parameter", "set", 0, set_parameter, "Set a parameter of the board.",
      "Usage: set parameter NAME VALUE\n       set parameter NAME=VALUE\n`info machine` lists them.",
      COMPLETE_PARAMETER, NULL, false },
    { "timing", "show", 0, show_timing, "Show the timing mode.", NULL, COMPLETE_NOTHING, NULL, false },
    { "machine", "show", 0, show_machine, "Show which board this is.", NULL, COMPLETE_NOTHING, NULL, false },
    { "parameter", "show", 0, show_parameter, "Show the parameters of the board, or one.",
      "Usage: show parameter [NAME]", COMPLETE_PARAMETER, NULL, false },
    { 0 }
};
