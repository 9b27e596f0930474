/*
 * bufinfo_t and devinfo_t: a request and a device, as the guide's io provider shows
 * them; from struct bio and struct devstat.
 *
 * b_flags holds FreeBSD's bio_flags in its lower half and the guide's direction
 * (B_READ, B_WRITE) above, so that scripts of either kind read what they expect.
 */
#pragma D depends_on library unistd.d

inline int B_READ = 0x10000;
inline int B_WRITE = 0x20000;
inline int B_ERROR = 0x01;
inline int B_DONE = 0x02;
inline int B_PHYS = 0x40000;	/* Never set: there is no raw disk. */
inline int B_PAGEIO = 0x80000;	/* Never set: there is no paging. */
inline int B_ASYNC = 0x100000;	/* Never set: requests do not say. */

typedef struct bufinfo {
	int	b_cmd;		/* BIO_READ and the like. */
	int	b_flags;
	long	b_bcount;	/* Bytes. */
	char	*b_addr;	/* Where in memory. */
	uint64_t b_blkno;	/* Where on the device, blocks of 512 bytes. */
	uint64_t b_lblkno;	/* The same: files do not number theirs. */
	size_t	b_resid;	/* Bytes not transferred. */
	size_t	b_bufsize;
	uintptr_t b_iodone;	/* Called at the end. */
	int	b_error;
	dev_t	b_edev;
} bufinfo_t;

translator bufinfo_t < struct bio *B > {
	b_cmd = B->bio_cmd;
	b_flags = B->bio_flags | (B->bio_cmd == 1 ? 0x10000 :
	    B->bio_cmd == 2 ? 0x20000 : 0);
	b_bcount = B->bio_bcount;
	b_addr = B->bio_data;
	b_blkno = B->bio_offset >> 9;
	b_lblkno = B->bio_offset >> 9;
	b_resid = B->bio_resid;
	b_bufsize = B->bio_length;
	b_iodone = (uintptr_t)B->bio_done;
	b_error = B->bio_error;
	b_edev = (dev_t)B->bio_dev;
};

typedef struct devinfo {
	int	dev_major;
	int	dev_minor;
	int	dev_instance;
	int	dev_type;
	string	dev_name;	/* Of the driver: "ada". */
	string	dev_statname;	/* With its unit: "ada0". */
	string	dev_pathname;	/* "/dev/ada0" */
} devinfo_t;

translator devinfo_t < struct devstat *D > {
	dev_major = D->device_number;
	dev_minor = D->unit_number;
	dev_instance = D->unit_number;
	dev_type = D->device_type;
	dev_name = stringof(D->device_name);
	dev_statname = strjoin(stringof(D->device_name),
	    lltostr(D->unit_number));
	dev_pathname = strjoin("/dev/", strjoin(stringof(D->device_name),
	    lltostr(D->unit_number)));
};
