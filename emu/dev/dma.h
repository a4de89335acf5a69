/* The two 8237A DMA controllers of an AT and their page registers.
 *
 * Channels 0-3 move bytes inside 64 KB, channels 5-7 words inside 128 KB; channel 4 cascades the first controller and
 * must be in cascade mode and unmasked for channels 0-3 to work. Ports 00h-0Fh, C0h-DFh, 80h-8Fh. A device hands over
 * a buffer and gets back how much of it the controller moved; by itself a controller serves only requests by software.
 * While it moves, the controller holds the bus: the board hears by hold() for how many cycles, and takes the
 * time from the CPU. */
#ifndef EMU_DEV_DMA_H
#define EMU_DEV_DMA_H

#include <stdbool.h>
#include <stdint.h>

#include "emu/bus.h"

struct probes;
struct state;

enum { DMA_VERIFY = 0, DMA_TO_MEMORY = 1, DMA_FROM_MEMORY = 2 };    /* bits 2-3 of the mode */

/* The controllers' clock is half of the ISA bus's 8.33 MHz. A transfer takes five clocks on an AT, S1 to S4 and the
 * board's one wait state (IBM AT Technical Reference, DMA: "five clock cycles"; the 8237A could leave S1 out while the
 * upper address stays the same, IBM's figure counts it), or four with compressed timing, which drops S3. The time in
 * which the bus changes hands is not in it. */
enum { DMA_CLOCK_TICKS = 1008, DMA_CYCLE_CLOCKS = 5, DMA_COMPRESSED_CLOCKS = 4 };

struct dma_channel {
    uint16_t address, count;            /* current; in words on channels 4-7 */
    uint16_t base_address, base_count;  /* reloaded by autoinitialisation */
    uint8_t mode;                       /* bits 2-7 as written; bits 0-1 zero */
};

struct dma_chip {
    struct dma_channel channel[4];
    uint8_t command;
    uint8_t mask;                       /* bit n: channel n does nothing */
    uint8_t software_request;
    uint8_t dreq;                       /* level of the devices' request lines */
    uint8_t terminal;                   /* channels that reached terminal count since status was read */
    bool high_byte;                     /* the flip-flop */
};

struct dma_config {
    struct bus *bus;
    struct probes *probes;
    void (*hold)(void *ctx, unsigned cycles);   /* the bus was taken for a transfer's cycles; NULL: nobody listens */
    void *hold_ctx;
};

struct dma {
    struct dma_chip chip[2];            /* channels 0-3, channels 4-7 */
    uint8_t page_register[16];          /* ports 80h-8Fh; those of no channel are plain storage */
    struct dma_config config;
};

/* Claims the ports and resets. */
void dma_init(struct dma *dma, const struct dma_config *config);

/* RESET pin of both chips: all channels masked. Addresses, counts and pages stay, as on the chip. */
void dma_reset(struct dma *dma);

/* Moves up to LENGTH bytes between BUFFER and memory on CHANNEL (0-3, 5-7), until the count is exhausted. Returns the
 * bytes moved; 0 if the channel is masked, disabled or in cascade mode. An odd length is rounded down on channels 5-7.
 * *terminal_count: the count ran out with the last byte moved. hold() is called once, after the transfer, with
 * one cycle per byte or word, verify cycles included. Where the programmed direction is verify or not the
 * device's, the counters run but no memory is touched, and a device that wanted bytes gets FFh. CTX is a struct dma. */
uint32_t dma_transfer(void *dma, unsigned channel, uint8_t *buffer, uint32_t length, bool to_memory,
                      bool *terminal_count);

/* Ticks of a bus cycle on CHANNEL (0-7): 5040, or 4032 with compressed timing (bit 3 of the command register). */
uint32_t dma_cycle_ticks(const struct dma *dma, unsigned channel);

/* A device's DREQ: shown in the status register. Signature of struct line; CTX is a struct dma. */
void dma_set_request(void *dma, unsigned channel, bool level);

/* Views for display; channel 0-7. The physical address includes the page. */
uint32_t dma_address(const struct dma *dma, unsigned channel);
uint8_t dma_page(const struct dma *dma, unsigned channel);

/* True if the channel would move something now. */
bool dma_ready(const struct dma *dma, unsigned channel);

void dma_visit(struct dma *dma, struct state *state);

#endif
