// Every tests/golden/dialfire/NAME.case says what is decoded and how; NAME.expected holds what must
// come out. RINGTAIL_UPDATE_GOLDEN=1 writes the expected files anew: read the diff before you
// commit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "decoding.hpp"

namespace ringtail::dialfire::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(RINGTAIL_SOURCE_DIR) / "tests/golden/dialfire";

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) ADD_FAILURE() << "cannot read " << path;
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// Lines "key: value"; lines starting with # are comments.
std::map<std::string, std::string> read_case(const fs::path& path) {
    std::map<std::string, std::string> values;
    std::istringstream lines(read(path));
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line[0] == '#') continue;
        const std::size_t colon = line.find(": ");
        EXPECT_NE(colon, std::string::npos) << path << ": " << line;
        values[line.substr(0, colon)] = line.substr(colon + 2);
    }
    return values;
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> words;
    std::istringstream stream(text);
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

Scene to_scene(std::map<std::string, std::string>& values) {
    Scene scene;
    if (values.contains("fields")) scene.fields = decode_fields(read(kFolder / values["fields"]));
    if (values["mode"] == "updates_only") scene.options.filter.mode = FilterMode::updates_only;
    if (values["mode"] == "hi_updates_only")
        scene.options.filter.mode = FilterMode::hi_updates_only;
    if (values.contains("stages")) scene.options.filter.stages = values["stages"];
    if (values.contains("prefix")) scene.options.prefix = values["prefix"];
    if (values.contains("custom_columns")) {
        scene.options.custom_columns = std::stoul(values["custom_columns"]);
    }
    scene.options.extra_everywhere = values["extra"] == "all";
    scene.asked = split(values["asked"]);
    return scene;
}

std::string shown(const ListPage& page) {
    std::string out;
    for (const ListEntry& entry : page.entries)
        out += in_quotes(entry.id) + " " + in_quotes(entry.md5) + "\n";
    return out + "unusable " + std::to_string(page.unusable) + "\ncursor " +
           in_quotes(page.cursor) + "\n";
}

std::string shown(const EventPage& page) {
    std::string out;
    for (const Event& event : page.events) {
        out += in_quotes(event.fired) + " " + in_quotes(event.contact) + "\n    " +
               in_quotes(event.mark) + "\n";
    }
    for (const std::string& raw : page.unusable) out += "unusable " + raw + "\n";
    return out + "cursor " + in_quotes(page.cursor) + "\n";
}

std::string run(std::map<std::string, std::string> values) {
    const Scene scene = to_scene(values);
    if (values.contains("list")) return shown(decode_list(read(kFolder / values["list"])));
    if (values.contains("events")) return shown(decode_events(read(kFolder / values["events"])));
    if (values.contains("contacts")) {
        return testing::shown(Decoding(scene).contacts(read(kFolder / values["contacts"])).out());
    }
    if (values.contains("inbound")) {
        return testing::shown(Decoding(scene).inbound(read(kFolder / values["inbound"])).out());
    }
    return testing::shown(make_tables(scene.fields, scene.options));
}

std::vector<std::string> case_names() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(kFolder)) {
        if (entry.path().extension() == ".case") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

class Golden : public ::testing::TestWithParam<std::string> {};

TEST_P(Golden, IsDecodedAsExpected) {
    const std::string actual = run(read_case(kFolder / (GetParam() + ".case")));
    const fs::path expected = kFolder / (GetParam() + ".expected");
    if (std::getenv("RINGTAIL_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(expected, std::ios::binary) << actual;
        return;
    }
    EXPECT_EQ(actual, read(expected));
}

INSTANTIATE_TEST_SUITE_P(Dialfire, Golden, ::testing::ValuesIn(case_names()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace ringtail::dialfire::testing
