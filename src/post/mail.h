/* SPDX-License-Identifier: EUPL-1.2 */
/* E-mail: messages as RFC 5322 text, sent through an SMTP server or laid into a spool folder.
 *
 * A message carries the Message-ID that its caller made from the idempotency key of the effect
 * it belongs to. Whoever gets a message twice, because an answer was lost, sees one
 * identifier; the spool keeps one file. The same message is always the same bytes. */
#pragma once

#include "base/clock.h"
#include "base/err.h"

typedef struct MailAddress {
    Str name;    /* to be shown, or empty */
    Str address; /* "info@musterstadt.example" */
} MailAddress;

typedef struct MailAttachment {
    Str name; /* "Bescheid.pdf" */
    Str type; /* "application/pdf" */
    Str content;
} MailAttachment;

typedef struct MailMessage {
    MailAddress from, to;
    Str reply_to; /* address, or empty */
    Str subject;
    Str body;       /* plain text, UTF-8, lines end in LF */
    Str message_id; /* without angle brackets; see mail_message_id() */
    Timestamp date;
    const MailAttachment *attachments;
    size_t attachment_count;
} MailMessage;

/* "KEY@DOMAIN" with whatever a Message-ID does not allow in the key as =XX, or the hash of
 * a long key. */
Str mail_message_id(Arena *arena, Str key, Str domain);

/* An ASCII address as RFC 5321 has it without quoting: dot-atom, "@", host name; at most 254
 * characters. */
bool mail_address_valid(Str address);

/* The message as text with CRLF. Fails with ERR_INPUT and the field when an address is malformed,
 * a header's value holds a control character (so no value can begin another header), or text
 * is not UTF-8. */
bool mail_compose(const MailMessage *message, Arena *arena, Str *out, Err *err);

typedef enum MailTls {
    MAIL_TLS_TRY,      /* STARTTLS where the server offers it */
    MAIL_TLS_REQUIRED, /* no mail without it; smtps:// has it from the start */
    MAIL_TLS_NONE,
} MailTls;

typedef struct MailTransport {
    Str url;            /* "smtp://host:25", "smtps://host:465"; empty: the spool */
    Str user, password; /* or empty */
    MailTls tls;
    int64_t connect_timeout_ms; /* 0: 10 s */
    int64_t total_timeout_ms;   /* 0: 60 s */
    Str spool;                  /* folder for messages when `url` is empty; is made if missing */
} MailTransport;

/* Hand the message over. true only when the server has taken responsibility for it, or when it
 * is on disk in the spool.
 *
 * Fails with ERR_INPUT, the field "server" and the server's words when the server refuses this
 * message or its recipient for good (5xx), so that a person must look; with ERR_TEMPORARY when
 * trying again may help: no connection, 4xx, a lost answer, and also a refused login or missing
 * TLS, for there the settings are wrong and not the message. No error holds the password. */
bool mail_send(const MailTransport *transport, const MailMessage *message, Err *err);

/* A message in the spool. */
typedef struct SpooledMail {
    Str file; /* its name in the folder */
    Str message_id;
    Str from, to, subject;
    Timestamp date;
    Str body;     /* only from mail_spool_read() */
    Str attached; /* names of attachments, one per line; only from mail_spool_read() */
} SpooledMail;

/* All messages of the spool, newest first. A missing folder is an empty spool. */
bool mail_spool_list(Str folder, Arena *arena, SpooledMail **mails, size_t *count, Err *err);
/* One message by its file's name. Fails with ERR_NOT_FOUND. */
bool mail_spool_read(Str folder, Str file, Arena *arena, SpooledMail *mail, Err *err);
/* mail_send() to the spool. */
bool mail_spool_save(Str folder, Str message_id, Str text, Err *err);
