/* SPDX-License-Identifier: EUPL-1.2 */
/* What the pages of outgoing mail and of failed effects show. */
#pragma once

#include "cases/desk.h"
#include "post/mail.h"

typedef struct MailRow {
    Str path, to, subject, when;
} MailRow;

typedef struct FailureRow {
    int64_t id;
    Str label, subject_path, subject, when;
    Str error, said; /* what is wrong, and what the log says of it */
    int64_t attempts;
    bool failed; /* else it will be tried again */
    Str next;
} FailureRow;

typedef struct FailuresPage {
    FailureRow *rows; /* on this page, the latest first */
    size_t count;
    int64_t total;
    PagesView pages;
    Str notice;
} FailuresPage;
