/*
 * Statically defined tracing: probe sites that a programmer put into the code.
 *
 * A site is free until somebody enables it.  __sdt_probe() tests the probe's
 * enable word at no simulated cost; its arguments are evaluated only when it
 * fires, so they must not contain calls.  Bit 0 of the word belongs to the
 * trace recorder (free), bit 1 to DTrace (a charged call of dtrace_probe()),
 * bit 2 to ghost DTrace.
 *
 * Probes are named as in FreeBSD: SDT_PROBE_DEFINE1(proc, , , exec__success,
 * "char *") makes proc:kernel:none:exec-success.  Providers whose name begins
 * with '_' are for the recorder only; DTrace does not register them.
 */
#ifndef _SYS_SDT_H_
#define	_SYS_SDT_H_

#include <sys/types.h>
#include <sys/linker_set.h>

/* First member of everything that a probe site can test. */
struct probe_word {
	uint32_t	 pw_enable;	/* SDT_ bits. */
	uint32_t	 pw_id;		/* DTrace's probe id, 0 if none. */
};
#define	SDT_RECORD	1
#define	SDT_DTRACE	2
#define	SDT_GHOST	4

#define	SDT_MAXARGS	7

struct sdt_provider {
	const char	*name;
	unsigned long	 id;		/* dtrace_provider_id_t once registered. */
};

struct sdt_probe {
	struct probe_word  word;
	struct sdt_provider *prov;
	const char	*mod;
	const char	*func;
	const char	*name;
	int		 n_args;
	const char	*argtype[SDT_MAXARGS];	/* Native C types. */
	const char	*xtype[SDT_MAXARGS];	/* Translated types or NULL. */
};

#define	SDT_PROVIDER_DEFINE(prv)					\
	struct sdt_provider sdt_provider_##prv = { #prv, 0 };		\
	DATA_SET(sdt_providers, sdt_provider_##prv)
#define	SDT_PROVIDER_DECLARE(prv)					\
	extern struct sdt_provider sdt_provider_##prv

#define	SDT_PROBE_DECLARE(prv, mod, fn, nm)				\
	extern struct sdt_probe sdt_##prv##_##mod##_##fn##_##nm

#define	_SDT_DEFINE(prv, m, fn, nm, n, ...)				\
	struct sdt_probe sdt_##prv##_##m##_##fn##_##nm = {		\
		{ 0, 0 }, &sdt_provider_##prv, #m, #fn, #nm, n, __VA_ARGS__ \
	};								\
	DATA_SET(sdt_probes, sdt_##prv##_##m##_##fn##_##nm)

#define	SDT_PROBE_DEFINE0(p, m, f, n)					\
	_SDT_DEFINE(p, m, f, n, 0, { 0 })
#define	SDT_PROBE_DEFINE1(p, m, f, n, a0)				\
	_SDT_DEFINE(p, m, f, n, 1, { a0 })
#define	SDT_PROBE_DEFINE2(p, m, f, n, a0, a1)				\
	_SDT_DEFINE(p, m, f, n, 2, { a0, a1 })
#define	SDT_PROBE_DEFINE3(p, m, f, n, a0, a1, a2)			\
	_SDT_DEFINE(p, m, f, n, 3, { a0, a1, a2 })
#define	SDT_PROBE_DEFINE4(p, m, f, n, a0, a1, a2, a3)			\
	_SDT_DEFINE(p, m, f, n, 4, { a0, a1, a2, a3 })
#define	SDT_PROBE_DEFINE5(p, m, f, n, a0, a1, a2, a3, a4)		\
	_SDT_DEFINE(p, m, f, n, 5, { a0, a1, a2, a3, a4 })
/* The same with translated types: each argument a pair (native, translated). */
#define	SDT_PROBE_DEFINE1_XLATE(p, m, f, n, a0, x0)			\
	_SDT_DEFINE(p, m, f, n, 1, { a0 }, { x0 })
#define	SDT_PROBE_DEFINE2_XLATE(p, m, f, n, a0, x0, a1, x1)		\
	_SDT_DEFINE(p, m, f, n, 2, { a0, a1 }, { x0, x1 })
#define	SDT_PROBE_DEFINE3_XLATE(p, m, f, n, a0, x0, a1, x1, a2, x2)	\
	_SDT_DEFINE(p, m, f, n, 3, { a0, a1, a2 }, { x0, x1, x2 })
#define	SDT_PROBE_DEFINE4_XLATE(p, m, f, n, a0, x0, a1, x1, a2, x2, a3, x3) \
	_SDT_DEFINE(p, m, f, n, 4, { a0, a1, a2, a3 }, { x0, x1, x2, x3 })
#define	SDT_PROBE_DEFINE5_XLATE(p, m, f, n, a0, x0, a1, x1, a2, x2, a3, x3, \
    a4, x4)								\
	_SDT_DEFINE(p, m, f, n, 5, { a0, a1, a2, a3, a4 },		\
	    { x0, x1, x2, x3, x4 })
#define	SDT_PROBE_DEFINE6_XLATE(p, m, f, n, a0, x0, a1, x1, a2, x2, a3, x3, \
    a4, x4, a5, x5)							\
	_SDT_DEFINE(p, m, f, n, 6, { a0, a1, a2, a3, a4, a5 },		\
	    { x0, x1, x2, x3, x4, x5 })

#define	_SDT_FIRE(p, m, f, n, a0, a1, a2, a3, a4)			\
	__sdt_probe(&sdt_##p##_##m##_##f##_##n, (unsigned long)(a0),	\
	    (unsigned long)(a1), (unsigned long)(a2),			\
	    (unsigned long)(a3), (unsigned long)(a4))
#define	SDT_PROBE0(p, m, f, n)						\
	_SDT_FIRE(p, m, f, n, 0, 0, 0, 0, 0)
#define	SDT_PROBE1(p, m, f, n, a0)					\
	_SDT_FIRE(p, m, f, n, a0, 0, 0, 0, 0)
#define	SDT_PROBE2(p, m, f, n, a0, a1)					\
	_SDT_FIRE(p, m, f, n, a0, a1, 0, 0, 0)
#define	SDT_PROBE3(p, m, f, n, a0, a1, a2)				\
	_SDT_FIRE(p, m, f, n, a0, a1, a2, 0, 0)
#define	SDT_PROBE4(p, m, f, n, a0, a1, a2, a3)				\
	_SDT_FIRE(p, m, f, n, a0, a1, a2, a3, 0)
#define	SDT_PROBE5(p, m, f, n, a0, a1, a2, a3, a4)			\
	_SDT_FIRE(p, m, f, n, a0, a1, a2, a3, a4)

#endif /* !_SYS_SDT_H_ */
