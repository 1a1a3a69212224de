#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <random>
#include <sstream>
#include <thread>

#include "stored.hpp"
#include "support/process.hpp"
#include "support/raw_http.hpp"

// The service dies while senders send: whatever it had answered with 200 is in the inbox.
namespace ringtail::web {
namespace {

using test::Process;
using test::RawClient;

struct Address {
    std::uint16_t port = 0;
    std::string token;
};

Address address_of(Process& child) {
    for (;;) {
        const auto out = child.out_so_far();
        Address address;
        std::istringstream words(out);
        if (out.find('\n') != std::string::npos && words >> address.port >> address.token)
            return address;
        if (child.ended_within(std::chrono::milliseconds(5)))
            throw std::runtime_error("the service ended: " + child.err_so_far());
    }
}

struct Sent {
    std::multiset<std::string> acknowledged, all;
    std::mutex mutex;
    std::atomic<std::size_t> answers{0};
};

// Sends one hook after the other until the connection ends.
void send_hooks(const Address& address, int sender, Sent& sent) try {
    RawClient client(address.port);
    for (int i = 0;; ++i) {
        const auto body = "{\"id\":" + std::to_string(sender * 1'000'000 + i) + "}";
        {
            std::lock_guard lock(sent.mutex);
            sent.all.insert(body);
        }
        client.send("POST /hooks/callkeeper/" + address.token +
                    " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
                    "\r\n\r\n" + body);
        const auto reply = client.read();
        if (reply.status == 0 || !reply.whole) return;
        ASSERT_EQ(reply.status, 200) << reply.body;
        std::lock_guard lock(sent.mutex);
        sent.acknowledged.insert(body);
        ++sent.answers;
    }
} catch (const std::runtime_error&) {
    // It was dead before this one could connect.
}

// `kill_after`: answers, then kill -9; 0: the failpoint does it.
void send_until_dead(const std::string& failpoint, std::size_t kill_after) {
    SCOPED_TRACE(failpoint + " " + std::to_string(kill_after));
    test::TemporaryFolder folder;
    Process child({RINGTAIL_BINARY_DIR "/web_child", folder.path()},
                  {{"RINGTAIL_FAILPOINT", failpoint}});
    const auto address = address_of(child);
    Sent sent;
    {
        std::vector<std::jthread> senders;
        for (int i = 0; i < 8; ++i) senders.emplace_back([&, i] { send_hooks(address, i, sent); });
        if (kill_after > 0) {
            while (sent.answers < kill_after) std::this_thread::yield();
            child.send(SIGKILL);
        }
    }
    EXPECT_EQ(child.wait().signal, SIGKILL);
    const auto stored = test::stored_bodies(folder.path() + "/inbox.db", 1);
    EXPECT_TRUE(std::ranges::includes(stored, sent.acknowledged));
    EXPECT_TRUE(std::ranges::includes(sent.all, stored));
    EXPECT_GE(stored.size(), kill_after);
}

TEST(HookKill, AtEveryFailpoint) {
    for (const auto* point : {"hooks_received", "hooks_syncing", "hooks_synced", "hooks_answered"})
        for (const auto* passing : {":1", ":2", ":25"})
            send_until_dead(std::string(point) + passing, 0);
}

TEST(HookKill, AtRandom) {
    std::mt19937 random(20'240'601);
    for (int i = 0; i < 6; ++i) send_until_dead("", 1 + random() % 400);
}

}  // namespace
}  // namespace ringtail::web
