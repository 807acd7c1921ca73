#include "compare_command.hpp"

#include "shared/clip_notes.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/matching/match.hpp>
#include <vidcv/pipeline/embedding_run.hpp>
#include <vidcv/pipeline/run_settings.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>
#include <variant>

namespace vidcv {

void CompareCommand::declare(CommandLine& line)
{
  line.describe(
      "The cosine of two pictures in a model's space: 1 for the same, and from the model's threshold on the same "
      "thing.",
      "Example:\n  vidcv compare --model model.pt a.jpg b.jpg");
  line.value("first", m_first, "a picture").required().value_name("A");
  line.value("second", m_second, "another").required().value_name("B");
  for (const Key key : {Key::model, Key::device, Key::threads, Key::exif, Key::alpha}) { declare_setting(line, key); }
}

namespace {

/// The vector of a picture; a video is a failure.
void take(const EmbeddedClip& embedded, std::vector<Embedding>& vectors, Report& report)
{
  const SampledClip& clip = embedded.clip;
  if (!clip.is_picture && clip.frames_decoded > 1) {
    report.failure(
        InputError(clip.file.native(), "open", "is a video; vidcv sample --out writes its frames as pictures"));
  } else {
    report_notes(clip, report);
    vectors.push_back(embedded.vectors.front());
  }
}

}  // namespace

void CompareCommand::run(Report& report)
{
  LazyEncoder encoder(model_file(config()), encoder_options(config()));
  const DecodeOptions decode = decode_options(config());
  EmbeddingRun run(jobs_for({m_first, m_second}, {first_frame_options(decode)}), &encoder, {.threads = decode.threads});
  JobOrder order;
  std::vector<Embedding> vectors;
  for (auto results = run.next(); !results.empty(); results = run.next()) {
    for (const EmbedResult& result : order.put(std::move(results))) {
      if (const auto* failure = std::get_if<EmbedFailure>(&result.outcome)) {
        report.failure(failure->error);
      } else {
        take(std::get<EmbeddedClip>(result.outcome), vectors, report);
      }
    }
  }
  report.totals().times += run.times();
  if (vectors.size() < 2) { return; }
  const double similarity = cosine(vectors[0], vectors[1]);
  report.totals().done = report.totals().frames = 2;
  if (report.json()) {
    report.object({{"type", "similarity"}, {"cosine", similarity}, {"model", encoder.model().fingerprint}});
  } else {
    report.text(fmt::format("{:.6f}\n", similarity));
  }
}

}  // namespace vidcv
