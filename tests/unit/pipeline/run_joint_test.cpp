#include "pipeline/run_joint.hpp"

#include <gtest/gtest.h>

#include "destination/sqlite/sqlite.hpp"
#include "support/process.hpp"
#include "unit/pipeline/scripted.hpp"

namespace ringtail {
namespace {

// What it was told of.
class Told final : public Observer {
  public:
    void loaded(const RunSummary& so_far) override {
        ++loads;
        rows = so_far.tables.at(0).inserted;
        stored = so_far.stored.text;
    }
    void round_done(const RunSummary&) override { ++rounds; }
    void attempt_failed(const Error&, std::chrono::milliseconds) override { ++failures; }

    int loads = 0, rounds = 0, failures = 0;
    std::uint64_t rows = 0;
    std::string stored;
};

class RunJoint : public testing::Test {
  protected:
    struct Stream {
        test::ScriptedSource source;
        Told told;
    };

    // Each fills a table of its own name.
    Stream& add(const std::string& name) {
        Stream& stream = streams_[name];
        stream.source.table = name;
        joint_.push_back({&stream.source, name, &stream.told});
        return stream;
    }
    std::vector<JointEnd> run(const LoadSize& size = {}, std::stop_token stop = {}) {
        const auto ends = run_joint(joint_, *destination_, size, clock_, *log_, stop);
        for (const auto& [name, stream] : streams_) EXPECT_EQ(stream.told.failures, 0);
        // Somebody else may have them at once.
        for (const auto& [name, stream] : streams_) {
            destination_->streams().hold(name, "elsewhere/boot/pid:[1]/4711/99");
            destination_->streams().release(name, "elsewhere/boot/pid:[1]/4711/99");
        }
        return ends;
    }
    std::string checkpoint(const std::string& name) {
        const auto stored = destination_->streams().checkpoint(name);
        return stored ? stored->text : "none";
    }

    SystemClock clock_;
    std::unique_ptr<Logger> log_ = make_null_logger();
    test::TemporaryFolder folder_;
    std::unique_ptr<Destination> destination_ =
        make_sqlite(folder_.path() + "/joint.db", {}, *log_);
    std::map<std::string, Stream> streams_;
    std::vector<JointStream> joint_;
};

using enum JointEnd;
using Ends = std::vector<JointEnd>;

TEST_F(RunJoint, ARoundOfEachIsLoaded) {
    add("one");
    add("two").source.per_round = 5;
    EXPECT_EQ(run(), (Ends{done, done}));
    EXPECT_EQ(streams_["one"].told.rows, 3U);
    EXPECT_EQ(streams_["two"].told.rows, 5U);
    EXPECT_EQ(checkpoint("two"), "5");
    EXPECT_EQ(run(), (Ends{done, done}));
    EXPECT_EQ(streams_["two"].told.stored, "10") << "it goes on after the checkpoint";
    EXPECT_EQ(streams_["two"].told.rounds, 2);
    EXPECT_EQ(streams_["two"].told.loads, 2);
}

TEST_F(RunJoint, WhatHasNothingIsDoneWithoutALoad) {
    add("one").source.per_round = 0;
    add("two");
    EXPECT_EQ(run(), (Ends{done, done}));
    EXPECT_EQ(streams_["one"].told.loads, 0);
    EXPECT_EQ(streams_["one"].told.rounds, 1);
    EXPECT_EQ(checkpoint("one"), "none");
    EXPECT_EQ(checkpoint("two"), "3");
}

TEST_F(RunJoint, ASourceThatFailsIsLeftOut) {
    add("one");
    add("two").source.before_page = [](int number) {
        if (number == 1) throw Error(Fault::transient, "not now");
    };
    add("three").source.page_tally = {.listed = 2, .loaded = 1};  // it does not add up
    add("four");
    EXPECT_EQ(run(), (Ends{done, left_out, left_out, done}));
    EXPECT_EQ(checkpoint("one"), "3");
    EXPECT_EQ(checkpoint("two"), "none");
    EXPECT_EQ(checkpoint("three"), "none");
    EXPECT_EQ(checkpoint("four"), "3");
    for (const char* name : {"two", "three"}) {
        EXPECT_EQ(streams_[name].told.loads, 0);
        EXPECT_EQ(streams_[name].told.rounds, 0);
    }
}

TEST_F(RunJoint, WhereTheLoadFailsAllAreLeftOut) {
    add("one");
    std::stop_source stop;
    add("two").source.before_page = [&](int number) {
        if (number == 2) stop.request_stop();  // seen by the load first
    };
    EXPECT_EQ(run({}, stop.get_token()), (Ends{left_out, left_out}));
    EXPECT_EQ(checkpoint("one"), "none");
    EXPECT_EQ(streams_["one"].told.loads, 0);
    streams_["two"].source.before_page = nullptr;
    EXPECT_EQ(run(), (Ends{done, done})) << "nothing of it was stored";
    EXPECT_EQ(checkpoint("one"), "3");
}

TEST_F(RunJoint, WhatIsMoreThanALoadGoesOn) {
    add("one").source.per_round = 10;
    add("two");
    EXPECT_EQ(run({.rows = 4}), (Ends{more, done}));
    EXPECT_EQ(checkpoint("one"), "4");
    EXPECT_EQ(streams_["one"].told.rounds, 0);
    EXPECT_EQ(checkpoint("two"), "3");
}

TEST_F(RunJoint, WhatIsMuchTogetherIsLoadedInParts) {
    for (const char* name : {"one", "two", "three"}) add(name);
    // A row has some bytes, so that each source fills a load; the third fails after that.
    streams_["three"].source.before_page = [&](int) {
        EXPECT_EQ(checkpoint("one"), "1");
        EXPECT_EQ(checkpoint("two"), "1");
        throw Error(Fault::transient, "not now");
    };
    EXPECT_EQ(run({.bytes = 1}), (Ends{more, more, left_out}));
}

TEST_F(RunJoint, AStreamThatComesTwiceIsLoadedOnceAtATime) {
    add("one");
    test::ScriptedSource again;
    again.table = "one";
    joint_.push_back({&again, "one", &streams_["one"].told});
    EXPECT_EQ(run(), (Ends{done, left_out}));
    EXPECT_EQ(checkpoint("one"), "3");
}

TEST_F(RunJoint, WhatSomebodyElseLoadsIsLeftOut) {
    add("one");
    add("two");
    EXPECT_EQ(run(), (Ends{done, done}));
    destination_->streams().hold("one", "elsewhere/boot/pid:[1]/4711/99");
    const auto ends = run_joint(joint_, *destination_, {}, clock_, *log_, {});
    EXPECT_EQ(ends, (Ends{left_out, done}));
    EXPECT_EQ(checkpoint("one"), "3");
    EXPECT_EQ(checkpoint("two"), "6");
}

}  // namespace
}  // namespace ringtail
