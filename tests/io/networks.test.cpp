#include <gtest/gtest.h>

#include <hale/io/networks.hpp>
#include <hale/io/profile.hpp>
#include <string>
#include <vector>

namespace hale::io {
namespace {

using workload::NetworkParts;

workload::Network gelu() {
  workload::Workload work{.input_bytes = 24, .output_bytes = 24};
  workload::Kernel kernel{.kind = workload::KernelKind::activation, .element_bits = 32};
  kernel.bytes_read = kernel.bytes_written = 24;
  kernel.outputs = 6;
  kernel.operations = {"com.microsoft.FastGelu", "Relu"};
  kernel.origin.transcendental = 1;
  work.kernels.push_back(kernel);
  return workload::network_of(work, work);
}

NamedNetwork read(const std::string& bytes, const std::string& key, NetworkParts parts) {
  auto reader = NetworkReader::open(bytes, parts);
  EXPECT_TRUE(reader) << reader.error().message;
  EXPECT_TRUE(reader->contains(key));
  EXPECT_EQ(reader->keys(), std::vector<std::string>{key});
  const auto found = reader->find(key);
  EXPECT_TRUE(found) << found.error().message;
  return found.value_or(NamedNetwork{});
}

/// The same file, where terms are of a version of hale that numbered them otherwise.
std::string with_other_terms(const std::string& bytes) {
  Container container = *parse_container(bytes);
  for (auto& [name, payload] : container.sections)
    if (name.ends_with("/terms")) payload = "terms/1:" + payload.substr(payload.find(':') + 1);
  return serialise(container);
}

TEST(networks, that_are_read_are_those_that_were_written) {
  const workload::Network network = gelu();
  EXPECT_EQ(network.terms[workload::Term::transcendentals], 6);
  NetworkWriter writer;
  const std::string key = writer.add("gelu", network);
  EXPECT_EQ(writer.add("again", network), key);
  const NamedNetwork found = read(writer.serialise(), key, NetworkParts::kernels);
  EXPECT_EQ(found.name, "gelu");
  EXPECT_EQ(*found.network, network);
}

TEST(networks, are_read_by_their_terms_alone_where_these_are_asked_for) {
  NetworkWriter writer;
  const std::string key = writer.add("gelu", gelu());
  const NamedNetwork found = read(writer.serialise(), key, NetworkParts::terms);
  EXPECT_EQ(found.name, "gelu");
  EXPECT_TRUE(found.network->unfused.kernels.empty());
  EXPECT_EQ(found.network->terms, gelu().terms);
}

TEST(networks, with_terms_of_another_version_are_read_by_their_kernels) {
  NetworkWriter writer;
  const std::string key = writer.add("gelu", gelu());
  const std::string bytes = with_other_terms(writer.serialise());
  EXPECT_EQ(*read(bytes, key, NetworkParts::terms).network, gelu());
}

TEST(networks, without_kernels_and_with_terms_of_another_version_are_refused) {
  NetworkWriter writer;
  const std::string key = writer.add("gelu", {{}, {}, gelu().terms});
  EXPECT_EQ(read(writer.serialise(), key, NetworkParts::kernels).network->terms, gelu().terms);
  auto reader = NetworkReader::open(with_other_terms(writer.serialise()), NetworkParts::kernels);
  ASSERT_TRUE(reader);
  const auto found = reader->find(key);
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("network 'gelu': graph 'terms/1:"), std::string::npos);
  EXPECT_NE(found.error().message.find("of another version of hale"), std::string::npos);
}

TEST(networks, that_device_files_share_are_read_once) {
  NetworkWriter writer;
  const std::string key = writer.add("gelu", gelu());
  device::Profile profile;
  profile.name = "board";
  profile.sections = {{"graph", "graph", {{"network/" + key, Milliseconds{2}}}, ""}};
  const std::string without = serialise_profile(profile);
  const auto alone = parse_profile(without);
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().message,
            "section 'for:graph': measured network '" + key + "' is not in the file");

  auto shared = NetworkReader::open(writer.serialise(), NetworkParts::kernels);
  ASSERT_TRUE(shared);
  const auto one = parse_profile(without, NetworkParts::kernels, &*shared);
  const auto two = parse_profile(without, NetworkParts::kernels, &*shared);
  ASSERT_TRUE(one && two);
  const device::Measurement& measured = one->sections[0].measurements[0];
  EXPECT_EQ(measured.arch, "gelu");
  EXPECT_EQ(measured.network, two->sections[0].measurements[0].network);

  const auto written = parse_profile(serialise_profile(*one));
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(*written, *one);
}

}  // namespace
}  // namespace hale::io
