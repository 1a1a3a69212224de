#include "cli/help_texts.hpp"

#include <array>

namespace ringtail::cli {
namespace {

constexpr std::string_view kOverview =
    R"(ringtail keeps call data in your own database.

  ringtail demo            see it work: a made-up campaign into SQLite, in ten seconds
  ringtail check           is the key right, is the database ready? Changes nothing
  ringtail sync            a Dialfire campaign into a database or to a web service, and keep it up to date
  ringtail deliveries      what a web service got, what it is owed, and dead letters
  ringtail dbsync2         the same with the old Sync Client's flags
  ringtail version         this program's version
  ringtail help COMMAND    all flags of a command

To start:
  ringtail sync --from dialfire://CAMPAIGN --token-file token.txt
loads the campaign into ringtail.db in this folder and follows it.)";

constexpr std::string_view kSync =
    R"(ringtail sync --from dialfire://CAMPAIGN [--to URL] [flags]

Loads the campaign's contacts, transactions, connections, recordings and inbound calls, then follows
it until it is stopped (SIGTERM, Ctrl-C). Started again, it goes on where it stopped.

What and where
  --from dialfire://ID   the campaign; required
  --to URL               sqlite:///./FILE, sqlite:///FOLDER/FILE,
                         postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require,
                         mysql://USER:PASSWORD@HOST:PORT/DATABASE?ssl-mode=REQUIRED or
                         clickhouse://USER:PASSWORD@HOST:8123/DATABASE
                         default: sqlite:///./ringtail.db, in the current folder
  --token-file FILE      file with the campaign's Sync Client token;
                         without it the variable RINGTAIL_TOKEN
  --prefix TEXT          in front of the tables' names; default df_, or nothing where the old
                         client's tables are there
  --adopt                use the old client's tables; an error where there are none
  --since DATE           list the contacts changed since then, again if need be; default: all
  --full                 list all contacts again, also if that was done before
  --only updates|human   only transactions of type update; human: only those made by a user
  --stages fc_,qc_       only transactions in stages whose names begin so

To a web service (--to https://HOST/PATH; docs/webhooks.md)
  --since DATE           the transactions fired since then; default: those from the first start on
  --state FILE           the outbox; default /var/opt/dbsync2/CAMPAIGN.outbox.db, then
                         $HOME/.dbsync2/
  --rate N|off           attempts a second; default 5
  --burst N              so many at once after a pause; default twice the rate
  --attempts N           then a delivery is a dead letter; default 10
  --retry-plan 5s,30s,2m pauses between attempts, the last repeats; default 2s, 6s, 18s … 4h
  --attempt-timeout 30s  of one attempt
  --secret-file FILE     sign as Standard Webhooks does; whsec_… or any text
  --header 'Name: value' a further header; may be given again
  --client-cert FILE     with --client-key FILE: a certificate of ours for TLS, in PEM
  --keep 7d              what was delivered is forgotten after that
  --max-outbox MB        stop reading while the outbox is larger; default 10240

How
  --once                 end when caught up; default: follow
  --every 60s            pause between two looks at what is new
  --overlap 2m           how far back each look begins before the end of the last
  --compare-every 15m    how often the contacts changed since yesterday are compared
  --custom-columns N     so many custom fields become columns, also --fields N; default 150
  --extra all            a column _extra for what has no column in all tables; default contacts
  --foreign-keys on|off  foreign keys in tables that are made; default on
  --w N                  requests in flight at most; default 16
  --retry-pause 500ms    first pause before a request is made again
  --stall-timeout 30s    a request that brings nothing for so long is made again
  --rows-per-load N      rows in one load; default 20000, ClickHouse 100000
  --api URL              the service's address; default https://api.dialfire.com

What you see
  --output text|json     json: one JSON object a line; default text
  --log-file FILE        write a log
  --log-level LEVEL      error, warning, info or debug; default info

Exit codes: 0 done, 1 failed, 2 usage, configuration or key, 3 done with rejects or dead letters.)";

constexpr std::string_view kCheck =
    R"(ringtail check --from dialfire://CAMPAIGN [--to URL] [flags]

Takes the flags of `ringtail sync`. Asks each of the service's five calls, compares the clocks, opens
the database and tries the rights to create and alter tables. Of the old client's tables it tells
what was cut and what a run will do. Changes nothing. Each line that failed
says why, and the command or SQL that mends it.

Exit codes: 0 all is well, 1 something is not, 2 usage.)";

