/*
 * A TCP connection, reduced to what the tcp provider's tcpsinfo_t shows.
 */
#ifndef _NETINET_TCP_VAR_H_
#define	_NETINET_TCP_VAR_H_

#include <netinet/in_pcb.h>
#include <netinet/tcp.h>

struct tcpcb {
	struct inpcb	*t_inpcb;
	int		 t_state;	/* TCPS_ESTABLISHED and the like. */
	u_int		 t_flags;
	tcp_seq		 iss;		/* First sequence number sent ... */
	tcp_seq		 irs;		/* ... and received. */
	/* Sending. */
	tcp_seq		 snd_una;	/* Sent, not acknowledged, from here. */
	tcp_seq		 snd_max;	/* Highest sent. */
	tcp_seq		 snd_nxt;	/* Next to send. */
	u_long		 snd_wnd;	/* The peer's window, bytes. */
	u_char		 snd_scale;
	tcp_seq		 snd_wl1, snd_wl2;
	u_long		 snd_cwnd;	/* Congestion window, bytes. */
	u_long		 snd_ssthresh;
	tcp_seq		 snd_recover;
	tcp_seq		 snd_fack;
	tcp_seq		 sack_newdata;
	/* Receiving. */
	tcp_seq		 rcv_nxt;	/* Next expected. */
	tcp_seq		 rcv_up;	/* Urgent data. */
	tcp_seq		 rcv_adv;	/* Window promised up to here. */
	u_long		 rcv_wnd;
	u_char		 rcv_scale;
	tcp_seq		 last_ack_sent;
	/* Times, in ticks. */
	int		 t_rxtcur;	/* Retransmission timeout. */
	int		 t_rxtshift;	/* Retransmissions so far. */
	int		 t_srtt;	/* Smoothed round trip, scaled. */
	int		 t_rttvar;	/* Its variance, scaled. */
	u_int		 t_rttmin;
	u_int		 t_rttbest;
	u_long		 t_rttupdated;	/* Times that it was measured. */
	u_int		 t_starttime;
	u_int		 t_rcvtime;	/* When something came last. */
	u_int		 t_rtttime;
	tcp_seq		 t_rtseq;
	u_int		 t_maxseg;	/* Segment size, bytes. */
	int		 t_softerror;
	int		 t_sndrexmitpack; /* Segments sent again. */
	int		 t_rcvoopack;	/* Segments that came out of order. */
	int		 t_sndzerowin;
	int		 t_dupacks;
	uint32_t	 ts_recent;	/* Last timestamp from the peer. */
};

#endif /* !_NETINET_TCP_VAR_H_ */
