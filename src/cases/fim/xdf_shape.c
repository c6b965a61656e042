/* SPDX-License-Identifier: EUPL-1.2 */
/* The structure of XDatenfelder messages: restated from the standard as tables, for its XML Schema
 * is not at hand where a town imports. Order is not checked: tools of the field differ in it. */
#include "cases/fim/xdf.h"

#include <stdio.h>

enum { ANY_NUMBER = 0, MAX_CHILDREN = 40 };

/* "name": exactly once, "name?": at most once, "name*": as often as one likes, "name+": at least
 * once. A "2" or "3" behind it: only in that version. */
typedef struct Shape {
    const char *element;
    const char *children[MAX_CHILDREN];
} Shape;

#define COMMON                                                                                  \
    "identifikation", "name", "beschreibung?", "definition?", "bezug*3", "bezug?2",             \
        "versionshinweis?", "gueltigAb?", "gueltigBis?", "veroeffentlichungsdatum?", "status2", \
        "fachlicherErsteller?2", "freigabedatum?2", "freigabestatus3", "statusGesetztAm?3",     \
        "statusGesetztDurch?3", "letzteAenderung3", "stichwort*3", "relation*3"
#define LABELS                                                                            \
    "bezeichnungEingabe", "bezeichnungAusgabe?", "schemaelementart", "hilfetextEingabe?", \
        "hilfetextAusgabe?"

static const Shape SHAPES[] = {
    {"header", {"nachrichtID", "erstellungszeitpunkt", "referenzID?"}},
    {"identifikation", {"id", "version?2", "version3"}},
    {"stammdatenschema",
     {COMMON, "bezeichnungEingabe?2", "bezeichnungAusgabe?2", "bezeichnung3", "hilfetext?",
      "ableitungsmodifikationenStruktur", "ableitungsmodifikationenRepraesentation",
      "dokumentsteckbrief?3", "regel*", "struktur*"}},
    {"datenfeldgruppe", {COMMON, LABELS, "art?3", "regel*", "struktur*"}},
    {"datenfeld",
     {COMMON, LABELS, "feldart", "datentyp", "praezisierung?", "inhalt*", "vorbefuellung3",
      "werte?3", "codelisteReferenz?", "codeKey?3", "nameKey?3", "helpKey?3", "regel*", "maxSize?3",
      "mediaType*3"}},
    {"struktur", {"anzahl", "bezug*", "enthaelt"}},
    {"enthaelt", {"datenfeld?", "datenfeldgruppe?"}},
    {"regel",
     {"identifikation",
      "name",
      "beschreibung?",
      "bezug*",
      "fachlicherErsteller?",
      "bezeichnungEingabe?2",
      "bezeichnungAusgabe?2",
      "definition?2",
      "status2",
      "versionshinweis?2",
      "gueltigAb?2",
      "gueltigBis?2",
      "freigabedatum?2",
      "veroeffentlichungsdatum?2",
      "script?2",
      "freitextRegel?3",
      "letzteAenderung3",
      "typ3",
      "skript?3",
      "stichwort*3",
      "param*3",
      "ziel*3",
      "fehler*3"}},
    {"relation", {"praedikat", "objekt"}},
    {"objekt", {"id", "version"}},
    {"werte", {"wert*"}},
    {"wert", {"code", "name", "hilfe?"}},
};

/* Codes outside these lists are mistakes. */
static const struct {
    const char *element;
    int version; /* 0: both */
    const char *codes[12];
} CODES[] = {
    {"freigabestatus", 3, {"1", "2", "3", "4", "5", "6", "7", "8"}},
    {"schemaelementart", 0, {"ABS", "HAR", "RNG"}},
    {"feldart", 2, {"input", "select", "label"}},
    {"feldart", 3, {"input", "select", "label", "hidden", "locked"}},
    {"datentyp", 2, {"text", "date", "bool", "num", "num_int", "num_currency", "file", "obj"}},
    {"datentyp",
     3,
     {"text", "text_latin", "date", "time", "datetime", "bool", "num", "num_int", "num_currency",
      "file", "obj"}},
    {"vorbefuellung", 3, {"keine", "optional", "verpflichtend"}},
    {"typ", 3, {"K", "M", "V", "B"}},
    {"praedikat", 3, {"ABL", "ERS", "EQU"}},
};

typedef struct Wanted {
    Str name;
    bool needed, many;
} Wanted;

/* Take a child of a table apart; false when it is not of this version. */
static bool wanted_of(const char *text, int version, Wanted *out)
{
    Str name = str_c(text);
    char last = name.ptr[name.len - 1];

    if (last == '2' || last == '3') {
        if (last - '0' != version)
            return false;
        name.len--;
        last = name.ptr[name.len - 1];
    }
    *out = (Wanted){name, last != '?' && last != '*', last == '*' || last == '+'};
    if (last == '?' || last == '*' || last == '+')
        out->name.len--;
    return true;
}

