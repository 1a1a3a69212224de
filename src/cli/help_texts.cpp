#include "cli/help_texts.hpp"

#include <array>

namespace ringtail::cli {
namespace {

constexpr std::string_view kOverview =
    R"(ringtail keeps call data in your own database.

  ringtail demo            see it work: made-up services, loaded into SQLite, in half a minute

The service: accounts connected once, loaded by schedule, webhooks received
  ringtail serve           run it
  ringtail source          connect accounts: add, list, show, check, edit, pause, resume, remove
  ringtail destination     databases: add, list, check, remove; default: a SQLite file
  ringtail load            a past period of a source
  ringtail prune           delete old rows of a source
  ringtail reconcile       compare what is stored with the source, and repair it
  ringtail ledger          which days are proven to be equal, as a calendar
  ringtail report          reports of your own: preview, check, fields
  ringtail jobs, job       what runs when: list; add, edit, remove
  ringtail run             run a job now;  runs, journal: what goes on, what has happened
  ringtail cancel, pause, resume   a run
  ringtail apply, export   the set-up as a file, for git
  ringtail key             keys for the REST API

One campaign from the command line
  ringtail check           is the key right, is the database ready? Changes nothing
  ringtail sync            a Dialfire campaign into a database or to a web service, and keep it up to date
  ringtail deliveries      what a web service got, what it is owed, and dead letters
  ringtail dbsync2         the same with the old Sync Client's flags
  ringtail version         this program's version
  ringtail help COMMAND    all flags of a command

To start:
  ringtail source add callkeeper --name sales && ringtail serve
or, for one Dialfire campaign alone,
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
  --zone NAME            the campaign's time zone, such as Europe/Berlin; with it the views over
                         all calls are made, --views-prefix TEXT in front of their names
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

Starts made-up Dialfire and CallKeeper services on this machine, connects an account of each to
`ringtail serve`, loads both into one SQLite file, sends webhooks, and shows the journal and a few
queries with their results.

  --keep FOLDER          keep demo.db and the service's data there; default: a temporary folder,
                         removed
  --contacts N           size of the campaign; default 2000)";

constexpr std::string_view kDeliveries =
    R"(ringtail deliveries list | show ID | retry ID | purge --before DATE [flags]

  list                   the newest deliveries: --dead, --waiting or --done, --contact ID, --since DATE,
                         --limit N (100)
  show ID                body, attempts and answers of one; ID is its number or msg_…
  retry ID               a dead letter is tried again; or --all, --contact ID, --since DATE
  purge --before DATE    forget what was delivered or died before then

  --state FILE           the outbox, or
  --campaign ID          the campaign whose outbox it is, or
  --source NAME          a source of the service (--data DIR as in `ringtail help serve`)
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

constexpr std::string_view kServe =
    R"(ringtail serve [--config ringtail.toml] [--data DIR] [--listen 127.0.0.1:8480]

Runs the service until SIGTERM: loads the connected sources by schedule, receives webhooks, and
answers the REST API. Set up with `ringtail source add`, before or while it runs.

  --data DIR             where it keeps everything; default RINGTAIL_DATA, else
                         $XDG_DATA_HOME/ringtail, else ~/.local/share/ringtail
  --config FILE          apply this set-up first (`ringtail help apply`)
  --listen HOST:PORT     default 127.0.0.1:8480. The API asks for a key (`ringtail key add`), hooks
                         for the token in their address
  --public-url URL       how others reach it, for the hook addresses; remembered
  --keep-days N          of the journal; default 90
  --max-inbox MB         webhooks are refused (503) when so many wait; default 10240
  --allow-private        deliver to web services at loopback and private addresses, too
  --log-file FILE        a log besides the one on standard error
  --log-level LEVEL      error, warning, info or debug; default info
  --output text|json     json: the line that says where it serves is JSON

SIGTERM ends it within ten seconds, a second one at once. After kill -9 it goes on where it was.)";

constexpr std::string_view kSource =
    R"(ringtail source add callkeeper|dialfire --name NAME [flags]
ringtail source list | show NAME | check [NAME] | edit NAME [flags] | pause NAME | resume NAME
ringtail source remove NAME [--yes] | rotate-hook NAME

