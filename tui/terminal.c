/* curses, and nothing else. Colours are mapped from the CGA's order to the terminal's; a terminal with 8 colours shows
 * the bright ones as bold. Any other colour (pictures) is the nearest there is, or dithered (colours.c). A crash or a
 * fatal signal puts the terminal back by plain write() and tcsetattr(), which a signal handler may call.
 *
 * A new size and the wish to stop (SIGTSTP) are noted, and served between two keys. curses' own handler for the latter
 * draws, whatever it has interrupted. */
#include "tui/terminal.h"

#include <curses.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "tui/colours.h"
#include "tui/mouse.h"

enum { COLOURS = DEFAULT_COLOUR + 1, MANY_COLOURS = 256, ESCAPE = 27, ESCAPE_DELAY_MS = 25,
       KEY_SGR_MOUSE = KEY_MAX + 1, LONGEST_WAIT_MS = 250 };

/* What a terminal says of its size is believed up to here: curses takes memory for each cell. */
enum { MOST_ROWS = 500, MOST_COLUMNS = 1000 };

static struct termios saved_modes;
static volatile sig_atomic_t is_open, size_changed, asked_to_stop;
static struct surface shown;
static bool bright_colours;
static struct pointer pointer;
static bool watching;
static bool asks_for_sgr;           /* curses does not; see add_sgr_mouse */

static const int fatal_signals[] = { SIGSEGV, SIGBUS,  SIGILL,  SIGFPE,  SIGABRT,
                                    SIGQUIT, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2 };

static void restore_and_die(int number)
{
    static const char sequence[] = "\033[?1003l\033[?1000l\033[?1006l\033[0m\033[?25h\033[?1l\033>\033[?1049l\r\n";
    if (is_open) {
        is_open = 0;
        ssize_t ignored = write(STDOUT_FILENO, sequence, sizeof sequence - 1);
        (void)ignored;
        tcsetattr(STDIN_FILENO, TCSANOW, &saved_modes);
    }
    signal(number, SIG_DFL);
    raise(number);
}

/* --- Size and stops --- */

static void on_size(int number)
{
    (void)number;
    size_changed = 1;
}

static void on_stop(int number)
{
    (void)number;
    asked_to_stop = 1;
}

/* No SA_RESTART: waiting for a key ends. */
static void on_signal(int number, void (*handler)(int))
{
    sigaction(number, &(struct sigaction){ .sa_handler = handler }, NULL);
}

/* The terminal's size, within limits. False: it does not say. */
static bool read_size(int *rows, int *columns)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || !size.ws_row || !size.ws_col)
        return false;
    *rows = size.ws_row < MOST_ROWS ? size.ws_row : MOST_ROWS;
    *columns = size.ws_col < MOST_COLUMNS ? size.ws_col : MOST_COLUMNS;
    return true;
}

/* curses tells of the new size by a key. */
static void take_size(void)
{
    int rows, columns;
    size_changed = 0;
    if (read_size(&rows, &columns))
        resizeterm(rows, columns);
}

/* Gives the terminal back, stops, and takes it over again when somebody continues the program. */
static void stop(void)
{
    bool was_watching = watching;
    terminal_watch_mouse(false);
    endwin();
    on_signal(SIGTSTP, SIG_DFL);
    raise(SIGTSTP);
    on_signal(SIGTSTP, on_stop);
    asked_to_stop = 0;
    terminal_redraw();
    refresh();
    terminal_watch_mouse(was_watching);
    take_size();
}

/* curses asks the environment and the terminal for the size by itself when it begins. */
static SCREEN *open_screen(void)
{
    int rows, columns;
    char text[2][12];
    bool known = read_size(&rows, &columns);
    on_signal(SIGWINCH, on_size);
    on_signal(SIGTSTP, on_stop);
    snprintf(text[0], sizeof text[0], "%d", known ? rows : 24);
    snprintf(text[1], sizeof text[1], "%d", known ? columns : 80);
    setenv("LINES", text[0], 1);
    setenv("COLUMNS", text[1], 1);
    SCREEN *screen = newterm(NULL, stdout, stdin);
    unsetenv("LINES");
    unsetenv("COLUMNS");
    return screen;
}

static void close_at_exit(void)
{
    terminal_close();
}

static int terminal_colour(unsigned colour)
{
    if (colour & COLOUR_RGB)
        return colours_nearest((uint16_t)colour, COLORS);
    if (colour >= DEFAULT_COLOUR)
        return -1;
    return colours_cga(colour, bright_colours ? COLORS : 8);
}