static bool fail(const XmlElement *at, Err *err, const char *what, Str name)
{
    return err_at(err, at->file, at->line, at->column, "<%.*s>: %s <%.*s>: add it",
                  STR_ARG(at->name), what, STR_ARG(name));
}

static bool check_children(const XmlElement *element, const Shape *shape, int version, Err *err)
{
    size_t known = 0, there = 0;

    for (const XmlElement *child = element->first; child; child = child->next)
        there++;
    for (size_t i = 0; i < MAX_CHILDREN && shape->children[i]; i++) {
        Wanted wanted;
        const XmlElement *last = NULL;
        size_t count = 0;
        if (!wanted_of(shape->children[i], version, &wanted))
            continue;
        for (const XmlElement *child = element->first; child; child = child->next)
            if (str_eq(child->name, wanted.name)) {
                last = child;
                count++;
            }
        known += count;
        if (count == 0 && wanted.needed)
            return fail(element, err, "it lacks", wanted.name);
        if (count > 1 && !wanted.many)
            return err_at(err, last->file, last->line, last->column,
                          "<%.*s> stands in <%.*s> a second time: remove one", STR_ARG(wanted.name),
                          STR_ARG(element->name));
    }
    if (known == there)
        return true;
    for (const XmlElement *child = element->first; child; child = child->next) {
        bool found = false;
        Wanted wanted;
        for (size_t i = 0; i < MAX_CHILDREN && shape->children[i] && !found; i++)
            found =
                wanted_of(shape->children[i], version, &wanted) && str_eq(child->name, wanted.name);
        if (!found)
            return err_at(err, child->file, child->line, child->column,
                          "XDatenfelder %d has no <%.*s> in <%.*s>: remove it", version,
                          STR_ARG(child->name), STR_ARG(element->name));
    }
    return true;
}

static bool check_code(const XmlElement *element, int version, Err *err)
{
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) {
        if (!xml_is(element, CODES[i].element) || (CODES[i].version && CODES[i].version != version))
            continue;
        const XmlElement *code = element->first;
        if (!code || !xml_is(code, "code"))
            return fail(element, err, "it lacks", STR("code"));
        for (size_t k = 0; k < 12 && CODES[i].codes[k]; k++)
            if (str_is(str_trim(code->text), CODES[i].codes[k]))
                return true;
        char codes[200] = "";
        for (size_t k = 0, at = 0; k < 12 && CODES[i].codes[k]; k++)
            at += (size_t)snprintf(codes + at, sizeof codes - at, "%s%s", k ? ", " : "",
                                   CODES[i].codes[k]);
        return err_at(err, code->file, code->line, code->column,
                      "\"%.*s\" is no code of <%s> in XDatenfelder %d: use one of %s",
                      STR_ARG(str_trim(code->text)), CODES[i].element, version, codes);
    }
    return true;
}

static bool check_content(const XmlElement *element, Err *err)
{
    const XmlElement *parent = element->parent;
    bool needed = xml_is(element, "id") ||
                  (xml_is(element, "name") && parent &&
                   (xml_is(parent, "datenfeld") || xml_is(parent, "datenfeldgruppe") ||
                    xml_is(parent, "stammdatenschema")));

    if (needed && str_empty(str_trim(element->text)))
        return err_at(err, element->file, element->line, element->column,
                      "<%.*s> is empty: it needs a value", STR_ARG(element->name));
    if (xml_is(element, "enthaelt") && !element->first)
        return err_at(err, element->file, element->line, element->column,
                      "<enthaelt> needs a <datenfeld> or a <datenfeldgruppe>");
    return true;
}

static bool check(const XmlElement *element, int version, Err *err)
{
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++)
        if (xml_is(element, SHAPES[i].element) &&
            !check_children(element, &SHAPES[i], version, err))
            return false;
    if (!check_code(element, version, err) || !check_content(element, err))
        return false;
    for (const XmlElement *child = element->first; child; child = child->next)
        if (!check(child, version, err))
            return false;
    return true;
}

bool xdf_check_shape(const XmlElement *root, int version, Err *err)
{
    static const Shape message[] = {
        {"xdatenfelder.stammdatenschema.0102", {"header", "stammdatenschema"}},
        {"xdatenfelder.datenfeldgruppe.0103", {"header", "datenfeldgruppe"}},
    };

    for (size_t i = 0; i < 2; i++)
        if (xml_is(root, message[i].element))
            return check_children(root, &message[i], version, err) && check(root, version, err);
    return err_at(err, root->file, root->line, root->column,
                  "<%.*s> is no message that can be imported: a Stammdatenschema (0102) or a "
                  "Datenfeldgruppe (0103) is expected",
                  STR_ARG(root->name));
}
