#!/bin/sh
# Runs the kernels of a module (overlaybd-writable unless -m names another) under JMH. Arguments go to JMH, for example:
#   bench/kernels.sh 'IndexBenchmark.lookup' -p segments=10000
#   bench/kernels.sh -m frontend-dockerfile
set -eu
cd "$(dirname "$0")/.."
MAVEN=${MAVEN:-$(command -v mvn || echo ./mvnw)}
: "${JAVA_HOME:?set it to a JDK 25}"
module=overlaybd-writable profiler=dev.obdbuild.overlaybd.jmh.CpuTime
if [ "${1:-}" = -m ]; then
  module=$2 profiler=gc
  shift 2
fi
classpath=$(mktemp)
trap 'rm -f "$classpath"' EXIT
"$MAVEN" -q -B -pl "$module" -am test-compile dependency:build-classpath -Dspotless.check.skip \
  -DincludeScope=test -Dmdep.outputFile="$classpath"
exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED \
  -cp "$module/target/test-classes:$module/target/classes:$(cat "$classpath")" \
  org.openjdk.jmh.Main -prof "$profiler" "$@"
