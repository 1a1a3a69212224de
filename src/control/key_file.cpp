#include "control/key_file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/error.hpp"

namespace ringtail::control {
namespace {

constexpr std::size_t kKeyBytes = crypto_secretbox_KEYBYTES;

class File {
  public:
    explicit File(int handle) : handle_(handle) {}
    ~File() {
        if (handle_ >= 0) ::close(handle_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int handle() const { return handle_; }

  private:
    int handle_;
};

Error cannot(std::string_view what, const std::string& path, int error) {
    return Error(Fault::config,
                 fmt::format("the key file {} cannot be {}: {}", path, what, std::strerror(error)))
        .with_hint("It stands in the data folder, which must be the user's that Ringtail runs as.");
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    const auto begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

void sync_folder_of(const std::string& path) {
    const auto folder = std::filesystem::path(path).parent_path();
    const File file(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (file.handle() >= 0) ::fsync(file.handle());
}

void write_all(int handle, std::string_view text, const std::string& path) {
    while (!text.empty()) {
        const ssize_t wrote = ::write(handle, text.data(), text.size());
        if (wrote < 0 && errno != EINTR) throw cannot("written", path, errno);
        if (wrote > 0) text.remove_prefix(static_cast<std::size_t>(wrote));
    }
    if (::fsync(handle) != 0) throw cannot("written", path, errno);
}

}  // namespace

std::optional<std::string> parse_key(std::string_view text) {
    text = trimmed(text);
    std::string key(kKeyBytes, '\0');
    auto* out = reinterpret_cast<unsigned char*>(key.data());
    std::size_t length = 0;
    if (text.size() == 2 * kKeyBytes &&
        sodium_hex2bin(out, key.size(), text.data(), text.size(), nullptr, &length, nullptr) == 0 &&
        length == kKeyBytes) {
        return key;
    }
    for (const int variant :
         {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
          sodium_base64_VARIANT_URLSAFE, sodium_base64_VARIANT_URLSAFE_NO_PADDING}) {
        if (sodium_base642bin(out, key.size(), text.data(), text.size(), nullptr, &length, nullptr,
                              variant) == 0 &&
            length == kKeyBytes) {
            return key;
        }
    }
    return std::nullopt;
}

std::optional<std::string> read_key_file(const std::string& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.handle() < 0) {
        if (errno == ENOENT) return std::nullopt;
        throw cannot("read", path, errno);
    }
    struct stat found {};
    if (::fstat(file.handle(), &found) != 0) throw cannot("read", path, errno);
    if ((found.st_mode & 077U) != 0) {
        throw Error(Fault::config, fmt::format("the key file {} may be read by other users (mode "
                                               "{:04o})",
                                               path, found.st_mode & 07777U))
            .with_hint(fmt::format("Run: chmod 600 {}\nIf others have seen it, take new keys for "
                                   "your accounts.",
                                   path));
    }
    std::array<char, 256> text{};
    const ssize_t length = ::read(file.handle(), text.data(), text.size());
    if (length < 0) throw cannot("read", path, errno);
    auto key = parse_key({text.data(), static_cast<std::size_t>(length)});
    sodium_memzero(text.data(), text.size());
    if (key) return key;
    throw Error(Fault::config, fmt::format("the key file {} holds no key", path))
        .with_hint("It must hold 32 bytes as base64 or hex. Restore it from a backup.");
}

bool make_key_file(const std::string& path, std::string_view key) {
    // Appears under its name in one step: another process never reads half a key.
    std::string temporary = path + ".XXXXXX";
    const File file(::mkstemp(temporary.data()));  // mode 0600
    if (file.handle() < 0) throw cannot("made", path, errno);
    std::string text(sodium_base64_ENCODED_LEN(kKeyBytes, sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(key.data()),
                      key.size(), sodium_base64_VARIANT_ORIGINAL);
    text.back() = '\n';
    int error = 0;
    try {
        write_all(file.handle(), text, path);
        // Unlike rename(), neither replaces a file that another process has just made.
        if (::link(temporary.c_str(), path.c_str()) != 0) error = errno;
        const bool no_links = error == EPERM || error == EOPNOTSUPP || error == ENOSYS;
        if (no_links)
            error = ::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(),
                                RENAME_NOREPLACE) == 0
                        ? 0
                        : errno;
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
    ::unlink(temporary.c_str());
    sodium_memzero(text.data(), text.size());
    if (error == EEXIST) return false;
    if (error != 0) throw cannot("made", path, error);
    sync_folder_of(path);
    return true;
}

}  // namespace ringtail::control
