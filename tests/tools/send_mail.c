/* SPDX-License-Identifier: EUPL-1.2 */
/* For scenarios: sends one message as the program does and tells how it went.
 *
 *     send_mail URL KEY TO SUBJECT < BODY      # exit 0 sent, 75 try again, 65 refused for good */
#include "base/buf.h"
#include "post/mail.h"

#include <stdio.h>

enum { EXIT_SENT = 0, EXIT_USAGE = 64, EXIT_REFUSED = 65, EXIT_TEMPORARY = 75 };

static Str read_body(Arena *arena)
{
    Buf body = buf_in(arena);
    char chunk[4096];
    size_t len;

    while ((len = fread(chunk, 1, sizeof chunk, stdin)) > 0)
        buf_add(&body, (Str){chunk, len});
    return buf_str(&body);
}

int main(int argc, char **argv)
{
    Arena *arena = arena_create(0);
    MailTransport transport = {0};
    MailMessage message = {0};
    Err err = {0};
    int status = EXIT_SENT;

    if (argc != 5) {
        fprintf(stderr, "send_mail URL KEY TO SUBJECT < BODY\n");
        return EXIT_USAGE;
    }
    transport = (MailTransport){
        .url = str_c(argv[1]), .connect_timeout_ms = 2000, .total_timeout_ms = 5000};
    message = (MailMessage){.from = {STR("Stadt Musterstadt"), STR("stadt@musterstadt.example")},
                            .to = {STR_NONE, str_c(argv[3])},
                            .subject = str_c(argv[4]),
                            .body = read_body(arena),
                            .message_id =
                                mail_message_id(arena, str_c(argv[2]), STR("musterstadt.example")),
                            .date = 1803893400000};
    if (!mail_send(&transport, &message, &err)) {
        fprintf(stderr, "%s\n", err.message);
        status = err.kind == ERR_TEMPORARY ? EXIT_TEMPORARY : EXIT_REFUSED;
    }
    arena_destroy(arena);
    return status;
}
