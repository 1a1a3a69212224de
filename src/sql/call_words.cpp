#include "sql/call_words.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/time_text.hpp"
#include "base/zone.hpp"
#include "sql/clickhouse_text.hpp"
#include "sql/names.hpp"

namespace ringtail::sql {
namespace {

using Quote = std::function<std::string(std::string_view)>;

constexpr auto kFirst = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);
constexpr auto kLast = std::chrono::sys_days(std::chrono::year(2040) / 1 / 1);

std::string doubled(std::string_view text, char special) {
    std::string out;
    for (const char c : text) out += std::string(c == special ? 2 : 1, c);
    return out;
}

// 2024-03-31 01:00:00
std::string plain(std::chrono::sys_seconds time) {
    std::string text = format_time(time).substr(0, 19);
    text[10] = ' ';
    return text;
}

// The zone's offset at a time, in seconds: what a database without time zones of its own can tell.
// Before 2000 and after 2039 the offset is that of the edge.
std::string offset(const std::string& time, const std::string& zone,
                   const std::function<std::string(std::string_view)>& moment) {
    const auto offsets = Zone(zone).offsets(kFirst, kLast);
    if (offsets.size() == 1) return std::to_string(offsets.front().seconds.count());
    std::string text = "CASE";
    for (std::size_t i = offsets.size() - 1; i > 0; --i) {
        text += fmt::format(" WHEN {} >= {} THEN {}", time, moment(plain(offsets[i].since)),
                            offsets[i].seconds.count());
    }
    return fmt::format("{} ELSE {} END", text, offsets.front().seconds.count());
}

class SqliteWords : public CallWords {
  public:
    std::string quote(std::string_view name) const override { return quote_identifier(name); }
    std::string literal(std::string_view value) const override {
        return "'" + doubled(value, '\'') + "'";
    }
    std::string text(std::string_view value) const override {
        return fmt::format("CAST({} AS TEXT)", value);
    }
    std::string whole(std::string_view value) const override {
        return fmt::format("CAST({} AS INTEGER)", value);
    }
    std::string utc(std::string_view time) const override {
        return fmt::format("replace(substr({}, 1, 19), 'T', ' ')", time);
    }
    std::string local(std::string_view time, const std::string& zone) const override {
        const std::string moment = utc(time);
        return fmt::format(
            "datetime({}, ({}) || ' seconds')", moment,
            offset(moment, zone, [&](std::string_view since) { return literal(since); }));
    }
    std::string date(std::string_view local) const override {
        return fmt::format("substr({}, 1, 10)", local);
    }
    std::string hour(std::string_view local) const override {
        return whole(fmt::format("substr({}, 12, 2)", local));
    }
    std::string seconds(std::string_view from, std::string_view to) const override {
        return fmt::format("strftime('%s', {}) - strftime('%s', {})", utc(to), utc(from));
    }
};

class PostgresWords final : public SqliteWords {
  public:
    std::string literal(std::string_view value) const override {
        return fmt::format("CAST('{}' AS text)", doubled(value, '\''));
    }
    std::string whole(std::string_view value) const override {
        // A cast to the type that a column has is forgotten, and missing when the column is
        // widened.
        return fmt::format("CAST(trunc(CAST({} AS numeric)) AS bigint)", value);
    }
    std::string utc(std::string_view time) const override {
        return fmt::format("date_trunc('second', CAST({} AS timestamptz))", time);
    }
    std::string local(std::string_view time, const std::string& zone) const override {
        return fmt::format("({} AT TIME ZONE '{}')", utc(time), zone);
    }
    std::string date(std::string_view local) const override {
        return fmt::format("to_char({}, 'YYYY-MM-DD')", local);
    }
    std::string hour(std::string_view local) const override {
        return whole(fmt::format("EXTRACT(HOUR FROM {})", local));
    }
    std::string seconds(std::string_view from, std::string_view to) const override {
        return fmt::format("EXTRACT(EPOCH FROM {} - {})", utc(to), utc(from));
    }
};

class MysqlWords final : public SqliteWords {
  public:
    explicit MysqlWords(Quote quote) : quote_(std::move(quote)) {}
    std::string quote(std::string_view name) const override { return quote_(name); }
    std::string literal(std::string_view value) const override {
        return "'" + doubled(doubled(value, '\\'), '\'') + "'";
    }
    // Tables of an old client may have other character sets and collations: one for all.
    std::string text(std::string_view value) const override {
        return fmt::format("CONVERT({} USING utf8mb4) COLLATE utf8mb4_bin", value);
    }
    std::string whole(std::string_view value) const override {
        return fmt::format("CAST({} AS SIGNED)", value);
    }
    std::string utc(std::string_view time) const override {
        return fmt::format("CAST(DATE_FORMAT({}, '%Y-%m-%d %H:%i:%s') AS DATETIME)", time);
    }
    std::string local(std::string_view time, const std::string& zone) const override {
        const std::string moment = utc(time);
        return fmt::format("DATE_ADD({}, INTERVAL {} SECOND)", moment,
                           offset(moment, zone, [](std::string_view since) {
                               return fmt::format("TIMESTAMP'{}'", since);
                           }));
    }
    std::string date(std::string_view local) const override {
        return fmt::format("DATE_FORMAT({}, '%Y-%m-%d')", local);
    }
    std::string hour(std::string_view local) const override {
        return whole(fmt::format("HOUR({})", local));
    }
    std::string seconds(std::string_view from, std::string_view to) const override {
        return fmt::format("TO_SECONDS({}) - TO_SECONDS({})", to, from);
    }

