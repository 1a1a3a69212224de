#pragma once
#include <span>
#include <string>

#include "cli/context.hpp"

// One function per command; each returns the exit code and throws nothing but std::exception for
// what is our own fault. `words` is the command line after the command's name.
namespace ringtail::cli {

int run_dbsync2(std::span<const std::string> words, Context& context);
int run_sync(std::span<const std::string> words, Context& context);
int run_check(std::span<const std::string> words, Context& context);
int run_deliveries(std::span<const std::string> words, Context& context);
int run_demo(std::span<const std::string> words, Context& context);

}  // namespace ringtail::cli
