/* Views of the controllers (inspect.h): keyboard, mouse, clock, ports, screen, disks. What a read by the guest would
 * change, such as the line status of a serial port, stays as it is. Left out: the joystick, the display interface's
 * registers. */
#include <string.h>

#include "emu/dev/vga_parts.h"
#include "emu/inspect.h"
#include "emu/machine.h"

void inspect_kbc(const struct machine *m, struct kbc_view *out)
{
    const struct kbc *kbc = &m->kbc;
    const struct keyboard *keyboard = &m->keyboard;
    *out = (struct kbc_view){ .status = kbc_status(kbc), .command_byte = kbc->ram[0],
                              .output_port = kbc_output_port(kbc), .output = kbc->output, .input = kbc->input,
                              .output_full = kbc->output_full, .input_full = kbc->input_full,
                              .scanning = keyboard->scanning, .scan_set = keyboard->scan_set, .leds = keyboard->leds,
                              .typematic = keyboard->typematic, .waiting = keyboard->count };
}

void inspect_mouse(const struct machine *m, struct mouse_view *out)
{
    const struct mouse *mouse = &m->mouse;
    *out = (struct mouse_view){ .kind = m->has_mouse };
    if (m->has_mouse == MOUSE_SERIAL)
        out->port = ((const struct serial *)m->serial_mouse.config.send_ctx)->config.index;
    if (m->has_mouse != MOUSE_PS2)
        return;
    *out = (struct mouse_view){ .kind = MOUSE_PS2, .reporting = mouse->reporting, .remote = mouse->remote,
                                .wrap = mouse->wrap, .doubling = mouse->doubling, .rate = mouse->rate,
                                .resolution = mouse->resolution, .buttons = mouse->buttons,
                                .waiting = (uint8_t)(mouse->queued - mouse->sent) };
}

void inspect_rtc(const struct machine *m, struct rtc_view *out)
{
    const struct rtc *rtc = &m->rtc;
    *out = (struct rtc_view){ .a = rtc_peek(rtc, 0x0A), .b = rtc_peek(rtc, 0x0B), .c = rtc_peek(rtc, 0x0C),
                              .d = rtc_peek(rtc, 0x0D), .century = rtc_peek(rtc, 0x32), .index = rtc->index,
                              .nmi_masked = rtc->nmi_masked };
    for (uint8_t i = 0; i < sizeof out->time; i++)
        out->time[i] = rtc_peek(rtc, i);
}

void inspect_serial(const struct machine *m, unsigned port, struct serial_view *out)
{
    const struct serial *serial = &m->serial[port];
    *out = (struct serial_view){ .present = m->has_serial[port] };
    if (!out->present)
        return;
    *out = (struct serial_view){ .present = true, .base = serial->config.base, .divisor = serial->divisor,
                                 .ier = serial->ier, .iir = serial_iir(serial), .lcr = serial->lcr, .mcr = serial->mcr,
                                 .lsr = serial_lsr(serial), .msr = serial->msr, .scratch = serial->scratch,
                                 .received = serial->rx.count, .to_send = serial->tx.count };
}

void inspect_parallel(const struct machine *m, unsigned port, struct parallel_view *out)
{
    const struct parallel *parallel = &m->parallel[port];
    *out = (struct parallel_view){ .present = m->has_parallel[port] };
    if (out->present)
        *out = (struct parallel_view){ true, parallel->config.base, parallel->data, parallel_status(parallel),
                                       parallel->control };
}

void inspect_vga(const struct machine *m, struct vga_view *out)
{
    const struct vga *v = &m->vga;
    *out = (struct vga_view){ .misc = v->misc, .feature = v->feature, .sequencer_index = v->sequencer_index,
                              .graphics_index = v->graphics_index, .crtc_index = v->crtc_index,
                              .attribute_index = v->attribute_index, .attribute_data = v->attribute_data,
                              .dac_mask = v->dac_mask, .dac_index = v->dac_index, .dot_hz = v->frame.hz,
                              .lines = v->frame.lines, .line_dots = v->frame.line_dots,
                              .memory_kb = v->memory_size / 1024 };
    memcpy(out->sequencer, v->sequencer, sizeof out->sequencer);
    memcpy(out->graphics, v->graphics, sizeof out->graphics);
    memcpy(out->crtc, v->crtc, sizeof out->crtc);
    memcpy(out->attribute, v->attribute, sizeof out->attribute);
    if (out->lines && out->line_dots)
        vga_beam(v, &out->line, &out->dot);
}

void inspect_fdc(const struct machine *m, struct fdc_view *out)
{
    const struct floppy *f = &m->floppy;
    *out = (struct fdc_view){ .msr = floppy_msr(f), .dor = f->dor, .rate = f->rate, .irq = f->pin,
                              .command_size = f->command_size, .result_size = f->result_size,
                              .result_at = f->result_at, .locked = f->locked };
    memcpy(out->command, f->command, sizeof out->command);
    memcpy(out->result, f->result, sizeof out->result);
    memcpy(out->specify, f->specify, sizeof out->specify);
    memcpy(out->configure, f->configure, sizeof out->configure);
    for (unsigned i = 0; i < 2; i++) {
        const struct floppy_drive *drive = &f->drive[i];
        out->drive[i].present = drive->type != 0;
        out->drive[i].motor = drive->motor;
        out->drive[i].changed = drive->changed;
        out->drive[i].seeking = drive->seeking;
        out->drive[i].pcn = drive->pcn;
        out->drive[i].cylinder = drive->cylinder;
    }
}

void inspect_ata(const struct machine *m, unsigned channel, struct ata_view *out)
{
    const struct ata *a = &m->ata[channel];
    *out = (struct ata_view){ .base = a->config.command_base, .select = a->select, .control = a->control,
                              .command = a->command };
    for (unsigned i = 0; i < 2; i++) {
        const struct ata_drive *drive = &a->drive[i];
        out->drive[i].present = drive->is_cd || drive->ops;
        out->drive[i].is_cd = drive->is_cd;
        out->drive[i].irq = drive->irq;
        out->drive[i].status = drive->status;
        out->drive[i].error = drive->error;
        out->drive[i].features = drive->features;
        out->drive[i].count = drive->count;
        out->drive[i].sector = drive->sector;
        out->drive[i].cylinder_low = drive->cylinder_low;
        out->drive[i].cylinder_high = drive->cylinder_high;
        out->drive[i].multiple = drive->multiple;
        out->present |= out->drive[i].present;
    }
}
