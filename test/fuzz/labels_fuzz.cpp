#include "detection_file.hpp"

#include <array>

// A file for each part of the input. Its first byte says which: names of classes in one of both ways, or labels.

namespace {

constexpr std::array k_names = {"classes.txt", "data.yaml", "../data.yaml", "clip_1.txt",
                                "clip_0.txt",  "still.txt", "_.txt"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  namespace fuzz = vidcv::fuzz;
  static const fuzz::Folder folder;
  const auto labels = folder.path() / "labels";
  std::filesystem::create_directory(labels);
  for (const char* name : k_names) { std::filesystem::remove(labels / name); }
  for (std::string_view part : fuzz::parts_of(fuzz::text_of(data, size))) {
    const std::size_t place = part.empty() ? 0 : static_cast<unsigned char>(part[0]) % k_names.size();
    folder.write(labels / k_names[place], part.substr(part.empty() ? 0 : 1));
  }
  fuzz::read_detections(labels);
  return 0;
}
