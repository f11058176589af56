# A command on a disk that is all but full, and again once there is room: sh small_disk.sh DISK TEMPLATE ROOM COMMAND…
# Prints "left with N" after each. What is on the disk is copied to TEMPLATE-after, for whoever looks at it later.
disk=$1 template=$2 room=$3; shift 3
mount -t tmpfs -o size=300m tmpfs "$disk" && cp -r "$template/." "$disk" || exit 9
dd if=/dev/zero of="$disk/.filling" bs=64k 2>/dev/null
truncate -s "-$room" "$disk/.filling"
"$@"; echo "left with $?"
rm "$disk/.filling"
"$@"; echo "left with $?"
cp -r "$disk" "$template-after"
