#include <vidcv/pipeline/embed_job.hpp>

#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>

#include <sys/stat.h>

#include <utility>

namespace vidcv {
namespace {

constexpr std::int64_t k_ns_per_s = 1'000'000'000;

}  // namespace

std::vector<EmbedJob> jobs_for(const std::vector<std::filesystem::path>& files, const EmbedOptions& options)
{
  const auto shared = std::make_shared<const EmbedOptions>(options);
  std::vector<EmbedJob> jobs;
  jobs.reserve(files.size());
  for (const std::filesystem::path& file : files) { jobs.push_back({file, shared}); }
  return jobs;
}

std::string stored_path(const std::filesystem::path& file)
{
  return percent_escaped(absolute_path(file).native());
}

std::optional<FileStamp> stat_file(const std::filesystem::path& file)
{
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) { return std::nullopt; }
  return FileStamp{stored_path(file), status.st_size, status.st_mtim.tv_sec * k_ns_per_s + status.st_mtim.tv_nsec};
}

std::vector<EmbedResult> JobOrder::put(std::vector<EmbedResult> results)
{
  for (EmbedResult& result : results) { m_waiting.emplace(result.job, std::move(result)); }
  std::vector<EmbedResult> due;
  for (auto next = m_waiting.begin(); next != m_waiting.end() && next->first == m_next; ++m_next) {
    due.push_back(std::move(next->second));
    next = m_waiting.erase(next);
  }
  return due;
}

std::vector<EmbedResult> JobOrder::rest()
{
  std::vector<EmbedResult> left;
  for (auto& [job, result] : std::exchange(m_waiting, {})) { left.push_back(std::move(result)); }
  return left;
}

}  // namespace vidcv
