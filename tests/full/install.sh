#!/bin/sh
# hale installed, then used through pkg-config, through CMake, and as a Meson subproject without the
# frontends. SOURCE BUILD DATA
set -eu
source=$1 build=$2
[ -f "$build/hale/build.ninja" ] ||
  meson setup "$build/hale" "$source" --prefix "$build/root" -Dtests=disabled -Dbench=disabled \
    -Dexamples=false
ninja -C "$build/hale" install
base="$source/data/nasbench201-help.hale"
example="$source/examples/01_score_on_my_device.cpp"
onnx_example="$source/examples/02_read_onnx.cpp"
model="$source/tests/lift/fixtures/best_cifar10.onnx"

"$build/root/bin/hale" --version
library=$(dirname "$(find "$build/root" -name libhale-kernels.a)")
export PKG_CONFIG_PATH="$build/root/share/pkgconfig:$library/pkgconfig"
# shellcheck disable=SC2046  # flags are words
g++ -std=c++20 -O1 "$example" $(pkg-config --cflags --libs hale) -o "$build/header_only"
"$build/header_only" "$base"
# shellcheck disable=SC2046
g++ -std=c++20 -O1 "$example" $(pkg-config --cflags --libs hale-kernels) -o "$build/with_kernels"
"$build/with_kernels" "$base"
# shellcheck disable=SC2046
g++ -std=c++20 -O1 "$onnx_example" $(pkg-config --cflags --libs hale-onnx hale) \
  -Wl,-rpath,"$library" -o "$build/onnx"
"$build/onnx" "$model"
# C and Python find what is installed: the blocks of the page about them.
page="$source/docs/embedding.md"
sed -n '/^```c$/,/^```$/{/^```/d;p}' "$page" >"$build/embedded.c"
cc -std=c99 -I"$build/root/include" "$build/embedded.c" -L"$library" -lhale-predict \
  -Wl,-rpath,"$library" -o "$build/embedded"
"$build/embedded" "$model" >"$build/embedded.txt"
sed -n '/^```python$/,/^```$/{/^```$/q;/^```/d;p}' "$page" >"$build/embedded.py"
PYTHONPATH="$build/root/share/hale/python" python3 "$build/embedded.py" "$model" |
  cmp - "$build/embedded.txt"

mkdir -p "$build/cmake"
cat >"$build/cmake/CMakeLists.txt" <<CMAKE
cmake_minimum_required(VERSION 3.20)
project(consumer CXX)
find_package(hale 0.1 REQUIRED)
add_executable(header_only $example)
target_link_libraries(header_only hale::hale)
add_executable(with_kernels $example)
target_link_libraries(with_kernels hale::kernels)
add_executable(onnx $onnx_example)
target_link_libraries(onnx hale::onnx)
CMAKE
cmake -S "$build/cmake" -B "$build/cmake/build" -DCMAKE_PREFIX_PATH="$build/root" >/dev/null
cmake --build "$build/cmake/build"
"$build/cmake/build/header_only" "$base"
"$build/cmake/build/with_kernels" "$base"
"$build/cmake/build/onnx" "$model"

mkdir -p "$build/meson/subprojects"
ln -sfn "$source" "$build/meson/subprojects/hale"
cat >"$build/meson/meson.build" <<MESON
project('consumer', 'cpp', default_options: ['cpp_std=c++20'])
hale = dependency('hale', fallback: ['hale', 'hale_dep'],
  default_options: ['frontends=disabled', 'tests=disabled', 'bench=disabled', 'examples=false'])
executable('consumer', 'consumer.cpp', dependencies: hale)
MESON
cp "$example" "$build/meson/consumer.cpp"
[ -f "$build/meson/build/build.ninja" ] ||
  PKG_CONFIG_PATH='' meson setup "$build/meson/build" "$build/meson"
ninja -C "$build/meson/build" consumer
"$build/meson/build/consumer" "$base"
