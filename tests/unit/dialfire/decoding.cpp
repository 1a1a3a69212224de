#include "decoding.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <utility>

namespace ringtail::dialfire::testing {
namespace {

std::string_view name_of(Type type) {
    switch (type) {
        case Type::boolean:
            return "boolean";
        case Type::int64:
            return "int64";
        case Type::decimal:
            return "decimal";
        case Type::text:
            return "text";
        case Type::timestamp:
            return "timestamp";
        case Type::json:
            return "json";
    }
    return "?";
}

}  // namespace

Decoding::Decoding(Scene scene)
    : tables_(make_tables(scene.fields, scene.options)), scene_(std::move(scene)) {
    for (const Table& table : tables_) out_.batches.emplace_back(table);
}

Decoding& Decoding::contacts(std::string_view body) {
    decode_contacts(body, {scene_.options.filter, tables_, scene_.asked}, out_);
    return *this;
}

Decoding& Decoding::inbound(std::string_view body) {
    decode_inbound(body, {scene_.options.filter, tables_, {}}, out_);
    return *this;
}

std::string Decoding::cell(TableIndex table, std::size_t row, std::string_view column) const {
    const Batch& rows = batch(table);
    for (std::size_t i = 0; i < rows.width(); ++i) {
        if (rows.table().columns[rows.cell_columns()[i]].name != column) continue;
        if (row < rows.rows()) return shown(rows.at(row, i));
        ADD_FAILURE() << rows.table().name << " has only " << rows.rows() << " rows";
        return {};
    }
    ADD_FAILURE() << rows.table().name << " has no column " << column;
    return {};
}

std::vector<std::string> Decoding::column(TableIndex table, std::string_view column) const {
    std::vector<std::string> cells;
    for (std::size_t row = 0; row < batch(table).rows(); ++row) {
        cells.push_back(cell(table, row, column));
    }
    return cells;
}

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string shown(const Cell& cell) {
    switch (cell.kind) {
        case Cell::Kind::null:
            return "null";
        case Cell::Kind::text:
            return in_quotes(cell.text);
        case Cell::Kind::broken_text:
            return "broken " + std::string(cell.text);
        default:
            return std::string(cell.text);
    }
}

std::string shown(const Decoded& decoded) {
    std::string out;
    for (const Batch& batch : decoded.batches) {
        for (std::size_t row = 0; row < batch.rows(); ++row) {
            out += fmt::format("{} {}\n", batch.table().name, batch.key_of(row));
            for (std::size_t i = 0; i < batch.width(); ++i) {
                const Cell cell = batch.at(row, i);
                if (cell.kind == Cell::Kind::null) continue;
                out +=
                    fmt::format("    {} = {}\n",
                                batch.table().columns[batch.cell_columns()[i]].name, shown(cell));
            }
        }
        for (const std::string& key : batch.erased()) {
            out += fmt::format("erased from {}: {}\n", batch.table().name, key);
        }
    }
    for (const Reject& reject : decoded.rejects) {
        out += fmt::format("reject {} key={} column={}\n    reason = {}\n    raw = {}\n",
                           reject.table, in_quotes(reject.key), in_quotes(reject.column),
                           reject.reason, in_quotes(reject.raw));
    }
    for (const Recheck& recheck : decoded.rechecks) {
        out += fmt::format("recheck {}\n", recheck.key);
    }
    const Tally& tally = decoded.tally;
    out += fmt::format("tally loaded={} gone={} rejected={} open={}\n", tally.loaded, tally.gone,
                       tally.rejected, tally.open);
    return out;
}

std::string shown(const std::vector<Table>& tables) {
    std::string out;
    for (const Table& table : tables) {
        out += fmt::format("{} key={} fingerprint={} changed={} rest={}\n", table.name,
                           fmt::join(table.key, ","), table.fingerprint, table.changed, table.rest);
        for (const Column& column : table.columns) {
            out += fmt::format("    {} {}{}\n", column.name, name_of(column.type),
                               column.only_if_present ? " (only if present)" : "");
        }
        for (const Reference& reference : table.references) {
            out += fmt::format("    {} -> {}{}\n", reference.column, reference.parent,
                               reference.enforced ? "" : " (index only)");
        }
    }
    return out;
}

}  // namespace ringtail::dialfire::testing
