#include "loopback_server.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace ringtail::test {
namespace {

bool send_all(int fd, std::string_view data) {
    while (!data.empty()) {
        const ssize_t sent = ::send(fd, data.data(), data.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        data.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

// Reads on until `done` says enough; false at the end of the connection.
template <typename Done>
bool read_until(int fd, std::string& buffer, Done done) {
    char chunk[16384];
    while (!done()) {
        const ssize_t count = ::recv(fd, chunk, sizeof chunk, 0);
        if (count <= 0) return false;
        buffer.append(chunk, static_cast<std::size_t>(count));
    }
    return true;
}

std::size_t body_length(const std::string& head) {
    constexpr std::string_view kName = "\r\nContent-Length: ";
    const auto at = head.find(kName);
    return at == std::string::npos ? 0
                                   : std::strtoul(head.c_str() + at + kName.size(), nullptr, 10);
}

}  // namespace

std::string Seen::target() const {
    const auto from = head.find(' ') + 1;
    return head.substr(from, head.find(' ', from) - from);
}

bool Seen::has_line(const std::string& line) const {
    return head.find("\r\n" + line + "\r\n") != std::string::npos;
}

void Gate::open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
}

bool Gate::wait(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    return changed_.wait(lock, stop, [this] { return open_; });
}

LoopbackServer::LoopbackServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    if (listener_ < 0 || ::bind(listener_, plain, length) != 0 || ::listen(listener_, 128) != 0 ||
        ::getsockname(listener_, plain, &length) != 0)
        throw std::runtime_error("no loopback socket");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this] { accept_loop(); });
}

LoopbackServer::~LoopbackServer() {
    stop_.request_stop();
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
        std::lock_guard lock(mutex_);
        for (const int fd : fds_) ::shutdown(fd, SHUT_RDWR);
    }
    threads_.clear();
    for (const int fd : fds_) ::close(fd);
    ::close(listener_);
}

std::string LoopbackServer::url(const std::string& target) const {
    return fmt::format("http://127.0.0.1:{}{}", port_, target);
}

int LoopbackServer::connections() const {
    std::lock_guard lock(mutex_);
    return static_cast<int>(fds_.size());
}

std::vector<Seen> LoopbackServer::seen() const {
    std::lock_guard lock(mutex_);
    return seen_;
}

void LoopbackServer::accept_loop() {
    for (;;) {
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) return;
        std::lock_guard lock(mutex_);
        const int number = static_cast<int>(fds_.size());
        fds_.push_back(fd);
        threads_.emplace_back([this, fd, number] { serve(fd, number, stop_.get_token()); });
    }
}

void LoopbackServer::serve(int fd, int number, std::stop_token stop) {
    std::string buffer;
    for (;;) {
        if (!read_until(fd, buffer, [&] { return buffer.find("\r\n\r\n") != std::string::npos; }))
            return;
        Seen seen;
        seen.connection = number;
        const auto head_size = buffer.find("\r\n\r\n") + 4;
        seen.head = buffer.substr(0, head_size);
        const std::size_t whole = head_size + body_length(seen.head);
        if (!read_until(fd, buffer, [&] { return buffer.size() >= whole; })) return;
        seen.body = buffer.substr(head_size, whole - head_size);
        buffer.erase(0, whole);
        {
            std::lock_guard lock(mutex_);
            seen_.push_back(seen);
        }
        if (!answer(fd, handler_(seen, stop))) return;
    }
}

bool LoopbackServer::answer(int fd, const Reply& reply) const {
    if (!reply.silent) {
        std::string text =
            fmt::format("HTTP/1.1 {} Something\r\nContent-Length: {}\r\n", reply.status,
                        reply.claimed_length.value_or(reply.body.size()));
        for (const std::string& header : reply.headers) text += header + "\r\n";
        // In one piece, or Nagle's algorithm makes every answer 40 ms late.
        if (!send_all(fd, text + "\r\n" + reply.body)) return false;
    }
    if (reply.end == Reply::End::keep) return true;
    if (reply.end == Reply::End::reset) {
        // Disconnecting by AF_UNSPEC sends a reset at once and leaves the descriptor ours.
        sockaddr nowhere{};
        nowhere.sa_family = AF_UNSPEC;
        ::connect(fd, &nowhere, sizeof nowhere);
    }
    ::shutdown(fd, SHUT_RDWR);
    return false;
}

std::string gzipped(const std::string& text) {
    z_stream stream{};
    if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("zlib");
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("zlib");
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

}  // namespace ringtail::test
