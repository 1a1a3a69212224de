#include "destination/clickhouse/row_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/error.hpp"
#include "destination/clickhouse/tsv.hpp"
#include "destination/clickhouse/words.hpp"
#include "destination/reading/canonical_row.hpp"

namespace ringtail::clickhouse {
namespace {

namespace text = sql::clickhouse;

using Values = std::vector<std::optional<std::string>>;

// How many rows a page has: at first few enough for wide rows, then as many as make kPageBytes.
constexpr std::size_t kFirstRows = 10'000, kMostRows = 100'000;
constexpr std::size_t kPageBytes = 8U << 20U;

std::optional<std::string> value_at(const TsvRows& rows, std::size_t field) {
    if (rows.is_null(field)) return std::nullopt;
    return rows.text(field);
}

void add(reading::CanonicalRow& row, const std::optional<std::string>& value) {
    row.add(value ? std::optional<std::string_view>(*value) : std::nullopt);
}

// Rows of the table beside, by what their column holds.
class Beside {
  public:
    Beside(Server& server, const RowQuery& query) : server_(server), query_(query.beside) {
        if (!query_) return;
        there_ = words_.table(query_->table);
        by_ = there_ ? reading::find(*there_, query_->table, query_->column) : nullptr;
    }

    // Asks for those of these keys.
    void look_up(std::span<const std::string> keys, const std::stop_token& stop) {
        found_.clear();
        if (by_ == nullptr || keys.empty()) return;
        std::string columns = by_->name;
        for (const std::string& column : query_->columns) {
            const auto* const there = reading::find(*there_, query_->table, column);
            columns += ", " + (there == nullptr ? "NULL" : words_.shown(there->name, *there));
        }
        const bool is_whole = by_->type.kind == sql::Kind::integer;
        const std::vector<std::string> types{is_whole ? "Int64" : "String"};
        TsvRows rows = server_.query_with_keys(
            fmt::format("SELECT {} FROM {} FINAL WHERE {} IN {} AND {} = 0 FORMAT TabSeparated",
                        columns, there_->name, by_->name, text::kKeys, text::kDeleted),
            text::keys_structure(types), lines_of(keys), stop);
        while (rows.next()) {
            Values values;
            for (std::size_t field = 1; field < rows.width(); ++field)
                values.push_back(value_at(rows, field));
            found_.try_emplace(rows.text(0), std::move(values));
        }
    }

    void add_to(reading::CanonicalRow& row, const std::string& key) const {
        if (!query_) return;
        const auto found = found_.find(key);
        for (std::size_t i = 0; i < query_->columns.size(); ++i) {
            if (found == found_.end())
                row.add(std::nullopt);
            else
                add(row, found->second[i]);
        }
    }

  private:
    Server& server_;
    const std::optional<RowQuery::Beside>& query_;
    Words words_{server_};
    std::optional<reading::TableThere> there_;
    const reading::Column* by_ = nullptr;
    std::unordered_map<std::string, Values> found_;
};

// The statement for one page after the other.
class Pages {
  public:
    Pages(const RowQuery& query, const reading::TableThere& there, Words& words)
        : table_(query.table.name), words_(words) {
        for (const std::string& part : query.table.key) {
            const auto* const column = reading::find(there, query.table, part);
            if (column == nullptr) throw Error(Fault::transient, table_ + " has no key " + part);
            key_.push_back(column);
            names_ += (names_.empty() ? "" : ", ") + column->name;
        }
        columns_ = names_;
        for (const std::string& column : query.columns) {
            const auto* const shown = reading::find(there, query.table, column);
            columns_ += ", " + (shown == nullptr ? "NULL" : words.shown(shown->name, *shown));
        }
        from_ = from_current(query, there, words);
    }

    std::size_t key_width() const { return key_.size(); }
    std::size_t rows() const { return rows_; }
    std::string next() const {
        return fmt::format("SELECT {} {}{} ORDER BY {} LIMIT {} FORMAT TabSeparated", columns_,
                           from_, after_, names_, rows_);
    }
    std::vector<std::string> key_at(const TsvRows& page) const {
        std::vector<std::string> key;
        key.reserve(key_.size());
        for (std::size_t i = 0; i < key_.size(); ++i) key.push_back(page.text(i));
        return key;
    }
    // The page was full, with so many bytes.
    void go_on_after(const std::vector<std::string>& key, std::size_t bytes) {
        std::string values;
        for (std::size_t i = 0; i < key_.size(); ++i)
            values += (i == 0 ? "" : ", ") + words_.value(*key_[i], key[i]);
        after_ = fmt::format(" AND ({}) > ({})", names_, values);
        const std::size_t fitting = kPageBytes * rows_ / std::max<std::size_t>(bytes, 1);
        rows_ = std::clamp<std::size_t>(fitting, 100, kMostRows);
    }

  private:
    const std::string& table_;
    Words& words_;
    std::vector<const reading::Column*> key_;
    std::string names_, columns_, from_, after_;
    std::size_t rows_ = kFirstRows;
};

}  // namespace

void StoredRows::read(const RowQuery& query, const RowSink& sink, const std::stop_token& stop) {
    Words words(server_);
    const auto there = words.table(query.table);
    if (!there) return;
    Pages pages(query, *there, words);
    Beside beside(server_, query);
    reading::CanonicalRow row(query, sink, stop);
    for (bool more = true; more;) {
        TsvRows page = server_.query(pages.next(), stop);
        std::vector<std::string> keys;
        const std::size_t bytes = page.bytes();
        if (query.beside) {
            while (page.next()) keys.push_back(page.text(0));
            page.rewind();
            beside.look_up(keys, stop);
        }
        std::size_t rows = 0;
        std::vector<std::string> last;
        while (page.next()) {
            if (++rows == pages.rows()) last = pages.key_at(page);
            Values values;
            for (std::size_t field = pages.key_width(); field < page.width(); ++field)
                values.push_back(value_at(page, field));
            for (const auto& value : values) add(row, value);
            beside.add_to(row, page.text(0));
            row.end();
        }
        more = rows == pages.rows();
        if (more) pages.go_on_after(last, bytes);
    }
}

std::uint64_t StoredRows::count(const RowQuery& query) {
    Words words(server_);
    const auto there = words.table(query.table);
    if (!there) return 0;
    TsvRows answer = server_.query("SELECT count() " + from_current(query, *there, words) +
                                   " FORMAT TabSeparated");
    return answer.next() ? answer.number(0) : 0;
}

}  // namespace ringtail::clickhouse
