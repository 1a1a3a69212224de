#include <gtest/gtest.h>

#include "contract/fixture.hpp"
#include "contract/sqlite/subject.hpp"

// Loads of several streams in one transaction.
namespace ringtail::contract {
namespace {

const std::vector<std::string> kStreams{"first", "second", "third"};

class SqliteJoint : public ::testing::Test {
  protected:
    SqliteJoint() { destination_->prepare(std::vector{contacts_, calls_}); }

    // A contact for each stream, named after it, and a checkpoint.
    std::vector<LoadStats> load(const std::vector<std::string>& streams, const std::string& after,
                                std::stop_token stop = {}) {
        std::vector<std::vector<Batch>> batches;
        const Checkpoint checkpoint{after};
        std::vector<Load> loads;
        for (const std::string& stream : streams) {
            batches.push_back(
                one(contacts_, {{"$id", text(stream)}, {"name", text(stream + after)}}));
        }
        const std::vector<Recheck> rechecks{{"again " + after, 0, kFirst}};
        for (std::size_t i = 0; i < streams.size(); ++i) {
            loads.push_back({batches[i], {}, rechecks, streams[i], holder_, &checkpoint, kFirst});
        }
        return joint().load(loads, std::move(stop));
    }
    JointLoads& joint() { return *destination_->joint(); }
    std::string checkpoint(const std::string& stream) {
        const auto stored = subject_.open({})->streams().checkpoint(stream);
        return stored ? stored->text : "none";
    }
    std::string names() {
        return PlainSqlite(subject_.path())
            .one(
                "SELECT coalesce(group_concat(name, ' '), '') FROM (SELECT name FROM df_contacts "
                "ORDER BY name)");
    }

    const Table contacts_ = contacts_table(), calls_ = calls_table();
    const std::string holder_ = this_holder();
    SqliteSubject subject_;
    std::unique_ptr<Destination> destination_ = subject_.open({});
};

TEST_F(SqliteJoint, EachStreamHasItsRowsItsCheckpointAndItsCounts) {
    EXPECT_EQ(joint().hold(kStreams, holder_), (std::vector<bool>{true, true, true}));
    for (const LoadStats& stats : load(kStreams, "1")) EXPECT_EQ(stats.at(0).inserted, 1U);
    for (const LoadStats& stats : load({"first", "third"}, "2")) EXPECT_EQ(stats.at(0).updated, 1U);
    EXPECT_EQ(names(), "first2 second1 third2");
    EXPECT_EQ(checkpoint("first"), "2");
    EXPECT_EQ(checkpoint("second"), "1");
    EXPECT_EQ(checkpoint("third"), "2");
    EXPECT_EQ(destination_->streams().rechecks("second", kFirst, 9).size(), 1U);
    EXPECT_EQ(destination_->streams().rechecks("third", kFirst, 9).size(), 2U);
}

TEST_F(SqliteJoint, WhereOneFailsNothingIsStored) {
    joint().hold({kStreams.data(), 2}, holder_);
    load({"first", "second"}, "1");
    const Error error = error_of([&] { load(kStreams, "2"); });
    EXPECT_EQ(error.fault(), Fault::transient) << error.what();  // nobody has the third's lease
    EXPECT_EQ(names(), "first1 second1");
    EXPECT_EQ(checkpoint("first"), "1");
    EXPECT_EQ(destination_->streams().rechecks("first", kFirst, 9).size(), 1U);
    joint().hold(kStreams, holder_);
    EXPECT_EQ(load(kStreams, "3").size(), 3U);
    EXPECT_EQ(names(), "first3 second3 third3");
}

TEST_F(SqliteJoint, AStopStoresNothing) {
    joint().hold(kStreams, holder_);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(error_of([&] { load(kStreams, "1", stop.get_token()); }).fault(), Fault::stopped);
    EXPECT_EQ(names(), "");
    EXPECT_EQ(checkpoint("first"), "none");
}

TEST_F(SqliteJoint, WhatSomebodyElseHasIsLeftToThem) {
    auto other = subject_.open({});
    other->streams().hold("second", kOtherHolder);
    EXPECT_EQ(joint().hold(kStreams, holder_), (std::vector<bool>{true, false, true}));
    EXPECT_EQ(error_of([&] { load(kStreams, "1"); }).fault(), Fault::config);
    EXPECT_EQ(load({"first", "third"}, "1").size(), 2U);
    joint().release(kStreams, holder_);
    other->streams().hold("first", kOtherHolder);
    EXPECT_EQ(joint().hold(kStreams, holder_), (std::vector<bool>{false, false, true}));
}

}  // namespace
}  // namespace ringtail::contract
