#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/set_up_file.hpp"
#include "json/write.hpp"

namespace ringtail::cli {
namespace {

void show(Console& console, Output output, const config::Step& step) {
    if (output == Output::json) {
        std::string effects;
        for (const std::string& effect : step.effects)
            effects += (effects.empty() ? "" : ",") + json_string(effect);
        console.out(fmt::format(R"({{"step":{},"what":{},"detail":{},"effects":[{}]}})",
                                json_string(name_of(step.kind)), json_string(step.what),
                                json_string(step.detail), effects));
    } else {
        console.out(fmt::format("{:<7} {}{}{}", name_of(step.kind), step.what,
                                step.detail.empty() ? "" : ": ", step.detail));
        for (const std::string& effect : step.effects) console.out("        " + effect);
    }
}

int apply(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 0, 0, "ringtail apply --file ringtail.toml [--plan] [--prune] [--yes]");
    if (!words.has("file")) {
        throw Error(Fault::config, "--file is missing")
            .with_hint("Write: ringtail apply -f ringtail.toml [--plan]");
    }
    const Output output = words.output();
    const auto steps = set_up_steps(words.text("file"), words.on("prune"), parts, context);
    if (!words.on("plan") && !words.on("yes")) refuse_taking_away(steps, words.text("file"));
    for (const config::Step& step : steps) {
        show(context.console, output, step);
        if (!words.on("plan") && step.make) step.make();
    }
    const bool any = std::ranges::any_of(
        steps, [](const config::Step& step) { return step.kind != config::Step::Kind::left; });
    if (words.on("plan")) {
        if (output == Output::text) {
            context.console.out(any ? "Nothing is changed yet: leave --plan out."
                                    : "The store is as the file says.");
        }
        return exit_done;
    }
    for (const auto& source : parts.store.sources().list()) parts.accounts.ensure_jobs(source);
    if (output == Output::text) {
        context.console.out(any ? "Done." : "The store is as the file says.");
    }
    return exit_done;
}

}  // namespace

int run_apply(std::span<const std::string> words, Context& context) {
    constexpr std::array<Flag, 4> kFlags{{{"file"},
                                          {"plan", Flag::Takes::nothing},
                                          {"prune", Flag::Takes::nothing},
                                          {"yes", Flag::Takes::nothing}}};
    std::vector<std::string> long_form(words.begin(), words.end());
    std::ranges::replace(long_form, std::string("-f"), std::string("--file"));
    return run_service_command(
        "apply", long_form, kFlags, context,
        [&](const Words& parsed, ServiceParts& parts) { return apply(parsed, parts, context); });
}

int run_export(std::span<const std::string> words, Context& context) {
    return run_service_command("export", words, {}, context,
                               [&](const Words& parsed, ServiceParts& parts) {
                                   expect_plain(parsed, 0, 0, "ringtail export > ringtail.toml");
                                   std::string text = config::write_set_up(parts.store);
                                   if (text.ends_with('\n')) text.pop_back();
                                   context.console.out(text);
                                   return exit_done;
                               });
}

}  // namespace ringtail::cli
