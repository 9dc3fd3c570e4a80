#!/bin/sh
set -e
case ${1-} in -*) set -- keeper "$@" ;; esac
if [ "$1" = keeper ] && [ "$(id -u)" = 0 ]; then
  for script in /docker-entrypoint.d/*.sh; do . "$script"; done
  exec setpriv --reuid=keeper --regid=keeper --clear-groups "$0" "$@"
fi
exec "$@"
