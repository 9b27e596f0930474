/*
 * /dev/dtrace/dtrace: how a consumer talks to all this.
 *
 * Each open has its own state.  sys_ioctl() copies small arguments in and out; where
 * the request passes a pointer to something of variable size, it is copied here.
 */
#include "dtrace_impl.h"
#include <sys/conf.h>

static d_open_t	 dtrace_open;
static d_ioctl_t dtrace_ioctl;

static struct cdevsw dtrace_cdevsw = {
	.d_version = D_VERSION,
	.d_name = "dtrace",
	.d_open = dtrace_open,
	.d_ioctl = dtrace_ioctl,
};

/* Descriptions are asked for with at most this many data. */
#define	DTRACE_RECS_MAX		1024

static void
dtrace_dtr(void *data)
{
	dtrace_state_t *state;

	state = data;
	DTRACE_LOCK();
	dtrace_state_destroy(state);
	DTRACE_UNLOCK();
}

static int
dtrace_open(struct cdev *dev, int oflags, int devtype, struct thread *td)
{
	dtrace_state_t *state;

	if (!dtrace_loaded)
		return (ENXIO);
	DTRACE_LOCK();
	state = dtrace_state_create(0);
	DTRACE_UNLOCK();
	return (devfs_set_cdevpriv(state, dtrace_dtr));
}

/* DOF from user space, of so many bytes at most, in memory of ours. */
int
dtrace_dof_copyin(uintptr_t uarg, size_t max, dof_hdr_t **dofp)
{
	dof_hdr_t hdr, *dof;
	int error;

	error = copyin((void *)uarg, &hdr, sizeof(hdr));
	if (error != 0)
		return (error);
	if (hdr.dofh_loadsz < sizeof(hdr) ||
	    hdr.dofh_loadsz > max)
		return (E2BIG);
	dof = dtrace_kmem_alloc(hdr.dofh_loadsz);
	error = copyin((void *)uarg, dof, hdr.dofh_loadsz);
	/* It may have changed in between. */
	if (error == 0 && dof->dofh_loadsz != hdr.dofh_loadsz)
		error = EINVAL;
	if (error != 0) {
		dtrace_kmem_free(dof);
		return (error);
	}
	*dofp = dof;
	return (0);
}

static int
dtrace_ioctl_enable(dtrace_state_t *state, dtrace_enable_io_t *p)
{
	dtrace_enabling_t *enab;
	dof_hdr_t *dof;
	int error;

	p->n_matched = 0;
	error = dtrace_dof_copyin(p->dof, DTRACE_DOF_MAXSIZE, &dof);
	if (error != 0)
		return (error);
	if (state->dts_activity != DTRACE_ACTIVITY_INACTIVE) {
		dtrace_kmem_free(dof);
		return (EBUSY);
	}
	error = dtrace_dof_slurp(dof, &state->dts_vstate, &enab);
	if (error == 0) {
		error = dtrace_dof_options(dof, state);
		if (error == 0)
			error = dtrace_enabling_match(enab, state,
			    &p->n_matched);
		if (error == 0)
			dtrace_enabling_retain(enab, state);
		else
			dtrace_enabling_destroy(enab);
		/* Firings that were looking at old tables are over. */
		dtrace_sync();
	}
	dtrace_kmem_free(dof);
	return (error);
}

/* EPROBE and AGGDESC: a header with a number, then as many data as fit. */
static int
dtrace_ioctl_eprobe(dtrace_state_t *state, uintptr_t uarg)
{
	dtrace_eprobedesc_t head, *desc;
	size_t size;
	int error, nrecs;

	error = copyin((void *)uarg, &head,
	    offsetof(dtrace_eprobedesc_t, dtepd_rec));
	if (error != 0)
		return (error);
	nrecs = head.dtepd_nrecs;
	if (nrecs < 0 || nrecs > DTRACE_RECS_MAX)
		return (EINVAL);
	size = offsetof(dtrace_eprobedesc_t, dtepd_rec) +
	    (size_t)nrecs * sizeof(dtrace_recdesc_t);
	desc = dtrace_kmem_zalloc(size);
	desc->dtepd_epid = head.dtepd_epid;
	error = dtrace_eprobe_desc(state, desc, nrecs);
	if (error == 0)
		error = copyout(desc, (void *)uarg, size);
	dtrace_kmem_free(desc);
	return (error);
}

