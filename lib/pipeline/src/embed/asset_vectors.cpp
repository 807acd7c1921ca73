#include <vidcv/pipeline/asset_vectors.hpp>

#include <vidcv/core/identity.hpp>
#include <vidcv/core/text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace vidcv {
namespace {

constexpr std::string_view k_reference_architecture = "clip-vit-base-patch32";  // what the Python service runs
constexpr std::size_t k_reference_dim = 512;

/// The file of a `file:` URL on this machine (RFC 8089): no host or `localhost`, bytes percent-encoded.
std::optional<std::filesystem::path> file_of_url(std::string_view url)
{
  constexpr std::string_view k_scheme = "file://";
  if (!same_word(url.substr(0, k_scheme.size()), k_scheme)) { return std::nullopt; }
  url.remove_prefix(k_scheme.size());
  constexpr std::string_view k_here = "localhost";
  if (url.starts_with(k_here)) { url.remove_prefix(k_here.size()); }
  if (!url.starts_with('/')) { return std::nullopt; }
  return percent_unescaped(url);
}

}  // namespace

VectorOrigin origin_of(const AssetRecord& asset, const ModelDescription& model, std::int64_t model_id)
{
  if (!asset.has_blob) { return VectorOrigin::none; }
  if (asset.model_id) { return *asset.model_id == model_id ? VectorOrigin::ours : VectorOrigin::foreign; }
  const bool plausible = asset.embedding.size() == k_reference_dim && is_unit(asset.embedding);
  return plausible && model.architecture == k_reference_architecture ? VectorOrigin::ours : VectorOrigin::foreign;
}

PictureVector picture_vector(const AssetRecord& asset, const ModelDescription& model, std::int64_t model_id)
{
  static const Embedding none;
  const bool is_column_ours = origin_of(asset, model, model_id) == VectorOrigin::ours;
  if (is_column_ours && !asset.model_id) { return {asset.embedding, false}; }  // newer than whatever vidcv made
  if (!asset.own.embedding.empty()) { return {asset.own.embedding, asset.own.blank}; }
  return is_column_ours ? PictureVector{asset.embedding, asset.blank} : PictureVector{none, false};
}

Box asset_box(const AssetRecord& asset, int width, int height)
{
  if (asset.crop.empty()) { return {0, 0, width, height}; }
  const auto refuse = [&](const char* cause) -> InputError { return {asset.tag, "crop", cause}; };
  const auto corners = nlohmann::json::parse(asset.crop, nullptr, false);
  const auto is_number = [](const auto& value) { return value.is_number(); };
  if (!corners.is_array() || corners.size() != 4 || !std::ranges::all_of(corners, is_number)) {
    throw refuse("crop_bbox is not a list of four numbers");
  }
  const auto numbers = corners.get<std::array<double, 4>>();
  const bool is_cut = std::lround(numbers[2] - numbers[0]) == width && std::lround(numbers[3] - numbers[1]) == height;
  if (is_cut) { return {0, 0, width, height}; }
  const auto box = pixel_box(numbers, width, height);
  if (!box) { throw refuse("crop_bbox is empty or reaches beyond the picture"); }
  return *box;
}

std::filesystem::path base_folder(const Database& database, const std::string& root)
{
  return root.empty() ? std::filesystem::absolute(database.path()).parent_path() : std::filesystem::absolute(root);
}

std::filesystem::path picture_file(const std::string& picture, const std::string& tag,
                                   const std::filesystem::path& base)
{
  if (picture.empty()) { throw InputError(tag, "open", "the asset has no reference picture"); }
  if (const auto file = file_of_url(picture)) { return *file; }
  if (picture.find("://") != std::string::npos) {
    throw InputError(tag, "open", picture + " is not a local file: fetch it and set reference_image_url to its path");
  }
  return base / picture;  // an absolute path replaces the folder
}

std::optional<Box> pixel_box(const std::array<double, 4>& corners, int width, int height)
{
  const bool shares = std::ranges::all_of(corners, [](double x) { return x >= 0 && x <= 1; });
  const double x_scale = shares ? width : 1;
  const double y_scale = shares ? height : 1;
  const bool inside = corners[0] >= 0 && corners[1] >= 0 && corners[2] * x_scale <= width &&
                      corners[3] * y_scale <= height && corners[0] < corners[2] && corners[1] < corners[3];
  if (!inside) { return std::nullopt; }
  return Box{static_cast<int>(std::floor(corners[0] * x_scale)), static_cast<int>(std::floor(corners[1] * y_scale)),
             static_cast<int>(std::ceil(corners[2] * x_scale)), static_cast<int>(std::ceil(corners[3] * y_scale))};
}

namespace {

/// A picture whose vector is to be made.
struct Wanted {
  const AssetRecord* asset = nullptr;
  const AssetPicture* other = nullptr;  // nothing for the reference picture

  const std::string& picture() const { return other == nullptr ? asset->picture : other->picture; }
  bool is_crop() const { return other == nullptr && !asset->crop.empty(); }
  std::string crop() const { return is_crop() ? asset->crop : std::string(); }
};

/// Fills the vectors of one manifest.
class AssetFiller {
 public:
  AssetFiller(Database& database, const AssetJob& job, LazyEncoder& encoder, const AssetEvents& events)
      : m_database(database),
        m_job(job),
        m_encoder(encoder),
        m_events(events),
        m_known(assets_with_pictures(database, job.manifest_id, job.model_id))
  {
  }

