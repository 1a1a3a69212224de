#pragma once
#include "cli/service_parts.hpp"
#include "jobs/engine.hpp"
#include "web/actions.hpp"

namespace ringtail::cli {

// What the REST API asks of the rest of the service.
class ServiceActions final : public web::Actions {
  public:
    ServiceActions(ServiceParts& parts, jobs::Engine& engine)
        : parts_(parts), accounts_(parts.accounts), engine_(engine) {}

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
    Change change(const std::string& before, const control::JobRecord& job) override {
        auto change = report_change(before, job, parts_);
        return {std::move(change.words), change.takes_away};
    }
    std::string shown_url(const std::string& url) override { return accounts_.shown_url(url); }
    void wake() override { engine_.wake(); }
    void hooks_came() override { engine_.hooks_came(); }

  private:
    ServiceParts& parts_;
    jobs::Accounts& accounts_;
    jobs::Engine& engine_;
};

}  // namespace ringtail::cli
