#include "http/server.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cctype>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

#include "base/error.hpp"
#include "http/server_message.hpp"

namespace ringtail::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Strand = asio::strand<asio::io_context::executor_type>;
using Socket = asio::basic_stream_socket<tcp, Strand>;
using Stream = beast::basic_stream<tcp, Strand>;
using Parser = beast::http::request_parser<beast::http::string_body>;
using Failure = boost::system::error_code;

namespace {
class Session;
}

class ServerEngine : public std::enable_shared_from_this<ServerEngine> {
  public:
    ServerEngine(ServerOptions the_options, Handler the_handler, Logger& the_log)
        : options(std::move(the_options)),
          handler(std::move(the_handler)),
          log(the_log),
          acceptor_(asio::make_strand(io_)),
          pause_(acceptor_.get_executor()) {}

    void start();
    void stop();
    void add(Session* session);
    void remove(Session* session);
    // Runs `work` on the session's strand; nothing after stop(), so that no work is left behind in
    // the io_context.
    void post(const Strand& strand, std::function<void()> work);
    std::size_t connections() const {
        std::lock_guard lock(mutex_);
        return sessions_.size();
    }
    std::uint16_t port() const { return port_; }

    const ServerOptions options;
    const Handler handler;
    Logger& log;

  private:
    void accept();
    void accept_later();

    asio::io_context io_;
    asio::basic_socket_acceptor<tcp, Strand> acceptor_;
    asio::steady_timer pause_;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    std::set<Session*> sessions_;
    bool stopped_ = false;
    std::vector<std::jthread> threads_;
};

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

ServerRequest to_request(Parser& parser) {
    auto& message = parser.get();
    ServerRequest request;
    request.method = view(message.method_string());
    request.target = view(message.target());
    const auto question = request.target.find('?');
    request.path = request.target.substr(0, question);
    if (question != std::string::npos)
        request.query = parse_query(std::string_view(request.target).substr(question + 1));
    for (const auto& field : message)
        request.headers.emplace_back(lower(view(field.name_string())), view(field.value()));
    request.body = std::move(message.body());
    return request;
}

// One connection. Everything runs on its strand; the pending operation keeps it alive.
class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(std::shared_ptr<ServerEngine> engine, Socket socket, const Strand& strand)
        : engine_(std::move(engine)), strand_(strand), stream_(std::move(socket)), timer_(strand) {
        engine_->add(this);
    }
    ~Session() { engine_->remove(this); }

    void begin() {
        Failure ignored;
        stream_.socket().set_option(tcp::no_delay(true), ignored);
        read_next();
    }
    void close() {
        Failure ignored;
        timer_.cancel();
        stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
        stream_.close();
    }
    void answer(Answer answer);

    const std::shared_ptr<ServerEngine>& engine() const { return engine_; }
    const Strand& strand() const { return strand_; }

  private:
    void read_next();
    void read_request();
    void read_body();
    void handle();
    void refuse(Failure failure);
    void watch();
    void write_head();
    void write_slice();
    void write_piece();
    void finish();
    void cut();
    template <typename Next>
    auto then(Next next) {
        return [self = shared_from_this(), next](Failure failure, std::size_t) {
            if (failure) return self->close();
            (self.get()->*next)();
        };
    }

    std::shared_ptr<ServerEngine> engine_;
    Strand strand_;
    Stream stream_;
    asio::steady_timer timer_;
    beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    // Of the request under way.
    std::uint64_t number_ = 0;
    bool waiting_ = false;  // for an answer, or for its delay to pass
    bool gzip_offered_ = false, head_only_ = false, close_after_ = false, old_client_ = false;
    Answer answer_;
    Framing framing_ = Framing::length;
    std::string head_, piece_;
    std::size_t sent_ = 0;
};

}  // namespace

// Ends the connection when nobody answers.
struct Responder::Exchange {
    std::weak_ptr<Session> session;
    std::atomic<bool> answered{false};

    explicit Exchange(std::weak_ptr<Session> of) : session(std::move(of)) {}
    ~Exchange() {
        if (answered) return;
        if (const auto open = session.lock())
            open->engine()->post(open->strand(), [open] { open->close(); });
    }
    void send(Answer answer) {
        if (answered.exchange(true)) return;
        const auto open = session.lock();
        if (!open) return;
        if (open->strand().running_in_this_thread()) return open->answer(std::move(answer));
        auto kept = std::make_shared<Answer>(std::move(answer));
        open->engine()->post(open->strand(), [open, kept] { open->answer(std::move(*kept)); });
    }
};

void Responder::send(Answer answer) const { exchange_->send(std::move(answer)); }

