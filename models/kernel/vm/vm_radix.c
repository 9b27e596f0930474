/*
 * The index of an object's pages: a radix tree, four bits of the page's index
 * a level.
 *
 *	level 1	       [0 ............ 15]	bits 7..4
 *		        |	       |
 *	level 0	[0 .. 15]	[0 .. 15]	bits 3..0
 *		 |  pages
 *
 * The tree is as high as the largest index needs; small objects have one node.
 * Beside lookup there is "the last page not after this index", which keeps the
 * object's list of pages in order.  Locking: the object's lock.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <vm/vm.h>
#include <vm/vm_page.h>
#include <vm/vm_radix.h>
#include <vm/uma.h>

#define	VM_RADIX_WIDTH	4
#define	VM_RADIX_COUNT	(1 << VM_RADIX_WIDTH)
#define	VM_RADIX_MASK	(VM_RADIX_COUNT - 1)

struct vm_radix_node {
	uint16_t	 rn_count;		/* Children. */
	uint16_t	 rn_level;		/* 0: children are pages. */
	void		*rn_child[VM_RADIX_COUNT];
};

static uma_zone_t vm_radix_node_zone;

static struct vm_radix_node *vm_radix_node_get(int level);
static void	vm_radix_node_put(struct vm_radix_node *rnode);
static void	vm_radix_reclaim_node(struct vm_radix_node *rnode);

/* Where an index goes at a level. */
#define	vm_radix_slot(index, level)					\
	(((index) >> ((level) * VM_RADIX_WIDTH)) & VM_RADIX_MASK)

/* Largest index of a tree whose root is at a level. */
static inline vm_pindex_t
vm_radix_max(int level)
{

	if ((level + 1) * VM_RADIX_WIDTH >= 64)
		return (~0UL);
	return ((1UL << ((level + 1) * VM_RADIX_WIDTH)) - 1);
}

void
vm_radix_zinit(void)
{

	vm_radix_node_zone = uma_zcreate("RADIX NODE",
	    sizeof(struct vm_radix_node), NULL, NULL, NULL, NULL,
	    UMA_ALIGN_PTR, UMA_ZONE_VM);
}

static struct vm_radix_node *
vm_radix_node_get(int level)
{
	struct vm_radix_node *rnode;

	rnode = uma_zalloc(vm_radix_node_zone, M_NOWAIT | M_ZERO);
	if (rnode != NULL)
		rnode->rn_level = level;
	return (rnode);
}

static void
vm_radix_node_put(struct vm_radix_node *rnode)
{

	uma_zfree(vm_radix_node_zone, rnode);
}

/*
 * Returns 0, or 1 when out of memory: then nothing has changed but perhaps the
 * tree's height.
 */
int
vm_radix_insert(struct vm_radix *rtree, vm_page_t page)
{
	struct vm_radix_node *rnode, *child;
	vm_pindex_t index;
	int level, slot;

	index = page->pindex;
	/* Grow upwards until the index fits. */
	while ((rnode = rtree->rt_root) == NULL ||
	    index > vm_radix_max(rnode->rn_level)) {
		level = 0;
		if (rnode != NULL)
			level = rnode->rn_level + 1;
		else
			while (index > vm_radix_max(level))
				level++;
		child = vm_radix_node_get(level);
		if (child == NULL)
			return (1);
		if (rnode != NULL) {
			child->rn_child[0] = rnode;
			child->rn_count = 1;
		}
		rtree->rt_root = child;
	}
	for (level = rnode->rn_level; level > 0; level--) {
		slot = vm_radix_slot(index, level);
		child = rnode->rn_child[slot];
		if (child == NULL) {
			child = vm_radix_node_get(level - 1);
			if (child == NULL)
				return (1);
			rnode->rn_child[slot] = child;
			rnode->rn_count++;
		}
		rnode = child;
	}
	slot = vm_radix_slot(index, 0);
	KASSERT(rnode->rn_child[slot] == NULL,
	    ("vm_radix_insert: key %lx is already present", index));
	rnode->rn_child[slot] = page;
	rnode->rn_count++;
	return (0);
}

