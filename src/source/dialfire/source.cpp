#include "source/dialfire/source.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>

#include "base/error.hpp"
#include "source/dialfire/api.hpp"
#include "source/dialfire/calls_part.hpp"
#include "source/dialfire/decode.hpp"
#include "source/dialfire/decode_deliveries.hpp"
#include "source/dialfire/decode_layout.hpp"
#include "source/dialfire/feed.hpp"
#include "source/dialfire/requests.hpp"

namespace ringtail::dialfire {
namespace {

using namespace std::chrono_literals;

// When a contact with a call that is not over is asked again, counted from the answer that showed
// it. After the last step only a change of the contact's md5 brings it back.
constexpr std::array<std::chrono::minutes, 5> kLadder{1min, 5min, 30min, 120min, 1440min};

class DialfireSource final : public Source {
  public:
    DialfireSource(Options options, Clock& clock, Logger& log)
        : options_(std::move(options)),
          clock_(clock),
          log_(log),
          api_(std::in_place, options_, clock, log),
          feed_(options_, *api_, clock, log) {}

    std::vector<Table> tables(std::stop_token stop) override {
        if (options_.deliver_since) return make_delivery_tables();
        const auto response = api_->fields().wait(std::move(stop));
        if (!response) throw Error(Fault::bug, "the field list has no cursor that could expire");
        api_->learn_time(*response);
        return make_tables(decode_fields(response->body), options_);
    }

    std::optional<CallsPart> calls() const override {
        if (options_.zone.empty() || options_.deliver_since) return {};
        return make_calls_part(options_);
    }

    void open(std::span<const Table> tables, const std::optional<Checkpoint>& from,
              Stored& stored) override {
        tables_ = tables;
        if (!options_.deliver_since) layouts_ = std::make_unique<const Layouts>(tables);
        // A new client, at the same place: what an attempt that failed had under way must not take
        // this one's turns.
        requests_before_ += api_->stats().requests;
        api_.emplace(options_, clock_, log_);
        feed_.open(tables_[TableIndex::contacts], from, stored, kept_rows(from));
    }

    std::optional<Page> next(std::stop_token stop) override {
        auto page = feed_.next(std::move(stop));
        if (options_.requests) *options_.requests = requests_before_ + api_->stats().requests;
        return page;
    }

    void decode(const Page& page, Decoded& into) const override {
        if (page.kind == kInboundPage) {
            decode_inbound(page.body,
                           {options_.filter, tables_, {}, layouts_.get(), options_.floors}, into);
        } else if (page.kind == kContactsPage) {
            const ContactsContext context = read_context(page.context);
            const std::size_t before = into.rechecks.size();
            const DecodeContext with{options_.filter, tables_, context.ids, layouts_.get(),
                                     options_.floors};
            if (options_.deliver_since) {
                decode_deliveries(page.body, with, *options_.deliver_since, into);
            } else {
                decode_contacts(page.body, with, into);
            }
            schedule(context, into.rechecks, before);
        }
    }

  private:
    Feed::Rows kept_rows(const std::optional<Checkpoint>& from) const {
        const auto created = std::ranges::find(tables_, true, &Table::created);
        if (!from || created == tables_.end()) return Feed::Rows::kept;
        log_.warning(
            fmt::format("table {} was not there although rows had been loaded before; every "
                        "contact is fetched again. Other campaigns that load into it: delete their "
                        "rows from ringtail_checkpoints, and they do the same",
                        created->name));
        return Feed::Rows::lost;
    }

    // Gives the open contacts found from `first` on their next time, and forgets those that are
    // settled now.
    static void schedule(const ContactsContext& context, std::vector<Recheck>& rechecks,
                         std::size_t first) {
        std::unordered_set<std::string> open;
        for (std::size_t i = first; i < rechecks.size(); ++i) {
            Recheck& recheck = rechecks[i];
            open.insert(recheck.key);
            const auto asked = context.steps.find(recheck.key);
            recheck.step = asked == context.steps.end() ? 0 : asked->second + 1;
            if (static_cast<std::size_t>(recheck.step) < kLadder.size()) {
                recheck.due = context.at + kLadder[static_cast<std::size_t>(recheck.step)];
            } else {
                recheck.step = -1;
            }
        }
        for (const auto& [id, step] : context.steps) {
            if (!open.contains(id)) rechecks.push_back({id, -1, context.at});
        }
    }

    const Options options_;
    Clock& clock_;
    Logger& log_;
    std::optional<Api> api_;
    std::uint64_t requests_before_ = 0;  // of the clients before this one
    Feed feed_;
    std::span<const Table> tables_;
    std::unique_ptr<const Layouts> layouts_;  // of tables_
};

}  // namespace

std::unique_ptr<Source> make_source(Options options, Clock& clock, Logger& log) {
    return std::make_unique<DialfireSource>(std::move(options), clock, log);
}

std::string stream_name(const Options& options) {
    return "dialfire/" + options.campaign + "/" +
           (options.deliver_since ? "webhook" : options.prefix);
}

}  // namespace ringtail::dialfire
