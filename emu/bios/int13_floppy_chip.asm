; The floppy controller (82077 and its ancestors) and its DMA channel 2. DL is the drive, BP the register frame;
; routines that can fail return a status in AH with CF set.

; Sends AL to the controller. If it does not take it the command is given up: fdc_finish will find that nothing comes.
fdc_put:
        push    ax
        push    cx
        push    dx
        mov     ah, al
        mov     dx, 0x3F4
        mov     cx, 2000
.poll:
        in      al, dx
        and     al, 0xC0
        cmp     al, 0x80
        je      .ready
        call    wait_refresh
        loop    .poll
        jmp     .done
.ready:
        inc     dx
        mov     al, ah
        out     dx, al
.done:
        pop     dx
        pop     cx
        pop     ax
        ret

; Sends the byte that names drive and the caller's head.
fdc_put_drive_head:
        mov     al, frame_dh
        and     al, 1
        shl     al, 2
        or      al, dl
        jmp     fdc_put

; Reads the result phase, at most seven bytes. CF if the controller gave none.
fdc_result:
        push    cx
        push    dx
        push    di
        mov     di, BDA_FLOPPY_RESULT
.byte:
        mov     dx, 0x3F4
        mov     cx, 2000
.poll:
        in      al, dx
        and     al, 0xD0
        cmp     al, 0xD0
        je      .ready
        cmp     al, 0x80
        je      .end
        call    wait_refresh
        loop    .poll
        jmp     .end
.ready:
        inc     dx
        in      al, dx
        mov     [di], al
        inc     di
        cmp     di, BDA_FLOPPY_RESULT + 7
        jb      .byte
.end:
        cmp     di, BDA_FLOPPY_RESULT + 1       ; CF if not one byte came
        pop     di
        pop     dx
        pop     cx
        ret

; Before a command that ends with IRQ6.
fdc_begin:
        and     byte [BDA_FLOPPY_CALIBRATED], 0x7F
        ret

; Waits up to 2 s for IRQ6. CF if it did not come.
fdc_wait_irq:
        push    ecx
        mov     ax, 0x9001              ; an operating system may wait for us
        clc
        int     0x15
        mov     ecx, 2000 * REFRESH_PER_MS
.wait:
        cli
        test    byte [BDA_FLOPPY_CALIBRATED], 0x80
        jnz     .came
        call    wait_step
        jnc     .wait
        pop     ecx
        stc
        ret
.came:
        sti
        and     byte [BDA_FLOPPY_CALIBRATED], 0x7F
        pop     ecx
        clc
        ret

; Ends a read, write, format or read-ID command: AH = status from the result bytes. A controller that does not answer is
; reset.
fdc_finish:
        call    fdc_wait_irq
        jc      .timeout
        call    fdc_result
        jc      .controller
        mov     al, [BDA_FLOPPY_RESULT]
        and     al, 0xC0
        jz      .good
        cmp     al, 0x40
        jne     .controller
        mov     al, [BDA_FLOPPY_RESULT + 1]
        mov     si, .errors
.next:
        mov     cx, [cs:si]
        add     si, 2
        test    al, cl
        jnz     .found
        test    cl, cl
        jnz     .next
.found:
        mov     ah, ch
        stc
        ret
.good:
        mov     ah, STATUS_OK
        ret
.controller:
        call    fdc_reset
        mov     ah, STATUS_CONTROLLER
        stc
        ret
.timeout:
        call    fdc_reset
        mov     ah, STATUS_TIMEOUT
        stc
        ret

; Bits of ST1 and what they mean.
.errors:
        db      0x80, STATUS_NOT_FOUND          ; end of cylinder
        db      0x20, STATUS_CRC
        db      0x10, STATUS_DMA_OVERRUN
        db      0x04, STATUS_NOT_FOUND
        db      0x02, STATUS_WRITE_PROTECTED
        db      0x01, STATUS_NO_ADDRESS_MARK
        db      0x00, STATUS_CONTROLLER

; Resets the controller; the heads' places are not known afterwards. Needs no drive.
fdc_reset:
        push    cx
        push    dx
        cli
        and     byte [BDA_FLOPPY_CALIBRATED], 0x70
        mov     al, [BDA_FLOPPY_MOTOR]
        mov     ah, al
        shl     al, 4
        shr     ah, 4
        and     ah, 3
        or      al, ah
        or      al, 0x08                ; reset, DMA and IRQ6 on
        mov     dx, 0x3F2
        out     dx, al
        call    wait_refresh
        call    wait_refresh
        or      al, 0x0C
        out     dx, al
        call    fdc_wait_irq
        mov     ah, STATUS_CONTROLLER
        jc      .done
        mov     cx, 4                   ; polling mode: every drive reports
.sense:
        mov     al, 0x08
        call    fdc_put
        call    fdc_result
        mov     ah, STATUS_CONTROLLER
        jc      .done
        loop    .sense
        call    fdc_specify
        mov     ah, STATUS_OK
.done:
        pop     dx
        pop     cx
        ret

; Step rate, head load and unload times from the parameter table.
fdc_specify:
        push    bx
        mov     al, 0x03
        call    fdc_put
        mov     bx, FLOPPY_SPECIFY_1
        call    floppy_parameter
        call    fdc_put
        mov     bx, FLOPPY_SPECIFY_2
        call    floppy_parameter
        and     al, 0xFE                ; DMA mode
        call    fdc_put
        pop     bx
        ret

