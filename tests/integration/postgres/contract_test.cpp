#include "contract/destination_suite.hpp"
#include "destination/postgres/postgres.hpp"
#include "support/postgres_server.hpp"

namespace ringtail::contract {
namespace {

class PostgresSubject final : public Subject {
  public:
    std::unique_ptr<Destination> open(const DestinationOptions& options) override {
        return make_postgres(server_.url(database_), options, log_);
    }

    Dump dump(const std::string& table) override {
        Dump dump;
        const auto columns =
            server_.query(database_,
                          "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
                          "WHERE attnum > 0 AND attrelid = to_regclass(quote_ident(" +
                              literal(table) + ")) AND NOT attisdropped ORDER BY attnum");
        if (columns.empty()) return dump;
        for (const auto& column : columns) {
            dump.columns.push_back(column.at(0).value_or(""));
            dump.types.push_back(column.at(1).value_or(""));
        }
        for (auto& row :
             server_.query(database_, "SET TimeZone = 'UTC'; SELECT * FROM " + quoted(table))) {
            dump.rows.push_back(std::move(row));
        }
        return dump;
    }

    void add_text_column(const std::string& table, const std::string& column) override {
        server_.query(database_,
                      "ALTER TABLE " + quoted(table) + " ADD COLUMN " + quoted(column) + " text");
    }

    void expire_lease(const std::string& stream) override {
        server_.query(database_,
                      "UPDATE ringtail_checkpoints SET lease_until = lease_until - interval '" +
                          std::to_string(kLeaseSeconds) + " s' WHERE stream = " + literal(stream));
    }

  private:
    static std::string doubled(const std::string& text, char mark) {
        std::string out(1, mark);
        for (const char c : text) {
            if (c == mark) out += c;
            out += c;
        }
        return out + mark;
    }
    static std::string literal(const std::string& text) { return doubled(text, '\''); }
    static std::string quoted(const std::string& name) { return doubled(name, '"'); }

    test::PostgresServer& server_ = test::PostgresServer::shared();
    const std::string database_ = server_.create_database();
};

INSTANTIATE_TEST_SUITE_P(PostgreSQL, DestinationSuite,
                         ::testing::Values(SubjectKind{
                             "postgres", [] { return std::make_unique<PostgresSubject>(); },
                             "PostgreSQL"}),
                         kind_name);

}  // namespace
}  // namespace ringtail::contract
