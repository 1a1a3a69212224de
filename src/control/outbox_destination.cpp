#include "control/outbox_destination.hpp"

#include <fmt/core.h>

#include <unordered_map>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "control/outbox.hpp"
#include "sqlite_store/own_tables.hpp"

namespace ringtail::control {
namespace {

using sqlite::Transaction;

// Places of the cells (dialfire::make_delivery_tables()).
enum ContactCell : std::size_t { contact_id, contact_md5, contact_body };
enum TransactionCell : std::size_t { id, contact, fired, body };

class OutboxDestination final : public Destination, private StreamStore {
    Outbox& outbox() {
        if (!outbox_) outbox_ = std::make_unique<Outbox>(options_.path, options_.stream);
        return *outbox_;
    }

    // After an error that may lie with the connection a new one is made by the next call.
    template <typename Action>
    auto guarded(Action action) {
        try {
            return action(outbox());
        } catch (const Error& error) {
            if (error.fault() != Fault::stopped) outbox_.reset();
            throw;
        }
    }

  public:
    explicit OutboxDestination(OutboxOptions options) : options_(std::move(options)) {}

    std::vector<Table> prepare(std::span<const Table> tables) override {
        outbox();
        return {tables.begin(), tables.end()};
    }

    void create_views(std::span<const View> /*views*/) override {}  // nobody reads an outbox

    LoadStats load(const Load& load, std::stop_token stop) override {
        return guarded([&](Outbox& outbox) {
            const std::uint64_t size = outbox.bytes();
            if (size > options_.max_bytes) throw full(size);
            Transaction transaction(outbox.db(), Transaction::Kind::write);
            store_checkpoint(outbox.db(), load, SystemClock().now());
            LoadStats stats;
            stats.push_back(store_contacts(outbox, load.batches[0]));
            stats.push_back(enqueue(outbox, load.batches[0], load.batches[1], load.now));
            store_rejects(outbox.db(), load.rejects, load.now);
            store_rechecks(outbox.db(), load.stream, load.rechecks);
            if (stop.stop_requested()) throw Error(Fault::stopped, "stopped before the commit");
            failpoint("commit_sent");
            transaction.commit();
            failpoint("enqueued");
            if (options_.queued && stats[1].inserted + stats[1].updated > 0) options_.queued();
            return stats;
        });
    }

    std::vector<std::optional<std::string>> fingerprints(
        const Table& /*table*/, std::span<const std::string> keys) override {
        return guarded([&](Outbox& outbox) {
            std::vector<std::optional<std::string>> found(keys.size());
            auto select = outbox.db().prepare(
                "SELECT md5 FROM outbox_contacts WHERE stream = ?1 AND id = ?2");
            select.bind(1, outbox.stream_number());
            for (std::size_t i = 0; i < keys.size(); ++i) {
                select.bind(2, keys[i]);
                if (select.step()) found[i] = std::string(select.text(0));
                select.reset();
            }
            return found;
        });
    }

    StreamStore& streams() override { return *this; }

  private:
    std::optional<Checkpoint> checkpoint(std::string_view stream) override {
        return guarded([&](Outbox& outbox) { return read_checkpoint(outbox.db(), stream); });
    }
    std::vector<Recheck> rechecks(std::string_view stream, Instant until,
                                  std::size_t limit) override {
        return guarded(
            [&](Outbox& outbox) { return read_rechecks(outbox.db(), stream, until, limit); });
    }
    void hold(std::string_view stream, std::string_view holder) override {
        guarded([&](Outbox& outbox) {
            Transaction transaction(outbox.db(), Transaction::Kind::write);
            take_lease(outbox.db(), stream, holder, SystemClock().now());
            transaction.commit();
        });
    }
    void release(std::string_view stream, std::string_view holder) override {
        guarded([&](Outbox& outbox) { give_up_lease(outbox.db(), stream, holder); });
    }

    Error full(std::uint64_t size) const {
        return Error(Fault::transient,
                     fmt::format("the outbox {} is full: {} MB of {} MB; nothing more is read "
                                 "until deliveries have been made",
                                 options_.path, size >> 20U, options_.max_bytes >> 20U))
            .with_hint(
                "Look at the receiver with `ringtail deliveries list`, or raise --max-outbox.");
    }

    static TableStats store_contacts(Outbox& outbox, const Batch& contacts) {
        TableStats stats{contacts.table().name};
        stats.read = contacts.rows();
        auto upsert = outbox.db().prepare(
            "INSERT INTO outbox_contacts (stream, id, md5) VALUES (?1, ?2, ?3) ON CONFLICT "
            "(stream, id) DO UPDATE SET md5 = excluded.md5 WHERE md5 IS NOT excluded.md5",
            "storing md5s of contacts");
        upsert.bind(1, outbox.stream_number());
        const auto last = contacts.last_of_key();
        for (std::size_t row = 0; row < contacts.rows(); ++row) {
            if (!last[row]) continue;
            upsert.bind(2, contacts.at(row, contact_id).text);
            upsert.bind_or_null(3, contacts.at(row, contact_md5).text);
            upsert.execute();
            ++(outbox.db().changes() > 0 ? stats.updated : stats.unchanged);
        }
        return stats;
    }

    static TableStats enqueue(Outbox& outbox, const Batch& contacts, const Batch& transactions,
                              Instant now) {
        std::unordered_map<std::string_view, std::string_view> json;  // of the newest, by contact
        for (std::size_t row = 0; row < contacts.rows(); ++row) {
            const auto text = contacts.at(row, contact_body).text;
            if (!text.empty()) json[contacts.at(row, contact_id).text] = text;
        }
        TableStats stats{transactions.table().name};
        stats.read = transactions.rows();
        const auto last = transactions.last_of_key();
        for (std::size_t row = 0; row < transactions.rows(); ++row) {
            if (!last[row]) continue;
            const auto of = json.find(transactions.at(row, contact).text);
            if (of == json.end()) throw Error(Fault::bug, "a transaction without its contact");
            switch (outbox.enqueue(transactions.at(row, id).text, of->first,
                                   transactions.at(row, fired).text, of->second,
                                   transactions.at(row, body).text, now)) {
                case Outbox::Queued::fresh:
                    ++stats.inserted;
                    break;
                case Outbox::Queued::changed:
                    ++stats.updated;
                    break;
                case Outbox::Queued::unchanged:
                    ++stats.unchanged;
                    break;
            }
        }
        return stats;
    }

    const OutboxOptions options_;
    std::unique_ptr<Outbox> outbox_;
};

}  // namespace

std::unique_ptr<Destination> make_outbox_destination(OutboxOptions options) {
    return std::make_unique<OutboxDestination>(std::move(options));
}

}  // namespace ringtail::control
