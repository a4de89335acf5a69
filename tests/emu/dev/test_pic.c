/* Tests of the interrupt controllers. */
#include "tests/emu/dev/rig.h"

#include "emu/dev/pic.h"

struct board {
    struct rig rig;
    struct pic_pair pic;
    struct wire intr;
};

static void visit(void *chip, struct state *state) { pic_visit(chip, state); }

static void program(struct board *b, uint8_t icw4)
{
    static const uint16_t ports[2] = { 0x20, 0xA0 };

    for (int i = 0; i < 2; i++) {
        rig_out(&b->rig, ports[i], 0x11);
        rig_out(&b->rig, ports[i] + 1, i ? 0x70 : 0x08);
        rig_out(&b->rig, ports[i] + 1, i ? 2 : 4);
        rig_out(&b->rig, ports[i] + 1, icw4);
    }
}

static int setup(void **state)
{
    struct board *b = calloc(1, sizeof *b);

    rig_init(&b->rig);
    pic_init(&b->pic, &(struct pic_config){ &b->rig.bus, &b->rig.probes, wire_line(&b->intr, &b->rig) });
    program(b, 0x01);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct board *b = *state;

    rig_destroy(&b->rig);
    free(b);
    return 0;
}

static void pulse(struct board *b, unsigned irq)
{
    pic_set_irq(&b->pic, irq, false);
    pic_set_irq(&b->pic, irq, true);
}

static uint8_t read_isr(struct board *b, uint16_t port)
{
    rig_out(&b->rig, port, 0x0B);
    return rig_in(&b->rig, port);
}

static uint8_t read_irr(struct board *b, uint16_t port)
{
    rig_out(&b->rig, port, 0x0A);
    return rig_in(&b->rig, port);
}

static void nothing_is_asked_for_before_the_icws(void **state)
{
    struct board *b = *state;

    pic_reset(&b->pic);
    pulse(b, 0);
    assert_false(b->intr.level);
    rig_out(&b->rig, 0x20, 0x11);
    pulse(b, 0);
    assert_false(b->intr.level);
    rig_out(&b->rig, 0x21, 0x20);
    rig_out(&b->rig, 0x21, 0x04);
    rig_out(&b->rig, 0x21, 0x01);
    assert_true(b->intr.level);
    assert_int_equal(pic_acknowledge(&b->pic), 0x20);
}

static void master_request_is_served_and_ended(void **state)
{
    struct board *b = *state;

    rig_listen(&b->rig, PROBE_BIT(PROBE_IRQ_RAISED) | PROBE_BIT(PROBE_IRQ_ACCEPTED) | PROBE_BIT(PROBE_IRQ_ENDED));
    pulse(b, 1);
    assert_true(b->intr.level);
    assert_int_equal(read_irr(b, 0x20), 0x02);
    assert_int_equal(pic_acknowledge(&b->pic), 0x09);
    assert_false(b->intr.level);
    assert_int_equal(read_irr(b, 0x20), 0);
    assert_int_equal(read_isr(b, 0x20), 0x02);
    rig_out(&b->rig, 0x20, 0x20);
    assert_int_equal(read_isr(b, 0x20), 0);
    assert_int_equal(b->rig.events, 3);
    assert_int_equal(b->rig.event[0].kind, PROBE_IRQ_RAISED);
    assert_int_equal(b->rig.event[1].kind, PROBE_IRQ_ACCEPTED);
    assert_int_equal(b->rig.event[1].b, 0x09);
    assert_int_equal(b->rig.event[2].kind, PROBE_IRQ_ENDED);
    assert_int_equal(b->rig.event[2].a, 1);
}

static void slave_request_passes_through_input_2(void **state)
{
    struct board *b = *state;

    pulse(b, 14);
    assert_int_equal(read_irr(b, 0x20), 0x04);
    assert_int_equal(pic_acknowledge(&b->pic), 0x76);
    assert_int_equal(read_isr(b, 0x20), 0x04);
    assert_int_equal(read_isr(b, 0xA0), 0x40);
    rig_out(&b->rig, 0xA0, 0x20);
    rig_out(&b->rig, 0x20, 0x20);
    assert_int_equal(read_isr(b, 0x20) | read_isr(b, 0xA0), 0);
}

