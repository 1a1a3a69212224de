#include "pipeline/fetcher.hpp"

#include "base/error.hpp"

namespace ringtail {
namespace {

// A unit without rows (nothing changed) is closed after so many pages, so that the checkpoint still
// moves.
constexpr std::size_t kPagesPerLoad = 200;

}  // namespace

Fetcher::Fetcher(Source& source, std::shared_ptr<const std::vector<Table>> tables,
                 const StreamOptions& options, const Clock& clock)
    : source_(source), tables_(std::move(tables)), options_(options), clock_(clock) {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Fetcher::~Fetcher() {
    thread_.request_stop();
    queue_.close();
}

void Fetcher::run(const std::stop_token& stop) {
    try {
        LoadUnit unit(tables_);
        Instant begun;
        while (auto page = source_.next(stop)) {
            if (unit.pages == 0) begun = clock_.now();
            unit.add(source_, std::move(*page));
            if (unit.rows() < options_.rows_per_load && unit.bytes() < options_.bytes_per_load &&
                unit.pages < kPagesPerLoad && clock_.now() - begun < options_.max_wait_per_load) {
                continue;
            }
            if (!queue_.push(std::move(unit), stop)) return;
            unit = LoadUnit(tables_);
        }
        if (unit.pages > 0) queue_.push(std::move(unit), stop);
    } catch (...) {
        failure_ = std::current_exception();
    }
    queue_.close();
}

std::optional<LoadUnit> Fetcher::unit(const std::stop_token& stop) {
    auto unit = queue_.pop(stop);
    if (unit) return unit;
    if (stop.stop_requested()) throw Error(Fault::stopped, "stopped");
    if (failure_) std::rethrow_exception(failure_);
    return std::nullopt;
}

}  // namespace ringtail
