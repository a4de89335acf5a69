/* The codes of a 101-key keyboard's keys in the three scan code sets. Used by keyboard.c alone. */
#ifndef EMU_DEV_KEYBOARD_CODES_H
#define EMU_DEV_KEYBOARD_CODES_H

#include <stdbool.h>
#include <stdint.h>

/* A key: its code of set 1, with bit 7 for those that have the prefix E0h; or the Pause key. */
enum { KEY_GREY = 0x80, KEY_PAUSE = 0xFF };

/* The most bytes that one key sends: E0h F0h 12h E0h F0h 59h and its own two. */
enum { KEYBOARD_CODE = 8 };

/* What decides between the forms of a key's code in sets 1 and 2. */
enum { HELD_SHIFT_LEFT = 0x01, HELD_SHIFT_RIGHT = 0x02, HELD_SHIFTS = 0x03, HELD_CTRLS = 0x0C, HELD_ALTS = 0x30,
       NUM_LOCK_ON = 0x40 };

/* The bit of a shift key in the above; 0 for all others. */
uint8_t keyboard_held_bit(uint8_t key);

/* Writes what KEY sends when it is pressed or released in set 1, 2 or 3 (HELD: see above) into CODE, and returns how
 * many bytes these are; 0: nothing, or there is no such key. */
unsigned keyboard_encode(uint8_t code[KEYBOARD_CODE], unsigned set, uint8_t key, bool release, uint8_t held);

/* Set 3: what a key does. Sets 1 and 2: KEY_REPEATS and KEY_RELEASES for all but Pause. */
enum { KEY_REPEATS = 1, KEY_RELEASES = 2 };
enum { KEYBOARD_SET_3_CODES = 0x90 };

/* The code of KEY in set 3, below KEYBOARD_SET_3_CODES; 0: none. */
uint8_t keyboard_set_3_code(uint8_t key);

/* Fills in what each code's key does after power-on: KEY_REPEATS and KEY_RELEASES. */
void keyboard_set_3_defaults(uint8_t type[KEYBOARD_SET_3_CODES]);

#endif
