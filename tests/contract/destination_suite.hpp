#pragma once

// What every destination must do: suite_*.cpp, which are compiled once for all databases. A test
// program links contract_suite, includes this once and instantiates it for its database:
//
//   INSTANTIATE_TEST_SUITE_P(SQLite, DestinationSuite, ::testing::Values(SubjectKind{"sqlite",
//   make_subject, "SQLite"}), kind_name);
//
// Each test gets a Subject of its own: one empty database, and probes that read it without the code
// under test.
#include "contract/fixture.hpp"

namespace ringtail::contract {

inline std::string kind_name(const ::testing::TestParamInfo<SubjectKind>& info) {
    return info.param.name;
}

}  // namespace ringtail::contract
