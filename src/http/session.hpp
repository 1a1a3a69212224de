#pragma once
#include <functional>
#include <memory>

#include "http/connection_book.hpp"
#include "http/server.hpp"

namespace boost::asio {
class io_context;
}

namespace ringtail::http {

// What a server's connections share.
struct SessionHost {
    SessionHost(ServerOptions the_options, Handler the_handler, Logger& the_log)
        : options(std::move(the_options)), handler(std::move(the_handler)), log(the_log) {}
    SessionHost(const SessionHost&) = delete;
    SessionHost& operator=(const SessionHost&) = delete;
    virtual ~SessionHost() = default;

    // Runs `post` now; not at all once the server stops, so that no work is left behind.
    virtual void unless_stopped(const std::function<void()>& post) = 0;

    const ServerOptions options;
    const Handler handler;
    Logger& log;
    ConnectionBook book;
};

// One connection: reads requests, hands them over, writes the answers, one after the other. Lives
// as long as an operation of it is under way. All calls may be made from any thread and return at
// once.
class Session : public std::enable_shared_from_this<Session> {
  public:
    virtual ~Session() = default;
    virtual void begin() = 0;
    virtual void close_soon() = 0;
    virtual void close_at_stop() = 0;        // the same, also when the server stops already
    virtual void close_unless_busy() = 0;    // not when the client waits for an answer
    virtual void answer(Answer answer) = 0;  // to the request that was handed over last
};

// Takes over the connected socket.
std::shared_ptr<Session> make_session(std::shared_ptr<SessionHost> host,
                                      boost::asio::io_context& io, int socket);

}  // namespace ringtail::http
