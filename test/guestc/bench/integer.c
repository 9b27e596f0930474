/*
 * The integer benchmark: a linked list, a matrix product, a state machine and a CRC, in about equal shares.
 * Prints a checksum, so that nothing of it can be left out.  ROUNDS may be set with -D.
 */
#include <stddef.h>
#include <stdio.h>

#ifndef ROUNDS
#define	ROUNDS	60
#endif
#define	NODES	2000
#define	DIM	40
#define	TEXT	20000
#define	BLOCK	16384

struct node {
	struct node	*next;
	int		 key;
	int		 value;
};

static struct node	 nodes[NODES];
static int		 a[DIM][DIM], b[DIM][DIM], c[DIM][DIM];
static char		 text[TEXT];
static unsigned char	 block[BLOCK];
static unsigned int	 table[256];
static unsigned int	 seed = 12345;

static unsigned int
next_random(void)
{

	seed = seed * 1103515245 + 12345;
	return (seed >> 8);
}

/* Insert, find and reverse. */
static unsigned long
list(void)
{
	struct node *head, *n, *prev, *next;
	unsigned long sum;
	int i;

	head = NULL;
	for (i = 0; i < NODES; i++) {
		n = &nodes[(i * 7) % NODES];
		n->key = next_random() % 1000;
		n->value = i;
		n->next = head;
		head = n;
	}
	sum = 0;
	for (i = 0; i < 20; i++) {
		for (n = head; n != NULL; n = n->next)
			if (n->key == i * 37)
				sum += n->value;
		prev = NULL;
		for (n = head; n != NULL; n = next) {
			next = n->next;
			n->next = prev;
			prev = n;
		}
		head = prev;
	}
	return (sum);
}

static unsigned long
matrix(void)
{
	unsigned long trace;
	int i, j, k, s;

	for (i = 0; i < DIM; i++)
		for (j = 0; j < DIM; j++) {
			a[i][j] = (i * j) & 15;
			b[i][j] = (i + j) & 15;
		}
	for (i = 0; i < DIM; i++)
		for (j = 0; j < DIM; j++) {
			s = 0;
			for (k = 0; k < DIM; k++)
				s += a[i][k] * b[k][j];
			c[i][j] = s;
		}
	trace = 0;
	for (i = 0; i < DIM; i++)
		trace += c[i][i];
	return (trace);
}

/* Count words, numbers and comments. */
static unsigned long
machine(void)
{
	enum { START, WORD, NUMBER, SLASH, COMMENT } state;
	int comments, i, numbers, words;

	for (i = 0; i < TEXT; i++)
		text[i] = "ab 12/*x/ */ 7z"[next_random() % 15];
	state = START;
	comments = numbers = words = 0;
	for (i = 0; i < TEXT; i++) {
		char ch = text[i];

		switch (state) {
		case START:
			if (ch >= 'a' && ch <= 'z') {
				words++;
				state = WORD;
			} else if (ch >= '0' && ch <= '9') {
				numbers++;
				state = NUMBER;
			} else if (ch == '/')
				state = SLASH;
			break;
		case WORD:
			if (ch == ' ')
				state = START;
			break;
		case NUMBER:
			if (ch < '0' || ch > '9')
				state = START;
			break;
		case SLASH:
			state = ch == '*' ? COMMENT : START;
			break;
		case COMMENT:
			if (ch == '/') {
				comments++;
				state = START;
			}
			break;
		}
	}
	return (words * 10000 + numbers * 100 + comments);
}

static unsigned long
crc(void)
{
	unsigned int r, t;
	int i, j;

	for (i = 0; i < 256; i++) {
		t = i;
		for (j = 0; j < 8; j++)
			t = (t & 1) != 0 ? (t >> 1) ^ 0xedb88320 : t >> 1;
		table[i] = t;
	}
	for (i = 0; i < BLOCK; i++)
		block[i] = i * 31;
	r = ~0U;
	for (j = 0; j < 4; j++)
		for (i = 0; i < BLOCK; i++)
			r = table[(r ^ block[i]) & 0xff] ^ (r >> 8);
	return (r);
}

int
main(void)
{
	unsigned long sum;
	int i;

	sum = 0;
	for (i = 0; i < ROUNDS; i++)
		sum = sum * 31 + list() + matrix() + machine() + crc();
	printf("%lu\n", sum);
	return (0);
}
