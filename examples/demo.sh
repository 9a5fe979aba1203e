#!/bin/sh
# Installs what is needed, builds hale, writes NAS-Bench-201 networks as ONNX files, scores one.
set -eu
exec </dev/null
cd "$(dirname "$0")/.."
sh .ci/install.sh build
build=build-demo
[ -f $build/build.ninja ] || meson setup $build \
  -Dfrontends=enabled -Dtests=disabled -Dbench=disabled -Dexamples=false
ninja -C $build frontends/cli/hale
hale=$build/frontends/cli/hale
$hale suggest --space nasbench201 --emit $build/networks --format csv >$build/networks.csv
for model in $build/networks/*.onnx; do break; done
set -- score "$model" --device gold_6226 --device raspi4 --device fpga
echo "\$ $hale $*"
$hale "$@"
