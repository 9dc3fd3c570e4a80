#!/bin/bash
# Lazy reads over a slow link: +50 ms round trip, 200 Mbit/s, a real registry in a network namespace.
#   bench/lazy.sh [ROUNDS] [ROUND_TRIP_MS] [MBIT]
# Needs root, /dev/net/tun, python3, docker-registry, curl, and backstore compiled with its tests
# (mvn -pl backstore test-compile), or CP set to a class path that has both.
# With BASE_CP, the class path of another state of the code, that one runs in turn with this one.
# Every figure is taken REPEAT (3) times in one JVM, as a daemon is warm: trust the last ones.
# The link is bench/slow-link.py, since kernels come without sch_netem. Every round measures curl over the same link first.
set -euo pipefail
rounds=${1:-3} rtt=${2:-50} mbit=${3:-200}
here=$(cd "$(dirname "$0")/.." && pwd)
dir=$(mktemp -d "${TMPDIR:-/var/tmp}/obd-lazy.XXXXXX")
java=${JAVA_HOME:-/usr/lib/jvm/temurin-25-jdk-amd64}/bin/java
ns=obd-lazy-$$ link= registry=

finish() {
  [ -z "$registry" ] || { kill "$registry"; wait "$registry" || true; } 2>/dev/null
  if [ -n "$link" ]; then exec 7>&-; wait "$link" || true; fi
  ip netns del $ns 2>/dev/null || true
  rm -rf "$dir"
}
trap finish EXIT

if [ -z "${CP:-}" ]; then
  (cd "$here" && ./mvnw -o -q -B -pl backstore dependency:build-classpath -Dmdep.includeScope=test \
    -Dmdep.outputFile="$dir/cp" >/dev/null)
  CP="$here/backstore/target/classes:$here/backstore/target/test-classes:$(cat "$dir/cp")"
fi
# bench CLASS_PATH ARGUMENTS
bench() {
  "$java" ${JOPTS:-} -Xmx256m -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -cp "$1" \
    dev.obdbuild.backstore.remote.LazyBench "${@:2}"
}

ip netns add $ns
mkfifo "$dir/in" "$dir/out"
"$here/bench/slow-link.py" $ns "$rtt" "$mbit" <"$dir/in" >"$dir/out" &
link=$!
exec 7>"$dir/in"
read -r _ <"$dir/out"
cat >"$dir/registry.yml" <<YML
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $dir/registry}}
http: {addr: "0.0.0.0:5000"}
YML
ip netns exec $ns docker-registry serve "$dir/registry.yml" >"$dir/registry.log" 2>&1 &
registry=$!
until ip netns exec $ns curl -s -o /dev/null http://127.0.0.1:5000/v2/; do sleep 0.1; done
ip netns exec $ns "$java" -Xmx1g -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow -cp "$CP" dev.obdbuild.backstore.remote.LazyBench push 127.0.0.1:5000 "$dir/list"
big=$(head -1 "$dir/list" | cut -d' ' -f1)
for ((i = 1; i <= rounds; i++)); do
  for what in ${WHAT:-sequential alone readers attach1 attach100}; do
    if [ "$what" = sequential ]; then
      url=http://10.99.0.2:5000/v2/bench/lazy/blobs/$big
      echo "round $i: link $((mbit * 125000)) bytes/s, curl $(curl -s -o /dev/null -w '%{speed_download}' "$url")"
    fi
    again=$(for ((k = 0; k < ${REPEAT:-3}; k++)); do echo "$what"; done)
    for side in ${BASE_CP:+BASE_CP} CP; do
      bench "${!side}" run 10.99.0.2:5000 "$dir/list" $again | sed "s/^/$side /"
    done
  done
done
