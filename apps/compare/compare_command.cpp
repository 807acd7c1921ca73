#include "compare_command.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/matching/match.hpp>
#include <vidcv/pipeline/embed_clips.hpp>
#include <vidcv/pipeline/run_settings.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

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
  report.totals().encode_s +=
      embed_clips({m_first, m_second}, first_frame_options(decode_options(config())), encoder, events).encode_s;
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
