#include "delivery/dispatcher.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"
#include "fake_receiver.hpp"
#include "outbox_fixture.hpp"

namespace ringtail::delivery {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Le;

class Dispatch : public ::testing::Test, protected OutboxFixture {
  protected:
    // Runs until nothing is owed any more, or the time is over. Returns how long it took.
    Instant::duration run(FakeReceiver& receiver, DispatchOptions options = unlimited(),
                          std::chrono::hours most = 240h) {
        const auto log = make_null_logger();
        Dispatcher dispatcher(outbox(), receiver, options, clock_, *log);
        const Instant start = clock_.now();
        int idle = 0;  // steps in a row that did nothing and wanted the next one at once
        while (!dispatcher.is_drained() && clock_.now() < start + most) {
            const int before = receiver.attempts;
            const Instant next = dispatcher.step();
            const bool did = receiver.attempts > before || receiver.has_answers();
            idle = did || next > clock_.now() ? 0 : idle + 1;
            if (idle == 3) ADD_FAILURE() << "it spins";
            clock_.set(std::max(next, clock_.now() + 1us));
        }
        stats_ = dispatcher.stats();
        in_vain_ = dispatcher.in_vain();
        return clock_.now() - start;
    }
    static DispatchOptions unlimited() {
        DispatchOptions options;
        options.rate = 0;
        return options;
    }
    void queue_all(int contacts, int each) {
        for (int n = 0; n < each; ++n)
            for (int contact = 0; contact < contacts; ++contact)
                queue(n * contacts + contact, "C" + std::to_string(contact), std::to_string(n),
                      clock_.now());
    }
    void expect_all_in_order(const FakeReceiver& receiver, int contacts, int each) const {
        ASSERT_EQ(receiver.received.size(), static_cast<std::size_t>(contacts));
        for (const auto& [contact, bodies] : receiver.received) {
            ASSERT_EQ(bodies.size(), static_cast<std::size_t>(each)) << contact;
            for (int n = 0; n < each; ++n)
                EXPECT_EQ(
                    bodies[static_cast<std::size_t>(n)],
                    R"({"contact":{},"state":"new","transaction":)" + std::to_string(n) + "}");
        }
    }

