/* The emulator in a terminal: a tmux server of our own, whose pane is read as text and compared with golden screens. */
#ifndef TESTS_END_SCREEN_H
#define TESTS_END_SCREEN_H

#include <stdbool.h>

struct screen {
    char name[64];              /* of the tmux server */
    int width, height;
};

/* Starts tmux with a shell that runs the emulator with ARGUMENTS (shell words) and afterwards says "ended with N". */
void screen_open(struct screen *screen, int width, int height, const char *arguments);

/* Kills the tmux server. */
void screen_close(struct screen *screen);

/* The same for the last screen, if a failed test left it open: for cmocka's teardown. */
int screen_cleanup(void **state);

void screen_resize(struct screen *screen, int width, int height);

/* Types TEXT as it is; presses keys by tmux's names ("F7", "C-x", "Enter"). */
void screen_type(struct screen *screen, const char *text);
void screen_key(struct screen *screen, const char *key);

/* What is seen now, lines with trailing blanks removed; to be freed. */
char *screen_capture(struct screen *screen);

/* Waits until TEXT is seen; fails with what is seen instead. */
void screen_wait(struct screen *screen, const char *text);

/* Waits until what is seen is tests/end/screens/NAME.txt; fails with both. With UPDATE_SCREENS in the environment:
 * waits until nothing moves any more, and writes that file. A '~' in the file stands for any character. */
void screen_is(struct screen *screen, const char *name);

/* The process id of the emulator. */
int screen_program(void);

/* Fails unless the program ended with CODE, with the terminal's settings as before and its main screen shown again. */
void screen_ended(struct screen *screen, int code);

#endif
