/*
 * yes [word]: the word (y), again and again.
 */
#include <err.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	static char buf[8192];
	const char *word = argc > 1 ? argv[1] : "y";
	size_t len = strlen(word), n = 0;

	if (len + 1 > sizeof(buf))
		errx(1, "word too long");
	while (n + len + 1 <= sizeof(buf)) {
		memcpy(buf + n, word, len);
		buf[n + len] = '\n';
		n += len + 1;
	}
	while (write(STDOUT_FILENO, buf, n) > 0)
		;
	err(1, "stdout");
}
