#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <hale/graph/text.hpp>
#include <hale/onnx.hpp>
#include <string>

#include "large_model.hpp"

// A program of its own: the most memory that a process has used is a figure of all its tests.

namespace hale::onnx_frontend {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool is_sanitized = true;
#elif defined(__has_feature)
constexpr bool is_sanitized = __has_feature(address_sanitizer);
#else
constexpr bool is_sanitized = false;
#endif

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

/// The file of a model, removed at the end.
class ModelFile {
 public:
  explicit ModelFile(const LargeModel& model)
      : path_(std::filesystem::path(testing::TempDir()) /
              concat("hale-weights-test-", model.layers, model.has_weights ? "" : "-without",
                     ".onnx")),
        is_written_(write_file(path_, model)) {}
  ModelFile(const ModelFile&) = delete;
  ModelFile& operator=(const ModelFile&) = delete;
  ~ModelFile() { std::filesystem::remove(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] bool is_written() const { return is_written_; }

 private:
  std::filesystem::path path_;
  bool is_written_;
};

/// The shortest of ten times from file to graph.
double milliseconds_of(const std::filesystem::path& path) {
  double shortest = 1e9;
  for (int i = 0; i < 10; ++i) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(import_file(path));
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    shortest = std::min(shortest, time.count());
  }
  return shortest;
}

class Weights : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Weights, of_gigabytes_change_neither_graph_nor_time_nor_memory) {
  const LargeModel model{.layers = GetParam() / 256, .layer_bytes = 256 * mebibyte};
  const ModelFile with(model);
  if (!with.is_written())
    GTEST_SKIP() << "the file system takes no file of " << GetParam() << " MiB";
  const ModelFile without({model.layers, model.layer_bytes, false});
  ASSERT_GT(std::filesystem::file_size(with.path()), GetParam() * mebibyte);
  const auto imported = import_file(with.path());
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(
      graph::describe(
          imported->value(imported->operation(imported->body().operations[0]).results[0]).type),
      "1024x65536");
  EXPECT_EQ(graph::print(*imported), graph::print(import_file(without.path()).value()));
  EXPECT_LT(milliseconds_of(with.path()), milliseconds_of(without.path()) + 5);
  rusage usage{};
  ASSERT_EQ(getrusage(RUSAGE_SELF, &usage), 0);
  if (!is_sanitized) {
    EXPECT_LT(usage.ru_maxrss, 64 * 1024);  // KiB
  }
}

INSTANTIATE_TEST_SUITE_P(mebibytes, Weights, testing::Values(1024, 3072));

}  // namespace
}  // namespace hale::onnx_frontend
