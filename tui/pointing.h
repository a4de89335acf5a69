/* The debugger's commands that move the guest's mouse and joystick. Their context is the session. */
#ifndef TUI_POINTING_H
#define TUI_POINTING_H

#include "debugger/debugger.h"

/* mouse_move DX DY */
enum debugger_result pointing_mouse_move(struct debugger *d, void *session, const char *arguments);

/* mouse_button N */
enum debugger_result pointing_mouse_button(struct debugger *d, void *session, const char *arguments);

/* joystick X Y [BUTTONS] */
enum debugger_result pointing_joystick(struct debugger *d, void *session, const char *arguments);

#endif
