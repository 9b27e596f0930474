/* goto: out of nested loops, forward over code, into a block, error unwinding. */
#include <stdio.h>

static int log_;
static int step(int n, int fail) { log_ = log_ * 10 + n; return (n == fail ? -1 : 0); }
static int
setup(int fail)
{
	int error = 0;

	if ((error = step(1, fail)) != 0)
		goto out;
	if ((error = step(2, fail)) != 0)
		goto undo1;
	if ((error = step(3, fail)) != 0)
		goto undo2;
	goto out;
undo2:
	step(8, 0);
undo1:
	step(9, 0);
out:
	return (error);
}
static int
search(int want)
{
	int i, j, k;

	for (i = 0; i < 10; i++)
		for (j = 0; j < 10; j++)
			for (k = 0; k < 10; k++)
				if (i * j * k == want)
					goto found;
	return (-1);
found:
	return (i * 100 + j * 10 + k);
}
static int
into(int n)
{
	int s = 0;

	if (n > 3)
		goto inside;
	s = 1;
	if (n > 100) {
		s = 50;
inside:
		s += 7;
	}
	return (s);
}

int
main(void)
{
	int i;

	for (i = 0; i < 5; i++) {
		log_ = 0;
		printf("%d ", setup(i));
		printf("%d\n", log_);
	}
	printf("%d %d %d %d %d\n", search(60), search(729), search(11), into(2), into(9));
	return (0);
}
