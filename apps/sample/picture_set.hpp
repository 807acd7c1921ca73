#pragma once

#include <vidcv/media/picture_writer.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace vidcv {

struct WriteOptions {
  PictureFormat format = PictureFormat::jpeg;
  int jpeg_quality = k_jpeg_quality;
  int longest_side = 0;   ///< larger pictures are made smaller; 0: as they are
  bool replaces = false;  ///< whatever is there already
  bool writes = true;     ///< or only names what it would write
};

/// What a picture shows.
struct PictureIdentity {
  std::string clip;  ///< ClipIdentity::clip()
  std::string what;  ///< content, frame and options: equal texts mean equal pictures
};

/// The pictures of one clip. They are written under hidden names and take their own in commit(); until then, and for
/// good where commit() is not reached, all files stay as they are. Each picture says in the file what it shows:
/// one that shows the same already is kept, one of the same clip is replaced, and any other file is left alone.
class PictureSet {
 public:
  explicit PictureSet(bool replaces, bool writes) : m_replaces(replaces), m_writes(writes) {}
  ~PictureSet() { clear(); }
  PictureSet(const PictureSet&) = delete;
  PictureSet& operator=(const PictureSet&) = delete;

  /// Writes a picture under a hidden name, with a note of what it shows.
  using Write = std::function<void(const std::filesystem::path& file, const std::string& note)>;
  /// @param write  called only where there is something to write
  /// @throws StoreError if the disk does not take it
  /// @throws InputError if the format cannot hold it, another picture of the set has the name, or a file is there that
  ///         is not this clip's
  void put(const std::filesystem::path& file, const PictureIdentity& identity, const Write& write);
  /// Drops what was put so far.
  void clear();
  /// @throws StoreError
  void commit();

  /// Existing pictures.
  int kept() const noexcept { return m_kept; }

 private:
  struct Waiting {
    std::filesystem::path written;
    std::filesystem::path file;
  };
  bool is_kept(const std::filesystem::path& file, const PictureIdentity& identity) const;

  bool m_replaces;
  bool m_writes;
  std::vector<std::filesystem::path> m_names;
  std::vector<Waiting> m_waiting;
  std::vector<std::filesystem::path> m_folders;  // that were made for them
  int m_kept = 0;
};

}  // namespace vidcv
