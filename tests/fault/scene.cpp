#include "fault/scene.hpp"

#include <fstream>

#include "base/clock.hpp"
#include "source/dialfire/source.hpp"

namespace ringtail::fault {

std::string name_of(DatabaseKind kind) {
    switch (kind) {
        case DatabaseKind::sqlite:
            return "sqlite";
        case DatabaseKind::postgres:
            return "postgres";
        case DatabaseKind::mysql:
            return "mysql";
    }
    return "unknown";
}

std::vector<DatabaseKind> every_database() {
    return {DatabaseKind::sqlite, DatabaseKind::postgres, DatabaseKind::mysql};
}

std::string program() { return std::string(RINGTAIL_BINARY_DIR) + "/ringtail"; }

sim::Options odd_campaign(std::uint32_t contacts) {
    sim::Options options;
    options.contacts = contacts;
    options.odd = 0.1;
    options.gone = 0.01;
    return options;
}

Scene::Scene(DatabaseKind kind, sim::Options options)
    : campaign_(std::make_unique<sim::Simulation>(std::move(options))) {
    std::ofstream(folder_.path() + "/token") << campaign_->options().token << "\n";
    switch (kind) {
        case DatabaseKind::sqlite:
            database_ = make_sqlite_database(folder_.path() + "/scene.db");
            break;
        case DatabaseKind::postgres:
            database_ = make_postgres_database();
            break;
        case DatabaseKind::mysql:
            database_ = make_mysql_database();
            break;
    }
}

void Scene::move_database(const std::string& file) {
    database_ = make_sqlite_database(folder_.path() + "/" + file);
}

Words Scene::sync(const Words& further) const {
    Words words{program(),       "sync",
                "--from",        "dialfire://" + campaign_->options().campaign,
                "--to",          database_->url(),
                "--api",         campaign_->base_url(),
                "--retry-pause", "20ms",
                "--token-file",  folder_.path() + "/token"};
    words.insert(words.end(), further.begin(), further.end());
    return words;
}

std::unique_ptr<test::Process> Scene::start(const Words& further, Environment environment) const {
    return std::make_unique<test::Process>(sync(further), std::move(environment), folder_.path());
}

test::Outcome Scene::run(const Words& further, const Environment& environment) const {
    return start(further, environment)->wait();
}

std::vector<std::string> Scene::differences(const sim::TruthOptions& truth) {
    SystemClock clock;
    const auto log = make_null_logger();
    dialfire::Options options;
    options.campaign = campaign_->options().campaign;
    options.token = campaign_->options().token;
    options.api = campaign_->base_url();
    options.prefix = prefix_;
    options.custom_columns = truth.custom_columns;
    options.extra_everywhere = truth.extra_everywhere;
    Compare compare;
    compare.prefix = prefix_;
    compare.once_numbers = once_numbers_;
    compare.tables = dialfire::make_source(options, clock, *log)->tables({});
    compare.truth = [&](const std::string& table,
                        const std::function<void(std::string_view)>& row) {
        campaign_->truth(table, truth, row);
    };
    compare.dump = [&](const std::string& table) { return database_->dump(table); };
    compare.names = database_->names();
    const auto deleted = campaign_->deleted();
    compare.deleted = {deleted.begin(), deleted.end()};
    return fault::differences(compare);
}

}  // namespace ringtail::fault
