#pragma once
#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "destination/destination.hpp"

namespace ringtail::contract {

// A table as the database itself shows it. Columns stand in the table's order; NULL is nothing;
// every other value is the text the database makes of it.
struct Dump {
    std::vector<std::string> columns;
    std::vector<std::vector<std::optional<std::string>>> rows;
    std::vector<std::string> types = {};  // of the columns, as SQL; may be left out (not for docs)
};

// Keeps what is logged.
class LogLines final : public Logger {
  public:
    void write(LogLevel, std::string_view message) override {
        const std::lock_guard lock(mutex_);
        lines_.emplace_back(message);
    }
    // The lines that hold this text.
    std::vector<std::string> with(std::string_view part) const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> found;
        std::copy_if(lines_.begin(), lines_.end(), std::back_inserter(found),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
        return found;
    }
    std::size_t count(std::string_view part) const { return with(part).size(); }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

// One database, empty at first, with as many handles as a test wants. The probes below do not go
// through the code under test.
class Subject {
  public:
    virtual ~Subject() = default;
    // A new handle to this database.
    virtual std::unique_ptr<Destination> open(const DestinationOptions& options) = 0;
    // Rows in any order; empty when there is no such table.
    virtual Dump dump(const std::string& table) = 0;
    // The same of a view that create_views() made.
    virtual Dump dump_view(const std::string& view) { return dump(view); }
    // What a user would do: ALTER TABLE … ADD COLUMN … of the text type.
    virtual void add_text_column(const std::string& table, const std::string& column) = 0;
    // As if kLeaseSeconds had gone by since the stream's lease was renewed.
    virtual void expire_lease(const std::string& stream) = 0;
    // The odd values (OddValue::what, kKeyWithBlank) that its types cannot hold, so that they are
    // rejects.
    virtual std::vector<std::string> cannot_hold() const { return {}; }
    // False for a database without foreign keys (docs/guarantees.md): rows then stay when what they
    // point at is erased, and are stored when it was never there.
    virtual bool has_foreign_keys() const { return true; }
    // False for a database without unique keys beside the table's own.
    virtual bool has_unique_keys() const { return true; }

    // What its handles have logged; in memory nothing is.
    const LogLines& log() const { return log_; }

  protected:
    LogLines log_;
};

inline const std::string kKeyWithBlank = "a key with a blank at its end";

struct SubjectKind {
    std::string name;
    std::function<std::unique_ptr<Subject>()> make;
    std::string title = {};  // the database's part of docs/tables.md; empty: it has none

    friend void PrintTo(const SubjectKind& kind, std::ostream* out) { *out << kind.name; }
};

}  // namespace ringtail::contract
