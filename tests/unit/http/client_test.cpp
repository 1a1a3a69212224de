#include "http/client.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <mutex>

#include "base/error.hpp"
#include "http/gzip.hpp"
#include "loopback_server.hpp"

namespace ringtail::http {
namespace {

using std::chrono::milliseconds;
using test::Gate;
using test::LoopbackServer;
using test::Reply;
using test::Seen;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Keeps what was written.
class ListLogger final : public Logger {
  public:
    void write(LogLevel, std::string_view message) override {
        std::lock_guard lock(mutex_);
        lines_ += std::string(message) + "\n";
    }
    std::string lines() const {
        std::lock_guard lock(mutex_);
        return lines_;
    }

  private:
    mutable std::mutex mutex_;
    std::string lines_;
};

ClientOptions quick() {
    ClientOptions options;
    options.first_pause = milliseconds(1);
    options.last_pause = milliseconds(4);
    return options;
}

Request get(std::string url) {
    Request request;
    request.url = std::move(url);
    return request;
}

// The n-th request gets the n-th reply; the last one again and again.
LoopbackServer::Handler script(std::vector<Reply> replies) {
    auto next = std::make_shared<std::atomic<std::size_t>>(0);
    return [replies = std::move(replies), next](const Seen&, const std::stop_token&) {
        return replies[std::min(next->fetch_add(1), replies.size() - 1)];
    };
}

Reply reply(int status, std::string body = {}, std::vector<std::string> headers = {}) {
    Reply r;
    r.status = status;
    r.body = std::move(body);
    r.headers = std::move(headers);
    return r;
}

Error error_of(std::future<Response> future) {
    try {
        future.get();
    } catch (const Error& error) {
        return error;
    }
    return {Fault::bug, "no error at all"};
}

class ClientTest : public testing::Test {
  protected:
    ListLogger log_;
};

TEST_F(ClientTest, DeliversStatusHeadersAndBody) {
    LoopbackServer server(
        script({reply(200, "hello", {"X-Odd:  Blanks around \t", "x-two: 1", "X-Two: 2"})}));
    Client client(quick(), log_);
    const Response response = client.start(get(server.url("/a?b=c"))).get();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "hello");
    EXPECT_EQ(response.headers.at("x-odd"), "Blanks around");
    EXPECT_EQ(response.headers.at("x-two"), "2");
    EXPECT_EQ(server.seen().at(0).target(), "/a?b=c");
    EXPECT_EQ(client.stats().requests, 1U);
    EXPECT_EQ(client.stats().bytes, 5U);
}

TEST_F(ClientTest, ReusesItsConnection) {
    LoopbackServer server(script({reply(200, "x")}));
    Client client(quick(), log_);
    for (int i = 0; i < 20; ++i) client.start(get(server.url("/"))).get();
    EXPECT_EQ(server.connections(), 1);
    EXPECT_EQ(server.seen().size(), 20U);
}

TEST_F(ClientTest, OpensNoMoreConnectionsThanItKeeps) {
    std::barrier together(8);
    LoopbackServer server([&](const Seen&, const std::stop_token&) {
        together.arrive_and_wait();
        return reply(200);
    });
    ClientOptions options = quick();
    options.max_in_flight = 8;
    Client client(options, log_);
    for (int round = 0; round < 5; ++round) {
        std::vector<std::future<Response>> futures;
        for (int i = 0; i < 8; ++i) futures.push_back(client.start(get(server.url("/"))));
        for (auto& future : futures) future.get();
    }
    EXPECT_EQ(server.connections(), 8);
}

TEST_F(ClientTest, SendsMethodBodyAndHeadersAsGiven) {
    LoopbackServer server(script({reply(200)}));
    Client client(quick(), log_);
    Request post;
    post.method = "POST";
    post.url = server.url("/ids");
    post.headers = {"Authorization: Bearer t0ken", "Content-Type: application/json"};
    post.body = std::string("[\"a\0b\"]", 7);
    client.start(post).get();
    client.start(get(server.url("/plain"))).get();  // the same handle
    Request remove = get(server.url("/gone"));
    remove.method = "DELETE";
    client.start(remove).get();
    post.headers.clear();
    post.body.clear();
    client.start(post).get();
    Request put = post;
    put.method = "PUT";
    put.body = "x";
    client.start(put).get();
    const auto seen = server.seen();
    ASSERT_EQ(seen.size(), 5U);
    EXPECT_THAT(seen[0].head, HasSubstr("POST /ids HTTP/1.1"));
    EXPECT_EQ(seen[0].body, std::string("[\"a\0b\"]", 7));
    EXPECT_TRUE(seen[0].has_line("Authorization: Bearer t0ken"));
    EXPECT_TRUE(seen[0].has_line("Content-Type: application/json"));
    EXPECT_TRUE(seen[0].has_line("Accept-Encoding: gzip"));
    EXPECT_THAT(seen[1].head,
                AllOf(HasSubstr("GET /plain"), Not(HasSubstr("Authorization")),
                      Not(HasSubstr("Content-")), HasSubstr("User-Agent: ringtail/")));
    EXPECT_THAT(seen[2].head, HasSubstr("DELETE /gone"));
    EXPECT_THAT(seen[3].head, AllOf(HasSubstr("POST /ids"), HasSubstr("Content-Length: 0"),
                                    Not(HasSubstr("Content-Type")), Not(HasSubstr("Expect"))));
    EXPECT_THAT(seen[4].head, HasSubstr("PUT /ids"));
    EXPECT_EQ(seen[4].body, "x");
}

TEST_F(ClientTest, LaterRequestsMayFinishFirst) {
    Gate gate;
    LoopbackServer server([&](const Seen& seen, const std::stop_token& stop) {
        if (seen.target() == "/slow") gate.wait(stop);
        return reply(200, seen.target());
    });
    Client client(quick(), log_);
    auto slow = client.start(get(server.url("/slow")));
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(client.start(get(server.url("/fast"))).get().body, "/fast");
    EXPECT_EQ(slow.wait_for(milliseconds(0)), std::future_status::timeout);
    gate.open();
    EXPECT_EQ(slow.get().body, "/slow");
}

TEST_F(ClientTest, AsManyInFlightAsAllowedAndNeverMore) {
    constexpr unsigned kMost = 6;
    std::atomic<unsigned> active{0}, highest{0};
    std::barrier together(kMost);  // only passed when so many are under way at once
    LoopbackServer server([&](const Seen&, const std::stop_token&) {
        const unsigned now = ++active;
        unsigned before = highest;
        while (before < now && !highest.compare_exchange_weak(before, now)) {
        }
        together.arrive_and_wait();
        --active;
        return reply(200);
    });
    ClientOptions options = quick();
    options.max_in_flight = kMost;
    Client client(options, log_);
    std::vector<std::future<Response>> futures;
    for (unsigned i = 0; i < 10 * kMost; ++i) futures.push_back(client.start(get(server.url("/"))));
    for (auto& future : futures) EXPECT_EQ(future.get().status, 200);
    EXPECT_EQ(highest, kMost);
}

TEST_F(ClientTest, StartsInTheOrderOfAsking) {
    LoopbackServer server(script({reply(200)}));
    ClientOptions options = quick();
    options.max_in_flight = 1;
    Client client(options, log_);
    std::vector<std::future<Response>> futures;
    for (int i = 0; i < 30; ++i)
        futures.push_back(client.start(get(server.url("/" + std::to_string(i)))));
    for (auto& future : futures) future.get();
    const auto seen = server.seen();
    for (std::size_t i = 0; i < 30; ++i) EXPECT_EQ(seen[i].target(), "/" + std::to_string(i));
}

TEST_F(ClientTest, RepeatsAfter500) {
    LoopbackServer server(
        script({reply(500), reply(502), reply(408), reply(425), reply(200, "fine")}));
    Client client(quick(), log_);
    EXPECT_EQ(client.start(get(server.url("/"))).get().body, "fine");
    EXPECT_EQ(client.stats().requests, 5U);
    EXPECT_EQ(client.stats().retries, 4U);
    EXPECT_EQ(client.stats().throttled, 0U);
}

TEST_F(ClientTest, GivesUpWithStatusPathAndBodyButNoSecrets) {
    LoopbackServer server(script({reply(500, "Trouble\x01\xff here " + std::string(300, 'x'))}));
    ClientOptions options = quick();
    options.attempts = 3;
    Client client(options, log_);
    Request request = get(server.url("/api/list?token=QUERYSECRET&x=1"));
    request.headers = {"Authorization: Bearer HEADERSECRET"};
    const Error error = error_of(client.start(request));
    EXPECT_EQ(error.fault(), Fault::transient);
    EXPECT_THAT(error.what(),
                HasSubstr("GET /api/list: after 3 attempts the server still answers 500: "
                          "Trouble   here xxx"));
    EXPECT_THAT(error.what(), Not(HasSubstr("SECRET")));
    EXPECT_LT(std::string(error.what()).size(), 300U);
    EXPECT_EQ(server.seen().size(), 3U);
    EXPECT_THAT(log_.lines(), AllOf(HasSubstr("method=GET path=/api/list status=500 ms="),
                                    HasSubstr("bytes=315"), Not(HasSubstr("SECRET"))));
}

TEST_F(ClientTest, DeliversFinalAnswersAtOnce) {
    for (const int status : {201, 204, 301, 400, 401, 404, 409, 410, 422}) {
        LoopbackServer server(script({reply(status, "", {"Location: /elsewhere"}), reply(200)}));
        Client client(quick(), log_);
        EXPECT_EQ(client.start(get(server.url("/"))).get().status, status);
        EXPECT_EQ(server.seen().size(), 1U) << status;
    }
}

TEST_F(ClientTest, Repeats403TwiceThenDeliversIt) {
    LoopbackServer server(script({reply(403, "403 - Forbidden")}));
    Client client(quick(), log_);
    const Response response = client.start(get(server.url("/"))).get();
    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(response.body, "403 - Forbidden");
    EXPECT_EQ(server.seen().size(), 3U);

    LoopbackServer hiccup(script({reply(403), reply(200, "in")}));
    EXPECT_EQ(client.start(get(hiccup.url("/"))).get().body, "in");
}

TEST_F(ClientTest, OnceIsOneAttemptWhateverIsAnswered) {
    for (const int status : {200, 403, 408, 429, 500, 503}) {
        LoopbackServer server(script({reply(status, "why"), reply(200)}));
        Client client(quick(), log_);
        Request request = get(server.url("/"));
        request.once = true;
        const Response response = client.start(request).get();
        EXPECT_EQ(response.status, status);
        EXPECT_EQ(response.body, "why");
        EXPECT_EQ(server.seen().size(), 1U) << status;
    }
    Reply cut = reply(200, "half");
    cut.claimed_length = 100;
    cut.end = Reply::End::close;
    LoopbackServer server(script({cut, reply(200)}));
    Client client(quick(), log_);
    Request request = get(server.url("/"));
    request.once = true;
    EXPECT_EQ(error_of(client.start(request)).fault(), Fault::transient);
    EXPECT_EQ(server.seen().size(), 1U);
}

TEST_F(ClientTest, ThrottlingIsNotCounted) {
    std::vector<Reply> replies(10, reply(429, "", {"Retry-After: 0"}));
    replies.push_back(reply(503, "", {"Retry-After: 0"}));
    replies.push_back(reply(429));
    replies.push_back(reply(200, "at last"));
    LoopbackServer server(script(replies));
    ClientOptions options = quick();
    options.attempts = 1;
    Client client(options, log_);
    EXPECT_EQ(client.start(get(server.url("/"))).get().body, "at last");
    EXPECT_EQ(client.stats().throttled, 12U);
    EXPECT_EQ(client.stats().in_flight_limit, 2U);  // fell to 1, then one success
}

TEST_F(ClientTest, WaitsAsLongAsTheServerAsks) {
    LoopbackServer server(script({reply(429, "", {"Retry-After: 1"}), reply(200)}));
    Client client(quick(), log_);
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(client.start(get(server.url("/"))).get().status, 200);
    // Not a matter of speed: an earlier second request would break the server's rule.
    EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::seconds(1));
}

