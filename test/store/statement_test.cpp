// Private to lib/store: what is thrown there is what callers see.
#include "database/statement.hpp"

#include "store_fixture.hpp"

#include <vidcv/store/ledger.hpp>

namespace vidcv {
namespace {

using namespace testing;

TEST_CASE("a column that is asked for without a row is an error of the store", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  Statement row(database, "SELECT path FROM vidcv_media WHERE id = ?1");
  REQUIRE_FALSE(row.bind(7).next());
  CHECK_THROWS_AS(row.text(0), StoreError);
  CHECK_THROWS_AS(row.integer(0), StoreError);
  CHECK_THROWS_AS(row.number(0), StoreError);
  CHECK_THROWS_AS(row.optional_number(0), StoreError);
  CHECK_THROWS_AS(row.blob(0), StoreError);
}

TEST_CASE("a file that another program forgot before it was moved is passed over", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  CHECK_NOTHROW(move_media(database, {{.id = 7, .now = {"/b.mp4", 1, 2}}}));
  CHECK_FALSE(find_media(database, "/b.mp4").has_value());
}

}  // namespace
}  // namespace vidcv
