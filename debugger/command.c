/* The command table: finding a row by its name or an abbreviation, executing it, help, apropos, alias.
 *
 * Rows live beside the functions they name, one list per subject; the program's own rows come first. An abbreviation is
 * good if it is a whole name, or begins only one name, or is one of the fixed ones (the row's `least`). Some rows are
 * met by their whole names only: what they do cannot be taken back, and many a word that gdb or QEMU knows begins one
 * of them (`load`, `sav`, `copy`). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "debugger/core.h"
#include "debugger/float.h"
#include "debugger/info.h"

static const struct debugger_command *const tables[] = {
    run_commands,  list_commands,   save_commands,   watch_commands, catch_commands, print_commands, examine_commands,
    display_commands, memory_commands, set_commands, info_commands, table_commands, chip_commands,
    controller_commands, frame_commands, symbol_commands, script_commands, help_commands, float_commands,
    cost_commands, stopwatch_commands, latency_commands, profiler_commands, board_commands, cache_commands,
};

enum { TABLES = sizeof tables / sizeof tables[0], MATCHES = 64, ALIAS_DEPTH = 8 };

static bool in_group(const struct debugger_command *row, const char *group)
{
    return row->group ? group && !strcmp(row->group, group) : !group;
}

static bool is_overridden(const struct debugger *d, const struct debugger_command *row)
{
    for (size_t i = 0; i < d->config.command_count; i++)
        if (!strcmp(d->config.commands[i].name, row->name) && in_group(row, d->config.commands[i].group))
            return true;
    return false;
}

void command_each(struct debugger *d, const char *group,
                  void (*visit)(void *ctx, const struct debugger_command *row), void *ctx)
{
    for (size_t i = 0; i < d->config.command_count; i++)
        if (in_group(&d->config.commands[i], group))
            visit(ctx, &d->config.commands[i]);
    for (size_t t = 0; t < TABLES; t++)
        for (const struct debugger_command *row = tables[t]; row->name; row++)
            if (in_group(row, group) && !is_overridden(d, row))
                visit(ctx, row);
}

struct finding {
    const char *word;
    size_t length, count;
    const struct debugger_command *whole, *fixed, *unabbreviated, *match[MATCHES];
};

static void consider(void *ctx, const struct debugger_command *row)
{
    struct finding *f = ctx;
    if (strncmp(row->name, f->word, f->length))
        return;
    if (!row->name[f->length])
        f->whole = row;
    else if (row->least == DEBUGGER_WHOLE_NAME) {
        f->unabbreviated = row;
        return;
    }
    if (row->least && f->length >= row->least && !f->fixed)
        f->fixed = row;
    if (f->count < MATCHES)
        f->match[f->count++] = row;
}

static const struct debugger_command *choose(const struct finding *f)
{
    if (f->whole)
        return f->whole;
    if (f->fixed)
        return f->fixed;
    return f->count == 1 ? f->match[0] : NULL;
}

const struct debugger_command *command_find(struct debugger *d, const char *group, const char *word, size_t length,
                                            size_t *matches)
{
    struct finding f = { .word = word, .length = length };
    command_each(d, group, consider, &f);
    if (matches)
        *matches = f.count;
    return length ? choose(&f) : NULL;
}

size_t command_word(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[length]) || text[length] == '-' || text[length] == '_')
        length++;
    return length ? length : *text != '\0';
}

static int compare_names(const void *a, const void *b)
{
    const struct debugger_command *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

/* Ambiguous info command "p": pages, pic, pit, program. */
static enum debugger_result no_row(struct debugger *d, const char *group, const char *word, size_t length)
{
    struct finding f = { .word = word, .length = length };
    char names[600] = "";
    const char *kind = group ? group : "", *blank = group ? " " : "";
    int shown = (int)(length < 80 ? length : 80);
    command_each(d, group, consider, &f);
    if (!f.count && f.unabbreviated)
        return debugger_error(d, "Undefined %s%scommand: \"%.*s\".  %s must be written in full.", kind, blank, shown,
                              word, f.unabbreviated->name);
    if (!f.count)
        return debugger_error(d, "Undefined %s%scommand: \"%.*s\".  Try \"help%s%s\".", kind, blank, shown, word, blank,
                              kind);
    qsort(f.match, f.count, sizeof f.match[0], compare_names);
    for (size_t i = 0; i < f.count; i++) {
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", f.match[i]->name);
    }
    return debugger_error(d, "Ambiguous %s%scommand \"%.*s\": %s.", kind, blank, shown, word, names);
}

