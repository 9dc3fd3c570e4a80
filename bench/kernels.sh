#!/bin/sh
# Runs the kernels of overlaybd-writable under JMH. Arguments go to JMH, for example:
#   bench/kernels.sh 'IndexBenchmark.lookup' -p segments=10000
set -eu
cd "$(dirname "$0")/.."
MAVEN=${MAVEN:-$(command -v mvn || echo ./mvnw)}
: "${JAVA_HOME:?set it to a JDK 25}"
classpath=$(mktemp)
trap 'rm -f "$classpath"' EXIT
"$MAVEN" -q -B -pl overlaybd-writable test-compile -Dspotless.check.skip
"$MAVEN" -q -B -pl overlaybd-writable dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$classpath"
exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED \
  -cp "overlaybd-writable/target/test-classes:overlaybd-writable/target/classes:$(cat "$classpath")" \
  org.openjdk.jmh.Main -prof dev.obdbuild.overlaybd.jmh.CpuTime "$@"
