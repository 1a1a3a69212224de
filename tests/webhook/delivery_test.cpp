#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <set>

#include "base/clock.hpp"
#include "base/time_text.hpp"
#include "delivery/signing.hpp"
#include "webhook/scene.hpp"

namespace ringtail::webhook {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Words kAll{"--once", "--since", "2000-01-01"};

Words all_and(Words further) {
    further.insert(further.begin(), kAll.begin(), kAll.end());
    return further;
}

// Until the receiver has got so many requests.
void wait_for_posts(Scene& scene, test::Process& process, std::uint64_t count) {
    while (scene.receiver().count() < count)
        ASSERT_FALSE(process.ended_within(5ms)) << process.out_so_far() << process.err_so_far();
}

TEST(Delivery, EveryTransactionComesOnceAsNew) {
    Scene scene;
    const auto done = scene.run(kAll);
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    EXPECT_THAT(scene.mistakes(), IsEmpty());
    const auto posts = scene.receiver().posts();
    std::size_t rows = 0;
    scene.campaign().truth("transactions", {}, [&](std::string_view) { ++rows; });
    EXPECT_EQ(posts.size(), rows);
    for (const auto& post : posts) {
        EXPECT_EQ(post.method, "POST");
        EXPECT_EQ(post.target, "/api/transactions/");
        EXPECT_EQ(post.header("content-type"), "application/json");
        EXPECT_THAT(std::string(post.header("user-agent").value_or("")), HasSubstr("ringtail/"));
        EXPECT_FALSE(post.header("webhook-signature"));
    }
    // Again, after a restart and listed once more: nothing is new.
    EXPECT_EQ(scene.run(all_and({"--full"})).code, 0);
    EXPECT_EQ(scene.receiver().count(), rows);
}

TEST(Delivery, ChangesComeAsUpdatedAndOnlyThen) {
    Scene scene;
    ASSERT_EQ(scene.run(kAll).code, 0);
    for (int i = 0; i < 5; ++i) {
        scene.change(20);
        const auto again = scene.run(kAll);
        ASSERT_EQ(again.code, 0) << again.err;
    }
    EXPECT_THAT(scene.mistakes(), IsEmpty());
    std::set<std::string> bodies;
    for (const auto& post : scene.receiver().posts())
        EXPECT_TRUE(bodies.insert(post.body.substr(post.body.find("\"state\""))).second);
}

TEST(Delivery, WithoutSinceOnlyTheFutureIsSent) {
    Scene scene;
    auto process = scene.start();
    while (process->out_so_far().find("caught up") == std::string::npos)
        ASSERT_FALSE(process->ended_within(5ms)) << process->err_so_far();
    EXPECT_EQ(scene.receiver().count(), 0U);
    const std::string start = scene.outbox_value("SELECT since FROM outbox_streams");
    scene.change(30, {"transaction"});
    wait_for_posts(scene, *process, 30);
    process->send(SIGTERM);
    EXPECT_EQ(process->wait().code, 0);
    scene.change(10, {"transaction"});  // while it does not run
    const auto done = scene.run();
    EXPECT_EQ(done.code, 0) << done.err;
    const Instant since{std::chrono::microseconds(std::stoll(start))};
    EXPECT_THAT(scene.mistakes({}, format_time(since)), IsEmpty());
    EXPECT_EQ(scene.outbox_value("SELECT since FROM outbox_streams"), start);
}

TEST(Delivery, FiltersHoldForTheTransactionsThemselves) {
    Scene scene;
    EXPECT_EQ(scene.run(all_and({"--only", "human", "--stages", "fc_"})).code, 0);
    sim::TruthOptions truth;
    truth.mode = "hi_updates_only";
    truth.stages = "fc_";
    EXPECT_THAT(scene.mistakes(truth), IsEmpty());
    EXPECT_GT(scene.receiver().count(), 0U);
}

TEST(Delivery, TheOldCommandLineKeepsOn) {
    Scene scene;
    Words words{"dbsync2",
                "--a",
                "webhook",
                "--c",
                scene.campaign().options().campaign,
                "--ct",
                scene.campaign().options().token,
                "--api",
                scene.campaign().base_url(),
                "--url",
                scene.receiver().url(),
                "--s",
                "2000-01-01",
                "--fm",
                "updates_only",
                "--wr",
                "100000",
                "--every",
                "100ms"};
    words.insert(words.begin(), std::string(RINGTAIL_BINARY_DIR) + "/ringtail");
    test::Process process(words, {{"HOME", scene.folder()}, {"RINGTAIL_ROOT", scene.folder()}});
    while (process.out_so_far().find("caught up") == std::string::npos)
        ASSERT_FALSE(process.ended_within(5ms)) << process.out_so_far() << process.err_so_far();
    sim::TruthOptions truth;
    truth.mode = "updates_only";
    std::uint64_t rows = 0;
    scene.campaign().truth("transactions", truth, [&](std::string_view) { ++rows; });
    wait_for_posts(scene, process, rows);
    process.send(SIGTERM);
    EXPECT_EQ(process.wait().code, 0);
    EXPECT_THAT(scene.mistakes(truth), IsEmpty());
    scene.move_outbox(scene.folder() + "/var/opt/dbsync2/" + scene.campaign().options().campaign +
                      ".outbox.db");
    EXPECT_EQ(scene.outbox_value("SELECT count(*) FROM deliveries WHERE status = 2"),
              std::to_string(rows));
}

TEST(Delivery, IsSignedAndHasTheHeadersAskedFor) {
    Scene scene(5);
    std::ofstream(scene.folder() + "/secret") << "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n";
    const auto done =
        scene.run(all_and({"--secret-file", scene.folder() + "/secret", "--header",
                           "Authorization: Bearer canary-4711", "--header", "X-Two: 2",
                           "--log-file", scene.folder() + "/log", "--log-level", "debug"}));
    ASSERT_EQ(done.code, 0) << done.err;
    const std::string key = delivery::signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    const auto posts = scene.receiver().posts();
    ASSERT_THAT(posts, Not(IsEmpty()));
    for (const auto& post : posts) {
        const std::string id(post.header("webhook-id").value());
        EXPECT_EQ(id, post.header("idempotency-key"));
        EXPECT_EQ(post.header("webhook-signature"),
                  delivery::signature(key, id, *post.header("webhook-timestamp"), post.body));
        EXPECT_EQ(post.header("authorization"), "Bearer canary-4711");
        EXPECT_EQ(post.header("x-two"), "2");
    }
    std::ifstream log(scene.folder() + "/log");
    const std::string logged{std::istreambuf_iterator<char>(log), {}};
    for (const std::string& seen : {logged, done.out, done.err}) {
        EXPECT_THAT(seen, Not(HasSubstr("canary")));
        EXPECT_THAT(seen, Not(HasSubstr("MfKQ9r8")));
    }
}

TEST(Delivery, KeepsToTheRate) {
    Scene scene(10);
    SystemClock clock;
    const Instant start = clock.now();
    const auto done = scene.run(all_and({"--rate", "50", "--burst", "1"}));
    ASSERT_EQ(done.code, 0) << done.err;
    const auto least = (scene.receiver().count() - 1) * 20ms;  // it may take longer, never less
    EXPECT_GE(clock.now() - start, least);
}

TEST(Delivery, TwoForOneStreamAreRefused) {
    Scene scene;
    auto first = scene.start({"--since", "2000-01-01"});
    wait_for_posts(scene, *first, 1);
    const auto second = scene.run(kAll);
    EXPECT_EQ(second.code, 2);
    EXPECT_THAT(second.err, HasSubstr("is being loaded by"));
    first->send(SIGTERM);
    EXPECT_EQ(first->wait().code, 0);
}

TEST(Delivery, AnOutboxThatCannotBeWrittenIsAnError) {
    Scene scene(1);
    scene.move_outbox("/proc/no/outbox.db");
    const auto done = scene.run(kAll);
    EXPECT_EQ(done.code, 2);
    EXPECT_THAT(done.err, HasSubstr("/proc/no/outbox.db"));
    EXPECT_EQ(scene.receiver().count(), 0U);
}

TEST(Delivery, ReadingStopsWhenTheOutboxIsFullAndGoesOnLater) {
    Scene scene(400);
    scene.receiver().add_fault({"500"});
    auto process =
        scene.start(all_and({"--max-outbox", "1", "--keep", "0s", "--rows-per-load", "50"}));
    while (process->err_so_far().find("is full") == std::string::npos)
        ASSERT_FALSE(process->ended_within(5ms)) << process->out_so_far();
    process->send(SIGTERM);
    EXPECT_EQ(process->wait().code, 1);
    scene.receiver().clear_faults();
    const auto done = scene.run(kAll);
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_THAT(scene.mistakes(), IsEmpty());
}

}  // namespace
}  // namespace ringtail::webhook