static enum debugger_result run_row(struct debugger *d, const struct debugger_command *row, const char *arguments)
{
    char *copy = debugger_copy(arguments, strlen(arguments));
    if (!copy)
        return debugger_error(d, "Out of memory.");
    enum debugger_result result = row->run(d, d->config.ctx, copy);
    free(copy);
    return result;
}

static void print_group_row(void *ctx, const struct debugger_command *row)
{
    debugger_print(ctx, "%s %s -- %s\n", row->group, row->name, row->help);
}

enum debugger_result command_group(struct debugger *d, const char *group, const char *arguments)
{
    size_t length = command_word(arguments);
    if (!length) {
        debugger_print(d, "\"%s\" must be followed by the name of %s %s command.\nList of %s subcommands:\n\n", group,
                       strchr("aeiou", *group) ? "an" : "a", group, group);
        command_each(d, group, print_group_row, d);
        return DEBUGGER_DONE;
    }
    const struct debugger_command *row = command_find(d, group, arguments, length, NULL);
    if (!row)
        return no_row(d, group, arguments, length);
    return run_row(d, row, arguments + length);
}

void command_set_repeat(struct debugger *d, const char *line)
{
    char *copy = line ? debugger_copy(line, strlen(line)) : NULL;
    free(d->repeat);
    d->repeat = copy;
}

static const struct alias *find_alias(const struct debugger *d, const char *word, size_t length)
{
    for (size_t i = 0; i < d->aliases.count; i++)
        if (strlen(d->aliases.alias[i].name) == length && !strncmp(d->aliases.alias[i].name, word, length))
            return &d->aliases.alias[i];
    return NULL;
}

static enum debugger_result execute_user(struct debugger *d, const struct user_command *user, const char *arguments)
{
    struct lines body;
    command_set_repeat(d, NULL);
    if (!lines_copy(&body, &user->body))
        return debugger_error(d, "Out of memory.");
    return script_push(d, FRAME_USER, &body, NULL, arguments) ? DEBUGGER_DONE : debugger_report(d);
}

/* LINE after aliases were replaced, at most ALIAS_DEPTH deep. */
static enum debugger_result execute(struct debugger *d, const char *line, unsigned depth)
{
    char replaced[1024];
    size_t length = command_word(line);
    const char *arguments = debugger_skip_blanks(line + length);
    if (!length || *line == '#')
        return DEBUGGER_DONE;
    const struct alias *alias = find_alias(d, line, length);
    if (alias && depth < ALIAS_DEPTH) {
        snprintf(replaced, sizeof replaced, "%s %s", alias->text, arguments);
        return execute(d, replaced, depth + 1);
    }
    const struct user_command *user = script_user(d, line, length);
    if (user && d->run.active)
        return debugger_error(d, "The guest runs: press Ctrl-C first.");
    if (user)
        return execute_user(d, user, arguments);
    const struct debugger_command *row = command_find(d, NULL, line, length, NULL);
    if (!row)
        return no_row(d, NULL, line, length);
    command_set_repeat(d, row->repeats ? line : NULL);
    return run_row(d, row, arguments);
}

enum debugger_result command_execute(struct debugger *d, const char *line)
{
    char *copy = debugger_copy(line, strlen(line));
    if (!copy)
        return debugger_error(d, "Out of memory.");
    enum debugger_result result = execute(d, copy, 0);
    free(copy);
    return result;
}

void aliases_free(struct aliases *aliases)
{
    for (size_t i = 0; i < aliases->count; i++) {
        free(aliases->alias[i].name);
        free(aliases->alias[i].text);
    }
    free(aliases->alias);
}

/* --- help, apropos, alias --- */

static void print_help_row(void *ctx, const struct debugger_command *row)
{
    debugger_print(ctx, "%s -- %s\n", row->name, row->help);
}

static enum debugger_result help_all(struct debugger *d)
{
    debugger_print(d, "List of commands:\n\n");
    command_each(d, NULL, print_help_row, d);
    for (size_t i = 0; i < d->script.user_count; i++)
        debugger_print(d, "%s -- User-defined.\n", d->script.user[i].name);
    debugger_print(d, "\nType \"help\" followed by a command's name for its documentation.\n"
                      "Type \"apropos WORD\" to search for commands. Abbreviations are allowed if unambiguous.\n");
    return DEBUGGER_DONE;
}

