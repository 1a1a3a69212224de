#include <gtest/gtest.h>

#include <set>

#include "base/metrics.hpp"
#include "scene.hpp"
#include "web/api.hpp"
#include "web/auth.hpp"
#include "web/service_routes.hpp"

// Who may call what, for every route there is: a new one is asked too.
namespace ringtail::web {
namespace {

using test::WebScene;

struct Call {
    std::string method, pattern, target;
    std::string name() const { return method + " " + pattern; }
};

// All routes as the service adds them, with names that exist.
std::vector<Call> all_calls(WebScene& scene) {
    ApiParts parts{scene.store,
                   scene.actions,
                   scene.clock,
                   "",
                   [](std::int64_t) {},
                   [](std::int64_t, std::size_t) { return std::vector<control::HookReject>(); }};
    Router router;
    add_api_routes(router, parts);
    add_service_routes(
        router, [] { return ""; }, [] { return ""; });
    std::vector<Call> calls;
    for (const auto& route : router.routes()) {
        std::string target(route.pattern);
        for (const auto& [part, value] :
             std::vector<std::pair<std::string, std::string>>{{"{source}", "s1"},
                                                              {"{destination}", "d1"},
                                                              {"{job}", std::to_string(scene.job)},
                                                              {"{run}", "1"}})
            if (const auto at = target.find(part); at != std::string::npos)
                target.replace(at, part.size(), value);
        calls.push_back({std::string(route.method), std::string(route.pattern), target});
    }
    return calls;
}

bool is_open(const Call& call) {
    return std::set<std::string>{"/healthz", "/readyz", "/api/v1/openapi.json"}.contains(
        call.pattern);
}

// By the rule that docs/api.md states, not by what the route says of itself.
bool is_for_readers(const Call& call) {
    return call.method == "GET" && call.pattern != "/api/v1/sources/{source}/hook";
}

TEST(Auth, WithoutAGoodKeyOnlyOpenRoutesAnswer) {
    WebScene scene;
    const auto revoked = scene.store.keys().add("gone", control::Scope::manage, scene.clock.now());
    EXPECT_TRUE(scene.store.keys().revoke(revoked.record.number, scene.clock.now()));
    const auto calls = all_calls(scene);
    ASSERT_GT(calls.size(), 30U);
    for (const auto& call : calls) {
        for (const auto& key : std::vector<std::string>{
                 "rt_", "rt_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", scene.token, revoked.key,
                 scene.manage_key + "x", scene.manage_key.substr(0, 20)}) {
            const auto reply = scene.call(call.method, call.target, "", key);
            EXPECT_EQ(reply.status == 401, !is_open(call)) << call.name() << " " << reply.status;
            EXPECT_EQ(reply.body.find(key.substr(3, 17)) == std::string::npos || key == "rt_", true)
                << call.name();
        }
        if (call.pattern == "/metrics") continue;
        EXPECT_EQ(scene.call(call.method, call.target).status == 401, !is_open(call))
            << call.name();
    }
}

TEST(Auth, AReadKeyReadsAndAManageKeyDoesAll) {
    WebScene scene;
    for (const auto& call : all_calls(scene)) {
        const auto read = scene.call(call.method, call.target, "", scene.read_key);
        EXPECT_EQ(read.status == 403, !is_for_readers(call)) << call.name() << " " << read.status;
        EXPECT_NE(read.status, 401) << call.name();
    }
    for (const auto& call : all_calls(scene)) {
        const auto reply = scene.call(call.method, call.target, "", scene.manage_key);
        EXPECT_NE(reply.status, 401) << call.name();
        EXPECT_NE(reply.status, 403) << call.name();
        EXPECT_NE(reply.status, 405) << call.name();
        EXPECT_LT(reply.status, 500) << call.name() << reply.body;
    }
}

TEST(Auth, KeysAreTakenInTheHeaderOnly) {
    WebScene scene;
    EXPECT_EQ(scene.call("GET", "/api/v1/sources?key=" + scene.read_key).status, 401);
    EXPECT_EQ(
        scene.call("GET", "/api/v1/sources", "", "", {"Authorization: " + scene.read_key}).status,
        401);
    EXPECT_EQ(
        scene.call("GET", "/api/v1/sources", "", "", {"authorization: bearer   " + scene.read_key})
            .status,
        200);
}

TEST(Auth, MetricsAreForThisMachineAndForKeys) {
    WebScene scene;
    const auto with = [&](const std::string& header, const std::string& key = {}) {
        return scene.call("GET", "/metrics", "", key, {header}).status;
    };
    EXPECT_EQ(with("X-Nothing: x"), 200);
    EXPECT_EQ(with("X-Forwarded-For: 10.0.0.1"), 401);
    EXPECT_EQ(with("Via: 1.1 proxy"), 401);
    EXPECT_EQ(with("X-Forwarded-For: 10.0.0.1", scene.read_key), 200);
    http::ServerRequest request;
    request.peer = "127.0.0.1";
    for (const auto* host : {"localhost", "localhost:8480", "127.0.0.1:1", "[::1]:8480"}) {
        request.headers = {{"host", host}};
        EXPECT_TRUE(is_local(request)) << host;
    }
    for (const auto* host : {"", "evil.example", "localhost.evil.example:8480", "127.0.0.1.x"}) {
        request.headers = {{"host", host}};
        EXPECT_FALSE(is_local(request)) << host;
    }
    request.headers = {{"host", "localhost"}};
    request.peer = "10.0.0.1";
    EXPECT_FALSE(is_local(request));
}

TEST(Auth, NothingIsAllowedToPagesOfOtherSites) {
    WebScene scene;
    const auto reply =
        scene.call("OPTIONS", "/api/v1/sources", "", "",
                   {"Origin: https://evil.example", "Access-Control-Request-Method: POST"});
    EXPECT_EQ(reply.status, 405);
    EXPECT_EQ(reply.headers.count("access-control-allow-origin"), 0U);
}

}  // namespace
}  // namespace ringtail::web
