#!/bin/sh
# Makes data/devices/: devices that no base was trained or validated on, each adapted from its ten
# reference latencies in every space that it was measured in.
# Usage: data/make_devices.sh HALE TABLES   (the hale binary; the folder that holds
# nasbench201/latency_ms.csv, fbnet/latency_ms.csv and ofa/latency_ms.csv)
# A first build, which embeds these files, may have empty ones in their place.
set -eu
hale=$1
tables=$2
devices=$(dirname "$0")/devices
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# SPACE TABLE DEVICE...
adapt() {
  space=$1 table=$2
  shift 2
  "$hale" suggest --space "$space" --format csv >"$work/references.csv"
  for device in "$@"; do
    case $device in
      fpga | raspi4 | eyeriss) source='HW-NAS-Bench' ;;
      *) source='the HELP authors' ;;
    esac
    case $device in
      *_256) batch=256 ;;
      *_64) batch=64 ;;
      *) batch=1 ;;
    esac
    awk -F, -v device="$device" '
      NR == FNR { if (FNR > 1) wanted[$1] = 1; next }
      FNR == 1 { for (c = 1; c <= NF; ++c) if ($c == device) column = c; print "arch,latency_ms"; next }
      $1 in wanted { print $1 "," $column }' "$work/references.csv" "$table" >"$work/$device.csv"
    "$hale" adapt --measurements "$work/$device.csv" --base "$space-help" --name "$device" \
      --precision f32 --batch "$batch" \
      --made-from "the ten references of HELP, as measured by $source (tables of github.com/HayeonLee/HELP)" \
      -o "$work/$device.hale" --format csv
  done
}

adapt nasbench201 "$tables/nasbench201/latency_ms.csv" titan_rtx_256 gold_6226 fpga pixel2 raspi4 eyeriss
adapt fbnet "$tables/fbnet/latency_ms.csv" gold_6226 fpga pixel2 raspi4 eyeriss
adapt ofa-mobilenetv3 "$tables/ofa/latency_ms.csv" titan_rtx_64
mv "$work"/*.hale "$devices"