static int
dtrace_ioctl_aggdesc(dtrace_state_t *state, uintptr_t uarg)
{
	dtrace_aggdesc_t head, *desc;
	size_t size;
	int error, nrecs;

	error = copyin((void *)uarg, &head,
	    offsetof(dtrace_aggdesc_t, dtagd_rec));
	if (error != 0)
		return (error);
	nrecs = head.dtagd_nrecs;
	if (nrecs < 0 || nrecs > DTRACE_RECS_MAX)
		return (EINVAL);
	size = offsetof(dtrace_aggdesc_t, dtagd_rec) +
	    (size_t)nrecs * sizeof(dtrace_recdesc_t);
	desc = dtrace_kmem_zalloc(size);
	desc->dtagd_id = head.dtagd_id;
	error = dtrace_agg_desc(state, desc, nrecs);
	if (error == 0)
		error = copyout(desc, (void *)uarg, size);
	dtrace_kmem_free(desc);
	return (error);
}

/*
 * A CPU's records.  Of a switching buffer the halves are swapped and the full one
 * is copied out; a ring or fill buffer is read once, when tracing has stopped.
 */
static int
dtrace_ioctl_snap(dtrace_state_t *state, dtrace_buffer_t *bufs, uintptr_t uarg)
{
	dtrace_bufdesc_t desc;
	dtrace_buffer_t *buf;
	caddr_t data;
	uint64_t size;
	int error;

	error = copyin((void *)uarg, &desc, sizeof(desc));
	if (error != 0)
		return (error);
	if (desc.dtbd_cpu >= state->dts_ncpu)
		return (ENOENT);
	buf = &bufs[desc.dtbd_cpu];
	if (buf->dtb_tomax == NULL)
		return (ENOENT);

	if ((buf->dtb_flags & (DTRACEBUF_RING | DTRACEBUF_FILL)) != 0) {
		if (state->dts_activity != DTRACE_ACTIVITY_STOPPED)
			return (EBUSY);
		size = buf->dtb_offset;
		desc.dtbd_oldest = 0;
		if ((buf->dtb_flags & DTRACEBUF_CONSUMED) != 0)
			size = 0;
		else if ((buf->dtb_flags & DTRACEBUF_WRAPPED) != 0) {
			dtrace_buffer_polish(buf);
			size = buf->dtb_size;
			desc.dtbd_oldest = buf->dtb_xamot_offset;
		}
		data = buf->dtb_tomax;
		desc.dtbd_drops = buf->dtb_drops;
		desc.dtbd_errors = buf->dtb_errors;
		desc.dtbd_timestamp = dtrace_gethrtime();
		buf->dtb_flags |= DTRACEBUF_CONSUMED;
	} else {
		dtrace_buffer_switch(buf);
		state->dts_errors += buf->dtb_xamot_errors;
		data = buf->dtb_xamot;
		size = buf->dtb_xamot_offset;
		desc.dtbd_drops = buf->dtb_xamot_drops;
		desc.dtbd_errors = buf->dtb_xamot_errors;
		desc.dtbd_oldest = 0;
		desc.dtbd_timestamp = buf->dtb_switched;
	}
	if (size > desc.dtbd_size)
		return (ENOMEM);
	desc.dtbd_size = size;
	error = copyout(data, (void *)desc.dtbd_data, size);
	if (error == 0)
		error = copyout(&desc, (void *)uarg, sizeof(desc));
	return (error);
}

