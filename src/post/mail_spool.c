/* SPDX-License-Identifier: EUPL-1.2 */
/* The spool: one file per message, named after its Message-ID, so that sending it again
 * replaces it with the same. A file is complete or absent at every moment. */
#include "post/mail.h"

#include "base/buf.h"
#include "base/vec.h"
#include "post/mail_text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MAX_CHARS = 200, FILE_MAX_BYTES = 64 << 20 };

/* ------------------------------------------------------------------ saving */

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-_@=.", c));
}

/* A name that is one to one with the identifier, or carries its hash where that is too long. */
static char *file_name(Arena *arena, Str message_id)
{
    Buf name = buf_in(arena);

    for (size_t i = 0; i < message_id.len; i++) {
        if (is_name_char(message_id.ptr[i]) && !(i == 0 && message_id.ptr[i] == '.'))
            buf_add_char(&name, message_id.ptr[i]);
        else
            buf_addf(&name, "%%%02X", (unsigned char)message_id.ptr[i]);
    }
    if (name.len > NAME_MAX_CHARS) {
        name.len = NAME_MAX_CHARS - 20;
        buf_addf(&name, "-%016llx", (unsigned long long)str_hash(message_id));
    }
    buf_add_c(&name, ".eml");
    return str_cstr(arena, buf_str(&name));
}

static bool failed(Str folder, const char *what, Err *err)
{
    return err_set(err, ERR_TEMPORARY, "mail spool %.*s: %s: %s", STR_ARG(folder), what,
                   strerror(errno));
}

static bool write_all(int fd, Str text)
{
    while (text.len) {
        ssize_t written = write(fd, text.ptr, text.len);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        text = str_slice(text, (size_t)written, text.len);
    }
    return true;
}

/* Write under a name of this process and thread alone, then rename over the final one. */
static bool write_file(int dir, const char *name, Str text, Arena *arena)
{
    char *temporary = arena_printf(arena, ".%d-%d-%s.tmp", getpid(), gettid(), name);
    int fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool written = fd >= 0 && write_all(fd, text) && fsync(fd) == 0;
    int reason;

    if (fd >= 0 && close(fd) != 0)
        written = false;
    if (written && renameat(dir, temporary, dir, name) == 0 && fsync(dir) == 0)
        return true;
    reason = errno;
    if (fd >= 0)
        unlinkat(dir, temporary, 0);
    errno = reason;
    return false;
}

bool mail_spool_save(Str folder, Str message_id, Str text, Err *err)
{
    Arena *arena = arena_create(0);
    const char *path = str_cstr(arena, folder);
    bool saved = false;
    int dir;

    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        failed(folder, "cannot make the folder", err);
        arena_destroy(arena);
        return false;
    }
    dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) {
        failed(folder, "cannot open the folder", err);
    } else {
        saved = write_file(dir, file_name(arena, message_id), text, arena) ||
                failed(folder, "cannot save a message", err);
        close(dir);
    }
    arena_destroy(arena);
    return saved;
}

/* ----------------------------------------------------------------- reading */

/* Value of a header, folded lines included; absent when the message has none. */
static Str header_value(Str headers, const char *name)
{
    size_t len = strlen(name);

    while (headers.ptr) {
        Str line = str_slice(headers, 0, len);
        ptrdiff_t end = 0;

        if (str_eq_nocase(line, str_c(name)) && headers.len > len && headers.ptr[len] == ':') {
            Str value = str_slice(headers, len + 1, headers.len);
            size_t to = 0;

            while (to < value.len &&
                   !(value.ptr[to] == '\n' && (to + 1 == value.len || value.ptr[to + 1] != ' ')))
                to++;
            return str_trim(str_slice(value, 0, to));
        }
        end = str_find_char(headers, '\n');
        headers = end < 0 ? STR_NONE : str_slice(headers, (size_t)end + 1, headers.len);
    }
    return STR_NONE;
}

static Str between(Str text, const char *open, const char *close)
{
    ptrdiff_t from = str_find(text, str_c(open)), to;

    if (from < 0)
        return STR_NONE;
    text = str_slice(text, (size_t)from + strlen(open), text.len);
    to = str_find(text, str_c(close));
    return to < 0 ? STR_NONE : str_slice(text, 0, (size_t)to);
}

/* Inverse of the composer's date: "Mon, 01 Mar 2027 09:30:00 +0000". */
static Timestamp read_date(Str text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char name[4] = "", line[64];
    int day = 0, year = 0, hour = 0, minute = 0, second = 0;
    const char *month;

    snprintf(line, sizeof line, "%.*s", STR_ARG(text));
    if (sscanf(line, "%*3s, %d %3s %d %d:%d:%d", &day, name, &year, &hour, &minute, &second) != 6)
        return 0;
    month = strstr(months, name);
    if (!month || !date_valid((Date){year, (int)(month - months) / 3 + 1, day}))
        return 0;
    return (date_to_days((Date){year, (int)(month - months) / 3 + 1, day}) * 86400 + hour * 3600 +
            minute * 60 + second) *
           1000;
}

static Str address_of(Arena *arena, Str value)
{
    Str text = mail_decode_header(arena, value);
    Str address = between(text, "<", ">");
    Str name = str_trim(str_slice(text, 0, text.len - address.len - 2));

    if (!address.ptr || str_empty(name))
        return address.ptr ? address : text;
    if (name.ptr[0] == '"' && name.len > 1)
        name = str_slice(name, 1, name.len - 1);
    return str_printf(arena, "%.*s <%.*s>", STR_ARG(name), STR_ARG(address));
}

