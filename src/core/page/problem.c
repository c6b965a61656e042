/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/page/problem.h"

#include "core/http/request.h"
#include "core/log.h"
#include "core/store/db.h"

Str problem_words(const Err *err, Arena *arena)
{
    if (err->kind == ERR_INTERNAL)
        return STR("Das Programm ist auf einen Fehler gestoßen, für den Sie nichts können. Bitte "
                   "geben Sie der Betreuung des Programms die Meldung weiter.");
    if (err->kind == ERR_TEMPORARY)
        return STR("Das geht im Moment nicht. Bleibt es dabei, hilft die Betreuung des "
                   "Programms.");
    if (db_refused(err))
        return STR("Das hat sich inzwischen geändert, oder es gibt das schon. Bitte laden Sie die "
                   "Seite neu und prüfen Sie, was jetzt gilt.");
    if (err->file[0])
        return str_printf(arena,
                          "In den Regeln oder Einstellungen stimmt etwas nicht (%s%s). Bitte geben "
                          "Sie das der Betreuung des Programms weiter.",
                          err->file, err->line ? arena_printf(arena, ", Zeile %d", err->line) : "");
    return str_copy(arena, str_c(err->message));
}

bool problem_take(const Request *req, Err *err, Str *words)
{
    if (err->kind != ERR_INPUT && err->kind != ERR_CONFLICT)
        return false;
    if (err->file[0])
        log_line(LOG_WARNING, "%s", err_text(err, req->arena));
    *words = problem_words(err, req->arena);
    err_clear(err);
    return true;
}

Str problem_report(const Err *err, Arena *arena)
{
    Str words = problem_words(err, arena), said = str_c(err_text(err, arena));

    return str_eq(words, said) ? words
                               : str_printf(arena, "%.*s\n%.*s", STR_ARG(words), STR_ARG(said));
}

bool problem_take_field(Err *err, Arena *arena, FieldError *errors, size_t *count)
{
    if (!err->field[0] || (err->kind != ERR_INPUT && err->kind != ERR_CONFLICT))
        return false;
    errors[(*count)++] = (FieldError){.id = str_printf(arena, "%s", err->field),
                                      .message = str_printf(arena, "%s", err->message)};
    err_clear(err);
    return true;
}
