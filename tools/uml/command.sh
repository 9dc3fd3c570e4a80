# What ./run and ./qemu have in common.

# A script that runs a command as it would be run here.
write_command() {
  for variable in PATH JAVA_HOME HOME LANG OBD_REQUIRE; do
    [ -z "${!variable:-}" ] || printf 'export %s=%q\n' "$variable" "${!variable}"
  done
  printf 'cd %q\nexec' "$PWD"
  printf ' %q' "$@"
  printf '\n'
}

# Exits with the status that the guest has left, or says what the kernel said: status of its process, seconds, folder.
end_as_guest() {
  if [ "$1" = 124 ] || [ "$1" = 137 ]; then
    tail -n 40 "$3/console" >&2
    printf '%s: not done after %s seconds; the lines above are the last of the kernel\n' "${0##*/}" "$2" >&2
    exit 124
  fi
  if [ ! -s "$3/status" ]; then
    cat "$3/console" >&2
    die "the guest ended with $1 and without a status of the command"
  fi
  exit "$(cat "$3/status")"
}
