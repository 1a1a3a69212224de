#include "support/tcp_gate.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace ringtail::test {
namespace {

// A blocking socket and what can be done with it.
class Socket {
  public:
    explicit Socket(int fd) : fd_(fd) {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() { ::close(fd_); }

    void send(const std::string& text) const {
        if (::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(text.size()))
            throw std::runtime_error("send");
    }
    // Exactly so many bytes, fewer at an end; "!" is appended when it was a reset.
    std::string receive(std::size_t count) const {
        std::string out;
        char byte = 0;
        while (out.size() < count) {
            const ssize_t got = ::recv(fd_, &byte, 1, 0);
            if (got == 0) return out;
            if (got < 0) return out + "!";
            out += byte;
        }
        return out;
    }
    std::string receive_all() const { return receive(std::string::npos); }
    void end() const { ::shutdown(fd_, SHUT_WR); }
    int get() const { return fd_; }

  private:
    int fd_;
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

class Listener {
  public:
    Listener() {
        sockaddr_in address = loopback(0);
        socklen_t length = sizeof address;
        ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), length);
        ::listen(socket_.get(), 8);
        ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &length);
        port = ntohs(address.sin_port);
    }
    int accept() const { return ::accept(socket_.get(), nullptr, nullptr); }
    std::uint16_t port = 0;

  private:
    Socket socket_{::socket(AF_INET, SOCK_STREAM, 0)};
};

int connected_to(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(port);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    ::close(fd);
    return -1;
}

class TcpGateTest : public testing::Test {
  protected:
    Listener listener_;
    TcpGate gate_{listener_.port};
};

// A connection through the gate, both ends.
struct Pair {
    Pair(const Listener& listener, const TcpGate& gate)
        : client(connected_to(gate.port())), server(listener.accept()) {}
    Socket client, server;
};

TEST_F(TcpGateTest, PassesBothWaysAndPassesEndsOn) {
    Pair pair(listener_, gate_);
    pair.client.send("ping");
    EXPECT_EQ(pair.server.receive(4), "ping");
    pair.server.send("pong!");
    EXPECT_EQ(pair.client.receive(5), "pong!");
    pair.client.end();
    EXPECT_EQ(pair.server.receive_all(), "");
    pair.server.send("last");
    pair.server.end();
    EXPECT_EQ(pair.client.receive_all(), "last");
    EXPECT_EQ(gate_.passed(Direction::to_server), 4U);
    EXPECT_EQ(gate_.passed(Direction::to_client), 9U);
    EXPECT_EQ(gate_.connections(), 1U);
    EXPECT_EQ(gate_.cuts(), 0U);
}

TEST_F(TcpGateTest, CutsAllNow) {
    Pair one(listener_, gate_), two(listener_, gate_);
    one.client.send("x");
    EXPECT_EQ(one.server.receive(1), "x");
    two.client.send("y");
    EXPECT_EQ(two.server.receive(1), "y");
    gate_.cut_all();
    for (const Socket* socket : {&one.client, &one.server, &two.client, &two.server})
        EXPECT_EQ(socket->receive_all(), "!");
    EXPECT_EQ(gate_.cuts(), 2U);
    Pair three(listener_, gate_);  // and it recovers
    three.client.send("z");
    EXPECT_EQ(three.server.receive(1), "z");
}

TEST_F(TcpGateTest, RefusesAndAdmitsAgain) {
    Pair before(listener_, gate_);
    before.client.send("a");
    EXPECT_EQ(before.server.receive(1), "a");
    gate_.refuse();
    EXPECT_EQ(connected_to(gate_.port()), -1);
    before.client.send("b");
    EXPECT_EQ(before.server.receive(1), "b");
    gate_.admit();
    Pair after(listener_, gate_);
    after.client.send("c");
    EXPECT_EQ(after.server.receive(1), "c");
}