namespace {

void Session::read_next() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(engine_->options.max_header_bytes));
    parser_->body_limit(engine_->options.max_body_bytes);
    if (buffer_.size() > 0) return read_request();
    stream_.expires_after(engine_->options.idle_timeout);
    stream_.async_read_some(buffer_.prepare(4096),
                            [self = shared_from_this()](Failure failure, std::size_t bytes) {
                                if (failure) return self->close();
                                self->buffer_.commit(bytes);
                                self->read_request();
                            });
}

void Session::read_request() {
    stream_.expires_after(engine_->options.read_timeout);
    beast::http::async_read_header(
        stream_, buffer_, *parser_, [self = shared_from_this()](Failure failure, std::size_t) {
            if (failure) return self->refuse(failure);
            if (self->parser_->is_done()) return self->handle();
            const auto expect = self->parser_->get()[beast::http::field::expect];
            if (lower(view(expect)) != "100-continue") return self->read_body();
            self->head_ = "HTTP/1.1 100 Continue\r\n\r\n";
            asio::async_write(self->stream_, asio::buffer(self->head_),
                              self->then(&Session::read_body));
        });
}

void Session::read_body() {
    beast::http::async_read(stream_, buffer_, *parser_,
                            [self = shared_from_this()](Failure failure, std::size_t) {
                                if (failure) return self->refuse(failure);
                                self->handle();
                            });
}

void Session::handle() {
    const auto& message = parser_->get();
    gzip_offered_ = offers_gzip(view(message[beast::http::field::accept_encoding]));
    head_only_ = message.method() == beast::http::verb::head;
    close_after_ = !message.keep_alive();
    old_client_ = message.version() < 11;
    ++number_;
    waiting_ = true;
    stream_.expires_never();
    Responder responder(std::make_shared<Responder::Exchange>(weak_from_this()));
    try {
        engine_->handler(to_request(*parser_), responder);
    } catch (const std::exception& error) {
        engine_->log.error(fmt::format(
            "http handler failed: {} {}: {}", view(message.method_string()),
            view(message.target()).substr(0, message.target().find('?')), error.what()));
        responder.send(error_answer(500));
    }
    if (waiting_) watch();
}

// Not a request we can take: say why, where the protocol has a word for it, and close.
void Session::refuse(Failure failure) {
    using beast::http::error;
    const bool malformed =
        failure.category() == beast::http::make_error_code(error::bad_method).category() &&
        failure != error::end_of_stream && failure != error::partial_message;
    if (!malformed) return close();
    close_after_ = true;
    gzip_offered_ = head_only_ = old_client_ = false;
    waiting_ = true;
    const bool long_head = failure == error::header_limit || failure == error::buffer_overflow;
    answer(error_answer(long_head ? 431 : failure == error::body_limit ? 413 : 400));
}

// While an answer is owed: notices that the client has gone, so that the connection does not stay
// behind.
void Session::watch() {
    stream_.socket().async_wait(
        tcp::socket::wait_read, [self = shared_from_this(), number = number_](Failure failure) {
            if (failure || number != self->number_ || !self->waiting_) return;
            char byte = 0;
            const auto got =
                ::recv(self->stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
            if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) self->close();
        });
}

void Session::answer(Answer answer) {
    if (!stream_.socket().is_open()) return;
    answer_ = std::move(answer);
    if (answer_.delivery.delay.count() <= 0) return write_head();
    timer_.expires_after(answer_.delivery.delay);
    timer_.async_wait([self = shared_from_this()](Failure failure) {
        if (!failure) self->write_head();
    });
}

void Session::write_head() {
    waiting_ = false;
    const auto& delivery = answer_.delivery;
    const bool honest = !delivery.cut_after && !delivery.announced_bytes;
    Head head;
    head.framing = !answer_.more ? Framing::length
                   : old_client_ ? Framing::until_close
                                 : Framing::chunked;
    head.varies = answer_.compress && honest && !answer_.more && engine_->options.gzip_level > 0 &&
                  answer_.body.size() >= engine_->options.gzip_min_bytes;
    head.gzipped = head.varies && gzip_offered_;
    if (head.gzipped) answer_.body = gzip(answer_.body, engine_->options.gzip_level);
    head.length = delivery.announced_bytes.value_or(answer_.body.size());
    if (!honest || head.framing == Framing::until_close) close_after_ = true;
    head.close = close_after_;
    framing_ = head.framing;
    head_ = head_text(answer_, head);
    if (framing_ == Framing::chunked && !answer_.body.empty())
        answer_.body = chunk_text(answer_.body);
    sent_ = 0;
    stream_.expires_after(engine_->options.write_timeout);
    if (head_only_ || answer_.status == 204 || answer_.status == 304)
        return asio::async_write(stream_, asio::buffer(head_), then(&Session::finish));
    if (delivery.cut_after || delivery.slice_bytes > 0)
        return asio::async_write(stream_, asio::buffer(head_), then(&Session::write_slice));
    const std::array<asio::const_buffer, 2> both{asio::buffer(head_), asio::buffer(answer_.body)};
    asio::async_write(stream_, both, then(answer_.more ? &Session::write_piece : &Session::finish));
}

