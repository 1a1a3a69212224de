#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

// The few expressions in which databases differ, for the views over calls. Pure. Expressions go in
// and come out as SQL; times are UTC as Ringtail stores them.
namespace ringtail::sql {

class CallWords {
  public:
    virtual ~CallWords() = default;
    virtual std::string quote(std::string_view name) const = 0;
    virtual std::string literal(std::string_view text) const = 0;
    // As the one type for texts, NULL allowed, and whole numbers.
    virtual std::string text(std::string_view value) const = 0;
    virtual std::string whole(std::string_view value) const = 0;
    // A stored time, cut to the second; what clocks in `zone` show then; date ("2024-03-05") and
    // hour of the latter.
    virtual std::string utc(std::string_view time) const = 0;
    virtual std::string local(std::string_view time, const std::string& zone) const = 0;
    virtual std::string date(std::string_view local) const = 0;
    virtual std::string hour(std::string_view local) const = 0;
    // Between two stored times, each cut to the second.
    virtual std::string seconds(std::string_view from, std::string_view to) const = 0;
    // A SELECT as a table, under a name where it needs one.
    virtual std::string sub(std::string_view select, std::string_view name) const;
    // All of `left`, each row with `value` of the row of `right` whose key is the same.
    virtual std::string left_join(std::string_view left, std::string_view left_key,
                                  std::string_view right, std::string_view right_key,
                                  std::string_view value) const;
    // "SELECT columns FROM (body)", with the mark somewhere where the database keeps it.
    virtual std::string marked(std::string_view columns, std::string_view body,
                               std::string_view mark) const;
};

std::unique_ptr<CallWords> sqlite_words();
std::unique_ptr<CallWords> postgres_words();
std::unique_ptr<CallWords> mysql_words(std::function<std::string(std::string_view)> quote);
std::unique_ptr<CallWords> sqlserver_words(std::function<std::string(std::string_view)> quote);
std::unique_ptr<CallWords> clickhouse_words();

}  // namespace ringtail::sql