static void lower_priority_waits_for_the_end_of_interrupt(void **state)
{
    struct board *b = *state;

    pulse(b, 3);
    assert_int_equal(pic_acknowledge(&b->pic), 0x0B);
    pulse(b, 4);
    assert_false(b->intr.level);
    pulse(b, 3);
    assert_false(b->intr.level);
    pulse(b, 1);
    assert_true(b->intr.level);
    assert_int_equal(pic_acknowledge(&b->pic), 0x09);
    rig_out(&b->rig, 0x20, 0x20);
    assert_int_equal(read_isr(b, 0x20), 0x08);
    rig_out(&b->rig, 0x20, 0x20);
    assert_int_equal(pic_acknowledge(&b->pic), 0x0B);
    rig_out(&b->rig, 0x20, 0x63);
    assert_int_equal(pic_acknowledge(&b->pic), 0x0C);
}

static void second_slave_request_waits_for_the_slaves_end_and_then_the_masters(void **state)
{
    struct board *b = *state;

    pulse(b, 14);
    pulse(b, 15);
    assert_int_equal(pic_acknowledge(&b->pic), 0x76);
    rig_out(&b->rig, 0xA0, 0x20);
    assert_false(b->intr.level);
    rig_out(&b->rig, 0x20, 0x20);
    assert_true(b->intr.level);
    assert_int_equal(pic_acknowledge(&b->pic), 0x77);
}

static void masked_edge_is_remembered(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x21, 0x02);
    pulse(b, 1);
    assert_false(b->intr.level);
    assert_int_equal(read_irr(b, 0x20), 0x02);
    rig_out(&b->rig, 0x21, 0x00);
    assert_true(b->intr.level);
}

static void edge_counts_once_while_the_line_stays_high(void **state)
{
    struct board *b = *state;

    pic_set_irq(&b->pic, 5, true);
    assert_int_equal(pic_acknowledge(&b->pic), 0x0D);
    rig_out(&b->rig, 0x20, 0x20);
    assert_false(b->intr.level);
    pic_set_irq(&b->pic, 5, true);
    assert_false(b->intr.level);
}

static void level_input_asks_again_until_the_line_falls(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x4D0, 0xFF);
    rig_out(&b->rig, 0x4D1, 0xFF);
    assert_int_equal(rig_in(&b->rig, 0x4D0), 0xF8);
    assert_int_equal(rig_in(&b->rig, 0x4D1), 0xDE);
    pic_set_irq(&b->pic, 5, true);
    assert_int_equal(pic_acknowledge(&b->pic), 0x0D);
    rig_out(&b->rig, 0x20, 0x20);
    assert_true(b->intr.level);
    pic_set_irq(&b->pic, 5, false);
    assert_false(b->intr.level);
}

static void withdrawn_request_gives_vector_7_without_service(void **state)
{
    struct board *b = *state;

    pic_set_irq(&b->pic, 4, true);
    pic_set_irq(&b->pic, 4, false);
    assert_false(b->intr.level);
    assert_int_equal(pic_acknowledge(&b->pic), 0x0F);
    assert_int_equal(read_isr(b, 0x20), 0);
}

/* Withdrawn by the device before the CPU noticed: the cascade line falls too, so it is the master that has nothing. */
static void withdrawn_slave_request_frees_the_cascade(void **state)
{
    struct board *b = *state;

    pic_set_irq(&b->pic, 14, true);
    pic_set_irq(&b->pic, 14, false);
    assert_int_equal(pic_acknowledge(&b->pic), 0x0F);
    assert_int_equal(read_isr(b, 0x20) | read_isr(b, 0xA0), 0);
}

