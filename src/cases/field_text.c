/* SPDX-License-Identifier: EUPL-1.2 */
/* Texts: trimmed, Unicode NFC, and nothing in them that is not seen: no control characters, no
 * zero-width ones, none that turn the direction of writing (a name must read as it is stored). */
#include "base/utf8.h"
#include "cases/field.h"
#include "core/page/out.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

bool field_refuse(const FieldTask *task, const char *rule, Str message)
{
    *task->fault = (FieldFault){rule, message};
    return false;
}

const char *field_label(const FieldTask *task)
{
    return str_cstr(task->arena, text_in(task->field->label, task->lang));
}

static bool is_ascii(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

/* NFC (Unicode standard annex 15), so that equal texts have equal bytes. */
static Str to_nfc(Arena *arena, Str text)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    int32_t length = 0, bytes = 0;
    UChar *wide = arena_alloc(arena, (text.len + 1) * sizeof *wide);

    u_strFromUTF8(wide, (int32_t)text.len + 1, &length, text.ptr, (int32_t)text.len, &status);
    if (U_FAILURE(status) || unorm2_isNormalized(nfc, wide, length, &status))
        return text;
    /* NFC makes a text at most three times as long (UAX 15, table 9). */
    int32_t capacity = 3 * length + 1;
    UChar *normal = arena_alloc(arena, (size_t)capacity * sizeof *normal);
    length = unorm2_normalize(nfc, wide, length, normal, capacity, &status);
    char *out = arena_alloc(arena, (size_t)length * 3 + 1);
    u_strToUTF8(out, length * 3 + 1, &bytes, normal, length, &status);
    return U_FAILURE(status) ? text : (Str){out, (size_t)bytes};
}

/* Noncharacters, private use, and what stands for a character that was lost. */
static bool is_unreadable(uint32_t c)
{
    return u_hasBinaryProperty((UChar32)c, UCHAR_NONCHARACTER_CODE_POINT) ||
           u_charType((UChar32)c) == U_PRIVATE_USE_CHAR || c == 0xFFFC || c == 0xFFFD;
}

static bool is_invisible(uint32_t c)
{
    return u_hasBinaryProperty((UChar32)c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
           u_charType((UChar32)c) == U_FORMAT_CHAR;
}

/* Blanks of every width are one blank; long texts keep the no-break space. */
static uint32_t plain_blank(uint32_t c, bool lines)
{
    if (c == 0x2028 || c == 0x2029) /* line and paragraph separator */
        return lines ? '\n' : ' ';
    if (c == 0xA0 && lines)
        return c;
    return u_charType((UChar32)c) == U_SPACE_SEPARATOR || c == 0x2800 ? ' ' : c;
}

/* Without what is not seen. False for characters that nobody can read. */
static bool keep_visible(Arena *arena, Str text, bool lines, Str *out)
{
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t len = 0;

    for (size_t at = 0; at < text.len;) {
        uint32_t c = utf8_next(text, &at);

        if (is_unreadable(c))
            return false;
        if (!is_invisible(c))
            len += utf8_encode(plain_blank(c, lines), bytes + len);
    }
    *out = (Str){bytes, len};
    return true;
}

/* More marks on one letter than any spelling has only blot out what is around it. */
enum { MAX_MARKS = 4 };

static bool is_overprinted(Str text)
{
    int marks = 0;

    for (size_t at = 0; at < text.len;) {
        int type = u_charType((UChar32)utf8_next(text, &at));

        marks = type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK ? marks + 1 : 0;
        if (marks > MAX_MARKS)
            return true;
    }
    return false;
}

/* Without leading and trailing white space, also the no-break space that phones insert. */
static Str trim(Str text)
{
    for (;;) {
        size_t before = text.len;
        text = str_trim(text);
        if (str_starts_with(text, "\xC2\xA0"))
            text = str_slice(text, 2, text.len);
        if (str_ends_with(text, "\xC2\xA0"))
            text = str_slice(text, 0, text.len - 2);
        if (text.len == before)
            return text;
    }
}

static Str join_lines(Arena *arena, Str text, bool lines)
{
    if (!memchr(text.ptr, '\r', text.len) &&
        (lines || (!memchr(text.ptr, '\n', text.len) && !memchr(text.ptr, '\t', text.len))))
        return text;
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n')
            continue;
        if (c == '\r')
            c = '\n';
        out[len++] = !lines && (c == '\n' || c == '\t') ? ' ' : c;
    }
    return (Str){out, len};
}

bool field_clean_text(const FieldTask *task, const Node *raw, bool lines, Str *out)
{
    *out = STR_NONE;
    if (node_is_null(raw))
        return true;
    if (raw->kind != NODE_STRING)
        return field_refuse(
            task, "type",
            trf(task->arena, task->lang, "„%s“ muss ein Text sein.", field_label(task)));
    Str text = raw->text;
    bool ascii = is_ascii(text);

    if (!utf8_valid_text(text) || (!ascii && !keep_visible(task->arena, text, lines, &text)))
        return field_refuse(task, "type",
                            trf(task->arena, task->lang,
                                "„%s“ enthält Zeichen, die wir nicht lesen können. Bitte tippen "
                                "Sie den Text neu ein.",
                                field_label(task)));
    text = trim(text);
    if (text.len == 0)
        return true;
    text = join_lines(task->arena, text, lines);
    *out = ascii ? text : to_nfc(task->arena, text);
    return !is_overprinted(*out) ||
           field_refuse(task, "type",
                        trf(task->arena, task->lang,
                            "In „%s“ stehen zu viele Zeichen übereinander. Bitte tippen Sie den "
                            "Text neu ein.",
                            field_label(task)));
}

bool field_normalise_text(const FieldTask *task, const Node *raw, Node **out)
{
    const FormField *field = task->field;
    Str text;

    if (!field_clean_text(task, raw, field->type == FIELD_LONGTEXT, &text))
        return false;
    if (!text.ptr)
        return true;
    int64_t length = (int64_t)utf8_length(text);
    if (field->max_length && length > field->max_length)
        return field_refuse(task, "length",
                            trf(task->arena, task->lang,
                                "„%s“ darf höchstens %lld Zeichen haben. Sie haben %lld "
                                "eingegeben.",
                                field_label(task), (long long)field->max_length,
                                (long long)length));
    if (length < field->min_length)
        return field_refuse(task, "length",
                            trf(task->arena, task->lang,
                                "„%s“ muss mindestens %lld Zeichen haben. Sie haben %lld "
                                "eingegeben.",
                                field_label(task), (long long)field->min_length,
                                (long long)length));
    *out = node_string(task->arena, text);
    return true;
}
