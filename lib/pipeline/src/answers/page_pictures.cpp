#include "answers/page_pictures.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/identity.hpp>
#include <vidcv/core/ordered_workers.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/core/threads.hpp>
#include <vidcv/media/picture_writer.hpp>
#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/embed_job.hpp>
#include <vidcv/pipeline/plan_memory.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace vidcv {
namespace {

constexpr int k_side = 240;
constexpr int k_quality = 60;
constexpr std::size_t k_least_bytes = 2000;  // of a picture: no more of them than fit are worth decoding

using FrameKey = std::pair<std::size_t, std::int64_t>;  // clip and frame number

PagePicture small_picture(const RgbImage& picture)
{
  return {jpeg_bytes(fitted(picture, k_side), k_quality), picture.width, picture.height};
}

/// The small pictures of some frames of one clip.
struct ClipPictures {
  std::vector<std::pair<std::int64_t, PagePicture>> frames;
  std::string failure = {};
};

class PictureAdder {
 public:
  PictureAdder(ReportPage& page, const PageSources& sources, const ReportJob& job, std::size_t most_bytes)
      : m_page(page), m_sources(sources), m_job(job), m_left(most_bytes)
  {
  }

  void run()
  {
    add_asset_pictures();
    rank_frames();
    decode();
    take();
  }

 private:
  /// The place of a picture in the page; nothing where it does not fit. Equal ones have one place.
  std::optional<std::size_t> put(PagePicture picture)
  {
    const std::tuple key(sha256_hex(picture.jpeg), picture.width, picture.height);
    const auto known = m_places.find(key);
    if (known != m_places.end()) { return known->second; }
    const std::size_t bytes = html_bytes_of_picture(picture.jpeg.size());
    if (bytes > m_left) { return std::nullopt; }
    m_left -= bytes;
    m_places.emplace(key, m_page.pictures.size());
    m_page.pictures.push_back(std::move(picture));
    return m_page.pictures.size() - 1;
  }

  void add_asset_pictures()
  {
    for (std::size_t i = 0; i < m_sources.assets.size(); ++i) {
      if (m_job.stopping()) { throw Abandoned(); }
      try {
        add_asset_picture(*m_sources.assets[i], m_page.assets[i]);
      } catch (const InputError& error) {
        m_job.warning(error.what());
      }
    }
  }

  void add_asset_picture(const AssetRecord& asset, PageAsset& shown)
  {
    SampleOptions options = first_frame_options(m_job.decode);
    options.on_choice = [&](std::size_t, const SampledFrame& frame) {
      const RgbImage picture = frame.picture.value().to_rgb();
      shown.picture = put(small_picture(cropped(picture, asset_box(asset, picture.width, picture.height))));
    };
    sample_clip(picture_file(asset.picture, asset.tag, m_job.filter.base), options);
  }

  /// Why no picture of a clip can be shown; empty if one can.
  static std::string fault_of(const StoredClip& clip)
  {
    if (clip.file.empty()) { return "the clip is not on this machine"; }
    const auto now = stat_file(clip.file);
    if (!now) { return "the clip is missing"; }
    if (!clip.media) { return "vidcv has not read the clip"; }
    return *now == clip.media->stamp ? std::string() : "the clip has changed since";
  }

  /// The frames that are wanted, best first: of each asset in each clip the best moment comes before the second one of
  /// any other.
  void rank_frames()
  {
    std::map<std::size_t, std::string> faults;  // by clip
    for (std::size_t i = 0; i < m_sources.clips.size(); ++i) { faults[i] = fault_of(*m_sources.clips[i]); }
    std::vector<std::tuple<std::size_t, double, FrameKey>> ranked;
    const auto rank = [&](std::vector<PageMoment*> moments, std::size_t first) {
      std::ranges::sort(moments, {}, [](const PageMoment* moment) { return std::pair(-moment->score, moment); });
      std::map<std::pair<std::size_t, std::optional<std::size_t>>, std::size_t> seen;
      for (PageMoment* moment : moments) {
        moment->no_picture = !faults[moment->clip].empty() ? faults[moment->clip]
                             : !moment->frame_number       ? "the frame is not known"
                                                           : "";
        if (!moment->no_picture.empty()) { continue; }
        const std::size_t place = first + seen[{moment->clip, moment->asset}]++;
        ranked.emplace_back(place, -moment->score, FrameKey{moment->clip, *moment->frame_number});
        m_wanting[{moment->clip, *moment->frame_number}].push_back(moment);
      }
    };
    rank(pointers(m_page.found), 0);
    rank(pointers(m_page.moments), 1);
    std::ranges::sort(ranked);
    std::set<FrameKey> known;
    for (const auto& [place, score, key] : ranked) {
      if (known.insert(key).second) { m_order.push_back(key); }
    }
    m_order.resize(std::min(m_order.size(), m_left / html_bytes_of_picture(k_least_bytes)));
  }