/* Withdrawn between the two INTA cycles: the master has accepted its input 2. */
static void slave_with_nothing_left_gives_vector_15_and_the_master_is_in_service(void **state)
{
    struct board *b = *state;

    pic_set_irq(&b->pic, 14, true);
    b->pic.chip[1].irr = 0;
    assert_int_equal(pic_acknowledge(&b->pic), 0x77);
    assert_int_equal(read_isr(b, 0x20), 0x04);
    assert_int_equal(read_isr(b, 0xA0), 0);
}

static void poll_acknowledges(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x20, 0x0C);
    assert_int_equal(rig_in(&b->rig, 0x20), 0);
    pulse(b, 6);
    rig_out(&b->rig, 0x20, 0x0C);
    assert_int_equal(rig_in(&b->rig, 0x20), 0x86);
    assert_false(b->intr.level);
    assert_int_equal(read_isr(b, 0x20), 0x40);
}

static void special_mask_lets_lower_requests_through(void **state)
{
    struct board *b = *state;

    pulse(b, 3);
    pic_acknowledge(&b->pic);
    pulse(b, 6);
    assert_false(b->intr.level);
    rig_out(&b->rig, 0x21, 0x08);
    rig_out(&b->rig, 0x20, 0x68);
    assert_true(b->intr.level);
    assert_int_equal(pic_acknowledge(&b->pic), 0x0E);
    rig_out(&b->rig, 0x20, 0x20);
    assert_int_equal(read_isr(b, 0x20), 0x08);
    rig_out(&b->rig, 0x20, 0x48);
    pulse(b, 6);
    assert_false(b->intr.level);
}

static void rotation_moves_the_served_input_to_the_end(void **state)
{
    struct board *b = *state;

    pulse(b, 3);
    pic_acknowledge(&b->pic);
    rig_out(&b->rig, 0x20, 0xA0);
    assert_int_equal(b->pic.chip[0].lowest, 3);
    pulse(b, 1);
    pulse(b, 4);
    assert_int_equal(pic_acknowledge(&b->pic), 0x0C);
    rig_out(&b->rig, 0x20, 0xC7);
    assert_int_equal(b->pic.chip[0].lowest, 7);
}

static void auto_eoi_leaves_nothing_in_service(void **state)
{
    struct board *b = *state;

    program(b, 0x03);
    pulse(b, 3);
    pulse(b, 12);
    pulse(b, 14);
    assert_int_equal(pic_acknowledge(&b->pic), 0x74);
    assert_true(b->intr.level);
    assert_int_equal(pic_acknowledge(&b->pic), 0x76);
    assert_int_equal(pic_acknowledge(&b->pic), 0x0B);
    assert_false(b->intr.level);
    assert_int_equal(read_isr(b, 0x20) | read_isr(b, 0xA0), 0);
}

static void fully_nested_slave_interrupts_itself(void **state)
{
    struct board *b = *state;

    program(b, 0x11);
    pulse(b, 14);
    assert_int_equal(pic_acknowledge(&b->pic), 0x76);
    pulse(b, 15);
    assert_false(b->intr.level);
    pulse(b, 9);
    assert_int_equal(pic_acknowledge(&b->pic), 0x71);
}

static void icw1_clears_mask_service_and_edges(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x21, 0xF0);
    pulse(b, 1);
    pic_acknowledge(&b->pic);
    pulse(b, 0);
    program(b, 0x01);
    assert_int_equal(rig_in(&b->rig, 0x21), 0);
    assert_int_equal(read_isr(b, 0x20), 0);
    assert_false(b->intr.level);
    pulse(b, 0);
    assert_true(b->intr.level);
}

static void input_2_and_beyond_15_cannot_be_driven(void **state)
{
    struct board *b = *state;

    pic_set_irq(&b->pic, 2, true);
    pic_set_irq(&b->pic, 16, true);
    assert_false(b->intr.level);
}

/* --- Initialisation --- */

/* ICW1, ICW2, ICW3, ICW4 to one chip. */
static void initialise(struct board *b, uint16_t port, uint8_t icw1, uint8_t icw2, uint8_t icw3, uint8_t icw4)
{
    rig_out(&b->rig, port, icw1);
    rig_out(&b->rig, port + 1, icw2);
    rig_out(&b->rig, port + 1, icw3);
    rig_out(&b->rig, port + 1, icw4);
}

