#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "delivery/signing.hpp"
#include "service/scene.hpp"
#include "webhook/scene.hpp"

// A Dialfire campaign whose transactions the service delivers to a web service.
namespace ringtail::service {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using namespace std::chrono_literals;

class ServiceDeliveries : public testing::Test {
  protected:
    ServiceDeliveries() {
        scene.run({"destination", "add", "web", "--url", web.receiver().url()});
        scene.add_dialfire(
            web.campaign(), "campaign",
            {"--destination", "web", "--deliver-since", "2000-01-01", "--deliver-rate", "0"});
    }

    std::string waiting() const {
        return scene.run(
            {"deliveries", "list", "--source", "campaign", "--waiting", "--output", "json"});
    }

    // The campaign is read now, or already is.
    void read_now() const {
        scene.stage.run({"run", "campaign"}, {{"RINGTAIL_DATA", scene.stage.path("data")}});
    }

    webhook::Scene web{40};
    Scene scene;
};

TEST_F(ServiceDeliveries, GoToPrivateAddressesOnlyWhenThatIsAllowed) {
    scene.serve();
    const auto run = [&](const std::string& what) {
        return member(scene.last_run("campaign", "load"), what);
    };
    scene.wait("it is refused", [&] {
        return !scene
                    .run({"journal", "--source", "campaign", "--state", "failed", "--output",
                          "json"})
                    .empty();
    });
    const std::string failed = scene.run({"journal", "--source", "campaign", "--state", "failed",
                                          "--limit", "1", "--output", "json"});
    EXPECT_THAT(member(failed, "message"), HasSubstr("127.0.0.1"));
    EXPECT_THAT(member(failed, "hint"), HasSubstr("ringtail serve --allow-private"));
    EXPECT_EQ(web.receiver().count(), 0U);
    EXPECT_THAT(waiting(), IsEmpty());
    EXPECT_EQ(scene.stop(10s), 0);
    scene.serve({"--allow-private"});
    read_now();
    scene.wait("all is delivered", [&] { return web.mistakes().empty() && waiting().empty(); });
    EXPECT_GT(web.receiver().count(), 50U);
    EXPECT_EQ(run("state"), "done");
}

TEST_F(ServiceDeliveries, SurviveKillMinus9AndAReceiverThatFails) {
    web.receiver().add_fault({.kind = "500", .count = 3});
    web.receiver().add_fault({.kind = "close", .count = 3});
    for (const char* place : {"commit_sent", "enqueued", "taken", "sent", "answered", "marked"}) {
        scene.start({"--allow-private"}, {{"RINGTAIL_FAILPOINT", place}});
        EXPECT_EQ(scene.process().wait(60s).signal, SIGKILL) << place;
    }
    scene.serve({"--allow-private"});
    scene.wait("all is delivered", [&] { return web.mistakes().empty() && waiting().empty(); });
    const auto before = web.receiver().count();
    web.change(5);
    read_now();
    scene.wait("the changes, too", [&] { return web.mistakes().empty() && waiting().empty(); });
    EXPECT_GT(web.receiver().count(), before);
}

TEST_F(ServiceDeliveries, TheServiceEndsInTimeWhileAReceiverHangs) {
    web.receiver().add_fault({.kind = "hang"});
    scene.serve({"--allow-private"});
    scene.wait("it hangs", [&] { return web.receiver().count() > 0; });
    EXPECT_EQ(scene.stop(10s), 0);
    EXPECT_THAT(waiting(), Not(IsEmpty()));
    web.receiver().clear_faults();
    scene.serve({"--allow-private"});
    scene.wait("all is delivered", [&] { return web.mistakes().empty() && waiting().empty(); });
}

// Whether all posts from number `first` on are signed with this secret and have the header.
std::vector<std::string> unsigned_posts(const sim::Receiver& receiver, std::size_t first,
                                        std::string_view secret, std::string_view header) {
    std::vector<std::string> wrong;
    const auto posts = receiver.posts();
    for (std::size_t i = first; i < posts.size(); ++i) {
        const std::string id(posts[i].header("webhook-id").value_or(""));
        const std::string wanted =
            delivery::signature(delivery::signing_key(secret), id,
                                posts[i].header("webhook-timestamp").value_or(""), posts[i].body);
        if (posts[i].header("webhook-signature") != wanted) wrong.push_back("signature of " + id);
        if (posts[i].header("authorization") != header) wrong.push_back("header of " + id);
    }
    return wrong;
}

TEST_F(ServiceDeliveries, AreSignedWithWhatTheFilesHoldNow) {
    const auto write = [&](const std::string& name, std::string_view text) {
        std::ofstream(web.folder() + "/" + name) << text;
        return web.folder() + "/" + name;
    };
    const std::string secret = write("secret", "canary-first\n");
    const std::string headers = write("headers", "Authorization: Bearer canary-4711\n\n");
    EXPECT_THAT(scene.refused({"source", "edit", "campaign", "--deliver-secret-file", "relative"}),
                HasSubstr("no path from the root"));
    EXPECT_THAT(scene.refused({"source", "edit", "campaign", "--deliver-client-cert", secret}),
                HasSubstr("deliver_client_key"));
    scene.run({"source", "edit", "campaign", "--deliver-secret-file", secret,
               "--deliver-headers-file", headers});
    scene.serve({"--allow-private"});
    scene.wait("all is delivered", [&] { return web.mistakes().empty() && waiting().empty(); });
    EXPECT_GT(web.receiver().count(), 50U);
    EXPECT_THAT(unsigned_posts(web.receiver(), 0, "canary-first", "Bearer canary-4711"), IsEmpty());

    std::filesystem::remove(secret);
    scene.wait("the run says why nothing is sent", [&] {
        read_now();
        return scene.run({"journal", "--source", "campaign", "--state", "failed"}).find(secret) !=
               std::string::npos;
    });
    const auto before = web.receiver().count();
    web.change(5);
    write("secret", "canary-second");
    scene.wait("the changes, too", [&] {
        read_now();
        return web.mistakes().empty() && waiting().empty();
    });
    EXPECT_GT(web.receiver().count(), before);
    EXPECT_THAT(unsigned_posts(web.receiver(), before, "canary-second", "Bearer canary-4711"),
                IsEmpty());
    EXPECT_THAT(scene.run({"source", "show", "campaign", "--output", "json"}),
                AllOf(HasSubstr(secret), Not(HasSubstr("canary"))));
}

TEST_F(ServiceDeliveries, AReceiverThatIsGoneIsSaid) {
    web.receiver().add_fault({.kind = "410"});
    scene.serve({"--allow-private"});
    scene.wait("it is in the journal", [&] {
        read_now();
        return scene.run({"journal", "--source", "campaign", "--state", "failed"}).find("410") !=
               std::string::npos;
    });
    EXPECT_THAT(waiting(), Not(IsEmpty()));
}

}  // namespace
}  // namespace ringtail::service