static void print_details(struct debugger *d, const struct debugger_command *row)
{
    debugger_print(d, "%s\n", row->help);
    if (row->details)
        debugger_print(d, "%s\n", row->details);
    if (row->completion == COMPLETE_GROUP) {
        debugger_print(d, "\nList of subcommands:\n\n");
        command_each(d, row->words ? row->words : row->name, print_group_row, d);
    }
}

static enum debugger_result run_help(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    if (!*arguments)
        return help_all(d);
    size_t length = command_word(arguments);
    const struct user_command *user = script_user(d, arguments, length);
    if (user) {
        debugger_print(d, "%s\n", user->document ? user->document : "User-defined.");
        return DEBUGGER_DONE;
    }
    const struct debugger_command *row = command_find(d, NULL, arguments, length, NULL);
    if (!row)
        return no_row(d, NULL, arguments, length);
    const char *second = debugger_skip_blanks(arguments + length);
    if (*second && row->completion == COMPLETE_GROUP) {
        const char *group = row->words ? row->words : row->name;
        const struct debugger_command *sub = command_find(d, group, second, command_word(second), NULL);
        if (!sub)
            return no_row(d, group, second, command_word(second));
        row = sub;
    }
    print_details(d, row);
    return DEBUGGER_DONE;
}

/* Whether TEXT contains WORD, whatever the case. */
static bool mentions(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (; text && *text; text++)
        if (!strncasecmp(text, word, length))
            return true;
    return false;
}

struct searching { struct debugger *d; const char *word; };

static void print_if_mentioned(void *ctx, const struct debugger_command *row)
{
    const struct searching *s = ctx;
    if (mentions(row->name, s->word) || mentions(row->help, s->word) || mentions(row->details, s->word))
        debugger_print(s->d, "%s%s%s -- %s\n", row->group ? row->group : "", row->group ? " " : "", row->name,
                       row->help);
}

static enum debugger_result run_apropos(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct searching s = { d, arguments };
    if (!*arguments)
        return debugger_error(d, "REGEXP string is empty");
    command_each(d, NULL, print_if_mentioned, &s);
    command_each(d, "info", print_if_mentioned, &s);
    command_each(d, "catch", print_if_mentioned, &s);
    command_each(d, "set", print_if_mentioned, &s);
    command_each(d, "show", print_if_mentioned, &s);
    return DEBUGGER_DONE;
}

/* alias [-a] [--] NAME = COMMAND */
static enum debugger_result run_alias(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    while (*arguments == '-')
        arguments = debugger_skip_blanks(arguments + strcspn(arguments, " \t"));
    size_t length = command_word(arguments);
    const char *text = strchr(arguments, '=');
    if (!text || !*debugger_skip_blanks(text + 1) || debugger_skip_blanks(arguments + length) != text)
        return debugger_error(d, "Usage: alias NAME = COMMAND");
    text = debugger_skip_blanks(text + 1);
    if (!command_find(d, NULL, text, command_word(text), NULL) && !script_user(d, text, command_word(text)))
        return debugger_error(d, "Invalid command to alias to: %.100s", text);
    if (find_alias(d, arguments, length))
        return debugger_error(d, "Alias already exists: %.*s", (int)length, arguments);
    struct alias *grown = debugger_grow(d->aliases.alias, d->aliases.count, sizeof *grown);
    if (!grown)
        return debugger_error(d, "Out of memory.");
    d->aliases.alias = grown;
    struct alias alias = { debugger_copy(arguments, length), debugger_copy(text, strlen(text)) };
    if (!alias.name || !alias.text) {
        free(alias.name);
        free(alias.text);
        return debugger_error(d, "Out of memory.");
    }
    grown[d->aliases.count++] = alias;
    return DEBUGGER_DONE;
}

const struct debugger_command help_commands[] = {
    { "help", NULL, 1, run_help, "Print the documentation of commands.", "Usage: help [COMMAND [SUBCOMMAND]]",
      COMPLETE_COMMAND, NULL, false },
    { "apropos", NULL, 2, run_apropos, "Search the documentation for a word.", "Usage: apropos WORD",
      COMPLETE_NOTHING, NULL, false },
    { "alias", NULL, 0, run_alias, "Give a command another name.", "Usage: alias NAME = COMMAND [ARGUMENTS]",
      COMPLETE_NOTHING, NULL, false },
    { 0 }
};
