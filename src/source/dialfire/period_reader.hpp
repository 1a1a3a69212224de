#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "source/dialfire/api.hpp"
#include "source/dialfire/block.hpp"
#include "source/dialfire/bodies.hpp"
#include "source/dialfire/decode_layout.hpp"
#include "source/dialfire/reading_all.hpp"
#include "source/source.hpp"

namespace ringtail::dialfire {

// Both included.
struct Period {
    Day first{}, last{};
    bool is_open = false;  // until now: also what is in no list of the period's events is read
    // Days are read together while they have no more contacts: about 40 MB.
    std::size_t most_contacts = 10'000;
};

// A table's day of a period, as the campaign has it; of contacts all at once, at the end.
struct PeriodPart {
    TableIndex table = transactions;
    Day day{};
    bool is_over = true;              // no new rows can come
    Block::Span span;                 // the part of the day that is compared
    std::vector<ComparedRow> rows;    // of contacts: with the values kContactFields
    std::vector<std::string> beyond;  // there, but not wanted
    std::vector<std::string> also;    // keys of rows that have no time in the day's column
    std::string after;                // where to go on
    bool in_hand = false;             // the next part has been read with this one
};

// What is compared of a contact: its $md5, and a digest of all its columns.
inline constexpr std::string_view kContactFields[] = {"$md5", "values"};

// Reads all that a campaign has of a period. The days' events name the contacts; these are fetched
// and decoded as a load does, so that the rows are those of a load. Each contact is fetched once
// for as many days as fit into memory. One thread uses it; errors as those of a Source.
class PeriodReader {
  public:
    PeriodReader(Options options, Period period, Clock& clock, Logger& log);

    // Asks the campaign what fields it has. kMissingColumn is to be made.
    std::vector<Table> tables(const std::stop_token& stop);
    // `wanted`: what tables() gave; `prepared` the same as they can be filled. Goes on at
    // `position`. `loaded`: what came later is not compared.
    void open(std::span<const Table> wanted, std::span<const Table> prepared,
              const std::optional<Checkpoint>& loaded, Stored& stored, std::string_view position);
    std::optional<PeriodPart> next(const std::stop_token& stop);

    // A stored row of the part that next() gave, made comparable; of contacts that of all columns
    // becomes that of kContactFields. False: it is not compared.
    bool settle(TableIndex table, const std::string& key, Values& values) const;
    // Whether the contact is known to be of another campaign.
    bool is_foreign(const std::string& contact) const { return foreign_.contains(contact); }

    struct Again {
        Decoded decoded;
        std::vector<ComparedRow> rows;
        std::vector<std::string> beyond;
    };
    // Rows of the part that next() gave last, with all of their contacts. `owners`: the contacts of
    // stored rows that the part does not name.
    Again load_again(const PeriodPart& part, std::span<const std::string> keys,
                     const std::map<std::string, std::string>& owners, const std::stop_token& stop);

    std::size_t days() const;
    std::uint64_t requests() const { return requests_; }  // from any thread

  private:
    // Whether the service means UTC is not known (assumption G-3).
    static constexpr std::chrono::hours kZones{14};
    static constexpr std::size_t kAskedAtOnce = 1'000;  // of what is stored
    static constexpr std::size_t kMostUnlisted = 10'000;
    struct Seen {
        std::optional<std::string> md5;
        std::string digest;
        std::string bare_digest;  // as it is stored where there are no only_if_present columns
        bool open = false;
    };
    // The tables without such columns: whether they are there is not known before prepare().
    struct Bare {
        Bare(std::span<const Table> wanted, std::span<const Table> prepared);
        std::vector<Table> tables;
        Layouts layouts;
        RowForm contacts;
    };

    void read_block(Day first, const std::stop_token& stop);
    void list_events(Day first, const std::stop_token& stop);
    PeriodPart day_part();
    PeriodPart contacts_part(const std::stop_token& stop);
    void list_contacts(const std::stop_token& stop);
    void look(std::span<const std::string> ids, const std::stop_token& stop);
    void note_contacts(std::string_view body, const Batch& rows, std::span<const std::string> open);
    ComparedRow contact_row(const std::string& id) const;
    // Whether a stored contact that is not listed is to be asked for.
    bool is_in_doubt(const std::string& id) const;
    // The contacts' bodies, from memory where they are, as answers of the API.
    void fetch(std::span<const std::string> ids, const ContactReader::Take& take,
               const std::stop_token& stop);
    Decoded decode(std::string_view body, std::span<const std::string> asked) const;
    // The campaign of each contact as it is stored; nothing: there is no such contact.
    std::map<std::string, std::optional<std::string>> campaigns(
        const std::set<std::string>& contacts);
    void schedule(std::vector<Recheck>& rechecks) const;
    // The keys of rows that exist, but are older than is kept or do not pass the filter.
    std::unordered_set<std::string> unwanted(TableIndex table, std::string_view body) const;
    Again contacts_again(std::span<const std::string> keys, const std::stop_token& stop);
    Again inbound_again(const PeriodPart& part, std::span<const std::string> keys,
                        const std::stop_token& stop);
    Decoded empty() const;
    // The contacts with no more columns than this and the key: others may not have been made yet.
    Table contacts_with(std::string_view fingerprint) const;
    std::string place_text() const;
    void count_requests() { requests_ = api_.stats().requests; }

    const Options options_;
    const Options asking_;  // without the filter, which must not decide what is missing
    const Period period_;
    Clock& clock_;
    Api api_;
    ContactReader contact_reader_;
    std::span<const Table> prepared_;
    std::unique_ptr<const Layouts> layouts_;
    std::vector<RowForm> forms_;
    std::unique_ptr<const Bare> bare_;  // null: there are none
    std::unique_ptr<Block> block_;
    Stored* stored_ = nullptr;
    Day day_{};                        // of the next part
    TableIndex table_ = transactions;  // its table; contacts: the last part
    bool at_end_ = false;
    Day listed_until_{};
    std::map<Day, std::set<std::string>> named_;  // contacts with events, by day
    Bodies bodies_, inbound_bodies_;
    std::unordered_map<std::string, Seen> seen_;           // contacts fetched
    std::unordered_map<std::string, std::string> listed_;  // id to md5
    std::unordered_set<std::string> foreign_;
    // Stored contacts that are not listed as changed since the period began, up to kMostUnlisted;
    // fixed once they are asked for.
    mutable std::unordered_set<std::string> unlisted_;
    bool unlisted_is_fixed_ = false;
    std::array<Block::Span, table_count> spans_;
    std::atomic<std::uint64_t> requests_{0};
};

}  // namespace ringtail::dialfire
