/* Scripts: lines waiting on a stack of frames, blocks (if, while, define, document, commands), user-defined commands.
 *
 * A line that lets the guest run suspends its frame; the next line is executed when the guest has stopped. So nothing
 * here recurses or blocks. if and while are executed by moving a frame's position. As in gdb, a breakpoint's commands
 * end with the first command that resumes the guest. Left out: hooks other than hook-stop. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/expr.h"

/* Lines executed before the caller gets its turn again. */
enum { LINES_PER_PUMP = 1000, LONGEST_LINE = 4096 };

/* --- Lists of lines --- */

bool lines_add(struct lines *lines, const char *text, size_t length)
{
    char **grown = debugger_grow(lines->line, lines->count, sizeof *grown);
    if (!grown)
        return false;
    lines->line = grown;
    grown[lines->count] = debugger_copy(text, length);
    return grown[lines->count] && ++lines->count;
}

bool lines_copy(struct lines *to, const struct lines *from)
{
    *to = (struct lines){ 0 };
    for (size_t i = 0; i < from->count; i++)
        if (!lines_add(to, from->line[i], strlen(from->line[i]))) {
            lines_free(to);
            return false;
        }
    return true;
}

void lines_free(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->line[i]);
    free(lines->line);
    *lines = (struct lines){ 0 };
}

/* --- Blocks --- */

enum word { WORD_OTHER, WORD_IF, WORD_WHILE, WORD_DEFINE, WORD_DOCUMENT, WORD_COMMANDS, WORD_ELSE, WORD_END,
            WORD_LOOP_BREAK, WORD_LOOP_CONTINUE };

static const struct { const char *name; size_t least; enum word word; } words[] = {
    { "if", 2, WORD_IF },             { "while", 4, WORD_WHILE },
    { "define", 3, WORD_DEFINE },     { "document", 3, WORD_DOCUMENT },
    { "commands", 4, WORD_COMMANDS }, { "else", 4, WORD_ELSE },
    { "end", 3, WORD_END },           { "loop_break", 10, WORD_LOOP_BREAK },
    { "loop_continue", 13, WORD_LOOP_CONTINUE },
};

static enum word word_of(const char *line, const char **arguments)
{
    line = debugger_skip_blanks(line);
    size_t length = command_word(line);
    if (arguments)
        *arguments = debugger_skip_blanks(line + length);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (length >= words[i].least && length <= strlen(words[i].name) && !strncmp(words[i].name, line, length))
            return words[i].word;
    return WORD_OTHER;
}

static bool opens(enum word word)
{
    return word >= WORD_IF && word <= WORD_COMMANDS;
}

/* Index of the `end` that belongs to the opener at START, or lines->count. *OTHERWISE: of its `else`, or the same. */
static size_t block_end(const struct lines *lines, size_t start, size_t *otherwise)
{
    size_t depth = 0;
    bool document = word_of(lines->line[start], NULL) == WORD_DOCUMENT;
    if (otherwise)
        *otherwise = lines->count;
    for (size_t i = start + 1; i < lines->count; i++) {
        enum word word = word_of(lines->line[i], NULL);
        if (word == WORD_END && depth == 0) {
            if (otherwise && *otherwise == lines->count)
                *otherwise = i;
            return i;
        }
        if (document)
            continue;
        if (word == WORD_END)
            depth--;
        else if (word == WORD_ELSE && depth == 0 && otherwise)
            *otherwise = i;
        else if (word == WORD_DOCUMENT) {
            i = block_end(lines, i, NULL);
            if (i == lines->count)
                return i;
        } else if (opens(word))
            depth++;
    }
    return lines->count;
}

/* The innermost block around line INDEX (which may be its `end`): its opener, or lines->count. KIND: what kind. One
 * pass: scripts may be long, and nothing interrupts a search. */
