#pragma once
#include <functional>

#include "jobs/accounts.hpp"
#include "web/actions.hpp"

namespace ringtail::cli {

// What the REST API asks of the rest of the service.
class ServiceActions final : public web::Actions {
  public:
    ServiceActions(jobs::Accounts& accounts, std::function<void()> wake)
        : accounts_(accounts), wake_(std::move(wake)) {}

    std::int64_t add_source(const control::SourceRecord& source,
                            const std::string& secret) override {
        return accounts_.add_source(source, secret);
    }
    void edit_source(const control::SourceRecord& source) override {
        accounts_.edit_source(source);
    }
    Verdict check_source(const control::SourceRecord& source) override;
    std::vector<TableInfo> tables(const control::SourceRecord& source) override;
    control::JobRecord planned(control::JobRecord job) override {
        return accounts_.planned(std::move(job));
    }
    std::string shown_url(const std::string& url) override { return accounts_.shown_url(url); }
    void wake() override { wake_(); }

  private:
    jobs::Accounts& accounts_;
    std::function<void()> wake_;
};

}  // namespace ringtail::cli
