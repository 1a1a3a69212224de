#pragma once
#include <string>

namespace ringtail::sqlserver {

// FreeTDS reads how certificates are checked from its configuration file only. This program's own,
// in a private folder that is removed at its end, is named by the variable FREETDSCONF from the
// first call on (the user's own file is no longer read then). Returns the name of the section with
// this text, for "Servername=". May be called by several threads. Error(config) where no file can
// be written.
std::string freetds_section_name(const std::string& section);

}  // namespace ringtail::sqlserver
