#include "webhook/connect_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace ringtail::webhook {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

bool send_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

// False at the end.
bool pass_on(int from, int to) {
    std::array<char, 16'384> buffer{};
    const ssize_t got = ::recv(from, buffer.data(), buffer.size(), 0);
    return got > 0 && send_all(to, {buffer.data(), static_cast<std::size_t>(got)});
}

}  // namespace

ConnectProxy::ConnectProxy(std::uint16_t leads_to) : leads_to_(leads_to) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        ::listen(listener_, 32) != 0)
        throw std::runtime_error("the proxy cannot listen");
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this] { accept_loop(); });
}

ConnectProxy::~ConnectProxy() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    }
    threads_.clear();
    for (const int socket : sockets_) ::close(socket);
    ::close(listener_);
}

std::vector<std::string> ConnectProxy::heads() const {
    const std::lock_guard lock(mutex_);
    return heads_;
}

void ConnectProxy::accept_loop() {
    for (;;) {
        const int client = ::accept(listener_, nullptr, nullptr);
        if (client < 0) return;
        {
            const std::lock_guard lock(mutex_);
            sockets_.push_back(client);
        }
        threads_.emplace_back([this, client] { serve(client); });
    }
}

void ConnectProxy::serve(int client) {
    std::string head;
    for (char c = 0; !head.ends_with("\r\n\r\n"); head += c)
        if (::recv(client, &c, 1, 0) != 1) return;
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    {
        const std::lock_guard lock(mutex_);
        heads_.push_back(head);
        sockets_.push_back(server);
    }
    const sockaddr_in address = loopback(leads_to_);
    const bool good =
        head.starts_with("CONNECT ") &&
        ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    send_all(client, good ? "HTTP/1.1 200 Connection established\r\n\r\n"
                          : "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    std::array<pollfd, 2> both{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    for (bool open = good; open;) {
        if (::poll(both.data(), both.size(), -1) <= 0) break;
        if (both[0].revents != 0) open = pass_on(client, server);
        if (open && both[1].revents != 0) open = pass_on(server, client);
    }
    ::shutdown(client, SHUT_RDWR);
    ::shutdown(server, SHUT_RDWR);
}

}  // namespace ringtail::webhook
