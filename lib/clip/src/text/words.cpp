#include "text/words.hpp"

#include <vidcv/core/error.hpp>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <array>

namespace vidcv {
namespace {

constexpr std::array<std::u16string_view, 7> k_endings = {u"'s", u"'t", u"'re", u"'ve", u"'m", u"'ll", u"'d"};
constexpr std::array<std::u16string_view, 2> k_marks = {u"<|startoftext|>", u"<|endoftext|>"};

enum class Sign { letter, digit, space, other };

Sign kind_of(UChar32 sign)
{
  const auto category = static_cast<std::uint32_t>(U_GET_GC_MASK(sign));
  if ((category & U_GC_L_MASK) != 0) { return Sign::letter; }
  if ((category & U_GC_N_MASK) != 0) { return Sign::digit; }
  return u_isUWhiteSpace(sign) != 0 ? Sign::space : Sign::other;
}

std::string utf8(const icu::UnicodeString& text)
{
  std::string bytes;
  return text.toUTF8String(bytes);
}

icu::UnicodeString unicode(std::string_view text)
{
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

/// Cuts a text from its beginning to its end.
class Cutter {
 public:
  explicit Cutter(icu::UnicodeString text) : m_text(std::move(text)) {}

  std::vector<std::string> words()
  {
    while (m_place < m_text.length()) {
      if (!take_mark() && !take_ending()) { take_run(); }
    }
    return std::move(m_words);
  }

 private:
  bool is_next(std::u16string_view what) const
  {
    const auto length = static_cast<std::int32_t>(what.size());
    // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): the length goes along
    return m_text.compare(m_place, length, what.data(), 0, length) == 0;
  }

  void take(std::int32_t length)
  {
    m_words.push_back(utf8(m_text.tempSubString(m_place, length)));
    m_place += length;
  }

  /// A mark that came of lower-casing has no meaning, but is cut as one is: `<|`, its letters, `|>`.
  bool take_mark()
  {
    for (const std::u16string_view mark : k_marks) {
      if (!is_next(mark)) { continue; }
      take(2);
      take(static_cast<std::int32_t>(mark.size()) - 4);
      take(2);
      return true;
    }
    return false;
  }

  bool take_ending()
  {
    for (const std::u16string_view ending : k_endings) {
      if (!is_next(ending)) { continue; }
      take(static_cast<std::int32_t>(ending.size()));
      return true;
    }
    return false;
  }

  void take_run()
  {
    const Sign kind = kind_of(m_text.char32At(m_place));
    std::int32_t end = m_text.moveIndex32(m_place, 1);
    while (kind != Sign::digit && end < m_text.length() && kind_of(m_text.char32At(end)) == kind) {
      end = m_text.moveIndex32(end, 1);
    }
    if (kind == Sign::space) {
      m_place = end;
    } else {
      take(end - m_place);
    }
  }

  icu::UnicodeString m_text;
  std::int32_t m_place = 0;
  std::vector<std::string> m_words;
};

}  // namespace

std::string cleaned(std::string_view text)
{
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* composer = icu::Normalizer2::getNFCInstance(status);
  const icu::UnicodeString composed =
      U_SUCCESS(status) ? composer->normalize(unicode(text), status) : icu::UnicodeString();
  if (U_FAILURE(status)) { throw Error("text", "compose", u_errorName(status)); }
  icu::UnicodeString lower;
  constexpr UChar32 k_dotted_capital_i = 0x130;  // the one sign that becomes two
  for (std::int32_t i = 0; i < composed.length(); i = composed.moveIndex32(i, 1)) {
    const UChar32 sign = composed.char32At(i);
    if (sign == k_dotted_capital_i) {
      lower.append(UChar32{'i'}).append(UChar32{0x307});
    } else {
      lower.append(u_tolower(sign));
    }
  }
  return utf8(lower);
}

std::vector<std::string> words_of(std::string_view text)
{
  return Cutter(unicode(text)).words();
}

}  // namespace vidcv
