#include "query_options.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <array>

namespace vidcv {
namespace {

/// `X1,Y1,X2,Y2` in whole pixels.
Box read_box(const std::string& words)
{
  std::array<int, 4> numbers{};
  std::size_t begin = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::size_t end = i + 1 < numbers.size() ? words.find(',', begin) : words.size();
    const auto number = end == std::string::npos ? std::nullopt : parse_integer(words.substr(begin, end - begin));
    if (!number || *number < 0 || *number > 1 << 20) {
      throw UsageError("--box", words, "is not X1,Y1,X2,Y2 in whole pixels");
    }
    numbers.at(i) = static_cast<int>(*number);
    begin = end + 1;
  }
  const Box box{numbers[0], numbers[1], numbers[2], numbers[3]};
  if (box.x1 >= box.x2 || box.y1 >= box.y2) { throw UsageError("--box", words, "is empty"); }
  return box;
}

std::pair<std::string, double> read_moment(const std::string& word)
{
  const std::size_t at = word.rfind('@');
  const auto time = at == std::string::npos || at == 0 ? std::nullopt : parse_time(word.substr(at + 1));
  if (!time) { throw UsageError("--moment", word, "is not CLIP@TIME: seconds, M:SS or H:MM:SS"); }
  return {word.substr(0, at), *time};
}

}  // namespace

void QueryOptions::declare(CommandLine& line)
{
  line.values("text", m_texts, "words to search for, as one text each; 2*TEXT counts twice").value_name("TEXT");
  const DeclaredOption image =
      line.values("--image", m_images, "a picture to search for; repeatable").value_name("FILE");
  line.value("--box", m_box_words, "only this part of the picture, in its pixels")
      .value_name("X1,Y1,X2,Y2")
      .needs(image);
  line.values("--moment", m_moments, "a frame of the database, by its clip and time; repeatable")
      .value_name("CLIP@TIME");
  line.values("--asset", m_assets, "the picture of an asset; repeatable").value_name("TAG");
  line.values("--minus", m_minus_texts, "away from this text; repeatable").value_name("TEXT");
  line.values("--minus-image", m_minus_images, "away from this picture; repeatable").value_name("FILE");
}

bool QueryOptions::empty() const
{
  return m_texts.empty() && m_images.empty() && m_moments.empty() && m_assets.empty() && m_minus_texts.empty() &&
         m_minus_images.empty();
}

void QueryOptions::read_words()
{
  if (empty()) { throw UsageError("search", "", "nothing to search for: name a TEXT, --image, --moment or --asset"); }
  for (const std::string& text : m_texts) {
    if (text.empty()) { throw UsageError("search", "", "a TEXT is empty"); }
  }
  for (const std::string& moment : m_moments) { read_moment(weighted(moment).second); }
  if (!m_box_words.empty()) { m_box = read_box(m_box_words); }
}

Embedding QueryOptions::vector(QueryVectors& vectors) const
{
  std::vector<QueryTerm> terms;
  const auto add = [&](const std::vector<std::string>& words, double sign, const auto& vector_of) {
    for (const std::string& word : words) {
      const auto [weight, rest] = weighted(word);
      terms.push_back({sign * weight, vector_of(rest)});
    }
  };
  const auto of_text = [&](const std::string& text) { return vectors.of_text(text); };
  add(m_texts, 1, of_text);
  add(m_minus_texts, -1, of_text);
  add(m_images, 1, [&](const std::string& file) { return vectors.of_picture(file, m_box); });
  add(m_minus_images, -1, [&](const std::string& file) { return vectors.of_picture(file, std::nullopt); });
  add(m_moments, 1, [&](const std::string& word) {
    const auto [clip, time_s] = read_moment(word);
    return vectors.of_moment(clip, time_s);
  });
  add(m_assets, 1, [&](const std::string& tag) { return vectors.of_asset(tag); });
  return compose(terms);
}

std::string_view QueryOptions::kind() const
{
  const bool has_texts = !m_texts.empty() || !m_minus_texts.empty();
  const bool has_pictures = !m_images.empty() || !m_moments.empty() || !m_assets.empty() || !m_minus_images.empty();
  return has_texts && has_pictures ? "mixed" : has_texts ? "text" : "picture";
}

}  // namespace vidcv