/* Minix, Windows and Linux move the vectors while the machine runs. */
static void vectors_move_at_run_time(void **state)
{
    struct board *b = *state;

    pulse(b, 1);
    assert_int_equal(pic_acknowledge(&b->pic), 0x09);
    initialise(b, 0x20, 0x11, 0x53, 4, 1);
    initialise(b, 0xA0, 0x11, 0x7F, 2, 1);
    pulse(b, 1);
    assert_int_equal(pic_acknowledge(&b->pic), 0x51);
    rig_out(&b->rig, 0x20, 0x20);
    pulse(b, 14);
    assert_int_equal(pic_acknowledge(&b->pic), 0x7E);
}

static void icw1_says_how_many_words_follow(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x20, 0x13);
    rig_out(&b->rig, 0x21, 0x40);
    rig_out(&b->rig, 0x21, 0x01);
    rig_out(&b->rig, 0x21, 0x5A);
    assert_int_equal(rig_in(&b->rig, 0x21), 0x5A);
    rig_out(&b->rig, 0x20, 0x12);
    rig_out(&b->rig, 0x21, 0x40);
    rig_out(&b->rig, 0x21, 0x5B);
    assert_int_equal(rig_in(&b->rig, 0x21), 0x5B);
    rig_out(&b->rig, 0x20, 0x10);
    rig_out(&b->rig, 0x21, 0x40);
    rig_out(&b->rig, 0x21, 0x04);
    rig_out(&b->rig, 0x21, 0x5C);
    assert_int_equal(rig_in(&b->rig, 0x21), 0x5C);
}

/* Without ICW4 its functions are off, whatever they were. */
static void icw1_without_icw4_turns_its_functions_off(void **state)
{
    struct board *b = *state;

    program(b, 0x13);
    rig_out(&b->rig, 0x20, 0x10);
    rig_out(&b->rig, 0x21, 0x08);
    rig_out(&b->rig, 0x21, 0x04);
    pulse(b, 3);
    pic_acknowledge(&b->pic);
    assert_int_equal(read_isr(b, 0x20), 0x08);
}

static void icw1_undoes_rotation_special_mask_and_the_choice_of_isr(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x20, 0xC3);
    rig_out(&b->rig, 0x20, 0x68);
    rig_out(&b->rig, 0x20, 0x0B);
    rig_out(&b->rig, 0x20, 0x0C);
    program(b, 0x01);
    pulse(b, 3);
    pulse(b, 4);
    assert_int_equal(rig_in(&b->rig, 0x20), 0x18);
    assert_int_equal(pic_acknowledge(&b->pic), 0x0B);
    rig_out(&b->rig, 0x21, 0x08);
    assert_false(b->intr.level);
}

static void icw1_makes_all_inputs_level_triggered(void **state)
{
    struct board *b = *state;

    pic_set_irq(&b->pic, 1, true);
    initialise(b, 0x20, 0x19, 0x08, 4, 1);
    assert_true(b->intr.level);
    assert_int_equal(pic_acknowledge(&b->pic), 0x09);
    assert_int_equal(read_irr(b, 0x20), 0x02);
    rig_out(&b->rig, 0x20, 0x20);
    assert_int_equal(pic_acknowledge(&b->pic), 0x09);
    pic_set_irq(&b->pic, 1, false);
    assert_int_equal(read_irr(b, 0x20), 0x00);
    rig_out(&b->rig, 0x20, 0x20);
    assert_false(b->intr.level);
}

static void single_master_gives_the_vector_of_input_2_itself(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x20, 0x13);
    rig_out(&b->rig, 0x21, 0x08);
    rig_out(&b->rig, 0x21, 0x01);
    pulse(b, 14);
    assert_int_equal(pic_acknowledge(&b->pic), 0x0A);
    assert_int_equal(read_isr(b, 0xA0), 0);
    assert_int_equal(read_irr(b, 0xA0), 0x40);
}

