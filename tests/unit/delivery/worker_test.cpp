// The thread of deliveries, over real sockets.
#include "delivery/worker.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "base/error.hpp"
#include "outbox_fixture.hpp"
#include "sim/receiver.hpp"

namespace ringtail::delivery {
namespace {

class WorkerOfDeliveries : public ::testing::Test, protected OutboxFixture {
  protected:
    WorkerOptions options() {
        outbox();  // makes the file
        WorkerOptions options;
        options.outbox = path();
        options.stream = "a stream";
        options.receiver.url = receiver_.url();
        options.dispatch.rate = 0;
        return options;
    }
    std::unique_ptr<Worker> start(WorkerOptions options) {
        return std::make_unique<Worker>(std::move(options), clock_, *log_, [this] { ++ended_; });
    }
    void queue_some(int from, int count) {
        for (int i = from; i < from + count; ++i)
            queue(i, "C" + std::to_string(i % 40), std::to_string(i), clock_.now());
    }
    static Fault fault_of(const std::function<void()>& action) {
        try {
            action();
        } catch (const Error& error) {
            return error.fault();
        }
        return Fault::bug;
    }

    SystemClock clock_;
    std::unique_ptr<Logger> log_ = make_null_logger();
    sim::Receiver receiver_;
    std::atomic<int> ended_{0};
};

TEST_F(WorkerOfDeliveries, DeliversWhatIsQueuedWhileItRuns) {
    const auto worker = start(options());
    for (int i = 0; i < 10; ++i) {
        queue_some(30 * i, 30);
        worker->wake();
    }
    worker->drain({});
    EXPECT_EQ(receiver_.count(), 300U);
    EXPECT_EQ(worker->stats().delivered, 300U);
    EXPECT_FALSE(outbox().owes());
    EXPECT_EQ(ended_, 0);
}

TEST_F(WorkerOfDeliveries, ReportsWhatHasEndedIt) {
    receiver_.add_fault({"410"});
    queue_some(0, 3);
    const auto worker = start(options());
    EXPECT_EQ(fault_of([&] { worker->drain({}); }), Fault::config);
    worker->finish();
    EXPECT_EQ(fault_of([&] { worker->check(); }), Fault::config);
    EXPECT_EQ(ended_, 1);
    EXPECT_TRUE(outbox().owes());
}

TEST_F(WorkerOfDeliveries, DrainingGivesUpOnAReceiverThatSaysLater) {
    sim::PostFault later{"503"};
    later.retry_after = 0;  // taken for a second
    receiver_.add_fault(later);
    queue_some(0, 3);
    WorkerOptions patient = options();
    patient.patience_of_drain = 2;
    auto worker = start(patient);
    EXPECT_EQ(fault_of([&] { worker->drain({}); }), Fault::transient);
    EXPECT_NO_THROW(worker->check());
    worker.reset();
    receiver_.clear_faults();
    worker = start(options());
    worker->drain({});
    EXPECT_EQ(worker->stats().delivered, 3U);
}

TEST_F(WorkerOfDeliveries, DrainingCanBeStopped) {
    receiver_.add_fault({"hang"});
    queue_some(0, 3);
    const std::stop_source stop;
    receiver_.on_post([stop](const sim::Post&) { stop.request_stop(); });
    WorkerOptions quick = options();
    quick.receiver.timeout =
        std::chrono::milliseconds(100);  // finish() waits for what is under way
    const auto worker = start(quick);
    EXPECT_EQ(fault_of([&] { worker->drain(stop.get_token()); }), Fault::stopped);
    worker->finish();
    EXPECT_TRUE(outbox().owes());
}

}  // namespace
}  // namespace ringtail::delivery
