#include <vidcv/pipeline/vanished_files.hpp>
#include <vidcv/pipeline/work_list.hpp>

#include "fake_encoder.hpp"

#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/store/migration.hpp>
#include <vidcv/store/service_records.hpp>

#include <catch2/catch.hpp>

#include <fstream>

namespace vidcv {
namespace {

using test::MeanColour;
using test::TemporaryFolder;
using test::tiny_model;
using test::write_colour;
namespace fs = std::filesystem;

/// A folder of pictures, of which a database knows what was embedded.
struct Library {
  TemporaryFolder folder;
  Database database{folder / "l.db", OpenMode::create, 30};
  std::vector<std::size_t> batches;
  LazyEncoder encoder{tiny_model(), [this] { return std::make_unique<MeanColour>(batches); }};
  std::int64_t model_id = 0;
  EmbedOptions options;

  Library()
  {
    migrate(database);
    model_id = ensure_model(database, encoder);
    fs::create_directory(folder / "in");
    write_colour(folder / "in/red.png", 200, 0, 0);
    write_colour(folder / "in/green.png", 0, 200, 0);
    std::ofstream(folder / "in/text.png") << "no picture";
    embed({"red.png", "green.png", "text.png"});
  }

  std::vector<fs::path> files(const std::vector<std::string>& names) const
  {
    std::vector<fs::path> all;
    for (const std::string& name : names) { all.push_back(folder / ("in/" + name)); }
    return all;
  }
  void embed(const std::vector<std::string>& names)
  {
    test::store_all(database, files(names), options, encoder, model_id);
  }
  WorkList look(const std::vector<std::string>& names, Reprocess again = Reprocess::changed,
                const NamedRules& named = {})
  {
    return work_list(database, files(names), options, model_id, again, named);
  }
};

}  // namespace

TEST_CASE("files that were done or failed are not done again unless that is asked for", "[pipeline]")
{
  Library library;
  const std::vector<std::string> all = {"red.png", "green.png", "text.png"};
  WorkList work = library.look(all);
  CHECK(work.todo.size() == 1);  // what could not be opened costs nothing to try
  CHECK(work.unchanged == 2);
  CHECK(library.look(all, Reprocess::all).todo.size() == 3);

  MediaRecord failed = find_media(library.database, stored_path(library.folder / "in/text.png")).value();
  failed.stage = "decode";
  WriteTransaction transaction(library.database);
  save_failure(transaction, failed);
  transaction.commit();
  work = library.look(all);
  CHECK(work.todo.empty());
  REQUIRE(work.known_failures.size() == 1);
  CHECK(work.known_failures.front().second.tries == 2);
  CHECK(library.look(all, Reprocess::failed).todo.size() == 1);
  write_colour(library.folder / "in/text.png", 0, 0, 200);
  CHECK(library.look(all).todo.size() == 1);
}

TEST_CASE("a file that moved is known by its content, a copy of an existing one is not", "[pipeline]")
{
  Library library;
  fs::create_directory(library.folder / "in/new");
  fs::rename(library.folder / "in/red.png", library.folder / "in/new/crimson.png");
  fs::copy_file(library.folder / "in/green.png", library.folder / "in/copy.png");
  const WorkList work = library.look({"new/crimson.png", "green.png", "copy.png"});
  CHECK(work.moved == 1);
  CHECK(work.unchanged == 2);
  REQUIRE(work.todo.size() == 1);
  CHECK(work.todo.front().file == library.files({"copy.png"}).front());
  CHECK_FALSE(find_media(library.database, stored_path(library.folder / "in/red.png")).has_value());
}

TEST_CASE("a search for moved files that is abandoned keeps what it found", "[pipeline]")
{
  Library library;
  fs::rename(library.folder / "in/red.png", library.folder / "in/crimson.png");
  fs::rename(library.folder / "in/green.png", library.folder / "in/lime.png");
  int asked = 0;
  library.options.sampling.decode.abandoned = [&asked] { return ++asked > 1; };
  CHECK_THROWS_AS(library.look({"crimson.png", "lime.png"}), Abandoned);
  CHECK(find_media(library.database, stored_path(library.folder / "in/crimson.png")).has_value());
  CHECK_FALSE(find_media(library.database, stored_path(library.folder / "in/lime.png")).has_value());
  library.options.sampling.decode.abandoned = nullptr;
  CHECK(library.look({"crimson.png", "lime.png"}).moved == 1);
}

TEST_CASE("a file with odd bytes in its name vanishes from a folder with a percent sign like any other", "[pipeline]")
{
  Library library;
  const fs::path folder = library.folder / "in/50%";
  fs::create_directory(folder);
  write_colour(folder / "caf\xE9.png", 0, 0, 200);
  write_colour(folder / "plain.png", 0, 90, 200);
  library.embed({"50%/caf\xE9.png", "50%/plain.png"});
  CHECK(note_vanished(library.database, {folder}, Prune::no).gone == 0);
  fs::remove(folder / "caf\xE9.png");
  CHECK(note_vanished(library.database, {folder}, Prune::yes).gone == 1);
  CHECK_FALSE(find_media(library.database, stored_path(folder / "caf\xE9.png")).has_value());
  CHECK(find_media(library.database, stored_path(folder / "plain.png")).has_value());
}

TEST_CASE("a file of the same size and another content is a new one", "[pipeline]")
{
  Library library;
  const fs::path red = library.folder / "in/red.png";
  const auto size = fs::file_size(red);
  fs::remove(red);
  std::ofstream(library.folder / "in/other.png") << std::string(size, 'x');
  const WorkList work = library.look({"other.png"});
  CHECK(work.moved == 0);
  CHECK(work.todo.size() == 1);
}

TEST_CASE("what vanished is marked, known again when it is back, and forgotten when that is asked for", "[pipeline]")
{
  Library library;
  const std::vector<fs::path> folders = {library.folder / "in"};
  CHECK(note_vanished(library.database, folders, Prune::no).gone == 0);
  fs::rename(library.folder / "in/red.png", library.folder / "red.png");
  CHECK(note_vanished(library.database, folders, Prune::no).gone == 1);
  CHECK(count_ledger(library.database).missing == 1);
  fs::rename(library.folder / "red.png", library.folder / "in/red.png");
  CHECK(note_vanished(library.database, folders, Prune::no).gone == 0);
  CHECK(count_ledger(library.database).missing == 0);
  fs::remove(library.folder / "in/red.png");
  CHECK(note_vanished(library.database, {library.folder / "elsewhere"}, Prune::yes).gone == 0);
  CHECK(note_vanished(library.database, folders, Prune::yes).gone == 1);
  CHECK(count_ledger(library.database).done == 1);
}

TEST_CASE("a folder may be named in any way when its files are looked for", "[pipeline]")
{
  Library library;
  fs::create_directory_symlink(library.folder / "in", library.folder / "link");
  fs::remove(library.folder / "in/red.png");
  const fs::path in = library.folder / "in";
  for (const fs::path& name : {in, in / "", in / ".", in / "../in", in / "../in/", in / "../link", in / "sub/.."}) {
    CAPTURE(name);
    CHECK(note_vanished(library.database, {name}, Prune::no).gone == 1);
  }
  CHECK(note_vanished(library.database, {in / "", library.folder / "", in}, Prune::yes).gone == 1);
}

TEST_CASE("a file that became a folder is missing, and so is what was in a folder that became a file", "[pipeline]")
{
  Library library;
  const fs::path in = library.folder / "in";
  fs::create_directory(in / "sub");
  fs::copy_file(in / "red.png", in / "sub/other.png");
  library.embed({"sub/other.png"});
  fs::remove_all(in / "sub");
  std::ofstream(in / "sub").close();
  fs::remove(in / "red.png");
  fs::create_directory(in / "red.png");
  CHECK(note_vanished(library.database, {in}, Prune::yes).gone == 2);
}

TEST_CASE("a failure is forgotten with its file, be it because a folder is there now", "[pipeline]")
{
  Library library;
  fs::rename(library.folder / "in/red.png", library.folder / "red.png");
  std::ofstream(library.folder / "in/disk") << "no picture";
  library.embed({"red.png", "disk"});
  CHECK(count_ledger(library.database).failed == 3);
  fs::remove(library.folder / "in/disk");
  fs::remove(library.folder / "in/text.png");
  fs::create_directory(library.folder / "in/disk");
  write_colour(library.folder / "in/disk/blue.png", 0, 0, 200);
  CHECK(note_vanished(library.database, {library.folder / "in"}, Prune::no).gone == 1);  // what it has vectors of stays
  CHECK(count_ledger(library.database).failed == 1);
  CHECK(count_ledger(library.database).vectors == 2);
}

TEST_CASE("files of an empty folder are not forgotten: their disk may be away", "[pipeline]")
{
  Library library;
  fs::create_directory(library.folder / "away");
  const std::vector<fs::path> folders = {library.folder / "in", library.folder / "away"};
  fs::create_directory(library.folder / "in/disk");
  fs::rename(library.folder / "in/red.png", library.folder / "in/disk/red.png");
  CHECK(library.look({"disk/red.png"}).moved == 1);
  fs::rename(library.folder / "in/disk/red.png", library.folder / "red.png");
  CHECK(note_vanished(library.database, folders, Prune::yes).gone == 0);
  fs::create_directory(library.folder / "in/disk/lost+found");
  std::ofstream(library.folder / "in/disk/.DS_Store") << "x";
  CHECK(note_vanished(library.database, folders, Prune::yes).gone == 0);
  fs::remove_all(library.folder / "in/disk");  // its folder is gone as well, and the one above has other files
  CHECK(note_vanished(library.database, folders, Prune::yes).gone == 1);
}

TEST_CASE("a file that was never there is a failure of its run and leaves no row", "[pipeline]")
{
  Library library;
  CHECK(test::store_all(library.database, library.files({"tpyo.png", "none/x.png"}), {}, library.encoder,
                        library.model_id) == 2);
  CHECK(count_ledger(library.database).failed == 1);  // text.png
  fs::remove(library.folder / "in/red.png");
  CHECK(test::store_all(library.database, library.files({"red.png"}), {}, library.encoder, library.model_id) == 1);
  CHECK(count_ledger(library.database).failed == 2);  // it was there
}

TEST_CASE("a file keeps the plan by which it was sampled until a run names another one", "[pipeline]")
{
  Library library;
  const std::vector<std::string> both = {"red.png", "green.png"};
  constexpr NamedRules k_nothing{false, false, false};
  library.options.sampling.plan.policy = Policy::every;
  library.options.sampling.plan.every_s = 0.5;
  library.options.sampling.decode.pictures.alpha = AlphaRule::drop;
  CHECK(library.look(both).replanned == 2);
  library.embed(both);
  library.options = {};
  WorkList work = library.look(both, Reprocess::changed, k_nothing);
  CHECK(work.todo.empty());
  CHECK(work.replanned == 0);

  write_colour(library.folder / "in/red.png", 90, 0, 0);
  work = library.look({"red.png", "new.png"}, Reprocess::changed, k_nothing);
  REQUIRE(work.todo.size() == 2);
  CHECK(describe(work.todo[0].options->sampling) == "every 0.5 alpha=drop");
  CHECK(describe(work.todo[1].options->sampling) == describe(SampleOptions()));
  CHECK(work.replanned == 0);  // of what the file was before nothing stays anyway

  work = library.look({"green.png"}, Reprocess::changed, {.plan = true, .exif = false, .alpha = false});
  REQUIRE(work.todo.size() == 1);
  CHECK(describe(work.todo[0].options->sampling) == describe(SampleOptions()) + " alpha=drop");
  CHECK(work.replanned == 1);
}

TEST_CASE("a file that moved keeps its plan, for another model as well", "[pipeline]")
{
  Library library;
  library.options.sampling.plan.policy = Policy::every;
  library.options.sampling.plan.every_s = 0.5;
  library.embed({"red.png", "green.png"});
  library.options = {};
  fs::rename(library.folder / "in/red.png", library.folder / "in/crimson.png");
  fs::rename(library.folder / "in/green.png", library.folder / "in/lime.png");
  WorkList work = library.look({"crimson.png"}, Reprocess::changed, {false, false, false});
  CHECK(work.moved == 1);
  CHECK(work.unchanged == 1);
  CHECK(work.todo.empty());
  library.model_id = ensure_model(library.database, ModelRecord{std::string(64, 'b'), "another", 3, "fp32", "{}"});
  work = library.look({"lime.png"}, Reprocess::changed, {false, false, false});
  REQUIRE(work.todo.size() == 1);
  CHECK(describe(work.todo[0].options->sampling) == "every 0.5");
  CHECK(work.replanned == 0);
}

TEST_CASE("files that are forgotten as gone take their scenes with them, also those that the ledger has lost",
          "[pipeline]")
{
  Library library;
  const ProjectRecord project = ensure_folder_project(library.database, "film");
  for (const char* name : {"red.png", "green.png", "lost.png"}) {
    ensure_scene(library.database, project, stored_path(library.folder / "in" / name));
  }
  fs::remove(library.folder / "in/red.png");
  CHECK(note_vanished(library.database, {library.folder / "in"}, Prune::no).gone == 1);
  CHECK(scenes_of(library.database, project.id).size() == 3);
  CHECK(note_vanished(library.database, {library.folder / "in"}, Prune::yes).gone == 2);
  const auto scenes = scenes_of(library.database, project.id);
  REQUIRE(scenes.size() == 1);
  CHECK(scenes[0].local_path == (library.folder / "in/green.png").native());
}

TEST_CASE("of two files of the same content each keeps its name when their folder is renamed", "[pipeline]")
{
  Library library;
  fs::copy_file(library.folder / "in/red.png", library.folder / "in/also.png");
  library.embed({"also.png"});
  const auto id_of = [&](const std::string& name) {
    return find_media(library.database, stored_path(library.folder / ("in/" + name))).value().id;
  };
  const auto red = id_of("red.png");
  const auto also = id_of("also.png");
  fs::create_directory(library.folder / "in/new");
  fs::rename(library.folder / "in/red.png", library.folder / "in/new/red.png");
  fs::rename(library.folder / "in/also.png", library.folder / "in/new/also.png");
  CHECK(library.look({"new/also.png", "new/red.png"}).moved == 2);
  CHECK(id_of("new/red.png") == red);
  CHECK(id_of("new/also.png") == also);
}

}  // namespace vidcv
