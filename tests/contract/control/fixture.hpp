#pragma once
#include <gmock/gmock.h>

#include <memory>
#include <string>

#include "base/error.hpp"
#include "control/store.hpp"
#include "support/process.hpp"

namespace ringtail::control {

inline Instant at(std::int64_t seconds) {
    return Instant(std::chrono::sys_days(std::chrono::year(2024) / 3 / 5)) +
           std::chrono::seconds(seconds);
}

// What an Error(config) says, with its hint; "" when `act` throws none.
template <class Act>
std::string config_error(Act act) {
    try {
        act();
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::config) << error.what();
        return std::string(error.what()) + "\n" + error.hint();
    }
    return {};
}

// A store in a folder of its own, with a destination.
class StoreTest : public ::testing::Test {
  protected:
    StoreTest() {
        destination_ = store().destinations().add("here", "sqlite:///a.db", "a.db", at(0));
    }

    const std::string& folder() const { return folder_.path(); }
    StoreFiles files() const { return StoreFiles::in(folder()); }
    Store& store() {
        if (!store_) store_ = std::make_unique<Store>(files());
        return *store_;
    }
    void reopen() { store_.reset(); }

    std::int64_t add_source(const std::string& name) {
        SourceRecord record;
        record.name = name;
        record.destination = destination_;
        return store().sources().add(record, "a secret of " + name, at(0));
    }
    std::int64_t add_job(std::int64_t source, const std::string& name,
                         JobKind kind = JobKind::load) {
        JobRecord record;
        record.source = source;
        record.name = name;
        record.kind = kind;
        return store().jobs().add(record, at(0));
    }
    std::int64_t enqueue(std::int64_t job, Instant now) {
        return store().runs().enqueue({.job = job}, now).value_or(0);
    }

    std::int64_t destination_ = 0;

  private:
    test::TemporaryFolder folder_;
    std::unique_ptr<Store> store_;
};

}  // namespace ringtail::control
