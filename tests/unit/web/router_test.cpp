#include "web/router.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace ringtail::web {
namespace {

Route route(std::string_view method, std::string_view pattern) {
    Route made;
    made.method = method;
    made.pattern = pattern;
    return made;
}

Router three() {
    Router router;
    router.add(route("GET", "/api/sources"));
    router.add(route("GET", "/api/sources/{source}"));
    router.add(route("DELETE", "/api/sources/{source}"));
    router.add(route("POST", "/api/sources/{source}/jobs/{job}"));
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
    EXPECT_THROW(router.add(route("GET", "/api/sources")), Error);
}

}  // namespace
}  // namespace ringtail::web
