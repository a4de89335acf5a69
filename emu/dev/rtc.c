/* The MC146818 after Motorola's data sheet, with the AT's 32.768 kHz crystal and 128 bytes of memory.
 *
 * Everything follows from the number of crystal cycles since `base`, when the divider chain was zero. UIP rises when
 * the 1 Hz stage does, after 16,384 cycles and each 32,768 after that; the update cycle begins 8 cycles later (tBUC,
 * 244 us) and lasts 65 (tUC, 1984 us); the registers change at its end, all at once. So the first update after a reset
 * of the chain comes half a second later. The periodic flag is set by the rising edge of the chosen stage, half a
 * period before and after UIP's: hence the data sheet's promise that registers can be read for tPI/2 + tBUC after it.
 *
 * Daylight saving (DSE) is the American one of the time, by the last Sundays of April and October. The top bit of the
 * seconds is always zero, as the data sheet makes it read-only.
 *
 * Left out: the square wave pin, and the time bases of 1 and 4 MHz: with anything but 010b in the divider bits the
 * clock stands still. The century byte (32h) is memory; as on the AT, software keeps it. */
#include "emu/dev/rtc.h"

#include "emu/state.h"

enum { A_DIVIDER = 0x70, A_RUNNING = 0x20, A_RATE = 0x0F, A_UIP = 0x80 };
enum { B_SET = 0x80, B_PIE = 0x40, B_AIE = 0x20, B_UIE = 0x10, B_SQWE = 0x08, B_BINARY = 0x04, B_24_HOURS = 0x02,
       B_DSE = 0x01 };
enum { C_IRQF = 0x80, C_PF = 0x40, C_AF = 0x20, C_UF = 0x10, C_ENABLES = 0x70 };
enum { D_VALID = 0x80, HOUR_PM = 0x80, SECOND_BITS = 0x7F, ALARM_ANY = 0xC0, INDEX_MASK = 0x7F };
enum { SUNDAY = 1, APRIL = 4, OCTOBER = 10 };
enum { FIRST_MEMORY = 0x0E, SUM_FIRST = 0x10, SUM_LAST = 0x2D, SUM_HIGH = 0x2E, SUM_LOW = 0x2F };

/* In cycles of the crystal, since the chain was zero. */
enum { CRYSTAL_HZ = 32768, UIP_RISES = CRYSTAL_HZ / 2, UPDATE_BEGINS = UIP_RISES + 8,
       UPDATE_ENDS = UPDATE_BEGINS + 65 };

static bool running(const struct rtc *rtc)
{
    return (rtc->cmos[RTC_A] & A_DIVIDER) == A_RUNNING;
}

/* Crystal cycles in half a period of the periodic interrupt (2 for 8192 Hz to 8192 for 2 Hz), or 0. */
static uint32_t half_period(const struct rtc *rtc)
{
    unsigned rate = rtc->cmos[RTC_A] & A_RATE;

    if (!rate || !running(rtc))
        return 0;
    return 1u << (rate <= 2 ? rate + 5 : rate - 2);
}

static uint64_t elapsed(const struct rtc *rtc)
{
    return rtc->config.clock->now - rtc->base;
}

static uint64_t periods_now(const struct rtc *rtc)
{
    uint32_t half = half_period(rtc);

    return half ? (clock_periods(elapsed(rtc), CRYSTAL_HZ) / half + 1) / 2 : rtc->periods;
}

static uint8_t flags_now(const struct rtc *rtc)
{
    uint8_t flags = rtc->flags;

    if (periods_now(rtc) != rtc->periods)
        flags |= C_PF;
    if (flags & rtc->cmos[RTC_B] & C_ENABLES)
        flags |= C_IRQF;
    return flags;
}

static void settle_periodic(struct rtc *rtc)
{
    rtc->flags = flags_now(rtc) & (uint8_t)~C_IRQF;
    rtc->periods = periods_now(rtc);
}

/* Drives the interrupt, and arms the periodic event if it could raise it. The flags are settled. */
static void update_irq(struct rtc *rtc)
{
    uint32_t half = half_period(rtc);

    line_set(&rtc->config.irq, rtc->flags & rtc->cmos[RTC_B] & C_ENABLES);
    if (half && (rtc->cmos[RTC_B] & B_PIE) && !(rtc->flags & C_PF))
        clock_schedule(rtc->config.clock, &rtc->periodic,
                       rtc->base + clock_span((2 * rtc->periods + 1) * half, CRYSTAL_HZ));
    else
        clock_cancel(rtc->config.clock, &rtc->periodic);
}

