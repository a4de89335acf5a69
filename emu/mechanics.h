/* What drives are like mechanically, as data: the columns of a profile (emu/timing/profile.h) that the drives' chips
 * follow in real time. All are per drive type, none per disk. */
#ifndef EMU_MECHANICS_H
#define EMU_MECHANICS_H

#include <stdint.h>

/* A floppy drive. The step rate, head load and unload times are the guest's (SPECIFY). */
struct floppy_mechanics {
    uint16_t spin_up_ms;            /* from the motor line to full speed */
    uint16_t settle_ms;             /* after the last step until IDs can be read */
    uint16_t step_us;               /* quickest step that the drive follows; faster pulses lose steps */
};

/* A hard disk with a voice coil and a read-ahead buffer; 0 rpm: a usual one. */
struct disk_mechanics {
    uint32_t rpm;
    uint32_t track_us;              /* seek to the next cylinder, settling included */
    uint32_t average_us;            /* mean of all pairs of cylinders (a third of the stroke) */
    uint32_t stroke_us;             /* from the first cylinder to the last */
    uint32_t head_us;               /* change of head in the same cylinder */
    uint32_t overhead_us;           /* firmware, per command */
    uint32_t sector_us;             /* from one sector's data to the next through the buffer, at the least */
    uint16_t buffer_sectors;        /* what reading ahead and writing hold; 16 at the least */
    uint16_t spin_up_ms;            /* from rest, as after power-on, to full speed */
};

/* A CD-ROM drive that turns at constant linear velocity; speed 0: a usual one. */
struct cd_mechanics {
    uint32_t speed;                 /* times 75 blocks of 2048 bytes a second, 1-52 */
    uint32_t access_us;             /* mean access over a third of a full disc, half a revolution included */
    uint32_t settle_us;             /* shortest access */
    uint32_t overhead_us;           /* firmware, per command */
    uint16_t buffer_blocks;         /* read ahead */
    uint16_t spin_up_ms;            /* from a closed tray, or from rest, to a disc that can be read */
};

#endif
