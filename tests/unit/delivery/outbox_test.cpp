#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "outbox_fixture.hpp"

namespace ringtail::delivery {
namespace {

using namespace std::chrono_literals;
using control::DeliveryStatus;
using control::Outbox;
using control::Settlement;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OutboxStore : public ::testing::Test, protected OutboxFixture {
  protected:
    std::vector<std::string> due_bodies(std::size_t limit = 100) {
        std::vector<std::string> bodies;
        for (const auto& one : outbox().due(kNow, limit, {})) bodies.push_back(one.body);
        return bodies;
    }
    void settle(DeliveryStatus status, Instant due = kNow) {
        std::vector<Settlement> all;
        for (const auto& one : outbox().due(kNow, 100, {})) {
            Settlement settlement;
            settlement.number = one.number;
            settlement.contact = one.contact;
            settlement.status = status;
            settlement.due = due;
            all.push_back(settlement);
        }
        outbox().settle(all, kNow);
    }
    static constexpr Instant kNow{1'700'000'000s};
};

TEST_F(OutboxStore, NewOnceThenUpdatedOnlyOnChange) {
    EXPECT_EQ(queue(1, "A", "1"), Outbox::Queued::fresh);
    EXPECT_EQ(queue(1, "A", "1"), Outbox::Queued::unchanged);
    EXPECT_EQ(queue(1, "A", "2"), Outbox::Queued::changed);
    reopen();
    EXPECT_EQ(queue(1, "A", "2"), Outbox::Queued::unchanged);
    EXPECT_EQ(queue(1, "A", "1"), Outbox::Queued::changed);  // back again is a change
    EXPECT_THAT(due_bodies(), ElementsAre(R"({"contact":{},"state":"new","transaction":1})"));
    settle(DeliveryStatus::done);
    EXPECT_THAT(due_bodies(), ElementsAre(R"({"contact":{},"state":"updated","transaction":2})"));
    EXPECT_EQ(outbox().counts().waiting, 2U);
}

TEST_F(OutboxStore, AContactsNextWaitsForTheOneBefore) {
    queue(1, "A", "1");
    queue(2, "A", "2");
    queue(3, "B", "3");
    EXPECT_EQ(due_bodies().size(), 2U);
    settle(DeliveryStatus::waiting, kNow + 1min);  // both failed
    EXPECT_THAT(due_bodies(), IsEmpty());
    EXPECT_EQ(outbox().next_due({}), kNow + 1min);
    const auto later = outbox().due(kNow + 1min, 100, {});
    ASSERT_EQ(later.size(), 2U);
    EXPECT_EQ(later[0].attempts, 1U);
    EXPECT_EQ(outbox().due(kNow + 1min, 100, {later[0].number}).size(), 1U);
    settle(DeliveryStatus::done);  // nothing is due now
    for (const auto& one : later) {
        outbox().settle(
            std::vector<Settlement>{
                {one.number, one.contact, {}, DeliveryStatus::dead, kNow, true}},
            kNow);
    }
    EXPECT_EQ(outbox().counts().dead, 2U);
    EXPECT_THAT(due_bodies(), ElementsAre(R"({"contact":{},"state":"new","transaction":2})"));
    EXPECT_TRUE(outbox().owes());
    settle(DeliveryStatus::done);
    EXPECT_FALSE(outbox().owes());
}

TEST_F(OutboxStore, TheIdSaysWhatIsDelivered) {
    queue(1, "A", "1");
    const auto first = outbox().due(kNow, 1, {}).at(0).message;
    reopen();
    EXPECT_EQ(outbox().due(kNow, 1, {}).at(0).message, first);
    EXPECT_THAT(first, ::testing::MatchesRegex("msg_[0-9a-f]{32}"));
    OutboxFixture restored;  // an outbox that has forgotten it gives it the same id
    restored.queue(1, "A", "1");
    EXPECT_EQ(restored.outbox().due(kNow, 1, {}).at(0).message, first);
    queue(1, "A", "2");
    settle(DeliveryStatus::done);
    EXPECT_NE(outbox().due(kNow, 1, {}).at(0).message, first);
}

TEST_F(OutboxStore, StreamsDoNotSeeEachOther) {
    queue(1, "A", "1");
    Outbox other(path(), "another stream");
    EXPECT_THAT(other.due(kNow, 10, {}), IsEmpty());
    EXPECT_FALSE(other.owes());
    EXPECT_EQ(other.since(std::nullopt, kNow), kNow);
    EXPECT_EQ(outbox().since(kNow - 1h, kNow), kNow - 1h);
    EXPECT_EQ(outbox().since(std::nullopt, kNow), kNow - 1h);
}

TEST_F(OutboxStore, ForgetsWhatWasDeliveredAndTheFileShrinks) {
    const std::string large = '"' + std::string(20'000, 'x') + '"';
    for (int i = 0; i < 300; ++i) queue(i, "C" + std::to_string(i), large);
    for (int i = 0; i < 3; ++i) settle(DeliveryStatus::done);
    const auto full = outbox().bytes();
    while (outbox().shrink(kNow)) {
    }
    EXPECT_EQ(outbox().counts().done, 300U);  // not old enough
    while (outbox().shrink(kNow + 1s)) {
    }
    EXPECT_EQ(outbox().counts().done, 0U);
    EXPECT_LT(outbox().bytes(), full / 10);
    outbox().db().run("PRAGMA wal_checkpoint(TRUNCATE)");
    struct stat file {};
    ASSERT_EQ(::stat(path().c_str(), &file), 0);
    EXPECT_LT(static_cast<std::uint64_t>(file.st_size), full / 5);
    EXPECT_EQ(file.st_mode & 0777U, 0600U);
    EXPECT_EQ(queue(1, "C1", large), Outbox::Queued::unchanged);  // the marks stay
}

TEST_F(OutboxStore, ALoadIsRefusedWhenItIsTooLarge) {
    auto destination = control::make_outbox_destination({path(), "a stream", 1, {}});
    Load load;
    load.stream = "a stream";
    try {
        destination->load(load, {});
        FAIL() << "taken";
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::transient);
        EXPECT_THAT(error.what(), ::testing::HasSubstr("full"));
    }
}

}  // namespace
}  // namespace ringtail::delivery
