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
             (SkeletonNote){line, element, str_c(arena_vprintf(b->arena, format, args))});
    va_end(args);
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
             "# A skeleton from XDatenfelder %d, %.*s %.*s. README.md says what is missing.\n"
             "id: %.*s\nleika: \"\"\n",
             b->document->version, STR_ARG(root->id), STR_ARG(root->version), STR_ARG(b->id));
    skeleton_text(&out, "name", root->label);
    skeleton_text(&out, "summary", about.len ? about : root->label);
    buf_add_c(&out, "audience: [citizen, organisation]\noffices: [buergerbuero]\nprocedures:\n");
    buf_addf(&out, "  - id: antrag\n    leika: \"\"\n");
    skeleton_text(&out, "    name", root->label);
    skeleton_text(&out, "    summary", about.len ? about : root->label);
    if (root->legal.len) {
        buf_add_c(&out, "    legal:\n      - {de: ");
        json_write_string(&out, root->legal);
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
                   "What the catalogue keeps about its elements. A form does not need it.\n\n");
    for (size_t i = 0; i < count;) {
        buf_addf(out, "- `%.*s`: ", STR_ARG(left[i].element));
        size_t first = i;
        for (; i < count && str_eq(left[i].element, left[first].element); i++)
            buf_addf(out, "%s%d", i == first ? "line " : ", ", left[i].line);
        buf_add_char(out, '\n');
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
        if (note->line)
            buf_addf(&out, "line %d, ", note->line);
        buf_addf(&out, "%.*s: %.*s\n", STR_ARG(note->element), STR_ARG(note->text));
    }
    write_left(b, &out);
    skeleton_file(b, STR("README.md"), buf_str(&out));
}

bool skeleton_make(Arena *arena, const XdfDocument *document, Str source, const CodeSource *codes,
                   size_t code_count, Skeleton *out, Err *err)
{
    Builder builder = {.arena = arena,
                       .document = document,
                       .codes = codes,
                       .code_count = code_count,
                       .id = skeleton_id(arena, document->root.label)};

    if (!skeleton_form(&builder, err))
        return false;
    write_service(&builder, &document->root);
    skeleton_file(&builder, STR("processes/antrag.yaml"), str_c(PROCESS));
    write_readme(&builder, source);
    *out = (Skeleton){.files = builder.files.items,
                      .file_count = builder.files.count,
                      .notes = builder.notes.items,
                      .note_count = builder.notes.count,
                      .fields = builder.fields};
    return true;
}
