#pragma once
#include <memory>
#include <string>
#include <vector>

#include "model/batch.hpp"

struct st_mysql;

namespace ringtail::bench {

// One table's rows as a bare program would hold them, written before the clock starts.
struct BareMysqlRows {
    std::string load;                  // LOAD DATA LOCAL …
    std::string text;                  // its data
    std::vector<std::string> upserts;  // INSERT … VALUES … ON DUPLICATE KEY UPDATE …, 500 KB each
};
BareMysqlRows bare_mysql_rows(const Batch& batch, const std::string& changed);

// What a program does that only wants to be fast: no look at values, types, warnings or errors
// beyond ending on the first.
class BareMysql {
  public:
    BareMysql(const std::string& socket, const std::string& database);
    void run(const std::string& sql);
    // Straight into the keyed tables, a checkpoint, COMMIT.
    void load_data(const std::vector<BareMysqlRows>& load, const std::string& checkpoint);
    void upsert(const std::vector<BareMysqlRows>& load, const std::string& checkpoint);

  private:
    void store(const std::string& checkpoint);
    struct Close {
        void operator()(st_mysql* handle) const;
    };
    std::unique_ptr<st_mysql, Close> handle_;
};

}  // namespace ringtail::bench