static size_t enclosing(const struct lines *lines, size_t index, enum word kind)
{
    size_t *opener = malloc((index + 1) * sizeof *opener), depth = 0, found = lines->count;
    for (size_t i = 0; opener && i < index; i++) {
        enum word word = word_of(lines->line[i], NULL);
        if (word == WORD_END && depth)
            depth--;
        else if (opens(word))
            opener[depth++] = i;
        if (word == WORD_DOCUMENT)
            i = block_end(lines, i, NULL) - 1;
    }
    while (depth && found == lines->count) {
        depth--;
        if (kind == WORD_OTHER || word_of(lines->line[opener[depth]], NULL) == kind)
            found = opener[depth];
    }
    free(opener);
    return found;
}

/* --- Frames --- */

static void frame_free(struct frame *frame)
{
    lines_free(&frame->lines);
    free(frame->name);
    free(frame->arguments);
}

void script_clear(struct debugger *d)
{
    while (d->script.depth)
        frame_free(&d->script.frame[--d->script.depth]);
}

void script_free(struct debugger *d)
{
    script_clear(d);
    lines_free(&d->script.typing);
    for (size_t i = 0; i < d->script.user_count; i++) {
        free(d->script.user[i].name);
        free(d->script.user[i].document);
        lines_free(&d->script.user[i].body);
    }
    free(d->script.user);
}

bool script_push(struct debugger *d, enum frame_kind kind, struct lines *lines, const char *name,
                 const char *arguments)
{
    struct frame frame = { .kind = kind, .lines = *lines };
    *lines = (struct lines){ 0 };
    frame.name = name ? debugger_copy(name, strlen(name)) : NULL;
    frame.arguments = arguments ? debugger_copy(arguments, strlen(arguments)) : NULL;
    if (d->script.depth == FRAMES) {
        frame_free(&frame);
        return debugger_fault(d, "Max user call depth exceeded -- command aborted.");
    }
    if ((name && !frame.name) || (arguments && !frame.arguments)) {
        frame_free(&frame);
        return debugger_fault(d, "Out of memory.");
    }
    d->script.frame[d->script.depth++] = frame;
    return true;
}

void script_print_place(struct debugger *d)
{
    for (size_t i = d->script.depth; i-- > 0;) {
        const struct frame *frame = &d->script.frame[i];
        if (frame->kind == FRAME_SOURCE) {
            debugger_print(d, "%s:%zu: Error in sourced command file:\n", frame->name, frame->next);
            return;
        }
    }
}

/* --- User-defined commands --- */

const struct user_command *script_user(const struct debugger *d, const char *name, size_t length)
{
    for (size_t i = 0; i < d->script.user_count; i++)
        if (strlen(d->script.user[i].name) == length && !strncmp(d->script.user[i].name, name, length))
            return &d->script.user[i];
    return NULL;
}

static bool define(struct debugger *d, const char *name, struct lines *body)
{
    struct script *script = &d->script;
    size_t length = strlen(name);
    if (!length || command_word(name) != length || !isalpha((unsigned char)*name))
        return debugger_fault(d, "Argument required (name of command to define).");
    struct user_command *known = (struct user_command *)script_user(d, name, length);
    if (!known) {
        struct user_command *grown = debugger_grow(script->user, script->user_count, sizeof *grown);
        if (!grown)
            return debugger_fault(d, "Out of memory.");
        script->user = grown;
        known = &grown[script->user_count];
        if (!(known->name = debugger_copy(name, length)))
            return debugger_fault(d, "Out of memory.");
        script->user_count++;
    }
    lines_free(&known->body);
    known->body = *body;
    *body = (struct lines){ 0 };
    return true;
}

static bool document(struct debugger *d, const char *name, const struct lines *body)
{
    struct user_command *known = (struct user_command *)script_user(d, name, strlen(name));
    size_t size = 1;
    if (!known)
        return debugger_fault(d, "Undefined command: \"%.80s\".", name);
    for (size_t i = 0; i < body->count; i++)
        size += strlen(body->line[i]) + 1;
    char *text = malloc(size);
    if (!text)
        return debugger_fault(d, "Out of memory.");
    text[0] = '\0';
    for (size_t i = 0; i < body->count; i++)
        sprintf(text + strlen(text), "%s%s", i ? "\n" : "", body->line[i]);
    free(known->document);
    known->document = text;
    return true;
}

