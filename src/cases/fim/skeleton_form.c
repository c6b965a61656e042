/* SPDX-License-Identifier: EUPL-1.2 */
/* The form of a skeleton: top groups become pages, inner groups stay groups, as deep as a form
 * allows; an optional group is asked for first. */
#include "cases/fim/skeleton_build.h"

enum {
    MAX_DEPTH = 3,     /* groups in groups, as form_load.c has it */
    MAX_FIELDS = 400,  /* in one group */
    OPEN_REPEAT = 50,  /* items where the document sets no limit */
    MOST_REPEAT = 200, /* that a form allows */
};

/* Names that stand in one group. */
typedef struct Names {
    Str *items;
    size_t count, capacity;
} Names;

static const char *const RESERVED[] = {
    "and",      "or",      "if",      "then",     "else",      "for",      "in",         "return",
    "some",     "every",   "of",      "function", "external",  "not",      "true",       "false",
    "null",     "town",    "code",    "value",    "today",     "now",      "date",       "time",
    "count",    "sum",     "min",     "max",      "list",      "string",   "number",     "duration",
    "contains", "matches", "between", "instance", "satisfies", "position", "item_count",
};

static Str unique_id(Builder *b, Names *names, Str wish)
{
    Str id = wish;

    for (size_t i = 0; i < sizeof RESERVED / sizeof *RESERVED; i++)
        if (str_is(wish, RESERVED[i]))
            id = wish = str_printf(b->arena, "feld_%.*s", STR_ARG(wish));
    for (int n = 2;; n++) {
        bool used = false;
        for (size_t i = 0; i < names->count && !used; i++)
            used = str_eq(names->items[i], id);
        if (!used)
            break;
        id = str_printf(b->arena, "%.*s_%d", STR_ARG(wish), n);
    }
    VEC_PUSH(b->arena, names, id);
    return id;
}

static const char *indent_of(const Builder *b, int depth)
{
    return arena_printf(b->arena, "%*s", depth * 4 + b->indent, "");
}

/* The id that our export says, or one from the label. */
static Str id_of(Builder *b, const XdfElement *element)
{
    XdfMark mark;

    return skeleton_mark(element, &mark) ? mark.id : skeleton_id(b->arena, element->label);
}

static bool any_needed(const XdfElement *group)
{
    for (size_t i = 0; i < group->child_count; i++)
        if (group->children[i].least > 0)
            return true;
    return false;
}

static void write_repeat(Builder *b, const XdfElement *element, const char *indent, Buf *out)
{
    int most = element->most == XDF_MANY ? OPEN_REPEAT : element->most;

    if (most > MOST_REPEAT)
        skeleton_note(b, element->line, skeleton_called(b, element),
                      "%d items are wanted, a form takes %d", most, MOST_REPEAT);
    buf_addf(out, "%srepeat: {min: %d, max: %d, item: {de: ", indent,
             element->least > MOST_REPEAT ? MOST_REPEAT : element->least,
             most > MOST_REPEAT ? MOST_REPEAT : most);
    json_write_string(out, element->label);
    buf_add_c(out, "}}\n");
}

static void write_children(Builder *b, const XdfElement *group, int depth, Names *names, Buf *out);

/* Where groups are too deep the inner one's fields stand in the outer one, under a heading. */
static void write_flat(Builder *b, const XdfElement *group, int depth, Names *names, Buf *out)
{
    const char *indent = indent_of(b, depth);

    if (group->most != 1) {
        skeleton_left_out(b, group,
                          "this repeated group lies more than %d groups deep and is left out with "
                          "its fields",
                          MAX_DEPTH);
        return;
    }
    skeleton_note(b, group->line, skeleton_called(b, group),
                  "groups may be nested %d deep: its fields stand in the group around it",
                  MAX_DEPTH);
    Str id = unique_id(b, names, skeleton_id(b->arena, group->label));
    skeleton_comments(b, group, indent, out);
    if (group->help.len)
        buf_addf(out, "%s# Hilfetext: %.*s\n", indent,
                 STR_ARG(str_replace(b->arena, group->help, STR("\n"), STR(" "))));
    buf_addf(out, "%s- id: %.*s\n%s  type: heading\n", indent, STR_ARG(id), indent);
    buf_addf(out, "%s  ", indent);
    skeleton_text(out, "text", group->label);
    write_children(b, group, depth, names, out);
}

