#include <vidcv/core/identity.hpp>

#include <vidcv/core/error.hpp>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <vector>

namespace vidcv {
namespace {

// uuid5(NAMESPACE_DNS, "vidcv"), fixed forever: derived ids are in users' databases.
constexpr std::array<unsigned char, 16> k_namespace = {0x1f, 0xab, 0x5c, 0x8f, 0x92, 0x74, 0x59, 0x34,
                                                       0x86, 0x06, 0xf5, 0x14, 0x89, 0xab, 0x4c, 0xa2};

std::string hex(std::span<const unsigned char> bytes)
{
  std::string text;
  for (const unsigned char byte : bytes) { text += fmt::format("{:02x}", byte); }
  return text;
}

/// The first 16 bytes of `bytes` with version and variant set, as RFC 4122 lays them out.
std::string uuid_hex(std::span<unsigned char> bytes, unsigned char version)
{
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | (version << 4));
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  return hex(bytes.first(16));
}

void require_crypto(bool done)
{
  if (!done) { throw Error("libcrypto", "hash", "SHA-256 failed"); }
}

std::vector<unsigned char> digest(const EVP_MD* kind, std::span<const unsigned char> bytes)
{
  std::vector<unsigned char> out(static_cast<std::size_t>(EVP_MD_size(kind)));
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, kind, nullptr) != 1) {
    throw Error("libcrypto", "hash", EVP_MD_get0_name(kind));
  }
  return out;
}

}  // namespace

std::string new_id()
{
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw Error("libcrypto", "make an id", "no random numbers");
  }
  return uuid_hex(bytes, 4);
}

std::string derived_id(std::string_view name)
{
  std::vector<unsigned char> bytes(k_namespace.begin(), k_namespace.end());
  bytes.insert(bytes.end(), name.begin(), name.end());
  std::vector<unsigned char> sha1 = digest(EVP_sha1(), bytes);
  return uuid_hex(sha1, 5);
}

Sha256::Sha256() : m_state(EVP_MD_CTX_new())
{
  require_crypto(m_state && EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(m_state.get()), EVP_sha256(), nullptr) == 1);
}

void Sha256::Free::operator()(void* state) const noexcept
{
  EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(state));
}

void Sha256::add(std::span<const std::byte> bytes)
{
  require_crypto(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(m_state.get()), bytes.data(), bytes.size()) == 1);
}

std::string Sha256::hex()
{
  std::array<unsigned char, 32> out{};
  require_crypto(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(m_state.get()), out.data(), nullptr) == 1);
  return vidcv::hex(out);
}

std::string sha256_hex(std::span<const std::byte> bytes)
{
  return hex(digest(EVP_sha256(), {reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()}));
}

std::string content_hash(const std::filesystem::path& file, const std::function<bool()>& abandoned)
{
  std::ifstream in(file, std::ios::binary);
  if (!in) { throw InputError(file.native(), "open", system_cause(errno)); }
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), &XXH3_freeState);
  XXH3_128bits_reset(state.get());
  std::vector<char> block(1 << 20);
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    if (abandoned && abandoned()) { throw Abandoned(); }
    XXH3_128bits_update(state.get(), block.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) { throw InputError(file.native(), "open", system_cause(errno)); }
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::uint64_t stable_hash(std::string_view text) noexcept
{
  return XXH3_64bits(text.data(), text.size());
}

}  // namespace vidcv
