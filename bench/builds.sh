#!/usr/bin/env bash
# Whole builds, measured: every case of ../shared/bench cold, again unchanged, and after a one-line change; on ordinary base
# images and on converted ones. Needs root, nft, python3, and a registry with base/busybox, base/slim and base/dev on loopback
# (../shared/bases/make-bases.sh). Prints run.py's table and keeps the figures as JSON lines.
#
#   bench/builds.sh [--cases 12-tiny,02-c] [--reps 3] [--port 5000] [--out FILE]
#   BUILDKIT_HOST=... DAEMON_PIDFILE=... bench/builds.sh --with-buildkit     also measures a running BuildKit in the same run
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
shared=$top/../shared/bench
[ -x "$shared/run.py" ] || { echo "error: $shared/run.py is missing" >&2; exit 1; }

port=5000 out=$top/bench/results.jsonl buildkit= arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    --port) port=$2; shift ;;
    --out) out=$2; shift ;;
    --with-buildkit) buildkit=yes ;;
    --cases | --reps | --phases | --case-dir) arguments+=("$1" "$2"); shift ;;
    *) echo "error: unknown option $1" >&2; exit 2 ;;
  esac
  shift
done

work=$(mktemp -d "${TMPDIR:-/var/tmp}/obd-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
export OBD=$top/obd-build OBD_ROOT=$work/state
"$OBD" --version

for name in busybox slim dev; do
  curl -fs -o /dev/null -H "Accept: application/vnd.oci.image.manifest.v1+json" "http://127.0.0.1:$port/v2/base/$name/manifests/1" || continue
  echo "converting base/$name"
  "$OBD" convert --root "$work/convert" --progress quiet "127.0.0.1:$port/base/$name:1" "127.0.0.1:$port/obd/$name:1"
done
rm -rf "$work/convert"

measure() { # title, adapter, base
  printf '\n# %s\n' "$1"
  "$shared/run.py" --builder "$2" --base "$3" --port "$port" --out "$out" "${arguments[@]}"
}
measure "obd-build on ordinary bases" "$shared/adapters/obd-build.sh" base
measure "obd-build on converted bases" "$shared/adapters/obd-build.sh" obd
[ -z "$buildkit" ] || measure "BuildKit" "$shared/adapters/buildctl.sh" base
