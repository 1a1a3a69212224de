#pragma once
#include "contract/handle_test.hpp"
#include "destination/clickhouse/clickhouse.hpp"
#include "integration/clickhouse/subject.hpp"
#include "support/clickhouse_server.hpp"

namespace ringtail::test {

// With the key "id" and the column "$changed" beside these.
inline Table table_of(std::string name, std::vector<Column> columns) {
    Table table;
    table.name = std::move(name);
    table.columns = std::move(columns);
    table.columns.insert(table.columns.begin(), {"id"});
    table.columns.push_back({"$changed", Type::timestamp});
    table.changed = "$changed";
    table.key = {"id"};
    return table;
}

// A clock that goes on only when it is slept on.
class ManualClock final : public Clock {
  public:
    Instant now() const override { return now_; }
    void sleep(std::chrono::milliseconds pause, std::stop_token /*stop*/) override {
        slept_ += pause;
        now_ += pause;
    }
    Instant now_ = SystemClock().now();
    std::chrono::milliseconds slept_{0};
};

// Each test has an empty database on the program's server, and one handle to it.
class ClickHouseTest : public HandleTest {
  protected:
    ClickHouseTest() { destination_ = open(); }

    std::unique_ptr<Destination> open(const std::string& parameters = "pause=0") {
        return make_clickhouse(server_.url(database_, parameters), {}, clock_, *log_);
    }
    void sql(const std::string& statement) { server_.query(database_, statement); }
    std::string value(const std::string& query) { return server_.value(database_, query); }
    // Of the row with this id in the view.
    std::string shown(const std::string& table, const std::string& id, const std::string& column) {
        return value("SELECT " + ClickHouseServer::quoted(column) + " FROM " + table +
                     "_current WHERE id = " + ClickHouseServer::literal(id) +
                     " FORMAT TabSeparated");
    }
    std::string type_of(const std::string& table, const std::string& column) {
        return value("SELECT type FROM system.columns WHERE database = '" + database_ +
                     "' AND table = '" + table + "' AND name = '" + column + "'");
    }

    ClickHouseServer& server_ = ClickHouseServer::shared();
    const std::string database_ = server_.create_database();
    SystemClock clock_;
    const std::unique_ptr<Logger> log_ = make_null_logger();
};

}  // namespace ringtail::test
