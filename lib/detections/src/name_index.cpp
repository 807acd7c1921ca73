#include "name_index.hpp"

#include <vidcv/core/files.hpp>
#include <vidcv/core/media_names.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

/// Whether a path is `name`, or ends so from a folder on.
bool ends_with(const fs::path& path, const fs::path& name)
{
  const std::string end = name.lexically_normal().native();
  return path.native() == end || path.native().ends_with("/" + end) || path == absolute_path(name);
}

/// How many parts two paths have in common at their ends.
std::size_t shared_parts(const fs::path& a, const fs::path& b)
{
  const std::vector<fs::path> ours(a.begin(), a.end());
  const std::vector<fs::path> theirs(b.begin(), b.end());
  const auto different = std::mismatch(ours.rbegin(), ours.rend(), theirs.rbegin(), theirs.rend());
  return static_cast<std::size_t>(different.first - ours.rbegin());
}

/// What is left of a number's digits without zeros in front; empty for what is not a number.
std::string digits_of(const std::string& text)
{
  const bool plain = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  return plain ? text.substr(std::min(text.find_first_not_of('0'), text.size() - 1)) : "";
}

using Meaning = DetectionNames::Meaning;

/// Which names of another machine may mean a file, by how much they share with it.
using Claims = std::map<std::size_t, std::set<std::string>>;

/// Leaves a file to the name that it shares most with.
void settle(Meaning& meaning, const Claims& claims)
{
  const auto& [most, names] = *claims.rbegin();
  if (meaning.shared < most) {
    meaning.files.clear();
  } else if (names.size() > 1) {
    meaning.files.resize(2, meaning.files.front());  // several names: none is meant
  }
}

}  // namespace

DetectionNames::DetectionNames(const std::vector<fs::path>& files)
{
  for (const fs::path& file : files) {
    const fs::path path = absolute_path(file);
    const fs::path plain = path.parent_path() / path.stem();
    m_by_name[path.filename()].push_back({file, path});
    m_by_stem[path.stem()].push_back({file, plain});
    if (const std::string digits = digits_of(path.stem()); !digits.empty()) {
      m_by_number[digits].push_back({file, plain});
    }
  }
}

std::vector<DetectionNames::Known> DetectionNames::called(const Names& names, const FrameName& name) const
{
  const std::string called = fs::path(name.file).filename();
  const auto known = names.find(&names == &m_by_number ? digits_of(called) : called);
  std::vector<Known> fitting = known == names.end() ? std::vector<Known>() : known->second;
  std::erase_if(fitting,
                [&](const Known& file) { return name.is_picture && kind_by_name(file.file) != MediaKind::picture; });
  return fitting;
}

/// With its ending or, if no such name exists, without; a number by its value.
std::vector<fs::path> DetectionNames::find(const FrameName& name) const
{
  std::vector<fs::path> found;
  for (const Names* names : {&m_by_name, &m_by_stem}) {
    for (const auto& [file, absolute] : called(*names, name)) {
      if (ends_with(absolute, name.file)) { found.push_back(file); }
    }
    if (!found.empty()) { return found; }
  }
  if (name.is_number) {
    for (const auto& [file, absolute] : called(m_by_number, name)) { found.push_back(file); }
  }
  return found;
}

/// Adds the files whose paths have most in common with the end of a name of another machine.
void DetectionNames::add_elsewhere(const FrameName& name, Meaning& meaning) const
{
  for (const Names* names : {&m_by_name, &m_by_stem}) {
    const std::vector<Known> all = called(*names, name);
    for (const auto& [file, absolute] : all) {
      const std::size_t shared = shared_parts(absolute, name.file);
      if (shared < meaning.shared) { continue; }
      if (shared > meaning.shared) { meaning = {.files = {}, .name = &name, .shared = shared}; }
      meaning.files.push_back(file);
    }
    if (!all.empty()) { return; }
  }
}

/// Names that fit different files make several of them. A name of another machine counts where no other one fits.
Meaning DetectionNames::meaning_of(const Detection& detection) const
{
  Meaning meaning;
  for (const FrameName& name : detection.names) {
    if (name.is_elsewhere) { continue; }
    const std::vector<fs::path> found = find(name);
    if (meaning.files.empty()) { meaning.name = &name; }
    meaning.files.insert(meaning.files.end(), found.begin(), found.end());
  }
  if (!meaning.files.empty()) { return meaning; }
  for (const FrameName& name : detection.names) {
    if (name.is_elsewhere) { add_elsewhere(name, meaning); }
  }
  return meaning;
}

std::vector<Meaning> DetectionNames::meanings_of(const std::vector<Detection>& all) const
{
  std::vector<Meaning> meanings;
  std::map<fs::path, Claims> claims;
  std::set<fs::path> named;
  for (const Detection& detection : all) {
    const Meaning& meaning = meanings.emplace_back(meaning_of(detection));
    if (meaning.files.size() != 1) { continue; }
    if (meaning.shared == 0) {
      named.insert(meaning.files.front());
    } else {
      claims[meaning.files.front()][meaning.shared].insert(meaning.name->file);
    }
  }
  for (Meaning& meaning : meanings) {
    if (meaning.shared == 0 || meaning.files.size() != 1) { continue; }
    const fs::path file = meaning.files.front();
    named.contains(file) ? meaning.files.clear() : settle(meaning, claims.at(file));
  }
  return meanings;
}

}  // namespace vidcv
