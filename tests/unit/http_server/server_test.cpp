#include "http/server.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <future>
#include <mutex>

#include "base/error.hpp"
#include "support/raw_http.hpp"

namespace ringtail::http {
namespace {

using test::fetch;
using test::RawClient;

constexpr auto kGet = "GET /x HTTP/1.1\r\nHost: x\r\n\r\n";

struct Running {
    explicit Running(Handler handler, ServerOptions options = {})
        : server(options, std::move(handler), *log) {}
    std::unique_ptr<Logger> log = make_null_logger();
    Server server;
    std::uint16_t port() const { return server.port(); }
};

Handler always(Answer answer) {
    return [answer = std::move(answer)](const ServerRequest&, const Responder& responder) {
        responder.send(answer);
    };
}

Answer with_body(std::string body) {
    Answer answer;
    answer.body = std::move(body);
    return answer;
}

std::string gunzip(const std::string& packed) {
    z_stream stream{};
    inflateInit2(&stream, 15 + 16);
    std::string out(1 << 20, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = inflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return result == Z_STREAM_END ? out : "not gzip";
}

TEST(HttpServer, HandsTheWholeRequestOver) {
    Running running([](const ServerRequest& request, const Responder& responder) {
        std::string seen = request.method + "|" + request.path + "|";
        seen.append(request.parameter("a").value_or("-"))
            .append("|")
            .append(request.parameter("b c").value_or("-"));
        seen.append("|")
            .append(request.peer)
            .append("|")
            .append(request.parameter("none").value_or("-"))
            .append("|");
        responder.send(with_body(
            seen.append(request.header("x-mark").value_or("-")).append("|").append(request.body)));
    });
    const auto reply = fetch(running.port(), "POST", "/p%20q?a=1%2B2+3&b%20c=%zz&a=other",
                             "the body", {"X-MARK: m"});
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "POST|/p%20q|1+2+3|%zz|127.0.0.1|-|m|the body");
    EXPECT_EQ(reply.headers.at("content-type"), "application/json; charset=utf-8");
}

TEST(HttpServer, KeepsConnectionsAliveAndAnswersPipelinedRequestsInOrder) {
    Running running([](const ServerRequest& request, const Responder& responder) {
        responder.send(with_body(request.path));
    });
    RawClient client(running.port());
    client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.read().body, "/1");
    EXPECT_EQ(client.read().body, "/2");
    client.send("GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(client.read().body, "/3");
    EXPECT_TRUE(client.at_end());
}

TEST(HttpServer, AnswersFromAnotherThreadLater) {
    std::promise<Responder> waiting;
    Running running(
        [&](const ServerRequest&, const Responder& responder) { waiting.set_value(responder); });
    RawClient client(running.port());
    client.send(kGet);
    const Responder responder = waiting.get_future().get();
    responder.send(with_body("first"));
    responder.send(with_body("second"));
    EXPECT_EQ(client.read().body, "first");
}

TEST(HttpServer, ClosesTheConnectionWhenNobodyAnswers) {
    Running running([](const ServerRequest&, const Responder&) {});
    const auto reply = fetch(running.port(), "GET", "/x");
    EXPECT_EQ(reply.status, 0);
}

TEST(HttpServer, AnExceptionOfTheHandlerIsA500) {
    Running running(
        [](const ServerRequest&, const Responder&) { throw std::runtime_error("secret"); });
    const auto reply = fetch(running.port(), "GET", "/x");
    EXPECT_EQ(reply.status, 500);
    EXPECT_EQ(reply.body.find("secret"), std::string::npos);
}

TEST(HttpServer, StopsWithRequestsUnderWay) {
    std::promise<Responder> waiting;
    auto running = std::make_unique<Running>(
        [&](const ServerRequest&, const Responder& responder) { waiting.set_value(responder); });
    RawClient client(running->port());
    client.send(kGet);
    const Responder late = waiting.get_future().get();
    running.reset();
    late.send(with_body("too late"));
    EXPECT_EQ(client.read().status, 0);
}

TEST(HttpServer, RefusesAPortThatIsTakenAndAnAddressThatIsNone) {
    Running running(always({}));
    ServerOptions same;
    same.port = running.port();
    try {
        Running second(always({}), same);
        FAIL() << "two servers on one port";
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::config);
        EXPECT_NE(std::string(error.what()).find(std::to_string(running.port())), std::string::npos)
            << error.what();
    }
    ServerOptions nowhere;
    nowhere.address = "example";
    EXPECT_THROW(Running(always({}), nowhere), Error);
}

TEST(HttpServer, LimitsHeaderBodyAndGarbage) {
    ServerOptions options;
    options.max_header_bytes = 1000;
    options.max_body_bytes = 100;
    Running running(always(with_body("ok")), options);
    EXPECT_EQ(fetch(running.port(), "GET", "/x", "", {"X-Long: " + std::string(2000, 'x')}).status,
              431);
    EXPECT_EQ(fetch(running.port(), "POST", "/x", std::string(200, 'x')).status, 413);
    EXPECT_EQ(fetch(running.port(), "POST", "/x", std::string(100, 'x')).status, 200);
    RawClient client(running.port());
    client.send("what is this\r\n\r\n");
    EXPECT_EQ(client.read().status, 400);
    EXPECT_TRUE(client.at_end());
}

TEST(HttpServer, ClosesConnectionsThatSendNothingOrTooSlowly) {
    ServerOptions options;
    options.idle_timeout = std::chrono::milliseconds(20);
    options.read_timeout = std::chrono::milliseconds(20);
    Running running(always(with_body("ok")), options);
    RawClient idle(running.port()), slow(running.port());
    slow.send("GET /x HTTP/1.1\r\nHos");
    EXPECT_TRUE(idle.at_end());
    EXPECT_TRUE(slow.at_end());
}

TEST(HttpServer, CompressesForWhoOffersIt) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "{\"n\":" + std::to_string(i) + "}";
    Running running(always(with_body(text)));
    const auto packed = fetch(running.port(), "GET", "/x", "", {"Accept-Encoding: br, gzip;q=0.5"});
    EXPECT_EQ(packed.headers.at("content-encoding"), "gzip");
    EXPECT_EQ(packed.headers.at("vary"), "Accept-Encoding");
    EXPECT_EQ(gunzip(packed.body), text);
    EXPECT_EQ(fetch(running.port(), "GET", "/x").body, text);
    EXPECT_EQ(fetch(running.port(), "GET", "/x", "", {"Accept-Encoding: gzip;q=0"}).body, text);
}

