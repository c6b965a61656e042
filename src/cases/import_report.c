/* SPDX-License-Identifier: EUPL-1.2 */
/* What became of each line, for people and their spreadsheets. */
#include "cases/case.h"
#include "cases/register_import.h"

const Package *register_package(Tenant *tenant, Str register_id, const RegisterSpec **spec,
                                Err *err)
{
    const Package *const *packages;
    size_t count = tenant_packages(tenant, &packages);

    for (size_t i = 0; i < count; i++)
        if ((*spec = package_register(packages[i], register_id)))
            return packages[i];
    err_set(err, ERR_NOT_FOUND, "no service of this town has a register \"%.*s\"",
            STR_ARG(register_id));
    return NULL;
}

void import_report_head(Buf *out)
{
    buf_add_c(out, "\xEF\xBB\xBFZeile;Ergebnis;Schlüssel;Feld;Meldung;Abhilfe;Eintrag\r\n");
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

void import_report_line(Buf *out, const ImportLine *line)
{
    static const char *const WORDS[] = {"neu", "schon eingelesen", "abweichend", "fehlerhaft"};

    buf_addf(out, "%d;%s;", line->line, WORDS[line->outcome]);
    cell(out, line->key);
    cell(out, line->field);
    cell(out, line->message);
    cell(out, line->remedy);
    if (line->entry)
        buf_add_i64(out, line->entry);
    buf_add_c(out, "\r\n");
}
