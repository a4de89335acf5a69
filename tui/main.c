/* trowel: a 486 PC in a terminal. The command line decides between the screen, batch mode and work on
 * images. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tui/batch.h"
#include "tui/image_command.h"
#include "tui/options.h"
#include "tui/ui.h"

/* A file that is opened gets the lowest number that is free. If that is the one of a standard stream, what is printed
 * goes into it: a disk, as like as not. False: there is no /dev/null to take the place. */
static bool fill_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) != fd)
            return false;
    return true;
}

int main(int argc, char **argv)
{
    struct options options;
    char error[512];
    if (!fill_standard_streams())
        return 1;
    signal(SIGXFSZ, SIG_IGN);       /* a limit of file sizes is an error of the write */
    if (argc > 1 && strcmp(argv[1], "image") == 0)
        return image_main(argc - 1, argv + 1);
    switch (options_parse(&options, argc, argv, error, sizeof error)) {
    case OPTIONS_SHOWN:
        return 0;
    case OPTIONS_WRONG:
        fprintf(stderr, "trowel: %s\n", error);
        return 2;
    case OPTIONS_RUN:
        break;
    }
    return options.batch ? batch_run(&options) : ui_run(&options);
}
