#pragma once
#include <algorithm>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "contract/subject.hpp"
#include "destination/clickhouse/clickhouse.hpp"
#include "support/clickhouse_server.hpp"

namespace ringtail::contract {

inline Dump dump_rows(test::ClickHouseServer& server, const std::string& database,
                      const std::string& view) {
    Dump dump;
    dump.columns = server.columns(database, view);
    if (dump.columns.empty()) return dump;
    for (const auto& row : server.query(
             database, "SELECT type FROM system.columns WHERE database = " +
                           server.literal(database) + " AND table = " + server.literal(view))) {
        dump.types.push_back(row.front().value_or(""));
    }
    dump.rows =
        server.query(database, "SELECT * FROM " + server.quoted(view) + " FORMAT TabSeparated");
    return dump;
}

class ClickHouseSubject : public Subject {
  public:
    std::unique_ptr<Destination> open(const DestinationOptions& options) override {
        return make_clickhouse(server_.url(database_), options, clock_, log_);
    }

    // What a user sees: the views over the tables.
    Dump dump(const std::string& table) override {
        return dump_rows(server_, database_, table + "_current");
    }

    Dump dump_view(const std::string& view) override { return dump_rows(server_, database_, view); }

    void add_text_column(const std::string& table, const std::string& column) override {
        server_.query(database_, "ALTER TABLE " + server_.quoted(table) + " ADD COLUMN " +
                                     server_.quoted(column) + " Nullable(String)");
    }

    void expire_lease(const std::string& stream) override {
        server_.query(database_,
                      "INSERT INTO ringtail_leases (stream, holder, lease_until, _version) SELECT "
                      "stream, holder, lease_until - " +
                          std::to_string(kLeaseSeconds) +
                          ", _version + 1 FROM ringtail_leases WHERE stream = " +
                          server_.literal(stream) + " ORDER BY _version DESC LIMIT 1");
    }

    bool has_foreign_keys() const override { return false; }
    bool has_unique_keys() const override { return false; }

  private:
    test::ClickHouseServer& server_ = test::ClickHouseServer::shared();
    const std::string database_ = server_.create_database();
    SystemClock clock_;
};

}  // namespace ringtail::contract
