/* The debugger's commands that move the guest's mouse and joystick (their context is the session), and the terminal's
 * mouse on the way to the guest. */
#ifndef TUI_POINTING_H
#define TUI_POINTING_H

#include "debugger/debugger.h"

struct session;

/* Gives the guest's mouse the next step of what the terminal's has done, if it is due. Call between slices. */
void pointing_pump(struct session *s);

/* mouse_move DX DY */
enum debugger_result pointing_mouse_move(struct debugger *d, void *session, const char *arguments);

/* mouse_button N */
enum debugger_result pointing_mouse_button(struct debugger *d, void *session, const char *arguments);

/* joystick X Y [BUTTONS] */
enum debugger_result pointing_joystick(struct debugger *d, void *session, const char *arguments);

#endif
