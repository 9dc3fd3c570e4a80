#!/bin/sh
# Makes the daemon's image with obd-build itself: image/make.sh [--base IMAGE] [obd-build options, as -t NAME or --push]
# Without options: builder/target/image/obd-buildd.tar, to be loaded by `docker load`.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd -P)
context=$top/builder/target/image
base=debian:bookworm-slim
if [ "${1:-}" = --base ]; then
  base=$2
  shift 2
fi

"$top/obd-build" --version > /dev/null # builds it where it is not
rm -rf "$context"
mkdir -p "$context"
for jdk in "${OBD_JAVA_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*; do
  [ ! -x "$jdk/bin/jlink" ] || ! grep -q '^JAVA_VERSION="25' "$jdk/release" || break
  jdk=
done
[ -n "$jdk" ] || { echo "error: no JDK 25 with jlink below /usr/lib/jvm: name one in OBD_JAVA_HOME" >&2; exit 3; }
modules=java.base,java.logging,java.management,java.naming,java.net.http,java.security.sasl,java.sql,java.xml,jdk.crypto.ec,jdk.httpserver,jdk.management,jdk.unsupported,jdk.zipfs
"$jdk/bin/jlink" --add-modules $modules --strip-debug --no-man-pages --no-header-files --output "$context/jre"

cp -r "$top/builder/target/dist" "$context/dist"
rm -f "$context/dist/obd-build.aot" "$context/dist/aot.log" # recorded for another JVM and other paths
cp -r "$top/image/bin" "$top/image/Dockerfile" "$context/"
cp -L "$top/obd-build" "$context/obd-build"
ln -s obd-build "$context/obd-buildd"
ln -s obd-build "$context/buildkitd"
[ $# -gt 0 ] || set -- -t obd-buildd --output "type=docker,compression=gzip,dest=$context/obd-buildd.tar"
exec "$top/obd-build" --build-arg "BASE=$base" "$@" "$context"
