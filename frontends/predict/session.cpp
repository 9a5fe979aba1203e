// The session's functions, compiled once for all that link the library.
#include <hale/session/definitions/batch.hpp>
#include <hale/session/definitions/catalogue.hpp>
#include <hale/session/definitions/choices.hpp>
#include <hale/session/definitions/device.hpp>
#include <hale/session/definitions/inputs.hpp>
#include <hale/session/definitions/model.hpp>
#include <hale/session/definitions/open_dimensions.hpp>
