#pragma once

#include <hale/graph/parse.hpp>
#include <hale/graph/print.hpp>
