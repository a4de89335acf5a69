/* The debugger as its callers see it: making one, giving it lines, letting it run, asking what it knows.
 *
 * Follows gdb 13's command line. Left out on purpose: anything that needs a terminal (editing, history, paging), source
 * files and frames, which machine code without debug information does not have. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/core.h"
#include "debugger/disasm.h"
#include "debugger/expr.h"

struct debugger *debugger_create(struct machine *m, const struct debugger_config *config)
{
    struct debugger *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    d->machine = m;
    d->config = *config;
    const char *name = config->name ? config->name : "guest";
    d->config.name = debugger_copy(name, strlen(name));
    settings_init(&d->settings);
    d->examine.last = (struct format){ .count = 1, .letter = 'x', .size = 4 };
    bool listening = d->config.name && breakpoints_init(d);
    if (!listening || !timing_init(d)) {
        if (listening)
            breakpoints_free(d);
        free((char *)d->config.name);
        free(d);
        return NULL;
    }
    return d;
}

void debugger_destroy(struct debugger *d)
{
    if (!d)
        return;
    run_abandon(d);
    timing_free(d);
    breakpoints_free(d);
    script_free(d);
    examine_free(d);
    values_free(&d->values);
    symbols_free(&d->symbols);
    aliases_free(&d->aliases);
    free(d->repeat);
    free((char *)d->config.name);
    free(d);
}

enum debugger_result debugger_execute(struct debugger *d, const char *line)
{
    d->failed = false;
    if (!d->script.typing.count && !*debugger_skip_blanks(line)) {
        if (!d->repeat)
            return d->run.active ? DEBUGGER_RUN : DEBUGGER_DONE;
        char *again = debugger_copy(d->repeat, strlen(d->repeat));
        enum debugger_result result = again ? script_line(d, again) : DEBUGGER_DONE;
        free(again);
        return result;
    }
    return script_line(d, line);
}

enum debugger_result debugger_source(struct debugger *d, const char *name, const char *text)
{
    struct lines lines = { 0 };
    d->failed = false;
    while (*text) {
        size_t length = strcspn(text, "\n");
        if (!lines_add(&lines, text, length)) {
            lines_free(&lines);
            return debugger_error(d, "Out of memory.");
        }
        text += length + (text[length] == '\n');
    }
    if (!script_push(d, FRAME_SOURCE, &lines, name, NULL))
        return debugger_report(d);
    return script_pump(d);
}

enum debugger_result debugger_run(struct debugger *d, uint64_t until)
{
    if (!debugger_running(d))
        return DEBUGGER_DONE;
    if (d->run.active)
        run_slice(d, until);
    if (!d->run.active)
        return script_pump(d);
    return DEBUGGER_RUN;
}

bool debugger_running(const struct debugger *d)
{
    return d->run.active || d->script.depth > 0;
}

bool debugger_takes_lines(const struct debugger *d)
{
    return !debugger_running(d) || (d->run.active && d->run.goal == GOAL_CONTINUE && !script_has_lines(d));
}

void debugger_interrupt(struct debugger *d)
{
    d->run.interrupt = 1;
    machine_interrupt(d->machine);
}

void debugger_stop_because(struct debugger *d, const char *text)
{
    snprintf(d->run.why, sizeof d->run.why, "%s", text);
    debugger_interrupt(d);
}

void debugger_cancel(struct debugger *d)
{
    lines_free(&d->script.typing);
}

const char *debugger_prompt(const struct debugger *d)
{
    return d->script.typing.count ? ">" : "(trowel) ";
}

bool debugger_failed(const struct debugger *d)
{
    return d->failed;
}

int debugger_exit_code(const struct debugger *d)
{
    return d->run.exit_code;
}

enum debugger_stop debugger_last_stop(const struct debugger *d, unsigned *number)
{
    if (number)
        *number = d->run.last_number;
    return d->run.last;
}

void debugger_print(struct debugger *d, const char *format, ...)
{
    char line[2048], *text = line;
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(line, sizeof line, format, arguments);
    if (length >= (int)sizeof line && (text = malloc((size_t)length + 1)))
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(arguments);
    if (d->config.put)
        d->config.put(d->config.ctx, text ? text : line);
    if (text != line)
        free(text);
}

enum debugger_result debugger_error(struct debugger *d, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    script_print_place(d);
    debugger_print(d, "%s\n", text);
    d->failed = true;
    return DEBUGGER_DONE;
}

bool debugger_fault(struct debugger *d, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(d->error, sizeof d->error, format, arguments);
    va_end(arguments);
    return false;
}

enum debugger_result debugger_report(struct debugger *d)
{
    char text[ERROR_TEXT];
    memcpy(text, d->error, sizeof text);
    return debugger_error(d, "%s", text);
}

/* Commands of a file, of a breakpoint or of the user's own definition are not asked about (gdb, "Command Files"). */
static bool is_typed(const struct debugger *d)
{
    for (size_t i = 0; i < d->script.depth; i++)
        if (d->script.frame[i].kind != FRAME_LINE)
            return false;
    return true;
}

