/*
 * Segments and connections: arguments of the tcp provider.
 */
#pragma D depends_on library ip.d

inline uint8_t TH_FIN = 0x01;
inline uint8_t TH_SYN = 0x02;
inline uint8_t TH_RST = 0x04;
inline uint8_t TH_PUSH = 0x08;
inline uint8_t TH_ACK = 0x10;
inline uint8_t TH_URG = 0x20;
inline uint8_t TH_ECE = 0x40;
inline uint8_t TH_CWR = 0x80;

inline int TCP_STATE_CLOSED = 0;
inline int TCP_STATE_LISTEN = 1;
inline int TCP_STATE_SYN_SENT = 2;
inline int TCP_STATE_SYN_RECEIVED = 3;
inline int TCP_STATE_ESTABLISHED = 4;
inline int TCP_STATE_CLOSE_WAIT = 5;
inline int TCP_STATE_FIN_WAIT_1 = 6;
inline int TCP_STATE_CLOSING = 7;
inline int TCP_STATE_LAST_ACK = 8;
inline int TCP_STATE_FIN_WAIT_2 = 9;
inline int TCP_STATE_TIME_WAIT = 10;

/* FreeBSD's other names of them. */
inline int TCPS_CLOSED = 0;
inline int TCPS_LISTEN = 1;
inline int TCPS_SYN_SENT = 2;
inline int TCPS_SYN_RECEIVED = 3;
inline int TCPS_ESTABLISHED = 4;
inline int TCPS_CLOSE_WAIT = 5;
inline int TCPS_FIN_WAIT_1 = 6;
inline int TCPS_CLOSING = 7;
inline int TCPS_LAST_ACK = 8;
inline int TCPS_FIN_WAIT_2 = 9;
inline int TCPS_TIME_WAIT = 10;

inline string tcp_state_string[int32_t state] =
	state == 0 ? "state-closed" :
	state == 1 ? "state-listen" :
	state == 2 ? "state-syn-sent" :
	state == 3 ? "state-syn-received" :
	state == 4 ? "state-established" :
	state == 5 ? "state-close-wait" :
	state == 6 ? "state-fin-wait-1" :
	state == 7 ? "state-closing" :
	state == 8 ? "state-last-ack" :
	state == 9 ? "state-fin-wait-2" :
	state == 10 ? "state-time-wait" : "<unknown>";
#pragma D attributes Stable/Stable/Common tcp_state_string

/* A segment's header, in host byte order. */
typedef struct tcpinfo {
	uint16_t tcp_sport;
	uint16_t tcp_dport;
	uint32_t tcp_seq;
	uint32_t tcp_ack;
	uint8_t	tcp_offset;	/* Header, bytes. */
	uint8_t	tcp_flags;
	uint16_t tcp_window;
	uint16_t tcp_checksum;
	uint16_t tcp_urgent;
	struct tcphdr *tcp_hdr;
} tcpinfo_t;

/* The same where the kernel has already turned part of it round. */
typedef struct tcpinfoh {
	uint16_t tcp_sport;
	uint16_t tcp_dport;
	uint32_t tcp_seq;
	uint32_t tcp_ack;
	uint8_t	tcp_offset;
	uint8_t	tcp_flags;
	uint16_t tcp_window;
	uint16_t tcp_checksum;
	uint16_t tcp_urgent;
	struct tcphdr *tcp_hdr;
} tcpinfoh_t;

translator tcpinfo_t < struct tcphdr *T > {
	tcp_sport = T == NULL ? 0 : ntohs(T->th_sport);
	tcp_dport = T == NULL ? 0 : ntohs(T->th_dport);
	tcp_seq = T == NULL ? 0 : ntohl(T->th_seq);
	tcp_ack = T == NULL ? 0 : ntohl(T->th_ack);
	tcp_offset = T == NULL ? 0 : T->th_off << 2;
	tcp_flags = T == NULL ? 0 : T->th_flags;
	tcp_window = T == NULL ? 0 : ntohs(T->th_win);
	tcp_checksum = T == NULL ? 0 : ntohs(T->th_sum);
	tcp_urgent = T == NULL ? 0 : ntohs(T->th_urp);
	tcp_hdr = T;
};

translator tcpinfoh_t < struct tcphdr *T > {
	tcp_sport = T == NULL ? 0 : ntohs(T->th_sport);
	tcp_dport = T == NULL ? 0 : ntohs(T->th_dport);
	tcp_seq = T == NULL ? 0 : T->th_seq;
	tcp_ack = T == NULL ? 0 : T->th_ack;
	tcp_offset = T == NULL ? 0 : T->th_off << 2;
	tcp_flags = T == NULL ? 0 : T->th_flags;
	tcp_window = T == NULL ? 0 : T->th_win;
	tcp_checksum = T == NULL ? 0 : ntohs(T->th_sum);
	tcp_urgent = T == NULL ? 0 : T->th_urp;
	tcp_hdr = T;
};

