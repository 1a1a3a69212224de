#pragma once
#include "base/error.hpp"
#include "sqlite/connection.hpp"

namespace ringtail::sqlite {

// While it lives commits do not wait for the disk: for what may be lost in a power cut, together
// with what is committed after it. The next commit without it brings all of it to the disk. Not
// inside a transaction.
class Unhurried {
  public:
    explicit Unhurried(Connection& connection) : connection_(connection) {
        connection_.run("PRAGMA synchronous=NORMAL");
    }
    ~Unhurried() {
        try {
            connection_.run("PRAGMA synchronous=FULL");
        } catch (const Error&) {
            // Out of memory: whoever uses the connection next will be told.
        }
    }
    Unhurried(const Unhurried&) = delete;
    Unhurried& operator=(const Unhurried&) = delete;

  private:
    Connection& connection_;
};

}  // namespace ringtail::sqlite
