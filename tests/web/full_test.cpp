#include <gtest/gtest.h>

#include "scene.hpp"
#include "stored.hpp"
#include "support/small_disk.hpp"

// No room for webhooks: a 503, never a false 200, and it recovers.
namespace ringtail::web {
namespace {

using test::WebScene;

std::string body_of(int number) {
    return "{\"id\":" + std::to_string(number) + ",\"x\":\"" + std::string(1'500, 'x') + "\"}";
}

// Sends until one is refused; what was taken.
std::multiset<std::string> send_until_refused(const WebScene& scene, test::RawReply& refusal) {
    std::multiset<std::string> taken;
    for (int i = 0; i < 100'000; ++i) {
        refusal = scene.hook(body_of(i));
        if (refusal.status != 200) return taken;
        taken.insert(body_of(i));
    }
    return taken;
}

TEST(HookFull, AnInboxAtItsCapRefusesAndTakesAgainOnceItIsEmptier) {
    WebOptions options;
    options.inbox_options.max_bytes = 300'000;
    WebScene scene(options);
    test::RawReply refusal;
    const auto taken = send_until_refused(scene, refusal);
    EXPECT_GT(taken.size(), 50U);
    EXPECT_EQ(refusal.status, 503);
    EXPECT_EQ(refusal.headers.at("retry-after"), "30");
    EXPECT_EQ(scene.call("GET", "/readyz").status, 503);
    EXPECT_EQ(test::stored_bodies(scene.inbox, scene.source), taken);
    {
        control::Inbox inbox(scene.inbox);
        control::InboxPosition all;
        all.below = INT64_MAX;
        inbox.drop_loaded(scene.source, all);
    }
    EXPECT_EQ(scene.hook(body_of(1)).status, 200);
    EXPECT_EQ(scene.call("GET", "/readyz").status, 200);
}

TEST(HookFull, AFullDiskRefusesAndTakesAgainOnceThereIsRoom) {
    test::TemporaryFolder folder;
    const test::SmallDisk disk(folder.path() + "/disk", "2m");
    if (!disk.is_there()) {
        std::puts("not run: a small file system cannot be mounted here");
        return;
    }
    WebOptions options;
    options.inbox = folder.path() + "/disk/inbox.db";
    WebScene scene(options);
    test::RawReply refusal;
    auto taken = send_until_refused(scene, refusal);
    EXPECT_GT(taken.size(), 50U);
    EXPECT_EQ(refusal.status, 503);
    EXPECT_EQ(refusal.headers.count("retry-after"), 1U);
    EXPECT_EQ(scene.call("GET", "/readyz").status, 503);
    ASSERT_TRUE(disk.resize("8m"));
    EXPECT_EQ(scene.hook(body_of(100'000)).status, 200);
    taken.insert(body_of(100'000));
    EXPECT_EQ(test::stored_bodies(scene.inbox, scene.source), taken);
}

TEST(HookFull, SlowSendersAreCutOffAndHoldUpNobody) {
    WebOptions options;
    options.server.read_timeout = std::chrono::milliseconds(300);
    WebScene scene(options);
    std::vector<std::unique_ptr<test::RawClient>> slow;
    for (int i = 0; i < 10; ++i) {
        slow.push_back(std::make_unique<test::RawClient>(scene.server->port()));
        slow.back()->send("POST /hooks/callkeeper/" + scene.token +
                          " HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"id\"");
    }
    for (int i = 0; i < 50; ++i) EXPECT_EQ(scene.hook(body_of(i)).status, 200);
    for (const auto& client : slow) EXPECT_TRUE(client->at_end());
    EXPECT_EQ(test::stored_bodies(scene.inbox, scene.source).size(), 50U);
}

TEST(HookFull, ARotatedAddressIsGoodForADayAndARemovedOneIsNot) {
    WebScene scene;
    EXPECT_EQ(scene.hook(body_of(1)).status, 200);
    scene.call("POST", "/api/v1/sources/s1/rotate-hook", "", scene.manage_key);
    EXPECT_EQ(scene.hook(body_of(2)).status, 200);
    const auto old = scene.token;
    scene.token = scene.store.sources().hook_tokens(scene.source, scene.clock.now()).now;
    EXPECT_NE(scene.token, old);
    EXPECT_EQ(scene.hook(body_of(3)).status, 200);
    EXPECT_EQ(scene.store.sources().of_hook_token(
                  old, scene.clock.now() + std::chrono::hours(24) + std::chrono::seconds(1)),
              std::nullopt);
    EXPECT_EQ(scene.call("DELETE", "/api/v1/sources/s1", "", scene.manage_key).status, 204);
    EXPECT_TRUE(test::stored_bodies(scene.inbox, scene.source).empty());
}

}  // namespace
}  // namespace ringtail::web
