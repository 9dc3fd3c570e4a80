#!/usr/bin/env bash
# The daemon beside BuildKit's, both driven by the same buildctl in one run: the cases of ../shared/bench, a context of 10 000
# files, and memory over many builds. Needs root, go, nft, python3, runc, and a registry with base/busybox, base/slim and base/dev
# on loopback (../shared/bases/make-bases.sh). Prints run.py's tables, then one line per figure with both sides and the ratio.
#
#   bench/daemon.sh [--cases 12-tiny,02-c] [--reps 3] [--port 5000] [--out FILE] [--no-buildkit] [--builds 200] [--skip-cases]
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
shared=$top/../shared/bench
port=5000 out=$top/bench/daemon.jsonl builds=200 buildkit=yes cases=yes arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    --port) port=$2; shift ;;
    --out) out=$2; shift ;;
    --builds) builds=$2; shift ;;
    --no-buildkit) buildkit=no ;;
    --skip-cases) cases=no ;;
    --cases | --reps | --phases | --case-dir) arguments+=("$1" "$2"); shift ;;
    *) echo "error: unknown option $1" >&2; exit 2 ;;
  esac
  shift
done

work=$(mktemp -d "${TMPDIR:-/var/tmp}/obd-daemon.XXXXXX")
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2> /dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

mkdir "$work/bin"
go build -C "$top/tools" -o "$work/bin/" github.com/moby/buildkit/cmd/buildctl github.com/moby/buildkit/cmd/buildkitd
export BUILDCTL=$work/bin/buildctl

answers() { # address: waits until a daemon answers there
  for _ in $(seq 300); do
    "$BUILDCTL" --addr "$1" debug workers > /dev/null 2>&1 && return 0
    sleep 0.1
  done
  echo "error: nobody answers on $1" >&2
  exit 1
}

printf '[registry."127.0.0.1:%s"]\nhttp = true\n' "$port" > "$work/ours.toml"
ours=unix://$work/ours.sock theirs=unix://$work/theirs.sock
"$top/obd-build" --version
started=$(date +%s%N)
"$top/obd-buildd" --root "$work/ours" --addr "$ours" --config "$work/ours.toml" 2> "$work/ours.log" &
pids+=($!)
answers "$ours"
echo "ready after $((($(date +%s%N) - started) / 1000000)) ms"
pgrep -P $$ -f ObdBuildd | head -n 1 > "$work/ours.pid"
sides=(ours)
if [ $buildkit = yes ]; then
  sides+=(theirs)
  printf 'root = "%s"\n[grpc]\naddress = ["%s"]\n[worker.oci]\nnetworkMode = "host"\n[registry."127.0.0.1:%s"]\nhttp = true\n' \
    "$work/theirs" "$theirs" "$port" > "$work/theirs.toml"
  "$work/bin/buildkitd" --config "$work/theirs.toml" > "$work/theirs.log" 2>&1 &
  pids+=($!)
  echo $! > "$work/theirs.pid"
  answers "$theirs"
fi

for name in busybox slim dev; do
  curl -fs -o /dev/null -H "Accept: application/vnd.oci.image.manifest.v1+json" "http://127.0.0.1:$port/v2/base/$name/manifests/1" || continue
  "$top/obd-build" convert --root "$work/convert" --progress quiet "127.0.0.1:$port/base/$name:1" "127.0.0.1:$port/obd/$name:1"
done
rm -rf "$work/convert"

if [ $cases = yes ]; then
  measure() { # title, side, base
    printf '\n# %s\n' "$1"
    BUILDKIT_HOST=${!2} DAEMON_PIDFILE=$work/$2.pid \
      "$shared/run.py" --builder "$shared/adapters/buildctl.sh" --base "$3" --port "$port" --out "$out" "${arguments[@]}"
  }
  measure "obd-buildd on converted bases" ours obd
  measure "obd-buildd on ordinary bases" ours base
  [ $buildkit = no ] || measure "buildkitd on ordinary bases" theirs base
fi

# One build, in milliseconds.
once() { # side, context, image
  local address=${!1} begun
  begun=$(date +%s%N)
  "$BUILDCTL" --addr "$address" build --frontend dockerfile.v0 --local context="$2" --local dockerfile="$2" \
    --output "type=image,name=127.0.0.1:$port/bench/$3-$1:1,push=true" > "$work/$1.out" 2>&1 || { cat "$work/$1.out" >&2; exit 1; }
  echo $((($(date +%s%N) - begun) / 1000000))
}
median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
compare() { # what, file of ours, file of theirs
  local a b
  a=$(median < "$2")
  if [ $buildkit = yes ]; then
    b=$(median < "$3")
    echo "$1: ours $a ms, BuildKit $b ms, ratio $(awk "BEGIN { printf \"%.2f\", $a / $b }")"
  else
    echo "$1: ours $a ms"
  fi
}

printf '\n# latencies and memory\n'
mkdir "$work/tiny" "$work/many"
printf 'FROM 127.0.0.1:%s/base/busybox:1\nCOPY f /f\nRUN echo x > /x\n' "$port" > "$work/tiny/Dockerfile"
echo 1 > "$work/tiny/f"
printf 'FROM scratch\nCOPY . /\n' > "$work/many/Dockerfile"
for d in $(seq 100); do
  mkdir "$work/many/d$d"
  for f in $(seq 100); do echo "$d $f" > "$work/many/d$d/f$f"; done
done
# In turn, so that both see the same machine; one context after the other, since BuildKit keeps one folder for a client's contexts
# and would sync all of it anew at every change between them.
for side in "${sides[@]}"; do once "$side" "$work/tiny" tiny > /dev/null; done
for _ in $(seq 20); do
  for side in "${sides[@]}"; do once "$side" "$work/tiny" tiny >> "$work/noop-$side"; done
done
for side in "${sides[@]}"; do once "$side" "$work/many" many > "$work/first-$side"; done
for _ in $(seq 20); do
  for side in "${sides[@]}"; do once "$side" "$work/many" many >> "$work/again-$side"; done
done
compare "no-op of a tiny build" "$work/noop-ours" "$work/noop-theirs"
compare "first sync of 10 000 files, built and pushed" "$work/first-ours" "$work/first-theirs"
compare "no-op with 10 000 files" "$work/again-ours" "$work/again-theirs"

rss() { awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$(cat "$work/$1.pid")/status"; }
for side in "${sides[@]}"; do echo "memory of $side now: $(rss "$side") MB"; done
for i in $(seq "$builds"); do
  echo "$i" > "$work/tiny/f"
  once ours "$work/tiny" tiny > /dev/null
  [ $((i % 50)) != 0 ] || echo "memory of ours after $i builds with a change: $(rss ours) MB"
done
sleep 60
echo "memory of ours, idle for a minute: $(rss ours) MB; peak $(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$(cat "$work/ours.pid")/status") MB"