TEST_F(ClientTest, NothingNewIsStartedWhileTheServerWantsQuiet) {
    Gate second_asked;
    LoopbackServer server([&, first = std::make_shared<std::atomic<bool>>(true)](
                              const Seen&, const std::stop_token& stop) {
        if (first->exchange(false)) {
            second_asked.wait(stop);
            return reply(429, "", {"Retry-After: 1"});
        }
        return reply(200);
    });
    ClientOptions options = quick();
    options.max_in_flight = 1;
    Client client(options, log_);
    auto first = client.start(get(server.url("/first")));
    auto second = client.start(get(server.url("/second")));
    second_asked.open();
    const auto before = std::chrono::steady_clock::now();
    second.get();
    EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds(900));
    first.get();
    const auto seen = server.seen();
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_EQ(seen[1].target(), "/first");  // what is repeated goes before what is new
    EXPECT_EQ(seen[2].target(), "/second");
}

TEST_F(ClientTest, AServerThatAsksForTooMuchPatienceIsLeftToTheCaller) {
    LoopbackServer server(script({reply(503, "closed", {"Retry-After: 3600"})}));
    Client client(quick(), log_);
    const Error error = error_of(client.start(get(server.url("/x"))));
    EXPECT_EQ(error.fault(), Fault::throttled);
    EXPECT_EQ(error.retry_after(), std::chrono::hours(1));
    EXPECT_THAT(error.what(), AllOf(HasSubstr("GET /x"), HasSubstr("503"), HasSubstr("closed")));
    EXPECT_EQ(server.seen().size(), 1U);
}

