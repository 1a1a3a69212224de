#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "destination/destination.hpp"

namespace ringtail::jobs {

// Deletes rows a little at a time, those that point at them first: a program that dies in between
// leaves no orphans.
class Eraser {
  public:
    struct Settings {
        std::string stream, holder;  // whose lease is held
        std::size_t at_once;         // rows in a transaction
    };
    // `told`: after each transaction. What is passed must outlive this. Error(config) where the
    // destination cannot.
    Eraser(Destination& destination, std::span<const Table> tables, Settings settings, Clock& clock,
           std::function<void(const TableStats&)> told);

    // Rows of the table with these keys. After each transaction a pause half as long as it
    // took. What was rejected of the rows goes with them.
    void erase(const std::string& table, std::span<const std::string> keys,
               const std::stop_token& stop);

  private:
    Destination& destination_;
    Retention& retention_;
    const std::span<const Table> tables_;
    const Settings settings_;
    Clock& clock_;
    const std::function<void(const TableStats&)> told_;
};

// Error(config) where the destination cannot delete rows of its own accord.
Retention& retention_of(Destination& destination);

}  // namespace ringtail::jobs
