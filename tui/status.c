/* What the status line says of the guest's time. Percent are those of real time. */
#include "tui/status.h"

#include "emu/emu.h"
#include "tui/pace.h"

int status_speed(const struct pace *pace, struct canvas *canvas, int x)
{
    if (pace->behind)
        x = canvas_printf(canvas, x, 0, STYLE(BLACK, BROWN, 0), " host too slow: %u%% of real time ",
                          pace->measured_percent);
    else if (pace->measured)
        x = canvas_printf(canvas, x, 0, STYLE_TITLE, " %.1f MHz %u%% ", pace->measured_khz / 1000.0,
                          pace->measured_percent);
    if (pace->lost_ns)
        x = canvas_printf(canvas, x, 0, STYLE_TITLE, "(lost %.1f s) ", (double)pace->lost_ns / 1e9);
    return x;
}

int status_timing(const struct machine *m, struct canvas *canvas, int x)
{
    static const char *const modes[] = { [TIMING_TABLE] = "table", [TIMING_CYCLE] = "cycle" };
    enum timing_mode mode = machine_timing(m);
    return mode == TIMING_FAST ? x
                               : canvas_printf(canvas, x, 0, STYLE_TITLE, " %s %s ", modes[mode], machine_profile(m));
}
