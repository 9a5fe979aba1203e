// expect: could not convert|no viable conversion
// lines: 7
#include <hale/core/view.hpp>

hale::MatrixView<float> to_write(hale::MatrixView<const float> view) { return view; }
