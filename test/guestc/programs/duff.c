/* A switch into a loop, and goto into and out of blocks. */
#include <stdio.h>

static void
copy(char *to, const char *from, int count)
{
	int n = (count + 7) / 8;

	switch (count % 8) {
	case 0: do { *to++ = *from++;
	case 7:      *to++ = *from++;
	case 6:      *to++ = *from++;
	case 5:      *to++ = *from++;
	case 4:      *to++ = *from++;
	case 3:      *to++ = *from++;
	case 2:      *to++ = *from++;
	case 1:      *to++ = *from++;
		} while (--n > 0);
	}
}
static int
irreducible(int n)
{
	int s = 0;

	if (n & 1)
		goto middle;
	while (n > 0) {
		s += n;
middle:
		s = s * 3 + 1;
		n -= 3;
		if (s > 5000)
			goto done;
	}
	for (;;) {
		s++;
		if (n < 0) {
			n++;
			goto middle;
		}
		break;
	}
done:
	return (s);
}
static int
backward(void)
{
	int i = 0, s = 0;

again:
	i++;
	if (i % 3 == 0)
		goto again;
	s += i;
	if (i < 20)
		goto again;
	return (s);
}

int
main(void)
{
	char buf[40] = { 0 };
	int i;

	for (i = 1; i < 27; i++) {
		copy(buf, "abcdefghijklmnopqrstuvwxyz", i);
		buf[i] = '\0';
		printf("%s\n", buf);
	}
	for (i = -4; i < 12; i++)
		printf("%d ", irreducible(i));
	printf("%d\n", backward());
	return (0);
}
