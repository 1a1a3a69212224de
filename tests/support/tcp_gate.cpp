#include "support/tcp_gate.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace ringtail::test {
namespace {

using SteadyClock = std::chrono::steady_clock;
using TimePoint = SteadyClock::time_point;
using Millis = std::chrono::milliseconds;

class Fd {
  public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Fd() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }
    void reset_when_closed() const {
        const linger at_once{1, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }

  private:
    int fd_ = -1;
};

void require(bool fine, const char* what) {
    if (!fine) throw std::runtime_error(std::string("tcp gate: ") + what);
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

Fd bound_socket(std::uint16_t port) {
    Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const sockaddr_in address = loopback(port);
    require(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
            "cannot bind");
    return fd;
}

std::uint16_t port_of(const Fd& fd) {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length);
    return ntohs(address.sin_port);
}

void ready_for_pumping(const Fd& fd) {
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(fd.get(), F_SETFL, O_NONBLOCK);
}

// One direction of one connection. Reads only when all that was read before has been passed on.
struct Pipe {
    int from = -1, to = -1;
    std::string pending;
    TimePoint due{};
    bool ended = false, end_passed = false;
    bool cut_when_passed = false;
    std::string seen;  // the last bytes, for a text that comes in several pieces
};

struct Connection {
    Fd client, server;
    std::array<Pipe, 2> pipes;  // by Direction
    bool cut_when_answered = false;
};

struct Trap {
    Direction direction;
    std::optional<std::size_t> bytes;  // still to pass; otherwise the text counts
    std::string text;
    Moment moment = Moment::before;
    unsigned nth = 1;
};

enum class Fate : std::uint8_t {
    lives,
    ends,            // both sides said so
    breaks,          // one side reset it
    is_cut,          // by us: a reset for both sides
    is_cut_orderly,  // by us: a reset for the client, an end for the server
};

}  // namespace

// All sockets belong to one thread; other threads only leave orders.
class TcpGate::Loop {
  public:
    explicit Loop(std::uint16_t server_port);
    ~Loop();

    // Runs `order` on the loop's thread and waits for it.
    void run(std::function<void(Loop&)> order);

    void cut_all();
    void refuse();
    void arm(Trap wanted);
    void admit();

    std::uint16_t port = 0;
    Millis delay{0};
    std::size_t slice_bytes = 0;
    Millis slice_pause{0};
    std::optional<Trap> trap;

    std::mutex mutex;
    std::condition_variable changed;
    unsigned admitted = 0, cuts = 0;        // under the mutex
    std::array<std::uint64_t, 2> passed{};  // under the mutex

  private:
    void loop(const std::stop_token& stop);
    void wake() { static_cast<void>(::eventfd_write(wake_.get(), 1)); }
    bool take_orders();
    void wait_for_work();
    void accept_one();
    Fate step(Connection& connection, Direction direction);
    Fate read_some(Connection& connection, Pipe& pipe, Direction direction);
    Fate spring(Connection& connection, Pipe& pipe, Direction direction);
    Fate pass_on(Pipe& pipe, Direction direction);
    void bury(std::list<Connection>::iterator connection, Fate fate);

    const std::uint16_t server_port_;
    Fd listener_, wake_;
    bool listening_ = false;
    std::list<Connection> connections_;
    std::vector<std::function<void(Loop&)>> orders_;  // under the mutex
    std::uint64_t ordered_ = 0, done_ = 0;            // under the mutex
    std::jthread thread_;
};

TcpGate::Loop::Loop(std::uint16_t server_port)
    : server_port_(server_port),
      listener_(bound_socket(0)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    port = port_of(listener_);
    admit();
    thread_ = std::jthread([this](const std::stop_token& stop) { loop(stop); });
}

TcpGate::Loop::~Loop() {
    thread_.request_stop();
    wake();
    thread_.join();
}

void TcpGate::Loop::run(std::function<void(Loop&)> order) {
    std::unique_lock lock(mutex);
    orders_.push_back(std::move(order));
    const auto mine = ++ordered_;
    wake();
    changed.wait(lock, [&] { return done_ >= mine; });
}

void TcpGate::Loop::admit() {
    require(::listen(listener_.get(), 64) == 0, "cannot listen");
    listening_ = true;
}

void TcpGate::Loop::refuse() {
    listener_ = Fd();
    listener_ = bound_socket(port);  // bound but not listening: the port stays ours
    listening_ = false;
}

void TcpGate::Loop::arm(Trap wanted) {
    trap = std::move(wanted);
    for (Connection& connection : connections_)
        for (Pipe& pipe : connection.pipes) pipe.seen.clear();
}

