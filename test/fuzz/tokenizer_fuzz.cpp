#include "formats/safetensors.hpp"

#include <vidcv/clip/tokenizer.hpp>
#include <vidcv/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

// Whatever the text is: ids that the vocabulary has, at most as many as fit, or a UsageError; and whatever the files
// are: a tokenizer or a FormatError. The first byte says which.

namespace {

/// All bytes, the marks, and a few merges.
const vidcv::Tokenizer& small_tokenizer()
{
  static const vidcv::Tokenizer tokenizer = [] {
    std::string vocabulary = "{";
    int id = 0;
    const auto add = [&](const std::string& token) {
      vocabulary += (id == 0 ? "\"" : ",\"") + token + "\":" + std::to_string(id);
      ++id;
    };
    int next = 0x100;
    for (int byte = 0; byte < 256; ++byte) {
      const bool seen = (byte > ' ' && byte < 0x7F) || (byte > 0xA0 && byte != 0xAD);
      const int code = seen ? byte : next++;
      std::string letter = code == '"' || code == '\\' ? "\\" : "";
      if (code >= 0x80) { letter += static_cast<char>(0xC0 | (code >> 6)); }
      letter += static_cast<char>(code >= 0x80 ? 0x80 | (code & 0x3F) : code);
      add(letter);
      add(letter + "</w>");
    }
    for (const char* token : {"th", "the</w>", "in", "ing</w>", "<|startoftext|>", "<|endoftext|>"}) { add(token); }
    return vidcv::Tokenizer(vocabulary + "}", "t h\nth e</w>\ni n\nin g</w>\n");
  }();
  return tokenizer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  if (size == 0) { return 0; }
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  try {
    if (data[0] % 2 == 0) {
      const auto tokens = small_tokenizer().tokenize(text, 77);
      if (tokens.ids.size() > 77 || small_tokenizer().up_to_end(tokens.ids).empty()) { std::abort(); }
      for (const std::int64_t id : tokens.ids) {
        if (id < 0 || id > small_tokenizer().largest_id()) { std::abort(); }
      }
    } else {
      const auto [vocabulary, merges] = vidcv::split_tokenizer_json(text);
      vidcv::Tokenizer(vocabulary, merges).tokenize("the thing", 77);
    }
  } catch (const vidcv::UsageError&) {
  } catch (const vidcv::FormatError&) {
  }
  return 0;
}
