#pragma once
#include <string>

#include "fields.hpp"
#include "plan.hpp"
#include "tree.hpp"

namespace ringtail::sim {

// What a contact is written from.
struct Writing {
    const Shape& shape;
    const Form& form;
    std::string_view campaign;
};

// The contact as POST contacts/?include_md5=true delivers it, into an empty tree. The same plan
// always gives the same text.
void write_contact(const Writing& writing, const Plan& plan, Tree& tree);

// The 32 hex digits of write_contact()'s "$md5".
void append_contact_md5(std::string& out, const Shape& shape, std::uint32_t index,
                        std::uint32_t md5_revision);

}  // namespace ringtail::sim
