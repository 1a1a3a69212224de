#include "support/clickhouse_server.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "support/free_port.hpp"
#include "support/raw_http.hpp"

namespace ringtail::test {
namespace {

std::string program() {
    for (const char* path : {"/usr/bin/clickhouse-server", "/usr/sbin/clickhouse-server"}) {
        if (std::filesystem::exists(path)) return path;
    }
    throw std::runtime_error(
        "no ClickHouse server is installed: apt-get install clickhouse-server");
}

std::string number(int value) { return std::to_string(value); }

std::string tag(const std::string& name, const std::string& content) {
    return "<" + name + ">" + content + "</" + name + ">\n";
}

std::string unescaped(const std::string& field) {
    std::string out;
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (field[i] != '\\' || i + 1 == field.size()) {
            out += field[i];
            continue;
        }
        constexpr std::string_view kCodes("0tnrbfav", 8), kBytes("\0\t\n\r\b\f\a\v", 8);
        const auto code = kCodes.find(field[++i]);
        out += code == std::string_view::npos ? field[i] : kBytes[code];
    }
    return out;
}

std::vector<ClickHouseServer::Row> rows_of(const std::string& text) {
    std::vector<ClickHouseServer::Row> rows;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        auto& row = rows.emplace_back();
        for (std::size_t from = 0;;) {
            const std::size_t tab = std::min(line.find('\t', from), line.size());
            const std::string field = line.substr(from, tab - from);
            row.push_back(field == "\\N" ? std::nullopt : std::optional(unescaped(field)));
            if (tab == line.size()) break;
            from = tab + 1;
        }
    }
    return rows;
}

std::string escaped(const std::string& text, char mark) {
    std::string out(1, mark);
    for (const char c : text) {
        if (c == mark || c == '\\') out += '\\';
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        out += c;
    }
    return out + mark;
}

std::string in_url(const std::string& text) {
    std::string out;
    for (const char c : text) {
        char hex[4];
        std::snprintf(hex, sizeof hex, "%%%02X",
                      static_cast<unsigned>(static_cast<unsigned char>(c)));
        out += std::isalnum(static_cast<unsigned char>(c)) != 0 ? std::string(1, c) : hex;
    }
    return out;
}

std::string cluster_settings(const ClickHouseServer::Cluster& cluster) {
    std::string shards, last;
    for (const auto& member : cluster.members) {
        const std::string replica = tag(
            "replica", tag("host", "127.0.0.1") + tag("port", number(member.tcp_port)) +
                           tag("user", "ringtail") + tag("password", ClickHouseServer::password()));
        if (member.shard != last) {
            if (!last.empty()) shards += "</shard>";
            shards += "<shard>" + tag("internal_replication", "true");
        }
        last = member.shard;
        shards += replica;
    }
    const auto& self = cluster.members[cluster.self];
    return tag("zookeeper", "<node>" + tag("host", "127.0.0.1") +
                                tag("port", number(cluster.zookeeper_port)) + "</node>" +
                                // Servers of 2018 crash at times when they lose a session, as
                                // they do when the machine stands still for longer.
                                tag("session_timeout_ms", "30000") +
                                tag("operation_timeout_ms", "30000")) +
           tag("merge_tree", tag("zookeeper_session_expiration_check_period", "1") +
                                 // A killed server may have a part that ZooKeeper has not heard of
                                 // yet; where it is the table's only one, it would not start again.
                                 tag("replicated_max_ratio_of_wrong_parts", "1")) +
           tag("remote_servers", tag(cluster.name, shards + "</shard>")) +
           tag("macros", tag("shard", self.shard) + tag("replica", self.replica)) +
           tag("distributed_ddl", tag("path", "/clickhouse/task_queue/ddl"));
}

}  // namespace

ClickHouseServer::ClickHouseServer(const std::optional<Cluster>& cluster,
                                   const std::optional<Certificate>& certificate)
    : http_port_(free_port()),
      https_port_(certificate ? free_port() : 0),
      tcp_port_(cluster ? cluster->members[cluster->self].tcp_port : free_port()),
      interserver_port_(free_port()) {
    write_settings(cluster, certificate);
    write_users(Rights::all);
    start();
}

ClickHouseServer::~ClickHouseServer() = default;

ClickHouseServer& ClickHouseServer::shared() {
    static ClickHouseServer server;
    return server;
}

void ClickHouseServer::write_settings(const std::optional<Cluster>& cluster,
                                      const std::optional<Certificate>& certificate) const {
    const std::string& path = folder_.path();
    std::filesystem::create_directories(path + "/data");
    std::string settings =
        tag("logger", tag("level", "information") + tag("log", path + "/log") +
                          tag("errorlog", path + "/errors")) +
        tag("http_port", number(http_port_)) + tag("tcp_port", number(tcp_port_)) +
        tag("interserver_http_port", number(interserver_port_)) +
        tag("interserver_http_host", "127.0.0.1") + tag("listen_host", "127.0.0.1") +
        tag("path", path + "/data/") + tag("tmp_path", path + "/tmp/") +
        tag("users_config", path + "/users.xml") + tag("default_profile", "default") +
        tag("default_database", "default") + tag("mark_cache_size", "33554432") +
        // Another zone than UTC, so that no time depends on the server's.
        tag("timezone", "Europe/Berlin");
    if (cluster) settings += cluster_settings(*cluster);
    if (certificate) {
        settings += tag("https_port", number(https_port_)) +
                    tag("openSSL", tag("server", tag("certificateFile", certificate->certificate) +
                                                     tag("privateKeyFile", certificate->key) +
                                                     tag("verificationMode", "none")));
    }
    std::ofstream(path + "/config.xml") << tag("yandex", settings);
}

