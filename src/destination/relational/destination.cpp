#include <utility>

#include "base/error.hpp"
#include "destination/relational/loader.hpp"
#include "destination/relational/relational.hpp"
#include "destination/relational/streams.hpp"

namespace ringtail::relational {
namespace {

class RelationalDestination final : public Destination {
  public:
    RelationalDestination(std::unique_ptr<Database> database, DestinationOptions options,
                          Logger& log)
        : options_(options), log_(log), database_(std::move(database)) {}

    std::vector<Table> prepare(std::span<const Table> tables) override {
        loader_.forget();
        std::vector<Table> prepared;
        database_->exclusively([&] {
            for (const std::string& sql : database_->dialect().create_own_tables())
                database_->session().run(sql);
            prepared = prepare_tables(database_->schema(), tables, options_, log_);
        });
        return prepared;
    }

    void create_views(std::span<const View> views) override {
        if (!views.empty()) throw Error(Fault::bug, "this destination makes no views yet");
    }

    LoadStats load(const Load& load, std::stop_token stop) override {
        return loader_.load(load, std::move(stop));
    }

    std::vector<std::optional<std::string>> fingerprints(
        const Table& table, std::span<const std::string> keys) override {
        return loader_.fingerprints(table, keys);
    }

    StreamStore& streams() override { return streams_; }

  private:
    const DestinationOptions options_;
    Logger& log_;
    const std::unique_ptr<Database> database_;
    Loader loader_{*database_, log_};
    Streams streams_{*database_};
};

}  // namespace

std::unique_ptr<Destination> make_destination(std::unique_ptr<Database> database,
                                              DestinationOptions options, Logger& log) {
    return std::make_unique<RelationalDestination>(std::move(database), options, log);
}

}  // namespace ringtail::relational
