#!/bin/sh
# The fuzz target for one minute beyond the fixtures. SOURCE BUILD DATA
set -eu
command -v clang++-14 >/dev/null || { echo "skipped: clang++-14 is absent"; exit 77; }
[ -f "$2/build.ninja" ] ||
  CXX=clang++-14 meson setup "$2" "$1" -Dbuildtype=debug -Doptimization=1 -Dfrontends=enabled \
    -Dbench=disabled -Dexamples=false -Ddata_dir="$3"
ninja -C "$2" tests/frontends/onnx/fuzz_import
mkdir -p "$2/corpus"  # what was found stays for the next run
"$2/tests/frontends/onnx/fuzz_import" -max_total_time=60 -rss_limit_mb=1024 -timeout=10 \
  -print_final_stats=1 -close_fd_mask=1 "$2/corpus" "$1/tests/lift/fixtures"
