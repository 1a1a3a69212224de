#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;

namespace ringtail::sqlite {

// A connection that leaves a file as it is: it neither makes it nor switches it to WAL as
// Connection does. Errors as throw_error() says.
class Probe {
  public:
    explicit Probe(const std::string& path);
    ~Probe();

    struct Column {
        std::string name, type;  // the type as declared
    };
    // Of a table or view; none when there is no such thing.
    std::vector<Column> columns(const std::string& table);
    // Calls back with each row of a SELECT, as texts; NULL is empty.
    void each(const std::string& sql,
              const std::function<void(const std::vector<std::string>&)>& row);
    // Makes a table, alters and fills it, and rolls all of it back.
    void try_changes();
    static std::string version();  // of the library: "3.40.1"

  private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    void run(const char* sql);

    std::string path_;
    std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace ringtail::sqlite