bool debugger_confirm(struct debugger *d, const char *question)
{
    return !d->settings.value[SET_CONFIRM] || !d->config.confirm || !is_typed(d) ||
           d->config.confirm(d->config.ctx, question);
}

FILE *debugger_open_output(struct debugger *d, const char *path, bool append)
{
    char why[ERROR_TEXT - 1] = "";
    FILE *file = d->config.open_output ? d->config.open_output(d->config.ctx, path, append, why, sizeof why)
                                       : fopen(path, append ? "ab" : "wb");
    if (!file && *why)
        debugger_fault(d, "%s.", why);
    else if (!file)
        debugger_fault(d, "Cannot open %.150s for writing.", path);
    return file;
}

bool debugger_close_output(struct debugger *d, FILE *file, const char *path, bool complete)
{
    char why[ERROR_TEXT - 1];
    if (!d->config.open_output)
        return fclose(file) == 0 || debugger_fault(d, "Cannot write %.150s.", path);
    return d->config.close_output(d->config.ctx, complete, why, sizeof why) || debugger_fault(d, "%s.", why);
}

char *debugger_copy(const char *text, size_t length)
{
    while (length && (*text == ' ' || *text == '\t')) {
        text++;
        length--;
    }
    while (length && strchr(" \t\r\n", text[length - 1]))
        length--;
    char *copy = malloc(length + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

const char *debugger_skip_blanks(const char *text)
{
    return text + strspn(text, " \t\r");
}

void *debugger_grow(void *array, size_t count, size_t element)
{
    char *grown = realloc(array, (count + 1) * element);
    if (grown)
        memset(grown + count * element, 0, element);
    return grown;
}

bool debugger_evaluate(struct debugger *d, const char *text, struct debugger_value *out, char *error, size_t error_size)
{
    struct value v;
    if (!expr_evaluate(d, text, &v) || (value_is_void(&v) && !debugger_fault(d, "The value is void."))) {
        snprintf(error, error_size, "%s", d->error);
        return false;
    }
    *out = (struct debugger_value){ .number = value_number(&v), .is_address = type_is_address(v.type) };
    if (out->is_address) {
        out->is_physical = v.address.physical;
        out->has_segment = v.address.has_segment;
        out->selector = v.address.selector;
        out->offset = v.address.offset;
    }
    return true;
}

static char line_mark(struct debugger *d, uint32_t linear)
{
    char mark = 0;
    for (size_t i = 0; i < d->breakpoints.count; i++) {
        const struct breakpoint *b = d->breakpoints.list[i];
        if (b->kind == BREAK_CODE && b->address.at == linear && mark != 'b')
            mark = b->enabled ? 'b' : 'd';
    }
    return mark;
}

size_t debugger_disassemble(struct debugger *d, uint32_t linear, size_t count, struct debugger_line *out)
{
    struct registers regs;
    inspect_registers(d->machine, &regs);
    uint32_t pc = address_pc(&regs).at;
    size_t done = 0;
    for (; done < count; done++) {
        struct address a = address_as_code(&regs, linear);
        struct disasm insn;
        disasm_at(d, a, &insn);
        struct debugger_line *line = &out[done];
        *line = (struct debugger_line){ .address = linear, .selector = a.selector, .offset = a.offset };
        line->readable = insn.length > 0;
        line->length = insn.length ? insn.length : 1;
        memcpy(line->bytes, insn.bytes, insn.length);
        line->current = linear == pc;
        line->breakpoint = line_mark(d, linear);
        snprintf(line->text, sizeof line->text, "%s", insn.length ? insn.text : "??");
        debugger_symbol(d, linear, line->symbol, sizeof line->symbol);
        if (linear + line->length < linear)
            return done + 1;
        linear += line->length;
    }
    return done;
}

uint32_t debugger_disassemble_before(struct debugger *d, uint32_t linear, size_t count)
{
    struct registers regs;
    inspect_registers(d->machine, &regs);
    return disasm_before(d, address_as_code(&regs, linear), count).at;
}

bool debugger_symbol(struct debugger *d, uint32_t linear, char *text, size_t size)
{
    uint32_t offset;
    const char *name = symbol_before(d, linear, &offset);
    if (!name)
        snprintf(text, size, "%s", "");
    else if (offset)
        snprintf(text, size, "%s+%u", name, (unsigned)offset);
    else
        snprintf(text, size, "%s", name);
    return name != NULL;
}

size_t debugger_breakpoints(const struct debugger *d, struct debugger_mark *out, size_t capacity)
{
    size_t count = 0;
    for (size_t i = 0; i < d->breakpoints.count; i++) {
        const struct breakpoint *b = d->breakpoints.list[i];
        if (b->kind != BREAK_CODE)
            continue;
        if (count < capacity)
            out[count] = (struct debugger_mark){ b->number, b->address.at, b->enabled, b->fate == FATE_DELETE };
        count++;
    }
    return count;
}
