#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/error.hpp"
#include "json/document.hpp"
#include "scene.hpp"
#include "schema.hpp"

// The API in use; every request and answer is held against the OpenAPI document that is served.
namespace ringtail::web {
namespace {

using control::RunState;
using test::WebScene;
using testing::HasSubstr;

std::string text_of(JsonValue value) {
    std::string scratch;
    return std::string(value.text_or_raw(scratch));
}

class Described {
  public:
    explicit Described(WebScene& scene)
        : scene_(scene), text_(scene.call("GET", "/api/v1/openapi.json").body), document_(text_) {}

    // Calls a route as a manager. It must do as its description says: status, body and answer.
    std::string good(const std::string& method, const std::string& pattern,
                     const std::string& target, const std::string& body = "") {
        used_.insert(method + " " + pattern);
        const auto operation = find(method, pattern);
        if (!body.empty()) check(operation.find("requestBody"), body);
        const auto reply = scene_.call(method, target, body, scene_.manage_key);
        const auto described = operation.find("responses").find(std::to_string(reply.status));
        EXPECT_TRUE(described.exists())
            << method << " " << target << ": " << reply.status << " " << reply.body;
        EXPECT_EQ(reply.headers.count("x-request-id"), 1U);
        if (described.find("content").exists()) check(described, reply.body);
        return reply.body;
    }

    // Calls it wrongly: this status, and an error with this code.
    void bad(int status, const std::string& code, const std::string& method,
             const std::string& target, const std::string& body = "") {
        const auto reply = scene_.call(method, target, body, scene_.manage_key);
        EXPECT_EQ(reply.status, status) << method << " " << target << ": " << reply.body;
        const JsonDocument answer(reply.body);
        EXPECT_EQ(test::violation(document_.root().find("components").find("schemas").find("Error"),
                                  answer.root(), document_.root()),
                  "");
        EXPECT_EQ(text_of(answer.root().find("error").find("code")), code) << reply.body;
    }

    std::set<std::string> unused() const {
        std::set<std::string> names;
        for (const auto& [path, operations] : document_.root().find("paths").members())
            for (const auto& [method, operation] : operations.members()) {
                auto name = text_of(method);
                for (char& c : name) c = static_cast<char>(std::toupper(c));
                name += " " + text_of(path);
                if (!used_.contains(name)) names.insert(name);
            }
        return names;
    }

  private:
    JsonValue find(const std::string& method, const std::string& pattern) {
        auto small = method;
        for (char& c : small) c = static_cast<char>(std::tolower(c));
        const auto operation = document_.root().find("paths").find(pattern).find(small);
        EXPECT_TRUE(operation.exists()) << method << " " << pattern;
        return operation;
    }
    void check(JsonValue described, const std::string& text) {
        const auto schema = described.find("content").find("application/json").find("schema");
        const JsonDocument document(text);
        EXPECT_EQ(test::violation(schema, document.root(), document_.root()), "") << text;
    }

