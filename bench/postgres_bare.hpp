#pragma once
#include <memory>
#include <string>
#include <vector>

#include "model/batch.hpp"

struct pg_conn;

namespace ringtail::bench {

// One table's rows as a bare program would hold them: COPY text, written before the clock starts.
struct BareRows {
    std::string table;
    std::string columns;  // quoted, with $changed
    std::string key;      // quoted
    std::string set;      // "a" = EXCLUDED."a", …
    std::string text;
};
BareRows bare_rows(const Batch& batch, const std::string& changed);

// The rows that are stored in a table, all of its columns, for copy().
BareRows stored_rows(const std::string& url, const std::string& table);

// What a program does that only wants to be fast: libpq's blocking calls, no look at values, types
// or errors beyond ending on the first.
class BarePostgres {
  public:
    explicit BarePostgres(const std::string& url);
    ~BarePostgres();
    void run(const std::string& sql);
    // COPY to a temporary table, INSERT … ON CONFLICT, a checkpoint, COMMIT.
    void merge(const std::vector<BareRows>& load, const std::string& checkpoint);
    // COPY into the tables themselves.
    void copy(const std::vector<BareRows>& load);

  private:
    void copy_to(const std::string& target, const std::string& text);
    struct Finish {
        void operator()(pg_conn* connection) const;
    };
    std::unique_ptr<pg_conn, Finish> connection_;
    std::vector<std::string> staged_;
};

}  // namespace ringtail::bench
