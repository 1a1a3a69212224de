#include "hook_senders.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <thread>

namespace ringtail::bench {
namespace {

using Time = std::chrono::steady_clock;

int connected(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("cannot connect");
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return socket;
}

struct Sender {
    int socket = -1;
    Time::time_point due;  // of the request that waits for its answer
    std::string got;
};

// Whether a whole answer is there, which is then cut off; its status.
int take_answer(std::string& got) {
    const auto head = got.find("\r\n\r\n");
    if (head == std::string::npos) return 0;
    const auto at = got.find("Content-Length: ");
    if (at == std::string::npos || at > head) throw std::runtime_error("no Content-Length");
    const auto size = std::stoul(got.substr(at + 16));
    if (got.size() < head + 4 + size) return 0;
    const int status = std::stoi(got.substr(9, 3));
    got.erase(0, head + 4 + size);
    return status;
}

class Senders {
  public:
    Senders(std::uint16_t port, const std::string& request, unsigned connections)
        : request_(request), epoll_(::epoll_create1(0)), senders_(connections) {
        for (auto& sender : senders_) {
            sender.socket = connected(port);
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.ptr = &sender;
            ::epoll_ctl(epoll_, EPOLL_CTL_ADD, sender.socket, &event);
            free_.push_back(&sender);
        }
    }
    ~Senders() {
        for (auto& sender : senders_) ::close(sender.socket);
        ::close(epoll_);
    }
    Senders(const Senders&) = delete;
    Senders& operator=(const Senders&) = delete;

    Sending run(unsigned per_second, std::chrono::seconds time) {
        const auto begin = Time::now(), end = begin + time;
        const std::chrono::nanoseconds step(per_second > 0 ? 1'000'000'000 / per_second : 0);
        auto next = begin;
        for (auto now = begin; now < end || free_.size() < senders_.size(); now = Time::now()) {
            while (now < end && !free_.empty() && (per_second == 0 || next <= now)) {
                send(per_second == 0 ? now : next);
                next += step;
            }
            receive(per_second > 0 && now < end ? 1 : 100);
        }
        sending_.seconds = std::chrono::duration<double>(Time::now() - begin).count();
        return std::move(sending_);
    }

  private:
    void send(Time::time_point due) {
        Sender& sender = *free_.front();
        free_.pop_front();
        sender.due = due;
        if (::send(sender.socket, request_.data(), request_.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(request_.size()))
            throw std::runtime_error("cannot send");
    }
    void receive(int patience_ms) {
        std::array<epoll_event, 64> events{};
        const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                       free_.size() == senders_.size() ? 1 : patience_ms);
        const auto now = Time::now();
        for (int i = 0; i < count; ++i) {
            auto& sender = *static_cast<Sender*>(events[static_cast<std::size_t>(i)].data.ptr);
            std::array<char, 4096> bytes{};
            const auto got = ::recv(sender.socket, bytes.data(), bytes.size(), 0);
            if (got <= 0) throw std::runtime_error("the service closed a connection");
            sender.got.append(bytes.data(), static_cast<std::size_t>(got));
            const int status = take_answer(sender.got);
            if (status == 0) continue;
            ++(status == 200 ? sending_.answered : sending_.refused);
            const std::chrono::duration<float, std::milli> wait = now - sender.due;
            sending_.waits_ms.push_back(wait.count());
            free_.push_back(&sender);
        }
    }

    const std::string& request_;
    int epoll_;
    std::vector<Sender> senders_;
    std::deque<Sender*> free_;
    Sending sending_;
};

}  // namespace

Sending send_hooks(std::uint16_t port, const std::string& request, unsigned connections,
                   unsigned per_second, std::chrono::seconds time) {
    return Senders(port, request, connections).run(per_second, time);
}

struct Crowd::Inside {
    std::uint16_t port;
    std::vector<int> idle, slow;
    std::mutex mutex;
    std::condition_variable_any changed;
    std::jthread thread;

    void run(const std::stop_token& stop) {
        constexpr std::string_view kBytes = "POST /hooks/callkeeper/x HTTP/1.1\r\nX-Long: ";
        std::unique_lock lock(mutex);
        for (std::size_t i = 0; !stop.stop_requested(); ++i) {
            const char byte = i < kBytes.size() ? kBytes[i] : 'x';
            for (int& socket : slow)
                if (::send(socket, &byte, 1, MSG_NOSIGNAL) != 1) {
                    ::close(socket);
                    socket = connected(port);
                }
            changed.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
        }
    }
};

Crowd::Crowd(std::uint16_t port, unsigned idle, unsigned slow)
    : inside_(std::make_unique<Inside>()) {
    inside_->port = port;
    for (unsigned i = 0; i < idle; ++i) inside_->idle.push_back(connected(port));
    for (unsigned i = 0; i < slow; ++i) inside_->slow.push_back(connected(port));
    inside_->thread =
        std::jthread([inside = inside_.get()](const std::stop_token& stop) { inside->run(stop); });
}

Crowd::~Crowd() {
    inside_->thread.request_stop();
    inside_->thread.join();
    for (const int socket : inside_->idle) ::close(socket);
    for (const int socket : inside_->slow) ::close(socket);
}

}  // namespace ringtail::bench
