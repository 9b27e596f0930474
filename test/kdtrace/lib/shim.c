/*
 * A kernel just large enough for DTrace: so that the framework, the emulator and the
 * buffers can be tested by calling them, without booting anything.
 *
 * Threads, CPUs and time are what the test says.  Locks are not taken, memory is
 * never given back, a cross call is a call.
 */
#include <sys/param.h>
#include <sys/systm.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/malloc.h>
#include <sys/callout.h>
#include <sys/mutex.h>
#include <sys/sx.h>
#include <sys/proc.h>
#include <sys/pcpu.h>
#include <sys/smp.h>
#include <sys/conf.h>
#include <sys/sdt.h>
#include <sys/sysent.h>
#include <sys/dtrace.h>
#include <sys/dtrace_bsd.h>

SET_DECLARE(sysinit_set, struct sysinit);

/* What the kernel would have. */
const char	*panicstr;
int		 cold, hz = 1000;
sbintime_t	 tick_sbt = ((sbintime_t)1 << 32) / 1000;
int		 mp_ncpus = 1;
u_int		 mp_maxid;
int		 lockstat_enabled;
struct bootinfo	*bootinfo;
struct sysent	 sysent[SYS_MAXSYSCALL];
struct lock_class lock_class_mtx_sleep, lock_class_mtx_spin, lock_class_sx,
    lock_class_rw;
struct lock_class *lock_classes[] = { NULL, &lock_class_mtx_spin,
    &lock_class_mtx_sleep, &lock_class_sx, &lock_class_rw };

static struct bootinfo shim_bootinfo;
static struct pcpu shim_pcpu[MAXCPU];
static struct proc shim_procs[8];
struct thread shim_threads[8];
static struct ucred shim_cred;
static char *shim_heap;

void	*
malloc(size_t size, struct malloc_type *type, int flags)
{
	char *p;

	p = (char *)roundup2((uintptr_t)shim_heap, 64);
	shim_heap = p + size;
	if ((uintptr_t)shim_heap > KVBASE + shim_bootinfo.bi_physend) {
		shim_heap = p;
		return (NULL);
	}
	memset(p, 0, size);
	return (p);
}

void
free(void *addr, struct malloc_type *type)
{

}

void *
memset(void *p, int c, size_t n)
{
	char *s;

	for (s = p; n != 0; n--)
		*s++ = (char)c;
	return (p);
}

void *
memcpy(void *d, const void *s, size_t n)
{
	char *to;
	const char *from;

	for (to = d, from = s; n != 0; n--)
		*to++ = *from++;
	return (d);
}

int
strcmp(const char *a, const char *b)
{

	for (; *a == *b && *a != '\0'; a++, b++)
		continue;
	return ((u_char)*a - (u_char)*b);
}

int
strncmp(const char *a, const char *b, size_t n)
{

	for (; n != 0; a++, b++, n--)
		if (*a != *b || *a == '\0')
			return ((u_char)*a - (u_char)*b);
	return (0);
}

size_t
strlen(const char *s)
{
	size_t n;

	for (n = 0; s[n] != '\0'; n++)
		continue;
	return (n);
}

size_t
strlcpy(char *d, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i + 1 < n && s[i] != '\0'; i++)
		d[i] = s[i];
	d[i] = '\0';
	return (strlen(s));
}

/* Only "%s%d". */
int
snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	const char *s;
	char digits[12];
	size_t n;
	int i, v;

	va_start(ap, fmt);
	s = va_arg(ap, const char *);
	v = va_arg(ap, int);
	va_end(ap);
	for (n = 0; *s != '\0'; s++)
		buf[n++] = *s;
	for (i = 0; v != 0; v /= 10)
		digits[i++] = (char)('0' + v % 10);
	while (i > 0)
		buf[n++] = digits[--i];
	buf[n] = '\0';
	return ((int)n);
}

void
panic(const char *fmt, ...)
{

	__builtin_trap();
}

void
kassert_panic(const char *fmt, ...)
{

	__builtin_trap();
}

void
sx_sysinit(const void *arg)
{

}

int
_sx_xlock_hard(struct sx *sx, int opts, const char *file, int line)
{

	return (0);
}

void
_sx_xunlock_hard(struct sx *sx, const char *file, int line)
{

}

