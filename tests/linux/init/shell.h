/* The shell: reads lines and executes commands that are part of it, until the terminal is gone. */
#ifndef TESTS_LINUX_INIT_SHELL_H
#define TESTS_LINUX_INIT_SHELL_H

void shell_run(const char *console);

#endif
