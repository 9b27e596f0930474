/*
 * Scripts: a file that begins with "#!" is run by the program named there.
 *
 *   #!/bin/csh -f        script a b   becomes   /bin/csh -f script a b
 *
 * Everything after the interpreter's name, up to the end of the line, is one
 * argument.
 */
#include <sys/param.h>
#include <sys/imgact.h>
#include <sys/malloc.h>
#include <sys/systm.h>

MALLOC_DECLARE(M_EXEC);

static int
exec_shell_imgact(struct image_params *imgp)
{
	const char *hdr, *end, *interp, *interpend, *opt, *optend;
	char *p;
	size_t consume, fnamelen, interplen, length, optlen;
	int error;

	hdr = imgp->image_header;
	if (imgp->image_size < 2 || hdr[0] != '#' || hdr[1] != '!')
		return (-1);
	if (imgp->interpreted)
		return (ELOOP);		/* A script as interpreter. */
	imgp->interpreted = 1;

	/* The line: "#!", blanks, interpreter, blanks, option. */
	end = hdr + imgp->image_size;
	interp = hdr + 2;
	while (interp < end && (*interp == ' ' || *interp == '\t'))
		interp++;
	interpend = interp;
	while (interpend < end && *interpend != ' ' && *interpend != '\t' &&
	    *interpend != '\n' && *interpend != '\0')
		interpend++;
	opt = interpend;
	while (opt < end && (*opt == ' ' || *opt == '\t'))
		opt++;
	optend = opt;
	while (optend < end && *optend != '\n' && *optend != '\0')
		optend++;
	if (optend == end || interpend == interp)
		return (ENOEXEC);
	while (optend > opt && (optend[-1] == ' ' || optend[-1] == '\t'))
		optend--;
	interplen = interpend - interp;
	optlen = optend - opt;
	if (interplen >= MAXINTERP)
		return (ENAMETOOLONG);

	/* argv[0] makes way for interpreter, option and the script's path. */
	fnamelen = strlen(imgp->args->fname) + 1;
	length = interplen + 1 + fnamelen;
	if (optlen > 0)
		length += optlen + 1;
	consume = imgp->args->argc > 0 ?
	    strlen(imgp->args->begin_argv) + 1 : 0;
	error = exec_args_adjust_args(imgp->args, consume, length);
	if (error != 0)
		return (error);
	p = imgp->args->begin_argv;
	memcpy(p, interp, interplen);
	p += interplen;
	*p++ = '\0';
	imgp->args->argc++;
	if (optlen > 0) {
		memcpy(p, opt, optlen);
		p += optlen;
		*p++ = '\0';
		imgp->args->argc++;
	}
	memcpy(p, imgp->args->fname, fnamelen);
	imgp->args->argc++;

	imgp->interpreter_name = malloc(interplen + 1, M_EXEC, M_WAITOK);
	memcpy(imgp->interpreter_name, interp, interplen);
	imgp->interpreter_name[interplen] = '\0';
	return (0);
}

static const struct execsw shell_execsw = {
	.ex_imgact = exec_shell_imgact,
	.ex_name = "#!",
};
EXEC_SET(shell, shell_execsw);
