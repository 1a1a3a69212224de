#include <arpa/inet.h>
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <thread>

#include "base/error.hpp"
#include "http/client.hpp"
#include "loopback_server.hpp"

namespace ringtail::http {
namespace {

template <auto release>
struct With {
    template <typename T>
    void operator()(T* handle) const {
        release(handle);
    }
};

// A TLS server whose certificate nobody trusts; answers nothing, counts handshakes.
class UntrustedServer {
  public:
    UntrustedServer() {
        make_certificate();
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), length);
        ::listen(listener_, 8);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
        url = fmt::format("https://127.0.0.1:{}/x", ntohs(address.sin_port));
        thread_ = std::jthread([this] { serve(); });
    }
    ~UntrustedServer() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    std::string url;
    std::atomic<int> connections{0};

  private:
    void make_certificate() {
        const std::unique_ptr<EVP_PKEY, With<EVP_PKEY_free>> key(EVP_EC_gen("P-256"));
        const std::unique_ptr<X509, With<X509_free>> certificate(X509_new());
        X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
        X509_set_pubkey(certificate.get(), key.get());
        X509_sign(certificate.get(), key.get(), EVP_sha256());
        SSL_CTX_use_certificate(context_.get(), certificate.get());
        SSL_CTX_use_PrivateKey(context_.get(), key.get());
    }
    void serve() {
        for (;;) {
            const int fd = ::accept(listener_, nullptr, nullptr);
            if (fd < 0) return;
            ++connections;
            const std::unique_ptr<SSL, With<SSL_free>> ssl(SSL_new(context_.get()));
            SSL_set_fd(ssl.get(), fd);
            SSL_accept(ssl.get());
            ::close(fd);
        }
    }

    std::unique_ptr<SSL_CTX, With<SSL_CTX_free>> context_{SSL_CTX_new(TLS_server_method())};
    int listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    std::jthread thread_;
};

Error error_of(std::future<Response> future) {
    try {
        future.get();
    } catch (const Error& error) {
        return error;
    }
    return {Fault::bug, "no error at all"};
}

TEST(Tls, ACertificateNobodyTrustsIsTheUsersToMend) {
    UntrustedServer server;
    const auto log = make_null_logger();
    Client client(ClientOptions(), *log);
    Request request;
    request.url = server.url;
    const Error error = error_of(client.start(request));
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_THAT(error.what(), testing::HasSubstr("GET /x: SSL certificate problem"));
    EXPECT_THAT(error.hint(), testing::HasSubstr("ca-certificates"));
    EXPECT_EQ(server.connections, 1) << "trying again cannot help";
}

TEST(Tls, AServerThatSpeaksNoTlsIsTriedAgain) {
    // Bytes that are no TLS record look like any other broken connection.
    test::LoopbackServer server([](const test::Seen&, std::stop_token) { return test::Reply(); });
    ClientOptions options;
    options.attempts = 2;
    options.first_pause = std::chrono::milliseconds(1);
    options.stall_timeout = std::chrono::milliseconds(100);  // it waits for an empty line
    const auto log = make_null_logger();
    Client client(options, *log);
    Request request;
    request.url = "https" + server.url("/x").substr(4);
    EXPECT_EQ(error_of(client.start(request)).fault(), Fault::transient);
    EXPECT_EQ(client.stats().requests, 2U);
}

}  // namespace
}  // namespace ringtail::http
