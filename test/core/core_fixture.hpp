#pragma once

#include <catch2/catch.hpp>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vidcv::testing {

/// A folder that goes with the test.
class TempFolder {
 public:
  TempFolder()
  {
    std::string name = (std::filesystem::temp_directory_path() / "vidcv-test-XXXXXX").string();
    m_path = ::mkdtemp(name.data());
  }
  ~TempFolder() { std::filesystem::remove_all(m_path); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::filesystem::path operator/(const std::filesystem::path& name) const { return m_path / name; }
  const std::filesystem::path& path() const { return m_path; }
  std::size_t entries() const
  {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(m_path), {}));
  }

 private:
  std::filesystem::path m_path;
};

/// A variable of the environment, for the length of a test.
class ScopedVariable {
 public:
  ScopedVariable(std::string name, const std::optional<std::string>& value) : m_name(std::move(name))
  {
    if (const char* before = std::getenv(m_name.c_str())) { m_before = before; }
    assign(value);
  }
  ~ScopedVariable() { assign(m_before); }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  void assign(const std::optional<std::string>& value)
  {
    if (value) {
      ::setenv(m_name.c_str(), value->c_str(), 1);
    } else {
      ::unsetenv(m_name.c_str());
    }
  }

  std::string m_name;
  std::optional<std::string> m_before;
};

/// The working folder, for the length of a test.
class ScopedWorkingFolder {
 public:
  explicit ScopedWorkingFolder(const std::filesystem::path& folder) : m_before(std::filesystem::current_path())
  {
    std::filesystem::current_path(folder);
  }
  ~ScopedWorkingFolder() { std::filesystem::current_path(m_before); }
  ScopedWorkingFolder(const ScopedWorkingFolder&) = delete;
  ScopedWorkingFolder& operator=(const ScopedWorkingFolder&) = delete;

 private:
  std::filesystem::path m_before;
};

inline void write_text(const std::filesystem::path& file, const std::string& text)
{
  std::ofstream(file, std::ios::binary) << text;
}

inline std::string read_text(const std::filesystem::path& file)
{
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What `job` threw, which has to be an `E` and no other kind of error.
template <typename E, typename Job>
E thrown_by(Job&& job)
{
  std::optional<E> caught;
  try {
    std::forward<Job>(job)();
  } catch (const E& error) {
    caught = error;
  }
  REQUIRE(caught.has_value());
  return *caught;
}

}  // namespace vidcv::testing
