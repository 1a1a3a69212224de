// HTTP/2 over TLS, against a server that speaks nothing else (nghttpd).
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "http/client.hpp"
#include "support/process.hpp"

namespace ringtail::http {
namespace {

using std::chrono::milliseconds;

// nghttpd in a folder of its own, with a certificate made for it.
class Http2Server {
  public:
    Http2Server() {
        const auto made = test::run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                                     "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout",
                                     file("key"), "-out", certificate(), "-subj", "/CN=localhost",
                                     "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"});
        if (made.code != 0) throw std::runtime_error(made.err);
        std::ofstream(file("answer")) << "{}";
    }

    // Whether it listens at the port; another process may have it.
    bool start(int port) {
        port_ = port;
        process_ = std::make_unique<test::Process>(std::vector<std::string>{
            "stdbuf", "-oL", "nghttpd", "-v", "-a", "127.0.0.1", "-d", folder_.path(),
            std::to_string(port), file("key"), certificate()});
        while (!process_->ended_within(milliseconds(5))) {
            if (process_->out_so_far().find("listen") != std::string::npos) return true;
        }
        return false;
    }

    std::string url() const { return "https://localhost:" + std::to_string(port_) + "/answer"; }
    std::string certificate() const { return file("certificate"); }

  private:
    std::string file(const std::string& name) const { return folder_.path() + "/" + name; }

    test::TemporaryFolder folder_;
    int port_ = 0;
    std::unique_ptr<test::Process> process_;
};

TEST(Http2, IsSpokenWhereTheServerHasIt) {
    Http2Server server;
    int port = 21'443;
    while (!server.start(port)) ASSERT_LT(++port, 21'543) << "nghttpd does not start";
    ::setenv("SSL_CERT_FILE", server.certificate().c_str(), 1);
    const auto log = make_null_logger();
    Client client(ClientOptions{}, *log);
    std::vector<std::future<Response>> answers;
    for (int i = 0; i < 100; ++i) {
        Request request;
        request.url = server.url();
        answers.push_back(client.start(std::move(request)));
    }
    for (auto& answer : answers) {
        const Response response = answer.get();
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.body, "{}");
    }
    EXPECT_EQ(client.stats().requests, 100U);
    ::unsetenv("SSL_CERT_FILE");
}

}  // namespace
}  // namespace ringtail::http
