#pragma once

#include <vidcv/core/error.hpp>
#include <vidcv/media/picture_writer.hpp>
#include <vidcv/pipeline/embed_store.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace vidcv::test {

/// A folder that goes away with the test.
class TemporaryFolder {
 public:
  TemporaryFolder()
  {
    std::string name = (std::filesystem::temp_directory_path() / "vidcv-XXXXXX").string();
    m_path = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(m_path); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return m_path / name; }

 private:
  std::filesystem::path m_path;
};

inline ModelDescription tiny_model()
{
  ModelDescription model;
  model.name = "mean colour";
  model.fingerprint = std::string(64, 'a');
  model.dim = 3;
  model.input_size = 8;
  model.resize_short = 8;
  model.interpolation = "bicubic";
  model.deviation = {1, 1, 1};
  model.scale = 1.0 / 255;
  model.match_threshold = 0.9;
  model.json = "{}";
  return model;
}

/// Gives the mean colour of each picture as its vector, and remembers how it was asked.
class MeanColour : public ImageEncoder {
 public:
  explicit MeanColour(std::vector<std::size_t>& batches) : m_batches(batches) {}
  const ModelDescription& model() const noexcept override { return m_model; }
  std::string device() const override { return "cpu"; }
  std::string precision() const override { return "fp32"; }
  int batch() const noexcept override { return 4; }
  std::vector<Embedding> encode(std::span<const float> pictures) override
  {
    const std::size_t plane = 64;
    m_batches.push_back(pictures.size() / (3 * plane));
    std::vector<Embedding> vectors;
    for (std::size_t at = 0; at < pictures.size(); at += 3 * plane) {
      Embedding vector(3);
      for (std::size_t i = 0; i < 3 * plane; ++i) { vector[i / plane] += pictures[at + i]; }
      if (!make_unit(vector)) { throw ModelError("mean colour", "encode", "black"); }
      vectors.push_back(vector);
    }
    return vectors;
  }

 private:
  ModelDescription m_model = tiny_model();
  std::vector<std::size_t>& m_batches;
};

/// Embeds files into a database. @returns how many failed
inline int store_all(Database& database, const std::vector<std::filesystem::path>& files, const EmbedOptions& options,
                     LazyEncoder& encoder, std::int64_t model_id)
{
  int failed = 0;
  StoredRun run(database, jobs_for(files, options), &encoder, model_id, {}, {});
  for (auto results = run.next(); !results.empty(); results = run.next()) {
    for (const EmbedResult& result : results) {
      failed += std::holds_alternative<EmbedFailure>(result.outcome) ? 1 : 0;
    }
  }
  return failed;
}

/// A PNG of one colour with a white left half, so that it is not blank.
inline void write_colour(const std::filesystem::path& file, std::uint8_t red, std::uint8_t green, std::uint8_t blue)
{
  RgbImage image{16, 16, {}};
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 16; ++x) {
      const std::uint8_t colour[3] = {red, green, blue};
      for (const std::uint8_t level : colour) { image.pixels.push_back(x < 3 ? 255 : level); }
    }
  }
  write_picture(image, file, PictureFormat::png);
}

}  // namespace vidcv::test
