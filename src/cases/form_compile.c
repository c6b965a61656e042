/* SPDX-License-Identifier: EUPL-1.2 */
/* Give a form its types and scopes and compile its expressions. */
#include "cases/field.h"
#include "cases/load.h"
#include "cases/text.h"

const FeelType *form_fields_type(Arena *arena, FormField **fields, size_t count)
{
    FeelType *type = feel_type_context(arena);

    for (size_t i = 0; i < count; i++)
        if (field_has_value(fields[i]))
            feel_type_add_field(arena, type, fields[i]->id, fields[i]->feel_type);
    return type;
}

static void set_types(Loader *loader, FormField **fields, size_t count)
{
    size_t name_slot = 0;

    for (size_t i = 0; i < count; i++) {
        fields[i]->name_slot = name_slot;
        name_slot += field_has_value(fields[i]);
        if (fields[i]->type == FIELD_GROUP)
            set_types(loader, fields[i]->fields, fields[i]->field_count);
        fields[i]->feel_type = field_feel_type(loader->arena, fields[i]);
    }
}

static const char *what_of(Loader *loader, const FormField *field, const char *key)
{
    return arena_printf(loader->arena, "field \"%.*s\": `%s`", STR_ARG(field->path), key);
}

static const FeelProgram *compile_key(Loader *loader, const FormField *field, const char *key,
                                      const FeelScope *scope, FeelTypeKind wanted)
{
    return load_feel(loader, node_get(field->source, key), scope, wanted,
                     what_of(loader, field, key));
}

/* A bound may be a plain date or time ("2027-03-01", "08:00"), which FEEL alone would read as a
 * subtraction. */
static const FeelProgram *compile_bound(Loader *loader, const FormField *field, const char *key,
                                        const FeelScope *scope)
{
    const Node *node = node_get(field->source, key);
    Date date;

    if (node && node->kind == NODE_STRING &&
        ((field->type == FIELD_DATE && date_parse_iso(node->text, &date)) ||
         (field->type == FIELD_TIME && node->text.len == 5 && node->text.ptr[2] == ':'))) {
        Node *literal =
            node_string(loader->arena, str_printf(loader->arena, "@\"%.*s%s\"", STR_ARG(node->text),
                                                  field->type == FIELD_TIME ? ":00" : ""));
        literal->file = node->file;
        literal->line = node->line;
        literal->column = node->column;
        return load_feel(loader, literal, scope, field_feel_kind(field->type),
                         what_of(loader, field, key));
    }
    return compile_key(loader, field, key, scope, field_feel_kind(field->type));
}

/* The value of a program that reads nothing, or NULL. */
static const FeelValue *constant(Loader *loader, const FeelProgram *program)
{
    FeelEnv env = {.today = {2000, 1, 1}};
    Str *reads;
    Err err;

    if (!program || feel_program_reads(program, loader->arena, &reads) > 0)
        return NULL;
    return feel_eval(program, loader->package->constants, &env, loader->arena, &err);
}

/* Does the source mention the clock? Then it is no constant. */
static bool reads_clock(const Node *source)
{
    Str text = node_text(source);

    return str_find(text, STR("today(")) >= 0 || str_find(text, STR("now(")) >= 0;
}

static void check_visible(Loader *loader, const FeelProgram *visible, const Node *source,
                          const char *what)
{
    const FeelValue *value = reads_clock(source) ? NULL : constant(loader, visible);

    if (value && !feel_is_true(value))
        load_error(loader, source,
                   "%s can never be seen: `visible` is always %s. Remove it or mend the condition",
                   what, feel_is_null(value) ? "null" : "false");
}

static void check_default(Loader *loader, const FormField *field)
{
    const FeelValue *value = constant(loader, field->default_value);

    if (!value || field->type != FIELD_CHOICE || feel_is_null(value))
        return;
    Str text = feel_to_text(loader->arena, value);
    for (size_t i = 0; i < field->option_count; i++)
        if (str_eq(field->options[i].value, text))
            return;
    load_error(loader, node_get(field->source, "default"),
               "field \"%.*s\": the default \"%.*s\" is none of its options", STR_ARG(field->path),
               STR_ARG(text));
}

static const FeelValue *as_node_order(Loader *loader, const FeelValue *low, const FeelValue *high)
{
    FeelScope *scope = feel_scope(loader->arena, NULL);
    FeelEnv env = {.today = {2000, 1, 1}};
    Err err;

    feel_scope_add(scope, STR("low"), feel_type(FEEL_ANY));
    feel_scope_add(scope, STR("high"), feel_type(FEEL_ANY));
    const FeelProgram *test = feel_compile(loader->arena, STR("low > high"), NULL, 1, scope, &err);
    const FeelValue *names = feel_from_node(loader->arena, node_map(loader->arena), NULL);
    names = feel_context_put(loader->arena, names, STR("low"), low);
    names = feel_context_put(loader->arena, names, STR("high"), high);
    return test ? feel_eval(test, names, &env, loader->arena, &err) : NULL;
}

static void check_bounds(Loader *loader, const FormField *field)
{
    const Node *min = node_get(field->source, "min"), *max = node_get(field->source, "max");
    const FeelValue *low = min && !reads_clock(min) ? constant(loader, field->min) : NULL;
    const FeelValue *high = max && !reads_clock(max) ? constant(loader, field->max) : NULL;
    const FeelValue *wrong = low && high ? as_node_order(loader, low, high) : NULL;

    if (wrong && feel_is_true(wrong))
        load_error(loader, min, "field \"%.*s\": `min` %.*s is more than `max` %.*s: exchange them",
                   STR_ARG(field->path), STR_ARG(node_text(min)), STR_ARG(node_text(max)));
}