static void set_up_colours(void)
{
    if (!has_colors())
        return;
    start_color();
    use_default_colors();
    bright_colours = COLORS >= 16 && COLOR_PAIRS > COLOURS * COLOURS;
}

/* Pairs are made as they are needed; an 8-colour terminal has room for 8 * 8 of them, default counted as light grey
 * on black. */
static int pair_of(unsigned fg, unsigned bg)
{
    if (!has_colors())
        return 0;
    if (COLOR_PAIRS > COLOURS * COLOURS)
        return alloc_pair(terminal_colour(fg), terminal_colour(bg));
    unsigned f = fg >= DEFAULT_COLOUR ? LIGHT_GREY : fg & 7, b = bg >= DEFAULT_COLOUR ? BLACK : bg & 7;
    unsigned number = f * 8 + b, pair = number < LIGHT_GREY * 8 ? number + 1 : number;
    if (number == LIGHT_GREY * 8 || (int)pair >= COLOR_PAIRS)
        return 0;
    init_pair((short)pair, (short)terminal_colour(f), (short)terminal_colour(b));
    return (int)pair;
}

static bool set_locale(void)
{
    if (setlocale(LC_CTYPE, "") && MB_CUR_MAX > 1)
        return true;
    return setlocale(LC_CTYPE, "C.UTF-8") != NULL;
}

/* Without xterm's mode 1006 there are no columns from 224 on. tmux and screen know it, but what terminfo says of them
 * does not, so that curses neither asks for such reports nor understands them. */
static void add_sgr_mouse(void)
{
    const char *name = getenv("TERM"), *known = tigetstr("kmous");
    bool multiplexer = name && (strncmp(name, "tmux", 4) == 0 || strncmp(name, "screen", 6) == 0);
    bool has_sgr = known && known != (char *)-1 && strcmp(known, "\033[<") == 0;

    asks_for_sgr = multiplexer && !has_sgr && define_key("\033[<", KEY_SGR_MOUSE) == OK;
}

/* curses would do its best with a terminal whose cursor cannot be put anywhere (TERM=dumb). */
static bool can_be_drawn_on(SCREEN *screen)
{
    const char *address = tigetstr("cup");
    if (address && address != (char *)-1)
        return true;
    endwin();
    delscreen(screen);
    return false;
}

bool terminal_open(const char **error)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        *error = "standard input and output must be a terminal; use --batch without one";
        return false;
    }
    tcgetattr(STDIN_FILENO, &saved_modes);
    set_locale();
    SCREEN *screen = open_screen();
    if (!screen || !can_be_drawn_on(screen)) {
        *error = "this terminal cannot be used, or TERM does not say what it is; use --batch without one";
        return false;
    }
    set_term(screen);
    set_escdelay(ESCAPE_DELAY_MS);
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    define_key("\033[5;2~", KEY_SPREVIOUS);         /* as xterm sends them; not every terminfo says so */
    define_key("\033[6;2~", KEY_SNEXT);
    add_sgr_mouse();
    set_up_colours();
    is_open = 1;
    atexit(close_at_exit);
    for (size_t i = 0; i < sizeof fatal_signals / sizeof *fatal_signals; i++)
        signal(fatal_signals[i], restore_and_die);
    return true;
}

void terminal_close(void)
{
    if (!is_open)
        return;
    terminal_watch_mouse(false);
    is_open = 0;
    endwin();
    surface_free(&shown);
}

int terminal_width(void)
{
    return COLS;
}

int terminal_height(void)
{
    return LINES;
}

static attr_t attributes_of(const struct cell *cell)
{
    attr_t attributes = A_NORMAL;
    if (cell->attributes & CELL_BOLD || (!bright_colours && cell->fg < DEFAULT_COLOUR && cell->fg & 8))
        attributes |= A_BOLD;
    if (cell->attributes & CELL_UNDERLINE)
        attributes |= A_UNDERLINE;
    if (cell->attributes & CELL_REVERSE)
        attributes |= A_REVERSE;
    if (cell->attributes & CELL_BLINK)
        attributes |= A_BLINK;
    return attributes;
}

