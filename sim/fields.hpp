#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "dice.hpp"
#include "readings.hpp"
#include "tree.hpp"

namespace ringtail::sim {

// One element of fields/list.
struct FormElement {
    std::string name;
    std::string field_type;  // empty: no field, a headline
    bool hidden = false;
    bool deleted = false;     // contacts may still have values
    bool filler = false;      // mostly empty
    std::uint64_t since = 0;  // contacts changed before this live change do not have it
    std::uint64_t until = 0;  // those changed from this one on do not either; 0: no end
    bool listed = true;       // in fields/list
    std::string old_type;     // contacts changed before `retyped` have values of this type
    std::uint64_t retyped = 0;
    KeyId key = 0;
};
inline constexpr KeyId kNoKey = 0xFFFF;

// The campaign's form: what fields/list says and which custom fields contacts have.
class Form {
  public:
    // `count` fields that are neither deleted nor system columns; 0: the usual ones, and odd names
    // if `odd`.
    Form(unsigned count, bool odd, const Readings& readings);
    // A live change: contacts changed from change number `since` on have it. Nothing happens if the
    // name is there.
    void add(const std::string& name, const std::string& field_type, std::uint64_t since);

    // The same for a field that goes (its element stays, as deleted), gets another name (it is
    // another field then) or another type. False when there is no such field.
    bool remove(const std::string& name, std::uint64_t since);
    bool rename(const std::string& name, const std::string& to, std::uint64_t since);
    bool retype(const std::string& name, const std::string& field_type, std::uint64_t since);

    const std::vector<FormElement>& elements() const { return elements_; }
    // All keys of all objects by KeyId, escaped, with quotes and colon.
    const std::vector<std::string>& names() const { return names_; }
    // Custom fields that become columns of contacts, in order: not deleted, no system column, each
    // name once.
    std::vector<KeyId> columns() const;
    // The answer of fields/list.
    std::string list_json() const;

    // Adds the custom fields to the contact opened last. `dice` decides the values; the contact's
    // last change was `change`.
    void fill(Tree& tree, Dice dice, std::uint64_t change, const Readings& readings) const;

  private:
    FormElement* find(const std::string& name);  // the living one
    void append(std::string name, std::string field_type, std::uint64_t since = 0,
                bool deleted = false);

    std::vector<FormElement> elements_;
    std::vector<std::string> names_;
};

}  // namespace ringtail::sim
