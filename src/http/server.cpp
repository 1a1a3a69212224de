#include "http/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <exception>
#include <mutex>
#include <thread>

#include "base/error.hpp"
#include "http/session.hpp"

namespace ringtail::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using Strand = asio::strand<asio::io_context::executor_type>;
using Failure = boost::system::error_code;

class ServerEngine final : public SessionHost, public std::enable_shared_from_this<ServerEngine> {
  public:
    ServerEngine(ServerOptions the_options, Handler the_handler, Logger& the_log)
        : SessionHost(std::move(the_options), std::move(the_handler), the_log),
          acceptor_(asio::make_strand(io_)),
          pause_(acceptor_.get_executor()) {}

    void start();
    void stop();
    void unless_stopped(const std::function<void()>& post) override;
    std::uint16_t port() const { return port_; }

  private:
    void accept();
    void accept_later();
    bool make_room();

    asio::io_context io_;
    asio::basic_socket_acceptor<tcp, Strand> acceptor_;
    asio::steady_timer pause_;
    std::uint16_t port_ = 0;
    std::mutex mutex_;
    bool stopped_ = false;
    std::vector<std::jthread> threads_;
};

// Ends the connection when nobody answers.
struct Responder::Exchange {
    std::weak_ptr<Session> session;
    std::atomic<bool> answered{false};

    explicit Exchange(std::weak_ptr<Session> of) : session(std::move(of)) {}
    ~Exchange() {
        if (answered) return;
        if (const auto open = session.lock()) open->close_soon();
    }
    void send(Answer answer) {
        if (answered.exchange(true)) return;
        if (const auto open = session.lock()) open->answer(std::move(answer));
    }
};

Responder::Responder(std::weak_ptr<Session> session)
    : exchange_(std::make_shared<Exchange>(std::move(session))) {}

void Responder::send(Answer answer) const { exchange_->send(std::move(answer)); }

void ServerEngine::start() {
    Failure failure;
    const auto address = asio::ip::make_address(options.address, failure);
    if (failure)
        throw Error(Fault::config,
                    fmt::format("cannot listen on \"{}\": not an IP address", options.address));
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint, failure);
    if (!failure) acceptor_.listen(asio::socket_base::max_listen_connections, failure);
    if (failure)
        throw Error(Fault::config, fmt::format("cannot listen on {}:{}: {}", options.address,
                                               options.port, failure.message()))
            .with_hint("choose another port, or 0 for any free one");
    port_ = acceptor_.local_endpoint().port();
    accept();
    for (unsigned i = 0; i < std::max(1U, options.threads); ++i)
        threads_.emplace_back([this] { io_.run(); });
}

void ServerEngine::accept() {
    acceptor_.async_accept([self = shared_from_this()](Failure failure, auto socket) {
        if (!self->acceptor_.is_open()) return;
        if (failure) return self->accept_later();
        // One more than allowed for the moment in which the other one closes.
        if (self->book.size() < self->options.max_connections || self->make_room())
            make_session(self, self->io_, socket.release())->begin();
        self->accept();
    });
}

// Out of file handles, most likely: to try again at once would only burn the processor.
void ServerEngine::accept_later() {
    make_room();
    pause_.expires_after(std::chrono::milliseconds(50));
    pause_.async_wait([self = shared_from_this()](Failure) {
        if (self->acceptor_.is_open()) self->accept();
    });
}

// False when nobody can be spared.
bool ServerEngine::make_room() {
    const auto open = book.take_dispensable();
    if (open) open->close_unless_busy();
    return open != nullptr;
}

void ServerEngine::unless_stopped(const std::function<void()>& post) {
    std::lock_guard lock(mutex_);
    if (!stopped_) post();
}

// Everything pending is cancelled and runs out, after which the io_context is empty and its threads
// end.
void ServerEngine::stop() {
    {
        std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    for (const auto& session : book.all()) session->close_at_stop();
    asio::post(acceptor_.get_executor(), [this] {
        Failure ignored;
        acceptor_.close(ignored);
        pause_.cancel();
    });
    threads_.clear();
}

Server::Server(ServerOptions options, Handler handler, Logger& log)
    : engine_(std::make_shared<ServerEngine>(std::move(options), std::move(handler), log)) {
    engine_->start();
}

Server::~Server() try { engine_->stop(); } catch (...) {
    std::terminate();  // only when memory is out: the connections can then not be closed in order
}

std::uint16_t Server::port() const { return engine_->port(); }

std::size_t Server::connections() const { return engine_->book.size(); }

}  // namespace ringtail::http
