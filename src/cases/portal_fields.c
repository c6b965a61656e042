/* SPDX-License-Identifier: EUPL-1.2 */
/* The visible fields of a form page, each drawn by its type. */
#include "base/vec.h"
#include "cases/field.h"
#include "cases/portal.h"
#include "cases/portal_fields.html.h"
#include "core/page/fields.html.h"
#include "core/page/parts.html.h"

/* Up to this many options are radio buttons; beyond, a list; beyond the second, with search. */
enum { MAX_RADIOS = 6, MAX_PLAIN_LIST = 14 };

typedef struct Drawing {
    Out *out;
    const FieldsView *view;
    Arena *arena;
} Drawing;

Str portal_field_id(Arena *arena, Str path)
{
    char *id = arena_alloc(arena, path.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        if (c != ']')
            id[len++] = c == '[' || c == '.' ? '-' : c;
    }
    return (Str){id, len};
}

static bool draw_fields(Drawing *d, FormField *const *fields, size_t count, Str prefix);

/* --- Values -------------------------------------------------------------------------------------
 */

/* What the field shows: what was typed; where nothing was, the default. */
static const Node *shown_value(const Drawing *d, const FormField *field, Str path)
{
    const Node *typed = node_path(d->view->data, path);

    if (typed && !field->compute)
        return typed;
    return node_path(d->view->state->data, path);
}

static Str upload_rules(const Drawing *d, const FormField *field)
{
    const Node *accept = node_get(field->source, "accept");
    Buf names = buf_in(d->arena);

    for (size_t i = 0; accept && i < accept->count; i++) {
        Str name = node_text(accept->items[i]);
        if (i)
            buf_add_c(&names, ", ");
        for (size_t k = 0; k < name.len; k++)
            buf_add_char(&names,
                         (char)(name.ptr[k] >= 'a' && name.ptr[k] <= 'z' ? name.ptr[k] - 'a' + 'A'
                                                                         : name.ptr[k]));
    }
    return trf(d->arena, d->view->lang, "Erlaubt: %.*s, je Datei höchstens %.*s.",
               STR_ARG(buf_str(&names)),
               STR_ARG(field_size_text(d->arena, d->view->lang, field->max_size)));
}

static Str join_hints(const Drawing *d, Str hint, Str more)
{
    return str_empty(hint) ? more : str_printf(d->arena, "%.*s %.*s", STR_ARG(hint), STR_ARG(more));
}

static FieldView base_view(const Drawing *d, const FormField *field, Str path)
{
    const FormError *error = d->view->show_errors ? form_error(d->view->state, path) : NULL;
    FieldView view = {.id = portal_field_id(d->arena, path),
                      .name = path,
                      .label = text_in(field->label, d->view->lang),
                      .hint = text_in(field->hint, d->view->lang),
                      .error = error ? error->message : STR_NONE,
                      .optional = !form_required(d->view->state, path),
                      .reloads = field->watched,
                      .autocomplete = field->autocomplete,
                      .max_length = (int)field->max_length};

    view.width = str_is(field->width, "short")  ? FIELD_SHORT
                 : str_is(field->width, "full") ? FIELD_FULL
                                                : FIELD_MEDIUM;
    return view;
}

/* --- One field
 * ------------------------------------------------------------------------------------ */

/* How to write what can be written in several ways; a package's own hint comes first. */
static Str format_hint(const Drawing *d, FieldType type)
{
    switch (type) {
    case FIELD_DATE: return tr(d->view->lang, "Zum Beispiel 24.12.2026");
    case FIELD_PARTIAL_DATE: return tr(d->view->lang, "Zum Beispiel 2026, 12.2026 oder 24.12.2026");
    case FIELD_TIME: return tr(d->view->lang, "Zum Beispiel 14:30");
    default: return STR_NONE;
    }
}