static void master_without_slaves_gives_the_vector_of_input_2_itself(void **state)
{
    struct board *b = *state;

    initialise(b, 0x20, 0x11, 0x08, 0, 1);
    pulse(b, 14);
    assert_int_equal(pic_acknowledge(&b->pic), 0x0A);
    assert_int_equal(read_isr(b, 0xA0), 0);
}

static void slave_of_another_number_leaves_the_bus_floating(void **state)
{
    struct board *b = *state;

    initialise(b, 0xA0, 0x11, 0x70, 5, 1);
    pulse(b, 14);
    assert_int_equal(pic_acknowledge(&b->pic), 0xFF);
    assert_int_equal(read_isr(b, 0x20), 0x04);
    assert_int_equal(read_isr(b, 0xA0), 0);
    initialise(b, 0x20, 0x11, 0x08, 0x0C, 1);
    pulse(b, 3);
    assert_int_equal(pic_acknowledge(&b->pic), 0xFF);
    assert_int_equal(read_isr(b, 0x20), 0x08);
}

/* --- Ends of interrupt and rotation --- */

/* Inputs 4, 3 and 1 are served, each within the other. */
static void serve_three(struct board *b)
{
    static const uint8_t irq[] = { 4, 3, 1 };

    for (int i = 0; i < 3; i++) {
        pulse(b, irq[i]);
        assert_int_equal(pic_acknowledge(&b->pic), 0x08 + irq[i]);
    }
}

static void specific_end_names_its_input(void **state)
{
    struct board *b = *state;

    serve_three(b);
    rig_out(&b->rig, 0x20, 0x63);
    assert_int_equal(read_isr(b, 0x20), 0x12);
    rig_out(&b->rig, 0x20, 0x67);
    assert_int_equal(read_isr(b, 0x20), 0x12);
    rig_out(&b->rig, 0x20, 0x40);
    assert_int_equal(read_isr(b, 0x20), 0x12);
    rig_out(&b->rig, 0x20, 0x20);
    assert_int_equal(read_isr(b, 0x20), 0x10);
}

static void rotation_with_a_specific_end_goes_behind_the_input_named(void **state)
{
    struct board *b = *state;

    serve_three(b);
    rig_out(&b->rig, 0x20, 0xE3);
    assert_int_equal(read_isr(b, 0x20), 0x12);
    assert_int_equal(b->pic.chip[0].lowest, 3);
    rig_out(&b->rig, 0x20, 0x20);
    assert_int_equal(read_isr(b, 0x20), 0x02);
    rig_out(&b->rig, 0x20, 0xE6);
    assert_int_equal(b->pic.chip[0].lowest, 6);
}

static void rotation_with_nothing_in_service_changes_nothing(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x20, 0xA0);
    assert_int_equal(b->pic.chip[0].lowest, 7);
}

static void rotation_in_automatic_end_serves_in_turn(void **state)
{
    struct board *b = *state;

    program(b, 0x03);
    rig_out(&b->rig, 0x20, 0x80);
    for (int round = 0; round < 2; round++) {
        pulse(b, 1);
        pulse(b, 3);
        assert_int_equal(pic_acknowledge(&b->pic), 0x09);
        pulse(b, 1);
        assert_int_equal(pic_acknowledge(&b->pic), 0x0B);
        assert_int_equal(pic_acknowledge(&b->pic), 0x09);
        pulse(b, 3);
        assert_int_equal(pic_acknowledge(&b->pic), 0x0B);
    }
    rig_out(&b->rig, 0x20, 0x00);
    rig_out(&b->rig, 0x20, 0xC7);
    pulse(b, 1);
    assert_int_equal(pic_acknowledge(&b->pic), 0x09);
    pulse(b, 1);
    pulse(b, 3);
    assert_int_equal(pic_acknowledge(&b->pic), 0x09);
}

/* --- Special mask, poll, levels --- */

