/* Tab: what the word at the cursor could become. Driven by the command table's completion column. Words are collected,
 * sorted and freed of doubles before they are offered. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/register.h"

struct offering {
    struct debugger *d;
    const char *prefix;         /* what is typed of the word */
    size_t length;
    struct lines words;         /* that fit */
};

static void offer_word(void *ctx, const char *word)
{
    struct offering *o = ctx;
    if (*word && !strncmp(word, o->prefix, o->length))
        lines_add(&o->words, word, strlen(word));
}

static void offer_row(void *ctx, const struct debugger_command *row)
{
    offer_word(ctx, row->name);
}

static void offer_commands(struct offering *o)
{
    command_each(o->d, NULL, offer_row, o);
    for (size_t i = 0; i < o->d->script.user_count; i++)
        offer_word(o, o->d->script.user[i].name);
    for (size_t i = 0; i < o->d->aliases.count; i++)
        offer_word(o, o->d->aliases.alias[i].name);
}

static void offer_group(struct offering *o, const char *group)
{
    command_each(o->d, group, offer_row, o);
    if (!strcmp(group, "set") || !strcmp(group, "show"))
        settings_complete(o->prefix, offer_word, o);
}

static void offer_registers(struct offering *o)
{
    char word[80];
    for (int row = 0; register_name(row); row++) {
        snprintf(word, sizeof word, "$%s", register_name(row));
        offer_word(o, word);
    }
    for (size_t i = 0; i < o->d->values.variable_count; i++) {
        snprintf(word, sizeof word, "$%.70s", o->d->values.variable[i].name);
        offer_word(o, word);
    }
}

static void offer_breakpoints(struct offering *o)
{
    char word[16];
    for (size_t i = 0; i < o->d->breakpoints.count; i++) {
        snprintf(word, sizeof word, "%u", o->d->breakpoints.list[i]->number);
        offer_word(o, word);
    }
}

static void offer_words(struct offering *o, const char *words)
{
    char word[40];
    for (words += strspn(words, " "); *words; words += strspn(words, " ")) {
        size_t length = strcspn(words, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, words);
        offer_word(o, word);
        words += length;
    }
}

static void offer_boards(struct offering *o)
{
    for (unsigned n = 0; machine_profile_name(n); n++)
        offer_word(o, machine_profile_name(n));
}

static void offer_parameters(struct offering *o)
{
    struct machine_parameter parameter;
    for (unsigned n = 0; machine_parameter(o->d->machine, n, &parameter); n++)
        offer_word(o, parameter.name);
}

/* Names in the directory that the prefix names; directories end in a slash. */
static void offer_files(struct offering *o)
{
    char path[512], word[800];
    size_t folder = o->length;
    while (folder && o->prefix[folder - 1] != '/')
        folder--;
    if (folder >= sizeof path)
        return;
    snprintf(path, sizeof path, "%.*s", (int)folder, folder ? o->prefix : ".");
    if (!folder)
        snprintf(path, sizeof path, ".");
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        if (entry->d_name[0] == '.' && o->prefix[folder] != '.')
            continue;
        snprintf(word, sizeof word, "%.*s%s", (int)folder, o->prefix, entry->d_name);
        DIR *inner = strncmp(word, o->prefix, o->length) ? NULL : opendir(word);
        if (inner) {
            closedir(inner);
            snprintf(word + strlen(word), sizeof word - strlen(word), "/");
        }
        offer_word(o, word);
    }
    if (directory)
        closedir(directory);
}

