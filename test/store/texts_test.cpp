#include "store_fixture.hpp"

#include <vidcv/store/text_records.hpp>

#include <limits>

using namespace vidcv;
using namespace vidcv::testing;

TEST_CASE("a text is known under the model that made its vector, and under no other")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto model = make_model(database);
  const std::string text = "ein rotes Auto, été, 猫";
  CHECK_FALSE(has_text(database, text, model));
  save_text(database, text, model, {0.6F, 0.8F, 0, 0});
  CHECK(has_text(database, text, model));
  CHECK_FALSE(has_text(database, "Ein rotes Auto, été, 猫", model));
  CHECK_FALSE(has_text(database, text, model + 1));
}

TEST_CASE("a text's vector is replaced, and one of the wrong width does not count as there")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto model = make_model(database);
  save_text(database, "car", model, {0.6F, 0.8F, 0, 0});
  save_text(database, "car", model, {0.8F, 0.6F, 0, 0});
  CHECK(rows_of(database, "SELECT count(*), hex(embedding) FROM vidcv_texts") ==
        "1|CDCC4C3F9A99193F0000000000000000\n");
  database.handle().exec("UPDATE vidcv_texts SET embedding = x'00000000'");
  CHECK_FALSE(has_text(database, "car", model));
}

TEST_CASE("a text's vector that is none is refused, and what is there stays")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto model = make_model(database);
  save_text(database, "car", model, {0.6F, 0.8F, 0, 0});
  const std::string before = dump(database);
  const Embedding bad =
      GENERATE(Embedding{1}, Embedding{3, 4, 0, 0}, Embedding{std::numeric_limits<float>::quiet_NaN(), 1, 0, 0});
  CHECK(store_error_of([&] { save_text(database, "car", model, bad); }).find("text car: ") != std::string::npos);
  CHECK(dump(database) == before);
}
