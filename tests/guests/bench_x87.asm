; x87 in real mode, as DOS programs use it: a Mandelbrot set in doubles, a product of matrices, and vectors of singles
; that are brought to unit length and cut to integers.
%include "bench.inc"
SIDE    equ 16                          ; of the matrices
POINTS  equ 40                          ; of the set, each way
VECTORS equ 256
        struc work, 0
.a:     resq SIDE * SIDE
.b:     resq SIDE * SIDE
.c:     resq SIDE * SIDE
.vector: resd VECTORS * 3
.whole: resw VECTORS * 3
        endstruc
        BEGIN
        fninit
        mov ax, 0x2000
        mov ds, ax
        mov word [cs:rounds], 300
.round: call mandelbrot
        call fill
        call product
        call vectors
        dec word [cs:rounds]
        jnz .round
        jmp done

mandelbrot:
        fld qword [cs:corner_i]
        mov dx, POINTS
.row:   fld qword [cs:corner_r]
        mov bx, POINTS
.point: call iterate
        fadd qword [cs:step_r]
        dec bx
        jnz .point
        fstp st0
        fadd qword [cs:step_i]
        dec dx
        jnz .row
        fstp st0
        ret

; ST is the real, ST(1) the imaginary part.
iterate:
        fldz
        fldz                            ; zr zi cr ci
        mov cx, 32
.again: fld st0
        fmul st0, st1                   ; rr zr zi cr ci
        fld st2
        fmul st0, st0                   ; ii rr zr zi cr ci
        fld st0
        fadd st0, st2
        fcomp dword [cs:four]
        fnstsw ax
        sahf
        ja .out
        fsubp st1, st0                  ; rr-ii zr zi cr ci
        fadd st0, st3
        fxch st1
        fmulp st2, st0                  ; zr' zr*zi cr ci
        fxch st1
        fadd st0, st0
        fadd st0, st3
        fxch st1
        loop .again
        fstp st0
        fstp st0
        ret
.out:   times 4 fstp st0
        ret

; Both matrices: quotients of small integers.
fill:   xor bx, bx
        mov cx, SIDE * SIDE
.next:  mov [bx + work.c], cx
        fild word [bx + work.c]
        fld st0
        fdiv dword [cs:seven]
        fstp qword [bx + work.a]
        fsubr dword [cs:ninety]
        fstp qword [bx + work.b]
        add bx, 8
        loop .next
        ret

product:
        xor di, di                      ; c
        xor si, si                      ; row of a
.row:   xor bp, bp                      ; column of b
.cell:  fldz
        mov bx, bp
        mov cx, SIDE
        push si
.term:  fld qword [si + work.a]
        fmul qword [bx + work.b]
        faddp st1, st0
        add si, 8
        add bx, SIDE * 8
        loop .term
        pop si
        fstp qword [di + work.c]
        wait
        add di, 8
        add bp, 8
        cmp bp, SIDE * 8
        jb .cell
        add si, SIDE * 8
        cmp si, SIDE * SIDE * 8
        jb .row
        ret

; From the product's cells: x, y, z to unit length, and thousandths of it as integers, cut.
vectors:
        xor bx, bx                      ; vector
        xor si, si                      ; cell
        xor di, di                      ; whole
.next:  fld qword [si + work.c]
        fst dword [bx + work.vector]
        fmul st0, st0
        fld dword [bx + work.vector]
        fsub dword [cs:ninety]
        fst dword [bx + work.vector + 4]
        fmul st0, st0
        faddp st1, st0
        fild word [si + work.a + 6]
        fst dword [bx + work.vector + 8]
        fmul st0, st0
        faddp st1, st0
        fsqrt
        fdivr dword [cs:thousand]
        fnstcw [cs:control]
        mov ax, [cs:control]
        or ah, 0x0C
        mov [cs:cutting], ax
        fldcw [cs:cutting]
        mov cx, 3
.part:  fld dword [bx + work.vector]
        fmul st0, st1
        fabs
        fistp word [di + work.whole]
        add bx, 4
        add di, 2
        loop .part
        fldcw [cs:control]
        fstp st0
        add si, 8
        cmp si, SIDE * SIDE * 8
        jb .next
        ret

        align 8
corner_r: dq -2.0
corner_i: dq -1.25
step_r: dq 0.0625
step_i: dq 0.061
four:   dd 4.0
seven:  dd 7.0
ninety: dd 90.25
thousand: dd 1000.0
rounds: dw 0
control: dw 0
cutting: dw 0
done:   END_BENCH
