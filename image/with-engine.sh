#!/bin/bash
# Runs a command with a Docker engine: image/with-engine.sh COMMAND...
# The engine of DOCKER_HOST where there is one, else one of its own (Debian's docker.io) in a temporary folder, ended with the command.
# As dockerd does, it leaves the bridge docker0 and its chains of iptables.
set -euo pipefail

[ $# -gt 0 ] || { sed -n 's/^# //p' "$0" | head -n 2 >&2; exit 2; }
if docker version > /dev/null 2>&1; then
  exec "$@"
fi
for tool in dockerd runc jq; do
  command -v $tool > /dev/null || { echo "error: no Docker engine answers and '$tool' is not there to start one: apt-get install docker.io jq" >&2; exit 3; }
done

work=$(mktemp -d "${TMPDIR:-/tmp}/obd-engine.XXXXXX")
# Where root lacks capabilities, as in many sandboxes, runc refuses to give them to a privileged container: it is not asked to.
held=$(setpriv --dump | sed -n 's/^Capability bounding set: //p')
cat > "$work/runc" <<WRAPPER
#!/bin/bash
held=\$(jq -n '"$held" | split(",") | map("CAP_" + ascii_upcase)')
arguments=("\$@")
while [ \$# -gt 0 ]; do
  case \$1 in
    --bundle) file=\$2/config.json at=.process.capabilities ;;
    --process) file=\$2 at=.capabilities ;;
    *) shift && continue ;;
  esac
  jq --argjson held "\$held" "if \$at then \$at |= map_values(. - (. - \\\$held)) else . end" "\$file" > "\$file.held" && mv "\$file.held" "\$file"
  break
done
exec runc "\${arguments[@]}"
WRAPPER
chmod +x "$work/runc"

export DOCKER_HOST=unix://$work/docker.sock
engine=
finish() {
  if [ -n "$engine" ]; then
    docker ps -aq | xargs -r docker rm -fv > /dev/null 2>&1 || true
    kill "$engine" 2> /dev/null || true
    wait "$engine" 2> /dev/null || true
    umount "$work"/run/netns/* 2> /dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
setsid dockerd --host "$DOCKER_HOST" --data-root "$work/data" --exec-root "$work/run" --pidfile "$work/pid" \
  --add-runtime held="$work/runc" --default-runtime held > "$work/log" 2>&1 < /dev/null &
engine=$!
for _ in $(seq 300); do
  ! docker version > /dev/null 2>&1 || break
  kill -0 "$engine" 2> /dev/null || { tail -n 20 "$work/log" >&2; echo "error: dockerd did not start" >&2; exit 1; }
  sleep 0.1
done
"$@"
