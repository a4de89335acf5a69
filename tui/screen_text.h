/* Code page 437 as Unicode, and the guest's text screen as lines of text. */
#ifndef TUI_SCREEN_TEXT_H
#define TUI_SCREEN_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "emu/emu.h"

/* The Unicode character that shows CP437 code C (control codes as the glyphs a PC shows; 0 and 255 as blanks). */
uint16_t cp437_to_unicode(uint8_t c);

/* Writes C (below 65536) as UTF-8 to TO (3 bytes are enough); returns how many bytes. */
size_t utf8_put(char *to, uint16_t c);

/* The rows of a text screen, UTF-8, trailing blanks cut, a newline after each, ends with a zero. "" in graphics
 * modes. Returns the length; cut at SIZE. */
size_t screen_text(const struct screen *screen, char *text, size_t size);

#endif