TEST_F(ClientTest, ATruncatedBodyIsAFailedAttempt) {
    Reply cut = reply(200, "only a pa");
    cut.claimed_length = 20;
    cut.end = Reply::End::close;
    LoopbackServer server(script({cut, cut, reply(200, "the whole body")}));
    Client client(quick(), log_);
    EXPECT_EQ(client.start(get(server.url("/"))).get().body, "the whole body");
    EXPECT_EQ(client.stats().retries, 2U);
}

TEST_F(ClientTest, AResetIsAFailedAttempt) {
    Reply reset = reply(200, "only a pa");
    reset.claimed_length = 20;
    reset.end = Reply::End::reset;
    Reply mute = reset;
    mute.silent = true;
    LoopbackServer server(script({reset, mute, reset, reply(200, "ok")}));
    Client client(quick(), log_);
    Request request = get(server.url("/"));
    request.method = "POST";
    request.body = "body";
    EXPECT_EQ(client.start(request).get().body, "ok");
    for (const auto& seen : server.seen()) EXPECT_EQ(seen.body, "body");

    LoopbackServer always(script({reset}));
    const Error error = error_of(client.start(get(always.url("/p?q=1"))));
    EXPECT_EQ(error.fault(), Fault::transient);
    EXPECT_THAT(error.what(), HasSubstr("GET /p: after 6 attempts: "));
}

