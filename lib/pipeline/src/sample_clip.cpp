#include <vidcv/pipeline/sample_clip.hpp>

#include "kept_frames.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/threads.hpp>
#include <vidcv/sampling/changed_pixels.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
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
  return {frames > 0 ? frames : k_reference_frames, rate, reader.tick_s(), {}};
}

std::optional<double> motion_ratio(const Frame& before, const Frame& after)
{
  const LumaView a = before.luma();
  const LumaView b = after.luma();
  if (a.plane.width != b.plane.width || a.plane.height != b.plane.height || a.range != b.range) { return std::nullopt; }
  const double pixels = static_cast<double>(a.plane.width) * static_cast<double>(a.plane.height);
  return static_cast<double>(count_changed(a.plane, b.plane, a.range)) / pixels;
}

DecodeOptions decode_options(const SampleOptions& options)
{
  DecodeOptions decode = options.decode;
  decode.keyframes_only = options.plan.policy == Policy::keyframes;
  return decode;
}

/// Frame threads patch damage differently on each run: only what one thread gives counts. A still has one thread.
bool is_to_be_repeated(const SampledClip& clip, const SampleOptions& options)
{
  return clip.frames_damaged > 0 && !clip.is_picture && thread_count(options.decode.threads) != 1;
}

/// One pass over a clip: frames come by, the picker says which to keep in memory.
class Pass {
 public:
  Pass(const std::filesystem::path& file, const SampleOptions& options)
      : m_options(options),
        m_reader(file, decode_options(options)),
        m_claims(picker_claims(m_reader)),
        m_kept(file, decode_options(options), options.most_kept_bytes)
  {
    if (needs_packet_times(options.plan.policy)) { m_claims.packet_times_s = packet_times(file, options.decode); }
    m_picker = make_picker(options.plan, m_claims, hooks());
    m_clip.file = file;
    m_clip.claims = m_reader.claims();
    m_clip.is_picture = m_reader.is_picture();
  }

  SampledClip run()
  {
    while (auto frame = m_reader.next()) {
      if (!is_before(frame->timestamp_s(), m_options.plan.stretch.end_s)) { break; }
      take(only_keyframes() ? frame->numbered(ordinal_of(*frame)) : *frame);
    }
    m_clip.frames_damaged = m_reader.damaged();
    if (is_to_be_repeated(m_clip, m_options)) { return std::move(m_clip); }
    if (!m_previous) { fail("no picture could be decoded"); }
    set_duration();
    give(m_picker->finish());
    m_clip.missing = m_picker->missing();
    std::erase_if(m_clip.rejected, [&](const Rejection& rejection) { return is_chosen(rejection.frame.number); });
    std::ranges::sort(m_clip.rejected, {}, [](const Rejection& rejection) {
      return std::pair(rejection.frame.number, std::string_view(rejection.why));
    });
    if (m_clip.frames.empty() && m_clip.missing.empty()) { fail("no frame between --start and --end"); }
    return std::move(m_clip);
  }

 private:
  [[noreturn]] void fail(const char* cause) const { throw MediaError(m_clip.file.native(), "decode", cause); }

  PickerHooks hooks()
  {
    PickerHooks hooks{[this](std::int64_t number) { return m_kept.look_at(number); }};
    if (m_options.explain) {
      hooks.on_rejected = [this](const Rejection& rejection) { m_clip.rejected.push_back(rejection); };
    }
    return hooks;
  }

  bool is_chosen(std::int64_t number) const
  {
    return std::ranges::any_of(m_clip.frames,
                               [&](const SampledFrame& frame) { return frame.pick.frame.number == number; });
  }

  bool only_keyframes() const { return m_options.plan.policy == Policy::keyframes; }

  bool is_before(double time_s, double limit_s) const { return time_s < limit_s - m_claims.tick_s / 2; }

  /// A keyframe's place among all frames: there are as many packets before it.
  std::int64_t ordinal_of(const Frame& frame) const
  {
    const std::vector<double>& times_s = m_claims.packet_times_s;
    return std::ranges::lower_bound(times_s, frame.timestamp_s() - m_claims.tick_s / 2) - times_s.begin();
  }

