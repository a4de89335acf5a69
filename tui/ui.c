/* The main loop of the screen: run the guest for a while, read keys, draw at most thirty times a second, and only
 * when something has changed; panes of figures more seldom while the guest runs, for a slow line has no use for all of
 * them. While the guest stands still the program sleeps until a key comes. */
#include "tui/ui.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/ahead.h"
#include "tui/console.h"
#include "tui/help.h"
#include "tui/keys.h"
#include "tui/layout.h"
#include "tui/mouse.h"
#include "tui/session.h"
#include "tui/status.h"
#include "tui/terminal.h"
#include "tui/view.h"

enum { FRAME_NS = 1000000000 / 30, FRAME_MS = 33, FIGURES_NS = 500000000, GLOW_NS = 125000000 };

struct ui {
    struct session session;
    struct views views;
    struct console *console;
    struct surface surface;
    enum view_id chosen;            /* the pane that tabs and scrolling mean */
    bool guest_focus;               /* the keyboard belongs to the guest */
    bool zoom, help;
    int help_top, help_most;        /* its line that comes first, and the last one that may */
    bool prefixed;                  /* Ctrl-X was pressed */
    bool running;
    bool quit;
    bool mouse_off;                 /* the terminal's mouse stays the terminal's */
    bool mouse_watched;             /* just now it is the guest's */
    struct mouse_hand hand;
    struct rect screen_area;        /* of the guest's screen; no width: not shown */
    volatile sig_atomic_t asked_to_end;
    bool scripting;                 /* a command of the options is executed */
    bool answered;                  /* a question, just now, with one key */
    bool refused;                   /* a key of the guest's, as it stands still */
    bool dirty;                     /* draw again */
    size_t next_script;
    bool breathing;                 /* a command runs the guest */
    bool all_stale;                 /* every pane is to be drawn, */
    uint64_t drawn[VIEWS];          /* that was drawn last then, */
    struct layout_request asked;    /* at this size and place */
    uint64_t last_frame;
    unsigned seen_notices;
    struct ahead ahead;             /* keys for the debugger that came while the guest or a command ran */
};

/* --- Drawing --- */

/* At the right end of a line: which rows of the guest's screen are seen, if not all. */
static void draw_hidden_rows(const struct ui *ui, struct canvas *canvas)
{
    const struct screen_rows *rows = &ui->views.rows;
    char text[40];
    if (!view_screen_hides(&ui->views))
        return;
    snprintf(text, sizeof text, " %d-%d of %d ", rows->top + 1, rows->top + rows->shown, rows->all);
    canvas_text(canvas, canvas->area.width - (int)strlen(text), 0, STYLE(BLACK, BROWN, 0), text);
}

static void draw_title(struct ui *ui, enum view_id id, struct rect title)
{
    struct canvas canvas = { &ui->surface, title };
    bool focus = id == (ui->guest_focus ? VIEW_SCREEN : VIEW_CONSOLE);
    struct style style = focus ? STYLE_TITLE_FOCUS : id == ui->chosen ? STYLE(BLACK, CYAN, 0) : STYLE_TITLE;
    canvas_fill(&canvas, 0, 0, title.width, style);
    canvas_printf(&canvas, 1, 0, style, "%s", view_table[id].title);
    if (id == VIEW_SCREEN)
        draw_hidden_rows(ui, &canvas);
}

static void draw_tabs(struct ui *ui)
{
    struct canvas canvas = { &ui->surface, { 0, 0, ui->surface.width, 1 } };
    int x = 0;
    canvas_fill(&canvas, 0, 0, ui->surface.width, STYLE_TITLE);
    for (int id = 0; id < VIEWS; id++) {
        struct style style = id == (int)ui->chosen ? STYLE(BLACK, CYAN, 0) : STYLE_TITLE;
        x = canvas_printf(&canvas, x, 0, style, " %s ", view_table[id].title);
    }
    if (ui->chosen == VIEW_SCREEN)
        draw_hidden_rows(ui, &canvas);
}