void TcpGate::Loop::cut_all() {
    while (!connections_.empty()) bury(connections_.begin(), Fate::is_cut);
}

bool TcpGate::Loop::take_orders() {
    std::unique_lock lock(mutex);
    const auto orders = std::exchange(orders_, {});
    lock.unlock();
    for (const auto& order : orders) order(*this);
    lock.lock();
    done_ += orders.size();
    changed.notify_all();
    return !orders.empty();
}

void TcpGate::Loop::loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        wait_for_work();
        take_orders();
        if (listening_) accept_one();
        for (auto it = connections_.begin(); it != connections_.end();) {
            const auto connection = it++;
            Fate fate = step(*connection, Direction::to_server);
            if (fate == Fate::lives) fate = step(*connection, Direction::to_client);
            if (fate != Fate::lives) bury(connection, fate);
        }
    }
}

void TcpGate::Loop::wait_for_work() {
    std::vector<pollfd> fds{{wake_.get(), POLLIN, 0}};
    if (listening_) fds.push_back({listener_.get(), POLLIN, 0});
    TimePoint until = TimePoint::max();
    const TimePoint now = SteadyClock::now();
    for (const Connection& connection : connections_) {
        for (const Pipe& pipe : connection.pipes) {
            if (pipe.pending.empty()) {
                if (!pipe.ended) fds.push_back({pipe.from, POLLIN, 0});
            } else if (pipe.due > now) {
                until = std::min(until, pipe.due);
            } else {
                fds.push_back({pipe.to, POLLOUT, 0});
            }
        }
    }
    int patience = -1;
    if (until != TimePoint::max())
        patience = static_cast<int>(std::chrono::ceil<Millis>(until - now).count());
    ::poll(fds.data(), fds.size(), patience);
    eventfd_t count = 0;
    static_cast<void>(::eventfd_read(wake_.get(), &count));
}

void TcpGate::Loop::accept_one() {
    Connection connection;
    connection.client = Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection.client.get() < 0) return;
    connection.server = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(server_port_);
    if (::connect(connection.server.get(), reinterpret_cast<const sockaddr*>(&address),
                  sizeof address) != 0) {
        connection.client.reset_when_closed();
        return;
    }
    ready_for_pumping(connection.client);
    ready_for_pumping(connection.server);
    connection.pipes[0].from = connection.pipes[1].to = connection.client.get();
    connection.pipes[0].to = connection.pipes[1].from = connection.server.get();
    connections_.push_back(std::move(connection));
    std::lock_guard lock(mutex);
    ++admitted;
}

Fate TcpGate::Loop::step(Connection& connection, Direction direction) {
    Pipe& pipe = connection.pipes[static_cast<std::size_t>(direction)];
    if (pipe.pending.empty() && !pipe.ended) {
        const Fate fate = read_some(connection, pipe, direction);
        if (fate != Fate::lives) return fate;
    }
    if (!pipe.pending.empty() && pipe.due <= SteadyClock::now()) {
        const Fate fate = pass_on(pipe, direction);
        if (fate != Fate::lives) return fate;
    }
    if (pipe.ended && pipe.pending.empty() && !pipe.end_passed) {
        ::shutdown(pipe.to, SHUT_WR);
        pipe.end_passed = true;
    }
    const bool over = connection.pipes[0].end_passed && connection.pipes[1].end_passed;
    return over ? Fate::ends : Fate::lives;
}

Fate TcpGate::Loop::read_some(Connection& connection, Pipe& pipe, Direction direction) {
    char piece[65536];
    const ssize_t count = ::recv(pipe.from, piece, sizeof piece, 0);
    if (count < 0) return errno == EAGAIN || errno == EINTR ? Fate::lives : Fate::breaks;
    if (count == 0) {
        pipe.ended = true;
        return Fate::lives;
    }
    if (connection.cut_when_answered && direction == Direction::to_client)
        return Fate::is_cut_orderly;
    pipe.pending.assign(piece, static_cast<std::size_t>(count));
    pipe.due = SteadyClock::now() + delay;
    return trap && trap->direction == direction && !trap->bytes
               ? spring(connection, pipe, direction)
               : Fate::lives;
}

