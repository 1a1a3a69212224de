#include "source/callkeeper/answer.hpp"

#include <fmt/core.h>

#include "base/time_text.hpp"
#include "json/text.hpp"
#include "source/callkeeper/fields.hpp"

namespace ringtail::callkeeper {
namespace {

using Kind = JsonValue::Kind;

constexpr auto kSoon = std::chrono::days(7);

JsonValue first_of(JsonValue root) {
    for (const JsonValue element : root.elements()) return element;
    return root.is(Kind::array) ? JsonValue() : root;
}

bool is_fail(JsonValue object) {
    std::string scratch;
    std::string_view status;
    return object.find("status").text(status, scratch) && status == "fail";
}

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string clipped(const std::string& reason) {
    std::string out;
    for (const char c : reason.substr(0, 200)) out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    return out.empty() ? "no reason given" : out;
}

}  // namespace

void require_whole(std::string_view body) {
    try {
        JsonDocument::check(body);
    } catch (const Error& error) {
        throw Error(Fault::transient,
                    fmt::format("CallKeeper's answer is not whole: {}", error.what()));
    }
}

std::optional<std::string> refusal_in(std::string_view body) {
    try {
        const JsonDocument document(body);
        const JsonValue object = first_of(document.root());
        if (!is_fail(object)) return std::nullopt;
        std::string scratch;
        const JsonValue reason = object.find("reason");
        return reason.is_null() ? std::string() : std::string(reason.text_or_raw(scratch));
    } catch (const Error&) {
        return std::nullopt;
    }
}

Error refusal_error(int status, const std::string& reason, std::string_view what) {
    const std::string text = lower_ascii(reason);
    const auto says = [&](std::string_view word) { return text.find(word) != std::string::npos; };
    const std::string said = fmt::format("CallKeeper answered {}: {}", status, clipped(reason));
    if (status == 401 || says("unauthorized host")) {
        return Error(Fault::auth,
                     fmt::format("CallKeeper does not take requests from this machine. {}", said))
            .with_hint(
                "In CallKeeper's cabinet open Profile and authorise this machine's address, or "
                "switch the host check off.");
    }
    if (status == 402 || says("paid") || says("оплач")) {
        return Error(Fault::auth, fmt::format("the CallKeeper account is not paid for. {}", said))
            .with_hint(
                "Renew the account in CallKeeper's cabinet; the next run goes on where this one "
                "stopped, and nothing is lost.");
    }
    if (status == 403 && (says("access") || says("level") || says("доступ"))) {
        return Error(Fault::auth, fmt::format("the API key has the wrong access level. {}", said))
            .with_hint(
                "Make a key with the level \"Только получение данных\" (data reading only) in "
                "CallKeeper's cabinet, Profile, and give Ringtail that one.");
    }
    if (status == 403) {
        return Error(Fault::auth, fmt::format("the API key is wrong. {}", said))
            .with_hint(
                "Copy the key again from CallKeeper's cabinet, Profile; it may have been deleted "
                "or have run out.");
    }
    if (status == 417) {
        return Error(Fault::auth, fmt::format("the API key is not whole. {}", said))
            .with_hint("Keys have 16 or 32 characters: copy all of it, without blanks.");
    }
    if (status == 412) {
        return Error(Fault::auth,
                     fmt::format("CallKeeper does not know the key's account. {}", said))
            .with_hint(
                "Log in to CallKeeper's cabinet, see that the account is there, and make a "
                "new key in Profile.");
    }
    if (status == 404 || status == 405) {
        return Error(Fault::config, fmt::format("{}: {}", what, said))
            .with_hint(
                "Check the API address and the method; getCallsInfo and getCallsCompleted can "
                "load calls.");
    }
    return Error(Fault::data, fmt::format("{}: {}", what, said))
        .with_hint("If it happens again, the API has changed; report it.");
}

std::vector<JsonValue> calls_of(const JsonDocument& answer) {
    std::vector<JsonValue> calls;
    const JsonValue root = answer.root();
    const JsonValue result = root.is(Kind::object) ? root.find("result") : root;
    if (root.is(Kind::object) && is_fail(root) && !result.exists())
        throw Error(Fault::data, "the answer is a refusal");
    if (result.is(Kind::array)) {
        for (const JsonValue element : result.elements()) calls.push_back(element);
    } else if (result.is(Kind::object)) {
        if (result.find("id").exists()) return {result};
        // A PHP array with gaps is written as an object.
        for (const auto& [name, value] : result.members()) calls.push_back(value);
    } else if (!is_blank(result) && !(result.is(Kind::boolean) && result.raw() == "false")) {
        throw Error(Fault::data, fmt::format("the answer's result is no list of calls: {}",
                                             clipped(std::string(result.raw()))));
    }
    return calls;
}

UserInfo read_user_info(std::string_view body, Instant now) {
    const JsonDocument document(body);
    JsonValue account = document.root();
    if (account.find("result").exists()) account = account.find("result");
    account = first_of(account);
    if (!account.is(Kind::object))
        throw Error(Fault::data, "getUserInfo answered something that describes no account");
    UserInfo info;
    append_minified(account.raw(), info.raw);
    std::string scratch;
    std::string_view text;
    if (account.find("paid_till").text(text, scratch)) info.paid_till = parse_time(text);
    if (!info.paid_till) return info;
    if (*info.paid_till <= now) {
        info.notes.push_back(
            {fmt::format("the account's paid period is over since {}", format_day(*info.paid_till)),
             "Renew it in CallKeeper's cabinet: without it CallKeeper may refuse to give the "
             "calls, and sends no webhooks."});
    } else if (*info.paid_till - now < kSoon) {
        info.notes.push_back(
            {fmt::format("the account's paid period ends on {}", format_day(*info.paid_till)),
             "Renew it in CallKeeper's cabinet before that day: without it CallKeeper may refuse "
             "to give the calls, and sends no webhooks."});
    }
    return info;
}

}  // namespace ringtail::callkeeper
