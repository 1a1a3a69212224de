// `ringtail deliveries` on an outbox with dead letters, `ringtail check`, and secrets.
#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "sqlite/connection.hpp"
#include "webhook/scene.hpp"

namespace ringtail::webhook {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Deliveries : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string fired;  // of the first transaction
        scene_.campaign().truth("transactions", {}, [&](std::string_view row) {
            const auto at = row.find("\"fired\":\"");
            if (fired.empty()) fired = row.substr(at, row.find('"', at + 9) + 1 - at);
        });
        scene_.receiver().add_fault({"422", 0, fired});
        const auto done = scene_.run({"--once", "--since", "2000-01-01", "--retry-plan", "10ms"});
        ASSERT_EQ(done.code, 3) << done.out << done.err;
        scene_.receiver().clear_faults();
    }
    test::Outcome deliveries(Words words) {
        words.insert(words.begin(), "deliveries");
        words.insert(words.end(), {"--state", scene_.outbox()});
        return scene_.command(words);
    }
    std::string dead() {
        return scene_.outbox_value("SELECT count(*) FROM deliveries WHERE status = 3");
    }

    Scene scene_{20};
};

TEST_F(Deliveries, AreListedShownAndTriedAgain) {
    const auto list = deliveries({"list", "--dead"});
    EXPECT_EQ(list.code, 0) << list.err;
    EXPECT_THAT(list.out, HasSubstr("dead"));
    const std::string id = scene_.outbox_value("SELECT message FROM deliveries WHERE status = 3");
    const auto show = deliveries({"show", id});
    EXPECT_EQ(show.code, 0) << show.err;
    EXPECT_THAT(show.out, HasSubstr("422"));
    EXPECT_THAT(show.out, HasSubstr("no, says the receiver"));
    EXPECT_THAT(show.out, HasSubstr("\"transaction\":"));
    const auto json = deliveries({"show", id, "--output", "json"});
    EXPECT_THAT(json.out, HasSubstr("\"attempt_list\":[{\"at\":\""));
    const std::string number =
        scene_.outbox_value("SELECT number FROM deliveries WHERE status = 3");
    EXPECT_THAT(deliveries({"retry", number}).out, HasSubstr("1 dead letters wait again"));
    EXPECT_EQ(deliveries({"retry", "--all", "--output", "json"}).out,
              "{\"event\":\"retried\",\"waiting\":0,\"superseded\":0}\n");
    EXPECT_EQ(dead(), "0");
    const auto done = scene_.run({"--once", "--since", "2000-01-01"});
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    // A dead letter that is tried again comes after what its contact got meanwhile.
    EXPECT_THAT(scene_.mistakes(), ::testing::Each(HasSubstr("out of order")));
}

TEST_F(Deliveries, OldContentIsNotSentAfterNew) {
    sqlite::Connection db(scene_.outbox());
    const std::string first = scene_.outbox_value("SELECT number FROM deliveries WHERE status = 3");
    db.run(
        "INSERT INTO deliveries (stream, message, key, contact, fired, state, status, due, "
        "created) SELECT stream, 'msg_later', key, contact, fired, 'updated', 2, due, created "
        "FROM deliveries WHERE number = " +
        first);
    EXPECT_THAT(deliveries({"retry", first}).out, HasSubstr("1 stay"));
    EXPECT_THAT(deliveries({"list", "--dead", "--output", "json"}).out,
                HasSubstr("\"superseded\":true"));
}

TEST_F(Deliveries, ArePurged) {
    EXPECT_EQ(deliveries({"purge", "--before", "2001-01-01"}).out, "0 forgotten\n");
    EXPECT_NE(dead(), "0");
    EXPECT_EQ(deliveries({"purge", "--before", "2100-01-01"}).code, 0);
    EXPECT_EQ(dead(), "0");
}

TEST_F(Deliveries, WrongWordsAreSaid) {
    for (const Words& words : std::vector<Words>{{},
                                                 {"lists"},
                                                 {"show"},
                                                 {"show", "no such id"},
                                                 {"retry"},
                                                 {"purge"},
                                                 {"list", "5"},
                                                 {"list", "--limit", "0"}}) {
        const auto wrong = deliveries(words);
        EXPECT_EQ(wrong.code, 2) << ::testing::PrintToString(words) << wrong.out;
        EXPECT_THAT(wrong.err, HasSubstr("error: "));
    }
    EXPECT_EQ(scene_.command({"deliveries", "list", "--state", "/nowhere"}).code, 2);
}

TEST(Check, ReachesTheReceiverAndDeliversNothing) {
    Scene scene(3);
    Words words = scene.words({});
    words.erase(words.begin());
    words[0] = "check";
    const auto good = scene.command(words);
    EXPECT_EQ(good.code, 0) << good.out << good.err;
    EXPECT_THAT(good.out, HasSubstr("ok     receiver"));
    EXPECT_THAT(good.out, HasSubstr("ok     outbox"));
    ASSERT_EQ(scene.receiver().count(), 1U);
    EXPECT_EQ(scene.receiver().posts()[0].method, "HEAD");
    scene.receiver_down();
    const auto bad = scene.command(words);
    EXPECT_EQ(bad.code, 1);
    EXPECT_THAT(bad.out, HasSubstr("FAILED receiver"));
}

TEST(Secrets, OfTheReceiverAreSeenNowhere) {
    Scene scene(3);
    scene.receiver().add_fault({"500", 2});
    const std::string url = scene.receiver().url("/in?key=canary-query");
    const std::string with_user =
        "http://canary-user:canary-word@" + url.substr(std::string("http://").size());
    auto process = scene.start({"--since", "2000-01-01", "--to", with_user, "--header",
                                "X-Api-Key: canary-header", "--log-file", scene.folder() + "/log",
                                "--log-level", "debug", "--retry-plan", "10ms"});
    while (scene.receiver().count() < 10)
        ASSERT_FALSE(process->ended_within(std::chrono::milliseconds(5))) << process->err_so_far();
    std::ifstream words("/proc/" + std::to_string(process->pid()) + "/cmdline", std::ios::binary);
    const std::string visible{std::istreambuf_iterator<char>(words), {}};
    process->send(SIGTERM);
    const auto done = process->wait();
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_EQ(scene.receiver().posts()[0].header("x-api-key"), "canary-header");
    EXPECT_THAT(std::string(*scene.receiver().posts()[0].header("authorization")),
                HasSubstr("Basic "));
    EXPECT_EQ(scene.receiver().posts()[0].target, "/in?key=canary-query");
    std::ifstream log(scene.folder() + "/log");
    const std::string logged{std::istreambuf_iterator<char>(log), {}};
    EXPECT_THAT(logged, HasSubstr("/in"));
    for (const std::string& seen : {visible, logged, done.out, done.err})
        EXPECT_THAT(seen, Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace ringtail::webhook