/* Two points of a picture, one above the other, on a terminal that has no colours for them. */
static struct cell simplified(int x, int y, struct cell cell)
{
    static const uint16_t blocks[4] = { ' ', 0x2580, 0x2584, 0x2588 };
    if (has_colors()) {
        cell.fg = colours_dither(cell.fg, bright_colours ? 16 : 8, x, 2 * y);
        cell.bg = colours_dither(cell.bg, bright_colours ? 16 : 8, x, 2 * y + 1);
        return cell;
    }
    cell.c = blocks[!colours_dark(cell.fg, x, 2 * y) + 2 * !colours_dark(cell.bg, x, 2 * y + 1)];
    return cell;
}

static void send_cell(int x, int y, const struct cell *shown_cell)
{
    struct cell cell = *shown_cell;
    if (cell.fg & COLOUR_RGB && COLORS < MANY_COLOURS)
        cell = simplified(x, y, cell);
    wchar_t text[2] = { (wchar_t)cell.c, 0 };
    int pair = pair_of(cell.fg, cell.bg);
    cchar_t c;
    if (setcchar(&c, text, attributes_of(&cell), (short)pair, &pair) == OK)
        mvadd_wch(y, x, &c);
}

void terminal_show(const struct surface *s)
{
    bool all = shown.width != s->width || shown.height != s->height;
    if (all && !surface_resize(&shown, s->width, s->height))
        return;
    if (!all && surface_equal(&shown, s))
        return;
    for (int i = 0; i < s->width * s->height; i++)
        if (all || !cell_equal(&s->cells[i], &shown.cells[i]))
            send_cell(i % s->width, i / s->width, &s->cells[i]);
    curs_set(s->cursor ? 1 : 0);
    if (s->cursor)
        move(s->cursor_y, s->cursor_x);
    refresh();
    surface_copy(&shown, s);
}

void terminal_redraw(void)
{
    surface_free(&shown);
    clearok(stdscr, TRUE);
}

/* curses' codes for keys with names. xterm's modified function keys come as F13 and up, in steps of twelve: shift,
 * ctrl, ctrl-shift, alt. */
static bool function_key(int code, struct key *key)
{
    static const unsigned modifiers[] = { 0, WITH_SHIFT, WITH_CTRL, WITH_CTRL | WITH_SHIFT, WITH_ALT };
    int n = code - KEY_F(1);
    if (n < 0 || n >= 60)
        return false;
    *key = (struct key){ KEY_NAMED + NAMED_F1 + (uint32_t)(n % 12), modifiers[n / 12] };
    return true;
}

static bool named_key(int code, struct key *key)
{
    static const struct { int code; enum named_key name; unsigned modifiers; } names[] = {
        { KEY_UP, NAMED_UP, 0 }, { KEY_DOWN, NAMED_DOWN, 0 }, { KEY_LEFT, NAMED_LEFT, 0 }, { KEY_RIGHT, NAMED_RIGHT, 0 },
        { KEY_HOME, NAMED_HOME, 0 }, { KEY_END, NAMED_END, 0 }, { KEY_PPAGE, NAMED_PAGE_UP, 0 },
        { KEY_NPAGE, NAMED_PAGE_DOWN, 0 }, { KEY_IC, NAMED_INSERT, 0 }, { KEY_DC, NAMED_DELETE, 0 },
        { KEY_BACKSPACE, NAMED_BACKSPACE, 0 }, { KEY_BTAB, NAMED_BACK_TAB, 0 }, { KEY_RESIZE, NAMED_RESIZED, 0 },
        { KEY_SLEFT, NAMED_LEFT, WITH_SHIFT }, { KEY_SRIGHT, NAMED_RIGHT, WITH_SHIFT }, { KEY_SR, NAMED_UP, WITH_SHIFT },
        { KEY_SF, NAMED_DOWN, WITH_SHIFT }, { KEY_SPREVIOUS, NAMED_PAGE_UP, WITH_SHIFT },
        { KEY_SNEXT, NAMED_PAGE_DOWN, WITH_SHIFT }, { KEY_SHOME, NAMED_HOME, WITH_SHIFT },
        { KEY_SEND, NAMED_END, WITH_SHIFT },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code) {
            *key = (struct key){ KEY_NAMED + names[i].name, names[i].modifiers };
            return true;
        }
    return function_key(code, key);
}

/* --- Mouse --- */

