#pragma once

#include <cstddef>
#include <cstdio>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <string>
#include <vector>

namespace hale::bench {

/// The main function of a program that takes two paths, then how many rows are measured of a
/// device: 10 and 20 where no number is given. Calls `run(FIRST, SECOND, numbers)`; `expected` says
/// what the paths are, where they are missing.
template <class Run>
int run_with_samples(int count, char** words, const char* expected, const Run& run) {
  std::vector<std::size_t> samples;
  for (int i = 3; i < count; ++i)
    samples.push_back(parse_number<std::size_t>(words[i]).value_or(10));
  if (samples.empty()) samples = {10, 20};
  const Result<> done = count > 2 ? run(words[1], words[2], samples) : fail(expected);
  if (done) return 0;
  std::fprintf(stderr, "%s: %s\n", words[0], done.error().message.c_str());
  return 1;
}

}  // namespace hale::bench
