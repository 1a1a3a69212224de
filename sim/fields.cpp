#include "fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "text.hpp"

namespace ringtail::sim {

namespace {

struct Named {
    std::string_view name, type;
};

// facts/dialfire.md F.1.
constexpr Named kUsual[] = {
    {"Firma", "text"},          {"Geburtsdatum", "date"},     {"Termin", "calendar"},
    {"Mobil_Nr", "phone"},      {"Anrede", "radiogroup"},     {"Produkt", "dropdown"},
    {"Straße", "autocomplete"}, {"OptIn_E_Mail", "checkbox"}, {"Verbrauch_kWh", "number"},
    {"Anzahl", "number"},       {"Notiz", "textarea"},        {"Extra", "text"},
};

// Names that need quoting, clash with columns, differ by case only, are too long for a database, or
// attack it.
constexpr Named kOdd[] = {
    {"Titel", "text"},
    {"titel", "text"},
    {"TITEL", "dropdown"},
    {"Größe in cm", "number"},
    {" führendes Leerzeichen", "text"},
    {"Ärger?", "text"},
    {"order", "number"},
    {"select", "text"},
    {"user", "text"},
    {"id", "text"},
    {"ID", "text"},
    {"contact_id", "text"},
    {"status", "radiogroup"},
    {"timezone", "text"},
    {"_492661939677", "phone"},
    {"2. Telefon", "phone"},
    {"$preis", "number"},
    {"$$sonder_feld", "text"},
    {"100% \"sicher\"", "checkbox"},
    {"it's", "text"},
    {"a`b", "text"},
    {"[x]]y[", "text"},
    {"back\\slash", "text"},
    {"Punkt.Komma,Semikolon;", "text"},
    {"Smörgåsbord 😀", "text"},
    {"x\"); DROP TABLE df_contacts; --", "text"},
    {"y'); DROP TABLE df_transactions; --", "text"},
    {"Wie zufrieden sind Sie insgesamt mit der Beratung durch unser Team? (1)", "number"},
    {"Wie zufrieden sind Sie insgesamt mit der Beratung durch unser Team? (2)", "number"},
    {"Übergrößenträgerwarenhausausstattungsüberprüfungsbeauftragte Person", "textarea"},
};

constexpr std::string_view kCompanies[] = {"Grün & Söhne GmbH 😀", "Meier KG", "Łódź Logistik",
                                           "Café Zürich AG",      "ACME",     "Ørsted Wind"};
constexpr std::string_view kStreets[] = {"Ångströmstraße 5", "Hauptstr. 17a", "Am Käsebach 3",
                                         "Rue de l'Église 12", "Unter den Linden 77"};
constexpr std::string_view kWords[] = {
    "Frau",           "Herr",   "Öko-Strom", "Gas plus", "Termin_vereinbart",
    "kein Interesse", "später", "neu",       "Bestand",  "A"};
constexpr std::string_view kNotes[] = {
    R"(1. Zeile\n2. Zeile\tmit Tab)",
    R"(Kunde möchte \"vielleicht\" später)",
    "hat schon einen Vertrag, läuft bis Jahresende; bitte im Herbst noch einmal anrufen und nach "
    "dem Ansprechpartner fragen",
    R"(Pfad C:\\Kunden\\Meier\/2024)",
};
constexpr std::string_view kNested[] = {
    R"({"score":0.87,"tags":["heiß","neu"],"url":"https://x.example/?a=1&b=<2>"})",
    R"(["a",1,null])",
    R"({"a":{"b":{"c":[1,2.50,{"d":""}]}},"n":null})",
};

constexpr std::int64_t kYear2024 = 1'704'067'200'000;

template <std::size_t N>
std::string_view pick(const std::string_view (&from)[N], std::uint64_t chance) {
    return from[(chance & 0xFFFF'FFFFU) % N];
}

void number(Tree& tree, KeyId key, std::uint64_t chance, Readings::Values values) {
    const bool as_text = values == Readings::Values::text ||
                         (values == Readings::Values::both && (chance & 3U) == 0);
    auto& out = tree.begin(key);
    if (as_text) out.push_back('"');
    append_number(out, static_cast<std::int64_t>(chance >> 40U) - (chance >> 63U ? 9'000'000 : 0));
    if (chance & 4U) {
        out.push_back('.');
        append_digits(out, (chance >> 8U) % 100, 2);
    }
    if (as_text) out.push_back('"');
    tree.end();
}

// One value such as fields of this type have; `chance` is one throw of the dice.
void value(Tree& tree, const FormElement& field, std::uint64_t chance, Readings::Values values) {
    const KeyId key = field.key;
    const std::uint64_t rest = chance >> 8U;
    if ((chance & 255U) < (field.filler ? 160U : 40U)) return tree.empty(key);
    if ((chance & 255U) < 46) return tree.null(key);
    const std::string_view type = field.field_type;
    if (type == "number") return number(tree, key, rest, values);
    if (type == "checkbox") return tree.text(key, (rest & 1U) != 0 ? "true" : "false");
    if (type == "textarea") return tree.text(key, pick(kNotes, rest));
    if (type == "autocomplete") return tree.text(key, pick(kStreets, rest));
    if (type == "calendar")
        return tree.time(key, kYear2024 + static_cast<std::int64_t>(rest % (500ULL * 86'400'000)));
    if (type == "text" && (rest & 7U) == 0 && field.name == "Extra")
        return tree.raw(key, pick(kNested, rest >> 3U));
    if (type == "text") return tree.text(key, pick(kCompanies, rest));
    if (type == "dropdown" || type == "radiogroup") return tree.text(key, pick(kWords, rest));
    auto& out = tree.begin(key);
    out.push_back('"');
    if (type == "date") {
        append_day(out, static_cast<std::int64_t>(rest % 15'000) * kDay);
    } else {
        out.append("+49");
        append_digits(out, rest % 10'000'000'000ULL, 10);
    }
    out.push_back('"');
    tree.end();
}

bool is_system_column(std::string_view name) {
    return std::find(kKeyNames.begin(), kKeyNames.begin() + key::c_other_mirror, name) !=
           kKeyNames.begin() + key::c_other_mirror;
}

}  // namespace

Form::Form(unsigned count, bool odd, const Readings& readings) {
    for (const auto name : kKeyNames) names_.push_back(fmt::format("\"{}\":", name));
    const std::size_t natural = std::size(kUsual) + (odd ? std::size(kOdd) : 0);
    const std::size_t wanted = count > 0 ? count : natural;
    for (std::size_t i = 0; i < wanted; ++i) {
        if (i < std::size(kUsual)) {
            append(std::string(kUsual[i].name), std::string(kUsual[i].type));
        } else if (odd && i < natural) {
            append(std::string(kOdd[i - std::size(kUsual)].name),
                   std::string(kOdd[i - std::size(kUsual)].type));
        } else {
            append(fmt::format("feld_{:03}", i + 1), i % 5 == 0 ? "number" : "text");
            elements_.back().filler = true;
        }
        elements_.back().hidden = i % 9 == 8;
    }
    append("Altfeld", "text", 0, true);
    append("section_1", "");
    append("$comment", "text");
    if (odd && wanted == natural) {  // once deleted, then made again: a column after all
        append("Titel", "text", 0, true);
        append("Wiedergekehrt", "text", 0, true);
        append("Wiedergekehrt", "text");
    }
    if (readings.mirror_fields_listed)
        for (KeyId mirror = key::c_mirror_task; mirror <= key::c_mirror_status_detail; ++mirror)
            append(std::string(kKeyNames[mirror]), "text");
}

void Form::append(std::string name, std::string field_type, std::uint64_t since, bool deleted) {
    FormElement element;
    element.name = std::move(name);
    element.field_type = std::move(field_type);
    element.deleted = deleted;
    element.since = since;
    element.key = kNoKey;
    const auto same = std::ranges::find(elements_, element.name, &FormElement::name);
    if (same != elements_.end()) {
        element.key = same->key;
    } else if (is_system_column(element.name)) {
        const auto place = std::ranges::find(kKeyNames, element.name);
        element.key = static_cast<KeyId>(place - kKeyNames.begin());
    } else if (!element.field_type.empty()) {
        element.key = static_cast<KeyId>(names_.size());
        names_.push_back(json(element.name) + ":");
    }
    elements_.push_back(std::move(element));
}

void Form::add(const std::string& name, const std::string& field_type, std::uint64_t since) {
    const auto there = [&](const FormElement& one) { return one.name == name && !one.deleted; };
    if (std::ranges::none_of(elements_, there)) append(name, field_type, since);
}

FormElement* Form::find(const std::string& name) {
    const auto found = std::ranges::find_if(elements_, [&](const FormElement& one) {
        return one.name == name && !one.deleted && one.listed && one.key >= kFixedKeys &&
               one.key != kNoKey;
    });
    return found == elements_.end() ? nullptr : &*found;
}

bool Form::remove(const std::string& name, std::uint64_t since) {
    FormElement* const field = find(name);
    if (field == nullptr) return false;
    field->until = since;
    field->deleted = true;
    return true;
}

bool Form::rename(const std::string& name, const std::string& to, std::uint64_t since) {
    FormElement* const field = find(name);
    if (field == nullptr) return false;
    field->until = since;
    field->listed = false;
    const std::string type = field->field_type;
    add(to, type, since);
    return true;
}

bool Form::retype(const std::string& name, const std::string& type, std::uint64_t since) {
    FormElement* const field = find(name);
    if (field == nullptr) return false;
    field->old_type = std::exchange(field->field_type, type);
    field->retyped = since;
    return true;
}

std::vector<KeyId> Form::columns() const {
    std::vector<KeyId> columns;
    for (const auto& element : elements_) {
        if (element.field_type.empty() || element.deleted || !element.listed ||
            element.key < key::c_mirror_task)
            continue;
        if (std::ranges::find(columns, element.key) == columns.end())
            columns.push_back(element.key);
    }
    return columns;
}

std::string Form::list_json() const {
    std::string out = "[";
    for (const auto& element : elements_) {
        if (!element.listed) continue;
        out.append(out.size() > 1 ? ",\n" : "").append(R"({"type":)");
        if (element.field_type.empty()) {
            out.append(R"("headline")");
        } else {
            out.append(R"("field","fieldType":)").append(json(element.field_type));
        }
        out.append(R"(,"name":)").append(json(element.name));
        out.append(element.hidden ? R"(,"state":"hidden")" : R"(,"state":"visible")");
        if (element.deleted) out.append(R"(,"deleted":true)");
        out.append(R"(,"label":"","options":[]})");
    }
    return out.append("]");
}

void Form::fill(Tree& tree, Dice dice, std::uint64_t change, const Readings& readings) const {
    KeyId last = 0;
    for (const auto& element : elements_) {
        const std::uint64_t chance = dice.next();
        if (element.key < kFixedKeys || element.key == kNoKey || element.since > change) continue;
        if (element.key <= last) continue;  // named twice
        if (element.until > 0 ? change >= element.until : element.deleted && (chance >> 60U) != 0)
            continue;  // most contacts have nothing for a field deleted long ago
        last = element.key;
        if (change >= element.retyped) {
            value(tree, element, chance, readings.number_fields);
        } else {
            FormElement before = element;
            before.field_type = element.old_type;
            value(tree, before, chance, readings.number_fields);
        }
    }
}

}  // namespace ringtail::sim
