#include "destination/clickhouse/clickhouse.hpp"
#include "destination/clickhouse/existing.hpp"
#include "destination/clickhouse/lease.hpp"
#include "destination/clickhouse/loader.hpp"
#include "destination/clickhouse/own_tables.hpp"
#include "destination/clickhouse/prepare.hpp"
#include "destination/clickhouse/retention.hpp"
#include "destination/clickhouse/row_reader.hpp"
#include "destination/clickhouse/views.hpp"

namespace ringtail {
namespace {

using namespace clickhouse;

class ClickHouseDestination final : public Destination, private StreamStore {
  public:
    ClickHouseDestination(const std::string& url, Clock& clock, Logger& log)
        : server_(read_url(url), log), clock_(clock), log_(log), loader_(server_, clock, log) {}

    std::vector<Table> prepare(std::span<const Table> tables) override {
        server_.features();
        loader_.forget();
        const std::stop_token never;
        const Writer writer{server_, loader_.pace(), loader_.versions(), never};
        prepared_ = prepare_tables(writer, tables, clock_.now(), log_);
        return prepared_;
    }

    void create_views(std::span<const View> views) override {
        server_.features();
        make_views(server_, views, prepared_, log_);
    }

    void create_calls(const CallsPart& part) override {
        server_.features();
        make_calls(server_, part, prepared_, log_);
    }

    LoadStats load(const Load& load, std::stop_token stop) override {
        server_.features();
        return loader_.load(load, stop);
    }

    std::vector<std::optional<std::string>> fingerprints(
        const Table& table, std::span<const std::string> keys) override {
        server_.features();
        return find_fingerprints(server_, table, keys);
    }

    StreamStore& streams() override { return *this; }
    Retention* retention() override { return &retention_; }
    RowReader* rows() override { return &rows_; }

  private:
    std::optional<Checkpoint> checkpoint(std::string_view stream) override {
        server_.features();
        return read_checkpoint(server_, stream);
    }

    std::vector<Recheck> rechecks(std::string_view stream, Instant until,
                                  std::size_t limit) override {
        server_.features();
        return read_rechecks(server_, stream, until, limit);
    }

    void hold(std::string_view stream, std::string_view holder) override {
        server_.features();
        take_lease(server_, stream, holder);
    }

    void release(std::string_view stream, std::string_view holder) override {
        server_.features();
        give_up_lease(server_, stream, holder);
    }

    Server server_;
    Clock& clock_;
    Logger& log_;
    Loader loader_;
    OldRowsOf retention_{server_};
    StoredRows rows_{server_};
    std::vector<Table> prepared_;  // by the last prepare()
};

}  // namespace

std::unique_ptr<Destination> make_clickhouse(const std::string& url, DestinationOptions /*options*/,
                                             Clock& clock, Logger& log) {
    return std::make_unique<ClickHouseDestination>(url, clock, log);
}

}  // namespace ringtail
