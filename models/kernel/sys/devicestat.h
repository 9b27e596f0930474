/*
 * Statistics of a device, as devstat(9) keeps them; args[1] of the io provider.
 */
#ifndef _SYS_DEVICESTAT_H_
#define	_SYS_DEVICESTAT_H_

#include <sys/types.h>

#define	DEVSTAT_NAME_LEN	16

/* device_type: kind, interface, and whether it passes commands through. */
typedef enum {
	DEVSTAT_TYPE_DIRECT	= 0x000,
	DEVSTAT_TYPE_SEQUENTIAL	= 0x001,
	DEVSTAT_TYPE_PRINTER	= 0x002,
	DEVSTAT_TYPE_PROCESSOR	= 0x003,
	DEVSTAT_TYPE_WORM	= 0x004,
	DEVSTAT_TYPE_CDROM	= 0x005,
	DEVSTAT_TYPE_SCANNER	= 0x006,
	DEVSTAT_TYPE_OPTICAL	= 0x007,
	DEVSTAT_TYPE_CHANGER	= 0x008,
	DEVSTAT_TYPE_COMM	= 0x009,
	DEVSTAT_TYPE_ASC0	= 0x00a,
	DEVSTAT_TYPE_ASC1	= 0x00b,
	DEVSTAT_TYPE_STORARRAY	= 0x00c,
	DEVSTAT_TYPE_ENCLOSURE	= 0x00d,
	DEVSTAT_TYPE_FLOPPY	= 0x00e,
	DEVSTAT_TYPE_IF_SCSI	= 0x010,
	DEVSTAT_TYPE_IF_IDE	= 0x020,
	DEVSTAT_TYPE_IF_OTHER	= 0x030,
	DEVSTAT_TYPE_PASS	= 0x100
} devstat_type_flags;

struct devstat {
	u_int		 start_count;	/* Transactions begun ... */
	u_int		 end_count;	/* ... and ended. */
	char		 device_name[DEVSTAT_NAME_LEN];	/* "ada" */
	int		 unit_number;	/* 0 of "ada0". */
	uint32_t	 device_number;
	uint32_t	 block_size;	/* Bytes. */
	devstat_type_flags device_type;
	const void	*id;
};

#endif /* !_SYS_DEVICESTAT_H_ */