static void offer_for(struct offering *o, const struct debugger_command *row)
{
    switch (row->completion) {
    case COMPLETE_EXPRESSION:
        offer_registers(o);
        symbol_complete(o->d, o->prefix, offer_word, o);
        break;
    case COMPLETE_LOCATION: symbol_complete(o->d, o->prefix, offer_word, o); break;
    case COMPLETE_FILE: offer_files(o); break;
    case COMPLETE_COMMAND: offer_commands(o); break;
    case COMPLETE_GROUP: offer_group(o, row->words ? row->words : row->name); break;
    case COMPLETE_BREAKPOINT: offer_breakpoints(o); break;
    case COMPLETE_BOARD: offer_boards(o); break;
    case COMPLETE_PARAMETER: offer_parameters(o); break;
    case COMPLETE_WORDS: offer_words(o, row->words); break;
    case COMPLETE_PROGRAM:
        if (o->d->config.complete)
            o->d->config.complete(o->d->config.ctx, row, offer_word, o);
        break;
    default: break;
    }
}

/* Where the word that ends at CURSOR begins, for what ROW takes: expressions split at operators as well. */
static size_t word_start(const char *line, size_t cursor, const struct debugger_command *row)
{
    bool expression = row && (row->completion == COMPLETE_EXPRESSION || row->completion == COMPLETE_LOCATION);
    size_t start = cursor;
    while (start && !isspace((unsigned char)line[start - 1])) {
        char before = line[start - 1];
        if (expression && !isalnum((unsigned char)before) && before != '_' && before != '.' && before != '$')
            break;
        start--;
    }
    return start;
}

/* The row that the words from *BEHIND up to position END name, through groups: "info reg " is `info registers`. *BEHIND
 * becomes where its arguments begin. NULL if END lies in the first word, or that is not a command. */
static const struct debugger_command *row_before(struct debugger *d, const char *line, size_t end, size_t *behind)
{
    const struct debugger_command *row = NULL;
    const char *group = NULL;
    size_t at = *behind;
    for (int words = 0; words < 2; words++) {
        at += strspn(line + at, " \t");
        size_t length = command_word(line + at);
        if (at + length >= end)
            break;
        const struct debugger_command *next = command_find(d, group, line + at, length, NULL);
        if (!next)
            break;
        row = next;
        at += length;
        *behind = at;
        if (row->completion != COMPLETE_GROUP)
            break;
        group = row->words ? row->words : row->name;
    }
    return row;
}

/* ROW takes a command: `help catch s` has the words of `catch`, `monitor catch int 2` those of that. A command that
 * `help` explains has no arguments there. */
static const struct debugger_command *row_explained(struct debugger *d, const char *line, size_t end, size_t behind,
                                                    const struct debugger_command *row)
{
    static const struct debugger_command none = { .name = "" };
    const struct debugger_command *inner = row_before(d, line, end, &behind);
    bool executes = !strcmp(row->name, "monitor");
    return !inner ? row : executes || inner->completion == COMPLETE_GROUP ? inner : &none;
}

static int compare_words(const void *a, const void *b)
{
    char *const *left = a, *const *right = b;
    return strcmp(*left, *right);
}

static void offer_sorted(const struct lines *words, void (*offer)(void *ctx, const char *word), void *ctx)
{
    if (words->count)
        qsort(words->line, words->count, sizeof *words->line, compare_words);
    for (size_t i = 0; i < words->count; i++)
        if (!i || strcmp(words->line[i - 1], words->line[i]))
            offer(ctx, words->line[i]);
}

size_t debugger_complete(struct debugger *d, const char *line, size_t cursor,
                         void (*offer)(void *ctx, const char *word), void *ctx)
{
    char prefix[512];
    size_t length = strlen(line), behind = 0;
    if (cursor > length)
        cursor = length;
    const struct debugger_command *row = row_before(d, line, cursor, &behind);
    if (row && row->completion == COMPLETE_COMMAND)
        row = row_explained(d, line, cursor, behind, row);
    size_t start = word_start(line, cursor, row);
    if (cursor - start >= sizeof prefix)
        return cursor;
    snprintf(prefix, sizeof prefix, "%.*s", (int)(cursor - start), line + start);
    struct offering o = { d, prefix, cursor - start, { 0 } };
    if (row)
        offer_for(&o, row);
    else if (strspn(line, " \t") == start)
        offer_commands(&o);
    offer_sorted(&o.words, offer, ctx);
    lines_free(&o.words);
    return start;
}
