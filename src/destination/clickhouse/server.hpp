#pragma once
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "destination/clickhouse/errors.hpp"
#include "destination/clickhouse/tsv.hpp"
#include "destination/clickhouse/url.hpp"
#include "http/client.hpp"
#include "http/gzip.hpp"
#include "sql/clickhouse_text.hpp"

namespace ringtail::clickhouse {

// The body of an insert, gathered piece by piece.
class Insert {
  public:
    Insert(const std::string& sql, bool compress);
    // Lines, or parts of lines, of TabSeparated.
    void add(std::string_view text) { gzip_ ? gzip_->add(text) : void(body_ += text); }

  private:
    friend class Server;
    std::unique_ptr<http::Gzip> gzip_;  // none: sent as it is
    std::string body_;
};

// The server, statement by statement. No session: each statement is a request of its own, made
// once. Every call blocks; ServerError for what the server says, Error(transient) when it cannot be
// reached or the connection ends early (unknown then whether the statement was done),
// Error(stopped) when `stop` is requested before the answer. Belongs to one thread.
class Server {
  public:
    Server(Url url, Logger& log);

    const Url& url() const { return url_; }
    // What this server can; asks it the first time.
    const sql::clickhouse::Features& features();
    sql::clickhouse::TableName table(std::string name) const {
        return {url_.database, std::move(name), url_.cluster};
    }

    // A SELECT … FORMAT TabSeparated.
    TsvRows query(const std::string& sql, const std::stop_token& stop = {});
    // The same with an external table of keys: the lines of `keys`, their columns in `structure`.
    TsvRows query_with_keys(const std::string& sql, const std::string& structure,
                            std::string_view keys, const std::stop_token& stop = {});
    // Anything without an answer.
    void run(const std::string& sql, const std::stop_token& stop = {});

    // One block: either all of its rows are there or, where they are of several partitions, some
    // are after an error.
    void insert(Insert insert, const std::stop_token& stop = {});
    // With this statement (sql::clickhouse::insert()).
    Insert make_insert(const std::string& sql) const { return Insert(sql, url_.compress); }

  private:
    void learn();
    std::string send(std::string body, const std::vector<std::string>& headers,
                     const std::string& parameters, const std::stop_token& stop);

    const Url url_;
    http::Client client_;
    std::string boundary_;  // between the parts of a body; not to be guessed, as keys stand there
    std::string address_;   // with the parameters that every statement has
    std::optional<sql::clickhouse::Features> features_;
};

}  // namespace ringtail::clickhouse
