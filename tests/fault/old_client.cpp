#include "fault/old_client.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/md5.hpp"
#include "support/json_object.hpp"

namespace ringtail::fault {
namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kShort = 50;
constexpr std::size_t kLong = 100;

std::string type_of(const std::string& table, const std::string& column) {
    static const std::set<std::string> kTexts{"$status_detail",   "status_detail", "$recording",
                                              "$recording_url",   "filename",      "location",
                                              "global_call_uuid", "$comment"};
    static const std::set<std::string> kNumbers{"pause_time_sec", "edit_time_sec",
                                                "wrapup_time_sec", "duration", "code"};
    static const std::set<std::string> kFlags{"isHI", "revoked", "dispatch_error"};
    if (kNumbers.contains(column)) return "numeric";
    if (kFlags.contains(column)) return "boolean";
    const bool custom = table == "contacts" && !column.starts_with('$');
    return custom || kTexts.contains(column) ? "varchar(100)" : "varchar(50)";
}

std::size_t size_of(const std::string& type) {
    if (type == "varchar(50)") return kShort;
    return type == "varchar(100)" ? kLong : std::string::npos;
}

// The first so many characters of UTF-8.
std::string front(const std::string& text, std::size_t characters) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
        if (count++ == characters) return text.substr(0, i);
    }
    return text;
}

std::string literal(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
    return quoted + "'";
}

class Filler {
  public:
    Filler(Scene& scene, OldTables& old) : scene_(scene), old_(old) {}

    void fill(const std::string& table) {
        table_ = table;
        columns_.clear();
        values_.clear();
        rows_ = 0;
        sim::TruthOptions all;
        all.custom_columns = 1'000;
        scene_.campaign().truth(table, all, [&](std::string_view object) {
            Members row = test::members_of(object);
            std::erase_if(row, [](const auto& member) {
                return member.first == "_extra" || member.first == "wait_time_sec";
            });
            if (columns_.empty()) create(row);
            if (table == "contacts" || ++rows_ % 10 != 0) add(row);
        });
        flush();
    }

  private:
    void create(const Members& row) {
        std::string sql;
        for (const auto& [name, raw] : row) {
            columns_.push_back(name);
            sql += (sql.empty() ? "" : ", ") + sql::quote_identifier(name) + " " +
                   type_of(table_, name) + (sql.empty() ? " NOT NULL PRIMARY KEY" : "");
        }
        sql += ", " + sql::quote_identifier("$changed") + " varchar(50)";
        scene_.database().run("CREATE TABLE " + table_ + " (" + sql + ")");
    }

    void add(const Members& row) {
        std::vector<std::string> texts;
        for (const auto& [name, raw] : row) texts.push_back(value(name, raw));
        texts.push_back("'2024-06-01T08:00:00Z'");
        append(texts);
        if (table_ != "connections" || !old_.older_id.empty()) return;
        const auto text = [&](std::string_view wanted) {
            const auto place = std::ranges::find(row, wanted, &Members::value_type::first);
            return test::text_of(place->second).value();
        };
        old_.older_id = md5_hex({text("transaction_id"), text("disconnected")});
        texts.front() = literal(old_.older_id);
        append(texts);
    }

    std::string value(const std::string& column, const std::string& raw) {
        if (raw == "null" || raw == "\"\"") return "NULL";
        const std::string type = type_of(table_, column);
        if (type == "boolean" && (raw == "true" || raw == "false")) return raw;
        if (raw == "true" || raw == "false") return raw == "true" ? "'1'" : "'0'";
        const std::string text = test::text_of(raw).value_or(raw);
        const std::string kept =
            front(text, table_ == "contacts" ? size_of(type) : std::max(kLong, size_of(type)));
        if (kept != text) ++old_.cut[{table_, column}];
        return literal(kept);
    }

    void append(const std::vector<std::string>& texts) {
        std::string row;
        for (const std::string& text : texts) row += (row.empty() ? "(" : ", ") + text;
        values_ += (values_.empty() ? "" : ", ") + row + ")";
        if (values_.size() > 100'000) flush();
    }

    void flush() {
        if (!values_.empty()) scene_.database().run("INSERT INTO " + table_ + " VALUES " + values_);
        values_.clear();
    }

    Scene& scene_;
    OldTables& old_;
    std::string table_, values_;
    std::vector<std::string> columns_;
    unsigned rows_ = 0;
};

}  // namespace

OldTables fill_as_old_client(Scene& scene) {
    OldTables old;
    Filler filler(scene, old);
    for (const auto* table :
         {"contacts", "transactions", "connections", "recordings", "inbound_calls"}) {
        filler.fill(table);
    }
    return old;
}

}  // namespace ringtail::fault
