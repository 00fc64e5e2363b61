#!/usr/bin/env bash
# Makes a machine of its own inside `unshare --map-root-user --net --mount`: another network, and another /data.
# Says "ready", and is there until its stdin closes.
#
#   namespace.sh ROOT DATA    ROOT: an empty folder to build the root of the file system in; DATA: what is /data there
#
# Matter devices and servers skip loopback interfaces, so there is a pair of others. The CHIP server wants to write to
# /data, which the machine need not have: only this root has one.
set -euo pipefail
root=$1 data=$2

ip link set lo up
ip link add matter0 type veth peer name matter1
ip link set matter1 up
ip link set matter0 up
ip addr add 10.77.0.1/24 dev matter0
ip -6 addr add fd77::1/64 dev matter0 nodad
ip route add 224.0.0.0/4 dev matter0

mount -t tmpfs matter "$root"
for entry in /*; do
  if [[ $entry == /data ]]; then
    continue
  elif [[ -L $entry ]]; then
    cp --no-dereference "$entry" "$root/"
  elif [[ -d $entry ]]; then
    mkdir "$root$entry"
    mount --rbind "$entry" "$root$entry"
  fi
done
mkdir "$root/data"
mount --bind "$data" "$root/data"
cd /
exec chroot "$root" /bin/sh -c 'echo ready && exec cat'