The key (CallKeeper: Profile, API key; Dialfire: the campaign's Sync Client token) is asked for on
the terminal without showing it, or comes from --key-file FILE (- is standard input) or RINGTAIL_KEY.
It is tried before anything is stored (--no-check: it is not), and kept sealed.

add, edit
  --destination NAME     default: a SQLite file in the data folder
  --paused               add: do not load yet
  --rename NAME          edit: another name
  --new-key              edit: ask for another key, or --key-file FILE
  --plan                 edit: say what would change, change nothing
  An empty value takes a setting back to its default.

CallKeeper
  --zone NAME            the account's time zone; default Europe/Moscow
  --tables A,B           fill only these tables and what they need; default all
  --filters 'TABLE: EXPRESSION'   rows to keep; may be given again, such as
                         --filters 'callkeeper_calls: status_code = 200 and status2_code = 200'
  --overlap-days N       days that each load reads again; default 3
  --max-depth-days N     no history is read further back
  --method NAME          getCallsInfo (default) or getCallsCompleted
  --phone-region XX      of numbers without their country; default RU
  --prefix TEXT          in front of the tables' names; default none
  --views-prefix TEXT    in front of the names of the views over all calls; default none
  --caption TEXT         the account's name in general_accounts; default the source's
  --account-id N         of its rows, where accounts share tables; default the source's number
  --ask-after-hook 30s   after a call is over the API is asked this much later for the rest
  --settle on|off        ask again for calls that are not final; default on
  --history-in-flight N  requests of a history at a time; default 2

Dialfire
  --campaign ID          required
  --prefix TEXT          default df_
  --zone NAME            the campaign's time zone; with it the views over all calls are made
  --views-prefix TEXT    in front of their names; default none
  --only updates|human, --stages fc_,qc_, --custom-columns N, --extra all, --in-flight N
                         as in `ringtail help sync`
  --deliver-since DATE, --deliver-rate N, --deliver-attempts N
                         where the destination is a web service: transactions since then (default the
                         first run), attempts a second (5), attempts before a dead letter (10)

Both: --api URL, --retry-pause 500ms)";

constexpr std::string_view kDestination =
    R"(ringtail destination add NAME --url URL | list | check NAME | remove NAME

  --url URL              as in `ringtail help sync`: sqlite, postgres, mysql, sqlserver, clickhouse;
                         SQLite files by their whole path. For Dialfire sources also a web
                         service, https://…, to which transactions are POSTed
  --url-file FILE        the URL stands in a file: `ps` shows no password at all)";

constexpr std::string_view kLoad =
    R"(ringtail load SOURCE [--from DAY --to DAY] [--wait]

Loads a past period, newest day first (CallKeeper: days of the source's zone, both included;
Dialfire: what was changed since --from, without --to). Live work passes before it. Stopped or
failed, it goes on where it was. Without days: the source's usual load, now.

The service does it; --wait shows how it gets on. Where no service runs it is done here.)";

constexpr std::string_view kPrune =
    R"(ringtail prune SOURCE --keep-days N [--tables A,B] [--contacts] [--plan] [--wait]
ringtail prune SOURCE --lift

Deletes the source's rows from before the last N days and today, with what hangs on them, some
thousand at a time so that nobody waits; loads, webhooks and histories do not bring them back.
Stopped or failed, it goes on where it was. By itself each night:
  ringtail job add --source NAME --name prune --kind prune --keep-days 365 \
    --schedule 'daily 04:00 Europe/Berlin'

  --keep-days N          days of the source's zone (Dialfire: UTC)
  --tables A,B           only these: callkeeper_calls (calls and facts, by call_date); transactions,
                         connections (by fired), recordings, inbound_calls (by started). Default of
                         Dialfire: transactions with all that hangs on them, and inbound_calls
  --contacts             Dialfire: contacts too that were created before, when no transaction or
                         inbound call of theirs is left
  --plan                 count the rows, delete nothing
  --lift                 rows of any age may be loaded again)";

constexpr std::string_view kReconcile =
    R"(ringtail reconcile SOURCE --last N | --from DAY [--to DAY] [--plan] [flags]

Compares what is stored with the source, day by day, and repairs it: what is missing or different
is loaded again, each day in one transaction; rows that the source does not name are marked, and
removed by a run that still misses them an hour later. The journal says what was found,
ringtail_reconciliation each row of it, ringtail_ledger (`ringtail ledger`) which days are equal.
Exit code 0: equal, 3: differences, repaired, 1: differences are left. By itself each night:
  ringtail job add --source NAME --name check --kind reconcile --last-days 30 \
    --schedule 'daily 05:00 Europe/Berlin'

  --last N               the last N days, today included (CallKeeper: of the source's zone)
  --from DAY, --to DAY   these days, both included; default of --to: today
  --plan                 say what differs, change nothing
  --max-requests N       end after so many requests; the next run of the job goes on there
  --remove-extra         remove rows that the source does not name also where they are more than
                         2 % of the table)";

