#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace ringtail::sqlite {

class StatementShelf;

// A prepared statement, made by Connection::prepare(). Parameters and columns count from 1 and 0,
// as in SQLite. Errors are thrown as throw_error() says.
class Statement {
  public:
    // Every value keeps until it is bound anew, or clear() makes all NULL.
    void clear();
    void bind_null(int parameter);
    void bind(int parameter, std::int64_t value);
    void bind(int parameter, double value);
    void bind(int parameter, std::string_view text);  // copied; may hold U+0000
    void bind_static(int parameter,
                     std::string_view text);                // must live until the statement has run
    void bind_blob(int parameter, std::string_view bytes);  // copied
    // Empty: NULL.
    void bind_or_null(int parameter, std::string_view text);

    // Goes to the next row; false when there are no more, and the statement is then ready to run
    // again.
    bool step();
    // Runs a statement that has no rows.
    void execute() {
        while (step()) {
        }
    }
    // The same; false when a foreign key forbids it, and nothing of it was done then.
    bool execute_unless_orphan();
    // Ends a statement before its last row.
    void reset();

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    // Valid until the next step(); empty for NULL. Also the bytes of a blob.
    std::string_view text(int column) const;
    std::optional<std::string> text_or_null(int column) const;

  private:
    friend class Connection;
    // Hands it back to the connection, to be used again.
    struct Finalize {
        StatementShelf* shelf;
        void operator()(sqlite3_stmt* handle) const;
    };
    Statement(sqlite3* connection, StatementShelf& shelf, sqlite3_stmt* handle, std::string doing);
    [[noreturn]] void fail(int code);
    void check(int code) {
        if (code != 0) fail(code);
    }

    sqlite3* connection_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
    std::string doing_;
};

}  // namespace ringtail::sqlite
