/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/child.h"
#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ARGUMENTS_MAX = 60,
    LINE_MAX_BYTES = 8192,
    LOOK_MS = 250,
    PATIENCE_MS = 5 * 60000,
    GIVE_MAX = 4
};

/* Out of the way first: what is given may have the number that another gets. */
static void give(const Child *child)
{
    int away[GIVE_MAX];

    for (size_t i = 0; i < child->give_count; i++)
        away[i] = fcntl(child->give[i], F_DUPFD_CLOEXEC, GIVE_MAX + 10);
    for (size_t i = 0; i < child->give_count; i++)
        if (away[i] < 0 || dup2(away[i], STDERR_FILENO + 1 + (int)i) < 0)
            _exit(127);
}

/* In the child, after fork(): only calls that are safe there. */
_Noreturn static void become(const Child *child, char **argv, int out, pid_t parent)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    sigset_t none;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    setpgid(0, 0); /* Ctrl-C at the server's terminal is the server's */
    if (nice(child->niceness) == -1) {
        /* then at the server's own */
    }
    dup2(nothing, STDIN_FILENO);
    dup2(child->program ? out : nothing, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    give(child);
    if (child->folder && chdir(child->folder) != 0)
        _exit(127);
    if (child->program)
        execvp(child->program, argv);
    else
        execv("/proc/self/exe", argv);
    _exit(127);
}

typedef struct Lines {
    char text[LINE_MAX_BYTES];
    size_t len;
} Lines;

/* Hand on whole lines; one that is too long is cut. */
static void take(const Child *child, Lines *lines, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r') {
            if (lines->len && child->line)
                child->line(child->context, (Str){lines->text, lines->len});
            lines->len = 0;
        } else if (lines->len < sizeof lines->text) {
            lines->text[lines->len++] = bytes[i];
        }
    }
}

/* Until it closes its end; asks for the stop meanwhile. */
static void listen_to(const Child *child, pid_t pid, int in)
{
    Lines lines = {.len = 0};
    int64_t asked = 0;
    char bytes[4096];

    for (;;) {
        struct pollfd wait = {.fd = in, .events = POLLIN};
        int ready = poll(&wait, 1, LOOK_MS);
        if (ready > 0) {
            ssize_t got = read(in, bytes, sizeof bytes);
            if (got == 0 || (got < 0 && errno != EINTR))
                break;
            take(child, &lines, bytes, got > 0 ? (size_t)got : 0);
            asked = asked ? clock_monotonic_ms() : 0;
        }
        if (!asked && child->stop && child->stop(child->context)) {
            kill(pid, SIGINT);
            asked = clock_monotonic_ms();
        } else if (asked && clock_monotonic_ms() - asked > PATIENCE_MS) {
            kill(pid, SIGKILL);
        }
    }
    take(child, &lines, "\n", 1);
}

/* The death signal of a child comes when the thread that made it ends: job threads outlive their
 * jobs. */
bool child_run(const Child *child, int *status, Err *err)
{
    char *argv[ARGUMENTS_MAX + 2] = {"rathaus"};
    int pipe_ends[2];
    size_t count = 0;
    int state;

    assert(child->give_count <= GIVE_MAX);
    if (child->program)
        argv[0] = (char *)child->program;
    for (; child->arguments[count]; count++) {
        if (count == ARGUMENTS_MAX)
            return err_set(err, ERR_INTERNAL, "too many arguments for a child process");
        argv[count + 1] = (char *)child->arguments[count];
    }
    if (pipe2(pipe_ends, O_CLOEXEC) != 0)
        return err_set(err, ERR_TEMPORARY, "cannot start a process: %s", strerror(errno));
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become(child, argv, pipe_ends[1], parent);
    close(pipe_ends[1]);
    if (pid < 0) {
        close(pipe_ends[0]);
        return err_set(err, ERR_TEMPORARY, "cannot start a process: %s", strerror(errno));
    }
    listen_to(child, pid, pipe_ends[0]);
    close(pipe_ends[0]);
    while (waitpid(pid, &state, 0) < 0)
        if (errno != EINTR)
            return err_set(err, ERR_INTERNAL, "lost a process: %s", strerror(errno));
    *status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    if (*status == 127 && child->program)
        return err_set(err, ERR_TEMPORARY,
                       "the program %s cannot be started: is its package installed?",
                       child->program);
    return *status != 127 ||
           err_set(err, ERR_INTERNAL, "the program cannot be started again as a process");
}
