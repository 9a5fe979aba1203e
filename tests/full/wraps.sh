#!/bin/sh
# GoogleTest as a fallback subproject, from Debian's copy of its sources in place of its address.
# SOURCE BUILD DATA
set -eu
upstream=/usr/src/googletest
[ -d $upstream ] || { echo "skipped: $upstream is absent (package googletest)"; exit 77; }
command -v git >/dev/null || { echo "skipped: git is absent"; exit 77; }
rm -rf "$2"
mkdir -p "$2/hale" "$2/googletest"

cd "$2/googletest"
cp -R $upstream/. .
git init -q .
git add -A -f
git -c user.name=hale -c user.email=hale@localhost -c commit.gpgsign=false commit -qm release
git tag release-1.12.1

# A copy, since Meson puts subprojects into the source tree.
cd "$1"
tar -cf - --exclude='./build*' --exclude=./.git --exclude='./subprojects/googletest-*' . |
  tar -xf - -C "$2/hale"
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.file://$2/googletest.insteadOf"
export GIT_CONFIG_VALUE_0=https://github.com/google/googletest.git
meson setup "$2/build" "$2/hale" --force-fallback-for=gtest,gtest_main -Dfrontends=disabled \
  -Dbench=disabled -Dexamples=false -Dtests=enabled -Ddata_dir="$3"
ninja -C "$2/build" tests/core/test_core
"$2/build/tests/core/test_core"