static void draw_text(Drawing *d, const FormField *field, FieldView *view, const Node *value)
{
    view->value = form_value_to_input(field, value, d->arena);
    switch (field->type) {
    case FIELD_INTEGER:
        view->inputmode = "numeric";
        view->width = FIELD_SHORT;
        break;
    case FIELD_DECIMAL:
        view->inputmode = "decimal";
        view->width = FIELD_SHORT;
        break;
    case FIELD_MONEY:
        view->inputmode = "decimal";
        view->unit = STR("€");
        view->width = FIELD_SHORT;
        break;
    case FIELD_TAX_ID: view->inputmode = "numeric"; break;
    case FIELD_EMAIL: view->type = "email"; break;
    case FIELD_PHONE: view->type = "tel"; break;
    case FIELD_TIME: view->width = FIELD_SHORT; break;
    case FIELD_TEXT:
        if (field->max_length > 60 && !node_get(field->source, "width"))
            view->width = FIELD_FULL;
        break;
    default: break;
    }
    if (str_empty(view->hint))
        view->hint = format_hint(d, field->type);
    if (field->type == FIELD_EMAIL || field->type == FIELD_IBAN)
        view->width = FIELD_FULL;
    /* The server counts characters as the reader does and says what is too long. */
    view->max_length = 0;
    page_field_text(d->out, view);
}

static bool is_chosen(const Node *value, Str option)
{
    if (value && value->kind == NODE_STRING)
        return str_eq(value->text, option);
    for (size_t i = 0; value && value->kind == NODE_LIST && i < value->count; i++)
        if (str_eq(node_text(value->items[i]), option))
            return true;
    return false;
}

static void draw_choice(Drawing *d, const FormField *field, FieldView *view, const Node *value)
{
    OptionView *options = arena_array(d->arena, OptionView, field->option_count);

    for (size_t i = 0; i < field->option_count; i++)
        options[i] = (OptionView){.value = field->options[i].value,
                                  .label = text_in(field->options[i].label, d->view->lang),
                                  .selected = is_chosen(value, field->options[i].value)};
    view->options = options;
    view->option_count = field->option_count;
    if (field->type == FIELD_CHOICES) {
        page_field_checks(d->out, view);
    } else if (field->option_count <= MAX_RADIOS) {
        page_field_radios(d->out, view);
    } else {
        view->searchable = field->option_count > MAX_PLAIN_LIST;
        page_field_select(d->out, view);
    }
}

static void draw_yes_no(Drawing *d, FieldView *view, const Node *value)
{
    OptionView *options = arena_array(d->arena, OptionView, 2);
    bool known = value && value->kind == NODE_BOOL;

    options[0] = (OptionView){.value = STR("true"),
                              .label = tr(d->view->lang, "Ja"),
                              .selected = known && value->boolean};
    options[1] = (OptionView){.value = STR("false"),
                              .label = tr(d->view->lang, "Nein"),
                              .selected = known && !value->boolean};
    view->options = options;
    view->option_count = 2;
    page_field_radios(d->out, view);
}

static void draw_upload(Drawing *d, const FormField *field, FieldView *view, const Node *value)
{
    size_t count = value && value->kind == NODE_LIST ? value->count : 0;
    FileView *files = arena_array(d->arena, FileView, count);
    Buf accept = buf_in(d->arena);

    for (size_t i = 0; i < count; i++) {
        Str sha256 = node_get_text(value->items[i], "sha256");
        files[i] = (FileView){
            .name = node_get_text(value->items[i], "name"),
            .size =
                field_size_text(d->arena, d->view->lang, node_get_i64(value->items[i], "size", 0)),
            .path = d->view->files.ptr ? str_printf(d->arena, "%.*s/%.*s", STR_ARG(d->view->files),
                                                    STR_ARG(sha256))
                                       : STR_NONE,
            .remove =
                str_printf(d->arena, "datei:%.*s:%.*s", STR_ARG(view->name), STR_ARG(sha256))};
    }
    for (const char **type = field->accept; type && *type; type++)
        buf_addf(&accept, "%s%s", accept.len ? "," : "", *type);
    view->files = files;
    view->file_count = count;
    view->multiple = field->max_files > 1;
    view->accept = buf_str(&accept);
    view->hint = join_hints(d, view->hint, upload_rules(d, field));
    page_field_upload(d->out, view);
}

static void draw_long_text(Drawing *d, const FormField *field, FieldView *view, const Node *value)
{
    view->value = form_value_to_input(field, value, d->arena);
    view->max_length = 0;
    page_field_long_text(d->out, view);
}

