#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <hale/core/config.hpp>
#include <numeric>
#include <span>
#include <vector>

namespace hale::numeric {

/// The arithmetic mean. Pre: not empty.
[[nodiscard]] inline double mean(std::span<const double> values) {
  HALE_ASSERT(!values.empty());
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// The standard deviation of a sample (n - 1); 0 for a single value.
[[nodiscard]] inline double standard_deviation(std::span<const double> values) {
  if (values.size() < 2) return 0;
  const double centre = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - centre) * (value - centre);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

/// The value below which `share` of the sample lies, interpolated linearly between neighbours.
/// Pre: not empty; share in [0, 1]. Source: Hyndman and Fan (1996), type 7.
[[nodiscard]] inline double quantile(std::vector<double> values, double share) {
  HALE_ASSERT(!values.empty() && share >= 0 && share <= 1);
  std::sort(values.begin(), values.end());
  const double position = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (position - static_cast<double>(below)) * (values[above] - values[below]);
}

[[nodiscard]] inline double median(std::vector<double> values) {
  return quantile(std::move(values), 0.5);
}

/// Ranks from 1; equal values share the mean of theirs. Cost: O(n log n).
[[nodiscard]] inline std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> rank(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) ++last;
    const double shared = 1 + static_cast<double>(first + last) / 2;
    for (; first <= last; ++first) rank[order[first]] = shared;
  }
  return rank;
}

/// Pearson's correlation; 0 where either side is constant. Pre: equal sizes, not empty.
[[nodiscard]] inline double pearson(std::span<const double> a, std::span<const double> b) {
  HALE_ASSERT(a.size() == b.size());
  const double mean_a = mean(a);
  const double mean_b = mean(b);
  double cross = 0;
  double square_a = 0;
  double square_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    cross += (a[i] - mean_a) * (b[i] - mean_b);
    square_a += (a[i] - mean_a) * (a[i] - mean_a);
    square_b += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return square_a > 0 && square_b > 0 ? cross / std::sqrt(square_a * square_b) : 0;
}

/// Spearman's rank correlation, ties sharing ranks.
[[nodiscard]] inline double spearman(std::span<const double> a, std::span<const double> b) {
  return pearson(ranks(a), ranks(b));
}

namespace detail {

/// Sorts and counts the inversions that sorting undoes.
inline std::uint64_t sort_inversions(std::span<double> values, std::span<double> scratch) {
  if (values.size() < 2) return 0;
  const std::size_t half = values.size() / 2;
  std::uint64_t inversions = sort_inversions(values.first(half), scratch.first(half)) +
                             sort_inversions(values.subspan(half), scratch.subspan(half));
  std::size_t left = 0;
  std::size_t right = half;
  for (double& out : scratch) {
    if (right == values.size() || (left < half && values[left] <= values[right])) {
      out = values[left++];
    } else {
      out = values[right++];
      inversions += half - left;
    }
  }
  std::copy(scratch.begin(), scratch.end(), values.begin());
  return inversions;
}

/// The pairs within runs of equal elements of a sorted range.
template <class Equal>
std::uint64_t tied_pairs(std::size_t count, Equal equal) {
  std::uint64_t pairs = 0;
  for (std::size_t first = 0; first < count;) {
    std::size_t last = first + 1;
    while (last < count && equal(first, last)) ++last;
    pairs += static_cast<std::uint64_t>(last - first) * (last - first - 1) / 2;
    first = last;
  }
  return pairs;
}

}  // namespace detail

/// Kendall's tau-b. Pre: equal sizes. Cost: O(n log n).
/// Source: Knight, JASA 61 (1966).
[[nodiscard]] inline double kendall(std::span<const double> a, std::span<const double> b) {
  HALE_ASSERT(a.size() == b.size());
  const std::size_t n = a.size();
  if (n < 2) return 0;
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t i, std::size_t j) { return a[i] != a[j] ? a[i] < a[j] : b[i] < b[j]; });
  std::vector<double> by_a(n);
  for (std::size_t i = 0; i < n; ++i) by_a[i] = b[order[i]];
  const std::uint64_t ties_a = detail::tied_pairs(
      n, [&](std::size_t i, std::size_t j) { return a[order[i]] == a[order[j]]; });
  const std::uint64_t ties_both = detail::tied_pairs(n, [&](std::size_t i, std::size_t j) {
    return a[order[i]] == a[order[j]] && by_a[i] == by_a[j];
  });
  std::vector<double> scratch(n);
  const std::uint64_t discordant = detail::sort_inversions(by_a, scratch);
  const std::uint64_t ties_b =
      detail::tied_pairs(n, [&](std::size_t i, std::size_t j) { return by_a[i] == by_a[j]; });
  const double all = static_cast<double>(n) * static_cast<double>(n - 1) / 2;
  const double untied_a = all - static_cast<double>(ties_a);
  const double untied_b = all - static_cast<double>(ties_b);
  if (untied_a <= 0 || untied_b <= 0) return 0;
  const double concordant_less_discordant =
      all - static_cast<double>(ties_a) - static_cast<double>(ties_b) +
      static_cast<double>(ties_both) - 2 * static_cast<double>(discordant);
  return concordant_less_discordant / std::sqrt(untied_a * untied_b);
}

/// y = intercept + slope * x with the least squared error; slope 0 where x is constant.
struct Line {
  double intercept = 0;
  double slope = 0;

  [[nodiscard]] constexpr double operator()(double x) const { return intercept + slope * x; }
};

[[nodiscard]] inline Line fit_line(std::span<const double> x, std::span<const double> y) {
  HALE_ASSERT(x.size() == y.size() && !x.empty());
  const double mean_x = mean(x);
  const double mean_y = mean(y);
  double cross = 0;
  double square = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    cross += (x[i] - mean_x) * (y[i] - mean_y);
    square += (x[i] - mean_x) * (x[i] - mean_x);
  }
  const double slope = square > 0 ? cross / square : 0;
  return {mean_y - slope * mean_x, slope};
}

}  // namespace hale::numeric