static void split_message(Str message, Str *headers, Str *body)
{
    ptrdiff_t end = str_find(message, STR("\r\n\r\n"));

    *headers = end < 0 ? message : str_slice(message, 0, (size_t)end + 2);
    *body = end < 0 ? STR("") : str_slice(message, (size_t)end + 4, message.len);
}

static void read_headers(Arena *arena, Str headers, SpooledMail *mail)
{
    mail->message_id = between(header_value(headers, "Message-ID"), "<", ">");
    mail->from = address_of(arena, header_value(headers, "From"));
    mail->to = address_of(arena, header_value(headers, "To"));
    mail->subject = mail_decode_header(arena, header_value(headers, "Subject"));
    mail->date = read_date(header_value(headers, "Date"));
}

static Str attachment_name(Arena *arena, Str headers)
{
    Str value = header_value(headers, "Content-Disposition");
    ptrdiff_t name = str_find(value, STR("UTF-8''"));

    if (name < 0)
        return STR("");
    value = str_slice(value, (size_t)name + 7, value.len);
    return mail_decode_quoted_printable(arena, str_replace(arena, value, STR("%"), STR("=")));
}

/* Text and names of attachments of a message that the composer wrote. */
static void read_body(Arena *arena, Str headers, Str body, SpooledMail *mail)
{
    Str boundary = between(header_value(headers, "Content-Type"), "boundary=\"", "\"");
    Str part_headers, part_body;
    Buf attached = buf_in(arena);
    Str mark;

    if (!boundary.ptr) {
        mail->body = mail_decode_quoted_printable(arena, body);
        mail->attached = STR("");
        return;
    }
    mark = str_printf(arena, "--%.*s", STR_ARG(boundary));
    for (bool first = true;; first = false) {
        Str part = between(body, mark.ptr, mark.ptr);

        if (!part.ptr)
            break;
        split_message(str_slice(part, 2, part.len), &part_headers, &part_body);
        if (first)
            mail->body = mail_decode_quoted_printable(arena, part_body);
        else
            buf_addf(&attached, "%.*s\n", STR_ARG(attachment_name(arena, part_headers)));
        body = str_slice(body, (size_t)(part.ptr + part.len - body.ptr), body.len);
    }
    mail->attached = buf_str(&attached);
}

/* At most `max` bytes of a file, or absent. */
static Str load(int dir, const char *name, size_t max, Arena *arena)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat status;
    char *bytes;
    size_t len, got = 0;

    if (fd < 0)
        return STR_NONE;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > FILE_MAX_BYTES) {
        close(fd);
        return STR_NONE;
    }
    len = (size_t)status.st_size < max ? (size_t)status.st_size : max;
    bytes = arena_alloc(arena, len + 1);
    while (got < len) {
        ssize_t more = read(fd, bytes + got, len - got);

        if (more <= 0 && !(more < 0 && errno == EINTR))
            break;
        got += more > 0 ? (size_t)more : 0;
    }
    close(fd);
    return (Str){bytes, got};
}

static bool is_message_name(Str name)
{
    if (name.len < 5 || name.len > NAME_MAX_CHARS + 4 || name.ptr[0] == '.' ||
        !str_ends_with(name, ".eml"))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!is_name_char(name.ptr[i]) && name.ptr[i] != '%')
            return false;
    return true;
}

typedef struct MailList {
    SpooledMail *items;
    size_t count, capacity;
} MailList;

static int by_date(const void *a, const void *b)
{
    const SpooledMail *left = a, *right = b;

    if (left->date != right->date)
        return left->date < right->date ? 1 : -1;
    return str_compare(left->file, right->file);
}

bool mail_spool_list(Str folder, Arena *arena, SpooledMail **mails, size_t *count, Err *err)
{
    enum { HEADERS_MAX = 8192 };
    DIR *dir = opendir(str_cstr(arena, folder));
    MailList list = {0};
    struct dirent *entry;

    *mails = NULL;
    *count = 0;
    if (!dir)
        return errno == ENOENT || failed(folder, "cannot open the folder", err);
    while ((entry = readdir(dir))) {
        SpooledMail mail = {.file = str_copy(arena, str_c(entry->d_name))};
        Str message, headers, body;

        if (!is_message_name(mail.file))
            continue;
        message = load(dirfd(dir), entry->d_name, HEADERS_MAX, arena);
        if (!message.ptr)
            continue;
        split_message(message, &headers, &body);
        read_headers(arena, headers, &mail);
        VEC_PUSH(arena, &list, mail);
    }
    closedir(dir);
    if (list.count)
        qsort(list.items, list.count, sizeof *list.items, by_date);
    *mails = list.items;
    *count = list.count;
    return true;
}

bool mail_spool_read(Str folder, Str file, Arena *arena, SpooledMail *mail, Err *err)
{
    Str message = STR_NONE, headers, body;
    int dir = open(str_cstr(arena, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (dir >= 0 && is_message_name(file))
        message = load(dir, str_cstr(arena, file), FILE_MAX_BYTES, arena);
    if (dir >= 0)
        close(dir);
    if (!message.ptr)
        return err_set(err, ERR_NOT_FOUND, "mail spool: no message %.*s",
                       STR_ARG(str_slice(file, 0, 100)));
    *mail = (SpooledMail){.file = str_copy(arena, file)};
    split_message(message, &headers, &body);
    read_headers(arena, headers, mail);
    read_body(arena, headers, body, mail);
    return true;
}