/* "Möchten Sie … angeben?" before a group that may be missing as a whole. */
static Str write_question(Builder *b, const XdfElement *group, const char *indent, Str id,
                          Names *names, Buf *out)
{
    Str question = unique_id(b, names, str_printf(b->arena, "mit_%.*s", STR_ARG(id)));

    buf_addf(out, "%s- id: %.*s\n%s  type: yes_no\n%s  ", indent, STR_ARG(question), indent,
             indent);
    skeleton_text(
        out, "label",
        str_printf(b->arena, "Möchten Sie Angaben zu „%.*s“ machen?", STR_ARG(group->label)));
    buf_addf(out, "%s  required: true\n", indent);
    b->fields++;
    return question;
}

static void write_group(Builder *b, const XdfElement *group, int depth, Names *names, Buf *out)
{
    const char *indent = indent_of(b, depth);
    const char *inner = arena_printf(b->arena, "%s  ", indent);
    Names own = {0};
    Buf inside = buf_in(b->arena);
    Str question = STR_NONE;

    if (depth >= MAX_DEPTH) {
        write_flat(b, group, depth, names, out);
        return;
    }
    Str id = unique_id(b, names, id_of(b, group));
    if (group->least == 0 && group->most == 1 && any_needed(group) &&
        !skeleton_has_rule(group, "Sichtbarkeit"))
        question = write_question(b, group, indent, id, names, out);
    skeleton_comments(b, group, indent, out);
    buf_addf(out, "%s- id: %.*s\n%stype: group\n", indent, STR_ARG(id), inner);
    skeleton_fim(group, inner, out);
    buf_add_c(out, inner);
    skeleton_text(out, "label", group->label);
    if (question.ptr)
        buf_addf(out, "%svisible: '%.*s = true'\n", inner, STR_ARG(question));
    skeleton_rules(b, group, inner, out);
    if (group->help.len) {
        buf_add_c(out, inner);
        skeleton_text(out, "hint", group->help);
    }
    if (group->most != 1)
        write_repeat(b, group, inner, out);
    b->fields++;
    write_children(b, group, depth + 1, &own, &inside);
    buf_addf(out, "%sfields:%s\n%.*s", inner, inside.len ? "" : " []", STR_ARG(buf_str(&inside)));
}

/* Files and choices can be several by themselves; any other field gets a group around it. */
static bool several_by_itself(const XdfElement *field)
{
    return str_is(field->art, "select") || str_is(field->type, "file");
}

static void write_field(Builder *b, const XdfElement *field, int depth, Names *names, Buf *out)
{
    const char *indent = indent_of(b, depth);
    Str id = unique_id(b, names, id_of(b, field));
    Buf one = buf_in(b->arena);

    if (field->most == 1 || several_by_itself(field)) {
        if (!skeleton_field(b, field, id, indent, &one))
            return;
        skeleton_comments(b, field, indent, out);
        buf_add(out, buf_str(&one));
        return;
    }
    const char *inner = arena_printf(b->arena, "%s    ", indent);
    if (depth >= MAX_DEPTH) {
        skeleton_left_out(b, field,
                          "this repeated field lies more than %d groups deep and is left out",
                          MAX_DEPTH);
        return;
    }
    if (!skeleton_field(b, field, STR("eintrag"), inner, &one))
        return;
    skeleton_comments(b, field, indent, out);
    buf_addf(out, "%s- id: %.*s\n%s  type: group\n%s  ", indent, STR_ARG(id), indent, indent);
    skeleton_text(out, "label", field->label);
    write_repeat(b, field, arena_printf(b->arena, "%s  ", indent), out);
    buf_addf(out, "%s  fields:\n%.*s", indent, STR_ARG(buf_str(&one)));
}

static void write_child(Builder *b, const XdfElement *child, int depth, Names *names, Buf *out)
{
    if (child->most == 0)
        skeleton_left_out(b, child, "it may stand there 0 times and is left out");
    else if (child->kind == XDF_GROUP)
        write_group(b, child, depth, names, out);
    else
        write_field(b, child, depth, names, out);
}

static void write_children(Builder *b, const XdfElement *group, int depth, Names *names, Buf *out)
{
    size_t before = out->len;

    for (size_t i = 0; i < group->child_count; i++) {
        const XdfElement *child = &group->children[i];
        if (names->count >= MAX_FIELDS) {
            skeleton_left_out(b, child, "a group takes %d fields: this one is left out",
                              MAX_FIELDS);
            continue;
        }
        write_child(b, child, depth, names, out);
    }
    if (out->len == before)
        skeleton_note(b, group->line, skeleton_called(b, group),
                      "nothing of it could be used: the page or group has no fields yet");
}

