/*
 * Pipes: two struct pipe make a pair.  On FreeBSD a pipe goes both ways and each
 * end has a buffer to be read from; here it goes one way, so only pp_rpipe has one.
 *
 * Locking key: (p) the pair's pp_mtx ("pipe mutex").
 */
#ifndef _SYS_PIPE_H_
#define	_SYS_PIPE_H_

#include <sys/types.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/selinfo.h>

#define	PIPE_SIZE	16384
/* Writes up to this are whole: no other writer's bytes come between. */
#ifndef PIPE_BUF
#define	PIPE_BUF	512
#endif

struct pipebuf {
	u_int		 cnt;		/* (p) Bytes in it. */
	u_int		 in;		/* (p) Where the next one goes. */
	u_int		 out;		/* (p) Where the next one comes from. */
	u_int		 size;
	caddr_t		 buffer;
};

struct pipepair;
struct pipe {
	struct pipebuf	 pipe_buffer;
	struct timespec	 pipe_atime;
	struct timespec	 pipe_mtime;
	struct pipe	*pipe_peer;	/* (p) The other end. */
	struct pipepair	*pipe_pair;
	u_int		 pipe_state;	/* (p) PIPE_. */
	int		 pipe_busy;	/* (p) Threads inside. */
	int		 pipe_present;	/* (p) Not closed. */
	struct selinfo	 pipe_sel;	/* (p) Pollers of either end. */
	ino_t		 pipe_ino;
};
#define	PIPE_WANTR	0x0008		/* A reader sleeps. */
#define	PIPE_WANTW	0x0010		/* A writer sleeps. */
#define	PIPE_WANTCLOSE	0x0020		/* Someone waits to close. */
#define	PIPE_EOF	0x0080		/* The other end is closed. */
#define	PIPE_LOCKFL	0x0100		/* Somebody moves bytes ... */
#define	PIPE_LWANT	0x0200		/* ... and another waits for him. */

struct pipepair {
	struct pipe	 pp_rpipe;
	struct pipe	 pp_wpipe;
	struct mtx	 pp_mtx;
};
#define	PIPE_MTX(pipe)		(&(pipe)->pipe_pair->pp_mtx)
#define	PIPE_LOCK(pipe)		mtx_lock(PIPE_MTX(pipe))
#define	PIPE_UNLOCK(pipe)	mtx_unlock(PIPE_MTX(pipe))
#define	PIPE_LOCK_ASSERT(pipe, type) mtx_assert(PIPE_MTX(pipe), (type))

#endif /* !_SYS_PIPE_H_ */
