/* Settings: set and show, and what else gdb has under set: set var X = Y, set $x = 1, set {char}0x413 = 1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/expr.h"

enum setting_kind { KIND_SWITCH, KIND_NUMBER, KIND_WORD };

/* Numbers: least is the smallest allowed; 0 means unlimited where `least` is 0. */
static const struct setting_row {
    const char *name;
    enum setting_kind kind;
    long initial, least, most;
    const char *words[3];       /* KIND_WORD: value 0, 1, 2 */
    const char *help;           /* "... is VALUE." */
} rows[SETTINGS] = {
    [SET_CONFIRM] = { "confirm", KIND_SWITCH, 1, 0, 1, { 0 }, "Whether to confirm potentially dangerous operations" },
    [SET_PAGINATION] = { "pagination", KIND_SWITCH, 0, 0, 1, { 0 }, "State of pagination" },
    [SET_HEIGHT] = { "height", KIND_NUMBER, 0, 0, 10000, { 0 }, "Number of lines in a page (0: unlimited)" },
    [SET_WIDTH] = { "width", KIND_NUMBER, 0, 0, 10000, { 0 }, "Number of characters in a line (0: unlimited)" },
    [SET_FLAVOR] = { "disassembly-flavor", KIND_WORD, FLAVOR_INTEL, 0, 1, { "intel", "att", NULL },
                     "The disassembly flavor" },
    [SET_NEXT_LINE] = { "disassemble-next-line", KIND_SWITCH, 0, 0, 1, { 0 },
                        "Whether the next instruction is shown at each stop" },
    [SET_INPUT_RADIX] = { "input-radix", KIND_NUMBER, 10, 2, 16, { 0 }, "Default input radix for numbers" },
    [SET_OUTPUT_RADIX] = { "output-radix", KIND_NUMBER, 10, 10, 16, { 0 },
                           "Default output radix for printing (10 or 16)" },
    [SET_ELEMENTS] = { "print elements", KIND_NUMBER, 200, 1, 4000, { 0 },
                       "Limit on string chars or array elements to print" },
    [SET_REPEATS] = { "print repeats", KIND_NUMBER, 10, 2, 4000, { 0 }, "Threshold for repeated print elements" },
    [SET_SYMBOLS] = { "print symbol", KIND_SWITCH, 1, 0, 1, { 0 }, "Printing of symbol names when printing addresses" },
    [SET_HISTORY_SIZE] = { "history size", KIND_NUMBER, 1000, 0, 1000000, { 0 }, "The size of the command history" },
    [SET_COST] = { "cost", KIND_SWITCH, 1, 0, 1, { 0 },
                   "Whether stepi and nexti tell what they cost, except in mode fast" },
};

/* There is none: these are known, but not offered, because scripts turn gdb's off. */
static bool is_of_pager(int index)
{
    return index == SET_PAGINATION || index == SET_HEIGHT || index == SET_WIDTH;
}

void settings_init(struct settings *settings)
{
    for (int i = 0; i < SETTINGS; i++)
        settings->value[i] = rows[i].initial;
}

long debugger_setting(const struct debugger *d, const char *name)
{
    for (int i = 0; i < SETTINGS; i++)
        if (!strcmp(rows[i].name, name))
            return d->settings.value[i];
    return 0;
}

void settings_complete(const char *prefix, void (*offer)(void *ctx, const char *word), void *ctx)
{
    for (int i = 0; i < SETTINGS; i++)
        if (!is_of_pager(i) && !strncmp(rows[i].name, prefix, strlen(prefix)))
            offer(ctx, rows[i].name);
}

/* The setting TEXT begins with, in full or unambiguously abbreviated (also word by word: `p el`). *BEHIND: what
 * follows. -1 if there is none. */
