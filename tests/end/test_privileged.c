/* Privileged behaviour: the guests privileged_*.asm, each of which writes a log of many small experiments. Their logs
 * in each timing mode are compared with those kept in tests/guests/privileged, and by `test_privileged peers` (make
 * check-peers) with QEMU's and Bochs's. See tests/end/support/peers.h. */
#include "tests/end/support/peers.h"

int main(int argc, char **argv)
{
    static const struct peer_suite suite = {
        .prefix = "privileged_",
        .folder = "tests/guests/privileged",
        .qemu_machine = "pc",
        .bochs_ips = 200000000,
    };
    return peers_main(&suite, argc, argv);
}
