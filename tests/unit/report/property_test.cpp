#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "report/day_rows.hpp"
#include "unit/report/fields.hpp"

// Random rules over random rows, against a reference that shares no code with them: it knows by
// heart what becomes of each value that it draws.
namespace ringtail::report {
namespace {

constexpr std::array<const char*, 6> kTypes{"int64",   "decimal",   "text",
                                            "boolean", "timestamp", "json"};

// A value as JSON, and what a column of each of kTypes holds then: "-" null, "!" it does not fit.
struct Sample {
    std::string json;
    std::array<std::string, 6> as;
};
const std::vector<Sample>& samples() {
    static const std::vector<Sample> all{
        {"null", {"-", "-", "-", "-", "-", "-"}},
        {R"("")", {"-", "-", "-", "-", "-", "-"}},
        {"5", {"5", "5", "5", "!", "!", "5"}},
        {"1", {"1", "1", "1", "true", "!", "1"}},
        {R"("5")", {"5", "5", "5", "!", "!", "5"}},
        {"-1.5", {"!", "-1.5", "-1.5", "!", "!", "-1.5"}},
        {R"("abc")", {"!", "!", "abc", "!", "!", "abc"}},
        {R"("Ж\u0436")", {"!", "!", "Жж", "!", "!", "Жж"}},
        {"true", {"!", "!", "1", "true", "!", "true"}},
        {R"("FALSE")", {"!", "!", "FALSE", "false", "!", "FALSE"}},
        {"9223372036854775808",
         {"!", "9223372036854775808", "9223372036854775808", "!", "!", "9223372036854775808"}},
        {R"("2024-05-01 10:00")",
         {"!", "!", "2024-05-01 10:00", "!", "2024-05-01T10:00:00.000Z", "2024-05-01 10:00"}},
        {R"({"k":5})", {"!", "!", R"({"k":5})", "!", "!", R"({"k":5})"}},
    };
    return all;
}
constexpr std::size_t kNull = 0, kFive = 4, kObject = 12;

const std::array<std::string, 6> kPaths{
    "id", "status_code", "phone1", "visit_info.current.src", "visit_info.session.pgs", "contact.x"};

struct Drawn {
    std::map<std::string, std::size_t> values;  // path → sample; absent: there is none
    std::vector<std::size_t> tags;              // samples
    enum class Tags { absent, list, text, one } kind = Tags::absent;
};

struct ColumnDrawn {
    std::string path;  // "": a constant
    std::size_t type = 0;
    std::size_t fixed = kNull;  // constant or default: a sample
};
struct TableDrawn {
    bool each = false;
    std::vector<ColumnDrawn> columns;
    std::vector<std::size_t> key;
    std::vector<std::pair<std::string, bool>> where;  // path is null, or not; all of them
};

class Dice {
  public:
    explicit Dice(unsigned seed) : engine_(seed) {}
    std::size_t below(std::size_t end) { return engine_() % end; }
    bool one_in(std::size_t n) { return below(n) == 0; }