/* Arrows in the corners, where no line is left to say it. */
static void mark_hidden_rows(const struct ui *ui, struct canvas *canvas)
{
    enum { UP = 0x25B2, DOWN = 0x25BC };
    const struct screen_rows *rows = &ui->views.rows;
    int right = canvas->area.width - 1;
    if (rows->top > 0)
        canvas_put(canvas, right, 0, UP, STYLE(BLACK, BROWN, 0));
    if (rows->top + rows->shown < rows->all)
        canvas_put(canvas, right, canvas->area.height - 1, DOWN, STYLE(BLACK, BROWN, 0));
}

/* While the guest runs there is a line only if something was typed. */
static const char *prompt_of(const struct ui *ui)
{
    return ui->running && console_empty(ui->console) ? "" : debugger_prompt(ui->session.debugger);
}

static void draw_pane(struct ui *ui, enum view_id id, struct rect area)
{
    struct canvas canvas = { &ui->surface, area };
    bool cursor = ui->surface.cursor;
    int x = ui->surface.cursor_x, y = ui->surface.cursor_y;
    for (int row = 0; row < area.height; row++)
        canvas_fill(&canvas, 0, row, area.width, STYLE_PLAIN);
    if (id == VIEW_CONSOLE)
        console_draw(ui->console, &canvas, prompt_of(ui), !ui->guest_focus);
    else
        view_table[id].draw(&ui->views, &canvas);
    if (id == VIEW_SCREEN && ui->zoom)
        mark_hidden_rows(ui, &canvas);
    bool owns_cursor = id == VIEW_CONSOLE ? !ui->guest_focus : id == VIEW_SCREEN && ui->guest_focus;
    if (!owns_cursor) {
        ui->surface.cursor = cursor;
        ui->surface.cursor_x = x;
        ui->surface.cursor_y = y;
    }
}

static int draw_state(struct ui *ui, struct canvas *canvas)
{
    bool runs = ui->running || ui->breathing;
    struct style style = runs ? STYLE(BLACK, GREEN, 0) : STYLE(WHITE, RED, CELL_BOLD);
    int x = canvas_printf(canvas, 0, 0, style, " %s ", runs ? "RUN" : "STOP");
    x = canvas_printf(canvas, x, 0, STYLE_TITLE_FOCUS, " F12/^] keys: %s ", ui->guest_focus ? "GUEST" : "DEBUGGER");
    x = status_timing(ui->session.machine, canvas, x);
    if (ui->breathing)
        x = canvas_text(canvas, x, 0, STYLE_TITLE, " A command runs the guest; Ctrl-C ends it. ");
    else if (ui->running)
        x = status_speed(&ui->session.pace, canvas, x);
    else if (ui->guest_focus && ui->refused)
        x = canvas_text(canvas, x, 0, STYLE(WHITE, RED, 0), " Key dropped: the guest stands still (F12, F5: run) ");
    else if (ui->guest_focus && ui->session.notices == ui->seen_notices)    /* a notice says more, and needs the room */
        x = canvas_text(canvas, x, 0, STYLE_TITLE, " The guest stands still: F12, then F5 runs it. ");
    if (ui->ahead.count)
        x = canvas_printf(canvas, x, 0, STYLE_TITLE, " %u keys wait ", ui->ahead.count);
    return x;
}

static void draw_status(struct ui *ui, int row)
{
    struct canvas canvas = { &ui->surface, { 0, row, ui->surface.width, 1 } };
    canvas_fill(&canvas, 0, 0, ui->surface.width, STYLE_TITLE);
    int x = draw_state(ui, &canvas);
    if (ui->prefixed) {
        canvas_text(&canvas, x, 0, STYLE_TITLE, " ^X-  (? for help)");
        return;
    }
    if (ui->session.notices != ui->seen_notices) {
        canvas_printf(&canvas, x, 0, STYLE(WHITE, RED, 0), " %s ", ui->session.notice);
        return;
    }
    for (size_t i = 1; !ui->guest_focus && !ui->breathing && keys_at(i); i++)
        if (keys_at(i)->label)
            x = canvas_printf(&canvas, x, 0, STYLE_TITLE, " %s %s", keys_at(i)->key, keys_at(i)->label);
}

