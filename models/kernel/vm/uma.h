/*
 * UMA: zones, each an allocator of items of one size.  See uma_core.c.
 */
#ifndef _VM_UMA_H_
#define	_VM_UMA_H_

#include <sys/param.h>
#include <sys/malloc.h>

struct uma_zone;
typedef struct uma_zone *uma_zone_t;

/*
 * What a zone may do to its items.  init and fini bracket an item's life in the
 * zone: what they set up stays over free and alloc (a lock, say).  ctor and
 * dtor bracket each use.
 */
typedef int (*uma_ctor)(void *mem, int size, void *arg, int flags);
typedef void (*uma_dtor)(void *mem, int size, void *arg);
typedef int (*uma_init)(void *mem, int size, int flags);
typedef void (*uma_fini)(void *mem, int size);

#define	UMA_ZONE_ZINIT		0x0002	/* Items start out as zeros. */
#define	UMA_ZONE_MALLOC		0x0010	/* Items know their slab by address. */
#define	UMA_ZONE_NOFREE		0x0020	/* Never give pages back. */
#define	UMA_ZONE_MTXCLASS	0x0040	/* The lock's type is the zone's name. */
#define	UMA_ZONE_VM		0x0080	/* For vm itself: no large buckets. */
#define	UMA_ZONE_NOBUCKET	0x0200	/* No per-CPU caches. */

#define	UMA_ALIGN_PTR		(sizeof(void *) - 1)
#define	UMA_ALIGN_LONG		(sizeof(long) - 1)
#define	UMA_ALIGN_INT		(sizeof(int) - 1)
#define	UMA_ALIGN_CACHE		(CACHE_LINE_SIZE - 1)

void	 uma_startup(void);
uma_zone_t uma_zcreate(const char *name, size_t size, uma_ctor ctor,
	    uma_dtor dtor, uma_init uminit, uma_fini fini, int align,
	    uint32_t flags);
void	 uma_zdestroy(uma_zone_t zone);
void	*uma_zalloc_arg(uma_zone_t zone, void *arg, int flags);
void	 uma_zfree_arg(uma_zone_t zone, void *item, void *arg);
int	 uma_zone_set_max(uma_zone_t zone, int nitems);
int	 uma_zone_get_cur(uma_zone_t zone);
void	 uma_prealloc(uma_zone_t zone, int nitems);
void	 uma_reclaim(void);

static inline void *
uma_zalloc(uma_zone_t zone, int flags)
{

	return (uma_zalloc_arg(zone, NULL, flags));
}

static inline void
uma_zfree(uma_zone_t zone, void *item)
{

	uma_zfree_arg(zone, item, NULL);
}

#ifdef INVARIANTS
/* Constructors and destructors that catch use of freed memory: uma_dbg.c. */
int	 trash_ctor(void *mem, int size, void *arg, int flags);
void	 trash_dtor(void *mem, int size, void *arg);
int	 trash_init(void *mem, int size, int flags);
void	 trash_fini(void *mem, int size);
#endif

#endif /* !_VM_UMA_H_ */
