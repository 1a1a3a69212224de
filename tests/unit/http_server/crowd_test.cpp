#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <future>
#include <memory>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "http/server.hpp"
#include "support/raw_http.hpp"

// Many clients at once, most of which only hold their connection.
namespace ringtail::http {
namespace {

using test::fetch;
using test::RawClient;

constexpr auto kGet = "GET /x HTTP/1.1\r\nHost: x\r\n\r\n";

void answer_ok(const ServerRequest&, const Responder& responder) {
    Answer answer;
    answer.body = "ok";
    responder.send(std::move(answer));
}

std::unique_ptr<RawClient> client_that_was_answered(std::uint16_t port) {
    auto client = std::make_unique<RawClient>(port);
    client->send(kGet);
    EXPECT_EQ(client->read().status, 200);
    return client;
}

TEST(HttpServerCrowd, WhenFullTheOneThatIsIdleForLongestGoes) {
    const auto log = make_null_logger();
    ServerOptions options;
    options.max_connections = 2;
    Server server(options, answer_ok, *log);
    const auto first = client_that_was_answered(server.port());
    const auto second = client_that_was_answered(server.port());
    EXPECT_EQ(fetch(server.port(), "GET", "/x").status, 200);
    EXPECT_TRUE(first->at_end());
    second->send(kGet);
    EXPECT_EQ(second->read().status, 200);
}

// The 100 says that its request is being received.
std::unique_ptr<RawClient> client_that_sends_slowly(std::uint16_t port) {
    auto client = std::make_unique<RawClient>(port);
    client->send(
        "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client->read(true).status, 100);
    return client;
}

TEST(HttpServerCrowd, WhenNobodyIsIdleTheSlowestSenderGoes) {
    const auto log = make_null_logger();
    ServerOptions options;
    options.max_connections = 2;
    Server server(options, answer_ok, *log);
    const auto first = client_that_sends_slowly(server.port());
    const auto second = client_that_sends_slowly(server.port());
    EXPECT_EQ(fetch(server.port(), "GET", "/x").status, 200);
    EXPECT_TRUE(first->at_end());
    second->send("hello");
    EXPECT_EQ(second->read().status, 200);
}

TEST(HttpServerCrowd, WhenAllWaitForAnAnswerTheNewcomerGoes) {
    const auto log = make_null_logger();
    ServerOptions options;
    options.max_connections = 1;
    std::promise<Responder> asked;
    Server server(
        options,
        [&](const ServerRequest&, const Responder& responder) { asked.set_value(responder); },
        *log);
    RawClient busy(server.port());
    busy.send(kGet);
    const Responder responder = asked.get_future().get();
    EXPECT_EQ(fetch(server.port(), "GET", "/x").status, 0);
    answer_ok({}, responder);
    EXPECT_EQ(busy.read().status, 200);
}

TEST(HttpServerCrowd, AThousandIdleAndTenSlowOnesLeaveTheOthersAlone) {
    const auto log = make_null_logger();
    ServerOptions options;
    options.max_connections = 1'020;
    Server server(options, answer_ok, *log);
    std::vector<std::unique_ptr<RawClient>> crowd;
    for (int i = 0; i < 1'000; ++i) crowd.push_back(std::make_unique<RawClient>(server.port()));
    for (int i = 0; i < 10; ++i) crowd.push_back(client_that_sends_slowly(server.port()));
    // Kept open, so that the limit is passed and the idle ones make room.
    std::vector<std::unique_ptr<RawClient>> others;
    for (int i = 0; i < 200; ++i) {
        crowd[1'000 + static_cast<std::size_t>(i) % 10]->send(i % 50 == 49 ? "x" : "");
        others.push_back(client_that_was_answered(server.port()));
    }
    for (const auto& client : others) {
        client->send(kGet);
        EXPECT_EQ(client->read().status, 200);
    }
    EXPECT_LE(server.connections(), 1'021U);
}

TEST(HttpServerCrowd, ListensOnIPv6) {
    const auto log = make_null_logger();
    ServerOptions options;
    options.address = "::1";
    std::optional<Server> server;
    try {
        server.emplace(
            options,
            [](const ServerRequest& request, const Responder& responder) {
                Answer answer;
                answer.body = request.peer;
                responder.send(std::move(answer));
            },
            *log);
    } catch (const Error& error) {
        if (std::string(error.what()).find("Cannot assign") == std::string::npos) throw;
        std::puts("not run: this machine has no IPv6");
        return;
    }
    const int socket = ::socket(AF_INET6, SOCK_STREAM, 0);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(server->port());
    address.sin6_addr = in6addr_loopback;
    ASSERT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const std::string request = "GET /x HTTP/1.0\r\nHost: x\r\n\r\n";
    ASSERT_EQ(::send(socket, request.data(), request.size(), 0),
              static_cast<ssize_t>(request.size()));
    std::string reply(4096, '\0');
    std::size_t size = 0;
    for (ssize_t got = 1; got > 0; size += static_cast<std::size_t>(got))
        got = ::recv(socket, reply.data() + size, reply.size() - size, 0);
    ::close(socket);
    EXPECT_NE(reply.find("\r\n\r\n::1"), std::string::npos) << reply;
}

}  // namespace
}  // namespace ringtail::http
