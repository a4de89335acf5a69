/* Inputs of the qcow2 fuzzer: an image as its length in bytes (32 bits, big-endian) and the sectors that are not zero,
 * each with its number (32 bits) before it. So large clusters and far tables fit into small inputs, and every mutation
 * hits something. */
#ifndef TESTS_QCOW2_FUZZ_PACKED_H
#define TESTS_QCOW2_FUZZ_PACKED_H

enum { PACKED_HEAD = 4, PACKED_SECTOR = 512, PACKED_RECORD = 4 + PACKED_SECTOR, PACKED_MAX_FILE = 64 << 20,
       PACKED_MAX_INPUT = 200000 };

#endif
