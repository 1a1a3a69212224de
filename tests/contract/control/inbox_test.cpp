#include "control/inbox.hpp"

#include <filesystem>

#include "contract/control/fixture.hpp"
#include "support/small_disk.hpp"

namespace ringtail::control {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class InboxTest : public ::testing::Test {
  protected:
    std::string path() const { return folder_.path() + "/inbox.db"; }
    Inbox& inbox(InboxOptions options = {}) {
        if (!inbox_) inbox_ = std::make_unique<Inbox>(path(), options);
        return *inbox_;
    }
    void reopen() { inbox_.reset(); }

    // Hooks whose bodies are the numbers from `from` on.
    void append(std::int64_t source, int from, int count) {
        std::vector<std::string> bodies;
        for (int i = 0; i < count; ++i) bodies.push_back(std::to_string(from + i));
        std::vector<Hook> hooks;
        for (const std::string& body : bodies) hooks.push_back({source, at(from), "", "", body});
        inbox().append(hooks);
    }
    static std::vector<std::string> bodies(const InboxPage& page) {
        std::vector<std::string> bodies;
        for (const StoredHook& hook : page.hooks) bodies.push_back(hook.body);
        return bodies;
    }

    test::TemporaryFolder folder_;
    std::unique_ptr<Inbox> inbox_;
};

TEST_F(InboxTest, AHookIsKeptByteByByte) {
    const std::string body("{\"a\":\"\xff\x00\xc3\"}", 11);
    const Hook hook{7, at(5), "application/json; charset=utf-8", "x=1&y=%00", body};
    inbox().append({&hook, 1});
    reopen();
    const InboxPage page = inbox().take(7, {});
    ASSERT_EQ(page.hooks.size(), 1U);
    EXPECT_EQ(page.hooks[0].body, body);
    EXPECT_EQ(page.hooks[0].query, hook.query);
    EXPECT_EQ(page.hooks[0].content_type, hook.content_type);
    EXPECT_EQ(page.hooks[0].received, at(5));
    EXPECT_EQ(inbox().oldest(7, {}), at(5));
    EXPECT_FALSE(inbox().oldest(7, page.after));
    EXPECT_THAT(inbox().take(8, {}).hooks, IsEmpty());
}

TEST_F(InboxTest, PagesFollowEachOtherAndWhatIsLoadedIsDropped) {
    append(1, 0, 5);
    append(2, 100, 2);
    append(1, 5, 1);
    const InboxPage first = inbox().take(1, {}, 1U << 20U, 4);
    EXPECT_THAT(bodies(first), ElementsAre("0", "1", "2", "3"));
    const InboxPage second = inbox().take(1, first.after);
    EXPECT_THAT(bodies(second), ElementsAre("4", "5"));
    EXPECT_TRUE(inbox().has_more(1, first.after));
    EXPECT_FALSE(inbox().has_more(1, second.after));
    EXPECT_EQ(inbox().drop_loaded(1, first.after), 4U);
    EXPECT_EQ(inbox().drop_loaded(1, first.after), 0U);
    EXPECT_EQ(inbox().counts()[1].hooks, 2U);
    EXPECT_EQ(inbox().counts()[1].bytes, 2U);
    EXPECT_EQ(inbox().counts()[2].hooks, 2U);
    EXPECT_THAT(bodies(inbox().take(1, first.after)), ElementsAre("4", "5"));
    inbox().forget(1);
    EXPECT_THAT(bodies(inbox().take(1, {})), IsEmpty());
    EXPECT_THAT(bodies(inbox().take(2, {})), ElementsAre("100", "101"));
}

TEST_F(InboxTest, APageHasAtLeastOneHookAndAboutSoManyBytes) {
    const std::string large(5'000, 'x');
    const std::vector<Hook> hooks(3, Hook{1, at(0), "", "", large});
    inbox().append(hooks);
    EXPECT_EQ(inbox().take(1, {}, 1).hooks.size(), 1U);
    EXPECT_EQ(inbox().take(1, {}, 9'000).hooks.size(), 2U);
}

TEST_F(InboxTest, OfABacklogTheNewestComeFirstAndAllComeOnce) {
    append(1, 0, 5'000);
    InboxPage page = inbox().take(1, {}, 1U << 20U, 1'000);
    EXPECT_EQ(page.hooks.front().body, "4000");
    EXPECT_EQ(page.hooks.back().body, "4999");
    append(1, 5'000, 10);
    std::map<std::string, int> seen;
    for (const auto& body : bodies(page)) ++seen[body];
    InboxPosition position = page.after;
    bool dropped = false;
    for (int pages = 0; pages < 20; ++pages) {
        page = inbox().take(1, position, 1U << 20U, 1'000);
        for (const auto& body : bodies(page)) ++seen[body];
        position = page.after;
        if (page.hooks.empty()) break;
        EXPECT_TRUE(pages < 1 || seen.contains("5009")) << "new ones do not wait for the old";
        if (pages == 2) dropped = inbox().drop_loaded(1, position) > 0;
    }
    EXPECT_TRUE(dropped);
    EXPECT_EQ(seen.size(), 5'010U);
    EXPECT_TRUE(std::ranges::all_of(seen, [](const auto& one) { return one.second == 1; }));
    EXPECT_FALSE(position.has_range());
    inbox().drop_loaded(1, position);
    EXPECT_THAT(inbox().counts(), IsEmpty());
}

TEST_F(InboxTest, NumbersAreNotUsedAgainEvenByANewFile) {
    append(1, 0, 3);
    const InboxPosition position = inbox().take(1, {}).after;
    inbox().drop_loaded(1, position);
    append(1, 3, 1);
    EXPECT_THAT(bodies(inbox().take(1, position)), ElementsAre("3"));
    reopen();
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path() + end);
    append(1, 60, 1);
    EXPECT_THAT(bodies(inbox().take(1, position)), ElementsAre("60"))
        << "a position of the old file";
}

TEST_F(InboxTest, AFullInboxRefusesAndTakesAgainOnceThereIsRoom) {
    inbox({.max_bytes = 400'000});
    const std::string large(10'000, 'x');
    const Hook hook{1, at(0), "", "", large};
    int taken = 0;
    try {
        for (; taken < 1'000; ++taken) inbox().append({&hook, 1});
        FAIL() << "never full";
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::throttled);
        EXPECT_TRUE(error.retry_after());
    }
    EXPECT_TRUE(inbox().is_full());
    EXPECT_EQ(inbox().counts()[1].hooks, static_cast<unsigned>(taken));
    const InboxPage page = inbox().take(1, {}, 100'000);
    inbox().drop_loaded(1, page.after);
    EXPECT_NO_THROW(inbox().append({&hook, 1}));
}

TEST_F(InboxTest, AFullDiskIsAnErrorAndLosesNothingThatWasTaken) {
    const test::SmallDisk disk(folder_.path() + "/disk", "4m");
    if (!disk.is_there()) {
        std::puts("NOT RUN: no small disk can be mounted here");
        return;
    }
    Inbox small(folder_.path() + "/disk/inbox.db");
    const std::string body(20'000, 'x');
    const Hook hook{1, at(0), "", "", body};
    unsigned taken = 0;
    try {
        for (; taken < 1'000; ++taken) small.append({&hook, 1});
        FAIL() << "the disk never was full";
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::transient) << error.what();
    }
    EXPECT_GT(taken, 10U);
    EXPECT_EQ(small.counts()[1].hooks, taken);
    ASSERT_TRUE(disk.resize("8m"));
    small.append({&hook, 1});
    unsigned there = 0;
    for (InboxPage page; !(page = small.take(1, page.after)).hooks.empty();)
        there += static_cast<unsigned>(page.hooks.size());
    EXPECT_EQ(there, taken + 1);
}

TEST_F(InboxTest, RejectsAreBoundedPerSource) {
    inbox({.rejects_per_source = 3});
    for (int i = 0; i < 10; ++i) {
        const std::string body = "bad " + std::to_string(i);
        inbox().reject({1, at(i), "text/plain", "", body}, "no JSON");
    }
    inbox().reject({2, at(0), "", "", std::string(100'000, 'x')}, "no JSON");
    std::vector<std::string> kept;
    for (const HookReject& reject : inbox().rejects(1)) kept.push_back(reject.body);
    EXPECT_THAT(kept, ElementsAre("bad 9", "bad 8", "bad 7"));
    ASSERT_EQ(inbox().rejects({}).size(), 4U);
    EXPECT_EQ(inbox().rejects(2)[0].body.size(), 65'536U);
    EXPECT_EQ(inbox().rejects(2)[0].reason, "no JSON");
}

TEST_F(InboxTest, ADrainedFileGivesItsRoomBack) {
    const std::string large(50'000, 'x');
    for (int i = 0; i < 20; ++i) {
        const std::vector<Hook> hooks(100, Hook{1, at(0), "", "", large});
        inbox().append(hooks);
    }
    sqlite::Connection db(path());
    const auto pages = [&] {
        auto select = db.prepare("PRAGMA page_count");
        return select.step() ? select.integer(0) : 0;
    };
    const auto before = pages();
    InboxPage page;
    while (!(page = inbox().take(1, page.after)).hooks.empty()) inbox().drop_loaded(1, page.after);
    EXPECT_LT(pages(), before / 2);
}

}  // namespace
}  // namespace ringtail::control