/* Word N of ARGUMENTS; quotes keep words together. Returns its length, 0 if there is none; *START: where it begins. */
static size_t argument(const char *arguments, unsigned n, const char **start)
{
    for (arguments = debugger_skip_blanks(arguments); *arguments; arguments = debugger_skip_blanks(arguments), n--) {
        size_t length = 0;
        char quote = '\0';
        while (arguments[length] && (quote || !isspace((unsigned char)arguments[length]))) {
            if (arguments[length] == quote)
                quote = '\0';
            else if (!quote && strchr("\"'", arguments[length]))
                quote = arguments[length];
            length++;
        }
        *start = arguments;
        if (n == 0)
            return length;
        arguments += length;
    }
    return 0;
}

/* Replaces $argc and $argN by the words of the innermost user command. False: does not fit. */
static bool substitute(const struct debugger *d, const char *line, char *out, size_t size)
{
    const char *arguments = NULL, *start;
    for (size_t i = d->script.depth; i-- > 0 && !arguments;)
        arguments = d->script.frame[i].arguments;
    size_t used = 0;
    while (*line && used + 1 < size) {
        size_t length;
        if (arguments && !strncmp(line, "$argc", 5)) {
            unsigned count = 0;
            while (argument(arguments, count, &start))
                count++;
            used += (size_t)snprintf(out + used, size - used, "%u", count);
            line += 5;
        } else if (arguments && !strncmp(line, "$arg", 4) && isdigit((unsigned char)line[4])) {
            length = argument(arguments, (unsigned)strtoul(line + 4, (char **)&line, 10), &start);
            used += (size_t)snprintf(out + used, size - used, "%.*s", (int)length, length ? start : "");
        } else {
            out[used++] = *line++;
        }
    }
    if (used >= size)
        return false;
    out[used] = '\0';
    return !*line;
}

/* --- Execution --- */

/* define, document, commands: takes the block's body out of the frame. */
static bool take_body(struct debugger *d, struct frame *frame, size_t end, enum word word, const char *arguments)
{
    struct lines body = { 0 };
    bool ok = true;
    for (size_t i = frame->next; i < end && ok; i++)
        ok = lines_add(&body, frame->lines.line[i], strlen(frame->lines.line[i]));
    if (!ok)
        debugger_fault(d, "Out of memory.");
    frame->next = end + 1;
    if (ok && word == WORD_DEFINE)
        ok = define(d, arguments, &body);
    else if (ok && word == WORD_DOCUMENT)
        ok = document(d, arguments, &body);
    else if (ok)
        ok = breakpoint_set_commands(d, arguments, &body);
    lines_free(&body);
    return ok;
}

static bool open_block(struct debugger *d, struct frame *frame, enum word word, const char *arguments)
{
    size_t otherwise, end = block_end(&frame->lines, frame->next - 1, &otherwise);
    bool truth;
    if (end == frame->lines.count)
        return debugger_fault(d, "Missing \"end\".");
    if (word == WORD_DEFINE || word == WORD_DOCUMENT || word == WORD_COMMANDS)
        return take_body(d, frame, end, word, arguments);
    if (!expr_condition(d, arguments, &truth))
        return false;
    if (!truth)
        frame->next = (word == WORD_IF ? otherwise : end) + 1;
    return true;
}

/* end, else, loop_break, loop_continue: the line is at frame->next - 1. */
static bool leave_block(struct debugger *d, struct frame *frame, enum word word)
{
    const struct lines *lines = &frame->lines;
    bool loop = word == WORD_LOOP_BREAK || word == WORD_LOOP_CONTINUE;
    size_t opener = enclosing(lines, frame->next - 1, loop ? WORD_WHILE : WORD_OTHER);
    if (opener == lines->count)
        return debugger_fault(d, "This command cannot be used at the top level.");
    bool is_while = word_of(lines->line[opener], NULL) == WORD_WHILE;
    if (word == WORD_LOOP_CONTINUE || (word == WORD_END && is_while))
        frame->next = opener;
    else
        frame->next = block_end(lines, opener, NULL) + 1;
    return true;
}

