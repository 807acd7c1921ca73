#pragma once

#include <string>

namespace CLI {
class App;
}

namespace vidcv {

/// A program's options as one JSON object, of which scripts/make_manuals.py makes man pages and completions:
/// `{"name", "description", "examples", "options": [{"names", "value", "words", "help", "default", "required",
/// "repeatable"}], "actions": [...]}`; an argument by its place has `names` without dashes.
std::string declarations_json(const CLI::App& app);

}  // namespace vidcv
