#pragma once

#include <vidcv/media/clip_reader.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

/// What a process and its `vidcv-decoder` say to each other, over a socket that keeps messages apart. Both are of one
/// build, so the structs go as they are. The decoder is not trusted: its file may have compromised it.
namespace vidcv::wire {

/// Opens the file whose descriptor is attached; the file before it is closed.
struct Open {
  std::uint64_t clip = 0;  ///< the number of the request: answers to earlier ones are dropped
  std::int32_t threads = 1;
  std::int32_t stream = -1;  ///< -1: the usual one
  std::int32_t keyframes_only = 0;
  std::int32_t frame_times = 0;  ///< 0: the frames; else their times alone, 1: from packets, 2: at any cost
  PictureRules pictures = {};
  MediaLimits limits = {};
};

/// The number of further frames that may be sent.
struct More {
  std::uint32_t frames = 0;
};

/// Frames that are no longer in use, by id.
struct Release {
  static constexpr std::size_t k_most = 64;
  std::uint32_t count = 0;
  std::array<std::uint64_t, k_most> ids = {};
};

/// No more of this file; its frames stay until they are released.
struct Close {};

/// The first message: the decoder is there.
struct Ready {
  std::uint64_t build = 0;  ///< this_build()
  std::int32_t has_seccomp = 0;
  std::int32_t landlock = 0;  ///< its version; 0: the kernel has none
};

/// The same on both sides unless their messages differ: of the version, and of the text of this file and of the headers
/// whose structs it sends.
std::uint64_t this_build();

struct Opened {
  std::uint64_t clip = 0;
  std::int32_t has_fps = 0;
  std::int32_t has_frames = 0;
  std::int32_t has_duration = 0;
  std::int32_t is_picture = 0;
  double fps = 0;
  std::int64_t frames = 0;
  double duration_s = 0;
  double tick_s = 0;
};

/// One picture; its planes lie in shared memory until it is released.
struct Picture {
  std::uint64_t clip = 0;
  std::uint64_t id = 0;
  std::int64_t number = 0;
  double timestamp_s = 0;
  std::int32_t rotation = 0;
  std::int32_t mirrored = 0;
  double pixel_aspect = 1;
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::int32_t format = 0;
  std::int32_t color_range = 0;
  std::int32_t colorspace = 0;
  std::int32_t color_primaries = 0;
  std::int32_t color_trc = 0;
  std::array<std::uint64_t, 4> offsets = {};  ///< k_none: no such plane
  std::array<std::int32_t, 4> strides = {};
  std::uint64_t pixels = 0;  ///< of an RGB picture beside it, packed rows; k_none: there is none
  std::uint64_t bytes = 0;   ///< that it takes in memory
  std::int32_t is_keyframe = 0;
  ClipFaults faults = {};      ///< so far
  double last_duration_s = 0;  ///< of this frame
};
inline constexpr std::uint64_t k_none = ~std::uint64_t{0};

struct End {
  std::uint64_t clip = 0;
  ClipFaults faults = {};
  double last_duration_s = 0;
};

/// The answer to Close.
struct Closed {
  std::uint64_t clip = 0;
};

/// FrameTimes: the times, then the ordinals of the keyframes, as doubles in shared memory until they are released.
struct TimesOfFrames {
  std::uint64_t clip = 0;
  std::uint64_t id = 0;
  std::uint64_t count = 0;
  std::uint64_t keyframes = 0;
  std::uint64_t offset = 0;
  double end_s = 0;
  std::int32_t only_keyframes = 0;
  std::array<char, 128> unproven = {};
};

enum class FailureKind : std::int32_t { media, out_of_memory };

/// The file is closed.
struct Failed {
  std::uint64_t clip = 0;
  FailureKind kind = FailureKind::media;
  std::array<char, 16> action = {};
  std::array<char, 480> cause = {};
};

using Request = std::variant<std::monostate, Open, More, Release, Close>;
using Answer = std::variant<std::monostate, Ready, Opened, Picture, End, Closed, TimesOfFrames, Failed>;

/// Without waiting, as a decoder that reads nothing must not hold its program.
/// @param descriptor  to hand over; -1: none
/// @returns false where the other side is gone, or has not read for long
bool send(int socket, const Request& message, int descriptor = -1);
bool send(int socket, const Answer& message);

/// Waits for the next message. Nothing where the other side is gone; bytes that are not a message are std::monostate.
struct Received {
  Request request;
  int descriptor = -1;  ///< that came along; the receiver's
};
std::optional<Received> receive_request(int socket);
std::optional<Answer> receive_answer(int socket);

/// Text in a field, cut where it is too long.
template <std::size_t N>
void put_text(std::array<char, N>& field, std::string_view text)
{
  field = {};
  std::copy_n(text.begin(), std::min(text.size(), N - 1), field.begin());
}
template <std::size_t N>
std::string text_of(const std::array<char, N>& field)
{
  return {field.begin(), std::find(field.begin(), field.end() - 1, '\0')};
}

}  // namespace vidcv::wire
