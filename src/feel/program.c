/* SPDX-License-Identifier: EUPL-1.2 */
/* From text to program. */
#include "feel/program.h"

#include "feel/kernel.h"
#include "feel/parse.h"

#include "base/utf8.h"

/* Before anything of it is read. */
static bool refuse(const Parser *p, const char *format)
{
    const char *german = p->german ? parse_german(format) : NULL;

    return err_at(p->err, p->file, p->line, p->column, german ? german : format, FEEL_MAX_TEXT);
}

static bool parser_begin(Parser *p, Arena *arena, Str text, const Source *source,
                         const FeelScope *scope, Err *err)
{
    *p = (Parser){
        .arena = arena,
        .text = str_copy(arena, text),
        .file = source->file ? arena_strdup(arena, source->file) : NULL,
        .line = source->line,
        .column = source->column,
        .scope = scope,
        .strict = scope && !scope->lenient,
        .german = scope && scope->german,
        .err = err,
    };
    if (text.len > FEEL_MAX_TEXT)
        return refuse(p, "the expression is longer than %d bytes; split it");
    if (!utf8_valid(text))
        return refuse(p, "the text is not UTF-8");
    return true;
}

static FeelProgram *program_of(const Parser *p, const Term *root)
{
    FeelProgram *program = arena_new(p->arena, FeelProgram);

    program->root = root;
    program->kernel = kernel_compile(p->arena, root);
    program->frame = p->slot_most;
    program->text = p->text;
    program->file = p->file;
    program->scope = p->scope;
    program->line = p->line;
    program->column = p->column;
    return program;
}

/* `item`: the type of an item whose fields are names, too; NULL: there is no item. */
static const FeelProgram *compile(Arena *arena, Str text, const Source *source,
                                  const FeelType *item, const FeelScope *scope, Err *err)
{
    Parser p;
    Local local;

    if (!parser_begin(&p, arena, text, source, scope, err))
        return NULL;
    if (setjmp(p.failed))
        return NULL;
    if (item) {
        local_enter(&p, &local, STR("item"), item);
        local.is_item = true;
    }
    const Term *root = parse_expression(&p);
    if (!at_end(&p))
        parse_fail(&p, p.at, "nothing is expected after the end of the expression");
    FeelProgram *program = program_of(&p, root);
    if (item)
        program->input = local.type;
    return program;
}

const FeelProgram *program_compile(Arena *arena, Str text, const Source *source,
                                   const FeelScope *scope, Err *err)
{
    return compile(arena, text, source, NULL, scope, err);
}

const FeelProgram *program_compile_item(Arena *arena, Str text, const Source *source,
                                        const FeelType *item, const FeelScope *scope, Err *err)
{
    return compile(arena, text, source, item ? item : feel_type(FEEL_ANY), scope, err);
}

const FeelProgram *program_compile_tests(Arena *arena, Str text, const Source *source,
                                         const FeelType *input, const FeelScope *scope, Err *err)
{
    Parser p;
    Local local;

    if (!parser_begin(&p, arena, text, source, scope, err))
        return NULL;
    if (setjmp(p.failed))
        return NULL;
    local_enter(&p, &local, STR("?"), input);
    const Term *root = parse_tests(&p, local.type, local.slot, NULL);
    if (!at_end(&p))
        parse_fail(&p, p.at, "nothing is expected after the end of the tests");
    FeelProgram *program = program_of(&p, root);
    program->tests = true;
    program->input = local.type;
    return program;
}

const FeelType *program_parse_type(Arena *arena, Str text, const Source *source,
                                   const FeelScope *scope, Err *err)
{
    Parser p;

    if (!parser_begin(&p, arena, text, source, scope, err))
        return NULL;
    if (setjmp(p.failed))
        return NULL;
    p.strict = true;
    const FeelType *type = parse_type(&p);
    if (!at_end(&p))
        parse_fail(&p, p.at, "nothing is expected after the end of the type");
    return type;
}

const FeelProgram *feel_compile(Arena *arena, Str text, const char *file, int line,
                                const FeelScope *scope, Err *err)
{
    Source source = {.file = file, .line = line > 0 ? line : 1, .column = 1};

    return program_compile(arena, text, &source, scope, err);
}

const FeelProgram *feel_compile_tests(Arena *arena, Str text, const char *file, int line,
                                      const FeelType *input, const FeelScope *scope, Err *err)
{
    Source source = {.file = file, .line = line > 0 ? line : 1, .column = 1};

    return program_compile_tests(arena, text, &source, input, scope, err);
}

const FeelType *feel_program_type(const FeelProgram *program)
{
    return program->root->type;
}
