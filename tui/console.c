/* libedit behind a canvas. Its streams are the slave side of a pseudo-terminal (with other streams it would fall
 * back to reading raw lines); what it writes there is thrown away, for the line and cursor are taken by el_line()
 * and drawn by us. EL_GETCFN feeds it our keys, EL_UNBUFFERED makes el_gets() return after each of them. */
#include "tui/console.h"

#include <fcntl.h>
#include <histedit.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINES = 4000, LINE_SIZE = 512, HISTORY = 1000, WORDS = 256 };

struct console {
    EditLine *editor;
    History *history;
    HistEvent event;
    char *history_file;
    int master;
    FILE *slave;
    const char *keys;                   /* not yet read by libedit */
    char finished[LINE_SIZE];
    console_complete_fn *complete;
    void *ctx;
    char (*line)[LINE_SIZE];            /* ring of LINES; the last is still open */
    unsigned first, count;
    unsigned scrolled;                  /* lines from the end */
};

static int next_key(EditLine *editor, wchar_t *out)
{
    void *data = NULL;
    el_get(editor, EL_CLIENTDATA, &data);
    struct console *console = data;
    if (!*console->keys)
        return 0;
    unsigned char c = (unsigned char)*console->keys++;
    *out = (wchar_t)c;
    return 1;
}

static char *no_prompt(EditLine *editor)
{
    static char empty[] = "";
    (void)editor;
    return empty;
}

/* --- Completion --- */

struct offers { char *word[WORDS]; size_t count; };

static void collect(void *ctx, const char *word)
{
    struct offers *offers = ctx;
    if (offers->count < WORDS && (offers->word[offers->count] = strdup(word)))
        offers->count++;
}

static size_t common_length(const struct offers *offers)
{
    size_t length = strlen(offers->word[0]);
    for (size_t i = 1; i < offers->count; i++)
        for (size_t j = 0; j < length; j++)
            if (offers->word[i][j] != offers->word[0][j])
                length = j;
    return length;
}

static void list_offers(struct console *console, const struct offers *offers)
{
    for (size_t i = 0; i < offers->count; i++) {
        console_put(console, offers->word[i]);
        console_put(console, i + 1 < offers->count ? "  " : "\n");
    }
}

static unsigned char on_tab(EditLine *editor, int key)
{
    void *data = NULL;
    el_get(editor, EL_CLIENTDATA, &data);
    struct console *console = data;
    const LineInfo *info = el_line(editor);
    char line[LINE_SIZE];
    size_t cursor = (size_t)(info->cursor - info->buffer);
    struct offers offers = { .count = 0 };
    (void)key;
    snprintf(line, sizeof line, "%.*s", (int)(info->lastchar - info->buffer), info->buffer);
    if (cursor >= sizeof line)
        return CC_ERROR;
    size_t start = console->complete(console->ctx, line, cursor, collect, &offers);
    unsigned char result = CC_ERROR;
    if (offers.count) {
        size_t typed = cursor - start, common = common_length(&offers);
        char added[LINE_SIZE];
        snprintf(added, sizeof added, "%.*s%s", common > typed ? (int)(common - typed) : 0, offers.word[0] + typed,
                 offers.count == 1 ? " " : "");
        if (*added && el_insertstr(editor, added) == 0)
            result = CC_REFRESH;
        else
            list_offers(console, &offers);
    }
    for (size_t i = 0; i < offers.count; i++)
        free(offers.word[i]);
    return result;
}

/* --- Opening and closing --- */

static bool open_streams(struct console *console)
{
    int slave;
    if (openpty(&console->master, &slave, NULL, NULL, NULL) < 0)
        return false;
    fcntl(console->master, F_SETFL, O_NONBLOCK);
    fcntl(console->master, F_SETFD, FD_CLOEXEC);
    console->slave = fdopen(slave, "r+");
    return console->slave != NULL;
}

