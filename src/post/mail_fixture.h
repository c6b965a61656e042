/* SPDX-License-Identifier: EUPL-1.2 */
/* A message of a town. */
#pragma once

#include "base/test.h"
#include "post/mail.h"

static inline MailMessage sample(void)
{
    return (MailMessage){.from = {STR("Stadt Musterstadt"), STR("steueramt@musterstadt.example")},
                         .to = {STR("Jürgen Weiß"), STR("jw@example.org")},
                         .subject = STR("Bescheid"),
                         .body = STR("Guten Tag,\n\nIhr Bescheid über 12,30 € liegt bereit.\n"),
                         .message_id = STR("case-17-notice@musterstadt.example"),
                         .date = 1803893400123};
}