void Session::write_slice() {
    const auto& delivery = answer_.delivery;
    const std::size_t end =
        std::min(answer_.body.size(), delivery.cut_after.value_or(answer_.body.size()));
    if (sent_ >= end) return delivery.cut_after ? cut() : answer_.more ? write_piece() : finish();
    const std::size_t size =
        delivery.slice_bytes > 0 ? std::min(delivery.slice_bytes, end - sent_) : end - sent_;
    const auto slice = asio::buffer(answer_.body.data() + sent_, size);
    const bool pause = sent_ > 0 && delivery.slice_pause.count() > 0;
    sent_ += size;
    const auto write = [self = shared_from_this(), slice] {
        self->stream_.expires_after(self->engine_->options.write_timeout);
        asio::async_write(self->stream_, slice, self->then(&Session::write_slice));
    };
    if (!pause) return write();
    stream_.expires_never();
    timer_.expires_after(delivery.slice_pause);
    timer_.async_wait([write](Failure failure) {
        if (!failure) write();
    });
}

void Session::write_piece() {
    if (!answer_.more) {
        if (framing_ != Framing::chunked) return finish();
        stream_.expires_after(engine_->options.write_timeout);
        return asio::async_write(stream_, asio::buffer(kLastChunk), then(&Session::finish));
    }
    piece_.clear();
    try {
        if (!answer_.more(piece_)) answer_.more = nullptr;
    } catch (const std::exception& error) {
        engine_->log.error(fmt::format("http answer broke off: {}", error.what()));
        return cut();  // the client must not take it for whole
    }
    if (piece_.empty()) return write_piece();
    if (framing_ == Framing::chunked) piece_ = chunk_text(piece_);
    stream_.expires_after(engine_->options.write_timeout);
    asio::async_write(stream_, asio::buffer(piece_), then(&Session::write_piece));
}

void Session::finish() {
    answer_ = Answer();
    if (close_after_) return close();
    read_next();
}

void Session::cut() {
    Failure ignored;
    if (answer_.delivery.cut == Delivery::Cut::reset) {
        stream_.socket().set_option(asio::socket_base::linger(true, 0), ignored);
        timer_.cancel();
        return stream_.close();
    }
    close();
}

}  // namespace

void ServerEngine::start() {
    Failure failure;
    const auto address = asio::ip::make_address_v4(options.address, failure);
    if (failure)
        throw Error(Fault::config,
                    fmt::format("cannot listen on \"{}\": not an IPv4 address", options.address));
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
    const auto strand = asio::make_strand(io_);
    acceptor_.async_accept(
        strand, [self = shared_from_this(), strand](Failure failure, Socket socket) {
            if (!self->acceptor_.is_open()) return;
            if (failure) return self->accept_later();
            if (self->connections() < self->options.max_connections) {
                const auto session = std::make_shared<Session>(self, std::move(socket), strand);
                self->post(strand, [session] { session->begin(); });
            }
            self->accept();
        });
}

// Out of file handles, most likely: to try again at once would only burn the processor.
void ServerEngine::accept_later() {
    pause_.expires_after(std::chrono::milliseconds(50));
    pause_.async_wait([self = shared_from_this()](Failure) {
        if (self->acceptor_.is_open()) self->accept();
    });
}

void ServerEngine::add(Session* session) {
    std::lock_guard lock(mutex_);
    sessions_.insert(session);
}

void ServerEngine::remove(Session* session) {
    std::lock_guard lock(mutex_);
    sessions_.erase(session);
}

void ServerEngine::post(const Strand& strand, std::function<void()> work) {
    std::lock_guard lock(mutex_);
    if (!stopped_) asio::post(strand, std::move(work));
}

// Everything pending is cancelled and runs out, after which the io_context is empty and its threads
// end.
void ServerEngine::stop() {
    std::vector<std::weak_ptr<Session>> open;
    {
        std::lock_guard lock(mutex_);
        stopped_ = true;
        for (Session* session : sessions_) open.push_back(session->weak_from_this());
    }
    asio::post(acceptor_.get_executor(), [this] {
        Failure ignored;
        acceptor_.close(ignored);
        pause_.cancel();
    });
    for (const auto& weak : open)
        if (const auto session = weak.lock())
            asio::post(session->strand(), [session] { session->close(); });
    open.clear();
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

std::size_t Server::connections() const { return engine_->connections(); }

}  // namespace ringtail::http
