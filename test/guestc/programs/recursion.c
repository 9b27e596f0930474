/* Deep and mutual recursion. */
#include <stdio.h>

static int even(unsigned int n);
static int odd(unsigned int n) { return (n == 0 ? 0 : even(n - 1)); }
static int even(unsigned int n) { return (n == 0 ? 1 : odd(n - 1)); }
static long
ackermann(long m, long n)
{

	if (m == 0)
		return (n + 1);
	if (n == 0)
		return (ackermann(m - 1, 1));
	return (ackermann(m - 1, ackermann(m, n - 1)));
}
static void
hanoi(int n, int from, int to, int via, int *moves)
{

	if (n == 0)
		return;
	hanoi(n - 1, from, via, to, moves);
	(*moves)++;
	hanoi(n - 1, via, to, from, moves);
}
static int
permute(char *s, int k, int n)
{
	int count = 0, i;
	char t;

	if (k == n)
		return (s[0] < s[n - 1]);
	for (i = k; i < n; i++) {
		t = s[k]; s[k] = s[i]; s[i] = t;
		count += permute(s, k + 1, n);
		t = s[k]; s[k] = s[i]; s[i] = t;
	}
	return (count);
}

int
main(void)
{
	char word[] = "abcdef";
	int moves = 0;

	printf("%d %d\n", even(1000), odd(777));
	printf("%ld\n", ackermann(2, 9));
	hanoi(8, 1, 2, 3, &moves);
	printf("%d %d\n", moves, permute(word, 0, 6));
	return (0);
}
