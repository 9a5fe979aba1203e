#!/bin/sh
# The default tests under AddressSanitizer and UndefinedBehaviorSanitizer. SOURCE BUILD DATA
set -eu
[ -f "$2/build.ninja" ] ||
  meson setup "$2" "$1" -Dbuildtype=debug -Doptimization=1 -Db_sanitize=address,undefined \
    -Dbench=disabled -Ddata_dir="$3"
ninja -C "$2"
UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
  meson test -C "$2" --no-rebuild --no-suite full --timeout-multiplier 10 --print-errorlogs
