/*
 * err.h and assert(): last words of a program.
 */
#include <assert.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libc_private.h"

/* One line, one write: the message is put together first. */
static void
say(const char *fmt, va_list ap, const char *reason)
{
	char *msg = NULL;

	if (fmt != NULL && vasprintf(&msg, fmt, ap) == -1)
		msg = NULL;
	fprintf(stderr, "%s: %s%s%s\n", __progname, msg != NULL ? msg : "",
	    msg != NULL && reason != NULL ? ": " : "",
	    reason != NULL ? reason : "");
	free(msg);
}

void
vwarnc(int code, const char *fmt, va_list ap)
{
	say(fmt, ap, strerror(code));
}

void
vwarn(const char *fmt, va_list ap)
{
	vwarnc(errno, fmt, ap);
}

void
vwarnx(const char *fmt, va_list ap)
{
	say(fmt, ap, NULL);
}

_Noreturn void
verrc(int status, int code, const char *fmt, va_list ap)
{
	vwarnc(code, fmt, ap);
	exit(status);
}

_Noreturn void
verr(int status, const char *fmt, va_list ap)
{
	verrc(status, errno, fmt, ap);
}

_Noreturn void
verrx(int status, const char *fmt, va_list ap)
{
	vwarnx(fmt, ap);
	exit(status);
}

void
warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarn(fmt, ap);
	va_end(ap);
}

void
warnc(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarnc(code, fmt, ap);
	va_end(ap);
}

void
warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarnx(fmt, ap);
	va_end(ap);
}

_Noreturn void
err(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	verr(status, fmt, ap);
}

_Noreturn void
errc(int status, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	verrc(status, code, fmt, ap);
}

_Noreturn void
errx(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	verrx(status, fmt, ap);
}

void
__assert(const char *func, const char *file, int line, const char *expr)
{
	fprintf(stderr, "Assertion failed: (%s), function %s, file %s, line %d.\n",
	    expr, func, file, line);
	abort();
}
