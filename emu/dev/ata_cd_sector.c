/* A mode 1 sector of 2352 bytes around the 2048 that an image has (ECMA-130, clause 14): sync, header, user data, EDC,
 * eight zeros, P and Q parity; and which of these parts READ CD gives (SFF-8020i, MMC).
 *
 * The parity (annex A) is a product code over bytes 12 to 2351, as two planes of even and odd bytes, in columns of 24 and diagonals
 * of 43 bytes. Each gets two more bytes such that the sum of all, and their sum weighted with falling powers of a, are
 * zero, in the field of 256 elements with a = 2 and the polynomial 11Dh. */
#include "emu/dev/ata_cd.h"

#include <string.h>

enum { HEADER = 12, USER = 16, EDC = 2064, P_PARITY = 2076, Q_PARITY = 2248, CD_C2 = 294, CD_C2_AND_BLOCK = 296 };

/* In the order in which they lie in the sector; a mode 1 sector has no subheader. */
static const struct part { uint8_t flag; uint16_t at, bytes; } parts_table[] = {
    { CD_PART_SYNC, 0, 12 }, { CD_PART_HEADER, HEADER, 4 }, { CD_PART_SUBHEADER, USER, 0 },
    { CD_PART_USER, USER, CD_BLOCK }, { CD_PART_PARITY, EDC, CD_RAW - EDC },
};
enum { PARTS = sizeof parts_table / sizeof *parts_table };

/* Do the parts lie side by side? That there is no subheader is no gap. */
bool cd_parts_possible(unsigned parts)
{
    unsigned seen = 0, errors = parts & CD_PART_ERRORS;
    if ((parts & CD_PART_HEADER) && (parts & CD_PART_USER))
        parts |= CD_PART_SUBHEADER;
    for (unsigned i = 0; i < PARTS; i++)
        seen = seen << 1 | !!(parts & parts_table[i].flag);
    return (seen & (seen + (seen & (0u - seen)))) == 0 && errors != CD_PART_ERRORS && !(parts & 1);
}

/* C2 error bits: all is well. */
static uint32_t error_bytes(unsigned parts)
{
    switch (parts & CD_PART_ERRORS) {
    case CD_PART_C2: return CD_C2;
    case CD_PART_C2_AND_BLOCK: return CD_C2_AND_BLOCK;
    default: return 0;
    }
}

uint32_t cd_parts_bytes(unsigned parts)
{
    uint32_t bytes = error_bytes(parts);
    for (unsigned i = 0; i < PARTS; i++)
        bytes += parts & parts_table[i].flag ? parts_table[i].bytes : 0u;
    return bytes;
}

/* The address is in BCD. */
static void put_header(uint8_t *sector, uint32_t lba)
{
    uint8_t msf[4];
    memset(sector, 0xFF, HEADER);
    sector[0] = sector[HEADER - 1] = 0;
    cd_put_address(msf, lba, true);
    for (unsigned i = 0; i < 3; i++)
        sector[HEADER + i] = (uint8_t)(msf[i + 1] / 10 % 10 << 4 | msf[i + 1] % 10);
    sector[HEADER + 3] = 1;
}

/* (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), the lowest bit of each byte first. */
static uint32_t edc(const uint8_t *p, unsigned bytes)
{
    uint32_t rest = 0;
    for (unsigned i = 0; i < bytes; i++) {
        rest ^= p[i];
        for (unsigned bit = 0; bit < 8; bit++)
            rest = rest >> 1 ^ (rest & 1 ? 0xD8018001u : 0);
    }
    return rest;
}

static uint8_t times_a(uint8_t x)
{
    return (uint8_t)(x << 1 ^ (x & 0x80 ? 0x1D : 0));
}

/* x / (1 + a): 1 / 3 is F4h. */
static uint8_t third(uint8_t x)
{
    uint8_t result = 0;
    for (unsigned bit = 8; bit-- > 0;)
        result = (uint8_t)(times_a(result) ^ (0xF4 >> bit & 1 ? x : 0));
    return result;
}

/* The two parity bytes, at TO and TO + APART, of COUNT bytes from FROM on, STEP apart and round the END. */
static void put_pair(uint8_t *protected, unsigned from, unsigned count, unsigned step, unsigned end, uint8_t *to,
                     unsigned apart)
{
    uint8_t sum = 0, weighted = 0;
    for (unsigned i = 0, at = from; i < count; i++, at = at + step < end ? at + step : at + step - end) {
        sum ^= protected[at];
        weighted = times_a(weighted ^ protected[at]);
    }
    /* p0 + p1 = sum, and a p0 + p1 = the sum of the others weighted with a^(count + 1) down to a^2. */
    to[0] = third((uint8_t)(sum ^ times_a(weighted)));
    to[apart] = to[0] ^ sum;
}

static void put_parity(uint8_t *sector)
{
    enum { COLUMNS = 86, COLUMN = 24, DIAGONALS = 52, DIAGONAL = 43, STEP = 88, BYTES = Q_PARITY - HEADER };
    uint32_t check = edc(sector, EDC);
    memset(sector + EDC, 0, P_PARITY - EDC);
    for (unsigned i = 0; i < 4; i++)
        sector[EDC + i] = (uint8_t)(check >> 8 * i);
    for (unsigned i = 0; i < COLUMNS; i++)
        put_pair(sector + HEADER, i, COLUMN, COLUMNS, BYTES, sector + P_PARITY + i, COLUMNS);
    for (unsigned i = 0; i < DIAGONALS; i++)
        put_pair(sector + HEADER, i / 2 * COLUMNS + i % 2, DIAGONAL, STEP, BYTES, sector + Q_PARITY + i, DIAGONALS);
}

uint32_t cd_put_parts(uint8_t *buffer, const uint8_t *user, uint32_t lba, unsigned parts)
{
    uint8_t sector[CD_RAW];
    uint32_t done = 0;
    put_header(sector, lba);
    memcpy(sector + USER, user, CD_BLOCK);
    if (parts & CD_PART_PARITY)
        put_parity(sector);
    for (unsigned i = 0; i < PARTS; i++)
        if (parts & parts_table[i].flag) {
            memcpy(buffer + done, sector + parts_table[i].at, parts_table[i].bytes);
            done += parts_table[i].bytes;
        }
    memset(buffer + done, 0, error_bytes(parts));
    return done + error_bytes(parts);
}
