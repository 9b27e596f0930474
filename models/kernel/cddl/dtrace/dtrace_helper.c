/*
 * /dev/dtrace/helper: programs that have probes of their own (USDT).
 *
 * When such a program starts, its start-up code hands its DOF over.  It is checked as
 * everything that comes from outside is, kept for as long as the process runs that
 * program, and given to fasttrap, which makes the probes.  A child of fork(2) runs the
 * same text, so it has the same DOF, and probes under its own process id; exec(2)
 * and exit end them.  Enablings that are there already get what is new.
 *
 * The original's helpers are also D programs for ustack(); those there are none of.
 */
#include "dtrace_impl.h"
#include "fasttrap_impl.h"
#include <sys/conf.h>

/* DOF that a process gave us.  A fork's two processes share it. */
typedef struct dtrace_helper_dof {
	dof_hdr_t	*dthd_dof;
	char		 dthd_mod[DTRACE_MODNAMELEN];
	uint64_t	 dthd_addr;	/* What to add to addresses. */
	int		 dthd_ref;	/* (d) */
} dtrace_helper_dof_t;

/* What a process has given. */
typedef struct dtrace_helper {
	struct dtrace_helper *dth_next;	/* (d) */
	pid_t		 dth_pid;
	int		 dth_gen;	/* Its number. */
	dtrace_helper_dof_t *dth_dof;
} dtrace_helper_t;

static dtrace_helper_t *dtrace_helpers;	/* (d) */
static int	 dtrace_helper_gen;	/* (d) */

#define	DTRACE_HELPER_DOF_MAXSIZE	(256 * 1024)
#define	DTRACE_HELPER_DOFS_MAX		32	/* Of one process. */

/* --- Checks ------------------------------------------------------------------------------- */

/* n consecutive strings from this offset on. */
static int
dtrace_helper_strings_ok(dof_hdr_t *dof, dof_secidx_t strtab, uint64_t offset,
    int n)
{
	const char *s;

	for (; n > 0; n--) {
		s = dtrace_dof_string(dof, strtab, offset);
		if (s == NULL)
			return (0);
		offset += dtrace_strlen(s, DTRACE_ARGTYPELEN) + 1;
	}
	return (1);
}

/* A name that fits, and is not empty. */
static int
dtrace_helper_name_ok(dof_hdr_t *dof, dof_secidx_t strtab, uint64_t offset,
    size_t room)
{
	const char *s;

	s = dtrace_dof_string(dof, strtab, offset);
	return (s != NULL && *s != '\0' && dtrace_strlen(s, room) < room);
}

/* A table with entries of that size; how many it has. */
static dof_sec_t *
dtrace_helper_table(dof_hdr_t *dof, uint32_t type, dof_secidx_t i, size_t entsize,
    uint64_t *np)
{
	dof_sec_t *sec;

	sec = dtrace_dof_sect(dof, type, i);
	if (sec == NULL || sec->dofs_entsize != entsize ||
	    sec->dofs_align < (entsize > 4 ? 8 : entsize) ||
	    sec->dofs_size % entsize != 0)
		return (NULL);
	*np = sec->dofs_size / entsize;
	return (sec);
}

