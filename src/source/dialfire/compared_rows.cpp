#include "source/dialfire/compared_rows.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/md5.hpp"
#include "source/dialfire/compared_value.hpp"
#include "source/dialfire/decode.hpp"

namespace ringtail::dialfire {
namespace {

constexpr std::uint32_t kNothing = UINT32_MAX;  // in place of a length

}  // namespace

std::vector<std::string> compared_fields(const Table& table) {
    std::vector<std::string> fields;
    for (const Column& column : table.columns) {
        if (column.name != table.key.front() && column.name != table.changed &&
            column.name != kMissingColumn)
            fields.push_back(column.name);
    }
    return fields;
}

RowForm::RowForm(const Table& table, const Table& prepared) : fields_(compared_fields(table)) {
    for (const Column& column : prepared.columns) {
        if (column.name == prepared.changed) continue;
        const std::size_t cell = cells_.size();
        cells_.push_back(column.name);
        if (column.name == prepared.key.front()) key_cell_ = cell;
        const std::size_t place = field(column.name);
        if (place < fields_.size()) places_.push_back({cell, place, column.type});
    }
}

std::size_t RowForm::field(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::find(fields_, name) - fields_.begin());
}

ComparedRow RowForm::row(const Batch& batch, std::size_t row) const {
    ComparedRow compared;
    compared.key = batch.at(row, key_cell_).text;
    compared.values.resize(fields_.size());
    for (const Place& place : places_) {
        ComparedValue value = compared_value(place.type, batch.at(row, place.cell));
        if (value.may_differ)
            compared.loose.push_back({place.field, value.value, std::move(value.instead)});
        compared.values[place.field] = std::move(value.value);
    }
    return compared;
}

Cell RowForm::cell(const Batch& batch, std::size_t row, std::string_view column) const {
    const auto found = std::ranges::find(cells_, column);
    if (found == cells_.end()) return {};
    return batch.at(row, static_cast<std::size_t>(found - cells_.begin()));
}

std::string packed(const Values& values) {
    std::string text;
    for (const auto& value : values) {
        const std::uint32_t length = value ? static_cast<std::uint32_t>(value->size()) : kNothing;
        char bytes[sizeof length];
        std::memcpy(bytes, &length, sizeof length);
        text.append(bytes, sizeof length);
        if (value) text += *value;
    }
    return text;
}

Values unpacked(std::string_view packed) {
    Values values;
    while (!packed.empty()) {
        std::uint32_t length = 0;
        std::memcpy(&length, packed.data(), sizeof length);
        packed.remove_prefix(sizeof length);
        if (length == kNothing) {
            values.emplace_back();
            continue;
        }
        values.emplace_back(packed.substr(0, length));
        packed.remove_prefix(length);
    }
    return values;
}

std::string digest(const Values& values) {
    constexpr std::size_t kCharacters = 15;
    return md5_hex({packed(values)}).substr(0, kCharacters);
}

}  // namespace ringtail::dialfire
