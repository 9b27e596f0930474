/*
 * The system console, /dev/console: a terminal on the machine's console device.
 * A second line of the device, /dev/ttyu1, only prints: who runs a program from
 * outside can tell its errors from its output.
 *
 * Output goes to the device at once.  Input comes with interrupts on vector 32;
 * the interrupt thread fetches bytes until there are none and gives them to the
 * line discipline.
 *
 * Whoever sits outside has no other terminal from which to kill(1) a process of
 * the machine.  So the device brings signals, too, between the bytes.
 */
#include <sys/param.h>
#include <sys/conf.h>
#include <sys/interrupt.h>
#include <sys/kernel.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/systm.h>
#include <sys/tty.h>
#include <machine/abi.h>

static struct tty *console_tp;

static void
console_write(struct tty *tp, const char *buf, size_t len)
{

	if (len != 0)
		(void)__hw(HW_CONS_WRITE, (unsigned long)buf, len, 0, 0);
}

static void
ttyu1_write(struct tty *tp, const char *buf, size_t len)
{

	if (len != 0)
		(void)__hw(HW_CONS_WRITE, (unsigned long)buf, len, 2, 0);
}

/* A process that is gone by now does not mind. */
static void
console_kill(long request)
{
	struct proc *p;

	p = pfind((pid_t)(request >> 32));
	if (p == NULL)
		return;
	kern_psignal(p, (int)(request >> 16) & 0xff);
	PROC_UNLOCK(p);
}

static void
console_intr(void *arg)
{
	struct tty *tp;
	long c;

	tp = arg;
	tty_lock(tp);
	while ((c = (long)__hw(HW_CONS_READ, 0, 0, 0, 0)) >= 0) {
		if ((c & CONS_KILL) == 0) {
			(void)ttydisc_rint(tp, c);
			continue;
		}
		tty_unlock(tp);
		console_kill(c);
		tty_lock(tp);
	}
	tty_unlock(tp);
}

static const struct ttydevsw console_ttydevsw = {
	.tsw_write = console_write,
};
static const struct ttydevsw ttyu1_ttydevsw = {
	.tsw_write = ttyu1_write,
};

static void
console_drvinit(const void *unused)
{
	void *cookie;

	console_tp = tty_alloc(&console_ttydevsw, NULL);
	(void)tty_makedev(console_tp, "console");
	(void)tty_makedev(tty_alloc(&ttyu1_ttydevsw, NULL), "ttyu1");
	if (bus_setup_intr(VEC_CONSOLE, INTR_TYPE_TTY | INTR_MPSAFE, NULL,
	    console_intr, console_tp, "uart0", &cookie) != 0)
		printf("console: no interrupt: nothing can be typed\n");
}
SYSINIT(console, SI_SUB_DRIVERS, SI_ORDER_FIRST, console_drvinit, NULL);
