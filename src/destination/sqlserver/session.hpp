#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/log.hpp"
#include "destination/relational/session.hpp"
#include "destination/sqlserver/odbc.hpp"
#include "destination/sqlserver/url.hpp"

namespace ringtail::sqlserver {

// What a connection found at its other end.
struct Server {
    std::string version;  // first line of @@VERSION
    std::string schema, database, user;
    bool babelfish = false;
    std::size_t json_columns = 0;  // so many columns at most by one fill; 0: none
    std::size_t json_at_once = 0;  // so many of them by one OPENJSON
};

// A connection that is made by the first call after construction or drop(). After any error it is
// dropped, which rolls back what was open.
class Session final : public relational::Session {
  public:
    Session(std::string url, Logger& log) : url_text_(std::move(url)), log_(log) {}

    using relational::Session::run;
    void set_patience(relational::Patience patience) override { patience_ = std::move(patience); }
    relational::Answer run(const std::string& sql,
                           std::span<const relational::Param> params) override;
    void stream(const std::string& sql, std::span<const relational::Param> params,
                const std::function<void(const relational::RowView&)>& use) override;
    void begin() override;
    void commit() override;
    void drop() noexcept override;
    std::uint64_t number() override;

    // Connects where needed.
    const Server& server();
    bool in_transaction() const { return in_transaction_; }
    void check_stop() const;  // Error(stopped)

  private:
    void open();
    void connect();
    relational::SqlError not_connected(const OdbcFailure& failure) const;
    void set_up();
    void check_encryption();
    void look_at_json();
    relational::Row one_row(const std::string& sql);
    // The same, where the server may not have what is asked for.
    std::optional<std::vector<relational::Row>> try_run(
        const std::string& sql, std::span<const relational::Param> params = {});
    std::vector<relational::Row> execute(const std::string& sql,
                                         std::span<const relational::Param> params);
    // `work` asks odbc_; what it throws ends the connection.
    void ask(const std::function<void(const GiveUp& until)>& work);
    [[noreturn]] void fail(const OdbcFailure& failure);
    std::string where() const { return url_ ? url_->shown() : "the URL"; }

    const std::string url_text_;
    Logger& log_;
    relational::Patience patience_;
    std::optional<Url> url_;
    std::unique_ptr<Odbc> odbc_;
    Server server_;
    std::uint64_t number_ = 0;
    bool in_transaction_ = false;
    bool committing_ = false;
    bool told_about_certificate_ = false;
};

}  // namespace ringtail::sqlserver
