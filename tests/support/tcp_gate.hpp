#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace ringtail::test {

enum class Direction : std::uint8_t { to_server, to_client };

// When a cut at a text happens.
enum class Moment : std::uint8_t {
    before,    // the server never gets the text's last byte
    after,     // the piece that ends the text goes out whole, then an orderly end for the server
    answered,  // … and the server has begun to answer; the client gets nothing of the answer
};

// Stands between a client and a server on loopback and does to their connection what networks do.
// Cuts are resets (RST) unless said otherwise. Safe to use from any thread; every call has taken
// effect when it returns.
class TcpGate {
  public:
    // Listens on a free port of 127.0.0.1 and passes on to 127.0.0.1:server_port.
    explicit TcpGate(std::uint16_t server_port);
    ~TcpGate();
    TcpGate(const TcpGate&) = delete;
    TcpGate& operator=(const TcpGate&) = delete;

    std::uint16_t port() const;

    void cut_all();
    void refuse();  // new connections are refused, existing ones go on
    void admit();   // again
    // Every piece, both ways, waits that long. Zero: no delay.
    void delay(std::chrono::milliseconds pause);
    // Passes on at most so many bytes at a time, with `pause` after each. Zero bytes: no slicing.
    void slice(std::size_t bytes, std::chrono::milliseconds pause = std::chrono::milliseconds(1));

    // One cut, of the connection it happens on. The last one asked for holds.
    // After exactly so many more bytes, of all connections together, have been passed on.
    void cut_after(Direction direction, std::size_t bytes);
    // At the nth time from now that the text passes; also when it comes in several pieces.
    void cut_at(Direction direction, std::string text, Moment moment, unsigned nth = 1);
    // No cut any more.
    void disarm();

    unsigned connections() const;                     // admitted so far
    unsigned cuts() const;                            // connections cut so far, also by cut_all()
    void wait_for_cuts(unsigned at_least);            // returns when there have been so many
    std::uint64_t passed(Direction direction) const;  // bytes so far

  private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace ringtail::test
