#include "integration/postgres/fixture.hpp"

// Views that others use.
namespace ringtail::test {
namespace {

class PostgresViews : public PostgresTest {
  protected:
    void SetUp() override {
        start({table_});
        destination_->create_views(std::vector{view_});
    }
    std::string columns() {
        return value(
            "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = "
            "'wide'::regclass");
    }

    const Table table_ = table_of("t", {{"id", Type::int64}, {"a"}, {"n", Type::int64}});
    View view_{.name = "wide",
               .base = "t",
               .joins = {},
               .columns = {{"t", "id", "id"}, {"t", "a", "a"}, {"t", "n", "n"}}};
};

TEST_F(PostgresViews, KeepTheRightsGrantedOnThem) {
    const std::string role = make_role("reader");
    sql("GRANT SELECT ON wide TO " + role);
    view_.columns.erase(view_.columns.begin() + 1);
    destination_->create_views(std::vector{view_});
    EXPECT_EQ(columns(), "id n");
    EXPECT_EQ(value("SELECT has_table_privilege('" + role + "', 'wide', 'SELECT')"), "t");

    // A number that is wider than its column: the view is taken down and put up again.
    load(one(table_, {{"id", number("1")}, {"n", number("1.5")}}));
    EXPECT_EQ(type_of("wide", "n"), "numeric");
    EXPECT_EQ(value("SELECT has_table_privilege('" + role + "', 'wide', 'SELECT')"), "t");
    EXPECT_EQ(value("SELECT n FROM wide"), "1.5");
    destination_->create_views(std::vector{view_});
    EXPECT_EQ(log_.with("view replaced").size(), 1U) << "it was put up as it had been";
}

TEST_F(PostgresViews, GrowUnderWhatIsBuiltOnThemButDoNotShrink) {
    sql("CREATE VIEW report AS SELECT a FROM wide");
    view_.columns.push_back({"t", "id", "ещё раз"});
    destination_->create_views(std::vector{view_});
    EXPECT_EQ(columns(), "id a n ещё раз");
    view_.columns.erase(view_.columns.begin());
    destination_->create_views(std::vector{view_});
    EXPECT_EQ(columns(), "id a n ещё раз");
    EXPECT_EQ(log_.with("view not replaced").size(), 1U);
    EXPECT_EQ(load(one(table_, {{"id", number("1")}, {"a", text("x")}}))[0].inserted, 1U);
    EXPECT_EQ(value("SELECT a FROM report"), "x");
}

TEST_F(PostgresViews, NeedTheRightToCreateThem) {
    const std::string role = make_role("writer");
    sql("ALTER TABLE t OWNER TO " + role);
    sql("ALTER TABLE ringtail_checkpoints OWNER TO " + role);
    sql("DROP VIEW wide");
    destination_ = open_as(role);
    destination_->prepare(std::vector{table_});
    const Error error = error_of([&] { destination_->create_views(std::vector{view_}); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    EXPECT_NE(error.hint().find("CREATE ON SCHEMA"), std::string::npos) << error.hint();
}

}  // namespace
}  // namespace ringtail::test
