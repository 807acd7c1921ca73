#pragma once

#include <string>
#include <vector>

namespace vidcv {

/// A column that vidcv works with, and the type it must be declared with (see is_accepted_type()); empty for any.
struct ColumnNeed {
  std::string name;
  std::string type;
};

enum class SchemaThing { table, column, index, no_view };

/// The statements of schema/ that make one thing, as the comments above them declare:
///   -- owner: service|vidcv             whose tables the file is about
///   -- step: table T                    -- step: column T.C TYPE                    -- step: index I on T
///   -- step: no view V                  a view of an earlier schema that goes
///   -- needs: C TYPE, C, ...            of a table that somebody else may have made; as many lines as it takes
struct SchemaStep {
  std::string id;  ///< `0002.assets.clip_embedding`
  SchemaThing thing = SchemaThing::table;
  std::string table;
  std::string name;  ///< of the table, column, index or view
  std::string type;  ///< of a column
  bool service = false;
  std::vector<ColumnNeed> needs;
  std::string sql;
};

/// All steps in the order in which they are taken.
const std::vector<SchemaStep>& schema_steps();

}  // namespace vidcv
