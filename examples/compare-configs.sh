#!/usr/bin/env bash
# Builds examples with a BuildKit daemon and with ours, by buildctl, and compares the configurations and histories of the images,
# but for times and digests. Both daemons take docker.io from a mirror (bases with equal configurations).
#   compare-configs.sh THEIRS OURS REGISTRY [NAME[:flag,flag...]]...    e.g. unix:///run/buildkit/buildkitd.sock unix:///... 127.0.0.1:5000
set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
theirs=$1 ours=$2 registry=$3
shift 3
[ $# -gt 0 ] || set -- go-service static-site distroless heredocs build-args entrypoint copy-flags labels legacy deb-package dev-container node-service
examples=$(dirname "$0") differing=0

config() { # address, side, example, flags: builds it, prints what is compared
  local image=$registry/compare/$2/$3:1
  sed '/^# syntax=/d' "$examples/$3/Dockerfile" > "$work/Dockerfile" # the daemon's own frontend: no other can be fetched
  buildctl --addr "$1" build --progress=plain --frontend=dockerfile.v0 --local="context=$examples/$3" --local="dockerfile=$work" \
    --output="type=image,push=true,name=$image" "${@:4}" > "$work/$2.log" 2>&1 || { cat "$work/$2.log" >&2; return 1; }
  skopeo inspect --tls-verify=false --config --raw "docker://$image" |
    jq 'del(.created, .rootfs.diff_ids) | del(.history[]?.created)'
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for item; do
  name=${item%%:*} flags=()
  [ "$name" = "$item" ] || IFS=, read -ra flags <<< "${item#*:}"
  config "$theirs" theirs "$name" "${flags[@]}" > "$work/theirs.json"
  config "$ours" ours "$name" "${flags[@]}" > "$work/ours.json"
  if diff -u "$work/theirs.json" "$work/ours.json"; then echo "equal: $name"; else echo "DIFFERS: $name"; differing=1; fi
done
exit $differing
