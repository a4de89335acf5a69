/* /sbin/init of the Linux tests: mounts what there is, starts a shell on the serial line and one on the screen, and
 * starts a shell again when it has ended. Left out: all that a system for people needs. */
#include "tests/linux/init/shell.h"
#include "tests/linux/init/system.h"

enum { TIOCSCTTY = 0x540E, CONSOLES = 2 };

static const char *const consoles[CONSOLES] = { "/dev/ttyS0", "/dev/tty1" };

static int start_shell(const char *console)
{
    int child = sys_fork(), terminal;

    if (child)
        return child;
    sys_setsid();
    terminal = sys_open(console, O_RDWR);
    if (terminal < 0)
        sys_exit(1);
    sys_ioctl(terminal, TIOCSCTTY, NULL);
    for (int file = 0; file < 3; file++)
        sys_dup2(terminal, file);
    if (terminal > 2)
        sys_close(terminal);
    shell_run(console);
    sys_exit(0);
}

int main(void)
{
    int shells[CONSOLES];

    sys_mount("none", "/dev", "devtmpfs", 0);
    sys_mount("none", "/proc", "proc", 0);
    sys_mount("none", "/", "ext2", MS_REMOUNT);
    for (int i = 0; i < CONSOLES; i++)
        shells[i] = start_shell(consoles[i]);
    for (;;) {
        int status, ended = sys_wait(-1, &status, 0);
        for (int i = 0; i < CONSOLES; i++)
            if (ended == shells[i])
                shells[i] = start_shell(consoles[i]);
    }
}