void ClickHouseServer::write_users(Rights of_limited) const {
    const auto user = [](const std::string& name, const std::string& profile) {
        return tag(name, tag("password", password()) + tag("networks", tag("ip", "127.0.0.1")) +
                             tag("profile", profile) + tag("quota", "default"));
    };
    std::ofstream(folder_.path() + "/users.xml") << tag(
        "yandex",
        tag("profiles", tag("default", "") + tag("readonly", tag("readonly", "1"))) +
            tag("quotas", tag("default", "")) +
            tag("users", user("ringtail", "default") + user("reader", "readonly") +
                             user("default", "default") +
                             user("limited", of_limited == Rights::all ? "default" : "readonly")));
}

void ClickHouseServer::limit(Rights rights) const {
    write_users(rights);
    query("default", "SYSTEM RELOAD CONFIG");
}

void ClickHouseServer::start() {
    process_ = std::make_unique<Process>(
        std::vector<std::string>{program(), "--config-file=" + folder_.path() + "/config.xml"},
        std::map<std::string, std::string>{}, folder_.path());
    // It says nothing when it is ready, so it is asked.
    while (!process_->ended_within(std::chrono::milliseconds(20))) {
        try {
            if (fetch(static_cast<std::uint16_t>(http_port_), "GET", "/").status == 200) return;
        } catch (const std::runtime_error&) {  // not yet
        }
    }
    const std::string said = log();
    process_.reset();
    throw std::runtime_error("the ClickHouse server ended: " + said);
}

void ClickHouseServer::kill() {
    process_->send(SIGKILL);
    process_->wait();
    process_.reset();
}

std::string ClickHouseServer::log() const {
    std::ostringstream text;
    if (process_) {
        if (process_->ended_within(std::chrono::milliseconds(0))) {
            const Outcome outcome = process_->wait();
            text << "it ended: exit code " << outcome.code << ", signal " << outcome.signal << '\n';
        }
        text << process_->out_so_far() << process_->err_so_far();
    }
    if (std::ifstream errors(folder_.path() + "/errors"); errors.peek() != EOF)
        text << errors.rdbuf();
    return text.str();
}

std::string ClickHouseServer::create_database() {
    // Other programs' servers in one cluster may share a ZooKeeper; this one's names are its own.
    static int made = 0;
    const std::string name = "db" + number(++made);
    query("default", "CREATE DATABASE " + name);
    return name;
}

std::string ClickHouseServer::url_of(const std::string& scheme, int port, const std::string& user,
                                     const std::string& database) const {
    return scheme + "://" + user + ":" + in_url(password()) + "@127.0.0.1:" + number(port) + "/" +
           database;
}

std::string ClickHouseServer::url(const std::string& database, const std::string& query) const {
    return url_of("clickhouse", http_port_, "ringtail", database) +
           (query.empty() ? "" : "?" + query);
}

std::string ClickHouseServer::reader_url(const std::string& database) const {
    return url_of("clickhouse", http_port_, "reader", database);
}

std::string ClickHouseServer::limited_url(const std::string& database) const {
    return url_of("clickhouse", http_port_, "limited", database) + "?pause=0";
}

std::string ClickHouseServer::https_url(const std::string& database) const {
    return url_of("clickhouses", https_port_, "ringtail", database) + "?pause=0";
}

std::vector<ClickHouseServer::Row> ClickHouseServer::query(const std::string& database,
                                                           const std::string& sql) const {
    const RawReply reply =
        fetch(static_cast<std::uint16_t>(http_port_), "POST",
              "/?wait_end_of_query=1&database=" + in_url(database), sql,
              {"X-ClickHouse-User: ringtail", "X-ClickHouse-Key: " + password()});
    if (reply.status != 200) throw std::runtime_error(sql + ": " + reply.body);
    return rows_of(reply.body);
}

std::string ClickHouseServer::value(const std::string& database, const std::string& sql) const {
    const auto rows = query(database, sql);
    if (rows.empty()) throw std::runtime_error(sql + ": no row");
    return rows.front().front().value_or("NULL");
}

std::vector<std::string> ClickHouseServer::columns(const std::string& database,
                                                   const std::string& table) const {
    std::vector<std::string> names;
    for (const auto& row :
         query(database, "SELECT name FROM system.columns WHERE database = " + literal(database) +
                             " AND table = " + literal(table))) {
        names.push_back(row.front().value_or(""));
    }
    return names;
}

std::string ClickHouseServer::quoted(const std::string& name) { return escaped(name, '`'); }
std::string ClickHouseServer::literal(const std::string& text) { return escaped(text, '\''); }

}  // namespace ringtail::test