static void special_mask_needs_its_enable_bit(void **state)
{
    struct board *b = *state;

    pulse(b, 3);
    pic_acknowledge(&b->pic);
    pulse(b, 6);
    rig_out(&b->rig, 0x21, 0x08);
    rig_out(&b->rig, 0x20, 0x28);
    assert_false(b->intr.level);
    rig_out(&b->rig, 0x20, 0x68);
    assert_true(b->intr.level);
    rig_out(&b->rig, 0x20, 0x08);
    assert_true(b->intr.level);
    rig_out(&b->rig, 0x20, 0x48);
    assert_false(b->intr.level);
}

static void special_mask_keeps_masked_service_from_non_specific_ends(void **state)
{
    struct board *b = *state;

    serve_three(b);
    rig_out(&b->rig, 0x21, 0x02);
    rig_out(&b->rig, 0x20, 0x68);
    rig_out(&b->rig, 0x20, 0x20);
    assert_int_equal(read_isr(b, 0x20), 0x12);
    rig_out(&b->rig, 0x20, 0x61);
    assert_int_equal(read_isr(b, 0x20), 0x10);
}

static void what_is_in_service_and_not_masked_holds_off_lower_ones_in_special_mask(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x20, 0x68);
    pulse(b, 3);
    pic_acknowledge(&b->pic);
    pulse(b, 6);
    assert_false(b->intr.level);
    pulse(b, 1);
    assert_true(b->intr.level);
}

static void poll_lasts_for_one_read_at_either_port(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x21, 0x40);
    pulse(b, 3);
    rig_out(&b->rig, 0x20, 0x0C);
    assert_int_equal(rig_in(&b->rig, 0x21), 0x83);
    assert_int_equal(rig_in(&b->rig, 0x21), 0x40);
}

static void poll_of_both_serves_the_slave(void **state)
{
    struct board *b = *state;

    pulse(b, 14);
    rig_out(&b->rig, 0x20, 0x0C);
    assert_int_equal(rig_in(&b->rig, 0x20), 0x82);
    rig_out(&b->rig, 0xA0, 0x0C);
    assert_int_equal(rig_in(&b->rig, 0xA0), 0x86);
    assert_int_equal(read_isr(b, 0x20), 0x04);
    assert_int_equal(read_isr(b, 0xA0), 0x40);
    assert_false(b->intr.level);
}

static void poll_with_automatic_end_leaves_nothing_in_service(void **state)
{
    struct board *b = *state;

    program(b, 0x03);
    pulse(b, 3);
    rig_out(&b->rig, 0x20, 0x0C);
    assert_int_equal(rig_in(&b->rig, 0x20), 0x83);
    assert_int_equal(read_isr(b, 0x20), 0);
}

static void irr_follows_a_level_input_also_while_masked_and_in_service(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x4D0, 0x20);
    rig_out(&b->rig, 0x21, 0x20);
    pic_set_irq(&b->pic, 5, true);
    assert_int_equal(read_irr(b, 0x20), 0x20);
    pic_set_irq(&b->pic, 5, false);
    assert_int_equal(read_irr(b, 0x20), 0);
    rig_out(&b->rig, 0x21, 0);
    pic_set_irq(&b->pic, 5, true);
    pic_acknowledge(&b->pic);
    assert_int_equal(read_irr(b, 0x20), 0x20);
    pic_set_irq(&b->pic, 5, false);
    assert_int_equal(read_irr(b, 0x20), 0);
}

static void elcr_outlives_icw1(void **state)
{
    struct board *b = *state;

    rig_out(&b->rig, 0x4D1, 0x10);
    program(b, 0x01);
    assert_int_equal(rig_in(&b->rig, 0x4D1), 0x10);
    pic_set_irq(&b->pic, 12, true);
    assert_int_equal(pic_acknowledge(&b->pic), 0x74);
    rig_out(&b->rig, 0xA0, 0x20);
    rig_out(&b->rig, 0x20, 0x20);
    assert_int_equal(pic_acknowledge(&b->pic), 0x74);
}

/* The master's own inputs nest as ever. */
static void fully_nested_concerns_slaves_only(void **state)
{
    struct board *b = *state;

    program(b, 0x11);
    pulse(b, 3);
    pic_acknowledge(&b->pic);
    pulse(b, 3);
    assert_false(b->intr.level);
    pulse(b, 12);
    assert_int_equal(pic_acknowledge(&b->pic), 0x74);
    pulse(b, 12);
    assert_false(b->intr.level);
}

