#include "database/statement.hpp"
#include "database/vector_check.hpp"

#include <vidcv/store/plate_records.hpp>

namespace vidcv {

std::vector<Embedding> plates_of(Database& database, std::int64_t model_id, std::size_t count)
{
  const std::int64_t dim = dim_of_model(database, model_id);
  Statement row(database, "SELECT embedding FROM vidcv_plates WHERE model_id = ?1 ORDER BY plate");
  row.bind(model_id);
  std::vector<Embedding> plates;
  while (row.next()) {
    plates.push_back(from_blob(row.blob(0)));
    if (vector_fault(plates.back(), dim)) { return {}; }
  }
  return plates.size() == count ? plates : std::vector<Embedding>();
}

void save_plates(Database& database, std::int64_t model_id, const std::vector<Embedding>& plates)
{
  WriteTransaction transaction(database);
  Statement(database, "DELETE FROM vidcv_plates WHERE model_id = ?1").run(model_id);
  Statement row(database, "INSERT INTO vidcv_plates (model_id, plate, embedding) VALUES (?1, ?2, ?3)");
  for (std::size_t i = 0; i < plates.size(); ++i) {
    row.run(model_id, static_cast<std::int64_t>(i), to_blob(plates[i]));
  }
  transaction.commit();
}

}  // namespace vidcv
