#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale {

namespace detail {

/// Letters and digits alone, none of them capital.
[[nodiscard]] inline std::string bare(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z')
      kept += static_cast<char>(c - 'A' + 'a');
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      kept += c;
  }
  return kept;
}

/// How many letters are to be put in, taken out or changed.
[[nodiscard]] inline std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
      diagonal = std::exchange(row[j], std::min({changed, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

/// Whether all letters of a word stand in a name, in this order.
[[nodiscard]] inline bool has_in_order(std::string_view name, std::string_view word) {
  for (const char c : name)
    if (!word.empty() && c == word.front()) word.remove_prefix(1);
  return word.empty();
}

/// The lower the more alike; nothing for names that have little in common.
[[nodiscard]] inline std::optional<std::pair<int, std::size_t>> unlikeness(std::string_view word,
                                                                           std::string_view name) {
  const std::size_t away = edits(word, name);
  if (name.find(word) != std::string_view::npos) return std::pair{0, away};
  if (away <= 1 + word.size() / 4) return std::pair{1, away};
  if (word.size() >= 4 && has_in_order(name, word)) return std::pair{2, away};
  return std::nullopt;
}

}  // namespace detail

/// The names that are most like a word, the most alike first: those that hold it, those of almost
/// its spelling, those that hold its letters in order ("raspi5" for "raspberry-pi-5"). Capitals and
/// what is no letter or digit do not count. Cost: O(names word name).
[[nodiscard]] inline std::vector<std::string> nearest_names(std::string_view word,
                                                            std::span<const std::string> names,
                                                            std::size_t most = 5) {
  const std::string wanted = detail::bare(word);
  std::vector<std::pair<std::pair<int, std::size_t>, std::size_t>> found;
  for (std::size_t i = 0; i < names.size() && !wanted.empty(); ++i)
    if (const auto unlike = detail::unlikeness(wanted, detail::bare(names[i])))
      found.emplace_back(*unlike, i);
  std::sort(found.begin(), found.end());
  std::vector<std::string> nearest;
  for (std::size_t i = 0; i < std::min(most, found.size()); ++i)
    nearest.push_back(names[found[i].second]);
  return nearest;
}

}  // namespace hale
