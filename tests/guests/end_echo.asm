; Answers each byte that comes from COM1 with the same in upper case, until a "q": then it leaves with 9.

%include "end_frame.inc"

guest_main:
        mov     ax, 0x00E3
        xor     dx, dx
        int     0x14
.next:
        mov     ah, 2
        xor     dx, dx
        int     0x14
        test    ah, 0x80                ; time is up
        jnz     .next
        cmp     al, 'q'
        je      .leave
        cmp     al, 'a'
        jb      .answer
        and     al, 0xDF
.answer:
        mov     ah, 1
        xor     dx, dx
        int     0x14
        jmp     .next
.leave:
        mov     al, 9
        jmp     leave_with

        boot_sector_end
