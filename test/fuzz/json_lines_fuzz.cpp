#include "detection_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  static const vidcv::fuzz::Folder folder;
  vidcv::fuzz::read_detections(folder.write("d.jsonl", vidcv::fuzz::text_of(data, size)));
  return 0;
}