static void loaded_state_goes_on_alike(void **state)
{
    struct board *a = *state;
    void *other;

    pulse(a, 3);
    pic_acknowledge(&a->pic);
    pulse(a, 14);
    pulse(a, 1);
    rig_out(&a->rig, 0xA1, 0x80);
    rig_out(&a->rig, 0x20, 0x0B);
    setup(&other);
    struct board *b = other;
    rig_copy(&a->rig, &a->pic, &b->rig, &b->pic, visit);
    struct board *both[2] = { a, b };
    for (int i = 0; i < 2; i++) {
        assert_int_equal(rig_in(&both[i]->rig, 0x20), 0x08);
        assert_int_equal(pic_acknowledge(&both[i]->pic), 0x09);
        rig_out(&both[i]->rig, 0x20, 0x20);
        pulse(both[i], 15);
    }
    assert_true(rig_hash(&a->rig, visit, &a->pic) == rig_hash(&b->rig, visit, &b->pic));
    assert_true(rig_refuses(&b->rig, &b->pic, &b->pic.chip[0].lowest, 8, visit));
    assert_true(rig_refuses(&b->rig, &b->pic, &b->pic.chip[1].icw_next, 1, visit));
    assert_true(rig_refuses(&b->rig, &b->pic, &b->pic.chip[1].number, 8, visit));
    teardown(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_asked_for_before_the_icws),
        TEST(master_request_is_served_and_ended),
        TEST(slave_request_passes_through_input_2),
        TEST(lower_priority_waits_for_the_end_of_interrupt),
        TEST(second_slave_request_waits_for_the_slaves_end_and_then_the_masters),
        TEST(masked_edge_is_remembered),
        TEST(edge_counts_once_while_the_line_stays_high),
        TEST(level_input_asks_again_until_the_line_falls),
        TEST(withdrawn_request_gives_vector_7_without_service),
        TEST(withdrawn_slave_request_frees_the_cascade),
        TEST(slave_with_nothing_left_gives_vector_15_and_the_master_is_in_service),
        TEST(poll_acknowledges),
        TEST(special_mask_lets_lower_requests_through),
        TEST(rotation_moves_the_served_input_to_the_end),
        TEST(auto_eoi_leaves_nothing_in_service),
        TEST(fully_nested_slave_interrupts_itself),
        TEST(icw1_clears_mask_service_and_edges),
        TEST(input_2_and_beyond_15_cannot_be_driven),
        TEST(vectors_move_at_run_time),
        TEST(icw1_says_how_many_words_follow),
        TEST(icw1_without_icw4_turns_its_functions_off),
        TEST(icw1_undoes_rotation_special_mask_and_the_choice_of_isr),
        TEST(icw1_makes_all_inputs_level_triggered),
        TEST(single_master_gives_the_vector_of_input_2_itself),
        TEST(master_without_slaves_gives_the_vector_of_input_2_itself),
        TEST(slave_of_another_number_leaves_the_bus_floating),
        TEST(specific_end_names_its_input),
        TEST(rotation_with_a_specific_end_goes_behind_the_input_named),
        TEST(rotation_with_nothing_in_service_changes_nothing),
        TEST(rotation_in_automatic_end_serves_in_turn),
        TEST(special_mask_needs_its_enable_bit),
        TEST(special_mask_keeps_masked_service_from_non_specific_ends),
        TEST(what_is_in_service_and_not_masked_holds_off_lower_ones_in_special_mask),
        TEST(poll_lasts_for_one_read_at_either_port),
        TEST(poll_of_both_serves_the_slave),
        TEST(poll_with_automatic_end_leaves_nothing_in_service),
        TEST(irr_follows_a_level_input_also_while_masked_and_in_service),
        TEST(elcr_outlives_icw1),
        TEST(fully_nested_concerns_slaves_only),
        TEST(loaded_state_goes_on_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
