/* SPDX-License-Identifier: EUPL-1.2 */
/* A message as text (RFC 5322, RFC 2045-2047, RFC 2231). Lines end in CRLF and have at most
 * 78 characters; everything is ASCII, so that any server takes it. */
#include "post/mail.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "core/crypto.h"
#include "post/mail_text.h"

#include <stdio.h>

enum {
    LOCAL_PART_MAX = 64,
    ADDRESS_MAX = 254,
    LABEL_MAX = 63,
    SUBJECT_MAX = 800,
    PLAIN_HEADER_MAX = 60, /* longer values are folded as encoded words */
    ENCODED_WORD_MAX = 60, /* characters of encoded text in one word; 75 with its frame */
};

/* --------------------------------------------------------------- addresses */

/* RFC 5322, 3.2.3 */
static bool is_atom_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool dot_atom_valid(Str text)
{
    char before = '.';

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '.' ? before == '.' : !is_atom_char(c))
            return false;
        before = c;
    }
    return text.len > 0 && before != '.';
}

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool host_valid(Str host)
{
    Str rest = host;

    if (str_empty(host))
        return false;
    while (rest.ptr) {
        Str label = str_cut(&rest, '.');

        if (label.len < 1 || label.len > LABEL_MAX || !is_alphanumeric(label.ptr[0]) ||
            !is_alphanumeric(label.ptr[label.len - 1]))
            return false;
        for (size_t i = 0; i < label.len; i++)
            if (!is_alphanumeric(label.ptr[i]) && label.ptr[i] != '-')
                return false;
    }
    return true;
}

bool mail_address_valid(Str address)
{
    ptrdiff_t at = str_find_char(address, '@');

    return at > 0 && at <= LOCAL_PART_MAX && address.len <= ADDRESS_MAX &&
           dot_atom_valid(str_slice(address, 0, (size_t)at)) &&
           host_valid(str_slice(address, (size_t)at + 1, address.len));
}

Str mail_message_id(Arena *arena, Str key, Str domain)
{
    Buf id = buf_in(arena);

    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];

        if (is_alphanumeric(c) || c == '-' || c == '_' ||
            (c == '.' && i > 0 && i + 1 < key.len && key.ptr[i - 1] != '.'))
            buf_add_char(&id, c);
        else
            buf_addf(&id, "=%02X", (unsigned char)c);
    }
    /* A long key is told by its hash: the part before the @ has room for 64 characters. */
    if (id.len > LOCAL_PART_MAX) {
        Str hash = crypto_sha256_hex(arena, key);
        id.len = 0;
        buf_add(&id, str_slice(hash, 0, 48));
    }
    buf_add_char(&id, '@');
    buf_add(&id, domain);
    return buf_str(&id);
}

/* ------------------------------------------------------------------ checks */

static bool check_line(const char *field, Str text, size_t max, Err *err)
{
    if (text.len > max)
        return err_field(err, field, "mail: %s is longer than %zu bytes", field, max);
    if (!utf8_valid(text))
        return err_field(err, field, "mail: %s is not UTF-8", field);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return err_field(err, field, "mail: %s holds a line break or control character", field);
    return true;
}

static bool check_address(const char *field, Str address, Err *err)
{
    if (mail_address_valid(address))
        return true;
    return err_field(err, field, "mail: %s is not an e-mail address", field);
}

static bool check_attachment(const MailAttachment *attachment, Err *err)
{
    ptrdiff_t slash = str_find_char(attachment->type, '/');

    if (!check_line("attachment", attachment->name, 200, err))
        return false;
    if (str_empty(attachment->name) || slash < 1 ||
        !dot_atom_valid(str_slice(attachment->type, 0, (size_t)slash)) ||
        !dot_atom_valid(str_slice(attachment->type, (size_t)slash + 1, attachment->type.len)))
        return err_field(err, "attachment", "mail: an attachment needs a name and a media type");
    return true;
}

static bool check_message(const MailMessage *message, Err *err)
{
    for (size_t i = 0; i < message->attachment_count; i++)
        if (!check_attachment(&message->attachments[i], err))
            return false;
    if (!utf8_valid_text(message->body))
        return err_field(err, "body", "mail: the body is not valid text");
    return check_address("from", message->from.address, err) &&
           check_address("to", message->to.address, err) &&
           (str_empty(message->reply_to) || check_address("reply_to", message->reply_to, err)) &&
           check_line("from", message->from.name, 200, err) &&
           check_line("to", message->to.name, 200, err) &&
           check_line("subject", message->subject, SUBJECT_MAX, err) &&
           (mail_address_valid(message->message_id) ||
            err_field(err, "message_id", "mail: \"%.*s\" is not a Message-ID",
                      STR_ARG(str_slice(message->message_id, 0, 100))));
}

/* ----------------------------------------------------------------- headers */

static bool is_plain(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x7f)
            return false;
    return text.len <= PLAIN_HEADER_MAX && str_find(text, STR("=?")) < 0;
}

