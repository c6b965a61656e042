/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/import/import.h"

#include "base/utf8.h"
#include "city/datex/datex.h"
#include "city/datex/import.h"

#include <stdio.h>

void city_import_wrong(const CityImport *import, CityImportReport *out, int line,
                       const char *format, ...)
{
    char text[400];
    va_list args;

    out->wrong++;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (import->tell)
        import->tell(import->context, line, text);
}

bool city_import(const CityImport *import, Arena *arena, CityImportReport *out, Err *err)
{
    Str text = str_trim(import->text);

    *out = (CityImportReport){0};
    if (!utf8_valid(import->text))
        return err_set(err, ERR_INPUT, "the file is not written in UTF-8");
    if (!text.len)
        return err_set(err, ERR_INPUT, "the file is empty");
    if (datex_is_xml(text))
        return datex_import(import, arena, out, err);
    return text.ptr[0] == '{' ? city_import_geojson(import, arena, out, err)
                              : city_import_table(import, arena, out, err);
}

Node *city_import_node(const CityImportReport *report, Node *problems, Arena *arena)
{
    Node *out = node_map(arena);

    node_set(arena, out, STR("kind"), node_string(arena, str_c(report->kind)));
    node_set(arena, out, STR("lines"), node_int(arena, report->lines));
    node_set(arena, out, STR("observations"), node_int(arena, report->observations));
    node_set(arena, out, STR("new_datastreams"), node_int(arena, report->streams));
    node_set(arena, out, STR("new_things"), node_int(arena, report->things));
    node_set(arena, out, STR("left_out"), node_int(arena, report->wrong));
    node_set(arena, out, STR("problems"), problems);
    return out;
}
