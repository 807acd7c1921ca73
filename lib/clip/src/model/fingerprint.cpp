#include "model/fingerprint.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>

namespace vidcv {
namespace {

std::string digits_of(double number)
{
  return fmt::format("{:016x}", std::bit_cast<std::uint64_t>(number));
}

std::string digits_of(const std::array<double, 3>& colour)
{
  return fmt::format("{} {} {}", digits_of(colour[0]), digits_of(colour[1]), digits_of(colour[2]));
}

}  // namespace

Fingerprint::Fingerprint(std::string_view canonical)
{
  m_hash.add(std::as_bytes(std::span(canonical)));
}

void Fingerprint::add(const std::string& name, const StoredTensor& weight)
{
  const std::string line = fmt::format("tensor {} {} {}\n", name, weight.type, fmt::join(weight.shape, "x"));
  m_hash.add(std::as_bytes(std::span(line)));
  m_hash.add(weight.bytes);
}

std::string canonical(const ModelDescription& model)
{
  return fmt::format(
      "vidcv-model 1\narchitecture {}\nactivation {}\ndim {}\ninput_size {}\nresize_short {}\ninterpolation {}\n"
      "scale {}\nmean {}\ndeviation {}\n",
      model.architecture, model.activation, model.dim, model.input_size, model.resize_short, model.interpolation,
      digits_of(model.scale), digits_of(model.mean), digits_of(model.deviation));
}

std::string canonical(const TextDescription& text, int dim, const std::string& activation)
{
  return fmt::format("vidcv-text 1\narchitecture {}\nactivation {}\ndim {}\ncontext {}\n", text.architecture,
                     activation, dim, text.context);
}

}  // namespace vidcv
