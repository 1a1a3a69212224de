#include <fmt/core.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/log.hpp"
#include "base/time_text.hpp"
#include "cli/commands.hpp"
#include "cli/demo_service.hpp"
#include "cli/flags.hpp"
#include "cli/help_texts.hpp"
#include "cli/service_parts.hpp"
#include "cli/signals.hpp"
#include "cli/text_table.hpp"
#include "cli/values.hpp"
#include "http/client.hpp"
#include "json/document.hpp"
#include "json/write.hpp"

namespace ringtail::cli {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr int kLoadWaits = 1'200;  // × 100 ms
constexpr auto kLook = 100ms;

struct Question {
    std::string_view title, sql;
    std::vector<std::string> columns;
};

std::array<Question, 5> questions() {
    return {
        {{"CallKeeper: what became of the calls?",
          R"(SELECT status_reason, count(*) AS calls, sum(talk_duration) / 60 AS minutes_talked
FROM callkeeper_calls_wide GROUP BY status_reason ORDER BY calls DESC LIMIT 5;)",
          {"status_reason", "calls", "minutes_talked"}},
         {"CallKeeper: where do callers come from?",
          R"(SELECT t.source, t.medium, count(*) AS calls, count(DISTINCT f.clientids_id) AS callers
FROM callkeeper_calls_facts f JOIN general_traffic t ON t.id = f.traffic_id
GROUP BY t.source, t.medium ORDER BY calls DESC LIMIT 5;)",
          {"source", "medium", "calls", "callers"}},
         {"CallKeeper: which feeds told of a call? (the API was read, and today's webhooks came "
          "in)",
          R"(SELECT json_extract(_feeds, '$.api') IS NOT NULL AS api, json_extract(_feeds, '$.hook') IS NOT NULL AS webhook,
       count(*) AS calls FROM callkeeper_calls GROUP BY 1, 2;)",
          {"api", "webhook", "calls"}},
         {"Dialfire: who did how much?",
          R"(SELECT "user_loginName" AS agent, count(*) AS transactions, sum(status = 'success') AS successes
FROM df_transactions WHERE type = 'update' AND "user" IS NOT NULL
GROUP BY agent ORDER BY transactions DESC LIMIT 5;)",
          {"agent", "transactions", "successes"}},
         {"Dialfire: what changed last? (read on from the last $changed you have seen)",
          R"(SELECT "$id", "$status", "$task", "$changed" FROM df_contacts
WHERE "$changed" > '2000-01-01' ORDER BY "$changed" DESC, "$id" LIMIT 5;)",
          {"$id", "$status", "$task", "$changed"}}}};
}

