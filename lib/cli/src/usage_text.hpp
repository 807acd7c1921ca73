#pragma once

#include <string>

namespace CLI {
class App;
class Error;
}  // namespace CLI

namespace vidcv {

/// What is wrong with a command line, in words of ours: those of CLI11 are about its own classes.
std::string usage_text(const CLI::App& app, const CLI::Error& error);

/// The program with the action that was met: what the help for an error belongs to.
std::string help_name(const CLI::App& app);

}  // namespace vidcv