/* curses asks for presses and releases (mode 1000); motion without a button needs 1003 besides. */
void terminal_watch_mouse(bool watch)
{
    if (watch == watching || !is_open)
        return;
    watching = watch;
    pointer.buttons = 0;
    if (!watch)
        putp(asks_for_sgr ? "\033[?1003l\033[?1006l" : "\033[?1003l");
    mouseinterval(0);
    mousemask(watch ? ALL_MOUSE_EVENTS | REPORT_MOUSE_POSITION : 0, NULL);
    if (watch)
        putp(asks_for_sgr ? "\033[?1006h\033[?1003h" : "\033[?1003h");
    fflush(stdout);
}

void terminal_pointer(struct pointer *out)
{
    *out = pointer;
}

static bool take_mouse(struct key *key)
{
    static const struct { mmask_t pressed, released; unsigned button; } buttons[] = {
        { BUTTON1_PRESSED, BUTTON1_RELEASED, POINTER_LEFT }, { BUTTON2_PRESSED, BUTTON2_RELEASED, POINTER_MIDDLE },
        { BUTTON3_PRESSED, BUTTON3_RELEASED, POINTER_RIGHT },
    };
    MEVENT event;
    if (getmouse(&event) != OK)
        return false;
    pointer.x = event.x;
    pointer.y = event.y;
    for (size_t i = 0; i < sizeof buttons / sizeof *buttons; i++) {
        if (event.bstate & buttons[i].pressed)
            pointer.buttons |= buttons[i].button;
        if (event.bstate & buttons[i].released)
            pointer.buttons &= ~buttons[i].button;
    }
    *key = (struct key){ KEY_NAMED + NAMED_MOUSE, 0 };
    return true;
}

/* What follows ESC [ <: "BUTTON;X;Y" and M, pressed or moved, or m, released; X and Y from 1 on (xterm, Control
 * Sequences, "Extended coordinates"). Takes all of it. */
static bool read_sgr(unsigned long number[3], bool *released)
{
    wint_t c = 0;

    timeout(ESCAPE_DELAY_MS);
    for (int i = 0; i < 3; i++) {
        number[i] = 0;
        while (get_wch(&c) == OK && c >= '0' && c <= '9' && number[i] < 100000)
            number[i] = number[i] * 10 + c - '0';
        if (c != (i < 2 ? ';' : 'M') && !(i == 2 && c == 'm'))
            return false;
    }
    *released = c == 'm';
    return number[1] > 0 && number[2] > 0;
}

static bool take_sgr_mouse(struct key *key)
{
    enum { MOVED = 32, OTHER_BUTTONS = 64 | 128, NO_BUTTON = 3 };
    static const unsigned buttons[NO_BUTTON] = { POINTER_LEFT, POINTER_MIDDLE, POINTER_RIGHT };
    unsigned long number[3];
    bool released;

    if (!read_sgr(number, &released) || number[0] & OTHER_BUTTONS)
        return false;
    unsigned button = number[0] & NO_BUTTON;
    pointer.x = (int)number[1] - 1;
    pointer.y = (int)number[2] - 1;
    if (button != NO_BUTTON && released)
        pointer.buttons &= ~buttons[button];
    else if (button != NO_BUTTON && !(number[0] & MOVED))
        pointer.buttons |= buttons[button];
    *key = (struct key){ KEY_NAMED + NAMED_MOUSE, 0 };
    return true;
}

static bool translate(int kind, wint_t code, struct key *key)
{
    if (kind == KEY_CODE_YES && code == KEY_SGR_MOUSE) {
        if (!take_sgr_mouse(key))
            *key = (struct key){ KEY_NAMED + NAMED_NONE, 0 };
        return true;
    }
    if (kind == KEY_CODE_YES) {
        if (!(code == KEY_MOUSE && take_mouse(key)) && !named_key((int)code, key))
            *key = (struct key){ KEY_NAMED + NAMED_NONE, 0 };
        return true;
    }
    *key = (struct key){ (uint32_t)code, 0 };
    return kind == OK;
}

bool terminal_key(struct key *key, int timeout_ms)
{
    wint_t code;
    if (asked_to_stop)
        stop();
    if (size_changed)
        take_size();
    timeout(timeout_ms < 0 ? LONGEST_WAIT_MS : timeout_ms);
    int kind = get_wch(&code);
    if (kind == ERR)
        return false;
    if (kind != OK || code != ESCAPE)
        return translate(kind, code, key);
    timeout(0);
    kind = get_wch(&code);
    if (kind == ERR) {
        *key = (struct key){ ESCAPE, 0 };
        return true;
    }
    bool ok = translate(kind, code, key);
    key->modifiers |= WITH_ALT;
    return ok;
}
