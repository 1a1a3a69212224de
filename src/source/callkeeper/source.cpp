#include "source/callkeeper/source.hpp"

#include <fmt/core.h>

#include <optional>

#include "base/error.hpp"
#include "source/callkeeper/api.hpp"
#include "source/callkeeper/feed.hpp"
#include "source/callkeeper/phones.hpp"
#include "source/callkeeper/rows.hpp"

namespace ringtail::callkeeper {
namespace {

class CallKeeperSource final : public Source {
  public:
    CallKeeperSource(Options options, Work work, Clock& clock, Logger& log)
        : options_(std::move(options)),
          work_(std::move(work)),
          zone_(options_.zone),
          filters_(options_, zone_),
          clock_(clock),
          log_(log),
          feed_(options_, work_, zone_, clock, log) {}

    std::vector<Table> tables(std::stop_token /*stop*/) override { return make_tables(options_); }
    std::vector<View> views() const override { return make_views(options_); }
    std::optional<CallsPart> calls() const override { return make_calls_part(options_); }

    void open(std::span<const Table> tables, const std::optional<Checkpoint>& from,
              Stored& stored) override {
        rows_ = {options_.account_id, options_.prefix, options_.phone_region,
                 TablePlaces(tables, options_)};
        // What an attempt that failed had under way is given up with its client.
        api_.emplace(options_, clock_, log_);
        intake_.emplace(options_, filters_, tables, rows_.places, stored);
        const bool account_is_new = tables[rows_.places[TableId::accounts].table].created;
        feed_.open(*api_, *intake_, stored, from, account_is_new);
    }

    std::optional<Page> next(std::stop_token stop) override { return feed_.next(stop); }

    void decode(const Page& page, Decoded& into) const override { decode_page(page, rows_, into); }

  private:
    const Options options_;
    const Work work_;
    const Zone zone_;
    const RowFilters filters_;
    Clock& clock_;
    Logger& log_;
    std::optional<Api> api_;
    RowOptions rows_;
    std::optional<Intake> intake_;
    Feed feed_;
};

}  // namespace

void check_options(const Options& options) {
    if (options.method != "getCallsInfo" && options.method != "getCallsCompleted") {
        throw Error(Fault::config,
                    fmt::format("CallKeeper's method \"{}\" cannot load calls", options.method))
            .with_hint("getCallsInfo (all calls) or getCallsCompleted (finished ones).");
    }
    const Zone zone(options.zone);
    const RowFilters filters(options, zone);
    check_phone_region(options.phone_region);
    static_cast<void>(wanted_tables(options.tables));
}

std::unique_ptr<Source> make_source(Options options, Work work, Clock& clock, Logger& log) {
    check_options(options);
    return std::make_unique<CallKeeperSource>(std::move(options), std::move(work), clock, log);
}

UserInfo check_account(const Options& options, Clock& clock, Logger& log, std::stop_token stop) {
    Api api(options, clock, log);
    const auto answer = api.user_info().wait(stop);
    if (!answer) throw Error(Fault::bug, "an account cannot be an unknown call");
    return read_user_info(answer->body, clock.now());
}

std::string stream_name(const Options& options) {
    return fmt::format("callkeeper/{}", options.account_id);
}

}  // namespace ringtail::callkeeper
