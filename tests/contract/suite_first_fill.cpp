#include <future>

#include "contract/star.hpp"

// A run's first load: prepare_to_fill(), loads, finish(). Whatever a database puts off until then,
// loads do the same as ever.
namespace ringtail::contract {

TEST_P(DestinationSuite, FirstFillRefusesRowsThatPointAtNothing) {
    const auto tables = destination_->prepare_to_fill(star());
    EXPECT_TRUE(tables[2].created);
    destination_->streams().hold(kStream, holder_);
    load(small_star(tables));
    auto batches = star_batches(tables);
    put_fact(batches[2], "10", "c", "1");
    put(batches[2],
        {{"id", number("11")}, {"accounts_id", number("12345")}, {"call_id", text("d")}});
    const auto stats = load(batches, kSecond);
    destination_->finish({});
    if (!subject_->has_foreign_keys()) return;
    EXPECT_EQ(stats[2].inserted, 1U);
    EXPECT_EQ(stats[2].rejected, 1U);
    EXPECT_EQ(keys(tables[2]), (std::vector<std::string>{"-5", "10", "4611686018427387904"}));
    ASSERT_EQ(rejects().size(), 1U);
    EXPECT_EQ(rejects()[0]["row_key"], "11");
}

TEST_P(DestinationSuite, FirstFillDeletesWhatGoesWithARow) {
    const auto tables = destination_->prepare_to_fill(star());
    destination_->streams().hold(kStream, holder_);
    load(small_star(tables));
    auto batches = star_batches(tables);
    batches[1].erase(kDate);
    EXPECT_EQ(load(batches, kSecond)[1].erased, 1U);
    destination_->finish({});
    if (!subject_->has_foreign_keys()) return;
    EXPECT_EQ(keys(tables[2]), std::vector<std::string>{"-5"});
}

TEST_P(DestinationSuite, FirstFillIsFinishedOnceAndAgain) {
    destination_->finish({});  // nothing was begun
    auto tables = destination_->prepare_to_fill(star());
    destination_->streams().hold(kStream, holder_);
    load(small_star(tables));
    destination_->finish({});
    destination_->finish({});
    tables = destination_->prepare_to_fill(star());
    EXPECT_FALSE(tables[2].created);
    destination_->finish({});
    EXPECT_EQ(load(small_star(tables), kSecond)[2].unchanged, 2U);
    if (!subject_->has_foreign_keys()) return;
    auto batches = star_batches(tables);
    batches[1].erase(kDate);
    load(batches, kSecond);
    EXPECT_EQ(keys(tables[2]), std::vector<std::string>{"-5"});
}

// Two sources of one destination, both new.
TEST_P(DestinationSuite, FirstFillOfTwoRunsAtOnce) {
    constexpr int kRounds = 10, kRows = 50;
    const auto run = [&](int stream) {
        const auto handle = open();
        const std::string name = kStream + std::to_string(stream);
        const auto tables = handle->prepare_to_fill(star());
        handle->streams().hold(name, holder_);
        for (int round = 0; round < kRounds; ++round) {
            auto batches = star_batches(tables);
            put_account(batches[0], kAccount, "77");
            put(batches[1], {{"id", number(kDate)}, {"label", text("вторник")}});
            for (int i = 0; i < kRows; ++i) {
                const auto id = std::to_string((stream * kRounds + round) * kRows + i);
                put_fact(batches[2], id, "call " + id, "1");
            }
            const Checkpoint after{std::to_string(round)};
            load_patiently(*handle, {batches, {}, {}, name, holder_, &after, kFirst});
        }
        handle->finish({});
    };
    auto first = std::async(std::launch::async, run, 0);
    auto second = std::async(std::launch::async, run, 1);
    first.get();
    second.get();
    EXPECT_EQ(keys(facts_table()).size(), static_cast<std::size_t>(2 * kRounds * kRows));
    if (!subject_->has_foreign_keys()) return;
    const auto tables = start(star());
    auto batches = star_batches(tables);
    batches[1].erase(kDate);
    load(batches, kSecond);
    EXPECT_EQ(keys(tables[2]).size(), 0U);
}

}  // namespace ringtail::contract