static int
dtrace_helper_provider_ok(dof_hdr_t *dof, dof_sec_t *sec)
{
	dof_provider_t *pv;
	dof_probe_t *pr;
	dof_sec_t *probes, *args;
	uint64_t i, j, nargs, nen, noff, nprobes;
	const uint8_t *map;

	if (sec->dofs_size < sizeof(*pv) || sec->dofs_align < 4)
		return (0);
	pv = dtrace_dof_data(dof, sec);
	probes = dtrace_helper_table(dof, DOF_SECT_PROBES, pv->dofpv_probes,
	    sizeof(*pr), &nprobes);
	args = dtrace_helper_table(dof, DOF_SECT_PRARGS, pv->dofpv_prargs, 1,
	    &nargs);
	if (probes == NULL || args == NULL ||
	    dtrace_helper_table(dof, DOF_SECT_PROFFS, pv->dofpv_proffs,
	    sizeof(uint32_t), &noff) == NULL ||
	    dtrace_helper_table(dof, DOF_SECT_PRENOFFS, pv->dofpv_prenoffs,
	    sizeof(uint32_t), &nen) == NULL)
		return (0);
	/* The process id has up to ten digits.  pid123 is somebody else's. */
	if (!dtrace_helper_name_ok(dof, pv->dofpv_strtab, pv->dofpv_name,
	    DTRACE_PROVNAMELEN - 10) || strcmp(dtrace_dof_string(dof,
	    pv->dofpv_strtab, pv->dofpv_name), "pid") == 0)
		return (0);
	pr = dtrace_dof_data(dof, probes);
	map = dtrace_dof_data(dof, args);
	for (i = 0; i < nprobes; i++, pr++) {
		if (!dtrace_helper_name_ok(dof, pv->dofpv_strtab,
		    pr->dofpr_func, DTRACE_FUNCNAMELEN) ||
		    !dtrace_helper_name_ok(dof, pv->dofpv_strtab,
		    pr->dofpr_name, DTRACE_NAMELEN))
			return (0);
		if (pr->dofpr_noffs == 0 && pr->dofpr_nenoffs == 0)
			return (0);
		if (pr->dofpr_offidx > noff ||
		    pr->dofpr_noffs > noff - pr->dofpr_offidx ||
		    pr->dofpr_enoffidx > nen ||
		    pr->dofpr_nenoffs > nen - pr->dofpr_enoffidx ||
		    pr->dofpr_argidx > nargs ||
		    pr->dofpr_xargc > nargs - pr->dofpr_argidx)
			return (0);
		for (j = 0; j < pr->dofpr_xargc; j++)
			if (map[pr->dofpr_argidx + j] >= pr->dofpr_nargc)
				return (0);
		if (!dtrace_helper_strings_ok(dof, pv->dofpv_strtab,
		    pr->dofpr_nargv, pr->dofpr_nargc) ||
		    !dtrace_helper_strings_ok(dof, pv->dofpv_strtab,
		    pr->dofpr_xargv, pr->dofpr_xargc))
			return (0);
	}
	return (1);
}

static int
dtrace_helper_ok(dof_hdr_t *dof)
{
	dof_sec_t *sec;
	uint32_t i;

	if (dtrace_dof_check(dof) != 0)
		return (0);
	for (i = 0; i < dof->dofh_secnum; i++) {
		sec = dtrace_dof_sect(dof, DOF_SECT_PROVIDER, i);
		if (sec != NULL && !dtrace_helper_provider_ok(dof, sec))
			return (0);
	}
	return (1);
}

/* --- Probes ------------------------------------------------------------------------------ */

/* The probes of one provider. */
static void
dtrace_helper_provide_one(dtrace_helper_dof_t *dthd, dof_provider_t *pv, pid_t pid)
{
	fasttrap_usdt_t usdt;
	dof_hdr_t *dof;
	dof_probe_t *pr;
	dof_sec_t *probes;
	const uint8_t *map;
	const uint32_t *en, *off;
	uint64_t i, n;

	dof = dthd->dthd_dof;
	map = dtrace_dof_data(dof, dtrace_dof_sect(dof, DOF_SECT_PRARGS,
	    pv->dofpv_prargs));
	off = dtrace_dof_data(dof, dtrace_dof_sect(dof, DOF_SECT_PROFFS,
	    pv->dofpv_proffs));
	en = dtrace_dof_data(dof, dtrace_dof_sect(dof, DOF_SECT_PRENOFFS,
	    pv->dofpv_prenoffs));
	probes = dtrace_helper_table(dof, DOF_SECT_PROBES, pv->dofpv_probes,
	    sizeof(*pr), &n);
	if (n == 0)
		return;
	fasttrap_usdt_provider(pid, dtrace_dof_string(dof, pv->dofpv_strtab,
	    pv->dofpv_name), pv->dofpv_attr, &usdt);
	pr = dtrace_dof_data(dof, probes);
	for (i = 0; i < n; i++, pr++) {
		usdt.ftu_mod = dthd->dthd_mod;
		usdt.ftu_func = dtrace_dof_string(dof, pv->dofpv_strtab,
		    pr->dofpr_func);
		usdt.ftu_name = dtrace_dof_string(dof, pv->dofpv_strtab,
		    pr->dofpr_name);
		usdt.ftu_addr = pr->dofpr_addr + dthd->dthd_addr;
		usdt.ftu_offs = off + pr->dofpr_offidx;
		usdt.ftu_noffs = pr->dofpr_noffs;
		usdt.ftu_enoffs = en + pr->dofpr_enoffidx;
		usdt.ftu_nenoffs = pr->dofpr_nenoffs;
		usdt.ftu_argmap = map + pr->dofpr_argidx;
		usdt.ftu_nargs = pr->dofpr_xargc;
		usdt.ftu_ntypes = dtrace_dof_string(dof, pv->dofpv_strtab,
		    pr->dofpr_nargv);
		usdt.ftu_xtypes = dtrace_dof_string(dof, pv->dofpv_strtab,
		    pr->dofpr_xargv);
		fasttrap_usdt_probe(&usdt);
	}
}