TEST_F(ClientTest, NobodyListening) {
    std::string url;
    {
        const LoopbackServer gone(script({reply(200)}));
        url = gone.url("/x");
    }
    Client client(quick(), log_);
    const Error error = error_of(client.start(get(url)));
    EXPECT_EQ(error.fault(), Fault::transient);
    EXPECT_THAT(error.what(), HasSubstr("connect"));
    EXPECT_EQ(client.stats().requests, 6U);
}

TEST_F(ClientTest, AFailedCheckIsAFailedAttempt) {
    LoopbackServer server(script({reply(200, "[1,"), reply(404, "[1,"), reply(200, "[1,2]")}));
    Client client(quick(), log_);
    Request request = get(server.url("/"));
    request.check = [](const Response& response) {
        if (!response.body.ends_with(']')) throw Error(Fault::transient, "the JSON is not whole");
    };
    // Only answers with status 200 are checked.
    EXPECT_EQ(client.start(request).get().status, 404);
    EXPECT_EQ(client.start(request).get().body, "[1,2]");
    LoopbackServer broken(script({reply(200, "[")}));
    request.url = broken.url("/b");
    const Error error = error_of(client.start(request));
    EXPECT_EQ(error.fault(), Fault::transient);
    EXPECT_STREQ(error.what(), "GET /b: after 6 attempts: the JSON is not whole");
}

