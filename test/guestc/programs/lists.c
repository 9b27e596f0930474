/* Linked structures: lists, trees, queues by pointers to pointers. */
#include <stdio.h>

struct node { struct node *left, *right; int key; };
static struct node pool[200];
static int used;

static struct node *
insert(struct node *t, int key)
{

	if (t == 0) {
		t = &pool[used++];
		t->key = key;
		return (t);
	}
	if (key < t->key)
		t->left = insert(t->left, key);
	else if (key > t->key)
		t->right = insert(t->right, key);
	return (t);
}
static struct node **
find(struct node **pp, int key)
{

	while (*pp != 0 && (*pp)->key != key)
		pp = key < (*pp)->key ? &(*pp)->left : &(*pp)->right;
	return (pp);
}
static int
walk(struct node *t, int depth)
{
	int l, r;

	if (t == 0)
		return (depth);
	l = walk(t->left, depth + 1);
	printf("%d ", t->key);
	r = walk(t->right, depth + 1);
	return (l > r ? l : r);
}

int
main(void)
{
	struct node *root = 0, **pp, *t;
	unsigned int r = 1;
	int i;

	for (i = 0; i < 60; i++) {
		r = r * 1103515245 + 12345;
		root = insert(root, r >> 16 & 127);
	}
	printf("\n%d\n", walk(root, 0));
	for (i = 0; i < 128; i += 3) {
		pp = find(&root, i);
		if ((t = *pp) == 0)
			continue;
		if (t->left == 0)
			*pp = t->right;
		else if (t->right == 0)
			*pp = t->left;
	}
	printf("\n%d\n", walk(root, 0));
	return (0);
}
