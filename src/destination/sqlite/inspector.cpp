#include "destination/sqlite/inspector.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/error.hpp"
#include "base/md5.hpp"
#include "destination/sqlite/column.hpp"
#include "sql/names.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/probe.hpp"

namespace ringtail {
namespace {

namespace fs = std::filesystem;
using sql::quote_identifier;

class SqliteInspector final : public Inspector {
  public:
    explicit SqliteInspector(std::string path) : path_(std::move(path)) {}

    std::string describe() override {
        const std::string library = "SQLite " + sqlite::Probe::version();
        if (!exists()) return fmt::format("{}, file {} will be made", library, path_);
        sqlite::Probe(path_).columns("sqlite_schema");
        return fmt::format("{}, file {}", library, path_);
    }

    // SQLite's types limit nothing.
    std::vector<SeenColumn> columns(std::string_view table) override {
        std::vector<SeenColumn> seen;
        if (!exists()) return seen;
        for (auto& [name, type] : sqlite::Probe(path_).columns(std::string(table))) {
            const bool is_text =
                stored_column(name, type, Type::text, false).type.kind == sql::Kind::text;
            seen.push_back({.name = std::move(name), .type = std::move(type), .is_text = is_text});
        }
        return seen;
    }

    std::vector<std::uint64_t> count_texts(std::string_view table,
                                           std::span<const TextLength> lengths) override {
        std::string sql;
        for (const auto& [column, chars] : lengths) {
            sql += fmt::format("{}count(CASE WHEN length({}) = {} THEN 1 END)",
                               sql.empty() ? "SELECT " : ", ", quote_identifier(column), chars);
        }
        std::vector<std::uint64_t> counts;
        if (sql.empty()) return counts;
        sqlite::Probe(path_).each(sql + " FROM " + quote_identifier(table), [&](const auto& row) {
            for (const std::string& count : row) counts.push_back(std::stoull(count));
        });
        return counts;
    }

    // SQLite has no md5.
    std::uint64_t count_md5_ids(std::string_view table, std::string_view id, std::string_view first,
                                std::string_view second) override {
        std::uint64_t count = 0;
        const std::string sql =
            fmt::format("SELECT {}, {}, {} FROM {}", quote_identifier(id), quote_identifier(first),
                        quote_identifier(second), quote_identifier(table));
        sqlite::Probe(path_).each(sql, [&](const auto& row) {
            if (row[0] == md5_hex({row[1], row[2]})) ++count;
        });
        return count;
    }

    // All tables of a file can be changed when the file can: `tables` need no look of their own.
    void try_rights(std::span<const std::string> /*tables*/) override {
        const bool there = exists();
        // SQLite makes its log beside the file, so the folder must take new files too.
        require(folder(), W_OK | X_OK);
        if (!there) return;
        require(path_, R_OK | W_OK);
        sqlite::Probe(path_).try_changes();
    }

  private:
    fs::path folder() const {
        const fs::path parent = fs::path(path_).parent_path();
        return parent.empty() ? "." : parent;
    }

    // Error(config) when not even the folder is there.
    bool exists() const {
        std::error_code problem;
        if (!fs::is_directory(folder(), problem)) {
            throw Error(Fault::config, fmt::format("there is no folder {}", folder().string()))
                .with_hint(fmt::format("mkdir -p '{}'", folder().string()));
        }
        return fs::exists(path_, problem);
    }

    static void require(const fs::path& path, int rights) {
        if (::access(path.c_str(), rights) == 0) return;
        const int reason = errno;
        throw Error(Fault::config, fmt::format("{} cannot be written to: {}", path.string(),
                                               std::strerror(reason)))
            .with_hint(fmt::format("ls -ld '{0}' shows who may; chown {1} '{0}' (as root) gives it "
                                   "to this user.",
                                   path.string(), ::getuid()));
    }

    std::string path_;
};

}  // namespace

std::unique_ptr<Inspector> make_sqlite_inspector(std::string path) {
    return std::make_unique<SqliteInspector>(std::move(path));
}

std::vector<std::vector<std::string>> query_sqlite(const std::string& path, const std::string& sql,
                                                   std::size_t columns) {
    sqlite::Connection connection(path);
    sqlite::Statement statement = connection.prepare(sql);
    std::vector<std::vector<std::string>> rows;
    while (statement.step()) {
        auto& row = rows.emplace_back();
        for (std::size_t i = 0; i < columns; ++i) {
            row.emplace_back(statement.text(static_cast<int>(i)));
        }
    }
    return rows;
}

}  // namespace ringtail