static void periodic(void *ctx, uint64_t late)
{
    struct rtc *rtc = ctx;

    (void)late;
    settle_periodic(rtc);
    update_irq(rtc);
}

/* --- Calendar --- */

static unsigned days_in_month(unsigned month, unsigned year)
{
    static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    if (month < 1 || month > 12)
        return 31;
    return days[month - 1] + (month == 2 && year % 4 == 0);
}

static unsigned decode(const struct rtc *rtc, uint8_t value)
{
    return rtc->cmos[RTC_B] & B_BINARY ? value : (value >> 4) * 10u + (value & 15u);
}

static uint8_t encode(const struct rtc *rtc, unsigned value)
{
    return (uint8_t)(rtc->cmos[RTC_B] & B_BINARY ? value : value / 10 % 10 << 4 | value % 10);
}

static unsigned get_hour(const struct rtc *rtc)
{
    uint8_t value = rtc->cmos[RTC_HOUR];

    if (rtc->cmos[RTC_B] & B_24_HOURS)
        return decode(rtc, value);
    return decode(rtc, value & (uint8_t)~HOUR_PM) % 12 + (value & HOUR_PM ? 12 : 0);
}

static void set_hour(struct rtc *rtc, unsigned hour)
{
    if (rtc->cmos[RTC_B] & B_24_HOURS)
        rtc->cmos[RTC_HOUR] = encode(rtc, hour);
    else
        rtc->cmos[RTC_HOUR] = (uint8_t)(encode(rtc, hour % 12 ? hour % 12 : 12) | (hour >= 12 ? HOUR_PM : 0));
}

/* Counts register REG up; above LAST it becomes FIRST, and the result is true. */
static bool carry(struct rtc *rtc, unsigned reg, unsigned first, unsigned last)
{
    unsigned value = decode(rtc, rtc->cmos[reg]);

    rtc->cmos[reg] = encode(rtc, value >= last ? first : value + 1);
    return value >= last;
}

static void advance_day(struct rtc *rtc)
{
    unsigned days = days_in_month(decode(rtc, rtc->cmos[RTC_MONTH]), decode(rtc, rtc->cmos[RTC_YEAR]));

    carry(rtc, RTC_WEEKDAY, 1, 7);
    if (carry(rtc, RTC_DAY, 1, days) && carry(rtc, RTC_MONTH, 1, 12))
        carry(rtc, RTC_YEAR, 0, 99);
}

/* Is it the second before two o'clock in the night of the last Sunday of MONTH, which has DAYS? */
static bool is_changeover(const struct rtc *rtc, unsigned month, unsigned days)
{
    return decode(rtc, rtc->cmos[RTC_MONTH]) == month && decode(rtc, rtc->cmos[RTC_WEEKDAY]) == SUNDAY &&
           decode(rtc, rtc->cmos[RTC_DAY]) + 7 > days && get_hour(rtc) == 1 &&
           decode(rtc, rtc->cmos[RTC_MINUTE]) == 59 && decode(rtc, rtc->cmos[RTC_SECOND]) == 59;
}

/* The two special updates of DSE: 1:59:59 is followed by 3:00:00 in April, and the first time by 1:00:00 in October. */
static bool change_over(struct rtc *rtc)
{
    bool spring = is_changeover(rtc, APRIL, 30), autumn = is_changeover(rtc, OCTOBER, 31);

    if (!(rtc->cmos[RTC_B] & B_DSE)) {
        rtc->set_back = false;
        return false;
    }
    if (autumn)
        rtc->set_back = !rtc->set_back;
    if (!spring && !(autumn && rtc->set_back))
        return false;
    set_hour(rtc, spring ? 3 : 1);
    rtc->cmos[RTC_MINUTE] = rtc->cmos[RTC_SECOND] = encode(rtc, 0);
    return true;
}

static void advance_second(struct rtc *rtc)
{
    if (change_over(rtc))
        return;
    if (!carry(rtc, RTC_SECOND, 0, 59) || !carry(rtc, RTC_MINUTE, 0, 59))
        return;
    unsigned hour = get_hour(rtc);
    set_hour(rtc, hour >= 23 ? 0 : hour + 1);
    if (hour >= 23)
        advance_day(rtc);
}