static enum debugger_result execute_line(struct debugger *d, struct frame *frame)
{
    char line[LONGEST_LINE];
    const char *arguments;
    const char *raw = frame->lines.line[frame->next++];
    if (!*raw || *raw == '#')
        return DEBUGGER_DONE;
    enum word word = word_of(raw, NULL);
    bool verbatim = word == WORD_DEFINE || word == WORD_DOCUMENT;
    if (verbatim ? strlen(raw) >= sizeof line : !substitute(d, raw, line, sizeof line))
        return debugger_error(d, "Line too long.");
    if (verbatim)
        memcpy(line, raw, strlen(raw) + 1);
    word_of(line, &arguments);
    if (frame->kind == FRAME_COMMANDS && frame->next == 1 && !strcmp(line, "silent"))
        return DEBUGGER_DONE;
    if (word == WORD_OTHER)
        return command_execute(d, line);
    bool ok = opens(word) ? open_block(d, frame, word, arguments) : leave_block(d, frame, word);
    return ok ? DEBUGGER_DONE : debugger_report(d);
}

bool script_has_lines(const struct debugger *d)
{
    for (size_t i = 0; i < d->script.depth; i++)
        if (d->script.frame[i].next < d->script.frame[i].lines.count)
            return true;
    return false;
}

/* The guest runs: that ends the commands of a breakpoint, and what has no lines left need not be kept, so that it may
 * be hit for ever. Errors still tell of lines and sourced files. */
static void drop_finished(struct script *script, size_t depth)
{
    while (script->depth > depth) {
        struct frame *frame = &script->frame[script->depth - 1];
        bool finished = frame->kind == FRAME_USER && frame->next >= frame->lines.count;
        if (frame->kind != FRAME_COMMANDS && !finished)
            return;
        frame_free(frame);
        script->depth--;
    }
}

enum debugger_result script_pump(struct debugger *d)
{
    return script_pump_above(d, 0);
}

enum debugger_result script_pump_above(struct debugger *d, size_t depth)
{
    struct script *script = &d->script;
    for (unsigned lines = 0; script->depth > depth && !d->run.active; lines++) {
        if (d->run.interrupt) {
            d->run.interrupt = 0;
            script_clear(d);
            return debugger_error(d, "Quit");
        }
        if (lines == LINES_PER_PUMP)
            return DEBUGGER_RUN;
        struct frame *frame = &script->frame[script->depth - 1];
        if (frame->next >= frame->lines.count) {
            frame_free(frame);
            script->depth--;
            continue;
        }
        d->failed = false;
        enum debugger_result result = execute_line(d, frame);
        if (result == DEBUGGER_QUIT || d->failed)
            script_clear(d);
        if (result == DEBUGGER_QUIT)
            return DEBUGGER_QUIT;
    }
    if (d->run.active)
        drop_finished(script, depth);
    return d->run.active ? DEBUGGER_RUN : DEBUGGER_DONE;
}

/* The first line of a block as it is typed: wrong ones are refused at once. */
static bool check_opener(struct debugger *d, enum word word, const char *arguments)
{
    switch (word) {
    case WORD_COMMANDS:
        if (!breakpoint_commands_target(d, arguments))
            return false;
        debugger_print(d, "Type commands for breakpoint(s) %s, one per line.\nEnd with a line saying just \"end\".\n",
                       *arguments ? arguments : "just set");
        return true;
    case WORD_DEFINE:
        debugger_print(d, "Type commands for definition of \"%s\".\nEnd with a line saying just \"end\".\n", arguments);
        return true;
    case WORD_DOCUMENT:
        if (!script_user(d, arguments, strlen(arguments)))
            return debugger_fault(d, "Undefined command: \"%.80s\".", arguments);
        debugger_print(d, "Type documentation for \"%s\".\nEnd with a line saying just \"end\".\n", arguments);
        return true;
    default: return *arguments || debugger_fault(d, "if/while commands require arguments.");
    }
}