static void compile_rules(Loader *loader, FormField *field, const FeelScope *scope)
{
    const Node *list = node_get(field->source, "validate");

    for (size_t i = 0; i < field->rule_count; i++) {
        const Node *one = node_at(list, i);
        const Node *message = node_get(one, "message");
        Rule *rule = &field->rules[i];
        rule->test = load_feel(loader, node_get(one, "rule"), scope, FEEL_BOOLEAN,
                               what_of(loader, field, "rule"));
        if (!node_is_null(message))
            rule->message = text_template(message, scope, loader->arena, loader->problems);
    }
}

static void compile_pattern(Loader *loader, FormField *field)
{
    FeelScope *scope;
    Buf text = buf_in(loader->arena);
    Err err;

    if (!field->pattern.ptr)
        return;
    scope = feel_scope(loader->arena, NULL);
    feel_scope_add(scope, STR("value"), feel_type(FEEL_STRING));
    buf_add_c(&text, "matches(value, ");
    json_write_string(&text, str_printf(loader->arena, "^(%.*s)$", STR_ARG(field->pattern)));
    buf_add_c(&text, ")");
    field->pattern_test = feel_compile(loader->arena, buf_str(&text), NULL, 1, scope, &err);
    if (!field->pattern_test)
        load_error(loader, node_get(field->source, "pattern"),
                   "field \"%.*s\": the pattern cannot be used: %s", STR_ARG(field->path),
                   err.message);
}

/* Unknown code lists in `code("list", …)` would only show when a citizen sits before the form. */
void form_check_codes(Loader *loader, const Node *expression)
{
    Str text = node_text(expression);

    for (ptrdiff_t at; (at = str_find(text, STR("code(\""))) >= 0;) {
        text = str_slice(text, (size_t)at + strlen("code(\""), text.len);
        ptrdiff_t end = str_find_char(text, '"');
        Str name = str_slice(text, 0, end < 0 ? 0 : (size_t)end);
        if (!package_codes(loader->package, name))
            load_error(loader, expression, "there is no code list \"%.*s\": add codes/%.*s.csv",
                       STR_ARG(name), STR_ARG(name));
    }
}

static void compile_fields(Loader *loader, FormField **fields, size_t count, FeelScope *scope);

static void compile_group(Loader *loader, FormField *field, const FeelScope *outer)
{
    FeelScope *scope = feel_scope(loader->arena, outer);
    const FeelType *type = field->repeats ? field->feel_type->item : field->feel_type;

    if (field->repeats) {
        feel_scope_add(scope, STR("position"), feel_type(FEEL_NUMBER));
        feel_scope_add(scope, STR("item_count"), feel_type(FEEL_NUMBER));
    }
    feel_scope_add_fields(scope, type);
    compile_fields(loader, field->fields, field->field_count, scope);
}

static void compile_required(Loader *loader, FormField *field, const FeelScope *scope)
{
    const Node *required = node_get(field->source, "required");

    if (required && required->kind == NODE_BOOL)
        field->required_always = required->boolean;
    else
        field->required = compile_key(loader, field, "required", scope, FEEL_BOOLEAN);
}

static void compile_field(Loader *loader, FormField *field, FeelScope *scope)
{
    FeelTypeKind kind = field_feel_kind(field->type);
    const Node *source = field->source;

    for (size_t i = 0; i < source->count; i++)
        form_check_codes(loader, source->items[i]);
    field->visible = compile_key(loader, field, "visible", scope, FEEL_BOOLEAN);
    check_visible(loader, field->visible, node_get(source, "visible"),
                  arena_printf(loader->arena, "field \"%.*s\"", STR_ARG(field->path)));
    compile_required(loader, field, scope);
    field->compute = compile_key(loader, field, "compute", scope, kind);
    field->default_value = compile_key(loader, field, "default", scope, kind);
    field->min = compile_bound(loader, field, "min", scope);
    field->max = compile_bound(loader, field, "max", scope);
    check_default(loader, field);
    check_bounds(loader, field);
    compile_rules(loader, field, scope);
    compile_pattern(loader, field);
    if (field->type == FIELD_GROUP)
        compile_group(loader, field, scope);
}

static void compile_fields(Loader *loader, FormField **fields, size_t count, FeelScope *scope)
{
    for (size_t i = 0; i < count; i++)
        compile_field(loader, fields[i], scope);
}

void form_compile(Loader *loader, Form *form, const FeelScope *outer)
{
    FeelScope *scope = feel_scope(loader->arena, outer);

    set_types(loader, form->fields, form->field_count);
    form->type = form_fields_type(loader->arena, form->fields, form->field_count);
    feel_scope_add_fields(scope, form->type);
    form->scope = scope;
    for (size_t i = 0; i < form->page_count; i++) {
        FormPage *page = &form->pages[i];
        const Node *visible = node_get(page->source, "visible");
        const char *what = arena_printf(loader->arena, "page \"%.*s\"", STR_ARG(page->id));
        page->visible = load_feel(loader, visible, scope, FEEL_BOOLEAN, what);
        check_visible(loader, page->visible, visible, what);
    }
    compile_fields(loader, form->fields, form->field_count, scope);
    form_order(loader, form);
}
