#include "web/hooks.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>

#include "base/error.hpp"
#include "control/secrets.hpp"
#include "support/raw_http.hpp"
#include "web/answers.hpp"

namespace ringtail::web {
namespace {

using test::fetch;
using test::RawClient;

// Keeps hooks in memory; can be held up, and can fail.
class MemoryStore final : public HookStore {
  public:
    void append(std::span<const control::Hook> hooks) override {
        std::unique_lock lock(mutex_);
        ++entered_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return !held_; });
        groups.push_back(hooks.size());
        if (failure) throw Error(*failure);
        for (const auto& hook : hooks) bodies.emplace_back(hook.body);
    }
    void reject(const control::Hook& hook, std::string_view reason) override {
        std::lock_guard lock(mutex_);
        rejects.emplace_back(std::string(hook.body) + ": " + std::string(reason));
        changed_.notify_all();
    }
    void hold() {
        std::lock_guard lock(mutex_);
        held_ = true;
    }
    void release() {
        std::lock_guard lock(mutex_);
        held_ = false;
        changed_.notify_all();
    }
    void wait_until_entered(std::size_t times) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return entered_ >= times; });
    }
    void wait_for_reject() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !rejects.empty(); });
    }
    void fail_with(std::optional<Error> error) {
        std::lock_guard lock(mutex_);
        failure = std::move(error);
    }

    std::vector<std::string> bodies, rejects;
    std::vector<std::size_t> groups;
    std::optional<Error> failure;

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t entered_ = 0;
    bool held_ = false;
};

class FakeClock final : public Clock {
  public:
    Instant now() const override { return Instant(std::chrono::microseconds(micros.load())); }
    void sleep(std::chrono::milliseconds, std::stop_token) override {}
    std::atomic<std::int64_t> micros{1'700'000'000'000'000};
};

struct Scene {
    explicit Scene(HookOptions options = {}) {
        options.read = [](std::string_view, std::string_view query, std::string_view body) {
            if (body.find("id") == std::string_view::npos && query.find("id") == query.npos)
                throw Error(Fault::data, "it has no id");
        };
        HookParts parts{store,
                        [this](const std::string& token, Instant) -> std::optional<std::int64_t> {
                            std::lock_guard lock(mutex);
                            ++questions;
                            if (!store_error.empty()) throw Error(Fault::transient, store_error);
                            const auto found = tokens.find(token);
                            if (found == tokens.end()) return std::nullopt;
                            return found->second;
                        },
                        [this](Instant) {
                            std::lock_guard lock(mutex);
                            ++questions_for_all;
                            std::unordered_map<std::string, std::int64_t> digests;
                            for (const auto& [token, source] : tokens)
                                digests[control::sha256(token)] = source;
                            return digests;
                        },
                        [this](std::span<const control::Received> rows) {
                            std::lock_guard lock(mutex);
                            received.insert(received.end(), rows.begin(), rows.end());
                        },
                        [this] { ++wakes; },
                        metrics,
                        clock,
                        *log};
        door = std::make_unique<HookDoor>(std::move(options), std::move(parts));
        server.emplace(
            http::ServerOptions{},
            [this](http::ServerRequest request, const http::Responder& responder) {
                door->handle(std::move(request), responder);
            },
            *log);
    }
    ~Scene() {
        store.release();
        if (door) door->close();
        server.reset();
    }
    test::RawReply post(std::string_view token, std::string_view body) const {
        return fetch(server->port(), "POST", "/hooks/callkeeper/" + std::string(token), body);
    }

