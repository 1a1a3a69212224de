#include "support/free_port.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>

namespace ringtail::test {
namespace {

// Linux gives outgoing connections those from 32768 on.
constexpr int kFirst = 20'000, kLast = 31'999;
constexpr int kTries = 1'000;

// The lock is held until the process ends; a program it starts does not inherit it.
bool claim(int port) {
    const auto folder = std::filesystem::temp_directory_path() / "ringtail-test-ports";
    std::filesystem::create_directories(folder);
    const auto path = folder / std::to_string(port);
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) return false;
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return true;
    ::close(file);
    return false;
}

bool is_free(int port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool free =
        ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return free;
}

}  // namespace

int free_port() {
    std::random_device random;
    std::uniform_int_distribution<int> any(kFirst, kLast);
    for (int i = 0; i < kTries; ++i) {
        const int port = any(random);
        if (claim(port) && is_free(port)) return port;
    }
    throw std::runtime_error("no free TCP port");
}

}  // namespace ringtail::test
