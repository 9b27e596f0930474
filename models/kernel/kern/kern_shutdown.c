/*
 * The end: orderly (reboot) or not (panic).
 *
 * A panic prints what it knows and stops the machine.  The other CPUs are
 * stopped first so that the state stays as it was; locks are no longer
 * respected, since whoever holds them will not run again.
 */
#include <sys/param.h>
#include <sys/eventhandler.h>
#include <sys/kernel.h>
#include <sys/proc.h>
#include <sys/reboot.h>
#include <sys/smp.h>
#include <sys/stack.h>
#include <sys/sysproto.h>

const char *panicstr;
int shutdown_status;
static volatile int panic_cpu = NOCPU;
static char panicbuf[256];

static void
print_uptime(void)
{
	struct timespec ts;
	long s;

	nanouptime(&ts);
	s = ts.tv_sec;
	printf("Uptime: ");
	if (s >= 86400)
		printf("%ldd", s / 86400);
	if (s >= 3600)
		printf("%ldh", s / 3600 % 24);
	if (s >= 60)
		printf("%ldm", s / 60 % 60);
	printf("%lds\n", s % 60);
}

void
vpanic(const char *fmt, va_list ap)
{
	struct timespec ts;
	int cpu = curcpu;

	(void)intr_disable();
	/* The first CPU to get here speaks; the others wait to be stopped. */
	if (panic_cpu != cpu &&
	    !atomic_cmpset_int(&panic_cpu, NOCPU, cpu)) {
		for (;;)
			cpu_halt();
	}
	if (panicstr == NULL) {
		vsnprintf(panicbuf, sizeof(panicbuf), fmt, ap);
		panicstr = panicbuf;
		stop_cpus_hard();
		printf("panic: %s\n", panicbuf);
		printf("cpuid = %d\n", cpu);
		nanotime(&ts);
		printf("time = %ld\n", (long)ts.tv_sec);
		kdb_backtrace();
		print_uptime();
	} else {
		/* Something failed while we reported the first. */
		printf("panic: ");
		vprintf(fmt, ap);
		printf("\n");
	}
	(void)__hw(HW_PANIC, (unsigned long)panicbuf, 0, 0, 0);
	for (;;)
		cpu_halt();
}

void
panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vpanic(fmt, ap);
}

void
kassert_panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vpanic(fmt, ap);
}

/*
 * Shut down in order: those who asked to know are told, then the power goes.
 */
void
kern_reboot(int howto)
{

	EVENTHANDLER_INVOKE(shutdown_pre_sync, howto);
	EVENTHANDLER_INVOKE(shutdown_post_sync, howto);
	EVENTHANDLER_INVOKE(shutdown_final, howto);
	print_uptime();
	(void)__hw(HW_POWEROFF, shutdown_status, 0, 0, 0);
	for (;;)
		cpu_halt();
}

int
sys_reboot(struct thread *td, struct reboot_args *uap)
{

	kern_reboot(uap->opt);
	/* NOTREACHED */
}