static void draw_help(struct ui *ui)
{
    struct canvas whole = { &ui->surface, { 0, 0, ui->surface.width, ui->surface.height } };
    surface_clear(&ui->surface);
    ui->help_most = help_draw(&whole, ui->help_top);
    if (ui->help_top > ui->help_most)
        help_draw(&whole, ui->help_top = ui->help_most);
}

/* The terminal's mouse is the guest's while the keyboard is, and a driver listens; buttons are let go at the end. */
static void watch_mouse(struct ui *ui)
{
    struct machine *m = ui->session.machine;
    bool watch = ui->guest_focus && ui->running && !ui->mouse_off && ui->screen_area.width > 0 &&
                 machine_mouse_listens(m);
    if (watch == ui->mouse_watched)
        return;
    ui->mouse_watched = watch;
    terminal_watch_mouse(watch);
    mouse_forget(&ui->hand);
    mouse_walk_begin(&ui->session.walk, 0);
    if (!watch)
        machine_mouse(m, 0, 0, ui->session.mouse_buttons = 0);
}

/* The rows for which the status line may step back: not while it has something to say. */
static int zoom_rows(const struct ui *ui)
{
    struct screen screen;
    if (!ui->zoom || !ui->running || !ui->guest_focus || ui->session.notices != ui->seen_notices)
        return 0;
    machine_screen(ui->session.machine, &screen);
    return screen.graphics ? 0 : screen.rows;
}

static struct layout_request request_now(const struct ui *ui)
{
    return (struct layout_request){ ui->surface.width, ui->surface.height, ui->chosen, ui->zoom, !ui->guest_focus,
                                    zoom_rows(ui) };
}

static struct layout layout_now(const struct ui *ui)
{
    struct layout_request request = request_now(ui);
    return layout_compute(&request);
}

static bool same_request(const struct layout_request *a, const struct layout_request *b)
{
    return a->width == b->width && a->height == b->height && a->chosen == b->chosen && a->zoom == b->zoom &&
           a->zoom_rows == b->zoom_rows && a->console_focus == b->console_focus;
}

/* While the guest runs, panes of figures are left for a while as they were drawn last. */
static bool is_due(const struct ui *ui, enum view_id id, uint64_t now)
{
    uint64_t every = id == VIEW_SCREEN || id == VIEW_CONSOLE ? 0 : id == VIEW_CLUSTERS ? GLOW_NS : FIGURES_NS;
    return ui->all_stale || !(ui->running || ui->breathing) || now - ui->drawn[id] >= every;
}

static void draw_panes(struct ui *ui)
{
    struct layout_request request = request_now(ui);
    struct layout layout = layout_compute(&request);
    uint64_t now = pace_host_ns();
    if (!same_request(&request, &ui->asked))
        ui->all_stale = true;
    if (ui->all_stale)
        surface_clear(&ui->surface);
    ui->asked = request;
    ui->surface.cursor = false;
    ui->screen_area = layout.pane[VIEW_SCREEN].shown ? layout.pane[VIEW_SCREEN].area : (struct rect){ 0 };
    for (int id = 0; id < VIEWS; id++) {
        if (!layout.pane[id].shown || !is_due(ui, (enum view_id)id, now))
            continue;
        draw_pane(ui, (enum view_id)id, layout.pane[id].area);
        if (layout.pane[id].title.height)
            draw_title(ui, (enum view_id)id, layout.pane[id].title);
        ui->drawn[id] = now;
    }
    ui->all_stale = false;
    if (layout.tabs)
        draw_tabs(ui);
    if (layout.status >= 0)
        draw_status(ui, layout.status);
}

