/*
 * lockstat: probes at lock operations.
 *
 * While DTrace has one enabled, lockstat_enabled is not 0: locks then take the
 * function paths, and slow paths read the clock to time themselves.  The trace
 * recorder and ghost tracing use the same sites but leave lockstat_enabled
 * alone, so they change nothing.
 */
#ifndef _SYS_LOCKSTAT_H_
#define	_SYS_LOCKSTAT_H_

#include <sys/sdt.h>

extern int	lockstat_enabled;	/* Number of probes that DTrace enabled. */

SDT_PROVIDER_DECLARE(lockstat);
SDT_PROBE_DECLARE(lockstat, , , adaptive__acquire);
SDT_PROBE_DECLARE(lockstat, , , adaptive__release);
SDT_PROBE_DECLARE(lockstat, , , adaptive__spin);
SDT_PROBE_DECLARE(lockstat, , , adaptive__block);
SDT_PROBE_DECLARE(lockstat, , , spin__acquire);
SDT_PROBE_DECLARE(lockstat, , , spin__release);
SDT_PROBE_DECLARE(lockstat, , , spin__spin);
SDT_PROBE_DECLARE(lockstat, , , thread__spin);
SDT_PROBE_DECLARE(lockstat, , , rw__acquire);
SDT_PROBE_DECLARE(lockstat, , , rw__release);
SDT_PROBE_DECLARE(lockstat, , , rw__block);
SDT_PROBE_DECLARE(lockstat, , , rw__spin);
SDT_PROBE_DECLARE(lockstat, , , rw__upgrade);
SDT_PROBE_DECLARE(lockstat, , , rw__downgrade);
SDT_PROBE_DECLARE(lockstat, , , sx__acquire);
SDT_PROBE_DECLARE(lockstat, , , sx__release);
SDT_PROBE_DECLARE(lockstat, , , sx__block);
SDT_PROBE_DECLARE(lockstat, , , sx__spin);
SDT_PROBE_DECLARE(lockstat, , , sx__upgrade);
SDT_PROBE_DECLARE(lockstat, , , sx__downgrade);

#define	LOCKSTAT_WRITER		0
#define	LOCKSTAT_READER		1

#define	LOCKSTAT_RECORD0(probe, lp)					\
	SDT_PROBE1(lockstat, , , probe, (lp))
#define	LOCKSTAT_RECORD1(probe, lp, a1)					\
	SDT_PROBE2(lockstat, , , probe, (lp), (a1))
#define	LOCKSTAT_RECORD4(probe, lp, a1, a2, a3, a4)			\
	SDT_PROBE5(lockstat, , , probe, (lp), (a1), (a2), (a3), (a4))

#define	LOCKSTAT_PROFILE_ENABLED()	__predict_false(lockstat_enabled != 0)

/*
 * Times for the block and spin probes.  Under DTrace each reading costs what
 * reading the clock costs; the recorder and ghost tracing need the times as
 * well but must not be paid for, so else the clock is looked at for free.
 */
struct lock_object;
uint64_t lockstat_nsecs(struct lock_object *lo);
extern uint32_t	tc_nsmult;		/* ns = cycles * tc_nsmult >> 10 */
#define	LOCKSTAT_NSECS(lo)						\
	(LOCKSTAT_PROFILE_ENABLED() ? lockstat_nsecs(lo) :		\
	    __clock() * tc_nsmult >> 10)

#endif /* !_SYS_LOCKSTAT_H_ */
