#pragma once

// What every destination must do. A test program includes this once and instantiates it for its
// database:
//
//   INSTANTIATE_TEST_SUITE_P(SQLite, DestinationSuite, ::testing::Values(SubjectKind{"sqlite",
//   make_subject, "SQLite"}), kind_name);
//
// Each test gets a Subject of its own: one empty database, and probes that read it without the code
// under test.
#include "contract/suite_first_fill.hpp"
#include "contract/suite_matrix.hpp"
#include "contract/suite_names.hpp"
#include "contract/suite_reading.hpp"
#include "contract/suite_retention.hpp"
#include "contract/suite_rows.hpp"
#include "contract/suite_star.hpp"
#include "contract/suite_star_views.hpp"
#include "contract/suite_streams.hpp"
#include "contract/suite_tables.hpp"
#include "contract/suite_values.hpp"

namespace ringtail::contract {

inline std::string kind_name(const ::testing::TestParamInfo<SubjectKind>& info) {
    return info.param.name;
}

}  // namespace ringtail::contract
