#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "destination/relational/retention.hpp"
#include "destination/relational/row_reader.hpp"
#include "destination/sqlserver/dialect.hpp"
#include "sql/sqlserver_text.hpp"
#include "sql/sqlserver_types.hpp"

// The statements by which SQL Server's rows are read back and old ones are found, on a database
// that only writes them down.
namespace ringtail::sqlserver {
namespace {

using relational::Answer;
using relational::Param;
using relational::StoredTable;

[[noreturn]] void not_asked() { throw Error(Fault::bug, "not asked here"); }

class Paper final : public relational::Session {
  public:
    using relational::Session::run;
    Answer run(const std::string& sql, std::span<const Param> params) override {
        note(sql, params);
        return {.rows = answer};
    }
    void stream(const std::string& sql, std::span<const Param> params,
                const std::function<void(const relational::RowView&)>& use) override {
        note(sql, params);
        for (const auto& row : answer) use({row.begin(), row.end()});
    }
    void set_patience(relational::Patience) override {}
    void begin() override { not_asked(); }
    void commit() override { not_asked(); }
    void drop() noexcept override {}
    std::uint64_t number() override { return 1; }

    std::string text;
    std::vector<relational::Row> answer;

  private:
    void note(const std::string& sql, std::span<const Param> params) {
        text += sql;
        for (const Param& param : params) text += "\n  -- " + param.value_or("NULL");
        text += ";\n\n";
    }
};

class Tables final : public relational::Schema {
  public:
    const sql::NameRules& name_rules() const override { return sql::sqlserver::name_rules(false); }
    std::optional<StoredTable> read_table(std::string_view name) override {
        for (const StoredTable& table : tables)
            if (table.name.name == name) return table;
        return std::nullopt;
    }
    sql::TableName place_of(std::string_view) override { not_asked(); }
    StoredTable create_table(relational::NewTable&) override { not_asked(); }
    bool add_column(const StoredTable&, const relational::NewColumn&) override { not_asked(); }
    void add_index(const StoredTable&, const relational::NewIndex&) override { not_asked(); }
    std::optional<relational::StoredView> read_view(const sql::TableName&) override { not_asked(); }
    void make_view(const sql::TableName&, const std::string&, bool) override { not_asked(); }
    std::vector<std::string> views_named(const std::string&, std::string_view) override {
        not_asked();
    }
    std::unique_ptr<sql::CallWords> call_words() const override { not_asked(); }
    std::size_t backfill(const Table&, const StoredTable&, const relational::Names&,
                         const std::vector<std::size_t>&) override {
        not_asked();
    }

    std::vector<StoredTable> tables;
};

class PaperDatabase final : public relational::Database {
  public:
    Paper& session() override { return paper; }
    relational::Schema& schema() override { return tables; }
    const relational::Dialect& dialect() override { return dialect_; }
    relational::Bulk& bulk() override { not_asked(); }
    void exclusively(const std::function<void()>&) override { not_asked(); }
    std::vector<relational::ForeignKey> foreign_keys(const StoredTable&) override { not_asked(); }

    // A column of the type that the catalog calls so.
    void add(const std::string& table, const std::string& column,
             sql::sqlserver::CatalogColumn type) {
        const auto described = sql::sqlserver::describe(type, false);
        if (tables.tables.empty() || tables.tables.back().name.name != table) {
            tables.tables.emplace_back().name = {"dbo", table};
            tables.tables.back().shown = sql::sqlserver::quote(tables.tables.back().name);
        }
        tables.tables.back().columns.push_back({.name = column,
                                                .type_text = described.type_text,
                                                .type = described.type,
                                                .attributes = described.attributes,
                                                .compare_as_text = described.compare_as_text});
    }

    Paper paper;
    Tables tables;

  private:
    Dialect dialect_;
};

Instant at(std::string_view time) { return parse_time(time).value(); }

sql::sqlserver::CatalogColumn type(const std::string& name, std::optional<std::int64_t> length = {},
                                   std::optional<std::int64_t> digits = {},
                                   const std::string& collation = "") {
    return {name, length, {}, {}, digits, collation};
}

class SqlServerRows : public ::testing::Test {
  protected:
    SqlServerRows() {
        const auto whole = type("bigint");
        const auto words = type("nvarchar", -1, {}, "Latin1_General_CI_AS");
        database_.add("calls", "id", whole);
        database_.add("calls", "account_id", whole);
        database_.add("calls", "at", type("datetime2", {}, 3));
        database_.add("calls", "day", type("date"));
        database_.add("calls", "old", type("smalldatetime"));
        database_.add("calls", "zoned", type("datetimeoffset", {}, 7));
        database_.add("calls", "as_text", words);
        database_.add("calls", "name]", words);
        database_.add("facts", "id",
                      type("nvarchar", 450, {}, std::string(sql::sqlserver::kBinary)));
        database_.add("facts", "calls_id", whole);
        database_.add("facts", "note", words);
    }

