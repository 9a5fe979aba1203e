#pragma once

/// The catalogue of predictors over the built-in search spaces.
#include <hale/predictor/recipes/fbnet.hpp>
#include <hale/predictor/recipes/nasbench201.hpp>
#include <hale/predictor/recipes/ofa_mobilenet_v3.hpp>
