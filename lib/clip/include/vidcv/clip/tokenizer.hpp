#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace vidcv {

/// The tokens of a text, the start and the end among them.
struct TokenizedText {
  std::vector<std::int64_t> ids = {};
  bool truncated = false;  ///< it had more than fit
};

/// CLIP's byte-pair encoding: text is composed (NFC) and lower-cased, cut into words, digits and runs of other signs,
/// and each of these is put together from bytes by the learned merges, the most frequent first. Source: the
/// CLIPTokenizer of transformers, with whose ids test/parity compares.
class Tokenizer {
 public:
  /// @param vocabulary  vocab.json: the id of each token
  /// @param merges      merges.txt: a pair a line, in the order in which they were learned
  /// @throws FormatError naming what is wrong with them
  Tokenizer(const std::string& vocabulary, const std::string& merges);

  /// At most `context` ids; what does not fit is cut off in front of the end.
  /// @throws UsageError if `text` is not UTF-8, Error if `context` is below 2
  TokenizedText tokenize(std::string_view text, std::size_t context) const;

  /// The ids up to the first that ends a text: what comes behind it changes no vector.
  std::span<const std::int64_t> up_to_end(const std::vector<std::int64_t>& ids) const;
  std::int64_t largest_id() const noexcept { return m_largest; }

 private:
  using Pair = std::pair<std::int32_t, std::int32_t>;
  struct PairHash {
    std::size_t operator()(const Pair& pair) const noexcept
    {
      return std::hash<std::int64_t>()((std::int64_t{pair.first} << 32) | pair.second);
    }
  };
  struct Merge {
    std::int32_t rank = 0;
    std::int32_t id = 0;
  };

  std::int32_t require_id(const std::string& token) const;
  void read_vocabulary(const std::string& text);
  void read_merges(const std::string& text);
  void add_words(std::string_view text, std::vector<std::int64_t>& ids) const;
  bool merge_once(std::vector<std::int32_t>& parts) const;
  void add_word(std::string_view word, std::vector<std::int64_t>& ids) const;

  std::unordered_map<std::string, std::int32_t> m_ids;
  std::unordered_map<Pair, Merge, PairHash> m_merges;
  std::vector<std::int32_t> m_byte_ids;       // of a byte within a word
  std::vector<std::int32_t> m_last_byte_ids;  // of a byte that ends a word
  std::int32_t m_start = 0;
  std::int32_t m_end = 0;
  std::int32_t m_largest = 0;
};

/// The tokenizer of a model file.
/// @throws ModelError if the model takes pictures only, saying why
Tokenizer read_tokenizer(const std::filesystem::path& model_file);

/// vocab.json and merges.txt out of a tokenizer.json, which has both.
/// @throws FormatError if it is another kind of tokenizer
std::pair<std::string, std::string> split_tokenizer_json(const std::string& text);

}  // namespace vidcv
