#pragma once

namespace ringtail::cli {

// Overwrites, in place, the values of --ct and --header, and what may be a password in any URL with
// asterisks, so that `ps` and /proc show them no longer. To be called when the words have been
// copied.
void wipe_secrets(int argc, char** argv);

}  // namespace ringtail::cli
