#include "integration/postgres/fixture.hpp"

// How long texts are compressed.
namespace ringtail::test {
namespace {

class PostgresCompression : public PostgresTest {
  protected:
    std::string of_a_long_text() {
        const Table table = table_of("t", {{"id", Type::int64}, {"a"}});
        start({table});
        load(one(table, {{"id", number("1")}, {"a", text(std::string(70'000, 'a'))}}));
        return value("SELECT pg_column_compression(a) FROM t");
    }
};

TEST_F(PostgresCompression, IsLz4WhereTheServerHasIt) {
    const bool has_it = value(
                            "SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = "
                            "'default_toast_compression'") == "t";
    EXPECT_EQ(of_a_long_text(), has_it ? "lz4" : "pglz");
}

TEST_F(PostgresCompression, IsWhatTheDatabaseSays) {
    sql("ALTER DATABASE " + database_ + " SET default_toast_compression = 'pglz'");
    EXPECT_EQ(of_a_long_text(), "pglz");
}

}  // namespace
}  // namespace ringtail::test
