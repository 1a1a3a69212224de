#include "destination/clickhouse/server.hpp"

#include <fmt/format.h>

#include <array>
#include <random>
#include <utility>

#include "http/url.hpp"

namespace ringtail::clickhouse {
namespace {

using namespace std::chrono_literals;

http::ClientOptions client_options() {
    http::ClientOptions options;
    options.max_in_flight = 4;  // one, and those that were given up but are not over
    options.attempts = 1;
    // A server that changes a column of a large table is silent all the time.
    options.stall_timeout = 300s;
    options.total_timeout = 3'600s;
    return options;
}

struct Setting {
    std::string_view name;
    std::string_view value;
    bool cluster_only;
};

// Sent with every statement where the server knows them.
constexpr std::array kSettings{
    Setting{"async_insert", "0", false},  // an insert that returned is stored
    Setting{"max_partitions_per_insert_block", "0", false},
    Setting{"do_not_merge_across_partitions_select_final", "0", false},
    Setting{"insert_distributed_sync", "1", true},
    Setting{"load_balancing", "in_order", true},  // read where we have written
};

}  // namespace

Insert::Insert(const std::string& sql, bool compress) {
    if (compress) gzip_ = std::make_unique<http::Gzip>();
    add(sql);
    add("\n");
}

Server::Server(Url url, Logger& log) : url_(std::move(url)), client_(client_options(), log) {
    // The whole answer before the first byte: an error that comes late still has its status.
    std::random_device random;
    boundary_ = fmt::format("ringtail{:08x}{:08x}", random(), random());
    address_ = fmt::format("{}/?database={}&wait_end_of_query=1", url_.base,
                           http::percent_encode(url_.database));
}

const sql::clickhouse::Features& Server::features() {
    if (!features_) learn();
    return *features_;
}

void Server::learn() {
    sql::clickhouse::Features features;
    TsvRows found = query(
        "SELECT 'type', name FROM system.data_type_families WHERE name = 'DateTime64' UNION ALL "
        "SELECT 'table', name FROM system.merge_tree_settings WHERE name = 'fsync_after_insert' "
        "UNION ALL SELECT 'setting', name FROM system.settings FORMAT TabSeparated");
    while (found.next()) {
        const std::string_view name = found.raw(1);
        features.datetime64 |= name == "DateTime64";
        features.fsync_after_insert |= name == "fsync_after_insert";
        if (found.raw(0) != "setting") continue;
        for (const Setting& setting : kSettings) {
            if (setting.name != name || (setting.cluster_only && url_.cluster.empty())) continue;
            address_ += fmt::format("&{}={}", setting.name, setting.value);
        }
    }
    // Both came within months of each other, and views by one statement need the Atomic engine.
    TsvRows engine = query("SELECT engine FROM system.databases WHERE name = " +
                           sql::clickhouse::literal(url_.database) + " FORMAT TabSeparated");
    features.or_replace_view =
        features.fsync_after_insert && engine.next() && engine.raw(0) == "Atomic";
    features_ = features;
}

TsvRows Server::query(const std::string& sql, const std::stop_token& stop) {
    return TsvRows(send(sql, {}, "", stop));
}

TsvRows Server::query_with_keys(const std::string& sql, const std::string& structure,
                                std::string_view keys, const std::stop_token& stop) {
    std::string body;
    body.reserve(keys.size() + sql.size() + 500);
    body += fmt::format(
        "--{0}\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\n{1}\r\n--{0}\r\n"
        "Content-Disposition: form-data; name=\"{2}\"; filename=\"{2}\"\r\n\r\n",
        boundary_, sql, sql::clickhouse::kKeys);
    body += keys;
    body += fmt::format("\r\n--{}--\r\n", boundary_);
    const std::string parameters =
        fmt::format("&{}_structure={}", sql::clickhouse::kKeys, http::percent_encode(structure));
    return TsvRows(send(std::move(body),
                        {"Content-Type: multipart/form-data; boundary=" + boundary_}, parameters,
                        stop));
}

void Server::run(const std::string& sql, const std::stop_token& stop) { send(sql, {}, "", stop); }

void Server::insert(Insert insert, const std::stop_token& stop) {
    if (insert.gzip_) {
        send(insert.gzip_->take(), {"Content-Encoding: gzip"}, "", stop);
    } else {
        send(std::move(insert.body_), {}, "", stop);
    }
}

std::string Server::send(std::string body, const std::vector<std::string>& headers,
                         const std::string& parameters, const std::stop_token& stop) {
    http::Request request;
    request.method = "POST";
    request.url = address_ + parameters;
    request.headers = headers;
    request.headers.push_back("X-ClickHouse-User: " + url_.user);
    if (!url_.password.empty()) request.headers.push_back("X-ClickHouse-Key: " + url_.password);
    request.body = std::move(body);
    request.once = true;
    auto future = client_.start(std::move(request));
    http::Response response;
    try {
        response = http::wait(future, stop);
    } catch (const Error& error) {
        throw error.within("ClickHouse, " + url_.shown);
    }
    if (response.status != 200) throw to_error(response.status, response.body, url_);
    return std::move(response.body);
}

}  // namespace ringtail::clickhouse