    FakeClock clock_;
    DispatchStats stats_;
    unsigned in_vain_ = 0;
};

TEST_F(Dispatch, DeliversEverythingInTheOrderOfEachContact) {
    queue_all(20, 5);
    FakeReceiver receiver([](auto&, Instant) { return 200; });
    run(receiver);
    expect_all_in_order(receiver, 20, 5);
    EXPECT_EQ(receiver.attempts, 100);
}

TEST_F(Dispatch, AReceiverThatIsDownForAnHourLosesNothing) {
    queue_all(50, 4);
    const Instant up = clock_.now() + 1h;
    FakeReceiver receiver([&](auto&, Instant now) { return now < up ? 0 : 200; });
    const auto took = run(receiver);
    expect_all_in_order(receiver, 50, 4);
    EXPECT_EQ(stats_.dead, 0U);
    EXPECT_THAT(took, Le(1h + 6min));              // the longest pause between two probes is 5 min
    EXPECT_THAT(receiver.attempts - 200, Le(40));  // it was not hammered
    for (const auto& [number, ids] : receiver.ids)
        EXPECT_THAT(std::set<std::string>(ids.begin(), ids.end()).size(), 1U);
}

TEST_F(Dispatch, OneThatFailsForEverDiesAndIsKeptAndTheOthersGoOn) {
    queue(1, "bad", "1", clock_.now());
    queue(2, "bad", "2", clock_.now());
    for (int i = 10; i < 200; ++i)
        queue(i, "C" + std::to_string(i), "1", clock_.now() + (i - 10) * 5s);
    FakeReceiver receiver([](const control::Delivery& delivery, Instant) {
        return delivery.body.find("\"transaction\":1}") != std::string::npos &&
                       delivery.contact == "bad"
                   ? 500
                   : 200;
    });
    run(receiver);
    EXPECT_EQ(stats_.dead, 1U);
    EXPECT_EQ(stats_.failed_attempts, 10U);
    EXPECT_EQ(outbox().counts().dead, 1U);
    EXPECT_EQ(receiver.received.size(), 191U);
    EXPECT_EQ(receiver.received["bad"].size(), 1U);
    auto attempts =
        outbox().db().prepare("SELECT count(*) FROM delivery_attempts WHERE status = 500");
    ASSERT_TRUE(attempts.step());
    EXPECT_EQ(attempts.integer(0), 10);
    attempts.reset();
}

TEST_F(Dispatch, AlsoALoneOneThatFailsForEverDies) {
    queue(1, "bad", "1", clock_.now());
    queue(2, "bad", "2", clock_.now());
    FakeReceiver receiver([](const control::Delivery& delivery, Instant) {
        return delivery.body.ends_with("\"transaction\":1}") ? 500 : 200;
    });
    const auto took = run(receiver);
    EXPECT_EQ(stats_.dead, 1U);
    EXPECT_EQ(receiver.attempts, 11);  // ten, and the contact's next one
    EXPECT_EQ(receiver.received["bad"].size(), 1U);
    EXPECT_THAT(took, Le(7h));
}

TEST_F(Dispatch, AReceiverThatFailsForHoursMakesNoDeadLetter) {
    queue_all(3, 2);
    const Instant up = clock_.now() + 4h;
    FakeReceiver receiver([&](auto&, Instant now) { return now < up ? 500 : 200; });
    run(receiver);
    expect_all_in_order(receiver, 3, 2);
    EXPECT_EQ(stats_.dead, 0U);
}

TEST_F(Dispatch, BehindAGatewayThatFindsNobodyNothingDiesHoweverLong) {
    queue(1, "lone", "0", clock_.now());
    const Instant up = clock_.now() + 12h;
    FakeReceiver receiver([&](auto&, Instant now) { return now < up ? 502 : 200; });
    run(receiver);
    EXPECT_EQ(receiver.received["lone"].size(), 1U);
    EXPECT_EQ(stats_.dead, 0U);
}

// As long as nobody answers, a delivery that the receiver hangs on looks like a receiver that is
// down; another one that is taken tells the two apart.
TEST_F(Dispatch, OneThatIsNeverAnsweredDiesOnceOthersAre) {
    queue(1, "bad", "1", clock_.now());
    for (int i = 10; i < 200; ++i)
        queue(i, "C" + std::to_string(i), "1", clock_.now() + 1h + (i - 10) * 10min);
    FakeReceiver receiver([](const control::Delivery& delivery, Instant) {
        return delivery.contact == "bad" ? 0 : 200;
    });
    run(receiver);
    EXPECT_EQ(stats_.dead, 1U);
    EXPECT_EQ(receiver.received.size(), 190U);
}

TEST_F(Dispatch, CountsHowOftenItWaitedInVain) {
    queue_all(30, 1);
    const Instant start = clock_.now();
    int asked = 0;
    FakeReceiver receiver([&](auto&, Instant) { return ++asked, 429; });
    run(receiver, unlimited(), 1h);
    EXPECT_THAT(in_vain_, ::testing::AllOf(::testing::Ge(115U), Le(121U)));  // 30 s each
    EXPECT_THAT(asked, ::testing::Ge(121));  // several were under way at once
    EXPECT_EQ(outbox().counts().waiting, 30U);
    FakeReceiver later([&](auto&, Instant now) { return now < start + 2h ? 429 : 200; });
    run(later);
    EXPECT_EQ(in_vain_, 0U);
    EXPECT_EQ(stats_.dead, 0U);
}

TEST_F(Dispatch, KeepsTheRate) {
    queue_all(110, 1);
    FakeReceiver receiver([](auto&, Instant) { return 200; });
    DispatchOptions options;  // 5 a second, 10 at once
    const auto took = run(receiver, options);
    EXPECT_GE(took, 20s);
    EXPECT_LE(took, 23s);
    expect_all_in_order(receiver, 110, 1);
}

TEST_F(Dispatch, WaitsAsTheReceiverSays) {
    queue_all(30, 2);
    int refused = 0;
    Instant last{};
    FakeReceiver receiver([&](auto&, Instant now) {
        if (refused > 0 && now < last + 30s) {
            ADD_FAILURE() << "asked again too soon";
        }
        if (refused++ > 20) return 200;
        last = now;
        return 429;
    });
    DispatchOptions options = unlimited();
    options.in_flight = 1;
    run(receiver, options);
    expect_all_in_order(receiver, 30, 2);
    EXPECT_EQ(stats_.dead, 0U);
}

TEST_F(Dispatch, EndsWhenTheReceiverIsGone) {
    queue_all(3, 1);
    FakeReceiver receiver([](auto&, Instant) { return 410; });
    EXPECT_THROW(run(receiver), Error);
    EXPECT_EQ(outbox().counts().waiting, 3U);
}

TEST_F(Dispatch, GoesOnAfterARestart) {
    queue_all(10, 3);
    FakeReceiver receiver([&, n = 0](auto&, Instant) mutable { return ++n % 3 == 0 ? 500 : 200; });
    for (int i = 0; i < 10; ++i) {
        const auto log = make_null_logger();
        Dispatcher cut(outbox(), receiver, unlimited(), clock_, *log);
        cut.step();
        clock_.set(clock_.now() + 10s);
        cut.step();
        receiver.answers();  // what the second step began is never settled
        reopen();
    }
    run(receiver);
    for (const auto& [contact, bodies] : receiver.received) EXPECT_GE(bodies.size(), 3U);
    EXPECT_FALSE(outbox().owes());
}

}  // namespace
}  // namespace ringtail::delivery
