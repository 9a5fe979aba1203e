#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <fstream>
#include <hale/core/text.hpp>
#include <hale/io/checkpoint.hpp>
#include <hale/io/file.hpp>
#include <hale/io/table.hpp>
#include <hale/meta/encoded.hpp>
#include <hale/meta/meta_gradient.hpp>
#include <hale/predictor/recipes.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

/// The authors' checkpoint, converted, against the numbers that their own code computes from it in
/// double. An implementation that agrees here is HELP.
namespace hale {
namespace {

using Json = nlohmann::json;

void expect_golden(double actual, double expected, const std::string& what) {
  EXPECT_NEAR(actual, expected, std::max(1e-6 * std::abs(expected), 1e-12)) << what;
}

/// The parts of the learned state under the names of the authors' code, in hale's order.
struct Tensor {
  std::string name;
  std::size_t offset;
  std::size_t rows;
  std::size_t columns;
  bool transposed;  // the authors keep linear weights (out, in)
};

std::vector<Tensor> tensors(const std::vector<std::string>& layers, const auto& layout) {
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < layout.size(); ++i) {
    const nn::TensorSpec& spec = layout[i];
    const bool weight = i % 2 == 0;
    const std::string& layer = layers[i / 2];
    out.push_back({layer + (weight ? ".weight" : ".bias"), spec.offset, spec.rows, spec.columns,
                   weight && layer.find(".gc") == std::string::npos});
  }
  return out;
}

void expect_golden_tensor(const Json& golden, const std::string& prefix, const Tensor& tensor,
                          const Buffer<double>& buffer) {
  const Json& expected = golden.at(prefix + tensor.name);
  double square = 0;
  for (std::size_t i = 0; i < tensor.rows * tensor.columns; ++i)
    square += buffer[tensor.offset + i] * buffer[tensor.offset + i];
  expect_golden(std::sqrt(square), expected.at("l2"), prefix + tensor.name + " l2");
  const auto& first = expected.at("first");
  ASSERT_GT(first.size(), 0U);
  for (std::size_t i = 0; i < first.size(); ++i) {
    const std::size_t index =
        tensor.transposed ? i % tensor.rows * tensor.columns + i / tensor.rows : i;
    expect_golden(buffer[tensor.offset + index], first[i],
                  prefix + tensor.name + " [" + std::to_string(i) + "]");
  }
}

Buffer<double> doubles(const Json& list) {
  Buffer<double> out(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) out[i] = list[i];
  return out;
}

/// A recipe, the name of its files, and the layers of its architecture tower.
struct NasBench201 {
  using Recipe = predictor::HelpNasBench201;
  static constexpr const char* files = "nasbench201";
  static constexpr std::size_t tasks = 3;
  static inline const std::vector<std::string> tower = {"meta_learner.gc1", "meta_learner.gc2",
                                                        "meta_learner.gc3", "meta_learner.gc4"};
};
struct FBNet {
  using Recipe = predictor::HelpFBNet;
  static constexpr const char* files = "fbnet";
  static constexpr std::size_t tasks = 3;
  static inline const std::vector<std::string> tower = {"meta_learner.fc1", "meta_learner.fc2"};
};
struct OfaMobileNetV3 {
  using Recipe = predictor::HelpOfaMobileNetV3;
  static constexpr const char* files = "ofa";
  static constexpr std::size_t tasks = 1;
  static inline const std::vector<std::string> tower = FBNet::tower;
};

template <class G>
class GoldenHelp : public ::testing::Test {
 protected:
  using Recipe = typename G::Recipe;
  using Learner = typename Recipe::Learner;

  void SetUp() override {
    const std::string golden_path = concat(HALE_DATA_DIR "/golden/", G::files, ".json");
    std::ifstream golden(golden_path);
    if (!golden) GTEST_SKIP() << "absent: " << golden_path;
    tasks_ = Json::parse(golden).at("tasks");
    std::ifstream embeddings(concat(HALE_AUTHORS_FILES "/embeddings-", G::files, ".json"));
    ASSERT_TRUE(embeddings);
    embeddings_ = Json::parse(embeddings);
    const auto bytes = io::read_file(concat(HALE_AUTHORS_FILES "/authors-", G::files, ".hale"));
    ASSERT_TRUE(bytes) << bytes.error().message;
    const auto base = io::load_base<Recipe>(*bytes);
    ASSERT_TRUE(base) << base.error().message;
    widen(base->knowledge.theta, knowledge_.theta);
    widen(base->knowledge.rates, knowledge_.rates);
    widen(base->knowledge.phi, knowledge_.phi);
    const auto csv = io::read_file(concat(HALE_DATA_DIR "/", G::files, "/latency_ms.csv"));
    ASSERT_TRUE(csv) << csv.error().message;
    const auto table = io::parse_latency_table(*csv);
    ASSERT_TRUE(table) << table.error().message;
    archs_ = table->archs;
  }

