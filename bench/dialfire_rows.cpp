#include "dialfire_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <string>

#include "base/time_text.hpp"
#include "source/dialfire/decode.hpp"

namespace ringtail::bench {
namespace {

constexpr int kCustomFields = 40;

class Maker {
  public:
    std::vector<std::vector<Batch>> make(const std::vector<Table>& tables, std::size_t contacts,
                                         std::size_t per_load) {
        std::vector<std::vector<Batch>> loads;
        for (std::size_t i = 0; i < contacts; ++i) {
            if (i % per_load == 0) {
                auto& load = loads.emplace_back();
                for (const Table& table : tables) load.emplace_back(table);
            }
            auto& load = loads.back();
            const std::string contact = short_id();
            add(load[0], contact, "");
            std::string transaction, connection;
            for (int n = 0; n < 5; ++n) {
                transaction = long_id();
                add(load[1], transaction, contact);
                if (n >= 2) continue;
                connection = long_id();
                add(load[2], connection, transaction);
            }
            add(load[3], long_id(), connection);
            if (i % 5 == 0) add(load[4], long_id(), contact);
        }
        return loads;
    }

  private:
    std::string short_id() {
        constexpr std::string_view kSymbols = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
        std::string id;
        for (int i = 0; i < 16; ++i) id += kSymbols[random_() % kSymbols.size()];
        return id;
    }
    std::string long_id() { return fmt::format("{:016x}{:016x}", random_(), random_()); }

    void add(Batch& batch, const std::string& key, const std::string& parent) {
        const Table& table = batch.table();
        batch.add_null_row();
        for (std::size_t i = 0; i < batch.width(); ++i) {
            const Column& column = table.columns[batch.cell_columns()[i]];
            const bool refers =
                std::any_of(table.references.begin(), table.references.end(),
                            [&](const Reference& r) { return r.column == column.name; });
            if (column.name == table.key.front()) {
                batch.set(i, {Cell::Kind::text, key});
            } else if (refers) {
                batch.set(i, {Cell::Kind::text, parent});
            } else if (column.name != table.rest && random_() % 3 != 0) {  // a third is NULL
                value(batch, i, column);
            }
        }
        batch.end_row();
    }

    void value(Batch& batch, std::size_t cell, const Column& column) {
        const auto put = [&](Cell::Kind kind, std::string_view text) {
            batch.set(cell, {kind, text});
        };
        switch (column.type) {
            case Type::boolean:
                return put(Cell::Kind::boolean, random_() % 2 == 0 ? "true" : "false");
            case Type::int64:
                return put(Cell::Kind::number, std::to_string(random_() % 600'000));
            case Type::decimal:
                return put(Cell::Kind::number, random_() % 4 == 0
                                                   ? fmt::format("{}.5", random_() % 1'000)
                                                   : std::to_string(random_() % 1'000));
            case Type::timestamp: {
                const auto ms =
                    static_cast<std::int64_t>(1'709'629'200'000 + random_() % 10'000'000'000);
                return put(Cell::Kind::text, format_time(Instant(std::chrono::milliseconds(ms))));
            }
            case Type::json:
                return put(Cell::Kind::json, R"({"a":[1,2]})");
            case Type::text:
                break;
        }
        if (column.name.find("md5") != std::string::npos || column.name == "user")
            return put(Cell::Kind::text, long_id());
        if (column.name.ends_with("_id")) return put(Cell::Kind::text, short_id());
        if (column.name == "location") {
            return put(Cell::Kind::text,
                       fmt::format("https://storage.example.com/recordings/{}.mp3", long_id()));
        }
        static constexpr std::string_view kWords[] = {
            "success",       "fc_erstkontakt",      "+4917612345678",
            "Europe/Berlin", "Müller & Söhne GmbH", "Bitte \"morgen\" zurückrufen"};
        put(Cell::Kind::text, kWords[random_() % std::size(kWords)]);
    }

    std::mt19937_64 random_{4711};
};

}  // namespace

std::vector<Table> dialfire_tables() {
    std::vector<dialfire::Field> fields;
    for (int i = 0; i < kCustomFields; ++i) {
        fields.push_back({fmt::format("Feld_{}", i), i % 10 == 0 ? "number" : "text"});
    }
    auto tables = dialfire::make_tables(fields, {});
    for (Table& table : tables) {
        std::erase_if(table.columns, [](const Column& column) { return column.only_if_present; });
    }
    return tables;
}

std::vector<std::vector<Batch>> dialfire_loads(const std::vector<Table>& tables,
                                               std::size_t contacts,
                                               std::size_t contacts_per_load) {
    return Maker().make(tables, contacts, contacts_per_load);
}

std::size_t count_rows(const std::vector<std::vector<Batch>>& loads) {
    std::size_t rows = 0;
    for (const auto& load : loads) {
        for (const Batch& batch : load) rows += batch.rows();
    }
    return rows;
}

}  // namespace ringtail::bench
