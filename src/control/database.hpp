#pragma once
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "sqlite/connection.hpp"

namespace ringtail::control {

std::int64_t micros(Instant at);
Instant from_micros(std::int64_t micros);

// One connection that several threads use, one at a time.
class Database {
  public:
    Database(const std::string& path, const sqlite::Options& options)
        : connection_(path, options) {}

    // The connection, for as long as the result lives; a thread must not ask twice.
    class Locked {
      public:
        explicit Locked(Database& database)
            : lock_(database.mutex_), connection_(database.connection_) {}
        sqlite::Connection* operator->() { return &connection_; }
        sqlite::Connection& operator*() { return connection_; }

      private:
        std::scoped_lock<std::mutex> lock_;
        sqlite::Connection& connection_;
    };
    Locked lock() { return Locked(*this); }

  private:
    std::mutex mutex_;
    sqlite::Connection connection_;
};

}  // namespace ringtail::control
