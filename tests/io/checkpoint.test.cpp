#include <gtest/gtest.h>

#include <filesystem>
#include <hale/io/checkpoint.hpp>
#include <hale/io/file.hpp>
#include <hale/io/profile.hpp>
#include <hale/predictor/recipes.hpp>
#include <limits>
#include <string>

namespace hale::io {
namespace {

using R = predictor::HelpNasBench201;

predictor::Base<R> base() {
  Rng rng(4);
  predictor::Base<R> made;
  made.knowledge = meta::Knowledge<R::Learner, float>::initial(rng);
  made.references.assign(R::protocol.references.begin(), R::protocol.references.end());
  made.limit_positions = {0.1, 0.7};
  made.interval = {2.5, 0.02, 0.9};
  made.made_from = "a test";
  return made;
}

/// The base's file with one section or note replaced.
std::string altered(const std::string& section, const std::string& from, const std::string& to) {
  Container container = *parse_container(serialise_base<R>(base()));
  for (auto& [name, payload] : container.sections) {
    if (name != section) continue;
    const std::size_t at = payload.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    payload.replace(at, from.size(), to);
  }
  return serialise(container);
}

TEST(BaseFile, ComesBackAsItWas) {
  const auto loaded = load_base<R>(serialise_base<R>(base()));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(*loaded, base());
}

TEST(BaseFile, CutAtEveryTenthByteIsRefused) {
  const std::string whole = serialise_base<R>(base());
  for (std::size_t size = 0; size < whole.size(); size += 10)
    ASSERT_FALSE(load_base<R>(std::string_view(whole).substr(0, size))) << size;
}

TEST(BaseFile, OfAnotherRecipeSpaceEncoderLayoutOrUnitIsRefused) {
  const auto refuse = [](const std::string& from, const std::string& to,
                         const std::string& message) {
    const auto loaded = load_base<R>(altered("base", from, to));
    ASSERT_FALSE(loaded) << from;
    EXPECT_NE(loaded.error().message.find(message), std::string::npos) << loaded.error().message;
  };
  refuse("recipe=help", "recipe=maml", "made for recipe 'maml', expected 'help'");
  refuse("space=nasbench201", "space=fbnet", "made for space 'fbnet', expected 'nasbench201'");
  refuse("encoder_length=9", "encoder_length=8", "made for encoder_length '8', expected '9'");
  refuse("layout=", "layout=0", "made for layout '0");
  refuse("units=ms", "units=us", "made for units 'us', expected 'ms'");
  refuse("limit_low=0.1", "limit_low=low", "'limit_low' is 'low', expected a number");
  refuse("limit_high=0.7", "limit_high=nan", "limit_high is nan, expected -1000 to 1000");
  refuse("interval_spreads=2.5", "interval_spreads=-1", "interval_spreads is -1, expected 0 to ");
  refuse("least_spread=0.02", "least_spread=inf", "least_spread is inf, expected 0 to 100");
  refuse("level=0.9", "level=1.5", "level is 1.5, expected 0.01 to 0.999");
}

TEST(BaseFile, WithReferencesThatAreNoneIsRefused) {
  EXPECT_FALSE(load_base<R>(altered("references", "|avg_pool_3x3~0|", "|avg_pool_9x9~0|")));
  const std::string first = std::string(R::protocol.references[0]) + "\n";
  const auto nine = load_base<R>(altered("references", first, ""));
  ASSERT_FALSE(nine);
  EXPECT_EQ(nine.error().message, "found 9 references, expected 10");
}

TEST(BaseFile, WithNumbersThatNoTrainingLeavesIsRefused) {
  for (const float odd : {std::numeric_limits<float>::quiet_NaN(), 3e38F, -1e10F}) {
    auto made = base();
    made.knowledge.rates[17] = odd;
    const auto loaded = load_base<R>(serialise_base<R>(made));
    ASSERT_FALSE(loaded) << odd;
    EXPECT_EQ(loaded.error().message,
              "section 'rates' holds numbers that are not finite, or over 10000");
  }
}

TEST(BaseFile, SkipsSectionsItDoesNotKnow) {
  Container container = *parse_container(serialise_base<R>(base()));
  container.add("of a later version", "something");
  EXPECT_TRUE(load_base<R>(serialise(container)));
}

device::Profile profile() {
  return {.name = "my board",
          .precision = "f16",
          .batch = 4,
          .made_from = "ten stopwatch numbers",
          .sections = {{"nasbench201-help", "nasbench201", {{"a|b", {1.25}}, {"c", {3}}}, ""},
                       {"other", "graph", {{"x.onnx", {0.1}}}, "base bytes"}},
          .facts = {.aliases = {"board", "b"},
                    .kind = "npu",
                    .hardware = "a chip",
                    .machine = "a box",
                    .runtime = "rt",
                    .version = "1.2",
                    .options = "fast",
                    .threads = 4,
                    .source = "me",
                    .licence = "MIT",
                    .date = "2026-11"}};
}

TEST(DeviceFile, ComesBackAsItWas) {
  const auto parsed = parse_profile(serialise_profile(profile()));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(*parsed, profile());
}

TEST(DeviceFile, AndBaseAreToldApart) {
  const auto device = parse_profile(serialise_base<R>(base()));
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().message, "is a base, expected a device file (made by 'hale adapt')");
  const auto loaded = load_base<R>(serialise_profile(profile()));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message, "is a device file, expected a base (made by 'hale train')");
}

