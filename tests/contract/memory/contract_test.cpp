#include "destination/memory/memory.hpp"

#include "contract/destination_suite.hpp"

namespace ringtail::contract {
namespace {

class MemorySubject final : public Subject {
  public:
    std::unique_ptr<Destination> open(const DestinationOptions& options) override {
        return make_memory(database_, options);
    }

    Dump dump(const std::string& table) override {
        if (table != "ringtail_rejects") return {database_->columns(table), database_->rows(table)};
        Dump dump{{"table_name", "row_key", "column_name", "raw", "reason", "rejected_at"}, {}};
        for (const Reject& reject : database_->rejects()) {
            dump.rows.push_back(
                {reject.table, reject.key, reject.column, reject.raw, reject.reason, "kept"});
        }
        return dump;
    }

    void add_text_column(const std::string& table, const std::string& column) override {
        database_->add_column(table, column);
    }

    void expire_lease(const std::string& stream) override { database_->expire_lease(stream); }

  private:
    std::shared_ptr<MemoryDatabase> database_ = std::make_shared<MemoryDatabase>();
};

INSTANTIATE_TEST_SUITE_P(Memory, DestinationSuite,
                         ::testing::Values(SubjectKind{
                             "memory", [] { return std::make_unique<MemorySubject>(); }}),
                         kind_name);

}  // namespace
}  // namespace ringtail::contract
