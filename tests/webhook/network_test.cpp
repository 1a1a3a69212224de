// What stands between the program and a receiver: TLS that asks for a client certificate (socat in
// front of the stand-in), and proxies.
#include <gmock/gmock.h>

#include <csignal>

#include "support/authority.hpp"
#include "webhook/connect_proxy.hpp"
#include "webhook/scene.hpp"

namespace ringtail::webhook {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// TLS in front of a port; it lets in who has a certificate of the authority.
class TlsFront {
  public:
    TlsFront(const test::Authority& authority, std::uint16_t to, const std::string& folder)
        : process_({"socat", "-d", "-d",
                    "OPENSSL-LISTEN:0,bind=127.0.0.1,fork,verify=1,cert=" +
                        authority.file("server.pem") + ",key=" + authority.file("server.key") +
                        ",cafile=" + authority.certificate(),
                    "TCP:127.0.0.1:" + std::to_string(to)},
                   {}, folder) {
        const std::string word = "listening on AF=2 127.0.0.1:";
        std::string said;
        std::size_t at = 0;
        do {
            if (process_.ended_within(5ms)) throw std::runtime_error("socat: " + said);
            said = process_.err_so_far();
            at = said.find(word);
        } while (at == said.npos || said.find('\n', at) == said.npos);
        port_ = static_cast<std::uint16_t>(std::stoi(said.substr(at + word.size())));
    }
    std::uint16_t port() const { return port_; }

  private:
    test::Process process_;
    std::uint16_t port_ = 0;
};

class Network : public ::testing::Test {
  protected:
    void SetUp() override {
        authority_.issue("server");
        authority_.issue("client");
        front_ = std::make_unique<TlsFront>(authority_, scene_.receiver().port(), scene_.folder());
    }
    std::string tls_url(const std::string& host = "127.0.0.1") const {
        return "https://" + host + ":" + std::to_string(front_->port()) + "/api/transactions/";
    }
    Environment trusting() const { return {{"SSL_CERT_FILE", authority_.certificate()}}; }
    Words certified(Words words, const std::string& key = "client.key") const {
        for (const std::string& word : {std::string("--client-cert"), authority_.file("client.pem"),
                                        std::string("--client-key"), authority_.file(key)})
            words.push_back(word);
        return words;
    }
    // What `ringtail check` says of the receiver.
    test::Outcome check(const Words& further) {
        Words words = scene_.words(further);
        words[1] = "check";
        return test::run(words, trusting());
    }

    Scene scene_{10};
    test::Authority authority_{scene_.folder()};
    std::unique_ptr<TlsFront> front_;
};

TEST_F(Network, AReceiverThatAsksForACertificateGetsIt) {
    const auto done =
        scene_.run(certified({"--once", "--since", "2000-01-01", "--to", tls_url()}), trusting());
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    EXPECT_GT(scene_.receiver().count(), 0U);
    EXPECT_THAT(scene_.mistakes(), IsEmpty());
}

TEST_F(Network, WithoutACertificateItSaysWhatIsMissingAndKeepsEverything) {
    const Words words{"--since", "2000-01-01", "--to", tls_url()};
    auto process = scene_.start(words, trusting());
    while (process->err_so_far().find("attempts in a row have failed") == std::string::npos)
        ASSERT_FALSE(process->ended_within(5ms)) << process->out_so_far() << process->err_so_far();
    process->send(SIGTERM);
    const auto refused = process->wait();
    EXPECT_EQ(refused.code, 0);
    // Not with every attempt: what the server said is lost when the connection is reset too soon.
    EXPECT_NE(scene_.outbox_value("SELECT count(*) FROM delivery_attempts WHERE answer LIKE "
                                  "'%client certificate%--client-cert FILE%'"),
              "0");
    EXPECT_EQ(scene_.receiver().count(), 0U);
    EXPECT_EQ(check({"--to", tls_url()}).code, 1);
    const auto done = scene_.run(certified({"--once", "--to", tls_url()}), trusting());
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    EXPECT_THAT(scene_.mistakes(), IsEmpty());
}

TEST_F(Network, AKeyThatCannotBeUsedIsSaid) {
    authority_.lock_key("client", "locked.key");
    for (const char* key : {"locked.key", "server.key"}) {
        const auto checked = check(certified({"--to", tls_url()}, key));
        EXPECT_EQ(checked.code, 1) << checked.out;
        EXPECT_THAT(checked.out, HasSubstr("Check the client certificate and its key")) << key;
    }
    EXPECT_EQ(check(certified({"--to", tls_url()})).code, 0);
}

TEST_F(Network, HttpsGoesThroughTheProxyOfTheEnvironment) {
    ConnectProxy proxy(front_->port());
    Environment environment = trusting();
    environment["https_proxy"] =
        "http://canary-user:canary-word@127.0.0.1:" + std::to_string(proxy.port());
    const auto done = scene_.run(certified({"--once", "--since", "2000-01-01", "--to",
                                            "https://receiver.invalid/in", "--log-level", "debug"}),
                                 environment);
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    EXPECT_THAT(scene_.mistakes(), IsEmpty());
    ASSERT_THAT(proxy.heads(), Not(IsEmpty()));
    EXPECT_THAT(proxy.heads()[0], HasSubstr("CONNECT receiver.invalid:443 HTTP/1.1\r\n"));
    EXPECT_THAT(proxy.heads()[0], HasSubstr("Proxy-Authorization: Basic "));
    EXPECT_THAT(done.out + done.err, Not(HasSubstr("canary")));
}

// The stand-in receiver is the proxy here: it gets what is meant for a host that has no address.
TEST(Proxy, HttpGoesThroughTheProxyOfTheEnvironmentButNotToLoopback) {
    Scene scene(10);
    const std::string proxy = "http://127.0.0.1:" + std::to_string(scene.receiver().port());
    const auto done =
        scene.run({"--once", "--since", "2000-01-01", "--to", "http://receiver.invalid/in?x=1"},
                  {{"http_proxy", proxy}});
    EXPECT_EQ(done.code, 0) << done.out << done.err;  // the campaign was read past the proxy
    EXPECT_THAT(scene.mistakes(), IsEmpty());
    ASSERT_GT(scene.receiver().count(), 0U);
    for (const auto& post : scene.receiver().posts()) {
        EXPECT_EQ(post.target, "http://receiver.invalid/in?x=1");
        EXPECT_EQ(post.header("host"), "receiver.invalid");
    }
}

}  // namespace
}  // namespace ringtail::webhook