  private:
    Quote quote_;
};

class SqlServerWords final : public SqliteWords {
  public:
    explicit SqlServerWords(Quote quote) : quote_(std::move(quote)) {}
    std::string quote(std::string_view name) const override { return quote_(name); }
    std::string literal(std::string_view value) const override {
        return "N'" + doubled(value, '\'') + "'";
    }
    std::string text(std::string_view value) const override {
        return fmt::format("CAST({} AS nvarchar(max)) COLLATE DATABASE_DEFAULT", value);
    }
    std::string whole(std::string_view value) const override {
        return fmt::format("CAST({} AS bigint)", value);
    }
    std::string utc(std::string_view time) const override {
        return fmt::format(
            "CONVERT(datetime2(0), CONVERT(varchar(19), CONVERT(datetime2(7), {}), 126))", time);
    }
    std::string local(std::string_view time, const std::string& zone) const override {
        const std::string moment = utc(time);
        return fmt::format("DATEADD(second, {}, {})",
                           offset(moment, zone,
                                  [&](std::string_view since) {
                                      return fmt::format("CONVERT(datetime2(0), '{}', 120)", since);
                                  }),
                           moment);
    }
    std::string date(std::string_view local) const override {
        return fmt::format("CONVERT(nvarchar(10), {}, 23)", local);
    }
    std::string hour(std::string_view local) const override {
        return whole(fmt::format("DATEPART(hour, {})", local));
    }
    std::string seconds(std::string_view from, std::string_view to) const override {
        return fmt::format("DATEDIFF(second, {}, {})", utc(from), utc(to));
    }

  private:
    Quote quote_;
};

// Times come out as texts, as 18.16 shows a DateTime in the server's zone only.
class ClickHouseWords final : public CallWords {
  public:
    std::string quote(std::string_view name) const override { return clickhouse::quote(name); }
    std::string literal(std::string_view value) const override {
        return clickhouse::literal(value);
    }
    std::string text(std::string_view value) const override {
        return fmt::format("CAST({} AS Nullable(String))", value);
    }
    std::string whole(std::string_view value) const override {
        return fmt::format("toNullable(toInt64({}))", value);
    }
    std::string utc(std::string_view time) const override {
        return fmt::format("substring(toString({}), 1, 19)", time);
    }
    std::string local(std::string_view time, const std::string& zone) const override {
        return fmt::format("toString({}, '{}')", moment(time), zone);
    }
    std::string date(std::string_view local) const override {
        return fmt::format("substring({}, 1, 10)", local);
    }
    std::string hour(std::string_view local) const override {
        return fmt::format("toInt64OrNull(substring({}, 12, 2))", local);
    }
    std::string seconds(std::string_view from, std::string_view to) const override {
        return fmt::format("toInt64({}) - toInt64({})", moment(to), moment(from));
    }
    std::string sub(std::string_view select, std::string_view /*name*/) const override {
        return fmt::format("({})", select);
    }
    std::string left_join(std::string_view left, std::string_view left_key, std::string_view right,
                          std::string_view right_key, std::string_view value) const override {
        return fmt::format("({}) ANY LEFT JOIN (SELECT {} AS {}, {} FROM ({})) USING {}", left,
                           right_key, left_key, value, right, left_key);
    }
    std::string marked(std::string_view columns, std::string_view body,
                       std::string_view mark) const override {
        return fmt::format("SELECT {0} FROM (SELECT {0}, 1 AS {2} FROM ({1}))", columns, body,
                           mark);
    }

  private:
    std::string moment(std::string_view time) const {
        // 18.16's toDateTime() takes no NULL.
        return fmt::format("parseDateTimeBestEffortOrNull({}, 'UTC')", utc(time));
    }
};

}  // namespace

std::string CallWords::sub(std::string_view select, std::string_view name) const {
    return fmt::format("({}) AS {}", select, name);
}

std::string CallWords::left_join(std::string_view left, std::string_view left_key,
                                 std::string_view right, std::string_view right_key,
                                 std::string_view /*value*/) const {
    return fmt::format("({}) AS r_left LEFT JOIN ({}) AS r_right ON r_right.{} = r_left.{}", left,
                       right, right_key, left_key);
}

std::string CallWords::marked(std::string_view columns, std::string_view body,
                              std::string_view mark) const {
    return fmt::format("SELECT {} FROM ({}) AS {}", columns, body, mark);
}

std::unique_ptr<CallWords> sqlite_words() { return std::make_unique<SqliteWords>(); }
std::unique_ptr<CallWords> postgres_words() { return std::make_unique<PostgresWords>(); }
std::unique_ptr<CallWords> mysql_words(Quote quote) {
    return std::make_unique<MysqlWords>(std::move(quote));
}
std::unique_ptr<CallWords> sqlserver_words(Quote quote) {
    return std::make_unique<SqlServerWords>(std::move(quote));
}
std::unique_ptr<CallWords> clickhouse_words() { return std::make_unique<ClickHouseWords>(); }

}  // namespace ringtail::sql