/* RFC 2047 encoded words, each within one line and cut between characters. */
static void add_encoded_words(Buf *out, Str text)
{
    size_t at = 0;

    while (at < text.len) {
        size_t used = 0;

        buf_add_c(out, at ? "\r\n =?UTF-8?Q?" : "=?UTF-8?Q?");
        while (at < text.len) {
            size_t from = at;
            char c = text.ptr[at];

            utf8_next(text, &at);
            if (used + 3 * (at - from) > ENCODED_WORD_MAX) {
                at = from;
                break;
            }
            if (is_alphanumeric(c) || c == ' ') {
                buf_add_char(out, c == ' ' ? '_' : c);
                used++;
                continue;
            }
            for (size_t i = from; i < at; i++)
                buf_addf(out, "=%02X", (unsigned char)text.ptr[i]);
            used += 3 * (at - from);
        }
        buf_add_c(out, "?=");
    }
}

static void add_text_header(Buf *out, const char *name, Str value)
{
    buf_addf(out, "%s: ", name);
    if (is_plain(value))
        buf_add(out, value);
    else
        add_encoded_words(out, value);
    buf_add_c(out, "\r\n");
}

static void add_quoted(Buf *out, Str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, text.ptr[i]);
    }
    buf_add_char(out, '"');
}

static void add_address_header(Buf *out, const char *name, MailAddress address)
{
    buf_addf(out, "%s: ", name);
    if (!str_empty(address.name)) {
        if (is_plain(address.name))
            add_quoted(out, address.name);
        else
            add_encoded_words(out, address.name);
        buf_add_c(out, "\r\n ");
    }
    buf_addf(out, "<%.*s>\r\n", STR_ARG(address.address));
}

/* "Mon, 01 Mar 2027 09:30:00 +0000" */
static void add_date_header(Buf *out, Timestamp at)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t seconds = at / 1000 - (at % 1000 < 0);
    int64_t day = seconds / 86400 - (seconds % 86400 < 0);
    int clock = (int)(seconds - day * 86400);
    Date date = date_from_days(day);

    buf_addf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[date_weekday(date)],
             date.day, months[date.month - 1], date.year, clock / 3600, clock / 60 % 60,
             clock % 60);
}

static void add_headers(Buf *out, const MailMessage *message)
{
    add_date_header(out, message->date);
    add_address_header(out, "From", message->from);
    add_address_header(out, "To", message->to);
    if (!str_empty(message->reply_to))
        add_address_header(out, "Reply-To", (MailAddress){STR_NONE, message->reply_to});
    add_text_header(out, "Subject", message->subject);
    buf_addf(out, "Message-ID: <%.*s>\r\n", STR_ARG(message->message_id));
    /* RFC 3834: no out-of-office answers to a machine. */
    buf_add_c(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
}

/* ------------------------------------------------------------------- parts */

static void add_text_part(Buf *out, Str body)
{
    buf_add_c(out, "Content-Type: text/plain; charset=utf-8\r\n"
                   "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    mail_add_quoted_printable(out, body);
}

/* RFC 2231, 4: the name in UTF-8, so it needs no guess. */
static void add_file_name(Buf *out, Str name)
{
    buf_add_c(out, "Content-Disposition: attachment;\r\n filename*=UTF-8''");
    for (size_t i = 0; i < name.len; i++) {
        if (is_alphanumeric(name.ptr[i]) || strchr("-._", name.ptr[i]))
            buf_add_char(out, name.ptr[i]);
        else
            buf_addf(out, "%%%02X", (unsigned char)name.ptr[i]);
    }
    buf_add_c(out, "\r\n");
}

static void add_attachment(Buf *out, const MailAttachment *attachment)
{
    buf_addf(out, "Content-Type: %.*s\r\n", STR_ARG(attachment->type));
    add_file_name(out, attachment->name);
    buf_add_c(out, "Content-Transfer-Encoding: base64\r\n\r\n");
    mail_add_base64(out, attachment->content);
}

/* "=_" stands neither in quoted-printable nor in base64, so no part can hold the boundary. */
static void add_parts(Buf *out, const MailMessage *message)
{
    char boundary[24];

    snprintf(boundary, sizeof boundary, "=_%016llx",
             (unsigned long long)str_hash(message->message_id));
    buf_addf(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", boundary,
             boundary);
    add_text_part(out, message->body);
    for (size_t i = 0; i < message->attachment_count; i++) {
        buf_addf(out, "--%s\r\n", boundary);
        add_attachment(out, &message->attachments[i]);
    }
    buf_addf(out, "--%s--\r\n", boundary);
}

bool mail_compose(const MailMessage *message, Arena *arena, Str *out, Err *err)
{
    Buf text = buf_in(arena);

    if (!check_message(message, err))
        return false;
    add_headers(&text, message);
    if (message->attachment_count)
        add_parts(&text, message);
    else
        add_text_part(&text, message->body);
    *out = buf_str(&text);
    return true;
}
