#include <array>

#include "source/callkeeper/tables.hpp"

namespace ringtail::callkeeper {
namespace {

struct Shown {
    TableId table;
    std::string_view column, plain, russian, german;
};

// What people ask for first stands first. Captions follow those of the data's original service
// where it has them.
constexpr std::array kShown{
    Shown{TableId::calls, "call_id", "call_id", "ID звонка", "Anruf-ID"},
    Shown{TableId::calls, "call_date", "call_date", "Дата и время", "Datum und Uhrzeit (UTC)"},
    Shown{TableId::dates, "simple_date", "date", "Дата", "Tag"},
    Shown{TableId::dates, "year", "year", "Год", "Jahr"},
    Shown{TableId::dates, "quarter_label", "quarter", "Квартал", "Quartal"},
    Shown{TableId::dates, "month", "month", "Месяц (номер)", "Monat"},
    Shown{TableId::dates, "month_label", "month_label", "Месяц", "Monatsname (russisch)"},
    Shown{TableId::dates, "week", "week", "Неделя", "Kalenderwoche"},
    Shown{TableId::dates, "weekday", "weekday", "День недели (номер)", "Wochentag"},
    Shown{TableId::dates, "weekday_label", "weekday_label", "День недели",
          "Wochentagsname (russisch)"},
    Shown{TableId::dates, "hour", "hour", "Час", "Stunde"},
    Shown{TableId::calls, "status_code", "status_code", "Код статуса (менеджер)",
          "Statuscode (Mitarbeiter)"},
    Shown{TableId::calls, "status_reason", "status_reason", "Статус (менеджер)",
          "Status (Mitarbeiter)"},
    Shown{TableId::calls, "status2_code", "status2_code", "Код статуса (клиент)",
          "Statuscode (Kunde)"},
    Shown{TableId::calls, "status2_reason", "status2_reason", "Статус (клиент)", "Status (Kunde)"},
    Shown{TableId::facts, "duration", "duration", "Длительность звонка, с", "Dauer (s)"},
    Shown{TableId::facts, "talk_duration", "talk_duration", "Длительность разговора, с",
          "Gesprächsdauer (s)"},
    Shown{TableId::facts, "attempt", "attempt", "Номер попытки", "Versuch"},
    Shown{TableId::facts, "asr_attempts", "asr_attempts", "Попыток распознавания",
          "Erkennungsversuche"},
    Shown{TableId::facts, "playback_tick", "playback_tick", "Проигрываний IVR", "IVR-Ansagen"},
    Shown{TableId::calls, "manager_phone", "manager_phone", "Телефон менеджера",
          "Telefon des Mitarbeiters"},
    Shown{TableId::calls, "manager_phone_e164", "manager_phone_e164", "Телефон менеджера (E.164)",
          "Telefon des Mitarbeiters (E.164)"},
    Shown{TableId::calls, "client_phone", "client_phone", "Телефон клиента", "Telefon des Kunden"},
    Shown{TableId::calls, "client_phone_e164", "client_phone_e164", "Телефон клиента (E.164)",
          "Telefon des Kunden (E.164)"},
    Shown{TableId::traffic, "grouping", "traffic_grouping", "Тип трафика", "Art des Besuchs"},
    Shown{TableId::traffic, "source", "traffic_source", "Источник", "Quelle"},
    Shown{TableId::traffic, "medium", "traffic_medium", "Канал", "Medium"},
    Shown{TableId::traffic, "campaign", "traffic_campaign", "Кампания", "Kampagne"},
    Shown{TableId::traffic, "content", "traffic_content", "Объявление", "Anzeige"},
    Shown{TableId::traffic, "keyword", "traffic_keyword", "Ключевое слово", "Suchwort"},
    Shown{TableId::traffic, "landing_page", "landing_page", "Страница входа", "Einstiegsseite"},
    Shown{TableId::calls, "page", "page", "Страница звонка", "Seite des Anrufs"},
    Shown{TableId::sites, "domain", "site", "Сайт", "Website"},
    Shown{TableId::locations, "country_iso", "country", "Страна", "Land"},
    Shown{TableId::locations, "region", "region", "Регион", "Region"},
    Shown{TableId::locations, "city", "city", "Город", "Stadt"},
    Shown{TableId::clientids, "clientid", "clientid", "Client ID", "Client-ID"},
    Shown{TableId::calls, "ya_clientid", "ya_clientid", "Client ID Метрики", "Metrica-Client-ID"},
    Shown{TableId::calls, "roistat_visit", "roistat_visit", "Визит Roistat", "Roistat-Besuch"},
    Shown{TableId::calls, "widget_name", "widget_name", "Виджет", "Widget"},
    Shown{TableId::calls, "widget_hash", "widget_hash", "Код виджета", "Widget-Code"},
    Shown{TableId::calls, "event_source", "event_source", "Инструмент заказа", "Bestellt über"},
    Shown{TableId::calls, "connection_type", "connection_type", "Способ соединения",
          "Verbindungsart"},
    Shown{TableId::calls, "order_date", "order_date", "Дата заказа звонка", "Bestellt am (UTC)"},
    Shown{TableId::calls, "record_url", "record_url", "Запись разговора", "Aufnahme"},
    Shown{TableId::calls, "tags", "tags", "Теги", "Schlagwörter"},
    Shown{TableId::calls, "ip", "ip", "IP-адрес", "IP-Adresse"},
    Shown{TableId::calls, "user_agent", "user_agent", "Браузер", "Browser"},
    Shown{TableId::calls, "_settle_state", "settle_state", "Состояние данных", "Stand der Daten"},
    Shown{TableId::facts, "account_id", "account_id", "ID аккаунта", "Konto-ID"}};

}  // namespace

std::vector<View> make_views(const Options& options) {
    if (!wanted_tables(options.tables)[static_cast<std::size_t>(TableId::facts)]) return {};
    const auto named = [&](TableId table) { return options.prefix + std::string(name_of(table)); };
    std::vector<View> views;
    for (const auto& [suffix, caption] :
         {std::pair("", &Shown::plain), std::pair("_ru", &Shown::russian),
          std::pair("_de", &Shown::german)}) {
        View view;
        view.name = options.prefix + "callkeeper_calls_wide" + suffix;
        view.base = named(TableId::facts);
        view.joins = {{named(TableId::calls), "calls_id"},
                      {named(TableId::dates), "dates_id"},
                      {named(TableId::clientids), "clientids_id"},
                      {named(TableId::traffic), "traffic_id"},
                      {named(TableId::sites), "sites_id"},
                      {named(TableId::locations), "locations_id"}};
        for (const Shown& shown : kShown) {
            view.columns.push_back(
                {named(shown.table), std::string(shown.column), std::string(shown.*caption)});
        }
        views.push_back(std::move(view));
    }
    return views;
}

}  // namespace ringtail::callkeeper