/* The field beside it, "lage.breite" beside "lage.laenge". */
static Str path_beside(Arena *arena, Str path, Str id)
{
    size_t end = path.len;

    while (end > 0 && path.ptr[end - 1] != '.')
        end--;
    return str_printf(arena, "%.*s%.*s", (int)end, path.ptr, STR_ARG(id));
}

/* The map above the two fields of a point. */
static void draw_map(Drawing *d, const FormField *field, Str path)
{
    Str latitude = path_beside(d->arena, path, field->latitude);

    if (d->view->ground.ptr && form_visible(d->view->state, latitude))
        page_portal_map(d->out, portal_field_id(d->arena, path),
                        portal_field_id(d->arena, latitude), d->view->ground);
}

bool portal_has_map(FormField *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i]->latitude.ptr || portal_has_map(fields[i]->fields, fields[i]->field_count))
            return true;
    return false;
}

static void draw_value(Drawing *d, const FormField *field, Str path)
{
    const Node *value = shown_value(d, field, path);
    FieldView view = base_view(d, field, path);

    if (field->compute) {
        page_portal_computed(d->out, view.id, view.label,
                             form_value_to_text(field, value, d->view->lang, d->arena));
        return;
    }
    /* Asked for and not there: not voluntary any more. */
    if (d->view->only && (node_is_null(value) || (value->kind == NODE_LIST && !value->count)))
        view.optional = false;
    if (field->latitude.ptr)
        draw_map(d, field, path);
    page_portal_shown(d->out, path);
    switch (field->type) {
    case FIELD_LONGTEXT: draw_long_text(d, field, &view, value); break;
    case FIELD_CHOICE:
    case FIELD_CHOICES: draw_choice(d, field, &view, value); break;
    case FIELD_YES_NO: draw_yes_no(d, &view, value); break;
    case FIELD_CONSENT:
        view.checked = value && value->kind == NODE_BOOL && value->boolean;
        page_field_check(d->out, &view);
        break;
    case FIELD_UPLOAD: draw_upload(d, field, &view, value); break;
    default: draw_text(d, field, &view, value);
    }
    if (field->help)
        page_portal_help(d->out, tr(d->view->lang, "Hilfe dazu"),
                         portal_markdown(d->out->req, field->help));
}

/* --- Groups
 * ----------------------------------------------------------------------------------------- */

/* The HTML of what is drawn by `draw` alone. */
static Html inside(Drawing *d, FormField *const *fields, size_t count, Str prefix)
{
    Buf buf = buf_in(d->arena);
    Buf *outer = d->out->buf;

    d->out->buf = &buf;
    draw_fields(d, fields, count, prefix);
    d->out->buf = outer;
    return (Html){buf_str(&buf)};
}

static void draw_item(Drawing *d, const FormField *field, Str path, size_t index, size_t count)
{
    Str lang = d->view->lang;
    Str item_path = str_printf(d->arena, "%.*s[%zu]", STR_ARG(path), index);
    Str item = text_in(field->item_label ? field->item_label : field->label, lang);
    Str name = str_printf(d->arena, "%.*s %zu", STR_ARG(item), index + 1);
    bool removable = !d->view->only && count > (size_t)field->repeat_min;
    Html body = inside(d, field->fields, field->field_count,
                       str_printf(d->arena, "%.*s.", STR_ARG(item_path)));

    if (d->view->only && body.str.len == 0)
        return;
    page_portal_item(d->out, portal_field_id(d->arena, item_path), name, body,
                     trf(d->arena, lang, "%.*s entfernen", STR_ARG(name)),
                     removable ? str_printf(d->arena, "eintrag:%.*s", STR_ARG(item_path))
                               : STR_NONE);
}

