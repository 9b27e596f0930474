/*
 * Parameters that boot settles: clock rates and table sizes.
 */
#include <sys/param.h>
#include <sys/callout.h>

int hz;			/* hardclock interrupts a second. */
int stathz;		/* statclock. */
int profhz;		/* Profiling clock. */
int maxproc = 1024;
sbintime_t tick_sbt;	/* One tick of hardclock. */
int ncallout;		/* Size of the callout wheel is made from this. */
extern int maxfiles;

/* First step: rates, from the machine unless the environment says otherwise. */
void
init_param1(void)
{
	int v;

	hz = (int)bootinfo->bi_hz;
	if (getenv_int("kern.hz", &v) && v >= 10 && v <= 100000)
		hz = v;
	stathz = (int)bootinfo->bi_stathz;
	if (stathz == 0)
		stathz = hz;
	profhz = (int)bootinfo->bi_profhz;
	if (profhz == 0)
		profhz = stathz;
	tick_sbt = SBT_1S / hz;
	ncallout = imin(16 + maxproc + maxfiles, 18508);
}
