#!/bin/sh
# Learns data/graph.hale: learn_graph.sh HALE PUBLIC
#
# Of hale's own latencies (corpus/) and of the public tables in the folder PUBLIC (SOURCES.md). About a
# minute on one thread; the same bytes each time.
set -eu
hale=$1
public=$2
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$here/public/tables.py" "$public" "$work"
grep -e '^name,' -e ',hale,' "$here/devices.csv" >"$work/own.csv"
set -- --table "$here/corpus/latency_ms.csv"
for table in ncnn ncnn_int8 aihub timm edge_tflite edge_tflite_int8 edge_torch edge_torch_int8 mlperf \
  mlperf_int8; do
  set -- "$@" --table "$work/$table.csv"
done
"$hale" train --space graph "$@" --batch-table "$work/timm_batch.csv" --devices all \
  --facts "$work/own.csv" --facts "$work/facts.csv" -o "$work/graph.hale" \
  --made-from "hale's own latencies of 25 devices and public tables of 620 columns, sources in data/SOURCES.md"
mv "$work/graph.hale" "$here/graph.hale"
