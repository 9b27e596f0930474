/*
 * For drivers and pipes that can be polled: selrecord() when a poller finds
 * nothing, selwakeup() when there is news.
 */
#ifndef _SYS_SELINFO_H_
#define	_SYS_SELINFO_H_

struct thread;

struct selinfo {
	int		 si_waiting;	/* Somebody asked (owner's lock). */
};

void	selrecord(struct thread *td, struct selinfo *sip);
void	selwakeup(struct selinfo *sip);

#endif /* !_SYS_SELINFO_H_ */
