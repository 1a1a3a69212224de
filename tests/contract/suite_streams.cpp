#include <mutex>
#include <thread>

#include "contract/fixture.hpp"

// Checkpoints, leases, rechecks, stopping, and life after an error.
namespace ringtail::contract {

// A holder of this machine that no longer runs: this very process, had it started at another time.
inline std::string dead_holder() {
    const std::string ours = this_holder();
    return ours.substr(0, ours.rfind('/')) + "/1";
}

TEST_P(DestinationSuite, TheCheckpointIsStoredWithTheRows) {
    const Table contacts = contacts_table();
    EXPECT_EQ(destination_->streams().checkpoint(kStream), std::nullopt) << "before prepare()";
    start({contacts});
    EXPECT_EQ(destination_->streams().checkpoint(kStream), std::nullopt) << "before the first load";
    load(one(contacts, {{"$id", text("c1")}}), kFirst, R"({"cursor":"ä'\"\\"})");
    EXPECT_EQ(open()->streams().checkpoint(kStream), Checkpoint{R"({"cursor":"ä'\"\\"})"});
    load({}, kSecond, "two");
    EXPECT_EQ(open()->streams().checkpoint(kStream), Checkpoint{"two"});
    destination_->load({{}, {}, {}, kStream, holder_, nullptr, kSecond}, {});
    EXPECT_EQ(open()->streams().checkpoint(kStream), Checkpoint{"two"})
        << "a load without a checkpoint keeps it";
    EXPECT_EQ(open()->streams().checkpoint("another"), std::nullopt);
    destination_->streams().release(kStream, holder_);
    EXPECT_EQ(open()->streams().checkpoint(kStream), Checkpoint{"two"}) << "it outlives the lease";
}

TEST_P(DestinationSuite, AFailedLoadStoresNothingAndTheHandleGoesOn) {
    const Table contacts = contacts_table();
    Table missing = calls_table();
    missing.name = "never_prepared";
    start({contacts});
    load(one(contacts, {{"$id", text("c1")}}), kFirst, "one");
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    batches.emplace_back(missing);
    batches[0].erase("c1");
    put(batches[0], {{"$id", text("c2")}});
    put(batches[1], {{"id", text("k1")}});
    const std::vector<Reject> given{{"df_contacts", "c9", "", "{}", "no use"}};
    const std::vector<Recheck> again{{"c9", 0, kFirst}};
    const Error error = error_of([&] { load(batches, kSecond, "two", given, again); });
    EXPECT_NE(std::string(error.what()).find("never_prepared"), std::string::npos) << error.what();
    EXPECT_EQ(keys(contacts), std::vector<std::string>{"c1"});
    EXPECT_EQ(open()->streams().checkpoint(kStream), Checkpoint{"one"});
    EXPECT_TRUE(rejects().empty());
    EXPECT_TRUE(open()->streams().rechecks(kStream, kSecond, 9).empty());
    EXPECT_EQ(load(one(contacts, {{"$id", text("c3")}}), kSecond, "three")[0].inserted, 1U);
    EXPECT_EQ(keys(contacts), (std::vector<std::string>{"c1", "c3"}));
}

TEST_P(DestinationSuite, AStopRequestStoresNothing) {
    const Table contacts = contacts_table();
    start({contacts});
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    for (int i = 0; i < 2'000; ++i) put(batches[0], {{"$id", text("c" + std::to_string(i))}});
    const Checkpoint after{"one"};
    std::stop_source stop;
    stop.request_stop();
    const Error error = error_of([&] {
        destination_->load({batches, {}, {}, kStream, holder_, &after, kFirst}, stop.get_token());
    });
    EXPECT_EQ(error.fault(), Fault::stopped);
    EXPECT_TRUE(keys(contacts).empty());
    EXPECT_EQ(open()->streams().checkpoint(kStream), std::nullopt);
    EXPECT_EQ(load(batches)[0].inserted, 2'000U);
}

TEST_P(DestinationSuite, ASecondHolderIsRefusedByName) {
    start({contacts_table()});
    auto other = open();
    const Error error = error_of([&] { other->streams().hold(kStream, kOtherHolder); });
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_NE(std::string(error.what()).find(describe_holder(holder_)), std::string::npos)
        << error.what();
    EXPECT_NE(std::string(error.what()).find(kStream), std::string::npos) << error.what();
    EXPECT_FALSE(error.hint().empty());
    destination_->streams().hold(kStream, holder_);         // renewing is no second holder
    other->streams().hold("another stream", kOtherHolder);  // other streams are free
    other->streams().release(kStream, kOtherHolder);        // not ours to give away
    error_of([&] { other->streams().hold(kStream, kOtherHolder); });
    destination_->streams().release(kStream, holder_);
    other->streams().hold(kStream, kOtherHolder);
}

TEST_P(DestinationSuite, ALeaseThatRanOutIsTakenOverAndItsFormerHolderLoadsNothing) {
    const Table contacts = contacts_table();
    start({contacts});
    load(one(contacts, {{"$id", text("c1")}}), kFirst, "one");
    subject_->expire_lease(kStream);
    auto other = open();
    other->streams().hold(kStream, kOtherHolder);
    const Error error = error_of([&] {
        load(one(contacts, {{"$id", text("c2")}}), kSecond, "two");
    });
    EXPECT_NE(error.fault(), Fault::bug);
    EXPECT_NE(std::string(error.what()).find(describe_holder(kOtherHolder)), std::string::npos)
        << error.what();
    EXPECT_EQ(keys(contacts), std::vector<std::string>{"c1"});
    EXPECT_EQ(open()->streams().checkpoint(kStream), Checkpoint{"one"});
}

TEST_P(DestinationSuite, ALeaseThatRanOutAndNobodyTookStillLoads) {
    const Table contacts = contacts_table();
    start({contacts});
    subject_->expire_lease(kStream);
    EXPECT_EQ(load(one(contacts, {{"$id", text("c1")}}))[0].inserted, 1U);
    const Error error = error_of([&] { open()->streams().hold(kStream, kOtherHolder); });
    EXPECT_EQ(error.fault(), Fault::config) << "a load renews the lease";
}

TEST_P(DestinationSuite, ADeadHolderLosesItsLeaseAtOnce) {
    const Table contacts = contacts_table();
    start({contacts});
    destination_->streams().release(kStream, holder_);
    destination_->streams().hold(kStream, dead_holder());
    open()->streams().hold(kStream, holder_);
    EXPECT_EQ(load(one(contacts, {{"$id", text("c1")}}))[0].inserted, 1U);
}

TEST_P(DestinationSuite, ALoadWithoutTheLeaseStoresNothing) {
    const Table contacts = contacts_table();
    destination_->prepare(std::vector{contacts});
    error_of([&] { load(one(contacts, {{"$id", text("c1")}})); });
    EXPECT_TRUE(keys(contacts).empty());
    destination_->streams().hold(kStream, holder_);
    EXPECT_EQ(load(one(contacts, {{"$id", text("c1")}}))[0].inserted, 1U);
}

TEST_P(DestinationSuite, RechecksAreKeptUntilSettled) {
    start({contacts_table()});
    const auto seconds = [](int n) { return kFirst + std::chrono::seconds(n); };
    const Instant later = seconds(20) + std::chrono::microseconds(7);
    const std::vector<Recheck> first{
        {"c3", 0, seconds(30)}, {"c1", 0, seconds(10)}, {"c4", 2, later}, {"c2", 1, seconds(20)}};
    load({}, kFirst, "one", {}, first);
    const auto keys_until = [&](Instant until, std::size_t limit) {
        std::string keys;
        for (const auto& r : open()->streams().rechecks(kStream, until, limit)) {
            keys += r.key + ":" + std::to_string(r.step) + " ";
        }
        return keys;
    };
    EXPECT_EQ(keys_until(seconds(20), 10), "c1:0 c2:1 ");
    EXPECT_EQ(keys_until(seconds(99), 10), "c1:0 c2:1 c4:2 c3:0 ");
    EXPECT_EQ(keys_until(seconds(99), 2), "c1:0 c2:1 ");
    EXPECT_EQ(keys_until(seconds(9), 10), "");
    EXPECT_EQ(open()->streams().rechecks(kStream, later, 9).back().due, later)
        << "to the microsecond";

    const std::vector<Recheck> next{{"c1", 1, seconds(40)}, {"c2", -1, {}}, {"unknown", -1, {}}};
    load({}, kFirst, "two", {}, next);
    EXPECT_EQ(keys_until(seconds(99), 10), "c4:2 c3:0 c1:1 ");
    EXPECT_TRUE(open()->streams().rechecks("another", seconds(99), 10).empty());
}

TEST_P(DestinationSuite, TwoHandlesMayPrepareAtTheSameTime) {
    const std::vector tables{contacts_table(), calls_table()};
    std::vector<std::jthread> threads;
    std::mutex mutex;
    std::string failed;
    for (int i = 0; i < 2; ++i) {
        threads.emplace_back([&] {
            try {
                for (int round = 0; round < 3; ++round) open()->prepare(tables);
            } catch (const Error& error) {
                const std::lock_guard lock(mutex);
                failed = error.what();
            }
        });
    }
    threads.clear();
    EXPECT_EQ(failed, "");
    start(tables);
    EXPECT_EQ(load(one(tables[0], {{"$id", text("c1")}}))[0].inserted, 1U);
}

}  // namespace ringtail::contract
