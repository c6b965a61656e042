/* SPDX-License-Identifier: EUPL-1.2 */
/* Words by which the desk finds cases and register entries. Both sides, what is recorded and what
 * is searched, pass through search_terms(): lower case, ä as ae, ß as ss, accents gone. */
#include "base/utf8.h"
#include "base/vec.h"
#include "cases/case_store.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

enum { MIN_TERM = 3, MAX_TERM = 60, MAX_TERMS = 400 };

/* The letters of a code point without its case and accents; 0 for a mark to be dropped. */
static void add_folded(Buf *out, uint32_t code_point)
{
    char bytes[4];
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
    UChar32 c = u_foldCase((UChar32)code_point, U_FOLD_CASE_DEFAULT);

    if (c == 0xE4 || c == 0xF6 || c == 0xFC) { /* ä ö ü */
        buf_add_c(out, c == 0xE4 ? "ae" : c == 0xF6 ? "oe" : "ue");
        return;
    }
    if (code_point == 0xDF || code_point == 0x1E9E) { /* ß, capital ß */
        buf_add(out, STR("ss"));
        return;
    }
    if (U_SUCCESS(status)) {
        UChar parts[32];
        int32_t length = unorm2_getDecomposition(nfd, c, parts, 32, &status);

        if (length > 0 && U_SUCCESS(status))
            U16_GET(parts, 0, 0, length, c);
    }
    buf_add(out, (Str){bytes, utf8_encode((uint32_t)c, bytes)});
}

static void add_term(Arena *arena, TermList *list, Str term)
{
    if (term.len == 0 || term.len > MAX_TERM || list->count >= MAX_TERMS)
        return;
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i], term))
            return;
    VEC_PUSH(arena, list, term);
}

/* A word between blanks gives its parts and, when it has several, all of them joined, so that
 * "HUND-2027-000017-4" and "Müller-Lüdenscheid" are found both ways. */
static void add_word(Arena *arena, TermList *list, Str word)
{
    Buf whole = buf_in(arena);
    Buf part = buf_in(arena);
    size_t parts = 0;
    size_t at = 0;

    while (at < word.len) {
        UChar32 c = (UChar32)utf8_next(word, &at);
        bool inside = u_isalnum(c);

        if (inside) {
            add_folded(&part, (uint32_t)c);
            add_folded(&whole, (uint32_t)c);
        } else if (u_charType(c) == U_NON_SPACING_MARK) {
            inside = true; /* an accent written apart from its letter */
        }
        if ((at >= word.len || !inside) && part.len > 0) {
            add_term(arena, list, str_copy(arena, buf_str(&part)));
            part = buf_in(arena);
            parts++;
        }
    }
    if (parts > 1)
        add_term(arena, list, str_copy(arena, buf_str(&whole)));
}

/* Each word between blanks as one term without its separators. Short ones find too much and are not
 * kept in the index; they are left out when there is a longer one. */
size_t search_query_terms(Str text, Arena *arena, Str **out)
{
    TermList list = {0};
    TermList words = {0};
    Str rest = text;

    while (rest.ptr) {
        Str word = str_trim(str_cut(&rest, ' '));
        TermList parts = {0};

        add_word(arena, &parts, word);
        if (parts.count > 0) /* the whole comes last */
            add_term(arena, &words, parts.items[parts.count - 1]);
    }
    for (size_t i = 0; i < words.count; i++)
        if (words.items[i].len >= MIN_TERM)
            add_term(arena, &list, words.items[i]);
    *out = list.count ? list.items : words.items;
    return list.count ? list.count : words.count;
}

size_t search_terms(Str text, Arena *arena, Str **out)
{
    TermList list = {0};
    size_t begin = 0;

    for (size_t i = 0; i <= text.len; i++) {
        bool blank = i == text.len || (unsigned char)text.ptr[i] <= ' ';

        if (blank && i > begin)
            add_word(arena, &list, str_slice(text, begin, i));
        if (blank)
            begin = i + 1;
    }
    *out = list.items;
    return list.count;
}

/* Texts a person would search by: short ones that are not sensitive. */
static void collect(const FormField *field, const Node *value, Arena *arena, TermList *list)
{
    if (node_is_null(value) || field->sensitive)
        return;
    if (field->type == FIELD_GROUP && field->repeats && value->kind == NODE_LIST) {
        for (size_t i = 0; i < value->count; i++)
            for (size_t k = 0; k < field->field_count; k++)
                collect(field->fields[k], node_get_str(value->items[i], field->fields[k]->id),
                        arena, list);
    } else if (field->type == FIELD_GROUP) {
        for (size_t k = 0; k < field->field_count; k++)
            collect(field->fields[k], node_get_str(value, field->fields[k]->id), arena, list);
    } else if ((field->type == FIELD_TEXT || field->type == FIELD_EMAIL) &&
               value->kind == NODE_STRING && value->text.len <= 60) {
        Str *terms = NULL;
        size_t count = search_terms(value->text, arena, &terms);

        /* Of an address the whole, which ends the list of its words. */
        for (size_t i = field->type == FIELD_EMAIL && count ? count - 1 : 0; i < count; i++)
            if (terms[i].len >= MIN_TERM)
                add_term(arena, list, terms[i]);
    }
}

TermList case_terms(const Form *form, Str applicant, const Node *data, Arena *arena)
{
    TermList list = {0};
    Str *terms = NULL;
    size_t count = search_terms(applicant, arena, &terms);

    for (size_t i = 0; i < count; i++)
        add_term(arena, &list, terms[i]);
    for (size_t i = 0; i < form->field_count; i++)
        collect(form->fields[i], node_get_str(data, form->fields[i]->id), arena, &list);
    return list;
}

/* Eight rows a statement: a submission writes about twenty of them. */
static bool write_terms(CaseWork *work, const Str *terms, size_t count, Err *err)
{
    int64_t id = work->c->id;
    size_t i = 0;

    for (; i + 8 <= count; i += 8)
        if (!tx_exec(work->tx, err,
                     "INSERT INTO case_term (term, case_id) VALUES ($2, $1), ($3, $1), ($4, $1), "
                     "($5, $1), ($6, $1), ($7, $1), ($8, $1), ($9, $1) ON CONFLICT DO NOTHING",
                     P_INT(id), P_TEXT(terms[i]), P_TEXT(terms[i + 1]), P_TEXT(terms[i + 2]),
                     P_TEXT(terms[i + 3]), P_TEXT(terms[i + 4]), P_TEXT(terms[i + 5]),
                     P_TEXT(terms[i + 6]), P_TEXT(terms[i + 7])))
            return false;
    for (; i < count; i++)
        if (!tx_exec(work->tx, err,
                     "INSERT INTO case_term (term, case_id) VALUES ($2, $1) "
                     "ON CONFLICT DO NOTHING",
                     P_INT(id), P_TEXT(terms[i])))
            return false;
    return true;
}

bool case_index_terms(CaseWork *work, Err *err)
{
    TermList list = work->parts ? work->parts->terms
                                : case_terms(work->process->form, work->c->applicant, work->c->data,
                                             work->arena);
    Str *terms = NULL;
    size_t count = search_terms(work->c->number, work->arena, &terms);
    size_t kept = 0;

    /* Of the number the whole and the running part: "hund20270000174" and "000017". */
    for (size_t i = 0; i < count; i++)
        if (terms[i].len >= 6)
            terms[kept++] = terms[i];
    return write_terms(work, terms, kept, err) && write_terms(work, list.items, list.count, err);
}
