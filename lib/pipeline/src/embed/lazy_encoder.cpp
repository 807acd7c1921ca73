#include <vidcv/pipeline/lazy_encoder.hpp>

#include <utility>

namespace vidcv {

LazyEncoder::LazyEncoder(const std::filesystem::path& model_file, const EncoderOptions& options)
    : LazyEncoder(
          read_description(model_file), [=] { return open_encoder(model_file, options); }, known_precision(options))
{
}

LazyEncoder::LazyEncoder(ModelDescription model, std::function<std::unique_ptr<ImageEncoder>()> open,
                         std::optional<std::string> precision)
    : m_model(std::move(model)), m_precision(std::move(precision)), m_open(std::move(open))
{
}

std::string LazyEncoder::precision()
{
  return m_precision ? *m_precision : get().precision();
}

ImageEncoder& LazyEncoder::get()
{
  if (!m_encoder) { m_encoder = m_open(); }
  return *m_encoder;
}

}  // namespace vidcv
