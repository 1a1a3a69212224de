#include "http/reach.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>

#include <cstring>

#include "base/error.hpp"
#include "http/client.hpp"
#include "unit/http/loopback_server.hpp"

namespace ringtail::http {
namespace {

using testing::HasSubstr;

bool is_private_text(const std::string& text) {
    sockaddr_storage storage{};
    if (text.find(':') == std::string::npos) {
        auto v4 = sockaddr_in{};
        v4.sin_family = AF_INET;
        EXPECT_EQ(inet_pton(AF_INET, text.c_str(), &v4.sin_addr), 1) << text;
        std::memcpy(&storage, &v4, sizeof v4);
    } else {
        auto v6 = sockaddr_in6{};
        v6.sin6_family = AF_INET6;
        EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr), 1) << text;
        std::memcpy(&storage, &v6, sizeof v6);
    }
    return is_private(reinterpret_cast<const sockaddr&>(storage));
}

Request get(const std::string& url) {
    Request request;
    request.url = url;
    return request;
}

TEST(Reach, KnowsWhichAddressesArePrivate) {
    for (const char* text : {"127.0.0.1",
                             "127.255.0.1",
                             "0.0.0.0",
                             "10.0.0.1",
                             "100.64.0.1",
                             "100.127.255.255",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.168.1.1",
                             "192.0.0.8",
                             "198.18.0.1",
                             "224.0.0.1",
                             "240.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "::7f00:1",
                             "::ffff:127.0.0.1",
                             "::ffff:10.1.1.1",
                             "64:ff9b::10.0.0.1",
                             "2002:7f00:1::",
                             "fc00::1",
                             "fd12:3456::1",
                             "fe80::1",
                             "fec0::1",
                             "ff02::1"}) {
        EXPECT_TRUE(is_private_text(text)) << text;
    }
    for (const char* text :
         {"1.1.1.1",        "9.255.255.255",    "11.0.0.0",        "100.63.255.255",
          "100.128.0.0",    "126.0.0.1",        "128.0.0.1",       "169.253.0.1",
          "172.15.255.255", "172.32.0.0",       "192.167.0.1",     "192.169.0.1",
          "198.17.0.1",     "198.20.0.1",       "223.255.255.255", "2606:4700:4700::1111",
          "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::",  "2001:db8::1"}) {
        EXPECT_FALSE(is_private_text(text)) << text;
    }
}

TEST(Reach, NothingIsSentToAPrivateAddressByNumberOrByName) {
    const test::LoopbackServer server(
        [](const test::Seen&, std::stop_token) { return test::Reply{}; });
    const auto log = make_null_logger();
    ClientOptions options;
    options.repeats = false;
    for (const std::string host : {"127.0.0.1", "localhost", "127.1", "0x7f000001"}) {
        const std::string url = "http://" + host + ":" + std::to_string(server.port()) + "/";
        options.reach = Reach::public_only;
        {
            Client client(options, *log);
            try {
                client.start(get(url)).get();
                ADD_FAILURE() << url;
            } catch (const Error& error) {
                EXPECT_EQ(error.fault(), Fault::config) << url;
                EXPECT_THAT(error.what(), HasSubstr("private address")) << url;
                EXPECT_THAT(error.hint(), HasSubstr("--allow-private")) << url;
            }
        }
        EXPECT_EQ(server.connections(), 0) << url;
        EXPECT_THROW(refuse_private_host(url), Error) << url;
    }
    options.reach = Reach::anywhere;
    Client client(options, *log);
    EXPECT_EQ(client.start(get(server.url("/"))).get().status, 200);
}

}  // namespace
}  // namespace ringtail::http