/* All that a process's DOF declares; the caller then sees who wants them. */
static void
dtrace_helper_provide(dtrace_helper_dof_t *dthd, pid_t pid)
{
	dof_sec_t *sec;
	uint32_t i;

	fasttrap_usdt_reap();
	for (i = 0; i < dthd->dthd_dof->dofh_secnum; i++) {
		sec = dtrace_dof_sect(dthd->dthd_dof, DOF_SECT_PROVIDER, i);
		if (sec != NULL)
			dtrace_helper_provide_one(dthd,
			    dtrace_dof_data(dthd->dthd_dof, sec), pid);
	}
}

/* --- Processes --------------------------------------------------------------------------- */

/* dtrace_lock is held. */
static dtrace_helper_t *
dtrace_helper_enter(pid_t pid, dtrace_helper_dof_t *dthd)
{
	dtrace_helper_t *helper, **hp;

	helper = dtrace_kmem_zalloc(sizeof(*helper));
	helper->dth_pid = pid;
	helper->dth_gen = ++dtrace_helper_gen;
	helper->dth_dof = dthd;
	dthd->dthd_ref++;
	for (hp = &dtrace_helpers; *hp != NULL; hp = &(*hp)->dth_next)
		continue;
	*hp = helper;
	return (helper);
}

/* Forget what a process gave, all of it or (gen) one. */
static void
dtrace_helper_remove(pid_t pid, int gen)
{
	dtrace_helper_t *helper, **hp;

	for (hp = &dtrace_helpers; (helper = *hp) != NULL; ) {
		if (helper->dth_pid != pid ||
		    (gen != 0 && helper->dth_gen != gen)) {
			hp = &helper->dth_next;
			continue;
		}
		*hp = helper->dth_next;
		if (--helper->dth_dof->dthd_ref == 0) {
			dtrace_kmem_free(helper->dth_dof->dthd_dof);
			dtrace_kmem_free(helper->dth_dof);
		}
		dtrace_kmem_free(helper);
	}
}

/* The process's program is gone; fasttrap has ended its probes.  dtrace_lock is held. */
void
dtrace_helpers_destroy(pid_t pid)
{

	dtrace_helper_remove(pid, 0);
}

/* fork(2): the child, which does not run yet, has what its parent has. */
void
dtrace_helpers_duplicate(pid_t from, pid_t to)
{
	dtrace_helper_t *helper;
	int n;

	n = 0;
	DTRACE_LOCK();
	for (helper = dtrace_helpers; helper != NULL; helper = helper->dth_next)
		if (helper->dth_pid == from) {
			(void)dtrace_helper_enter(to, helper->dth_dof);
			dtrace_helper_provide(helper->dth_dof, to);
			n++;
		}
	if (n > 0)
		dtrace_enabling_matchall();
	DTRACE_UNLOCK();
}

