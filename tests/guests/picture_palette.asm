; The way of a colour: palette registers, bits 5-4 and 7-6 from the colour select register, the DAC.
%include "picture.inc"

picture:
        jmp     colors

%include "picture_colors.inc"
        picture_end
