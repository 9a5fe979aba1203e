#include <cstdio>
#include <hale/io/file.hpp>
#include <hale/io/networks.hpp>

#include "inflate.hpp"

// Run by the build: terms_of_networks DEFLATED OUTPUT reads the kernels of networks and writes the
// terms that this version of hale makes of them. So terms are never of another version than the
// code.
namespace hale {
namespace {

Result<> write_terms(const char* deflated, const char* output) {
  HALE_TRY(const std::string packed, io::read_file(deflated));
  HALE_TRY(const std::string bytes, embedded::inflate(packed));
  HALE_TRY(auto networks, io::NetworkReader::open(bytes, workload::NetworkParts::kernels));
  io::NetworkWriter terms;
  for (const std::string& key : networks.keys()) {
    HALE_TRY(const io::NamedNetwork found, networks.find(key));
    terms.add_terms(key, found.name, found.network->terms);
  }
  return io::write_file(output, terms.serialise());
}

}  // namespace
}  // namespace hale

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: terms_of_networks DEFLATED OUTPUT\n", stderr);
    return 2;
  }
  const auto done = hale::write_terms(argv[1], argv[2]);
  if (done) return 0;
  std::fprintf(stderr, "%s: %s\n", argv[1], done.error().message.c_str());
  return 1;
}
