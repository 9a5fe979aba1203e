#!/bin/sh
# clang 14 builds everything without warnings, and all default tests pass. SOURCE BUILD DATA
# With few optimisations: the warnings are the same, and the build takes half of the time.
set -eu
command -v clang++-14 >/dev/null || { echo "skipped: clang++-14 is absent"; exit 77; }
[ -f "$2/build.ninja" ] ||
  CXX=clang++-14 meson setup "$2" "$1" -Dwerror=true -Dbuildtype=debug -Doptimization=1 -Ddebug=false \
    -Ddata_dir="$3"
ninja -C "$2"
meson test -C "$2" --no-rebuild --no-suite full --print-errorlogs
