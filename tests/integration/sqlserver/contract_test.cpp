#include "contract/destination_suite.hpp"
#include "destination/sqlserver/sqlserver.hpp"
#include "scratch_database.hpp"

namespace ringtail::contract {
namespace {

using test::ScratchDatabase;

class SqlServerSubject final : public Subject {
  public:
    SqlServerSubject() { database_.clean(); }

    std::unique_ptr<Destination> open(const DestinationOptions& options) override {
        return make_sqlserver(database_.url(), options, log_);
    }

    Dump dump(const std::string& table) override {
        Dump dump;
        const auto columns = database_.query(
            "SELECT COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = " +
            ScratchDatabase::literal(table) + " ORDER BY ORDINAL_POSITION");
        for (const auto& column : columns) dump.columns.push_back(column.front().value_or(""));
        if (!columns.empty())
            dump.rows = database_.query("SELECT * FROM " + ScratchDatabase::quoted(table));
        return dump;
    }

    void add_text_column(const std::string& table, const std::string& column) override {
        database_.query("ALTER TABLE " + ScratchDatabase::quoted(table) + " ADD " +
                        ScratchDatabase::quoted(column) + " nvarchar(max) NULL");
    }

    void expire_lease(const std::string& stream) override {
        database_.query("UPDATE ringtail_checkpoints SET lease_until = DATEADD(second, -" +
                        std::to_string(kLeaseSeconds) +
                        ", lease_until) WHERE stream = " + ScratchDatabase::literal(stream));
    }

    // decimal(38,10) has 28 digits before the point and 10 behind it.
    std::vector<std::string> cannot_hold() const override {
        return {"300 digits", "big integer", "many decimals", kKeyWithBlank};
    }

  private:
    ScratchDatabase& database_ = ScratchDatabase::shared();
};

std::vector<SubjectKind> kinds() {
    if (!ScratchDatabase::has_server()) return {};
    return {{"sqlserver", [] { return std::make_unique<SqlServerSubject>(); }}};
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DestinationSuite);
INSTANTIATE_TEST_SUITE_P(SqlServer, DestinationSuite, ::testing::ValuesIn(kinds()), kind_name);

TEST(SqlServer, IsThere) {
    if (!ScratchDatabase::has_server()) {
        GTEST_SKIP() << "NOT RUN: RINGTAIL_TEST_SQLSERVER is not set. It takes a URL such as "
                        "sqlserver://sa:password@host:1433/master?trustServerCertificate=true";
    }
    EXPECT_NE(ScratchDatabase::shared().value("SELECT @@VERSION"), "");
}

}  // namespace
}  // namespace ringtail::contract