/* A connection. */
typedef struct tcpsinfo {
	uintptr_t tcps_addr;
	int	tcps_local;	/* -1: not known. */
	int	tcps_active;	/* -1: not known. */
	uint16_t tcps_lport;
	uint16_t tcps_rport;
	string	tcps_laddr;
	string	tcps_raddr;
	int32_t	tcps_state;
	uint32_t tcps_iss;
	uint32_t tcps_irs;
	uint32_t tcps_suna;
	uint32_t tcps_smax;
	uint32_t tcps_snxt;
	uint32_t tcps_rack;
	uint32_t tcps_rnxt;
	u_long	tcps_swnd;
	int32_t	tcps_snd_ws;
	uint32_t tcps_swl1;
	uint32_t tcps_swl2;
	uint32_t tcps_rup;
	uint32_t tcps_radv;
	u_long	tcps_rwnd;
	int32_t	tcps_rcv_ws;
	u_long	tcps_cwnd;
	u_long	tcps_cwnd_ssthresh;
	uint32_t tcps_srecover;
	uint32_t tcps_sack_fack;
	uint32_t tcps_sack_snxt;
	uint32_t tcps_rto;	/* Milliseconds. */
	uint32_t tcps_mss;
	int	tcps_retransmit; /* 1: what is sent now was sent before. */
	int	tcps_srtt;
	int	tcps_debug;
	int32_t	tcps_dupacks;
	uint32_t tcps_rtttime;
	uint32_t tcps_rtseq;
	uint32_t tcps_ts_recent;
} tcpsinfo_t;

