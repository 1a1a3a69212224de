#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace ringtail::test {

struct Seen {
    std::string head;  // request line and headers as they came
    std::string body;
    int connection = 0;  // by order of arrival, from 0

    std::string target() const;
    bool has_line(const std::string& line) const;  // case counts
};

struct Reply {
    int status = 200;
    std::vector<std::string> headers;  // "Name: value"
    std::string body;
    std::optional<std::size_t> claimed_length;  // another Content-Length than the body's
    enum class End : std::uint8_t { keep, close, reset } end = End::keep;
    bool silent = false;  // nothing is sent, and the connection stays open
};

// A gate that handlers wait at until the test opens it.
class Gate {
  public:
    void open();
    bool wait(std::stop_token stop);  // false: stopped

  private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool open_ = false;
};

// An HTTP/1.1 server that says what a test tells it to; one thread per connection. The handler runs
// on these threads; its stop token fires when the server is destroyed.
class LoopbackServer {
  public:
    using Handler = std::function<Reply(const Seen&, std::stop_token)>;
    explicit LoopbackServer(Handler handler);
    ~LoopbackServer();
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;

    std::uint16_t port() const { return port_; }
    std::string url(const std::string& target) const;
    int connections() const;
    std::vector<Seen> seen() const;

  private:
    void accept_loop();
    void serve(int fd, int number, std::stop_token stop);
    bool answer(int fd, const Reply& reply) const;

    Handler handler_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    std::vector<int> fds_;
    std::vector<Seen> seen_;
    std::stop_source stop_;
    std::list<std::jthread> threads_;
    std::jthread acceptor_;
};

std::string gzipped(const std::string& text);

}  // namespace ringtail::test