    WebScene& scene_;
    std::string text_;
    JsonDocument document_;
    std::set<std::string> used_;
};

// A run of the job that has loaded something.
std::int64_t finished_run(WebScene& scene) {
    const auto now = scene.clock.now();
    control::RunRequest request;
    request.job = scene.job;
    scene.store.runs().enqueue(request, now);
    const auto run = scene.store.runs().claim("tester", now);
    if (!run) throw std::runtime_error("there is no run to claim");
    control::Ending ending;
    ending.state = RunState::failed;
    ending.last.counters = {5, 4, 3, 2, 1, 9};
    ending.last.rows = {{"calls", 5, 4, 3, 2, 1}};
    ending.message = "the key was refused";
    ending.hint = "make a new one";
    scene.store.runs().finish(*run, ending, now);
    return run->number;
}

TEST(Api, EveryRouteDoesAsItsDescriptionSays) {
    WebScene scene;
    Described api(scene);
    const std::string base = "/api/v1";
    const auto call = [&](const std::string& method, const std::string& pattern,
                          const std::string& path, const std::string& body = "") {
        return api.good(method, base + pattern, base + path, body);
    };
    api.good("GET", "/healthz", "/healthz");
    api.good("GET", "/readyz", "/readyz");
    api.good("GET", "/metrics", "/metrics");
    call("GET", "/openapi.json", "/openapi.json");

    call("GET", "/destinations", "/destinations");
    const auto made = call("POST", "/destinations", "/destinations",
                           R"({"name":"d2","url":"postgresql://u:topsecret@h/d"})");
    EXPECT_EQ(made.find("topsecret"), std::string::npos);
    call("GET", "/destinations/{destination}", "/destinations/d2");
    call("PATCH", "/destinations/{destination}", "/destinations/d2", R"({"name":"d3"})");
    EXPECT_EQ(scene.store.destinations().url(2), "postgresql://u:topsecret@h/d");

    call("GET", "/sources", "/sources");
    const auto source = call("POST", "/sources", "/sources",
                             R"({"name":"s2","kind":"callkeeper","secret":"0123456789abcdefghij",)"
                             R"("settings":{"zone":"Europe/Moscow"},"destination":"d3"})");
    EXPECT_EQ(source.find("0123456789"), std::string::npos);
    EXPECT_NE(source.find("\"secret_last4\":\"ghij\""), std::string::npos);
    call("GET", "/sources/{source}", "/sources/s2");
    call("PATCH", "/sources/{source}", "/sources/s2",
         R"({"name":"s3","secret":"another secret that is long","settings":{}})");
    const auto stored = scene.store.sources().get("s3");
    EXPECT_EQ(scene.store.sources().secret(stored.number), "another secret that is long");
    EXPECT_EQ(stored.settings, "{}");
    call("POST", "/sources/{source}/pause", "/sources/s3/pause");
    EXPECT_FALSE(scene.store.sources().get("s3").enabled);
    call("POST", "/sources/{source}/resume", "/sources/s3/resume");
    EXPECT_TRUE(scene.store.sources().get("s3").enabled);
    call("POST", "/sources/{source}/check", "/sources/s3/check");
    call("GET", "/sources/{source}/tables", "/sources/s3/tables");
    EXPECT_EQ(scene
                  .hook("gar\xff"
                        "bage")
                  .status,
              400);
    while (control::Inbox(scene.inbox).rejects(scene.source).empty()) std::this_thread::yield();
    const auto rejects = call("GET", "/sources/{source}/rejects", "/sources/s1/rejects?limit=5");
    EXPECT_NE(rejects.find("it has no id"), std::string::npos) << rejects;
    const auto hook = call("GET", "/sources/{source}/hook", "/sources/s1/hook");
    EXPECT_NE(hook.find("/hooks/callkeeper/" + scene.token), std::string::npos);
    const auto rotated = call("POST", "/sources/{source}/rotate-hook", "/sources/s1/rotate-hook");
    EXPECT_NE(rotated.find("\"old_address\":\"/hooks/callkeeper/" + scene.token),
              std::string::npos);

    call("GET", "/jobs", "/jobs?source=s1");
    call("POST", "/jobs", "/jobs",
         R"({"source":"s1","name":"old","kind":"history","schedule":"every 15m","last_days":3})");
    call("GET", "/jobs/{job}", "/jobs/2");
    call("PATCH", "/jobs/{job}", "/jobs/2", R"({"last_days":null,"settings":{"a":1}})");
    EXPECT_EQ(scene.store.jobs().find(2)->last_days, std::nullopt);
    EXPECT_EQ(scene.store.jobs().find(2)->schedule, "every 15m");
    EXPECT_TRUE(scene.store.jobs().find(2)->next_due);
    call("POST", "/jobs/{job}/pause", "/jobs/2/pause");
    EXPECT_FALSE(scene.store.jobs().find(2)->enabled);
    call("POST", "/jobs/{job}/resume", "/jobs/2/resume");
    EXPECT_TRUE(scene.store.jobs().find(2)->enabled);

    finished_run(scene);
    const int wakes = scene.actions.wakes;
    call("POST", "/jobs/{job}/run", "/jobs/2/run", R"({"from":"2024-01-01","to":"2024-02-01"})");
    EXPECT_GT(scene.actions.wakes, wakes);
    call("GET", "/runs", "/runs?job=2");
    call("GET", "/runs/{run}", "/runs/1");
    call("POST", "/runs/{run}/pause", "/runs/2/pause");
    EXPECT_EQ(scene.store.runs().find(2)->state, RunState::paused);
    call("POST", "/runs/{run}/resume", "/runs/2/resume");
    EXPECT_EQ(scene.store.runs().find(2)->state, RunState::queued);
    call("POST", "/runs/{run}/cancel", "/runs/2/cancel");
    EXPECT_EQ(scene.store.runs().find(2)->state, RunState::cancelled);

    const auto journal = call("GET", "/journal", "/journal?limit=1&source=s1&since=2020-01-01");
    EXPECT_NE(journal.find("\"before\":2"), std::string::npos) << journal;
    const auto older = call("GET", "/journal", "/journal?before=2&state=failed");
    EXPECT_NE(older.find("make a new one"), std::string::npos) << older;
    const auto days = call("GET", "/statistics", "/statistics?source=s1");
    EXPECT_NE(days.find("\"added\":5"), std::string::npos) << days;

    call("DELETE", "/jobs/{job}", "/jobs/2");
    EXPECT_FALSE(scene.store.jobs().find(2));
    call("DELETE", "/sources/{source}", "/sources/s3");
    EXPECT_FALSE(scene.store.sources().find("s3"));
    call("DELETE", "/destinations/{destination}", "/destinations/d3");
    EXPECT_FALSE(scene.store.destinations().find("d3"));
    EXPECT_EQ(api.unused(), std::set<std::string>{});
}

TEST(Api, WrongRequestsSayWhatIsWrong) {
    WebScene scene;
    Described api(scene);
    api.bad(404, "not_found", "GET", "/api/v1/nothing");
    api.bad(404, "not_found", "GET", "/api/v1/sources/nobody");
    api.bad(404, "not_found", "GET", "/api/v1/jobs/99");
    api.bad(404, "not_found", "GET", "/api/v1/jobs/one");
    api.bad(404, "not_found", "POST", "/api/v1/runs/99/cancel");
    api.bad(405, "method_not_allowed", "PUT", "/api/v1/sources");
    api.bad(400, "invalid", "POST", "/api/v1/sources", "{");
    api.bad(400, "invalid", "POST", "/api/v1/sources", "[]");
    api.bad(400, "invalid", "POST", "/api/v1/sources", R"({"name":"x"})");
    api.bad(400, "invalid", "POST", "/api/v1/sources", R"({"nam":"x"})");
    api.bad(400, "invalid", "POST", "/api/v1/sources",
            R"({"name":"x","kind":"other","secret":"s"})");
    api.bad(400, "invalid", "POST", "/api/v1/sources",
            R"({"name":"x","kind":"dialfire","secret":"s","settings":{"bad":1}})");
    api.bad(400, "invalid", "POST", "/api/v1/sources",
            R"({"name":"x","kind":"dialfire","secret":"s","destination":"nowhere"})");
    api.bad(409, "exists", "POST", "/api/v1/sources",
            R"({"name":"s1","kind":"dialfire","secret":"s"})");
    api.bad(400, "invalid", "POST", "/api/v1/destinations", R"({"name":"x","url":"nonsense"})");
    api.bad(409, "exists", "POST", "/api/v1/destinations",
            R"({"name":"d1","url":"postgresql://h/d"})");
    api.bad(409, "in_use", "DELETE", "/api/v1/destinations/d1");
    api.bad(400, "invalid", "POST", "/api/v1/jobs",
            R"({"source":"s1","name":"x","kind":"load","schedule":"bad"})");
    api.bad(400, "invalid", "PATCH", "/api/v1/jobs/1", R"({"last_days":0})");
    api.bad(400, "invalid", "PATCH", "/api/v1/jobs/1", R"({"confirm":"yes"})");
    api.bad(400, "invalid", "PATCH", "/api/v1/jobs/1", R"({"enabled":"yes"})");
    api.bad(400, "invalid", "POST", "/api/v1/jobs/1/run",
            R"({"from":"2024-02-01","to":"2024-01-01"})");
    api.bad(400, "invalid", "GET", "/api/v1/journal?limit=0");
    api.bad(400, "invalid", "GET", "/api/v1/journal?since=yesterday");
    api.bad(400, "invalid", "GET", "/api/v1/journal?kind=nothing");
    EXPECT_EQ(scene.call("POST", "/api/v1/jobs/1/run", "", scene.manage_key).status, 202);
    api.bad(409, "open", "POST", "/api/v1/jobs/1/run");
    api.bad(409, "wrong_state", "POST", "/api/v1/runs/1/resume");
}

TEST(Api, ARuleThatTakesSomethingAwayIsStoredOnlyWhereThatIsConfirmed) {
    WebScene scene;
    Described api(scene);
    const auto call = [&](const std::string& method, const std::string& pattern,
                          const std::string& target, const std::string& body) {
        api.good(method, "/api/v1" + pattern, "/api/v1" + target, body);
    };
    const std::string less =
        R"({"source":"s1","name":"less","kind":"report","settings":{"rule":"less"})";
    api.bad(409, "takes_away", "POST", "/api/v1/jobs", less + "}");
    EXPECT_FALSE(scene.store.jobs().find(scene.source, "less"));
    call("POST", "/jobs", "/jobs", less + R"(,"confirm":true})");
    const auto made = scene.store.jobs().find(scene.source, "less");
    ASSERT_TRUE(made);
    const std::string path = "/jobs/" + std::to_string(made->number);
    // What leaves the rule as it is needs no word, nor does one that takes nothing away.
    call("PATCH", "/jobs/{job}", path, R"({"schedule":"every 1h"})");
    call("PATCH", "/jobs/{job}", path, R"({"settings":{"rule":"more"}})");
    const auto reply =
        scene.call("PATCH", "/api/v1" + path, R"({"settings":{"rule":"less"}})", scene.manage_key);
    EXPECT_EQ(reply.status, 409);
    EXPECT_THAT(reply.body, HasSubstr("t: column a is no longer filled; t: column b is added"));
    EXPECT_THAT(reply.body, HasSubstr(R"(\"confirm\": true)"));
    EXPECT_THAT(scene.store.jobs().find(made->number)->settings, HasSubstr("more"));
    call("PATCH", "/jobs/{job}", path, R"({"settings":{"rule":"less"},"confirm":true})");
    EXPECT_THAT(scene.store.jobs().find(made->number)->settings, HasSubstr("less"));
}

TEST(Api, AnswersHeadAndCarriesTheRequestsId) {
    WebScene scene;
    const auto head =
        scene.call("HEAD", "/api/v1/sources", "", scene.read_key, {"X-Request-Id: my-id.1"});
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.headers.at("x-request-id"), "my-id.1");
    const auto odd = scene.call("GET", "/healthz", "", "", {"X-Request-Id: no good"});
    EXPECT_NE(odd.headers.at("x-request-id"), "no good");
}

TEST(Api, MetricsTellOfTheInbox) {
    WebScene scene;
    EXPECT_EQ(scene.hook(R"({"id":1})").status, 200);
    const auto text = scene.call("GET", "/metrics").body;
    EXPECT_NE(text.find("ringtail_inbox_hooks{source=\"s1\"} 1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("ringtail_hooks_total{code=\"200\"} 1\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace ringtail::web
