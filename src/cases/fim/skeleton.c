/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/fim/skeleton_build.h"

#include <stdlib.h>

/* --- Ids ---------------------------------------------------------------------------------------
 */

static const struct {
    const char *from, *to;
} LETTERS[] = {{"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"Ä", "ae"},
               {"Ö", "oe"}, {"Ü", "ue"}, {"ß", "ss"}, {"ẞ", "ss"}};

Str skeleton_id(Arena *arena, Str text)
{
    Buf id = buf_in(arena);
    bool gap = false;

    for (size_t i = 0; i < text.len && id.len < 50; i++) {
        const char *as = NULL;
        for (size_t k = 0; k < sizeof LETTERS / sizeof *LETTERS && !as; k++)
            if (str_starts_with(str_slice(text, i, text.len), LETTERS[k].from)) {
                as = LETTERS[k].to;
                i += strlen(LETTERS[k].from) - 1;
            }
        char c = text.ptr[i];
        char lower[2] = {(char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c), '\0'};
        if (!as && ((lower[0] >= 'a' && lower[0] <= 'z') || (c >= '0' && c <= '9')))
            as = lower;
        if (!as) {
            gap = id.len > 0;
            continue;
        }
        if (id.len == 0 && as[0] >= '0' && as[0] <= '9')
            buf_add_c(&id, "nr_");
        if (gap)
            buf_add_char(&id, '_');
        gap = false;
        buf_add_c(&id, as);
    }
    return id.len ? buf_str(&id) : STR("feld");
}

/* --- Parts shared by the files -----------------------------------------------------------------
 */

void skeleton_note(Builder *b, int line, Str element, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    VEC_PUSH(b->arena, &b->notes,
             (SkeletonNote){line, 0, element, str_c(arena_vprintf(b->arena, format, args))});
    va_end(args);
}

void skeleton_left_out(Builder *b, const XdfElement *element, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    VEC_PUSH(b->arena, &b->notes,
             (SkeletonNote){element->first_line, element->last_line, skeleton_called(b, element),
                            str_c(arena_vprintf(b->arena, format, args))});
    va_end(args);
}

void skeleton_fim(const XdfElement *element, const char *indent, Buf *out)
{
    XdfMark mark;

    if (!xdf_provisional(element->id) || !skeleton_mark(element, &mark))
        buf_addf(out, "%sfim: %.*s\n", indent, STR_ARG(element->id));
}

static void rule_comments(Builder *b, const XdfElement *element, const char *indent, Buf *out)
{
    for (size_t i = 0; i < element->rule_count; i++) {
        const XdfRule *rule = &element->rules[i];
        if (skeleton_rule(b, element, rule, indent, NULL))
            continue; /* stands there as FEEL */
        buf_addf(out, "%s# Regel %.*s %.*s %.*s: %.*s\n", indent, STR_ARG(rule->id),
                 STR_ARG(rule->version), STR_ARG(rule->name), STR_ARG(rule->text));
        if (rule->script.len)
            buf_addf(out, "%s# Skript: %.*s\n", indent, STR_ARG(rule->script));
        if (b->unknown_count && xdf_provisional(rule->id)) {
            skeleton_note(b, rule->line, skeleton_called(b, element),
                          "the FEEL of the rule %.*s uses names that only the package it comes "
                          "from knows: it is a comment here, and an export of this package "
                          "lacks it until it is written anew%s",
                          STR_ARG(rule->id),
                          str_is(rule->name, "Berechnung") ? "; until then people fill the field in"
                                                           : "");
            continue;
        }
        skeleton_note(b, rule->line, skeleton_called(b, element),
                      "the rule %.*s is %s: write it as `validate`, `visible` or `compute` in FEEL",
                      STR_ARG(rule->id), rule->script.len ? "prose and a script" : "prose");
    }
}

void skeleton_comments(Builder *b, const XdfElement *element, const char *indent, Buf *out)
{
    XdfMark mark;
    bool label = str_is(element->art, "label"), marked = skeleton_mark(element, &mark);
    Str help = str_replace(b->arena, element->help, STR("\n"), STR(" "));
    const struct {
        const char *word;
        Str text;
    } about[] = {
        {"Name", str_eq(element->name, element->label) ? STR_NONE : element->name},
        {"Bezeichnung", label && !marked ? element->label : STR_NONE},
        {"Hilfetext", label ? help : STR_NONE},
        {"Beschreibung", marked ? STR_NONE : element->description},
        {"Definition", element->definition},
        {"Bezug", element->legal},
        {"Datentyp", str_is(element->type, "text_latin") ? element->type : STR_NONE},
        {"Codeliste", element->code_list},
        {"Spalte der Codes", element->code_column},
        {"Spalte der Texte", element->name_column},
    };

    buf_addf(out, "%s# %.*s %.*s, line %d\n", indent, STR_ARG(element->id),
             STR_ARG(element->version), element->line);
    for (size_t i = 0; i < sizeof about / sizeof *about; i++)
        if (about[i].text.len)
            buf_addf(out, "%s# %s: %.*s\n", indent, about[i].word, STR_ARG(about[i].text));
    rule_comments(b, element, indent, out);
}

void skeleton_file(Builder *b, Str path, Str bytes)
{
    VEC_PUSH(b->arena, &b->files, (PackageFile){path, bytes});
}

Str skeleton_called(Builder *b, const XdfElement *element)
{
    return str_printf(b->arena, "%.*s %.*s", STR_ARG(element->id), STR_ARG(element->name));
}

void skeleton_text(Buf *out, const char *key, Str text)
{
    buf_addf(out, "%s: {de: ", key);
    json_write_string(out, text);
    buf_add_c(out, "}\n");
}

/* --- service.yaml and the process --------------------------------------------------------------
 */

static void write_service(Builder *b, const XdfElement *root)
{
    Buf out = buf_in(b->arena);
    Str about = root->description.len ? root->description : root->definition;

    buf_addf(&out,
             "# A skeleton from XDatenfelder %d, message %.*s of %.*s. README.md says what is "
             "missing.\n",
             b->document->version, STR_ARG(b->document->message), STR_ARG(b->document->created));
    if (root->kind == XDF_SCHEMA)
        skeleton_comments(b, root, "", &out);
    if (root->help.len && root->kind == XDF_SCHEMA)
        buf_addf(&out, "# Hilfetext: %.*s\n",
                 STR_ARG(str_replace(b->arena, root->help, STR("\n"), STR(" "))));
    buf_addf(&out, "id: %.*s\nleika: \"\"\n", STR_ARG(b->id));
    skeleton_text(&out, "name", root->label);
    skeleton_text(&out, "summary", about.len ? about : root->label);
    buf_add_c(&out, "audience: [citizen, organisation]\noffices: [buergerbuero]\nprocedures:\n");
    buf_addf(&out, "  - id: antrag\n    leika: \"\"\n");
    skeleton_text(&out, "    name", root->label);
    skeleton_text(&out, "    summary", about.len ? about : root->label);
    if (root->reference_count)
        buf_add_c(&out, "    legal:\n");
    for (size_t i = 0; i < root->reference_count; i++) {
        buf_add_c(&out, "      - {de: ");
        json_write_string(&out, root->references[i]);
        buf_add_c(&out, "}\n");
    }
    buf_add_c(&out, "    form: antrag\n    process: antrag\n");
    skeleton_file(b, STR("service.yaml"), buf_str(&out));
    skeleton_note(b, 0, STR("service.yaml"),
                  "The document does not say for which service it is: enter the LeiKa keys, who "
                  "may apply (`who`), `cost` and `duration`.");
}

static const char PROCESS[] =
    "# A first process: received, asked back, decided. Change it to what the office does.\n"
    "id: antrag\n"
    "deadline: {days: 42, label: Entscheidung}\n"
    "states:\n"
    "  eingegangen:\n"
    "    label: Eingegangen\n"
    "    citizen: {de: Ihr Antrag ist bei uns eingegangen. Wir prüfen ihn jetzt., en: We have "
    "received your application and are examining it., de-leicht: Ihr Antrag ist da. Wir prüfen "
    "den Antrag.}\n"
    "  nachforderung:\n"
    "    label: Wartet auf Antwort\n"
    "    citizen: {de: Wir brauchen noch etwas von Ihnen. Bitte ergänzen Sie Ihre Angaben., en: We "
    "still need something from you. Please complete your details., de-leicht: Wir brauchen noch "
    "etwas von Ihnen. Bitte antworten Sie uns.}\n"
    "    waiting: applicant\n"
    "    clock: paused\n"
    "  bewilligt:\n"
    "    label: Bewilligt\n"
    "    citizen: {de: Wir haben Ihrem Antrag zugestimmt., en: We have granted your application., "
    "de-leicht: Wir sagen Ja zu Ihrem Antrag.}\n"
    "    final: true\n"
    "    retention: P10Y\n"
    "  abgelehnt:\n"
    "    label: Abgelehnt\n"
    "    citizen: {de: Wir haben Ihren Antrag abgelehnt., en: We have refused your application., "
    "de-leicht: Wir sagen Nein zu Ihrem Antrag.}\n"
    "    final: true\n"
    "    retention: P10Y\n"
    "tasks:\n"
    "  pruefen: {office: buergerbuero, label: Antrag prüfen, on: eingegangen}\n"
    "actions:\n"
    "  bewilligen: {label: Bewilligen, from: [eingegangen, nachforderung], to: bewilligt, office: "
    "buergerbuero, done: [pruefen], effects: []}\n"
    "  ablehnen: {label: Ablehnen, from: [eingegangen, nachforderung], to: abgelehnt, office: "
    "buergerbuero, done: [pruefen], effects: []}\n";

/* --- README ------------------------------------------------------------------------------------
 */

static int by_line(const void *a, const void *b)
{
    const SkeletonNote *x = a, *y = b;

    return x->line - y->line;
}

static int by_element(const void *a, const void *b)
{
    const XdfLeft *x = a, *y = b;
    int order = str_compare(x->element, y->element);

    return order ? order : x->line - y->line;
}

/* Why an element of the catalogue has no place. */
static const char *why_left(Str element)
{
    static const struct {
        const char *element, *why;
    } WHY[] = {
        {"bezeichnungAusgabe", "letters and overviews use the field's `label`"},
        {"hilfetextAusgabe", "letters and overviews have no help"},
        {"vorbefuellung", "say on the page with `prefill` what a signed-in person may take over"},
        {"hilfe", "a value to choose has no help of its own"},
        {"helpKey", "a value to choose has no help of its own"},
        {"inhalt", "another content of the same field stands behind it"},
        {"maxSize", "only a field for files has a largest size"},
        {"mediaType", "only a field for files has types of files"},
        {"code", "only a field to choose from has values"},
        {"wert/name", "only a field to choose from has values"},
        {"codeKey", "only a field to choose from has a code list"},
        {"nameKey", "only a field to choose from has a code list"},
        {"canonicalIdentification", "the list is found by the URI of its version"},
        {"canonicalVersionUri", "only a field to choose from has a code list"},
        {"praezisierung", "words beside the bounds: read them"},
        {"typ", "the rule is to be written in FEEL"},
        {"param", "the rule is to be written in FEEL"},
        {"ziel", "the rule is to be written in FEEL"},
        {"fehler", "the message of a rule stands in `validate`"},
        {"gueltigAb", "a package's versions have days of their own"},
        {"gueltigBis", "a package's versions have days of their own"},
        {"schemaelementart", "says how binding the element is in the catalogue"},
    };

    for (size_t i = 0; i < sizeof WHY / sizeof *WHY; i++)
        if (str_is(element, WHY[i].element))
            return WHY[i].why;
    return "the catalogue keeps it about its elements; a form does not need it";
}

/* Catalogue data of the same element in one line: there are a dozen for every field. */
static void write_left(Builder *b, Buf *out)
{
    size_t count = b->document->left_count;
    XdfLeft *left = arena_array(b->arena, XdfLeft, count + 1);

    if (!count)
        return;
    memcpy(left, b->document->left, count * sizeof *left);
    qsort(left, count, sizeof *left, by_element);
    buf_add_c(out, "\n## Lines without a place in a package\n\n"
                   "By element, with why there is none.\n\n");
    for (size_t i = 0; i < count;) {
        buf_addf(out, "- `%.*s`: ", STR_ARG(left[i].element));
        size_t first = i;
        for (; i < count && str_eq(left[i].element, left[first].element); i++)
            buf_addf(out, "%s%d", i == first ? "line " : ", ", left[i].line);
        buf_addf(out, ": %s\n", why_left(left[first].element));
    }
}

static void write_readme(Builder *b, Str source)
{
    Buf out = buf_in(b->arena);

    buf_addf(&out,
             "# %.*s\n\nA skeleton, made from `%.*s` (XDatenfelder %d, %.*s %.*s). It is not ready "
             "to be published:\n`rathaus service check` names the texts that are to be translated, "
             "and examples/ needs an application.\n\n## To look at\n\n",
             STR_ARG(b->document->root.label), STR_ARG(source), b->document->version,
             STR_ARG(b->document->root.id), STR_ARG(b->document->root.version));
    if (b->notes.count)
        qsort(b->notes.items, b->notes.count, sizeof *b->notes.items, by_line);
    for (size_t i = 0; i < b->notes.count; i++) {
        const SkeletonNote *note = &b->notes.items[i];
        buf_add_c(&out, "- ");
        if (note->line && note->last_line > note->line)
            buf_addf(&out, "lines %d to %d, ", note->line, note->last_line);
        else if (note->line)
            buf_addf(&out, "line %d, ", note->line);
        buf_addf(&out, "%.*s: %.*s\n", STR_ARG(note->element), STR_ARG(note->text));
    }
    write_left(b, &out);
    skeleton_file(b, STR("README.md"), buf_str(&out));
}

static void build(Builder *b, Str source)
{
    b->files = (SkeletonFiles){0};
    b->notes = (SkeletonNotes){0};
    b->fields = b->restored = 0;
    b->indent = 6;
    skeleton_form(b);
    write_service(b, &b->document->root);
    skeleton_file(b, STR("processes/antrag.yaml"), str_c(PROCESS));
    write_readme(b, source);
}

/* What the gate does not find: X of 'the name "X" is not known here'. */
static Str unknown_in(Str message)
{
    static const struct {
        Str before, behind;
    } PHRASES[] = {{STR("the name \""), STR("\" is not known here")},
                   {STR("there is no code list \""), STR("\"")}};

    for (size_t i = 0; i < sizeof PHRASES / sizeof *PHRASES; i++) {
        int64_t begin = str_find(message, PHRASES[i].before);
        if (begin < 0)
            continue;
        Str rest = str_slice(message, (size_t)begin + PHRASES[i].before.len, message.len);
        int64_t end = str_find(rest, PHRASES[i].behind);
        if (end > 0)
            return str_slice(rest, 0, (size_t)end);
    }
    return STR_NONE;
}

/* A rule of another package may use what only that one has: its tables, lists and settings. */
static void find_unknown(Builder *b)
{
    Problems problems = {.arena = b->arena};
    Str *names;

    package_load(b->files.items, b->files.count, b->arena, &problems);
    names = arena_array(b->arena, Str, problems.count + 1);
    for (size_t i = 0; i < problems.count; i++) {
        Str name = unknown_in(problems.items[i].message);
        if (name.len)
            names[b->unknown_count++] = name;
    }
    b->unknown = names;
}

void skeleton_make(Arena *arena, const XdfDocument *document, Str source, const CodeSource *codes,
                   size_t code_count, Skeleton *out)
{
    Builder builder = {.arena = arena,
                       .document = document,
                       .codes = codes,
                       .code_count = code_count,
                       .id = skeleton_id(arena, document->root.label)};

    build(&builder, source);
    if (builder.restored) {
        find_unknown(&builder);
        if (builder.unknown_count)
            build(&builder, source);
    }
    *out = (Skeleton){.files = builder.files.items,
                      .file_count = builder.files.count,
                      .notes = builder.notes.items,
                      .note_count = builder.notes.count,
                      .fields = builder.fields};
}