  private:
    std::mt19937 engine_;
};

Drawn draw_row(Dice& dice) {
    Drawn row;
    for (const std::string& path : kPaths) {
        if (!dice.one_in(6)) row.values[path] = dice.below(samples().size());
    }
    row.kind = static_cast<Drawn::Tags>(dice.below(4));
    const std::size_t count = row.kind == Drawn::Tags::one ? 1 : dice.below(4);
    for (std::size_t i = 0; i < count; ++i) {
        row.tags.push_back(row.kind == Drawn::Tags::text ? kFive + 2 * dice.below(2)
                                                         : dice.below(samples().size()));
    }
    // A text is taken apart and nothing stands for itself; one value that is neither is one
    // element.
    if (row.kind == Drawn::Tags::one) row.tags = {dice.one_in(2) ? kObject : 2};
    return row;
}

std::string json_of(const Drawn& row) {
    const auto value = [&](const char* path) {
        const auto found = row.values.find(path);
        return found == row.values.end() ? std::string() : samples()[found->second].json;
    };
    std::string json = "{\"other\" : [1 , 2]";
    const auto member = [&](const char* name, const std::string& text) {
        if (!text.empty()) json += std::string(", \"") + name + "\" : " + text;
    };
    const auto nested = [](const char* name, const std::string& text) {
        return text.empty() ? text : std::string("{\"") + name + "\":" + text + "}";
    };
    for (const char* path : {"id", "status_code", "phone1"}) member(path, value(path));
    std::string visit;
    for (const auto& [group, inner] :
         {std::pair("current", nested("src", value("visit_info.current.src"))),
          std::pair("session", nested("pgs", value("visit_info.session.pgs")))}) {
        if (!inner.empty())
            visit += (visit.empty() ? "" : ",") + std::string("\"") + group + "\":" + inner;
    }
    if (!visit.empty()) member("visit_info", "{" + visit + "}");
    member("contact", nested("x", value("contact.x")));
    std::string tags;
    for (const std::size_t tag : row.tags) {
        const bool text = row.kind == Drawn::Tags::text;
        tags +=
            (tags.empty() ? "" : ",") + (text ? " " + samples()[tag].as[2] : samples()[tag].json);
    }
    if (row.kind == Drawn::Tags::list) member("tags", "[" + tags + "]");
    if (row.kind == Drawn::Tags::text) member("tags", "\"" + tags + " , \"");
    if (row.kind == Drawn::Tags::one) member("tags", tags);
    return json + "}";
}

TableDrawn draw_table(Dice& dice) {
    TableDrawn table;
    table.each = dice.one_in(2);
    const std::size_t count = 1 + dice.below(5);
    for (std::size_t i = 0; i < count; ++i) {
        ColumnDrawn column;
        column.type = dice.below(kTypes.size());
        if (table.each && dice.one_in(2)) {
            column.path = std::array{".", ".k", "#"}[dice.below(3)];
        } else if (!dice.one_in(6)) {
            column.path = kPaths[dice.below(kPaths.size())];
        }
        column.fixed = dice.below(samples().size());
        if (samples()[column.fixed].as[column.type] == "!") column.fixed = kNull;
        table.columns.push_back(column);
    }
    for (std::size_t i = 0; i < count; ++i) {
        const bool can = table.columns[i].type != 1 && table.columns[i].type != 5;
        if (can && (table.key.empty() || dice.one_in(3))) table.key.push_back(i);
    }
    if (table.key.empty()) {
        table.columns.push_back({kPaths[0], 2, kNull});
        table.key.push_back(count);
    }
    for (std::size_t i = dice.below(3); i > 0; --i)
        table.where.emplace_back(kPaths[dice.below(kPaths.size())], dice.one_in(2));
    return table;
}

std::string json_of(const TableDrawn& table) {
    std::string columns, key, where;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const ColumnDrawn& column = table.columns[i];
        const std::string& fixed = samples()[column.fixed].json;
        columns += (i == 0 ? "" : ",") + std::string("{\"name\":\"c") + std::to_string(i) +
                   "\",\"type\":\"" + kTypes[column.type] + "\",";
        columns += column.path.empty()
                       ? "\"const\":" + fixed + "}"
                       : "\"path\":\"" + column.path + "\",\"default\":" + fixed + "}";
    }
    for (const std::size_t part : table.key)
        key += (key.empty() ? "\"c" : ",\"c") + std::to_string(part) + "\"";
    for (const auto& [path, is_null] : table.where)
        where += (where.empty() ? "" : " and ") + path + (is_null ? " is null" : " is not null");
    return R"({"tables":[{"name":"t",)" + std::string(table.each ? R"("each":"tags",)" : "") +
           "\"where\":\"" + where + "\",\"key\":[" + key + "],\"columns\":[" + columns + "]}]}";
}

// What the table must hold, and how often a value or row does not fit.
struct Expected {
    std::map<std::vector<std::string>, std::string> rows;  // by key
    std::size_t rejects = 0;
};

void expect_row(const TableDrawn& table, const Drawn& row, std::optional<std::size_t> element,
                std::size_t position, Expected& expected) {
    const auto at = [&](const std::string& path, std::size_t type) -> std::string {
        if (path == "#") {
            const std::string text = std::to_string(position);
            if (type == 3) return position == 1 ? "true" : "!";
            return type == 4 ? "!" : text;
        }
        if (path == ".") return samples()[*element].as[type];
        if (path == ".k") {
            const bool has = *element == kObject && row.kind != Drawn::Tags::text;
            return samples()[has ? std::size_t{2} : kNull].as[type];
        }
        const auto found = row.values.find(path);
        return samples()[found == row.values.end() ? kNull : found->second].as[type];
    };
    for (const auto& [path, is_null] : table.where) {
        // What is no number is nothing where a number is asked for.
        const bool is_number = path == "id" || path == "status_code" || path.ends_with("pgs");
        const std::string value = at(path, is_number ? 1 : 5);
        if ((value == "-" || (is_number && value == "!")) != is_null) return;
    }
    std::vector<std::string> cells;
    std::size_t misfits = 0;
    for (const ColumnDrawn& column : table.columns) {
        const std::string fixed = samples()[column.fixed].as[column.type];
        std::string cell = column.path.empty() ? fixed : at(column.path, column.type);
        if (cell == "-") cell = fixed;
        if (cell == "!") {
            ++misfits;
            cell = "-";
        }
        cells.push_back(cell);
    }
    std::vector<std::string> key;
    for (const std::size_t part : table.key) {
        if (cells[part] == "-") {
            ++expected.rejects;
            return;
        }
        key.push_back(cells[part]);
    }
    expected.rejects += misfits;
    std::string& text = expected.rows[key];
    text.clear();
    for (const std::string& cell : cells) text += cell + "|";
}

TEST(ReportProperty, RandomRulesMakeOfRandomRowsWhatTheReferenceSays) {
    std::size_t rows_seen = 0, rejects_seen = 0;
    for (unsigned seed = 1; seed <= 8'000; ++seed) {
        Dice dice(seed);
        const TableDrawn table = draw_table(dice);
        const std::string rule = json_of(table);
        Plan plan;
        plan.rule = rule_of(rule);
        const auto tables = make_tables(plan);
        DayRows day(plan, tables, {1, 2, "2024-05-01"});
        Expected expected;
        std::string all;
        for (std::size_t i = dice.below(12); i > 0; --i) {
            const Drawn row = draw_row(dice);
            all += json_of(row) + "\n";
            day.add(json_of(row));
            if (!table.each) {
                expect_row(table, row, std::nullopt, 0, expected);
                continue;
            }
            if (row.kind == Drawn::Tags::absent) continue;
            std::size_t position = 0;
            for (const std::size_t tag : row.tags)
                expect_row(table, row, tag, ++position, expected);
        }
        std::multiset<std::string> made, wanted;
        const Batch& batch = day.batches()[0];
        const auto last = batch.last_of_key();
        for (std::size_t row = 0; row < batch.rows(); ++row) {
            if (!last[row]) continue;
            std::string text;
            for (std::size_t cell = kOwnColumns; cell < batch.width(); ++cell) {
                const Cell value = batch.at(row, cell);
                text += std::string(value.kind == Cell::Kind::null ? "-" : value.text) + "|";
            }
            made.insert(text);
        }
        for (const auto& [key, row] : expected.rows) wanted.insert(row);
        ASSERT_EQ(made, wanted) << "seed " << seed << "\n" << rule << "\n" << all;
        ASSERT_EQ(day.rejects().size(), expected.rejects) << "seed " << seed << "\n"
                                                          << rule << "\n"
                                                          << all;
        rows_seen += made.size();
        rejects_seen += expected.rejects;
    }
    EXPECT_GT(rows_seen, 2'000U);
    EXPECT_GT(rejects_seen, 2'000U);
}

}  // namespace
}  // namespace ringtail::report
