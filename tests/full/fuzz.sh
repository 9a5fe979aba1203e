#!/bin/sh
# The fuzz targets for one minute each beyond their corpora. SOURCE BUILD DATA
set -eu
command -v clang++-14 >/dev/null || { echo "skipped: clang++-14 is absent"; exit 77; }
[ -f "$2/build.ninja" ] ||
  CXX=clang++-14 meson setup "$2" "$1" -Dbuildtype=debug -Doptimization=1 -Dfrontends=enabled \
    -Dbench=disabled -Dexamples=false -Ddata_dir="$3"
ninja -C "$2" tests/frontends/onnx/fuzz_import tests/graph/fuzz_text
mkdir -p "$2/models" "$2/texts"  # what was found stays for the next run
"$2/tests/frontends/onnx/fuzz_import" -max_total_time=60 -rss_limit_mb=1024 -timeout=10 \
  -print_final_stats=1 -close_fd_mask=1 "$2/models" "$1/tests/frontends/onnx/corpus" \
  "$1/tests/lift/fixtures"
"$2/tests/graph/fuzz_text" -max_total_time=60 -rss_limit_mb=1024 -timeout=10 \
  -print_final_stats=1 -close_fd_mask=1 "$2/texts" "$1/tests/graph/corpus"
