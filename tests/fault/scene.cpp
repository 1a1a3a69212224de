#include "fault/scene.hpp"

#include <algorithm>
#include <fstream>

#include "base/clock.hpp"
#include "source/dialfire/source.hpp"

namespace ringtail::fault {
namespace {

// The columns of both campaigns' contacts.
void add_columns(std::vector<Table>& tables, const std::vector<Table>& others) {
    for (const Column& column : others.front().columns) {
        auto& columns = tables.front().columns;
        if (std::ranges::find(columns, column.name, &Column::name) == columns.end())
            columns.push_back(column);
    }
}

}  // namespace

std::string name_of(DatabaseKind kind) {
    switch (kind) {
        case DatabaseKind::sqlite:
            return "sqlite";
        case DatabaseKind::postgres:
            return "postgres";
        case DatabaseKind::mysql:
            return "mysql";
        case DatabaseKind::clickhouse:
            return "clickhouse";
    }
    return "unknown";
}

std::vector<DatabaseKind> every_database() {
    auto all = relational_databases();
    all.push_back(DatabaseKind::clickhouse);
    return all;
}

std::vector<DatabaseKind> relational_databases() {
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
        case DatabaseKind::clickhouse:
            database_ = make_clickhouse_database();
            break;
    }
}

sim::Simulation& Scene::add_campaign(sim::Options options) {
    options.token = campaign_->options().token;
    other_ = std::make_unique<sim::Simulation>(options);
    return *other_;
}

Words Scene::words_for(const sim::Simulation& campaign, const Words& further) const {
    Words words{program(),       "sync",
                "--from",        "dialfire://" + campaign.options().campaign,
                "--to",          database_->url(),
                "--api",         campaign.base_url(),
                "--retry-pause", "20ms",
                "--token-file",  folder_.path() + "/token"};
    words.insert(words.end(), further.begin(), further.end());
    return words;
}

Words Scene::sync(const Words& further) const { return words_for(*campaign_, further); }

Words Scene::sync_other(const Words& further) const { return words_for(*other_, further); }

std::unique_ptr<test::Process> Scene::start(const Words& further, Environment environment) const {
    return std::make_unique<test::Process>(sync(further), std::move(environment), folder_.path());
}

test::Outcome Scene::run(const Words& further, const Environment& environment) const {
    return start(further, environment)->wait();
}

std::vector<Table> Scene::tables_of(const sim::Simulation& campaign,
                                    const sim::TruthOptions& truth) const {
    SystemClock clock;
    const auto log = make_null_logger();
    dialfire::Options options;
    options.campaign = campaign.options().campaign;
    options.token = campaign.options().token;
    options.api = campaign.base_url();
    options.prefix = prefix_;
    options.custom_columns = truth.custom_columns;
    options.extra_everywhere = truth.extra_everywhere;
    return dialfire::make_source(options, clock, *log)->tables({});
}

std::vector<std::string> Scene::differences(const sim::TruthOptions& truth) {
    std::vector<const sim::Simulation*> campaigns{campaign_.get()};
    if (other_) campaigns.push_back(other_.get());
    Compare compare;
    compare.prefix = prefix_;
    compare.once_numbers = once_numbers_;
    compare.tables = tables_of(*campaign_, truth);
    if (other_) add_columns(compare.tables, tables_of(*other_, truth));
    compare.truth = [&](const std::string& table,
                        const std::function<void(std::string_view)>& row) {
        for (const auto* campaign : campaigns) campaign->truth(table, truth, row);
    };
    compare.dump = [&](const std::string& table) { return database_->dump(table); };
    compare.names = database_->names();
    for (const auto* campaign : campaigns) {
        for (const auto& id : campaign->deleted()) compare.deleted.insert(id);
    }
    return fault::differences(compare);
}

}  // namespace ringtail::fault
