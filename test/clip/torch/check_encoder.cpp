// check_encoder MODEL DEVICE: what the encoder promises of a device, each line OK or FAILED; 1 if one failed.
// check_encoder MODEL DEVICE vectors: the vectors of some pictures alone, to compare what two programs at once see.

#include "in_groups.hpp"

#include <vidcv/clip/encoder.hpp>
#include <vidcv/core/error.hpp>

#include <algorithm>
#include <functional>
#include <iostream>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace vidcv {
namespace {

constexpr std::size_t k_pictures = 32;

std::vector<float> make_pictures(const ImageEncoder& encoder, std::size_t count)
{
  const auto side = static_cast<std::size_t>(encoder.model().input_size);
  std::mt19937 source(7);  // NOLINT: the same pictures each time
  std::normal_distribution<float> normal;
  std::vector<float> pictures(count * 3 * side * side);
  for (float& number : pictures) { number = normal(source); }
  return pictures;
}

std::unique_ptr<ImageEncoder> open(const std::string& model, const std::string& device, const std::string& precision,
                                   int batch)
{
  return open_encoder(model, {.device = device, .precision = precision, .batch = batch});
}

/// The vectors of `pictures` in groups of `group`.
std::vector<Embedding> vectors_of(ImageEncoder& encoder, std::span<const float> pictures, std::size_t group)
{
  return testing::encode_in_groups(encoder, pictures, pictures.size() / k_pictures, group);
}

double least_cosine(const std::vector<Embedding>& left, const std::vector<Embedding>& right)
{
  double least = 1;
  for (std::size_t i = 0; i < left.size(); ++i) {
    least = std::min(least, std::inner_product(left[i].begin(), left[i].end(), right[i].begin(), 0.0));
  }
  return least;
}

class Check {
 public:
  Check(std::string model, std::string device) : m_model(std::move(model)), m_device(std::move(device)) {}

  int run()
  {
    const auto reference = open(m_model, "cpu", "fp32", 8);
    const auto pictures = make_pictures(*reference, k_pictures);
    const auto expected = vectors_of(*reference, pictures, 8);
    agreement("fp32", 0.99999, pictures, expected);
    agreement("bf16", 0.999, pictures, expected);
    agreement("auto", 0.999, pictures, expected);
    same_bits(pictures);
    refused_device();
    if (m_device != "cpu") { full_memory(); }
    return m_failed;
  }

 private:
  void say(bool is_right, const std::string& what)
  {
    std::cout << (is_right ? "OK      " : "FAILED  ") << what << std::endl;
    m_failed |= is_right ? 0 : 1;
  }

  void agreement(const std::string& precision, double least, std::span<const float> pictures,
                 const std::vector<Embedding>& expected)
  {
    const auto encoder = open(m_model, m_device, precision, 8);
    const double cosine = least_cosine(vectors_of(*encoder, pictures, 8), expected);
    say(cosine >= least, precision + " (" + encoder->precision() + ") on " + encoder->device() +
                             ": least cosine with fp32 on the CPU " + std::to_string(cosine));
  }

  void same_bits(std::span<const float> pictures)
  {
    const auto expected = vectors_of(*open(m_model, m_device, "fp32", 32), pictures, 32);
    for (const std::size_t group : {1, 7, 32}) {
      const auto encoder = open(m_model, m_device, "fp32", 32);
      say(vectors_of(*encoder, pictures, group) == expected,
          "the same bits in groups of " + std::to_string(group) + " as in one of 32");
    }
  }

  void refused_device()
  {
    try {
      open(m_model, "cuda:9", "fp32", 1);
      say(false, "cuda:9 is opened");
    } catch (const ModelError& error) {
      say(true, std::string("cuda:9 is refused: ") + error.what());
    }
  }

  /// Batches that double until the device has no memory, or 4096.
  void full_memory()
  {
    for (int batch = 512; batch <= 4096; batch *= 2) {
      try {
        const auto encoder = open(m_model, m_device, "fp32", batch);
        encoder->encode(make_pictures(*encoder, static_cast<std::size_t>(batch)));
      } catch (const ModelError& error) {
        const std::string message = error.what();
        say(message.find("--batch") != std::string::npos, std::to_string(batch) + " pictures at once: " + message);
        return;
      }
    }
    say(true, "4096 pictures at once fit");
  }

  std::string m_model;
  std::string m_device;
  int m_failed = 0;
};

void print_vectors(const std::string& model, const std::string& device)
{
  const auto encoder = open(model, device, "fp32", 32);
  const auto pictures = make_pictures(*encoder, k_pictures);
  std::cout << std::hexfloat;
  for (int round = 0; round < 20; ++round) {
    for (const Embedding& vector : vectors_of(*encoder, pictures, 32)) { std::cout << vector.front() << '\n'; }
  }
}

}  // namespace
}  // namespace vidcv

int main(int count, char** arguments)
{
  const bool prints = count == 4 && std::string(arguments[3]) == "vectors";
  if (count != 3 && !prints) {
    std::cerr << "usage: check_encoder MODEL DEVICE [vectors]\n";
    return 2;
  }
  try {
    if (!prints) { return vidcv::Check(arguments[1], arguments[2]).run(); }
    vidcv::print_vectors(arguments[1], arguments[2]);
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
