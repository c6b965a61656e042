/* SPDX-License-Identifier: EUPL-1.2 */
/* The decision table of a decision as a table of a package. What comes out is read again,
 * so that names and types a package's table does not know are found. */
#include "feel/dmn_model.h"

typedef struct Writer {
    const DmnModel *model;
    const DmnElement *decision;
    const DmnTable *written;
    const FeelTable *table;
    Arena *arena;
    Buf out;
    Err *err;
} Writer;

static bool fail(Writer *w, const Source *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(Writer *w, const Source *place, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *message = arena_vprintf(w->arena, format, args);
    va_end(args);
    return err_at(w->err, place->file, place->line, place->column,
                  "a table of a package cannot say this: %s", message);
}

/* --- Scalars of YAML
 * ------------------------------------------------------------------------------ */

/* A number as YAML and FEEL both write it: no sign but minus, no leading zero. */
static bool plain_number(Str text)
{
    size_t at = text.len > 0 && text.ptr[0] == '-', first = at;

    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
        at++;
    if (at == first || (at - first > 1 && text.ptr[first] == '0'))
        return false;
    if (at < text.len && text.ptr[at] == '.') {
        size_t point = at++;
        while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
            at++;
        if (at == point + 1)
            return false;
    }
    return at == text.len;
}

static bool has_control(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7F)
            return true;
    return false;
}

static void write_text(Buf *out, Str text)
{
    if (has_control(text)) {
        json_write_string(out, text);
        return;
    }
    buf_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        buf_add_char(out, text.ptr[i]);
        if (text.ptr[i] == '\'')
            buf_add_char(out, '\'');
    }
    buf_add_char(out, '\'');
}

static void write_cell(Buf *out, Str text)
{
    Str trimmed = str_trim(text);

    if (plain_number(trimmed))
        buf_add(out, trimmed);
    else
        write_text(out, trimmed);
}

static void write_entry(Buf *out, const char *key, Str text)
{
    if (str_empty(text))
        return;
    buf_addf(out, ", %s: ", key);
    write_text(out, text);
}

/* --- Columns
 * -------------------------------------------------------------------------------------- */

/* Types whose parts carry constraints would lose them. */
static bool has_constraints(const FeelType *type)
{
    if (!type)
        return false;
    if (type->constraint || type->allowed_count)
        return true;
    if (type->kind == FEEL_LIST && has_constraints(type->item))
        return true;
    for (size_t i = 0; type->kind == FEEL_CONTEXT && i < type->field_count; i++)
        if (has_constraints(type->fields[i].type))
            return true;
    return false;
}

static bool write_type(Writer *w, const FeelType *type, bool listed, const Source *place)
{
    if (!type || type->kind == FEEL_ANY)
        return true;
    if (has_constraints(type) && !(listed && type->kind == FEEL_STRING))
        return fail(w, place, "the allowed values of the column's type; list the values instead");
    write_entry(&w->out, "type", feel_type_name(w->arena, type));
    return true;
}

static void write_values(Writer *w, const FeelValue *values, size_t count)
{
    buf_add_c(&w->out, ", values: [");
    for (size_t i = 0; i < count; i++) {
        Str text = feel_to_text(w->arena, &values[i]);
        buf_add_c(&w->out, i ? ", " : "");
        if (values[i].kind == FEEL_NUMBER || values[i].kind == FEEL_BOOLEAN)
            buf_add(&w->out, text);
        else
            write_text(&w->out, text);
    }
    buf_add_char(&w->out, ']');
}

static bool is_set(const DmnText *text)
{
    return !str_empty(str_trim(text->text));
}

static bool write_input(Writer *w, const DmnClause *clause, const TableInput *input)
{
    const FeelType *declared =
        dmn_type((DmnModel *)w->model, w->decision->file, clause->type_ref, &clause->place);

    buf_add_c(&w->out, "  - {expression: ");
    write_text(&w->out, input->text);
    write_entry(&w->out, "label", clause->label);
    if (!write_type(w, declared, input->allowed_count > 0, &clause->place))
        return false;
    if (input->whole)
        buf_add_c(&w->out, ", whole: true");
    else if (input->allowed_count)
        write_values(w, input->allowed, input->allowed_count);
    else if (is_set(&clause->values))
        return fail(w, &clause->values.place, "<inputValues> that are no list of values");
    buf_add_c(&w->out, "}\n");
    return true;
}

static bool write_output(Writer *w, const DmnClause *clause, const TableOutput *output)
{
    Str name = str_empty(clause->name) ? w->decision->name : clause->name;

    buf_add_c(&w->out, "  - {name: ");
    write_text(&w->out, name);
    write_entry(&w->out, "label", clause->label);
    if (!write_type(w, output->type, output->value_count > 0, &clause->place))
        return false;
    if (output->value_count)
        write_values(w, output->values, output->value_count);
    else if (is_set(&clause->values))
        return fail(w, &clause->values.place, "<outputValues> that are no list of values");
    if (is_set(&clause->otherwise)) {
        buf_add_c(&w->out, ", default: ");
        write_cell(&w->out, clause->otherwise.text);
    }
    buf_add_c(&w->out, "}\n");
    return true;
}