static void begin_page(Builder *b, Names *pages, Str wish, Str title, Buf *out)
{
    Str id = unique_id(b, pages, wish.ptr ? wish : skeleton_id(b->arena, title));

    buf_addf(out, "  - id: %.*s\n    ", STR_ARG(id));
    skeleton_text(out, "title", title);
}

/* A page of our own export: its fields stand on it without a group around them. */
static void write_page(Builder *b, const XdfElement *group, Str wish, Names *pages, Names *names,
                       Buf *out)
{
    Buf inside = buf_in(b->arena);

    skeleton_comments(b, group, "  ", out);
    begin_page(b, pages, wish, group->label, out);
    skeleton_fim(group, "    ", out);
    if (group->help.len) {
        buf_add_c(out, "    ");
        skeleton_text(out, "intro", group->help);
    }
    skeleton_rules(b, group, "    ", out);
    write_children(b, group, 0, names, &inside);
    buf_addf(out, "    fields:%s\n%.*s", inside.len ? "" : " []", STR_ARG(buf_str(&inside)));
}

/* Each group of the top is a page; fields between them share one. */
static bool write_pages(Builder *b, const XdfElement *root, Buf *out)
{
    Names pages = {0}, names = {0};
    bool open = false; /* a page of single fields */
    XdfMark mark;

    for (size_t i = 0; i < root->child_count; i++) {
        const XdfElement *child = &root->children[i];
        bool field = child->kind == XDF_FIELD;
        Buf inside = buf_in(b->arena);
        if (!field && skeleton_mark(child, &mark) && mark.page && child->most == 1) {
            write_page(b, child, mark.id, &pages, &names, out);
            open = false;
            continue;
        }
        write_child(b, child, 0, &names, &inside);
        if (!inside.len)
            continue;
        if (!field || !open) {
            begin_page(b, &pages, STR_NONE, field ? STR("Ihre Angaben") : child->label, out);
            buf_add_c(out, "    fields:\n");
        }
        open = field;
        buf_add(out, buf_str(&inside));
    }
    return pages.count > 0;
}

/* A group that is a document of its own is made to be used again: it becomes a block, and the
 * form's only page shows it. */
static void write_block(Builder *b, const XdfElement *group, Buf *form)
{
    Buf block = buf_in(b->arena), inside = buf_in(b->arena);
    Names pages = {0}, names = {0};
    Str id = unique_id(b, &pages, skeleton_id(b->arena, group->label));

    pages.count = 0;
    begin_page(b, &pages, STR_NONE, group->label, form);
    buf_addf(form,
             "    fields:\n      - id: %.*s\n        type: group\n        fim: %.*s\n        ",
             STR_ARG(id), STR_ARG(group->id));
    skeleton_text(form, "label", group->label);
    if (group->help.len) {
        buf_add_c(form, "        ");
        skeleton_text(form, "hint", group->help);
    }
    buf_addf(form, "        block: %.*s\n", STR_ARG(id));
    b->fields++;
    b->indent = -2;
    write_children(b, group, 1, &names, &inside);
    skeleton_comments(b, group, "", &block);
    buf_addf(&block, "id: %.*s\nfields:%s\n%.*s", STR_ARG(id), inside.len ? "" : " []",
             STR_ARG(buf_str(&inside)));
    skeleton_file(b, str_printf(b->arena, "blocks/%.*s.yaml", STR_ARG(id)), buf_str(&block));
}

void skeleton_form(Builder *b)
{
    const XdfElement *root = &b->document->root;
    Buf out = buf_in(b->arena);

    if (root->kind == XDF_GROUP) {
        buf_add_c(&out, "id: antrag\npages:\n");
        write_block(b, root, &out);
    } else {
        buf_addf(&out, "id: antrag\nfim: %.*s\npages:\n", STR_ARG(root->id));
        if (!write_pages(b, root, &out)) {
            Names pages = {0};
            begin_page(b, &pages, STR_NONE, STR("Ihre Angaben"), &out);
            buf_add_c(&out, "    fields: []\n");
            skeleton_note(b, 0, STR("forms/antrag.yaml"),
                          "The document has no field that a form could have: add the fields.");
        }
    }
    skeleton_file(b, STR("forms/antrag.yaml"), buf_str(&out));
}
