#pragma once
#include <string>
#include <vector>

#include "model/batch.hpp"
#include "sql/sqlserver_text.hpp"

namespace ringtail::bench {

// One table's rows as a bare program would hold them: JSON texts of 1,000 rows, written before the
// clock starts.
struct BareJson {
    std::string stage;
    std::vector<std::string> create, texts;
    std::string fill, update, insert;
};
BareJson bare_rows(const Batch& batch);

// What a program does that only wants to be fast: ODBC's calls, no look at values or types, and an
// exception on the first error.
class BareSqlServer {
  public:
    explicit BareSqlServer(const std::string& url);
    ~BareSqlServer();
    BareSqlServer(const BareSqlServer&) = delete;
    BareSqlServer& operator=(const BareSqlServer&) = delete;
    // Texts to the stages, UPDATE and INSERT, a checkpoint, COMMIT.
    void merge(const std::vector<BareJson>& load, const std::string& changed);

  private:
    void run(const std::string& sql, const std::string* parameter = nullptr);
    void* environment_ = nullptr;
    void* connection_ = nullptr;
    std::vector<std::string> staged_;
};

}  // namespace ringtail::bench
