/* Two-dimensional arrays: the game of life. */
#include <stdio.h>

#define	W 24
#define	H 12
static char cell[2][H][W];

int
main(void)
{
	static const char *start[] = { ".O......", "..O.....", "OOO...OO", "......OO" };
	int g, i, j, n, x, y, cur = 0;

	for (i = 0; i < 4; i++)
		for (j = 0; j < 8; j++)
			cell[0][i + 1][j + 2] = start[i][j] == 'O';
	for (g = 0; g < 30; g++, cur ^= 1)
		for (i = 0; i < H; i++)
			for (j = 0; j < W; j++) {
				for (n = 0, y = -1; y <= 1; y++)
					for (x = -1; x <= 1; x++)
						if (x | y)
							n += cell[cur][(i + y + H) % H][(j + x + W) % W];
				cell[!cur][i][j] = n == 3 || (n == 2 && cell[cur][i][j]);
			}
	for (i = 0; i < H; i++) {
		for (j = 0; j < W; j++)
			putchar(cell[cur][i][j] ? 'O' : '.');
		putchar('\n');
	}
	return (0);
}