static void draw(struct ui *ui)
{
    if (ui->surface.width != terminal_width() || ui->surface.height != terminal_height()) {
        if (!surface_resize(&ui->surface, terminal_width(), terminal_height()))
            return;
        ui->all_stale = true;
    }
    if (ui->help)
        draw_help(ui);
    else
        draw_panes(ui);
    terminal_show(&ui->surface);
    watch_mouse(ui);
    ui->dirty = false;
}

/* Draws if a frame is due and anything may look different. */
static void draw_when_due(struct ui *ui)
{
    uint64_t now = pace_host_ns();
    if (now - ui->last_frame < FRAME_NS)
        return;
    ui->last_frame = now;
    if (views_frame(&ui->views) || ui->running)
        ui->dirty = true;
    if (ui->dirty)
        draw(ui);
}

/* --- The debugger --- */

/* The debugger's pane comes forward where panes take turns. */
static void show_debugger(struct ui *ui)
{
    if (!layout_now(ui).pane[VIEW_CONSOLE].shown)
        ui->chosen = VIEW_CONSOLE;
}

static void took_result(struct ui *ui, enum debugger_result result)
{
    bool running = result == DEBUGGER_RUN, stopped = ui->running && !running;
    if (result == DEBUGGER_QUIT)
        ui->quit = true;
    if (running && !ui->running)
        pace_restart(&ui->session.pace);
    if (stopped && !ui->guest_focus && debugger_last_stop(ui->session.debugger, NULL) != DEBUGGER_STEPPED)
        show_debugger(ui);
    if (running != ui->running)
        ui->dirty = ui->all_stale = true;
    ui->running = running;
    views_running(&ui->views, running);
}

static void execute(struct ui *ui, const char *line)
{
    ui->dirty = ui->all_stale = true;
    took_result(ui, debugger_execute(ui->session.debugger, line));
}

/* What a key does is shown as the command it stands for. */
static void execute_shown(struct ui *ui, const char *line)
{
    console_put(ui->console, debugger_prompt(ui->session.debugger));
    console_put(ui->console, line);
    console_put(ui->console, "\n");
    execute(ui, line);
}

static void put_output(void *ctx, const char *text)
{
    struct ui *ui = ctx;
    console_put(ui->console, text);
    ui->dirty = true;
}

/* The next key, 0 when the program was asked to end (the terminal may be gone then). */
static uint32_t wait_for_key(struct ui *ui)
{
    struct key key;
    while (!ui->asked_to_end) {
        draw(ui);
        if (terminal_key(&key, -1) && key.code != KEY_NAMED + NAMED_RESIZED && key.code != KEY_NAMED + NAMED_MOUSE)
            return (uint32_t)key.code;
    }
    return 0;
}

/* Asks until somebody says y or n. Escape, Ctrl-C and whoever asks the program to end mean no, as Enter does not. */
static bool ask(struct ui *ui, const char *question)
{
    enum { CTRL_C = 3, ESCAPE = 27 };
    uint32_t key;
    console_ask(ui->console, question);
    while ((key = wait_for_key(ui)) && key != CTRL_C && key != ESCAPE &&
           (key >= 128 || !strchr("yYnN", (int)key))) {
        if (key < KEY_NAMED) {
            console_put(ui->console, question);
            console_put(ui->console, "\nPlease answer y or n.\n");
        }
    }
    console_ask(ui->console, NULL);
    console_put(ui->console, question);
    console_put(ui->console, key == 'y' || key == 'Y' ? "y\n" : "n\n");
    return key == 'y' || key == 'Y';
}

/* The last line of QUESTION takes the place of the prompt. The guest waits meanwhile, which is not its lateness; and an
 * Enter after the answer, out of habit, is no empty line. Who gave a command in the options knew what it does. */
