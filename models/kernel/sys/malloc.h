/*
 * malloc(9): memory by type.  kern/kern_malloc.c implements it over UMA.
 *
 * MALLOC_DEFINE(M_FOO, "foo", "what for") makes a type; it lands in the linker
 * set malloc_types, so DTrace's dtmalloc provider finds it and hooks its two
 * probe words.
 */
#ifndef _SYS_MALLOC_H_
#define	_SYS_MALLOC_H_

#include <sys/types.h>
#include <sys/sdt.h>
#include <sys/linker_set.h>

#define	M_NOWAIT	0x0001	/* Return NULL rather than sleep. */
#define	M_WAITOK	0x0002	/* Sleep until there is memory. */
#define	M_ZERO		0x0100
#define	M_NOVM		0x0200	/* Don't ask the VM for pages. */
#define	M_USE_RESERVE	0x0400

#define	DTMALLOC_PROBE_MALLOC	0
#define	DTMALLOC_PROBE_FREE	1
#define	DTMALLOC_PROBE_MAX	2

struct malloc_type_stats {
	uint64_t	 mts_memalloced;
	uint64_t	 mts_memfreed;
	uint64_t	 mts_numallocs;
	uint64_t	 mts_numfrees;
	uint64_t	 mts_size;	/* Bit n: an item of zone n was allocated. */
	uint64_t	 _mts_reserved[3];
};

struct malloc_type_internal {
	struct probe_word mti_probes[DTMALLOC_PROBE_MAX];
	struct malloc_type_stats *mti_stats;	/* One for each CPU. */
	u_long		 mti_spare;
};

struct malloc_type {
	struct malloc_type *ks_next;
	u_long		 ks_version;
	const char	*ks_shortdesc;	/* Short name. */
	struct malloc_type_internal ks_mti;
};
#define	M_VERSION	2020110501

#define	MALLOC_DEFINE(type, shortdesc, longdesc)			\
	struct malloc_type type[1] = { { NULL, M_VERSION, shortdesc,	\
	    { { { 0, 0 }, { 0, 0 } }, NULL, 0 } } };			\
	static void const * const __set_malloc_types_sym_##type		\
	    __attribute__((section("set_malloc_types"), used)) = &type[0]
#define	MALLOC_DECLARE(type)	extern struct malloc_type type[1]

MALLOC_DECLARE(M_CACHE);
MALLOC_DECLARE(M_DEVBUF);
MALLOC_DECLARE(M_TEMP);
MALLOC_DECLARE(M_IOV);

/* Fire a type's probe: p is DTMALLOC_PROBE_MALLOC or _FREE. */
#define	DTMALLOC_FIRE(mtp, p, mtsp, size, zidx)				\
	__sdt_probe((struct sdt_probe *)&(mtp)->ks_mti.mti_probes[p],	\
	    (unsigned long)(mtp), (unsigned long)&(mtp)->ks_mti,	\
	    (unsigned long)(mtsp), (unsigned long)(size), (unsigned long)(zidx))

void	*malloc(size_t size, struct malloc_type *type, int flags);
void	*mallocarray(size_t nmemb, size_t size, struct malloc_type *type, int flags);
void	*realloc(void *addr, size_t size, struct malloc_type *type, int flags);
void	*reallocf(void *addr, size_t size, struct malloc_type *type, int flags);
void	*contigmalloc(unsigned long size, struct malloc_type *type, int flags,
	    vm_paddr_t low, vm_paddr_t high, unsigned long alignment,
	    vm_paddr_t boundary);
void	 contigfree(void *addr, unsigned long size, struct malloc_type *type);
void	 free(void *addr, struct malloc_type *type);
void	 zfree(void *addr, struct malloc_type *type);
size_t	 malloc_usable_size(const void *addr);
char	*strdup(const char *s, struct malloc_type *type);

#endif /* !_SYS_MALLOC_H_ */