static void
dtrace_copyname(const char *from, char *to, size_t size)
{
	size_t i;

	for (i = 0; i < size - 1 && from[i] != '\0'; i++)
		to[i] = from[i];
	to[i] = '\0';
}

/* The first probe from dtpd_id on, or the first of those that matches the rest. */
static int
dtrace_ioctl_probes(dtrace_probedesc_t *desc, int match)
{
	dtrace_probedesc_t pattern;
	dtrace_probe_t *probe;
	dtrace_id_t id;

	pattern = *desc;
	pattern.dtpd_id = DTRACE_IDNONE;
	pattern.dtpd_provider[DTRACE_PROVNAMELEN - 1] = '\0';
	pattern.dtpd_mod[DTRACE_MODNAMELEN - 1] = '\0';
	pattern.dtpd_func[DTRACE_FUNCNAMELEN - 1] = '\0';
	pattern.dtpd_name[DTRACE_NAMELEN - 1] = '\0';
	if (match)
		dtrace_probe_provide(&pattern);
	id = desc->dtpd_id == DTRACE_IDNONE ? 1 : desc->dtpd_id;
	for (; id <= (dtrace_id_t)dtrace_nprobes; id++) {
		probe = dtrace_probes[id - 1];
		if (probe == NULL || probe->dtpr_provider->dtpv_defunct)
			continue;
		if (match && !dtrace_match_one(&pattern, probe))
			continue;
		desc->dtpd_id = id;
		dtrace_copyname(probe->dtpr_provider->dtpv_name,
		    desc->dtpd_provider, sizeof(desc->dtpd_provider));
		dtrace_copyname(probe->dtpr_mod, desc->dtpd_mod,
		    sizeof(desc->dtpd_mod));
		dtrace_copyname(probe->dtpr_func, desc->dtpd_func,
		    sizeof(desc->dtpd_func));
		dtrace_copyname(probe->dtpr_name, desc->dtpd_name,
		    sizeof(desc->dtpd_name));
		return (0);
	}
	return (ESRCH);
}

static int
dtrace_ioctl_probearg(dtrace_argdesc_t *desc)
{
	const dtrace_pops_t *pops;
	dtrace_probe_t *probe;
	int ndx;

	probe = dtrace_probe_lookup_id(desc->dtargd_id);
	if (probe == NULL || desc->dtargd_ndx < 0)
		return (EINVAL);
	desc->dtargd_native[0] = desc->dtargd_xlate[0] = '\0';
	desc->dtargd_mapping = desc->dtargd_ndx;
	pops = probe->dtpr_provider->dtpv_pops;
	ndx = desc->dtargd_ndx;
	if (pops->dtps_getargdesc != NULL) {
		pops->dtps_getargdesc(probe->dtpr_provider->dtpv_arg,
		    probe->dtpr_id, probe->dtpr_arg, desc);
		return (0);
	}
	if (ndx >= probe->dtpr_nargs || probe->dtpr_argtype == NULL) {
		desc->dtargd_ndx = DTRACE_ARGNONE;
		return (0);
	}
	dtrace_copyname(probe->dtpr_argtype[ndx], desc->dtargd_native,
	    sizeof(desc->dtargd_native));
	if (probe->dtpr_xtype != NULL && probe->dtpr_xtype[ndx] != NULL)
		dtrace_copyname(probe->dtpr_xtype[ndx], desc->dtargd_xlate,
		    sizeof(desc->dtargd_xlate));
	return (0);
}

static int
dtrace_ioctl_format(dtrace_state_t *state, dtrace_fmtdesc_t *fmt)
{
	const char *s;
	size_t len;

	if (fmt->dtfd_format == 0 || fmt->dtfd_format > state->dts_nformats)
		return (EINVAL);
	s = state->dts_formats[fmt->dtfd_format - 1];
	len = strlen(s) + 1;
	if (len > (size_t)fmt->dtfd_length || fmt->dtfd_string == 0) {
		fmt->dtfd_length = (int)len;
		return (0);
	}
	return (copyout(s, (void *)fmt->dtfd_string, len));
}

