#include "cli/old_tables.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/error.hpp"
#include "cli/summary.hpp"

namespace ringtail::cli {
namespace {

using Seen = std::vector<SeenColumn>;

const SeenColumn* find(const Seen& columns, std::string_view name) {
    const auto found = std::ranges::find(columns, name, &SeenColumn::name);
    return found == columns.end() ? nullptr : &*found;
}

bool is_contacts(const Seen& columns) { return find(columns, "$id") && find(columns, "$md5"); }

// A few names of many.
class Names {
  public:
    void add(const std::string& name) {
        if (++count_ <= kShown) text_ += fmt::format("{}\"{}\"", text_.empty() ? "" : ", ", name);
    }
    std::string text() const {
        return count_ <= kShown ? text_ : fmt::format("{} and {} more", text_, count_ - kShown);
    }

  private:
    static constexpr std::size_t kShown = 8;
    std::size_t count_ = 0;
    std::string text_;
};

bool is_narrow(Type wanted, const SeenColumn& there) {
    constexpr std::uint32_t kDigitsOfInt64 = 18;
    switch (wanted) {
        case Type::text:
            return there.max_chars.has_value();
        case Type::decimal:
            return there.max_digits.has_value();
        case Type::int64:
            return there.max_digits && *there.max_digits < kDigitsOfInt64;
        case Type::boolean:
        case Type::timestamp:
        case Type::json:
            break;
    }
    return false;
}

std::string narrow_columns(const Table& table, const Seen& seen) {
    std::map<std::string, Names> by_type;
    for (const Column& column : table.columns) {
        const SeenColumn* there = find(seen, column.name);
        if (there != nullptr && is_narrow(column.type, *there))
            by_type[there->type].add(there->name);
    }
    std::string text;
    for (const auto& [type, names] : by_type) {
        text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", type, names.text());
    }
    if (text.empty()) return "its columns hold whatever comes";
    return fmt::format("narrow columns, each widened when a value needs it: {}", text);
}

// Where the old client cut (B.10): contacts at the column's own length, or at 50 for $ names and
// 100 for others where it did not know it; the other tables at 100.
std::vector<std::uint32_t> limits_of(const SeenColumn& column, bool of_contacts) {
    std::vector<std::uint32_t> limits{100};
    if (of_contacts && column.name.starts_with('$')) limits.push_back(50);
    if (of_contacts && column.max_chars) limits.push_back(*column.max_chars);
    std::ranges::sort(limits);
    limits.erase(std::unique(limits.begin(), limits.end()), limits.end());
    return limits;
}

std::string cut_texts(const Table& table, std::string_view kind, const Seen& seen,
                      Inspector& inspector) {
    std::vector<TextLength> lengths;
    for (const Column& column : table.columns) {
        const SeenColumn* there = find(seen, column.name);
        const bool is_id = column.name == table.key.front() || column.name == table.fingerprint;
        if (there == nullptr || !there->is_text || column.type != Type::text || is_id) continue;
        for (const std::uint32_t chars : limits_of(*there, kind == "contacts"))
            lengths.push_back({column.name, chars});
    }
    std::string text;
    for (std::size_t i = 0; i < lengths.size(); i += Inspector::kMostLengths) {
        const std::size_t some = std::min(Inspector::kMostLengths, lengths.size() - i);
        const auto counts = inspector.count_texts(table.name, std::span(lengths).subspan(i, some));
        for (std::size_t k = 0; k < some; ++k) {
            if (counts[k] == 0) continue;
            text += fmt::format("{}\"{}\" in {} rows ({} characters)", text.empty() ? "" : ", ",
                                lengths[i + k].column, grouped(counts[k]), lengths[i + k].chars);
        }
    }
    if (text.empty()) return "no text is as long as the old client cut them";
    return "texts as long as the old client cut them: " + text;
}

// 1.5.4 made a connection's id of its transaction's and its end, V1 of that and its beginning.
std::string older_ids(const Table& table, const Seen& seen, Inspector& inspector) {
    const auto is_text = [&](std::string_view name) {
        const SeenColumn* there = find(seen, name);
        return there != nullptr && there->is_text;
    };
    std::uint64_t count = 0;
    for (const std::string_view time : {"disconnected", "fired"}) {
        if (is_text("id") && is_text("transaction_id") && is_text(time))
            count += inspector.count_md5_ids(table.name, "id", "transaction_id", time);
    }
    if (count == 0) return "all rows are stored under the service's ids";
    return fmt::format(
        "rows under ids that older versions made: {}; they stay, and a run stores the same calls "
        "again under the service's ids",
        grouped(count));
}

std::string first_run(const Plan& plan) {
    const auto& since = plan.source.first.since;
    return fmt::format(
        "the first run fetches {}, whatever $md5 says, adds the rows and columns that are missing, "
        "updates those that differ (a text that was cut becomes whole), and deletes none",
        since ? "each contact changed since " + since->substr(0, 10) : "each contact once");
}

}  // namespace

std::string settle_tables(Plan& plan, Inspector& inspector) {
    std::string& prefix = plan.source.prefix;
    const auto there = [&](const std::string& wanted) {
        return is_contacts(inspector.columns(wanted + "contacts"));
    };
    const bool unprefixed = !plan.prefix_given && there("") &&
                            (plan.adopt || inspector.columns(prefix + "contacts").empty());
    if (unprefixed) prefix.clear();
    if (plan.adopt && !unprefixed && !there(prefix)) {
        const std::string beside = plan.prefix_given ? "" : ", nor contacts";
        throw Error(Fault::config,
                    fmt::format("there is nothing to adopt: {} has no table {}contacts{} with the "
                                "columns $id and $md5",
                                inspector.describe(), prefix, beside))
            .with_hint(
                "Name the prefix that the old client had (its --tp), and the database and schema "
                "it wrote to; or leave --adopt out, and tables are made.");
    }
    if (plan.adopt) {
        return fmt::format("the old client's tables ({}contacts …) are adopted", prefix);
    }
    if (!unprefixed) return {};
    return "the old client's tables (contacts …) are there and are used; for tables of their own, "
           "give the prefix df_";
}

bool filled_by_old_client(const Plan& plan, Inspector& inspector) {
    const Seen contacts = inspector.columns(plan.source.prefix + "contacts");
    return is_contacts(contacts) && find(contacts, "_extra") == nullptr;
}

void report_tables(const Plan& plan, Inspector& inspector, std::span<const Table> tables,
                   Checklist& list) {
    for (const Table& table : tables) {
        const std::string kind = table.name.substr(plan.source.prefix.size());
        Seen seen;
        const bool read = list.item(kind, [&] {
            seen = inspector.columns(table.name);
            return seen.empty() ? "is not there yet and is made" : narrow_columns(table, seen);
        });
        if (!read || seen.empty()) continue;
        list.item(kind, [&] { return cut_texts(table, kind, seen, inspector); });
        if (kind == "connections")
            list.item(kind, [&] { return older_ids(table, seen, inspector); });
    }
    list.item("first run", [&] { return first_run(plan); });
}

}  // namespace ringtail::cli
