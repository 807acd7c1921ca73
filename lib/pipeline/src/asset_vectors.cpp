#include <vidcv/pipeline/asset_vectors.hpp>

#include <vidcv/clip/preprocess.hpp>
#include <vidcv/core/text.hpp>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

namespace vidcv {
namespace {

constexpr std::string_view k_reference_architecture = "clip-vit-base-patch32";  // what the Python service runs
constexpr std::size_t k_reference_dim = 512;

/// The vector of a still picture, and whether the picture is blank.
std::pair<Embedding, bool> embed_picture(const std::filesystem::path& file, const DecodeOptions& decode,
                                         LazyEncoder& encoder)
{
  const SampledClip clip = sample_clip(file, first_frame_options(decode));
  const ModelDescription& model = encoder.model();
  std::vector<float> tensor(3 * static_cast<std::size_t>(model.input_size) *
                            static_cast<std::size_t>(model.input_size));
  preprocess(clip.frames.front().picture.value().to_rgb(), model, tensor);
  return {encoder.get().encode(tensor).front(), clip.frames.front().blank};
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

std::filesystem::path resolved_path(const std::string& path, const std::filesystem::path& database_file)
{
  return std::filesystem::absolute(database_file).parent_path() / path;  // an absolute path replaces the folder
}

std::filesystem::path picture_of(const AssetRecord& asset, const std::filesystem::path& database_file)
{
  if (asset.picture.empty()) { throw InputError(asset.tag, "open", "the asset has no reference picture"); }
  if (const auto file = file_of_url(asset.picture)) { return *file; }
  if (asset.picture.find("://") != std::string::npos) {
    throw InputError(asset.tag, "open",
                     asset.picture + " is no local file: fetch it and set reference_image_url to its path");
  }
  return resolved_path(asset.picture, database_file);
}

void fill_asset_vectors(Database& database, const std::string& manifest_id, LazyEncoder& encoder, std::int64_t model_id,
                        const DecodeOptions& decode, bool renew, const AssetEvents& events)
{
  for (const AssetRecord& asset : assets_of(database, manifest_id)) {
    if (events.stopping()) { return; }
    const VectorOrigin origin = origin_of(asset, encoder.model(), model_id);
    if (origin == VectorOrigin::ours || (origin == VectorOrigin::foreign && !renew)) { continue; }
    try {
      const auto [vector, blank] = embed_picture(picture_of(asset, database.path()), decode, encoder);
      save_asset_vector(database, asset, vector, model_id, blank);
      events.done(asset);
    } catch (const InputError& error) {
      events.failed(asset, error);
    }
  }
}

}  // namespace vidcv
