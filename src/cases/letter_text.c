/* SPDX-License-Identifier: EUPL-1.2 */
/* The letters of a package: front matter and body, in German and its translations. */
#include "cases/text.h"

static const PackageFile *find_file(const Package *package, Str path)
{
    for (size_t i = 0; i < package->file_count; i++)
        if (str_eq(package->files[i].path, path))
            return &package->files[i];
    return NULL;
}

/* Split "---\nYAML\n---\nbody". The YAML keeps the line break before it, so that its lines
 * count as in the file. */
static bool split_front_matter(Str bytes, Str *yaml, Str *body, int *body_line)
{
    if (!str_starts_with(bytes, "---\n"))
        return false;
    Str rest = str_slice(bytes, 3, bytes.len);
    ptrdiff_t end = str_find(rest, STR("\n---\n"));

    if (end < 0)
        return false;
    *yaml = str_slice(rest, 0, (size_t)end + 1);
    *body = str_slice(rest, (size_t)end + 5, rest.len);
    *body_line = 2;
    for (size_t i = 0; i < yaml->len; i++)
        *body_line += yaml->ptr[i] == '\n';
    return true;
}

const Node *letter_file_read(const PackageFile *file, Arena *arena, Problems *problems,
                             const Node **body)
{
    const char *name = str_cstr(arena, file->path);
    Node place = {.file = name, .line = 1};
    Str yaml, rest;
    int body_line;
    Err err = {0};

    if (!split_front_matter(file->bytes, &yaml, &rest, &body_line)) {
        problem_add(problems, false, &place,
                    "the file begins with its front matter: ---, title: …, ---");
        return NULL;
    }
    Node *head = node_parse_yaml(arena, yaml, name, &NODE_LIMITS_PACKAGE, &err);

    if (!head) {
        place.line = err.line;
        problem_add(problems, false, &place, "%s", err.message);
        return NULL;
    }
    Node *text = node_string(arena, str_trim(rest).len ? rest : STR(""));

    text->file = name;
    text->line = body_line;
    *body = text;
    return head;
}

/* The subject of a translation may stand in its own file or in the German one's map. */
static bool load_text(const PackageFile *file, Str lang, const Node **front, const FeelScope *scope,
                      Arena *arena, Problems *problems, LetterText *out)
{
    const char *name = str_cstr(arena, file->path);
    Node place = {.file = name, .line = 1};
    Str yaml, body;
    int body_line;
    Err err = {0};

    if (!split_front_matter(file->bytes, &yaml, &body, &body_line)) {
        problem_add(problems, false, &place,
                    "a letter begins with its front matter: ---, subject: …, ---");
        return false;
    }
    Node *head = node_parse_yaml(arena, yaml, name, &NODE_LIMITS_PACKAGE, &err);

    if (!head) {
        place.line = err.line;
        problem_add(problems, false, &place, "%s", err.message);
        return false;
    }
    const Node *subject = node_get(head, "subject");

    if (!subject && *front)
        subject = node_get(*front, "subject");
    if (!*front)
        *front = head;
    Node *text = node_string(arena, str_trim(body).len ? body : STR(""));

    text->file = name;
    text->line = body_line;
    if (!subject) {
        problem_add(problems, false, head, "the letter has no subject: write `subject: …`");
        return false;
    }
    out->lang = lang;
    out->subject = text_template(subject, scope, arena, problems);
    out->body = text_letter_body(text, scope, arena, problems);
    return out->subject && out->body;
}

const LetterTemplate *letter_load(const Package *package, Str id, const Node *where,
                                  const FeelScope *scope, Arena *arena, Problems *problems)
{
    static const char *const LANGS[] = {"de", "en", "de-leicht"};
    LetterTemplate *letter = arena_new(arena, LetterTemplate);
    const Node *front = NULL;
    bool ok = true;

    letter->id = id;
    letter->texts = arena_array(arena, LetterText, 3);
    for (size_t i = 0; i < 3; i++) {
        Str path = i == 0 ? str_printf(arena, "letters/%.*s.md", STR_ARG(id))
                          : str_printf(arena, "letters/%.*s.%s.md", STR_ARG(id), LANGS[i]);
        const PackageFile *file = find_file(package, path);

        if (!file && i == 0) {
            problem_add(problems, false, where, "there is no letter \"%.*s\": write %.*s",
                        STR_ARG(id), STR_ARG(path));
            return NULL;
        }
        if (!file)
            continue;
        if (load_text(file, str_c(LANGS[i]), &front, scope, arena, problems,
                      &letter->texts[letter->text_count]))
            letter->text_count++;
        else
            ok = false;
    }
    letter->office = node_get_text(front, "office");
    letter->giro = node_get_bool(front, "giro", false);
    return ok ? letter : NULL;
}

const LetterText *letter_text(const LetterTemplate *letter, Str lang)
{
    for (size_t i = 0; i < letter->text_count; i++)
        if (str_eq(letter->texts[i].lang, lang))
            return &letter->texts[i];
    return &letter->texts[0];
}
