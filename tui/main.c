/* trowel: a 486 PC in a terminal. The command line decides between the screen and batch mode. */
#include <stdio.h>

#include "tui/batch.h"
#include "tui/options.h"
#include "tui/ui.h"

int main(int argc, char **argv)
{
    struct options options;
    char error[512];
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
