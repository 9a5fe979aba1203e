#!/bin/sh
# Installs what is needed, builds with -Werror, runs all tests but suite `full`, counts them.
set -eu
exec </dev/null
cd "$(dirname "$0")/.."
sh .ci/install.sh build test
build=build-tests
[ -f $build/build.ninja ] || meson setup $build -Dwerror=true \
  -Dfrontends=enabled -Dtests=enabled -Dbench=enabled
ninja -C $build
status=0
rm -f $build/meson-logs/testlog.*
meson test -C $build --no-rebuild --no-suite full --print-errorlogs || status=1
python3 .ci/count.py $build || status=1
exit $status
