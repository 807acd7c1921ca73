#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vidcv {

/// `text` composed (NFC) and lower-cased sign by sign, as CLIP's tokenizer was trained on.
std::string cleaned(std::string_view text);

/// The parts of a cleaned text that are encoded each for itself: English endings such as `'s`, runs of letters, single
/// digits, runs of everything else except white space.
std::vector<std::string> words_of(std::string_view text);

}  // namespace vidcv