; Ends a SEEK or RECALIBRATE. CF unless the drive reports that it got there.
fdc_seek_end:
        call    fdc_wait_irq
        jc      .done
        mov     al, 0x08
        call    fdc_put
        call    fdc_result
        jc      .done
        mov     al, [BDA_FLOPPY_RESULT]
        and     al, 0xF0
        cmp     al, 0x20                ; seek end, no error
        je      .done
        stc
.done:
        ret

; Moves the head to track 0. 77 steps may not suffice, hence the second try.
fdc_recalibrate:
        call    .once
        jnc     .found
        call    .once
        mov     ah, STATUS_SEEK
        jc      .done
.found:
        movzx   bx, dl
        mov     byte [bx + BDA_FLOPPY_CYLINDER], 0
        bts     word [BDA_FLOPPY_CALIBRATED], bx
        call    floppy_settle
        mov     ah, STATUS_OK
        clc
.done:
        ret
.once:
        call    fdc_begin
        mov     al, 0x07
        call    fdc_put
        mov     al, dl
        call    fdc_put
        jmp     fdc_seek_end

; Moves the head to track CH if it is not there.
fdc_seek:
        movzx   bx, dl
        bt      word [BDA_FLOPPY_CALIBRATED], bx
        jc      .known
        call    fdc_recalibrate
        jc      .failed
.known:
        movzx   bx, dl
        cmp     [bx + BDA_FLOPPY_CYLINDER], ch
        je      .there
        call    fdc_begin
        mov     al, 0x0F
        call    fdc_put
        call    fdc_put_drive_head
        mov     al, ch
        call    fdc_put
        call    fdc_seek_end
        jc      .failed
        mov     [bx + BDA_FLOPPY_CYLINDER], ch
        call    floppy_settle
.there:
        mov     ah, STATUS_OK
        clc
        ret
.failed:
        movzx   bx, dl
        btr     word [BDA_FLOPPY_CALIBRATED], bx
        mov     ah, STATUS_SEEK
        stc
        ret

; READ ID on head 0: BDA_FLOPPY_RESULT + 3 is the cylinder that the disk says it is.
fdc_read_id:
        call    fdc_begin
        mov     al, 0x4A
        call    fdc_put
        mov     al, dl
        call    fdc_put
        jmp     fdc_finish

; Waits until the head has come to rest.
floppy_settle:
        push    ax
        push    bx
        mov     bx, FLOPPY_SETTLE
        call    floppy_parameter
        mov     ah, 0
        call    wait_ms
        pop     bx
        pop     ax
        ret

; Starts and selects drive DL's motor, and waits until it is up to speed if it was off. In the meantime the timer must
; not stop it.
floppy_motor_on:
        pushad
        mov     byte [BDA_FLOPPY_MOTOR_COUNT], 0xFF
        mov     cl, dl
        mov     ch, 1
        shl     ch, cl
        mov     ah, dl
        shl     ah, 4
        or      ah, ch
        cmp     floppy_dma_mode, 0x4A
        jne     .reading
        or      ah, 0x80
.reading:
        cli
        mov     bl, [BDA_FLOPPY_MOTOR]
        mov     al, bl
        and     al, 0x0F
        or      al, ah
        mov     [BDA_FLOPPY_MOTOR], al
        shl     al, 4
        or      al, dl
        or      al, 0x0C
        mov     dx, 0x3F2
        out     dx, al
        sti
        test    bl, ch
        jnz     .running
        mov     ax, 0x90FD
        clc
        int     0x15
        jc      .running                ; the operating system has waited for us
        mov     bx, FLOPPY_MOTOR_ON
        call    floppy_parameter
        mov     ah, 125
        mul     ah
        call    wait_ms
.running:
        popad
        ret

; From now the motor runs for the parameter table's time. Keeps AH and flags.
floppy_motor_timer:
        pushf
        push    ax
        push    bx
        mov     bx, FLOPPY_MOTOR_OFF
        call    floppy_parameter
        mov     [BDA_FLOPPY_MOTOR_COUNT], al
        pop     bx
        pop     ax
        popf
        ret

; Prepares DMA channel 2 for CX + 1 bytes at the caller's ES:BX. The channel cannot count past 64 KB.
floppy_dma:
        movzx   eax, frame_es
        shl     eax, 4
        movzx   ebx, frame_bx
        add     eax, ebx
        cmp     floppy_dma_mode, 0x42
        jne     .check
        xor     ax, ax                  ; verify moves nothing: any place that crosses no boundary
.check:
        mov     bx, ax
        add     bx, cx
        jc      .crosses
        pushf
        cli
        push    ax
        mov     al, 0x06                ; mask the channel
        out     0x0A, al
        out     0x0C, al                ; reset the byte flip-flop
        mov     al, floppy_dma_mode
        out     0x0B, al
        pop     ax
        out     0x04, al
        mov     al, ah
        out     0x04, al
        shr     eax, 16
        out     0x81, al
        mov     al, cl
        out     0x05, al
        mov     al, ch
        out     0x05, al
        mov     al, 0x02
        out     0x0A, al
        popf
        mov     ah, STATUS_OK
        clc
        ret
.crosses:
        mov     ah, STATUS_DMA_BOUNDARY
        stc
        ret
