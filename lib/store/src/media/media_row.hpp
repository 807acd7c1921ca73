#pragma once

#include "database/statement.hpp"

#include <vidcv/store/media_records.hpp>

namespace vidcv {

inline constexpr const char* k_media_columns =
    "SELECT id, path, size, mtime_ns, content_hash, decoded, plan, status, stage, error, tries, run_id FROM "
    "vidcv_media ";

inline MediaRecord media_at(Statement& row)
{
  return {.id = row.integer(0),
          .stamp = {.path = row.text(1), .size = row.integer(2), .mtime_ns = row.integer(3)},
          .content_hash = row.text(4),
          .decoded = row.text(5),
          .plan = row.text(6),
          .status = row.text(7),
          .stage = row.text(8),
          .error = row.text(9),
          .tries = row.integer(10),
          .run_id = row.integer(11)};
}

}  // namespace vidcv
