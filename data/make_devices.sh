#!/bin/sh
# Makes data/devices/: the paper's test devices of NAS-Bench-201, each adapted from its ten reference
# latencies.
# Usage: data/make_devices.sh HALE TABLE   (the hale binary; shared/data/nasbench201/latency_ms.csv)
# A first build, which embeds these files, may have empty ones in their place.
set -eu
hale=$1
table=$2
devices=$(dirname "$0")/devices
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$hale" suggest --space nasbench201 --format csv >"$work/references.csv"
for device in titan_rtx_256 gold_6226 fpga pixel2 raspi4 eyeriss; do
  case $device in
    fpga | raspi4 | eyeriss) source='HW-NAS-Bench' ;;
    *) source='the HELP authors' ;;
  esac
  case $device in
    *_256) batch=256 ;;
    *) batch=1 ;;
  esac
  awk -F, -v device="$device" '
    NR == FNR { if (FNR > 1) wanted[$1] = 1; next }
    FNR == 1 { for (c = 1; c <= NF; ++c) if ($c == device) column = c; print "arch,latency_ms"; next }
    $1 in wanted { print $1 "," $column }' "$work/references.csv" "$table" >"$work/$device.csv"
  "$hale" adapt --measurements "$work/$device.csv" --base nasbench201-help --name "$device" \
    --precision f32 --batch "$batch" \
    --made-from "the ten references of HELP, as measured by $source (table of github.com/HayeonLee/HELP)" \
    -o "$work/$device.hale"
  mv "$work/$device.hale" "$devices/$device.hale"
done
