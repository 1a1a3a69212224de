#pragma once
#include <string>
#include <vector>

namespace ringtail::test {

// SQL that fills CallKeeper's tables with old calls of the account that has one, days and more
// before all others. Their ids are in no order of their dates, as those of real ones.
struct ManyCalls {
    std::string numbers;  // "SELECT …": the numbers from 1 on in a column i
    std::string date;     // the call's date by n.i

    static ManyCalls in_sqlite(unsigned rows) {
        return {"WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < " +
                    std::to_string(rows) + ") SELECT i FROM s",
                "strftime('%Y-%m-%dT%H:%M:%S.000Z', '2020-01-01', '+' || (n.i % 900) || ' days')"};
    }
    static ManyCalls in_postgres(unsigned rows) {
        return {"SELECT CAST(i AS BIGINT) AS i FROM generate_series(1, " + std::to_string(rows) +
                    ") AS s(i)",
                "TIMESTAMPTZ '2020-01-01T00:00:00Z' + (n.i % 900) * INTERVAL '1 day'"};
    }

    std::string calls(const std::vector<std::string>& columns) const {
        return copied("callkeeper_calls", columns, "call_id");
    }
    std::string facts(const std::vector<std::string>& columns) const {
        return copied("callkeeper_calls_facts", columns, "calls_id");
    }

  private:
    // A bijection of the numbers that occur.
    static constexpr const char* kId = "(i * CAST(2654435761 AS BIGINT)) % 4294967291";

    std::string copied(const std::string& table, const std::vector<std::string>& columns,
                       const std::string& number) const {
        std::string names, values;
        for (const std::string& column : columns) {
            const bool is_own = column == "id" || column == number;
            names += (names.empty() ? "" : ", ") + ("\"" + column + "\"");
            values +=
                (values.empty() ? "" : ", ") + (is_own                  ? "n.id"
                                                : column == "call_date" ? date
                                                                        : "c.\"" + column + "\"");
        }
        // By id, as tables are written fastest.
        return "INSERT INTO " + table + " (" + names + ") SELECT " + values + " FROM (SELECT i, " +
               kId + " AS id FROM (" + numbers +
               ") AS s ORDER BY 2) AS n CROSS JOIN (SELECT * FROM " + table + " LIMIT 1) AS c";
    }
};

}  // namespace ringtail::test
