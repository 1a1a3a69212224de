#include "report/day_rows.hpp"

#include <fmt/core.h>

#include "base/error.hpp"
#include "base/md5.hpp"
#include "json/cell.hpp"
#include "json/text.hpp"
#include "json/write.hpp"
#include "report/fit.hpp"
#include "sql/value.hpp"

namespace ringtail::report {
namespace {

// Between the parts of a key, each with its length: no two keys are the same text.
void append_part(std::string& key, Cell::Kind kind, std::string_view text) {
    key += fmt::format("{}{}:", static_cast<int>(kind), text.size());
    key += text;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

DayRows::DayRows(const Plan& plan, std::span<const Table> tables, Period period)
    : plan_(plan),
      period_(std::move(period)),
      account_(std::to_string(period_.account_id)),
      processor_(std::to_string(period_.processor_id)),
      keys_(tables.size()) {
    for (const Table& table : tables) batches_.emplace_back(table);
}

std::string DayRows::period_key() const {
    return fmt::format("{}/{}/{}", account_, processor_, period_.simple_date);
}

void DayRows::add(std::string_view json) {
    std::optional<JsonDocument> document;
    std::string why;
    try {
        document.emplace(json);
        if (!document->root().is(JsonValue::Kind::object)) why = "not a JSON object";
    } catch (const Error& error) {
        why = error.what();
    }
    if (!why.empty()) {
        for (const Batch& batch : batches_)
            rejects_.push_back({batch.table().name, period_key(), "", std::string(json), why});
        return;
    }
    const Row row{document->root()};
    if (!plan_.filter.takes(row)) return;
    ++taken_;
    if (!plan_.rule) return add_reports_row(row);
    for (std::size_t i = 0; i < plan_.rule->tables.size(); ++i) add_rule_rows(i, row);
}

std::string DayRows::id_of(std::size_t index, std::string_view key) const {
    std::string content;
    append_part(content, Cell::Kind::null, batches_[index].table().name);
    append_part(content, Cell::Kind::null, account_);
    append_part(content, Cell::Kind::null, processor_);
    append_part(content, Cell::Kind::null, period_.simple_date);
    content += key;
    return md5_hex({content});
}

void DayRows::keep(std::size_t index, const std::string& id) {
    if (!keys_[index].insert(id).second) ++same_keys_;
}

void DayRows::add_reports_row(const Row& row) {
    std::string scratch;
    std::string identity;
    const JsonValue by = value_at(plan_.identity, row);
    if (by.is_null()) {
        append_part(identity, Cell::Kind::number, std::to_string(taken_));
    } else {
        append_part(identity, Cell::Kind::text, by.text_or_raw(scratch));
    }
    const std::string id = id_of(0, identity);
    std::string data;
    if (plan_.fields.empty()) {
        append_minified(row.row.raw(), data);
    } else {
        data = "{";
        for (const auto& [name, path] : plan_.fields) {
            const JsonValue value = value_at(path, row);
            if (data.size() > 1) data += ',';
            data += json_string(name);
            data += ':';
            if (value.exists()) {
                append_minified(value.raw(), data);
            } else {
                data += "null";
            }
        }
        data += '}';
    }
    const std::string row_id = std::to_string(taken_);
    Batch& batch = batches_[0];
    batch.add({Cell::Kind::text, id});
    batch.add({Cell::Kind::number, account_});
    batch.add({Cell::Kind::number, processor_});
    batch.add({Cell::Kind::text, period_.simple_date});
    batch.add({Cell::Kind::number, row_id});
    batch.add({Cell::Kind::json, data});
    batch.end_row();
    keep(0, id);
}

void DayRows::add_rule_rows(std::size_t index, Row row) {
    const RuleTable& table = plan_.rule->tables[index];
    if (!table.each) {
        if (table.where.takes(row)) add_rule_row(index, row);
        return;
    }
    const auto add_one = [&] {
        ++row.position;
        if (table.where.takes(row)) add_rule_row(index, row);
    };
    const JsonValue list = value_at(*table.each, row);
    if (list.is_null()) return;
    if (list.is(JsonValue::Kind::array)) {
        for (const JsonValue element : list.elements()) {
            row.element = element;
            add_one();
        }
        return;
    }
    std::string scratch;
    std::string_view text;
    if (!list.text(text, scratch)) {  // a number, an object, a text that is none: one element
        row.element = list;
        add_one();
        return;
    }
    row.is_part = true;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        row.part = trimmed(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
        if (!row.part.empty()) add_one();
    }
}

void DayRows::add_rule_row(std::size_t index, const Row& row) {
    const RuleTable& table = plan_.rule->tables[index];
    const std::size_t count = table.columns.size();
    cells_.assign(count, {});
    if (scratch_.size() < count) {
        scratch_.resize(count);
        forms_.resize(count);
    }
    struct Misfit {
        std::size_t column;
        std::string raw, reason;
    };
    std::vector<Misfit> misfits;
    for (std::size_t i = 0; i < count; ++i) {
        const RuleColumn& column = table.columns[i];
        if (column.constant) {
            cells_[i] = column.constant->cell();
            continue;
        }
        Cell& cell = cells_[i];
        if (column.path.of == Path::Of::position) {
            scratch_[i] = std::to_string(row.position);
            cell = {Cell::Kind::number, scratch_[i]};
        } else if (column.path.of == Path::Of::element && row.is_part) {
            if (column.path.names.empty()) cell = {Cell::Kind::text, row.part};
        } else {
            cell = cell_of(value_at(column.path, row), scratch_[i]);
        }
        const Cell delivered = cell;
        std::string_view reason;
        if (!fit(cell, column.type, forms_[i], reason)) {
            misfits.push_back({i, sql::raw_json(delivered), std::string(reason)});
            cell = {};
        } else if (cell.kind == Cell::Kind::null) {
            cell = column.otherwise.cell();
        }
    }
    std::string key;
    for (const std::size_t part : table.key) {
        const Cell& cell = cells_[part];
        if (cell.kind == Cell::Kind::null) {
            std::string raw;
            append_minified(row.row.raw(), raw);
            rejects_.push_back({table.name, period_key(), table.columns[part].name, std::move(raw),
                                "the row's key has no value here"});
            return;
        }
        // As the column holds it: a number in a text column is its digits.
        append_part(key, Cell::Kind::text, cell.text);
    }
    const std::string id = id_of(index, key);
    for (Misfit& misfit : misfits) {
        rejects_.push_back({table.name, period_key(), table.columns[misfit.column].name,
                            std::move(misfit.raw),
                            fmt::format("{}; the row's _id is {}", misfit.reason, id)});
    }
    Batch& batch = batches_[index];
    batch.add({Cell::Kind::text, id});
    batch.add({Cell::Kind::number, account_});
    batch.add({Cell::Kind::number, processor_});
    batch.add({Cell::Kind::text, period_.simple_date});
    for (const Cell& cell : cells_) batch.add(cell);
    batch.end_row();
    keep(index, id);
}

}  // namespace ringtail::report
