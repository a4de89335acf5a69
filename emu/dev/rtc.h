/* The MC146818 clock with 128 bytes of CMOS memory (ports 70h-71h).
 *
 * The time registers hold what hardware would hold, in the guest's chosen format, and advance once a second by an
 * event. The periodic interrupt is computed from the divider; an event is armed only while it can raise IRQ 8. The
 * chip keeps going through a reset. The first second of the machine's life ends after exactly one second. */
#ifndef EMU_DEV_RTC_H
#define EMU_DEV_RTC_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/bus.h"
#include "emu/clock.h"

struct state;

enum {
    RTC_SECOND = 0x00, RTC_SECOND_ALARM, RTC_MINUTE, RTC_MINUTE_ALARM, RTC_HOUR, RTC_HOUR_ALARM, RTC_WEEKDAY, RTC_DAY,
    RTC_MONTH, RTC_YEAR, RTC_A, RTC_B, RTC_C, RTC_D, RTC_CENTURY = 0x32
};

struct rtc_date { uint16_t year; uint8_t month, day, hour, minute, second; };

struct rtc_config {
    struct bus *bus;
    struct clock *clock;
    struct line irq;            /* to IRQ 8 */
    struct rtc_date date;       /* at power-on; fields out of range are brought into it. Year 0-9999 */
};

struct rtc {
    uint8_t cmos[128];          /* registers and memory; A's bit 7 and C are kept beside it */
    uint8_t index;              /* 0-127 */
    uint8_t flags;              /* register C without IRQF */
    bool nmi_masked;            /* bit 7 of the last write to port 70h */
    bool aborted;               /* SET was there during the present update cycle: it changes nothing */
    bool set_back;              /* daylight saving has ended this night, by an hour that comes a second time */
    uint64_t base;              /* tick at which the divider chain was at zero; modulo 2^64, it may lie before tick 0 */
    uint64_t periods;           /* periodic periods since base that have been accounted for */
    struct event update;        /* end of the next update cycle */
    struct event periodic;
    struct rtc_config config;
};

/* Claims the ports, registers the events and sets clock and memory as after battery insertion and setup of the date:
 * BCD, 24 hours, 1024 Hz rate selected, memory zero. The machine then fills in the configuration bytes. */
void rtc_init(struct rtc *rtc, const struct rtc_config *config);

/* RESET pin: interrupt enables and flags are cleared; time and memory stay. */
void rtc_reset(struct rtc *rtc);

/* Sets a byte of memory, for the machine's configuration (index 0Eh-7Fh; others are ignored). */
void rtc_store(struct rtc *rtc, uint8_t index, uint8_t value);

/* Computes the checksum of bytes 10h-2Dh into 2Eh-2Fh, as a BIOS setup does. */
void rtc_store_checksum(struct rtc *rtc);

/* What the guest would read from INDEX (0-127), without side effects. */
uint8_t rtc_peek(const struct rtc *rtc, uint8_t index);

void rtc_visit(struct rtc *rtc, struct state *state);

#endif
