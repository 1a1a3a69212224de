#include "source/dialfire/report_reader.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <unordered_set>

#include "base/zone.hpp"
#include "source/dialfire/api.hpp"
#include "source/dialfire/decode.hpp"
#include "source/dialfire/requests.hpp"
#include "source/dialfire/steps.hpp"

namespace ringtail::dialfire {
namespace {

using namespace std::chrono_literals;

Options without_filter(Options options) {
    options.filter = {};
    return options;
}

class Reader final : public ReportReader {
  public:
    Reader(Options options, ReportOf of, Clock& clock, Logger& log)
        : options_(without_filter(std::move(options))),
          of_(of),
          zone_(options_.zone.empty() ? "UTC" : options_.zone),
          clock_(clock),
          log_(log) {}

    std::vector<std::string> read(std::chrono::local_days day,
                                  const std::stop_token& stop) override {
        if (!api_) api_.emplace(options_, clock_, log_);
        const Instant from = zone_.start(day), until = zone_.start(day + std::chrono::days(1));
        Requests requests(*api_, options_, clock_);
        auto wanted = contacts_of(from, until, stop);
        if (!wanted.empty()) requests.add_contacts(std::move(wanted), {}, {}, {});
        std::vector<ReportRow> found;
        while (!requests.empty()) {
            const Page page = requests.next(stop);
            count();
            const JsonDocument document(page.body);
            for (const JsonValue contact : document.root().elements())
                append_report_rows(contact, of_, from, until, found);
        }
        // Contacts come in no settled order; their texts are one.
        std::ranges::sort(found, {}, [](const ReportRow& row) {
            return std::pair<std::string_view, std::string_view>(row.fired, row.json);
        });
        std::vector<std::string> rows;
        rows.reserve(found.size());
        for (ReportRow& row : found) rows.push_back(std::move(row.json));
        return rows;
    }

    std::uint64_t requests() const override { return requests_; }

  private:
    void count() { requests_ = api_->stats().requests; }

    // Whether the service takes the bounds as in is not known; and it may know a transaction that
    // our clock does not.
    std::vector<Wanted> contacts_of(Instant from, Instant until, const std::stop_token& stop) {
        std::vector<Wanted> wanted;
        std::unordered_set<std::string> seen;
        std::string cursor;
        Restarts restarts;
        while (true) {
            const auto response = api_->events(from - 1s, until + 1s, cursor).wait(stop);
            count();
            if (!response) {
                restarts.count("list of transaction events");
                cursor.clear();
                continue;
            }
            restarts.progress();
            const EventPage page = decode_events(response->body);
            for (const Event& event : page.events) {
                if (seen.insert(event.contact).second) wanted.push_back({event.contact, ""});
            }
            cursor = page.cursor;
            if (cursor.empty()) return wanted;
        }
    }

    const Options options_;
    const ReportOf of_;
    const Zone zone_;
    Clock& clock_;
    Logger& log_;
    std::optional<Api> api_;
    std::atomic<std::uint64_t> requests_{0};
};

}  // namespace

std::unique_ptr<ReportReader> make_report_reader(Options options, ReportOf of, Clock& clock,
                                                 Logger& log) {
    return std::make_unique<Reader>(std::move(options), of, clock, log);
}

}  // namespace ringtail::dialfire
