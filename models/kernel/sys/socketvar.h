/*
 * A socket, reduced to what D programs look into: there is no network.
 */
#ifndef _SYS_SOCKETVAR_H_
#define	_SYS_SOCKETVAR_H_

#include <sys/types.h>

struct mbuf;
struct protosw;
struct thread;
struct ucred;

struct sockbuf {
	struct mbuf	*sb_mb;		/* The data, a chain of mbufs. */
	u_int		 sb_acc;	/* Bytes that can be read ... */
	u_int		 sb_ccc;	/* ... and that are claimed. */
	u_int		 sb_hiwat;	/* At most so many. */
	u_int		 sb_mbcnt;
	u_int		 sb_mbmax;
	int		 sb_lowat;
	short		 sb_flags;
	short		 sb_state;
};

struct socket {
	int		 so_count;	/* References. */
	short		 so_type;	/* SOCK_STREAM and the like. */
	short		 so_options;
	short		 so_linger;
	short		 so_state;
	void		*so_pcb;	/* The protocol's: struct inpcb. */
	struct protosw	*so_proto;
	int		 so_timeo;
	u_short		 so_error;	/* errno of the next call. */
	struct ucred	*so_cred;
	int		 so_fibnum;
	u_int		 so_qlen;	/* Of a listening one: connections ... */
	u_int		 so_incqlen;	/* ... that wait, and that begin. */
	u_int		 so_qlimit;
	struct sockbuf	 so_rcv;
	struct sockbuf	 so_snd;
};

struct msghdr {
	void		*msg_name;
	uint32_t	 msg_namelen;
	struct iovec	*msg_iov;
	int		 msg_iovlen;
	void		*msg_control;
	uint32_t	 msg_controllen;
	int		 msg_flags;
};

#endif /* !_SYS_SOCKETVAR_H_ */
