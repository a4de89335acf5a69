/* The visitor's three modes. A record in the stream is: length of the name (1 byte), the name, the kind (1 byte: '1'
 * '2' '4' '8' for integers of so many bytes, 'B' for bytes), for bytes their count (8 bytes), then the value,
 * little-endian. Hashing is FNV-1a over values, 64 bits, with bytes taken eight at a time so that RAM hashes
 * quickly. */
#include "emu/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FNV_BASIS 0xCBF29CE484222325ull
#define FNV_PRIME 0x100000001B3ull

static void begin(struct state *s, enum state_mode mode)
{
    *s = (struct state){ .mode = mode, .section = "", .hash = FNV_BASIS };
}

void state_begin_save(struct state *s)
{
    begin(s, STATE_SAVE);
}

void state_begin_load(struct state *s, const uint8_t *data, size_t size)
{
    begin(s, STATE_LOAD);
    s->data = (uint8_t *)data;
    s->size = size;
}

void state_begin_hash(struct state *s)
{
    begin(s, STATE_HASH);
}

static void fail(struct state *s, const char *name, const char *what)
{
    if (!state_failed(s))
        snprintf(s->error, sizeof s->error, "%s.%s: %s", s->section, name, what);
}

void state_check(struct state *s, bool ok, const char *what)
{
    if (!ok && state_loading(s) && !state_failed(s))
        snprintf(s->error, sizeof s->error, "%s: %s", s->section, what);
}

static void put(struct state *s, const void *bytes, size_t size)
{
    if (state_failed(s))
        return;
    if (size > s->capacity - s->size) {
        size_t capacity = (s->size + size) * 2 + 4096;
        uint8_t *data = realloc(s->data, capacity);
        if (!data) {
            fail(s, "", "out of memory");
            return;
        }
        s->data = data;
        s->capacity = capacity;
    }
    if (size)
        memcpy(s->data + s->size, bytes, size);
    s->size += size;
}

static const uint8_t *take(struct state *s, size_t size)
{
    if (state_failed(s) || size > s->size - s->position)
        return NULL;
    const uint8_t *bytes = s->data + s->position;
    s->position += size;
    return bytes;
}

static void put_integer(struct state *s, uint64_t value, unsigned size)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
    put(s, bytes, size);
}

static void put_head(struct state *s, const char *name, char kind)
{
    uint8_t length = (uint8_t)strlen(name);
    put(s, &length, 1);
    put(s, name, length);
    put(s, &kind, 1);
}

static bool take_head(struct state *s, const char *name, char kind)
{
    size_t length = strlen(name);
    const uint8_t *head = take(s, length + 2);
    if (head && head[0] == length && memcmp(head + 1, name, length) == 0 && head[length + 1] == (uint8_t)kind)
        return true;
    fail(s, name, head ? "another field is in its place" : "the state ends too early");
    return false;
}

static uint64_t take_integer(struct state *s, const char *name, unsigned size)
{
    const uint8_t *bytes = take(s, size);
    uint64_t value = 0;
    if (!bytes)
        fail(s, name, "the state ends too early");
    for (unsigned i = 0; bytes && i < size; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

static uint64_t visit_integer(struct state *s, const char *name, uint64_t value, unsigned size)
{
    if (s->mode == STATE_SAVE) {
        put_head(s, name, (char)('0' + size));
        put_integer(s, value, size);
    } else if (s->mode == STATE_HASH) {
        s->hash = (s->hash ^ value) * FNV_PRIME;
    } else if (take_head(s, name, (char)('0' + size))) {
        uint64_t loaded = take_integer(s, name, size);
        return state_failed(s) ? value : loaded;
    }
    return value;
}

void state_section(struct state *s, const char *name)
{
    s->section = name;
    if (s->mode == STATE_SAVE)
        put_head(s, name, 'S');
    else if (s->mode == STATE_LOAD)
        take_head(s, name, 'S');
}

void state_u8(struct state *s, const char *name, uint8_t *value)
{
    *value = (uint8_t)visit_integer(s, name, *value, 1);
}

void state_u16(struct state *s, const char *name, uint16_t *value)
{
    *value = (uint16_t)visit_integer(s, name, *value, 2);
}

void state_u32(struct state *s, const char *name, uint32_t *value)
{
    *value = (uint32_t)visit_integer(s, name, *value, 4);
}

void state_u64(struct state *s, const char *name, uint64_t *value)
{
    *value = visit_integer(s, name, *value, 8);
}

void state_bool(struct state *s, const char *name, bool *value)
{
    *value = visit_integer(s, name, *value, 1) != 0;
}

static uint64_t hash_bytes(uint64_t hash, const uint8_t *bytes, size_t size)
{
    for (; size >= 8; bytes += 8, size -= 8) {
        uint64_t word = 0;
        for (unsigned i = 0; i < 8; i++)
            word |= (uint64_t)bytes[i] << 8 * i;
        hash = (hash ^ word) * FNV_PRIME;
        hash ^= hash >> 29;
    }
    for (; size; size--)
        hash = (hash ^ *bytes++) * FNV_PRIME;
    return hash;
}

void state_bytes(struct state *s, const char *name, void *bytes, size_t size)
{
    if (s->mode == STATE_SAVE) {
        put_head(s, name, 'B');
        put_integer(s, size, 8);
        put(s, bytes, size);
    } else if (s->mode == STATE_HASH) {
        s->hash = hash_bytes(s->hash, bytes, size);
    } else if (take_head(s, name, 'B')) {
        uint64_t stored = take_integer(s, name, 8);
        const uint8_t *data = stored == size ? take(s, size) : NULL;
        if (data)
            memcpy(bytes, data, size);
        else
            fail(s, name, stored == size ? "the state ends too early" : "has another size");
    }
}
