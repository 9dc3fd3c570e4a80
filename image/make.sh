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
home=$context/opt/obd-build
mkdir -p "$home/builder/target"
for jdk in "${OBD_JAVA_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*; do
  [ ! -x "$jdk/bin/jlink" ] || ! grep -qs '^JAVA_VERSION="25' "$jdk/release" || break
  jdk=
done
[ -n "$jdk" ] || { echo "error: no JDK 25 with jlink below /usr/lib/jvm: name one in OBD_JAVA_HOME" >&2; exit 3; }
modules=java.base,java.logging,java.management,java.naming,java.net.http,java.security.sasl,java.sql,java.xml,jdk.crypto.ec,jdk.httpserver,jdk.management,jdk.unsupported,jdk.zipfs
"$jdk/bin/jlink" --add-modules $modules --strip-debug --no-man-pages --no-header-files --output "$home/jre"

cp -r "$top/builder/target/dist" "$home/builder/target/dist"
# Native libraries are loaded from beside the jars: those inside, for every system there is, are only weight.
for jar in "$home"/builder/target/dist/lib/sqlite-jdbc-*.jar "$home"/builder/target/dist/lib/zstd-jni-*.jar; do
  mkdir "$context/jar"
  (cd "$context/jar" && "$jdk/bin/jar" --extract --file "$jar")
  find "$context/jar" \( -name '*.so' -o -name '*.dll' -o -name '*.dylib' -o -name '*.jnilib' -o -name '*.a' \) -delete
  "$jdk/bin/jar" --create --file "$jar" --manifest "$context/jar/META-INF/MANIFEST.MF" -C "$context/jar" .
  rm -r "$context/jar"
done
cp -L "$top/obd-build" "$home/obd-build"
ln -s obd-build "$home/obd-buildd"
ln -s obd-build "$home/buildkitd"
cp -r "$top/image/bin" "$top/image/Dockerfile" "$context/"
# The AOT cache of this JVM: it holds wherever the folder lies, as long as the jars keep their times.
OBD_JAVA_HOME=$home/jre OBD_REBUILD=never "$home/obd-build" warm-up
rm -f "$home/builder/target/dist/aot.log"

[ $# -gt 0 ] || set -- -t obd-buildd --output "type=docker,compression=gzip,dest=$context/obd-buildd.tar"
exec "$top/obd-build" --build-arg "BASE=$base" "$@" "$context"
