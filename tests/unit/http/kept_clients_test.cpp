#include "http/kept_clients.hpp"

#include <gtest/gtest.h>

#include "loopback_server.hpp"

namespace ringtail::http {
namespace {

using test::LoopbackServer;
using test::Reply;
using test::Seen;

class KeptClientsTest : public testing::Test {
  protected:
    std::unique_ptr<Client> used_client(const ClientOptions& options) {
        auto client = clients.take(options, *log);
        Request request;
        request.url = server.url("/");
        EXPECT_EQ(client->start(std::move(request)).get().status, 200);
        return client;
    }

    const std::unique_ptr<Logger> log = make_null_logger();
    LoopbackServer server{[](const Seen&, const std::stop_token&) { return Reply{}; }};
    KeptClients clients;
};

TEST_F(KeptClientsTest, WhoAsksInTheSameWayGoesOnWithTheConnection) {
    const ClientOptions options;
    for (int i = 0; i < 3; ++i) clients.give_back(options, used_client(options));
    EXPECT_EQ(server.connections(), 1);
    EXPECT_EQ(clients.take(options, *log)->stats().requests, 3U);
}

TEST_F(KeptClientsTest, OtherOptionsGetAnotherClient) {
    ClientOptions other;
    other.max_in_flight = 3;
    clients.give_back({}, used_client({}));
    EXPECT_EQ(clients.take(other, *log)->stats().requests, 0U);
    EXPECT_EQ(clients.take({}, *log)->stats().requests, 1U);
}

TEST_F(KeptClientsTest, TheOneThatHasLainLongestGoes) {
    for (unsigned i = 1; i <= 9; ++i) {
        ClientOptions options;
        options.max_in_flight = i;
        clients.give_back(options, used_client(options));
    }
    for (unsigned i = 1; i <= 9; ++i) {
        ClientOptions options;
        options.max_in_flight = i;
        EXPECT_EQ(clients.take(options, *log)->stats().requests, i == 1 ? 0U : 1U) << i;
    }
}

}  // namespace
}  // namespace ringtail::http
