/*
 * bufinfo_t and devinfo_t: the members that the guide gives io:::start's arguments.
 */
typedef struct bufinfo {
	int	b_cmd;
	int	b_flags;
	long	b_bcount;
	char	*b_addr;
	uint64_t b_blkno;
	uint64_t b_lblkno;
	size_t	b_resid;
	size_t	b_bufsize;
	int	b_error;
} bufinfo_t;

typedef struct devinfo {
	int	dev_major;
	int	dev_minor;
	int	dev_instance;
	int	dev_type;
	string	dev_name;
	string	dev_statname;
	string	dev_pathname;
} devinfo_t;

translator bufinfo_t < struct bio *B > {
	b_cmd = B->bio_cmd;
	b_flags = B->bio_flags;
	b_bcount = B->bio_bcount;
	b_addr = B->bio_data;
	b_blkno = 0;
	b_lblkno = 0;
	b_resid = B->bio_resid;
	b_bufsize = 0;
	b_error = B->bio_error;
};

translator devinfo_t < struct devstat *D > {
	dev_major = D->device_number;
	dev_minor = D->unit_number;
	dev_instance = 0;
	dev_type = D->device_type;
	dev_name = stringof(D->device_name);
	dev_statname = stringof(D->device_name);
	dev_pathname = stringof(D->device_name);
};
