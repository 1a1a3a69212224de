#include <fmt/core.h>
#include <array>

#include <optional>
#include <utility>

#include "base/error.hpp"
#include "source/dialfire/decode.hpp"
#include "source/dialfire/decode_pages.hpp"
#include "source/dialfire/decode_row.hpp"
#include "source/dialfire/floors.hpp"
#include "source/dialfire/ids.hpp"

namespace ringtail::dialfire {
namespace {

using Kind = JsonValue::Kind;
using Keys = InboundKeys;

// What the API calls it, and the column (B.6).
constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 5> kRenames = {
    {{Keys::calling_number, Keys::remote_number},
     {Keys::called_number, Keys::line_number},
     {Keys::call_time, Keys::started},
     {Keys::connect_time, Keys::connected},
     {Keys::hangup_time, Keys::disconnected}}};

// Text or a number: every type is taken in an inbound call (G-15), but only these can be a key.
bool has_usable_id(JsonValue id) {
    std::string scratch;
    std::string_view text;
    return id.is(Kind::number) || (id.text(text, scratch) && usable_id(text));
}

}  // namespace

void decode_inbound(std::string_view body, const DecodeContext& context, Decoded& into) try {
    const JsonDocument document(body);
    std::optional<Layouts> own;
    const Layouts& layouts =
        context.layouts != nullptr ? *context.layouts : own.emplace(context.tables);
    Batch& batch = into.batches[TableIndex::inbound_calls];
    std::size_t position = 0;
    for (const JsonValue value : page_results(document.root())) {
        const std::size_t place = position++;
        if (value.is_null()) continue;
        Row row(value, layouts.inbound);
        if (!has_usable_id(row.at(Keys::id))) {
            into.rejects.push_back(
                {batch.table().name, fmt::format("element {} of the answer", place), "",
                 std::string(value.raw()), "an inbound call without a usable id"});
            continue;
        }
        for (const auto& [delivered, column] : kRenames) {
            if (row.at(delivered).exists()) row.put(column, row.at(delivered));
        }
        if (is_below(context.floors.inbound_calls, row.at(Keys::started))) continue;
        row.begin(batch);
        batch.end_row();
    }
} catch (const Error& error) {
    throw error.within("inbound calls");
}

}  // namespace ringtail::dialfire
