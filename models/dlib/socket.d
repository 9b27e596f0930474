/*
 * Socket constants, for scripts that look at the arguments of socket(2), connect(2) and
 * their like.
 */
inline int AF_UNSPEC = 0;
inline int AF_UNIX = 1;
inline int AF_LOCAL = 1;
inline int AF_INET = 2;
inline int AF_INET6 = 28;

inline int SOCK_STREAM = 1;
inline int SOCK_DGRAM = 2;
inline int SOCK_RAW = 3;
inline int SOCK_RDM = 4;
inline int SOCK_SEQPACKET = 5;

inline int SOL_SOCKET = 0xffff;
inline int SO_DEBUG = 0x0001;
inline int SO_ACCEPTCONN = 0x0002;
inline int SO_REUSEADDR = 0x0004;
inline int SO_KEEPALIVE = 0x0008;
inline int SO_BROADCAST = 0x0020;
inline int SO_LINGER = 0x0080;
inline int SO_SNDBUF = 0x1001;
inline int SO_RCVBUF = 0x1002;
inline int SO_ERROR = 0x1007;

inline int MSG_OOB = 0x00000001;
inline int MSG_PEEK = 0x00000002;
inline int MSG_DONTROUTE = 0x00000004;
inline int MSG_WAITALL = 0x00000040;
inline int MSG_DONTWAIT = 0x00000080;

inline int SHUT_RD = 0;
inline int SHUT_WR = 1;
inline int SHUT_RDWR = 2;
