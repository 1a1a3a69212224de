#include "webhook_bare.hpp"

#include <curl/curl.h>
#include <sqlite3.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace ringtail::bench {
namespace {

constexpr std::size_t kInFlight = 16;
constexpr int kReadAtOnce = 256;

class Db {
  public:
    explicit Db(const std::string& path) {
        check(sqlite3_open(path.c_str(), &db_));
        run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8192");
    }
    ~Db() { sqlite3_close_v2(db_); }
    Db(const Db&) = delete;
    Db& operator=(const Db&) = delete;

    void run(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
    sqlite3_stmt* prepare(const char* sql) {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr));
        return statement;
    }
    void execute(sqlite3_stmt* statement) {
        check(sqlite3_step(statement));
        sqlite3_reset(statement);
    }
    void check(int code) {
        if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
        std::fprintf(stderr, "bare SQLite: %s\n", sqlite3_errmsg(db_));
        std::exit(1);
    }

  private:
    sqlite3* db_ = nullptr;
};

struct Owed {
    sqlite3_int64 number = 0;
    std::string message, body;
};

struct Flight {
    CURL* easy = curl_easy_init();
    curl_slist* headers = nullptr;
    Owed owed;
};

std::size_t ignore(char*, std::size_t, std::size_t size, void*) { return size; }

class Poster {
  public:
    Poster(Db& db, const std::string& url) : db_(db), url_(url) {
        for (Flight& flight : flights_) free_.push_back(&flight);
    }
    ~Poster() {
        for (Flight& flight : flights_) {
            curl_slist_free_all(flight.headers);
            curl_easy_cleanup(flight.easy);
        }
        curl_multi_cleanup(multi_);
        for (sqlite3_stmt* one : {read_, attempt_, mark_}) sqlite3_finalize(one);
    }
    Poster(const Poster&) = delete;
    Poster& operator=(const Poster&) = delete;

    void run() {
        do {
            begin_some();
            int running = 0;
            curl_multi_perform(multi_, &running);
            if (!mark_answered()) curl_multi_poll(multi_, nullptr, 0, 1'000, nullptr);
        } while (free_.size() < kInFlight || !owed_.empty());
    }

  private:
    void read_some() {
        sqlite3_bind_int64(read_, 1, last_);
        sqlite3_bind_int(read_, 2, kReadAtOnce);
        while (sqlite3_step(read_) == SQLITE_ROW) {
            const auto text = [&](int column) {
                return std::string(
                    reinterpret_cast<const char*>(sqlite3_column_text(read_, column)));
            };
            last_ = sqlite3_column_int64(read_, 0);
            owed_.push_back({last_, text(1), text(2)});
        }
        sqlite3_reset(read_);
    }

    void begin_some() {
        while (!free_.empty()) {
            if (owed_.empty()) read_some();
            if (owed_.empty()) return;
            Flight& flight = *free_.back();
            free_.pop_back();
            flight.owed = std::move(owed_.front());
            owed_.pop_front();
            curl_slist_free_all(flight.headers);
            flight.headers = curl_slist_append(nullptr, "Content-Type: application/json");
            flight.headers = curl_slist_append(flight.headers, "Expect:");
            const std::string id = "Idempotency-Key: " + flight.owed.message;
            flight.headers = curl_slist_append(flight.headers, id.c_str());
            CURL* const easy = flight.easy;
            curl_easy_setopt(easy, CURLOPT_PRIVATE, &flight);
            curl_easy_setopt(easy, CURLOPT_URL, url_.c_str());
            curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &ignore);
            curl_easy_setopt(easy, CURLOPT_HTTPHEADER, flight.headers);
            curl_easy_setopt(easy, CURLOPT_POST, 1L);
            curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                             static_cast<curl_off_t>(flight.owed.body.size()));
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, flight.owed.body.data());
            curl_multi_add_handle(multi_, easy);
        }
    }

    // True when there was one.
    bool mark_answered() {
        bool any = false;
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            if (!std::exchange(any, true)) db_.run("BEGIN IMMEDIATE");
            Flight* flight = nullptr;
            long status = 0;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &flight);
            curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
            if (status != 200) std::exit(1);
            curl_multi_remove_handle(multi_, message->easy_handle);
            sqlite3_bind_int64(attempt_, 1, flight->owed.number);
            sqlite3_bind_int64(attempt_, 2, status);
            db_.execute(attempt_);
            sqlite3_bind_int64(mark_, 1, flight->owed.number);
            db_.execute(mark_);
            free_.push_back(flight);
        }
        if (any) db_.run("COMMIT");
        return any;
    }

    Db& db_;
    const std::string url_;
    CURLM* multi_ = curl_multi_init();
    std::array<Flight, kInFlight> flights_;
    std::vector<Flight*> free_;
    std::deque<Owed> owed_;
    sqlite3_int64 last_ = 0;
    sqlite3_stmt* read_ = db_.prepare(
        "SELECT number, message, body FROM owed WHERE number > ?1 ORDER BY number LIMIT ?2");
    sqlite3_stmt* attempt_ =
        db_.prepare("INSERT INTO attempts (delivery, at, status) VALUES (?1, strftime('%s'), ?2)");
    sqlite3_stmt* mark_ = db_.prepare("UPDATE marks SET done = 1 WHERE number = ?1");
};

}  // namespace

BarePoster::BarePoster(std::string path, std::size_t count, const std::string& body)
    : path_(std::move(path)), count_(count) {
    Db db(path_);
    db.run(
        "CREATE TABLE owed (number INTEGER PRIMARY KEY, message TEXT, body TEXT);"
        "CREATE TABLE marks (number INTEGER PRIMARY KEY, done INTEGER);"
        "CREATE TABLE attempts (delivery INTEGER PRIMARY KEY, at INTEGER, status INTEGER);"
        "BEGIN");
    sqlite3_stmt* insert = db.prepare("INSERT INTO owed VALUES (?1, ?2, ?3)");
    sqlite3_stmt* mark = db.prepare("INSERT INTO marks VALUES (?1, 0)");
    for (std::size_t i = 1; i <= count_; ++i) {
        const std::string message = "msg_" + std::to_string(i);
        sqlite3_bind_int64(insert, 1, static_cast<sqlite3_int64>(i));
        sqlite3_bind_text(insert, 2, message.c_str(), -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(insert, 3, body.c_str(), -1, SQLITE_STATIC);
        db.execute(insert);
        sqlite3_bind_int64(mark, 1, static_cast<sqlite3_int64>(i));
        db.execute(mark);
    }
    sqlite3_finalize(insert);
    sqlite3_finalize(mark);
    db.run("COMMIT");
}

void BarePoster::post_all(const std::string& url) {
    Db db(path_);
    Poster(db, url).run();
}

}  // namespace ringtail::bench