constexpr std::string_view kDemo =
    R"(ringtail demo [--keep FOLDER] [--contacts N]

Starts a made-up Dialfire service on this machine, loads its campaign into a SQLite file, follows
live changes for a few seconds, and shows the summary and three queries with their results.

  --keep FOLDER          put demo.db there and keep it; default: a temporary folder, removed
  --contacts N           size of the campaign; default 2000)";

constexpr std::string_view kDeliveries =
    R"(ringtail deliveries list | show ID | retry ID | purge --before DATE [flags]

  list                   the newest deliveries: --dead, --waiting or --done, --contact ID, --since DATE,
                         --limit N (100)
  show ID                body, attempts and answers of one; ID is its number or msg_…
  retry ID               a dead letter is tried again; or --all, --contact ID, --since DATE
  purge --before DATE    forget what was delivered or died before then

  --state FILE           the outbox, or
  --campaign ID          the campaign whose outbox it is
  --output text|json     json: one JSON object a line; default text)";

constexpr std::string_view kDbsync2 =
    R"(ringtail dbsync2 --a MODE --c CAMPAIGN --ct TOKEN --url URL [flags]

The old Sync Client's command line; also when the program is called dbsync2.

  --a MODE               db_init     load all contacts, then end
                         db_update   load what changed in the last 7 days (or since --s), then end
                         db_sync     load what changed since --s, or since the last stop, and follow
                         webhook     POST each transaction fired from now on (or since --s) to --url
  --c ID                 campaign ID; required
  --ct TOKEN             campaign token; required
  --url URL              webhook: https://HOST/PATH; otherwise
                         postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=disable
                         sqlite:///./FILE
                         mysql://USER:PASSWORD@HOST:3306/DATABASE?useSSL=false
                         sqlserver://USER:PASSWORD@HOST:1433/INSTANCE/DATABASE
  --s DATE               starting date, YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS (UTC)
  --fm MODE              updates_only, or hi_updates_only: only those made by a user
  --fp 'fc_,qc_'         only stages whose names begin so
  --tp TEXT              table prefix; default df_, or nothing where the old client's tables are there
  --w N                  requests in flight at most; default 16
  --l N                  log level: 0 critical, 1 error, 2 warning, 3 notice, 4 info, 5 debug; default 4
  --v                    log to stdout, at level 5, instead of a file
  --d N, --p             accepted; without effect here
  --wr N, --wb N         webhook: attempts a second, default 5; burst, default twice that
  --help                 this text

New flags, all as in `ringtail help sync`:
  --api URL  --every 60s  --overlap 2m  --compare-every 15m  --retry-pause 500ms  --output json
  --custom-columns N  --extra all  --foreign-keys on|off  --stall-timeout 30s  --rows-per-load N
  --adopt  --fields N

All flags can be replaced by environment variables prefixed by 'DBSYNC_' in all upper case, such as
DBSYNC_CT; DBSYNCCT works too. A flag beats the variable.

Log: /var/log/dbsync/CAMPAIGN_MODE_TIME.log, or in $HOME/.dbsync/logs/ where that is not writable.
Exit codes: 0 done, 1 failed, 3 done with rejects.)";

struct Topic {
    std::string_view command, text;
};
constexpr std::array<Topic, 7> kTopics{{{"sync", kSync},
                                        {"deliveries", kDeliveries},
                                        {"check", kCheck},
                                        {"demo", kDemo},
                                        {"dbsync2", kDbsync2},
                                        {"version", "ringtail version\n\nPrints the version."},
                                        {"help", "ringtail help [COMMAND]\n\nPrints this help."}}};

}  // namespace

std::string help_of(std::string_view command) {
    for (const Topic& topic : kTopics) {
        if (topic.command == command) return std::string(topic.text);
    }
    return std::string(kOverview);
}

bool is_command(std::string_view name) {
    for (const Topic& topic : kTopics) {
        if (topic.command == name) return true;
    }
    return false;
}

}  // namespace ringtail::cli