// The demo's folder; removed by the destructor unless it is the user's.
class Folder {
  public:
    explicit Folder(const std::optional<std::string>& kept) : kept_(kept.has_value()) {
        if (kept_) {
            std::error_code problem;
            path_ = fs::absolute(*kept, problem).string();
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

class Demo {
  public:
    Demo(const std::string& folder, std::uint64_t contacts, Context& context, std::stop_token stop)
        : folder_(folder),
          context_(context),
          console_(context.console),
          stop_(std::move(stop)),
          stand_ins_(folder, contacts, context.clock) {}

    void play() {
        console_.out(fmt::format("Made-up services: Dialfire at {}, CallKeeper at {}\n",
                                 stand_ins_.url(), stand_ins_.calls_url()));
        connect();
        const std::string address = serve();
        wait_for_loads();
        send_hooks(address);
        show_tables();
        where_to_look(address);
    }
    // Until Ctrl-C.
    void stay() {
        console_.out("\nThe service runs until you press Ctrl-C.");
        while (!stop_.stop_requested() && !service_->has_ended()) context_.clock.sleep(1s, stop_);
    }

  private:
    std::string database() const { return folder_ + "/demo.db"; }
    std::string data() const { return folder_ + "/data"; }

    // Shows a command as one would type it, and runs it.
    template <typename Command>
    void run(Command command, const std::string& name, std::vector<std::string> words,
             const std::string& key) {
        std::string line = "$ ringtail " + name;
        for (const std::string& word : words) {
            line += word.find(' ') == word.npos ? " " + word : " '" + word + "'";
        }
        console_.out(line);
        words.insert(words.end(), {"--data", data()});
        Context own{context_.wiring,
                    [&](std::string_view variable) {
                        return variable == "RINGTAIL_KEY" ? std::optional(key)
                                                          : context_.environment(variable);
                    },
                    console_, context_.clock};
        if (command(words, own) != exit_done) throw Error(Fault::config, "the demo cannot go on");
        console_.out("");
    }

    void connect() {
        run(run_destination, "destination", {"add", "demo", "--url", jobs::sqlite_url(database())},
            "");
        run(run_source, "source",
            {"add", "dialfire", "--name", "campaign", "--campaign", DemoService::kCampaign, "--api",
             stand_ins_.url(), "--destination", "demo"},
            DemoService::kToken);
        run(run_source, "source",
            {"add", "callkeeper", "--name", "office", "--zone", "UTC", "--api",
             stand_ins_.calls_url(), "--destination", "demo"},
            DemoService::kKey);
    }

    std::string serve() {
        console_.out("$ ringtail serve");
        const std::string out = folder_ + "/serve.out";
        service_.emplace(std::vector<std::string>{find_program("ringtail"), "serve", "--data",
                                                  data(), "--listen", "127.0.0.1:0", "--output",
                                                  "json", "--log-level", "warning"},
                         out);
        const std::string line = wait_for_line(out, *service_, context_.clock);
        if (line.empty()) throw Error(Fault::config, "the service did not start");
        const JsonDocument document(line);
        std::string_view text;
        std::string scratch;
        document.root().find("address").text(text, scratch);
        console_.out(fmt::format("It answers at {}\n", text));
        return std::string(text);
    }

    void wait_for_loads() {
        control::Store store(control::StoreFiles::in(data()));
        const auto loaded = [&](const char* source) {
            control::JournalQuery query;
            query.source = store.sources().get(source).number;
            query.kind = control::JobKind::load;
            query.state = control::RunState::done;
            query.limit = 1;
            return !store.journal().find(query).empty();
        };
        for (int i = 0; i < kLoadWaits && !(loaded("campaign") && loaded("office")); ++i) {
            if (stop_.stop_requested()) throw Error(Fault::stopped, "stopped");
            context_.clock.sleep(kLook, stop_);
        }
        run(run_journal, "journal", {"--kind", "load"}, "");
    }

    // Today's calls once more, as CallKeeper would send them.
    void send_hooks(const std::string& address) {
        control::Store store(control::StoreFiles::in(data()));
        const auto office = store.sources().get("office");
        const auto tokens = store.sources().hook_tokens(office.number, context_.clock.now());
        const std::string today = format_day(context_.clock.now());
        const auto log = make_null_logger();
        http::Client client({}, *log);
        http::Request request;
        request.method = "POST";
        request.url = stand_ins_.calls_url() + "/sim/callkeeper/hooks";
        request.body = fmt::format(R"({{"url":{},"from":{},"to":{}}})",
                                   json_string(address + "/hooks/callkeeper/" + tokens.now),
                                   json_string(today), json_string(today));
        auto future = client.start(std::move(request));
        http::wait(future, stop_);
        control::Inbox inbox(data() + "/inbox.db");
        for (int i = 0; i < kLoadWaits && inbox.has_more(office.number, {}); ++i) {
            if (stop_.stop_requested()) throw Error(Fault::stopped, "stopped");
            context_.clock.sleep(kLook, stop_);
        }
    }

    void show_tables() {
        for (const Question& question : questions()) {
            console_.out(fmt::format("{}\n\n{}\n", question.title, question.sql));
            TextTable table(question.columns);
            for (auto& row : context_.wiring.query_sqlite(database(), std::string(question.sql),
                                                          question.columns.size())) {
                table.add(std::move(row));
            }
            table.show(console_, "(nothing)");
            console_.out("");
        }
    }

    void where_to_look(const std::string& address) {
        control::Store store(control::StoreFiles::in(data()));
        const std::string key =
            store.keys().add("demo", control::Scope::read, context_.clock.now()).key;
        console_.out(
            fmt::format("Where to look\n"
                        "  tables      sqlite3 {}\n"
                        "  journal     ringtail journal --data {}\n"
                        "  API         curl -H 'Authorization: Bearer {}' {}/api/v1/sources\n"
                        "  numbers     curl {}/metrics\n"
                        "  webhooks    ringtail source show office --data {}",
                        database(), data(), key, address, address, data()));
    }

    const std::string folder_;
    Context& context_;
    Console& console_;
    const std::stop_token stop_;
    DemoService stand_ins_;
    std::optional<Companion> service_;
};

void play(const std::optional<std::string>& keep, std::uint64_t contacts, Context& context) {
    Console& console = context.console;
    Signals signals([&](std::string_view line) { console.err(line); });
    const Folder folder(keep);
    {
        Demo demo(folder.path(), contacts, context, signals.stop().get_token());
        demo.play();
        if (console.is_terminal()) demo.stay();
    }
    console.out(
        keep ? fmt::format("\nThe files stay in {}; go on with them: ringtail serve --data {}/data",
                           folder.path(), folder.path())
             : "\nThe files are removed now; `ringtail demo --keep FOLDER` keeps them.");
    console.out("Next, your own account: ringtail help source");
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
