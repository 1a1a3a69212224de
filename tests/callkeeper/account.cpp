#include "callkeeper/account.hpp"

#include "base/time_text.hpp"
#include "sim/receiver.hpp"
#include "source/callkeeper/source.hpp"

namespace ringtail::test {

namespace {

struct NoObserver final : Observer {
    void loaded(const RunSummary&) override {}
    void round_done(const RunSummary&) override {}
    void attempt_failed(const Error&, std::chrono::milliseconds) override {}
};

}  // namespace

void WaitingRoom::add(callkeeper::WaitingHook hook) {
    hook.number = static_cast<std::int64_t>(hooks_.size()) + 1;
    hooks_.push_back(std::move(hook));
}

callkeeper::WaitingHooks WaitingRoom::take(const callkeeper::InboxPosition& position,
                                           std::size_t max_bytes) {
    callkeeper::WaitingHooks taken;
    taken.after = position;
    std::size_t bytes = 0;
    for (const auto& hook : hooks_) {
        if (hook.number <= position.below || bytes >= max_bytes) continue;
        bytes += hook.body.size() + hook.query.size();
        taken.hooks.push_back(hook);
        taken.after.below = hook.number;
    }
    return taken;
}

sim::CallKeeperOptions calls(std::uint32_t per_day, std::uint32_t days, double odd) {
    sim::CallKeeperOptions options;
    options.calls_per_day = per_day;
    options.days = days;
    options.odd = odd;
    options.now =
        *parse_time(options.first_day) + std::chrono::days(days - 1) - std::chrono::hours(12);
    return options;
}

Account::Account(sim::CallKeeperOptions options, std::unique_ptr<CallDatabase> database)
    : database_(std::move(database)),
      callkeeper_(options),
      clock_(callkeeper_),
      log_(make_null_logger()) {
    settings.api_key = options.key;
    settings.api = callkeeper_.base_url();
    settings.caption = "Account of the tests";
    settings.retry_pause = std::chrono::milliseconds(1);
}

RunSummary Account::run(callkeeper::Work work) {
    const auto source = callkeeper::make_source(settings, work, clock_, *log_);
    StreamOptions options;
    options.name = callkeeper::stream_name(settings);
    options.once = true;
    options.rows_per_load = 1000;  // several loads a run
    NoObserver observer;
    return run_stream(*source, [this] { return database_->connect(clock_, *log_); }, options,
                      clock_, *log_, observer, {});
}

RunSummary Account::load_all() {
    callkeeper::Work work;
    const auto first = *parse_time(callkeeper_.options().first_day);
    const auto day =
        std::chrono::local_days(std::chrono::floor<std::chrono::days>(first).time_since_epoch());
    // Days of the source's zone may begin before those of the stand-in.
    work.live = callkeeper::DayRange{day - std::chrono::days(1), std::nullopt};
    return run(work);
}

sim::HookCounts Account::receive(sim::HookOptions options) {
    sim::Receiver receiver;
    options.url = receiver.url("/hooks/callkeeper/token");
    // They come one after the other: with several under way nobody could say in which order.
    options.in_flight = 1;
    auto counts = callkeeper_.send_hooks(options);
    for (const auto& post : receiver.posts()) {
        callkeeper::WaitingHook hook;
        hook.received = callkeeper_.now() + std::chrono::microseconds(++received_);
        hook.content_type = post.header("content-type").value_or("");
        const auto mark = post.target.find('?');
        if (mark != std::string::npos) hook.query = post.target.substr(mark + 1);
        hook.body = post.body;
        waiting_.add(std::move(hook));
    }
    return counts;
}

RunSummary Account::take_hooks() {
    callkeeper::Work work;
    work.inbox = &waiting_;
    work.settle = false;
    return run(work);
}

std::vector<std::string> Account::differences(const sim::CallTruthOptions& truth, Shared shared) {
    return test::differences(callkeeper_, *database_, truth, shared);
}

std::int64_t Account::count(const std::string& select) {
    return std::stoll(database_->rows(select).at(0).at(0));
}

std::int64_t Account::rows_in(const std::string& table) {
    return count("SELECT count(*) FROM " + database_->table(table));
}

std::uint64_t written(const RunSummary& summary, std::string_view table) {
    std::uint64_t rows = 0;
    for (const auto& stats : summary.tables)
        if (table.empty() || stats.table == table)
            rows += stats.inserted + stats.updated + stats.erased;
    return rows;
}

}  // namespace ringtail::test
