/* State machines by switch on a line number in a structure. */
#include <stdio.h>

struct gen { int state, i, j; };
#define	BEGIN(g)	switch ((g)->state) { case 0:
#define	YIELD(g, v)	do { (g)->state = __LINE__; return (v); case __LINE__:; } while (0)
#define	END		} return (-1)
static int
pairs(struct gen *g)
{

	BEGIN(g);
	for (g->i = 0; g->i < 4; g->i++)
		for (g->j = g->i; g->j < 4; g->j++) {
			YIELD(g, g->i * 10 + g->j);
			if (g->j == 2)
				YIELD(g, 99);
		}
	END;
}

int
main(void)
{
	struct gen g = { 0 };
	int v;

	while ((v = pairs(&g)) >= 0)
		printf("%d ", v);
	printf("\n");
	return (0);
}