/*
 * What an option has become: the kernel lowers buffer sizes and rates.  (The
 * original answers by DTRACEIOC_DOFGET; asking for one option is plainer.)
 */
static int
dtrace_ioctl_optget(dtrace_state_t *state, dof_optdesc_t *opt)
{

	if (opt->dofo_option >= DTRACEOPT_MAX)
		return (EINVAL);
	opt->dofo_value = state->dts_options[opt->dofo_option];
	return (0);
}

static int
dtrace_ioctl_locked(dtrace_state_t *state, u_long cmd, caddr_t addr)
{
	dtrace_conf_t *conf;
	uintptr_t uarg;
	int cpu, error;

	uarg = *(uintptr_t *)addr;	/* For requests that pass a pointer. */
	switch (cmd) {
	case DTRACEIOC_PROBES:
		return (dtrace_ioctl_probes((dtrace_probedesc_t *)addr, 0));
	case DTRACEIOC_PROBEMATCH:
		return (dtrace_ioctl_probes((dtrace_probedesc_t *)addr, 1));
	case DTRACEIOC_PROBEARG:
		return (dtrace_ioctl_probearg((dtrace_argdesc_t *)addr));
	case DTRACEIOC_ENABLE:
		return (dtrace_ioctl_enable(state, (dtrace_enable_io_t *)addr));
	case DTRACEIOC_EPROBE:
		return (dtrace_ioctl_eprobe(state, uarg));
	case DTRACEIOC_AGGDESC:
		return (dtrace_ioctl_aggdesc(state, uarg));
	case DTRACEIOC_FORMAT:
		return (dtrace_ioctl_format(state, (dtrace_fmtdesc_t *)addr));
	case DTRACEIOC_CONF:
		conf = (dtrace_conf_t *)addr;
		bzero(conf, sizeof(*conf));
		conf->dtc_difversion = DIF_VERSION;
		conf->dtc_difintregs = DIF_DIR_NREGS;
		conf->dtc_diftupregs = DIF_DTR_NREGS;
		conf->dtc_ctfmodel = DOF_MODEL_LP64;
		return (0);
	case DTRACEIOC_STATUS:
		dtrace_state_status(state, (dtrace_status_t *)addr);
		return (0);
	case DTRACEIOC_BUFSNAP:
		return (dtrace_ioctl_snap(state, state->dts_buffer, uarg));
	case DTRACEIOC_AGGSNAP:
		return (dtrace_ioctl_snap(state, state->dts_aggbuffer, uarg));
	case DTRACEIOC_GO:
	case DTRACEIOC_STOP:
		cpu = 0;
		error = cmd == DTRACEIOC_GO ? dtrace_state_go(state, &cpu) :
		    dtrace_state_stop(state, &cpu);
		if (error == 0)
			error = copyout(&cpu, (void *)uarg, sizeof(cpu));
		return (error);
	case DTRACEIOC_OPTGET:
		return (dtrace_ioctl_optget(state, (dof_optdesc_t *)addr));
	default:
		return (ENOTTY);
	}
}

static int
dtrace_ioctl(struct cdev *dev, u_long cmd, caddr_t addr, int flags,
    struct thread *td)
{
	dtrace_state_t *state;
	int error;

	error = devfs_get_cdevpriv((void **)&state);
	if (error != 0)
		return (error);
	DTRACE_LOCK();
	error = dtrace_ioctl_locked(state, cmd, addr);
	DTRACE_UNLOCK();
	return (error);
}

static void
dtrace_dev_init(void *dummy)
{

	(void)make_dev(&dtrace_cdevsw, 0, 0, 0, 0600, "dtrace/dtrace");
}
SYSINIT(dtrace_dev, SI_SUB_DRIVERS, SI_ORDER_ANY, dtrace_dev_init, NULL);
