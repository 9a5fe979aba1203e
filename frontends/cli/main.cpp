#include <csignal>
#include <exception>
#include <hale/core/text.hpp>
#include <new>

#include "arguments.hpp"
#include "output.hpp"

int main(int count, char** words) {
  // A reader of stdout that goes away, as `head` does, is no error.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return static_cast<int>(hale::cli::run(count, words));
  } catch (const std::bad_alloc&) {
    hale::cli::complain("out of memory: the input is too large for this machine");
  } catch (const std::exception& error) {
    hale::cli::complain(hale::concat("internal error: ", error.what()));
  }
  return static_cast<int>(hale::cli::Exit::bad_input);
}