static int find_setting(const char *text, const char **behind)
{
    int found = -1, count = 0;
    for (int i = 0; i < SETTINGS; i++) {
        const char *at = text, *name = rows[i].name;
        bool fits = true, whole = true;
        while (fits && *name) {
            size_t length = strcspn(at, " \t="), full = strcspn(name, " ");
            fits = length && length <= full && !strncmp(name, at, length);
            whole = whole && length == full;
            at = debugger_skip_blanks(at + length);
            name += full + (name[full] == ' ');
        }
        if (!fits)
            continue;
        count = whole ? 1 : count + 1;
        found = i;
        *behind = at;
        if (whole)
            break;
    }
    return count == 1 ? found : -1;
}

static bool parse_switch(struct debugger *d, const char *text, long *value)
{
    static const char *const yes[] = { "", "on", "1", "yes", "enable" }, *const no[] = { "off", "0", "no", "disable" };
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        if (!strcmp(text, yes[i]))
            return *value = 1, true;
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (!strcmp(text, no[i]))
            return *value = 0, true;
    return debugger_fault(d, "\"on\" or \"off\" expected.");
}

static bool parse_number(struct debugger *d, const struct setting_row *row, const char *text, long *value)
{
    struct value v;
    if (!strncmp(text, "unlimited", strlen(text)) && *text && row->least == 0)
        return *value = 0, true;
    /* A radix is read as decimal, whatever the radix is now. */
    long radix = d->settings.value[SET_INPUT_RADIX];
    d->settings.value[SET_INPUT_RADIX] = 10;
    bool ok = expr_evaluate(d, text, &v);
    d->settings.value[SET_INPUT_RADIX] = radix;
    if (!ok)
        return false;
    int64_t n = value_number(&v);
    if (n < row->least || n > row->most || (row == &rows[SET_OUTPUT_RADIX] && n != 10 && n != 16))
        return debugger_fault(d, "integer %lld out of range", (long long)n);
    *value = (long)n;
    return true;
}

static bool parse_word(struct debugger *d, const struct setting_row *row, const char *text, long *value)
{
    for (int i = 0; row->words[i]; i++)
        if (!strcmp(row->words[i], text))
            return *value = i, true;
    return debugger_fault(d, "Undefined item: \"%.60s\".", text);
}

static enum debugger_result set_variable(struct debugger *d, const char *text)
{
    struct value v;
    return expr_evaluate(d, text, &v) ? DEBUGGER_DONE : debugger_report(d);
}

static enum debugger_result set_setting(struct debugger *d, int index, const char *text)
{
    const struct setting_row *row = &rows[index];
    long value = 0;
    bool ok = row->kind == KIND_SWITCH ? parse_switch(d, text, &value)
            : row->kind == KIND_NUMBER ? parse_number(d, row, text, &value) : parse_word(d, row, text, &value);
    if (!ok)
        return debugger_report(d);
    if (is_of_pager(index) && value) {
        debugger_print(d, "There is no pager; in the terminal, PgUp scrolls the debugger's pane back.\n");
        return DEBUGGER_DONE;
    }
    d->settings.value[index] = value;
    if (index == SET_INPUT_RADIX)
        debugger_print(d, "Input radix now set to decimal %ld, hex %lx, octal %lo.\n", value, (unsigned long)value,
                       (unsigned long)value);
    return DEBUGGER_DONE;
}

/* Settings, rows of the group "set", then expressions. Settings come first for their abbreviations: set pa off. */
static enum debugger_result run_set(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    const char *behind;
    size_t length = command_word(arguments);
    if (!*arguments)
        return debugger_error(d, "Argument required (expression to compute).");
    int index = find_setting(arguments, &behind);
    if (index >= 0 && *behind != '=')
        return set_setting(d, index, behind);
    if (*arguments != '$' && command_find(d, "set", arguments, length, NULL))
        return command_group(d, "set", arguments);
    return set_variable(d, arguments);
}

static enum debugger_result set_var(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    if (!*arguments)
        return debugger_error(d, "Argument required (expression to compute).");
    return set_variable(d, arguments);
}

