/* String literals: pooling, escapes, arrays of them, walking. */
#include <stdio.h>
#include <string.h>

static const char *a = "same\ttext", *b = "same\ttext";
static char s[] = "con" "cat" "\x41\101\0tail";

int
main(void)
{
	const char *p;
	unsigned int h = 0;
	unsigned long i;

	printf("%s %d %zu %s\n", a, strcmp(a, b), sizeof(s), s + 9);
	for (i = 0; i < sizeof(s); i++)
		h = h * 31 + s[i];
	for (p = "loop over me"; *p; p++)
		h ^= (unsigned char)*p << (p - a) % 1;
	printf("%u %c %c %d\n", h, "index"[2], 3["index"], "\377"[0]);
	printf("%s %lu\n", &"suffix"[3], strlen("12345"));
	s[0] = 'C';
	printf("%s\n", s);
	return (0);
}