static bool confirm(void *ctx, const char *question)
{
    struct ui *ui = ctx;
    struct { enum view_id chosen; bool zoom, guest_focus; } before = { ui->chosen, ui->zoom, ui->guest_focus };
    const char *last = strrchr(question, '\n');
    char above[256];
    if (ui->scripting)
        return true;
    last = last ? last + 1 : question;
    snprintf(above, sizeof above, "%.*s", (int)(last - question), question);
    console_put(ui->console, above);
    ui->zoom = ui->guest_focus = false;
    show_debugger(ui);
    bool yes = ask(ui, last);
    ui->chosen = before.chosen;
    ui->zoom = before.zoom;
    ui->guest_focus = before.guest_focus;
    ui->answered = true;
    pace_restart(&ui->session.pace);
    return yes;
}

static size_t complete(void *ctx, const char *line, size_t cursor, void (*offer)(void *ctx, const char *word),
                       void *offer_ctx)
{
    struct ui *ui = ctx;
    return debugger_complete(ui->session.debugger, line, cursor, offer, offer_ctx);
}

/* --- Keys --- */

static void choose_pane(struct ui *ui, int step)
{
    ui->chosen = (enum view_id)(((int)ui->chosen + step + VIEWS) % VIEWS);
    ui->zoom = false;
}

static void set_focus(struct ui *ui, bool guest)
{
    ui->guest_focus = guest;
    if (guest) {
        ui->chosen = VIEW_SCREEN;
        return;
    }
    ui->zoom = false;
    show_debugger(ui);
}

static int scroll_lines(const struct ui *ui)
{
    return ui->surface.height > 12 ? 8 : 3;
}

static void scroll(struct ui *ui, int direction)
{
    int lines = direction * scroll_lines(ui);
    if (view_table[ui->chosen].scroll)
        view_table[ui->chosen].scroll(&ui->views, lines);
    else
        console_scroll(ui->console, lines);
}

static void show_help(struct ui *ui)
{
    ui->help = true;
    ui->help_top = 0;
}

/* Keys that scroll do so while there is more; any other ends it. */
static void turn_help(struct ui *ui, struct key key)
{
    bool back = key.code == KEY_NAMED + NAMED_PAGE_UP || key.code == KEY_NAMED + NAMED_UP;
    bool on = key.code == KEY_NAMED + NAMED_PAGE_DOWN || key.code == KEY_NAMED + NAMED_DOWN || key.code == ' ';
    int page = help_page(ui->surface.height);
    if (on && ui->help_top < ui->help_most)
        ui->help_top += page;
    else if (back && ui->help_most > 0)
        ui->help_top = ui->help_top > page ? ui->help_top - page : 0;
    else
        ui->help = false;
}

/* As a terminal does: an interrupt also forgets what was typed ahead. The line that is being edited stays. */
static void interrupt(struct ui *ui)
{
    session_interrupt(&ui->session);
    ahead_flush(&ui->ahead);
}

static void stop_guest(struct ui *ui)
{
    if (ui->running)
        interrupt(ui);
    else {
        debugger_cancel(ui->session.debugger);
        console_cancel(ui->console);
        show_debugger(ui);
    }
}

/* False: what is typed to the debugger waits. */
static bool takes_lines(const struct ui *ui)
{
    return !ui->running || debugger_takes_lines(ui->session.debugger);
}