  static void widen(const Buffer<float>& from, Buffer<double>& to) {
    std::copy(from.begin(), from.end(), to.begin());
  }

  meta::InputBatch<typename Recipe::Encoder::Output, double> batch(const Json& rows) const {
    meta::EncodedRows<typename Recipe::Encoder> encoded;
    for (const std::size_t row : rows) encoded.push_back(*Recipe::Space::parse(archs_[row]));
    meta::InputBatch<typename Recipe::Encoder::Output, double> input;
    input.assign(encoded.codes());
    return input;
  }

  meta::Knowledge<Learner, double> knowledge_;
  std::vector<std::string> archs_;
  Json tasks_;
  Json embeddings_;  // to all digits
};

using Spaces = ::testing::Types<NasBench201, FBNet, OfaMobileNetV3>;
TYPED_TEST_SUITE(GoldenHelp, Spaces);

TYPED_TEST(GoldenHelp, AdaptationAndItsSecondOrderGradientAreTheAuthors) {
  using L = typename TypeParam::Recipe::Learner;
  using Network = typename L::Network;
  using Modulator = typename L::Modulator;
  ASSERT_EQ(this->tasks_.size(), TypeParam::tasks);
  std::vector<std::string> layers = TypeParam::tower;
  for (const char* layer : {"fc_hw1", "fc_hw2", "fc3", "fc4", "fc5"})
    layers.push_back(concat("meta_learner.", layer));
  const auto names = tensors(layers, Network::layout);
  const auto modulator_names =
      tensors({"modulator.z_encoder.0", "modulator.z_encoder.2"}, Modulator::Net::layout);
  for (const Json& golden : this->tasks_) {
    SCOPED_TRACE(golden.at("device").get<std::string>());
    const auto support = this->batch(golden.at("support_rows"));
    const auto query = this->batch(golden.at("query_rows"));
    const Buffer<double> embedding = doubles(this->embeddings_.at(golden.at("device")));
    for (std::size_t i = 0; i < embedding.size(); ++i)
      EXPECT_NEAR(embedding[i], golden.at("embedding")[i].get<double>(), 1e-9);
    const Buffer<double> support_targets = doubles(golden.at("support_targets"));
    const Buffer<double> query_targets = doubles(golden.at("query_targets"));
    const MatrixView<const double> device(embedding.data(), 1, embedding.size());
    const meta::Task<L, double> task{
        device,
        {{support.value(), device}, {support_targets.data(), support_targets.size(), 1}},
        {{query.value(), device}, {query_targets.data(), query_targets.size(), 1}}};

    meta::OuterTape<L, double> tape;
    numeric::Arena<double> arena;
    meta::TaskGradient<L, double> result;
    meta::meta_gradient<L, double>(this->knowledge_, task, {}, 0.0, tape, result);

    expect_golden(result.divergence, golden.at("kl"), "kl");
    expect_golden(result.query_loss, golden.at("query_loss"), "query loss");
    for (std::size_t k = 0; k < 2; ++k)
      expect_golden(tape.inner.losses[k], golden.at("support_losses")[k], "support loss");
    for (const auto& [key, step] : {std::pair{"prediction_before", 0}, {"prediction_after", 2}}) {
      const Buffer<double>& theta = tape.inner.thetas[static_cast<std::size_t>(step)];
      const MatrixView<double> y =
          nn::predict<Network, double>({theta.data(), 1, theta.size()}, task.query.input, arena);
      for (std::size_t i = 0; i < query.rows(); ++i)
        expect_golden(y(i, 0), golden.at(key)[i], std::string(key) + std::to_string(i));
    }
    const Json& gradient = golden.at("query_loss_gradient");
    for (const Tensor& tensor : names) {
      expect_golden_tensor(gradient, "", tensor, result.gradient.theta);
      expect_golden_tensor(gradient, "rate.", tensor, result.gradient.rates);
    }
    for (const Tensor& tensor : modulator_names)
      expect_golden_tensor(gradient, "", tensor, result.gradient.phi);
  }
}

}  // namespace
}  // namespace hale
