#!/bin/bash
# The device of a build against a plain loop device over a file, both on the same disk, in one run, in turns.
#   bench/device.sh [fio|base|untar|all] [ROUNDS] [SECONDS per fio job]
# Needs root, fio, e2fsprogs, jq, and backstore compiled with its tests (mvn -pl backstore test-compile), or CP set to a class
# path that has both.
# FIO_DIR (default: a folder in /dev/shm) and DISK_DIR (default: a folder in /var/tmp) say where the files lie.
# "base" reads from a sealed layer below the writable one: the writable layer's own bytes for "plain".
# Prints one line per row: IOPS and median latency of each side, and ours relative to plain.
set -euo pipefail
what=${1:-all} rounds=${2:-3} seconds=${3:-3} threads=${THREADS:-2}
here=$(cd "$(dirname "$0")/.." && pwd)
fio_dir=$(mktemp -d "${FIO_DIR:-/dev/shm}/obd-device.XXXXXX")
disk_dir=$(mktemp -d "${DISK_DIR:-/var/tmp}/obd-device.XXXXXX")
java=${JAVA_HOME:-/usr/lib/jvm/temurin-25-jdk-amd64}/bin/java
size=$((20 << 30)) span=512M
plain= ours= server=

finish() {
  trap '' INT TERM HUP
  umount "$disk_dir/mnt" 2>/dev/null || true
  [ -z "$plain" ] || losetup -d "$plain" || true
  if [ -n "$server" ]; then exec 7>&-; wait "$server" || true; fi
  # Nothing, unless the server was killed: its loop devices clear themselves, its mounts stay.
  find "$fio_dir/dev" "$disk_dir/dev" -type f -exec umount {} \; 2>/dev/null || true
  rm -rf "$fio_dir" "$disk_dir"
}
trap finish EXIT
# Only after the command under way, which got the signal too or ends soon: what it uses cannot be unmounted.
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

classpath() {
  if [ -n "${CP:-}" ]; then
    echo "$CP"
    return
  fi
  (cd "$here" && ./mvnw -o -q -B -pl backstore dependency:build-classpath -Dmdep.includeScope=test \
    -Dmdep.outputFile="$disk_dir/cp" >/dev/null)
  # Copies, so that a build beside this run does not replace them.
  mkdir "$disk_dir/lib"
  tr ':' '\n' <"$disk_dir/cp" | xargs cp -t "$disk_dir/lib"
  cp -r "$here"/backstore/target/{classes,test-classes} "$disk_dir"
  echo "$disk_dir/classes:$disk_dir/test-classes:$disk_dir/lib/*"
}

# start DIR [CODEC BLOCK BYTES]: makes $plain and $ours, over sparse files of one size in DIR
start() {
  mkdir -p "$1/dev"
  truncate -s $size "$1/plain"
  plain=$(losetup --direct-io=on -b 4096 -f --show "$1/plain")
  mkfifo "$1/in" "$1/out"
  # In a session of its own: it ends when its input does, not by a signal to this script's group.
  setsid "$java" -Xmx256m -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "$cp" dev.obdbuild.backstore.device.ServeStack "$1/dev" "$1/ours" $size "$threads" "${@:2}" \
    <"$1/in" >"$1/out" &
  server=$!
  exec 7>"$1/in"
  read -r ours <"$1/out"
}

stop() {
  losetup -d "$plain"; plain=
  exec 7>&-; wait "$server"; server=
  rm -rf "$1"/{plain,ours,ours.base,in,out}
}

# fio_row NODE RW BLOCK ENGINE DEPTH: "iops p50us mbps"
fio_row() {
  fio --name=x --filename="$1" --rw="$2" --bs="$3" --ioengine="$4" --iodepth="$5" --direct=1 --size=$span \
    --time_based --runtime="$seconds" --randrepeat=1 --norandommap --output-format=json |
    jq -r --arg side "${2%%[!a-z]*}" '.jobs[0] | (if $side | test("read") then .read else .write end) |
      "\(.iops|round) \((.clat_ns.percentile["50.000000"] // 0) / 1000 | floor) \(.bw_bytes / 1e6 | round)"'
}

report() {
  echo "$1 | plain $2 | ours $3" | awk -v l="$(cut -d' ' -f1 /proc/loadavg)" '{
    printf "%-24s plain %7d iops %4d us %5d MB/s | ours %7d iops %4d us %5d MB/s | ratio %.2f (load %s)\n",
      $1" "$2" "$3" "$4, $7, $8, $9, $12, $13, $14, $12 / $7, l }'
}

