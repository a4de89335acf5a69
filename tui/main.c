/* trowel: a 486 PC in a terminal. The command line decides between the screen, batch mode and work on
 * images. */
#include <stdio.h>
#include <string.h>

#include "tui/batch.h"
#include "tui/image_command.h"
#include "tui/options.h"
#include "tui/ui.h"

int main(int argc, char **argv)
{
    struct options options;
    char error[512];
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
