#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "base/error.hpp"
#include "destination/sqlserver/inspector.hpp"

// Through the real driver manager and FreeTDS' driver, without a server.
namespace ringtail {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

Error error_of(const std::string& url) {
    try {
        make_sqlserver_inspector(url)->describe();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "no error";
    return {Fault::bug, "no error"};
}

// A loopback port; `backlog` 0: nobody listens there.
class Port {
  public:
    Port() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof(address_);
        auto* address = reinterpret_cast<sockaddr*>(&address_);
        EXPECT_EQ(::bind(socket_, address, length), 0);
        EXPECT_EQ(::getsockname(socket_, address, &length), 0);
    }
    ~Port() { ::close(socket_); }
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;
    std::string text() const { return std::to_string(ntohs(address_.sin_port)); }
    int socket() const { return socket_; }

  private:
    int socket_;
    sockaddr_in address_{};
};

TEST(SqlServerConnect, AClosedPortIsTriedAgain) {
    const Port port;  // bound, and not listening
    const Error error = error_of("sqlserver://u:SECRET@127.0.0.1:" + port.text() + "/db");
    EXPECT_EQ(error.fault(), Fault::transient);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("database db at 127.0.0.1:" + port.text()),
                                    Not(HasSubstr("SECRET"))));
    EXPECT_THAT(error.hint(), HasSubstr("host and port"));
}

TEST(SqlServerConnect, AMissingDriverSaysWhatToInstall) {
    for (const char* driver : {"tds-nowhere", "/nowhere/libtdsodbc.so", "ODBC%20Driver%2099"}) {
        const Error error =
            error_of("sqlserver://u:SECRET@127.0.0.1:1/db?driver=" + std::string(driver));
        EXPECT_EQ(error.fault(), Fault::config) << driver;
        EXPECT_THAT(error.hint(), HasSubstr("tdsodbc")) << driver;
        EXPECT_THAT(error.what(), Not(HasSubstr("SECRET"))) << driver;
    }
}

TEST(SqlServerConnect, WhatFreeTdsCannotDoIsRefused) {
    const Error error = error_of("sqlserver://u:p@127.0.0.1:1/db?encrypt=strict");
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_THAT(error.hint(), HasSubstr("Microsoft"));
}

TEST(SqlServerConnect, ACertificateFileThatIsNotThere) {
    const Error error = error_of("sqlserver://u:p@127.0.0.1:1/db?certificate=/nowhere/ca.pem");
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_THAT(error.what(), HasSubstr("/nowhere/ca.pem"));
}

TEST(SqlServerConnect, ACheckedCertificateGoesToTheSameServer) {
    const Port port;
    const Error error =
        error_of("sqlserver://u:p@127.0.0.1:" + port.text() + "/db?trustServerCertificate=false");
    EXPECT_EQ(error.fault(), Fault::transient);
    EXPECT_THAT(error.hint(), AllOf(HasSubstr("host and port"), HasSubstr("authority")));
}

// The first words of the protocol are in the clear; to a server without TLS nothing else may be
// said, least of all the password.
TEST(SqlServerConnect, AServerWithoutTlsGetsNoPassword) {
    const Port port;
    ASSERT_EQ(::listen(port.socket(), 1), 0);
    std::string heard;
    std::thread server([&] {
        const int peer = ::accept(port.socket(), nullptr, nullptr);
        std::array<char, 4096> data{};
        ssize_t size = ::recv(peer, data.data(), data.size(), 0);
        if (size > 0) heard.append(data.data(), static_cast<std::size_t>(size));
        // PRELOGIN's answer: version 15.0.2000.0, encryption not supported.
        constexpr std::array<unsigned char, 26> kAnswer{
            4,    1,  0,  26, 0,    0, 1, 0,  // header
            0,    0,  11, 0,  6,              // VERSION at 11, 6 bytes
            1,    0,  17, 0,  1,              // ENCRYPTION at 17, 1 byte
            0xFF, 15, 0,  7,  0xD0, 0, 0, 2};
        ::send(peer, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
        while ((size = ::recv(peer, data.data(), data.size(), 0)) > 0)
            heard.append(data.data(), static_cast<std::size_t>(size));
        ::close(peer);
    });
    const Error error = error_of("sqlserver://u:p@127.0.0.1:" + port.text() + "/db");
    server.join();
    EXPECT_EQ(error.fault(), Fault::transient);
    EXPECT_THAT(error.hint(), HasSubstr("TLS"));
    ASSERT_FALSE(heard.empty());
    EXPECT_EQ(heard.front(), 0x12) << "PRELOGIN";
    EXPECT_LT(heard.size(), 200U) << "no LOGIN7 behind it";
}

}  // namespace
}  // namespace ringtail