    MemoryStore store;
    FakeClock clock;
    Metrics metrics;
    std::unique_ptr<Logger> log = make_null_logger();
    std::mutex mutex;
    std::map<std::string, std::int64_t> tokens{{"good", 7}};
    std::vector<control::Received> received;
    std::string store_error;
    int questions = 0, questions_for_all = 0;
    std::atomic<int> wakes{0};
    std::unique_ptr<HookDoor> door;
    std::optional<http::Server> server;
};

std::string hook_request(std::string_view body) {
    return "POST /hooks/callkeeper/good HTTP/1.1\r\nHost: x\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

TEST(Hooks, StoresThenAnswers) {
    Scene scene;
    EXPECT_EQ(scene.post("good", R"({"id":1})").status, 200);
    EXPECT_EQ(fetch(scene.server->port(), "GET", "/hooks/callkeeper/good?id=2").status, 200);
    EXPECT_EQ(scene.store.bodies, (std::vector<std::string>{R"({"id":1})", ""}));
    EXPECT_EQ(scene.wakes, 2);
    EXPECT_EQ(scene.metrics.counter(metric::kHooks, {{"code", "200"}}).value(), 2U);
}

TEST(Hooks, NothingIsAnsweredBeforeItIsStored) {
    Scene scene;
    scene.store.hold();
    RawClient client(scene.server->port());
    client.send(hook_request(R"({"id":1})"));
    scene.store.wait_until_entered(1);
    EXPECT_EQ(scene.metrics.counter(metric::kHooks, {{"code", "200"}}).value(), 0U);
    EXPECT_EQ(scene.wakes, 0);
    scene.store.fail_with(Error(Fault::transient, "disk I/O error"));
    scene.store.release();
    const auto reply = client.read();
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.headers.at("retry-after"), "5");
}

TEST(Hooks, AllThatWaitBecomeOneCommit) {
    Scene scene;
    EXPECT_EQ(scene.post("good", R"({"id":0})").status, 200);  // the token is known from here on
    scene.store.hold();
    RawClient first(scene.server->port());
    first.send(hook_request(R"({"id":1})"));
    scene.store.wait_until_entered(2);
    std::deque<RawClient> others;
    for (int i = 0; i < 5; ++i)
        others.emplace_back(scene.server->port()).send(hook_request(R"({"id":2})"));
    while (scene.door->waiting() < 5) std::this_thread::yield();  // or the test's time runs out
    scene.store.release();
    EXPECT_EQ(first.read().status, 200);
    for (auto& other : others) EXPECT_EQ(other.read().status, 200);
    EXPECT_EQ(scene.store.groups, (std::vector<std::size_t>{1, 1, 5}));
}

TEST(Hooks, OnesThatComeOneByOneShareACommit) {
    HookOptions options;
    options.writer.gather = std::chrono::hours(1);
    Scene scene(options);
    RawClient first(scene.server->port()), second(scene.server->port());
    first.send(hook_request(R"({"id":1})"));
    while (scene.door->waiting() < 1) std::this_thread::yield();
    second.send(hook_request(R"({"id":2})"));
    while (scene.door->waiting() < 2) std::this_thread::yield();
    scene.door->close();  // which waits for no more
    EXPECT_EQ(first.read().status, 200);
    EXPECT_EQ(second.read().status, 200);
    EXPECT_EQ(scene.store.groups, (std::vector<std::size_t>{2}));
}

TEST(Hooks, AFullInboxAndAFailingDiskAre503AndItRecovers) {
    Scene scene;
    scene.store.fail_with(
        Error(Fault::throttled, "the inbox is full").wait(std::chrono::seconds(30)));
    const auto full = scene.post("good", R"({"id":1})");
    EXPECT_EQ(full.status, 503);
    EXPECT_EQ(full.headers.at("retry-after"), "30");
    EXPECT_FALSE(scene.door->is_well());
    EXPECT_EQ(scene.metrics.counter(metric::kHooks, {{"code", "503"}}).value(), 1U);
    scene.store.fail_with({});
    EXPECT_EQ(scene.post("good", R"({"id":2})").status, 200);
    EXPECT_TRUE(scene.door->is_well());
    EXPECT_EQ(scene.store.bodies, (std::vector<std::string>{R"({"id":2})"}));
}

TEST(Hooks, AFullQueueIs503) {
    HookOptions options;
    options.writer.queue_hooks = 1;
    Scene scene(options);
    EXPECT_EQ(scene.post("good", R"({"id":0})").status, 200);
    scene.store.hold();
    RawClient first(scene.server->port()), second(scene.server->port());
    first.send(hook_request(R"({"id":1})"));
    scene.store.wait_until_entered(2);
    second.send(hook_request(R"({"id":2})"));
    while (scene.door->waiting() < 1) std::this_thread::yield();
    const auto third = scene.post("good", R"({"id":3})");
    EXPECT_EQ(third.status, 503);
    EXPECT_EQ(third.headers.count("retry-after"), 1U);
    scene.store.release();
    EXPECT_EQ(first.read().status, 200);
    EXPECT_EQ(second.read().status, 200);
    EXPECT_EQ(scene.store.bodies.size(), 3U);
}

TEST(Hooks, WhatIsNoCallIsKeptAsAReject) {
    Scene scene;
    const auto reply = scene.post("good", "garbage");
    EXPECT_EQ(reply.status, 400);
    EXPECT_NE(reply.body.find("it has no id"), std::string::npos);
    scene.store.wait_for_reject();
    EXPECT_EQ(scene.store.rejects, (std::vector<std::string>{"garbage: it has no id"}));
    EXPECT_TRUE(scene.store.bodies.empty());
    EXPECT_EQ(scene.wakes, 0);
}

TEST(Hooks, RefusesOtherAddressesMethodsAndSizes) {
    HookOptions options;
    options.max_bytes = 100;
    Scene scene(options);
    EXPECT_EQ(scene.post("bad", R"({"id":1})").status, 404);
    EXPECT_EQ(scene.post("", R"({"id":1})").status, 404);
    EXPECT_EQ(scene.post("good/", R"({"id":1})").status, 404);
    EXPECT_EQ(scene.post("good", std::string(200, ' ') + R"({"id":1})").status, 413);
    const auto put = fetch(scene.server->port(), "PUT", "/hooks/callkeeper/good", R"({"id":1})");
    EXPECT_EQ(put.status, 405);
    EXPECT_EQ(put.headers.at("allow"), "GET, POST");
    EXPECT_TRUE(scene.store.bodies.empty());
}

TEST(Hooks, ATokenThatWasTakenAwayIsGoodForFiveSecondsMore) {
    Scene scene;
    EXPECT_EQ(scene.post("good", R"({"id":1})").status, 200);
    {
        std::lock_guard lock(scene.mutex);
        scene.tokens.clear();
        EXPECT_EQ(scene.questions, 1);
    }
    EXPECT_EQ(scene.post("good", R"({"id":1})").status, 200);
    scene.clock.micros += 5'000'001;
    EXPECT_EQ(scene.post("good", R"({"id":1})").status, 404);
}

TEST(Hooks, AllAddressesInUseAreAskedForTogether) {
    Scene scene;
    {
        std::lock_guard lock(scene.mutex);
        scene.tokens["other"] = 8;
    }
    const auto asked_for_all = [&](int times) {
        for (bool asked = false; !asked; std::this_thread::yield()) {
            const std::lock_guard lock(scene.mutex);
            asked = scene.questions_for_all == times;
        }
        EXPECT_EQ(scene.post("bad", "{}").status, 404);  // asked for by itself, after that
    };
    EXPECT_EQ(scene.post("good", R"({"id":1})").status, 200);
    EXPECT_EQ(scene.post("good", R"({"id":1})").status, 200);
    asked_for_all(1);
    scene.clock.micros += 2'500'000;
    EXPECT_EQ(scene.post("other", R"({"id":1})").status, 200);
    asked_for_all(2);
    scene.clock.micros += 2'500'001;  // the first look-up is too old by itself
    EXPECT_EQ(scene.post("good", R"({"id":1})").status, 200);
    asked_for_all(3);
    const std::lock_guard lock(scene.mutex);
    EXPECT_EQ(scene.questions, 1 + 3);
}

TEST(Hooks, AnAddressThatCannotBeLookedUpIs503) {
    Scene scene;
    {
        std::lock_guard lock(scene.mutex);
        scene.store_error = "the store is locked";
    }
    const auto reply = scene.post("good", R"({"id":1})");
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.body.find("good"), std::string::npos);
}

