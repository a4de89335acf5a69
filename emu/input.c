/* What comes from outside through emu.h, to the chip that it is for. */
#include "emu/machine.h"

bool machine_key(struct machine *m, uint8_t scancode)
{
    return keyboard_key(&m->keyboard, scancode);
}

bool machine_key_ready(const struct machine *m)
{
    return keyboard_ready(&m->keyboard);
}

bool machine_key_listens(const struct machine *m)
{
    struct pic_view pic[2];
    struct registers registers;

    inspect_pic(m, pic);
    inspect_registers(m, &registers);
    return kbc_listens(&m->kbc) && pic[0].initialised && !(pic[0].imr & 1 << 1) && registers.eflags & 1 << 9;
}

void machine_mouse(struct machine *m, int dx, int dy, unsigned buttons)
{
    if (m->has_mouse == MOUSE_PS2)
        mouse_move(&m->mouse, dx, dy, (uint8_t)buttons);
    else if (m->has_mouse == MOUSE_SERIAL)
        serial_mouse_move(&m->serial_mouse, dx, dy, (uint8_t)buttons);
}

bool machine_mouse_listens(const struct machine *m)
{
    return m->has_mouse == MOUSE_PS2 ? mouse_listens(&m->mouse)
                                     : m->has_mouse == MOUSE_SERIAL && serial_mouse_listens(&m->serial_mouse);
}

void machine_joystick(struct machine *m, unsigned stick, uint8_t x, uint8_t y, unsigned buttons)
{
    if (m->has_gameport)
        gameport_move(&m->gameport, stick, x, y, (uint8_t)buttons);
}
