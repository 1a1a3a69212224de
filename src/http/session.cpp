#include "http/session.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
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
#include <cerrno>
#include <exception>

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
using Waits = ConnectionBook::Waits;

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

tcp protocol_of(int socket) {
    int family = AF_INET;
    socklen_t size = sizeof family;
    ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &size);
    return family == AF_INET6 ? tcp::v6() : tcp::v4();
}

std::string peer_of(int socket) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    std::array<char, NI_MAXHOST> text{};
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0 ||
        ::getnameinfo(reinterpret_cast<sockaddr*>(&peer), size, text.data(), text.size(), nullptr,
                      0, NI_NUMERICHOST) != 0)
        return {};
    return text.data();
}

ServerRequest to_request(Parser& parser, const std::string& peer) {
    auto& message = parser.get();
    ServerRequest request;
    request.peer = peer;
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

// Everything runs on its strand; the pending operation keeps it alive.
class Connection final : public Session {
  public:
    Connection(std::shared_ptr<SessionHost> host, const Strand& strand, int socket)
        : host_(std::move(host)),
          strand_(strand),
          stream_(Socket(strand, protocol_of(socket), socket)),
          timer_(strand) {
        host_->book.add(*this);
    }
    ~Connection() override { host_->book.remove(*this); }

    void begin() override;
    void close_soon() override {
        post([](Connection& self) { self.close(); });
    }
    void close_at_stop() override {
        asio::post(strand_, [self = self()] { self->close(); });
    }
    void close_unless_busy() override {
        post([](Connection& self) {
            if (self.waits_ != Waits::no) self.close();
        });
    }
    void answer(Answer answer) override;

  private:
    template <typename Work>
    void post(Work work) {
        host_->unless_stopped([&] {
            asio::post(strand_,
                       [self = this->self(), work = std::move(work)]() mutable { work(*self); });
        });
    }
    std::shared_ptr<Connection> self() {
        return std::static_pointer_cast<Connection>(shared_from_this());
    }
    void set_waits(Waits what) {
        waits_ = what;
        host_->book.waits(*this, what);
    }
    void close();
    void take(Answer answer);
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
        return [self = self(), next](Failure failure, std::size_t) {
            if (failure) return self->close();
            (self.get()->*next)();
        };
    }

    std::shared_ptr<SessionHost> host_;
    Strand strand_;
    Stream stream_;
    asio::steady_timer timer_;
    beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    std::string peer_;
    Waits waits_ = Waits::idle;
    // Of the request under way.
    std::uint64_t number_ = 0;
    bool waiting_ = false;  // for an answer, or for its delay to pass
    bool gzip_offered_ = false, head_only_ = false, close_after_ = false, old_client_ = false;
    Answer answer_;
    Framing framing_ = Framing::length;
    std::string head_, piece_;
    std::size_t sent_ = 0;
};

void Connection::begin() {
    peer_ = peer_of(stream_.socket().native_handle());
    post([](Connection& self) {
        Failure ignored;
        self.stream_.socket().set_option(tcp::no_delay(true), ignored);
        self.read_next();
    });
}

void Connection::close() {
    Failure ignored;
    timer_.cancel();
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.close();
}

void Connection::read_next() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(host_->options.max_header_bytes));
    parser_->body_limit(host_->options.max_body_bytes);
    if (buffer_.size() > 0) return read_request();
    set_waits(Waits::idle);
    stream_.expires_after(host_->options.idle_timeout);
    stream_.async_read_some(buffer_.prepare(4096),
                            [self = self()](Failure failure, std::size_t bytes) {
                                if (failure) return self->close();
                                self->buffer_.commit(bytes);
                                self->read_request();
                            });
}

void Connection::read_request() {
    set_waits(Waits::receiving);
    stream_.expires_after(host_->options.read_timeout);
    beast::http::async_read_header(
        stream_, buffer_, *parser_, [self = self()](Failure failure, std::size_t) {
            if (failure) return self->refuse(failure);
            if (self->parser_->is_done()) return self->handle();
            const auto expect = self->parser_->get()[beast::http::field::expect];
            if (lower(view(expect)) != "100-continue") return self->read_body();
            self->head_ = "HTTP/1.1 100 Continue\r\n\r\n";
            asio::async_write(self->stream_, asio::buffer(self->head_),
                              self->then(&Connection::read_body));
        });
}

void Connection::read_body() {
    beast::http::async_read(stream_, buffer_, *parser_,
                            [self = self()](Failure failure, std::size_t) {
                                if (failure) return self->refuse(failure);
                                self->handle();
                            });
}

void Connection::handle() {
    const auto& message = parser_->get();
    gzip_offered_ = offers_gzip(view(message[beast::http::field::accept_encoding]));
    head_only_ = message.method() == beast::http::verb::head;
    close_after_ = !message.keep_alive();
    old_client_ = message.version() < 11;
    ++number_;
    waiting_ = true;
    set_waits(Waits::no);
    stream_.expires_never();
    Responder responder(weak_from_this());
    try {
        host_->handler(to_request(*parser_, peer_), responder);
    } catch (const std::exception& error) {
        host_->log.error(fmt::format(
            "http handler failed: {} {}: {}", view(message.method_string()),
            view(message.target()).substr(0, message.target().find('?')), error.what()));
        responder.send(error_answer(500));
    }
    if (waiting_) watch();
}

