// tests/golden/callkeeper/NAME.json holds what came in, NAME.expected all rows that come of it.
// RINGTAIL_UPDATE_GOLDEN=1 writes the expected files anew: read the diff before you commit.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scene.hpp"

namespace ringtail::callkeeper::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(RINGTAIL_SOURCE_DIR) / "tests/golden/callkeeper";

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

class Golden : public ::testing::TestWithParam<std::string> {};

// Each element: {"feed":"api"|"hook","at":"…","call":{…}}.
TEST_P(Golden, Rows) {
    const std::string text = read(kFolder / (GetParam() + ".json"));
    const JsonDocument document(text);
    Scene scene;
    for (const JsonValue element : document.root().elements()) {
        std::string scratch;
        const Instant when = at(element.find("at").text_or_raw(scratch));
        const std::string call(element.find("call").raw());
        if (element.find("feed").raw() == "\"api\"")
            scene.api({call}, when);
        else
            scene.hook(call, when);
    }
    std::string rows = scene.dump();
    for (const Reject& reject : scene.shelf.rejects)
        rows += "reject " + reject.table + " " + reject.column + ": " + reject.raw + " (" +
                reject.reason + ")\n";
    const fs::path expected = kFolder / (GetParam() + ".expected");
    if (std::getenv("RINGTAIL_UPDATE_GOLDEN") != nullptr)
        std::ofstream(expected, std::ios::binary) << rows;
    EXPECT_EQ(rows, read(expected));
}

INSTANTIATE_TEST_SUITE_P(Callkeeper, Golden, ::testing::Values("one_call", "odd_values"),
                         [](const auto& of) { return of.param; });

}  // namespace
}  // namespace ringtail::callkeeper::testing
