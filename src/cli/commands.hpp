#pragma once
#include <span>
#include <string>
#include <string_view>

#include "cli/context.hpp"

// One function per command; each returns the exit code and throws nothing but std::exception for
// what is our own fault. `words` is the command line after the command's name.
namespace ringtail::cli {

int run_dbsync2(std::span<const std::string> words, Context& context);
int run_sync(std::span<const std::string> words, Context& context);
int run_check(std::span<const std::string> words, Context& context);
int run_deliveries(std::span<const std::string> words, Context& context);
int run_serve(std::span<const std::string> words, Context& context);
int run_apply(std::span<const std::string> words, Context& context);
int run_export(std::span<const std::string> words, Context& context);
int run_source(std::span<const std::string> words, Context& context);
int run_destination(std::span<const std::string> words, Context& context);
int run_key(std::span<const std::string> words, Context& context);
int run_jobs(std::span<const std::string> words, Context& context);  // jobs
int run_job(std::span<const std::string> words, Context& context);   // job add|edit|remove
int run_now(std::span<const std::string> words, Context& context);   // run
int run_load(std::span<const std::string> words, Context& context);
int run_report(std::span<const std::string> words, Context& context);
int run_prune(std::span<const std::string> words, Context& context);
int run_reconcile(std::span<const std::string> words, Context& context);
int run_ledger(std::span<const std::string> words, Context& context);
int run_runs(std::span<const std::string> words, Context& context);  // runs
int run_journal(std::span<const std::string> words, Context& context);
// cancel, pause and resume of a run
int run_wish(std::string_view wish, std::span<const std::string> words, Context& context);
int run_demo(std::span<const std::string> words, Context& context);

}  // namespace ringtail::cli