static bool alarm_matches(const struct rtc *rtc)
{
    for (unsigned reg = RTC_SECOND; reg <= RTC_HOUR; reg += 2) {
        uint8_t alarm = rtc->cmos[reg + 1];
        if ((alarm & ALARM_ANY) != ALARM_ANY && alarm != rtc->cmos[reg])
            return false;
    }
    return true;
}

/* --- The update cycle --- */

static void schedule_update(struct rtc *rtc)
{
    uint64_t first = clock_span(UPDATE_ENDS, CRYSTAL_HZ), passed = elapsed(rtc);
    uint64_t seconds = passed < first ? 0 : (passed - first) / TICKS_PER_SECOND + 1;

    clock_schedule(rtc->config.clock, &rtc->update, rtc->base + first + seconds * TICKS_PER_SECOND);
}

static void update(void *ctx, uint64_t late)
{
    struct rtc *rtc = ctx;
    bool aborted = rtc->aborted;

    (void)late;
    schedule_update(rtc);
    rtc->aborted = false;
    if (aborted || (rtc->cmos[RTC_B] & B_SET))
        return;
    advance_second(rtc);
    settle_periodic(rtc);
    rtc->flags |= C_UF;
    if (alarm_matches(rtc))
        rtc->flags |= C_AF;
    update_irq(rtc);
}

/* Has the chain passed CYCLE (UIP_RISES or UPDATE_BEGINS) of the second whose update comes next? */
static bool has_passed(const struct rtc *rtc, unsigned cycle)
{
    uint64_t ahead = clock_span(UPDATE_ENDS, CRYSTAL_HZ) - clock_span(cycle, CRYSTAL_HZ);

    return running(rtc) && rtc->config.clock->now + ahead >= rtc->update.due;
}

static bool update_in_progress(const struct rtc *rtc)
{
    return has_passed(rtc, UIP_RISES) && !(rtc->cmos[RTC_B] & B_SET) && !rtc->aborted;
}

/* --- Registers --- */

static void write_a(struct rtc *rtc, uint8_t value)
{
    bool was_running = running(rtc);

    settle_periodic(rtc);
    rtc->cmos[RTC_A] = value & (uint8_t)~A_UIP;
    if (running(rtc) && !was_running) {
        rtc->base = rtc->config.clock->now;
        schedule_update(rtc);
    } else if (!running(rtc)) {
        clock_cancel(rtc->config.clock, &rtc->update);
        rtc->aborted = false;
    }
    rtc->periods = periods_now(rtc);
    update_irq(rtc);
}

static void write_b(struct rtc *rtc, uint8_t value)
{
    if (value & ~rtc->cmos[RTC_B] & B_SET)
        value &= (uint8_t)~B_UIE;
    if (((rtc->cmos[RTC_B] | value) & B_SET) && has_passed(rtc, UPDATE_BEGINS))
        rtc->aborted = true;
    settle_periodic(rtc);
    rtc->cmos[RTC_B] = value;
    update_irq(rtc);
}

static uint8_t read_c(struct rtc *rtc)
{
    settle_periodic(rtc);
    uint8_t value = flags_now(rtc);
    rtc->flags = 0;
    update_irq(rtc);
    return value;
}

uint8_t rtc_peek(const struct rtc *rtc, uint8_t index)
{
    index &= INDEX_MASK;
    switch (index) {
    case RTC_A:
        return rtc->cmos[RTC_A] | (update_in_progress(rtc) ? A_UIP : 0);
    case RTC_C:
        return flags_now(rtc);
    case RTC_D:
        return D_VALID;
    default:
        return rtc->cmos[index];
    }
}

static uint32_t port_read(void *ctx, uint16_t port, unsigned size)
{
    struct rtc *rtc = ctx;

    (void)size;
    if (!(port & 1))
        return 0xFF;
    return rtc->index == RTC_C ? read_c(rtc) : rtc_peek(rtc, rtc->index);
}

static void port_write(void *ctx, uint16_t port, uint32_t value, unsigned size)
{
    struct rtc *rtc = ctx;

    (void)size;
    if (!(port & 1)) {
        rtc->index = value & INDEX_MASK;
        rtc->nmi_masked = value & 0x80;
        return;
    }
    switch (rtc->index) {
    case RTC_A:
        write_a(rtc, (uint8_t)value);
        break;
    case RTC_B:
        write_b(rtc, (uint8_t)value);
        break;
    case RTC_C:
    case RTC_D:
        break;
    case RTC_SECOND:
        rtc->cmos[RTC_SECOND] = value & SECOND_BITS;
        break;
    default:
        rtc->cmos[rtc->index] = (uint8_t)value;
        break;
    }
}

