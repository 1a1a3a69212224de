#include "unit/jobs/scene.hpp"

#include <gtest/gtest.h>

#include "destination/sqlite/sqlite.hpp"

namespace ringtail::jobs {
namespace {

constexpr std::string_view kShared = "sqlite:shared.db";

class Stoppable final : public Source {
  public:
    Stoppable(std::string name, const ScriptedKind::BeforePage& before)
        : name_(std::move(name)), before_(before) {
        source_.per_round = 3;
        source_.table = name_;
    }
    std::vector<Table> tables(std::stop_token stop) override {
        return source_.tables(std::move(stop));
    }
    void open(std::span<const Table> tables, const std::optional<Checkpoint>& from,
              Stored& stored) override {
        source_.open(tables, from, stored);
    }
    std::optional<Page> next(std::stop_token stop) override {
        if (before_) source_.before_page = [&](int number) { before_(name_, number, stop); };
        return source_.next(stop);
    }
    void decode(const Page& page, Decoded& into) const override { source_.decode(page, into); }

  private:
    std::string name_;
    const ScriptedKind::BeforePage& before_;
    test::ScriptedSource source_;
};

}  // namespace

Opened ScriptedKind::open(const Account& account, const Task& task) const {
    Opened opened;
    opened.source = std::make_unique<Stoppable>(account.record.name, before_page_);
    opened.stream = account.record.name;
    opened.requests = [] { return 7; };
    opened.gather_asks = gather_asks;
    if (task.run.kind == control::JobKind::history) {
        opened.has_more = [this](const Checkpoint& stored) {
            return std::stoi(stored.text) < 3 * slices;
        };
    }
    return opened;
}

Scene::Scene(Clock& clock, ScriptedKind::BeforePage before_page)
    : store(control::StoreFiles::in(folder.path())),
      kind(std::move(before_page)),
      shop{store,   folder.path() + "/inbox.db",
           {&kind}, [this](const std::string& url) { return open(url); },
           clock,   *log,
           metrics},
      accounts(store, {&kind}, shop.destinations, folder.path(), clock) {
    ended = [this] {
        const std::scoped_lock lock(mutex_);
        ++endings_;
        changed_.notify_all();
    };
}

OpenedDestination Scene::open(const std::string& url) {
    if (url == kShared) return {[this] { return open_shared(); }, {}};
    const auto shelf = shelf_at(url);
    return {[shelf] { return std::make_unique<test::ShelfDestination>(shelf); }, {}};
}

std::unique_ptr<Destination> Scene::open_shared() {
    return make_sqlite(folder.path() + "/shared.db", {}, *log);
}

std::int64_t Scene::add_sharing(const std::string& name) {
    const auto shared = store.destinations().find("shared");
    control::SourceRecord source;
    source.name = name;
    source.destination =
        shared ? shared->number : accounts.add_destination("shared", std::string(kShared));
    return accounts.add_source(source, "secret");
}

std::int64_t Scene::add_source(const std::string& name) {
    const std::string url = "shelf:" + name;
    {
        const std::scoped_lock lock(mutex_);
        shelves_[url] = std::make_shared<test::Shelf>();
    }
    control::SourceRecord source;
    source.name = name;
    source.destination = accounts.add_destination(name, url);
    return accounts.add_source(source, "secret");
}

std::size_t Scene::rows_of(const std::string& source) {
    const auto shelf = shelf_at("shelf:" + source);
    const std::scoped_lock lock(shelf->mutex);
    return shelf->rows.size();
}

void Scene::reject(const std::string& source, std::uint64_t values) {
    const auto shelf = shelf_at("shelf:" + source);
    const std::scoped_lock lock(shelf->mutex);
    shelf->rejected_per_load = values;
}

void Scene::ask_again(const std::string& source, Instant due) {
    const auto shelf = shelf_at("shelf:" + source);
    const std::scoped_lock lock(shelf->mutex);
    shelf->rechecks = {{"1", 0, due}};
}

std::shared_ptr<test::Shelf> Scene::shelf_at(const std::string& url) {
    const std::scoped_lock lock(mutex_);
    return shelves_.at(url);
}

control::JobRecord Scene::job(const std::string& source, const std::string& name) {
    return *store.jobs().find(store.sources().get(source).number, name);
}

void Scene::wait(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!done()) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::milliseconds(20));
        ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "it did not happen";
    }
}

}  // namespace ringtail::jobs
