#include <vidcv/pipeline/asset_vectors.hpp>

#include <vidcv/clip/preprocess.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/sampling/contrast.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>

namespace vidcv {
namespace {

constexpr std::string_view k_reference_architecture = "clip-vit-base-patch32";  // what the Python service runs
constexpr std::size_t k_reference_dim = 512;

/// What a picture gives.
struct PictureVector {
  Embedding vector;
  bool blank = false;
};

/// The part of an asset's reference picture that is the asset.
RgbImage asset_part(RgbImage picture, const AssetRecord& asset)
{
  const auto refuse = [&](const char* cause) -> InputError { return {asset.tag, "crop", cause}; };
  const auto corners = nlohmann::json::parse(asset.crop, nullptr, false);
  const auto is_number = [](const auto& value) { return value.is_number(); };
  if (!corners.is_array() || corners.size() != 4 || !std::ranges::all_of(corners, is_number)) {
    throw refuse("crop_bbox is no list of four numbers");
  }
  const auto numbers = corners.get<std::array<double, 4>>();
  const bool is_cut =
      std::lround(numbers[2] - numbers[0]) == picture.width && std::lround(numbers[3] - numbers[1]) == picture.height;
  if (is_cut) { return picture; }
  const auto box = pixel_box(numbers, picture.width, picture.height);
  if (!box) { throw refuse("crop_bbox is empty or reaches beyond the picture"); }
  return cropped(picture, *box);
}

/// The vector of a still picture, or of the first frame of a video.
PictureVector embed_picture(const std::filesystem::path& file, const AssetRecord& asset, bool is_reference,
                            const DecodeOptions& decode, LazyEncoder& encoder)
{
  const SampledClip clip = sample_clip(file, first_frame_options(decode));
  const ModelDescription& model = encoder.model();
  std::vector<float> tensor(3 * static_cast<std::size_t>(model.input_size) *
                            static_cast<std::size_t>(model.input_size));
  const SampledFrame& frame = clip.frames.front();
  RgbImage picture = frame.picture.value().to_rgb();
  const bool is_cropped = is_reference && !asset.crop.empty();
  if (is_cropped) { picture = asset_part(std::move(picture), asset); }
  preprocess(picture, model, tensor);
  return {encoder.get().encode(tensor).front(), is_cropped ? is_blank(picture) : frame.blank};
}

/// The file of a `file:` URL on this machine (RFC 8089): no host or `localhost`, bytes percent-encoded.
std::optional<std::filesystem::path> file_of_url(std::string_view url)
{
  constexpr std::string_view k_scheme = "file://";
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  if (!std::ranges::equal(url.substr(0, k_scheme.size()), k_scheme, same)) { return std::nullopt; }
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
    throw InputError(tag, "open", picture + " is no local file: fetch it and set reference_image_url to its path");
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

/// Fills the vectors of one manifest.
class AssetFiller {
 public:
  AssetFiller(Database& database, const AssetJob& job, LazyEncoder& encoder, const AssetEvents& events)
      : m_database(database), m_job(job), m_encoder(encoder), m_events(events)
  {
  }

  void run()
  {
    std::map<std::string, AssetRecord> by_id;
    for (const AssetRecord& asset : assets_of(m_database, m_job.manifest_id)) {
      by_id.emplace(asset.id, asset);
      if (is_to_be_made(asset)) { fill_reference(asset); }
    }
    for (AssetPicture& picture : pictures_of(m_database, m_job.manifest_id, m_job.model_id)) {
      if (picture.embedding.empty() || m_job.renew == Renew::yes) { fill_other(by_id.at(picture.asset_id), picture); }
    }
  }

 private:
  bool is_to_be_made(const AssetRecord& asset) const
  {
    return m_job.renew == Renew::yes || origin_of(asset, m_encoder.model(), m_job.model_id) == VectorOrigin::none;
  }

  void fill_reference(const AssetRecord& asset)
  {
    attempt(asset, asset.picture, true, [&](const PictureVector& made) {
      save_asset_vector(m_database, asset, made.vector, m_job.model_id, made.blank);
    });
  }

  void fill_other(const AssetRecord& asset, AssetPicture& picture)
  {
    attempt(asset, picture.picture, false, [&](const PictureVector& made) {
      picture.embedding = made.vector;
      picture.blank = made.blank;
      save_picture_vector(m_database, picture, m_job.model_id);
    });
  }

  template <typename Save>
  void attempt(const AssetRecord& asset, const std::string& picture, bool is_reference, const Save& save)
  {
    if (m_events.stopping()) { return; }
    try {
      const auto file = picture_file(picture, asset.tag, m_job.base);
      save(embed_picture(file, asset, is_reference, m_job.decode, m_encoder));
      m_events.done(asset);
    } catch (const InputError& error) {
      m_events.failed(asset, error);
    }
  }

  Database& m_database;
  const AssetJob& m_job;
  LazyEncoder& m_encoder;
  const AssetEvents& m_events;
};

}  // namespace

void fill_asset_vectors(Database& database, const AssetJob& job, LazyEncoder& encoder, const AssetEvents& events)
{
  AssetFiller(database, job, encoder, events).run();
}

}  // namespace vidcv
