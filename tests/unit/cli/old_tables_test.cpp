#include "cli/old_tables.hpp"

#include <map>

#include "unit/cli/expect_error.hpp"

namespace ringtail::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

// Tables by name with their columns.
class FakeInspector final : public Inspector {
  public:
    explicit FakeInspector(std::map<std::string, std::vector<std::string>> tables)
        : tables_(std::move(tables)) {}
    std::string describe() override { return "database fake"; }
    std::vector<SeenColumn> columns(std::string_view table) override {
        std::vector<SeenColumn> seen;
        for (const auto& name : tables_[std::string(table)]) seen.push_back({name, "text", true});
        return seen;
    }
    std::vector<std::uint64_t> count_texts(std::string_view /*table*/,
                                           std::span<const TextLength> lengths) override {
        return std::vector<std::uint64_t>(lengths.size());
    }
    std::uint64_t count_md5_ids(std::string_view /*table*/, std::string_view /*id*/,
                                std::string_view /*first*/, std::string_view /*second*/) override {
        return 0;
    }
    void try_rights(std::span<const std::string> /*tables*/) override {}

  private:
    std::map<std::string, std::vector<std::string>> tables_;
};

const std::vector<std::string> kContacts{"$id", "$md5"};

struct Settled {
    std::string prefix, line;
};

Settled settle(FakeInspector inspector, Plan plan = {}) {
    std::string line = settle_tables(plan, inspector);
    return {plan.source.prefix, std::move(line)};
}

Plan with_prefix(const std::string& prefix) {
    Plan plan;
    plan.source.prefix = prefix;
    plan.prefix_given = true;
    return plan;
}

Plan adopting(Plan plan = {}) {
    plan.adopt = true;
    return plan;
}

TEST(OldTables, AreUsedWhereTheyAloneAreThere) {
    const auto settled = settle(FakeInspector({{"contacts", kContacts}}));
    EXPECT_EQ(settled.prefix, "");
    EXPECT_THAT(settled.line, AllOf(HasSubstr("contacts …"), HasSubstr("are used")));
}

TEST(OldTables, AreKnownByTheirColumns) {
    EXPECT_EQ(settle(FakeInspector({{"contacts", {"id", "name"}}})).prefix, "df_");
    EXPECT_EQ(settle(FakeInspector({})).prefix, "df_");
    EXPECT_THAT(settle(FakeInspector({})).line, IsEmpty());
}

TEST(OldTables, DoNotTakeThePlaceOfOursOrOfAGivenPrefix) {
    FakeInspector both({{"contacts", kContacts}, {"df_contacts", kContacts}});
    EXPECT_EQ(settle(both).prefix, "df_");
    EXPECT_EQ(settle(FakeInspector({{"contacts", kContacts}}), with_prefix("df_")).prefix, "df_");
    EXPECT_EQ(settle(FakeInspector({{"contacts", kContacts}}), with_prefix("x_")).line, "");
}

TEST(OldTables, AdoptTakesThem) {
    FakeInspector both({{"contacts", kContacts}, {"df_contacts", kContacts}});
    EXPECT_EQ(settle(both, adopting()).prefix, "");
    EXPECT_EQ(settle(both, adopting(with_prefix("df_"))).prefix, "df_");
    EXPECT_EQ(settle(FakeInspector({{"df_contacts", kContacts}}), adopting()).prefix, "df_");
    EXPECT_THAT(settle(both, adopting()).line, HasSubstr("(contacts …) are adopted"));
}

TEST(OldTables, ThereIsNothingToAdopt) {
    EXPECT_THAT(refusal_of([] { settle(FakeInspector({}), adopting()); }),
                AllOf(HasSubstr("nothing to adopt"), HasSubstr("database fake"),
                      HasSubstr("df_contacts, nor contacts"), HasSubstr("--tp")));
    EXPECT_THAT(refusal_of([] {
                    settle(FakeInspector({{"contacts", kContacts}, {"x_contacts", {"$id"}}}),
                           adopting(with_prefix("x_")));
                }),
                HasSubstr("x_contacts with the columns"));
}

}  // namespace
}  // namespace ringtail::cli