TEST(HttpServer, SendsABodyPieceByPiece) {
    Running running([](const ServerRequest&, const Responder& responder) {
        Answer answer = with_body("start,");
        answer.more = [n = 0](std::string& piece) mutable {
            piece += std::to_string(++n) + ",";
            return n < 3;
        };
        responder.send(std::move(answer));
    });
    const auto reply = fetch(running.port(), "GET", "/x");
    EXPECT_EQ(reply.body, "start,1,2,3,");
    EXPECT_TRUE(reply.whole);
    RawClient old(running.port());
    old.send("GET /x HTTP/1.0\r\n\r\n");
    EXPECT_EQ(old.read().body, "start,1,2,3,");
}

TEST(HttpServer, ABodyThatBreaksOffDoesNotLookWhole) {
    Answer answer;
    answer.more = [n = 0](std::string& piece) mutable -> bool {
        if (++n == 3) throw std::runtime_error("no more");
        piece = "part";
        return true;
    };
    Running running(always(answer));
    const auto reply = fetch(running.port(), "GET", "/x");
    EXPECT_EQ(reply.status, 200);
    EXPECT_FALSE(reply.whole);
}

TEST(HttpServer, AnswersHeadWithoutABodyAndContinueWhenAsked) {
    Running running(always(with_body("12345")));
    const auto head = fetch(running.port(), "HEAD", "/x");
    EXPECT_EQ(head.headers.at("content-length"), "5");
    RawClient client(running.port());
    client.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read().status, 100);
    client.send("abc");
    EXPECT_EQ(client.read().body, "12345");
}

TEST(HttpServer, MisbehavesWhenToldTo) {
    const std::string text(10'000, 'x');
    Answer slow = with_body(text), reset = with_body(text), closed = with_body(text),
           lie = with_body(text), late = with_body(text);
    slow.delivery.slice_bytes = 999;
    slow.delivery.slice_pause = std::chrono::milliseconds(1);
    reset.delivery.cut_after = 4000;
    closed.delivery.cut_after = 4000;
    closed.delivery.cut = Delivery::Cut::close;
    lie.delivery.announced_bytes = 20'000;
    late.delivery.delay = std::chrono::milliseconds(5);
    Running running([&](const ServerRequest& request, const Responder& responder) {
        responder.send(request.path == "/slow"     ? slow
                       : request.path == "/reset"  ? reset
                       : request.path == "/closed" ? closed
                       : request.path == "/lie"    ? lie
                                                   : late);
    });
    const std::vector<std::string> gzip{"Accept-Encoding: gzip"};
    EXPECT_EQ(fetch(running.port(), "GET", "/slow").body, text);
    EXPECT_EQ(fetch(running.port(), "GET", "/late").body, text);
    const auto cut = fetch(running.port(), "GET", "/reset", "", gzip);
    EXPECT_FALSE(cut.whole);
    EXPECT_TRUE(cut.reset);
    EXPECT_EQ(cut.headers.at("content-length"), "10000");
    const auto ended = fetch(running.port(), "GET", "/closed", "", gzip);
    EXPECT_EQ(ended.body.size(), 4000U);
    EXPECT_FALSE(ended.reset);
    const auto lied = fetch(running.port(), "GET", "/lie", "", gzip);
    EXPECT_EQ(lied.headers.at("content-length"), "20000");
    EXPECT_EQ(lied.body, text);
    EXPECT_FALSE(lied.whole);
}

TEST(HttpServer, LetsGoWhenTheClientLeavesBeforeTheAnswer) {
    std::promise<void> asked, left;
    Answer never;
    never.delivery.delay = std::chrono::hours(1);
    never.hold = std::shared_ptr<void>(nullptr, [&](void*) { left.set_value(); });
    Running running([&](const ServerRequest&, const Responder& responder) {
        responder.send(std::move(never));
        asked.set_value();
    });
    RawClient client(running.port());
    client.send(kGet);
    asked.get_future().wait();
    client.reset();
    left.get_future().wait();  // or the test's time runs out
}

TEST(HttpServer, AHeaderCannotSmuggleLines) {
    Answer answer = with_body("ok");
    answer.headers.emplace_back("X-Note", "a\r\nSet-Cookie: x=1");
    Running running(always(answer));
    EXPECT_FALSE(fetch(running.port(), "GET", "/x").headers.contains("set-cookie"));
}

}  // namespace
}  // namespace ringtail::http