TEST(DeviceFile, WithABatchThatIsNoneIsRefused) {
  for (const std::uint32_t batch : {0U, 0xffffffffU}) {
    auto made = profile();
    made.batch = batch;
    const auto parsed = parse_profile(serialise_profile(made));
    ASSERT_FALSE(parsed) << batch;
    EXPECT_NE(parsed.error().message.find("expected 1 to 2147483647"), std::string::npos);
  }
}

TEST(DeviceFile, WithAMeasurementThatIsNoneIsRefused) {
  auto made = profile();
  made.sections[0].measurements[1].latency.value = -1;
  const auto parsed = parse_profile(serialise_profile(made));
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().message.find("for:nasbench201-help"), std::string::npos);
}

TEST(DeviceFile, ThatNamesANetworkWithoutKeepingItIsRefused) {
  auto made = profile();
  made.sections[1].measurements[0].arch = "network/12";
  const auto parsed = parse_profile(serialise_profile(made));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message,
            "section 'for:other': measured network '12' is not in the file");
}

TEST(TrainingState, GoesOnInTheSameTrainingOnly) {
  meta::TrainingState<R::Learner, float> state(3, 1e-4);
  state.episode = 7;
  state.best_score = 0.5;
  state.rng.bits();
  state.theta_moments.first()[5] = 0.25F;
  const std::string bytes = serialise_training<R>(state, "this");
  meta::TrainingState<R::Learner, float> other(9, 1e-4);
  ASSERT_TRUE(resume_training<R>(bytes, "this", other));
  EXPECT_EQ(serialise_training<R>(other, "this"), bytes);
  const auto refused = resume_training<R>(bytes, "that", other);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("another training"), std::string::npos);
  EXPECT_EQ(serialise_training<R>(other, "this"), bytes);
}

TEST(WriteFile, LeavesNothingHalfWritten) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "hale-write-file";
  std::filesystem::remove_all(folder);
  EXPECT_FALSE(write_file(folder / "absent" / "x.hale", "bytes"));
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(write_file(folder / "x.hale", "first"));
  ASSERT_TRUE(write_file(folder / "x.hale", "second"));
  EXPECT_EQ(read_file(folder / "x.hale"), "second");
  std::filesystem::create_directories(folder / "taken.hale" / "inside");
  EXPECT_FALSE(write_file(folder / "taken.hale", "bytes"));
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++files;
  EXPECT_EQ(files, 2U);  // no *.part
  EXPECT_FALSE(read_file(folder));
  EXPECT_FALSE(read_file(folder / "absent.hale"));
  EXPECT_FALSE(read_file("/proc/self/mem"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace hale::io
