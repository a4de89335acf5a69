/* Guests that write a log of many small experiments to port E9h, run under Trowel, QEMU and Bochs.
 *
 * Each suite of guests (those whose names begin with its prefix) has a folder of kept logs, SUBJECT.log, and a
 * differences.txt; SUBJECT is the part of the guest's name behind the prefix. The kept logs are Trowel's own, and
 * as good as the peers found them: a line that a peer has otherwise is in differences.txt with the reason. */
#ifndef TESTS_END_PEERS_H
#define TESTS_END_PEERS_H

struct peer_suite {
    const char *prefix;         /* of the guests: "privileged_" */
    const char *folder;         /* of the kept logs and of differences.txt */
    const char *qemu_machine;   /* QEMU's -M */
    const char *qemu_clock;     /* QEMU's -icount, which ties its time to instructions; NULL: not tied */
    unsigned bochs_ips;         /* instructions that Bochs executes in a second of guest time */
    unsigned disk_sectors;      /* of the hard disk; each begins with its number in four bytes. 0: there is none */
};

/* A test program's main. Arguments: nothing compares Trowel's logs in each timing mode with the kept ones; "peers" asks
 * the peers; "write" writes the kept logs anew; "log PEER" prints what a peer (trowel, qemu or bochs) writes. More
 * words are the subjects, if not all are meant. */
int peers_main(const struct peer_suite *suite, int argc, char **argv);

#endif
