#include "compare_command.hpp"

#include <vidcv/matching/match.hpp>
#include <vidcv/pipeline/embed_clips.hpp>
#include <vidcv/pipeline/run_settings.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace vidcv {

void CompareCommand::declare(CLI::App& app)
{
  app.description(
      "The cosine of two pictures in a model's space: 1 for the same, about 0.65 and above for the same thing.");
  app.footer("Example:\n  vidcv compare --model model.pt a.jpg b.jpg");
  app.add_option("first", m_first, "a picture")->required()->type_name("A");
  app.add_option("second", m_second, "another")->required()->type_name("B");
  for (const Key key : {Key::model, Key::device, Key::threads}) { declare_setting(app, key); }
}

std::vector<std::pair<std::string, std::string>> CompareCommand::components() const
{
  const std::string torch = torch_version();
  return {{"FFmpeg", ffmpeg_version()}, {"LibTorch", torch.empty() ? "not there" : torch}};
}

void CompareCommand::run(Report& report)
{
  LazyEncoder encoder(model_file(config()), encoder_options(config()));
  std::vector<Embedding> vectors;
  EmbedEvents events;
  events.stopping = [] { return false; };
  events.failed = [&](const std::filesystem::path&, const InputError& error) { report.failure(error); };
  events.done = [&](const EmbeddedClip& clip) {
    const std::string path = clip.clip.file.native();
    if (!clip.clip.is_picture && clip.clip.frames_decoded > 1) {
      report.failure(InputError(path, "open", "is a video; vidcv sample --out writes its frames as pictures"));
    } else {
      vectors.push_back(clip.vectors.front());
    }
    report.totals().decode_s += clip.decode_s;
  };
  report.totals().encode_s += embed_clips({m_first, m_second}, first_frame_options(), encoder, events);
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
