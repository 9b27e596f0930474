/*
 * Block input and output: requests (struct bio), devices (struct devstat), and the
 * flags of open(2).
 */
inline int O_ACCMODE = 0x0003;
inline int O_RDONLY = 0x0000;
inline int O_WRONLY = 0x0001;
inline int O_RDWR = 0x0002;
inline int O_NONBLOCK = 0x0004;
inline int O_APPEND = 0x0008;
inline int O_SYNC = 0x0080;
inline int O_CREAT = 0x0200;
inline int O_TRUNC = 0x0400;
inline int O_EXCL = 0x0800;
inline int O_NOCTTY = 0x8000;

inline int BIO_READ = 1;
inline int BIO_WRITE = 2;
inline int BIO_DELETE = 3;
inline int BIO_GETATTR = 4;
inline int BIO_FLUSH = 5;

inline string bio_cmd_string[int cmd] =
	cmd == 1 ? "BIO_READ" :
	cmd == 2 ? "BIO_WRITE" :
	cmd == 3 ? "BIO_DELETE" :
	cmd == 4 ? "BIO_GETATTR" :
	cmd == 5 ? "BIO_FLUSH" :
	cmd == 6 ? "BIO_CMD0" :
	cmd == 7 ? "BIO_CMD1" :
	cmd == 8 ? "BIO_CMD2" :
	cmd == 9 ? "BIO_ZONE" : "";

inline int BIO_ERROR = 0x01;
inline int BIO_DONE = 0x02;
inline int BIO_ONQUEUE = 0x04;
inline int BIO_ORDERED = 0x08;
inline int BIO_UNMAPPED = 0x10;
inline int BIO_TRANSIENT_MAPPING = 0x20;
inline int BIO_VLIST = 0x40;

inline string bio_flag_string[int flag] =
	flag == 0x01 ? "BIO_ERROR" :
	flag == 0x02 ? "BIO_DONE" :
	flag == 0x04 ? "BIO_ONQUEUE" :
	flag == 0x08 ? "BIO_ORDERED" :
	flag == 0x10 ? "BIO_UNMAPPED" :
	flag == 0x20 ? "BIO_TRANSIENT_MAPPING" :
	flag == 0x40 ? "BIO_VLIST" : "";
