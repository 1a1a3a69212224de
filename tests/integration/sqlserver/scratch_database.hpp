#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ringtail::test {

using SqlRow = std::vector<std::optional<std::string>>;

// A database of this program's own on the server of RINGTAIL_TEST_SQLSERVER, dropped at its end.
// The questions asked here go through ODBC alone. Failures throw std::runtime_error.
class ScratchDatabase {
  public:
    static bool has_server();
    static ScratchDatabase& shared();
    ~ScratchDatabase();
    ScratchDatabase(const ScratchDatabase&) = delete;
    ScratchDatabase& operator=(const ScratchDatabase&) = delete;

    const std::string& url() const { return url_; }
    // Rows of the last statement that has some, as texts.
    std::vector<SqlRow> query(const std::string& sql);
    // The first value of the first row.
    std::string value(const std::string& sql);
    // Drops all tables.
    void clean();

    static std::string quoted(const std::string& name);   // [name]
    static std::string literal(const std::string& text);  // N'text'

  private:
    ScratchDatabase();
    struct Connection;
    std::string name_, url_;
    std::unique_ptr<Connection> server_, connection_;
};

}  // namespace ringtail::test