    // What was asked, from here on.
    std::string asked(const std::string& what) {
        std::string text = "-- " + what + "\n" + database_.paper.text;
        database_.paper.text.clear();
        return text;
    }

    PaperDatabase database_;
    relational::StoredRows rows_{database_};
    relational::OldRowsOf retention_{database_};
    const Table calls_{.name = "calls",
                       .columns = {{"id", Type::int64},
                                   {"account_id", Type::int64},
                                   {"at", Type::timestamp},
                                   {"day", Type::timestamp},
                                   {"old", Type::timestamp},
                                   {"zoned", Type::timestamp},
                                   {"as_text", Type::timestamp},
                                   {"name]"},
                                   {"not there"}},
                       .key = {"id"},
                       .references = {},
                       .fingerprint = "",
                       .changed = "",
                       .rest = ""};
    const Table facts_{.name = "facts",
                       .columns = {{"id"}, {"calls_id", Type::int64}, {"note"}},
                       .key = {"id"},
                       .references = {},
                       .fingerprint = "",
                       .changed = "",
                       .rest = ""};
};

TEST_F(SqlServerRows, StatementsAreAsTheGoldenFileHasThem) {
    const auto ignore = [](auto) {};
    std::string text;
    const auto read = [&](const std::string& what, const RowQuery& query) {
        rows_.read(query, ignore, {});
        text += asked(what);
    };
    RowQuery query{.table = calls_, .columns = {"id", "at", "zoned", "name]", "not there"}};
    read("all rows; one column is not there, one is shown in UTC", query);
    query.columns = {"id"};
    for (const char* column : {"at", "day", "old", "zoned", "as_text"}) {
        query.times = {column, at("2024-03-04T23:00:00Z"), at("2024-03-05T22:59:59.5Z")};
        read(std::string("a span of time in ") + column, query);
    }
    query.times = {"not there", at("2024-03-04"), at("2024-03-05")};
    read("a span of time in a column that is not there", query);
    query.times.reset();
    query.equal = {{"account_id", "7"}, {"name]", "O'Neil"}};
    read("equal", query);
    query.equal = {{"account_id", "7; DROP TABLE calls"}};
    read("equal to what is no number", query);
    query.equal.clear();
    query.beside = {facts_, "calls_id", {"note", "id"}};
    read("rows beside", query);
    query = {.table = facts_, .columns = {"note"}};
    query.texts = {"id", "c10", "c20"};
    read("a span of texts", query);
    query.texts = {"id", "", "\xF0\x9F\x98\x80"};
    read("a span of texts that this server orders in its own way", query);
    query.texts.reset();
    query.equal = {{"id", "c1"}};
    database_.paper.answer = {{"3"}};
    EXPECT_EQ(rows_.count(query), 3U);
    text += asked("count");

    OldRows old{calls_, "at", at("2024-03-05"), "account_id", -12};
    EXPECT_EQ(retention_.count(old), 3U);
    text += asked("old rows, counted");
    EXPECT_EQ(retention_.keys(old, 500), std::vector<std::string>{"3"});
    text += asked("keys of old rows");
    old.of_column.clear();
    old.unless = {{facts_, "calls_id"}};
    retention_.keys(old, 500);
    text += asked("keys of old rows that nothing points at");
    database_.paper.answer = {{"-11", "f1"}, {"12", "f2"}, {"13", "of another"}};
    EXPECT_EQ(retention_.children({facts_, "calls_id"}, {{"-11", "12"}}),
              (std::vector<std::string>{"f1", "f2"}));
    text += asked("what points at them");
    retention_.forget_rejects("calls", {{"-11", "12"}});
    text += asked("their rejects");

    const std::string file = RINGTAIL_SOURCE_DIR "/tests/golden/sql/sqlserver_rows.sql";
    if (std::getenv("RINGTAIL_WRITE_GOLDEN") != nullptr) std::ofstream(file) << text;
    std::ostringstream golden;
    golden << std::ifstream(file).rdbuf();
    EXPECT_EQ(text, golden.str()) << "RINGTAIL_WRITE_GOLDEN=1 writes it anew";
}

// What the server's order lets in beside is left out here.
TEST_F(SqlServerRows, ASpanOfTextsIsExactWhateverTheServerSends) {
    database_.paper.answer = {{"b", "1"}, {"a", "2"}, {"A", "3"}, {"c ", "4"}, {std::nullopt, "5"}};
    RowQuery query{.table = facts_, .columns = {"note"}};
    query.texts = {"id", "a", "c"};
    std::vector<std::string> notes;
    rows_.read(query, [&](auto values) { notes.emplace_back(values[0].value()); }, {});
    EXPECT_EQ(notes, (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(rows_.count(query), 2U);
}

}  // namespace
}  // namespace ringtail::sqlserver
