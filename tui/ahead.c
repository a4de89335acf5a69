/* A ring of keys. It knows nothing of what they mean. */
#include "tui/ahead.h"

void ahead_push(struct ahead *ahead, struct key key)
{
    if (ahead->count < AHEAD_KEYS)
        ahead->key[(ahead->first + ahead->count++) % AHEAD_KEYS] = key;
}

bool ahead_take(struct ahead *ahead, struct key *key)
{
    if (ahead->count == 0)
        return false;
    *key = ahead->key[ahead->first];
    ahead->first = (ahead->first + 1) % AHEAD_KEYS;
    ahead->count--;
    return true;
}

void ahead_flush(struct ahead *ahead)
{
    ahead->count = 0;
}