// Not a request we can take: say why, where the protocol has a word for it, and close.
void Connection::refuse(Failure failure) {
    using beast::http::error;
    const bool malformed =
        failure.category() == beast::http::make_error_code(error::bad_method).category() &&
        failure != error::end_of_stream && failure != error::partial_message;
    if (!malformed) return close();
    close_after_ = true;
    gzip_offered_ = head_only_ = old_client_ = false;
    waiting_ = true;
    set_waits(Waits::no);
    const bool long_head = failure == error::header_limit || failure == error::buffer_overflow;
    take(error_answer(long_head ? 431 : failure == error::body_limit ? 413 : 400));
}

// While an answer is owed: notices that the client has gone, so that the connection does not stay
// behind.
void Connection::watch() {
    stream_.socket().async_wait(
        tcp::socket::wait_read, [self = self(), number = number_](Failure failure) {
            if (failure || number != self->number_ || !self->waiting_) return;
            char byte = 0;
            const auto got =
                ::recv(self->stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
            if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) self->close();
        });
}

void Connection::answer(Answer answer) {
    if (strand_.running_in_this_thread()) return take(std::move(answer));
    auto kept = std::make_shared<Answer>(std::move(answer));
    post([kept](Connection& self) { self.take(std::move(*kept)); });
}

void Connection::take(Answer answer) {
    if (!stream_.socket().is_open()) return;
    answer_ = std::move(answer);
    if (answer_.delivery.delay.count() <= 0) return write_head();
    timer_.expires_after(answer_.delivery.delay);
    timer_.async_wait([self = self()](Failure failure) {
        if (!failure) self->write_head();
    });
}

void Connection::write_head() {
    waiting_ = false;
    const auto& delivery = answer_.delivery;
    const bool honest = !delivery.cut_after && !delivery.announced_bytes;
    Head head;
    head.framing = !answer_.more ? Framing::length
                   : old_client_ ? Framing::until_close
                                 : Framing::chunked;
    head.varies = answer_.compress && honest && !answer_.more && host_->options.gzip_level > 0 &&
                  answer_.body.size() >= host_->options.gzip_min_bytes;
    head.gzipped = head.varies && gzip_offered_;
    if (head.gzipped) answer_.body = gzip(answer_.body, host_->options.gzip_level);
    head.length = delivery.announced_bytes.value_or(answer_.body.size());
    if (!honest || head.framing == Framing::until_close) close_after_ = true;
    head.close = close_after_;
    framing_ = head.framing;
    head_ = head_text(answer_, head);
    if (framing_ == Framing::chunked && !answer_.body.empty())
        answer_.body = chunk_text(answer_.body);
    sent_ = 0;
    stream_.expires_after(host_->options.write_timeout);
    if (head_only_ || answer_.status == 204 || answer_.status == 304)
        return asio::async_write(stream_, asio::buffer(head_), then(&Connection::finish));
    if (delivery.cut_after || delivery.slice_bytes > 0)
        return asio::async_write(stream_, asio::buffer(head_), then(&Connection::write_slice));
    const std::array<asio::const_buffer, 2> both{asio::buffer(head_), asio::buffer(answer_.body)};
    asio::async_write(stream_, both,
                      then(answer_.more ? &Connection::write_piece : &Connection::finish));
}

void Connection::write_slice() {
    const auto& delivery = answer_.delivery;
    const std::size_t end =
        std::min(answer_.body.size(), delivery.cut_after.value_or(answer_.body.size()));
    if (sent_ >= end) return delivery.cut_after ? cut() : answer_.more ? write_piece() : finish();
    const std::size_t size =
        delivery.slice_bytes > 0 ? std::min(delivery.slice_bytes, end - sent_) : end - sent_;
    const auto slice = asio::buffer(answer_.body.data() + sent_, size);
    const bool pause = sent_ > 0 && delivery.slice_pause.count() > 0;
    sent_ += size;
    const auto write = [self = self(), slice] {
        self->stream_.expires_after(self->host_->options.write_timeout);
        asio::async_write(self->stream_, slice, self->then(&Connection::write_slice));
    };
    if (!pause) return write();
    stream_.expires_never();
    timer_.expires_after(delivery.slice_pause);
    timer_.async_wait([write](Failure failure) {
        if (!failure) write();
    });
}

void Connection::write_piece() {
    if (!answer_.more) {
        if (framing_ != Framing::chunked) return finish();
        stream_.expires_after(host_->options.write_timeout);
        return asio::async_write(stream_, asio::buffer(kLastChunk), then(&Connection::finish));
    }
    piece_.clear();
    try {
        if (!answer_.more(piece_)) answer_.more = nullptr;
    } catch (const std::exception& error) {
        host_->log.error(fmt::format("http answer broke off: {}", error.what()));
        return cut();  // the client must not take it for whole
    }
    if (piece_.empty()) return write_piece();
    if (framing_ == Framing::chunked) piece_ = chunk_text(piece_);
    stream_.expires_after(host_->options.write_timeout);
    asio::async_write(stream_, asio::buffer(piece_), then(&Connection::write_piece));
}

void Connection::finish() {
    answer_ = Answer();
    if (close_after_) return close();
    read_next();
}

void Connection::cut() {
    Failure ignored;
    if (answer_.delivery.cut == Delivery::Cut::reset) {
        stream_.socket().set_option(asio::socket_base::linger(true, 0), ignored);
        timer_.cancel();
        return stream_.close();
    }
    close();
}

}  // namespace

std::shared_ptr<Session> make_session(std::shared_ptr<SessionHost> host, asio::io_context& io,
                                      int socket) {
    return std::make_shared<Connection>(std::move(host), asio::make_strand(io), socket);
}

}  // namespace ringtail::http
