; Reads a 1.44 MB disk through INT 13h in the ways that programs do. Before and after each the test notes the time: port
; E9h gets the capital letter of what begins and the small one when it has ended, or "!" and the error.
;
;   M sector 1, the motor being off         T the 18 sectors of head 0        H those of head 1
;   C both heads in one call                S 18 sectors in 18 calls          D the same, but 2 ms between calls
;   K sector 5 of cylinder 40               R sector 9 of cylinder 7          V as T, verified only

        cpu     486
        bits    16
        org     0x7C00

BUFFER          equ 0x1000
REFRESH_2_MS    equ 133                 ; toggles of port 61h bit 4, 15.085 us each

        cli
        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x7C00
        sti
        cld
        mov     ax, BUFFER
        mov     es, ax
.motor_off:
        hlt                             ; the BIOS stops it two seconds after the boot sector was read
        test    byte [0x43F], 1
        jnz     .motor_off
        mov     ecx, 30                 ; and it comes to rest
.rest:  hlt
        loop    .rest

        mov     si, reads
.next:  lodsb
        test    al, al
        jz      .end
        mov     [letter], al
        out     0xE9, al
        lodsw
        mov     [function], ax
        lodsw
        mov     cx, ax
        lodsw
        mov     [head], al
        mov     [calls], ah
        lodsw
        mov     [pause], ax
.call:  mov     ax, [function]
        mov     dh, [head]
        mov     dl, 0
        xor     bx, bx
        int     0x13
        jc      .failed
        dec     byte [calls]
        jz      .done
        inc     cx
        mov     bp, [pause]
        call    wait_toggles
        jmp     .call
.done:  mov     al, [letter]
        or      al, 0x20
        out     0xE9, al
        jmp     .next
.failed:
        mov     al, '!'
        out     0xE9, al
        mov     al, ah
        out     0xE9, al
.end:   mov     al, 7
        out     0xF4, al
        hlt

; Waits BP toggles of the refresh bit.
wait_toggles:
        test    bp, bp
        jz      .done
        in      al, 0x61
        mov     ah, al
.same:  in      al, 0x61
        xor     al, ah
        test    al, 0x10
        jz      .same
        dec     bp
        jmp     wait_toggles
.done:  ret

; Letter; AH and AL of INT 13h; CH and CL; DH; number of calls; pause between them
%macro read_row 8
        db      %1
        dw      %2 << 8 | %3, %4 << 8 | %5, %7 << 8 | %6, %8
%endmacro
reads:
        read_row 'M', 2, 1, 0, 1, 0, 1, 0
        read_row 'T', 2, 18, 0, 1, 0, 1, 0
        read_row 'H', 2, 18, 0, 1, 1, 1, 0
        read_row 'C', 2, 36, 0, 1, 0, 1, 0
        read_row 'S', 2, 1, 0, 1, 0, 18, 0
        read_row 'D', 2, 1, 0, 1, 0, 18, REFRESH_2_MS
        read_row 'K', 2, 1, 40, 5, 0, 1, 0
        read_row 'R', 2, 1, 7, 9, 1, 1, 0
        read_row 'V', 4, 18, 7, 1, 0, 1, 0
        db      0

letter:         db 0
calls:          db 0
head:           db 0
                align 2
function:       dw 0
pause:          dw 0

        times   510 - ($ - $$) db 0
        dw      0xAA55