fio_part() {
  start "$fio_dir"
  for node in $plain $ours; do
    fio --name=fill --filename="$node" --rw=write --bs=1M --size=$span --direct=1 >/dev/null
  done
  for row in "randread 4k psync 1" "randwrite 4k psync 1" "randread 4k libaio 32" "randwrite 4k libaio 32" \
    "read 1M libaio 4" "write 1M libaio 4"; do
    for round in $(seq "$rounds"); do
      # shellcheck disable=SC2086
      report "$row" "$(fio_row "$plain" $row)" "$(fio_row "$ours" $row)"
    done
  done
  stop "$fio_dir"
}

base_part() {
  cat /usr/bin/* /usr/lib/x86_64-linux-gnu/*.so* 2>/dev/null | dd bs=1M count=512 iflag=fullblock of="$fio_dir/bytes" status=none || true
  truncate -s %4096 "$fio_dir/bytes"
  for format in "LZ4 4096" "ZSTD 4096" "ZSTD 65536"; do
    # shellcheck disable=SC2086
    start "$fio_dir" $format "$fio_dir/bytes"
    echo "sealed layer of $(($(stat -c %s "$fio_dir/bytes") >> 20)) MiB, $format: $(($(stat -c %s "$fio_dir/ours.base") >> 20)) MiB"
    dd if="$fio_dir/bytes" of="$plain" bs=1M oflag=direct conv=notrunc status=none
    for row in "randread 4k psync 1" "randread 4k libaio 32" "read 1M libaio 4" "read 128k psync 1"; do
      for round in $(seq "$rounds"); do
        # shellcheck disable=SC2086
        report "$row" "$(fio_row "$plain" $row)" "$(fio_row "$ours" $row)"
      done
    done
    stop "$fio_dir"
  done
}

ms() { echo $(($(date +%s%N) / 1000000)); }

# untar_row NODE: "untar sync read remove" in ms
untar_row() {
  mkfs.ext4 -q -F -O ^has_journal,^resize_inode,sparse_super2 \
    -E nodiscard,lazy_itable_init=1,packed_meta_blocks=1 "$1"
  mount -o noatime,noinit_itable "$1" "$disk_dir/mnt"
  a=$(ms); tar -xf "$fio_dir/files.tar" -C "$disk_dir/mnt"
  b=$(ms); sync -f "$disk_dir/mnt"
  c=$(ms); umount "$disk_dir/mnt"; mount -o noatime,noinit_itable "$1" "$disk_dir/mnt"
  d=$(ms); tar -cf - -C "$disk_dir/mnt" . | cat >/dev/null
  e=$(ms); rm -rf "$disk_dir/mnt/usr"; sync -f "$disk_dir/mnt"
  f=$(ms); umount "$disk_dir/mnt"
  echo "$((b - a)) $((c - b)) $((e - d)) $((f - e))"
}

untar_part() {
  start "$disk_dir"
  mkdir -p "$disk_dir/mnt"
  find /usr/share /usr/lib /usr/include -xdev -type f -size -2M | sort | awk 'NR <= 45000' |
    tar -cf "$fio_dir/files.tar" --files-from - 2>/dev/null || true
  echo "tar: $(tar -tf "$fio_dir/files.tar" | wc -l) files, $(($(stat -c %s "$fio_dir/files.tar") >> 20)) MiB"
  for round in $(seq "$rounds"); do
    p=$(untar_row "$plain"); o=$(untar_row "$ours")
    echo "$p $o" | awk -v l="$(cut -d' ' -f1 /proc/loadavg)" '{
      printf "untar/sync/cold read/rm+sync ms: plain %d %d %d %d | ours %d %d %d %d | ratio %.2f %.2f %.2f %.2f, untar+sync %.2f (load %s)\n",
        $1, $2, $3, $4, $5, $6, $7, $8, $5/$1, $6/($2+1), $7/$3, $8/$4, ($5+$6)/($1+$2), l }'
  done
  stop "$disk_dir"
}

cp=$(classpath)
case $what in
  fio) fio_part ;;
  base) base_part ;;
  untar) untar_part ;;
  all) fio_part; base_part; untar_part ;;
  *) echo "usage: $0 [fio|base|untar|all] [ROUNDS] [SECONDS]" >&2; exit 2 ;;
esac
