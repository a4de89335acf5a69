#!/bin/sh
# make-disks.sh KIND FILE [MODE]: makes a test disk from Debian's packages.
#   grub      100 MB hard disk, qcow2: GRUB 2 in the MBR gap, FAT16 partition at 1 MB with a few files
#   gfxterm   the same with a menu that GRUB draws by itself, in a mode of VESA's: MODE, or 640x480x32
#   syslinux  100 MB hard disk, qcow2: SYSLINUX on an active FAT16 partition, its ls.c32, memtest86+ as "mt"
#   floppy    1.44 MB raw floppy with SYSLINUX and ls.c32
#   memtest   1.44 MB raw floppy with SYSLINUX that starts memtest86+
#   cd-grub   CD that boots GRUB 2 without emulation, with a file README.TXT
#   cd-floppy CD that boots the floppy above
#   cd-disk   CD that boots GRUB 2 from a hard disk of 5 MB with a FAT16 partition
# Needs mtools, qemu-utils, grub-pc-bin, grub-common, syslinux, syslinux-common, memtest86+, genisoimage.
# Runs as any user.
set -e
kind=${1:?usage: make-disks.sh KIND FILE [MODE]}
out=${2:?usage: make-disks.sh KIND FILE}
modules=/usr/lib/syslinux/modules/bios
work=$(mktemp -d "${TMPDIR:-/tmp}/make-disks.XXXXXX")
trap 'rm -rf "$work"' EXIT
raw=$work/raw
export MTOOLS_SKIP_CHECK=1 MTOOLSRC=/dev/null

byte() { printf "\\$(printf %03o "$1")"; }

# chs LBA HEADS SECTORS: the three bytes of a partition table
chs()
{
    c=$(($1 / ($2 * $3))) h=$(($1 / $3 % $2)) s=$(($1 % $3 + 1))
    [ $c -gt 1023 ] && c=1023 h=$(($2 - 1)) s=$3
    byte $h; byte $((s | (c >> 2 & 192))); byte $((c & 255))
}
le32() { for shift in 0 8 16 24; do byte $(($1 >> shift & 255)); done; }

# partition FIRST SECTORS HEADS SECTORS-PER-TRACK: one active FAT16 partition into the MBR of $raw
partition()
{
    { byte 128; chs "$1" "$3" "$4"; byte 6; chs $(($1 + $2 - 1)) "$3" "$4"; le32 "$1"; le32 "$2"; } >"$work/entry"
    dd if="$work/entry" of="$raw" bs=1 seek=446 conv=notrunc status=none
    printf '\125\252' | dd of="$raw" bs=1 seek=510 conv=notrunc status=none
}

# A hard disk of 203 cylinders, 16 heads, 63 sectors with a FAT16 partition from 1 MB to the end of the last cylinder.
hard_disk()
{
    sectors=$((203 * 16 * 63))
    truncate -s $((sectors * 512)) "$raw"
    partition 2048 $((sectors - 2048)) 16 63
    mformat -i "$raw@@1M" -T $((sectors - 2048)) -h 16 -s 63 -H 2048 -c 4 ::
    printf 'Trowel digs here.\r\n' >"$work/readme.txt"
    mcopy -i "$raw@@1M" "$work/readme.txt" ::/README.TXT
    mmd -i "$raw@@1M" ::/DIG
    mcopy -i "$raw@@1M" "$work/readme.txt" ::/DIG/FIND.TXT
}

case $kind in
grub)
    hard_disk
    grub-mkimage -O i386-pc -o "$work/core.img" -p '(hd0,msdos1)/boot' biosdisk part_msdos fat normal ls cat echo
    dd if=/usr/lib/grub/i386-pc/boot.img of="$raw" bs=1 count=440 conv=notrunc status=none
    dd if="$work/core.img" of="$raw" bs=512 seek=1 conv=notrunc status=none
    qemu-img convert -f raw -O qcow2 "$raw" "$out"
    ;;