// Looks for the trap's text in what has just been read.
Fate TcpGate::Loop::spring(Connection& connection, Pipe& pipe, Direction direction) {
    const std::string window = pipe.seen + pipe.pending;
    std::size_t from = 0, at = window.find(trap->text);
    for (; at != std::string::npos && trap->nth > 1; at = window.find(trap->text, from)) {
        --trap->nth;
        from = at + trap->text.size();
    }
    if (at == std::string::npos) {
        const auto keep = std::min(window.size() - from, trap->text.size() - 1);
        pipe.seen = window.substr(window.size() - keep);
        return Fate::lives;
    }
    const Moment moment = trap->moment;
    const std::size_t text_at = at > pipe.seen.size() ? at - pipe.seen.size() : 0;
    trap.reset();
    pipe.seen.clear();
    if (moment == Moment::before) {
        pipe.pending.resize(text_at);
        if (pipe.pending.empty()) return Fate::is_cut;
    }
    if (moment == Moment::answered && direction == Direction::to_server)
        connection.cut_when_answered = true;
    else
        pipe.cut_when_passed = true;
    return Fate::lives;
}

Fate TcpGate::Loop::pass_on(Pipe& pipe, Direction direction) {
    std::size_t most = pipe.pending.size();
    if (slice_bytes > 0) most = std::min(most, slice_bytes);
    const bool counted = trap && trap->bytes && trap->direction == direction;
    if (counted) most = std::min(most, *trap->bytes);
    std::unique_lock lock(mutex);
    const ssize_t sent =
        most == 0 ? 0 : ::send(pipe.to, pipe.pending.data(), most, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN || errno == EINTR ? Fate::lives : Fate::breaks;
    const auto count = static_cast<std::size_t>(sent);
    passed[static_cast<std::size_t>(direction)] += count;
    lock.unlock();
    pipe.pending.erase(0, count);
    if (slice_bytes > 0) pipe.due = SteadyClock::now() + slice_pause;
    if (counted && (*trap->bytes -= count) == 0) {
        trap.reset();
        return Fate::is_cut;
    }
    if (pipe.cut_when_passed && pipe.pending.empty()) return Fate::is_cut_orderly;
    return Fate::lives;
}

// The counts change under the lock that the deeds are done under: who sees the deed sees the count.
void TcpGate::Loop::bury(std::list<Connection>::iterator connection, Fate fate) {
    if (fate != Fate::ends) connection->client.reset_when_closed();
    if (fate == Fate::is_cut || fate == Fate::breaks) connection->server.reset_when_closed();
    std::lock_guard lock(mutex);
    connections_.erase(connection);
    if (fate == Fate::ends || fate == Fate::breaks) return;
    ++cuts;
    changed.notify_all();
}

TcpGate::TcpGate(std::uint16_t server_port) : loop_(std::make_unique<Loop>(server_port)) {}
TcpGate::~TcpGate() = default;

std::uint16_t TcpGate::port() const { return loop_->port; }

void TcpGate::cut_all() {
    loop_->run([](Loop& loop) { loop.cut_all(); });
}
void TcpGate::refuse() {
    loop_->run([](Loop& loop) { loop.refuse(); });
}
void TcpGate::admit() {
    loop_->run([](Loop& loop) { loop.admit(); });
}
void TcpGate::delay(std::chrono::milliseconds pause) {
    loop_->run([=](Loop& loop) { loop.delay = pause; });
}
void TcpGate::slice(std::size_t bytes, std::chrono::milliseconds pause) {
    loop_->run([=](Loop& loop) { loop.slice_bytes = bytes, loop.slice_pause = pause; });
}
void TcpGate::cut_after(Direction direction, std::size_t bytes) {
    loop_->run([=](Loop& loop) { loop.arm({direction, bytes, {}, Moment::before, 1}); });
}
void TcpGate::cut_at(Direction direction, std::string text, Moment moment, unsigned nth) {
    require(!text.empty(), "cut at what text?");
    loop_->run([&](Loop& loop) { loop.arm({direction, std::nullopt, text, moment, nth}); });
}
void TcpGate::disarm() {
    loop_->run([](Loop& loop) { loop.trap.reset(); });
}

unsigned TcpGate::connections() const {
    std::lock_guard lock(loop_->mutex);
    return loop_->admitted;
}
unsigned TcpGate::cuts() const {
    std::lock_guard lock(loop_->mutex);
    return loop_->cuts;
}
void TcpGate::wait_for_cuts(unsigned at_least) {
    std::unique_lock lock(loop_->mutex);
    loop_->changed.wait(lock, [&] { return loop_->cuts >= at_least; });
}
std::uint64_t TcpGate::passed(Direction direction) const {
    std::lock_guard lock(loop_->mutex);
    return loop_->passed[static_cast<std::size_t>(direction)];
}

}  // namespace ringtail::test