static void print_setting(struct debugger *d, int index)
{
    const struct setting_row *row = &rows[index];
    long value = d->settings.value[index];
    if (row->kind == KIND_NUMBER)
        debugger_print(d, "%s is %ld.\n", row->help, value);
    else if (row->kind == KIND_WORD)
        debugger_print(d, "%s is \"%s\".\n", row->help, row->words[value]);
    else
        debugger_print(d, "%s is %s.\n", row->help, value ? "on" : "off");
}

static enum debugger_result show_all(struct debugger *d)
{
    for (int i = 0; i < SETTINGS; i++) {
        if (is_of_pager(i))
            continue;
        debugger_print(d, "%s:  ", rows[i].name);
        print_setting(d, i);
    }
    return DEBUGGER_DONE;
}

static enum debugger_result run_show(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    const char *behind;
    if (!*arguments)
        return show_all(d);
    int index = find_setting(arguments, &behind);
    if (index < 0)
        return command_group(d, "show", arguments);
    print_setting(d, index);
    return DEBUGGER_DONE;
}

static enum debugger_result show_version(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    debugger_print(d, "Trowel, a 486 PC with a debugger that has the habits of GDB.\n");
    return DEBUGGER_DONE;
}

static enum debugger_result show_convenience(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    char text[1024];
    for (size_t i = 0; i < d->values.variable_count; i++) {
        const struct variable *variable = &d->values.variable[i];
        if (format_value(d, &variable->value, 0, text, sizeof text))
            debugger_print(d, "$%s = %s\n", variable->name, text);
    }
    return DEBUGGER_DONE;
}

static enum debugger_result show_user(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    for (size_t i = 0; i < d->script.user_count; i++) {
        const struct user_command *user = &d->script.user[i];
        if (*arguments && strcmp(arguments, user->name))
            continue;
        debugger_print(d, "User command \"%s\":\n", user->name);
        for (size_t n = 0; n < user->body.count; n++)
            debugger_print(d, "  %s\n", user->body.line[n]);
        debugger_print(d, "\n");
    }
    return DEBUGGER_DONE;
}

/* The last ten values, or ten around number N. */
static enum debugger_result show_values(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    char text[1024];
    size_t count = d->values.history_count, first = count > 10 ? count - 10 : 0;
    struct value v;
    if (*arguments) {
        if (!expr_evaluate(d, arguments, &v))
            return debugger_report(d);
        int64_t n = value_number(&v) - 6;
        first = n > 0 ? (size_t)n : 0;
    }
    for (size_t i = first; i < count && i < first + 10; i++)
        if (format_value(d, &d->values.history[i], 0, text, sizeof text))
            debugger_print(d, "$%zu = %s\n", i + 1, text);
    return DEBUGGER_DONE;
}

const struct debugger_command set_commands[] = {
    { "set", NULL, 3, run_set, "Change a setting, or evaluate an expression and assign.",
      "Usage: set SETTING [VALUE]\n       set var EXPRESSION\n       set $ax = 5, set {char}0x413 = 1, set "
      "word[0:413] = 639\n"
      "`show` lists the settings.",
      COMPLETE_GROUP, "set", false },
    { "show", NULL, 2, run_show, "Show a setting, or all of them.", "Usage: show [SETTING]", COMPLETE_GROUP, "show",
      false },
    { "variable", "set", 3, set_var, "Evaluate an expression and assign its result.",
      "Usage: set var LVALUE = EXPRESSION", COMPLETE_EXPRESSION, NULL, false },
    { "version", "show", 0, show_version, "Show what this is.", NULL, COMPLETE_NOTHING, NULL, false },
    { "convenience", "show", 4, show_convenience, "Show the convenience variables.", NULL, COMPLETE_NOTHING, NULL,
      false },
    { "user", "show", 0, show_user, "Show the lines of commands that were defined.", "Usage: show user [NAME]",
      COMPLETE_NOTHING, NULL, false },
    { "values", "show", 0, show_values, "Show the value history.", "Usage: show values [N]", COMPLETE_NOTHING, NULL,
      false },
    { 0 }
};
