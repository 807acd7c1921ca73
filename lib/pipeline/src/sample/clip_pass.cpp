#include "sample/clip_pass.hpp"

#include "sample/kept_frames.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/threads.hpp>
#include <vidcv/sampling/changed_pixels.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace vidcv {
namespace {

// What the Python service takes where the container claims nothing.
constexpr double k_reference_rate = 24;
constexpr std::int64_t k_reference_frames = 192;

/// Rate and count as OpenCV reports them.
ClipTiming picker_claims(const ClipReader& reader)
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

/// What is to be known of the clip before it is decoded.
FrameTimes times_before(const std::filesystem::path& file, const SampleOptions& options, const PassRules& rules)
{
  const Policy policy = options.plan.policy;
  DecodeOptions decode = options.decode;
  if (rules.one_thread) { decode.threads = 1; }
  if (policy == Policy::count) { return frame_times(file, decode, Unproven::decode); }
  FrameTimes times;
  times.unproven = rules.full_decode_reason;
  if (policy != Policy::keyframes || !times.unproven.empty()) { return times; }
  times = frame_times(file, decode, Unproven::leave);
  if (times.unproven.empty() && times.keyframes.empty()) { times.unproven = "no keyframe that is shown"; }
  return times;
}

double rounded(double value)
{
  constexpr double k_steps = 1e6;
  return std::round(value * k_steps) / k_steps;
}

/// Where the keyframes of a clip, decoded alone, stand among all its frames.
class KeyframePlaces {
 public:
  explicit KeyframePlaces(const FrameTimes& times) : m_times(times) {}

  /// @param frame  what the decoder gave, or that it is at its end
  std::optional<Frame> next(const std::optional<Frame>& frame, double tick_s)
  {
    const bool is_due = m_next < m_times.keyframes.size();
    if (!frame || !is_due) {
      m_are_disproved = frame.has_value() || is_due;
      return std::nullopt;
    }
    const double time_s = time_of(m_next);
    const bool is_in_time = std::abs(frame->timestamp_s() - (time_s - time_of(0))) <= tick_s / 2;
    m_are_disproved = !frame->is_keyframe() || !is_in_time;
    if (m_are_disproved) { return std::nullopt; }
    return frame->placed(m_times.keyframes[m_next++], time_s);
  }

  /// Whether a frame came when another was due, or not at all: these keyframes do not decode alone.
  bool are_disproved() const noexcept { return m_are_disproved; }

 private:
  double time_of(std::size_t keyframe) const
  {
    return m_times.times_s[static_cast<std::size_t>(m_times.keyframes[keyframe])];
  }

  const FrameTimes& m_times;
  std::size_t m_next = 0;
  bool m_are_disproved = false;
};

/// One pass over a clip: frames come by, the picker says which to keep in memory.
class Pass {
 public:
  Pass(const std::filesystem::path& file, const SampleOptions& options, const PassRules& rules)
      : m_options(options),
        m_rules(rules),
        m_times(times_before(file, options, rules)),
        m_reader(file, decode_options()),
        m_claims(picker_claims(m_reader)),
        m_kept(file, decode_options(), options.most_kept_bytes)
  {
    m_claims.frame_times_s = m_times.times_s;
    m_claims.end_s = m_times.end_s;
    m_picker = make_picker(options.plan, m_claims, hooks());
    m_clip.file = file;
    m_clip.claims = m_reader.claims();
    m_clip.is_picture = m_reader.is_picture();
    if (!takes_each_frame()) { m_clip.full_decode_reason = m_times.unproven; }
  }

  PassResult run()
  {
    auto frame = next();
    for (; frame && is_before(frame->timestamp_s(), m_options.plan.stretch.end_s); frame = next()) { take(*frame); }
    note_faults();
    if (auto rules = rules_of_next_pass()) { return {std::move(m_clip), std::move(rules)}; }
    if (!m_previous) { fail("no picture could be decoded"); }
    const double end_s = set_duration();
    take_what_stays(frame ? m_options.plan.stretch.end_s : end_s);
    give(m_picker->finish(frame ? m_options.plan.stretch.end_s : std::min(end_s, m_options.plan.stretch.end_s)));
    m_clip.missing = m_picker->missing();
    std::erase_if(m_clip.rejected, [&](const Rejection& rejection) { return is_chosen(rejection.frame.number); });
    std::ranges::sort(m_clip.rejected, {}, [](const Rejection& rejection) {
      return std::pair(rejection.frame.number, std::string_view(rejection.why));
    });
    if (m_clip.frames.empty() && m_clip.missing.empty()) { fail("no frame between --start and --end"); }
    return {std::move(m_clip), std::nullopt};
  }

 private:
  DecodeOptions decode_options() const
  {
    DecodeOptions decode = m_options.decode;
    decode.keyframes_only = only_keyframes();
    if (m_rules.one_thread) { decode.threads = 1; }
    return decode;
  }

