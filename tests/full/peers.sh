#!/bin/sh
# hale beside PyTorch doing the same work, in one run. SOURCE BUILD DATA
set -eu
[ -f "$2/build.ninja" ] ||
  meson setup "$2" "$1" -Dtests=disabled -Dexamples=false -Dfrontends=enabled -Ddata_dir="$3"
ninja -C "$2" bench/meta/bench_episode bench/predictor/bench_predict
python3 "$1/bench/peers/compare.py" "$1/bench/peers/help_pytorch.py" \
  "$2/bench/meta/bench_episode" "$2/bench/predictor/bench_predict"
