#include "support/raw_http.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <stdexcept>

namespace ringtail::test {

RawClient::RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("cannot connect");
}

RawClient::~RawClient() {
    if (socket_ >= 0) ::close(socket_);
}

void RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;  // the answer tells
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void RawClient::reset() {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(socket_);
    socket_ = -1;
}

bool RawClient::more() {
    char bytes[16384];
    const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got < 0) was_reset_ = errno == ECONNRESET;
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
}

bool RawClient::at_end() {
    while (more()) {
    }
    return buffer_.empty();
}

RawReply RawClient::read(bool head_only) {
    RawReply reply;
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (more()) continue;
        reply.reset = was_reset_;
        return reply;
    }
    const std::string head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    reply.status = std::stoi(head.substr(9, 3));
    for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
        const auto line_end = head.find("\r\n", at), colon = head.find(": ", at);
        std::string name = head.substr(at, colon - at);
        for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        reply.headers[name] = head.substr(colon + 2, line_end - colon - 2);
        at = line_end + 2;
    }
    if (head_only || reply.status == 100 || reply.status == 204) {
        reply.whole = true;
    } else if (reply.headers.contains("transfer-encoding")) {
        while (true) {
            std::size_t line = 0;
            while ((line = buffer_.find("\r\n")) == std::string::npos && more()) {
            }
            if (line == std::string::npos) break;
            const std::size_t size = std::stoul(buffer_.substr(0, line), nullptr, 16);
            while (buffer_.size() < line + 2 + size + 2 && more()) {
            }
            if (buffer_.size() < line + 2 + size + 2) break;
            reply.body.append(buffer_, line + 2, size);
            buffer_.erase(0, line + 2 + size + 2);
            if (size == 0) {
                reply.whole = true;
                break;
            }
        }
    } else if (const auto length = reply.headers.find("content-length");
               length != reply.headers.end()) {
        const std::size_t size = std::stoul(length->second);
        while (buffer_.size() < size && more()) {
        }
        reply.whole = buffer_.size() >= size;
        reply.body = buffer_.substr(0, size);
        buffer_.erase(0, size);
    } else {
        while (more()) {
        }
        reply.whole = !was_reset_;
        reply.body.swap(buffer_);
    }
    reply.reset = was_reset_;
    return reply;
}

RawReply fetch(std::uint16_t port, std::string_view method, std::string_view target,
               std::string_view body, const std::vector<std::string>& headers) {
    RawClient client(port);
    std::string request;
    request.append(method).append(" ").append(target).append(
        " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for (const auto& header : headers) request.append(header).append("\r\n");
    if (!body.empty())
        request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    client.send(request.append("\r\n").append(body));
    return client.read(method == "HEAD");
}

}  // namespace ringtail::test
