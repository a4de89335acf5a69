; The clock's calendar: what follows the last second of a day, a month, a year, in all formats; daylight saving.
%include "chip_rtc.inc"

guest_start:
        mov     word [reset_hook], reset_rtc
        call    calendar_bcd
        call    calendar_other
        call    daylight
        finish

calendar_bcd:
        TRY     "a second"
        set_time 0x19, 0x93, 0x05, 0x09, 1, 0x12, 0x34, 0x56
        after_update
        show_time

        TRY     "midnight of a year"
        set_time 0x19, 0x93, 0x12, 0x31, 6, 0x23, 0x59, 0x59
        after_update
        show_time

        TRY     "Saturday is followed by Sunday"
        set_time 0x19, 0x93, 0x05, 0x08, 7, 0x23, 0x59, 0x59
        after_update
        show_time

        TRY     "February of a leap year"
        set_time 0x19, 0x92, 0x02, 0x28, 6, 0x23, 0x59, 0x59
        after_update
        show_time
        set_time 0x19, 0x92, 0x02, 0x29, 7, 0x23, 0x59, 0x59
        after_update
        show_time

        TRY     "February of another"
        set_time 0x19, 0x93, 0x02, 0x28, 1, 0x23, 0x59, 0x59
        after_update
        show_time

        TRY     "February of 2000"
        set_time 0x20, 0x00, 0x02, 0x28, 2, 0x23, 0x59, 0x59
        after_update
        show_time

        TRY     "a month of 30 days"
        set_time 0x19, 0x93, 0x06, 0x30, 4, 0x23, 0x59, 0x59
        after_update
        show_time

        TRY     "the end of a century"
        set_time 0x19, 0x99, 0x12, 0x31, 6, 0x23, 0x59, 0x59
        after_update
        show_time
        set     0x32, 0x19
        ret

calendar_other:
        TRY     "12 hours"
        set     0x0B, 0x00
        set_time 0x19, 0x93, 0x05, 0x09, 1, 0x11, 0x59, 0x59
        after_update
        show_time
        set_time 0x19, 0x93, 0x05, 0x09, 1, 0x91, 0x59, 0x59
        after_update
        show_time
        set_time 0x19, 0x93, 0x05, 0x09, 1, 0x12, 0x59, 0x59
        after_update
        show_time
        set_time 0x19, 0x93, 0x05, 0x09, 1, 0x92, 0x59, 0x59
        after_update
        show_time

        TRY     "binary"
        set     0x0B, 0x06
        set_time 19, 93, 12, 31, 6, 23, 59, 59
        after_update
        show_time
        set_time 19, 92, 2, 28, 6, 9, 9, 9
        after_update
        show_time

        TRY     "binary and 12 hours"
        set     0x0B, 0x04
        set_time 19, 93, 5, 9, 1, 0x80 | 11, 59, 59
        after_update
        show_time
        ret

; 1:59:59 of the last Sundays of April and October.
daylight:
        TRY     "daylight saving begins"
        set     0x0B, 0x03
        set_time 0x19, 0x93, 0x04, 0x25, 1, 0x01, 0x59, 0x59
        after_update
        show_time

        TRY     "daylight saving ends, once"
        set     0x0B, 0x03
        set_time 0x19, 0x93, 0x10, 0x31, 1, 0x01, 0x59, 0x59
        after_update
        show_time
        set     2, 0x59
        set     0, 0x59
        after_update
        show_time

        TRY     "not a Sunday too early"
        set     0x0B, 0x03
        set_time 0x19, 0x93, 0x04, 0x18, 1, 0x01, 0x59, 0x59
        after_update
        show_time

        TRY     "without DSE"
        set_time 0x19, 0x93, 0x04, 0x25, 1, 0x01, 0x59, 0x59
        after_update
        show_time
        ret

guest_end
