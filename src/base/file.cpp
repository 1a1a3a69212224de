#include "base/file.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/error.hpp"

namespace ringtail {

std::string read_file(const std::string& path) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::string text;
    if (file) text.assign(std::istreambuf_iterator<char>(file), {});
    if (!file || errno != 0) {
        throw Error(Fault::config,
                    fmt::format("cannot read {}: {}", path,
                                errno != 0 ? std::strerror(errno) : "unknown reason"));
    }
    return text;
}

}  // namespace ringtail
