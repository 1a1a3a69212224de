#pragma once
#include <map>
#include <string>
#include <utility>

#include "fault/scene.hpp"

namespace ringtail::fault {

struct OldTables {
    std::map<std::pair<std::string, std::string>, unsigned> cut;  // table, column: how many texts
    std::string older_id;  // of a connection that stands there a second time
};

// Fills the scene's database with unprefixed tables, as the old client would have
// (facts/dialfire.md B.8, B.10): its columns and types, md5s as the service has them now, texts cut
// at 50 and 100 characters, every tenth child row missing (E-2), and one connection also under the
// id that 1.5.4 gave it.
OldTables fill_as_old_client(Scene& scene);

}  // namespace ringtail::fault
