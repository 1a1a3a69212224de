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
    EXPECT_THAT(refusal_of([&] { kind_of("mysql://u:SECRET@h/db", kinds); }),
                testing::AllOf(HasSubstr("later version"), Not(HasSubstr("SECRET"))));
    EXPECT_THAT(refusal_of([&] { kind_of("calls.db", kinds); }), HasSubstr("sqlite:///./calls.db"));
    EXPECT_THAT(refusal_of([&] { kind_of("u:SECRET@h/db", kinds); }),
                testing::AllOf(HasSubstr("postgres://USER"), Not(HasSubstr("SECRET"))));
}

// Tables by name with their columns.
class FakeInspector final : public Inspector {
  public:
    explicit FakeInspector(std::vector<std::pair<std::string, std::vector<std::string>>> tables)
        : tables_(std::move(tables)) {}
    std::string describe() override { return "fake"; }
    bool has_table(std::string_view name, std::span<const std::string_view> columns) override {
        for (const auto& [table, found] : tables_) {
            if (table != name) continue;
            return std::ranges::all_of(columns, [&](std::string_view column) {
                return std::ranges::find(found, column) != found.end();
            });
        }
        return false;
    }
    void try_rights(std::span<const std::string> /*tables*/) override {}

  private:
    std::vector<std::pair<std::string, std::vector<std::string>>> tables_;
};

TEST(Destinations, OldTablesAreKnownByTheirColumns) {
    FakeInspector none({}), old({{"contacts", {"$id", "$md5"}}}),
        other({{"contacts", {"id", "name"}}});
    FakeInspector both({{"contacts", {"$id", "$md5"}}, {"df_contacts", {"$id"}}});
    EXPECT_FALSE(holds_old_tables(none));
    EXPECT_TRUE(holds_old_tables(old));
    EXPECT_FALSE(holds_old_tables(other));
    EXPECT_FALSE(holds_old_tables(both));
}

}  // namespace
}  // namespace ringtail::cli
