#include <vidcv/clip/label_texts.hpp>

#include "formats/model_archive.hpp"

#include <vidcv/clip/model.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <set>
#include <utility>

namespace vidcv {
namespace {

constexpr std::size_t k_longest_name = 6;  // words
constexpr std::size_t k_names_shown = 5;
constexpr std::size_t k_most_bytes = std::size_t{256} << 20U;

/// Lower-case words of ASCII letters and digits; other bytes stay as they are.
std::vector<std::string> words_of(std::string_view text)
{
  std::vector<std::string> words(1);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0) {
      words.back() += static_cast<char>(std::tolower(byte));
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) { words.pop_back(); }
  return words;
}

std::string joined(const std::vector<std::string>& words, std::size_t first, std::size_t count)
{
  return fmt::format("{}", fmt::join(words.begin() + static_cast<std::ptrdiff_t>(first),
                                     words.begin() + static_cast<std::ptrdiff_t>(first + count), " "));
}

bool is_ignored(const std::string& word)
{
  static const std::set<std::string> words = {"a", "an", "and", "at", "by", "in", "of", "on", "some", "the", "with"};
  return words.contains(word);
}

/// How many letters must be changed, added or removed.
std::size_t distance(const std::string& a, const std::string& b)
{
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) { row[j] = j; }
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t corner = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = corner + (a[i] == b[j] ? 0 : 1);
      corner = row[j + 1];
      row[j + 1] = std::min({change, corner + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

LabelTexts::LabelTexts(std::string_view names, std::vector<Embedding> vectors) : m_vectors(std::move(vectors))
{
  std::size_t number = 0;
  while (!names.empty() && number < m_vectors.size()) {
    const std::size_t end = std::min(names.find('\n'), names.size());
    std::string_view line = names.substr(0, end);
    names.remove_prefix(std::min(end + 1, names.size()));
    while (!line.empty()) {
      const std::size_t comma = std::min(line.find(','), line.size());
      const std::vector<std::string> words = words_of(line.substr(0, comma));
      line.remove_prefix(std::min(comma + 1, line.size()));
      if (words.empty()) { continue; }
      m_phrases[joined(words, 0, words.size())].push_back(number);
      for (const std::string& word : words) {
        Classes& classes = m_words[word];
        if (classes.empty() || classes.back() != number) { classes.push_back(number); }
      }
    }
    ++number;
  }
}

LabelTexts LabelTexts::read(const std::filesystem::path& model_file)
{
  const ModelDescription model = read_description(model_file);
  const auto names = read_archived(model_file, "labels.txt", k_most_bytes);
  const auto bytes = read_archived(model_file, "labels.f32", k_most_bytes);
  const auto dim = static_cast<std::size_t>(model.dim);
  const auto lines = names ? static_cast<std::size_t>(std::ranges::count(*names, '\n')) : 0;
  if (!names || !bytes || lines == 0 || bytes->size() != lines * dim * sizeof(float)) {
    throw ModelError(model_file.native(), "load",
                     fmt::format("vidcv.json in it names labels, and none that fit are in it: {}", k_make_model));
  }
  std::vector<Embedding> vectors(lines, Embedding(dim));
  for (std::size_t i = 0; i < lines; ++i) {
    std::memcpy(vectors[i].data(), bytes->data() + i * dim * sizeof(float), dim * sizeof(float));
    if (!is_unit(vectors[i])) {
      throw ModelError(model_file.native(), "load", fmt::format("the vector of label {} is damaged", i));
    }
  }
  return {*names, std::move(vectors)};
}

/// Names, then words of names, each also without a plural's ending.
const LabelTexts::Classes* LabelTexts::find(const std::string& phrase) const
{
  std::vector<std::string> forms = {phrase};
  for (const std::string_view ending : {"s", "es"}) {
    if (phrase.size() > ending.size() + 2 && phrase.ends_with(ending)) {
      forms.push_back(phrase.substr(0, phrase.size() - ending.size()));
    }
  }
  for (const auto* table : {&m_phrases, &m_words}) {
    for (const std::string& form : forms) {
      if (const auto found = table->find(form); found != table->end()) { return &found->second; }
    }
  }
  return nullptr;
}

std::string LabelTexts::nearest_names(const std::string& word) const
{
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const auto& [known, classes] : m_words) { near.emplace_back(distance(word, known), known); }
  const std::size_t count = std::min(k_names_shown, near.size());
  std::ranges::partial_sort(near, near.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) { names.push_back(near[i].second); }
  return fmt::format("{}", fmt::join(names, ", "));
}

Embedding LabelTexts::vector(const std::string& text) const
{
  const std::vector<std::string> words = words_of(text);
  std::vector<double> sum(m_vectors.empty() ? 0 : m_vectors.front().size());
  for (std::size_t i = 0; i < words.size();) {
    std::size_t length = std::min(k_longest_name, words.size() - i);
    const Classes* classes = nullptr;
    for (; length > 0; --length) {
      classes = length == 1 && is_ignored(words[i]) ? nullptr : find(joined(words, i, length));
      if (classes != nullptr) { break; }
    }
    if (classes == nullptr && !is_ignored(words[i])) {
      throw UsageError(one_line(words[i]), "",
                       fmt::format("is not among the names that the model knows, nearest are: {}; "
                                   "it understands the names of {} things, not sentences",
                                   nearest_names(words[i]), size()));
    }
    for (std::size_t k = 0; classes != nullptr && k < sum.size(); ++k) {
      double mean = 0;
      for (const std::size_t one : *classes) { mean += m_vectors[one][k]; }
      sum[k] += mean / static_cast<double>(classes->size());
    }
    i += std::max<std::size_t>(length, 1);
  }
  Embedding direction(sum.begin(), sum.end());
  if (!make_unit(direction)) { throw UsageError(one_line(text), "", "names nothing that the model knows"); }
  return direction;
}

}  // namespace vidcv