  void run()
  {
    find_wanted();
    EmbeddingRun run(std::move(m_jobs), &m_encoder, m_job.limits);
    for (auto results = run.next(); !results.empty(); results = run.next()) {
      for (const EmbedResult& result : results) {
        const Wanted& wanted = m_wanted[result.job];
        if (const auto* clip = std::get_if<EmbeddedClip>(&result.outcome)) {
          save(wanted, *clip);
        } else {
          m_events.failed(*wanted.asset, std::get<EmbedFailure>(result.outcome).error);
        }
      }
    }
  }

 private:
  void find_wanted()
  {
    std::map<std::string, const AssetRecord*> by_id;
    for (const AssetRecord& asset : m_known.assets) {
      by_id.emplace(asset.id, &asset);
      if (is_column_enough(asset)) { continue; }
      want({&asset, nullptr}, asset.has_blob ? asset.own : AssetVector());  // an empty column asks for a vector
    }
    for (const AssetPicture& picture : m_known.pictures) {
      want({by_id.at(picture.asset_id), &picture}, {picture.embedding, picture.blank, picture.made_of, picture.detail});
    }
  }

  /// Whether another program wrote a vector that counts as this model's: it is newer than whatever vidcv made.
  bool is_column_enough(const AssetRecord& asset) const
  {
    return m_job.renew == Renew::no && !asset.model_id &&
           origin_of(asset, m_encoder.model(), m_job.model_id) == VectorOrigin::ours;
  }

  /// Whether the vector is that of the current picture, and its detail is known. While the file is missing or
  /// unreadable the answer is yes.
  bool is_current(const Wanted& wanted, const std::filesystem::path& file, const AssetVector& made)
  {
    if (made.embedding.empty()) { return false; }
    const auto facts = stat_file(file);
    if (!facts) { return true; }
    if (!made.made_of || !made.detail || made.made_of->size != facts->size || made.made_of->crop != wanted.crop()) {
      return false;
    }
    if (made.made_of->mtime_ns == facts->mtime_ns) { return true; }
    PictureStamp now = *made.made_of;
    now.mtime_ns = facts->mtime_ns;
    if (content_hash(file, m_job.decode.abandoned) != now.content_hash) { return false; }
    restamp_picture(m_database, wanted.asset->id, wanted.picture(), m_job.model_id, now);
    return true;
  }

  void want(const Wanted& wanted, const AssetVector& made)
  {
    try {
      const std::filesystem::path file = picture_file(wanted.picture(), wanted.asset->tag, m_job.base);
      if (m_job.renew == Renew::no && is_current(wanted, file, made)) { return; }
      if (m_job.renew == Renew::no && made.detail) { m_events.changed(*wanted.asset); }
      m_jobs.push_back({file, std::make_shared<const EmbedOptions>(options_of(wanted))});
      m_wanted.push_back(wanted);
    } catch (const InputError& error) {
      if (made.embedding.empty()) { m_events.failed(*wanted.asset, error); }
    }
  }

  /// A still picture, or the first frame of a video.
  EmbedOptions options_of(const Wanted& wanted) const
  {
    EmbedOptions options{first_frame_options(m_job.decode)};
    if (wanted.is_crop()) {
      options.parts = [&asset = *wanted.asset](const Pick&, int width, int height) {
        return std::vector{asset_box(asset, width, height)};
      };
      options.blank_parts = true;
    }
    return options;
  }

  static AssetVector made_of(const Wanted& wanted, const EmbeddedClip& clip)
  {
    const PictureStamp stamp{clip.stamp.size, clip.stamp.mtime_ns, clip.content_hash, wanted.crop()};
    if (!wanted.is_crop()) {
      const SampledFrame& frame = clip.clip.frames.front();
      return {clip.vectors.front(), frame.blank, stamp, frame.detail};
    }
    const RegionRecord& crop = clip.regions.front().front();
    return {crop.embedding, crop.blank, stamp, crop.detail};
  }

  void save(const Wanted& wanted, const EmbeddedClip& clip)
  {
    const AssetRecord& asset = *wanted.asset;
    const AssetVector made = made_of(wanted, clip);
    try {
      if (wanted.other == nullptr) {
        save_asset_vector(m_database, asset, made, m_job.model_id, column_for(asset));
      } else {
        save_picture_vector(m_database,
                            {asset.id, wanted.other->picture, made.embedding, made.blank, made.made_of, made.detail},
                            m_job.model_id);
      }
      m_events.done(asset, clip.clip);
    } catch (const InputError& error) {
      m_events.failed(asset, error);
    }
  }

  /// The service's column has room for one vector: that of the model which the service runs, else the first one.
  Column column_for(const AssetRecord& asset) const
  {
    const bool is_of_record = m_encoder.model().architecture == k_reference_architecture;
    return m_job.renew == Renew::yes || (is_of_record && asset.model_id) ? Column::take : Column::keep;
  }

  Database& m_database;
  const AssetJob& m_job;
  LazyEncoder& m_encoder;
  const AssetEvents& m_events;
  AssetsWithPictures m_known;
  std::vector<EmbedJob> m_jobs;
  std::vector<Wanted> m_wanted;  // of each job
};

}  // namespace

void fill_asset_vectors(Database& database, const AssetJob& job, LazyEncoder& encoder, const AssetEvents& events)
{
  AssetFiller(database, job, encoder, events).run();
}

}  // namespace vidcv
