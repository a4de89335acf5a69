/* The on-chip cache as the test registers TR3-TR5 show it (i486 PRM 10.4): 4 ways of 128 sets (8 KB), or of 256 sets
 * on parts with 16 KB, of 16-byte lines, with 3 replacement bits a set (pseudo_lru.h).
 *
 * What is modelled: the array, the fill and read buffers, reading, writing and flushing through TR3-TR5, INVD, WBINVD
 * and RESET. In timing mode `cycle` a command works on the cache of the model (emu/timing/cycle.h): what ordinary
 * accesses left there is seen, with the data that memory has now, and lines that were written hit. In the other modes
 * ordinary accesses neither fill nor read the array, so a guest finds only the lines it wrote itself. No access ever
 * reads data from the array: all memory is coherent, as with a write-through cache that snoops. The manual wants
 * caching off (CD = 1) during tests; that is not checked.
 *
 * TR3: data. TR4: tag 31-11 (31-12 with 16 KB), valid 10, and after a read the set's replacement bits 9-7 (B0 in 7) and
 * its valid bits 6-3 (way 0 in 3). TR5: set 10-4 (11-4 with 16 KB), entry 3-2, control 1-0. */
#ifndef EMU_CPU_CACHE_TEST_H
#define EMU_CPU_CACHE_TEST_H

#include <stdbool.h>
#include <stdint.h>

struct bus;
struct l1;
struct state;

enum { CACHE_WAYS = 4, CACHE_SETS_MAX = 256, CACHE_LINE = 16, CACHE_SETS_8K = 128 };

struct cache_test {
    uint32_t sets;                      /* of the part: 128 or 256 */
    bool used;                          /* a line was written since RESET: else the array is all zero */
    uint32_t tr4, tr5;
    uint32_t fill_buffer[CACHE_LINE / 4], read_buffer[CACHE_LINE / 4];
    struct cache_set {
        uint32_t tag[CACHE_WAYS];       /* in place, as in TR4 */
        uint32_t data[CACHE_WAYS][CACHE_LINE / 4];
        uint8_t valid, lru;             /* bit per way; B0-B2 */
        uint8_t written;                /* bit per way: the data came through TR5 */
    } set[CACHE_SETS_MAX];
};

/* RESET: invalid, registers and buffers zero. SETS: of the part. */
void cache_test_reset(struct cache_test *cache, uint32_t sets);

/* INVD, WBINVD, control 11: all lines invalid, replacement bits zero. */
void cache_test_flush(struct cache_test *cache);

/* MOV to and from TR3, TR4 and TR5 (NUMBER). Writing TR5 does what its control field says: 00 chooses the dword of the
 * buffers that TR3 is (written: fill buffer, read: read buffer), 01 writes tag, valid bit and fill buffer into way
 * `entry` of the set, 10 reads it into TR4 and the read buffer, 11 flushes. TR4's replacement and valid bits of the
 * set are only ever read. TR5 is write-only in the manual; it reads as written. */
void cache_test_write(struct cache_test *cache, unsigned number, uint32_t value);
uint32_t cache_test_read(const struct cache_test *cache, unsigned number);

/* Timing mode `cycle`, round a write of TR5 that is to be VALUE: takes over the set it chooses from L1, and gives it
 * back. Lines that the array does not know yet get their data from memory (BUS). */
void cache_test_take(struct cache_test *cache, const struct l1 *l1, const struct bus *bus, uint32_t value);
void cache_test_give(const struct cache_test *cache, struct l1 *l1);

void cache_test_visit(struct cache_test *cache, struct state *state);

#endif
