// The first byte says which answer it is (c contacts, x contacts with _extra everywhere, i inbound
// calls, l list, e events, f fields), the rest is the body. Beside crashes this looks for what the
// databases would trip over, and for a different opinion than simdjson's.
#include <simdjson.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_set>

#include "base/error.hpp"
#include "json/document.hpp"
#include "json/text.hpp"
#include "source/dialfire/decode.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::dialfire;

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

void check_cell(const Cell& cell) {
    require(is_utf8(cell.text), "every cell is UTF-8");
    if (cell.kind != Cell::Kind::json) return;
    const JsonDocument document(cell.text);
    std::string again;
    append_minified(cell.text, again);
    require(again == cell.text, "JSON cells are minified");
}

using Keys = std::unordered_set<std::string>;

Keys keys_of(const Batch& batch) {
    Keys keys;
    for (std::size_t row = 0; row < batch.rows(); ++row) keys.insert(batch.key_of(row));
    return keys;
}

void check_parents(const Batch& batch, const Keys& parents) {
    const Table& table = batch.table();
    for (std::size_t cell = 0; cell < batch.width(); ++cell) {
        if (table.columns[batch.cell_columns()[cell]].name != table.references.front().column)
            continue;
        for (std::size_t row = 0; row < batch.rows(); ++row) {
            require(parents.contains(std::string(batch.at(row, cell).text)),
                    "no child without its parent");
        }
    }
}

void check(const Decoded& out) {
    for (const Batch& batch : out.batches) {
        for (std::size_t row = 0; row < batch.rows(); ++row) {
            const std::string key = batch.key_of(row);
            require(!key.empty() && key.find('\0') == std::string::npos,
                    "every row has a usable key");
            for (std::size_t cell = 0; cell < batch.width(); ++cell)
                check_cell(batch.at(row, cell));
        }
        const Keys keys = keys_of(batch);
        for (const std::string& erased : batch.erased()) {
            require(batch.table().name == "df_recordings" && erased.size() == 32,
                    "only recordings are erased");
        }
    }
    for (std::size_t i = transactions; i <= recordings; ++i) {
        check_parents(out.batches[i], keys_of(out.batches[i - 1]));
    }
    for (const Reject& reject : out.rejects) {
        require(is_utf8(reject.raw) && is_utf8(reject.key), "rejects are UTF-8");
        require(!reject.raw.empty(), "rejects keep the raw value");
    }
}

Options options(bool extra_everywhere) {
    Options result;
    result.extra_everywhere = extra_everywhere;
    return result;
}

void decode_rows(std::string_view body, bool is_contacts, bool extra_everywhere) {
    static const std::vector<Field> fields = {
        {"Firma", "text"}, {"Anzahl", "number"}, {"Extra", "text"}};
    static const std::vector<std::string> asked = {"7QK2M9XWB4TN6RHJ", "D8V3LPZC5YF2GKSU",
                                                   "H6WRT4QN9XJ7BMEA"};
    const std::vector<Table> tables = make_tables(fields, options(extra_everywhere));
    Decoded out;
    for (const Table& table : tables) out.batches.emplace_back(table);
    if (is_contacts) {
        decode_contacts(body, {{}, tables, asked}, out);
        const Tally& tally = out.tally;
        require(tally.loaded + tally.gone + tally.rejected == asked.size(), "the sums hold");
        require(out.batches[contacts].rows() >= tally.loaded, "loaded means rows");
    } else {
        decode_inbound(body, {{}, tables, {}}, out);
    }
    check(out);
}

void compare(JsonValue ours, simdjson::dom::element theirs) {
    simdjson::dom::array array;
    simdjson::dom::object object;
    std::string_view text;
    std::string_view own_text;
    std::string scratch;
    if (theirs.get(array) == simdjson::SUCCESS) {
        auto element = array.begin();
        for (const JsonValue value : ours.elements()) compare(value, *element), ++element;
        require(!(element != array.end()), "the same elements");
    } else if (theirs.get(object) == simdjson::SUCCESS) {
        auto member = object.begin();
        for (const auto& [name, value] : ours.members()) {
            require(name.text(own_text, scratch) && own_text == member.key(), "the same names");
            compare(value, member.value());
            ++member;
        }
        require(!(member != object.end()), "the same members");
    } else if (theirs.get(text) == simdjson::SUCCESS) {
        require(ours.text(own_text, scratch) && own_text == text, "the same texts");
    } else if (theirs.is_number()) {
        require(ours.is(JsonValue::Kind::number), "the same numbers");
    } else {
        require(ours.is(theirs.is_null() ? JsonValue::Kind::null : JsonValue::Kind::boolean),
                "the same words");
    }
}

// simdjson refuses numbers that do not fit its types, and answers with one string that is no text.
bool only_they_mind(simdjson::error_code error) {
    return error == simdjson::NUMBER_ERROR || error == simdjson::STRING_ERROR ||
           error == simdjson::UTF8_ERROR || error == simdjson::UNESCAPED_CHARS ||
           error == simdjson::DEPTH_ERROR;
}

// The byte it begins with, or none.
std::string checked(std::string_view body) try {
    return {JsonDocument::check(body)};
} catch (const Error&) {
    return {};
}

void compare_with_simdjson(std::string_view body) {
    simdjson::dom::parser parser;
    simdjson::dom::element theirs;
    const std::string_view plain = without_byte_order_mark(body);  // simdjson minds it
    const simdjson::error_code error = parser.parse(plain.data(), plain.size()).get(theirs);
    try {
        const JsonDocument ours(body);
        require(checked(body) == ours.root().raw().substr(0, 1), "a check takes what is read");
        if (error == simdjson::SUCCESS) compare(ours.root(), theirs);
        require(error == simdjson::SUCCESS || only_they_mind(error), "simdjson takes what we take");
    } catch (const Error&) {
        require(checked(body).empty(), "a check refuses what cannot be read");
        require(error != simdjson::SUCCESS, "we take what simdjson takes");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    compare_with_simdjson(body);
    try {
        switch (data[0]) {
            case 'c':
                decode_rows(body, true, false);
                break;
            case 'x':
                decode_rows(body, true, true);
                break;
            case 'i':
                decode_rows(body, false, false);
                break;
            case 'l':
                decode_list(body);
                break;
            case 'e':
                decode_events(body);
                break;
            case 'f':
                make_tables(decode_fields(body), {});
                break;
            default:
                decode_cursor(body);
        }
    } catch (const Error& error) {
        require(error.fault() == Fault::data, "a bad answer is the data's fault");
    }
    return 0;
}
