#include <vidcv/clip/tokenizer.hpp>

#include "formats/json_file.hpp"
#include "formats/model_archive.hpp"
#include "formats/safetensors.hpp"
#include "text/words.hpp"

#include <vidcv/clip/model.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace vidcv {
namespace {

using nlohmann::json;

constexpr const char* k_start = "<|startoftext|>";
constexpr const char* k_end = "<|endoftext|>";
constexpr const char* k_word_end = "</w>";
constexpr std::int32_t k_none = -1;
constexpr std::size_t k_least_context = 2;  // the start and the end

/// The letter that stands for a byte in a vocabulary: itself where it can be seen, the next free one from U+0100 on
/// where not.
std::array<std::string, 256> byte_letters()
{
  const auto seen = [](int byte) { return (byte > ' ' && byte < 0x7F) || (byte > 0xA0 && byte != 0xAD); };
  std::array<std::string, 256> letters;
  int next = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    const int code = seen(byte) ? byte : next++;
    std::string& letter = letters[static_cast<std::size_t>(byte)];
    if (code >= 0x80) { letter += static_cast<char>(0xC0 | (code >> 6)); }
    letter += static_cast<char>(code >= 0x80 ? 0x80 | (code & 0x3F) : code);
  }
  return letters;
}

/// The first of `marks` in `text` from `place` on, and where it is.
std::pair<std::size_t, std::string_view> next_mark(std::string_view text, std::size_t place)
{
  const std::size_t start = text.find(k_start, place);
  const std::size_t end = text.find(k_end, place);
  return start < end ? std::pair(start, std::string_view(k_start)) : std::pair(end, std::string_view(k_end));
}

/// A tower alone, or a tokenizer alone, turns no text into a vector.
void require_texts(const std::filesystem::path& file, const ModelDescription& model)
{
  if (model.takes_texts()) { return; }
  const char* usual = model.text ? "no tokenizer was beside its weights" : "it has no text tower";
  throw ModelError(file.native(), "load",
                   fmt::format("it takes pictures only: {}", model.no_texts.empty() ? usual : model.no_texts));
}

}  // namespace

Tokenizer::Tokenizer(const std::string& vocabulary, const std::string& merges)
{
  read_vocabulary(vocabulary);
  read_merges(merges);
  m_start = require_id(k_start);
  m_end = require_id(k_end);
  for (const std::string& letter : byte_letters()) {
    m_byte_ids.push_back(require_id(letter));
    m_last_byte_ids.push_back(require_id(letter + k_word_end));
  }
}

std::int32_t Tokenizer::require_id(const std::string& token) const
{
  const auto found = m_ids.find(token);
  if (found == m_ids.end()) { throw FormatError(fmt::format("vocabulary: {}: missing", one_line(token))); }
  return found->second;
}

void Tokenizer::read_vocabulary(const std::string& text)
{
  const json object = bounded_json(text);
  if (!object.is_object()) { throw FormatError("vocabulary: no JSON object"); }
  for (const auto& [token, id] : object.items()) {
    if (!id.is_number_unsigned() || id > std::numeric_limits<std::int32_t>::max()) {
      throw FormatError(fmt::format("vocabulary: {}: a number from 0 on expected", one_line(token)));
    }
    m_ids.emplace(token, id.get<std::int32_t>());
    m_largest = std::max(m_largest, id.get<std::int32_t>());
  }
}

void Tokenizer::read_merges(const std::string& text)
{
  std::int32_t rank = 0;
  for (std::string& line : split(text, '\n')) {
    if (line.ends_with('\r')) { line.pop_back(); }
    if (line.empty() || line.starts_with("#version")) { continue; }
    const std::size_t gap = line.find(' ');
    if (gap == std::string::npos || line.find(' ', gap + 1) != std::string::npos) {
      throw FormatError(fmt::format("merges: {}: two tokens expected", one_line(line)));
    }
    const std::string first = line.substr(0, gap);
    const std::string second = line.substr(gap + 1);
    m_merges.emplace(Pair(require_id(first), require_id(second)), Merge{rank++, require_id(first + second)});
  }
}

