#include "source/dialfire/decode_row.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "json/cell.hpp"
#include "json/text.hpp"

namespace ringtail::dialfire {
namespace {

using Members = std::vector<JsonValue::Members::Member>;

// Of members with the same name all but the last, by their index in the document, sorted.
std::vector<std::uint32_t> overwritten(const Members& members) {
    std::deque<std::string> decoded;
    std::vector<std::pair<std::string_view, std::uint32_t>> names;
    names.reserve(members.size());
    for (const auto& [name, value] : members) {
        std::string scratch;
        std::string_view text = name.text_or_raw(scratch);
        if (text.data() == scratch.data()) text = decoded.emplace_back(std::move(scratch));
        names.emplace_back(text, name.index());
    }
    std::sort(names.begin(), names.end());
    std::vector<std::uint32_t> indexes;
    for (std::size_t i = 1; i < names.size(); ++i) {
        if (names[i].first == names[i - 1].first) indexes.push_back(names[i - 1].second);
    }
    std::sort(indexes.begin(), indexes.end());
    return indexes;
}

}  // namespace

Row::Row(JsonValue object, const Layout& layout) : layout_(layout), values_(layout.slots()) {
    std::string scratch;
    for (const auto& member : object.members()) {
        std::string_view key;
        const bool is_text = member.name.text(key, scratch);
        const std::uint32_t slot = is_text ? layout.slot_of(key) : Layout::kNone;
        if (slot != Layout::kNone) values_[slot] = member.value;
        if (layout.in_rest(slot)) rest_.push_back(member);
    }
}

Cell Row::rest(std::string& text) const {
    if (rest_.empty()) return {};
    const std::vector<std::uint32_t> left_out = overwritten(rest_);
    text.assign(1, '{');
    for (const auto& [name, value] : rest_) {
        if (std::binary_search(left_out.begin(), left_out.end(), name.index())) continue;
        if (text.size() > 1) text += ',';
        text.append(name.raw());
        text += ':';
        append_minified(value.raw(), text);
    }
    text += '}';
    return {Cell::Kind::json, text};
}

void Row::begin(Batch& batch) const {
    std::string scratch;
    for (const std::uint32_t slot : layout_.cells()) {
        batch.add(slot == Layout::kNull   ? Cell{}
                  : slot == Layout::kNone ? rest(scratch)
                                          : ringtail::cell_of(values_[slot], scratch));
    }
}

void Row::set(Batch& batch, std::uint32_t slot, Cell cell) const {
    if (layout_.cell_of(slot) != Layout::kNone) batch.set(layout_.cell_of(slot), cell);
}

}  // namespace ringtail::dialfire