static void draw_items(Drawing *d, const FormField *field, Str path, bool alone)
{
    const Node *list = node_path(d->view->data, path);
    const FormError *error = d->view->show_errors ? form_error(d->view->state, path) : NULL;
    size_t count = list && list->kind == NODE_LIST ? list->count : 0;
    Str lang = d->view->lang;
    Str item = text_in(field->item_label ? field->item_label : field->label, lang);
    Buf buf = buf_in(d->arena);
    Buf *outer = d->out->buf;

    d->out->buf = &buf;
    for (size_t i = 0; i < count && i < (size_t)field->repeat_max; i++)
        draw_item(d, field, path, i, count);
    d->out->buf = outer;
    if (d->view->only && buf.len == 0)
        return;
    page_portal_items(d->out, portal_field_id(d->arena, path), text_in(field->label, lang), !alone,
                      text_in(field->hint, lang), error ? error->message : STR_NONE,
                      (Html){buf_str(&buf)}, trf(d->arena, lang, "%.*s hinzufügen", STR_ARG(item)),
                      !d->view->only && count < (size_t)field->repeat_max ? path : STR_NONE);
}

static void draw_group(Drawing *d, const FormField *field, Str path, bool alone)
{
    if (field->repeats) {
        draw_items(d, field, path, alone);
        return;
    }
    Html body =
        inside(d, field->fields, field->field_count, str_printf(d->arena, "%.*s.", STR_ARG(path)));
    if (body.str.len)
        page_portal_group(d->out, portal_field_id(d->arena, path),
                          text_in(field->label, d->view->lang), text_in(field->hint, d->view->lang),
                          body);
}

/* When only some paths are asked for: is this one of them, or does it lead to one? */
static bool is_asked(const FieldsView *view, const FormField *field, Str path)
{
    if (!view->only)
        return true;
    for (size_t i = 0; i < view->only_count; i++) {
        Str asked = view->only[i];
        if (str_eq(asked, path))
            return true;
        if (field->type == FIELD_GROUP && asked.len > path.len &&
            memcmp(asked.ptr, path.ptr, path.len) == 0 &&
            (asked.ptr[path.len] == '.' || asked.ptr[path.len] == '['))
            return true;
        /* Everything inside a group that is asked for as a whole. */
        if (path.len > asked.len && memcmp(asked.ptr, path.ptr, asked.len) == 0 &&
            (path.ptr[asked.len] == '.' || path.ptr[asked.len] == '['))
            return true;
    }
    return false;
}

static bool draw_fields(Drawing *d, FormField *const *fields, size_t count, Str prefix)
{
    for (size_t i = 0; i < count; i++) {
        const FormField *field = fields[i];
        Str path = str_printf(d->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(field->id));
        if (!form_visible(d->view->state, path) || !is_asked(d->view, field, path))
            continue;
        if (field->type == FIELD_NOTE)
            page_portal_note(d->out, portal_markdown(d->out->req, field->text));
        else if (field->type == FIELD_HEADING)
            page_portal_heading(d->out, text_in(field->text, d->view->lang));
        else if (field->type == FIELD_GROUP)
            draw_group(d, field, path, prefix.len == 0 && count == 1);
        else
            draw_value(d, field, path);
    }
    return true;
}

Html portal_fields(Out *out, const FieldsView *view, FormField *const *fields, size_t count)
{
    Drawing d = {out, view, out->buf->arena};

    return inside(&d, fields, count, STR(""));
}

/* --- Errors
 * ----------------------------------------------------------------------------------------- */

bool portal_error_within(const FormError *error, FormField *const *fields, size_t count)
{
    Str path = error->path;
    Str first = str_cut(&path, '.');
    ptrdiff_t bracket = str_find_char(first, '[');
    Str id = bracket < 0 ? first : str_slice(first, 0, (size_t)bracket);

    for (size_t i = 0; i < count; i++)
        if (str_eq(fields[i]->id, id))
            return true;
    return false;
}

const FieldError *portal_errors(Arena *arena, const FormState *state, FormField *const *fields,
                                size_t count, size_t *error_count)
{
    FieldError *errors = arena_array(arena, FieldError, state->error_count);

    *error_count = 0;
    for (size_t i = 0; i < state->error_count; i++)
        if (portal_error_within(&state->errors[i], fields, count))
            errors[(*error_count)++] =
                (FieldError){.id = portal_field_id(arena, state->errors[i].path),
                             .message = state->errors[i].message};
    return errors;
}

/* --- Answers
 * ---------------------------------------------------------------------------------------- */
