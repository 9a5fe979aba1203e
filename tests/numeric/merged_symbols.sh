#!/bin/sh
# Inline code of a unit that is compiled for one instruction set must carry that set in its name:
# the linker keeps one copy of equal names, and another unit would run it on machines without.
# Usage: merged_symbols.sh NM PATTERN ARCHIVE
set -eu
weak=$("$1" --defined-only "$3" | awk '$2 ~ /^[WVu]$/ { print $3 }' | c++filt)
total=$(printf '%s\n' "$weak" | grep -c .)
foreign=$(printf '%s\n' "$weak" | grep -v -e "$2" || true)
if [ "$total" -eq 0 ]; then
  echo "$3: no weak symbol found, expected the kernels of $2" >&2
  exit 1
fi
if [ -n "$foreign" ]; then
  echo "$3: weak symbols whose names lack $2:" >&2
  printf '%s\n' "$foreign" >&2
  exit 1
fi
