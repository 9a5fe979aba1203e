#!/bin/sh
# Makes the devices of the corpus in data/devices/: devices.sh HALE
#
# Each is adapted from the 48 of its networks that tell most, and the default from the references of
# the searched spaces too. A first build, which embeds these files, may have empty ones in their place.
set -eu
hale=$1
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
table=$here/latency_ms.csv

machine="one or two cores of an AMD EPYC virtual machine"
for device in $(head -1 "$table" | tr ',' ' ' | cut -d ' ' -f 2-); do
  awk -F, -v device="$device" '
    FNR == 1 { for (c = 1; c <= NF; ++c) if ($c == device) column = c; print "arch,latency_ms"; next }
    $column != "" { print $1 "," $column }' "$table" > "$work/all.csv"
  "$hale" suggest --space graph --candidates "$work/all.csv" --count 48 --format csv \
    > "$work/chosen.csv"
  awk -F, 'NR == FNR { chosen[$1] = 1; next } FNR == 1 || $1 in chosen' \
    "$work/chosen.csv" "$work/all.csv" > "$work/measured.csv"
  case $device in
    *-zen4) on="$machine (Zen 4)" ;;
    *-emr) on="one core of an Intel Xeon virtual machine (Emerald Rapids)" ;;
    *-xeon) on="one or eight cores of an Intel Xeon virtual machine" ;;
    *-h100) on="an NVIDIA H100 80GB HBM3" ;;
    *) on="$machine (Zen 5)" ;;
  esac
  "$hale" adapt --measurements "$work/measured.csv" --base graph --name "$device" \
    --made-from "48 of hale's own networks, measured by 'hale measure' on $on" \
    -o "$work/$device.hale" --format csv
done
default=onnxruntime-1.22-all-1t
made_from="measured by 'hale measure' on $machine (Zen 5)"
for space in nasbench201 fbnet ofa-mobilenetv3; do
  awk -F, -v space="$space" 'FNR == 1 || $1 == space { print $2 "," $3 }' "$here/references.csv" \
    > "$work/references.csv"
  "$hale" adapt --measurements "$work/references.csv" --base "$space-help" --name "$default" \
    --made-from "48 of hale's own networks and the references of the searched spaces, $made_from" \
    -o "$work/$default.hale" --format csv
done
mv "$work"/*.hale "$here/../devices"