SDT_PROVIDER_DEFINE(_trace);
SDT_PROVIDER_DEFINE(lockstat);
SDT_PROBE_DEFINE1(lockstat, , , spin__release, "struct mtx *");
SDT_PROBE_DEFINE2(lockstat, , , sx__acquire, "struct sx *", "int");
SDT_PROBE_DEFINE2(lockstat, , , sx__release, "struct sx *", "int");

void
smp_rendezvous(void (*setup)(void *), void (*action)(void *),
    void (*teardown)(void *), void *arg)
{
	struct pcpu *here;
	u_int cpu;

	here = get_pcpu();
	for (cpu = 0; cpu <= mp_maxid; cpu++) {
		__set_pcpu(&shim_pcpu[cpu]);
		action(arg);
	}
	__set_pcpu(here);
}

void
smp_rendezvous_cpus(cpuset_t map, void (*setup)(void *),
    void (*action)(void *), void (*teardown)(void *), void *arg)
{
	struct pcpu *here;
	u_int cpu;

	here = get_pcpu();
	for (cpu = 0; cpu <= mp_maxid; cpu++)
		if (CPU_ISSET(cpu, &map)) {
			__set_pcpu(&shim_pcpu[cpu]);
			action(arg);
		}
	__set_pcpu(here);
}

sbintime_t
sbinuptime(void)
{

	return ((sbintime_t)(__rdtsc() << 1));	/* A machine of 2^31 Hz. */
}

uint64_t
sbt_to_cycles(sbintime_t sbt)
{

	return ((uint64_t)sbt >> 1);
}

struct mtx blocked_lock;

void
thread_lock_flags_(struct thread *td, int opts, const char *file, int line)
{

}

void
spinlock_exit(void)
{

}

void
sched_bind(struct thread *td, int cpu)
{

	shim_pcpu[cpu].pc_curthread = td;
	__set_pcpu(&shim_pcpu[cpu]);
}

void
sched_unbind(struct thread *td)
{

}

/* Callouts wait until the test runs them. */
static struct callout *shim_callouts[64];

void
callout_init(struct callout *c, int mpsafe)
{

	bzero(c, sizeof(*c));
}

int
callout_reset_sbt_on(struct callout *c, sbintime_t sbt, sbintime_t pr,
    callout_func_t *func, void *arg, int cpu, int flags)
{
	int i;

	c->c_func = func;
	c->c_arg = arg;
	c->c_cpu = cpu;
	for (i = 0; i < 64; i++)
		if (shim_callouts[i] == NULL || shim_callouts[i] == c) {
			shim_callouts[i] = c;
			break;
		}
	return (0);
}

int
_callout_stop_safe(struct callout *c, int flags)
{
	int i;

	for (i = 0; i < 64; i++)
		if (shim_callouts[i] == c)
			shim_callouts[i] = NULL;
	return (1);
}

/* Run each callout that is armed once; how many. */
int
shim_run_callouts(void)
{
	struct callout *c, *armed[64];
	int i, n;

	n = 0;
	for (i = 0; i < 64; i++)
		if ((c = shim_callouts[i]) != NULL) {
			armed[n++] = c;
			shim_callouts[i] = NULL;
		}
	for (i = 0; i < n; i++) {
		if (armed[i]->c_cpu >= 0)
			__set_pcpu(&shim_pcpu[armed[i]->c_cpu]);
		armed[i]->c_func(armed[i]->c_arg);
	}
	return (n);
}

static struct cdevsw *shim_devsw;

struct cdev *
make_dev(struct cdevsw *devsw, int unit, uid_t uid, gid_t gid, int perms,
    const char *fmt, ...)
{

	shim_devsw = devsw;
	return (NULL);
}

/* The device's calls, for the test: one open file. */
static void *shim_priv;
static d_priv_dtor_t *shim_dtor;

int
devfs_set_cdevpriv(void *priv, d_priv_dtor_t *dtr)
{

	shim_priv = priv;
	shim_dtor = dtr;
	return (0);
}

int
devfs_get_cdevpriv(void **datap)
{

	*datap = shim_priv;
	return (0);
}

int
shim_open(void)
{

	return (shim_devsw->d_open(NULL, 0, 0, curthread));
}

int
shim_ioctl(u_long cmd, void *data)
{

	return (shim_devsw->d_ioctl(NULL, cmd, data, 0, curthread));
}

void
shim_close(void)
{

	shim_dtor(shim_priv);
	shim_priv = NULL;
}

