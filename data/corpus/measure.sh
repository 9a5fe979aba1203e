#!/bin/sh
# Measures hale's own networks on every runtime that runs here: measure.sh HALE FOLDER [PASSES]
#
# Each pass is a fresh process a network and device; what is in FOLDER already is not measured again,
# so that it may be stopped and started at will. A quiet machine takes hours.
set -eu
hale=$1
folder=$2
passes=${3:-3}
here=$(dirname "$0")
mkdir -p "$folder"

# FAMILY/SEED, a line each. WebAssembly compiles for seconds before each run: fewer seeds.
names() { # seeds
  for family in $(cat "$here/families"); do
    seq -f "$family/%g" 0 "$(($1 - 1))"
  done
}
measure() { # device, pass, seeds, options..
  device=$1 pass=$2 seeds=$3
  shift 3
  # shellcheck disable=SC2046  # one word a network
  "$hale" measure "$@" --runs "$pass" --milliseconds 200 --timeout 60 \
    -o "$folder/$device.csv" $(names "$seeds") 2> "$folder/$device.log" || true
}

for runner in onnxruntime@1.22.0 onnxruntime@1.14.0 onnxruntime-web@1.22.0 tfjs@4.22.0; do
  "$hale" measure --runner "$runner" --install -o /dev/null perceptron/19 2> /dev/null || true
done
for pass in $(seq "$passes"); do
  measure onnxruntime-1.22-all-1t "$pass" 32 --runner onnxruntime@1.22.0
  measure onnxruntime-1.22-all-2t "$pass" 32 --runner onnxruntime@1.22.0 --threads 2
  measure onnxruntime-1.22-disabled-1t "$pass" 32 --runner onnxruntime@1.22.0 \
    --optimisation disabled
  measure onnxruntime-1.14-all-1t "$pass" 32 --runner onnxruntime@1.14.0
  measure onnxruntime-1.22-wasm-1t "$pass" 12 --runner onnxruntime-web@1.22.0
  measure opencv-4.6-1t "$pass" 32 --runner opencv
  measure opencv-4.6-2t "$pass" 32 --runner opencv --threads 2
  measure pytorch-1.13-1t "$pass" 32 --runner pytorch
  measure tfjs-wasm-4.22-1t "$pass" 32 --runner tfjs
done
