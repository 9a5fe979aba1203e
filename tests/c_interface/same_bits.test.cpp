#include <gtest/gtest.h>
#include <hale.h>

#include <algorithm>
#include <filesystem>
#include <hale/hale.hpp>
#include <string>
#include <thread>
#include <vector>

namespace hale {
namespace {

/// Every ONNX file below the folders that there are.
std::vector<std::string> models() {
  std::vector<std::string> found;
  for (const char* folder : {HALE_FIXTURES, HALE_DATA_DIR "/onnx"}) {
    if (!std::filesystem::exists(folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      if (entry.path().extension() == ".onnx") found.push_back(entry.path().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// What the C++ interface says of a model, then the C interface, as one text or as equal numbers.
void expect_same(const Result<Answer>& wanted, const hale_answer* found, char* error) {
  if (!wanted) {
    ASSERT_EQ(found, nullptr);
    EXPECT_EQ(error, wanted.error().message);
    return hale_text_free(error);
  }
  ASSERT_NE(found, nullptr) << error;
  EXPECT_EQ(hale_answer_median_ms(found), wanted->prediction.median.value);
  EXPECT_EQ(hale_answer_low_ms(found), wanted->prediction.low.value);
  EXPECT_EQ(hale_answer_high_ms(found), wanted->prediction.high.value);
  EXPECT_EQ(hale_verdict_name(hale_answer_verdict(found)), name_of(wanted->prediction.verdict));
  EXPECT_EQ(hale_answer_covered(found), wanted->cost.covered);
  EXPECT_EQ(hale_answer_macs(found), wanted->cost.macs);
  EXPECT_EQ(hale_answer_space(found), wanted->space);
}

void compare(const std::string& name, const std::vector<std::string>& paths) {
  const Result<Device> device = open_device(name);
  hale_device* same = hale_device_open(name.c_str(), nullptr);
  ASSERT_TRUE(device);
  ASSERT_NE(same, nullptr);
  for (const std::string& path : paths) {
    char* error = nullptr;
    const Result<Model> model = read_onnx(path);
    hale_model* read = hale_model_read(path.c_str(), nullptr, &error);
    ASSERT_EQ(read != nullptr, model.has_value()) << path;
    if (read == nullptr) {
      EXPECT_EQ(error, model.error().message);
      hale_text_free(error);
      continue;
    }
    hale_answer* found = hale_device_answer(same, read, 0, &error);
    expect_same(device->answer(*model, {.kernels = false}), found, error);
    hale_answer_close(found);
    hale_model_close(read);
  }
  hale_device_close(same);
}

TEST(CInterface, GivesTheNumbersOfTheCppInterfaceToTheLastBit) {
  const std::vector<std::string> paths = models();
  EXPECT_GT(paths.size(), 20U);
  constexpr std::size_t own = 32;   // of the searched spaces and of hale's corpus
  constexpr std::size_t each = 25;  // of the public tables
  for (std::size_t i = 0; i < hale_built_in_device_count(); i += i < own ? 1 : each)
    compare(hale_built_in_device_name(i), paths);
}

TEST(CInterface, EightThreadsOnOneDeviceGiveWhatOneGives) {
  hale_device* device = hale_device_open("default", nullptr);
  std::vector<hale_model*> read;
  std::vector<double> wanted;
  for (const char* name : {"residual/3", "residual/4", "residual/5", "residual/6"}) {
    hale_model* own = hale_model_read(name, nullptr, nullptr);
    hale_answer* answer = hale_device_answer(device, own, HALE_WITH_KERNELS, nullptr);
    wanted.push_back(hale_answer_median_ms(answer));
    hale_answer_close(answer);
    hale_model_close(own);
    read.push_back(hale_model_read(name, nullptr, nullptr));
  }
  hale_device* shared = hale_device_open("default", nullptr);
  std::vector<std::vector<double>> found(8);
  std::vector<std::thread> threads;
  for (std::vector<double>& mine : found)
    threads.emplace_back([&] {
      for (const hale_model* model : read) {
        hale_answer* answer = hale_device_answer(shared, model, HALE_WITH_KERNELS, nullptr);
        mine.push_back(hale_answer_median_ms(answer));
        hale_answer_close(answer);
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<double>& mine : found) EXPECT_EQ(mine, wanted);
  for (hale_model* model : read) hale_model_close(model);
  hale_device_close(shared);
  hale_device_close(device);
}

}  // namespace
}  // namespace hale
