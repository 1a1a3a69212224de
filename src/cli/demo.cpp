#include <fmt/core.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <thread>

#include "cli/commands.hpp"
#include "cli/demo_service.hpp"
#include "cli/flags.hpp"
#include "cli/help_texts.hpp"
#include "cli/logs.hpp"
#include "cli/run_plan.hpp"
#include "cli/signals.hpp"
#include "cli/values.hpp"
#include "http/url.hpp"

namespace ringtail::cli {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kFollowing = 5s;

struct Question {
    std::string_view title, sql;
    std::vector<std::string> columns;
};

std::array<Question, 3> questions() {
    return {
        {{"Who did how much?",
          R"(SELECT "user_loginName" AS agent, count(*) AS transactions, sum(status = 'success') AS successes
FROM df_transactions WHERE type = 'update' AND "user" IS NOT NULL
GROUP BY agent ORDER BY transactions DESC LIMIT 5;)",
          {"agent", "transactions", "successes"}},
         {"How long did we talk?",
          R"(SELECT substr(connected, 1, 7) AS month, count(*) AS calls, round(sum(duration) / 60000.0) AS minutes
FROM df_connections WHERE connected IS NOT NULL
GROUP BY month ORDER BY month DESC LIMIT 5;)",
          {"month", "calls", "minutes"}},
         {"What changed last? (read on from the last $changed you have seen)",
          R"(SELECT "$id", "$status", "$task", "$changed" FROM df_contacts
WHERE "$changed" > '2000-01-01' ORDER BY "$changed" DESC, "$id" LIMIT 5;)",
          {"$id", "$status", "$task", "$changed"}}}};
}

void show(const std::vector<std::string>& columns, const QueryRows& rows, Console& console) {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        widths.push_back(columns[i].size());
        for (const auto& row : rows) widths[i] = std::max(widths[i], row[i].size());
    }
    const auto line = [&](const std::vector<std::string>& cells) {
        std::string text = " ";
        for (std::size_t i = 0; i < cells.size(); ++i) {
            text += fmt::format(" {:<{}}", cells[i], widths[i]);
        }
        console.out(text.substr(0, text.find_last_not_of(' ') + 1));
    };
    line(columns);
    for (const auto& row : rows) line(row);
}

// The folder of the demo's database; removed by the destructor unless it is the user's.
class Folder {
  public:
    explicit Folder(const std::optional<std::string>& kept) : kept_(kept.has_value()) {
        if (kept_) {
            path_ = *kept;
            std::error_code problem;
            fs::create_directories(path_, problem);
            if (problem) {
                throw Error(Fault::config,
                            fmt::format("cannot make the folder {}: {}", path_, problem.message()));
            }
            return;
        }
        std::string name = (fs::temp_directory_path() / "ringtail-demo-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw Error(Fault::config, fmt::format("cannot make a temporary folder {}", name));
        }
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        if (!kept_) fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::string& path() const { return path_; }

  private:
    bool kept_;
    std::string path_;
};

Plan demo_plan(const DemoService& service, const std::string& database) {
    Plan plan;
    plan.source.campaign = DemoService::kCampaign;
    plan.source.token = DemoService::kToken;
    plan.source.api = service.url();
    plan.prefix_given = true;
    plan.destination = "sqlite:" + http::percent_encode(database);
    plan.every = 1s;
    return plan;
}

void play(const std::optional<std::string>& keep, std::uint64_t contacts, Context& context) {
    Console& console = context.console;
    Signals signals([&](std::string_view line) { console.err(line); });
    const Folder folder(keep);
    const DemoService service(folder.path(), contacts, context.clock);
    const std::string database = folder.path() + "/demo.db";
    const auto log = make_run_logger(
        "", LogLevel::info,
        [&](LogLevel level, std::string_view message) {
            console.err(fmt::format("{}: {}", name_of(level), message));
        },
        LogLevel::warning);
    Plan plan = demo_plan(service, database);

    console.out(fmt::format("A made-up campaign is served at {}.\n\nLoading it into {}",
                            service.url(), database));
    plan.once = true;
    run_plan(plan, context, *log, signals.stop().get_token());

    console.out(fmt::format("\nFollowing it for {} s, while about 20 contacts a second change",
                            kFollowing.count()));
    plan.once = false;
    std::stop_source enough;
    const std::stop_callback on_signal(signals.stop().get_token(), [&] { enough.request_stop(); });
    const std::jthread timer([&](std::stop_token ended) {
        context.clock.sleep(kFollowing, std::move(ended));
        enough.request_stop();
    });
    run_plan(plan, context, *log, enough.get_token());

    for (const Question& question : questions()) {
        console.out(fmt::format("\n{}\n\n{}\n", question.title, question.sql));
        show(question.columns,
             context.wiring.query_sqlite(database, std::string(question.sql),
                                         question.columns.size()),
             console);
    }
    console.out(keep ? fmt::format("\nThe database stays in {}", database)
                     : "\nThe database is removed now; `ringtail demo --keep FOLDER` keeps it.");
    console.out("Next, your own campaign: ringtail help sync");
}

}  // namespace

int run_demo(std::span<const std::string> words, Context& context) {
    constexpr std::array<Flag, 3> kFlags{{{"keep"}, {"contacts"}, {"help", Flag::Takes::nothing}}};
    try {
        const Given given = parse_flags(words, kFlags);
        if (given.contains("help")) {
            context.console.out(help_of("demo"));
            return exit_done;
        }
        std::optional<std::string> keep;
        if (const auto place = given.find("keep"); place != given.end()) keep = place->second;
        std::uint64_t contacts = 2'000;
        if (const auto place = given.find("contacts"); place != given.end()) {
            contacts =
                static_cast<std::uint64_t>(parse_whole("--contacts", place->second, 1, 10'000'000));
        }
        play(keep, contacts, context);
        return exit_done;
    } catch (const Error& error) {
        context.console.err(fmt::format("error: {}", error_text(error)));
        return exit_code_of(error);
    }
}

}  // namespace ringtail::cli
