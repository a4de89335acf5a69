/* Without a screen: run the scripts, print to stdout. */
#ifndef TUI_BATCH_H
#define TUI_BATCH_H

struct options;

/* Runs a whole session and returns the program's exit code: that of `quit` or of the guest's debug-exit port; 1 if a
 * command of a script failed or the session could not be opened or closed (one line on stderr); 128 + the signal
 * that asked it to end. */
int batch_run(const struct options *options);

#endif
