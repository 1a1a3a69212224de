#pragma once
#include <memory>

#include "destination/destination.hpp"

namespace ringtail::jobs {

// Makes destinations as `factory` does and keeps them open when the pipeline has done with them, so
// that the run can ask its stream's state without connecting again.
class KeptDestinations {
  public:
    explicit KeptDestinations(DestinationFactory factory) : factory_(std::move(factory)) {}

    DestinationFactory factory();
    // One that was made, or a new one. Not while the pipeline uses it.
    Destination& any();

  private:
    DestinationFactory factory_;
    std::shared_ptr<Destination> first_;
};

}  // namespace ringtail::jobs
