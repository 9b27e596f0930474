/*
 * csh [-efinx] [-c commands | script] [argument ...]: options, and where the
 * lines come from.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "csh.h"

int		 status;
int		 interactive;
int		 opt_e, opt_x, opt_n;
int		 exiting;
int		 in_child;
volatile int	 interrupted;

static void
on_interrupt(int sig)
{
	if (sig == SIGINT)
		interrupted = 1;
}

/*
 * The shell survives ^C and ^\; its children do not: a caught signal is back at
 * its default after an exec, which an ignored one would not be.
 */
static void
catch_signals(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_interrupt;
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGQUIT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

/*
 * An interactive shell and its commands are a process group of their own, the one
 * that ^C at the terminal is meant for: whoever started the shell lives on.
 * Returns the group that had the terminal, 0 if that is none of our business.
 */
static pid_t
take_terminal(void)
{
	pid_t before = tcgetpgrp(STDIN_FILENO);
	sigset_t ttou;

	if (before <= 0 || setpgid(0, 0) == -1)
		return (0);
	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, NULL);
	tcsetpgrp(STDIN_FILENO, getpid());
	sigprocmask(SIG_UNBLOCK, &ttou, NULL);
	return (before);
}

static void
give_terminal_back(pid_t pgrp)
{
	sigset_t ttou;

	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, NULL);
	if (pgrp > 0)
		tcsetpgrp(STDIN_FILENO, pgrp);
}

int
main(int argc, char **argv)
{
	const char *text = NULL, *name = getprogname();
	pid_t pgrp = 0;
	int c, fd, force = 0;

	while ((c = getopt(argc, argv, "c:efilnx")) != -1)
		switch (c) {
		case 'c':
			text = optarg;
			break;
		case 'e':
			opt_e = 1;
			break;
		case 'i':
			force = 1;
			break;
		case 'n':
			opt_n = 1;
			break;
		case 'x':
			opt_x = 1;
			break;
		case 'f':		/* There is no .cshrc to leave out. */
		case 'l':
			break;
		default:
			fprintf(stderr, "usage: csh [-efinx] [-c commands | "
			    "script] [argument ...]\n");
			return (1);
		}
	argc -= optind;
	argv += optind;

	if (text != NULL) {
		/* sh -c text name argument ... */
		if (strcmp(name, "sh") == 0 && argc > 0) {
			argc--;
			name = *argv++;
		}
		vars_init(argc, argv);
		var_set1("0", name);
		source_text(text);
	} else if (argc > 0) {
		if ((fd = open(argv[0], O_RDONLY)) == -1) {
			fprintf(stderr, "%s: %s.\n", argv[0], strerror(errno));
			return (1);
		}
		/* Out of the way of what the script's commands use. */
		c = fcntl(fd, F_DUPFD_CLOEXEC, 10);
		if (c != -1) {
			close(fd);
			fd = c;
		}
		vars_init(argc - 1, argv + 1);
		var_set1("0", argv[0]);
		source_fd(fd, 0);
	} else {
		interactive = force || isatty(STDIN_FILENO);
		vars_init(argc, argv);
		var_set1("0", name);
		if (interactive) {
			catch_signals();
			pgrp = take_terminal();
		}
		source_fd(STDIN_FILENO, interactive);
		if (interactive && !exiting)
			fprintf(stderr, "exit\n");
		give_terminal_back(pgrp);
	}
	fflush(NULL);
	return (line_error ? 1 : status);
}
