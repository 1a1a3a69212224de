#include "web/router.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace ringtail::web {
namespace {

Router three() {
    Router router;
    router.add("GET", "/api/sources", Access::read, "");
    router.add("GET", "/api/sources/{source}", Access::read, "");
    router.add("DELETE", "/api/sources/{source}", Access::manage, "");
    router.add("POST", "/api/sources/{source}/jobs/{job}", Access::manage, "");
    return router;
}

TEST(Router, FindsByMethodAndPath) {
    const auto router = three();
    EXPECT_EQ(router.match("GET", "/api/sources").route, &router.routes()[0]);
    EXPECT_EQ(router.match("HEAD", "/api/sources").route, &router.routes()[0]);
    const auto match = router.match("POST", "/api/sources/a%20b%2Fc/jobs/%zz%4");
    ASSERT_EQ(match.route, &router.routes()[3]);
    ASSERT_EQ(match.parts.size(), 2U);
    EXPECT_EQ(match.parts[0], std::make_pair(std::string("source"), std::string("a b/c")));
    EXPECT_EQ(match.parts[1].second, "%zz%4");
}

TEST(Router, SaysWhichMethodsAPathTakes) {
    const auto router = three();
    const auto match = router.match("PUT", "/api/sources/x");
    EXPECT_EQ(match.route, nullptr);
    EXPECT_EQ(match.allow, "GET, HEAD, DELETE");
}

TEST(Router, KnowsNoOtherPaths) {
    const auto router = three();
    for (const auto* path : {"", "*", "/", "/api", "/api/sources/", "/api/sources/x/", "//",
                             "/api//sources", "/api/sources/x/jobs", "api/sources"}) {
        const auto match = router.match("GET", path);
        EXPECT_EQ(match.route, nullptr) << path;
        EXPECT_EQ(match.allow, "") << path;
    }
}

TEST(Router, RefusesARouteTwice) {
    auto router = three();
    EXPECT_THROW(router.add("GET", "/api/sources", Access::open, ""), Error);
}

}  // namespace
}  // namespace ringtail::web