  void take(const Frame& frame)
  {
    std::optional<double> ratio;
    if (m_previous && (m_options.all_ratios || needs_motion(m_options.plan.policy))) {
      ratio = motion_ratio(*m_previous, frame);
      if (m_options.all_ratios) { m_clip.motion_ratios.push_back(ratio); }
    }
    if (!m_previous) { begin(frame); }
    m_previous = frame;
    ++m_clip.frames_decoded;
    if (m_options.on_frame) { m_options.on_frame(); }
    if (is_before(frame.timestamp_s(), m_options.plan.stretch.start_s)) { return; }
    m_kept.put(frame);
    m_picker->offer({frame.number(), frame.timestamp_s(), ratio});
    give(m_picker->decided());
    m_kept.retain([&](std::int64_t number) { return m_picker->holds(number); });
  }

  /// Hands chosen frames on, or keeps them with their pictures where nobody takes them.
  void give(const std::vector<Pick>& picks)
  {
    for (const Pick& pick : picks) {
      const Look& look = m_kept.look_at(pick.frame.number);
      SampledFrame chosen{pick, m_kept.frame(pick.frame.number), look.blank, quality_of(look)};
      if (m_options.on_choice) {
        m_options.on_choice(m_clip.frames.size(), chosen);
        chosen.picture.reset();
      }
      m_clip.frames.push_back(std::move(chosen));
    }
  }

  void begin(const Frame& frame)
  {
    if (m_options.on_first_frame) { m_options.on_first_frame(); }
    m_clip.geometry = frame.geometry();
    const PlaneView plane = frame.luma().plane;
    m_clip.width = std::max(1, static_cast<int>(std::lround(plane.width * frame.geometry().pixel_aspect)));
    m_clip.height = plane.height;
    if (frame.geometry().rotation % 180 != 0) { std::swap(m_clip.width, m_clip.height); }
  }

  void set_duration()
  {
    const auto& packets_s = m_claims.packet_times_s;
    const bool by_packets = only_keyframes() && !packets_s.empty();
    const double last_s = by_packets ? packets_s.back() : m_previous->timestamp_s();
    const auto intervals =
        static_cast<double>(by_packets ? std::ssize(packets_s) - 1 : std::int64_t{m_clip.frames_decoded - 1});
    if (last_s > 0) { m_clip.fps = intervals / last_s; }
    const double stated_s = m_reader.last_duration_s();
    m_clip.duration_s = last_s + (stated_s > 0 || last_s <= 0 ? stated_s : last_s / intervals);
  }

  const SampleOptions& m_options;
  ClipReader m_reader;
  ClipClaims m_claims;
  std::unique_ptr<FramePicker> m_picker;
  SampledClip m_clip;
  std::optional<Frame> m_previous;
  KeptFrames m_kept;
};

}  // namespace

std::string describe(const SampleOptions& options)
{
  std::string words = describe(options.plan);
  const PictureRules& pictures = options.decode.pictures;
  if (!pictures.apply_exif) { words += " exif=ignore"; }
  if (pictures.alpha == AlphaRule::over_black) { words += " alpha=black"; }
  if (pictures.alpha == AlphaRule::drop) { words += " alpha=drop"; }
  return words;
}

SampleOptions first_frame_options(const DecodeOptions& decode)
{
  SampleOptions options;
  options.decode = decode;
  options.plan.policy = Policy::requested;
  options.plan.frames = {0};
  options.decode.threads = 1;
  return options;
}

namespace {

/// A pass whose failures name the file, as those of single pictures cannot.
SampledClip run_pass(const std::filesystem::path& file, const SampleOptions& options)
{
  try {
    return Pass(file, options).run();
  } catch (const MediaError& error) {
    if (!error.thing().empty()) { throw; }
    throw MediaError(file.native(), error.action(), error.cause());
  }
}

}  // namespace

SampledClip sample_clip(const std::filesystem::path& file, const SampleOptions& options)
{
  SampledClip clip = run_pass(file, options);
  clip.decodes = 1;
  if (is_to_be_repeated(clip, options)) {
    SampleOptions single = options;
    single.decode.threads = 1;
    clip = run_pass(file, single);
    clip.decodes = 2;
  }
  if (options.strict && clip.frames_damaged > 0) {
    throw MediaError(file.native(), "decode", fmt::format("{} frames or packets are damaged", clip.frames_damaged));
  }
  return clip;
}

}  // namespace vidcv