translator tcpsinfo_t < struct tcpcb *P > {
	tcps_addr = (uintptr_t)P;
	tcps_local = -1;
	tcps_active = -1;
	tcps_lport = P == NULL ? 0 : ntohs(P->t_inpcb->inp_inc.inc_ie.ie_lport);
	tcps_rport = P == NULL ? 0 : ntohs(P->t_inpcb->inp_inc.inc_ie.ie_fport);
	tcps_laddr = P == NULL ? "<unknown>" :
	    P->t_inpcb->inp_vflag == 1 ?
	    inet_ntoa(&P->t_inpcb->inp_inc.inc_ie.ie_dependladdr.id46_addr.
	    ia46_addr4.s_addr) :
	    inet_ntoa6(&P->t_inpcb->inp_inc.inc_ie.ie_dependladdr.id6_addr);
	tcps_raddr = P == NULL ? "<unknown>" :
	    P->t_inpcb->inp_vflag == 1 ?
	    inet_ntoa(&P->t_inpcb->inp_inc.inc_ie.ie_dependfaddr.id46_addr.
	    ia46_addr4.s_addr) :
	    inet_ntoa6(&P->t_inpcb->inp_inc.inc_ie.ie_dependfaddr.id6_addr);
	tcps_state = P == NULL ? 0 : P->t_state;
	tcps_iss = P == NULL ? 0 : P->iss;
	tcps_irs = P == NULL ? 0 : P->irs;
	tcps_suna = P == NULL ? 0 : P->snd_una;
	tcps_smax = P == NULL ? 0 : P->snd_max;
	tcps_snxt = P == NULL ? 0 : P->snd_nxt;
	tcps_rack = P == NULL ? 0 : P->last_ack_sent;
	tcps_rnxt = P == NULL ? 0 : P->rcv_nxt;
	tcps_swnd = P == NULL ? 0 : P->snd_wnd;
	tcps_snd_ws = P == NULL ? 0 : P->snd_scale;
	tcps_swl1 = P == NULL ? 0 : P->snd_wl1;
	tcps_swl2 = P == NULL ? 0 : P->snd_wl2;
	tcps_rup = P == NULL ? 0 : P->rcv_up;
	tcps_radv = P == NULL ? 0 : P->rcv_adv;
	tcps_rwnd = P == NULL ? 0 : P->rcv_wnd;
	tcps_rcv_ws = P == NULL ? 0 : P->rcv_scale;
	tcps_cwnd = P == NULL ? 0 : P->snd_cwnd;
	tcps_cwnd_ssthresh = P == NULL ? 0 : P->snd_ssthresh;
	tcps_srecover = P == NULL ? 0 : P->snd_recover;
	tcps_sack_fack = P == NULL ? 0 : P->snd_fack;
	tcps_sack_snxt = P == NULL ? 0 : P->sack_newdata;
	tcps_rto = P == NULL ? 0 : P->t_rxtcur * 1000 / `hz;
	tcps_mss = P == NULL ? 0 : P->t_maxseg;
	tcps_retransmit = P == NULL ? 0 : P->t_rxtshift > 0 ? 1 : 0;
	tcps_srtt = P == NULL ? 0 : P->t_srtt;
	tcps_debug = 0;
	tcps_dupacks = P == NULL ? 0 : P->t_dupacks;
	tcps_rtttime = P == NULL ? 0 : P->t_rtttime;
	tcps_rtseq = P == NULL ? 0 : P->t_rtseq;
	tcps_ts_recent = P == NULL ? 0 : P->ts_recent;
};

/* The state that a connection leaves. */
typedef struct tcplsinfo {
	int32_t	tcps_state;
} tcplsinfo_t;

translator tcplsinfo_t < int s > {
	tcps_state = s;
};

/* For the debug probes: which way a segment went, one name for its flags, requests of users. */
inline int TA_INPUT = 0;
inline int TA_OUTPUT = 1;
inline int TA_USER = 2;
inline int TA_RESPOND = 3;
inline int TA_DROP = 4;

inline string tcpdebug_dir_string[uint8_t direction] =
	direction == TA_INPUT ? "input" :
	direction == TA_OUTPUT ? "output" :
	direction == TA_USER ? "user" :
	direction == TA_RESPOND ? "respond" :
	direction == TA_DROP ? "drop" :
	"unknown";

inline string tcpflag_string[uint8_t flags] =
	flags & TH_FIN ? "FIN" :
	flags & TH_SYN ? "SYN" :
	flags & TH_RST ? "RST" :
	flags & TH_PUSH ? "PUSH" :
	flags & TH_ACK ? "ACK" :
	flags & TH_URG ? "URG" :
	flags & TH_ECE ? "ECE" :
	flags & TH_CWR ? "CWR" :
	"unknown";

inline int PRU_ATTACH = 0;
inline int PRU_DETACH = 1;
inline int PRU_BIND = 2;
inline int PRU_LISTEN = 3;
inline int PRU_CONNECT = 4;
inline int PRU_ACCEPT = 5;
inline int PRU_DISCONNECT = 6;
inline int PRU_SHUTDOWN = 7;
inline int PRU_RCVD = 8;
inline int PRU_SEND = 9;
inline int PRU_ABORT = 10;
inline int PRU_CONTROL = 11;
inline int PRU_SENSE = 12;
inline int PRU_RCVOOB = 13;
inline int PRU_SENDOOB = 14;
inline int PRU_SOCKADDR = 15;
inline int PRU_PEERADDR = 16;
inline int PRU_CONNECT2 = 17;
inline int PRU_FASTTIMO = 18;
inline int PRU_SLOWTIMO = 19;
inline int PRU_PROTORCV = 20;
inline int PRU_PROTOSEND = 21;
inline int PRU_SEND_EOF = 22;
inline int PRU_SOSETLABEL = 23;
inline int PRU_CLOSE = 24;
inline int PRU_FLUSH = 25;

inline string prureq_string[uint8_t req] =
	req == PRU_ATTACH ? "ATTACH" :
	req == PRU_DETACH ? "DETACH" :
	req == PRU_BIND ? "BIND" :
	req == PRU_LISTEN ? "LISTEN" :
	req == PRU_CONNECT ? "CONNECT" :
	req == PRU_ACCEPT ? "ACCEPT" :
	req == PRU_DISCONNECT ? "DISCONNECT" :
	req == PRU_SHUTDOWN ? "SHUTDOWN" :
	req == PRU_RCVD ? "RCVD" :
	req == PRU_SEND ? "SEND" :
	req == PRU_ABORT ? "ABORT" :
	req == PRU_CONTROL ? "CONTROL" :
	req == PRU_SENSE ? "SENSE" :
	req == PRU_RCVOOB ? "RCVOOB" :
	req == PRU_SENDOOB ? "SENDOOB" :
	req == PRU_SOCKADDR ? "SOCKADDR" :
	req == PRU_PEERADDR ? "PEERADDR" :
	req == PRU_CONNECT2 ? "CONNECT2" :
	req == PRU_FASTTIMO ? "FASTTIMO" :
	req == PRU_SLOWTIMO ? "SLOWTIMO" :
	req == PRU_PROTORCV ? "PROTORCV" :
	req == PRU_PROTOSEND ? "PROTOSEND" :
	req == PRU_SEND_EOF ? "SEND_EOF" :
	req == PRU_SOSETLABEL ? "SOSETLABEL" :
	req == PRU_CLOSE ? "CLOSE" :
	req == PRU_FLUSH ? "FLUSH" :
	"unknown";