static const struct port_ops ports = { port_read, port_write };

void rtc_store(struct rtc *rtc, uint8_t index, uint8_t value)
{
    if (index >= FIRST_MEMORY && index < sizeof rtc->cmos)
        rtc->cmos[index] = value;
}

void rtc_store_checksum(struct rtc *rtc)
{
    unsigned sum = 0;

    for (unsigned i = SUM_FIRST; i <= SUM_LAST; i++)
        sum += rtc->cmos[i];
    rtc->cmos[SUM_HIGH] = (uint8_t)(sum >> 8);
    rtc->cmos[SUM_LOW] = (uint8_t)sum;
}

static unsigned clamp(unsigned value, unsigned low, unsigned high)
{
    return value < low ? low : value > high ? high : value;
}

/* Day of the week of a Gregorian date, 1 = Sunday. */
static unsigned weekday(unsigned year, unsigned month, unsigned day)
{
    static const uint8_t offset[12] = { 0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4 };

    if (month < 3)
        year += 399;    /* the year before, in the same place of the 400-year cycle */
    return (year + year / 4 - year / 100 + year / 400 + offset[month - 1] + day) % 7 + 1;
}

static void set_date(struct rtc *rtc, const struct rtc_date *date)
{
    unsigned year = clamp(date->year, 0, 9999), month = clamp(date->month, 1, 12);
    unsigned day = clamp(date->day, 1, days_in_month(month, year));

    rtc->cmos[RTC_SECOND] = encode(rtc, clamp(date->second, 0, 59));
    rtc->cmos[RTC_MINUTE] = encode(rtc, clamp(date->minute, 0, 59));
    rtc->cmos[RTC_HOUR] = encode(rtc, clamp(date->hour, 0, 23));
    rtc->cmos[RTC_WEEKDAY] = encode(rtc, weekday(year, month, day));
    rtc->cmos[RTC_DAY] = encode(rtc, day);
    rtc->cmos[RTC_MONTH] = encode(rtc, month);
    rtc->cmos[RTC_YEAR] = encode(rtc, year % 100);
    rtc->cmos[RTC_CENTURY] = encode(rtc, year / 100);
}

void rtc_init(struct rtc *rtc, const struct rtc_config *config)
{
    *rtc = (struct rtc){ .config = *config, .base = config->clock->now - clock_span(UPDATE_ENDS, CRYSTAL_HZ) };
    rtc->cmos[RTC_A] = A_RUNNING | 6;
    rtc->cmos[RTC_B] = B_24_HOURS;
    set_date(rtc, &config->date);
    bus_map_ports(config->bus, 0x70, 2, 1, &ports, rtc);
    clock_register(config->clock, &rtc->update, "rtc.update", update, rtc);
    clock_register(config->clock, &rtc->periodic, "rtc.periodic", periodic, rtc);
    schedule_update(rtc);
    rtc_reset(rtc);
}

void rtc_reset(struct rtc *rtc)
{
    settle_periodic(rtc);
    rtc->flags = 0;
    rtc->cmos[RTC_B] &= (uint8_t)~(B_PIE | B_AIE | B_UIE | B_SQWE);
    update_irq(rtc);
}

void rtc_visit(struct rtc *rtc, struct state *state)
{
    state_section(state, "rtc");
    state_bytes(state, "cmos", rtc->cmos, sizeof rtc->cmos);
    state_u8(state, "index", &rtc->index);
    state_u8(state, "flags", &rtc->flags);
    state_bool(state, "nmi_masked", &rtc->nmi_masked);
    state_bool(state, "aborted", &rtc->aborted);
    state_bool(state, "set_back", &rtc->set_back);
    state_u64(state, "base", &rtc->base);
    state_u64(state, "periods", &rtc->periods);
    state_check(state, rtc->index <= INDEX_MASK, "index out of range");
    state_check(state, (rtc->flags & ~C_ENABLES) == 0, "flags that do not exist");
    state_check(state, elapsed(rtc) < 1ull << 62, "time out of range");
}
