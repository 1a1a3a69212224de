#include "base/metrics.hpp"

#include <fmt/format.h>

namespace ringtail {
namespace {

void append_label(std::string& out, std::string_view name, std::string_view value) {
    if (!out.empty()) out += ',';
    out.append(name).append("=\"");
    for (const char c : value) {
        if (c == '\\' || c == '"') out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    out += '"';
}

std::string text_of(const Labels& labels) {
    std::string text;
    for (const auto& [name, value] : labels) append_label(text, name, value);
    return text;
}

template <typename Families, typename Name>
auto& number_of(Families& families, const Name& family, const Labels& labels) {
    auto& entry = families[std::string(family.name)];
    if (entry.help.empty()) entry.help = family.help;
    return entry.numbers[text_of(labels)];
}

template <typename Families>
void write(std::string& out, const Families& families, std::string_view type) {
    for (const auto& [name, family] : families) {
        if (family.numbers.empty()) continue;
        fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} {2}\n", name,
                       family.help, type);
        for (const auto& [labels, number] : family.numbers) {
            out.append(name);
            if (!labels.empty()) out.append("{").append(labels).append("}");
            fmt::format_to(std::back_inserter(out), " {}\n", number.value());
        }
    }
}

}  // namespace

Counter& Metrics::counter(const CounterName& family, const Labels& labels) {
    std::lock_guard lock(mutex_);
    return number_of(counters_, family, labels);
}

Gauge& Metrics::gauge(const GaugeName& family, const Labels& labels) {
    std::lock_guard lock(mutex_);
    return number_of(gauges_, family, labels);
}

void Metrics::before_text(std::function<void()> refresh) {
    std::lock_guard lock(mutex_);
    refresh_.push_back(std::move(refresh));
}

std::string Metrics::text() {
    std::vector<std::function<void()>> refresh;
    {
        std::lock_guard lock(mutex_);
        refresh = refresh_;
    }
    for (const auto& set : refresh) set();
    std::string out;
    std::lock_guard lock(mutex_);
    write(out, counters_, "counter");
    write(out, gauges_, "gauge");
    return out;
}

}  // namespace ringtail
