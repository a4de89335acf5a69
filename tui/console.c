/* libedit behind a canvas. Its streams are the slave side of a pseudo-terminal (with other streams it would fall
 * back to reading raw lines); what it writes there is thrown away, for the line and cursor are taken by el_line()
 * and drawn by us. EL_GETCFN feeds it our keys, EL_UNBUFFERED makes el_gets() return after each of them. The search
 * through the history (Ctrl-R) is our own; the line goes back to libedit when it ends. */
#include "tui/console.h"

#include <fcntl.h>
#include <histedit.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/history_search.h"

enum { LINES = 4000, LINE_SIZE = 512, HISTORY = 1000, WORDS = 1024, USUAL_WIDTH = 80 };
enum { CTRL_G = 7, CTRL_R = 18, ESCAPE = 27, RUBOUT = 127 };

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
    struct history_search search;
    const char *question;               /* asked instead of the prompt; NULL: none */
    unsigned width;                     /* of the pane when it was last drawn */
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

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, each word once. */
static void sort_offers(struct offers *offers)
{
    size_t kept = 0;
    qsort(offers->word, offers->count, sizeof *offers->word, compare_words);
    for (size_t i = 0; i < offers->count; i++) {
        if (kept && strcmp(offers->word[i], offers->word[kept - 1]) == 0)
            free(offers->word[i]);
        else
            offers->word[kept++] = offers->word[i];
    }
    offers->count = kept;
}

