#include "jobs/kept_destinations.hpp"

#include <gtest/gtest.h>

#include "unit/jobs/scene.hpp"

namespace ringtail::jobs {
namespace {

class Kept : public testing::Test {
  protected:
    // A shelf's, and counted from the first to the last.
    class Counted final : public Destination {
      public:
        explicit Counted(Kept& test) : test_(test), shelf_(test.shelf_) {
            ++test_.made;
            ++test_.alive;
        }
        ~Counted() override { --test_.alive; }
        Counted(const Counted&) = delete;
        Counted& operator=(const Counted&) = delete;
        std::vector<Table> prepare(std::span<const Table> tables) override {
            if (test_.fails) throw Error(Fault::transient, "the connection is lost");
            return shelf_.prepare(tables);
        }
        void create_views(std::span<const View> views) override { shelf_.create_views(views); }
        LoadStats load(const Load& load, std::stop_token stop) override {
            return shelf_.load(load, std::move(stop));
        }
        std::vector<std::optional<std::string>> fingerprints(
            const Table& table, std::span<const std::string> keys) override {
            return shelf_.fingerprints(table, keys);
        }
        StreamStore& streams() override { return shelf_.streams(); }

      private:
        Kept& test_;
        test::ShelfDestination shelf_;
    };

    std::unique_ptr<Destination> open(const std::string& url) { return kept.open(url).factory(); }

    std::shared_ptr<test::Shelf> shelf_ = std::make_shared<test::Shelf>();
    int opened = 0, made = 0, alive = 0;
    bool fails = false;
    SetClock clock;
    KeptDestinations kept{[this](const std::string& url) -> OpenedDestination {
                              if (url == "wrong:") throw Error(Fault::config, "no such thing");
                              ++opened;
                              return {[this] { return std::make_unique<Counted>(*this); }, {7, 8}};
                          },
                          clock};
};

TEST_F(Kept, TheNextRunGetsWhatTheLastHasDoneWithAndNobodyAtTheSameTime) {
    EXPECT_EQ(kept.open("a:").size.rows, 7U);
    auto first = open("a:"), second = open("a:");
    EXPECT_EQ(made, 2);
    first.reset();
    const auto third = open("a:");
    EXPECT_EQ(made, 2);
    const auto other = open("b:");
    EXPECT_EQ(made, 3) << "what is another URL's";
    EXPECT_EQ(opened, 2);
}

TEST_F(Kept, WhatFailedIsNotUsedAgain) {
    auto first = open("a:");
    fails = true;
    EXPECT_THROW(first->prepare({}), Error);
    first.reset();
    EXPECT_EQ(alive, 0);
    fails = false;
    open("a:")->prepare({});
    EXPECT_EQ(made, 2);
    EXPECT_THROW(kept.open("wrong:"), Error);
}

TEST_F(Kept, WhatIsIdleIsClosedAndWhatIsInUseIsNot) {
    const auto in_use = open("a:");
    open("a:").reset();
    open("b:").reset();
    kept.close_idle();
    EXPECT_EQ(alive, 3);
    clock.set(clock.now() + std::chrono::seconds(91));
    kept.close_idle();
    EXPECT_EQ(alive, 1);
    open("a:").reset();
    EXPECT_EQ(opened, 2) << "a: was in use all the time";
    open("b:").reset();
    EXPECT_EQ(opened, 3);
}

TEST_F(Kept, NoMoreAreKeptThanRunsNeed) {
    std::vector<std::unique_ptr<Destination>> many;
    for (int i = 0; i < 40; ++i) many.push_back(open("a:"));
    EXPECT_EQ(alive, 40);
    many.clear();
    EXPECT_LE(alive, 8);
    EXPECT_GE(alive, 2);
}

}  // namespace
}  // namespace ringtail::jobs
