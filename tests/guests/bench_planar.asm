; Video memory in mode 12h, as drivers for 16 colours use it: fills in write mode 0, copies by the latches in write mode
; 1, pixels by bit mask in write modes 0, 2 and 3, and reading with colour compare.
%include "bench.inc"
        mov ax, 0x0012
        int 0x10
        mov ax, 0xA000
        mov es, ax
        mov ds, ax
        mov dx, 0x3CE
        cld
        BEGIN
        mov bp, 40
.frame: mov ax, 0x0005
        out dx, ax
        mov ax, 0xFF08
        out dx, ax
        mov ax, 0x0000
        out dx, ax
        mov ax, 0x0F01                  ; all planes from set/reset
        out dx, ax
        xor di, di
        mov cx, 38400 / 2
        rep stosw
        mov ax, 0x0001
        out dx, ax
        mov ax, bp
        xor di, di
        mov cx, 38400 / 2
        rep stosw
        mov ax, 0x0105                  ; write mode 1: scroll up by 16 lines
        out dx, ax
        mov si, 1280
        xor di, di
        mov cx, 38400 - 1280
        rep movsb
        mov ax, 0x0205                  ; write mode 2: pixels
        out dx, ax
        mov al, 8
        out dx, al
        inc dx
        mov bx, 0
        mov al, 0x80
.pixel: out dx, al
        mov ah, [bx]
        mov [bx], cl
        ror al, 1
        add bx, 80
        adc cx, 0
        cmp bx, 38400
        jb .pixel
        sub bx, 38400 - 1
        cmp bx, 80
        jb .pixel
        dec dx
        mov ax, 0x0305                  ; write mode 3: patterns
        out dx, ax
        mov ax, 0xFF08
        out dx, ax
        mov ax, 0x0500
        out dx, ax
        xor di, di
        mov al, 0x5A
        mov cx, 38400
.pattern:
        mov ah, [di]
        mov [di], al
        rol al, 1
        inc di
        loop .pattern
        mov ax, 0x0805                  ; read mode 1
        out dx, ax
        xor si, si
        mov cx, 38400
.compare:
        lodsb
        loop .compare
        dec bp
        jnz .frame
        mov ax, 0x0003
        int 0x10
        END_BENCH
