#include "callkeeper/databases/servers.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

#include "destination/clickhouse/clickhouse.hpp"
#include "destination/mysql/mysql.hpp"
#include "destination/postgres/postgres.hpp"
#include "support/clickhouse_server.hpp"
#include "support/mariadb_server.hpp"
#include "support/postgres_server.hpp"

namespace ringtail::test {

namespace {

template <typename Rows>
std::vector<Texts> texts_of(const Rows& rows) {
    std::vector<Texts> texts;
    for (const auto& row : rows) {
        Texts& values = texts.emplace_back();
        for (const auto& value : row) values.push_back(value.value_or(""));
    }
    return texts;
}

Texts names_of(const std::vector<Texts>& rows) {
    Texts names;
    for (const Texts& row : rows) names.push_back(row.at(0));
    return names;
}

class OnPostgres final : public CallDatabase {
  public:
    std::unique_ptr<Destination> connect(Clock& /*clock*/, Logger& log) override {
        return make_postgres(server_.url(name_), {}, log);
    }
    std::vector<Texts> rows(const std::string& select) override {
        return texts_of(server_.query(name_, select));
    }
    bool can_hold(const std::string& text) const override {
        return text.find('\0') == std::string::npos;
    }
    std::int64_t foreign_keys() override {
        return std::stoll(
            server_.value(name_, "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"));
    }
    void run(const std::string& statement) override { server_.query(name_, statement); }

  protected:
    Texts columns(const std::string& table) override {
        return names_of(
            rows("SELECT column_name FROM information_schema.columns WHERE table_name "
                 "= '" +
                 table + "' ORDER BY ordinal_position"));
    }

  private:
    PostgresServer& server_ = PostgresServer::shared();
    const std::string name_ = server_.create_database();
};

class OnMariadb final : public CallDatabase {
  public:
    std::unique_ptr<Destination> connect(Clock& /*clock*/, Logger& log) override {
        return make_mysql(server_.url(name_), {}, log);
    }
    std::vector<Texts> rows(const std::string& select) override {
        return texts_of(server_.query(name_, select));
    }
    std::string quoted(const std::string& column) const override { return ticked(column); }
    std::int64_t foreign_keys() override {
        return std::stoll(
            server_.value(name_,
                          "SELECT count(*) FROM information_schema.referential_constraints "
                          "WHERE constraint_schema = DATABASE()"));
    }
    void run(const std::string& statement) override { server_.query(name_, statement); }

  protected:
    Texts columns(const std::string& table) override {
        return names_of(
            rows("SELECT column_name FROM information_schema.columns WHERE table_name "
                 "= '" +
                 table + "' AND table_schema = DATABASE() ORDER BY ordinal_position"));
    }

  private:
    MariadbServer& server_ = MariadbServer::shared();
    const std::string name_ = server_.create_database();
};

class OnClickHouse final : public CallDatabase {
  public:
    std::unique_ptr<Destination> connect(Clock& clock, Logger& log) override {
        return make_clickhouse(server_.url(name_), {}, clock, log);
    }
    std::vector<Texts> rows(const std::string& select) override {
        return texts_of(server_.query(name_, select));
    }
    std::string quoted(const std::string& column) const override {
        return ClickHouseServer::quoted(column);
    }
    std::string table(const std::string& name) const override {
        return name.find("_wide") == std::string::npos ? name + "_current" : name;
    }
    std::int64_t foreign_keys() override { return 0; }  // it knows none
    void run(const std::string& statement) override { server_.query(name_, statement); }
    void damage(const std::string& table, const std::string& change,
                const std::string& where) override {
        const std::string what = change.empty() ? " DELETE" : " UPDATE " + change;
        run("ALTER TABLE " + table + what + " WHERE " + where);
        while (rows("SELECT count() FROM system.mutations WHERE database = currentDatabase() AND "
                    "is_done = 0")
                   .at(0)
                   .at(0) != "0")
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }

  protected:
    Texts columns(const std::string& table) override {
        return names_of(rows("DESCRIBE TABLE " + table));
    }

  private:
    ClickHouseServer& server_ = ClickHouseServer::shared();
    const std::string name_ = server_.create_database();
};

}  // namespace

std::unique_ptr<CallDatabase> make_server_database(const std::string& kind) {
    if (kind == "PostgreSQL") return std::make_unique<OnPostgres>();
    if (kind == "MariaDB") return std::make_unique<OnMariadb>();
    if (kind == "ClickHouse") return std::make_unique<OnClickHouse>();
    throw std::runtime_error("no server of the kind " + kind);
}

}  // namespace ringtail::test
