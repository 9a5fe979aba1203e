#!/bin/sh
# Measures hale's own networks on a machine of sixteen processors with a GPU, several at a time, by the
# packages of its python3: measure_shared.sh HALE FOLDER [SEEDS]
#
# A worker for each list of processors takes its share of the networks; on the GPU they take turns.
# What is in FOLDER already is not measured again.
set -eu
hale=$1
folder=$2
seeds=${3:-12}
here=$(dirname "$0")
mkdir -p "$folder"
names=$(for family in $(cat "$here/families"); do seq -f "$family/%g" 0 "$((seeds - 1))"; done)

measure() { # device, lists of processors, options..
  device=$1 lists=$2
  shift 2
  count=$(echo "$lists" | wc -w)
  worker=0
  for list in $lists; do
    # shellcheck disable=SC2046  # one word a network
    taskset -c "$list" "$hale" measure "$@" --python "$(command -v python3)" --runs 1 \
      --milliseconds 100 --timeout 60 -o "$folder/$device.$worker.part" \
      $(echo "$names" | awk -v worker="$worker" -v count="$count" 'NR % count == worker') \
      2> "$folder/$device.$worker.log" &
    worker=$((worker + 1))
  done
  wait
  awk 'FNR > 1 || NR == 1' "$folder/$device".*.part > "$folder/$device.csv"
}

apart="0 2 4 6 8 10 12 14"
measure pytorch-2.11-eager-h100 "$apart" --runner pytorch --accelerator cuda --optimisation disabled
measure pytorch-2.11-graph-h100 "$apart" --runner pytorch --accelerator cuda
measure pytorch-2.11-1t-xeon "$apart" --runner pytorch
measure onnxruntime-1.30-all-1t-xeon "$apart" --runner onnxruntime-python
measure onnxruntime-1.30-all-8t-xeon "0-7" --runner onnxruntime-python --threads 8
measure opencv-5.0-1t-xeon "$apart" --runner opencv
measure opencv-5.0-8t-xeon "0-7 8-15" --runner opencv --threads 8
