#!/bin/sh
# make-disk.sh FOLDER FILE [KERNEL-OPTIONS]: makes the qcow2 hard disk that Linux boots from, out of what build.sh left
# in FOLDER: a FAT16 partition with SYSLINUX and both kernels (labels m486 and m486sx, the first is booted unless the
# prompt is answered), and an ext2 partition with the root. No loop devices: runs as any user.
# Needs mtools, qemu-utils, syslinux, syslinux-common, e2fsprogs.
set -e
folder=${1:?usage: make-disk.sh FOLDER FILE}
out=${2:?usage: make-disk.sh FOLDER FILE}
options="console=tty0 console=ttyS0,115200 root=/dev/sda2 rootfstype=ext2 reboot=k parport=0x378,7 $3"
work=$(mktemp -d "${TMPDIR:-/tmp}/make-disk.XXXXXX")
trap 'rm -rf "$work"' EXIT
raw=$work/raw
export MTOOLS_SKIP_CHECK=1 MTOOLSRC=/dev/null PATH="$PATH:/usr/sbin:/sbin"

# 130 cylinders of 16 heads and 63 sectors; partitions begin at 1 MB and 17 MB.
sectors=$((130 * 16 * 63)) boot=2048 root=34816

byte() { printf "\\$(printf %03o "$1")"; }
le32() { for shift in 0 8 16 24; do byte $(($1 >> shift & 255)); done; }
chs()
{
    byte $(($1 / 63 % 16)); byte $(($1 % 63 + 1 | ($1 / 1008 >> 2 & 192))); byte $(($1 / 1008 & 255))
}
# partition FLAG KIND FIRST COUNT: an entry of the partition table
partition() { byte "$1"; chs "$3"; byte "$2"; chs $(($3 + $4 - 1)); le32 "$3"; le32 "$4"; }

truncate -s $((sectors * 512)) "$raw"
dd if=/usr/lib/syslinux/mbr/mbr.bin of="$raw" bs=1 count=440 conv=notrunc status=none
{ partition 128 6 $boot $((root - boot)); partition 0 131 $root $((sectors - root)); } |
    dd of="$raw" bs=1 seek=446 conv=notrunc status=none
printf '\125\252' | dd of="$raw" bs=1 seek=510 conv=notrunc status=none

mformat -i "$raw@@1M" -T $((root - boot)) -h 16 -s 63 -H $boot -c 4 ::
{
    printf 'PROMPT 1\nTIMEOUT 30\nDEFAULT m486\n'
    for kernel in m486 m486sx; do
        printf 'LABEL %s\n  KERNEL /%s\n  APPEND %s\n' $kernel $kernel "$options"
    done
} >"$work/syslinux.cfg"
mcopy -i "$raw@@1M" "$work/syslinux.cfg" ::
mcopy -i "$raw@@1M" "$folder/vmlinuz-m486" ::/m486
mcopy -i "$raw@@1M" "$folder/vmlinuz-m486sx" ::/m486sx
syslinux --offset $((boot * 512)) --install "$raw"

mkdir -p "$work/root/dev" "$work/root/proc" "$work/root/sbin" "$work/root/etc"
cp "$folder/init" "$work/root/sbin/init"
printf 'Trowel digs in Linux.\n' >"$work/root/etc/motd"
mke2fs -q -t ext2 -b 1024 -O ^resize_inode -E offset=$((root * 512)),root_owner=0:0 -d "$work/root" "$raw" \
    $(((sectors - root) / 2))
qemu-img convert -f raw -O qcow2 "$raw" "$out"
