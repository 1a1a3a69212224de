#include <utility>

#include "destination/relational/loader.hpp"
#include "destination/relational/relational.hpp"
#include "destination/relational/retention.hpp"
#include "destination/relational/row_reader.hpp"
#include "destination/relational/streams.hpp"
#include "destination/relational/views.hpp"

namespace ringtail::relational {
namespace {

class RelationalDestination final : public Destination {
  public:
    RelationalDestination(std::unique_ptr<Database> database, DestinationOptions options,
                          Logger& log)
        : options_(options), log_(log), database_(std::move(database)) {}

    std::vector<Table> prepare(std::span<const Table> tables) override {
        loader_.forget();
        Prepared prepared;
        database_->exclusively([&] {
            for (const std::string& sql : database_->dialect().create_own_tables())
                database_->session().run(sql);
            prepared = prepare_tables(database_->schema(), tables, options_, log_);
        });
        add_indexes(
            database_->schema(), prepared.lacking,
            [&](const std::function<void()>& work) { database_->exclusively(work); }, log_);
        prepared_ = std::move(prepared.tables);
        return prepared_;
    }

    void create_views(std::span<const View> views) override {
        const Dialect& dialect = database_->dialect();
        make_views(
            database_->schema(), views, prepared_,
            [&](std::string_view name) { return dialect.quote(name); },
            [&](const std::function<void()>& work) { database_->exclusively(work); }, log_);
    }

    void create_calls(const CallsPart& part) override {
        make_calls(
            database_->schema(), part, prepared_,
            [&](const std::function<void()>& work) { database_->exclusively(work); }, log_);
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
    const DestinationOptions options_;
    Logger& log_;
    const std::unique_ptr<Database> database_;
    Loader loader_{*database_, log_};
    Streams streams_{*database_};
    OldRowsOf retention_{*database_};
    StoredRows rows_{*database_};
    std::vector<Table> prepared_;  // by the last prepare()
};

}  // namespace

std::unique_ptr<Destination> make_destination(std::unique_ptr<Database> database,
                                              DestinationOptions options, Logger& log) {
    return std::make_unique<RelationalDestination>(std::move(database), options, log);
}

}  // namespace ringtail::relational