/* --- The device ---------------------------------------------------------------------------- */

static int
dtrace_helper_ioctl_add(dof_helper_t *dh)
{
	dtrace_helper_dof_t *dthd;
	dtrace_helper_t *helper;
	dof_hdr_t *dof;
	pid_t pid;
	int error, n;

	error = dtrace_dof_copyin(dh->dofhp_dof, DTRACE_HELPER_DOF_MAXSIZE,
	    &dof);
	if (error != 0)
		return (error);
	dh->dofhp_mod[sizeof(dh->dofhp_mod) - 1] = '\0';
	pid = curproc->p_pid;
	n = 0;
	DTRACE_LOCK();
	for (helper = dtrace_helpers; helper != NULL; helper = helper->dth_next)
		n += helper->dth_pid == pid;
	if (n >= DTRACE_HELPER_DOFS_MAX || !dtrace_helper_ok(dof)) {
		DTRACE_UNLOCK();
		dtrace_kmem_free(dof);
		return (n >= DTRACE_HELPER_DOFS_MAX ? ENOSPC : EINVAL);
	}
	dthd = dtrace_kmem_zalloc(sizeof(*dthd));
	dthd->dthd_dof = dof;
	dthd->dthd_addr = dh->dofhp_addr;
	dtrace_strcpy(dh->dofhp_mod, dthd->dthd_mod, sizeof(dthd->dthd_mod));
	dh->dofhp_gen = dtrace_helper_enter(pid, dthd)->dth_gen;
	dtrace_helper_provide(dthd, pid);
	dtrace_enabling_matchall();
	DTRACE_UNLOCK();
	return (0);
}

static int
dtrace_helper_ioctl_remove(int gen)
{
	dtrace_helper_t *helper;
	dof_hdr_t *dof;
	dof_provider_t *pv;
	dof_sec_t *sec;
	pid_t pid;
	uint32_t i;

	pid = curproc->p_pid;
	DTRACE_LOCK();
	for (helper = dtrace_helpers; helper != NULL; helper = helper->dth_next)
		if (helper->dth_pid == pid && helper->dth_gen == gen)
			break;
	if (helper == NULL) {
		DTRACE_UNLOCK();
		return (EINVAL);
	}
	dof = helper->dth_dof->dthd_dof;
	for (i = 0; i < dof->dofh_secnum; i++) {
		sec = dtrace_dof_sect(dof, DOF_SECT_PROVIDER, i);
		if (sec == NULL)
			continue;
		pv = dtrace_dof_data(dof, sec);
		fasttrap_usdt_remove(pid, dtrace_dof_string(dof,
		    pv->dofpv_strtab, pv->dofpv_name));
	}
	dtrace_helper_remove(pid, gen);
	DTRACE_UNLOCK();
	return (0);
}

static int
dtrace_helper_ioctl(struct cdev *dev, u_long cmd, caddr_t addr, int flags,
    struct thread *td)
{

	switch (cmd) {
	case DTRACEHIOC_ADDDOF:
		return (dtrace_helper_ioctl_add((dof_helper_t *)addr));
	case DTRACEHIOC_REMOVE:
		return (dtrace_helper_ioctl_remove(*(int *)addr));
	default:
		return (ENOTTY);
	}
}

/* Without the module there is nobody who would make probes. */
static int
dtrace_helper_open(struct cdev *dev, int oflags, int devtype, struct thread *td)
{

	return (dtrace_loaded ? 0 : ENXIO);
}

static struct cdevsw dtrace_helper_cdevsw = {
	.d_version = D_VERSION,
	.d_name = "helper",
	.d_open = dtrace_helper_open,
	.d_ioctl = dtrace_helper_ioctl,
};

static void
dtrace_helper_init(void *dummy)
{

	(void)make_dev(&dtrace_helper_cdevsw, 0, 0, 0, 0666, "dtrace/helper");
}
SYSINIT(dtrace_helper, SI_SUB_DRIVERS, SI_ORDER_ANY, dtrace_helper_init, NULL);