/* In columns, downwards, as readline lists them. */
static void list_offers(struct console *console, const struct offers *offers)
{
    size_t longest = 0, width = console->width;
    for (size_t i = 0; i < offers->count; i++)
        if (strlen(offers->word[i]) > longest)
            longest = strlen(offers->word[i]);
    size_t columns = width / (longest + 2) ? width / (longest + 2) : 1;
    size_t rows = (offers->count + columns - 1) / columns;
    for (size_t row = 0; row < rows; row++)
        for (size_t i = row; i < offers->count; i += rows) {
            console_put(console, offers->word[i]);
            for (size_t n = strlen(offers->word[i]); i + rows < offers->count && n < longest + 2; n++)
                console_put(console, " ");
            if (i + rows >= offers->count)
                console_put(console, "\n");
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
    sort_offers(&offers);
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
    /* el_set would copy both texts and never free them; el_wset takes them as they are. */
    el_wset(console->editor, EL_ADDFN, L"trowel-complete", L"complete a command or its argument", on_tab);
    el_set(console->editor, EL_BIND, "^I", "trowel-complete", NULL);
    /* The usual meanings put a character of their own into an empty line when EL_UNBUFFERED is set. */
    el_set(console->editor, EL_BIND, "^D", "ed-delete-next-char", NULL);
    el_set(console->editor, EL_BIND, "^V", "ed-unassigned", NULL);
    el_set(console->editor, EL_BIND, "\\e[3~", "ed-delete-next-char", NULL);
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
    console->width = USUAL_WIDTH;
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

static void clear_line(struct console *console)
{
    const LineInfo *info = el_line(console->editor);
    int right = (int)(info->lastchar - info->cursor);
    el_cursor(console->editor, right);
    info = el_line(console->editor);
    el_deletestr(console->editor, (int)(info->cursor - info->buffer));
}

/* The line that was found becomes the one being edited, if there is one. */
static void accept_match(struct console *console)
{
    struct history_search *search = &console->search;
    search->active = false;
    if (!*search->match)
        return;
    clear_line(console);
    if (el_insertstr(console->editor, search->match) == 0)
        el_cursor(console->editor, (int)history_search_at(search) - (int)strlen(search->match));
}

/* True: the next byte was the search's, and is taken. Whatever does not belong to it ends it and goes to the editor,
 * but for an Escape alone. */
static bool search_took(struct console *console)
{
    struct history_search *search = &console->search;
    char c = *console->keys;
    if (!search->active && c != CTRL_R)
        return false;
    if (!search->active) {
        history_search_begin(search);
    } else if (c == CTRL_R) {
        history_search_older(search, console->history);
    } else if (c == RUBOUT || c == '\b') {
        history_search_drop(search, console->history);
    } else if (c == CTRL_G) {
        search->active = false;
    } else if (c >= ' ') {
        history_search_add(search, console->history, c);
    } else {
        accept_match(console);
        if (c != ESCAPE || console->keys[1])
            return false;
    }
    console->keys++;
    return true;
}

const char *console_feed(struct console *console, const char *bytes, const char *prompt)
{
    console->keys = bytes;
    console->scrolled = 0;
    const char *result = NULL;
    while (*console->keys && !result) {
        int length = 0;
        if (search_took(console))
            continue;
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
    console->search.active = false;
    clear_line(console);
    console->scrolled = 0;
}

void console_ask(struct console *console, const char *question)
{
    console->question = question;
    console->scrolled = 0;
}

bool console_empty(const struct console *console)
{
    const LineInfo *info = el_line(console->editor);
    return info->lastchar == info->buffer && !console->search.active;
}

/* --- Drawing --- */

/* The last row: PROMPT and as much of the line as is needed to see its character CURSOR. */
static void draw_line(struct canvas *canvas, const char *prompt, const char *line, int cursor, bool focus)
{
    int y = canvas->area.height - 1, x = canvas_text(canvas, 0, y, STYLE(LIGHT_GREEN, DEFAULT_COLOUR, 0), prompt);
    int room = canvas->area.width - x - 1;
    int skipped = room > 0 && cursor > room ? cursor - room : 0;
    if ((size_t)skipped < strlen(line))
        canvas_text(canvas, x, y, STYLE_PLAIN, line + skipped);
    if (focus)
        canvas_cursor(canvas, x + cursor - skipped, y);
}

static void draw_input(struct console *console, struct canvas *canvas, const char *prompt, bool focus)
{
    const struct history_search *search = &console->search;
    const LineInfo *info = el_line(console->editor);
    char line[LINE_SIZE], searching[SEARCH_PATTERN + 32];
    if (console->question) {
        draw_line(canvas, console->question, "", 0, focus);
    } else if (search->active) {
        snprintf(searching, sizeof searching, "(%sreverse-i-search)'%s': ", search->failed ? "failed " : "",
                 search->pattern);
        draw_line(canvas, searching, search->match, (int)history_search_at(search), focus);
    } else {
        snprintf(line, sizeof line, "%.*s", (int)(info->lastchar - info->buffer), info->buffer);
        draw_line(canvas, prompt, line, (int)(info->cursor - info->buffer), focus);
    }
}

/* The bytes of LINE that fill one row of WIDTH: up to a blank, if there is one behind the indentation, and not within a
 * character. *NEXT: where the next row begins. */
static size_t row_bytes(const char *line, unsigned width, const char **next)
{
    size_t bytes = 0, blank = 0;
    for (unsigned columns = 0; line[bytes] && columns < width; columns++) {
        if (line[bytes] == ' ' && bytes && line[bytes - 1] != ' ' && columns >= width / 3)
            blank = bytes;
        for (bytes++; ((unsigned char)line[bytes] & 0xC0) == 0x80; bytes++) {
        }
    }
    if (line[bytes] && line[bytes] != ' ' && blank)
        bytes = blank;
    *next = line + bytes;
    while (**next == ' ')
        ++*next;
    return bytes;
}

/* Rows that a line of output takes at this width. */
static unsigned rows_of(const char *line, unsigned width)
{
    unsigned rows = 0;
    do {
        row_bytes(line, width, &line);
        rows++;
    } while (*line);
    return rows;
}

static void draw_rows(struct canvas *canvas, int y, const char *line, unsigned width)
{
    do {
        char part[LINE_SIZE];
        const char *row = line;
        snprintf(part, sizeof part, "%.*s", (int)row_bytes(row, width, &line), row);
        if (y >= 0)
            canvas_text(canvas, 0, y, STYLE_PLAIN, part);
        y++;
    } while (*line);
}

void console_draw(struct console *console, struct canvas *canvas, const char *prompt, bool focus)
{
    unsigned width = canvas->area.width > 0 ? (unsigned)canvas->area.width : 1;
    bool input = *prompt || console->question;
    int y = canvas->area.height - (input ? 1 : 0);
    console->width = width;
    if (input)
        draw_input(console, canvas, prompt, focus);
    bool open_is_blank = !*line_at(console, console->count - 1);
    unsigned n = console->count - (open_is_blank ? 1 : 0);
    n -= console->scrolled < n ? console->scrolled : n;
    while (n > 0 && y > 0) {
        const char *line = line_at(console, --n);
        y -= (int)rows_of(line, width);
        draw_rows(canvas, y, line, width);
    }
}