constexpr std::string_view kLedger =
    R"(ringtail ledger SOURCE [--from DAY] [--to DAY]

The days of a source that were compared (`ringtail reconcile`), as a calendar: a line a week, a
mark a day. --output json: a line for each table and day, with the rows and hashes of both sides.)";

constexpr std::string_view kReport =
    R"(ringtail report preview SOURCE|JOB [flags] [--from DAY --to DAY]
ringtail report check   SOURCE|JOB [flags]
ringtail report fields  SOURCE [--type TYPE]

A report job keeps rows of a source in tables of your own (docs/reports.md). preview shows the first
20 rows of each table, check what a rule does to the tables there are, fields what a source has.
None of them writes anything. By itself, each hour:
  ringtail job add --source NAME --name by-source --kind report --rule rule.json --schedule 'every 1h'

  --type TYPE            of a CallKeeper source calls; of a Dialfire source transactions or
                         connections
  --fields A,B           only these: id,status_code,visit_info.current.src; default all
  --filter TEXT          only rows such as 'status_code = 200 and status2_code = 200'
  --rule FILE            tables of your own, JSON; without it callkeeper_reports or dialfire_reports
  --from DAY, --to DAY   days of the source's zone, both included
  --last-days N          instead; default 3, today among them)";

constexpr std::string_view kJob =
    R"(ringtail jobs [--source NAME]
ringtail job add --source NAME --name NAME [--kind load|history|report|reconcile|prune] --schedule TEXT [flags]
ringtail job edit JOB [flags] | remove JOB

JOB is a job's number, SOURCE/NAME, or SOURCE for its job "load".

  --schedule TEXT        manual, every 15m, every 2h, daily 03:30 Europe/Berlin,
                         weekly mon,thu 03:30 Europe/Berlin, cron 5 4 * * 1-5 Europe/Berlin
  --last-days N          a load reads so many days; default the source's overlap and today;
                         a report (default 3) and a reconcile that many, too
  --from DAY, --to DAY   of a history or reconcile
  --max-requests N, --remove-extra
                         of a reconcile, as in `ringtail help reconcile`
  --keep-days N, --tables A,B, --contacts
                         of a prune, as in `ringtail help prune`
  --type, --fields, --filter, --rule FILE
                         of a report, as in `ringtail help report`; --yes where a changed rule
                         no longer fills a table or column
  --enabled on|off       off: it does not run by itself
  --rename NAME          another name)";

constexpr std::string_view kRuns =
    R"(ringtail run JOB [--wait]     a job now: its number, SOURCE/NAME or SOURCE
                             of a report also --from DAY --to DAY
ringtail runs [RUN]          what is queued or under way
ringtail journal [flags]     what has happened, newest first
ringtail cancel RUN | pause RUN | resume RUN

journal
  --source NAME, --job JOB, --kind load|hooks|history|report|reconcile|prune|received
  --state queued|running|paused|done|failed|cancelled|crashed
  --since DAY, --until DAY, --before RUN, --limit N (20))";

constexpr std::string_view kApply =
    R"(ringtail apply -f ringtail.toml [--plan] [--prune] [--yes]
ringtail export > ringtail.toml

The set-up as a file: destinations, sources, jobs (docs/configuration.md). apply makes the store as
the file says and shows each step; what only the store has stays.

  --plan                 show the steps, change nothing
  --prune                remove what only the store has
  --yes                  also where the rule of a report takes something away (docs/reports.md)
  `ringtail serve --config FILE` applies it at the start.)";

constexpr std::string_view kKey =
    R"(ringtail key add NAME [--scope read|manage] | list | remove NUMBER

Keys for the REST API, which answers nobody without one. A key is shown once, when it is made.)";

struct Topic {
    std::string_view command, text;
};
constexpr std::array<Topic, 26> kTopics{{{"serve", kServe},
                                         {"source", kSource},
                                         {"destination", kDestination},
                                         {"load", kLoad},
                                         {"prune", kPrune},
                                         {"reconcile", kReconcile},
                                         {"ledger", kLedger},
                                         {"report", kReport},
                                         {"jobs", kJob},
                                         {"job", kJob},
                                         {"run", kRuns},
                                         {"runs", kRuns},
                                         {"journal", kRuns},
                                         {"cancel", kRuns},
                                         {"pause", kRuns},
                                         {"resume", kRuns},
                                         {"key", kKey},
                                         {"apply", kApply},
                                         {"export", kApply},
                                         {"sync", kSync},
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
