/* SPDX-License-Identifier: EUPL-1.2 */
/* What became of each line, for people and their spreadsheets. */
#include "cases/case.h"
#include "cases/register_import.h"
#include "core/page/out.h"

#include <stdio.h>

const Package *register_package(Tenant *tenant, Str register_id, const RegisterSpec **spec,
                                Err *err)
{
    const Package *const *packages;
    size_t count = tenant_packages(tenant, &packages);

    for (size_t i = 0; i < count; i++)
        if ((*spec = package_register(packages[i], register_id)))
            return packages[i];
    err_set(err, ERR_NOT_FOUND, "Keine Leistung dieser Kommune hat ein Register „%.*s“.",
            STR_ARG(register_id));
    return NULL;
}

void import_report_head(Buf *out, Str lang)
{
    buf_add_c(out, "\xEF\xBB\xBF");
    buf_add(out, tr(lang, "Zeile;Ergebnis;Schlüssel;Feld;Meldung;Abhilfe;Eintrag"));
    buf_add_c(out, "\r\n");
}

static void cell(Buf *out, Str text)
{
    bool formula = text.len && strchr("=+-@", text.ptr[0]); /* as office programs take it */

    buf_add_c(out, formula ? "\"'" : "\"");
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, text.ptr[i]);
    }
    buf_add_c(out, "\";");
}

void import_report_line(Buf *out, Str lang, const ImportLine *line)
{
    static const char *const WORDS[] = {N_("neu"), N_("schon eingelesen"), N_("abweichend"),
                                        N_("fehlerhaft")};

    buf_addf(out, "%d;%.*s;", line->line, STR_ARG(tr(lang, WORDS[line->outcome])));
    cell(out, line->key);
    cell(out, line->field);
    cell(out, line->message);
    cell(out, line->remedy);
    if (line->entry)
        buf_add_i64(out, line->entry);
    buf_add_c(out, "\r\n");
}
