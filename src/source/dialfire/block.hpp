#pragma once
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "source/dialfire/compared_rows.hpp"
#include "source/dialfire/decode.hpp"

namespace ringtail::dialfire {

using Day = std::chrono::sys_days;  // of UTC

// By which column a table's rows belong to a day; "" for contacts.
std::string_view day_column(TableIndex table);

// What a campaign has on a few days, as it is to be compared; in memory, packed.
class Block {
  public:
    // In the order of TableIndex; they must outlive this.
    explicit Block(std::span<const RowForm> forms) : forms_(forms) {}

    // The days from `first` until before `end`; what there was is forgotten, but what is loose in
    // contacts.
    void begin(Day first, Day end);
    bool has(Day day) const { return day >= first_ && day < end_; }
    Day end() const { return end_; }

    // Rows from outside are not to be compared: of them only beyond() knows.
    struct Span {
        Instant from = Instant::min(), until = Instant::max();
    };
    void set_span(TableIndex table, Span span) { spans_[table] = span; }

    // Keeps those rows of the block's days. `open`: contacts with a call that is not over.
    // `otherwise`: when a row was that does not say it itself.
    using When = std::function<std::optional<Instant>(std::size_t row)>;
    void add(TableIndex table, const Batch& rows, std::span<const std::string> open,
             const When& otherwise);

    std::vector<ComparedRow> rows(TableIndex table, Day day) const;
    std::vector<std::string> beyond(TableIndex table, Day day) const;
    // Whose the rows of the day with these keys are; those that are not here are left out.
    std::map<std::string, std::string> contacts_of(TableIndex table, Day day,
                                                   std::span<const std::string> keys) const;

    // The keys of a day's rows that do not say when they were.
    std::vector<std::string> dateless(TableIndex table, Day day) const;
    bool names(TableIndex table, Day day, const std::string& key) const;
    // Puts the source's value where its stand-in is stored.
    void settle(TableIndex table, const std::string& key, Values& stored) const;
    void note_loose(TableIndex table, const ComparedRow& row);

  private:
    struct Kept {
        std::string key;
        std::string values;     // packed
        std::uint32_t contact;  // index into contacts_
        bool open = false;
    };
    struct OfDay {
        std::unordered_map<std::string, std::size_t> place;  // by key
        std::vector<Kept> rows;
        std::vector<std::string> beyond;
        std::vector<std::string> dateless;
    };
    const OfDay* find(TableIndex table, Day day) const;
    std::uint32_t number_of(const std::string& contact);

    std::span<const RowForm> forms_;
    Day first_{}, end_{};
    std::array<std::map<Day, OfDay>, table_count> days_;
    std::array<Span, table_count> spans_;
    std::array<std::unordered_map<std::string, std::vector<ComparedRow::Loose>>, table_count>
        loose_;
    std::vector<std::string> contacts_;
    std::unordered_map<std::string, std::uint32_t> numbers_;
};

}  // namespace ringtail::dialfire
