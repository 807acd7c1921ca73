#include <vidcv/clip/tokenizer.hpp>
#include <vidcv/core/error.hpp>

#include "formats/safetensors.hpp"
#include "text/words.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace {

using vidcv::Tokenizer;
using Ids = std::vector<std::int64_t>;
using Words = std::vector<std::string>;

/// A vocabulary of all bytes, a few merges, and the marks.
struct Small {
  std::string vocabulary;
  std::string merges = "#version: 0.2\nc a\nca t</w>\nd o\ndo g</w>\n";
  nlohmann::json ids;

  Small()
  {
    const auto add = [&](const std::string& token) { ids[token] = ids.size(); };
    int next = 0x100;
    for (int byte = 0; byte < 256; ++byte) {
      const bool seen = (byte > ' ' && byte < 0x7F) || (byte > 0xA0 && byte != 0xAD);
      const int code = seen ? byte : next++;
      std::string letter;
      if (code < 0x80) {
        letter = static_cast<char>(code);
      } else {
        letter = {static_cast<char>(0xC0 | (code >> 6)), static_cast<char>(0x80 | (code & 0x3F))};
      }
      add(letter);
      add(letter + "</w>");
    }
    for (const char* token : {"ca", "cat</w>", "do", "dog</w>", "<|startoftext|>", "<|endoftext|>"}) { add(token); }
    vocabulary = ids.dump();
  }

  Ids of(const Words& tokens) const
  {
    Ids list;
    for (const std::string& token : tokens) { list.push_back(ids[token]); }
    return list;
  }
};

}  // namespace

TEST_CASE("text is cut into endings, words, digits and the rest")
{
  CHECK(vidcv::words_of("it's 12 dogs!? they'll") == Words{"it", "'s", "1", "2", "dogs", "!?", "they", "'ll"});
  CHECK(vidcv::words_of("  \t ").empty());
  CHECK(vidcv::words_of("''s'd") == Words{"''", "s", "'d"});
  CHECK(vidcv::words_of("<|endoftext|>!") == Words{"<|", "endoftext", "|>", "!"});
  CHECK(vidcv::words_of("猫x½") == Words{"猫x", "½"});
}

TEST_CASE("text is composed and lower-cased")
{
  CHECK(vidcv::cleaned("E\u0301COLE") == "école");
  CHECK(vidcv::cleaned("ΣΑΣ") == "σασ");  // sign by sign: no final sigma
  CHECK(vidcv::cleaned("İ") == "i\u0307");
}

TEST_CASE("the first learned merges come first, and what has none stays bytes")
{
  const Small small;
  const Tokenizer tokenizer(small.vocabulary, small.merges);
  CHECK(tokenizer.tokenize("Cat DOG cats", 77).ids ==
        small.of({"<|startoftext|>", "cat</w>", "dog</w>", "ca", "t", "s</w>", "<|endoftext|>"}));
  CHECK(tokenizer.tokenize("", 77).ids == small.of({"<|startoftext|>", "<|endoftext|>"}));
  CHECK(tokenizer.tokenize("é", 77).ids.size() == 4);
}

TEST_CASE("what does not fit is cut off before the end, and told")
{
  const Small small;
  const Tokenizer tokenizer(small.vocabulary, small.merges);
  const auto fits = tokenizer.tokenize("cat cat", 4);
  CHECK_FALSE(fits.truncated);
  const auto cut = tokenizer.tokenize("cat dog cat", 4);
  CHECK(cut.truncated);
  CHECK(cut.ids == small.of({"<|startoftext|>", "cat</w>", "dog</w>", "<|endoftext|>"}));
}

TEST_CASE("marks that are written out are marks, and a vector sees nothing behind the first end")
{
  const Small small;
  const Tokenizer tokenizer(small.vocabulary, small.merges);
  const auto text = tokenizer.tokenize("cat<|endoftext|>dog", 77);
  CHECK(text.ids == small.of({"<|startoftext|>", "cat</w>", "<|endoftext|>", "dog</w>", "<|endoftext|>"}));
  CHECK(tokenizer.up_to_end(text.ids).size() == 3);
}

TEST_CASE("a long word takes no longer than its length allows")
{
  const Small small;
  const Tokenizer tokenizer(small.vocabulary, small.merges);
  std::string word;
  for (int i = 0; i < 50000; ++i) { word += "ca"; }
  CHECK(tokenizer.tokenize(word, 100000).ids.size() == 50000 + 3);  // the last ca ends the word and is two
}

TEST_CASE("bytes that are no text, and files that are no vocabulary, are refused")
{
  const Small small;
  const Tokenizer tokenizer(small.vocabulary, small.merges);
  CHECK_THROWS_AS(tokenizer.tokenize("a\xFFz", 77), vidcv::UsageError);
  CHECK_THROWS_WITH(Tokenizer("[]", small.merges), "vocabulary: no JSON object");
  CHECK_THROWS_WITH(Tokenizer(R"({"a":-1})", ""), "vocabulary: a: a number from 0 on expected");
  CHECK_THROWS_WITH(Tokenizer(R"({"a":1})", ""), "vocabulary: <|startoftext|>: missing");
  CHECK_THROWS_WITH(Tokenizer(small.vocabulary, "c a t\n"), "merges: c a t: two tokens expected");
  CHECK_THROWS_WITH(Tokenizer(small.vocabulary, "c o\n"), "vocabulary: co: missing");
}

TEST_CASE("a tokenizer.json gives the same two files, with merges as texts or as pairs")
{
  const Small small;
  nlohmann::json model = {{"type", "BPE"}, {"end_of_word_suffix", "</w>"}, {"vocab", small.ids}};
  model["merges"] = {"c a", nlohmann::json::array({"ca", "t</w>"})};
  const auto [vocabulary, merges] = vidcv::split_tokenizer_json(nlohmann::json{{"model", model}}.dump());
  CHECK(merges == "c a\nca t</w>\n");
  CHECK(Tokenizer(vocabulary, merges).tokenize("cat", 77).ids.size() == 3);
  model["type"] = "WordPiece";
  CHECK_THROWS_WITH(vidcv::split_tokenizer_json(nlohmann::json{{"model", model}}.dump()),
                    Catch::Contains("not CLIP's"));
  CHECK_THROWS_AS(vidcv::split_tokenizer_json("{"), vidcv::FormatError);
}

TEST_CASE("a tokenizer that is nested beyond any use is refused")
{
  constexpr std::size_t k_levels = 400'000;
  const std::string deep = std::string(k_levels, '[') + std::string(k_levels, ']');
  CHECK_THROWS_AS(vidcv::split_tokenizer_json(R"({"model": {"vocab": )" + deep + "}}"), vidcv::FormatError);
}

TEST_CASE("a context that has no room for the start and the end is refused")
{
  const Small small;
  const Tokenizer tokenizer(small.vocabulary, small.merges);
  CHECK_THROWS_WITH(tokenizer.tokenize("cat", 0), "text: tokenize: 0 tokens have no room for the start and the end");
  CHECK_THROWS_AS(tokenizer.tokenize("cat", 1), vidcv::Error);
  CHECK(tokenizer.tokenize("cat", 2).ids == small.of({"<|startoftext|>", "<|endoftext|>"}));
}
