#include <vidcv/clip/label_texts.hpp>
#include <vidcv/core/error.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <string>

namespace vidcv {
namespace {

constexpr const char* k_names =
    "mountain bike, all-terrain bike, off-roader\n"
    "Maltese dog, Maltese terrier, Maltese\n"
    "sea lion\n"
    "German shepherd, German shepherd dog\n"
    "seashore, coast, seacoast, sea-coast\n";

/// Five classes, each an axis.
LabelTexts labels()
{
  std::vector<Embedding> axes(5, Embedding(5));
  for (std::size_t i = 0; i < axes.size(); ++i) { axes[i][i] = 1; }
  return {k_names, axes};
}

std::string refusal(const std::string& text)
{
  try {
    labels().vector(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

TEST_CASE("a text is the class that it names, by any of its names", "[clip]")
{
  for (const char* text : {"mountain bike", "Mountain Bike", "off-roader", "ALL terrain bikes", "a mountain bike"}) {
    CAPTURE(text);
    CHECK(labels().vector(text) == Embedding{1, 0, 0, 0, 0});
  }
  CHECK(labels().vector("sea lions") == Embedding{0, 0, 1, 0, 0});
  CHECK(labels().vector("the coast") == Embedding{0, 0, 0, 0, 1});
}

TEST_CASE("a word of names is every class with it", "[clip]")
{
  const Embedding dogs = labels().vector("dogs");
  CHECK(dogs[1] == Approx(std::sqrt(0.5)));
  CHECK(dogs[3] == Approx(std::sqrt(0.5)));
}

TEST_CASE("several names are their sum, however many classes each has", "[clip]")
{
  const Embedding both = labels().vector("a sea lion on the coast");
  CHECK(both[2] == Approx(std::sqrt(0.5)));
  CHECK(both[4] == Approx(std::sqrt(0.5)));
}

TEST_CASE("a word that no name has is refused with the nearest ones", "[clip]")
{
  CHECK(refusal("mountain bik").starts_with("bik: is not among the names that the model knows, nearest are: bike"));
  CHECK(refusal("a dog runs").starts_with("runs: is not among the names"));
  CHECK(refusal("the of").ends_with("names nothing that the model knows"));
  CHECK(refusal("") == "names nothing that the model knows");
}

}  // namespace
}  // namespace vidcv
