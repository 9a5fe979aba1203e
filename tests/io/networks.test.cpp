#include <gtest/gtest.h>

#include <hale/io/networks.hpp>
#include <string>

namespace hale::io {
namespace {

TEST(networks, that_are_read_have_the_terms_of_those_that_were_written) {
  workload::Workload work{.input_bytes = 24, .output_bytes = 24};
  workload::Kernel kernel{.kind = workload::KernelKind::activation, .element_bits = 32};
  kernel.bytes_read = kernel.bytes_written = 24;
  kernel.outputs = 6;
  kernel.operations = {"com.microsoft.FastGelu", "Relu"};
  kernel.origin.transcendental = 1;
  work.kernels.push_back(kernel);
  const workload::Network network = workload::network_of(work, work);
  EXPECT_EQ(network.terms[workload::Term::transcendentals], 6);

  NetworkWriter writer;
  const std::string key = writer.add("gelu", network);
  auto reader = NetworkReader::open(writer.serialise());
  ASSERT_TRUE(reader) << reader.error().message;
  const auto found = reader->find(key);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->name, "gelu");
  EXPECT_EQ(*found->network, network);
}

}  // namespace
}  // namespace hale::io