static bool open_editor(struct console *console)
{
    console->editor = el_init("trowel", console->slave, console->slave, console->slave);
    console->history = history_init();
    if (!console->editor || !console->history)
        return false;
    history(console->history, &console->event, H_SETSIZE, HISTORY);
    history(console->history, &console->event, H_SETUNIQUE, 1);
    if (console->history_file)
        history(console->history, &console->event, H_LOAD, console->history_file);
    el_set(console->editor, EL_CLIENTDATA, console);
    el_set(console->editor, EL_PROMPT, no_prompt);
    el_set(console->editor, EL_EDITOR, "emacs");
    el_set(console->editor, EL_SIGNAL, 0);
    el_set(console->editor, EL_HIST, history, console->history);
    el_set(console->editor, EL_GETCFN, next_key);
    el_set(console->editor, EL_ADDFN, "trowel-complete", "complete a command or its argument", on_tab);
    el_set(console->editor, EL_BIND, "^I", "trowel-complete", NULL);
    el_set(console->editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_set(console->editor, EL_UNBUFFERED, 1);
    return true;
}

struct console *console_create(const char *history_file, console_complete_fn *complete, void *ctx)
{
    struct console *console = calloc(1, sizeof *console);
    if (!console)
        return NULL;
    console->complete = complete;
    console->ctx = ctx;
    console->keys = "";
    console->master = -1;
    console->history_file = history_file ? strdup(history_file) : NULL;
    console->line = calloc(LINES, sizeof *console->line);
    console->count = 1;
    if (console->line && open_streams(console) && open_editor(console))
        return console;
    console_destroy(console);
    return NULL;
}

void console_destroy(struct console *console)
{
    if (!console)
        return;
    if (console->history && console->history_file)
        history(console->history, &console->event, H_SAVE, console->history_file);
    if (console->editor)
        el_end(console->editor);
    if (console->history)
        history_end(console->history);
    if (console->slave)
        fclose(console->slave);
    if (console->master >= 0)
        close(console->master);
    free(console->history_file);
    free(console->line);
    free(console);
}

/* --- Scroll-back --- */

static char *line_at(struct console *console, unsigned n)
{
    return console->line[(console->first + n) % LINES];
}

static void new_line(struct console *console)
{
    if (console->count == LINES)
        console->first = (console->first + 1) % LINES;
    else
        console->count++;
    line_at(console, console->count - 1)[0] = 0;
}

void console_put(struct console *console, const char *text)
{
    for (; *text; text++) {
        char *line = line_at(console, console->count - 1);
        size_t length = strlen(line);
        if (*text == '\n') {
            new_line(console);
        } else if (*text == '\t') {
            console_put(console, &"        "[length % 8]);
        } else if (*text != '\r') {
            if (length + 1 >= LINE_SIZE) {
                new_line(console);
                line = line_at(console, console->count - 1);
                length = 0;
            }
            line[length] = *text;
            line[length + 1] = 0;
        }
    }
}

void console_scroll(struct console *console, int lines)
{
    long scrolled = (long)console->scrolled + lines;
    console->scrolled = scrolled < 0 ? 0 : scrolled >= console->count ? console->count - 1 : (unsigned)scrolled;
}

/* --- Editing --- */

static void drain(struct console *console)
{
    char ignored[512];
    fflush(console->slave);
    while (read(console->master, ignored, sizeof ignored) > 0) {
    }
}

static const char *finish(struct console *console, const char *line, int length, const char *prompt)
{
    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
        length--;
    snprintf(console->finished, sizeof console->finished, "%.*s", length, line);
    console_put(console, prompt);
    console_put(console, console->finished);
    console_put(console, "\n");
    if (console->finished[strspn(console->finished, " \t")])
        history(console->history, &console->event, H_ENTER, console->finished);
    console_cancel(console);
    return console->finished;
}

const char *console_feed(struct console *console, const char *bytes, const char *prompt)
{
    console->keys = bytes;
    console->scrolled = 0;
    const char *result = NULL;
    while (*console->keys && !result) {
        int length = 0;
        const char *line = el_gets(console->editor, &length);
        if (line && length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            result = finish(console, line, length, prompt);
        drain(console);
        if (!line && !*console->keys)
            break;
    }
    console->keys = "";
    return result;
}

void console_cancel(struct console *console)
{
    const LineInfo *info = el_line(console->editor);
    int right = (int)(info->lastchar - info->cursor);
    el_cursor(console->editor, right);
    info = el_line(console->editor);
    el_deletestr(console->editor, (int)(info->cursor - info->buffer));
    console->scrolled = 0;
}

bool console_empty(const struct console *console)
{
    const LineInfo *info = el_line(console->editor);
    return info->lastchar == info->buffer;
}

/* --- Drawing --- */

static void draw_input(struct console *console, struct canvas *canvas, const char *prompt, bool focus)
{
    const LineInfo *info = el_line(console->editor);
    int y = canvas->area.height - 1, x = canvas_text(canvas, 0, y, STYLE(LIGHT_GREEN, DEFAULT_COLOUR, 0), prompt);
    int room = canvas->area.width - x - 1, cursor = (int)(info->cursor - info->buffer);
    int skipped = room > 0 && cursor > room ? cursor - room : 0;
    char line[LINE_SIZE];
    snprintf(line, sizeof line, "%.*s", (int)(info->lastchar - info->buffer), info->buffer);
    if ((size_t)skipped < strlen(line))
        canvas_text(canvas, x, y, STYLE_PLAIN, line + skipped);
    if (focus)
        canvas_cursor(canvas, x + cursor - skipped, y);
}

/* Rows that a line of output takes at this width. */
static unsigned rows_of(const char *line, unsigned width)
{
    unsigned length = (unsigned)strlen(line);
    return length ? (length + width - 1) / width : 1;
}

void console_draw(struct console *console, struct canvas *canvas, const char *prompt, bool focus)
{
    unsigned width = canvas->area.width > 0 ? (unsigned)canvas->area.width : 1;
    int y = canvas->area.height - (*prompt ? 1 : 0);
    if (*prompt)
        draw_input(console, canvas, prompt, focus);
    bool open_is_blank = !*line_at(console, console->count - 1);
    unsigned n = console->count - (open_is_blank ? 1 : 0);
    n -= console->scrolled < n ? console->scrolled : n;
    while (n > 0 && y > 0) {
        const char *line = line_at(console, --n);
        unsigned rows = rows_of(line, width);
        y -= (int)rows;
        for (unsigned row = 0; row < rows; row++) {
            char part[LINE_SIZE];
            snprintf(part, sizeof part, "%.*s", (int)width, line + (size_t)row * width);
            if (y + (int)row >= 0)
                canvas_text(canvas, 0, y + (int)row, STYLE_PLAIN, part);
        }
    }
}