vm_page_t
vm_radix_lookup(struct vm_radix *rtree, vm_pindex_t index)
{
	struct vm_radix_node *rnode;
	int level;

	rnode = rtree->rt_root;
	if (rnode == NULL || index > vm_radix_max(rnode->rn_level))
		return (NULL);
	for (level = rnode->rn_level; level > 0; level--) {
		rnode = rnode->rn_child[vm_radix_slot(index, level)];
		if (rnode == NULL)
			return (NULL);
	}
	return (rnode->rn_child[vm_radix_slot(index, 0)]);
}

/*
 * The page with the greatest index not above this one.  On the way down,
 * remember the nearest subtree to the left: if the way ends, its last page is
 * the answer.
 */
vm_page_t
vm_radix_lookup_le(struct vm_radix *rtree, vm_pindex_t index)
{
	struct vm_radix_node *rnode;
	void *child, *left;
	int i, leftlevel, level, slot;

	rnode = rtree->rt_root;
	if (rnode == NULL)
		return (NULL);
	index = ulmin(index, vm_radix_max(rnode->rn_level));
	left = NULL;
	leftlevel = 0;
	for (level = rnode->rn_level;; level--) {
		slot = vm_radix_slot(index, level);
		child = rnode->rn_child[slot];
		if (level == 0 && child != NULL)
			return (child);
		for (i = slot - 1; i >= 0; i--)
			if (rnode->rn_child[i] != NULL) {
				left = rnode->rn_child[i];
				leftlevel = level;
				break;
			}
		if (child == NULL || level == 0)
			break;
		rnode = child;
	}
	for (level = leftlevel; left != NULL && level > 0; level--) {
		rnode = left;
		for (i = VM_RADIX_MASK; rnode->rn_child[i] == NULL; i--)
			KASSERT(i > 0, ("vm_radix_lookup_le: empty node %p", rnode));
		left = rnode->rn_child[i];
	}
	return (left);
}

/*
 * Nodes that become empty are freed, up to the root.
 */
void
vm_radix_remove(struct vm_radix *rtree, vm_pindex_t index)
{
	struct vm_radix_node *path[64 / VM_RADIX_WIDTH];
	struct vm_radix_node *rnode;
	int level;

	rnode = rtree->rt_root;
	for (level = rnode->rn_level; level > 0; level--) {
		path[level] = rnode;
		rnode = rnode->rn_child[vm_radix_slot(index, level)];
		KASSERT(rnode != NULL,
		    ("vm_radix_remove: impossible to locate the key %lx", index));
	}
	path[0] = rnode;
	KASSERT(rnode->rn_child[vm_radix_slot(index, 0)] != NULL,
	    ("vm_radix_remove: impossible to locate the key %lx", index));
	for (;;) {
		rnode = path[level];
		rnode->rn_child[vm_radix_slot(index, level)] = NULL;
		if (--rnode->rn_count > 0)
			return;
		vm_radix_node_put(rnode);
		if (rnode == rtree->rt_root) {
			rtree->rt_root = NULL;
			return;
		}
		level++;
	}
}

static void
vm_radix_reclaim_node(struct vm_radix_node *rnode)
{
	int i;

	if (rnode->rn_level > 0)
		for (i = 0; i < VM_RADIX_COUNT; i++)
			if (rnode->rn_child[i] != NULL)
				vm_radix_reclaim_node(rnode->rn_child[i]);
	vm_radix_node_put(rnode);
}

/*
 * Drop the whole tree: the pages are on the object's list anyhow.
 */
void
vm_radix_reclaim_allnodes(struct vm_radix *rtree)
{

	if (rtree->rt_root == NULL)
		return;
	vm_radix_reclaim_node(rtree->rt_root);
	rtree->rt_root = NULL;
}
