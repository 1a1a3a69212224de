#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "contract/fixture.hpp"

// The type matrix of docs/tables.md: the values that are tried, and the Markdown made of what
// became of them.
namespace ringtail::contract {

struct MatrixValue {
    std::string column;  // of matrix_table()
    std::string label;   // as the page names it
    Cell::Kind kind;
    std::string text;
    std::optional<std::string> exact;  // as plain() shows it; nothing: NULL, and no reject
};

inline const std::string kLongName(200, 'n');

inline Table matrix_table() {
    return {.name = "df_matrix",
            .columns = {{"id"},
                        {"text"},
                        {"boolean", Type::boolean},
                        {"int64", Type::int64},
                        {"decimal", Type::decimal},
                        {"decimal with 30 decimals", Type::decimal},
                        {"timestamp", Type::timestamp},
                        {"json", Type::json},
                        {kLongName + "1"},
                        {kLongName + "2"},
                        {"$changed", Type::timestamp}},
            .key = {"id"},
            .references = {},
            .fingerprint = "",
            .changed = "$changed",
            .rest = ""};
}

inline std::string repeated(std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text;
}

inline std::vector<MatrixValue> matrix_values() {
    using enum Cell::Kind;
    using namespace std::string_literals;
    std::string controls = "\x7f\xc2\x85\xe2\x80\xa8";  // DEL, NEL, U+2028
    for (char c = 1; c < 32; ++c) controls += c;
    const std::string digits38 = "12345678901234567890123456789012345678";
    const std::string nested = R"({"b":{"c":[1e5,1.50,"\u0001",{}]},"a":null,"b":"ü😀"})";
    const std::string long_json = "[\"" + repeated("0123456789", 7'000) + "\"]";
    std::vector<MatrixValue> values;
    const auto add = [&](std::string column) {
        return [&values, column](std::string label, Cell::Kind kind, std::string value,
                                 std::optional<std::string> exact) {
            values.push_back({column, std::move(label), kind, std::move(value), std::move(exact)});
        };
    };
    const auto same = [](const auto& put) {
        return [put](std::string label, Cell::Kind kind, std::string value) {
            put(std::move(label), kind, value, value);
        };
    };
    const auto as_is = same(add("text"));
    add("text")("empty text", text, "", std::nullopt);
    as_is("blanks at the end", text, "a  ");
    as_is("4,000 characters", text, repeated("0123456789", 400));
    as_is("70,000 characters", text, repeated("0123456789", 7'000));
    as_is("70,000 emoji", text, repeated("😀", 70'000));
    as_is("control characters", text, controls);
    as_is("U+0000", text, "a\0b"s);
    as_is("lone surrogate", broken_text, R"("a\ud800b")");
    as_is("38-digit number", number, digits38);
    as_is("number `1E+05`", number, "1E+05");
    as_is("number `-0`", number, "-0");
    add("text")("`true` as `1`", boolean, "true", "1");
    add("text")("`false` as `0`", boolean, "false", "0");
    as_is("nested JSON", json, nested);

    const auto flag = add("boolean");
    flag("`true`", boolean, "true", "true");
    flag("`false`", boolean, "false", "false");
    flag("`1`", number, "1", "true");
    flag("text `0`", text, "0", "false");
    flag("empty text", text, "", std::nullopt);
    flag("`2`", number, "2", "2");
    flag("text `ja`", text, "ja", "ja");

    const auto whole = add("int64");
    whole("−2⁶³", number, "-9223372036854775808", "-9223372036854775808e0");
    whole("2⁶³−1", number, "9223372036854775807", "9223372036854775807e0");
    whole("2⁶³", number, "9223372036854775808", "9223372036854775808e0");
    whole("`7.5`", number, "7.5", "75e-1");
    whole("`1e5`", number, "1e5", "1e5");
    whole("`-0` as 0", number, "-0", "0");
    whole("text `42`", text, "42", "42e0");
    whole("empty text", text, "", std::nullopt);
    whole("`true`", boolean, "true", "true");
    whole("text `viele`", text, "viele", "viele");

    const auto exact = add("decimal");
    exact("38 digits", number, digits38, digits38 + "e0");
    exact("38 digits with 10 decimals", number, "1234567890123456789012345678.9012345678",
          digits38 + "e-10");
    exact("300 digits", number, std::string(300, '7'), std::string(300, '7') + "e0");
    exact("`1e5`", number, "1e5", "1e5");
    exact("`125E-2`", number, "125E-2", "125e-2");
    exact("`1e1000`", number, "1e1000", "1e1000");
    exact("`1e1001`", number, "1e1001", "1e1001");
    exact("`-0` as 0", number, "-0", "0");
    exact("text `12.50` as 12.5", text, "12.50", "125e-1");
    exact("empty text", text, "", std::nullopt);
    exact("text `12,5`", text, "12,5", "12,5");
    exact("text `NaN`", text, "NaN", "NaN");
    exact("`true`", boolean, "true", "true");

    add("decimal with 30 decimals")("0.1234…", number, "0.123456789012345678901234567891",
                                    "123456789012345678901234567891e-30");
    add("decimal with 30 decimals")("37 digits", number, "1234567890123456789012345678901234567",
                                    "1234567890123456789012345678901234567e0");

    const auto moment = add("timestamp");
    const auto same_moment = same(moment);
    same_moment("milliseconds", text, "2024-03-05T10:03:27.481Z");
    same_moment("microseconds", text, "2024-03-05T10:03:27.481516Z");
    moment("year 1", text, "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z");
    moment("1583", text, "1583-10-16T12:00:00Z", "1583-10-16T12:00:00.000Z");
    same_moment("1899", text, "1899-12-31T23:59:59.999Z");
    same_moment("2101", text, "2101-01-01T00:00:00.001Z");
    same_moment("year 9999", text, "9999-12-31T23:59:59.999Z");
    moment("the hour that a clock change repeats (`+02:00` and `+01:00`)", text,
           "2024-10-27T02:30:00+02:00", "2024-10-27T00:30:00.000Z");
    moment("", text, "2024-10-27T02:30:00+01:00", "2024-10-27T01:30:00.000Z");
    moment("the hour that it leaves out (as UTC)", text, "2024-03-31T02:30:00",
           "2024-03-31T02:30:00.000Z");
    moment("milliseconds since 1970", number, "1709632800123", "2024-03-05T10:00:00.123Z");
    moment("empty text", text, "", std::nullopt);
    moment("year 0", text, "0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z");
    moment("30 February", text, "2024-02-30", "2024-02-30");
    moment("text `05.03.2024`", text, "05.03.2024", "05.03.2024");

    const auto document = same(add("json"));
    document("nested with a name twice", json, nested);
    document("38-digit number", number, digits38);
    document("`1E400`", json, "[1E400]");
    document("70,000 characters", json, long_json);
    document("`true`", boolean, "true");
    add("json")("text as a JSON string", text, "a\"b", R"("a\"b")");
    add("json")("empty text", text, "", std::nullopt);
    document("escaped U+0000", json, R"(["a\u0000b"])");
    document("lone surrogate", json, R"(["\ud800"])");

    same(add(kLongName + "1"))("", text, "the first");
    same(add(kLongName + "2"))("", text, "the second");
    return values;
}

// What became of the values of one column.
struct MatrixLine {
    std::string created, now;                     // its type, at first and after the load
    std::string exact;                            // labels
    std::map<std::string, std::string> rejected;  // reason → labels
};

inline void add_label(std::string& labels, const std::string& label) {
    if (label.empty()) return;
    if (!labels.empty()) labels += ", ";
    labels += label;
}

inline std::string line_text(const std::string& type, const MatrixLine& line) {
    const auto code = [](const std::string& sql) {
        return sql.empty() ? std::string("none") : "`" + sql + "`";
    };
    std::string text = "| " + type + " | " + code(line.created);
    if (line.now != line.created) text += ", widened to " + code(line.now);
    text += " | " + line.exact + " | ";
    bool first = true;
    for (const auto& [reason, labels] : line.rejected) {
        text += (first ? "" : "; ") + labels + ": " + reason;
        first = false;
    }
    return text + " |\n";
}

// The page's part for one database.
class MatrixPage {
  public:
    explicit MatrixPage(const std::string& title)
        : begin_("<!-- type matrix of " + title + " -->\n") {
        std::ifstream file(kPath, std::ios::binary);
        page_ = {std::istreambuf_iterator<char>(file), {}};
    }

    // Nothing when the page has this text; else what is to be done.
    std::string compare(const std::string& text) {
        const auto begin = page_.find(begin_);
        const auto end = begin == std::string::npos ? begin : page_.find(kEnd, begin);
        if (end != std::string::npos &&
            page_.substr(begin + begin_.size(), end - begin - begin_.size()) == text) {
            return {};
        }
        if (std::getenv("RINGTAIL_UPDATE_DOCS") == nullptr) {
            return "docs/tables.md does not say what was observed. RINGTAIL_UPDATE_DOCS=1 writes "
                   "it "
                   "there:\n" +
                   begin_ + text + kEnd;
        }
        if (end == std::string::npos) {
            page_.insert(page_.find(kAllEnd), begin_ + text + kEnd + "\n");
        } else {
            page_.replace(begin + begin_.size(), end - begin - begin_.size(), text);
        }
        std::ofstream(kPath, std::ios::binary) << page_;
        return {};
    }

  private:
    static constexpr const char* kPath = RINGTAIL_SOURCE_DIR "/docs/tables.md";
    static constexpr const char* kEnd = "<!-- end -->\n";
    static constexpr const char* kAllEnd = "<!-- end of the type matrix -->\n";
    std::string begin_, page_;
};

}  // namespace ringtail::contract
