/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/alarm/warning.h"

#include "city/alarm/words.h"
#include "city/page/page.h"

static CityWarning warning_of(Request *req, AlarmSeverity severity, Str text, Timestamp since)
{
    static const char *const TITLES[ALARM_SEVERITIES] = {N_("Hinweis, %.*s"), N_("Warnung, %.*s"),
                                                         N_("Gefahr, %.*s")};

    return (CityWarning){.tone = alarm_severity_tone(severity),
                         .title =
                             trf(req->arena, req->lang, TITLES[severity],
                                 STR_ARG(city_when_text(req->arena, req->lang, since, req->today))),
                         .text = text};
}

#define RAISED(text, which)                                                                   \
    "SELECT " text ", MIN(s.since) FROM city_alarm a "                                        \
    "JOIN city_alarm_state s ON s.alarm = a.id JOIN city_dataset d ON d.id = a.dataset "      \
    "WHERE a.paused = 0 AND a.severity = $1 AND s.phase IN ('raised', 'acknowledged') " which \
    "GROUP BY a.id, " text " ORDER BY a.id"

/* Everybody's, or all. */
static bool add(Request *req, Tx *tx, AlarmSeverity severity, bool all, CityWarnings *out, Err *err)
{
    Param name = P_TEXT(str_c(ALARM_SEVERITY_NAMES[severity]));
    Rows *rows =
        all ? tx_query(tx, req->arena, err, RAISED("a.name", ""), name)
            : tx_query(tx, req->arena, err,
                       RAISED("a.public_text", "AND a.shown = 1 AND d.access = 'public' "), name);

    while (rows && rows_next(rows, err))
        VEC_PUSH(req->arena, out, warning_of(req, severity, row_text(rows, 0), row_int(rows, 1)));
    rows_end(rows);
    return rows && err->kind == ERR_NONE;
}

static bool list(Request *req, bool all, CityWarnings *out, Err *err)
{
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx != NULL;

    *out = (CityWarnings){0};
    for (int severity = ALARM_DANGER; ok && severity >= 0; severity--)
        ok = add(req, tx, (AlarmSeverity)severity, all, out, err);
    tx_end(tx);
    return ok;
}

bool city_warnings(Request *req, CityWarnings *out, Err *err)
{
    return list(req, false, out, err);
}

bool city_raised(Request *req, CityWarnings *out, Err *err)
{
    return list(req, true, out, err);
}
