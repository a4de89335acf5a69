; Exhibit d: a floppy driver with a race. It starts the motor of drive A, seeks from cylinder 0 to 40, waits 10 ms and
; asks whether the heads have arrived; then it reads a sector ID without waiting for the motor. A drive needs some 120
; ms for the seek and half a second for the motor.
%include "layout.inc"
        bits 16
        org 0

DOR     equ 0x3F2
MSR     equ 0x3F4
FIFO    equ 0x3F5
TARGET  equ 40

start:  mov ax, cs
        mov ds, ax
        xor ax, ax
        mov es, ax
        cli
        mov eax, [es:0x0E * 4]
        mov [old_irq6], eax
        mov word [es:0x0E * 4], irq6
        mov [es:0x0E * 4 + 2], cs
        sti
        mov si, intro
        call print

; Reset the controller with the motor of A on, sense the four drives, go to cylinder 0 and let it settle properly.
prepare:
        mov dx, DOR
        mov al, 0x08
        out dx, al
        mov byte [irq_seen], 0
        mov al, 0x0C
        out dx, al
        call wait_irq
        mov cx, 4
.sense: push cx
        call sense
        pop cx
        loop .sense
        mov si, specify
        call command
        mov byte [irq_seen], 0
        mov si, recalibrate
        call command
        call wait_irq
        call sense

; The race: motor on, seek, a short wait, and the assumption that the heads are there.
motor_on:
        mov dx, DOR
        mov al, 0x1C
        out dx, al
        mov byte [irq_seen], 0
seek:   mov si, seek_command
        call command
        mov bx, 10
        call wait_ms
ask:    mov al, [irq_seen]
        mov [arrived], al
        mov si, seek_won
        test al, al
        jnz .tell
        mov si, seek_lost
.tell:  call print
        call wait_irq                   ; be honest now, so that the drive is left in order
        call sense

; The same mistake with the motor: read an ID at once, give up after one revolution.
read_id:
        mov byte [irq_seen], 0
        mov si, read_id_command
        call command
        mov bx, 200
        call wait_ms
        mov si, motor_won
        cmp byte [irq_seen], 0
        jne .tell
        mov si, motor_lost
.tell:  call print

finish: mov dx, DOR                     ; motor off, controller reset for the BIOS
        mov al, 0x08
        out dx, al
        mov al, 0x0C
        out dx, al
        xor ax, ax
        mov dl, 0
        cli
        mov eax, [old_irq6]
        mov [es:0x0E * 4], eax
        sti
        xor ax, ax
        mov dl, 0
        int 0x13
        retf

irq6:   push ax
        mov byte [cs:irq_seen], 1
        mov al, 0x20
        out 0x20, al
        pop ax
        iret

; Waits for the interrupt, a second at most.
wait_irq:
        mov cx, 1000
.again: cmp byte [irq_seen], 0
        jne .end
        mov bx, 1
        push cx
        call wait_ms
        pop cx
        loop .again
.end:   ret

; Waits BX milliseconds by the refresh bit of port 61h, which toggles every 15 us.
wait_ms:
        mov cx, 66
        in al, 0x61
        mov ah, al
.edge:  in al, 0x61
        xor al, ah
        test al, 0x10
        jz .edge
        xor ah, 0x10
        loop .edge
        dec bx
        jnz wait_ms
        ret

; Sends the command at SI: a length byte, then its bytes. Gives up if the controller does not ask for them.
command:
        lodsb
        movzx cx, al
.byte:  call wait_ready
        jc .end
        lodsb
        mov dx, FIFO
        out dx, al
        loop .byte
.end:   ret

; Waits until the controller wants a byte; CF if it does not.
wait_ready:
        push cx
        mov dx, MSR
        mov cx, 0xFFFF
.again: in al, dx
        and al, 0xC0
        cmp al, 0x80
        je .ready
        loop .again
        stc
.ready: pop cx
        ret

; SENSE INTERRUPT: reads one or two result bytes.
sense:  mov si, sense_command
        call command
.result:
        mov dx, MSR
        mov cx, 1000
.wait:  in al, dx
        and al, 0xC0
        cmp al, 0xC0
        je .take
        cmp al, 0x80
        je .end
        loop .wait
        ret
.take:  mov dx, FIFO
        in al, dx
        jmp .result
.end:   ret

print:  lodsb
        test al, al
        jz .end
        mov ah, 0x0E
        mov bx, 7
        int 0x10
        jmp print
.end:   ret

specify:         db 3, 0x03, 0xDF, 0x02     ; step 3 ms, head load 4 ms, DMA
recalibrate:     db 2, 0x07, 0x00
seek_command:    db 3, 0x0F, 0x00, TARGET
read_id_command: db 2, 0x4A, 0x00
sense_command:   db 1, 0x08
irq_seen: db 0
arrived:  db 0
        align 4
old_irq6: dd 0
intro:     db 13, 10, "   Motor on, seek to cylinder 40, wait 10 ms...", 13, 10, 0
seek_won:  db 13, 10, "   The heads are there: the race was won. No real drive is so fast.", 13, 10, 0
seek_lost: db 13, 10, "   The heads are still moving: the race was lost.", 13, 10, 0
motor_won: db 13, 10, "   A sector ID was read within 200 ms of starting the motor.", 13, 10, 0
motor_lost: db 13, 10, "   No sector ID after 200 ms: the motor was not up to speed.", 13, 10, 0
        times EXHIBIT_SECTORS * 512 - ($ - $$) db 0
