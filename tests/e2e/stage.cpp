#include "e2e/stage.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "sqlite/connection.hpp"

namespace ringtail::e2e {

namespace fs = std::filesystem;

std::string program() { return std::string(RINGTAIL_BINARY_DIR) + "/ringtail"; }

std::unique_ptr<test::Process> Stage::start(const Words& words, const Variables& variables) const {
    Words all{program()};
    all.insert(all.end(), words.begin(), words.end());
    Variables environment{{"HOME", folder_.path()}, {"RINGTAIL_ROOT", folder_.path()}};
    for (const auto& [name, text] : variables) environment[name] = text;
    return std::make_unique<test::Process>(all, environment, folder_.path());
}

test::Outcome Stage::run(const Words& words, const Variables& variables) const {
    return start(words, variables)->wait();
}

test::Outcome Stage::run_as(const std::string& name, const Words& words,
                            const Variables& variables) const {
    const std::string link = path(name);
    if (!fs::exists(link)) fs::create_symlink(program(), link);
    Words all{link};
    all.insert(all.end(), words.begin(), words.end());
    Variables environment{{"HOME", folder_.path()}, {"RINGTAIL_ROOT", folder_.path()}};
    for (const auto& [variable, text] : variables) environment[variable] = text;
    return test::Process(all, environment, folder_.path()).wait();
}

void Stage::write(const std::string& name, std::string_view text) const {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << text;
}

std::string Stage::read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> Stage::list(const std::string& name) const {
    std::vector<std::string> names;
    std::error_code problem;
    for (const auto& entry : fs::directory_iterator(path(name), problem)) {
        names.push_back(entry.path().filename().string());
    }
    return names;
}

std::string Stage::value(const std::string& database, const std::string& sql) const {
    sqlite::Connection connection(path(database));
    sqlite::Statement statement = connection.prepare(sql);
    if (!statement.step()) return "no row";
    return std::string(statement.text(0));
}

sim::Options small_campaign(std::uint32_t contacts) {
    sim::Options options;
    options.contacts = contacts;
    options.odd = 0;
    options.token = "sim-token";
    return options;
}

Words sync_words(const sim::Simulation& campaign, const Words& further) {
    Words words{"sync",
                "--from",
                "dialfire://" + campaign.options().campaign,
                "--api",
                campaign.base_url(),
                "--retry-pause",
                "20ms"};
    words.insert(words.end(), further.begin(), further.end());
    return words;
}

Variables token_of(const sim::Simulation& campaign) {
    return {{"RINGTAIL_TOKEN", campaign.options().token}};
}

Words dbsync2_words(const sim::Simulation& campaign, const std::string& mode,
                    const Words& further) {
    Words words{"--a",           mode,
                "--c",           campaign.options().campaign,
                "--ct",          campaign.options().token,
                "--api",         campaign.base_url(),
                "--retry-pause", "20ms"};
    words.insert(words.end(), further.begin(), further.end());
    return words;
}

std::uint64_t true_rows(const sim::Simulation& campaign, std::string_view table) {
    std::uint64_t rows = 0;
    campaign.truth(table, {}, [&](std::string_view) { ++rows; });
    return rows;
}

void hang_the_list(sim::Simulation& campaign) {
    sim::FaultRule hang;
    hang.kind = "hang";
    hang.path = "contacts/list";
    campaign.add_fault(hang);
}

void wait_for_output(test::Process& process, std::string_view text) {
    for (int tries = 0; tries < 3'000; ++tries) {
        if (process.out_so_far().find(text) != std::string::npos) return;
        if (process.ended_within(std::chrono::milliseconds(20))) break;
    }
    if (process.out_so_far().find(text) != std::string::npos) return;
    throw std::runtime_error("the program did not say '" + std::string(text) + "', but:\n" +
                             process.out_so_far() + process.err_so_far());
}

}  // namespace ringtail::e2e
