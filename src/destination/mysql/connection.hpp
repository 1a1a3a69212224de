#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "destination/mysql/errors.hpp"
#include "destination/mysql/url.hpp"
#include "destination/relational/bulk.hpp"
#include "destination/relational/session.hpp"

struct st_mysql;
struct st_mysql_res;

namespace ringtail::mysql {

// What differs between servers.
struct Server {
    std::string version;  // "10.11.6-MariaDB-…"
    bool is_mariadb = false;
    bool allows_infile = false;
    std::size_t max_packet_bytes = 1U << 20U;
    std::string user;             // 'user'@'host', as GRANT names it
    std::string exact_collation;  // of utf8mb4: by code points, trailing blanks count
};

using relational::RowView;

// A session with a MySQL or MariaDB server. Its statements are texts in the SQL mode
// NO_BACKSLASH_ESCAPES, its times are UTC.
class Connection final : public relational::Session {
  public:
    Connection(std::string url, Logger& log);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void set_patience(relational::Patience patience) override { patience_ = std::move(patience); }
    using Session::run;
    relational::Answer run(const std::string& sql,
                           std::span<const relational::Param> params) override;
    // The same without a copy of the values: `use` is called for each row of the answer.
    void each_row(const std::string& sql, const std::function<void(const RowView&)>& use);
    void stream(const std::string& sql, std::span<const relational::Param> params,
                const std::function<void(const RowView&)>& use) override;
    void begin() override;
    void commit() override;
    void drop() noexcept override;
    std::uint64_t number() override;

    // Connects where needed.
    const Server& server();
    // The database of the URL.
    const std::string& database();
    const std::string& where() const { return url_.shown; }

    // LOAD DATA LOCAL: `more` appends the next piece of the data and is false when there is no
    // more; what it throws is thrown again here. A warning of the server, which would be a value
    // that was changed or a row left out, is an SqlError. Returns the rows that arrived.
    std::uint64_t load_data(const std::string& sql, const std::function<bool(std::string&)>& more);

    // An INSERT … ON DUPLICATE KEY UPDATE, which the server works on while the caller does
    // something else. finish_upsert() or drop() must be the next call.
    void start_upsert(const std::string& sql);
    relational::Bulk::Upserted finish_upsert();

    void check_stop() const;  // Error(stopped)

  private:
    struct Close {
        void operator()(st_mysql* handle) const;
    };
    class Infile;
    void open();
    void connect();
    void set_up_session();
    void forbid_downgrade();
    template <typename Call>
    void watched(Call call);
    void check_length(std::string_view sql) const;
    void send(std::string_view sql);
    std::uint64_t read_rows(const std::function<void(const RowView&)>& use);
    static void fetch(st_mysql_res* result, const std::function<void(const RowView&)>& use);
    relational::Answer answer();
    void check_warnings();
    void cut() noexcept;
    [[noreturn]] void fail();

    const std::string url_text_;
    Url url_;
    Logger& log_;
    relational::Patience patience_;
    std::unique_ptr<st_mysql, Close> handle_;
    Server server_;
    std::uint64_t number_ = 0;
    std::chrono::steady_clock::time_point last_use_;
    bool in_transaction_ = false;
    bool committing_ = false;
};

}  // namespace ringtail::mysql