static void act(struct ui *ui, enum action action)
{
    switch (action) {
    case ACTION_FOCUS:
        set_focus(ui, !ui->guest_focus);
        break;
    case ACTION_HELP:
        show_help(ui);
        break;
    case ACTION_NEXT_PANE:
        choose_pane(ui, 1);
        break;
    case ACTION_PREVIOUS_PANE:
        choose_pane(ui, -1);
        break;
    case ACTION_ZOOM:
        ui->zoom = !ui->zoom;
        if (ui->zoom)
            ui->guest_focus = true;
        break;
    case ACTION_RUN:
        if (ui->running)
            interrupt(ui);
        else
            execute_shown(ui, "continue");
        break;
    case ACTION_STEP:
    case ACTION_NEXT:
        execute_shown(ui, action == ACTION_STEP ? "stepi" : "nexti");
        break;
    case ACTION_SCROLL_UP:
    case ACTION_SCROLL_DOWN:
        scroll(ui, action == ACTION_SCROLL_UP ? 1 : -1);
        break;
    case ACTION_NEXT_DISK:
        view_clusters_next_drive(&ui->views);
        break;
    case ACTION_REDRAW:
        terminal_redraw();
        break;
    case ACTION_QUIT:
        execute_shown(ui, "quit");
        break;
    case ACTION_STOP:
        stop_guest(ui);
        break;
    case ACTION_NONE:
        break;
    }
}

static void edit(struct ui *ui, struct key key)
{
    char bytes[8];
    if (console_empty(ui->console) && key.code == '?' && !key.modifiers) {
        show_help(ui);
        return;
    }
    if (console_empty(ui->console) && key.code == 4) {
        execute_shown(ui, "quit");
        return;
    }
    if (!keys_to_editor(key, bytes))
        return;
    show_debugger(ui);
    if (ui->running && console_empty(ui->console) && (key.code == '\r' || key.code == '\n'))
        return;                         /* repeats nothing while the guest runs */
    const char *line = console_feed(ui->console, bytes, debugger_prompt(ui->session.debugger));
    if (line)
        execute(ui, line);
}

static void take_mouse(struct ui *ui)
{
    struct pointer pointer;
    struct screen screen;
    if (!ui->mouse_watched)
        return;
    terminal_pointer(&pointer);
    pointer.x -= ui->screen_area.x;
    pointer.y -= ui->screen_area.y;
    machine_screen(ui->session.machine, &screen);
    struct mouse_motion motion = mouse_follow(&ui->hand, &pointer, ui->screen_area.width, ui->screen_area.height,
                                              &screen);
    mouse_walk_add(&ui->session.walk, &motion);
}

/* Shift-PgUp and Shift-PgDn: they are the guest's while it has the keyboard and its screen is seen whole. */
static bool scrolled_screen(struct ui *ui, struct key key)
{
    bool up = key.code == KEY_NAMED + NAMED_PAGE_UP, down = key.code == KEY_NAMED + NAMED_PAGE_DOWN;
    if ((!up && !down) || key.modifiers != WITH_SHIFT || (ui->guest_focus && !view_screen_hides(&ui->views)))
        return false;
    view_screen_scroll(&ui->views, up ? scroll_lines(ui) : -scroll_lines(ui));
    return true;
}

/* A key of the terminal that is not the program's, while the guest has the keyboard. What is typed to a guest that
 * stands still, meant for the debugger as like as not, would all arrive when it goes on. */
static void type_to_guest(struct ui *ui, struct key key)
{
    if (ui->running)
        keys_to_guest(&ui->session.typing, key);
    else
        ui->refused = true;
}

static void take_key(struct ui *ui, struct key key)
{
    if (key.code == KEY_NAMED + NAMED_MOUSE) {
        take_mouse(ui);
        return;
    }
    ui->dirty = true;
    ui->seen_notices = ui->session.notices;
    if (key.code == KEY_NAMED + NAMED_RESIZED || key.code == KEY_NAMED + NAMED_NONE)
        return;
    bool answered = ui->answered, enter = key.code == '\r' || key.code == '\n';
    ui->answered = ui->refused = false;
    if (answered && enter)
        return;
    ui->all_stale |= !ui->guest_focus || ui->help;
    if (ui->help) {
        turn_help(ui, key);
        return;
    }
    if (scrolled_screen(ui, key))
        return;
    enum action action = keys_action(key, ui->prefixed, ui->guest_focus);
    bool was_prefixed = ui->prefixed;
    ui->prefixed = !ui->guest_focus && !was_prefixed && key.code == KEY_PREFIX && !key.modifiers;
    ui->all_stale |= action != ACTION_NONE;
    if (!takes_lines(ui) && (action == ACTION_STEP || action == ACTION_NEXT))
        ahead_push(&ui->ahead, keys_of(action));
    else if (action != ACTION_NONE)
        act(ui, action);
    else if (ui->guest_focus)
        type_to_guest(ui, key);
    else if (was_prefixed || ui->prefixed)
        return;
    else if (!takes_lines(ui))
        ahead_push(&ui->ahead, key);
    else
        edit(ui, key);
}

