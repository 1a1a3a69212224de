#include "contract/destination_suite.hpp"
#include "contract/sqlite/subject.hpp"

namespace ringtail::contract {
namespace {

INSTANTIATE_TEST_SUITE_P(SQLite, DestinationSuite,
                         ::testing::Values(SubjectKind{
                             "sqlite", [] { return std::make_unique<SqliteSubject>(); }, "SQLite"}),
                         kind_name);

}  // namespace
}  // namespace ringtail::contract