  static std::vector<PageMoment*> pointers(std::vector<PageMoment>& moments)
  {
    std::vector<PageMoment*> all;
    for (PageMoment& moment : moments) { all.push_back(&moment); }
    return all;
  }

  ClipPictures decoded(const StoredClip& clip, const std::vector<std::int64_t>& numbers) const
  {
    ClipPictures found;
    DecodeOptions decode = m_job.decode;
    decode.threads = 1;
    decode.abandoned = m_job.stopping;
    decode.pictures = picture_rules(clip.media->plan, decode.pictures);
    const auto take = [&](const Frame& frame) {
      found.frames.emplace_back(frame.number(), small_picture(frame.to_rgb()));
    };
    try {
      sample_clip(clip.file, frames_options(numbers, decode, take));
    } catch (const InputError& error) {
      found.failure = error.what();
    }
    return found;
  }

  void decode()
  {
    m_wanted.insert(m_order.begin(), m_order.end());
    std::map<std::size_t, std::vector<std::int64_t>> by_clip;
    for (const auto& [clip, number] : m_order) { by_clip[clip].push_back(number); }
    std::vector<std::pair<std::size_t, std::vector<std::int64_t>>> clips(by_clip.begin(), by_clip.end());
    m_job.begin(std::ssize(clips));
    for (auto& [clip, numbers] : clips) { std::ranges::sort(numbers); }
    const auto workers = static_cast<std::size_t>(thread_count(m_job.threads));
    OrderedWorkers<ClipPictures> run(
        clips.size(), workers,
        [&](std::size_t i) {
          const StoredClip& clip = *m_sources.clips[clips[i].first];
          m_job.clip_begun(clip.file);
          ClipPictures found = decoded(clip, clips[i].second);
          m_job.clip_done(clip.file);
          return found;
        },
        m_job.stopping);
    std::size_t i = 0;
    for (auto result = run.next(); result; result = run.next(), ++i) {
      ClipPictures found = result->get();
      for (auto& [number, picture] : found.frames) {
        m_decoded.emplace(FrameKey{clips[i].first, number}, std::move(picture));
      }
      if (!found.failure.empty()) { m_job.warning(found.failure); }
    }
    if (i < clips.size()) { throw Abandoned(); }
  }

  /// Puts the decoded pictures into the page, best first, as long as they fit.
  void take()
  {
    for (const FrameKey& key : m_order) {
      const auto found = m_decoded.find(key);
      if (found == m_decoded.end()) { continue; }
      const auto place = put(std::move(found->second));
      for (PageMoment* moment : m_wanting[key]) { moment->picture = place; }
    }
    for (const auto& [key, moments] : m_wanting) {
      for (PageMoment* moment : moments) {
        if (moment->picture) { continue; }
        const bool is_failed = m_wanted.contains(key) && !m_decoded.contains(key);
        moment->no_picture = is_failed ? "the frame could not be decoded" : "left out";
      }
    }
  }

  ReportPage& m_page;
  const PageSources& m_sources;
  const ReportJob& m_job;
  std::size_t m_left;
  std::map<FrameKey, std::vector<PageMoment*>> m_wanting;
  std::vector<FrameKey> m_order;
  std::set<FrameKey> m_wanted;
  std::map<FrameKey, PagePicture> m_decoded;
  std::map<std::tuple<std::string, int, int>, std::size_t> m_places;  // of the page's pictures, by their content
};

}  // namespace

void add_pictures(ReportPage& page, const PageSources& sources, const ReportJob& job, std::size_t most_bytes)
{
  PictureAdder(page, sources, job, most_bytes).run();
}

}  // namespace vidcv
