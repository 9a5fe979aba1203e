#!/bin/sh
# clang-tidy 14 over every unit of the frontends and examples, and the headers they include.
# SOURCE BUILD DATA
set -eu
command -v clang-tidy-14 >/dev/null || { echo "skipped: clang-tidy-14 is absent"; exit 77; }
[ -f "$2/build.ninja" ] ||
  CXX=clang++-14 meson setup "$2" "$1" -Dtests=disabled -Dbench=disabled -Ddata_dir="$3"
ninja -C "$2" frontends/embedded/embedded.cpp

# A header filter that matches nothing would find nothing: what is planted must be found.
mkdir -p "$2/planted/include/hale"
echo 'typedef int Planted;' >"$2/planted/include/hale/planted.hpp"
echo '#include <hale/planted.hpp>' >"$2/planted/unit.cpp"
if clang-tidy-14 --config-file="$1/.clang-tidy" --quiet --warnings-as-errors='*' \
    "$2/planted/unit.cpp" -- -std=c++20 -I "$2/planted/include" >/dev/null 2>&1; then
  echo "a planted violation was not found" >&2
  exit 1
fi

find "$1/frontends" "$1/examples" -name '*.cpp' ! -path '*/kernels/*' -print0 |
  xargs -0 -n 1 -P 2 clang-tidy-14 -p "$2" --quiet --warnings-as-errors='*'
