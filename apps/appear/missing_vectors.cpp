#include "missing_vectors.hpp"

#include "shared/clip_notes.hpp"
#include "shared/run_limits.hpp"

#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/embed_detections.hpp>
#include <vidcv/pipeline/run_settings.hpp>

#include <fmt/format.h>

#include <utility>
#include <variant>

namespace vidcv {
namespace fs = std::filesystem;

void MissingVectors::embed_clips(const ProjectClips& part)
{
  std::vector<fs::path> files = part.new_files;
  for (const SceneClip& clip : part.clips) { files.push_back(clip.file); }
  const WorkList work =
      m_context.ledger.plan_work(m_context.database, {each_once(files), m_context.folders}, m_context.options,
                                 named_rules(m_context.config), m_context.model_id, m_report);
  const LedgerEntry entry{.command = "appear", .skipped = work.unchanged};
  m_report.totals().skipped += work.unchanged;
  m_report.expect(std::ssize(work.todo));
  StoredRun run(m_context.database, work.todo, m_context.encoder, m_context.model_id,
                run_limits(m_context.config, m_report), entry);
  JobOrder order;
  const auto report_all = [&](const std::vector<EmbedResult>& results) {
    for (const EmbedResult& result : results) {
      if (const auto* failure = std::get_if<EmbedFailure>(&result.outcome)) {
        m_report.failure(failure->error);
      } else {
        report_notes(std::get<EmbeddedClip>(result.outcome).clip, m_report);
      }
    }
  };
  for (auto results = run.next(); !results.empty(); results = run.next()) {
    for (const EmbedResult& result : results) { m_report.end_file(run.jobs()[result.job].file); }
    report_all(order.put(std::move(results)));
  }
  report_all(order.rest());
  m_report.totals().times += run.times();
}

void MissingVectors::embed_assets(const std::string& manifest_id)
{
  if (m_context.encoder == nullptr) { return; }
  const Stopwatch watch;
  const AssetEvents events{[&](const AssetRecord&, const SampledClip& picture) { report_notes(picture, m_report); },
                           [&](const AssetRecord& asset) { report_changed_picture(asset, m_report); },
                           [&](const AssetRecord&, const InputError& error) { m_report.failure(error); }};
  const AssetJob job{.manifest_id = manifest_id,
                     .model_id = m_context.model_id,
                     .decode = m_context.options.sampling.decode,
                     .limits = run_limits(m_context.config),
                     .base = m_context.base};
  fill_asset_vectors(m_context.database, job, *m_context.encoder, events);
  for (const AssetRecord& asset : assets_of(m_context.database, manifest_id, m_context.model_id)) {
    if (picture_vector(asset, m_context.encoder->model(), m_context.model_id).blank) {
      m_report.warning(fmt::format("{}: not looked for: its picture is blank", one_line(asset.tag)));
    }
  }
  m_report.totals().times.encode_s += watch.seconds();
}

void MissingVectors::embed_detections(const DetectionOptions& detections, const std::vector<fs::path>& files,
                                      const std::set<std::size_t>& face_lengths)
{
  const DetectionJob job{.files = files,
                         .by_file = detections.read(files, face_lengths, m_report),
                         .decode = m_context.options.sampling.decode,
                         .limits = run_limits(m_context.config),
                         .model_id = m_context.model_id,
                         .failed = [&](const InputError& error) { m_report.failure(error); }};
  m_report.totals().times += vidcv::embed_detections(m_context.database, job, m_context.encoder);
}

}  // namespace vidcv
