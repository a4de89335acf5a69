/* The chips of the board: the guests chip_*.asm, each of which writes a log of many small experiments with one chip.
 * Their logs in each timing mode are compared with those kept in tests/guests/chips, and by `test_chips peers` (make
 * check-peers) with those of QEMU's isapc and of Bochs. See tests/end/support/peers.h, and tests/guests/chip.inc on how
 * to write such a guest.
 *
 * Guest time under the peers goes by instructions, as in Trowel's mode fast: 32 ns each. */
#include "tests/end/support/peers.h"

int main(int argc, char **argv)
{
    static const struct peer_suite suite = {
        .prefix = "chip_",
        .folder = "tests/guests/chips",
        .qemu_machine = "isapc",
        .qemu_clock = "shift=5,sleep=off",
        .bochs_ips = 31250000,
        .disk_sectors = 20 * 16 * 63,
    };
    return peers_main(&suite, argc, argv);
}
