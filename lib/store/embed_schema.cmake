# cmake -D SCHEMA_DIR=schema -D OUTPUT=schema_files.cpp -P embed_schema.cmake
# Writes the numbered SQL files as one C++ array, in the order of their numbers.
file(GLOB files ${SCHEMA_DIR}/*.sql)
list(SORT files)
set(entries "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME)
  string(REGEX MATCH "^([0-9][0-9][0-9][0-9])_[a-z_]+\\.sql$" numbered ${name})
  if(NOT numbered)
    message(FATAL_ERROR "${file}: a migration is called NNNN_name.sql")
  endif()
  file(READ ${file} text)
  string(APPEND entries "    {\"${CMAKE_MATCH_1}\", R\"sql(${text})sql\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made from schema/*.sql by embed_schema.cmake.
#include \"schema/schema_files.hpp\"

namespace vidcv {
namespace {
constexpr SchemaFile k_files[] = {
${entries}};
}  // namespace

std::span<const SchemaFile> schema_files() { return k_files; }
}  // namespace vidcv
")