/* --- The table
 * -------------------------------------------------------------------------------------- */

static bool write_rule(Writer *w, const DmnRule *rule)
{
    Str remark = rule->annotation_count ? rule->annotations[0] : rule->description;

    if (rule->annotation_count > 1)
        return fail(w, &rule->place, "several annotations of a rule; one remark is possible");
    buf_add_c(&w->out, "  - [");
    for (size_t i = 0; i < w->written->input_count; i++) {
        buf_add_c(&w->out, i ? ", " : "");
        write_cell(&w->out, rule->inputs[i].text);
    }
    for (size_t i = 0; i < w->written->output_count; i++) {
        buf_add_c(&w->out, i || w->written->input_count ? ", " : "");
        write_cell(&w->out, rule->outputs[i].text);
    }
    if (!str_empty(remark)) {
        buf_add_c(&w->out, ", ");
        write_text(&w->out, remark);
    }
    buf_add_c(&w->out, "]\n");
    return true;
}

static bool write_table(Writer *w)
{
    static const char *const hits[] = {
        [FEEL_HIT_UNIQUE] = "unique",         [FEEL_HIT_ANY] = "any",
        [FEEL_HIT_PRIORITY] = "priority",     [FEEL_HIT_FIRST] = "first",
        [FEEL_HIT_RULE_ORDER] = "rule order", [FEEL_HIT_OUTPUT_ORDER] = "output order",
        [FEEL_HIT_COLLECT] = "collect",       [FEEL_HIT_SUM] = "collect sum",
        [FEEL_HIT_MIN] = "collect min",       [FEEL_HIT_MAX] = "collect max",
        [FEEL_HIT_COUNT] = "collect count",
    };
    const DmnElement *decision = w->decision;

    buf_add_c(&w->out, "name: ");
    write_text(&w->out, decision->name);
    if (!str_empty(decision->label)) {
        buf_add_c(&w->out, "\nlabel: ");
        write_text(&w->out, decision->label);
    }
    if (!str_empty(decision->description)) {
        buf_add_c(&w->out, "\ndescription: ");
        write_text(&w->out, decision->description);
    }
    buf_addf(&w->out, "\nhit: %s\ninputs:\n", hits[w->table->hit]);
    if (w->written->input_count == 0)
        return fail(w, &decision->logic->place, "a table without inputs");
    for (size_t i = 0; i < w->written->input_count; i++)
        if (!write_input(w, &w->written->inputs[i], &w->table->inputs[i]))
            return false;
    buf_add_c(&w->out, "outputs:\n");
    for (size_t i = 0; i < w->written->output_count; i++)
        if (!write_output(w, &w->written->outputs[i], &w->table->outputs[i]))
            return false;
    buf_add_c(&w->out, w->written->rule_count ? "rules:\n" : "rules: []\n");
    for (size_t i = 0; i < w->written->rule_count; i++)
        if (!write_rule(w, &w->written->rules[i]))
            return false;
    return true;
}

/* What was written must be a table of a package. */
static bool read_back(Writer *w, Str yaml)
{
    Err err;
    const Node *node = node_parse_yaml(w->arena, yaml, NULL, &NODE_LIMITS_PACKAGE, &err);

    if (node && feel_table_from_yaml(w->arena, node, NULL, &err))
        return true;
    return fail(w, &w->decision->place, "%s", err.message);
}

/* --- Which decision
 * ------------------------------------------------------------------------------------ */

static const DmnElement *find_table(const DmnModel *model, Str name, Err *err)
{
    const DmnFile *file = model->files.items[0];
    const DmnElement *found = NULL;

    for (size_t i = 0; i < file->element_count; i++) {
        const DmnElement *element = file->elements[i];
        bool has_table = element->kind == DMN_DECISION && element->logic &&
                         element->logic->kind == BOX_TABLE && element->logic->table;
        if (name.ptr && str_eq(element->name, name) && !has_table) {
            err_at(err, element->place.file, element->place.line, element->place.column,
                   "\"%.*s\" is no decision with a decision table; tables of packages are only "
                   "such",
                   STR_ARG(name));
            return NULL;
        }
        if (!has_table || (name.ptr && !str_eq(element->name, name)))
            continue;
        if (found) {
            err_at(err, element->place.file, element->place.line, element->place.column,
                   "several decisions have a table; name one with --decision");
            return NULL;
        }
        found = element;
    }
    if (!found)
        err_at(err, file->path, 0, 0,
               name.ptr ? "there is no decision \"%.*s\"" : "no decision has a decision table%.*s",
               STR_ARG(name));
    return found;
}

bool dmn_to_yaml(const DmnModel *model, Str decision, Arena *arena, Str *yaml, Err *err)
{
    Writer w = {.model = model, .arena = arena, .out = buf_in(arena), .err = err};

    w.decision = find_table(model, decision, err);
    if (!w.decision)
        return false;
    w.written = w.decision->logic->source;
    w.table = w.decision->logic->table;
    if (!write_table(&w))
        return false;
    *yaml = buf_str(&w.out);
    return read_back(&w, *yaml);
}
