/* Names and units of mouse_move and mouse_button are those of QEMU's monitor. */
#include "tui/pointing.h"

#include <stdlib.h>
#include <string.h>

#include "tui/session.h"

enum { FARTHEST = 100000, ALL_BUTTONS = BUTTON_LEFT | BUTTON_RIGHT | BUTTON_MIDDLE };

/* Whether TEXT is COUNT numbers of the range and nothing else. */
static int numbers(const char *text, int least, int most, int *out, int count)
{
    int taken = 0;
    char *end;

    while (taken < count && *(text += strspn(text, " "))) {
        long value = strtol(text, &end, 10);
        if (end == text || (*end && *end != ' ') || value < least || value > most)
            return -1;
        out[taken++] = (int)value;
        text = end;
    }
    return text[strspn(text, " ")] ? -1 : taken;
}

/* A packet each: a PS/2 mouse makes 100 of them a second, a serial one 40 (three bytes at 1200 baud). */
void pointing_pump(struct session *s)
{
    uint64_t apart = (s->options->machine.mouse == MOUSE_SERIAL ? 25 : 10) * TICKS_PER_MS;
    struct mouse_motion step;

    if (!mouse_walk_step(&s->walk, machine_tick(s->machine), apart, &step))
        return;
    s->mouse_buttons = step.buttons;
    machine_mouse(s->machine, step.dx, step.dy, step.buttons);
}

static bool has_mouse(const struct session *s)
{
    return s->options->machine.mouse != MOUSE_NONE;
}

enum debugger_result pointing_mouse_move(struct debugger *d, void *session, const char *arguments)
{
    struct session *s = session;
    int way[2];

    if (!has_mouse(s))
        return debugger_error(d, "There is no mouse: the machine was started with --mouse none.");
    if (numbers(arguments, -FARTHEST, FARTHEST, way, 2) != 2)
        return debugger_error(d, "Usage: mouse_move DX DY, for example mouse_move 100 -20");
    machine_mouse(s->machine, way[0], way[1], s->mouse_buttons);
    return DEBUGGER_DONE;
}

enum debugger_result pointing_mouse_button(struct debugger *d, void *session, const char *arguments)
{
    struct session *s = session;
    int buttons;

    if (!has_mouse(s))
        return debugger_error(d, "There is no mouse: the machine was started with --mouse none.");
    if (numbers(arguments, 0, ALL_BUTTONS, &buttons, 1) != 1)
        return debugger_error(d, "Usage: mouse_button N: 0 none, 1 left, 2 right, 4 middle, or a sum of these");
    s->mouse_buttons = (unsigned)buttons;
    machine_mouse(s->machine, 0, 0, s->mouse_buttons);
    return DEBUGGER_DONE;
}

enum debugger_result pointing_joystick(struct debugger *d, void *session, const char *arguments)
{
    struct session *s = session;
    int values[3] = { 0, 0, 0 }, count = numbers(arguments, 0, 255, values, 3);

    if (!s->options->machine.joysticks)
        return debugger_error(d, "There is no joystick: the machine was started without --joystick.");
    if (count < 2 || values[2] > 3)
        return debugger_error(d, "Usage: joystick X Y [BUTTONS]: 0 to 255, 128 is the middle; buttons 0 to 3");
    machine_joystick(s->machine, 0, (uint8_t)values[0], (uint8_t)values[1], (unsigned)values[2]);
    return DEBUGGER_DONE;
}
