#include <utility>

#include "destination/postgres/connection.hpp"
#include "destination/postgres/first_fill.hpp"
#include "destination/postgres/loader.hpp"
#include "destination/postgres/postgres.hpp"
#include "destination/postgres/prepare.hpp"
#include "destination/postgres/retention.hpp"
#include "destination/postgres/row_reader.hpp"
#include "destination/postgres/streams.hpp"

namespace ringtail {
namespace {

class PostgresDestination final : public Destination {
  public:
    PostgresDestination(std::string url, DestinationOptions options, Logger& log)
        : options_(options), log_(log), connection_(std::move(url), log) {}

    std::vector<Table> prepare(std::span<const Table> tables) override {
        return prepare(tables, postgres::ForeignKeys::at_once);
    }

    std::vector<Table> prepare_to_fill(std::span<const Table> tables) override {
        return prepare(tables, options_.foreign_keys ? postgres::ForeignKeys::later
                                                     : postgres::ForeignKeys::at_once);
    }

    void finish(std::stop_token stop) override { first_fill_.finish(stop); }

    void create_views(std::span<const View> views) override {
        connection_.set_patience({});
        postgres::create_views(connection_, views, prepared_, log_);
    }

    void create_calls(const CallsPart& part) override {
        connection_.set_patience({});
        postgres::create_calls(connection_, part, prepared_, log_);
    }

    LoadStats load(const Load& load, std::stop_token stop) override {
        return loader_.load(load, std::move(stop));
    }

    std::vector<std::optional<std::string>> fingerprints(
        const Table& table, std::span<const std::string> keys) override {
        return loader_.fingerprints(table, keys);
    }

    StreamStore& streams() override { return streams_; }
    Retention* retention() override { return &retention_; }
    RowReader* rows() override { return &rows_; }

  private:
    std::vector<Table> prepare(std::span<const Table> tables, postgres::ForeignKeys foreign_keys) {
        loader_.forget();
        connection_.set_patience({});
        auto prepared = postgres::prepare(connection_, tables, foreign_keys, options_, log_);
        first_fill_.begin(std::move(prepared.late_keys),
                          foreign_keys == postgres::ForeignKeys::later);
        prepared_ = std::move(prepared.tables);
        return prepared_;
    }

    const DestinationOptions options_;
    Logger& log_;
    postgres::Connection connection_;
    postgres::FirstFill first_fill_{connection_, log_};
    postgres::Loader loader_{connection_, first_fill_, log_};
    postgres::Streams streams_{connection_};
    postgres::OldRowsOf retention_{connection_};
    postgres::StoredRows rows_{connection_};
    std::vector<Table> prepared_;  // by the last prepare()
};

}  // namespace

std::unique_ptr<Destination> make_postgres(std::string url, DestinationOptions options,
                                           Logger& log) {
    return std::make_unique<PostgresDestination>(std::move(url), options, log);
}

}  // namespace ringtail