gfxterm)
    hard_disk
    mmd -i "$raw@@1M" ::/BOOT
    mcopy -i "$raw@@1M" /usr/share/grub/ascii.pf2 ::/BOOT/ASCII.PF2
    {
        echo "loadfont /boot/ascii.pf2"
        echo "set gfxmode=${3:-640x480x32}"
        echo "terminal_output gfxterm"
        echo "set timeout=-1"
        echo "set menu_color_normal=yellow/blue"
        echo "menuentry 'Dig here' { echo digging; }"
        echo "menuentry 'Dig there' { echo deeper; }"
    } >"$work/grub.cfg"
    mcopy -i "$raw@@1M" "$work/grub.cfg" ::/BOOT/GRUB.CFG
    grub-mkimage -O i386-pc -o "$work/core.img" -p '(hd0,msdos1)/boot' biosdisk part_msdos fat normal echo font \
        gfxterm vbe video video_fb
    dd if=/usr/lib/grub/i386-pc/boot.img of="$raw" bs=1 count=440 conv=notrunc status=none
    dd if="$work/core.img" of="$raw" bs=512 seek=1 conv=notrunc status=none
    qemu-img convert -f raw -O qcow2 -c "$raw" "$out"
    ;;
syslinux)
    hard_disk
    dd if=/usr/lib/syslinux/mbr/mbr.bin of="$raw" bs=1 count=440 conv=notrunc status=none
    mcopy -i "$raw@@1M" $modules/ls.c32 $modules/libcom32.c32 $modules/libutil.c32 ::
    mcopy -i "$raw@@1M" /boot/memtest86+ia32.bin ::/MT
    printf 'PROMPT 1\nTIMEOUT 0\n' >"$work/syslinux.cfg"
    mcopy -i "$raw@@1M" "$work/syslinux.cfg" ::
    syslinux --offset $((2048 * 512)) --install "$raw"
    qemu-img convert -f raw -O qcow2 -c "$raw" "$out"
    ;;
floppy | memtest)
    truncate -s 1440K "$raw"
    mformat -i "$raw" -f 1440 ::
    if [ "$kind" = memtest ]; then
        mcopy -i "$raw" /boot/memtest86+ia32.bin ::/MT
        printf 'DEFAULT MT\nPROMPT 0\n' >"$work/syslinux.cfg"
    else
        mcopy -i "$raw" $modules/ls.c32 $modules/libcom32.c32 $modules/libutil.c32 ::
        printf 'PROMPT 1\nTIMEOUT 0\n' >"$work/syslinux.cfg"
    fi
    mcopy -i "$raw" "$work/syslinux.cfg" ::
    syslinux --install "$raw"
    cp "$raw" "$out"
    ;;
cd-grub)
    mkdir "$work/tree"
    printf 'Trowel digs here.\n' >"$work/tree/README.TXT"
    grub-mkimage -O i386-pc-eltorito -o "$work/tree/core.img" -p '(cd)/boot' biosdisk iso9660 normal ls cat echo
    genisoimage -quiet -o "$out" -b core.img -c boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table "$work/tree"
    ;;
cd-floppy)
    mkdir "$work/tree"
    sh "$0" floppy "$work/tree/floppy.img"
    genisoimage -quiet -o "$out" -b floppy.img -c boot.cat "$work/tree"
    ;;
cd-disk)
    mkdir "$work/tree"
    sectors=$((10 * 16 * 63))
    truncate -s $((sectors * 512)) "$raw"
    partition 2048 $((sectors - 2048)) 16 63
    mformat -i "$raw@@1M" -T $((sectors - 2048)) -h 16 -s 63 -H 2048 -c 1 ::
    printf 'Trowel digs here.\r\n' >"$work/readme.txt"
    mcopy -i "$raw@@1M" "$work/readme.txt" ::/README.TXT
    grub-mkimage -O i386-pc -o "$work/core.img" -p '(hd0,msdos1)/boot' biosdisk part_msdos fat normal ls cat echo
    dd if=/usr/lib/grub/i386-pc/boot.img of="$raw" bs=1 count=440 conv=notrunc status=none
    dd if="$work/core.img" of="$raw" bs=512 seek=1 conv=notrunc status=none
    mv "$raw" "$work/tree/disk.img"
    genisoimage -quiet -o "$out" -b disk.img -c boot.cat -hard-disk-boot "$work/tree"
    ;;
*)
    echo "make-disks.sh: unknown kind $kind" >&2
    exit 2
    ;;
esac
