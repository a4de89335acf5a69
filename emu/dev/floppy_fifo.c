/* Bytes between host and head (82077AA data sheet, 4.2).
 *
 * The chip holds one byte, as the 8272A does, until CONFIGURE lets it use its FIFO of 16. It asks the host when so few
 * bytes are left, or so little room (or when the last bytes of a sector are there), as the threshold says, and goes on
 * until the FIFO is empty or full. A host that writes is asked as soon as the command begins to execute, and ahead of
 * the sector.
 *
 * DMA answers at once, so memory and the count register of the 8237 are right whenever software looks: nothing is moved
 * in larger pieces than on the chip. A channel that is masked is tried again when the next byte passes.
 *
 * Without mechanics a whole sector goes through the FIFO in one piece, and the host of PIO may take any time. */
#include "emu/dev/floppy_parts.h"

enum { CHIP_FIFO = 16, NO_FIFO = 0x20, THRESHOLD = 0x0F, DMA_GATE = 0x08 };

unsigned floppy_fifo_depth(const struct floppy *f)
{
    if (!f->run.real)
        return f->run.size;
    return f->configure[0] & NO_FIFO ? 1 : CHIP_FIFO;
}

void floppy_fifo_put(struct floppy *f, uint8_t value)
{
    struct floppy_run *run = &f->run;
    if (run->fifo_count >= sizeof run->fifo)
        return;
    run->fifo[(run->fifo_first + run->fifo_count) % sizeof run->fifo] = value;
    run->fifo_count++;
}

uint8_t floppy_fifo_get(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    if (!run->fifo_count)
        return 0;
    uint8_t value = run->fifo[run->fifo_first];
    run->fifo_first = (uint16_t)((run->fifo_first + 1) % sizeof run->fifo);
    run->fifo_count--;
    return value;
}

/* Bytes that the chip has, or has room for, at which it asks the host: 1-16, FIFOTHR being one less. */
static unsigned threshold(const struct floppy *f)
{
    unsigned depth = floppy_fifo_depth(f), chosen = (f->configure[0] & THRESHOLD) + 1u;
    return f->run.real && depth == CHIP_FIFO ? chosen : depth;
}

static bool asks_to_be_read(const struct floppy *f)
{
    const struct floppy_run *run = &f->run;
    bool last = run->head_at == run->size || run->activity == FLOPPY_DRAINING;
    unsigned least = floppy_fifo_depth(f) - threshold(f);
    return run->fifo_count && (run->asking || last || run->fifo_count >= least);
}

static bool asks_for_bytes(const struct floppy *f)
{
    const struct floppy_run *run = &f->run;
    bool room = run->fifo_count < floppy_fifo_depth(f) && floppy_run_owed(f);
    return room && (run->asking || run->fifo_count <= threshold(f));
}

/* Without mechanics nothing is asked for ahead. */
static void update_request(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    bool early = run->real ? run->activity == FLOPPY_NOTHING : run->activity != FLOPPY_MOVING;
    bool over = run->terminal || (run->st1 & ST1_OVERRUN);
    if (floppy_run_takes(f))
        run->asking = !early && !over && asks_for_bytes(f);
    else
        run->asking = asks_to_be_read(f);
}

/* The piece of the ring that can be moved at once. */
static unsigned piece(const struct floppy *f, bool takes)
{
    const struct floppy_run *run = &f->run;
    unsigned at = takes ? (run->fifo_first + run->fifo_count) % sizeof run->fifo : run->fifo_first;
    unsigned count = takes ? floppy_fifo_depth(f) - run->fifo_count : run->fifo_count;
    unsigned owed = takes ? floppy_run_owed(f) : count, straight = (unsigned)sizeof run->fifo - at;
    count = count < owed ? count : owed;
    return count < straight ? count : straight;
}

/* Returns the bytes moved. After terminal count nothing more is asked for, and what the disk still gives is dropped. */
static unsigned move_piece(struct floppy *f)
{
    struct floppy_run *run = &f->run;
    const struct floppy_dma *dma = &f->config.dma;
    bool takes = floppy_run_takes(f), terminal = false;
    unsigned at = takes ? (run->fifo_first + run->fifo_count) % sizeof run->fifo : run->fifo_first;
    if ((f->config.wiring == FLOPPY_AT && !(f->dor & DMA_GATE)) || !dma->transfer)
        return 0;
    unsigned done = dma->transfer(dma->ctx, f->config.channel, run->fifo + at, piece(f, takes), !takes, &terminal);
    run->terminal = run->terminal || terminal;
    if (takes) {
        run->fifo_count = (uint16_t)(run->fifo_count + done);
        run->host_at = (uint16_t)(run->host_at + done);
    } else {
        run->fifo_first = (uint16_t)((run->fifo_first + done) % sizeof run->fifo);
        run->fifo_count = (uint16_t)(terminal ? 0 : run->fifo_count - done);
    }
    return done;
}

void floppy_fifo_serve(struct floppy *f)
{
    update_request(f);
    if (floppy_pio(f)) {
        f->irq = f->run.asking;
        floppy_update_pin(f);
        return;
    }
    while (f->run.asking && move_piece(f))
        update_request(f);
}

bool floppy_fifo_requests(const struct floppy *f)
{
    return f->run.asking && floppy_pio(f);
}

/* After a byte of PIO. As on the 8272A the pin falls after each when the FIFO is not used; else it stays until the FIFO
 * is empty or full. */
static void byte_moved(struct floppy *f)
{
    if (f->configure[0] & NO_FIFO) {
        f->irq = false;
        floppy_update_pin(f);
    }
    floppy_fifo_serve(f);
}

uint8_t floppy_fifo_take(struct floppy *f)
{
    uint8_t value = floppy_fifo_get(f);
    byte_moved(f);
    if (!f->run.fifo_count)
        floppy_run_served(f);
    return value;
}

void floppy_fifo_give(struct floppy *f, uint8_t value)
{
    floppy_fifo_put(f, value);
    f->run.host_at++;
    byte_moved(f);
    floppy_run_served(f);
}