TEST_F(ClientTest, OtherErrorsOfACheckAreFinal) {
    LoopbackServer server(script({reply(200)}));
    Client client(quick(), log_);
    Request request = get(server.url("/"));
    request.check = [](const Response&) { throw Error(Fault::data, "nonsense"); };
    EXPECT_EQ(error_of(client.start(request)).fault(), Fault::data);
    request.check = [](const Response&) { throw std::logic_error("oops"); };
    EXPECT_THROW(client.start(request).get(), std::logic_error);
    EXPECT_EQ(server.seen().size(), 2U);
}

TEST_F(ClientTest, UnpacksGzip) {
    const std::string text(100'000, 'z');
    const std::string packed = test::gzipped(text);
    Reply broken = reply(200, packed.substr(0, packed.size() / 2), {"Content-Encoding: gzip"});
    LoopbackServer server(script({broken, reply(200, packed, {"Content-Encoding: gzip"})}));
    Client client(quick(), log_);
    Request request = get(server.url("/"));
    request.check = [&](const Response& response) {
        if (response.body != text) throw Error(Fault::transient, "not whole");
    };
    EXPECT_EQ(client.start(request).get().body, text);
    EXPECT_EQ(client.stats().bytes, packed.size() + packed.size() / 2);
}

TEST_F(ClientTest, PacksGzipPieceByPiece) {
    LoopbackServer echo([](const Seen& seen, const std::stop_token&) {
        return reply(200, seen.body, {"Content-Encoding: gzip"});
    });
    Gzip gzip;
    std::string text;
    for (int i = 0; i < 50'000; ++i) {
        const std::string piece = std::to_string(i * 7919) + "\t";
        gzip.add(piece);
        text += piece;
    }
    gzip.add("");
    Request request = get(echo.url("/"));
    request.method = "POST";
    request.body = gzip.take();
    EXPECT_LT(request.body.size(), text.size() / 2);
    Client client(quick(), log_);
    EXPECT_TRUE(client.start(request).get().body == text);
}

TEST_F(ClientTest, CarriesLargeBodiesBothWays) {
    LoopbackServer server(
        [](const Seen& seen, const std::stop_token&) { return reply(200, seen.body); });
    Client client(quick(), log_);
    Request request = get(server.url("/"));
    request.method = "POST";
    request.body.resize(20U << 20U);
    for (std::size_t i = 0; i < request.body.size(); ++i)
        request.body[i] = static_cast<char>(i * 7 >> 3);
    EXPECT_TRUE(client.start(request).get().body == request.body);
}

TEST_F(ClientTest, AnAnswerAboveTheLimitIsRefusedNotRepeated) {
    const std::string bomb = test::gzipped(std::string(100'000, 'z'));
    LoopbackServer server(
        script({reply(200, std::string(2000, 'x')), reply(200, bomb, {"Content-Encoding: gzip"}),
                reply(200, std::string(1000, 'x'))}));
    ClientOptions options = quick();
    options.max_body_bytes = 1000;
    Client client(options, log_);
    for (int i = 0; i < 2; ++i) {
        const Error error = error_of(client.start(get(server.url("/"))));
        EXPECT_EQ(error.fault(), Fault::data);
        EXPECT_THAT(error.what(), HasSubstr("larger than 1000 bytes"));
    }
    EXPECT_EQ(client.start(get(server.url("/"))).get().body.size(), 1000U);
    EXPECT_EQ(server.seen().size(), 3U);
}

TEST_F(ClientTest, ASilentServerIsAFailedAttempt) {
    Reply silent;
    silent.silent = true;
    Reply stuck = reply(200, "half");
    stuck.claimed_length = 8;
    LoopbackServer server(script({silent, stuck, reply(200, "awake")}));
    ClientOptions options = quick();
    options.stall_timeout = milliseconds(60);
    Client client(options, log_);
    EXPECT_EQ(client.start(get(server.url("/"))).get().body, "awake");
    EXPECT_EQ(client.stats().retries, 2U);
    EXPECT_THAT(log_.lines(), HasSubstr("the server sent nothing for 60 ms"));
}

TEST_F(ClientTest, WaitEndsWhenStopped) {
    LoopbackServer server([](const Seen&, const std::stop_token& stop) {
        Gate().wait(stop);
        return reply(200);
    });
    Client client(quick(), log_);
    auto future = client.start(get(server.url("/")));
    std::stop_source source;
    std::jthread stopper([&] { source.request_stop(); });
    try {
        wait(future, source.get_token());
        FAIL() << "no answer can have come";
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::stopped);
    }
}

TEST_F(ClientTest, WaitDeliversAnswersAndErrors) {
    LoopbackServer server(script({reply(200, "a"), reply(500)}));
    Client client(quick(), log_);
    auto fine = client.start(get(server.url("/")));
    EXPECT_EQ(wait(fine, {}).body, "a");
    EXPECT_THROW(wait(fine, {}), Error);
    auto bad = client.start(get(server.url("/")));
    EXPECT_THROW(wait(bad, {}), Error);
}

TEST_F(ClientTest, ClosingAbandonsWhatIsUnderWayAndWhatWaits) {
    Gate arrived;
    LoopbackServer server([&](const Seen& seen, const std::stop_token& stop) {
        if (seen.target() == "/later") return reply(429, "", {"Retry-After: 800"});
        arrived.open();
        Gate().wait(stop);
        return reply(200);
    });
    std::vector<std::future<Response>> futures;
    {
        ClientOptions options = quick();
        options.max_in_flight = 2;
        Client client(options, log_);
        futures.push_back(client.start(get(server.url("/under-way"))));
        arrived.wait({});
        futures.push_back(client.start(get(server.url("/later"))));
        futures.push_back(client.start(get(server.url("/queued"))));
    }
    for (auto& future : futures) EXPECT_EQ(error_of(std::move(future)).fault(), Fault::stopped);
}

TEST_F(ClientTest, ManyThreadsMayAsk) {
    LoopbackServer server(
        [](const Seen& seen, const std::stop_token&) { return reply(200, seen.target()); });
    Client client(quick(), log_);
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 50; ++i) {
                const std::string target = "/" + std::to_string(t) + "/" + std::to_string(i);
                EXPECT_EQ(client.start(get(server.url(target))).get().body, target);
                EXPECT_LE(client.stats().in_flight_limit, 16U);
            }
        });
    }
    threads.clear();
    EXPECT_EQ(client.stats().requests, 200U);
}

