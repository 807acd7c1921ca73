#include <vidcv/pipeline/sample_clip.hpp>

#include <vidcv/core/error.hpp>
#include <vidcv/sampling/changed_pixels.hpp>
#include <vidcv/sampling/contrast.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace vidcv {
namespace {

// What the Python service takes where the container claims nothing.
constexpr double k_reference_rate = 24;
constexpr std::int64_t k_reference_frames = 192;

/// Rate and count as OpenCV reports them.
ClipClaims picker_claims(const ClipReader& reader)
{
  const ContainerClaims& claims = reader.claims();
  const double rate = claims.fps.value_or(k_reference_rate);
  const auto by_duration =
      static_cast<std::int64_t>(std::floor(claims.duration_s.value_or(0) * claims.fps.value_or(0) + 0.5));
  const std::int64_t frames = claims.frames.value_or(by_duration);
  return {frames > 0 ? frames : k_reference_frames, rate, reader.tick_s()};
}

std::optional<double> motion_ratio(const Frame& before, const Frame& after)
{
  const LumaView a = before.luma();
  const LumaView b = after.luma();
  if (a.plane.width != b.plane.width || a.plane.height != b.plane.height || a.range != b.range) { return std::nullopt; }
  const double pixels = static_cast<double>(a.plane.width) * static_cast<double>(a.plane.height);
  return static_cast<double>(count_changed(a.plane, b.plane, a.range)) / pixels;
}

/// One pass over a clip: frames come by, the picker says which to keep in memory.
class Pass {
 public:
  Pass(const std::filesystem::path& file, const SampleOptions& options)
      : m_reader(file, options.decode),
        m_picker(make_picker(options.plan, picker_claims(m_reader))),
        m_measures(options.all_ratios || options.plan.policy != Policy::requested),
        m_on_first_frame(options.on_first_frame)
  {
    m_clip.file = file;
    m_clip.claims = m_reader.claims();
    m_clip.is_picture = m_reader.is_picture();
  }

  SampledClip run()
  {
    while (auto frame = m_reader.next()) { take(*frame); }
    m_clip.frames_damaged = m_reader.damaged();
    if (!m_previous) { throw MediaError(m_clip.file.native(), "decode", "no picture could be decoded"); }
    set_duration();
    for (Pick& pick : m_picker->finish()) {
      const Frame& frame = m_kept.at(pick.frame.number);
      m_clip.frames.push_back({pick, frame, is_blank(frame.luma())});
    }
    m_clip.missing = m_picker->missing();
    return std::move(m_clip);
  }

 private:
  void take(const Frame& frame)
  {
    std::optional<double> ratio;
    if (m_previous && m_measures) {
      ratio = motion_ratio(*m_previous, frame);
      m_clip.motion_ratios.push_back(ratio);
    }
    if (!m_previous) { begin(frame); }
    m_previous = frame;
    ++m_clip.frames_decoded;
    m_kept.emplace(frame.number(), frame);
    m_picker->offer({frame.number(), frame.timestamp_s(), ratio});
    std::erase_if(m_kept, [&](const auto& kept) { return !m_picker->holds(kept.first); });
  }

  void begin(const Frame& frame)
  {
    if (m_on_first_frame) { m_on_first_frame(); }
    m_clip.geometry = frame.geometry();
    const PlaneView plane = frame.luma().plane;
    m_clip.width = std::max(1, static_cast<int>(std::lround(plane.width * frame.geometry().pixel_aspect)));
    m_clip.height = plane.height;
    if (frame.geometry().rotation % 180 != 0) { std::swap(m_clip.width, m_clip.height); }
  }

  void set_duration()
  {
    const double last_s = m_previous->timestamp_s();
    const auto intervals = static_cast<double>(m_clip.frames_decoded - 1);
    if (last_s > 0) { m_clip.fps = intervals / last_s; }
    const double stated_s = m_reader.last_duration_s();
    m_clip.duration_s = last_s + (stated_s > 0 || last_s <= 0 ? stated_s : last_s / intervals);
  }

  ClipReader m_reader;
  std::unique_ptr<FramePicker> m_picker;
  bool m_measures;
  std::function<void()> m_on_first_frame;
  SampledClip m_clip;
  std::optional<Frame> m_previous;
  std::map<std::int64_t, Frame> m_kept;
};

}  // namespace

SampleOptions first_frame_options()
{
  SampleOptions options;
  options.plan.policy = Policy::requested;
  options.plan.frames = {0};
  options.decode.threads = 1;
  return options;
}

SampledClip sample_clip(const std::filesystem::path& file, const SampleOptions& options)
{
  SampledClip clip = Pass(file, options).run();
  clip.decodes = 1;
  if (clip.frames_damaged > 0 && options.decode.threads != 1) {
    SampleOptions single = options;
    single.decode.threads = 1;
    clip = Pass(file, single).run();
    clip.decodes = 2;
  }
  return clip;
}

}  // namespace vidcv
