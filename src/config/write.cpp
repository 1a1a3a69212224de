#include <fmt/core.h>

#include <algorithm>

#include "config/steps.hpp"
#include "json/document.hpp"
#include "json/write.hpp"

namespace ringtail::config {
namespace {

bool is_bare(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
}

// JSON's strings are TOML's basic strings, but for DEL, which JSON has plain.
std::string toml_string(std::string_view text) {
    std::string out = json_string(text);
    for (auto at = out.find('\x7f'); at != std::string::npos; at = out.find('\x7f', at))
        out.replace(at, 1, "\\u007F");
    return out;
}

std::string key(std::string_view name) {
    return is_bare(name) ? std::string(name) : toml_string(name);
}

std::string text_of(JsonValue value) {
    std::string scratch;
    return std::string(value.text_or_raw(scratch));
}

void append_value(JsonValue value, std::string& out) {
    if (value.is(JsonValue::Kind::object)) {
        out += "{ ";
        const char* before = "";
        for (const auto& [name, member] : value.members()) {
            if (member.is_null()) continue;  // TOML has no null
            out += before + key(text_of(name)) + " = ";
            append_value(member, out);
            before = ", ";
        }
        out += *before == '\0' ? "}" : " }";
    } else if (value.is(JsonValue::Kind::array)) {
        out += '[';
        const char* before = "";
        for (const JsonValue element : value.elements()) {
            out += before;
            append_value(element, out);
            before = ", ";
        }
        out += ']';
    } else if (value.is(JsonValue::Kind::string)) {
        out += toml_string(text_of(value));
    } else {
        out += value.raw();
    }
}

void append_settings(const std::string& settings, std::string& out) {
    const JsonDocument document(settings);
    for (const auto& [name, value] : document.root().members()) {
        if (value.is_null()) continue;
        out += key(text_of(name)) + " = ";
        append_value(value, out);
        out += '\n';
    }
}

// A variable's name for a secret: RINGTAIL_SHOP_KEY.
std::string variable(std::string_view name, std::string_view what) {
    std::string out = "RINGTAIL_";
    for (const char c : name) {
        const bool letter = (c >= 'a' && c <= 'z');
        const bool kept = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        out += letter ? static_cast<char>(c - 'a' + 'A') : kept ? c : '_';
    }
    return out + "_" + std::string(what);
}

void append_service(control::Store& store, std::string& out) {
    std::string keys;
    if (const auto listen = store.setting("listen"))
        keys += fmt::format("listen = {}\n", toml_string(*listen));
    if (const auto days = store.setting("journal_days"))
        keys += fmt::format("journal_days = {}\n", *days);
    if (const auto bytes = store.setting("inbox_bytes"))
        keys += fmt::format("inbox_mb = {}\n", std::stoull(*bytes) >> 20U);
    if (!keys.empty()) out += "[service]\n" + keys + "\n";
}

void append_job(const control::SourceRecord& source, const control::JobRecord& job,
                std::string& out) {
    out += fmt::format("[source.{}.job.{}]\nkind = {}\nschedule = {}\n", key(source.name),
                       key(job.name), toml_string(name_of(job.kind)), toml_string(job.schedule));
    if (job.last_days) out += fmt::format("last_days = {}\n", *job.last_days);
    if (!job.enabled) out += "enabled = false\n";
    append_settings(job.settings, out);
    out += '\n';
}

}  // namespace

std::string write_set_up(control::Store& store) {
    std::string out;
    append_service(store, out);
    for (const auto& destination : store.destinations().list()) {
        out += fmt::format("[destination.{}]\n", key(destination.name));
        const std::string url = store.destinations().url(destination.number);
        out += url == destination.shown
                   ? fmt::format("url = {}\n\n", toml_string(url))
                   : fmt::format("url_env = {}  # {}\n\n",
                                 toml_string(variable(destination.name, "URL")), destination.shown);
    }
    for (const auto& source : store.sources().list()) {
        out += fmt::format("[source.{}]\nkind = {}\nkey_env = {}  # …{}\n", key(source.name),
                           toml_string(name_of(source.kind)),
                           toml_string(variable(source.name, "KEY")), source.last4);
        if (const auto destination = store.destinations().find(source.destination))
            out += fmt::format("destination = {}\n", toml_string(destination->name));
        if (!source.enabled) out += "enabled = false\n";
        append_settings(source.settings, out);
        out += '\n';
        for (const auto& job : store.jobs().list(source.number))
            if (job.kind != control::JobKind::history && job.kind != control::JobKind::hooks)
                append_job(source, job, out);
    }
    return out;
}

}  // namespace ringtail::config