class LastLine final : public Logger {
  public:
    void write(LogLevel, std::string_view message) override { all += std::string(message) + "\n"; }
    std::string all;
};

TEST(Hooks, WhateverBreaksIsA503AndTheTokenStaysOutOfTheLog) {
    LastLine log;
    MemoryStore store;
    FakeClock clock;
    Metrics metrics;
    HookOptions options;
    options.read = [](auto, auto, auto) { throw std::runtime_error("out of something"); };
    HookDoor door(options, {store, [](const std::string&, Instant) { return 7; },
                            [](Instant) { return std::unordered_map<std::string, std::int64_t>(); },
                            [](std::span<const control::Received>) {}, [] {}, metrics, clock, log});
    http::Server server(
        {},
        [&](http::ServerRequest request, const http::Responder& responder) {
            door.handle(std::move(request), responder);
        },
        log);
    for (int i = 0; i < 2; ++i)  // the first asks the store, the second does not
        EXPECT_EQ(fetch(server.port(), "POST", "/hooks/callkeeper/verysecret", "{}").status, 503);
    EXPECT_NE(log.all.find("out of something"), std::string::npos);
    EXPECT_EQ(log.all.find("verysecret"), std::string::npos);
    door.close();
}

TEST(Hooks, LimitsARateForEachSource) {
    HookOptions options;
    options.per_second = 2;
    Scene scene(options);
    {
        std::lock_guard lock(scene.mutex);
        scene.tokens["other"] = 8;
    }
    EXPECT_EQ(scene.post("good", R"({"id":1})").status, 200);
    EXPECT_EQ(scene.post("good", R"({"id":1})").status, 200);
    const auto third = scene.post("good", R"({"id":1})");
    EXPECT_EQ(third.status, 429);
    EXPECT_EQ(third.headers.at("retry-after"), "1");
    EXPECT_EQ(scene.post("other", R"({"id":1})").status, 200);
    scene.clock.micros += 500'000;
    EXPECT_EQ(scene.post("good", R"({"id":1})").status, 200);
}

TEST(Hooks, TheJournalGetsOneRowForABurst) {
    auto scene = std::make_unique<Scene>();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(scene->post("good", R"({"id":1})").status, 200);
    EXPECT_EQ(scene->post("good", "garbage").status, 400);
    scene->server.reset();
    scene->door.reset();  // writes what was gathered
    ASSERT_EQ(scene->received.size(), 1U);
    EXPECT_EQ(scene->received[0].source, 7);
    EXPECT_EQ(scene->received[0].hooks, 3U);
    EXPECT_EQ(scene->received[0].rejected, 1U);
}

}  // namespace
}  // namespace ringtail::web
