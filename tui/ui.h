/* The screen: runs a session in the terminal. */
#ifndef TUI_UI_H
#define TUI_UI_H

struct options;

/* Returns the program's exit code: that of `quit` or of the guest's debug-exit port; 1 with a line on stderr if the
 * session or the terminal cannot be opened, or the disks cannot be written out. */
int ui_run(const struct options *options);

#endif