  void note_faults()
  {
    const ClipFaults faults = m_reader.faults();
    m_clip.frames_damaged = faults.damaged;
    m_clip.clock_restarts = faults.clock_restarts;
    m_clip.is_truncated = faults.is_truncated;
    m_is_disproved = m_is_disproved || (only_keyframes() && faults.damaged > 0);
  }

  /// What another pass has to do otherwise; nothing where this one counts.
  std::optional<PassRules> rules_of_next_pass() const
  {
    PassRules rules = m_rules;
    if (m_is_disproved) {
      rules.full_decode_reason = "keyframes that do not decode alone";
    } else if (m_clip.frames_damaged > 0 && !m_clip.is_picture && thread_count(decode_options().threads) != 1) {
      rules.one_thread = true;
    } else {
      return std::nullopt;
    }
    return rules;
  }

  [[noreturn]] void fail(const char* cause) const { throw MediaError(m_clip.file.native(), "decode", cause); }

  PickerHooks hooks()
  {
    PickerHooks hooks{[this](std::int64_t number) { return m_kept.measure_frame(number); }};
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

  bool takes_keyframes() const { return m_options.plan.policy == Policy::keyframes; }
  /// Whether nothing but keyframes is decoded, because packets prove which frames they are.
  bool only_keyframes() const { return takes_keyframes() && !m_times.only_keyframes && m_times.unproven.empty(); }
  bool takes_each_frame() const { return takes_keyframes() && m_times.only_keyframes; }

  bool is_before(double time_s, double limit_s) const { return time_s < limit_s - m_claims.tick_s / 2; }

  std::optional<Frame> next()
  {
    auto frame = m_reader.next();
    return only_keyframes() ? placed(frame) : std::move(frame);
  }

  std::optional<Frame> placed(const std::optional<Frame>& frame)
  {
    auto placed = m_places.next(frame, m_claims.tick_s);
    m_is_disproved = m_places.are_disproved();
    return placed;
  }

  void take(const Frame& frame)
  {
    m_ratio.reset();
    if (m_previous && (m_options.all_ratios || needs_motion(m_options.plan.policy))) {
      m_ratio = motion_ratio(*m_previous, frame);
      if (m_options.all_ratios) { m_clip.motion_ratios.push_back(m_ratio); }
    }
    if (!m_previous) { begin(frame); }
    m_previous = frame;
    ++m_clip.frames_decoded;
    if (m_options.on_frame) { m_options.on_frame(); }
    if (!is_before(frame.timestamp_s(), m_options.plan.stretch.start_s)) { offer(frame); }
  }

  /// A part of the clip in which no frame begins shows one that began before it.
  /// @param end_s  when the last frame that was taken leaves the screen, or the part ends
  void take_what_stays(double end_s)
  {
    const bool stays = m_options.plan.stretch.start_s < end_s;
    if (!m_has_offered && stays && !takes_keyframes()) { offer(*m_previous); }
  }

  void offer(const Frame& frame)
  {
    m_has_offered = true;
    m_kept.put(frame);
    m_picker->offer({frame.number(), frame.timestamp_s(), m_ratio, takes_each_frame() || frame.is_keyframe()});
    give(m_picker->decided());
    m_kept.retain([&](std::int64_t number) { return m_picker->holds(number); });
  }

  /// Hands chosen frames on, or keeps them with their pictures where nobody takes them.
  void give(const std::vector<Pick>& picks)
  {
    for (const Pick& pick : picks) {
      const FrameStats& stats = m_kept.measure_frame(pick.frame.number);
      SampledFrame chosen{pick, m_kept.frame(pick.frame.number), stats.detail, stats.blank, quality_of(stats)};
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

  /// @returns when the last frame leaves the screen
  double set_duration()
  {
    const bool by_packets = only_keyframes();
    const double last_s = by_packets ? m_times.times_s.back() : m_previous->timestamp_s();
    const auto intervals =
        static_cast<double>(by_packets ? std::ssize(m_times.times_s) - 1 : std::int64_t{m_clip.frames_decoded - 1});
    if (last_s > 0) { m_clip.fps = rounded(intervals / last_s); }
    const double stated_s = m_reader.last_duration_s();
    double end_s = last_s + (stated_s > 0 || last_s <= 0 ? stated_s : last_s / intervals);
    if (by_packets) { end_s = m_times.end_s; }
    m_clip.duration_s = rounded(end_s);
    return end_s;
  }

  const SampleOptions& m_options;
  PassRules m_rules;
  FrameTimes m_times;
  ClipReader m_reader;
  ClipTiming m_claims;
  std::unique_ptr<FramePicker> m_picker;
  SampledClip m_clip;
  std::optional<Frame> m_previous;
  std::optional<double> m_ratio;  // of m_previous to the frame before it
  bool m_has_offered = false;
  KeptFrames m_kept;
  KeyframePlaces m_places{m_times};
  bool m_is_disproved = false;
};

}  // namespace

PassResult pass_over(const std::filesystem::path& file, const SampleOptions& options, const PassRules& rules)
{
  return Pass(file, options, rules).run();
}

}  // namespace vidcv
