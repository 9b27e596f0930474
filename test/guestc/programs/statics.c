/* Static locals, shadowing, linkage inside a file, enumerations. */
#include <stdio.h>

enum colour { RED, GREEN = 5, BLUE, LAST = -1 };
static int x = 1;
static int
counter(int reset)
{
	static int n = 10;
	static int calls;

	calls++;
	if (reset)
		n = 0;
	return (n++ * 100 + calls);
}
static int
other(void)
{
	static int n = -1;

	return (n--);
}
extern int later;
static int forward(int);
int later = 77;

int
main(void)
{
	int i, x = 2;
	enum colour c = BLUE;

	for (i = 0; i < 3; i++)
		printf("%d %d\n", counter(i == 2), other());
	{
		int x = 3;
		{
			extern int later;
			printf("%d %d\n", x, later);
		}
		x++;
	}
	for (int x = 0; x < 2; x++)
		printf("%d ", x);
	printf("%d %d %d %d %d\n", x, c, LAST, GREEN, c == 6 ? RED : LAST);
	printf("%d\n", forward(4));
	return (0);
}
static int forward(int n) { return (n + x); }
