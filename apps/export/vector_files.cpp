#include "vector_files.hpp"

#include <vidcv/cli/signals.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/exchange/datasets.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <map>
#include <string>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

/// A row of the table that goes with the matrix.
class TableWriter {
 public:
  TableWriter(Database& database, std::ostream& out) : m_database(database), m_out(out)
  {
    each_media(database, [&](std::int64_t id, const std::string& path) { m_paths[id] = percent_unescaped(path); });
    m_out << "row,path,frame_number,timestamp_sec,x1,y1,x2,y2\n";
  }

  void write(std::size_t number, const VectorRow& row)
  {
    if (row.media_id != m_media_id) {
      m_media_id = row.media_id;
      m_numbers.clear();
      for (const FramePlace& frame : frame_places_of(m_database, m_media_id)) { m_numbers[frame.id] = frame.number; }
    }
    const auto box = row.region_id == 0 ? std::nullopt : box_of_region(m_database, row.region_id);
    m_out << fmt::format("{},{},{},{},{}\n", number, csv_field(m_paths[row.media_id]), m_numbers[row.frame_id],
                         row.timestamp_s, box ? fmt::format("{},{},{},{}", box->x1, box->y1, box->x2, box->y2) : ",,,");
  }

 private:
  Database& m_database;
  std::ostream& m_out;
  std::map<std::int64_t, std::string> m_paths;
  std::int64_t m_media_id = 0;
  std::map<std::int64_t, std::int64_t> m_numbers;  // of the file's frames, by id
};

}  // namespace

WrittenVectors write_vector_files(Database& database, const StoredModel& model, const fs::path& folder)
{
  make_folders(folder);
  const ReadTransaction one_snapshot(database);
  WrittenVectors written;
  written.damaged = each_vector(database, model.id, [&](const VectorRow&) { ++written.rows; });
  const fs::path table_file = folder / "vectors.csv";
  const auto require_written = [](std::ofstream& out, const fs::path& file) {
    out.close();
    if (!out) { throw StoreError(file.native(), "write", system_cause(errno)); }
  };
  replace_file(folder / "vectors.npy", [&](const fs::path& part) {
    std::ofstream matrix(part, std::ios::binary | std::ios::trunc);
    matrix << npy_header(written.rows, static_cast<std::size_t>(model.dim));
    replace_file(table_file, [&](const fs::path& table_part) {
      std::ofstream out(table_part, std::ios::binary | std::ios::trunc);
      TableWriter table(database, out);
      std::size_t number = 0;
      each_vector(database, model.id, [&](const VectorRow& row) {
        if (is_stopping()) { throw Abandoned(); }
        const auto bytes = to_blob(row.vector);
        matrix.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        table.write(number++, row);
      });
      require_written(out, table_file);
    });
    require_written(matrix, folder / "vectors.npy");
  });
  return written;
}

}  // namespace vidcv