TokenizedText Tokenizer::tokenize(std::string_view text, std::size_t context) const
{
  if (!is_utf8(text)) { throw UsageError("", one_line(text), "is not valid UTF-8"); }
  if (context < k_least_context) {
    throw Error("text", "tokenize", fmt::format("{} tokens have no room for the start and the end", context));
  }
  TokenizedText result;
  result.ids.push_back(m_start);
  std::size_t place = 0;
  for (;;) {  // marks that are written out are marks, whatever is around them
    const auto [at, mark] = next_mark(text, place);
    add_words(cleaned(text.substr(place, at - place)), result.ids);
    if (at == std::string_view::npos) { break; }
    result.ids.push_back(mark == k_start ? m_start : m_end);
    place = at + mark.size();
  }
  result.truncated = result.ids.size() + 1 > context;
  if (result.truncated) { result.ids.resize(context - 1); }
  result.ids.push_back(m_end);
  return result;
}

std::span<const std::int64_t> Tokenizer::up_to_end(const std::vector<std::int64_t>& ids) const
{
  const auto end = std::ranges::find(ids, std::int64_t{m_end});
  return {ids.begin(), end == ids.end() ? end : end + 1};
}

void Tokenizer::add_words(std::string_view text, std::vector<std::int64_t>& ids) const
{
  for (const std::string& word : words_of(text)) { add_word(word, ids); }
}

/// Merges the pair that was learned first, wherever it is. (One merge after the other from the left gives the same: no
/// pair can be learned before its parts.) False where no pair is left.
bool Tokenizer::merge_once(std::vector<std::int32_t>& parts) const
{
  Merge best{std::numeric_limits<std::int32_t>::max(), 0};
  Pair pair{k_none, k_none};
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const auto found = m_merges.find(Pair(parts[i], parts[i + 1]));
    if (found == m_merges.end() || found->second.rank >= best.rank) { continue; }
    best = found->second;
    pair = found->first;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < parts.size(); ++kept) {
    const bool merges = i + 1 < parts.size() && Pair(parts[i], parts[i + 1]) == pair;
    parts[kept] = merges ? best.id : parts[i];
    i += merges ? 2 : 1;
  }
  const bool merged = kept < parts.size();
  parts.resize(kept);
  return merged;
}

void Tokenizer::add_word(std::string_view word, std::vector<std::int64_t>& ids) const
{
  std::vector<std::int32_t> parts;
  for (const char c : word) { parts.push_back(m_byte_ids[static_cast<unsigned char>(c)]); }
  parts.back() = m_last_byte_ids[static_cast<unsigned char>(word.back())];
  while (merge_once(parts)) {}
  ids.insert(ids.end(), parts.begin(), parts.end());
}

Tokenizer read_tokenizer(const std::filesystem::path& model_file)
{
  constexpr std::size_t k_most_bytes = 64U << 20U;
  const ModelDescription model = read_description(model_file);
  require_texts(model_file, model);
  const auto vocabulary = read_archived(model_file, "vocab.json", k_most_bytes);
  const auto merges = read_archived(model_file, "merges.txt", k_most_bytes);
  if (!vocabulary || !merges) {
    throw ModelError(model_file.native(), "load",
                     fmt::format("vidcv.json in it names a tokenizer, and none is in it: {}", k_make_model));
  }
  try {
    return {*vocabulary, *merges};
  } catch (const FormatError& error) {
    throw ModelError(model_file.native(), "load", error.what());
  }
}

std::pair<std::string, std::string> split_tokenizer_json(const std::string& text)
{
  const json file = bounded_json(text);
  const json model = file.is_object() ? file.value("model", json()) : json();
  const bool fits = model.is_object() && model.value("type", json()) == "BPE" && model.contains("vocab") &&
                    model.contains("merges") && model.value("end_of_word_suffix", json()) == k_word_end;
  if (!fits || !model["merges"].is_array()) { throw FormatError("tokenizer.json: not CLIP's byte-pair encoding"); }
  std::string merges;
  for (const json& merge : model["merges"]) {
    const bool pair = merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string();
    if (!pair && !merge.is_string()) { throw FormatError("tokenizer.json: merges: pairs of tokens expected"); }
    merges += pair ? merge[0].get<std::string>() + ' ' + merge[1].get<std::string>() : merge.get<std::string>();
    merges += '\n';
  }
  return {model["vocab"].dump(), merges};
}

}  // namespace vidcv
