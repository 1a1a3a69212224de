#include "cli/destinations.hpp"

#include "unit/cli/expect_error.hpp"

namespace ringtail::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Destinations, SqlitePaths) {
    EXPECT_EQ(sqlite_path("sqlite:///./ringtail.db"), "./ringtail.db");
    EXPECT_EQ(sqlite_path("sqlite:///../x.db"), "../x.db");
    EXPECT_EQ(sqlite_path("sqlite:///var/lib/x.db"), "/var/lib/x.db");
    EXPECT_EQ(sqlite_path("sqlite:////var/lib/x.db"), "//var/lib/x.db");
    EXPECT_EQ(sqlite_path("sqlite:///x.db"), "x.db");
    EXPECT_EQ(sqlite_path("sqlite:x.db"), "x.db");
    EXPECT_EQ(sqlite_path("sqlite://folder/x.db"), "folder/x.db");
    EXPECT_EQ(sqlite_path("sqlite:///./my%20calls%3F.db"), "./my calls?.db");
    for (const auto* wrong :
         {"sqlite:", "sqlite://", "sqlite:///", "sqlite:///tmp/", "sqlite:///x.db?mode=ro"}) {
        EXPECT_THAT(refusal_of([&] { sqlite_path(wrong); }), HasSubstr("sqlite URL")) << wrong;
    }
}

TEST(Destinations, TheKindIsFoundByItsScheme) {
    const std::vector<DestinationKind> kinds{{{"sqlite"}, {}, {}},
                                             {{"postgres", "postgresql"}, {}, {}}};
    EXPECT_EQ(&kind_of("sqlite:x.db", kinds), &kinds[0]);
    EXPECT_EQ(&kind_of("postgresql://u:p@h/db", kinds), &kinds[1]);
    EXPECT_THAT(refusal_of([&] { kind_of("https://u:SECRET@h/db", kinds); }),
                testing::AllOf(HasSubstr("not the URL of a database"), Not(HasSubstr("SECRET"))));
    EXPECT_THAT(refusal_of([&] { kind_of("calls.db", kinds); }), HasSubstr("sqlite:///./calls.db"));
    EXPECT_THAT(refusal_of([&] { kind_of("u:SECRET@h/db", kinds); }),
                testing::AllOf(HasSubstr("postgres://USER"), Not(HasSubstr("SECRET"))));
}

}  // namespace
}  // namespace ringtail::cli