TEST_F(ClientTest, WrongAddressesAreTheUsersToMend) {
    Client client(quick(), log_);
    for (const char* url :
         {"", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://", "http://a b/"}) {
        const Error error = error_of(client.start(get(url)));
        EXPECT_EQ(error.fault(), Fault::config) << url << error.what();
        EXPECT_THAT(error.hint(), HasSubstr("address")) << url;
    }
    EXPECT_LE(client.stats().requests, 5U);
}

TEST_F(ClientTest, ALineBreakInATokenIsRefused) {
    LoopbackServer server(script({reply(200)}));
    Client client(quick(), log_);
    Request request = get(server.url("/"));
    request.headers = {"Authorization: Bearer SECRET\r\nX-Other: 1"};
    const Error error = error_of(client.start(request));
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("header Authorization"), Not(HasSubstr("SECRET"))));
    EXPECT_TRUE(server.seen().empty());
    request.headers = {"Authorization: Bearer fine"};
    EXPECT_EQ(client.start(request).get().status, 200);
}

TEST_F(ClientTest, UsesTheProxyOfTheEnvironmentButNotForThisMachine) {
    LoopbackServer proxy(script({reply(200, "from the proxy")}));
    LoopbackServer server(script({reply(200, "direct")}));
    ::setenv("http_proxy", proxy.url("").c_str(), 1);
    {
        Client client(quick(), log_);
        EXPECT_EQ(client.start(get("http://service.invalid/x")).get().body, "from the proxy");
        EXPECT_EQ(client.start(get(server.url("/"))).get().body, "direct");
    }
    ::unsetenv("http_proxy");
    EXPECT_EQ(proxy.seen().at(0).target(), "http://service.invalid/x");
}

}  // namespace
}  // namespace ringtail::http