/* The next key: what was typed ahead comes first, once it can be taken. */
static bool next_key(struct ui *ui, struct key *key, int timeout_ms)
{
    return (takes_lines(ui) && ahead_take(&ui->ahead, key)) || terminal_key(key, timeout_ms);
}

/* Reads all keys that wait; waits for one while there is nothing else to do. */
static void take_keys(struct ui *ui, int timeout_ms)
{
    struct key key;
    if (!next_key(ui, &key, timeout_ms))
        return;
    do
        take_key(ui, key);
    while (!ui->quit && !ui->asked_to_end && next_key(ui, &key, 0));
}

/* Between slices of a long command: only an interrupt can be served at once. */
static void breathe(void *ctx)
{
    struct ui *ui = ctx;
    struct key key;
    ui->dirty = ui->breathing = true;
    draw_when_due(ui);
    ui->breathing = false;
    while (terminal_key(&key, 0)) {
        enum action action = keys_action(key, false, ui->guest_focus);
        if (action == ACTION_STOP || action == ACTION_RUN)
            interrupt(ui);
        else if (key.code == KEY_NAMED + NAMED_MOUSE)
            take_mouse(ui);
        else if (key.code != KEY_NAMED + NAMED_RESIZED && key.code != KEY_NAMED + NAMED_NONE)
            ahead_push(&ui->ahead, key);
    }
}

/* --- The program's commands that concern the screen; their context is the session --- */

static struct ui *ui_of(void *session)
{
    return ((struct session *)session)->face.ctx;
}

static enum debugger_result run_focus(struct debugger *d, void *ctx, const char *arguments)
{
    struct ui *ui = ui_of(ctx);
    size_t length = strlen(arguments);
    if (length && strncmp(arguments, "guest", length) == 0) {
        set_focus(ui, true);
        return DEBUGGER_DONE;
    }
    for (int id = 0; length && id < VIEWS; id++)
        if (strncmp(view_table[id].name, arguments, length) == 0) {
            ui->chosen = (enum view_id)id;
            return DEBUGGER_DONE;
        }
    return debugger_error(d,
                          "The panes are screen, registers, code, memory, interrupts, clusters, debugger, and guest.");
}

static enum debugger_result run_follow(struct debugger *d, void *ctx, const char *arguments)
{
    struct ui *ui = ui_of(ctx);
    if (strlen(arguments) >= sizeof ui->views.memory_expression)
        return debugger_error(d, "The expression is too long.");
    strcpy(ui->views.memory_expression, *arguments ? arguments : "ds:0");
    ui->views.memory_offset = 0;
    ui->chosen = VIEW_MEMORY;
    return DEBUGGER_DONE;
}

static enum debugger_result run_mouse(struct debugger *d, void *ctx, const char *arguments)
{
    struct ui *ui = ui_of(ctx);
    bool off = strcmp(arguments, "off") == 0;
    if (!off && strcmp(arguments, "on") != 0)
        return debugger_error(d, "Usage: mouse on|off");
    ui->mouse_off = off;
    return DEBUGGER_DONE;
}

