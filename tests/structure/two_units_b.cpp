#include "all_headers.hpp"

int other_unit() { return 0; }
