#include "jobs/kept_destination.hpp"

namespace ringtail::jobs {
namespace {

class Lent final : public Destination {
  public:
    explicit Lent(std::shared_ptr<Destination> kept) : kept_(std::move(kept)) {}
    std::vector<Table> prepare(std::span<const Table> tables) override {
        return kept_->prepare(tables);
    }
    void create_views(std::span<const View> views) override { kept_->create_views(views); }
    void create_calls(const CallsPart& part) override { kept_->create_calls(part); }
    LoadStats load(const Load& load, std::stop_token stop) override {
        return kept_->load(load, std::move(stop));
    }
    std::vector<std::optional<std::string>> fingerprints(
        const Table& table, std::span<const std::string> keys) override {
        return kept_->fingerprints(table, keys);
    }
    StreamStore& streams() override { return kept_->streams(); }
    Retention* retention() override { return kept_->retention(); }
    RowReader* rows() override { return kept_->rows(); }

  private:
    std::shared_ptr<Destination> kept_;
};

}  // namespace

DestinationFactory KeptDestinations::factory() {
    return [this]() -> std::unique_ptr<Destination> {
        std::shared_ptr<Destination> made = factory_();
        if (!first_) first_ = made;
        return std::make_unique<Lent>(std::move(made));
    };
}

Destination& KeptDestinations::any() {
    if (!first_) first_ = factory_();
    return *first_;
}

}  // namespace ringtail::jobs
