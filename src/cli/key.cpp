#include <fmt/core.h>

#include <array>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/service_parts.hpp"
#include "cli/text_table.hpp"
#include "web/json_out.hpp"

namespace ringtail::cli {
namespace {

web::JsonObject json_of(const control::ApiKeyRecord& key) {
    web::JsonObject json;
    json.number("number", key.number)
        .text("name", key.name)
        .text("scope", name_of(key.scope))
        .text("last4", key.last4)
        .time("created", key.created)
        .time("last_used", key.last_used)
        .time("revoked", key.revoked);
    return json;
}

int add(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 2, 2, "ringtail key add NAME [--scope read|manage]");
    const auto scope = control::scope_of(words.text("scope", "read"));
    if (!scope) throw Error(Fault::config, "--scope: allowed are read and manage");
    const auto made = parts.store.keys().add(words.plain[1], *scope, context.clock.now());
    if (words.output() == Output::json) {
        context.console.out(json_of(made.record).text("key", made.key).done());
        return exit_done;
    }
    context.console.out(fmt::format(
        "Key {} ({}), shown this once:\n\n  {}\n\nUse it as: curl -H 'Authorization: Bearer {}' "
        "{}/api/v1/sources",
        made.record.number, name_of(made.record.scope), made.key, "KEY", parts.hook_base()));
    return exit_done;
}

int list(const Words& words, ServiceParts& parts, Context& context) {
    TextTable table({"NUMBER", "NAME", "SCOPE", "KEY", "CREATED", "LAST USED", "REMOVED"});
    for (const auto& key : parts.store.keys().list()) {
        if (words.output() == Output::json) {
            context.console.out(json_of(key).done());
        } else {
            table.add({std::to_string(key.number), key.name, std::string(name_of(key.scope)),
                       "…" + key.last4, shown_time(key.created), shown_time(key.last_used),
                       shown_time(key.revoked)});
        }
    }
    if (words.output() == Output::text) {
        table.show(context.console, "None yet, so the API answers nobody: ringtail key add NAME");
    }
    return exit_done;
}

int remove(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 2, 2, "ringtail key remove NUMBER|NAME");
    for (const auto& key : parts.store.keys().list()) {
        const bool meant =
            words.plain[1] == std::to_string(key.number) || words.plain[1] == key.name;
        if (!meant || key.revoked) continue;
        parts.store.keys().revoke(key.number, context.clock.now());
        if (words.output() == Output::json) {
            context.console.out(web::JsonObject().number("removed", key.number).done());
        } else {
            context.console.out(
                fmt::format("Key {} ({}) is good no longer.", key.number, key.name));
        }
        return exit_done;
    }
    throw Error(Fault::config, "there is no such key that is still good")
        .with_hint("`ringtail key list` shows them.");
}

}  // namespace

int run_key(std::span<const std::string> words, Context& context) {
    constexpr std::array<Flag, 1> kFlags{{{"scope"}}};
    return run_service_command(
        "key", words, kFlags, context, [&](const Words& parsed, ServiceParts& parts) {
            const std::string verb = parsed.plain.empty() ? "" : parsed.plain.front();
            if (verb == "add") return add(parsed, parts, context);
            if (verb == "list") return list(parsed, parts, context);
            if (verb == "remove") return remove(parsed, parts, context);
            throw Error(Fault::config, "key: what is to be done?")
                .with_hint("add, list or remove; see `ringtail help key`.");
        });
}

}  // namespace ringtail::cli