TEST_F(TcpGateTest, CutsAfterSoManyBytes) {
    Pair pair(listener_, gate_);
    gate_.cut_after(Direction::to_client, 7);
    pair.client.send("a longer question");
    EXPECT_EQ(pair.server.receive(17), "a longer question");
    pair.server.send("an answer");
    EXPECT_EQ(pair.client.receive_all(), "an answ!");
    gate_.wait_for_cuts(1);
    Pair next(listener_, gate_);  // once only
    next.server.send("an answer");
    EXPECT_EQ(next.client.receive(9), "an answer");
}

TEST_F(TcpGateTest, CutsBeforeAText) {
    Pair pair(listener_, gate_);
    gate_.cut_at(Direction::to_server, "COMMIT", Moment::before);
    pair.client.send("INSERT 1;COMMIT;");
    EXPECT_EQ(pair.server.receive_all(), "INSERT 1;");
    EXPECT_EQ(pair.client.receive_all(), "!");
}

TEST_F(TcpGateTest, CutsAfterAText) {
    Pair pair(listener_, gate_);
    gate_.cut_at(Direction::to_server, "COMMIT", Moment::after);
    pair.client.send("INSERT 1;COMMIT;");
    EXPECT_EQ(pair.server.receive_all(), "INSERT 1;COMMIT;");
    EXPECT_EQ(pair.client.receive_all(), "!");
}

TEST_F(TcpGateTest, CutsWhenTheTextIsAnswered) {
    Pair pair(listener_, gate_);
    gate_.cut_at(Direction::to_server, "COMMIT", Moment::answered);
    pair.client.send("COMMIT;");
    EXPECT_EQ(pair.server.receive(7), "COMMIT;");
    EXPECT_EQ(gate_.cuts(), 0U);
    pair.server.send("done");
    EXPECT_EQ(pair.client.receive_all(), "!");
    EXPECT_EQ(pair.server.receive_all(), "");
    EXPECT_EQ(gate_.cuts(), 1U);
}

TEST_F(TcpGateTest, CountsTextsAlsoInPieces) {
    Pair pair(listener_, gate_);
    gate_.cut_at(Direction::to_server, "abab", Moment::after, 3);
    // Twice in one piece, then the third over three pieces; overlaps do not count.
    pair.client.send("ababab abab..a");
    EXPECT_EQ(pair.server.receive(14), "ababab abab..a");
    pair.client.send("ba");
    EXPECT_EQ(pair.server.receive(2), "ba");
    EXPECT_EQ(gate_.cuts(), 0U);
    pair.client.send("b!");
    EXPECT_EQ(pair.server.receive_all(), "b!");
    gate_.wait_for_cuts(1);
}

TEST_F(TcpGateTest, DisarmedItCutsNothing) {
    Pair pair(listener_, gate_);
    gate_.cut_at(Direction::to_server, "x", Moment::before);
    gate_.disarm();
    pair.client.send("x");
    EXPECT_EQ(pair.server.receive(1), "x");
}

TEST_F(TcpGateTest, SlicesAndDelaysWithoutLosingAByte) {
    Pair pair(listener_, gate_);
    gate_.slice(3);
    gate_.delay(std::chrono::milliseconds(20));
    std::string text;
    for (int i = 0; i < 100; ++i) text += std::to_string(i);
    const auto before = std::chrono::steady_clock::now();
    pair.client.send(text);
    pair.client.end();
    EXPECT_EQ(pair.server.receive_all(), text);
    EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(20));
}

TEST_F(TcpGateTest, AResetOfOneSideReachesTheOther) {
    Pair pair(listener_, gate_);
    pair.client.send("x");
    EXPECT_EQ(pair.server.receive(1), "x");
    sockaddr nowhere{};
    nowhere.sa_family = AF_UNSPEC;
    ::connect(pair.server.get(), &nowhere, sizeof nowhere);
    EXPECT_EQ(pair.client.receive_all(), "!");
    EXPECT_EQ(gate_.cuts(), 0U);
}

}  // namespace
}  // namespace ringtail::test