enum debugger_result script_line(struct debugger *d, const char *line)
{
    struct script *script = &d->script;
    struct lines lines = { 0 };
    const char *arguments;
    enum word word = word_of(line, &arguments);
    if (d->run.active) {
        if (opens(word))
            return debugger_error(d, "The guest runs: press Ctrl-C first."), DEBUGGER_RUN;
        enum debugger_result result = command_execute(d, debugger_skip_blanks(line));
        return result == DEBUGGER_QUIT ? result : DEBUGGER_RUN;
    }
    d->run.interrupt = 0;
    d->run.why[0] = 0;
    if (!script->typing.count && opens(word) && !check_opener(d, word, arguments))
        return debugger_report(d);
    if (!lines_add(&script->typing, line, strlen(line)))
        return debugger_error(d, "Out of memory.");
    if (opens(word_of(script->typing.line[0], NULL)) && block_end(&script->typing, 0, NULL) == script->typing.count)
        return DEBUGGER_MORE;
    lines = script->typing;
    script->typing = (struct lines){ 0 };
    if (!script_push(d, FRAME_LINE, &lines, NULL, NULL))
        return debugger_report(d);
    return script_pump(d);
}

/* --- Commands --- */

/* The whole of a file, as text. NULL: debugger_fault. */
static char *read_file(struct debugger *d, const char *path)
{
    enum { LARGEST = 1 << 20 };
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(LARGEST + 1) : NULL;
    if (!text) {
        if (file)
            fclose(file);
        debugger_fault(d, "%.150s: No such file or directory.", path);
        return NULL;
    }
    size_t size = fread(text, 1, LARGEST, file);
    bool failed = ferror(file) || !feof(file);
    fclose(file);
    text[size] = '\0';
    if (failed) {
        free(text);
        debugger_fault(d, "%.150s: Cannot be read, or is larger than 1 MB.", path);
        return NULL;
    }
    return text;
}

static enum debugger_result run_source(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    struct lines lines = { 0 };
    bool ok = true;
    if (!*arguments)
        return debugger_error(d, "source command requires file name of file to source.");
    char *text = read_file(d, arguments);
    if (!text)
        return debugger_report(d);
    for (char *at = text; *at && ok;) {
        size_t length = strcspn(at, "\n");
        ok = lines_add(&lines, at, length);
        at += length + (at[length] == '\n');
    }
    free(text);
    if (!ok) {
        lines_free(&lines);
        return debugger_error(d, "Out of memory.");
    }
    return script_push(d, FRAME_SOURCE, &lines, arguments, NULL) ? DEBUGGER_DONE : debugger_report(d);
}

/* Blocks are taken apart before the table is asked; these rows give them help and completion. */
static enum debugger_result run_block(struct debugger *d, void *ctx, const char *arguments)
{
    (void)ctx;
    (void)arguments;
    return debugger_error(d, "This command cannot be used at the top level.");
}

const struct debugger_command script_commands[] = {
    { "source", NULL, 2, run_source, "Execute the commands in a file.", "Usage: source FILE", COMPLETE_FILE, NULL,
      false },
    { "define", NULL, 3, run_block, "Define a command.",
      "Usage: define NAME, then lines, then end\nIn the lines $argc is the number of arguments, $arg0 the first one. "
      "A\n"
      "command named hook-stop is executed at each stop.", COMPLETE_COMMAND, NULL, false },
    { "document", NULL, 3, run_block, "Write the help of a command that was defined.",
      "Usage: document NAME, then lines, then end", COMPLETE_COMMAND, NULL, false },
    { "commands", NULL, 4, run_block, "Commands to execute when a breakpoint stops the guest.",
      "Usage: commands [N] [N-M], then lines, then end\nWithout numbers: of the last breakpoint set. If the first "
      "line is "
      "silent, the stop is not\nreported. A command that lets the guest run ends them.",
      COMPLETE_BREAKPOINT, NULL, false },
    { "if", NULL, 2, run_block, "Execute lines if an expression is true.",
      "Usage: if EXPRESSION, then lines, [else, then lines,] then end", COMPLETE_EXPRESSION, NULL, false },
    { "while", NULL, 4, run_block, "Execute lines while an expression is true.",
      "Usage: while EXPRESSION, then lines, then end\nloop_break leaves the loop, loop_continue begins the next round.",
      COMPLETE_EXPRESSION, NULL, false },
    { 0 }
};