static const struct debugger_command commands[] = {
    { .name = "mouse", .run = run_mouse, .help = "Give the terminal's mouse to the guest, or leave it to the terminal.",
      .details = "Usage: mouse on|off\nOn: over the guest's screen it is the guest's while the keyboard is, and a "
                 "driver listens in the guest.\nOff: it is always the terminal's, for its selection.",
      .completion = COMPLETE_WORDS, .words = "on off" },
    { .name = "focus", .run = run_focus, .least = 2, .help = "Choose a pane, or give the keyboard to the guest.",
      .details = "Usage: focus screen|registers|code|memory|interrupts|clusters|debugger|guest\n"
                 "F1 tells what the signs of the clusters pane mean.",
      .completion = COMPLETE_WORDS, .words = "screen registers code memory interrupts clusters debugger guest" },
    { .name = "follow", .run = run_follow, .help = "Make the memory pane follow an expression.",
      .details = "Usage: follow EXPRESSION\nFor example: follow ss:sp", .completion = COMPLETE_EXPRESSION },
};

/* --- Opening, looping, closing --- */

static const char *history_path(char *path, size_t size)
{
    const char *home = getenv("HOME");
    if (!home || !*home)
        return NULL;
    snprintf(path, size, "%s/.trowel_history", home);
    return path;
}

static struct ui *active;           /* for the signal handler */

/* SIGINT stops the guest; SIGTERM and SIGHUP end the program in order, disks written out. */
static void on_signal(int number)
{
    if (!active)
        return;
    session_interrupt(&active->session);
    if (number != SIGINT)
        active->asked_to_end = 1;
}

static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };     /* no SA_RESTART: waiting for a key ends */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

/* One turn: the guest's slice or a wait for keys, then drawing. */
static void turn(struct ui *ui)
{
    if (ui->running) {
        took_result(ui, session_slice(&ui->session));
        take_keys(ui, 0);
    } else if (ui->next_script < ui->session.options->scripts) {
        ui->scripting = true;
        enum debugger_result result = session_next_script(&ui->session, &ui->next_script);
        ui->scripting = false;
        took_result(ui, result);
    } else {
        draw(ui);
        take_keys(ui, ui->views.map.warm ? FRAME_MS : -1);
    }
    draw_when_due(ui);
}

static void loop(struct ui *ui)
{
    if (ui->session.options->scripts == 0)
        execute(ui, "continue");
    while (!ui->quit && !ui->asked_to_end)
        turn(ui);
}

static bool open_ui(struct ui *ui, const struct options *options, char *error, size_t error_size)
{
    char path[1024];
    const char *reason;
    struct session_face face = { .put = put_output, .confirm = confirm, .breathe = breathe, .commands = commands,
                                 .command_count = sizeof commands / sizeof *commands, .ctx = ui };
    ui->console = console_create(history_path(path, sizeof path), complete, ui);
    if (!ui->console) {
        snprintf(error, error_size, "the line editor cannot be started");
        return false;
    }
    if (!session_open(&ui->session, options, &face, error, error_size))
        return false;
    views_open(&ui->views, &ui->session);
    if (!terminal_open(&reason)) {
        snprintf(error, error_size, "%s", reason);
        views_close(&ui->views);
        session_close(&ui->session, path, sizeof path);
        return false;
    }
    return true;
}

int ui_run(const struct options *options)
{
    char error[SESSION_ERROR_SIZE];
    struct ui *ui = calloc(1, sizeof *ui);
    if (!ui || !open_ui(ui, options, error, sizeof error)) {
        fprintf(stderr, "trowel: %s\n", ui ? error : "out of memory");
        if (ui)
            console_destroy(ui->console);
        free(ui);
        return 1;
    }
    ui->guest_focus = options->scripts == 0;
    ui->chosen = VIEW_SCREEN;
    active = ui;
    catch_signals();
    loop(ui);
    active = NULL;
    int code = debugger_exit_code(ui->session.debugger);
    terminal_close();
    views_close(&ui->views);
    bool closed = session_close(&ui->session, error, sizeof error);
    if (!closed)
        fprintf(stderr, "trowel: %s\n", error);
    surface_free(&ui->surface);
    console_destroy(ui->console);
    free(ui);
    return closed ? code : 1;
}