/* "User" memory of the device's calls is kernel memory here. */
int
copyin(const void *uaddr, void *kaddr, size_t len)
{

	memcpy(kaddr, uaddr, len);
	return (0);
}

int
copyout(const void *kaddr, void *uaddr, size_t len)
{

	memcpy(uaddr, kaddr, len);
	return (0);
}

/* --- For the test ---------------------------------------------------------------- */

static struct sysinit *
shim_next_sysinit(struct sysinit *last)
{
	struct sysinit **sip, *best;
	uint64_t key, lastkey, bestkey;

	best = NULL;
	bestkey = ~0UL;
	lastkey = last == NULL ? 0 : (uint64_t)last->subsystem << 32 |
	    last->order;
	SET_FOREACH(sip, sysinit_set) {
		key = (uint64_t)(*sip)->subsystem << 32 | (*sip)->order;
		if (key > lastkey && key < bestkey) {
			best = *sip;
			bestkey = key;
		}
	}
	return (best);
}

/* A machine of ncpu CPUs, hz cycles a second; memory from `heap' to `end'. */
void
shim_boot(int ncpu, uint64_t clockhz, uint64_t heap, uint64_t end)
{
	struct sysinit *si, **sip, *t;
	int i;

	shim_bootinfo.bi_clockhz = clockhz;
	shim_bootinfo.bi_walltime = 1000000000;
	shim_bootinfo.bi_physend = end;
	bootinfo = &shim_bootinfo;
	shim_heap = (char *)(KVBASE + heap);
	mp_ncpus = ncpu;
	mp_maxid = (u_int)ncpu - 1;
	for (i = 0; i < 8; i++) {
		shim_threads[i].td_tid = 100000 + (u_int)i;
		shim_threads[i].td_proc = &shim_procs[i];
		shim_threads[i].td_ucred = &shim_cred;
		shim_threads[i].td_lock = &blocked_lock;
		shim_procs[i].p_pid = i;
		shim_procs[i].p_pptr = i == 0 ? NULL : &shim_procs[i / 2];
		strlcpy(shim_procs[i].p_comm, "proc", MAXCOMLEN);
		shim_procs[i].p_comm[4] = (char)('0' + i);
	}
	for (i = 0; i < ncpu; i++) {
		shim_pcpu[i].pc_cpuid = (u_int)i;
		shim_pcpu[i].pc_curthread = &shim_threads[0];
	}
	__set_pcpu(&shim_pcpu[0]);
	for (si = shim_next_sysinit(NULL); si != NULL;
	    si = shim_next_sysinit(si))
		SET_FOREACH(sip, sysinit_set) {
			t = *sip;
			if (t->subsystem == si->subsystem &&
			    t->order == si->order)
				t->func(t->udata);
		}
	(void)dtrace_modload(NULL, 0);
}

/* Thread `td' runs on CPU `cpu', which is where we go on. */
void
shim_run_on(int cpu, int td)
{

	shim_pcpu[cpu].pc_curthread = &shim_threads[td];
	__set_pcpu(&shim_pcpu[cpu]);
}

void
shim_execname(int td, const char *name)
{

	strlcpy(shim_procs[td].p_comm, name, MAXCOMLEN);
}

/* Something to trace by fbt, SDT, dtmalloc. */
SDT_PROVIDER_DEFINE(test);
SDT_PROBE_DEFINE5(test, , , fire, "long", "long", "long", "long", "long");
SDT_PROBE_DEFINE1(test, , , string, "char *");
MALLOC_DEFINE(M_TESTTYPE, "test type", "for the test");

long	shim_victim(long a, long b, long c, long d, long e, long f);
long	shim_caller(long a);

long
shim_victim(long a, long b, long c, long d, long e, long f)
{

	if (a == 0)
		return (-1);
	return (a + b + c + d + e + f);
}

long
shim_caller(long a)
{

	return (shim_victim(a, 2, 3, 4, 5, 6) * 2);
}

void
shim_fire(long a, long b, long c, long d, long e)
{

	SDT_PROBE5(test, , , fire, a, b, c, d, e);
}

/* A site under n frames. */
long
shim_deep(long n)
{

	if (n == 0) {
		shim_fire(n, 0, 0, 0, 0);
		return (0);
	}
	return (shim_deep(n - 1) + 1);
}

void
shim_string(const char *s)
{

	SDT_PROBE1(test, , , string, s);
}
